// SPDX-License-Identifier: MIT
// Studies: what a study file may say, the jobs that follow from it, and that they follow from nothing else.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { createStudy, fallsBelow, jobId } from '../../web/bellhop-studies.mjs';
import { load } from '../../web/node/node.mjs';
import { iqm } from '../../web/lib/statistics.mjs';
import { ACROBOT, TOTAL, ranStudy, resultOf, runStudy } from './study-cases.mjs';

/** @type {any} */
let bh;
before(async () => void (bh = await load()));

const SMALL = { env: 'CartPole-v1', method: 'grid', parameters: { learningRate: { values: [0.001, 0.01] }, nSteps: { min: 1, max: 3 } } };
/** @param {any} changes */
const study = (changes = {}) => createStudy(bh, { ...SMALL, ...changes });
/** Of a study of random trials. @param {any} parameter @param {string} [key] */
const sampled = (parameter, key = 'learningRate', method = 'random') => runStudyOf(createStudy(bh, { env: 'CartPole-v1', method, run_cap: 400, parallel: 10_000, parameters: { [key]: parameter } })).map(({ params }) => /** @type {any} */ (params)[key]);
/** All trials it has, untold. @param {any} made */
const runStudyOf = (made) => {
  while (made.ask());
  return made.trials;
};

/** What is refused, and in which words. @type {[changes: any, message: RegExp][]} */
const REFUSED = [
  [{ methd: 'grid' }, /study has no option 'methd'; did you mean 'method'\?/],
  [{ method: 'bayes' }, /method is 'bayes', but must be one of grid, random, tpe/],
  [{ env: 'CartPol-v1' }, /unknown environment 'CartPol-v1'; did you mean 'CartPole-v1'\?/],
  [{ env: undefined }, /env is missing; give the id of an environment, such as CartPole-v1/],
  [{ algo: 'dqm' }, /unknown algorithm 'dqm'; did you mean 'dqn'\?/],
  [{ options: { gamma: 2 } }, /options\.gamma is 2, but must be a number between 0 and 1/],
  [{ options: { gama: 0.9 } }, /options: DQN has no option 'gama'; did you mean 'gamma'\?/],
  [{ options: { seed: 1 } }, /options\.seed is given, but seeds says/],
  [{ options: { preset: 'rainbov' } }, /options\.preset is 'rainbov', but must be true, false or one of rainbow/],
  [{ options: { netArch: [64, 0] } }, /options\.netArch is \[64, 0\], but must be an array of whole numbers between 1 and 4096/],
  [{ envOptions: { gravity: 9 } }, /envOptions: CartPole-v1 has no option 'gravity'/],
  [{ parameters: {} }, /parameters has 0 entries/],
  [{ parameters: { learning_rate: { values: [1] } } }, /parameters: dqn has no option 'learning_rate'; did you mean 'learningRate'\?/],
  [{ parameters: { seed: { values: [1] } } }, /parameters\.seed is no parameter: seeds says/],
  [{ parameters: { learningRate: { values: [0.1, 20] } } }, /parameters\.learningRate\.values\[1\] is 20, but must be a number between 0 and 10/],
  [{ parameters: { learningRate: { values: [0.1, 0.1] } } }, /values has 0\.1 twice/],
  [{ parameters: { learningRate: { values: [] } } }, /values is \[\], but must be an array of 1 to 10000/],
  [{ parameters: { learningRate: { value: 0.1 } } }, /has no option 'value'; did you mean 'values'\?/],
  [{ parameters: { learningRate: { min: 0.1 } } }, /parameters\.learningRate has no max/],
  [{ parameters: { learningRate: { min: 0.1, max: 11 } } }, /parameters\.learningRate\.max is 11, but must be a number between 0 and 10/],
  [{ parameters: { learningRate: { min: 0.2, max: 0.1 } } }, /min is 0\.2 and max 0\.1, but min must be less/],
  [{ parameters: { learningRate: { min: 0, max: 0.1, distribution: 'log_uniform' } } }, /min is 0, but must be above 0 for log_uniform/],
  [{ parameters: { learningRate: { min: 0.1, max: 0.2, distribution: 'normal' } } }, /distribution is 'normal', but must be one of uniform/],
  [{ parameters: { learningRate: { min: 0.1, max: 0.2, distribution: 'q_uniform' } } }, /q is missing/],
  [{ parameters: { learningRate: { min: 0.1, max: 0.2, q: 0.05 } } }, /q is 0\.05, but uniform has none/],
  [{ parameters: { nSteps: { min: 1.5, max: 3 } } }, /nSteps\.min is 1\.5, but must be a whole number between 1 and/],
  [{ parameters: { exploration: { min: 1, max: 2 } } }, /has no values, but must have a list of them/],
  [{ parameters: { learningRate: { min: 0.1, max: 0.2 } } }, /learningRate is a range of any number, but a grid needs values/],
  [{ options: { learningRate: 0.1 } }, /parameters\.learningRate is also in options/],
  [{ method: 'random' }, /run_cap is missing; say how many trials random makes/],
  [{ run_cap: 0 }, /run_cap is 0, but must be a whole number between 1 and 1000000/],
  [{ seeds: '5-1' }, /seeds is '5-1', but must be such as '0-4'/],
  [{ seeds: [1, 1] }, /seeds has 1 twice/],
  [{ seeds: [] }, /seeds is \[\]/],
  [{ seeds: [-1] }, /seeds is \[-1\]/],
  [{ metric: { name: 'loss' } }, /metric\.name is 'loss', but must be one of eval\/mean_reward/],
  [{ metric: { goal: 'max' } }, /metric\.goal is 'max', but must be one of maximize, minimize/],
  [{ early_terminate: { type: 'hyperband' } }, /early_terminate\.type is 'hyperband', but must be one of median, successive_halving, racing/],
  [{ early_terminate: { type: 'median', n_startup: 3 } }, /early_terminate has no option 'n_startup'/],
  [{ early_terminate: { type: 'median' }, options: { evalFreq: 0 } }, /options\.evalFreq is 0, but early_terminate of type median compares evaluations/],
  [{ early_terminate: { type: 'median' }, metric: { goal: 'minimize' } }, /metric\.goal is minimize/],
  [{ early_terminate: { type: 'successive_halving' } }, /early_terminate\.min_resource is missing: after how many of the 50000 steps/],
  [{ early_terminate: { type: 'successive_halving', min_resource: 50_000 } }, /min_resource is 50000, but must be a whole number between 1 and 49999/],
  [{ early_terminate: { type: 'successive_halving', min_resource: 10, eta: 1 } }, /eta is 1, but must be a whole number between 2 and 1000/],
  [{ seeds: '0-4', early_terminate: { type: 'successive_halving', resource: 'steps', min_resource: 1 } }, /early_terminate\.resource is 'steps', but must be one of timesteps, seeds/],
  [{ seeds: '0-4', early_terminate: { type: 'successive_halving', resource: 'seeds', min_resource: 5 } }, /min_resource is 5, but must be a whole number between 1 and 4/],
  [{ early_terminate: { type: 'successive_halving', resource: 'seeds' } }, /seeds has one seed, but early_terminate of resource seeds ends trials between two: give several, such as seeds: 0-4/],
  [{ early_terminate: { type: 'racing' } }, /seeds has one seed, but early_terminate of type racing ends trials between two: give several, such as seeds: 0-4/],
  [{ seeds: '0-4', early_terminate: { type: 'racing', n_startup_trials: 5 } }, /early_terminate has no option 'n_startup_trials'/],
  [{ parameters: { nSteps: { min: 1, max: 1_000_000 }, bufferSize: { min: 1, max: 1_000_000 } }, algo: 'dqn' }, /nSteps\.max is 1000000|the grid has/],
  [{ parameters: { bufferSize: { min: 1, max: 10_000_000 } } }, /the grid has 10000000 trials, but at most 1000000/],
  [{ seeds: '0-999', parameters: { bufferSize: { min: 1, max: 1_000_000 } } }, /1000000 trials of 1000 seeds each, which is 1000000000 jobs/],
];

test('what a study file may not say is refused by field, value and bound', () => {
  for (const [changes, message] of REFUSED) assert.throws(() => study(changes), (/** @type {any} */ error) => error.name === 'BellhopError' && message.test(error.message), JSON.stringify(changes));
  assert.throws(() => createStudy(/** @type {any} */ ({}), /** @type {any} */ (SMALL)), /createStudy takes what load\(\) resolves to/);
  for (const given of [null, 7, 'grid', []]) assert.throws(() => createStudy(bh, /** @type {any} */ (given)), /study takes an object/);
});

test('a grid has every combination, the last parameter first', () => {
  const made = study({ seeds: '3,5-6', options: { gamma: 0.9, preset: false } });
  assert.deepEqual([made.size, made.algo, made.seeds, made.finished], [6, 'dqn', [3, 5, 6], false]);
  const jobs = Array.from({ length: 18 }, () => made.ask());
  assert.equal(made.ask(), null);
  assert.deepEqual(jobs.slice(0, 4).map((job) => [job.trial, job.seed]), [[0, 3], [0, 5], [0, 6], [1, 3]]);
  assert.deepEqual(jobs[3].options, { gamma: 0.9, preset: false, learningRate: 0.001, nSteps: 2 });
  assert.deepEqual(made.trials.map(({ params }) => Object.values(params)), [[0.001, 1], [0.001, 2], [0.001, 3], [0.01, 1], [0.01, 2], [0.01, 3]]);
  assert.deepEqual(study({ run_cap: 2 }).size, 2);
});

test('a job is named by everything its result follows from', () => {
  const [job] = [study({ env: 'FrozenLake-v1', algo: 'q-learning', envFile: 'here.mjs', envSha256: 'a'.repeat(64), parameters: { 'env.isSlippery': { values: [false] }, learningRate: { values: [0.5] } } }).ask()];
  assert.deepEqual([job.envOptions, job.options], [{ isSlippery: false }, { learningRate: 0.5 }]);
  const text = `{"algo":"q-learning","env":"FrozenLake-v1","envOptions":{"isSlippery":false},"envSha256":"${'a'.repeat(64)}","metric":"eval/mean_reward","options":{"learningRate":0.5},"seed":0,"version":"${bh.version}"}`;
  assert.equal(job.id, createHash('sha256').update(text).digest('hex'));
  const changes = [{ seed: 1 }, { algo: 'dqn' }, { env: 'CartPole-v1' }, { envSha256: 'b'.repeat(64) }, { until: 10 }, { stopBelow: [[1, 2]] }, { options: { learningRate: 0.25 } }, { envOptions: {} }, { metric: 'eval/std_reward' }];
  const ids = [jobId(bh.version, job), jobId('other', job), ...changes.map((change) => jobId(bh.version, { ...job, ...change }))];
  assert.equal(new Set(ids).size, changes.length + 2);
  assert.equal(jobId(bh.version, { ...job, options: { ...job.options }, trial: 7, envFile: 'there.mjs' }), job.id);
  assert.throws(() => (/** @type {any} */ (job).options.learningRate = 1), TypeError);
});

test('random trials lie where their distributions say', () => {
  const uniform = sampled({ min: 1, max: 3 });
  assert.ok(uniform.every((x) => x >= 1 && x <= 3) && Math.abs(iqm(uniform) - 2) < 0.15);
  const log = sampled({ min: 1e-5, max: 1e-1, distribution: 'log_uniform' }), decade = (/** @type {number} */ n) => log.filter((x) => Math.floor(Math.log10(x)) === n).length;
  for (const n of [-5, -4, -3, -2]) assert.ok(Math.abs(decade(n) - 100) < 35, `${decade(n)} of 400 in 1e${n}`);
  const whole = sampled({ min: 1, max: 4 }, 'nSteps');
  assert.deepEqual([...new Set(whole)].sort(), [1, 2, 3, 4]);
  const logWhole = sampled({ min: 1, max: 1000, distribution: 'log_uniform' }, 'bufferSize');
  assert.ok(logWhole.every(Number.isInteger) && logWhole.filter((x) => x < 32).length > 150 && logWhole.includes(1));
  assert.deepEqual([...new Set(sampled({ min: 0.1, max: 0.35, distribution: 'q_uniform', q: 0.1 }))].sort(), [0.1, 0.2, 0.3]);
  assert.deepEqual([...new Set(sampled({ min: 32, max: 128, q: 32 }, 'batchSize'))].sort((a, b) => a - b), [32, 64, 96, 128]);
  assert.deepEqual(new Set(sampled({ values: [true, false] }, 'doubleQ')), new Set([true, false]));
  assert.deepEqual(sampled({ min: 1, max: 3 }), uniform);
});

test('the study is the same however many jobs run at a time and whatever ends first', () => {
  for (const method of ['random', 'tpe']) {
    for (const early of [undefined, { type: 'median', n_startup_trials: 4 }, { type: 'successive_halving', min_resource: 1000, eta: 3 }, { type: 'successive_halving', resource: 'seeds', eta: 2 }, { type: 'racing' }]) {
      const changes = { method, early_terminate: early }, alone = ranStudy(bh, changes);
      assert.ok(alone.finished && alone.trials.length === 30 && alone.best());
      if (early) assert.ok(alone.trials.some(({ state }) => state === 'pruned'));
      for (const atOnce of [2, 5, 40]) assert.deepEqual(ranStudy(bh, changes, { atOnce }).toJSON(), alone.toJSON(), `${method} ${early?.type} ${atOnce}`);
    }
  }
});

test('a study goes on from its results, told in any order', () => {
  for (const changes of [{ method: 'tpe', early_terminate: { type: 'median' } }, { method: 'random', early_terminate: { type: 'successive_halving', min_resource: 3000, eta: 3 } }, { method: 'random', seeds: '0-4', early_terminate: { type: 'successive_halving', resource: 'seeds' } }, { method: 'tpe', seeds: '0-4', early_terminate: { type: 'racing' } }, { method: 'grid', parameters: { learningRate: { values: [0.1, 0.01] }, nSteps: { min: 8, max: 12 } } }]) {
    const results = new Map(), whole = ranStudy(bh, changes, { results });
    const all = [...results.values()].reverse();
    const again = createStudy(bh, { ...ACROBOT, ...changes });
    for (const result of all) again.tell(result);
    assert.deepEqual([again.finished, again.unmatched, again.ask()], [true, 0, null]);
    assert.deepEqual(again.toJSON(), whole.toJSON());
    const half = createStudy(bh, { ...ACROBOT, ...changes }), rest = new Map();
    for (const result of all.filter((_, i) => i % 2)) half.tell(result);
    runStudy(half, { results: rest });
    assert.deepEqual(half.toJSON(), whole.toJSON());
    assert.equal(rest.size, Math.ceil(all.length / 2));
  }
});

test('thousands of seeds, one after the other, are told again without filling the stack', () => {
  const changes = { run_cap: 2, parallel: 1, seeds: '0-3999', early_terminate: { type: 'median' } };
  const made = createStudy(bh, { ...ACROBOT, ...changes });
  const results = [];
  for (let job = made.ask(); job; job = made.ask()) {
    results.push({ id: job.id, outcome: /** @type {const} */ ('finished'), score: job.seed, timesteps: 1, fingerprint: '' });
    made.tell(results[results.length - 1]);
  }
  const again = createStudy(bh, { ...ACROBOT, ...changes });
  results.reverse().forEach((result) => again.tell(result));
  assert.deepEqual([again.finished, again.best()?.score, again.best()?.jobs.length], [true, made.best()?.score, 4000]);
});

test('TPE and the median wait for the results they need, and for no others', () => {
  const made = createStudy(bh, { ...ACROBOT, method: 'tpe', seeds: [0], parallel: 3 });
  const first = [made.ask(), made.ask(), made.ask()];
  assert.equal(made.ask(), null);
  made.tell(resultOf(first[2]));
  assert.equal(made.ask(), null); // trial 3 is made from trial 0
  made.tell(resultOf(first[0]));
  assert.equal(made.ask()?.trial, 3);
  assert.equal(made.ask(), null);
  assert.deepEqual(made.trials.map(({ state }) => state), ['complete', 'running', 'complete', 'running']);
});

test('trials with the same parameters share their jobs', () => {
  const made = createStudy(bh, { env: 'CartPole-v1', method: 'random', run_cap: 50, seeds: '0-1', parameters: { doubleQ: { values: [true, false] } } });
  let jobs = 0;
  for (let job = made.ask(); job; job = made.ask(), jobs++) made.tell({ id: job.id, outcome: 'finished', score: Number(job.options.doubleQ), timesteps: 10, fingerprint: 'x' });
  assert.deepEqual([jobs, made.finished, made.trials.filter(({ state }) => state === 'complete').length, made.best()?.score], [4, true, 50, 1]);
  assert.equal(made.best()?.number, made.trials.find(({ params }) => params.doubleQ)?.number);
});

test('a job told twice must be told the same', () => {
  const made = study(), job = /** @type {any} */ (made.ask()), result = { id: job.id, outcome: /** @type {const} */ ('finished'), score: 5, timesteps: 10, fingerprint: 'abc', agent: 'one' };
  made.tell(result);
  made.tell({ ...result, seconds: 8, agent: 'two' });
  assert.throws(() => made.tell({ ...result, fingerprint: 'abd', agent: 'two' }), /abc \(from one\), and now as .*abd \(from two\).*run it again elsewhere/);
  assert.throws(() => made.tell({ ...result, score: 6 }), /told as finished after 10 steps with score 5/);
  for (const [changes, message] of /** @type {[any, RegExp][]} */ ([[{ id: 'x' }, /id is 'x'/], [{ outcome: 'fine' }, /outcome is 'fine'/], [{ score: NaN }, /score is NaN, but must be a number, or null/], [{ timesteps: undefined }, /timesteps is missing/], [{ evaluations: [1] }, /must be pairs/], [{ extra: 1 }, /no option 'extra'/]])) {
    assert.throws(() => made.tell({ ...result, ...changes }), message);
  }
  const other = { ...result, id: 'f'.repeat(64) };
  made.tell(other);
  assert.equal(made.unmatched, 1);
  assert.throws(() => made.tell({ ...other, fingerprint: 'abe' }), /abe/);
});

test('score, interval and state of trials', () => {
  const made = study({ seeds: '0-4', parameters: { nSteps: { values: [1, 2, 3, 4] } } });
  assert.deepEqual([made.trials.length, made.best(), made.importance()], [0, null, {}]);
  for (let job = made.ask(); job; job = made.ask()) {
    const n = Number(job.options.nSteps), hasNone = n === 3 && job.seed === 2;
    made.tell({ id: job.id, outcome: n === 4 && job.seed === 1 ? 'failed' : hasNone ? 'diverged' : 'finished', score: hasNone || n === 4 ? null : n + job.seed, timesteps: 100, fingerprint: '', message: 'm' });
  }
  const [one, two, three, four] = made.trials;
  assert.deepEqual([one.score, two.score, three.score, four.score], [3, 4, null, null]);
  assert.deepEqual([one.state, three.state, four.state], ['complete', 'complete', 'failed']);
  assert.ok(one.interval && one.interval[0] >= 1 && one.interval[0] < 3 && one.interval[1] > 3 && one.interval[1] <= 5);
  assert.deepEqual([three.interval, one.timesteps, four.results[1]], [null, 500, { outcome: 'failed', score: null, timesteps: 100, fingerprint: '', message: 'm' }]);
  assert.equal(made.best()?.number, 1);
  assert.deepEqual(JSON.parse(JSON.stringify(made)).trials[1].score, 4);
});

test('the least is best where the goal says so', () => {
  const made = study({ metric: { name: 'solved_at_timestep' } });
  for (let job = made.ask(); job; job = made.ask()) made.tell({ id: job.id, outcome: 'finished', score: job.trial === 2 ? null : 1000 - job.trial, timesteps: 1, fingerprint: '' });
  assert.deepEqual([made.metric.goal, made.best()?.number], ['minimize', 5]);
});

test('the median ends what falls below those before, one seed after the other', () => {
  const results = new Map(), made = ranStudy(bh, { early_terminate: { type: 'median', n_startup_trials: 4, n_warmup_steps: 5000, interval_steps: 3000 } }, { results });
  const pruned = made.trials.filter(({ state }) => state === 'pruned'), complete = made.trials.filter(({ state }) => state === 'complete');
  assert.ok(pruned.length > 5 && complete.length > 5);
  for (const trial of pruned) assert.ok(trial.jobs.length === 1 || trial.results[0]?.outcome === 'finished');
  for (const { jobs, number } of made.trials) {
    const before = complete.filter((each) => each.number <= number - 3);
    const [{ stopBelow }] = jobs;
    if (before.length < 4) {
      assert.equal(stopBelow, undefined);
      continue;
    }
    assert.deepEqual(stopBelow?.map(([timesteps]) => timesteps), [5000, 8000, 11_000, 14_000, 17_000, 20_000, 23_000, 26_000]);
    const at = before.map((trial) => trial.jobs.map(({ id }) => results.get(id).evaluations[10][1])).map(([a, b]) => (a + b) / 2).sort((a, b) => a - b);
    const middle = (at[Math.floor((at.length - 1) / 2)] + at[Math.ceil((at.length - 1) / 2)]) / 2;
    assert.ok(Math.abs(stopBelow[2][1] - middle) < 1e-9);
  }
  const all = ranStudy(bh, {});
  assert.equal(made.best()?.number, all.best()?.number);
  const steps = (/** @type {any} */ of) => of.trials.reduce((/** @type {number} */ sum, /** @type {any} */ trial) => sum + trial.timesteps, 0);
  assert.ok(steps(made) < 0.6 * steps(all), `${steps(made)} of ${steps(all)} steps`);
});

test('of several seeds the mean counts: what one is above the median, the next may be below', () => {
  const made = createStudy(bh, { ...ACROBOT, seeds: '0-2', run_cap: 3, parallel: 1, early_terminate: { type: 'median', n_startup_trials: 1 } });
  /** Tells how the next job went, and says what it had to reach. @param {[number, number][]} evaluations @param {'finished' | 'pruned' | 'diverged'} [outcome] */
  const told = (evaluations, outcome = 'finished') => {
    const { id, trial, seed, stopBelow } = /** @type {any} */ (made.ask());
    made.tell({ id, outcome, score: outcome === 'diverged' ? null : evaluations[evaluations.length - 1][1], timesteps: TOTAL, evaluations, fingerprint: '' });
    return [trial, seed, stopBelow];
  };
  for (const [seed, rewards] of [[-10, -20], [-30, -40], [-20, -30]].entries()) assert.deepEqual(told([[1000, rewards[0]], [2000, rewards[1]]]), [0, seed, undefined]);
  assert.deepEqual(told([[1000, -10], [2000, -16]]), [1, 0, [[1000, -20], [2000, -30]]]);
  assert.deepEqual(told([[1000, -26], [2000, -100]]), [1, 1, [[1000, -30], [2000, -50]]]); // (-10 - 30) / 2 = -20, (-10 - 50) / 2 = -30
  assert.deepEqual(told([[1000, -25]], 'pruned'), [1, 2, [[1000, -24], [2000, -54]]]); // (-10 - 26 - 24) / 3 = -20, (-10 - 26 - 54) / 3 = -30
  assert.deepEqual(told([], 'diverged'), [2, 0, [[1000, -20], [2000, -30]]]);
  assert.deepEqual(told([[1000, -20]]), [2, 1, [[1000, -20], [2000, -30]]], 'a seed without evaluations does not count');
  assert.deepEqual(told([[1000, -20], [2000, -30]]), [2, 2, [[1000, -20], [2000, -40]]]); // of one that ended early its best
  assert.deepEqual([made.finished, made.trials.map(({ state, score }) => [state, score])], [true, [['complete', -30], ['pruned', -47], ['complete', null]]]);
});

test('a threshold counts at the first evaluation at or after it, against the best until then', () => {
  const stopBelow = /** @type {[number, number][]} */ ([[100, 5], [200, 7]]);
  assert.equal(fallsBelow(undefined, [[100, 1]]), false);
  assert.equal(fallsBelow(stopBelow, [[50, 1]]), false);
  assert.equal(fallsBelow(stopBelow, [[50, 1], [130, 4]]), true);
  assert.equal(fallsBelow(stopBelow, [[50, 6], [130, 4]]), false);
  assert.equal(fallsBelow(stopBelow, [[50, 6], [130, 4], [180, 1]]), false);
  assert.equal(fallsBelow(stopBelow, [[50, 6], [130, 4], [200, 1]]), true);
  assert.equal(fallsBelow(stopBelow, [[100, NaN]]), true);
});

test('of each rung of successive halving the best go on, as many times as long', () => {
  const results = new Map(), made = ranStudy(bh, { early_terminate: { type: 'successive_halving', min_resource: 1000, reduction_factor: 3 } }, { results, atOnce: 4 });
  const rungs = [1000, 3000, 9000, undefined];
  const counts = rungs.map((until) => made.trials.filter(({ jobs }) => jobs.some((job) => job.until === until)).length);
  assert.deepEqual(counts, [30, 10, 3, 1]);
  const scoreAt = (/** @type {any} */ trial, /** @type {number | undefined} */ until) => iqm(trial.jobs.filter((/** @type {any} */ job) => job.until === until).map((/** @type {any} */ { id }) => results.get(id).score));
  for (const [i, until] of rungs.slice(0, 3).entries()) {
    const ran = made.trials.filter(({ jobs }) => jobs.some((job) => job.until === until)), went = ran.filter(({ jobs }) => jobs.some((job) => job.until === rungs[i + 1]));
    const dropped = ran.filter((trial) => !went.includes(trial)).map((trial) => scoreAt(trial, until));
    assert.ok(Math.min(...went.map((trial) => scoreAt(trial, until))) >= Math.max(...dropped));
  }
  assert.deepEqual([made.trials.filter(({ state }) => state === 'complete').length, made.best()?.timesteps], [1, 2 * TOTAL]);
  assert.equal(Object.keys(made.importance())[0], 'learningRate');
});

/** Tells a study scores by trial and seed, and says which runs it asked for. @param {any} made @param {readonly (readonly (number | null)[])[]} scores */
function scored(made, scores) {
  const asked = [];
  for (let job = made.ask(); job; job = made.ask()) {
    const score = scores[job.trial][job.seed];
    asked.push([job.trial, job.seed]);
    assert.deepEqual([job.until, job.stopBelow], [undefined, undefined]);
    made.tell({ id: job.id, outcome: score === null ? 'diverged' : 'finished', score, timesteps: 100, fingerprint: '' });
  }
  return asked;
}

test('of each rung of seeds the best go on with as many times as many, and the score is that of all their seeds', () => {
  const made = createStudy(bh, { ...ACROBOT, seeds: '0-4', run_cap: 4, early_terminate: { type: 'successive_halving', resource: 'seeds', eta: 2 } });
  const asked = scored(made, [[4, 4, 4, 4, 9], [3, 9, 9, 9, 9], [5, 1, 0, 0, 0], [6, 2, 9, 9, 9]]);
  // One seed: 4, 3, 5, 6: trials 2 and 3 go on; two: (5 + 1) / 2 = 3 against (6 + 2) / 2 = 4; then four and all five, of which 6, 9 and 9 are in the middle.
  assert.deepEqual(asked, [[0, 0], [1, 0], [2, 0], [3, 0], [2, 1], [3, 1], [3, 2], [3, 3], [3, 4]]);
  assert.deepEqual(made.trials.map(({ state, score, timesteps }) => [state, score, timesteps]), [['pruned', 4, 100], ['pruned', 3, 100], ['pruned', 3, 200], ['complete', 8, 500]]);
  assert.deepEqual([made.finished, made.best()?.number], [true, 3]);
});

test('a race ends a trial where its seeds left cannot make it the best any more', () => {
  const early_terminate = /** @type {const} */ ({ type: 'racing' }), changes = { ...ACROBOT, seeds: '0-3', run_cap: 5, parallel: 1, early_terminate };
  const made = createStudy(bh, changes);
  const asked = scored(made, [[5, 7, 7, 9], [0, 9, 9, 9], [5, 6, 9, 9], [9, null, 9, 9], [8, 0, 10, 8]]);
  // Trial 0 has (7 + 7) / 2. Trial 1 may yet have 0, 9, 9, 9: 9, and does. Trial 2: 5, 6, 9, 9 is 7.5 at best, less than 9. Trial 4 had 8 and can have 9 with three
  // others: as much as trial 1, which is earlier.
  assert.deepEqual(asked, [[0, 0], [0, 1], [0, 2], [0, 3], [1, 0], [1, 1], [1, 2], [1, 3], [2, 0], [3, 0], [4, 0]]);
  assert.deepEqual(made.trials.map(({ state, score }) => [state, score]), [['complete', 7], ['complete', 9], ['pruned', 5], ['pruned', 9], ['pruned', 8]]);
  assert.deepEqual([made.finished, made.best()?.number], [true, 1]);
  const least = createStudy(bh, { ...changes, metric: { name: 'solved_at_timestep' }, run_cap: 4 });
  const order = scored(least, [[50, 30, 30, 10], [90, 20, 20, 20], [25, 90, 90, 15], [null, 5, 5, 5]]);
  // The least is best: trial 0 has 30; trial 1 could have 90, 10, 10, 10: 10, and has 20; trial 2 could have 25, 10, 10, 10, then 25, 90, 10, 10: 17.5, then 25, 90, 90, 10: 57.5.
  assert.deepEqual(order, [[0, 0], [0, 1], [0, 2], [0, 3], [1, 0], [1, 1], [1, 2], [1, 3], [2, 0], [2, 1], [2, 2], [3, 0]]);
  assert.deepEqual(least.trials.map(({ state }) => state), ['complete', 'complete', 'pruned', 'pruned']);
});

test('a race needs fewer runs, and has the winner of the study without it', () => {
  const changes = { seeds: '0-4', method: 'random' }, all = ranStudy(bh, changes), race = ranStudy(bh, { ...changes, early_terminate: { type: 'racing' } });
  assert.deepEqual([race.best()?.number, race.best()?.score], [all.best()?.number, all.best()?.score]);
  const runs = race.trials.reduce((sum, { jobs }) => sum + jobs.length, 0);
  assert.ok(runs < 0.6 * 150, `${runs} of 150 runs`);
  assert.deepEqual(race.trials[0].jobs, all.trials[0].jobs, 'the runs are those of the study without it');
});

test('what fails is not promoted, and a rung in which all fail ends the study', () => {
  const made = createStudy(bh, { ...ACROBOT, seeds: [0], run_cap: 4, early_terminate: { type: 'successive_halving', min_resource: 1000, eta: 2 } });
  for (let job = made.ask(); job; job = made.ask()) made.tell({ id: job.id, outcome: job.trial === 1 ? 'finished' : 'failed', score: job.trial === 1 ? 1 : null, timesteps: 1, fingerprint: '' });
  assert.deepEqual([made.finished, made.trials.map(({ state }) => state)], [true, ['failed', 'complete', 'failed', 'failed']]);
  const none = createStudy(bh, { ...ACROBOT, seeds: [0], run_cap: 4, early_terminate: { type: 'successive_halving', min_resource: 1000, eta: 2 } });
  for (let job = none.ask(); job; job = none.ask()) none.tell({ id: job.id, outcome: 'failed', score: null, timesteps: 0, fingerprint: '' });
  assert.deepEqual([none.finished, none.best()], [true, null]);
});

test('the example of the declarations runs', async () => {
  const text = readFileSync(new URL('../../web/bellhop-studies.d.ts', import.meta.url), 'utf8');
  const [, example] = /```js\n([^]*?)```/.exec(text.replaceAll(/^ \* ?/gm, '')) ?? [];
  const body = example.replaceAll(/^import .*\n/gm, '').replace('console.log(', 'told.push(').replace('run_cap: 20', 'run_cap: 3').replace('10_000', '300');
  const told = /** @type {any[]} */ ([]), AsyncFunction = Object.getPrototypeOf(async () => {}).constructor;
  await new AsyncFunction('load', 'createStudy', 'told', body)(() => bh, createStudy, told);
  const [params, importance] = told;
  assert.ok(params.learningRate >= 1e-5 && params.learningRate <= 1e-2);
  assert.deepEqual(importance, { learningRate: 1 });
  assert.equal(bh.liveBytes(), 0);
});
