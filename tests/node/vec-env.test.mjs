// SPDX-License-Identifier: MIT
// Vector environments through JavaScript: each row is the single environment of its seed; misuse; memory.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from '../../web/node/node.mjs';
import { fails } from './fails.mjs';
import { GridWorld } from './js-envs.mjs';

const bh = await load();
const N = 5;

/** One observation as an array. @param {any} obs */
const flat = (obs) => (typeof obs === 'number' ? [obs] : [...obs]);

/** Row i of n. @param {Float32Array} rows @param {number} i */
const row = (rows, i) => [...rows.subarray(i * rows.length / N, (i + 1) * rows.length / N)];

for (const { id } of bh.catalog.envs) {
  test(`${id}: ${N} in a vector are ${N} single ones, reset in the step that ends them`, () => {
    const live = bh.liveBytes();
    const envs = bh.makeVec(id, { numEnvs: N });
    const singles = Array.from({ length: N }, () => bh.make(id));
    assert.deepEqual(envs.singleActionSpace, singles[0].actionSpace);
    assert.deepEqual(envs.singleObservationSpace, singles[0].observationSpace);
    assert.deepEqual([envs.spec, envs.options, envs.numEnvs, envs.autoresetMode], [singles[0].spec, singles[0].options, N, 'SameStep']);
    const [first] = envs.reset({ seed: 20 });
    singles.forEach((single, i) => assert.deepEqual(row(first, i), flat(single.reset({ seed: 20 + i })[0])));
    for (let k = 0; k < 300; k++) {
      const space = envs.singleActionSpace, numbers = Array.from({ length: N }, (_, i) => (k * 7 + i * 3) ^ (k >> 2));
      const actions = space.type === 'Box' ? Float32Array.from(numbers, (n) => Math.sin(n)) : Int32Array.from(numbers, (n) => n % space.n);
      const [obs, rewards, terminations, truncations, { finalObs }] = envs.step(actions);
      singles.forEach((single, i) => {
        const [want, reward, terminated, truncated] = single.step(space.type === 'Box' ? [actions[i]] : actions[i]);
        assert.deepEqual([row(finalObs, i), rewards[i], terminations[i], truncations[i]], [flat(want), reward, +terminated, +truncated]);
        assert.deepEqual(row(obs, i), flat(terminated || truncated ? single.reset()[0] : want));
      });
    }
    envs.close();
    singles.forEach((single) => single.close());
    assert.equal(bh.liveBytes(), live);
  });
}

test('what step returns is the caller\'s, of the types of Gymnasium', () => {
  const envs = bh.makeVec('CartPole-v1', { numEnvs: 3, suttonBartoReward: true });
  const [before] = envs.reset();
  const copy = before.slice();
  const result = envs.step([0, 1, 0]);
  assert.deepEqual(before, copy);
  const [obs, rewards, terminations, truncations] = result;
  assert.ok(obs instanceof Float32Array && rewards instanceof Float64Array);
  assert.ok(terminations instanceof Uint8Array && truncations instanceof Uint8Array);
  assert.deepEqual([obs.length, ...rewards], [12, 0, 0, 0]);
  const again = envs.reset({ seed: 0 })[0];
  assert.deepEqual(again, before); // the first reset of all has seed 0
  assert.notDeepEqual(envs.reset()[0], again);
  envs.close();
});

test('bad calls name what is wrong and change nothing', () => {
  const live = bh.liveBytes();
  for (const numEnvs of [0, -1, 1.5, 65537, NaN, '2', null]) {
    fails(() => bh.makeVec('CartPole-v1', { numEnvs: /** @type {any} */ (numEnvs) }), 'BH_ERR_ARGUMENT', /numEnvs is .*between 1 and 65536/);
  }
  fails(() => bh.makeVec('CartPole-v0'), 'BH_ERR_UNKNOWN', /did you mean 'CartPole-v1'/);
  fails(() => bh.makeVec('CartPole-v1', /** @type {any} */ ({ num_envs: 2 })), 'BH_ERR_CONFIG', /'num_envs'; did you mean 'numEnvs'\?/);
  fails(() => bh.makeVec('CartPole-v1', /** @type {any} */ ({ nEnvs: 2 })), 'BH_ERR_CONFIG', /CartPole-v1 has no option 'nEnvs'; did you mean 'numEnvs'\?/);
  fails(() => bh.makeVec('GridWorld-v0', /** @type {any} */ ({ slipp: 0 })), 'BH_ERR_CONFIG', /did you mean 'slip'/);
  fails(() => bh.makeVec('GridWorld-v0', { numEnvs: 2, slip: 2 }), 'BH_ERR_CONFIG', /slip is 2/);
  fails(() => bh.makeVec('CartPole-v1', /** @type {any} */ (4)), 'BH_ERR_CONFIG', /^CartPole-v1: options are 4, but must be an object; for 4 environments: makeVec\('CartPole-v1', \{ numEnvs: 4 \}\)$/);
  fails(() => bh.makeVec(GridWorld, /** @type {any} */ (2)), 'BH_ERR_CONFIG', /for 2 environments: makeVec\(env, \{ numEnvs: 2 \}\)$/);
  for (const options of [-1, 1.5, NaN, 'four']) fails(() => bh.makeVec('CartPole-v1', /** @type {any} */ (options)), 'BH_ERR_CONFIG', /options are .*, but must be an object$/);
  fails(() => bh.makeVec('CartPole-v1', /** @type {any} */ (null)), 'BH_ERR_CONFIG', /null/);
  assert.equal(bh.liveBytes(), live);

  const [envs, twin] = [bh.makeVec('CartPole-v1', { numEnvs: 2 }), bh.makeVec('CartPole-v1', { numEnvs: 2 })];
  fails(() => envs.step([0, 0]), 'BH_ERR_STATE', /before reset/);
  envs.reset({ seed: 4 });
  twin.reset({ seed: 4 });
  for (const actions of [[0], [0, 1, 0], [], new Int32Array(3), 1, null, undefined, '01', {}]) {
    fails(() => envs.step(/** @type {any} */ (actions)), 'BH_ERR_ARGUMENT', /actions must be an array of 2, one per environment/);
  }
  for (const action of [2, -1, 0.5, NaN, '1', null, undefined, 2 ** 32]) {
    fails(() => envs.step(/** @type {any} */ ([0, action])), 'BH_ERR_ARGUMENT', /action of environment 1 is .*between 0 and 1/);
  }
  fails(() => envs.reset({ seed: -1 }), 'BH_ERR_ARGUMENT', /seed is -1/);
  fails(() => envs.reset(/** @type {any} */ ({ sead: 1 })), 'BH_ERR_ARGUMENT', /did you mean 'seed'/);
  assert.deepEqual(envs.step([1, 0]), twin.step([1, 0]));
  envs.close();
  twin.dispose();
  envs.close();
  fails(() => envs.step([0, 0]), 'BH_ERR_STATE', /was disposed/);
  fails(() => envs.reset(), 'BH_ERR_STATE', /was disposed/);
  assert.equal(bh.liveBytes(), live);
});

test('where one environment is wanted, a vector of them is refused with what to do', async () => {
  const vec = bh.makeVec('CartPole-v1', { numEnvs: 2 });
  const live = bh.liveBytes();
  const one = /** @type {any} */ (vec);
  /** @type {(() => unknown)[]} */
  const calls = [() => new bh.DQN(one), () => new bh.PPO(() => /** @type {any} */ (bh.makeVec('CartPole-v1'))), () => bh.make(one), () => bh.makeVec(one), () => bh.register(one)];
  const model = new bh.DQN('CartPole-v1');
  calls.push(() => bh.DQN.load(model.save(), one));
  for (const call of calls) fails(call, 'BH_ERR_CONFIG', /the environment is a vector of environments, as makeVec\(\) gives one, but must be a single one; a model makes as many of it as its option nEnvs says$/);
  assert.throws(() => bh.checkEnv(one), /the environment is a vector of environments/);
  model.dispose();
  assert.equal(bh.liveBytes(), live);
  vec.step(vec.reset() && [0, 1]); // still the caller's
  vec.close();
});
