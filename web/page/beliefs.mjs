// SPDX-License-Identifier: MIT
// What it believes: Q(s, ·) for the state it chose in last, one bar per action; of a policy, π(· | s). The action it took is outlined, and a
// disc or a diamond with a word says whether that was the greedy one or a random one. Where there are many actions
// (forty words) the best ones are shown, and the one taken.
import { actionName, glossOf } from './telling.mjs';
import { byId, el, setAttribute, setText } from './dom.mjs';
import { lab } from './app.mjs';
import { on } from './events.mjs';
import { t, value } from './i18n.mjs';
import { theme } from './theme.mjs';

const MOST = 10;
const BLUR_MS = 90;

/** @typedef {{ item: HTMLElement, name: HTMLElement, fill: HTMLElement, zero: HTMLElement, number: HTMLElement, sign: HTMLElement }} Bar */
/** @type {Bar[]} */
let bars = [];
let dirty = false;
let drawnAt = -Infinity;

export function wireBeliefs() {
  on(['run', 'frame', 'language', 'theme'], () => {
    dirty = true;
  });
}

/** Once per animation frame. @param {number} now */
export function drawBeliefs(now) {
  if (!dirty || (lab().isBlur && now - drawnAt < BLUR_MS)) return;
  drawnAt = now;
  dirty = false;
  const { frame, isMap, isPolicy } = lab();
  if (!frame) return;
  const chosen = frame.last.action;
  const q = chosen >= 0 ? frame.qTm1 : frame.q;
  const order = ranked(q, chosen);
  makeBars(order.length, q.length > MOST);
  const reach = isPolicy ? 1 : Math.max(1e-9, ...order.map((a) => Math.abs(q[a])));
  // Values of a map have either sign by nature; elsewhere the zero moves only where it must.
  const negative = !isPolicy && (isMap || order.some((a) => q[a] < -0.05 * reach));
  const top = q.reduce((best, v) => Math.max(best, v), -Infinity);
  order.forEach((a, i) => fill(bars[i], a, q[a], { reach, negative, greedy: q[a] >= top - 1e-12, taken: a === chosen }));
  caption(frame, chosen);
  decision(frame, q, order);
}

/** Actions in the order of their bars. @param {Float64Array} q @param {number} chosen */
function ranked(q, chosen) {
  const all = Array.from(q, (_, a) => a);
  if (q.length <= MOST) return all;
  const best = all.sort((a, b) => q[b] - q[a]).slice(0, MOST);
  if (chosen >= 0 && !best.includes(chosen)) best[MOST - 1] = chosen;
  return best;
}

/** @param {number} n @param {boolean} many */
function makeBars(n, many) {
  const list = byId('bars');
  setAttribute(list, 'data-many', many ? '' : null);
  if (bars.length === n) return;
  bars = Array.from({ length: n }, () => {
    const [name, number] = [el('span', { class: 'name' }), el('span', { class: 'number' })];
    const [fillBar, zero, sign] = [el('span', { class: 'fill' }), el('span', { class: 'zero' }), el('span', { class: 'sign', 'aria-hidden': 'true' })];
    const track = el('span', { class: 'track', 'aria-hidden': 'true' }, fillBar, zero);
    return { item: el('li', {}, name, track, number, sign), name, fill: fillBar, zero, number, sign };
  });
  list.replaceChildren(...bars.map(({ item }) => item));
}

/** @param {Bar} bar @param {number} action @param {number} q @param {{ reach: number, negative: boolean, greedy: boolean, taken: boolean }} how */
function fill(bar, action, q, { reach, negative, greedy, taken }) {
  const gloss = glossOf(action);
  setText(bar.name, gloss ? `${actionName(action)} ${gloss}` : actionName(action));
  setText(bar.number, value(q, Math.abs(q) >= 100 ? 1 : reach < 0.1 ? 3 : 2));
  const zero = negative ? 0.5 : 0;
  const part = q / reach * (1 - zero);
  bar.fill.style.transform = `translateX(${(zero + Math.min(0, part)) * 100}%) scaleX(${Math.abs(part)})`;
  bar.fill.style.backgroundColor = theme().scale.css(q / reach * 0.85);
  bar.zero.style.left = `${zero * 100}%`;
  setAttribute(bar.item, 'class', greedy ? 'greedy' : '');
  setAttribute(bar.item, 'data-taken', taken ? '' : null);
  setText(bar.sign, taken ? (lab().frame?.last.explored ? '◆' : '●') : '');
}

/** @param {import('./lab.mjs').Frame} frame @param {number} chosen */
function caption(frame, chosen) {
  const { guest, isMap, isPolicy } = lab();
  const n = frame.q.length, of = isPolicy ? 'policy' : 'beliefs';
  const words = guest ? t(`${of}.yours`) : chosen < 0 ? t(`${of}.first`) : isMap ? t(`${of}.at`, { state: t('cell', { cell: frame.obsTm1[0] + 1 }) }) : t(`${of}.last`);
  setText(byId('beliefs-caption'), n > MOST ? words + t('beliefs.best', { shown: MOST, n }) : words);
}

/** What it did, and how clear the choice was: the lead of the best action over the next. @param {import('./lab.mjs').Frame} frame @param {Float64Array} q @param {number[]} order */
function decision(frame, q, order) {
  const { action, explored } = frame.last;
  const { guest, isPolicy, isUcb } = lab();
  const took = action < 0 ? '' : t(guest ? 'taken.yours' : isPolicy ? explored ? 'taken.less' : 'taken.likely' : explored ? isUcb ? 'taken.bonus' : 'taken.random' : 'taken.greedy', { action: actionName(action) });
  const [first, second] = [...order].sort((a, b) => q[b] - q[a]);
  const lead = q[first] - q[second];
  const words = lead < 5e-3 && lead < Math.abs(q[first]) * 5e-4 + 1e-9 ? t('prefers.none', { action: actionName(first), second: actionName(second) })
    : t(isPolicy ? 'prefers.likely' : 'prefers', { chance: value(q[first] * 100, 0), action: actionName(first), lead: value(lead, lead < 0.1 ? 3 : 2), second: actionName(second) });
  setText(byId('took'), took);
  if (!Number.isFinite(lead)) {
    setText(byId('prefers'), '');
    return;
  }
  setText(byId('prefers'), words);
}
