// SPDX-License-Identifier: MIT
// The charts: four uPlots over one x axis, environment steps, with one cursor. Pointing at one shows the values of all
// at that step; dragging zooms all, a double click shows everything again; the arrow keys move the cursor, + and -
// zoom. They are redrawn a few times a second, one per animation frame, so that no frame has much to do. uPlot is
// fetched when the first run is there, so that nothing else waits for it; until then the style sheet draws empty charts.

import { byId, setText, show } from './dom.mjs';
import { figure, t, count, value } from './i18n.mjs';
import { attempt, hasLab, lab } from './app.mjs';
import { on } from './events.mjs';

/** @typedef {'returns' | 'loss' | 'q' | 'epsilon'} ChartName */
/** @typedef {{ plot: import('uplot'), readout: Element, drawn: number }} Chart */

const REDRAW_MS = 160;
const NAMES = /** @type {const} */ (['returns', 'loss', 'q', 'epsilon']);
/** What the exploration rate of a strategy is; the others explore without one. @type {Record<string, 'chart.epsilon' | 'chart.temperature' | 'chart.noise' | 'chart.bonus'>} */
const RATES = { 'epsilon-greedy': 'chart.epsilon', 'boltzmann': 'chart.temperature', 'gaussian': 'chart.noise', 'ucb': 'chart.bonus' };

/** The name of the shown run's exploration rate; null where there is none (a policy, a planner, greedy choices). */
export function rateName() {
  return RATES[String(lab().session?.info.options.exploration)] ?? null;
}

/** @type {Map<ChartName, Chart>} */
const charts = new Map();
/** The x range that was zoomed to; null for all. @type {[number, number] | null} */
let zoom = null;
/** The step the cursor stands on; null for the latest. @type {number | null} */
let cursor = null;
let version = 0;
/** From plot.mjs, when it is there. @type {typeof import('./plot.mjs').makeChart | null} */
let makeChart = null;
let asked = false;
/** The next chart to look at. */
let turn = 0;
let redrawnAt = 0;
/** The version the present round began with: what came during it is drawn by the next one. */
let round = 0;
/** @type {[number, number]} */
let whole = [0, 100];

export function wireCharts() {
  on('run', () => {
    zoom = null;
    cursor = null;
    version++;
  });
  on('frame', () => version++);
  on(['theme', 'language'], rebuild);
  on(['run', 'language', 'frame'], titles);
  on(['run', 'language'], names);
  const group = byId('charts');
  group.addEventListener('keydown', onKey);
  new ResizeObserver(resize).observe(group);
}

/** Redraws at most one chart; called once per animation frame. @param {number} now */
export function drawCharts(now) {
  if (!hasLab() || !lab().session) return;
  if (!asked) attempt(fetchPlot);
  if (charts.size === 0) return;
  if (turn === 0 && now - redrawnAt < REDRAW_MS) return;
  if (turn === 0) [whole, round] = [wholeRange(), version];
  const chart = charts.get(NAMES[turn]);
  turn = (turn + 1) % NAMES.length;
  if (turn === 1) redrawnAt = now;
  if (!chart || chart.drawn === version) return;
  chart.drawn = round;
  chart.plot.setData(dataOf(NAMES[(turn + NAMES.length - 1) % NAMES.length]));
  read(chart);
}

async function fetchPlot() {
  asked = true;
  ({ makeChart } = await import('./plot.mjs'));
  rebuild();
}

/** What a chart shows: always x first. @param {ChartName} name @returns {import('uplot').AlignedData} */
function dataOf(name) {
  const { history: { returns, train } } = lab();
  if (name === 'returns') return returns;
  if (name === 'loss') return [train[0], train[1]];
  if (name === 'q') return [train[0], train[2], train[4]];
  return [train[0], train[3]];
}

/** The x axis of all: what was zoomed to, or the whole run; the same for the four of a round. @returns {[number, number]} */
export const xRange = () => zoom ?? whole;

/** The run so far with room ahead, in round numbers. @returns {[number, number]} */
function wholeRange() {
  const steps = Math.max(100, lab().frame?.timesteps ?? 0);
  const unit = 10 ** Math.floor(Math.log10(steps));
  const ends = [1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].map((m) => m * unit);
  return [0, ends.find((end) => end >= steps) ?? steps];
}

function rebuild() {
  if (!makeChart || !hasLab() || !lab().session) return;
  for (const { plot } of charts.values()) plot.destroy();
  charts.clear();
  for (const name of NAMES) {
    const box = byId(`chart-${name}`);
    const holder = /** @type {HTMLElement} */ (box.querySelector('.plot'));
    const plot = makeChart({ name, holder, xRange, onZoom, onReset: () => onZoom(null), onCursor });
    charts.set(name, { plot, readout: /** @type {Element} */ (box.querySelector('.readout')), drawn: -1 });
  }
  version++;
}

function resize() {
  for (const { plot } of charts.values()) {
    const holder = /** @type {HTMLElement} */ (plot.root.parentElement);
    const size = { width: holder.clientWidth, height: holder.clientHeight };
    if (size.width > 0 && (size.width !== plot.width || size.height !== plot.height)) plot.setSize(size);
  }
}

/** @param {[number, number] | null} range */
function onZoom(range) {
  zoom = range;
  version++;
}

/** @param {number | null} x */
function onCursor(x) {
  cursor = x;
  for (const chart of charts.values()) read(chart);
  axisCaption();
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  const [min, max] = xRange();
  const moves = { ArrowLeft: -1, ArrowRight: 1, PageDown: -10, PageUp: 10 };
  const here = cursor ?? max;
  if (event.key in moves) {
    const by = moves[/** @type {keyof typeof moves} */ (event.key)] * (max - min) / 100;
    moveCursor(Math.min(max, Math.max(min, here + by)));
  } else if (event.key === 'Home') moveCursor(min);
  else if (event.key === 'End') moveCursor(max);
  else if (event.key === '+' || event.key === '=') onZoom([Math.max(0, here - (max - min) / 4), here + (max - min) / 4]);
  else if (event.key === '-' || event.key === '0') onZoom(null);
  else if (event.key === 'Escape') {
    onZoom(null);
    moveCursor(null);
  } else return;
  event.preventDefault();
}

/** @param {number | null} x */
function moveCursor(x) {
  for (const { plot } of charts.values()) plot.setCursor({ left: x === null ? -10 : plot.valToPos(x, 'x'), top: 0 }, false);
  onCursor(x);
  if (x !== null) setText(byId('live'), readings(x));
}

// ---- values at the cursor ----

/** @param {Chart} chart */
function read(chart) {
  const name = NAMES.find((candidate) => charts.get(candidate) === chart);
  if (name) setText(chart.readout, readout(name, cursor));
}

/** @param {number} x */
function readings(x) {
  return [t('at.step', { step: count(Math.round(x)) }), ...NAMES.map((name) => readout(name, x)).filter(Boolean)].join('; ');
}

/** @param {ChartName} name @param {number | null} x null: the latest */
function readout(name, x) {
  const [xs, ...columns] = /** @type {(number | null)[][]} */ (/** @type {unknown} */ (dataOf(name)));
  const at = (/** @type {number} */ k) => (x === null ? latest(name)[k] : nearest(/** @type {number[]} */ (xs), columns[k], x));
  if (name === 'returns') {
    const { digits, window } = lab().world;
    const [mean, evaluation] = [at(1), at(2)];
    const parts = [];
    if (mean !== null) parts.push(`— ${t('mean', { n: window })}: ${value(mean, digits || 1)}`);
    if (evaluation !== null) parts.push(`○ ${t('read.eval', { value: value(evaluation, digits || 1) })}`);
    return parts.join('  ');
  }
  const first = at(0);
  if (first === null) return '';
  const start = name === 'q' ? at(1) : null;
  const text = name === 'epsilon' ? value(first, 3) : figure(first);
  return start === null ? text : `${text} · ${t('read.start', { value: value(start, 3) })}`;
}

/** The columns of dataOf as they are now, not thinned out or averaged. @param {ChartName} name */
function latest(name) {
  const { latestEval, latestTrain: [, loss, q, epsilon, start], recent, meanReturn } = lab().history;
  return { returns: [null, recent.length > 0 ? meanReturn : null, latestEval], loss: [loss], q: [q, start], epsilon: [epsilon] }[name];
}

/** The last known value up to x. @param {number[]} xs @param {(number | null)[]} column @param {number} x */
export function nearest(xs, column, x) {
  let i = xs.length - 1;
  while (i >= 0 && xs[i] > x) i--;
  while (i >= 0 && column[i] === null) i--;
  return i < 0 ? null : column[i];
}

/** What the charts are called, and whether there is anything to explore by. */
function names() {
  const { isPolicy } = lab();
  const rate = rateName();
  show(byId('chart-epsilon'), rate !== null);
  if (rate) setText(byId('rate-title'), t(rate));
  show(byId('chart-q'), lab().session?.info.options.gamma !== undefined); // what does not learn from rewards values nothing
  setText(byId('q-title'), t(isPolicy ? 'chart.v' : 'chart.q'));
}

function titles() {
  const { session, frame } = lab();
  const threshold = session?.info.rewardThreshold;
  const solved = frame?.solvedAt;
  const words = solved === null || solved === undefined
    ? threshold === null || threshold === undefined ? '' : t('goal', { threshold: figure(threshold) })
    : `★ ${t('solved', { step: count(solved) })}`;
  setText(byId('solved'), words);
  axisCaption();
}

/** What the axis counts, or where the cursor stands. */
function axisCaption() {
  const { stride } = lab().history;
  const axis = stride > 1 ? t('chart.axis.thinned', { n: stride }) : t('chart.axis');
  setText(byId('axis-caption'), cursor === null ? axis : t('at.step', { step: count(Math.round(cursor)) }));
}
