// SPDX-License-Identifier: MIT
// The last transition in words and numbers, left to right as the loop goes: state, action, reward, next state, and the target the
// update pulls Q(s, a) towards. The values are those of the network as it is now, after the update; the target network of DQN,
// which lags behind, may say something else, and the note says so.
import { html, mathml, nothing } from 'lit';

/** @typedef {import('../lab-host.mjs').LabHost} LabHost */
/** @typedef {import('../run-experiment.mjs').RunExperiment} RunExperiment */
/** @typedef {import('../../bellhop.js').Frame} Frame */
/** What follows s′ in a target: the symbol and its value. @typedef {{ kind: 'max' | 'next' | 'mean', value: number, note: string }} Bootstrap */

/** The note on the values, by algorithm: note.*; value iteration and whatever is not here has note.planning. @type {Readonly<Record<string, string>>} */
const NOTES = Object.freeze({
  'dqn': 'note.dqn', 'q-learning': 'note.tabular', 'double-q-learning': 'note.double', 'sarsa': 'note.sarsa', 'expected-sarsa': 'note.expected',
  'policy-iteration': 'note.improving', 'policy-evaluation': 'note.evaluation', 'clone': 'note.clone',
});

export class LastTransition {
  #host;
  /** The state before the step, for environments whose observations cannot be read back; '' when a step was not seen. */
  #textBefore = '';
  #textNow = '';
  #stepNow = -1;

  /** @param {LabHost} host */
  constructor(host) {
    this.#host = host;
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
    return html`<section class="transition" part="transition" id="transition" aria-labelledby="transition-title"><h3 id="transition-title">${words.t('transition')}</h3>
      ${this.#rows(has ? this.#values(frame, action) : new Array(5).fill('–'))}
      <div id="formula" class="formula">${formula}</div>
      <p id="transition-note" class="caption note">${note}</p></section>`;
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
    return [describeObservation(frame.obsTm1, before), `${actionName(action)} ${explored ? '◆' : '●'} ${chosenHow(explored)}`, this.#reward(reward), this.#textNow + end, words.value(frame.qTm1[action], 3)];
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

  /** @param {number} r */
  #reward(r) {
    return this.#host.words.figure(r);
  }

  // ---- the target ----

  /** @param {Frame} frame @param {number} action @returns {{ formula: unknown, note: string }} */
  #target(frame, action) {
    const { words } = this.#host;
    const { humanFrame, isPolicy, setup, session } = this.#experiment;
    const own = this.#own;
    if (isPolicy || setup.algo === 'clone') return { formula: nothing, note: own };
    const gamma = Number(session?.info.options.gamma);
    const { reward: r, terminated } = frame.last;
    const bootstrap = this.#bootstrap(frame);
    const target = terminated ? r : r + gamma * bootstrap.value;
    const error = target - frame.qTm1[action];
    if (!Number.isFinite(error)) return { formula: nothing, note: `${words.t('target.diverged')} ${own}` };
    const pull = Math.abs(error) < 5e-4 ? words.t('pull.none') : words.t(error > 0 ? 'pull.up' : 'pull.down', { error: words.value(Math.abs(error), 3) });
    const n = Number(session?.info.options.nSteps ?? 1);
    const notes = [pull, terminated || !bootstrap.note ? '' : `${bootstrap.note}${words.t('full.stop')}`, own, n > 1 && !humanFrame ? words.t('note.n_steps', { n }) : ''];
    return { formula: terminated ? this.#mathEnd(r) : this.#mathTarget(r, gamma, bootstrap, target), note: words.sentences(notes) };
  }

  /** Whose values these are, by the algorithm. */
  get #own() {
    const { humanFrame, isPolicy, setup } = this.#experiment;
    return this.#host.words.t(/** @type {any} */ (humanFrame ? 'note.yours' : NOTES[setup.algo] ?? (isPolicy ? 'note.policy' : 'note.planning')));
  }

  /** What the update puts for the value of s′. @param {Frame} frame @returns {Bootstrap} */
  #bootstrap({ q, obs }) {
    const { words } = this.#host;
    const { setup, session, history } = this.#experiment;
    const best = Math.max(...q), mean = q.reduce((sum, v) => sum + v, 0) / q.length;
    if (setup.algo === 'sarsa') return { kind: 'next', value: best, note: words.t('target.sarsa') };
    if (setup.algo === 'expected-sarsa') {
      const epsilon = history.latestTrain[3] ?? Number(session?.info.options.explorationInitialEps ?? 0);
      return { kind: 'mean', value: epsilon * mean + (1 - epsilon) * best, note: words.t('target.expected') };
    }
    if (setup.algo === 'policy-evaluation') {
      // One digit per state, its action, or * for any; none at all: any.
      const chosen = String(session?.info.options.policy ?? '').replace(/[/\s]/g, '')[obs[0]];
      return { kind: 'mean', value: chosen === undefined || chosen === '*' ? mean : q[Number(chosen)], note: words.t('target.evaluation') };
    }
    return { kind: 'max', value: best, note: '' };
  }

  /** A number that is multiplied with: in parentheses where it has a sign. @param {number} n */
  #factor(n) {
    const text = this.#host.words.value(n, 3);
    return n < 0 ? mathml`<mo stretchy="false">(</mo><mn>${text}</mn><mo stretchy="false">)</mo>` : mathml`<mn>${text}</mn>`;
  }

  /** y = r + γ max Q(s′, a′) = 0 + 0.9 × 0.81 = 0.73 @param {number} r @param {number} gamma @param {Bootstrap} bootstrap @param {number} target */
  #mathTarget(r, gamma, { kind, value }, target) {
    const prime = (/** @type {string} */ letter) => mathml`<mrow><mi>${letter}</mi><mi>′</mi></mrow>`;
    const q = mathml`<mrow><mi>Q</mi><mo stretchy="false">(</mo>${prime('s')}<mo>,</mo>${prime('a')}<mo stretchy="false">)</mo></mrow>`;
    const over = kind === 'max' ? mathml`<munder><mo>max</mo>${prime('a')}</munder>` : kind === 'mean' ? mathml`<munder><mo>∑</mo>${prime('a')}</munder><mi>π</mi><mo stretchy="false">(</mo>${prime('a')}<mo stretchy="false">|</mo>${prime('s')}<mo stretchy="false">)</mo>` : nothing;
    // Two parts, so that a narrow panel breaks the line between them.
    return html`<math><mrow><mi>y</mi><mo>=</mo><mi>r</mi><mo>+</mo><mi>γ</mi>${over}${q}</mrow></math> <math><mrow><mo>=</mo><mn>${this.#reward(r)}</mn><mo>+</mo><mn>${gamma}</mn><mo>×</mo>${this.#factor(value)}<mo>=</mo><mn>${this.#host.words.value(target, 3)}</mn></mrow></math>`;
  }

  /** y = r, where nothing follows @param {number} r */
  #mathEnd(r) {
    return html`<math><mrow><mi>y</mi><mo>=</mo><mi>r</mi><mo>=</mo><mn>${this.#host.words.value(r, 3)}</mn></mrow></math>`;
  }
}
