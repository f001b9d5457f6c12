// SPDX-License-Identifier: MIT
// The values of a world with a few numbers as a picture: two of them across and up, the others fixed; the world says which
// (`slice`). Colour is the best Q-value, or with a policy the probability of its most probable action; the line is where the
// greedy action changes. The worker computes it a few times a second at most; nothing of the run depends on it.
import { html, nothing } from 'lit';
import { drawBoundaries, drawNames, summary } from '../canvas/value-picture.mjs';
import { adoptStyles } from '../adopt-styles.mjs';
import { begin, keepCrisp } from '../canvas/surface.mjs';

/** @typedef {import('../lab-host.mjs').LabHost} LabHost */
/** @typedef {import('../run-experiment.mjs').RunExperiment} RunExperiment */
/** @typedef {[low: number, high: number]} Range */

const COLS = 48, ROWS = 32;
const EVERY_MS = 400;
const LOOK_KEYS = /^Arrow/;

export class ValueMap {
  #host;
  /** @type {import('../canvas/value-picture.mjs').Picture | null} */
  #picture = null;
  #session = /** @type {unknown} */ (null);
  /** The frame the picture was asked for. */
  #askedFor = /** @type {unknown} */ (null);
  #asking = false;
  #askedAt = -Infinity;
  /** What the finished picture depends on. */
  #composedOf = '';
  /** @type {HTMLCanvasElement | null} */
  #canvas = null;
  /** The finished picture without the dot. @type {HTMLCanvasElement | null} */
  #layer = null;
  /** @type {(() => void) | null} */
  #uncrisp = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** Fetched with the first look. @type {import('./point-view.mjs').PointView | null} */
  #point = null;

  /** @param {LabHost} host */
  constructor(host) {
    this.#host = host;
  }

  get #experiment() {
    return /** @type {RunExperiment | null} */ (this.#host.experiment);
  }

  get #slice() {
    return this.#experiment?.worldModule?.slice;
  }

  render() {
    const slice = this.#slice;
    const experiment = this.#experiment;
    if (!slice || !experiment) return nothing;
    const { words } = this.#host;
    const { isPolicy, layout } = experiment;
    const [[left, right], [bottom, top]] = [slice.across(layout), slice.up(layout)];
    const key = (/** @type {string} */ name) => words.t(/** @type {any} */ (name));
    const sentences = [key(isPolicy ? 'map2d.policy.colour' : 'map2d.value.colour'), key(`map2d.${slice.name}.axes`), key('map2d.line')];
    const digits = isPolicy ? 2 : 1;
    return html`<div id="value-map" class="value-map">
      <h3 id="slice-title">${words.t(isPolicy ? 'map2d.policy' : 'map2d.value', { by: key(`map2d.${slice.name}`) })}</h3>
      <div class="slice" id="slice-box" tabindex="0" role="group" aria-labelledby="slice-title" @pointermove=${this.#look} @pointerdown=${this.#look} @pointerleave=${this.#look} @keydown=${this.#look}><span id="slice-top" aria-hidden="true">${slice.end.up(top, words)}</span><span id="slice-bottom" aria-hidden="true">${slice.end.up(bottom, words)}</span>
        <canvas id="slice" role="img" aria-labelledby="slice-text"></canvas>
        <span id="slice-left" aria-hidden="true">${slice.end.across(left, words)}</span><span id="slice-right" aria-hidden="true">${slice.end.across(right, words)}</span>
        ${this.#point ? html`<div class="slice-looks">${this.#point.render()}</div>` : nothing}</div>
      <div class="legend" aria-hidden="true"><span id="slice-low">${this.#picture ? words.value(this.#picture.low, digits) : '–'}</span><i></i><span id="slice-high">${this.#picture ? words.value(this.#picture.high, digits) : '–'}</span></div>
      <p class="caption" id="slice-text">${sentences.join(words.language === 'zh' ? '' : ' ')}</p></div>`;
  }

  // ---- looking at a point ----

  /** @param {Event} event */
  #look = (event) => {
    if (!this.#picture) return;
    if (this.#point) this.#point.look(event);
    else if (!(event instanceof KeyboardEvent) || LOOK_KEYS.test(event.key)) void this.#host.attempt(() => this.#lookFirst(event));
  };

  /** @param {Event} event */
  async #lookFirst(event) {
    const [{ PointView, styles }] = await Promise.all([import('./point-view.mjs'), this.#host.needWords('update')]);
    adoptStyles(this.#host.root, [styles]);
    this.#point ??= new PointView(this.#host, () => this.#canvas, 'point-look', () => this.#picture && { columns: COLS, rows: ROWS, valuesAt: (i) => this.#valuesAt(i) });
    this.#point.look(event);
  }

  /** @param {number} i  of a sample @returns {unknown} */
  #valuesAt(i) {
    const { q, actions } = /** @type {import('../canvas/value-picture.mjs').Picture} */ (this.#picture);
    return this.#point?.valuesOf(q.subarray(i * actions, (i + 1) * actions), null);
  }

  updated() {
    const { session } = this.#experiment ?? {};
    if (session !== this.#session) [this.#session, this.#picture, this.#askedFor, this.#composedOf] = [session, null, null, ''];
    const canvas = /** @type {HTMLCanvasElement | null} */ (this.#host.root.getElementById('slice'));
    if (canvas !== this.#canvas) {
      this.#uncrisp?.();
      this.#canvas = canvas;
      this.#uncrisp = canvas && keepCrisp(canvas, () => this.#paint());
    }
    if (!canvas) return;
    this.#refresh();
    this.#paint();
  }

  disconnect() {
    clearTimeout(this.#timer);
    this.#uncrisp?.();
    [this.#uncrisp, this.#canvas] = [null, null];
  }

  /** Asks for new values where there is a new frame, at most every EVERY_MS. */
  #refresh() {
    const { frame } = this.#host;
    if (!frame || this.#asking || this.#askedFor === this.#experiment?.agentFrame) return;
    const wait = this.#askedAt + EVERY_MS - performance.now();
    clearTimeout(this.#timer);
    if (wait > 0) this.#timer = setTimeout(() => this.#refresh(), wait);
    else void this.#ask();
  }

  async #ask() {
    const experiment = this.#experiment;
    const session = experiment?.session;
    const slice = this.#slice;
    if (!session || !slice) return;
    [this.#asking, this.#askedAt, this.#askedFor] = [true, performance.now(), experiment.agentFrame];
    try {
      const q = /** @type {Float64Array} */ (await session.qValues(samples(slice, experiment.layout)));
      if (session !== this.#experiment?.session) return;
      this.#picture = summary(experiment.isPolicy ? q.map(Math.exp) : q, COLS, ROWS);
      this.#composedOf = '';
      this.#host.requestUpdate();
    } catch {
      // The run was replaced while it was asked; the next frame asks the new one.
    } finally {
      this.#asking = false;
    }
  }

  #paint() {
    const canvas = this.#canvas;
    const slice = this.#slice;
    const { frame, theme } = this.#host;
    if (!canvas || !slice || canvas.width === 0) return;
    this.#compose(canvas);
    const { ctx, w, h } = begin(canvas);
    if (this.#picture && this.#layer) ctx.drawImage(this.#layer, 0, 0, w, h);
    if (!frame) return;
    const { layout } = /** @type {RunExperiment} */ (this.#experiment);
    const [left, right] = slice.across(layout), [bottom, top] = slice.up(layout), [atX, atY] = slice.at(frame.view);
    const inside = (/** @type {number} */ v, /** @type {number} */ size) => Math.max(6, Math.min(size - 6, v));
    ctx.beginPath();
    ctx.arc(inside((atX - left) / (right - left) * w, w), inside((1 - (atY - bottom) / (top - bottom)) * h, h), 6, 0, 2 * Math.PI);
    ctx.fillStyle = theme.agent;
    ctx.strokeStyle = theme.onAgent;
    ctx.lineWidth = 2;
    ctx.fill();
    ctx.stroke();
  }

  /** The picture, as large as the canvas; made when values, size, theme or language changed. @param {HTMLCanvasElement} canvas */
  #compose(canvas) {
    const { theme, words } = this.#host;
    const key = [canvas.width, canvas.height, theme.ink, words.language].join();
    if (!this.#picture || key === this.#composedOf) return;
    this.#composedOf = key;
    const layer = this.#layer ??= canvas.ownerDocument.createElement('canvas');
    [layer.width, layer.height] = [canvas.width, canvas.height];
    const ctx = /** @type {CanvasRenderingContext2D} */ (layer.getContext('2d'));
    const ratio = canvas.width / Math.max(1, canvas.clientWidth);
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    const [w, h] = [canvas.width / ratio, canvas.height / ratio];
    ctx.globalAlpha = this.#experiment?.isTrained ? 1 : 0.35;
    ctx.drawImage(this.#small(canvas.ownerDocument), 0, 0, w, h);
    ctx.globalAlpha = 1;
    drawBoundaries(ctx, w, h, this.#picture, theme);
    if (this.#experiment?.isTrained) drawNames(ctx, w, h, this.#picture, theme, this.#label);
  }

  /** @param {number} action */
  #label = (action) => this.#slice?.label?.(action, this.#host.words) ?? this.#host.actionName(action);

  /** One pixel per sample. @param {Document} document */
  #small(document) {
    const { theme } = this.#host;
    const { best, low, high } = /** @type {import('../canvas/value-picture.mjs').Picture} */ (this.#picture);
    const small = document.createElement('canvas');
    [small.width, small.height] = [COLS, ROWS];
    const ctx = /** @type {CanvasRenderingContext2D} */ (small.getContext('2d'));
    const image = ctx.createImageData(COLS, ROWS);
    const span = Math.max(1e-9, high - low);
    best.forEach((v, i) => image.data.set([...theme.scale.rgb((v - low) / span * 2 - 1), 255], i * 4));
    ctx.putImageData(image, 0, 0);
    return small;
  }
}

/** Observations of all samples, row by row from the top. @param {NonNullable<import('../world-table.mjs').WorldModule['slice']>} slice @param {any} layout */
function samples({ across, up, observation }, layout) {
  const [xs, ys] = [across(layout), up(layout)];
  const between = (/** @type {Range} */ [low, high], /** @type {number} */ part) => low + (high - low) * part;
  return Float32Array.from(Array.from({ length: COLS * ROWS }, (_, i) =>
    observation(between(xs, (i % COLS + 0.5) / COLS), between(ys, 1 - (Math.floor(i / COLS) + 0.5) / ROWS))).flat());
}
