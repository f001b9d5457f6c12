// SPDX-License-Identifier: MIT
// checkEnv: every mistake is found, all at once, and named with what was expected and what was there.
import assert from 'node:assert/strict';
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
  assert.deepEqual(checkEnv(new Walk()), { ok: true, errors: [], warnings: [] });
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
  ['wrong length', stepping(([, ...rest]) => [[1], ...rest]), /step\(\d\) returned an observation that has 1 numbers, but must have 2 numbers/],
  ['not a list', stepping(([, ...rest]) => ['far', ...rest]), /an observation that is 'far', but must be an array of 2 numbers/],
  ['NaN', stepping(([, ...rest]) => [[NaN, 0], ...rest]), /has NaN at \[0\], but must have a finite number there/],
  ['out of the bounds', stepping(([[x, y], ...rest]) => [[x + 30, y], ...rest]), /has 3\d at \[0\], but observationSpace says it is between -1 and 20/],
  ['Discrete out of range', changed((walk) => ({
    observationSpace: { type: 'Discrete', n: 10 }, reset: (/** @type {any} */ o) => [Walk.prototype.reset.call(walk, o)[0][0], {}],
    step: (/** @type {number} */ a) => { const [[x], ...rest] = Walk.prototype.step.call(walk, a); return [x, ...rest]; },
  })), /an observation that is 1\d, but must be a whole number between 0 and 9/],
  ['bytes', changed(() => ({ observationSpace: { type: 'Box', shape: [2], dtype: 'uint8' } })), /reset\(\{ seed: 0 \}\) returned an observation that has 0\.\d+ at \[1\], but must have a whole number between 0 and 255/],
  ['missing truncated', stepping(([obs, reward, done, , info]) => [obs, reward, done, info]), /returned an array of 4, but must return \[observation, reward, terminated, truncated, info\]: truncated is missing/],
  ['truncated is no boolean', stepping(([obs, reward, done, , info]) => [obs, reward, done, undefined, info]), /returned truncated as undefined, but it must be true or false/],
  ['terminated is no boolean', stepping(([obs, reward, done, ...rest]) => [obs, reward, Number(done), ...rest]), /returned terminated as 0, but it must be true or false/],
  ['reward', stepping(([obs, , ...rest]) => [obs, [1], ...rest]), /returned the reward \[1\], but it must be a finite number/],
  ['info', stepping(([obs, reward, done, cut]) => [obs, reward, done, cut, null]), /returned info as null, but it must be an object/],
  ['reset without info', changed(() => ({ reset: () => [[0, 0]] })), /reset\(\{ seed: 0 \}\) returned an array of 1, but must return \[observation, info\]/],
  ['reset without a list', changed(() => ({ reset: () => ({ obs: 1 }) })), /reset\(\{ seed: 0 \}\) returned an object, but must return \[observation, info\]/],
  ['async', changed(() => ({ async step() { throw new Error('unseen'); } })), /returned a Promise, which checkEnv cannot wait for: await checkEnvAsync\(\)/],
  ['throws', changed(() => ({ step() { throw new Error('oh'); } })), /step\(\d\) threw Error: oh/],
  ['chance without a seed', changed((walk) => ({ reset: () => Walk.prototype.reset.call(Object.assign(walk, { random: Math.random }), {}) })), /the same seed and actions gave other results the second time \(observation number 0, \[1\]: .*\): everything random must follow from the seed/],
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

test('warnings: an array used again, no end', () => {
  const shared = new Float32Array(2);
  const reused = report(stepping(([obs, ...rest]) => {
    shared.set(obs);
    return [shared, ...rest];
  }));
  assert.equal(reused.ok, true);
  assert.match(reused.warnings.join(), /step\(\d\) changed the observation that had been returned before/);

  const endless = () => ({ id: 'Endless-v0', observationSpace: { type: 'Discrete', n: 1 }, actionSpace: { type: 'Discrete', n: 1 }, reset: () => [0, {}], step: () => [0, 0, false, false, {}] });
  assert.match(report(endless).warnings.join(), /no episode ended within 200 random steps, and there is no maxEpisodeSteps/);
  assert.deepEqual(report(() => ({ ...endless(), maxEpisodeSteps: 10 })).warnings, []);
});

test('its own options are checked', () => {
  fails(() => checkEnv(Walk, { steps: 0 }), 'BH_ERR_ARGUMENT', /steps is 0/);
  fails(() => checkEnv(Walk, /** @type {any} */ ({ step: 5 })), 'BH_ERR_ARGUMENT', /did you mean 'steps'/);
});
