// SPDX-License-Identifier: MIT
// What a cell of a map is and what it pays, to be changed where it is looked at: its kind, by the map's letters, and the reward of entering a cell of its
// kind, where the environment has an option for it. A change begins a new run, as one of the map does, and the optimal values follow.
import { html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { parse, problemOf } from '../fields.mjs';
import { assign } from '../run-setup.mjs';

/** @typedef {import('../lab-host.mjs').LabHost} LabHost */
/** @typedef {import('../run-experiment.mjs').RunExperiment} RunExperiment */
/** @typedef {'.' | '#' | 'T' | 'G' | 'S'} Kind  as layouts write it */

/** Which option a map is written in, and how. @type {Readonly<Record<string, { option: string, letters: Partial<Record<Kind, string>> }>>} */
const MAPS = Object.freeze({
  'GridWorld-v0': { option: 'map', letters: { '.': '.', '#': '#', T: 'T', G: 'G', S: 'S' } },
  'FrozenLake-v1': { option: 'desc', letters: { '.': 'F', T: 'H', G: 'G', S: 'S' } },
  'FrozenLake8x8-v1': { option: 'desc', letters: { '.': 'F', T: 'H', G: 'G', S: 'S' } },
});
const NAMES = Object.freeze(/** @type {const} */ ({ '.': 'map.floor', '#': 'map.wall', T: 'map.trap', G: 'map.goal', S: 'map.start' }));
/** The options that say what entering a cell pays. @type {Readonly<Record<Kind, { option: string, label: 'reward.goal' | 'reward.trap' | 'reward.step' } | null>>} */
const REWARDS = Object.freeze({
  'G': { option: 'goalReward', label: 'reward.goal' }, 'T': { option: 'trapReward', label: 'reward.trap' },
  '.': { option: 'stepReward', label: 'reward.step' }, 'S': { option: 'stepReward', label: 'reward.step' }, '#': null,
});

export class CellEdit {
  #host;
  /** What was typed and refused, of which cell. @type {{ at: number, text: string, why: string } | null} */
  #refused = null;

  /** @param {LabHost} host */
  constructor(host) {
    this.#host = host;
  }

  get #experiment() {
    return /** @type {RunExperiment} */ (this.#host.experiment);
  }

  /** @param {string} option */
  #setting(option) {
    return this.#experiment.settings.find(({ scope, key }) => scope === 'envOptions' && key === option);
  }

  /** @param {number} at */
  render(at) {
    const { offers, words } = this.#host, { layout, setup } = this.#experiment;
    if (!offers('map')) return nothing;
    const kind = /** @type {Kind} */ (layout.rows.join('')[at]), parts = [this.#kind(at, kind, MAPS[setup.env]), this.#reward(at, kind)].filter((part) => part !== nothing);
    return parts.length === 0 ? nothing : html`<div class="cell-edit">${parts}<p>${words.t('reward.note')}</p></div>`;
  }

  /** @param {number} at @param {Kind} kind @param {(typeof MAPS)[string]} [map] */
  #kind(at, kind, map) {
    const { words } = this.#host;
    if (!map || !this.#setting(map.option)) return nothing;
    const change = (/** @type {any} */ { target }) => this.#host.attempt(() => this.#setKind(at, target.value, map));
    return html`<label><span>${words.t('reward.kind')}</span> <select id="cell-kind" .value=${live(kind)} @change=${change}>
      ${Object.keys(map.letters).map((letter) => html`<option value=${letter} ?selected=${letter === kind}>${words.t(NAMES[/** @type {Kind} */ (letter)])}</option>`)}</select></label>`;
  }

  /** @param {number} at @param {Kind} kind */
  #reward(at, kind) {
    const { words } = this.#host, reward = REWARDS[kind], setting = reward && this.#setting(reward.option);
    if (!reward || !setting) return nothing;
    const refused = this.#refused?.at === at ? this.#refused : null;
    const change = (/** @type {any} */ { target }) => this.#host.attempt(() => this.#setReward(at, setting, target.value));
    return html`<label><span>${words.t(reward.label)}</span> <input type="text" id="cell-reward" inputmode="decimal" autocomplete="off" .value=${live(refused?.text ?? String(this.#experiment.nextValueOf(setting)))}
      aria-invalid=${refused ? 'true' : nothing} aria-describedby=${refused ? 'cell-reward-error' : nothing} @change=${change}></label>
      ${refused ? html`<p class="error" id="cell-reward-error" role="alert">${refused.why}</p>` : nothing}`;
  }

  // ---- changing ----

  /** @param {number} at @param {Kind} kind @param {(typeof MAPS)[string]} map */
  async #setKind(at, kind, { option, letters }) {
    const { layout } = this.#experiment, cells = /** @type {Kind[]} */ ([...layout.rows.join('')]), width = layout.n_cols;
    if (kind === 'S') cells.forEach((cell, i) => (cells[i] = cell === 'S' ? '.' : cell)); // there is one: it moves
    cells[at] = kind;
    const rows = layout.rows.map((/** @type {string} */ _, /** @type {number} */ r) => cells.slice(r * width, (r + 1) * width).map((cell) => letters[cell]).join(''));
    await this.#begin(/** @type {import('../fields.mjs').Setting} */ (this.#setting(option)), rows.join('/'));
  }

  /** @param {number} at @param {import('../fields.mjs').Setting} setting @param {string} text */
  async #setReward(at, setting, text) {
    const value = parse(setting.field, text.replace('−', '-')), problem = problemOf(setting.field, value ?? text);
    const words = problem && await this.#host.errorWords();
    this.#refused = words ? { at, text, why: words.problem(problem, this.#host.fieldName(setting.field.name, words)) } : null;
    if (!problem && value !== null) await this.#begin(setting, value);
    this.#host.requestUpdate();
  }

  /** @param {import('../fields.mjs').Setting} setting @param {import('../fields.mjs').Value} value */
  async #begin(setting, value) {
    const setup = this.#experiment.stagedSetup();
    assign(setup, setting, value);
    try {
      await this.#experiment.start(setup);
    } finally {
      this.#experiment.emit('setup'); // one that was refused shows what is still so
    }
  }
}
