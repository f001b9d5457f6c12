// SPDX-License-Identifier: MIT
// One chart: how uPlot is asked for it. Dots are episodes, the line their moving mean, ringed dots evaluations; dashed
// lines are the threshold and the step it was solved at. Colours come from the theme, text from the catalogue.
import '../page.mjs'; // is there already: what both use stays in one file with it
import uPlot from 'uplot';
import { lab } from './app.mjs';
import { count, figure, powerOfTen, t } from './i18n.mjs';
import { rateName } from './charts.mjs';
import { theme } from './theme.mjs';

/**
 * @typedef {object} ChartOptions
 * @property {'returns' | 'loss' | 'q' | 'epsilon'} name
 * @property {HTMLElement} holder
 * @property {() => [number, number]} xRange
 * @property {(range: [number, number]) => void} onZoom
 * @property {() => void} onReset
 * @property {(x: number | null) => void} onCursor
 */

/** For charts of other things, see text/lines.mjs. */
export { uPlot };

/** The smallest part of the axis one can zoom to, in CSS pixels of dragging. */
const DRAG_MIN = 6;

/** @param {ChartOptions} options */
export function makeChart({ name, holder, xRange, onZoom, onReset, onCursor }) {
  const colours = theme();
  const axis = { stroke: colours.muted, font: `12px ${colours.font}`, grid: { stroke: colours.line, width: 1 }, ticks: { show: false } };
  return new uPlot({
    width: Math.max(100, holder.clientWidth), height: holder.clientHeight,
    padding: [8, 20, 0, 0],
    legend: { show: false },
    cursor: {
      y: false, sync: { key: 'charts', scales: ['x', null] },
      points: { size: 7 },
      drag: { x: true, y: false, setScale: false, dist: DRAG_MIN },
      bind: { dblclick: () => () => {
        onReset();
        return null;
      } },
    },
    scales: { x: { time: false, range: xRange }, y: yScale(name) },
    axes: [
      { ...axis, size: 24, gap: 4, values: (_, ticks) => ticks.map((x) => short(x)) },
      { ...axis, size: 48, gap: 6, space: name === 'returns' ? 28 : 20, ...(name === 'loss' ? { splits: (_u, _axis, min, max) => decades(min, max), filter: (_u, marks) => marks } : {}), values: (_, ticks) => ticks.map((y) => (y === null ? '' : name === 'loss' ? powerOfTen(y) : figure(y))) },
    ],
    series: [{}, ...seriesOf(name)],
    hooks: {
      draw: name === 'returns' || name === 'q' ? [drawMarks] : [],
      setSelect: [(u) => {
        const { left, width } = u.select;
        if (width >= DRAG_MIN) onZoom([u.posToVal(left, 'x'), u.posToVal(left + width, 'x')]);
        u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
      }],
      setCursor: [(u) => {
        if (u.cursor.event) onCursor((u.cursor.left ?? -1) < 0 ? null : u.posToVal(u.cursor.left ?? 0, 'x'));
      }],
    },
  }, emptyData(name), holder);
}

/** @param {ChartOptions['name']} name @returns {uPlot.AlignedData} */
function emptyData(name) {
  return name === 'returns' ? [[], [], [], []] : name === 'q' ? [[], [], []] : [[], []];
}

/** Steps on the axis, in the language's short form. @param {number} x */
const short = (x) => (x >= 1e6 ? `${figure(x / 1e6)}M` : x >= 1e4 ? figure(x / 1000) + t('thousand') : count(x));

/** @param {ChartOptions['name']} name @returns {uPlot.Scale} */
function yScale(name) {
  if (name === 'epsilon') return { range: (_, _min, max) => [0, rateName() === 'chart.epsilon' ? 1 : roundUp(max ?? 1)] };
  if (name === 'loss') return { distr: 3, range: (_, min, max) => logRange(min, max) };
  return { range: (_, min, max) => linearRange(name, min, max) };
}

/** The next of 1, 2, 5, 10 and so on, for scales that begin at 0. @param {number} max */
function roundUp(max) {
  if (!(max > 0)) return 1;
  const unit = 10 ** Math.floor(Math.log10(max));
  return ([1, 2, 5].find((m) => m * unit >= max * 0.999) ?? 10) * unit;
}

/** Whole decades around the data. @param {number | null} min @param {number | null} max @returns {uPlot.Range.MinMax} */
function logRange(min, max) {
  if (!(min !== null && max !== null && min > 0)) return [1e-3, 1];
  return [10 ** Math.floor(Math.log10(Math.max(min, max * 1e-9))), // below that nothing is left to learn
    10 ** Math.ceil(Math.log10(max * 1.0001))];
}

/** At most four powers of ten to mark. @param {number} min @param {number} max */
function decades(min, max) {
  const [low, high] = [Math.round(Math.log10(min)), Math.round(Math.log10(max))];
  const every = Math.max(1, Math.ceil((high - low) / 3));
  return Array.from({ length: Math.floor((high - low) / every) + 1 }, (_, i) => 10 ** (low + i * every));
}

/** The data with a margin, and what it is compared with. @param {string} name @param {number | null} min @param {number | null} max @returns {uPlot.Range.MinMax} */
function linearRange(name, min, max) {
  const goal = name === 'returns' ? lab().session?.info.rewardThreshold : trueStart();
  const values = [min, max, goal].filter((v) => v !== null && v !== undefined).map((v) => Number(v));
  if (min === null && Number(goal) < 0) values.push(2 * Number(goal), 0); // nothing yet
  const top = Math.max(...values);
  if (!(top < 0 && -top > (top - Math.min(...values)) / 2)) values.push(0); // far below zero it would only take room
  if (!values.some(Boolean)) values.push(1);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = Math.max((high - low) * (name === 'q' ? 0.3 : 0.08), Math.abs(low) * 0.01); // room for the label of the true value
  return [low < 0 ? low - margin : 0, high + margin];
}

/** The true value of the start, where it is known. */
function trueStart() {
  const { truth, startState, frame } = lab();
  if (!truth || startState < 0 || !frame) return null;
  const n = frame.q.length;
  return Math.max(...truth.subarray(startState * n, startState * n + n));
}

/** @param {ChartOptions['name']} name @returns {uPlot.Series[]} */
function seriesOf(name) {
  const { run, muted, agent, panel, ink } = theme();
  const line = (/** @type {string} */ stroke, width = 2) => ({ stroke, width, spanGaps: true, pxAlign: 0, points: { size: 5, fill: stroke, show: isAlone } });
  if (name === 'returns') {
    return [
      { stroke: muted, paths: () => null, points: { show: true, size: 3.5, width: 0, fill: `${muted}99`, stroke: `${muted}00` } },
      line(run, 2.5),
      { stroke: agent, paths: () => null, points: { show: true, size: 7, width: 2, fill: panel, stroke: agent } },
    ];
  }
  if (name === 'q') return [line(run), { ...line(agent, 1.5), dash: [6, 3] }];
  return [line(name === 'epsilon' ? ink : run, name === 'loss' ? 1.5 : 2)];
}

/** A line of one point would not be seen. @param {uPlot} u @param {number} series */
const isAlone = (u, series) => /** @type {(number | null)[]} */ (u.data[series]).filter((v) => v !== null).length === 1;

/** Threshold, true value, and where it was solved. @param {uPlot} u */
function drawMarks(u) {
  const { ctx, bbox } = u;
  const { ink, muted, font } = theme();
  const ratio = uPlot.pxRatio;
  const returns = u.series.length === 4;
  const goal = returns ? lab().session?.info.rewardThreshold : trueStart();
  ctx.save();
  ctx.font = `${12 * ratio}px ${font}`;
  ctx.lineWidth = ratio;
  ctx.setLineDash([5 * ratio, 4 * ratio]);
  if (goal !== null && goal !== undefined) {
    const y = Math.round(u.valToPos(goal, 'y', true)) + 0.5;
    ctx.strokeStyle = ink;
    stroke(ctx, bbox.left, y, bbox.left + bbox.width, y);
    ctx.fillStyle = muted;
    ctx.textAlign = 'right';
    ctx.textBaseline = returns ? 'top' : 'bottom';
    label(ctx, t(returns ? 'mark.threshold' : 'mark.true', { value: figure(goal) }), bbox.left + bbox.width - 2 * ratio, y + (returns ? 3 : -3) * ratio);
  }
  const solved = returns ? lab().frame?.solvedAt : null;
  if (solved !== null && solved !== undefined) {
    const x = Math.round(u.valToPos(solved, 'x', true)) + 0.5;
    if (x >= bbox.left && x <= bbox.left + bbox.width) {
      ctx.strokeStyle = muted;
      stroke(ctx, x, bbox.top, x, bbox.top + bbox.height);
      ctx.fillStyle = ink;
      ctx.textAlign = 'center';
      ctx.textBaseline = 'bottom';
      ctx.setLineDash([]);
      ctx.fillText('★', x, bbox.top + bbox.height - 2 * ratio);
    }
  }
  ctx.restore();
}

/** Text that stays readable over lines. @param {CanvasRenderingContext2D} ctx @param {string} text @param {number} x @param {number} y */
function label(ctx, text, x, y) {
  ctx.save();
  ctx.setLineDash([]);
  ctx.lineWidth = 4 * uPlot.pxRatio;
  ctx.strokeStyle = theme().panel;
  ctx.strokeText(text, x, y);
  ctx.restore();
  ctx.fillText(text, x, y);
}

/** @param {CanvasRenderingContext2D} ctx @param {number} x0 @param {number} y0 @param {number} x1 @param {number} y1 */
function stroke(ctx, x0, y0, x1, y1) {
  ctx.beginPath();
  ctx.moveTo(x0, y0);
  ctx.lineTo(x1, y1);
  ctx.stroke();
}
