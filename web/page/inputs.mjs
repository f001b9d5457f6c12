// SPDX-License-Identifier: MIT
// What the network sees of CartPole: its four inputs, as numbers and as dots on a line with the middle marked.
import { byId, el, setText, show } from './dom.mjs';
import { lab } from './app.mjs';
import { on, paced } from './events.mjs';
import { tMaybe, value } from './i18n.mjs';

/** Half the width of each line, and the unit: position, velocity, angle (shown in degrees), angular velocity. */
const SCALES = [{ reach: 2.4, unit: 'm' }, { reach: 3, unit: 'm/s' }, { reach: 12 * Math.PI / 180, unit: '°' }, { reach: 3, unit: '°/s' }];
const DEGREES = 180 / Math.PI;

/** @type {{ dot: HTMLElement, number: HTMLElement }[]} */
let rows = [];

export function wireInputs() {
  on(['run', 'language'], build);
  on(['run', 'language', 'phase'], update);
  on('frame', paced(60, () => lab().isBlur, update));
}

function build() {
  const { tab, session } = lab();
  const list = byId('inputs');
  show(list, tab.id === 'cartpole');
  rows = [];
  list.replaceChildren();
  if (tab.id !== 'cartpole' || !session) return;
  for (const name of /** @type {string[]} */ (session.info.layout.observations ?? [])) {
    const [dot, number] = [el('span', { class: 'dot' }), el('span')];
    list.append(el('div', {}, el('dt', { text: tMaybe(`input.${name}`, name) }),
      el('dd', { 'class': 'gauge', 'aria-hidden': 'true' }, dot), el('dd', {}, number)));
    rows.push({ dot, number });
  }
}

function update() {
  const { frame } = lab();
  if (!frame) return;
  rows.forEach(({ dot, number }, i) => {
    const { reach, unit } = SCALES[i];
    const v = frame.obs[i];
    dot.style.left = `calc(${(Math.max(-1, Math.min(1, v / reach)) + 1) * 50}% - 6px)`;
    setText(number, `${value(i < 2 ? v : v * DEGREES, i < 2 ? 2 : 1)}${i < 2 ? ' ' : ''}${unit}`);
  });
}
