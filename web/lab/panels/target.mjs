// SPDX-License-Identifier: MIT
// The target the update of the last transition pulls Q(s, a) towards, as a formula with its numbers, and what is to be said of it; fetched with the
// first transition. The values are those of the network as it is now, after the update; the target network of DQN, which lags behind, may say
// something else, and the note says so. What the update itself computed with is under the microscope (microscope.mjs).
import { html, mathml, nothing } from 'lit';
import { styled } from '../style-directive.mjs';

/** @typedef {import('../lab-host.mjs').LabHost} LabHost */
/** @typedef {import('../run-experiment.mjs').RunExperiment} RunExperiment */
/** @typedef {import('../../bellhop.js').Frame} Frame */
/** @typedef {import('../words.mjs').Words} Words */
/** A formula, and a note on it. @typedef {{ formula: unknown, note: string }} Target */
/** What follows s′ in a target: the symbol and its value. @typedef {{ kind: 'max' | 'next' | 'mean', value: number, note: string }} Bootstrap */

/** @param {LabHost} host @param {Frame} frame @param {number} action @param {string} own  whose values these are @returns {Target} */
export function targetOf(host, frame, action, own) {
  const { words } = host;
  const experiment = /** @type {RunExperiment} */ (host.experiment);
  const gamma = Number(experiment.session?.info.options.gamma);
  const { reward: r, terminated } = frame.last;
  const bootstrap = bootstrapOf(words, experiment, frame);
  const target = terminated ? r : r + gamma * bootstrap.value;
  const error = target - frame.qTm1[action];
  if (!Number.isFinite(error)) return { formula: nothing, note: `${words.t('target.diverged')} ${own}` };
  const pull = Math.abs(error) < 5e-4 ? words.t('pull.none') : words.t(error > 0 ? 'pull.up' : 'pull.down', { error: words.value(Math.abs(error), 3) });
  const notes = [pull, terminated || !bootstrap.note ? '' : `${bootstrap.note}${words.t('full.stop')}`, own];
  return { formula: terminated ? mathEnd(words, r) : mathTarget(words, r, gamma, bootstrap, target), note: words.sentences(notes) };
}

/** What the update puts for the value of s′. @param {Words} words @param {RunExperiment} experiment @param {Frame} frame @returns {Bootstrap} */
function bootstrapOf(words, { setup, session, history }, { q, obs }) {
  const best = Math.max(...q), mean = q.reduce((sum, v) => sum + v, 0) / q.length;
  if (setup.algo === 'sarsa') return { kind: 'next', value: best, note: words.t('target.sarsa') };
  if (setup.algo === 'expected-sarsa') {
    const epsilon = history.latestTrain[3] ?? Number(session?.info.options.explorationInitialEps ?? 0);
    return { kind: 'mean', value: epsilon * mean + (1 - epsilon) * best, note: words.t('target.expected-sarsa') };
  }
  if (setup.algo === 'policy-evaluation') {
    // One digit per state, its action, or * for any; none at all: any.
    const chosen = String(session?.info.options.policy ?? '').replace(/[/\s]/g, '')[obs[0]];
    return { kind: 'mean', value: chosen === undefined || chosen === '*' ? mean : q[Number(chosen)], note: words.t('target.policy-evaluation') };
  }
  return { kind: 'max', value: best, note: '' };
}

/** A number that is multiplied with: in parentheses where it has a sign. @param {Words} words @param {number} n @param {number} [digits] */
export function factor(words, n, digits = 3) {
  const text = words.value(n, digits);
  return n < 0 ? mathml`<mo stretchy="false">(</mo><mn>${text}</mn><mo stretchy="false">)</mo>` : mathml`<mn>${text}</mn>`;
}

/** y = r + γ max Q(s′, a′) = 0 + 0.9 × 0.81 = 0.73 @param {Words} words @param {number} r @param {number} gamma @param {Bootstrap} bootstrap @param {number} target */
function mathTarget(words, r, gamma, { kind, value }, target) {
  const prime = (/** @type {string} */ letter) => mathml`<mrow><mi>${letter}</mi><mi>′</mi></mrow>`;
  const q = mathml`<mrow><mi>Q</mi><mo stretchy="false">(</mo>${prime('s')}<mo>,</mo>${prime('a')}<mo stretchy="false">)</mo></mrow>`;
  const over = kind === 'max' ? mathml`<munder><mo>max</mo>${prime('a')}</munder>` : kind === 'mean' ? mathml`<munder><mo>∑</mo>${prime('a')}</munder><mi>π</mi><mo stretchy="false">(</mo>${prime('a')}<mo stretchy="false">|</mo>${prime('s')}<mo stretchy="false">)</mo>` : nothing;
  // Two parts, so that a narrow panel breaks the line between them; what follows the value stays where it is when it has a digit more.
  return html`<math><mrow><mi>y</mi><mo>=</mo><mi>r</mi><mo>+</mo><mi>γ</mi>${over}${q}</mrow></math> <math><mrow><mo>=</mo><mn>${words.figure(r)}</mn><mo>+</mo><mn>${gamma}</mn><mo>×</mo><mrow ${styled({ minWidth: '4.4em' })}>${factor(words, value)}</mrow><mo>=</mo><mn>${words.value(target, 3)}</mn></mrow></math>`;
}

/** y = r, where nothing follows @param {Words} words @param {number} r */
function mathEnd(words, r) {
  return html`<math><mrow><mi>y</mi><mo>=</mo><mi>r</mi><mo>=</mo><mn>${words.value(r, 3)}</mn></mrow></math>`;
}
