// SPDX-License-Identifier: MIT
// The chart of a lab: lines, dots, rings and the faint lines of earlier runs over steps, between level lines, with names at the
// ends of curves. uPlot draws axes, series and the cursor; it is given heights between 0 and 1 (chart-scale.mjs says why).
import UPlot from 'uplot';
import { LINE_PX, drawEdges, drawLabels, drawLevel, drawMark, widthOf } from './chart-labels.mjs';
import { decimalsOf, linearRange, logRange, makeScale, ticksOf } from './chart-scale.mjs';
import { roundEnd } from './chart-steps.mjs';
import { heightsOf, lastPoint, merge, visibleValues } from './chart-data.mjs';
import { plotStyles } from './plot-styles.mjs';

/** @typedef {import('uplot')} Plot */
/** @typedef {import('./chart-scale.mjs').Range} Range */

/**
 * What a chart needs of the theme; colours are '#rrggbb'.
 * @typedef {{ dark: boolean, panel: string, ink: string, muted: string, line: string, font: string }} ChartTheme
 */
/**
 * What a chart needs of the words.
 * @typedef {object} ChartWords
 * @property {string} language
 * @property {(n: number) => string} count
 * @property {(n: number) => string} rate
 * @property {(n: number, digits?: number) => string} value
 * @property {(n: number) => string} figure
 * @property {(n: number) => string} powerOfTen
 */
/**
 * A curve. Its points are in the order of x; null is no value, NaN and ±Infinity are shown at the edge. Series with the same `xs`
 * array share their rows.
 * @typedef {object} Series
 * @property {string} name
 * @property {ArrayLike<number>} xs
 * @property {ArrayLike<number | null>} ys
 * @property {'line' | 'dots' | 'rings' | 'faint' | 'band'} kind  dots and rings stand alone; faint: an earlier run, which the x axis and
 *   the cursor leave out; band: the upper and the lower edge of a filled one, one after the other
 * @property {string} colour
 * @property {number} [width]
 * @property {number[]} [dash]
 * @property {boolean} [points]  a dot at every point of a line
 * @property {string} [label]    drawn at its end
 */
/** A horizontal line with its name. @typedef {{ name: string, value: number, colour?: string, dash?: number[], where?: 'above' | 'below' }} Level  where: of its name; else where fewer curves end */
/** A vertical line with a sign. @typedef {{ x: number, text: string }} Mark */
/**
 * What a chart shows.
 * @typedef {object} Content
 * @property {Series[]} series
 * @property {Level[]} [levels]
 * @property {Mark[]} [marks]
 * @property {number} [until]            the x axis goes at least that far; further in round numbers
 * @property {boolean} [log]             a log scale
 * @property {boolean | 'near'} [zero]   whether the y axis has 0 (default); near: unless that only takes room
 * @property {Range} [range]             a fixed y axis
 * @property {number[]} [include]        values the y axis has in any case
 * @property {number} [margin]           room above and below the values, as a part of their range
 * @property {boolean} [outside]         names at the right of the plot, where it is wide enough
 * @property {(y: number) => string} [format]  of ticks; without: as many decimals as they need
 * @property {(y: number) => string} [right]   of ticks of a second axis on the right
 * @property {number} [height]           of the chart, in CSS pixels; without: that of its holder
 */
/** @typedef {{ holder: HTMLElement, group: import('./chart-group.mjs').ChartGroup, look: () => { theme: ChartTheme, words: ChartWords } }} ChartOptions */

/** Pixels of dragging that are no mistake. */
const DRAG_LEAST = 6;
const TOP_PX = 8, RIGHT_PX = 20, X_AXIS_PX = 24, Y_AXIS_PX = 60, RIGHT_AXIS_PX = 40;
/** Height of the plot per labelled tick. */
const TICK_PX = 26;
const TICKS_MOST = 7;
/** Names stand at the right of a plot that is at least so wide. */
const OUTSIDE_FROM_PX = 400;
const LEVEL_DASH = [5, 4];
/** @type {Content} */
const NOTHING = { series: [] };
/** Steps on the x axis are whole. */
const X_INCREMENTS = Array.from({ length: 13 }, (_, exponent) => [1, 2, 5].map((m) => m * 10 ** exponent)).flat();

export { ChartGroup } from './chart-group.mjs';

export class Chart {
  /** The looks of what is drawn, for the root it is drawn in. */
  static styles = plotStyles;
  #options;
  #content = NOTHING;
  /** @type {Plot | null} */
  #plot = null;
  /** What the plot was made for; another shape takes another plot. */
  #shape = '';
  #scale = makeScale([0, 1], false);
  /** @type {number[]} */
  #ticks = [];
  /** @type {Range} */
  #range = [0, 1];
  /** @type {import('./chart-data.mjs').EdgePoint[]} */
  #edges = [];
  /** The last event of the pointer that moved the cursor. @type {Event | null} */
  #seen = null;

  /** @param {ChartOptions} options */
  constructor(options) {
    this.#options = options;
    options.group.add(this);
  }

  get holder() {
    return this.#options.holder;
  }

  /** Where the x axis ends to show all of it; 0 without points. */
  get end() {
    const { series, until = 0 } = this.#content;
    const last = Math.max(0, ...series.filter(({ kind }) => kind !== 'faint').map(({ xs }) => xs[xs.length - 1] ?? 0));
    return last > until ? roundEnd(last) : until;
  }

  /** @param {Content} content */
  show(content) {
    this.#content = content;
    const { style } = this.holder;
    const height = content.height === undefined ? '' : `${content.height}px`;
    if (style.height !== height) style.height = height;
    this.#options.group.changed(this);
  }

  /** For the group. @param {Range} range of x */
  draw(range) {
    if (this.holder.clientWidth === 0) return; // out of sight; its new size will be noticed
    this.#range = range;
    const data = this.#prepare();
    const shape = this.#shapeNow();
    if (!this.#plot || shape !== this.#shape) this.#rebuild(shape, data);
    else this.#fill(this.#plot, data);
    this.place(this.#options.group.cursor);
  }

  /** uPlot knows heights from 0 to 1 alone: that the values of its labels are others it has to be told. @param {Plot} plot @param {import('uplot').AlignedData} data */
  #fill(plot, data) {
    plot.batch(() => {
      plot.setData(data);
      plot.redraw(false, true);
    });
  }

  /** Puts the cursor at a step. @param {number | null} x */
  place(x) {
    const plot = this.#plot;
    if (!plot || plot.status !== 1) return; // a new plot asks for it when it is ready
    const [min, max] = this.#range;
    plot.setCursor({ left: x === null || x < min || x > max ? -10 : plot.valToPos(x, 'x'), top: 0 }, false);
  }

  /** For the group. */
  resize() {
    const { clientWidth: width, clientHeight: height } = this.holder;
    if (width === 0 || height === 0) return;
    if (this.#plot && width === this.#plot.width && height === this.#plot.height) return;
    if (this.#plot) this.#plot.setSize({ width, height });
    this.#options.group.changed(this); // ticks follow the height, names the width
  }

  destroy() {
    this.#options.group.remove(this);
    this.#plot?.destroy();
    this.#plot = null;
  }

  // ---- data ----

  /** Scale, ticks and heights of what is shown. @returns {import('uplot').AlignedData} */
  #prepare() {
    const { series, log = false, range } = this.#content;
    this.#scale = makeScale(range ?? this.#yRange(), log, log || range !== undefined);
    const height = this.holder.clientHeight - TOP_PX - X_AXIS_PX;
    this.#ticks = ticksOf(this.#scale, Math.min(TICKS_MOST, Math.floor(height / TICK_PX) + 1));
    const { xs, columns } = merge(series);
    this.#edges = [];
    const heights = columns.map((column, i) => {
      const found = heightsOf(xs, column, this.#scale, i, this.#range);
      this.#edges.push(...found.edges);
      return found.heights;
    });
    // Without a row uPlot would draw no axes.
    return /** @type {any} */ (xs.length > 0 ? [xs, ...heights] : [[this.#range[0]], ...series.map(() => [null])]);
  }

  /** @returns {Range} */
  #yRange() {
    const { series, levels = [], include = [], log, zero = true, margin } = this.#content;
    const values = visibleValues(series, this.#range);
    const lines = [...levels.map(({ value }) => value), ...include];
    return log ? logRange(values, lines) : linearRange([...values, ...lines], zero, margin);
  }

  // ---- the plot ----

  #shapeNow() {
    const { series, log, right } = this.#content;
    const { theme: { dark, panel, muted, line, font } } = this.#options.look();
    const kinds = series.map(({ kind, colour, width, dash, points }) => [kind, colour, width, dash, points]);
    return JSON.stringify([kinds, log, !right, dark, panel, muted, line, font]);
  }

  /** @param {string} shape @param {import('uplot').AlignedData} data */
  #rebuild(shape, data) {
    this.#plot?.destroy();
    this.#shape = shape;
    const { holder, group } = this.#options;
    const { theme } = this.#options.look();
    this.#plot = new UPlot({
      width: Math.max(100, holder.clientWidth), height: Math.max(60, holder.clientHeight),
      padding: [TOP_PX, (u) => this.#rightRoom(u), 0, 0],
      legend: { show: false },
      cursor: this.#cursorOptions(),
      scales: { x: { time: false, range: () => this.#range }, y: { range: [0, 1] } },
      axes: this.#axes(theme),
      series: [{}, ...this.#content.series.map((series) => seriesOptions(series, theme))],
      bands: bandsOf(this.#content.series),
      hooks: {
        ready: [() => this.place(group.cursor)],
        drawAxes: [(u) => this.#drawLevels(u)],
        draw: [(u) => this.#drawRest(u)],
        setCursor: [(u) => this.#onCursor(u)],
        setSelect: [(u) => this.#onSelect(u)],
      },
    }, data, holder);
  }

  /** @returns {import('uplot').Cursor} */
  #cursorOptions() {
    const { series } = this.#content;
    const colour = (/** @type {Plot} */ _, /** @type {number} */ i) => series[i - 1]?.colour ?? '';
    const hasPoint = (/** @type {number} */ i) => series[i - 1].kind === 'line' || series[i - 1].kind === 'rings';
    return {
      y: false,
      points: { size: 7, fill: colour, stroke: colour, show: (_, i) => (hasPoint(i) ? document.createElement('div') : /** @type {any} */ (false)) },
      // As the readouts have it: the last value up to the cursor.
      dataIdx: (u, i, closest, x) => lastRow(u.data, i, closest, x),
      drag: { x: true, y: false, setScale: false, dist: DRAG_LEAST },
      bind: { dblclick: () => () => {
        this.#options.group.setZoom(null);
        return null;
      } },
    };
  }

  /** @param {ChartTheme} theme @returns {import('uplot').Axis[]} */
  #axes({ muted, line, font }) {
    const axis = { stroke: muted, font: `12px ${font}`, grid: { stroke: line, width: 1 }, ticks: { show: false } };
    const heights = () => this.#ticks.map((y) => this.#scale.at(y));
    const all = (/** @type {Plot} */ _, /** @type {number[]} */ splits) => splits;
    const y = { ...axis, scale: 'y', gap: 6, splits: heights, filter: all };
    const right = () => this.#ticks.map((at) => this.#content.right?.(at) ?? '');
    return [
      { ...axis, size: X_AXIS_PX, gap: 4, incrs: X_INCREMENTS, values: (_, splits) => splits.map((x) => this.#step(x)) },
      { ...y, values: () => this.#tickTexts(), size: (u, texts) => this.#axisSize(u, texts) },
      ...this.#content.right ? [{ ...y, side: 1, size: RIGHT_AXIS_PX, grid: { show: false }, values: right }] : [],
    ];
  }

  /** @param {Plot} u @param {readonly string[] | null} texts */
  #axisSize(u, texts) {
    const { theme: { font } } = this.#options.look();
    return this.#options.group.axisWidth(Math.max(Y_AXIS_PX, Math.ceil(widthOf(u.ctx, texts ?? [], font)) + 10));
  }

  #tickTexts() {
    const { log, format } = this.#content;
    const { words } = this.#options.look();
    if (format) return this.#ticks.map(format);
    const decimals = decimalsOf(this.#ticks);
    return this.#ticks.map((y) => {
      if (y === 0) return '0';
      if (log && isPower(y)) return words.powerOfTen(y);
      return log || decimals === null ? words.figure(y).replace('.0×', '×') : words.value(y, decimals);
    });
  }

  /** A step in the language's short form, where that has all its digits. @param {number} x */
  #step(x) {
    const { words } = this.#options.look();
    return x >= 1e4 && Number(x.toPrecision(3)) === x ? words.rate(x) : words.count(x);
  }

  // ---- names, levels, marks ----

  get #isOutside() {
    return this.#content.outside === true && this.holder.clientWidth >= OUTSIDE_FROM_PX;
  }

  /** Room at the right of the plot, in CSS pixels. @param {Plot} u */
  #rightRoom(u) {
    const { series, levels = [], right } = this.#content;
    if (right) return 4;
    if (!this.#isOutside) return RIGHT_PX;
    const names = [...levels.map(({ name }) => name), ...series.map(({ label = '' }) => label)];
    return Math.max(RIGHT_PX, Math.min(this.holder.clientWidth * 0.4, Math.ceil(widthOf(u.ctx, names, this.#options.look().theme.font)) + 12));
  }

  /** @param {Plot} u @returns {import('./chart-labels.mjs').Canvas} */
  #canvas(u) {
    return { ctx: u.ctx, box: u.bbox, ratio: u.ctx.canvas.width / u.width, theme: this.#options.look().theme };
  }

  /** The height of a value, in pixels of the canvas. @param {Plot} u @param {number} y */
  #yOf(u, y) {
    return u.bbox.top + u.bbox.height * (1 - Math.min(1, Math.max(0, this.#scale.at(y))));
  }

  /** @param {Plot} u */
  #drawLevels(u) {
    const canvas = this.#canvas(u);
    for (const { value, colour = canvas.theme.ink, dash = LEVEL_DASH } of this.#levels()) drawLevel(canvas, this.#yOf(u, value), colour, dash);
  }

  /** Those that can be drawn. */
  #levels() {
    const { levels = [] } = this.#content;
    return levels.filter(({ value }) => this.#scale.edge(value) === null && value >= this.#scale.low && value <= this.#scale.high);
  }

  /** @param {Plot} u */
  #drawRest(u) {
    const canvas = this.#canvas(u);
    const { series, marks = [] } = this.#content;
    for (const { x, text } of marks) if (x >= this.#range[0] && x <= this.#range[1]) drawMark(canvas, u.valToPos(x, 'x', true), text);
    const edges = this.#edges.map(({ x, series: i, edge }) => ({ x: u.valToPos(x, 'x', true), edge, colour: series[i].colour }));
    drawEdges(canvas, edges.sort((a, b) => a.x - b.x));
    drawLabels(canvas, [...this.#levelLabels(u, canvas), ...this.#endLabels(u, canvas)]);
  }

  /** @param {Plot} u @param {import('./chart-labels.mjs').Canvas} canvas @returns {import('./chart-labels.mjs').Label[]} */
  #levelLabels(u, { box, ratio, theme }) {
    const right = box.left + box.width;
    return this.#levels().map(({ name, value, where = this.#freeSide(value) }) => {
      const y = this.#yOf(u, value);
      if (this.#isOutside) return { text: name, x: right + 8 * ratio, y, colour: theme.muted, align: 'left', from: { x: right, y } };
      return { text: name, x: right - 2 * ratio, y: y + (where === 'below' ? 1 : -1) * (LINE_PX / 2 + 1) * ratio, colour: theme.muted, align: 'right' };
    });
  }

  /** The side of a line on which fewer curves end. @param {number} value @returns {'above' | 'below'} */
  #freeSide(value) {
    const over = this.#content.series.map((series) => Math.sign((lastPoint(series, this.#range[1])?.y ?? NaN) - value));
    return over.reduce((sum, side) => sum + (side || 0), 0) > 0 ? 'below' : 'above';
  }

  /** @param {Plot} u @param {import('./chart-labels.mjs').Canvas} canvas */
  #endLabels(u, canvas) {
    return this.#content.series.flatMap((series) => {
      const last = series.label ? lastPoint(series, this.#range[1]) : null;
      if (!last || last.x < this.#range[0] || Number.isNaN(last.y)) return [];
      return [this.#endLabel(canvas, series, u.valToPos(last.x, 'x', true), this.#yOf(u, last.y))];
    });
  }

  /**
   * At the right of the plot; in it, beside the end of a curve where there is room, else above it.
   * @param {import('./chart-labels.mjs').Canvas} canvas @param {Series} series @param {number} x @param {number} y
   * @returns {import('./chart-labels.mjs').Label}
   */
  #endLabel({ ctx, box, ratio, theme }, { label: text = '', colour }, x, y) {
    const right = box.left + box.width;
    if (this.#isOutside) return { text, x: right + 8 * ratio, y, colour, align: 'left', from: { x: right, y } };
    const width = widthOf(ctx, [text], theme.font) * ratio;
    if (x + width + 12 * ratio < right) return { text, x: x + 6 * ratio, y, colour, align: 'left' };
    return { text, x: Math.min(right - 2 * ratio, Math.max(x, box.left + width)), y: y - (LINE_PX / 2 + 2) * ratio, colour, align: 'right' };
  }

  // ---- the pointer ----

  /** @param {Plot} u */
  #onCursor(u) {
    const { event = null, left = -1 } = u.cursor;
    if (!event || event === this.#seen) return; // placed, or redrawn under a pointer that rests
    this.#seen = event;
    this.#options.group.moveCursor(left < 0 ? null : u.posToVal(left, 'x'));
  }

  /** @param {Plot} u */
  #onSelect(u) {
    const { left, width } = u.select;
    if (width >= DRAG_LEAST) this.#options.group.setZoom([u.posToVal(left, 'x'), u.posToVal(left + width, 'x')]);
    u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  }
}

/** How uPlot draws a series. @param {Series} series @param {ChartTheme} theme @returns {import('uplot').Series} */
function seriesOptions({ kind, colour, width, dash, points }, theme) {
  const alone = { stroke: colour, paths: () => null };
  if (kind === 'dots') return { ...alone, points: { show: true, size: 3.5, width: 0, fill: `${colour}99`, stroke: `${colour}00` } };
  if (kind === 'rings') return { ...alone, points: { show: true, size: 7, width: 2, fill: theme.panel, stroke: colour } };
  if (kind === 'band') return { stroke: `${colour}80`, width: 1, spanGaps: true, pxAlign: 0, points: { show: false } };
  return {
    stroke: kind === 'faint' ? `${colour}b3` : colour, width: width ?? (kind === 'faint' ? 1.5 : 2), dash, spanGaps: true, pxAlign: 0,
    points: { show: points ? true : isAlone, size: 5, fill: colour, stroke: colour },
  };
}

/** What is filled. @param {Series[]} series @returns {import('uplot').Band[]} */
function bandsOf(series) {
  const edges = series.flatMap(({ kind, colour }, i) => (kind === 'band' ? [{ column: i + 1, colour }] : []));
  return edges.flatMap(({ column, colour }, i) => (i % 2 === 0 ? [{ series: [column, column + 1], fill: `${colour}33` }] : []));
}

/** A line of one point would not be seen. @param {Plot} u @param {number} series */
const isAlone = (u, series) => Array.from(u.data[series]).filter((y) => y !== null).length === 1;

/**
 * The last row up to x in which a series has a height, for uPlot's cursor.
 * @param {import('uplot').AlignedData} data @param {number} series @param {number} closest @param {number} x @returns {any}
 */
function lastRow(data, series, closest, x) {
  const xs = data[0];
  let i = closest;
  while (i + 1 < xs.length && xs[i + 1] <= x) i++;
  while (i >= 0 && (xs[i] > x || (data[series][i] ?? null) === null)) i--;
  return i < 0 ? null : i;
}

/** @param {number} y */
const isPower = (y) => Math.abs(Math.log10(y) - Math.round(Math.log10(y))) < 1e-9;
