// SPDX-License-Identifier: MIT
// For tests of studies: jobs whose results are a formula, and somebody who asks and tells.
import { createStudy, fallsBelow } from '../../web/bellhop-studies.mjs';

/** @typedef {import('../../web/bellhop.js').Job} Job */
/** @typedef {import('../../web/bellhop.js').JobResult} JobResult */
/** @typedef {import('../../web/bellhop.js').Study} Study */

export const TOTAL = 27_000;
const EVERY = 1000;

/** @type {import('../../web/bellhop.js').StudyDefinition} */
export const ACROBOT = Object.freeze({
  env: 'Acrobot-v1', algo: 'ppo', method: 'random', run_cap: 30, parallel: 3, seeds: '0-1', options: { totalTimesteps: TOTAL },
  parameters: { learningRate: { min: 1e-5, max: 1, distribution: 'log_uniform' }, nSteps: { min: 8, max: 2048, distribution: 'log_uniform' }, activation: { values: ['tanh', 'relu'] } },
});

/** How good it is after so many steps: best at a learning rate of 0.003 and 128 steps. @param {Job} job @param {number} timesteps */
function rewardAt({ options, seed }, timesteps) {
  const { learningRate, nSteps, activation } = /** @type {Record<string, any>} */ (options);
  return -10 * Math.abs(Math.log(learningRate / 3e-3)) - 5 * Math.abs(Math.log(nSteps / 128)) - 3 * Number(activation === 'relu') + seed - 100 * 0.8 ** (timesteps / EVERY);
}

/** What a job comes to, as a real one would. @param {Job} job @returns {JobResult & { evaluations: [number, number][] }} */
export function resultOf(job) {
  /** @type {[number, number][]} */
  const evaluations = [];
  let isPruned = false;
  while (!isPruned && evaluations.length * EVERY < (job.until ?? TOTAL)) {
    const timesteps = (evaluations.length + 1) * EVERY;
    evaluations.push([timesteps, rewardAt(job, timesteps)]);
    isPruned = fallsBelow(job.stopBelow, evaluations);
  }
  const [timesteps, score] = evaluations[evaluations.length - 1];
  return { id: job.id, outcome: isPruned ? 'pruned' : 'finished', score, timesteps, evaluations, fingerprint: job.id.slice(0, 8), seconds: Math.random() };
}

/**
 * Runs a study with so many jobs at a time, which end in an order of their own.
 * @param {Study} study @param {{ atOnce?: number, results?: Map<string, JobResult> }} [how]  results: filled
 */
export function runStudy(study, { atOnce = 1, results = new Map() } = {}) {
  /** @type {Job[]} */
  const running = [];
  for (let turn = 1; ; turn++) {
    while (running.length < atOnce) {
      const job = study.ask();
      if (!job) break;
      running.push(job);
    }
    if (running.length === 0) return study;
    const [job] = running.splice((turn * 7) % running.length, 1), result = resultOf(job);
    results.set(job.id, result);
    study.tell(result);
  }
}

/** @param {any} bh @param {object} [changes] @param {Parameters<typeof runStudy>[1]} [how] */
export const ranStudy = (bh, changes, how) => runStudy(createStudy(bh, { ...ACROBOT, ...changes }), how);
