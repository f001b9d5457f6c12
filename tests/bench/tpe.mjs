// SPDX-License-Identifier: MIT
// What TPE and early ends are worth, on PPO in Acrobot-v1, learning rate and n_steps: studies of TPE against studies of random trials, as many of
// each, the winners of both trained anew with seeds no study has seen; then the random studies again with the median pruner and with successive
// halving, which have the same trials: how many steps they save, and whether the winner is the same. Some 13 minutes on two cores.
//
//     node tests/bench/tpe.mjs [--studies 5] [--trials 40] [--seeds 2] [--steps 10000] [--checks 10] [--threads 2]
import { parseArgs } from 'node:util';
import { LocalExecutor } from '../../web/cli/study-local.mjs';
import { createStudy } from '../../web/bellhop-studies.mjs';
import { iqm } from '../../web/lib/statistics.mjs';
import { load } from '../../web/node/node.mjs';

/** @typedef {import('../../web/bellhop.js').Study} Study */

const DEFAULTS = { studies: '5', trials: '40', seeds: '2', steps: '10000', checks: '10', threads: '2' };
const { values } = parseArgs({ options: Object.fromEntries(Object.entries(DEFAULTS).map(([name, value]) => [name, { type: /** @type {const} */ ('string'), default: value }])) });
const { studies, trials, seeds, steps, checks, threads } = /** @type {Record<keyof typeof DEFAULTS, number>} */ (Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Number(value)])));
/** Seeds of the winners' second training. */
const CHECK_FROM = 1000;

const bh = await load();
const PARAMETERS = /** @type {const} */ ({ learningRate: { min: 1e-5, max: 1e-1, distribution: 'log_uniform' }, nSteps: { min: 16, max: 1024, distribution: 'log_uniform' } });
const BASE = /** @type {const} */ ({
  env: 'Acrobot-v1', algo: 'ppo', parameters: PARAMETERS, parallel: 2, metric: { name: 'final/mean_reward' }, // the best parameters of a run are luck, too: a slow learner that once swung up
  options: { totalTimesteps: steps, evalFreq: Math.ceil(steps / 10), nEvalEpisodes: 10, finalEvalEpisodes: 50 },
});
const EARLY = /** @type {const} */ ({
  'median': { type: 'median', n_startup_trials: 5, n_warmup_steps: Math.ceil(steps / 5) },
  'successive halving': { type: 'successive_halving', min_resource: Math.ceil(steps / 4), eta: 2 },
});

const seconds = () => `${Math.round(performance.now() / 1000)} s`;
const shownParams = (/** @type {any} */ { learningRate, nSteps }) => `learning rate ${Number(learningRate).toPrecision(3)}, ${nSteps} steps`;
const stepsOf = (/** @type {Study} */ study) => study.trials.reduce((sum, { timesteps }) => sum + timesteps, 0);

/** Runs a study to its end. @param {string} name @param {object} changes @returns {Promise<Study>} */
async function ran(name, changes) {
  const study = createStudy(bh, /** @type {any} */ ({ ...BASE, run_cap: trials, ...changes }));
  const executor = new LocalExecutor({ threads });
  /** @type {Set<Promise<void>>} */
  const running = new Set();
  let told = 0;
  const begin = (/** @type {import('../../web/bellhop.js').Job} */ job) => {
    const run = executor.run(job).then((result) => {
      if (result === null || result.outcome === 'failed') throw new Error(`${job.id}: ${result?.message}`);
      study.tell(result);
      if (++told % 10 === 0) console.log(`  ${name}: ${told} jobs, best ${study.best()?.score?.toFixed(1) ?? 'none'}, ${seconds()}`);
    }).finally(() => running.delete(run));
    running.add(run);
  };
  try {
    while (!study.finished) {
      for (let job; running.size < threads && (job = study.ask());) begin(job);
      await Promise.race(running);
    }
  } finally {
    await executor.end();
  }
  return study;
}

/** The winner's parameters, trained anew. @param {string} name @param {Study} study */
async function checkedScore(name, study) {
  const best = /** @type {import('../../web/bellhop.js').Trial} */ (study.best());
  const parameters = Object.fromEntries(Object.entries(best.params).map(([key, value]) => [key, { values: [value] }]));
  const again = await ran(`${name}, checked`, { method: 'grid', run_cap: 1, parameters, seeds: `${CHECK_FROM}-${CHECK_FROM + checks - 1}` });
  const [{ score, interval }] = again.trials;
  console.log(`${name}: trial ${best.number}, ${shownParams(best.params)}: ${best.score?.toFixed(1)} in the study, ${score?.toFixed(1)} [${interval?.map((x) => x.toFixed(1)).join(', ')}] with ${checks} new seeds; ${stepsOf(study)} steps; importance ${JSON.stringify(study.importance())}`);
  return Number(score);
}

/** Both begin with the same random trials, and may win by the same one. */
let better = 0, same = 0, betterInStudy = 0;
/** @type {Record<string, { saved: number[], same: number }>} */
const early = Object.fromEntries(Object.keys(EARLY).map((name) => [name, { saved: [], same: 0 }]));
console.log(`${studies} studies of ${trials} trials, ${seeds} seeds each, ${steps} steps of PPO in Acrobot-v1, ${threads} threads`);
for (let i = 0; i < studies; i++) {
  const own = { seed: i, seeds: Array.from({ length: seeds }, (_, k) => i * seeds + k) };
  const tpe = await ran(`TPE ${i}`, { ...own, method: 'tpe' }), random = await ran(`random ${i}`, { ...own, method: 'random' });
  const [a, b] = [await checkedScore(`TPE ${i}`, tpe), await checkedScore(`random ${i}`, random)];
  better += Number(a > b);
  same += Number(JSON.stringify(tpe.best()?.params) === JSON.stringify(random.best()?.params));
  betterInStudy += Number(Number(tpe.best()?.score) > Number(random.best()?.score));
  for (const [name, how] of Object.entries(EARLY)) {
    const study = await ran(`random ${i}, ${name}`, { ...own, method: 'random', early_terminate: how });
    const share = 1 - stepsOf(study) / stepsOf(random), isSame = study.best()?.number === random.best()?.number;
    early[name].saved.push(share);
    early[name].same += Number(isSame);
    console.log(`random ${i}, ${name}: ${(100 * share).toFixed(0)} % of ${stepsOf(random)} steps saved, ${isSame ? 'the same winner' : `trial ${study.best()?.number} wins with ${study.best()?.score?.toFixed(1)}`}`);
  }
  console.log(`after ${i + 1} of ${studies}: TPE better in ${better}, the same trial in ${same} (in the studies' own scores ${betterInStudy}); ${seconds()}`);
}
for (const [name, { saved, same: kept }] of Object.entries(early)) console.log(`${name}: ${(100 * iqm(saved)).toFixed(0)} % of the steps saved (${saved.map((share) => (100 * share).toFixed(0)).join(', ')}), the same winner in ${kept} of ${studies}`);
console.log(`TPE: the better winner in ${better} of ${studies}, with new seeds, the same one in ${same}; in ${betterInStudy} by the studies' own scores`);
