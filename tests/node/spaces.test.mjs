// SPDX-License-Identifier: MIT
// Spaces of environments of one's own: what may be declared, Gymnasium's functions over them, and that every kind is trained, saved, loaded and
// evaluated, in the library, in a worker and on the command line.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { connect, createRng, flatdim, flatten, formatDemonstrations, load, makeSpace, parseDemonstrations, Recorder, serve, unflatten } from '../../web/node/node.mjs';
import { cli } from './cli-process.mjs';
import { fails } from './fails.mjs';
import { ROBOTS } from './space-envs.mjs';

/** @typedef {import('../../web/bellhop.js').SpaceLike} SpaceLike */

const bh = await load();
const SMALL = { netArch: [16], bufferSize: 500, learningStarts: 50, batchSize: 16, trainFreq: 1, evalFreq: 0, totalTimesteps: 300, seed: 3 };

// ---- declaring ----

/** @type {[any, RegExp][]} */
const REFUSED = [
  [7, /space is 7, but must be \{ type: 'Discrete', n \} or/],
  [{ type: 'discrete', n: 2 }, /type is 'discrete', but must be 'Discrete', 'Box', 'MultiDiscrete', 'MultiBinary', 'Dict' or 'Tuple'/],
  [{ type: 'toString' }, /type is 'toString', but must be/],
  [{ type: 'Text', max_length: 5 }, /type is 'Text', whose elements differ in size.*declare a MultiDiscrete with one entry for each character/],
  [{ type: 'Sequence' }, /declare a Tuple or a Box of the longest one/],
  [{ type: 'Graph' }, /declare a Dict of Boxes/],
  [{ type: 'OneOf' }, /declare a Dict with a Discrete that says which one it is/],
  [{ type: 'Discrete', n: 2, strat: 1 }, /space has no 'strat'; did you mean 'start'/],
  [{ type: 'Discrete', n: 2, start: 0.5 }, /space\.start is 0\.5, but must be a whole number between -2147483648 and 2147483648/],
  [{ type: 'MultiDiscrete', n: 3 }, /space has no 'n'; .*nvec/],
  [{ type: 'MultiDiscrete', nvec: [] }, /nvec is \[\], but must be an array of whole numbers of at least 1/],
  [{ type: 'MultiDiscrete', nvec: [2, 0] }, /nvec is \[2, 0\]/],
  [{ type: 'MultiDiscrete', nvec: [2, 3], start: [1] }, /start is \[1\], but must be an array of 2 whole numbers, as nvec/],
  [{ type: 'MultiBinary', n: 0 }, /n is 0, but must be a whole number of at least 1, or an array of 1 to 3 of them/],
  [{ type: 'MultiBinary', n: [2, 2, 2, 2] }, /n is \[2, 2, 2, 2\]/],
  [{ type: 'MultiBinary', n: 3, shape: [3] }, /space has no 'shape'; a MultiBinary has type, n/],
  [{ type: 'Dict', spaces: {} }, /spaces is .*but must be an object with at least one space/],
  [{ type: 'Dict', spaces: [{ type: 'Discrete', n: 2 }] }, /must be an object with at least one space/],
  [{ type: 'Dict', spaces: { 'a b': { type: 'Discrete', n: 0 }, c: { type: 'Tuple', spaces: [{ type: 'Box', shape: [2], size: 1 }] } } }, /spaces\["a b"\]\.n is 0.*; space\.spaces\.c\.spaces\[0\] has no 'size'/],
  [{ type: 'Tuple', spaces: [] }, /spaces is \[\], but must be an array with at least one space/],
  [{ type: 'Tuple', spaces: [{ type: 'MultiBinary', n: 2 ** 20 }, { type: 'Discrete', n: 1 }] }, /space has 1048577 numbers when it is flattened, but must have at most 1048576/],
  [{ type: 'Box', shape: [2], dtype: 'float16' }, /dtype is 'float16', but must be one of 'float32', 'float64', 'uint8'/],
  [{ type: 'Box', shape: [2], dtype: 'int32' }, /space\.low is missing, but a Box of int32 needs one: a network gets float32, which holds whole numbers up to 2\^24 = 16777216/],
  [{ type: 'Box', shape: [2], dtype: 'int64', low: 0, high: 2 ** 24 + 1 }, /high has 16777217, but must have whole numbers between -16777216 and 16777216, which float32 holds exactly; scale/],
  [{ type: 'Box', shape: [2], dtype: 'int8', low: -129 }, /low has -129, but must have whole numbers between -128 and 127/],
  [{ type: 'Box', shape: [2], dtype: 'uint16', low: 3, high: 2 }, /low\[0\] is 3, but must not be above high\[0\]/],
];

test('what is no space is refused, with everything that is wrong and what to declare', () => {
  for (const [given, message] of REFUSED) fails(() => makeSpace(given), 'BH_ERR_CONFIG', message);
  /** @type {any} */
  const circle = { type: 'Tuple', spaces: [] };
  circle.spaces.push(circle);
  fails(() => makeSpace(circle), 'BH_ERR_ARGUMENT', /^space is in itself$/);
  const deep = Array.from({ length: 10 }).reduce((/** @type {any} */ inner) => ({ type: 'Tuple', spaces: [inner] }), { type: 'Discrete', n: 2 });
  fails(() => makeSpace(/** @type {any} */ (deep)), 'BH_ERR_CONFIG', /has spaces in more than 8 others/);
  /** @param {any} actionSpace */
  const env = (actionSpace) => /** @type {any} */ ({ id: 'Robot-v0', observationSpace: { type: 'Discrete', n: 2 }, actionSpace, reset() {}, step() {} });
  for (const [space, message] of /** @type {[any, RegExp][]} */ ([
    [{ type: 'Dict', spaces: { a: { type: 'Discrete', n: 2 } } }, /actionSpace\.type is 'Dict', but must be 'Discrete', 'MultiDiscrete', 'MultiBinary' or 'Box': declare a MultiDiscrete/],
    [{ type: 'MultiDiscrete', nvec: [101, 100] }, /actionSpace has 10100 actions \(the product of its entries\), but must have at most 10000: declare coarser or fewer entries/],
    [{ type: 'MultiBinary', n: 5000 }, /actionSpace has too many actions/],
    [{ type: 'Box', shape: [1], low: 0, high: 3, dtype: 'int8' }, /actionSpace\.dtype is 'int8', but must be 'float32'; whole numbers are a MultiDiscrete/],
  ])) fails(() => bh.register(env(space)), 'BH_ERR_CONFIG', message);
});

// ---- Gymnasium's functions ----

test('flatten is Gymnasium\'s: the examples of its documentation, and keys in the order of Python\'s sorted()', () => {
  assert.deepEqual(flatten({ type: 'Discrete', n: 4 }, 2), Float32Array.of(0, 0, 1, 0));
  const tuple = /** @type {const} */ ({ type: 'Tuple', spaces: [{ type: 'Box', low: 0, high: 1, shape: [2] }, { type: 'Box', low: 0, high: 1, shape: [3] }, { type: 'Discrete', n: 3 }] });
  assert.deepEqual(flatten(tuple, [[0.5, 0.25], [1, 0, 0.2], 1]), Float32Array.of(0.5, 0.25, 1, 0, 0.2, 0, 1, 0));
  assert.equal(flatdim({ type: 'Dict', spaces: { position: { type: 'Discrete', n: 2 }, velocity: { type: 'Discrete', n: 3 } } }), 5);
  assert.deepEqual(flatten({ type: 'MultiDiscrete', nvec: [2, 3], start: [0, -1] }, [1, 1]), Float32Array.of(0, 1, 0, 0, 1));
  assert.deepEqual(flatten({ type: 'MultiBinary', n: [2, 2] }, [[0, 1], [1, 0]]), Float32Array.of(0, 1, 1, 0));
  const bit = /** @type {const} */ ({ type: 'MultiBinary', n: 1 });
  const keys = ['b', 'B', 'a', '10', '9', 'ab', 'é', '\u{1F600}', '\uFFFD'];
  const space = makeSpace({ type: 'Dict', spaces: Object.fromEntries(keys.map((key) => [key, bit])) });
  const inPython = ['10', '9', 'B', 'a', 'ab', 'b', 'é', '\uFFFD', '\u{1F600}'];
  inPython.forEach((key, i) => {
    const flat = flatten(space, Object.fromEntries(keys.map((each) => [each, [Number(each === key)]])));
    assert.equal(flat.indexOf(1), i, key);
  });
});

/** A space of any kind, nested at most so deep. @param {() => number} random @param {number} depth @returns {any} */
function anySpace(random, depth) {
  const whole = (/** @type {number} */ low, /** @type {number} */ high) => low + Math.floor(random() * (high - low + 1));
  const kind = whole(0, depth > 0 ? 5 : 3);
  if (kind === 0) return { type: 'Discrete', n: whole(1, 5), start: whole(-3, 3) };
  if (kind === 1) {
    const nvec = Array.from({ length: whole(1, 4) }, () => whole(1, 4));
    return { type: 'MultiDiscrete', nvec, ...random() < 0.5 && { start: nvec.map(() => whole(-2, 2)) } };
  }
  if (kind === 2) return { type: 'MultiBinary', n: random() < 0.5 ? whole(1, 6) : [whole(1, 3), whole(1, 3)] };
  if (kind === 3) {
    const [dtype, low, high] = /** @type {[string, number, number][]} */ ([
      ['float32', -1, 1], ['float32', -Infinity, Infinity], ['float32', 0, Infinity], ['float64', -Infinity, 2], ['float64', -3, 3], ['uint8', 0, 255],
      ['int8', -5, 5], ['int16', -300, 300], ['uint16', 0, 60000], ['int32', -(2 ** 24), 2 ** 24], ['uint32', 7, 2 ** 24], ['int64', -9, -3], ['uint64', 0, 1],
    ])[whole(0, 12)];
    return { type: 'Box', shape: Array.from({ length: whole(1, 3) }, () => whole(1, 3)), dtype, low, high };
  }
  const spaces = Array.from({ length: whole(1, 4) }, () => anySpace(random, depth - 1));
  if (kind === 4) return { type: 'Tuple', spaces };
  return { type: 'Dict', spaces: Object.fromEntries(spaces.map((space) => [String.fromCodePoint(whole(48, 122)) + whole(0, 20), space])) };
}

/** The same with every number as float32 holds it. @param {any} value @returns {any} */
function rounded(value) {
  if (typeof value === 'number') return value;
  if (value instanceof Float64Array) return value.map(Math.fround);
  if (ArrayBuffer.isView(value)) return value;
  return Array.isArray(value) ? value.map(rounded) : Object.fromEntries(Object.entries(value).map(([key, each]) => [key, rounded(each)]));
}

test('flatten and unflatten are inverses over random nested spaces; samples are elements, the same from the same seed', () => {
  const random = createRng(20);
  const kinds = new Set();
  for (let i = 0; i < 1500; i++) {
    const declared = anySpace(random, 3), space = makeSpace(declared);
    kinds.add(declared.type);
    const x = space.sample(i), stream = createRng(i);
    assert.deepEqual(space.sample(stream), x);
    assert.ok(space.contains(x), JSON.stringify(declared));
    const flat = flatten(space, x), back = unflatten(space, flat);
    assert.equal(flat.length, flatdim(declared));
    assert.deepEqual(back, rounded(x), JSON.stringify(declared));
    assert.deepEqual(flatten(declared, back), flat);
    assert.deepEqual(structuredClone(space), space, 'it can be sent to a worker');
    for (const other of [undefined, null, 'text', NaN, 2 ** 40, { x: 1 }, []]) assert.equal(space.contains(other), false, JSON.stringify([declared, String(other)]));
  }
  assert.equal(kinds.size, 6);
});

test('sample: the bits are these on every machine', () => {
  const space = makeSpace({ type: 'Dict', spaces: {
    unbounded: { type: 'Box', shape: [2] }, above: { type: 'Box', shape: [2], low: 3 }, below: { type: 'Box', shape: [1], high: 0, dtype: 'float64' },
    whole: { type: 'Box', shape: [3], dtype: 'int16' }, button: { type: 'MultiBinary', n: 6 }, dial: { type: 'MultiDiscrete', nvec: [9, 9], start: [1, -9] }, gear: { type: 'Discrete', n: 5, start: -1 },
  } });
  const bytes = Array.from({ length: 200 }, (_, seed) => JSON.stringify(space.sample(seed), (_key, value) => (ArrayBuffer.isView(value) ? Array.from(/** @type {any} */ (value)) : value))).join('\n');
  assert.equal(createHash('sha256').update(bytes).digest('hex'), 'd3d235a100f2274db393f28c11098ec1613740876e6c0e6125b7a6dfb779c0d4');
  const numbers = (/** @type {SpaceLike} */ of) => {
    const random = createRng(5), each = makeSpace(of);
    return Array.from({ length: 20_000 }, () => each.sample(random)[0]);
  };
  const mean = (/** @type {number[]} */ list) => list.reduce((sum, x) => sum + x, 0) / list.length;
  const variance = (/** @type {number[]} */ list) => mean(list.map((x) => (x - mean(list)) ** 2));
  const normal = numbers({ type: 'Box', shape: [1] }), exponential = numbers({ type: 'Box', shape: [1], low: 2 });
  assert.ok(Math.abs(mean(normal)) < 0.03 && Math.abs(variance(normal) - 1) < 0.04, 'mean 0, variance 1');
  assert.ok(Math.abs(mean(exponential) - 3) < 0.03 && Math.abs(variance(exponential) - 1) < 0.06, 'mean 1 above its bound, variance 1');
  fails(() => space.sample(/** @type {any} */ (undefined)), 'BH_ERR_ARGUMENT', /sample takes a seed, a whole number of at least 0, or what createRng\(seed\) gives/);
});

test('what is no element: said with its place', () => {
  const space = makeSpace({ type: 'Dict', spaces: { pos: { type: 'Box', shape: [2], low: -1, high: 1 }, pair: { type: 'Tuple', spaces: [{ type: 'MultiDiscrete', nvec: [3, 3] }, { type: 'MultiBinary', n: 2 }] } } });
  const right = { pos: [0, 0], pair: [[0, 2], [1, 0]] };
  assert.ok(space.contains(right));
  for (const [change, message] of /** @type {[any, RegExp][]} */ ([
    [{ pos: [0] }, /^x has 1 numbers at \.pos, but must have 2 numbers there$/],
    [{ pos: [0, 'one'] }, /^x has 'one' at \.pos\[1\], but must have a finite number there$/],
    [{ pair: [[0, 3], [1, 0]] }, /^x has 3 at \.pair\[0\]\[1\], but must have a whole number between 0 and 2 there$/],
    [{ pair: [[0, 2], [1, 2]] }, /^x has 2 at \.pair\[1\]\[1\], but must have 0 or 1 there$/],
    [{ pair: [[0, 2]] }, /^x has an array of 1 rows at \.pair, but must have an array of 2 entries, as the Tuple has spaces there$/],
    [{ speed: 1 }, /^x has "speed", which the Dict has no space for; it has pair, pos$/],
    [{ pair: 5 }, /^x has 5 at \.pair/],
  ])) fails(() => flatten(space, { ...right, ...change }), 'BH_ERR_ARGUMENT', message);
  fails(() => flatten(space, { pos: [0, 0] }), 'BH_ERR_ARGUMENT', /^x has no "pair", but must have pair, pos$/);
  assert.equal(space.contains({ ...right, pos: [0, 1.5] }), false, 'beyond its bound');
  fails(() => unflatten(space, [1]), 'BH_ERR_ARGUMENT', /flat is an array of 1 numbers, but must be an array of 10 numbers/);
  fails(() => unflatten(space, new Array(10).fill(0)), 'BH_ERR_ARGUMENT', /flat has only zeros from \[0\] to \[2\]/);
});

// ---- training ----

for (const Robot of ROBOTS) {
  test(`${Robot.id}: checked, trained, saved, loaded, resumed, evaluated; alone and in a vector`, async () => {
    const { errors } = bh.checkEnv(Robot);
    assert.deepEqual(errors, []);
    const env = bh.make(Robot), model = new bh.DQN(Robot, SMALL);
    const [obs] = env.reset({ seed: 1 });
    assert.ok(env.observationSpace.contains(obs), String(obs));
    for (let seed = 0; seed < 20; seed++) assert.ok(env.observationSpace.contains(env.step(env.actionSpace.sample(seed))[0]));
    const { diverged, episodes } = await model.learn();
    assert.deepEqual([diverged, episodes], [false, 15]);
    const action = model.predict(obs);
    assert.ok(model.actionSpace.contains(action), String(action));
    assert.deepEqual(model.predict([obs, obs]), [action, action]);
    assert.ok(model.actionSpace.contains(model.predict(obs, { deterministic: false, seed: 4 })));
    assert.equal(model.qValues(obs).length, env.layout.actions.length);
    const score = model.evaluate({ episodes: 3 });
    const again = bh.loadModel(model.save(), Robot);
    assert.deepEqual([again.sha256(), again.evaluate({ episodes: 3 }), again.predict(obs)], [model.sha256(), score, action]);
    const resumed = bh.DQN.load(model.save({ full: true }), Robot);
    await Promise.all([model.learn({ steps: 100 }), resumed.learn({ steps: 100 })]);
    assert.equal(resumed.sha256(), model.sha256(), 'to the bit');
    const envs = bh.makeVec(Robot, { numEnvs: 2 });
    const rows = envs.reset({ seed: 1 })[0];
    const chosen = model.predict(rows);
    assert.equal(chosen.length, 2);
    const [, rewards] = envs.step(chosen);
    env.reset({ seed: 1 });
    assert.equal(env.step(chosen[0])[1], rewards[0]);
    fails(() => envs.step(/** @type {any} */ ([chosen[0]])), 'BH_ERR_ARGUMENT', /actions must be an array of 2/);
    fails(() => env.step(/** @type {any} */ ('left')), 'BH_ERR_ARGUMENT', new RegExp(`^${Robot.id}: action (is|has) .*but must be`));
    fails(() => model.predict(/** @type {any} */ ('here')), 'BH_ERR_ARGUMENT', /^the observation is 'here', but must be/);
    [env, model, again, resumed, envs].forEach((each) => each.dispose());
    assert.equal(bh.liveBytes(), 0);
  });
}

test('all of them are learned: the right action of each observation', async () => {
  for (const Robot of ROBOTS) {
    const model = new bh.DQN(Robot, { ...SMALL, netArch: [32], learningRate: 3e-3, gamma: 0, explorationFraction: 1, explorationFinalEps: 0.5, totalTimesteps: 4000, targetUpdateInterval: 50 });
    await model.learn();
    const { mean } = model.evaluate({ episodes: 5 });
    model.dispose();
    assert.ok(mean > 17, `${Robot.id}: ${mean} of 20`);
  }
});

/** Of its numbered actions every other one is legal, beginning with the one whose number the observations so far give; it refuses the others. @param {any} Robot */
function masked(Robot) {
  const n = Number(makeSpace(Robot.actionSpace).type === 'Discrete' ? Robot.actionSpace.n : Robot.actionSpace.type === 'MultiBinary' ? 2 ** Robot.actionSpace.n : Robot.actionSpace.nvec.reduce((/** @type {number} */ a, /** @type {number} */ b) => a * b));
  return class extends Robot {
    static id = `Masked${Robot.id}`;
    n = 0;
    /** @type {string[]} */
    names = bh.make(Robot).layout.actions;

    #mask() {
      return Array.from({ length: n }, (_, i) => Number(i % 2 === this.n % 2));
    }

    /** @param {any} options */
    reset(options) {
      this.n = 0;
      return [super.reset(options)[0], { action_mask: this.#mask() }];
    }

    /** @param {any} action */
    step(action) {
      if (!this.#mask()[this.names.indexOf(String(action))]) throw new RangeError(`${action} is not legal after ${this.n} steps`);
      this.n++;
      const [obs, reward, terminated, truncated] = super.step(action);
      return [obs, reward, terminated, truncated, { action_mask: this.#mask() }];
    }
  };
}

for (const Robot of ROBOTS) {
  const Masked = masked(Robot);
  test(`${Masked.id}: of the actions in their documented order only legal ones are taken, by a model, at random, by checkEnv and in demonstrations`, async () => {
    assert.deepEqual(bh.checkEnv(Masked, { steps: 100 }).errors, []);
    const env = bh.make(Masked), n = env.layout.actions.length, random = createRng(5);
    const model = new bh.DQN(Masked, { ...SMALL, explorationFraction: 0.5 });
    await model.learn();
    let [obs, info] = env.reset({ seed: 1 });
    const recorder = new Recorder({ env: Masked.id });
    recorder.reset(obs, info.action_mask);
    for (let t = 0; t < 20; t++) {
      assert.deepEqual([...env.actionMasks()], Array.from({ length: n }, (_, i) => Number(i % 2 === t % 2)));
      const { action_mask: actionMask } = info;
      const values = model.qValues(obs, { actionMask });
      assert.deepEqual(Array.from(values, (value) => Number(value > -Infinity)), [...actionMask]);
      const action = t % 3 === 0 ? env.actionSpace.sample(random, actionMask) : model.predict(obs, { actionMask });
      const [next, reward, terminated, truncated, after] = env.step(action);
      recorder.step(action, next, reward, terminated, truncated, undefined, after.action_mask);
      [obs, info] = [next, after];
    }
    const again = parseDemonstrations(formatDemonstrations(recorder.demonstrations()));
    const clone = new bh.Clone(env, { demonstrations: again, totalTimesteps: 20, netArch: [8], seed: 1 });
    await clone.learn();
    const first = again.episodes[0];
    const logProbs = clone.logProbs(first.obs[0], { actionMask: first.actionMasks?.[0] });
    assert.deepEqual(Array.from(logProbs, (each) => Number(each > -Infinity)), Array.from(first.actionMasks?.[0] ?? []));

    const vec = bh.makeVec(Masked, { numEnvs: 2 });
    const [, { action_mask: rows = new Int8Array() }] = vec.reset({ seed: 0 });
    assert.equal(rows.length, 2 * n);
    const actions = [env.actionSpace.sample(random, rows.subarray(0, n)), env.actionSpace.sample(random, rows.subarray(n))];
    assert.deepEqual([...vec.step(/** @type {any} */ (actions))[4].action_mask ?? []].slice(0, n), Array.from({ length: n }, (_, i) => i % 2));
    for (const each of [env, vec, model, clone]) each.dispose();
  });
}

test('sample takes a mask of numbered elements', () => {
  const space = makeSpace({ type: 'MultiDiscrete', nvec: [3, 2] });
  for (let seed = 0; seed < 5; seed++) assert.deepEqual([...space.sample(seed, [0, 0, 0, 1, 0, 0])], [1, 1]);
  assert.equal(makeSpace({ type: 'Discrete', n: 3, start: 4 }).sample(0, [false, false, true]), 6);
  fails(() => space.sample(0, [1, 0]), 'BH_ERR_ARGUMENT', /the mask is an array of 2 entries, but must be an array of 6, 1 where an element is allowed/);
  fails(() => space.sample(0, [0, 0, 0, 0, 0, 0]), 'BH_ERR_ARGUMENT', /the mask has no 1, but must allow something/);
  fails(() => space.sample(0, [0, 0, 0, 2, 0, 0]), 'BH_ERR_ARGUMENT', /the mask has 2 at \[3\], but must have 1/);
  fails(() => makeSpace({ type: 'Box', shape: [1], low: 0, high: 1 }).sample(0, [1]), 'BH_ERR_ARGUMENT', /sample takes no mask of a Box/);
});

test('Discrete with a start: tables, the environment, predict and demonstrations have the author\'s numbers', async () => {
  class Line {
    static id = 'Line-v0';
    static observationSpace = { type: 'Discrete', n: 5, start: -2 };
    static actionSpace = { type: 'Discrete', n: 2, start: 1 };
    static maxEpisodeSteps = 20;
    at = 0;

    reset() {
      this.at = -2;
      return [-2, {}];
    }

    /** @param {number} action */
    step(action) {
      if (action !== 1 && action !== 2) throw new RangeError(`${action} is no action`);
      this.at = Math.max(-2, this.at + (action === 2 ? 1 : -1));
      return [this.at, this.at === 2 ? 1 : 0, this.at === 2, false, {}];
    }
  }
  const make = /** @type {any} */ (Line);
  const model = new bh.QLearning(make, { totalTimesteps: 2000, learningRate: 0.5, explorationFinalEps: 0.3, evalFreq: 0, seed: 1 });
  await model.learn();
  assert.deepEqual([-2, -1, 0, 1].map((state) => model.predict(state)), [2, 2, 2, 2]);
  assert.deepEqual(model.predict([-2, 1]), [2, 2]);
  assert.equal(model.evaluate({ episodes: 1 }).meanLength, 4);
  assert.deepEqual(model.observationSpace, { type: 'Discrete', n: 5, start: -2 });
  fails(() => model.predict(3), 'BH_ERR_ARGUMENT', /the observation is 3, but must be a whole number between -2 and 2/);
  const env = bh.make(make);
  assert.deepEqual(env.layout.actions, ['1', '2']);
  const recorder = new Recorder({ env: 'Line-v0' });
  let [obs] = env.reset({ seed: 0 });
  recorder.reset(obs);
  for (let over = false; !over;) {
    const action = model.predict(obs), [next, reward, terminated, truncated] = env.step(action);
    recorder.step(action, next, reward, terminated, truncated);
    [obs, over] = [next, terminated || truncated];
  }
  const { episodes } = parseDemonstrations(formatDemonstrations(recorder.demonstrations()));
  assert.deepEqual([episodes[0].obs, episodes[0].actions], [[-2, -1, 0, 1, 2], [2, 2, 2, 2]]);
  const clone = new bh.Clone(make, { demonstrations: episodes, totalTimesteps: 300, netArch: [16], evalFreq: 0 });
  await clone.learn();
  assert.equal(clone.predict(-2), 2);
  fails(() => env.step(0), 'BH_ERR_ARGUMENT', /Line-v0: action is 0, but must be a whole number between 1 and 2/);
  fails(() => new bh.Clone(make, { demonstrations: [{ ...episodes[0], actions: [2, 2, 2, 0] }] }), 'BH_ERR_ARGUMENT', /episodes\[0\]: an action is 0, but must be a whole number between 1 and 2/);
  fails(() => new bh.Clone('CartPole-v1', { demonstrations: [{ obs: [[0, 0, 0, 0], [0, 0, 0, 0]], actions: [-1], rewards: [0], terminated: true, truncated: false }] }), 'BH_ERR_FORMAT', /actions\[0\] is -1, but must be a whole number, at least 0/);
  [model, env, clone].forEach((each) => each.dispose());
});

test('demonstrations of every kind of space go through their file', async () => {
  for (const Robot of ROBOTS) {
    const env = bh.make(Robot), random = createRng(1);
    const recorder = new Recorder({ env: Robot.id });
    recorder.reset(env.reset({ seed: 2 })[0]);
    for (let t = 0, over = false; !over && t < 100; t++) {
      const action = env.actionSpace.sample(random), [next, reward, terminated, truncated] = env.step(action);
      recorder.step(action, next, reward, terminated, truncated);
      over = terminated || truncated;
    }
    const read = parseDemonstrations(formatDemonstrations(recorder.demonstrations()));
    const [direct, file] = [recorder.demonstrations(), read].map((demonstrations) => new bh.Clone(Robot, { demonstrations, netArch: [8], evalFreq: 0, totalTimesteps: 50, seed: 1 }));
    await Promise.all([direct.learn(), file.learn()]);
    assert.equal(file.sha256(), direct.sha256(), Robot.id);
    [env, direct, file].forEach((each) => each.dispose());
  }
});

// ---- checkpoints ----

test('a checkpoint says which spaces it is of, is refused by others, and has a right checksum', async () => {
  const [Robot] = ROBOTS;
  const changed = (/** @type {object} */ spaces) => /** @type {any} */ (Object.assign(() => new Robot(), { id: Robot.id, observationSpace: Robot.observationSpace, actionSpace: Robot.actionSpace, maxEpisodeSteps: 20 }, spaces));
  const base = changed({ actionSpace: { type: 'MultiDiscrete', nvec: [2, 3] } });
  const model = new bh.DQN(base, SMALL), bytes = model.save(), full = model.save({ full: true });
  for (const [actionSpace, message] of /** @type {[any, RegExp][]} */ ([
    [{ type: 'MultiDiscrete', nvec: [3, 2] }, /another space of actions, \["MultiDiscrete",\[2,3\],0\], but here it is \["MultiDiscrete",\[3,2\],0\]/],
    [{ type: 'MultiDiscrete', nvec: [2, 3], start: [1, 0] }, /here it is \["MultiDiscrete",\[2,3\],\[1,0\]\]/],
    [{ type: 'Discrete', n: 6, start: 1 }, /here it is \["Discrete",6,1\]/],
    [{ type: 'Discrete', n: 6 }, /another space of actions/],
  ])) {
    for (const data of [bytes, full]) fails(() => bh.DQN.load(data, changed({ actionSpace })), 'BH_ERR_SHAPE', message);
    const other = new bh.DQN(changed({ actionSpace }), SMALL);
    fails(() => bh.DQN.load(other.save(), base), 'BH_ERR_SHAPE', /another space of actions/);
    other.dispose();
  }
  for (const data of [bytes, full]) {
    const size = new DataView(data.buffer, data.byteOffset).getUint32(0, true);
    const header = new TextDecoder().decode(data.subarray(8, 8 + size)), { __metadata__: metadata } = JSON.parse(header);
    assert.equal(size % 8, 0);
    assert.match(metadata.spaces, /MultiDiscrete/);
    const zeroed = Uint8Array.from(data);
    zeroed.set(new TextEncoder().encode('0'.repeat(64)), 8 + header.indexOf(metadata.sha256));
    assert.equal(createHash('sha256').update(zeroed).digest('hex'), metadata.sha256);
    const tampered = Uint8Array.from(data);
    tampered[8 + header.indexOf('MultiDiscrete')] ^= 1;
    fails(() => bh.DQN.load(tampered, base), 'BH_ERR_FORMAT', /checksum|damaged/);
    fails(() => bh.DQN.load(data, 'CartPole-v1'), 'BH_ERR_SHAPE', /env/);
  }
  const size = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const tensors = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + size)));
  delete tensors.__metadata__;
  const text = new TextEncoder().encode(JSON.stringify(tensors)), length = new Uint8Array(8);
  length[0] = text.length % 256;
  length[1] = text.length >> 8;
  const foreign = bh.DQN.load(Uint8Array.from([...length, ...text, ...bytes.subarray(8 + size)]), base, SMALL);
  assert.equal(foreign.sha256(), model.sha256(), 'a file of another program does not say');
  foreign.dispose();
  model.dispose();
});

// ---- in a worker, on the command line ----

test('a session in a worker has the same spaces, and the same run', async () => {
  const { port1, port2 } = new MessageChannel();
  serve({ port: port2, envs: ROBOTS });
  const trainer = await connect({ port: port1 });
  for (const Robot of ROBOTS) {
    const session = await trainer.create({ env: Robot.id, algo: 'dqn', options: SMALL });
    const model = new bh.DQN(Robot, SMALL);
    await Promise.all([session.learn(), model.learn()]);
    assert.equal(await session.sha256(), model.sha256());
    assert.deepEqual(session.info.actionSpace, model.actionSpace);
    assert.deepEqual(session.info.observationSpace, model.observationSpace);
    const obs = model.observationSpace.sample(1);
    assert.deepEqual(await session.predict(obs), model.predict(obs));
    assert.deepEqual(await session.qValues(obs), model.qValues(obs));
    assert.deepEqual(await session.save(), model.save());
    const frame = new Promise((done) => {
      session.onFrame = done;
    });
    await session.step(1);
    const { last, obs: flat } = /** @type {import('../../web/bellhop.js').Frame} */ (await frame);
    assert.ok(session.info.layout.actions[last.action] !== undefined && flat.every(Number.isFinite));
    await session.dispose();
    model.dispose();
  }
  trainer.terminate();
});

const folder = mkdtempSync(join(tmpdir(), 'bellhop-spaces-'));
after(() => rmSync(folder, { recursive: true }));
const { bellhop, refused } = cli(folder);

test('on the command line: train, eval, record, clone', () => {
  writeFileSync(join(folder, 'robots.mjs'), `export { ROBOTS as default } from ${JSON.stringify(new URL('./space-envs.mjs', import.meta.url).href)};`);
  const run = (/** @type {string[]} */ ...args) => {
    const { status, stderr, json } = bellhop(...args);
    assert.equal(status, 0, stderr);
    return json().at(-1);
  };
  const id = 'Dict-v0', env = `robots.mjs#${id}`;
  const trained = run('train', env, '--algo', 'dqn', '--total-timesteps', '400', '--learning-starts', '50', '--seed', '1', '--out', 'robot', '--json');
  assert.equal(trained.env, id);
  const score = run('eval', 'robot/model.safetensors', '--env', 'robots.mjs', '--json');
  assert.equal(score['eval/mean_reward'], trained['final/mean_reward']);
  const recorded = run('record', env, '--policy', 'robot/model.safetensors', '--episodes', '3', '--epsilon', '0.3', '--out', 'robot.jsonl', '--json');
  assert.equal(recorded.episodes, 3);
  const { episodes } = parseDemonstrations(readFileSync(join(folder, 'robot.jsonl')));
  const space = makeSpace(ROBOTS.find((Robot) => Robot.id === id)?.actionSpace ?? { type: 'Discrete', n: 1 });
  assert.ok(Array.from(episodes[0].actions).every((action) => space.contains(action)));
  assert.equal(run('record', env, '--policy', 'random', '--episodes', '2', '--out', 'random.jsonl', '--json').episodes, 2);
  assert.equal(run('clone', env, '--demonstrations', 'robot.jsonl', '--total-timesteps', '50', '--json').env, id);
  writeFileSync(join(folder, 'other.mjs'), `import ROBOTS from './robots.mjs';\nconst Robot = ROBOTS.find(({ id }) => id === '${id}');\nexport default class extends Robot {\n  static actionSpace = { type: 'MultiDiscrete', nvec: [2, 3] };\n}\n`);
  refused(['eval', 'robot/model.safetensors', '--env', 'other.mjs'], 1, /another space of actions, \["MultiDiscrete",\[3,2\],0\], but here it is \["MultiDiscrete",\[2,3\],0\]/);
});
