// SPDX-License-Identifier: MIT
// The comparison: one curve for each run of a task, between the lines of random actions, of the language model alone, of the
// threshold and of the optimum. A table below says the same in numbers.
import { el, show } from '../dom.mjs';
import { count, t, value } from '../i18n.mjs';
import { on } from '../events.mjs';
import { theme } from '../theme.mjs';
import { button, say } from './widgets.mjs';
import { Lines, hue, table } from './lines.mjs';
import { swatch } from './language-chart.mjs';

/** @typedef {import('./tasks.mjs').Algo} Algo */
/** @typedef {import('./tasks.mjs').Start} Start */
/** @typedef {{ algo: Algo, start: Start, xs: number[], ys: number[], changedAt: number | null, custom: boolean, again: number }} RunCurve */
/** @typedef {{ random: number | null, lm: number | null, optimum: number | null, threshold: number | null }} Baselines */

const MOST = 8, MARGIN_PX = 120;
const ORDER = ['dqn.scratch', 'dqn.lm', 'ppo.lm', 'ppo.scratch'];

/** @param {() => void} clear */
export function makeRunChart(clear) {
  /** @type {RunCurve[]} */
  let curves = [];
  /** @type {Baselines} */
  let base = { random: null, lm: null, optimum: null, threshold: null };
  let until = 1000;
  const readout = el('span', { class: 'readout', id: 'rl-readout' });
  const holder = el('div', { 'class': 'plot tall', 'id': 'rl-plot', 'role': 'group', 'data-t-label': 'rl.chart', 'aria-label': t('rl.chart') });
  const numbers = el('div', { class: 'numbers-box', id: 'rl-curves' });
  const wipe = button('rl.clear', { id: 'rl-clear', class: 'quiet', click: clear });
  const root = el('div', { class: 'column' }, el('div', { class: 'head' }, say('h3', 'rl.progress'), wipe), el('div', { class: 'head' }, say('span', 'rl.chart.y', { class: 'caption' }), readout),
    holder, say('p', 'rl.chart.x', { class: 'caption axis' }), numbers);
  const chart = new Lines({ holder, readout, margin: MARGIN_PX, value: (v) => value(v, 2), read: () => '' });

  const kind = (/** @type {RunCurve} */ { algo, start }) => `${algo}.${start}`;
  /** @param {RunCurve} curve */
  const plainName = (curve) => t(/** @type {any} */ (`rl.run.${kind(curve)}`)) + (curve.again > 0 ? ` ${curve.again + 1}` : '');
  /** @param {RunCurve} curve */
  function nameOf(curve) {
    const plain = plainName(curve);
    if (curve.changedAt !== null) return t('rl.run.changed', { name: plain, step: count(curve.changedAt) });
    return curve.custom ? t('rl.run.custom', { name: plain }) : plain;
  }
  const colourOf = (/** @type {RunCurve} */ curve) => hue(ORDER.indexOf(kind(curve)));
  const dashOf = (/** @type {RunCurve} */ { again }) => (again === 0 ? undefined : [[6, 3], [2, 3], [8, 3, 2, 3]][(again - 1) % 3]);

  function levels() {
    const { ink } = theme();
    const all = [
      { name: t('rl.optimum'), value: base.optimum, dash: [1, 0], colour: undefined }, { name: t('rl.threshold'), value: base.threshold, dash: [6, 4], colour: undefined },
      { name: t('rl.lm.short'), value: base.lm, dash: [8, 3, 2, 3], colour: ink }, { name: t('rl.random'), value: base.random, dash: [2, 3], colour: ink },
    ];
    return all.flatMap((level) => (level.value === null ? [] : [{ ...level, value: level.value }]));
  }

  function tell() {
    chart.show({
      curves: curves.map((curve) => ({ name: plainName(curve), colour: colourOf(curve), xs: curve.xs, ys: curve.ys, dash: dashOf(curve) })),
      levels: levels(), until,
    });
    const number = (/** @type {number | null | undefined} */ v) => (v === null || v === undefined ? '–' : value(v, 2));
    const rows = [...curves.map((curve) => [el('span', {}, swatch(colourOf(curve), dashOf(curve) ? 'dashed' : 'line'), nameOf(curve)), number(curve.ys.at(-1)), number(curve.ys.length > 0 ? Math.max(...curve.ys) : null)]),
      ...base.lm === null ? [] : [[t('rl.lm'), number(base.lm), '–']], ...base.random === null ? [] : [[t('rl.random'), number(base.random), '–']]];
    numbers.replaceChildren(curves.length === 0 ? say('p', 'rl.run.none', { class: 'caption' }) : '', rows.length > 0 ? table([t('rl.table.run'), t('rl.table.last'), t('rl.table.best')], rows) : '');
    show(wipe, curves.length > 0);
  }
  on(['language', 'theme'], tell);
  tell();

  return {
    root, tell,
    /** @param {RunCurve[]} next @param {Baselines} baselines @param {number} steps */
    show(next, baselines, steps) {
      curves = next;
      base = baselines;
      until = steps;
      tell();
    },
    /** A curve for a new run; the oldest goes where there are many. @param {RunCurve[]} among @param {Algo} algo @param {Start} start @param {boolean} custom @returns {RunCurve} */
    add(among, algo, start, custom) {
      // Numbers go on where curves were cleared: none is there twice.
      const again = 1 + Math.max(-1, ...among.filter((other) => other.algo === algo && other.start === start).map((other) => other.again));
      const curve = { algo, start, xs: [], ys: [], changedAt: null, custom, again };
      among.push(curve);
      if (among.length > MOST) among.shift();
      return curve;
    },
  };
}
