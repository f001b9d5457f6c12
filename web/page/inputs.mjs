// SPDX-License-Identifier: MIT
// What the network sees of a world with a few numbers: each as a number, and as a dot on a line with zero marked.
import { byId, el, setText, show } from './dom.mjs';
import { lab } from './app.mjs';
import { on, paced } from './events.mjs';
import { partOf } from './parts.mjs';
import { tMaybe, value } from './i18n.mjs';

/**
 * @typedef {object} Gauge
 * @property {number} low      the ends of the line, in its unit
 * @property {number} high
 * @property {number} digits
 * @property {string} unit
 * @property {number} [factor]  of the unit, from the library's
 */

export const DEGREES = 180 / Math.PI;

/** @type {{ dot: HTMLElement, number: HTMLElement, gauge: Gauge }[]} */
let rows = [];

export function wireInputs() {
  on(['run', 'language'], build);
  on(['run', 'language', 'phase'], update);
  on('frame', paced(60, () => lab().isBlur, update));
}

/** @param {Gauge} gauge @param {number} v 0 at its left end, 1 at its right one */
const along = ({ low, high }, v) => Math.max(0, Math.min(1, (v - low) / (high - low)));

function build() {
  const { world, session } = lab();
  const gauges = partOf(world)?.gauges ?? [];
  const list = byId('inputs');
  show(list, gauges.length > 0);
  rows = [];
  list.replaceChildren();
  if (!session) return;
  const names = /** @type {string[]} */ (session.info.layout.observations ?? []);
  gauges.forEach((gauge, i) => {
    const [dot, zero, number] = [el('span', { class: 'dot' }), el('span', { class: 'zero' }), el('span')];
    zero.style.left = `${along(gauge, 0) * 100}%`;
    list.append(el('div', {}, el('dt', { text: tMaybe(`input.${names[i]}`, names[i]) }),
      el('dd', { 'class': 'gauge', 'aria-hidden': 'true' }, zero, dot), el('dd', {}, number)));
    rows.push({ dot, number, gauge });
  });
}

function update() {
  const { frame } = lab();
  if (!frame) return;
  rows.forEach(({ dot, number, gauge }, i) => {
    const v = frame.obs[i] * (gauge.factor ?? 1);
    dot.style.left = `calc(${along(gauge, v) * 100}% - 6px)`;
    setText(number, value(v, gauge.digits) + gauge.unit);
  });
}
