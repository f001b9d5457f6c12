// SPDX-License-Identifier: MIT
// A chart of a few curves with names at their ends and level lines to compare them with. The arrow keys move a cursor, whose
// values are read out above; a table below, for screen readers, has the last ones.
import { el, setText } from '../dom.mjs';
import { count, figure, t } from '../i18n.mjs';
import { on } from '../events.mjs';
import { theme } from '../theme.mjs';

/** @typedef {import('uplot')} Plot */
/** @typedef {typeof import('../plot.mjs').uPlot} UPlot */
/** @typedef {{ name: string, colour: string, xs: number[], ys: number[], dots?: boolean, dash?: number[], width?: number }} Curve */
/** @typedef {{ name: string, value: number, colour?: string, dash?: number[] }} Level */
/** @typedef {{ curves: Curve[], levels: Level[], until: number }} Content  until: the x axis goes at least that far */
/**
 * @typedef {object} Options
 * @property {HTMLElement} holder
 * @property {HTMLElement} readout
 * @property {(content: Content) => string} read   what is read out without a cursor
 * @property {(value: number) => string} value
 * @property {boolean} [log]                       a log scale, with its logarithm on the right
 * @property {number} [margin]                     room for names on the right, in CSS pixels; without, they stand inside
 */

const STEPS = [1, 1.5, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1000, 2000, 5000, 10_000];
const LABEL_PX = 14, ROOM_PX = 24;

/** Okabe–Ito's hues in a fixed order, darker on white and lighter on black, so that names in them can be read. */
const HUES = { light: ['#0069a8', '#bf5300', '#007a59', '#a8487f', '#8a6a00', '#3b6ea5', '#6b6b00', '#5b6169'], dark: ['#62b8ee', '#f0914a', '#35c795', '#e59fc4', '#e6b84a', '#9ecff0', '#cfd05a', '#a3a9b1'] };
/** @param {number} i */
export const hue = (i) => HUES[theme().dark ? 'dark' : 'light'][i % HUES.light.length];

export class Lines {
  #options;
  /** @type {UPlot | null} */
  #uPlot = null;
  /** @type {import('uplot') | null} */
  #plot = null;
  /** @type {Content} */
  #content = { curves: [], levels: [], until: 100 };
  #shape = '';
  #dirty = false;
  /** @type {number | null} */
  #cursor = null;

  /** @param {Options} options */
  constructor(options) {
    this.#options = options;
    const { holder } = options;
    new ResizeObserver(() => this.#resize()).observe(holder);
    holder.tabIndex = 0;
    holder.addEventListener('keydown', (event) => this.#onKey(event));
    on(['theme', 'language'], () => {
      this.#shape = '';
      this.show(this.#content);
    });
    void import('../plot.mjs').then(({ uPlot }) => {
      this.#uPlot = uPlot;
      this.show(this.#content);
    });
  }

  /** @param {Content} content */
  show(content) {
    this.#content = content;
    if (this.#dirty) return;
    this.#dirty = true;
    requestAnimationFrame(() => {
      this.#dirty = false;
      this.#draw();
    });
  }

  #draw() {
    const { holder } = this.#options;
    if (!this.#uPlot || holder.clientWidth === 0) return;
    const { curves } = this.#content;
    const shape = JSON.stringify([curves.map(({ colour, dots, dash, width }) => [colour, dots, dash, width]), holder.clientWidth < 480]);
    if (shape !== this.#shape) this.#rebuild(shape);
    this.#plot?.setData(this.#data());
    this.#read();
  }

  /** @param {string} shape */
  #rebuild(shape) {
    this.#plot?.destroy();
    this.#shape = shape;
    const { holder, log = false, value } = this.#options;
    const { muted, line, font } = theme();
    const axis = { stroke: muted, font: `12px ${font}`, grid: { stroke: line, width: 1 }, ticks: { show: false } };
    const splits = (/** @type {import('uplot')} */ _, /** @type {number} */ __, /** @type {number} */ min, /** @type {number} */ max) => marks(min, max);
    const UPlot = /** @type {UPlot} */ (this.#uPlot);
    this.#plot = new UPlot({
      width: Math.max(100, holder.clientWidth), height: holder.clientHeight, padding: [12, log ? 4 : Math.max(24, this.#options.margin ?? 0), 0, 0], legend: { show: false },
      cursor: { y: false, points: { size: 7 }, drag: { x: false, y: false } },
      scales: { x: { time: false, range: () => [0, this.#end()] }, y: log ? { distr: 3, range: (_, min, max) => this.#logRange(min, max) } : { range: (_, min, max) => this.#range(min, max) } },
      axes: [
        { ...axis, size: 24, gap: 4, values: (_, ticks) => ticks.map((x) => (x >= 1e4 ? figure(x / 1000) + t('thousand') : count(x))) },
        { ...axis, size: 44, gap: 6, space: 32, ...(log ? { splits, filter: (_, ticks) => ticks } : {}), values: (_, ticks) => ticks.map((y) => (log ? figure(y) : value(y))) },
        ...log ? [{ ...axis, side: /** @type {1} */ (1), size: 36, gap: 6, grid: { show: false }, splits, filter: (/** @type {any} */ _, /** @type {number[]} */ ticks) => ticks, values: (/** @type {any} */ _, /** @type {number[]} */ ticks) => ticks.map((y) => value(Math.log(y))) }] : [],
      ],
      series: [{}, ...this.#content.curves.map(({ colour, dots, dash, width = 2 }) => ({
        stroke: colour, width, dash, spanGaps: true, pxAlign: 0, points: { show: dots ? true : alone, size: dots ? 5 : 6, fill: colour, stroke: colour },
      }))],
      hooks: {
        draw: [(u) => this.#label(u)],
        setCursor: [(u) => {
          if (!u.cursor.event) return;
          this.#cursor = (u.cursor.left ?? -1) < 0 ? null : u.posToVal(u.cursor.left ?? 0, 'x');
          this.#read();
        }],
      },
    }, this.#data(), holder);
  }

  /** All curves over one axis. @returns {import('uplot').AlignedData} */
  #data() {
    const { curves } = this.#content;
    const xs = [...new Set(curves.flatMap((curve) => curve.xs))].sort((a, b) => a - b);
    const places = new Map(xs.map((x, i) => [x, i]));
    return [xs, ...curves.map((curve) => {
      const column = /** @type {(number | null)[]} */ (new Array(xs.length).fill(null));
      curve.xs.forEach((x, i) => {
        column[/** @type {number} */ (places.get(x))] = curve.ys[i];
      });
      return column;
    })];
  }

  #end() {
    const { curves, until } = this.#content;
    return Math.max(until, ...curves.map(({ xs }) => xs.at(-1) ?? 0));
  }

  #levels() {
    return this.#content.levels.map(({ value }) => value);
  }

  /** @param {number | null} min @param {number | null} max @returns {[number, number]} */
  #range(min, max) {
    const values = [min, max, ...this.#levels(), 0].filter((v) => v !== null).map(Number);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const margin = (high - low || 1) * 0.08;
    return [low < 0 ? low - margin : 0, high + margin];
  }

  /** @param {number | null} min @param {number | null} max @returns {[number, number]} */
  #logRange(min, max) {
    const values = [min, max, ...this.#levels()].filter((v) => v !== null && v > 0).map(Number);
    if (values.length === 0) return [1, 100];
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return [STEPS.findLast((step) => step <= low * 0.97) ?? 1, STEPS.find((step) => step >= high * 1.02) ?? high * 1.1];
  }

  /** Level lines with their names, and names at the ends of the curves. @param {import('uplot')} u */
  #label(u) {
    const { ctx, bbox } = u;
    const { muted, font, panel, ink } = theme();
    const ratio = devicePixelRatio;
    const right = bbox.left + bbox.width;
    const outside = (this.#options.margin ?? 0) > 0;
    ctx.save();
    ctx.font = `12px ${font}`.replace('12', String(12 * ratio));
    ctx.lineWidth = ratio;
    /** @type {{ text: string, x: number, y: number, colour: string, after: boolean }[]} */
    const labels = [];
    for (const { name, value, colour = muted, dash = [5, 4] } of this.#content.levels) {
      const y = Math.round(u.valToPos(value, 'y', true)) + 0.5;
      if (y < bbox.top - 1 || y > bbox.top + bbox.height + 1) continue;
      ctx.strokeStyle = colour;
      ctx.setLineDash(dash.map((px) => px * ratio));
      ctx.beginPath();
      ctx.moveTo(bbox.left, y);
      ctx.lineTo(right, y);
      ctx.stroke();
      labels.push({ text: name, x: right + (outside ? 6 : -4) * ratio, y: y + (outside ? 4 : -3) * ratio, colour: colour === muted ? muted : ink, after: outside });
    }
    for (const { name, xs, ys, colour } of this.#content.curves) {
      const x = xs.at(-1), y = ys.at(-1);
      if (x === undefined || y === undefined || name === '') continue;
      const [left, middle] = [u.valToPos(x, 'x', true), u.valToPos(y, 'y', true)];
      const after = outside || left + ctx.measureText(name).width < right - ROOM_PX * ratio; // beside its end where there is room, else above
      labels.push({ text: name, x: after ? left + 6 * ratio : Math.min(right - 4 * ratio, left), y: after ? middle + 4 * ratio : middle - 6 * ratio, colour, after });
    }
    ctx.setLineDash([]);
    ctx.textAlign = 'right';
    ctx.textBaseline = 'alphabetic';
    for (const { text, x, y, colour, after } of apart(labels, LABEL_PX * ratio, bbox)) {
      const width = ctx.measureText(text).width;
      const left = after ? x + width : Math.max(x, bbox.left + width + 6 * ratio);
      ctx.globalAlpha = 0.85;
      ctx.fillStyle = panel;
      ctx.fillRect(left - width - 3 * ratio, y - 10 * ratio, width + 6 * ratio, 13 * ratio);
      ctx.globalAlpha = 1;
      ctx.fillStyle = colour;
      ctx.fillText(text, left, y);
    }
    ctx.restore();
  }

  #resize() {
    const { holder } = this.#options;
    const size = { width: holder.clientWidth, height: holder.clientHeight };
    if (size.width === 0) return;
    if (!this.#plot) this.show(this.#content);
    else if (size.width !== this.#plot.width || size.height !== this.#plot.height) this.#plot.setSize(size);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const by = { ArrowLeft: -1, ArrowRight: 1, PageDown: -10, PageUp: 10 }[event.key];
    const end = this.#end();
    if (by !== undefined) this.#cursor = Math.min(end, Math.max(0, (this.#cursor ?? end) + by * end / 50));
    else if (event.key === 'Home') this.#cursor = 0;
    else if (event.key === 'End') this.#cursor = end;
    else if (event.key === 'Escape') this.#cursor = null;
    else return;
    event.preventDefault();
    const plot = this.#plot;
    plot?.setCursor({ left: this.#cursor === null ? -10 : plot.valToPos(this.#cursor, 'x'), top: 0 }, false);
    this.#read();
  }

  #read() {
    const { readout, read, value } = this.#options;
    if (this.#cursor === null) {
      setText(readout, read(this.#content));
      return;
    }
    const x = this.#cursor;
    const values = this.#content.curves.map(({ name, xs, ys }) => {
      const i = xs.findLastIndex((at) => at <= x);
      return i < 0 ? '' : `${name} ${value(ys[i])}`;
    });
    setText(readout, [t('at.step', { step: count(Math.round(x)) }), ...values.filter(Boolean)].join(' · '));
  }
}

/** One point alone would not be seen. @param {import('uplot')} u @param {number} series */
const alone = (u, series) => /** @type {(number | null)[]} */ (u.data[series]).filter((v) => v !== null).length === 1;

/** At most seven marks of a log scale. @param {number} min @param {number} max */
function marks(min, max) {
  const inside = STEPS.filter((step) => step >= min * 0.999 && step <= max * 1.001);
  const every = Math.ceil(inside.length / 7);
  return inside.filter((_, i) => i % every === 0);
}

/** Labels moved down until none lies on another. @template {{ y: number }} T @param {T[]} labels @param {number} height @param {{ top: number, height: number }} box @returns {T[]} */
function apart(labels, height, box) {
  const sorted = [...labels].sort((a, b) => a.y - b.y).map((label) => ({ ...label, y: Math.max(label.y, box.top + height * 0.8) }));
  for (let i = 1; i < sorted.length; i++) sorted[i].y = Math.max(sorted[i].y, sorted[i - 1].y + height);
  const over = (sorted.at(-1)?.y ?? 0) - (box.top + box.height - 2);
  if (over > 0) {
    sorted[sorted.length - 1].y -= over;
    for (let i = sorted.length - 2; i >= 0; i--) sorted[i].y = Math.min(sorted[i].y, sorted[i + 1].y - height);
  }
  return sorted;
}

/** A table of what is shown, for those who do not see it and those who want numbers. @param {string[]} heads @param {(string | Node)[][]} rows */
export function table(heads, rows) {
  return el('table', { class: 'numbers' },
    el('thead', {}, el('tr', {}, ...heads.map((text) => el('th', { scope: 'col', text })))),
    el('tbody', {}, ...rows.map(([first, ...cells]) => el('tr', {}, el('th', { scope: 'row' }, first), ...cells.map((cell) => el('td', {}, cell))))));
}
