// SPDX-License-Identifier: MIT
// Which inputs moved the decision: how much the value of the action taken changes when one number of the observation grows by one per cent of
// its range and the others stay (a central difference over the network, asked in the worker). Part of the microscope, for runs that stand still.
import { html, nothing } from 'lit';
import { styled } from '../style-directive.mjs';

/** @typedef {import('../lab-host.mjs').LabHost} LabHost */
/** @typedef {import('../run-experiment.mjs').RunExperiment} RunExperiment */
/** @typedef {import('../../bellhop.js').Frame} Frame */
/** @typedef {{ low: number, high: number, factor?: number }} Gauge */

/** Half a per cent of the range to either side. */
const SHARE = 0.005;

/** The observations a difference is taken of: each input less and more, and nothing else changed. @param {ArrayLike<number>} obs @param {readonly number[]} steps @returns {Float32Array[]} */
export function neighbours(obs, steps) {
  return steps.flatMap((step, i) => [-step, step].map((by) => Float32Array.from(obs, (value, k) => (k === i ? value + by : value))));
}

/** What an input changes, from the values of the neighbours. @param {ArrayLike<number>} values rows of actions @param {number} actions @param {number} action @param {number} n inputs */
export const effectsOf = (values, actions, action, n) => Array.from({ length: n }, (_, i) => values[(2 * i + 1) * actions + action] - values[2 * i * actions + action]);

export class InputEffects {
  #host;
  /** What was asked last, and what came of it. @type {{ frame: Frame, action: number, effects: number[] | null } | null} */
  #asked = null;

  /** @param {LabHost} host */
  constructor(host) {
    this.#host = host;
  }

  render() {
    const experiment = /** @type {RunExperiment} */ (this.#host.experiment);
    const { agentFrame: frame, worldModule, isRunning, kind, isTrained } = experiment;
    const gauges = /** @type {readonly Gauge[]} */ (worldModule?.gauges ?? []);
    if (kind !== 'run' || isRunning || !frame || !isTrained || frame.last.action < 0 || gauges.length !== frame.obsTm1.length) return nothing;
    if (this.#asked?.frame !== frame) void this.#host.attempt(() => this.#ask(experiment, frame, gauges));
    const { words, actionName } = this.#host;
    const { effects = null, action = frame.last.action } = this.#asked ?? {};
    return html`<h4>${words.t('inputs.moved')}</h4><p class="caption">${words.t('inputs.moved.help', { value: experiment.isPolicy ? 'log π(a | s)' : 'Q(s, a)', action: actionName(action) })}</p>
      <ul class="bars" id="input-effects">${gauges.map((_, i) => this.#row(i, effects))}</ul>`;
  }

  /** @param {RunExperiment} experiment @param {Frame} frame @param {readonly Gauge[]} gauges */
  async #ask({ session, isPolicy }, frame, gauges) {
    const { action } = frame.last, asked = this.#asked = { frame, action, effects: this.#asked?.effects ?? null };
    if (!session) return;
    const steps = gauges.map(({ low, high, factor = 1 }) => SHARE * (high - low) / factor);
    const values = await session[isPolicy ? 'logProbs' : 'qValues'](neighbours(frame.obsTm1, steps));
    if (this.#asked !== asked) return;
    asked.effects = effectsOf(values, frame.q.length, action, gauges.length);
    this.#host.requestUpdate();
  }

  /** @param {number} i @param {number[] | null} effects */
  #row(i, effects) {
    const { words, theme, experiment } = this.#host;
    const names = /** @type {string[]} */ (/** @type {RunExperiment} */ (experiment).layout.observations ?? []);
    const effect = effects?.[i] ?? 0, most = Math.max(1e-12, ...(effects ?? []).map(Math.abs)), part = effect / most * 0.5;
    return html`<li><span class="name">${words.tMaybe(`input.${names[i]}`, names[i] ?? '')}</span>
      <span class="track" aria-hidden="true"><span class="fill" ${styled({ transform: `translateX(${(0.5 + Math.min(0, part)) * 100}%) scaleX(${Math.abs(part)})`, backgroundColor: theme.scale.css(0.85 * Math.sign(effect)) })}></span><span class="zero" ${styled({ left: '50%' })}></span></span>
      <span class="number">${effects ? words.figure(effect) : '–'}</span></li>`;
  }
}
