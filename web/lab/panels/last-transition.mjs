// SPDX-License-Identifier: MIT
// The last transition in words and numbers, left to right as the loop goes: state, action, reward, next state, and the target the
// update pulls Q(s, a) towards (target.mjs).
import { html, nothing } from 'lit';
import { MicroscopeSlot } from './microscope-slot.mjs';

/** @typedef {import('../lab-host.mjs').LabHost} LabHost */
/** @typedef {import('../run-experiment.mjs').RunExperiment} RunExperiment */
/** @typedef {import('../../bellhop.js').Frame} Frame */

/** The note on the values, by algorithm: note.*; what is not here has none, but for policies. @type {Readonly<Record<string, string>>} */
const NOTES = Object.freeze({
  'dqn': 'note.dqn', 'pqn': 'note.pqn', 'q-learning': 'note.tabular', 'double-q-learning': 'note.double', 'sarsa': 'note.sarsa', 'expected-sarsa': 'note.expected',
  'policy-iteration': 'note.improving', 'policy-evaluation': 'note.evaluation', 'value-iteration': 'note.planning', 'clone': 'note.clone',
});

export class LastTransition {
  #host;
  /** The state before the step, for environments whose observations cannot be read back; '' when a step was not seen. */
  #textBefore = '';
  #textNow = '';
  #stepNow = -1;
  /** @type {typeof import('./target.mjs').targetOf | undefined} */
  #targetOf;
  #isAsked = false;

  /** @param {LabHost} host */
  constructor(host) {
    this.#host = host;
    this.microscope = new MicroscopeSlot(host);
  }

  get #experiment() {
    return /** @type {RunExperiment} */ (this.#host.experiment);
  }

  render() {
    const { words, frame, experiment } = this.#host;
    this.#remember();
    const action = frame?.last.action ?? -1;
    const has = frame && experiment && action >= 0;
    const { formula, note } = has ? this.#target(frame, action) : { formula: nothing, note: experiment ? words.sentences([words.t('transition.none'), this.#own]) : '' };
    return html`<section class="transition" part="transition" id="transition" role="group" aria-labelledby="transition-title"><h3 id="transition-title">${words.t('transition')}</h3>
      ${this.#rows(has ? this.#values(frame, action) : new Array(5).fill('–'))}
      <div id="formula" class="formula">${formula}</div>
      <p id="transition-note" class="caption note" data-room=${experiment ? this.#longest : ''}><span>${note}</span></p>${this.microscope.render()}</section>`;
  }

  /** State, action, reward, next state, value. A state that is told in a sentence has the room of its longest: what is below is not to jump. @param {string[]} values */
  #rows(values) {
    const { words } = this.#host;
    const { isPolicy, isMap } = this.#experiment ?? {};
    const keys = ['loop.state', 'loop.action', 'loop.reward', 'loop.next', isPolicy ? 'loop.p' : 'loop.q'];
    return html`<dl id="transition-body" ?data-sentences=${!isMap}>${values.map((value, i) => html`<dt>${words.t(/** @type {any} */ (keys[i]))}</dt><dd class="words">${value}</dd>`)}</dl>`;
  }

  /** @param {Frame} frame @param {number} action */
  #values(frame, action) {
    const { words, actionName, chosenHow, describeObservation } = this.#host;
    const { isRunning, humanFrame } = this.#experiment;
    const { explored, reward, terminated, truncated } = frame.last;
    const before = isRunning && !humanFrame || this.#textBefore === '' ? words.t('transition.before') : this.#textBefore;
    const end = terminated ? ` · ${words.t('terminated')}` : truncated ? ` · ${words.t('truncated')}` : '';
    return [describeObservation(frame.obsTm1, before), `${actionName(action)} ${explored ? '◆' : '●'} ${chosenHow(explored)}`, words.figure(reward), this.#textNow + end, words.value(frame.qTm1[action], 3)];
  }

  #remember() {
    const { frame, words, experiment } = this.#host;
    const { worldModule, layout } = this.#experiment ?? {};
    if (!frame || !experiment || !worldModule) return;
    const now = worldModule.describe({ view: frame.view, layout, words, english: frame.text });
    const step = this.#experiment.humanFrame ? frame.last.episodeLength : frame.timesteps;
    if (step !== this.#stepNow) this.#textBefore = step === this.#stepNow + 1 ? this.#textNow : '';
    [this.#textNow, this.#stepNow] = [now, step];
  }

  // ---- the target ----

  /** The formula comes a moment after the first step: until then its place is empty. @param {Frame} frame @param {number} action @returns {import('./target.mjs').Target} */
  #target(frame, action) {
    const own = this.#own;
    const { isPolicy, setup } = this.#experiment;
    if (isPolicy || setup.algo === 'clone') return { formula: nothing, note: own };
    if (this.#targetOf) return this.#targetOf(this.#host, frame, action, own);
    if (!this.#isAsked) {
      this.#isAsked = true;
      void this.#host.attempt(async () => {
        this.#targetOf = (await import('./target.mjs')).targetOf;
        this.#host.requestUpdate();
      });
    }
    return { formula: nothing, note: own };
  }

  /** What has the room of the longest note: what is below is not to jump. */
  get #longest() {
    const { words } = this.#host;
    return words.sentences([words.t('transition.none'), words.tMaybe(`target.${this.#experiment.setup.algo}`, ''), this.#own]);
  }

  /** Whose values these are, by the algorithm, and how many rewards their target sums. */
  get #own() {
    const { words } = this.#host;
    const { humanFrame, isPolicy, setup: { algo, options }, session } = this.#experiment;
    if (humanFrame) return words.t('note.yours');
    const n = isPolicy || ['pqn', 'clone'].includes(algo) ? 1 : Number(session?.info.options.nSteps ?? options.nSteps ?? 1);
    const key = NOTES[algo] ?? (isPolicy ? 'note.policy' : null);
    return words.sentences([key ? words.t(/** @type {any} */ (key)) : '', n > 1 ? words.t('note.n_steps', { n }) : '']);
  }
}
