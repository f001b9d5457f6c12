// SPDX-License-Identifier: MIT
// What TPE and early ends are worth, on PPO in Acrobot-v1, learning rate and n_steps: random studies with and without early ends, which have the
// same trials: how many steps are saved, whether the winner is the same, and what both winners come to with seeds that no study has seen; then
// studies of TPE with as many trials (--tpe). Each run is trained once, in full: what would end early is cut from its evaluations, so that
// another rule for ending runs costs nothing. --records FILE keeps the runs, and goes on from them. Study i has the seeds from i * spacing on.
//
//     node tests/bench/tpe.mjs [--studies 0-4] [--trials 40] [--seeds 5] [--spacing 100] [--steps 10000] [--checks 10] [--threads 2] [--tpe]
//         [--early racing,…] [--records FILE]
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { LocalExecutor } from '../../web/cli/study-local.mjs';
import { createStudy, fallsBelow, jobId } from '../../web/bellhop-studies.mjs';
import { mean } from '../../web/lib/statistics.mjs';
import { load } from '../../web/node/node.mjs';

/** @typedef {import('../../web/bellhop.js').Study} Study */
/** @typedef {import('../../web/bellhop.js').Trial} Trial */
/** @typedef {import('../../web/bellhop.js').Job} Job */
/** @typedef {import('../../web/bellhop.js').JobResult} JobResult */

const { values } = parseArgs({ options: {
  studies: { type: 'string', default: '0-4' }, trials: { type: 'string', default: '40' }, seeds: { type: 'string', default: '5' }, spacing: { type: 'string', default: '100' }, steps: { type: 'string', default: '10000' },
  checks: { type: 'string', default: '10' }, threads: { type: 'string', default: '2' }, tpe: { type: 'boolean', default: false }, early: { type: 'string', default: 'racing,halving seeds,median,halving steps' }, records: { type: 'string' },
} });
const [trials, seeds, spacing, steps, checks, threads] = [values.trials, values.seeds, values.spacing, values.steps, values.checks, values.threads].map(Number);
const names = values.early.split(',').filter(Boolean);
const [first, last = first] = values.studies.split('-').map(Number);
/** Seeds of the winners' second training. */
const CHECK_FROM = 1000;

const bh = await load();
const PARAMETERS = /** @type {const} */ ({ learningRate: { min: 1e-5, max: 1e-1, distribution: 'log_uniform' }, nSteps: { min: 16, max: 1024, distribution: 'log_uniform' } });
const BASE = /** @type {const} */ ({
  env: 'Acrobot-v1', algo: 'ppo', parameters: PARAMETERS, parallel: 2, metric: { name: 'final/mean_reward' }, // the best parameters of a run are luck, too: a slow learner that once swung up
  options: { totalTimesteps: steps, evalFreq: Math.ceil(steps / 10), nEvalEpisodes: 10, finalEvalEpisodes: 50 },
});
/** Ways to end trials early. @type {Readonly<Record<string, import('../../web/bellhop.js').StudyDefinition['early_terminate']>>} */
const EARLY = Object.freeze({
  racing: { type: 'racing' },
  'halving seeds': { type: 'successive_halving', resource: 'seeds', eta: 2 },
  median: { type: 'median', n_warmup_steps: Math.ceil(steps / 5) },
  'halving steps': { type: 'successive_halving', min_resource: Math.ceil(steps / 4), eta: 2 }, // its rungs are runs of their own here
});
const unknown = names.find((name) => !(name in EARLY));
if (unknown !== undefined) throw new Error(`--early has '${unknown}', but can have ${Object.keys(EARLY).join(', ')}`);

const seconds = () => `${Math.round(performance.now() / 1000)} s`;
const shownParams = (/** @type {any} */ { learningRate, nSteps }) => `learning rate ${Number(learningRate).toPrecision(3)}, ${nSteps} steps`;
const stepsOf = (/** @type {Study} */ study) => study.trials.reduce((sum, { timesteps }) => sum + timesteps, 0);
const winnerOf = (/** @type {Study} */ study) => /** @type {Trial} */ (study.best());
const shownInterval = (/** @type {Trial} */ { score, interval }) => `${score?.toFixed(1)}${interval ? ` (${interval.map((x) => x.toFixed(1)).join(' to ')})` : ''}`;

/** Runs jobs, each once: what is to end early is trained in full, too, and its result cut. */
class Recorder {
  #executor = new LocalExecutor({ threads });
  #file;
  /** @type {Map<string, Promise<JobResult>>} */
  #results = new Map();

  /** @param {string} [file] */
  constructor(file) {
    this.#file = file;
    const lines = file !== undefined && existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
    for (const result of lines.map((line) => JSON.parse(line))) this.#results.set(result.id, Promise.resolve(result));
  }

  /** @param {Job} job @returns {Promise<JobResult>} */
  async run({ stopBelow, ...rest }) {
    const whole = { ...rest, id: jobId(bh.version, rest) };
    if (!this.#results.has(whole.id)) this.#results.set(whole.id, this.#train(whole));
    return cut(/** @type {JobResult} */ (await this.#results.get(whole.id)), rest.id, stopBelow);
  }

  /** @param {Job} job */
  async #train(job) {
    const result = await this.#executor.run(job);
    if (result === null || result.outcome === 'failed') throw new Error(`${job.id}: ${result?.message}`);
    if (this.#file !== undefined) appendFileSync(this.#file, `${JSON.stringify(result)}\n`);
    return result;
  }

  async end() {
    await this.#executor.end();
  }
}

/** The result of a run that ends where it falls below. @param {JobResult} result @param {string} id @param {Job['stopBelow']} stopBelow @returns {JobResult} */
function cut({ agent: _agent, seconds: _seconds, ...result }, id, stopBelow) {
  const { evaluations = [] } = result, at = evaluations.findIndex((_, i) => fallsBelow(stopBelow, /** @type {[number, number][]} */ (evaluations.slice(0, i + 1))));
  if (at < 0) return { ...result, id };
  const [timesteps, score] = evaluations[at];
  return { id, outcome: 'pruned', score, timesteps, evaluations: evaluations.slice(0, at + 1), fingerprint: '' };
}

const recorder = new Recorder(values.records);

/** Runs a study to its end. @param {string} name @param {object} changes @returns {Promise<Study>} */
async function ran(name, changes) {
  const study = createStudy(bh, /** @type {any} */ ({ ...BASE, run_cap: trials, ...changes }));
  /** @type {Set<Promise<void>>} */
  const running = new Set();
  let told = 0;
  const begin = (/** @type {Job} */ job) => {
    const run = recorder.run(job).then((result) => {
      study.tell(result);
      if (++told % 50 === 0) console.log(`  ${name}: ${told} jobs, best ${study.best()?.score?.toFixed(1) ?? 'none'}, ${seconds()}`);
    }).finally(() => running.delete(run));
    running.add(run);
  };
  while (!study.finished) {
    for (let job; running.size < threads && (job = study.ask());) begin(job);
    await Promise.race(running);
  }
  return study;
}

/** The parameters of a study's winner, trained with seeds that no study has. @param {string} name @param {Study} study */
async function checked(name, study) {
  const winner = winnerOf(study), { number, params } = winner;
  const parameters = Object.fromEntries(Object.entries(params).map(([key, value]) => [key, { values: [value] }]));
  const again = await ran(`${name}, checked`, { method: 'grid', run_cap: 1, parameters, seeds: `${CHECK_FROM}-${CHECK_FROM + checks - 1}` });
  const [trial] = again.trials;
  console.log(`${name}: trial ${number}, ${shownParams(params)}: ${shownInterval(winner)} in the study, ${shownInterval(trial)} with ${checks} new seeds; ${stepsOf(study)} steps`);
  return Number(trial.score);
}

const percent = (/** @type {number} */ share) => (100 * share).toFixed(0);
const within = (/** @type {number | null} */ score, /** @type {readonly [number, number] | null} */ ends) => ends !== null && Number(score) >= ends[0] && Number(score) <= ends[1];
/** What became of the random studies, by the way to end early: steps saved, winners that are the same, or whose score is within the interval of the winner without early ends, and by how much their scores with new seeds are better. */
const early = Object.fromEntries(names.map((name) => [name, { saved: /** @type {number[]} */ ([]), same: 0, near: 0, gained: /** @type {number[]} */ ([]) }]));
let better = 0, same = 0;
console.log(`${trials} trials, ${seeds} seeds each, ${steps} steps of PPO in Acrobot-v1, ${threads} threads`);
try {
  for (let i = first; i <= last; i++) {
    const own = { seed: i, seeds: Array.from({ length: seeds }, (_, k) => spacing * i + k) };
    const random = await ran(`random ${i}`, { ...own, method: 'random' }), score = checks > 0 ? await checked(`random ${i}`, random) : NaN;
    for (const name of names) {
      const study = await ran(`random ${i}, ${name}`, { ...own, method: 'random', early_terminate: EARLY[name] }), saved = 1 - stepsOf(study) / stepsOf(random);
      const isSame = winnerOf(study).number === winnerOf(random).number, isNear = within(winnerOf(study).score, winnerOf(random).interval);
      early[name].saved.push(saved);
      early[name].same += Number(isSame);
      early[name].near += Number(isNear);
      early[name].gained.push(isSame ? 0 : checks === 0 ? NaN : await checked(`random ${i}, ${name}`, study) - score);
      console.log(`random ${i}, ${name}: ${percent(saved)} % of ${stepsOf(random)} steps saved, ${isSame ? 'the same winner' : `trial ${winnerOf(study).number} wins with ${winnerOf(study).score?.toFixed(1)}`}`);
    }
    if (!values.tpe) continue;
    const tpe = await ran(`TPE ${i}`, { ...own, method: 'tpe' }), scoreOfTpe = await checked(`TPE ${i}`, tpe);
    better += Number(scoreOfTpe > score);
    same += Number(JSON.stringify(winnerOf(tpe).params) === JSON.stringify(winnerOf(random).params)); // both begin with the same random trials
  }
} finally {
  await recorder.end();
}
const count = last - first + 1;
for (const [name, { saved, same: kept, near, gained }] of Object.entries(early)) {
  console.log(`${name}: ${percent(mean(saved))} % of the steps saved (${saved.map(percent).join(', ')}), the same winner in ${kept} of ${count}, one within its interval in ${near}; with new seeds ${mean(gained).toFixed(1)} better (${gained.map((each) => each.toFixed(1)).join(', ')})`);
}
if (values.tpe) console.log(`TPE: the better winner in ${better} of ${count}, with new seeds; the same one in ${same}`);
