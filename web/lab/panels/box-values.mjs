// SPDX-License-Identifier: MIT
// What an agent thinks of actions that are numbers. The values of all actions in the state the last one was chosen in, as a curve: of
// several numbers of an action the first one, the others as the policy has them. Below, over two numbers of the state (`slice` of the
// world), the action the policy gives and its value, as colours. The worker computes them a few times a second at most; nothing of
// the run depends on it.
import { html, nothing } from 'lit';
import { drawCurve, drawField, drawPlace } from '../canvas/field-picture.mjs';
import { adoptStyles } from '../adopt-styles.mjs';
import { begin, keepCrisp } from '../canvas/surface.mjs';

/** @typedef {import('../lab-host.mjs').LabHost} LabHost */
/** @typedef {import('../run-experiment.mjs').RunExperiment} RunExperiment */
/** @typedef {import('../../bellhop.js').Frame} Frame */
/** @typedef {import('../../bellhop.js').BoxSpace} BoxSpace */
/** What the worker said, all of one moment. @typedef {{ curve: import('../canvas/field-picture.mjs').Curve | null, actions: Float32Array | null, values: Float64Array | null }} Answer */

const ACTIONS = 61, COLS = 40, ROWS = 28;
const EVERY_MS = 250;
const LOOK_KEYS = /^Arrow/;
/** The canvases, by their ids. */
const CANVASES = /** @type {const} */ (['curve', 'actions-map', 'values-map']);

export class BoxValuesPanel {
  #host;
  #algoChoice;
  #microscope;
  /** @type {Answer | null} */
  #answer = null;
  #session = /** @type {unknown} */ (null);
  #askedFor = /** @type {unknown} */ (null);
  #asking = false;
  #askedAt = -Infinity;
  /** @type {Map<string, { canvas: HTMLCanvasElement, end: () => void }>} */
  #canvases = new Map();
  /** Of each map; fetched with the first look. @type {Map<string, import('./point-view.mjs').PointView>} */
  #points = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {LabHost} host @param {(host: LabHost) => unknown} algoChoice @param {import('./microscope-slot.mjs').MicroscopeSlot} microscope */
  constructor(host, algoChoice, microscope) {
    this.#host = host;
    this.#algoChoice = algoChoice;
    this.#microscope = microscope;
  }

  get #experiment() {
    return /** @type {RunExperiment | null} */ (this.#host.experiment);
  }

  /** @returns {BoxSpace | null} */
  get #space() {
    return /** @type {BoxSpace | null} */ (this.#experiment?.session?.info.actionSpace ?? null);
  }

  get #isFaint() {
    return !this.#experiment?.isTrained;
  }

  render() {
    const { words, shows } = this.#host;
    const experiment = this.#experiment;
    return html`<section class="q-values" part="q-values" role="group" aria-labelledby="q-values-title">
      <header><h2 id="q-values-title">${words.t('box.title')}${experiment?.session && this.#isFaint ? html`<em id="untrained">${words.t('untrained')}</em>` : nothing}</h2>${this.#algoChoice(this.#host)}</header>
      ${shows('q') ? [this.#curve(), this.#microscope.render()] : nothing}
      ${shows('value-map') && experiment?.worldModule?.slice ? [this.#map('actions-map', 'box.policy'), this.#map('values-map', 'box.value')] : nothing}
    </section>${shows('q') ? this.#microscope.view() : nothing}`;
  }

  updated() {
    const { session } = this.#experiment ?? {};
    if (session !== this.#session) [this.#session, this.#answer, this.#askedFor] = [session, null, null];
    for (const id of CANVASES) this.#watch(id);
    this.#refresh();
    this.#paint();
  }

  disconnect() {
    clearTimeout(this.#timer);
    for (const { end } of this.#canvases.values()) end();
    this.#canvases.clear();
  }

  // ---- parts ----

  #curve() {
    const { words, frame } = this.#host;
    const experiment = this.#experiment;
    if (!frame || !experiment) return html`<p class="caption">${words.t('box.first')}</p>`;
    const { curve } = this.#answer ?? {};
    const name = this.#host.actionName(0);
    const hasCurve = !this.#answer || curve;
    return html`<p class="caption" id="q-caption">${words.t(!hasCurve ? 'box.none' : frame.last.episodeLength > 0 ? 'box.last' : 'box.first')}</p>
      ${hasCurve ? html`<canvas class="curve" id="curve" role="img" aria-label=${words.t('box.curve', { action: name })}></canvas>` : nothing}
      <p class="caption decision"><span id="took">${this.#took(frame, name)}</span>
        <span id="prefers">${curve ? words.t('box.prefers', { action: name, value: words.value(curve.greedy, 2) }) : ''}</span></p>`;
  }

  /** @param {Frame} frame @param {string} action */
  #took({ last: { box, explored, episodeLength } }, action) {
    if (!box || episodeLength === 0) return '';
    return this.#host.words.t(explored ? 'box.random' : 'box.taken', { action, value: this.#host.words.value(box[0], 2) });
  }

  /** @param {'actions-map' | 'values-map'} id @param {'box.policy' | 'box.value'} title */
  #map(id, title) {
    const { words } = this.#host;
    const { worldModule, layout } = /** @type {RunExperiment} */ (this.#experiment);
    const slice = /** @type {import('../world-table.mjs').Slice} */ (worldModule?.slice);
    const [[left, right], [bottom, top]] = [slice.across(layout), slice.up(layout)];
    const key = (/** @type {string} */ name) => words.t(/** @type {any} */ (name));
    const { low, high } = this.#rangeOf(id);
    const digits = Math.min(6, Math.max(0, 1 - Math.floor(Math.log10(high - low || 1))));
    const look = (/** @type {Event} */ event) => this.#look(id, event);
    return html`<div class="box-map">
      <h3 id="${id}-title">${words.t(title, { action: this.#host.actionName(0), by: key(`map2d.${slice.name}`) })}</h3>
      <div class="slice" id="${id}-box" tabindex="0" role="group" aria-labelledby="${id}-title" @pointermove=${look} @pointerdown=${look} @pointerleave=${look} @keydown=${look}><span aria-hidden="true">${slice.end.up(top, words)}</span><span aria-hidden="true">${slice.end.up(bottom, words)}</span>
        <canvas id=${id} role="img" aria-labelledby="${id}-text"></canvas>
        <span aria-hidden="true">${slice.end.across(left, words)}</span><span aria-hidden="true">${slice.end.across(right, words)}</span>
        ${this.#points.has(id) ? html`<div class="slice-looks">${this.#points.get(id)?.render()}</div>` : nothing}</div>
      <div class="legend" aria-hidden="true"><span>${words.value(low, digits)}</span><i></i><span>${words.value(high, digits)}</span></div>
      <p class="caption" id="${id}-text">${key(`map2d.${slice.name}.axes`)}</p></div>`;
  }

  /** @param {'actions-map' | 'values-map'} id @param {Event} event */
  #look(id, event) {
    if (!this.#answer?.actions) return;
    if (this.#points.has(id)) this.#points.get(id)?.look(event);
    else if (!(event instanceof KeyboardEvent) || LOOK_KEYS.test(event.key)) void this.#host.attempt(() => this.#lookFirst(id, event));
  }

  /** @param {'actions-map' | 'values-map'} id @param {Event} event */
  async #lookFirst(id, event) {
    const [{ PointView, styles }] = await Promise.all([import('./point-view.mjs'), this.#host.needWords('update')]);
    adoptStyles(this.#host.root, [styles]);
    const point = this.#points.get(id) ?? new PointView(this.#host, () => this.#canvases.get(id)?.canvas ?? null, `${id}-look`, () => this.#answer?.actions ? { columns: COLS, rows: ROWS, valuesAt: (i) => this.#valuesAt(i) } : null);
    this.#points.set(id, point);
    point.look(event);
  }

  /** What the policy does there, and its value. @param {number} i */
  #valuesAt(i) {
    const { words, actionName } = this.#host, { actions, values } = /** @type {Answer} */ (this.#answer);
    const row = (/** @type {string} */ name, /** @type {number | undefined} */ n) => html`<tr><th scope="row">${name}</th><td>${words.value(n ?? NaN, 2)}</td></tr>`;
    return html`<table><tbody>${row(words.t('look.action', { action: actionName(0) }), actions?.[i])}${values ? row(words.t('look.value'), values[i]) : nothing}</tbody></table>`;
  }

  /** What the colours of a map go from and to. @param {string} id */
  #rangeOf(id) {
    const space = this.#space, { values } = this.#answer ?? {};
    if (id === 'actions-map') return { low: space?.low[0] ?? NaN, high: space?.high[0] ?? NaN };
    return values ? { low: Math.min(...values), high: Math.max(...values) } : { low: NaN, high: NaN };
  }

  // ---- asking ----

  /** Asks where there is a new frame, at most every EVERY_MS. */
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
    const session = experiment?.session, frame = experiment?.agentFrame, space = this.#space;
    if (!session || !frame || !space) return;
    [this.#asking, this.#askedAt, this.#askedFor] = [true, performance.now(), frame];
    try {
      const { slice } = experiment.worldModule ?? {};
      const [curve, fields] = await Promise.all([
        this.#host.shows('q') ? curveOf(session, frame, space) : null,
        slice && this.#host.shows('value-map') ? fieldsOf(session, slice, experiment.layout) : null,
      ]);
      if (session !== this.#experiment?.session) return;
      this.#answer = { curve, actions: fields?.actions ?? null, values: fields?.values ?? null };
      this.#host.requestUpdate();
    } catch {
      // The run was replaced while it was asked; the next frame asks the new one.
    } finally {
      this.#asking = false;
    }
  }

  // ---- drawing ----

  /** @param {string} id */
  #watch(id) {
    const canvas = /** @type {HTMLCanvasElement | null} */ (this.#host.root.getElementById(id));
    const known = this.#canvases.get(id);
    if (canvas === (known?.canvas ?? null)) return;
    known?.end();
    if (canvas) this.#canvases.set(id, { canvas, end: keepCrisp(canvas, () => this.#paint()) });
    else this.#canvases.delete(id);
  }

  #paint() {
    const { frame, theme, words } = this.#host;
    if (!frame || !theme) return;
    for (const [id, { canvas }] of this.#canvases) {
      if (canvas.width === 0) continue;
      const { ctx, w, h } = begin(canvas), faint = this.#isFaint;
      if (id === 'curve') {
        const { box, explored, episodeLength } = frame.last, taken = box && episodeLength > 0 ? box[0] : null;
        if (this.#answer?.curve) drawCurve(ctx, w, h, this.#answer.curve, { taken, explored, theme, faint, number: (x) => words.value(x, 1) });
      } else {
        const numbers = id === 'actions-map' ? this.#answer?.actions : this.#answer?.values;
        if (numbers) drawField(ctx, w, h, numbers, { cols: COLS, ...this.#rangeOf(id), theme, faint });
        this.#paintPlace(ctx, w, h, frame);
      }
    }
  }

  /** @param {CanvasRenderingContext2D} ctx @param {number} w @param {number} h @param {Frame} frame */
  #paintPlace(ctx, w, h, frame) {
    const { worldModule, layout } = /** @type {RunExperiment} */ (this.#experiment);
    const slice = /** @type {import('../world-table.mjs').Slice} */ (worldModule?.slice);
    const [left, right] = slice.across(layout), [bottom, top] = slice.up(layout), [x, y] = slice.at(frame.view);
    const inside = (/** @type {number} */ v, /** @type {number} */ size) => Math.max(6, Math.min(size - 6, v));
    drawPlace(ctx, inside((x - left) / (right - left) * w, w), inside((1 - (y - bottom) / (top - bottom)) * h, h), this.#host.theme);
  }
}

/**
 * The values of actions from the lowest to the highest where the agent last acted; null where the algorithm has no action values.
 * @param {import('../../worker/trainer.mjs').Session} session @param {Frame} frame @param {BoxSpace} space
 */
async function curveOf(session, frame, { low, high }) {
  const obs = frame.last.episodeLength > 0 ? frame.obsTm1 : frame.obs, D = low.length;
  const greedy = /** @type {Float32Array[]} */ (/** @type {unknown} */ (await session.predict(/** @type {any} */ ([obs]))))[0];
  const actions = Float32Array.from({ length: ACTIONS }, (_, i) => low[0] + (high[0] - low[0]) * i / (ACTIONS - 1));
  const given = Float32Array.from({ length: ACTIONS * D }, (_, i) => i % D === 0 ? actions[i / D] : greedy[i % D]);
  const observations = Float32Array.from({ length: ACTIONS * obs.length }, (_, i) => obs[i % obs.length]);
  const values = await session.qValues(observations, given).catch(() => null);
  return values && { actions, values, greedy: greedy[0] };
}

/**
 * The policy's action, its first number, and its value over a slice of the states, row by row from the top.
 * @param {import('../../worker/trainer.mjs').Session} session @param {import('../world-table.mjs').Slice} slice @param {any} layout
 */
async function fieldsOf(session, { across, up, observation }, layout) {
  const [[left, right], [bottom, top]] = [across(layout), up(layout)];
  const rows = Array.from({ length: COLS * ROWS }, (_, i) =>
    observation(left + (right - left) * (i % COLS + 0.5) / COLS, top - (top - bottom) * (Math.floor(i / COLS) + 0.5) / ROWS));
  const [actions, values] = await Promise.all([session.predict(/** @type {any} */ (rows)), session.predictValues(rows)]);
  return { actions: Float32Array.from(/** @type {ArrayLike<number>[]} */ (/** @type {unknown} */ (actions)), (action) => action[0]), values };
}
