// SPDX-License-Identifier: MIT
// The charts of a lab: one cursor, one x range, one schedule. Pointing at one chart shows the values of all at that step;
// dragging zooms all, a double click shows everything again; keys do the same. A round redraws what has changed, one chart per
// animation frame, so that no frame has much to do, and rounds are at least 160 ms apart. Without changes nothing runs.
//
// Events: `cursor` (CursorEvent) the cursor moved · `zoom` the x range was chosen.

/** @typedef {import('./chart.mjs').Chart} Chart */
/** @typedef {[number, number]} Range */

const ROUND_MS = 160;
/** The smallest range to zoom to, in steps. */
const ZOOM_LEAST = 4;
/** How far keys move the cursor, in hundredths of what is shown. @type {Readonly<Record<string, number>>} */
const MOVES = { ArrowLeft: -1, ArrowRight: 1, PageDown: -10, PageUp: 10 };

export class CursorEvent extends Event {
  /** @param {number | null} x @param {boolean} byKey */
  constructor(x, byKey) {
    super('cursor');
    this.x = x;
    this.byKey = byKey;
  }
}

export class ChartGroup extends EventTarget {
  /** The step the cursor stands on; null for the latest. @type {number | null} */
  #cursor = null;
  /** The x range that was chosen; null for all. @type {Range | null} */
  #zoom = null;
  /** @type {Range} */
  #whole = [0, 100];
  /** @type {Set<Chart>} */
  #charts = new Set();
  /** Charts to redraw in the next round, and those of the present one that are left. @type {Set<Chart>} */
  #changed = new Set();
  /** @type {Chart[]} */
  #round = [];
  #roundAt = -Infinity;
  /** Width of the y axes: the same for all, so that their x axes agree. */
  #axisWidth = 0;
  #frame = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #suspended = false;
  /** @type {ResizeObserver | null} */
  #sizes = null;

  get cursor() {
    return this.#cursor;
  }

  get zoom() {
    return this.#zoom;
  }

  /** The x axis of all charts. @returns {Range} */
  get range() {
    return this.#zoom ?? this.#whole;
  }

  // ---- charts ----

  /** @param {Chart} chart */
  add(chart) {
    this.#charts.add(chart);
    this.#sizes ??= new ResizeObserver((entries) => {
      for (const each of this.#charts) if (entries.some(({ target }) => target === each.holder)) each.resize();
    });
    this.#sizes.observe(chart.holder);
    this.changed(chart);
  }

  /** @param {Chart} chart */
  remove(chart) {
    this.#charts.delete(chart);
    this.#changed.delete(chart);
    this.#round = this.#round.filter((each) => each !== chart);
    this.#sizes?.unobserve(chart.holder);
  }

  /** A chart has something new to show. @param {Chart} chart */
  changed(chart) {
    this.#changed.add(chart);
    this.#schedule();
  }

  /** Redraws all charts, at once where the reader asked for it. @param {boolean} [now] */
  redraw(now = false) {
    for (const chart of this.#charts) this.#changed.add(chart);
    if (now) this.#roundAt = -Infinity;
    this.#schedule();
  }

  /** Room for the widest y axis. @param {number} width that a chart needs @returns {number} that it gets */
  axisWidth(width) {
    if (width > this.#axisWidth) {
      this.#axisWidth = width;
      this.redraw();
    }
    return this.#axisWidth;
  }

  // ---- the schedule ----

  #schedule() {
    if (this.#suspended || this.#frame !== 0 || this.#timer !== undefined || this.#changed.size + this.#round.length === 0) return;
    const wait = this.#round.length > 0 ? 0 : this.#roundAt + ROUND_MS - performance.now();
    if (wait > 20) {
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        this.#schedule();
      }, wait - 10);
    } else this.#frame = requestAnimationFrame((now) => this.#next(now));
  }

  /** @param {number} now */
  #next(now) {
    this.#frame = 0;
    if (this.#round.length === 0) this.#begin(now);
    const chart = this.#round.shift();
    if (chart) chart.draw(this.range);
    this.#schedule();
  }

  /** @param {number} now */
  #begin(now) {
    this.#roundAt = now;
    const end = Math.max(0, ...[...this.#charts].map((chart) => chart.end));
    if (end > 0 && end !== this.#whole[1]) { // then all change: they share the axis
      this.#whole = [0, end];
      this.#changed = new Set(this.#charts);
    }
    this.#round = [...this.#charts].filter((chart) => this.#changed.has(chart));
    this.#changed.clear();
  }

  /** Nobody sees the charts: nothing is drawn until resume(). */
  suspend() {
    this.#suspended = true;
    this.#cancel();
  }

  resume() {
    this.#suspended = false;
    this.#schedule();
  }

  #cancel() {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#timer);
    this.#frame = 0;
    this.#timer = undefined;
  }

  /** Removes the charts and all that watches them. */
  destroy() {
    this.suspend();
    for (const chart of [...this.#charts]) chart.destroy();
    this.#sizes?.disconnect();
    this.#sizes = null;
  }

  // ---- cursor and zoom ----

  /** Everything is shown again, with the cursor at the latest step. */
  reset() {
    this.setZoom(null);
    this.moveCursor(null);
  }

  /** @param {number | null} x @param {boolean} [byKey] */
  moveCursor(x, byKey = false) {
    if (x === this.#cursor) return;
    this.#cursor = x;
    for (const chart of this.#charts) chart.place(x);
    this.dispatchEvent(new CursorEvent(x, byKey));
  }

  /** @param {Range | null} range null: everything */
  setZoom(range) {
    const next = range && this.#within(range);
    if (String(next) === String(this.#zoom)) return;
    this.#zoom = next;
    this.redraw(true);
    this.dispatchEvent(new Event('zoom'));
  }

  /** A range inside the whole; null where it is all of it. @param {Range} range @returns {Range | null} */
  #within([low, high]) {
    const end = this.#whole[1];
    const width = Math.max(Math.min(ZOOM_LEAST, end), high - low);
    if (width >= end) return null;
    const from = Math.min(end - width, Math.max(0, (low + high - width) / 2));
    return [from, from + width];
  }

  /** Keys of the charts; whether it was one of them. @param {KeyboardEvent} event */
  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    const [min, max] = this.range;
    const here = this.#cursor ?? Math.min(max, this.#whole[1]);
    const width = max - min;
    if (event.key in MOVES) this.#walk(here + MOVES[event.key] * width / 100);
    else if (event.key === 'Home') this.#walk(0);
    else if (event.key === 'End') this.#walk(this.#whole[1]);
    else if (event.key === '+' || event.key === '=') this.setZoom([here - width / 4, here + width / 4]);
    else if (event.key === '-') this.setZoom([here - width, here + width]);
    else if (event.key === '0') this.setZoom(null);
    else if (event.key === 'Escape') this.reset();
    else return false;
    event.preventDefault();
    return true;
  }

  /** Moves the cursor; a zoomed range follows it. @param {number} to */
  #walk(to) {
    const x = Math.min(this.#whole[1], Math.max(0, to));
    const [min, max] = this.range;
    if (x < min || x > max) this.setZoom([x - (max - min) / 2, x + (max - min) / 2]);
    this.moveCursor(x, true);
  }
}
