// SPDX-License-Identifier: MIT
// Actions that are numbers: environments and vectors of them, models that learn in them, environments of one's own,
// demonstrations, checkpoints, and what is said where something does not fit.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Recorder, formatDemonstrations, load, parseDemonstrations } from '../../web/node/node.mjs';
import { fails } from './fails.mjs';

const bh = await load();
const pendulum = bh.make('Pendulum-v1');
after(() => pendulum.dispose());

/** A run of 400 steps that learns from the 50th on. */
const SMALL = { netArch: [8], bufferSize: 300, learningStarts: 50, batchSize: 8, totalTimesteps: 400, evalFreq: 200, nEvalEpisodes: 2 };
const CLASSES = /** @type {const} */ (['DDPG', 'TD3', 'SAC']);

/** Goes to a point in the plane: two numbers, of different bounds. */
class Reach {
  static id = 'Reach-v0';
  static observationSpace = { type: 'Box', shape: [2], low: -20, high: 20 };
  static actionSpace = { type: 'Box', shape: [2], low: [-1, 0], high: [1, 4] };
  static maxEpisodeSteps = 20;
  /** @type {any[]} */
  static taken = [];
  at = [0, 0];

  /** @param {{ seed?: number }} _options @returns {any} */
  reset(_options) {
    this.at = [0, 0];
    return [this.at, {}];
  }

  /** @param {Float32Array} action @returns {any} */
  step(action) {
    Reach.taken.push(action);
    this.at = this.at.map((x, i) => Math.max(-20, Math.min(20, x + action[i])));
    return [this.at, -Math.hypot(this.at[0] - 3, this.at[1] - 3), false, false, {}];
  }
}

test('the action space is a Box, and a step takes its numbers', () => {
  assert.deepEqual(pendulum.actionSpace, { type: 'Box', shape: [1], dtype: 'float32', low: Float32Array.of(-2), high: Float32Array.of(2) });
  const [obs] = pendulum.reset({ seed: 3 });
  const [next, reward, terminated, truncated] = pendulum.step([0.5]);
  assert.equal(obs.length, 3);
  assert.ok(next.length === 3 && reward < 0 && !terminated && !truncated);
  pendulum.reset({ seed: 3 });
  assert.deepEqual(pendulum.step(Float32Array.of(0.5))[0], next);
  pendulum.reset({ seed: 3 });
  const beyond = pendulum.step([100])[0];
  pendulum.reset({ seed: 3 });
  assert.deepEqual(pendulum.step([2])[0], beyond, 'numbers beyond the bounds are clipped by the environment');
});

test('what is no action is refused with the reason, and nothing has changed', () => {
  pendulum.reset({ seed: 1 });
  const before = pendulum.view();
  for (const [action, message] of /** @type {const} */ ([
    [1, /Pendulum-v1: action is 1, but must be an array of 1 numbers/], [[1, 2], /has 2 numbers, but must have 1 numbers/],
    [[NaN], /has NaN at \[0\], but must have a finite number there/], [['1'], /has '1' at \[0\]/], [[1e39], /a number that float32 can hold/], [null, /is null/],
  ])) {
    fails(() => pendulum.step(/** @type {any} */ (action)), 'BH_ERR_ARGUMENT', message);
  }
  assert.deepEqual(pendulum.view(), before);
});

test('a vector takes rows, or all numbers in one array, and does what its environments do alone', () => {
  const envs = bh.makeVec('Pendulum-v1', { numEnvs: 3 });
  envs.reset({ seed: 7 });
  const [rows] = envs.step([[0.1], [-0.2], [0.3]]);
  envs.reset({ seed: 7 });
  const [flat] = envs.step(Float32Array.of(0.1, -0.2, 0.3));
  assert.deepEqual(flat, rows);
  [0.1, -0.2, 0.3].forEach((action, i) => {
    pendulum.reset({ seed: 7 + i });
    assert.deepEqual(pendulum.step([action])[0], rows.subarray(3 * i, 3 * i + 3));
  });
  fails(() => envs.step(/** @type {any} */ ([[1], [1]])), 'BH_ERR_ARGUMENT', /actions must be an array of 3, each of 1 numbers/);
  fails(() => envs.step([[1], [1], [NaN]]), 'BH_ERR_ARGUMENT', /NaN/);
  envs.dispose();
});

test('every algorithm for numbers learns, predicts within the bounds, rates actions, and comes back from its file', async () => {
  const obs = [[1, 0, 0], [0, 1, -3], [-1, 0, 8]];
  for (const name of CLASSES) {
    const model = new bh[name](pendulum, SMALL);
    await model.learn();
    const actions = model.predict(obs);
    assert.ok(actions.length === 3 && actions.every((action) => action instanceof Float32Array && action.length === 1 && Math.abs(action[0]) <= 2));
    assert.deepEqual(model.predict(obs[1]), actions[1]);
    const values = model.qValues(obs, actions);
    assert.ok(values.length === 3 && values.every(Number.isFinite));
    assert.deepEqual(model.predictValues(obs), values, 'the value of a state is that of the best action');
    const drawn = [1, 2].map((seed) => model.predict(obs, { deterministic: false, seed }));
    assert.deepEqual(model.predict(obs, { deterministic: false, seed: 2 }), drawn[1]);
    assert.notDeepEqual(drawn[0], drawn[1]);
    const copy = bh.loadModel(model.save());
    assert.equal(copy.sha256(), model.sha256());
    assert.deepEqual(/** @type {any} */ (copy).predict(obs), actions);
    assert.ok(Object.keys(model.parameters()).some((key) => key.startsWith('critic.qf0.')));
    [model, copy].forEach((each) => each.dispose());
  }
});

test('stopped in the middle and resumed from a full checkpoint, it ends with the same bits', async () => {
  for (const name of CLASSES) {
    const options = { ...SMALL, noiseType: /** @type {const} */ ('ornstein-uhlenbeck'), prioritized: true, nSteps: 3, nEnvs: 2 };
    const whole = new bh[name]('Pendulum-v1', options), half = new bh[name]('Pendulum-v1', options);
    await whole.learn();
    await half.learn({ steps: 170 });
    const rest = bh[name].load(half.save({ full: true }));
    await rest.learn();
    assert.equal(rest.sha256(), whole.sha256(), name);
    [whole, half, rest].forEach((each) => each.dispose());
  }
});

test('PPO and REINFORCE know both kinds of actions: here they predict means, draw around them, and come back from a file', async () => {
  const obs = [[1, 0, 0], [0, 1, -3], [-1, 0, 8]];
  for (const name of /** @type {const} */ (['PPO', 'REINFORCE'])) {
    const options = { netArch: [8], nSteps: 64, ...(name === 'PPO' ? { batchSize: 32 } : {}), totalTimesteps: 400, evalFreq: 0, logStdInit: -1, useSde: false };
    const model = new bh[name]('Pendulum-v1', { ...options, nEnvs: 2 }), half = new bh[name]('Pendulum-v1', { ...options, nEnvs: 2 });
    assert.ok((await model.learn()).nUpdates > 0);
    const actions = model.predict(obs);
    assert.ok(actions.every((action) => action instanceof Float32Array && action.length === 1 && Math.abs(action[0]) <= 2));
    const drawn = model.predict(obs, { deterministic: false, seed: 1 });
    assert.deepEqual(model.predict(obs, { deterministic: false, seed: 1 }), drawn);
    assert.notDeepEqual(drawn, actions);
    assert.ok(model.predictValues(obs).every(Number.isFinite));
    assert.deepEqual(model.parameters()['log_std'].shape, [1]);
    fails(() => model.logProbs(obs), 'BH_ERR_CONFIG', /gives no probabilities where actions are a Box; predict\(\) gives the means/);
    fails(() => model.qValues(obs, actions), 'BH_ERR_CONFIG', /has no action values/);
    const copy = bh.loadModel(model.save());
    assert.equal(copy.sha256(), model.sha256());
    assert.equal(copy.options.logStdInit, -1);
    await half.learn({ steps: 170 });
    const rest = bh[name].load(half.save({ full: true }));
    await rest.learn();
    assert.equal(rest.sha256(), model.sha256(), name);
    const discrete = new bh[name]('CartPole-v1', options);
    assert.equal(discrete.logProbs([0, 0, 0, 0]).length, 2);
    [model, half, copy, rest, discrete].forEach((each) => each.dispose());
  }
});

test('with state-dependent exploration they explore by a matrix, which a full checkpoint has, too; where actions are Discrete it is refused', async () => {
  const obs = [[1, 0, 0], [0, 1, -3], [1, 0, 0]];
  for (const name of /** @type {const} */ (['PPO', 'REINFORCE'])) {
    const options = { netArch: [8], nSteps: 64, ...(name === 'PPO' ? { batchSize: 32 } : {}), totalTimesteps: 400, evalFreq: 0, useSde: true, sdeSampleFreq: 7, nEnvs: 2 };
    const model = new bh[name]('Pendulum-v1', options), half = new bh[name]('Pendulum-v1', options);
    await half.learn({ steps: 170 });
    const drawn = half.predict(obs, { deterministic: false, seed: 1 });
    assert.deepEqual(half.predict(obs, { deterministic: false, seed: 1 }), drawn);
    assert.notDeepEqual(half.predict(obs, { deterministic: false, seed: 2 }), drawn);
    assert.deepEqual(drawn[0], drawn[2], 'one matrix for all');
    assert.deepEqual(half.parameters()['log_std'].shape, [8, 1]);
    const rest = bh[name].load(half.save({ full: true }));
    await rest.learn();
    await model.learn();
    assert.equal(rest.sha256(), model.sha256(), name);
    fails(() => new bh[name]('CartPole-v1', options), 'BH_ERR_CONFIG', /useSde is true, but actions are Discrete; .* leave it false here/);
    [model, half, rest].forEach((each) => each.dispose());
  }
});

test('an environment of one\'s own gets arrays within its bounds, and learns', async () => {
  Reach.taken = [];
  assert.deepEqual(bh.checkEnv(Reach).errors, []);
  const model = new bh.TD3(/** @type {any} */ (Reach), { ...SMALL, nEnvs: 2 });
  await model.learn();
  assert.ok(Reach.taken.length > 400);
  assert.ok(Reach.taken.every((action) => action instanceof Float32Array && Math.abs(action[0]) <= 1 && action[1] >= 0 && action[1] <= 4));
  assert.equal(new Set(Reach.taken).size, Reach.taken.length, 'each action is an array of its own');
  const env = bh.make(Reach);
  env.reset();
  const [obs] = /** @type {any} */ (env).step([0.5, 4]);
  assert.deepEqual(Array.from(obs), [0.5, 4]);
  fails(() => /** @type {any} */ (env).step([0.5]), 'BH_ERR_ARGUMENT', /Reach-v0: action has 1 numbers, but must have 2 numbers/);
  [model, env].forEach((each) => each.dispose());
});

test('spaces that do not do for actions are refused with what to declare', () => {
  const space = (/** @type {object} */ more) => class extends Reach {
    static actionSpace = /** @type {any} */ ({ type: 'Box', shape: [2], low: -1, high: 1, ...more });
  };
  for (const [more, message] of /** @type {const} */ ([
    [{ low: -Infinity }, /actionSpace has the bounds -Infinity and 1 at \[0\], but must have finite ones there/], [{ low: 1 }, /the first below the second/],
    [{ dtype: 'uint8', low: 0, high: 255 }, /actionSpace.dtype is 'uint8', but must be 'float32'/], [{ shape: [2000] }, /actionSpace has 2000 numbers, but must have at most 1000/],
  ])) {
    fails(() => bh.make(space(more)), 'BH_ERR_CONFIG', message);
  }
});

test('an error of its own names the action', async () => {
  class Fails extends Reach {
    /** @param {Float32Array} action @returns {any} */
    step(action) {
      return Reach.taken.length > 100 ? [this.at, NaN, false, false, {}] : super.step(action);
    }
  }
  const model = new bh.SAC(/** @type {any} */ (Fails), SMALL);
  await assert.rejects(() => model.learn(), /Reach-v0: step\(\[-?[\d.e-]+, [\d.e-]+\]\) returned the reward NaN/);
  model.dispose();
});

test('algorithms that do not fit are refused with those that do', async () => {
  fails(() => new bh.DQN('Pendulum-v1'), 'BH_ERR_CONFIG', /dqn needs actions that are Discrete, but those of Pendulum-v1 are a Box; use sac, td3 or ddpg/);
  fails(() => new bh.SAC('CartPole-v1'), 'BH_ERR_CONFIG', /sac needs actions that are a Box, but those of CartPole-v1 are Discrete; use dqn or ppo/);
  const model = new bh.SAC('Pendulum-v1', SMALL);
  fails(() => /** @type {any} */ (model).qValues([1, 0, 0]), 'BH_ERR_ARGUMENT', /SAC: actions are a Box, so there is no list of them; say which: qValues\(obs, actions\)/);
  fails(() => model.qValues([1, 0, 0], [[1, 2]]), 'BH_ERR_ARGUMENT', /has 2 numbers/);
  fails(() => model.logProbs([1, 0, 0]), 'BH_ERR_CONFIG', /SAC has no policy with probabilities/);
  model.dispose();
  const small = await load({ text: false });
  fails(() => new small.SAC('CartPole-v1'), 'BH_ERR_UNKNOWN', /SAC is not in this module, but in the larger one: load\({ text: true }\)/);
});

test('what somebody plays is recorded with its numbers, and learned from', async () => {
  const recorder = new Recorder({ env: 'Pendulum-v1' });
  for (let episode = 0; episode < 2; episode++) {
    recorder.reset(pendulum.reset({ seed: episode })[0]);
    for (let t = 0, over = false; !over; t++) {
      const action = [Math.sin(t)], [next, reward, terminated, truncated] = pendulum.step(action);
      recorder.step(action, next, reward, terminated, truncated);
      over = terminated || truncated;
    }
  }
  const read = parseDemonstrations(formatDemonstrations(recorder.demonstrations()));
  assert.deepEqual(read.episodes[0].actions[1], [Math.sin(1)]);
  const model = new bh.TD3('Pendulum-v1', { ...SMALL, demonstrations: read });
  assert.equal(model.options.demoCapacity, 400);
  await model.learn();
  const others = read.episodes.map(({ obs, ...episode }) => ({ ...episode, obs: Array.from(/** @type {ArrayLike<number[]>} */ (obs), (row) => [...row, 0]) }));
  fails(() => new bh.DQN('CartPole-v1', { demonstrations: others }), 'BH_ERR_FORMAT', /an action has 1 numbers, but must be one of 2/);
  const wide = read.episodes.map((episode) => ({ ...episode, actions: Array.from(episode.actions, () => [3]) }));
  fails(() => new bh.TD3('Pendulum-v1', { demonstrations: wide }), 'BH_ERR_ARGUMENT', /number 0 of the action of transition 0 is 3, but must be between -2 and 2/);
  model.dispose();
});

test('nothing of it stays in memory', () => {
  pendulum.dispose();
  assert.equal(bh.liveBytes(), 0);
});
