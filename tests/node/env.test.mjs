// SPDX-License-Identifier: MIT
// Environments through JavaScript: Gymnasium's contract for all of them, and what misuse is answered with.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from '../../web/node/node.mjs';
import { fails } from './fails.mjs';

const bh = await load();

/** @param {import('../../web/bellhop.js').Space} space @param {any} obs */
function assertContains(space, obs) {
  if (space.type === 'Discrete') {
    assert.ok(Number.isInteger(obs) && obs >= 0 && obs < space.n, `state ${obs}`);
    return;
  }
  assert.ok(obs instanceof (space.dtype === 'uint8' ? Uint8Array : Float32Array));
  assert.equal(obs.length, space.shape.reduce((n, size) => n * size, 1));
  assert.deepEqual([space.low, space.high].map(({ constructor, length }) => [constructor, length]), Array(2).fill([obs.constructor, obs.length]));
  obs.forEach((value, i) => assert.ok(value >= space.low[i] && value <= space.high[i], `obs[${i}] is ${value}`));
}

/** The i-th of many actions; of a Box numbers between its bounds. @param {import('../../web/bellhop.js').Space} space @param {number} [i] @returns {any} */
function someAction(space, i = 0) {
  if (space.type === 'Discrete') return (i * 7) % space.n;
  return Float32Array.from(space.low, (low, d) => low + (space.high[d] - low) * (i * 7 % 11) / 11);
}

/** How many names actions have: one for each, or for each number of a Box. @param {import('../../web/bellhop.js').Space} space */
const nameable = (space) => space.type === 'Discrete' ? space.n : space.low.length;

/** @param {string} id @param {number} seed @param {number} steps */
function rollout(id, seed, steps) {
  const env = bh.make(id);
  const trace = [env.reset({ seed })];
  for (let i = 0; i < steps; i++) {
    const result = env.step(someAction(env.actionSpace, i));
    trace.push(result);
    assertContains(env.observationSpace, result[0]);
    if (result[2] || result[3]) trace.push(env.reset());
  }
  env.dispose();
  return trace;
}

for (const entry of bh.catalog.envs) {
  test(`${entry.id}: spaces, contract, words and numbers`, () => {
    const env = bh.make(entry.id);
    assert.equal(env.observationSpace.type, entry.observation_space.type);
    assert.equal(env.actionSpace.type, entry.action_space.type);
    assert.deepEqual({ ...env.spec }, { id: entry.id, rewardThreshold: entry.reward_threshold, maxEpisodeSteps: entry.max_episode_steps });
    assert.equal(env.layout.actions.length, nameable(env.actionSpace));
    const [obs, info] = env.reset({ seed: 3 });
    assertContains(env.observationSpace, obs);
    assert.equal(typeof info, 'object');
    assert.ok(env.describe().length > 0);
    assert.equal(env.view().length, entry.n_view);
    const [, reward, terminated, truncated] = env.step(someAction(env.actionSpace));
    assert.deepEqual([typeof reward, typeof terminated, typeof truncated], ['number', 'boolean', 'boolean']);
    env.close();
  });

  test(`${entry.id}: the same seed gives the same episodes, in the SIMD and the scalar binary`, async () => {
    const first = rollout(entry.id, 5, 300);
    assert.deepEqual(rollout(entry.id, 5, 300), first);
    const scalar = (await load({ simd: false })).make(entry.id);
    assert.deepEqual(scalar.reset({ seed: 5 }), first[0]);
    assert.deepEqual(scalar.step(someAction(scalar.actionSpace)), first[1]);
  });
}

test('the first reset uses seed 0, later ones go on with the stream', () => {
  const [a, b] = [bh.make('CartPole-v1'), bh.make('CartPole-v1')];
  const first = a.reset();
  assert.deepEqual(first, b.reset({ seed: 0 }));
  const second = a.reset();
  assert.notDeepEqual(second, first);
  assert.deepEqual(second, b.reset());
  assert.deepEqual(a.reset({ seed: 0 }), first);
  a.close();
  b.close();
});

test('CartPole: reward 1 per step, falling terminates, observations are fresh arrays', () => {
  const env = bh.make('CartPole-v1');
  const [before] = env.reset({ seed: 1 });
  const copy = before.slice();
  let [terminated, truncated, steps] = [false, false, 0];
  while (!terminated && !truncated) {
    const result = env.step(1);
    assert.equal(result[1], 1);
    [, , terminated, truncated] = result;
    steps++;
  }
  assert.ok(terminated && !truncated && steps < 20, `fell after ${steps} steps`);
  assert.deepEqual(before, copy);
  env.close();
});

test('CartPole: the time limit truncates after 500 steps', () => {
  const env = bh.make('CartPole-v1');
  let [obs] = env.reset({ seed: 0 });
  let [terminated, truncated, steps] = [false, false, 0];
  while (!terminated && !truncated) {
    // Push to where the pole is falling.
    [obs, , terminated, truncated] = env.step(obs[2] + 0.5 * obs[3] + 0.02 * obs[0] + 0.1 * obs[1] > 0 ? 1 : 0);
    steps++;
  }
  assert.deepEqual([terminated, truncated, steps], [false, true, 500]);
  env.close();
});

test('options: maps as rows, booleans, and what they change', () => {
  const grid = bh.make('GridWorld-v0', { map: ['S.', '.G'], stepReward: -0.5 });
  assert.deepEqual(grid.observationSpace, { type: 'Discrete', n: 4 });
  assert.deepEqual(grid.layout.rows, ['S.', '.G']);
  grid.reset();
  assert.equal(grid.step(1)[1], -0.5);
  const [state, reward, terminated] = grid.step(2);
  assert.deepEqual([state, reward, terminated], [3, 1, true]);
  const lake = bh.make('FrozenLake-v1', { isSlippery: false });
  assert.equal(lake.transitions(0, 1).length, 1);
  assert.equal(lake.options.isSlippery, false);
  grid.close();
  lake.close();
});

test('transitions: probabilities sum to one, ends are ends', () => {
  for (const { id, has_transitions } of bh.catalog.envs) {
    const env = bh.make(id);
    if (!has_transitions || env.observationSpace.type !== 'Discrete') {
      fails(() => env.transitions(0, 0), 'BH_ERR_ARGUMENT', /no transition table/);
      continue;
    }
    for (let s = 0; s < env.observationSpace.n; s++) {
      for (let a = 0; a < env.actionSpace.n; a++) {
        const outcomes = env.transitions(s, a);
        const sum = outcomes.reduce((total, { probability }) => total + probability, 0);
        assert.ok(Math.abs(sum - 1) < 1e-12, `${id} ${s} ${a}: ${sum}`);
        outcomes.forEach(({ nextState }) => assertContains(env.observationSpace, nextState));
      }
    }
    fails(() => env.transitions(env.observationSpace.type === 'Discrete' ? env.observationSpace.n : 0, 0), 'BH_ERR_ARGUMENT', /state is/);
    const { n } = env.actionSpace;
    fails(() => env.transitions(0, n), 'BH_ERR_ARGUMENT', new RegExp(`action is ${n}.*between 0 and ${n - 1}`));
    env.close();
  }
});

test('pictures: uint8 of a shape, row by row; a model takes what the environment gives', () => {
  const env = bh.make('Catch-v0');
  const space = env.observationSpace;
  assert.ok(space.type === 'Box');
  assert.deepEqual([space.shape, space.dtype, space.low, space.high], [[10, 5, 1], 'uint8', new Uint8Array(50), new Uint8Array(50).fill(1)]);
  let [obs] = env.reset({ seed: 2 });
  const column = obs.indexOf(1);
  assert.deepEqual([column < 5, [...obs.keys()].filter((i) => obs[i] === 1)], [true, [column, 9 * 5 + 2]]);
  [obs] = env.step(0);
  assert.deepEqual([...obs.keys()].filter((i) => obs[i] === 1), [5 + column, 9 * 5 + 1]);
  assert.deepEqual(bh.make('Breakout-MinAtar', { minimalActions: false }).layout.actions, ['no-op', 'left', 'up', 'right', 'down', 'fire']);
  const model = new bh.DQN(env, { netArch: [8], bufferSize: 100 });
  assert.deepEqual(model.observationSpace, space);
  assert.deepEqual(model.qValues(obs), model.qValues([...obs]));
  model.dispose();
  env.close();
});

test('calls out of order', () => {
  const env = bh.make('GridWorld-v0');
  fails(() => env.step(0), 'BH_ERR_STATE', /before reset/);
  env.reset();
  [2, 2, 1].forEach((action) => env.step(action));
  fails(() => env.step(0), 'BH_ERR_STATE', /after the episode ended/);
  env.reset();
  env.step(0);
  env.close();
  fails(() => env.reset(), 'BH_ERR_STATE', /was disposed/);
  fails(() => env.layout, 'BH_ERR_STATE', /was disposed/);
  env.dispose();
});

test('bad actions and seeds change nothing', () => {
  const [env, twin] = [bh.make('CartPole-v1'), bh.make('CartPole-v1')];
  env.reset({ seed: 9 });
  twin.reset({ seed: 9 });
  for (const action of [2, -1, 0.5, NaN, '1', null, undefined, 2 ** 32, 1n, [0]]) {
    fails(() => env.step(/** @type {any} */ (action)), 'BH_ERR_ARGUMENT', /action is .*must be a whole number between 0 and 1/);
  }
  for (const seed of [-1, 0.5, 2 ** 53, NaN, '1', null]) {
    fails(() => env.reset({ seed: /** @type {any} */ (seed) }), 'BH_ERR_ARGUMENT', /seed is .*9007199254740991/);
  }
  fails(() => env.reset(/** @type {any} */ ({ sead: 1 })), 'BH_ERR_ARGUMENT', /'sead'; did you mean 'seed'/);
  assert.deepEqual(env.step(1), twin.step(1));
  env.close();
  twin.close();
});

test('bad environments and options name what is wrong and leave nothing behind', () => {
  const before = bh.liveBytes();
  fails(() => bh.make('CartPole-v0'), 'BH_ERR_UNKNOWN', /did you mean 'CartPole-v1'/);
  fails(() => bh.make('Pong'), 'BH_ERR_UNKNOWN', /^unknown environment 'Pong'; known: GridWorld-v0, /);
  fails(() => bh.make(/** @type {any} */ (undefined)), 'BH_ERR_UNKNOWN', /undefined/);
  fails(() => bh.make('GridWorld-v0', { map: ['..', '.G'] }), 'BH_ERR_CONFIG', /map .*no start/);
  fails(() => bh.make('GridWorld-v0', { slip: 1.5 }), 'BH_ERR_CONFIG', /slip is 1.5, but must be between 0 and 1/);
  fails(() => bh.make('GridWorld-v0', { goalReward: NaN }), 'BH_ERR_CONFIG', /goalReward is NaN/);
  fails(() => bh.make('GridWorld-v0', /** @type {any} */ ({ goal_reward: 2 })), 'BH_ERR_CONFIG', /'goal_reward'; did you mean 'goalReward'/);
  fails(() => bh.make('FrozenLake-v1', /** @type {any} */ ({ isSlippery: 'no' })), 'BH_ERR_CONFIG', /isSlippery is 'no', but must be true or false/);
  fails(() => bh.make('FrozenLake-v1', /** @type {any} */ ({ mapName: '5x5' })), 'BH_ERR_CONFIG', /mapName is '5x5'.*4x4, 8x8/);
  fails(() => bh.make('GridWorld-v0', { map: 'S\0G' }), 'BH_ERR_CONFIG', /map/);
  assert.equal(bh.liveBytes(), before);
});
