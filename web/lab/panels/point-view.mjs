// SPDX-License-Identifier: MIT
// A look at a point of a value map: the state there, and what the actions are worth in it. A point is one of the samples that the picture is made of, so
// the numbers are those of this very state. Fetched with the first look.
import { html, nothing } from 'lit';
import { Look } from './look.mjs';

export { styles } from './look.mjs';

/** What is known of all points. @typedef {{ columns: number, rows: number, valuesAt: (i: number) => unknown }} Sampled */

/** Of a cart with a pole: its words tell two of these. */
const NUMBERS = 4;
/** Environments with value maps that can be put into a state. */
const PLACED = Object.freeze(['MountainCar-v0']);

export class PointView extends Look {
  #sampled;

  /** @param {import('../lab-host.mjs').LabHost} host @param {() => HTMLCanvasElement | null} canvas @param {string} id @param {() => Sampled | null} sampled */
  constructor(host, canvas, id, sampled) {
    super(host, canvas, id);
    this.#sampled = sampled;
  }

  get #slice() {
    return /** @type {import('../world-table.mjs').Slice} */ (this.experiment.worldModule?.slice);
  }

  /** @param {HTMLCanvasElement} canvas */
  placesOn({ clientWidth, clientHeight }) {
    const sampled = this.#sampled();
    if (!sampled || !this.#slice) return null;
    const { columns, rows } = sampled;
    return { x0: 0, y0: 0, width: clientWidth / columns, height: clientHeight / rows, rows, columns };
  }

  /** Where the agent is. */
  get first() {
    const { columns = 1, rows = 1 } = this.#sampled() ?? {}, { layout } = this.experiment, { frame } = this.host;
    const [left, right] = this.#slice.across(layout), [bottom, top] = this.#slice.up(layout), [x, y] = frame ? this.#slice.at(frame.view) : [left, bottom];
    const place = (/** @type {number} */ part, /** @type {number} */ n) => Math.max(0, Math.min(n - 1, Math.floor(part * n)));
    return place(1 - (y - bottom) / (top - bottom), rows) * columns + place((x - left) / (right - left), columns);
  }

  get state() {
    return PLACED.includes(this.experiment.setup.env) ? this.#obs : null;
  }

  get #obs() {
    const { columns, rows } = /** @type {Sampled} */ (this.#sampled()), { layout } = this.experiment;
    const [left, right] = this.#slice.across(layout), [bottom, top] = this.#slice.up(layout);
    return this.#slice.observation(left + (right - left) * (this.at % columns + 0.5) / columns, top - (top - bottom) * (Math.floor(this.at / columns) + 0.5) / rows);
  }

  content() {
    const { words } = this.host, { worldModule, layout, isTrained } = this.experiment, obs = this.#obs;
    return html`<strong>${worldModule?.describeObservation?.({ obs, layout, words })}</strong>${this.#numbers(obs)}
      ${this.#sampled()?.valuesAt(this.at)}${isTrained ? nothing : html`<p>${words.t('untrained')}</p>`}`;
  }

  /** What the network sees there. @param {number[]} obs */
  #numbers(obs) {
    const { words } = this.host, { worldModule, layout: { observations = [] } } = this.experiment;
    if (obs.length !== NUMBERS) return nothing;
    const texts = (worldModule?.gauges ?? []).map(({ digits, unit, factor = 1 }, i) => `${words.tMaybe(`input.${observations[i]}`, observations[i])} ${words.value(obs[i] * factor, digits)}${unit}`);
    return html`<p>${texts.join(' · ')}</p>`;
  }
}
