// SPDX-License-Identifier: MIT
// Observations and rewards that change on the way to the agent, from JavaScript: statistics are in the model, bit for bit, for shipped environments
// and for one's own; what is learned in other units is learned all the same.
import { deepEqual, equal, notDeepEqual, ok, throws } from 'node:assert/strict';
import { before, test } from 'node:test';
import { load } from '../../web/node/node.mjs';
import { CartPole, GridWorld } from './js-envs.mjs';

const SMALL = { learningStarts: 50, batchSize: 8, bufferSize: 400, netArch: [16], totalTimesteps: 1200, evalFreq: 300, nEvalEpisodes: 3 };
const UNITS = [1000, 1000, 180 / Math.PI, 180 / Math.PI];

/** CartPole in millimetres and degrees. */
class InMillimetres extends CartPole {
  static id = 'JsCartPoleInMillimetres-v0';
  static observationSpace = { type: 'Box', shape: [4], low: -Infinity, high: Infinity };

  /** @param {{ seed?: number }} options @returns {[number[], object]} */
  reset(options) {
    const [observation, info] = super.reset(options);
    return [observation.map((x, i) => x * UNITS[i]), info];
  }

  /** @param {number} action @returns {[number[], number, boolean, boolean, object]} */
  step(action) {
    const [observation, ...rest] = super.step(action);
    return [observation.map((x, i) => x * UNITS[i]), ...rest];
  }
}

/** The same, as what was done with it since it was seeded: so it can be saved, and resumed where it was. */
class Saved extends InMillimetres {
  static id = 'JsCartPoleSaved-v0';
  /** @type {(number | null)[]} a reset is null, but for the first, which has the seed */
  #done = [];

  /** @param {{ seed?: number }} options */
  reset(options) {
    if (options.seed === undefined) this.#done.push(null);
    else this.#done = [options.seed];
    return super.reset(options);
  }

  /** @param {number} action */
  step(action) {
    this.#done.push(action);
    return super.step(action);
  }

  getState() {
    return this.#done;
  }

  /** @param {(number | null)[]} done */
  setState([seed, ...rest]) {
    this.reset({ seed: Number(seed) });
    for (const each of rest) void (each === null ? this.reset({}) : this.step(each));
  }
}

/** @type {import('../../web/bellhop.js').Bellhop} */
let bh;
before(async () => {
  bh = await load();
});

/** Observations far apart, of n numbers. @param {number} n */
const observations = (n) => Array.from({ length: 9 }, (_, k) => Array.from({ length: n }, (__, i) => ((7 * k + 3 * i) % 11 - 5) * UNITS[i % 4] / 20));

/** @type {[string, any, object, number][]} */
const CASES = [
  ['CartPole-v1', 'CartPole-v1', { normalizeObservation: true, normalizeReward: true }, 4],
  ['an environment of one\'s own', Saved, { normalizeObservation: true, clipReward: 0.5 }, 4],
  ['four observations in one, actions for two steps', Saved, { normalizeObservation: true, frameStack: 4, frameSkip: 2 }, 16],
];
for (const [name, env, options, n] of CASES) {
  test(`predict, evaluate, save and load keep the statistics: ${name}`, async () => {
    const model = new bh.DQN(env, { ...SMALL, ...options, seed: 3 });
    await model.learn();
    const { 'obs_rms.mean': mean, 'obs_rms.count': count } = model.parameters();
    equal(mean.data.length, n);
    ok(count.data[0] > 500 && mean.data.some((x) => Math.abs(x) > 1e-3));
    const [asked, sha256, values] = [observations(n), model.sha256(), [...model.qValues(observations(n))]];
    const score = model.evaluate({ episodes: 5, seed: 1 });
    model.predict(asked, { deterministic: false, seed: 4 });
    equal(model.sha256(), sha256, 'looking changes nothing');
    for (const which of /** @type {const} */ (['current', 'best'])) {
      const loaded = bh.loadModel(model.save({ which }), env);
      deepEqual(loaded.options, model.options);
      equal(loaded.sha256(), model.sha256({ which }));
      deepEqual(loaded.evaluate({ episodes: 5, seed: 1 }), model.evaluate({ which, episodes: 5, seed: 1 }));
      if (which === 'current') {
        deepEqual([...loaded.qValues(asked)], values);
        deepEqual(loaded.predict(asked), model.predict(asked));
        deepEqual(loaded.evaluate({ episodes: 5, seed: 1 }), score);
      }
      loaded.dispose();
    }
    model.dispose();
  });

  test(`a run that is resumed is the run that never stopped: ${name}`, async () => {
    const [model, straight] = [0, 1].map(() => new bh.DQN(env, { ...SMALL, ...options, seed: 5 }));
    await straight.learn();
    await model.learn({ steps: 500 });
    const resumed = bh.loadModel(model.save({ full: true }), env);
    deepEqual([...resumed.qValues(observations(n))], [...model.qValues(observations(n))]);
    await resumed.learn();
    equal(resumed.timesteps, straight.timesteps);
    equal(resumed.sha256(), straight.sha256());
    equal(resumed.sha256({ which: 'best' }), straight.sha256({ which: 'best' }));
    for (const each of [model, straight, resumed]) each.dispose();
  });
}

test('millimetres and degrees are learned as metres and radians are, number by number', async () => {
  const [plain, other] = [CartPole, InMillimetres].map((env) => new bh.DQN(env, { ...SMALL, seed: 1, normalizeObservation: true }));
  for (const model of [plain, other]) await model.learn({ steps: 120 });
  const [a, b] = [plain, other].map((model) => model.parameters()['obs_rms.var'].data);
  a.forEach((variance, i) => ok(Math.abs(b[i] / (variance * UNITS[i] ** 2) - 1) < 0.01, `${i}: ${variance} ${b[i]}`));
  for (const model of [plain, other]) model.dispose();
});

test('a stack is the last observations, the newest last; predict takes it whole', () => {
  const model = new bh.PPO('CartPole-v1', { frameStack: 3 });
  deepEqual(model.observationSpace.shape, [12]);
  equal(typeof model.predict(Array(12).fill(0)), 'number');
  throws(() => model.predict([0, 0, 0, 0]), /must have 12 numbers/);
  model.dispose();
  const images = new bh.DQN('Breakout-MinAtar', { frameStack: 2, bufferSize: 100 });
  deepEqual(images.observationSpace.shape, [10, 10, 8]);
  images.dispose();
});

test('skipped steps count, and learn ends where it should', async () => {
  const model = new bh.DQN(CartPole, { ...SMALL, evalFreq: 0, frameSkip: 4 });
  for (let i = 1; i <= 3; i++) {
    const { timesteps } = await model.learn({ steps: 100 });
    ok(timesteps >= 100 * i && timesteps < 100 * i + 4, `${timesteps}`);
  }
  model.dispose();
});

test('returns are the environment\'s own, whatever is learned from', async () => {
  const model = new bh.DQN(CartPole, { ...SMALL, scaleReward: 0.01, normalizeReward: true });
  /** @type {import('../../web/bellhop.js').RunRecord[]} */
  const records = [];
  await model.learn({ onProgress: (now) => void records.push(...now.records) });
  const episodes = records.filter((record) => record.type === 'episode');
  ok(episodes.length > 10);
  for (const each of episodes) equal(each.return, each.length);
  model.dispose();
});

test('plain runs are what they were, and have no statistics', async () => {
  const [plain, explicit, scaled] = [{}, { normalizeObservation: false, frameStack: 1, frameSkip: 1, scaleReward: 1, clipReward: 0 }, { scaleReward: 0.5 }]
    .map((options) => new bh.DQN('CartPole-v1', { ...SMALL, ...options, seed: 2 }));
  for (const model of [plain, explicit, scaled]) await model.learn();
  equal(plain.sha256(), explicit.sha256());
  notDeepEqual(plain.sha256(), scaled.sha256());
  ok(!('obs_rms.mean' in plain.parameters()) && !('ret_rms.mean' in plain.parameters()));
  for (const model of [plain, explicit, scaled]) model.dispose();
});

test('what cannot be says which option, why, and what to do', () => {
  throws(() => new bh.DQN(GridWorld, { normalizeObservation: true }), /normalizeObservation is true, but observations of JsGridWorld-v0 are Discrete; leave it false/);
  throws(() => new bh.QLearning('FrozenLake-v1', { frameStack: 2 }), /frameStack is 2, but observations of FrozenLake-v1 are Discrete; leave it 1/);
  throws(() => new bh.ValueIteration('FrozenLake-v1', { clipReward: 1 }), /value-iteration plans on the table of FrozenLake-v1; leave it 0/);
  const [model, plain] = [{ normalizeObservation: true }, {}].map((options) => new bh.DQN('CartPole-v1', { ...SMALL, ...options }));
  throws(() => plain.loadParameters(model.save()), /normalize_observation is false; set it/);
  model.dispose();
  plain.dispose();
});
