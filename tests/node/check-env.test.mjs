// SPDX-License-Identifier: MIT
// checkEnv: every mistake is found, all at once, and named with what was expected and what was there.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { checkEnv, load } from '../../web/node/node.mjs';
import { fails } from './fails.mjs';
import { CartPole, GridWorld, random } from './js-envs.mjs';

/** A walk with some noise in what it observes, right in all its parts. */
class Walk {
  id = 'Walk-v0';
  observationSpace = /** @type {any} */ ({ type: 'Box', shape: [2], low: -1, high: 20 });
  actionSpace = /** @type {any} */ ({ type: 'Discrete', n: 3 });
  random = random(0);
  x = 0;
  isOver = true;

  /** @param {{ seed?: number }} options @returns {any} */
  reset({ seed }) {
    if (seed !== undefined) this.random = random(seed);
    [this.x, this.isOver] = [0, false];
    return [[0, this.random()], {}];
  }

  /** @param {number} action @returns {any} */
  step(action) {
    if (this.isOver) throw new Error('reset first');
    this.x += action;
    this.isOver = this.x > 15;
    return [new Float32Array([this.x, this.random()]), action, this.isOver, false, {}];
  }
}

/** Walks that are changed. @param {(walk: any) => object} change */
const changed = (change) => () => {
  const walk = new Walk();
  return Object.assign(walk, change(walk));
};

/** Walks whose steps return something else. @param {(result: any, walk: Walk) => any} change */
const stepping = (change) => changed((walk) => ({ step: (/** @type {number} */ action) => change(Walk.prototype.step.call(walk, action), walk) }));

/** @param {any} env */
const report = (env) => checkEnv(env, { throws: false, steps: 200 });

test('what is right passes', () => {
  assert.deepEqual(checkEnv(Walk), { ok: true, errors: [], warnings: [] });
  assert.deepEqual(checkEnv(GridWorld), { ok: true, errors: [], warnings: [] });
  const { ok, warnings } = checkEnv(CartPole, { steps: 2000, seed: 5 });
  assert.equal(ok, true);
  assert.match(warnings.join(), /step is not refused after the end/);
});

test('an environment is reset where its time limit ends an episode, as in a run', () => {
  const limited = (/** @type {number} */ maxEpisodeSteps) => changed(() => {
    let t = 0;
    return {
      maxEpisodeSteps, observationSpace: { type: 'Box', shape: [1], low: 0, high: 1 },
      reset: () => [[t = 0], {}], step: () => [[++t / 20], 0, false, false, {}],
    };
  });
  assert.deepEqual(report(limited(20)), { ok: true, errors: [], warnings: [] });
  assert.match(report(limited(21)).errors.join(), /1\.05/);
});

test('shipped environments pass, and registered ones are found by their id', async () => {
  const bh = await load();
  bh.register(Walk);
  assert.equal(bh.checkEnv('Walk-v0').ok, true);
  fails(() => bh.checkEnv('Wolk-v0'), 'BH_ERR_ENV', /the environment is 'Wolk-v0'/);
  for (const { id } of bh.catalog.envs) {
    if (id === 'Walk-v0') continue;
    const env = bh.make(id);
    const { errors, warnings } = report(env);
    assert.deepEqual(errors, [], id);
    assert.ok(warnings.every((warning) => warning.includes('no episode ended')), id); // the cliff has no limit, as in Gymnasium
    env.dispose();
  }
  assert.equal(bh.liveBytes(), 0);
});

/** @type {[string, any, RegExp][]} */
const ERRORS = [
  ['no environment', null, /the environment is null, but must be an object with reset and step/],
  ['no spaces', changed(() => ({ observationSpace: undefined, actionSpace: undefined })), /observationSpace is undefined, but must be \{ type: 'Discrete', n \} or/],
  ['wrong length', stepping(([, ...rest]) => [[1], ...rest]), /: at step 1, step\(\d\) returned an observation that has 1 numbers, but must have 2 numbers/],
  ['not a list', stepping(([, ...rest]) => ['far', ...rest]), /an observation that is 'far', but must be an array of 2 numbers/],
  ['NaN', stepping(([, ...rest]) => [[NaN, 0], ...rest]), /has NaN at \[0\], but must have a finite number there/],
  ['out of the bounds', stepping(([[x, y], ...rest]) => [[x + 30, y], ...rest]), /: at step \d+, step\(\d\) returned an observation that has 3\d at \[0\], but observationSpace says it is between -1 and 20/],
  ['Discrete out of range', changed((walk) => ({
    observationSpace: { type: 'Discrete', n: 10 }, reset: (/** @type {any} */ o) => [Walk.prototype.reset.call(walk, o)[0][0], {}],
    step: (/** @type {number} */ a) => { const [[x], ...rest] = Walk.prototype.step.call(walk, a); return [x, ...rest]; },
  })), /an observation that is 1\d, but must be a whole number between 0 and 9/],
  ['bytes', changed(() => ({ observationSpace: { type: 'Box', shape: [2], dtype: 'uint8' } })), /reset\(\{ seed: 0 \}\) returned an observation that has 0\.\d+ at \[1\], but must have a whole number between 0 and 255/],
  ['missing truncated', stepping(([obs, reward, done, , info]) => [obs, reward, done, info]), /returned an array of 4, but must return \[observation, reward, terminated, truncated, info\]: truncated is missing/],
  ['truncated is no boolean', stepping(([obs, reward, done, , info]) => [obs, reward, done, undefined, info]), /returned truncated as undefined, but it must be true or false/],
  ['terminated is no boolean', stepping(([obs, reward, done, ...rest]) => [obs, reward, Number(done), ...rest]), /returned terminated as 0, but it must be true or false/],
  ['reward', stepping(([obs, , ...rest]) => [obs, [1], ...rest]), /returned the reward \[1\], but it must be a finite number/],
  ['reward that sums would not bear', stepping(([obs, , ...rest]) => [obs, -2e30, ...rest]), /at step 1, step\(\d\) returned the reward -2e\+30, but it must be a finite number between -1e30 and 1e30/],
  ['info', stepping(([obs, reward, done, cut]) => [obs, reward, done, cut, null]), /returned info as null, but it must be an object/],
  ['reset without info', changed(() => ({ reset: () => [[0, 0]] })), /: before step 1, reset\(\{ seed: 0 \}\) returned an array of 1, but must return \[observation, info\]/],
  ['reset without a list', changed(() => ({ reset: () => ({ obs: 1 }) })), /reset\(\{ seed: 0 \}\) returned an object, but must return \[observation, info\]/],
  ['async', changed(() => ({ async step() { throw new Error('unseen'); } })), /returned a Promise, which checkEnv cannot wait for: await checkEnvAsync\(\)/],
  ['throws', changed(() => ({ step() { throw new Error('oh'); } })), /step\(\d\) threw Error: oh/],
  ['chance without a seed', changed((walk) => ({ reset: () => Walk.prototype.reset.call(Object.assign(walk, { random: Math.random }), {}) })), /the same seed and actions gave other results the second time \(observation of the reset before step 1, \[1\]: .*\): everything random must follow from the seed/],
  ['shared state', () => ({ __proto__: SHARED, reset: (/** @type {any} */ o) => SHARED.reset(o), step: (/** @type {number} */ a) => SHARED.step(a) }), /two environments that step in turns gave other results than one alone.*they share/],
];
const SHARED = new Walk();

for (const [name, env, message] of ERRORS) {
  test(`found: ${name}`, () => {
    const { ok, errors } = report(env);
    assert.equal(ok, false);
    assert.equal(errors.filter((error) => message.test(error)).length, 1, errors.join('\n'));
    fails(() => checkEnv(env), 'BH_ERR_ENV', message);
  });
}

test('all mistakes are said at once, each once', () => {
  const { errors } = report(stepping(([, , , , info], walk) => {
    walk.isOver = false;
    return [[NaN, 0], 'much', 1, 0, [info]];
  }));
  assert.equal(errors.length, 5);
  for (const what of [/NaN/, /'much'/, /terminated as 1/, /truncated as 0/, /info as \[an object\]/]) {
    assert.equal(errors.filter((error) => what.test(error)).length, 1, String(what));
  }
});

/** Steps of a fixed length whose observations are given. @param {object} space @param {(random: () => number, t: number) => any} observe @param {object} [more] */
const observing = (space, observe, more = {}) => () => {
  let next = random(0), t = 0;
  return {
    id: 'Observed-v0', observationSpace: space, actionSpace: { type: 'Discrete', n: 2 }, maxEpisodeSteps: 20,
    reset({ seed = /** @type {number | undefined} */ (undefined) }) {
      if (seed !== undefined) next = random(seed);
      return [observe(next, t = 0), {}];
    },
    step() {
      if (t >= 20) throw new Error('reset first');
      return [observe(next, ++t), 0, false, false, {}];
    },
    ...more,
  };
};
const vector = { type: 'Box', shape: [2] };
const image = (/** @type {number[]} */ shape, /** @type {object} */ more = {}) => ({ type: 'Box', shape, low: 0, high: 255, ...more });
const pixels = (/** @type {number} */ scale, /** @type {number} */ n) => (/** @type {() => number} */ next) => Array.from({ length: n }, () => Math.floor(next() * scale));

/** What is likely a mistake: the wrong environment, and one that is right although it is much like it. @type {[string, any, RegExp, any][]} */
const WARNINGS = [
  ['an array used again',
    stepping((result, walk) => [Object.assign((/** @type {any} */ (walk).shared ??= new Float32Array(2)), result[0]), ...result.slice(1)]),
    /: at step 2, step\(\d\) changed the observation that had been returned before/, Walk],
  ['no end', () => ({ ...endless(), maxEpisodeSteps: undefined }), /no episode ended within 200 random steps, and there is no maxEpisodeSteps/, () => endless()],
  ['one object', new Walk(), /it is one object, so each evaluation \(evalFreq: 1000\) is played on the object that is trained on.*; expected a function or a class/, { ...new Walk(), create: () => new Walk() }],
  ['every episode alike', changed((walk) => ({ reset: ({ seed = 0 }) => Walk.prototype.reset.call(walk, { seed }) })),
    /16 episodes that reset\(\{\}\) began were all alike, though those of other seeds are not \(observation of the reset before step 1, \[1\]: 0\.\d+, then 0\.\d+ with the seed 1\); expected reset\(\{\}\) to go on/,
    observing({ type: 'Discrete', n: 21 }, (_, t) => t)],
  ['the last seed again', changed((walk) => ({ reset({ seed = walk.last }) { walk.last = seed; return Walk.prototype.reset.call(walk, { seed }); } })), /reset\(\{\}\) began were all alike/,
    observing(vector, (next, t) => [t / 20, t === 0 ? 0 : Number(next() > 0.95)])],
  ['bytes as float32', observing(image([8, 8, 1]), pixels(256, 64)),
    /its observations look like images of bytes as float32: at step \d+ there was 2\d\d at \[\d+\]; expected numbers between 0 and 1, .*dtype: 'uint8'/,
    observing(image([8, 8, 1], { dtype: 'uint8' }), pixels(256, 64))],
  ['dark bytes as float32', observing(image([9, 9]), pixels(9, 81)), /at step \d+ there was 8 at \[\d+\]/, observing(image([9, 9], { high: 10 }), pixels(9, 81))],
  ['channels first', observing(image([3, 16, 16], { dtype: 'uint8' }), pixels(256, 768)),
    /observationSpace\.shape is \[3, 16, 16\], which looks like \(channels, height, width\); expected \(height, width, channels\): \[16, 16, 3\]/,
    observing(image([16, 16, 3], { dtype: 'uint8' }), pixels(256, 768))],
  ['four frames first', observing(image([8, 84, 84], { high: 1 }), () => new Float32Array(8 * 84 * 84)), /expected \(height, width, channels\): \[84, 84, 8\]/, observing(image([10, 10, 6], { high: 1 }), () => new Float32Array(600))],
  ['sizes apart', observing(vector, (next, t) => [1000 + t, next()]),
    /very different sizes: up to 1020 at \[0\] \(step 20\), but only up to (0\.99\d*|1) at \[1\] \(step \d+\); expected sizes less than 100 times apart, .*normalizeObservation: true/,
    observing(vector, (next, t) => [50 + t, t === 0 ? 0 : next()])],
  ['another limit', () => limited(50),
    /step 20 was truncated as the 20\. of its episode, and 10 episodes were, but maxEpisodeSteps is 50; expected one limit: set maxEpisodeSteps: 20/,
    () => limited(20)],
  ['steps after the end', stepping((result, walk) => { walk.isOver = false; return result; }), /step is not refused after the end of an episode, such as step \d+ was; expected an exception/, Walk],
];

/** Truncates its episodes itself, after 20 steps. @param {number} maxEpisodeSteps */
function limited(maxEpisodeSteps) {
  const env = observing(vector, (next, t) => [next(), t / 20], { maxEpisodeSteps })();
  const { step } = env;
  let t = 0;
  return Object.assign(env, {
    reset: ((/** @type {any} */ reset) => (/** @type {any} */ options) => reset(options, t = 0))(env.reset),
    step: () => step().with(3, ++t === 20),
  });
}

function endless() {
  return { id: 'Endless-v0', observationSpace: { type: 'Discrete', n: 1 }, actionSpace: { type: 'Discrete', n: 1 }, maxEpisodeSteps: 10, reset: () => [0, {}], step: () => [0, 0, false, false, {}] };
}

for (const [name, wrong, message, right] of WARNINGS) {
  test(`warned of: ${name}`, () => {
    const { ok, warnings } = report(wrong);
    assert.equal(ok, true);
    assert.equal(warnings.length, 1, warnings.join('\n'));
    assert.match(warnings[0], message);
    assert.deepEqual(report(right), { ok: true, errors: [], warnings: [] });
  });
}

test('an episode that the environment truncates for other reasons is no other limit', () => {
  const leaves = stepping(([obs, reward, , , info], walk) => [obs, reward, false, walk.isOver, info]);
  assert.deepEqual(report(() => Object.assign(/** @type {any} */ (leaves()), { maxEpisodeSteps: 50 })).warnings, []);
});

test('the environments of the documents pass without a warning', async () => {
  const read = (/** @type {string} */ path) => readFileSync(new URL(`../../docs/${path}`, import.meta.url), 'utf8');
  const { Taxi } = await import('../../docs/examples/own-environment/taxi.mjs');
  const written = async (/** @type {string} */ name, /** @type {string} */ path) => {
    const [text] = new RegExp(`^class ${name} \\{$[^]*?^\\}$`, 'm').exec(read(path)) ?? assert.fail(path);
    return (await import(`data:text/javascript,${encodeURIComponent(`export default ${text}`)}`)).default;
  };
  const [tank, walk] = [await written('Tank', 'environments.md'), await written('Walk', 'from-stable-baselines3.md')];
  for (const each of [tank, Taxi]) assert.deepEqual(checkEnv(each), { ok: true, errors: [], warnings: [] });
  assert.deepEqual(checkEnv(walk).warnings.filter((warning) => !warning.includes('after the end')), []);
});

test('its own options are checked', () => {
  assert.deepEqual(checkEnv(new Walk(), { evalFreq: 0 }).warnings, []);
  fails(() => checkEnv(Walk, { steps: 0 }), 'BH_ERR_ARGUMENT', /steps is 0/);
  fails(() => checkEnv(Walk, /** @type {any} */ ({ step: 5 })), 'BH_ERR_ARGUMENT', /did you mean 'steps'/);
});
