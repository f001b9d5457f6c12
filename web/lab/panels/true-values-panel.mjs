// SPDX-License-Identifier: MIT
// The comparison with the true values, where the transitions of the world are known.
import { html, nothing } from 'lit';
import { bestOf, compareValues, statesOf } from '../true-values.mjs';

/** @typedef {import('../lab-host.mjs').LabHost} LabHost */

/** Whose values are those of the policy they follow, not of the best one. */
const ON_POLICY = Object.freeze(['sarsa', 'expected-sarsa']);

export class TrueValues {
  #host;

  /** @param {LabHost} host */
  constructor(host) {
    this.#host = host;
  }

  render() {
    const { words } = this.#host;
    const experiment = /** @type {import('../run-experiment.mjs').RunExperiment | null} */ (this.#host.experiment);
    if (!experiment?.hasTruth) return nothing;
    const { isPolicy, setup } = experiment;
    const hasValues = !isPolicy && setup.algo !== 'policy-evaluation'; // whose values are those of the policy that was given
    const { start, error, policy } = this.#figures(experiment);
    const row = (/** @type {any} */ key, /** @type {string} */ id, /** @type {string} */ text) => html`<div><dt>${words.t(key)}</dt><dd id=${id}>${text}</dd></div>`;
    return html`<div id="truth" class="truth"><h3>${words.t('truth')}</h3>
      <dl>${hasValues ? row('truth.start', 'truth-start', start) : nothing}${hasValues ? row('truth.error', 'truth-error', error) : nothing}${row('truth.policy', 'truth-policy', policy)}</dl>
      <p class="caption">${words.t('truth.caption')}${ON_POLICY.includes(setup.algo) ? html` ${words.t('truth.against.optimal')}` : nothing}</p></div>`;
  }

  /** @param {import('../run-experiment.mjs').RunExperiment} experiment */
  #figures({ truth, layout, startState }) {
    const { words, frame } = this.#host;
    const table = frame?.table;
    if (!frame || !table || !truth || table.length !== truth.length) return { start: '–', error: '–', policy: '–' };
    const n = frame.q.length;
    const { error, good, all } = compareValues(statesOf(layout), table, truth, n);
    return {
      start: startState < 0 ? '–' : words.t('truth.of', { learned: words.value(bestOf(table, startState, n), 3), true: words.value(bestOf(truth, startState, n), 3) }),
      error: words.value(error, 3), policy: words.t('truth.cells', { good: words.count(good), all: words.count(all) }),
    };
  }
}
