// SPDX-License-Identifier: MIT
// A text as it is written, a talk as it is held, or the training that is steered: its drawing, what else there is to say of it, the
// task with what the agent starts from and learns by, and what the reward counts.
import { html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { keepCrisp } from '../canvas/surface.mjs';
import { settingNamed } from '../fields.mjs';
import { STARTS, TASKS, TEXT_ALGOS, taskOf } from '../text-tasks.mjs';
import { RewardTerms } from './reward-terms.mjs';
import { talkOf } from './talk.mjs';

/** @typedef {import('../lab-host.mjs').LabHost} LabHost */
/** @typedef {import('../text-experiment.mjs').TextExperiment} TextExperiment */
/** @typedef {import('../text-experiment.mjs').TextFrame} TextFrame */
/** @typedef {import('../text-experiment.mjs').Written} Written */

/** Numbers of a view of LearningRate-v0. */
const TRAINING_VIEW = 104;

export class TextWorldPanel {
  #host;
  #terms;
  /** @type {HTMLCanvasElement | null} */
  #canvas = null;
  /** @type {(() => void) | null} */
  #uncrisp = null;
  /** What the canvas shows. @type {readonly unknown[]} */
  #painted = [];
  /** The task whose texts the canvas has grown for. */
  #grownFor = '';
  /** The talk that was last scrolled to its end. @type {Written | null} */
  #heard = null;

  /** @param {LabHost} host */
  constructor(host) {
    this.#host = host;
    this.#terms = new RewardTerms(host);
  }

  get #experiment() {
    return /** @type {TextExperiment} */ (this.#host.experiment);
  }

  /** The text that is shown. */
  get #written() {
    return /** @type {TextFrame | null} */ (this.#host.frame)?.shown?.text ?? null;
  }

  render() {
    const { words } = this.#host;
    const { isText, setup } = this.#experiment;
    const written = this.#written;
    const { isTalk } = taskOf(setup.env);
    const none = words.t(isTalk ? 'talk.none' : isText ? 'rl.text.none' : 'lr.none');
    return html`<section class="world text-world" part="world" role="group" aria-labelledby="world-title">
      <header><h2 id="world-title">${words.t(isTalk ? 'talk.title' : isText ? 'rl.text' : 'lr.title')}</h2></header>
      ${this.#choices()}
      <p class="caption" id="rl-summary">${words.tMaybe(`rl.summary.${setup.env}`, '')}</p>
      <div class="stage" part="stage" id="stage" tabindex="-1" data-world=${isTalk ? 'talk' : isText ? 'token-text' : 'learning-rate'} data-ready>
        ${isTalk ? this.#talk(written) : html`<canvas id="rl-canvas" role="img" class=${isText ? 'token-text' : 'token-text training'}
          aria-label=${written ? this.#describe(written) : none} aria-describedby="rl-aside"></canvas>`}
        ${this.#overlay()}
      </div>
      <p class="caption" id="rl-aside">${written ? this.#aside(written) : none}</p>
      ${isText ? this.#terms.render() : nothing}
    </section>`;
  }

  updated() {
    const canvas = /** @type {HTMLCanvasElement | null} */ (this.#host.root.getElementById('rl-canvas'));
    if (canvas !== this.#canvas) {
      this.#uncrisp?.();
      this.#canvas = canvas;
      this.#uncrisp = canvas && keepCrisp(canvas, () => this.#paint());
    }
    this.#followTalk();
    const { words, theme } = this.#host;
    const { layout, worldModule } = this.#experiment;
    const next = [this.#written, layout, worldModule, words, theme];
    if (next.some((part, i) => part !== this.#painted[i])) this.#paint();
  }

  disconnect() {
    this.#uncrisp?.();
    [this.#uncrisp, this.#canvas, this.#painted] = [null, null, []];
  }

  // ---- what is chosen ----

  #choices() {
    const { words, offers } = this.#host;
    const { setup, isText, startsFrom } = this.#experiment;
    const algoName = (/** @type {string} */ id) => words.t(id === 'dqn' ? 'rl.algo.dqn' : startsFrom === 'lm' ? 'rl.algo.ppo.lm' : 'rl.algo.ppo');
    const tasks = TASKS.map(({ id }) => id);
    const task = offers('env') ? this.#select('rl-task', 'rl.task', tasks, setup.env, (id) => words.tMaybe(`env.${id}`, id), (env) => ({ env })) : nothing;
    const agent = offers('algo') && isText ? html`
      ${this.#select('rl-start', 'rl.start', STARTS, startsFrom, (id) => words.tMaybe(`rl.start.${id}`, id), (start) => ({ start }))}
      ${this.#select('rl-algo', 'rl.algo', TEXT_ALGOS, setup.algo, algoName, (choice) => ({ choice }))}` : nothing;
    const temperature = this.#temperature();
    return [task, agent, temperature].every((part) => part === nothing) ? nothing : html`<div class="row">${task}${agent}${temperature}</div>`;
  }

  /** How the next token is drawn, where it is drawn at a temperature: both ends of its schedule, at once. */
  #temperature() {
    const { words, attempt } = this.#host;
    const experiment = this.#experiment;
    const setting = (/** @type {string} */ name) => settingNamed(experiment.settings, name);
    const ends = ['explorationInitialTemperature', 'explorationFinalTemperature'].flatMap((name) => setting(name) ?? []), how = setting('exploration');
    if (ends.length < 2 || !how || experiment.valueOf(how) !== 'boltzmann') return nothing;
    const value = Number(experiment.nextValueOf(ends[1]));
    const change = async (/** @type {number} */ to) => {
      for (const end of ends) await experiment.change(end, to);
    };
    return html`<label class="choice"><span>${words.t('lm.temperature')}</span>
      <input type="range" id="rl-temperature" min="0.1" max="3" step="0.1" .value=${live(String(value))} ?disabled=${!experiment.can.reset}
        @change=${(/** @type {any} */ event) => attempt(() => change(Number(event.target.value)))}>
      <output for="rl-temperature">${words.value(value, 1)}</output></label>`;
  }

  /**
   * @param {string} id @param {'rl.task' | 'rl.start' | 'rl.algo'} label @param {readonly string[]} values @param {string} chosen
   * @param {(value: string) => string} name @param {(value: any) => object} change
   */
  #select(id, label, values, chosen, name, change) {
    const { words } = this.#host;
    const switchTo = async (/** @type {string} */ value) => this.#host.noticeSwitch(await this.#experiment.switchTo(change(value)));
    return html`<label class="choice"><span>${words.t(label)}</span>
      <select id=${id} .value=${live(chosen)} @change=${(/** @type {any} */ event) => this.#host.attempt(() => switchTo(event.target.value))}>
        ${values.map((value) => html`<option value=${value} ?selected=${value === chosen}>${name(value)}</option>`)}</select></label>`;
  }

  #overlay() {
    const { words, failure, attempt } = this.#host;
    const experiment = this.#experiment;
    if (failure) {
      return html`<div class="overlay" id="overlay"><p id="overlay-text">${this.#host.failureText}</p>
        ${failure.retry
          ? html`<button type="button" class="primary" id="overlay-action" @click=${failure.retry}>${words.t('retry')}</button>` : nothing}</div>`;
    }
    if (experiment.phase !== 'diverged') return nothing;
    return html`<div class="overlay" id="overlay"><p id="overlay-text">${words.t('diverged.help')}</p>
      <button type="button" class="primary" id="overlay-action" @click=${() => attempt(() => experiment.reset())}>${words.t('reset')}</button></div>`;
  }

  // ---- the talk ----

  /** All that was said, in a box of its own that scrolls: what stands below stays where it is. @param {Written | null} written */
  #talk(written) {
    const { words } = this.#host;
    const { layout } = this.#experiment;
    return html`<div class="talk-box" id="rl-talk" tabindex="0" role="region" aria-label=${words.t('talk.title')} aria-describedby="rl-aside">
      ${written ? talkOf(written.envInfo.talk ?? [], words, !(written.view[layout.length] >= 0)) : nothing}</div>`;
  }

  /** What was said last is in view. */
  #followTalk() {
    const box = this.#host.root.getElementById('rl-talk'), written = this.#written;
    if (!box || written === this.#heard) return;
    this.#heard = written;
    box.scrollTop = box.scrollHeight;
  }

  // ---- the text ----

  /** @param {Written} written */
  #describe({ view, text }) {
    const { worldModule, layout } = this.#experiment;
    return worldModule?.describe({ view, layout, words: this.#host.words, english: text }) ?? text;
  }

  /** What else there is to say of a text. @param {Written} written */
  #aside({ envInfo }) {
    const { words } = this.#host;
    const { isText } = this.#experiment;
    if (!isText) return words.t('lr.aside', { rate: words.figure(envInfo.learning_rate ?? NaN), loss: words.value(envInfo.validation ?? NaN, 2) });
    if (envInfo.reference) return words.t('rl.reference', { text: envInfo.reference });
    if (envInfo.need) return words.t('rl.need', { text: words.tMaybe(`need.${envInfo.need}`, envInfo.need) });
    const runs = /** @type {{ want: number, got: number }[] | undefined} */ (envInfo.runs);
    return runs ? words.t('rl.tests', { passed: runs.filter(({ want, got }) => want === got).length, n: runs.length }) : '';
  }

  #paint() {
    const canvas = this.#canvas;
    const { words, theme } = this.#host;
    const { layout, worldModule, isText, setup } = this.#experiment;
    if (!canvas || !worldModule || !layout.actions || canvas.width === 0) return;
    if (this.#grownFor !== setup.env) canvas.style.height = '';
    this.#grownFor = setup.env;
    this.#painted = [this.#written, layout, worldModule, words, theme];
    const view = this.#written?.view ?? emptyView(isText, layout);
    const needed = /** @type {(canvas: HTMLCanvasElement, scene: any) => number | void} */ (worldModule.paint)(canvas, { view, layout, theme, words });
    if (needed) canvas.style.height = `${Math.ceil(needed)}px`; // keepCrisp has it painted again
  }
}

/** What there is to see before the first step: nothing is written, nothing rated. @param {boolean} isText @param {any} layout */
function emptyView(isText, layout) {
  return isText ? new Float32Array(layout.length + layout.parts.length + 1).fill(-1, layout.length) : new Float32Array(TRAINING_VIEW).fill(-1);
}
