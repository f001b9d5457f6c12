// SPDX-License-Identifier: MIT
// Environments of one's own: the same run as in C, what is handed to them, everything that can go wrong in them, what
// stays usable afterwards, and that nothing of them stays in memory.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { BellhopError, load } from '../../web/node/node.mjs';
import { fails } from './fails.mjs';
import { CartPole, GridWorld } from './js-envs.mjs';

const bh = await load();
const SMALL = { netArch: [8], bufferSize: 200, learningStarts: 20, batchSize: 8, totalTimesteps: 300, evalFreq: 100, nEvalEpisodes: 2 };

/** The call rejects with BH_ERR_ENV. @param {() => Promise<unknown>} use @param {RegExp} message @returns {Promise<any>} the error */
async function rejects(use, message) {
  /** @type {any} */
  let caught;
  await assert.rejects(use, (error) => {
    caught = error;
    assert.ok(error instanceof BellhopError, String(error));
    assert.equal(error.status, 'BH_ERR_ENV', error.message);
    assert.match(error.message, message);
    return true;
  });
  return caught;
}

/** A corridor of 5 cells whose step and reset may be told to return something else. */
class Corridor {
  id = 'Corridor-v0';
  observationSpace = /** @type {any} */ ({ type: 'Box', shape: [2], low: 0, high: 100 });
  actionSpace = /** @type {any} */ ({ type: 'Discrete', n: 2 });
  maxEpisodeSteps = /** @type {number | undefined} */ (30);
  x = 0;
  t = 0;

  /** @param {{ seed?: number }} _options @returns {any} */
  reset(_options) {
    [this.x, this.t] = [0, 0];
    return [[0, 0], {}];
  }

  /** @param {number} action @returns {any} */
  step(action) {
    this.x = Math.max(0, this.x + (action === 1 ? 1 : -1));
    this.t++;
    return [[this.x, this.t], this.x === 4 ? 1 : -0.1, this.x === 4, false, { x: this.x }];
  }
}

/** Corridors that misbehave `when` it is said. @param {(env: Corridor, action: number, result: any) => any} change */
function broken(change) {
  const state = { on: true, steps: 0 };
  class Broken extends Corridor {
    /** @param {number} action */
    step(action) {
      const result = super.step(action);
      return state.on && ++state.steps >= 30 ? change(this, action, result) : result;
    }
  }
  return { make: () => new Broken(), state };
}

test('the module imports what its loader gives, and nothing else', () => {
  for (const kind of ['simd', 'scalar']) {
    let bytes;
    try {
      bytes = readFileSync(new URL(`../../build/out/wasm-${kind}/bellhop.wasm`, import.meta.url));
    } catch {
      continue;
    }
    const imports = WebAssembly.Module.imports(new WebAssembly.Module(bytes)).map(({ module, name }) => `${module}.${name}`);
    assert.deepEqual(imports.sort(), ['env.bellhop_env_call']);
  }
});

test('without chance in it, an environment in JavaScript is the same run as in C, to the bit', async () => {
  const c = bh.make('GridWorld-v0');
  for (const [name, options] of /** @type {const} */ ([
    ['QLearning', {}], ['SARSA', { nEnvs: 3 }], ['DQN', { ...SMALL, nEnvs: 2 }],
  ])) {
    const defaults = { preset: false, seed: 3, evalFreq: 100, totalTimesteps: 2000, learningRate: 0.1, gamma: 0.9 };
    const models = [c, GridWorld].map((env) => new bh[name](/** @type {any} */ (env), { ...defaults, ...options }));
    for (const model of models) await model.learn();
    const [a, b] = models;
    assert.equal(a.sha256(), b.sha256(), name);
    assert.equal(a.sha256({ which: 'best' }), b.sha256({ which: 'best' }), name);
    assert.equal(a.episodes, b.episodes);
    assert.deepEqual(a.evaluate({ episodes: 3 }), b.evaluate({ episodes: 3 }));
    models.forEach((model) => model.dispose());
  }
  c.dispose();
  assert.equal(bh.liveBytes(), 0);
});

test('the same seed is the same run, another seed another', async () => {
  const run = async (/** @type {number} */ seed) => {
    const model = new bh.DQN(CartPole, { ...SMALL, seed, nEnvs: 2 });
    await model.learn();
    const hash = model.sha256();
    model.dispose();
    return hash;
  };
  const first = await run(5);
  assert.equal(await run(5), first);
  assert.notEqual(await run(6), first);
});

test('DQN learns CartPole written in JavaScript', async () => {
  const cart = bh.make('CartPole-v1');
  const like = new bh.DQN(cart);
  const model = new bh.DQN(CartPole, { ...like.options, seed: 0, evalFreq: 1000, nEvalEpisodes: 3 });
  await model.learn({ totalTimesteps: 7000 });
  const { mean } = model.evaluate({ episodes: 20, which: 'best' });
  assert.ok(mean > 80, `greedy episodes last ${mean} steps, random ones 20`);
  [cart, like, model].forEach((each) => each.dispose());
});

test('a seed comes with the first reset of each, and no other; every evaluation episode has one of its own', async () => {
  /** @type {(number | undefined)[][]} */
  const seeds = [];
  class Noted extends Corridor {
    /** @type {(number | undefined)[]} */
    mine = [];
    constructor() {
      super();
      seeds.push(this.mine);
    }

    /** @param {{ seed?: number }} options */
    reset(options) {
      this.mine.push(options.seed);
      return super.reset(options);
    }
  }
  const model = new bh.QLearning(() => Object.assign(new Noted(), {
    observationSpace: { type: 'Discrete', n: 5 },
    reset(/** @type {any} */ options) { Noted.prototype.reset.call(this, options); return [0, {}]; },
    step(/** @type {number} */ a) { const [[x], ...rest] = Noted.prototype.step.call(this, a); return [x, ...rest]; },
  }), { nEnvs: 2, totalTimesteps: 300, evalFreq: 0, nEvalEpisodes: 3 });
  await model.learn();
  const training = seeds.filter((mine) => mine.length > 2);
  assert.equal(training.length, 2);
  for (const mine of training) {
    assert.ok(Number.isInteger(mine[0]) && Number(mine[0]) >= 0 && Number(mine[0]) < 2 ** 32);
    assert.ok(mine.slice(1).every((seed) => seed === undefined));
  }
  assert.notEqual(training[0][0], training[1][0]);
  model.evaluate({ episodes: 3, seed: 9 });
  const [, ...played] = seeds; // the first was made, and reset, to be read
  const evaluation = played.filter((mine) => mine.length === 1).map(([seed]) => seed);
  assert.equal(new Set(evaluation).size, 3);
  model.dispose();
  assert.equal(bh.liveBytes(), 0);
});

test('make() gives it as an environment: seeds as given, info as given, time limit, errors for calls out of order', () => {
  /** @type {unknown[]} */
  const resets = [];
  class Told extends Corridor {
    /** @param {any} options */
    reset(options) {
      resets.push(options);
      return super.reset(options);
    }
  }
  const env = bh.make(Told);
  assert.deepEqual(resets, [{ seed: 0 }]); // whether it has masks is read there
  resets.length = 0;
  assert.deepEqual(env.spec, { id: 'Corridor-v0', rewardThreshold: null, maxEpisodeSteps: 30 });
  assert.deepEqual(env.observationSpace, { type: 'Box', shape: [2], low: new Float32Array(2), high: new Float32Array([100, 100]), dtype: 'float32' });
  fails(() => env.step(0), 'BH_ERR_STATE', /Corridor-v0: step was called before reset/);
  assert.deepEqual(env.reset({ seed: 2 ** 53 - 1 }), [new Float32Array(2), {}]);
  env.reset();
  assert.deepEqual(resets, [{ seed: 2 ** 53 - 1 }, {}]);
  assert.deepEqual(env.step(1), [new Float32Array([1, 1]), -0.1, false, false, { x: 1 }]);
  fails(() => env.step(2), 'BH_ERR_ARGUMENT', /action is 2/);
  for (let i = 0; i < 28; i++) assert.equal(env.step(0)[3], false);
  assert.equal(env.step(0)[3], true);
  fails(() => env.step(0), 'BH_ERR_STATE', /after the episode ended/);
  env.dispose();

  const envs = bh.makeVec(Told, { numEnvs: 3 });
  resets.length = 0;
  envs.reset({ seed: 7 });
  assert.deepEqual(resets, [{ seed: 7 }, { seed: 8 }, { seed: 9 }]);
  const [obs, rewards] = envs.step([1, 0, 1]);
  assert.deepEqual([...obs], [1, 1, 0, 1, 1, 1]);
  assert.deepEqual([...rewards], [-0.1, -0.1, -0.1]);
  envs.dispose();
  assert.equal(bh.liveBytes(), 0);
});

test('an environment truncates by itself: the value of what would have followed still counts', async () => {
  const make = (/** @type {boolean} */ isTruncated) => () => ({
    id: 'OneStep-v0', observationSpace: { type: 'Discrete', n: 2 }, actionSpace: { type: 'Discrete', n: 1 },
    reset: () => [0, {}], step: () => [1, 1, !isTruncated, isTruncated, {}],
  });
  // Q(1) stays at initialQ = 10: Q(0) goes to 1 + 0.5 * 10 where truncated, to 1 where terminated.
  for (const [isTruncated, expected] of /** @type {const} */ ([[true, 6], [false, 1]])) {
    const model = new bh.QLearning(make(isTruncated), { gamma: 0.5, initialQ: 10, learningRate: 0.5, evalFreq: 0 });
    await model.learn({ totalTimesteps: 60 });
    assert.ok(Math.abs(model.qValues(0)[0] - expected) < 1e-9);
    assert.equal(model.episodes, 60);
    model.dispose();
  }
});

test('observations may be typed, nested or bytes', () => {
  const image = (/** @type {any} */ obs, dtype = 'uint8') => bh.make(() => ({
    id: 'Image-v0', observationSpace: { type: 'Box', shape: [2, 1, 2], dtype }, actionSpace: { type: 'Discrete', n: 2 },
    reset: () => [obs, {}], step: () => [obs, 0, false, false, {}],
  }));
  for (const obs of [[1, 2, 3, 4], [[[1, 2]], [[3, 4]]], new Uint8Array([1, 2, 3, 4]), new Float64Array([1, 2, 3, 4])]) {
    const env = image(obs);
    assert.deepEqual(env.reset()[0], new Uint8Array([1, 2, 3, 4]));
    env.dispose();
  }
  for (const [obs, dtype, message] of /** @type {const} */ ([
    [[1, 2, 3, 256], 'uint8', /has 256 at \[3\], but must have a whole number between 0 and 255/],
    [[1, 2, 3.5, 4], 'uint8', /has 3\.5 at \[2\]/],
    [[1, 2, 3, 1e39], 'float32', /1e\+39 at \[3\], but must have a number that float32 can hold/],
    [[[1, 2], [3, 4]], 'float32', /has 2 rows, but must have 4 numbers, flat or nested as \[2, 1, 2\]/],
    [[1, 2, '3', 4], 'float32', /has '3' at \[2\], but must have a finite number/],
    [new BigInt64Array(4), 'float32', /has 0n at \[0\]/],
    ['1234', 'float32', /is '1234', but must be an array of 4 numbers/],
    [{ length: 4 }, 'float32', /is an object, but must be an array/],
  ])) {
    const env = image(obs, dtype);
    fails(() => env.reset(), 'BH_ERR_ENV', message);
    env.dispose();
  }
  const bounded = bh.make(() => ({
    id: 'Bounded-v0', observationSpace: { type: 'Box', shape: [2], dtype: 'uint8', low: 10, high: 20 }, actionSpace: { type: 'Discrete', n: 2 },
    reset: () => [[10, 20], {}], step: (/** @type {number} */ action) => [action === 0 ? [9, 20] : [10, 21], 0, false, false, {}],
  }));
  bounded.reset();
  fails(() => bounded.step(0), 'BH_ERR_ENV', /has 9 at \[0\], but must have a whole number between 10 and 20/);
  bounded.reset();
  fails(() => bounded.step(1), 'BH_ERR_ENV', /has 21 at \[1\]/);
  bounded.dispose();
  assert.equal(bh.liveBytes(), 0);
});

/** What an environment does wrong, and what is said of it. @type {[string, (env: Corridor, action: number, result: any) => any, RegExp][]} */
const FAILURES = [
  ['throws', () => { throw new RangeError('no such cell'); }, /^Corridor-v0: step\([01]\) threw RangeError: no such cell$/],
  ['throws what is no error', () => { throw 'nonsense'; }, /threw 'nonsense'/],
  ['returns NaN', (_, __, [, ...rest]) => [[NaN, 0], ...rest], /step\([01]\) returned an observation that has NaN at \[0\], but must have a finite number there/],
  ['returns Infinity', (_, __, [, ...rest]) => [[0, Infinity], ...rest], /has Infinity at \[1\]/],
  ['has the wrong length', (_, __, [, ...rest]) => [[1, 2, 3], ...rest], /has 3 numbers, but must have 2 numbers/],
  ['has the wrong type', (_, __, [, ...rest]) => [7, ...rest], /an observation that is 7, but must be an array of 2 numbers/],
  ['gives a reward whose sums are no numbers', (_, __, [obs, , ...rest]) => [obs, -1e308, ...rest], /returned the reward -1e\+308, but it must be a finite number between -1e30 and 1e30/],
  ['gives no number as reward', (_, __, [obs, , ...rest]) => [obs, '1', ...rest], /returned the reward '1', but it must be a finite number/],
  ['gives NaN as reward', (_, __, [obs, , ...rest]) => [obs, NaN, ...rest], /the reward NaN/],
  ['has no booleans', (_, __, [obs, reward]) => [obs, reward, 0, false, {}], /returned terminated as 0, but it must be true or false/],
  ['returns four, as Gym did', (_, __, [obs, reward, done]) => [obs, reward, done, {}], /returned truncated as an object, but it must be true or false/],
  ['returns nothing', () => undefined, /returned undefined, but must return \[observation, reward, terminated, truncated, info\]/],
  ['answers later, and fails', async () => { throw new RangeError('later'); }, /^Corridor-v0: step\([01]\) (rejected with RangeError: later$|returned a Promise, which this call cannot wait for: await learn\(\), evaluateAsync\(\))/],
  ['never comes back', function overflow() { return overflow(); }, /threw RangeError: Maximum call stack/],
];

for (const [name, change, message] of FAILURES) {
  test(`an environment that ${name}: a clear error, and the model remains usable`, async () => {
    const { make, state } = broken(change);
    const bystander = new bh.QLearning(GridWorld, { evalFreq: 0 });
    const model = new bh.DQN(make, { ...SMALL, seed: 2, nEnvs: 2 });
    /** @type {number[]} */
    const told = [];
    const error = await rejects(() => model.learn({ totalTimesteps: 200, onProgress: ({ timesteps }) => told.push(timesteps) }), message);
    assert.equal(told.at(-1), 28, 'what came before it is told');
    if (name === 'throws') assert.ok(error.cause instanceof RangeError);
    // Two environments: 14 whole steps are learned from, the fifteenth is not counted.
    assert.equal(model.timesteps, 28);
    assert.ok(model.qValues([1, 1]).every(Number.isFinite));
    assert.equal(model.predict([1, 1]) in [0, 1], true);
    assert.ok(model.save().length > 1000);
    await rejects(() => model.learn({ totalTimesteps: 200 }), message);
    assert.equal(model.timesteps, 28);
    fails(() => model.evaluate({ episodes: 2 }), 'BH_ERR_ENV', message);
    await bystander.learn({ totalTimesteps: 50 });
    assert.equal(bystander.timesteps, 50);

    state.on = false;
    const hash = model.sha256();
    await model.learn({ totalTimesteps: 200 });
    assert.equal(model.timesteps, 228);
    assert.notEqual(model.sha256(), hash);
    assert.ok(model.qValues([1, 1]).every(Number.isFinite));
    assert.equal(model.evaluate({ episodes: 2 }).episodes, 2);
    model.dispose();
    bystander.dispose();
    assert.equal(bh.liveBytes(), 0);
  });
}

test('a failing reset is named with its seed', async () => {
  let isBroken = false;
  class Resets extends Corridor {
    /** @param {any} options */
    reset(options) {
      return isBroken ? [[0], {}] : super.reset(options);
    }
  }
  const model = new bh.DQN(Resets, { ...SMALL, evalFreq: 0 });
  isBroken = true;
  await rejects(() => model.learn(), /^Corridor-v0: reset\(\{\}\) returned an observation that has 1 numbers, but must have 2/);
  fails(() => model.evaluate(), 'BH_ERR_ENV', /reset\(\{ seed: \d+ \}\)/);
  fails(() => new bh.DQN(Resets, SMALL), 'BH_ERR_ENV', /reset\(\{ seed: \d+ \}\)/);
  isBroken = false;
  await model.learn();
  model.dispose();
  assert.equal(bh.liveBytes(), 0);
});

test('an environment that cannot be made the second time', () => {
  let n = 0;
  const make = () => {
    if (++n === 3) throw new Error('no more');
    return new Corridor();
  };
  fails(() => new bh.DQN(make, SMALL), 'BH_ERR_ENV', /Corridor-v0: making one threw Error: no more/);
  assert.equal(bh.liveBytes(), 0);
});

test('an environment that never ends trains on, and is cut after 1000 steps where it is evaluated', async () => {
  class Endless extends Corridor {
    maxEpisodeSteps = undefined;
    /** @param {number} action */
    step(action) {
      const [, , , , info] = super.step(action);
      return [[0, 0], 1, false, false, info];
    }
  }
  const model = new bh.DQN(Endless, { ...SMALL, evalFreq: 0 });
  await model.learn({ totalTimesteps: 2000 });
  assert.equal(model.episodes, 0);
  const score = model.evaluate({ episodes: 2 });
  assert.deepEqual([score.mean, score.meanLength], [1000, 1000]);
  model.dispose();
});

test('one object: nEnvs is 1, evaluations take turns with training, others are kept from it', async () => {
  let x = 0; // what it remembers is outside of it: there is only one
  const env = {
    id: 'Single-v0', observationSpace: { type: 'Discrete', n: 5 }, actionSpace: { type: 'Discrete', n: 2 }, maxEpisodeSteps: 40,
    reset() {
      x = 0;
      return [0, {}];
    },
    step(/** @type {number} */ action) {
      x = Math.max(0, x + (action === 1 ? 1 : -1));
      return [x, x === 4 ? 1 : -0.1, x === 4, false, {}];
    },
    close() {
      throw new Error('it is not theirs to close');
    },
  };
  fails(() => new bh.QLearning(env, { nEnvs: 2 }), 'BH_ERR_CONFIG', /nEnvs is 2, but Single-v0 is a single object; give a function or a class/);
  fails(() => bh.makeVec(env, { numEnvs: 2 }), 'BH_ERR_CONFIG', /Single-v0: 2 environments are to step together, but it is a single object/);
  const model = new bh.QLearning(env, { evalFreq: 50, nEvalEpisodes: 3, totalTimesteps: 2000, learningRate: 0.5 });
  await model.learn();
  assert.ok(Math.abs(model.evaluate({ episodes: 2 }).mean - 0.7) < 1e-9);
  await model.learn({ totalTimesteps: 10 });

  const other = new bh.QLearning(env, { evalFreq: 0 });
  await rejects(() => model.learn({ totalTimesteps: 100 }), /the object was reset by another model or environment/);
  await model.learn({ totalTimesteps: 100 });
  await rejects(() => other.learn({ totalTimesteps: 100 }), /was reset by another/);
  model.dispose();
  other.dispose();
  assert.equal(bh.liveBytes(), 0);
});

test('an environment may use the library, but not the model that steps it', async () => {
  const made = { model: /** @type {any} */ (undefined) };
  let mode = '';
  const inner = bh.make('GridWorld-v0');
  const wrap = () => {
    const own = bh.make('GridWorld-v0');
    return {
      id: 'Wrapped-v0', observationSpace: own.observationSpace, actionSpace: own.actionSpace, maxEpisodeSteps: 100,
      reset: (/** @type {any} */ options) => own.reset(options),
      step(/** @type {number} */ action) {
        if (mode === 'predict') made.model.predict(0);
        if (mode === 'dispose') made.model.dispose();
        if (mode === 'grow') bh.makeVec('CartPole-v1', { numEnvs: 40_000 }).dispose();
        return own.step(action);
      },
      close: () => own.dispose(),
    };
  };
  const options = /** @type {const} */ ({ preset: false, seed: 1, totalTimesteps: 500, evalFreq: 100, gamma: 0.9 });
  const model = new bh.QLearning(wrap, options);
  made.model = model;
  const plain = new bh.QLearning(inner, options);
  await plain.learn();
  await model.learn();
  assert.equal(model.sha256(), plain.sha256());
  mode = 'predict';
  await rejects(() => model.learn(), /threw BellhopError: this Q-learning model is in use: it cannot be used from the reset or step of its own environment/);
  mode = 'dispose';
  await rejects(() => model.learn(), /is in use/);
  mode = 'grow'; // the memory moves while a step is under way
  await model.learn({ totalTimesteps: 5 });
  [model, plain, inner].forEach((each) => each.dispose());
  assert.equal(bh.liveBytes(), 0);
});

test('registered: known by its id, in the catalogue, and to checkpoints', async () => {
  const own = await load();
  const entry = own.register(Corridor);
  assert.equal(entry.id, 'Corridor-v0');
  assert.deepEqual(own.catalog.envs.at(-1), entry);
  assert.deepEqual(entry.observation_space, { type: 'Box', shape: [2], dtype: 'float32', low: 0, high: 100 });
  assert.equal(own.liveBytes(), 0); // nothing in the module until it is used
  const env = own.make('Corridor-v0');
  fails(() => own.make('Corridor-v0', /** @type {any} */ ({ size: 3 })), 'BH_ERR_CONFIG', /Corridor-v0 has no option 'size'/);
  const model = new own.DQN(env, SMALL);
  await model.learn();
  const bytes = model.save(), hash = model.sha256();
  const again = own.loadModel(bytes);
  assert.equal(again.sha256(), hash);
  assert.equal(again.env.id, 'Corridor-v0');
  await again.learn({ totalTimesteps: 50 });
  [env, model, again].forEach((each) => each.dispose());
  assert.equal(own.liveBytes(), 0);

  // Elsewhere it is not known, until it is passed.
  fails(() => bh.loadModel(bytes), 'BH_ERR_UNKNOWN', /unknown environment 'Corridor-v0'.*register yours, or pass it to load/);
  const passed = bh.DQN.load(bytes, Corridor);
  assert.equal(passed.sha256(), hash);
  passed.dispose();
  fails(() => bh.DQN.load(bytes, GridWorld), 'BH_ERR_SHAPE', /the checkpoint's env is 'Corridor-v0', but here it is 'JsGridWorld-v0'/);
  class Wider extends Corridor {
    observationSpace = { type: 'Box', shape: [3] };

    reset() {
      return [[0, 0, 0], {}];
    }
  }
  fails(() => bh.DQN.load(bytes, Wider), 'BH_ERR_SHAPE', /./);
  fails(() => bh.QLearning.load(bytes, Corridor), 'BH_ERR_SHAPE', /the checkpoint's algo is 'dqn'/);
  assert.equal(bh.liveBytes(), 0);

  // Registered again, the new one counts; a shipped id is refused, also where nothing is registered.
  own.register(Object.assign(new Corridor(), { maxEpisodeSteps: 3 }));
  assert.equal(own.catalog.envs.filter(({ id }) => id === 'Corridor-v0').length, 1);
  const short = own.make('Corridor-v0');
  assert.equal(short.spec.maxEpisodeSteps, 3);
  short.dispose();
  const named = () => Object.assign(new Corridor(), { id: 'CartPole-v1' });
  fails(() => own.register(named), 'BH_ERR_CONFIG', /there is a shipped environment of that id/);
  fails(() => new own.DQN(named), 'BH_ERR_CONFIG', /there is a shipped environment of that id/);
  fails(() => own.make(/** @type {any} */ (null)), 'BH_ERR_UNKNOWN', /the environment is null, but must be one of GridWorld-v0, /);
});

test('what is not an environment is refused with everything that is wrong with it', () => {
  fails(() => new bh.DQN(/** @type {any} */ (5)), 'BH_ERR_ARGUMENT', /the environment is 5, but must be an id, one from make\(\), or one of your own/);
  const bad = /** @type {any} */ ({
    id: 'no spaces', step() {}, observationSpace: { type: 'Box', shape: [0] }, actionSpace: { type: 'Box', shape: [1] },
    maxEpisodeSteps: 0, rewardThreshold: '5',
  });
  for (const message of [
    /id is 'no spaces', but must be a name such as 'MyEnv-v0'/, /reset is undefined, but must be a function/,
    /observationSpace\.shape is \[0\], but must be an array of 1 to 3 whole numbers/, /actionSpace has the bounds -Infinity and Infinity at \[0\], but must have finite ones/,
    /maxEpisodeSteps is 0/, /rewardThreshold is '5'/,
  ]) fails(() => bh.register(bad), 'BH_ERR_CONFIG', message);
  const close = /** @type {any} */ ({
    id: 'Close-v0', reset() {}, step() {}, observation_space: { type: 'Discrete', n: 2 }, max_episode_steps: 5,
    observationSpace: { type: 'Box', shape: [1], lower: 0, hihg: 1 }, actionSpace: { type: 'Discrete', n: 2, first: 1 },
  });
  for (const message of [
    /there is 'max_episode_steps' and no maxEpisodeSteps; did you mean 'maxEpisodeSteps'\?/, /observationSpace has no 'lower'; did you mean 'low'\?|a Box has/,
    /observationSpace has no 'hihg'; did you mean 'high'\?/, /actionSpace has no 'first'; a Discrete has type, n, start/,
  ]) fails(() => bh.register(close), 'BH_ERR_CONFIG', message);
  fails(() => bh.register(/** @type {any} */ (async () => new Corridor())), 'BH_ERR_CONFIG', /making one gave a Promise/);
  fails(() => bh.register(() => {
    throw new TypeError('oh');
  }), 'BH_ERR_CONFIG', /making one threw TypeError: oh/);
  fails(() => new bh.ValueIteration(GridWorld), 'BH_ERR_CONFIG', /value-iteration needs a transition table, and JsGridWorld-v0 has none/);
  assert.equal(bh.liveBytes(), 0);
});

/** Environments that count how many of them are open; the nth cannot be made, or the nth step fails. @param {{ making?: number, step?: number }} [failing] */
function counted({ making = Infinity, step = Infinity } = {}) {
  const count = { open: 0, made: 0, steps: 0 };
  class Counted extends Corridor {
    constructor() {
      super();
      if (++count.made === making) throw new Error('no more');
      count.open++;
    }

    /** @param {number} action */
    step(action) {
      if (++count.steps >= step) throw new Error('stuck');
      return super.step(action);
    }

    close() {
      count.open--;
    }
  }
  return { Counted, count };
}

/** @type {Record<string, { failing?: { making?: number, step?: number }, use: (Env: any) => any, fails?: RegExp }>} */
const USES = {
  'registered, and never used': { use: (Env) => void bh.register(Env) },
  'checked': { use: (Env) => void bh.checkEnv(Env) },
  'checked, and it fails': { failing: { step: 20 }, use: (Env) => bh.checkEnv(Env), fails: /stuck/ },
  'checked, and the third cannot be made': { failing: { making: 3 }, use: (Env) => bh.checkEnv(Env), fails: /no more/ },
  'a definition that is wrong': { use: (Env) => bh.make(class extends Env {
    actionSpace = { type: 'Discrete', n: 0 };
  }), fails: /actionSpace.n is 0/ },
  'an option that is none': { use: (Env) => new bh.DQN(Env, /** @type {any} */ ({ gama: 1 })), fails: /did you mean 'gamma'/ },
  'a network that is none': { use: (Env) => new bh.PPO(Env, { nSteps: 8, batchSize: 9 }), fails: /batchSize is 9/ },
  'an algorithm it is not for': { use: (Env) => new bh.ValueIteration(Env), fails: /transition table|Discrete/ },
  'the fourth cannot be made': { failing: { making: 4 }, use: (Env) => new bh.DQN(Env, { ...SMALL, nEnvs: 8 }), fails: /no more/ },
  'the third of a vector cannot be made': { failing: { making: 3 }, use: (Env) => bh.makeVec(Env, { numEnvs: 5 }), fails: /no more/ },
  'demonstrations that are none': { use: (Env) => new bh.DQN(Env, { demonstrations: /** @type {any} */ ([{ obs: 3 }]) }), fails: /./ },
  'a checkpoint of another': { use: (Env) => bh.loadModel(new bh.QLearning(bh.make('GridWorld-v0')).save(), Env), fails: /env is 'GridWorld-v0'/ },
  'learn that fails': { failing: { step: 50 }, use: async (Env) => {
    const model = new bh.DQN(Env, { ...SMALL, nEnvs: 3 });
    try {
      await model.learn();
    } finally {
      model.dispose();
    }
  }, fails: /stuck/ },
  'an evaluation that fails': { failing: { step: 5 }, use: (Env) => {
    const model = new bh.DQN(Env, SMALL);
    try {
      model.evaluate({ episodes: 7 });
    } finally {
      model.dispose();
    }
  }, fails: /stuck/ },
  'evaluations, copies, vectors': { use: async (Env) => {
    const made = [bh.make(Env), bh.makeVec(Env, { numEnvs: 4 }), new bh.DQN(Env, { ...SMALL, nEnvs: 2 })];
    const model = /** @type {import('../../web/bellhop.js').Model} */ (made[2]);
    await model.learn();
    model.evaluate({ episodes: 9 });
    made.push(bh.loadModel(model.save(), Env));
    made.forEach((each) => each.dispose());
  } },
};
for (const [name, { failing, use, fails: message }] of Object.entries(USES)) {
  test(`all that were made are closed: ${name}`, async () => {
    const { Counted, count } = counted(failing);
    if (message) await assert.rejects(async () => use(Counted), message);
    else await use(Counted);
    assert.ok(count.made > 0);
    assert.equal(count.open, 0, `of ${count.made}`);
  });
}

test('every one that was made by the library is closed; what nobody disposed, when it is collected', async () => {
  let open = 0;
  class Counted extends Corridor {
    constructor() {
      super();
      open++;
    }

    close() {
      open--;
      throw new Error('closing fails: nobody is there to mend it');
    }
  }
  const model = new bh.DQN(Counted, { ...SMALL, nEnvs: 3 });
  await model.learn();
  assert.ok(open >= 5);
  model.dispose();
  assert.equal(open, 0);

  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  const lose = () => {
    bh.make(Counted);
    new bh.QLearning(GridWorld);
  };
  lose();
  for (let i = 0; i < 50 && bh.liveBytes() > 0; i++) {
    collect();
    await new Promise((done) => setTimeout(done, 1));
  }
  assert.equal(bh.liveBytes(), 0);
  assert.equal(open, 0);
});

test('observations that leave their bounds are learned from, and said once', async (t) => {
  const warn = t.mock.method(console, 'warn', () => {});
  class Leaves extends Corridor {
    observationSpace = { type: 'Box', shape: [2], low: 0, high: [3, 100] };
  }
  const model = new bh.DQN(Leaves, { ...SMALL, nEnvs: 2 });
  assert.equal((await model.learn()).timesteps, 300);
  model.dispose();
  assert.deepEqual(warn.mock.calls.map(({ arguments: [text] }) => text),
    ['bellhop: Corridor-v0: step(1) returned an observation that has 4 at [0], but observationSpace says it is between 0 and 3; it is used as it is']);
  const nested = bh.make(class extends Corridor {
    reset() {
      return [[[0], [101]], {}];
    }

    observationSpace = { type: 'Box', shape: [2, 1], low: 0, high: 100 };
  });
  nested.reset();
  nested.reset();
  nested.dispose();
  assert.match(String(warn.mock.calls[1].arguments[0]), /^bellhop: Corridor-v0: reset\(\{ seed: 0 \}\) returned an observation that has 101 at \[1\]/);
  assert.equal(warn.mock.callCount(), 2);
});
