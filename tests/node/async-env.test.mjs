// SPDX-License-Identifier: MIT
// Environments that answer later: the run is the one of an environment that answers at once, to the bit; and environments that somebody
// else steps, by act, observe and learn.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { checkEnv, checkEnvAsync, connect, load } from '../../web/node/node.mjs';
import { cli } from './cli-process.mjs';
import { fails } from './fails.mjs';
import { CartPole } from './js-envs.mjs';

/** How long an answer takes: no time but a turn of the queue, or, now and then, one of the event loop. */
let turns = 0;
const later = () => ++turns % 50 === 0 ? new Promise((done) => void setImmediate(done)) : Promise.resolve();

/** The same environment, whose reset and step are async. @param {any} Base @returns {any} */
const answeringLater = (Base) => class extends Base {
  /** @param {{ seed?: number }} options */
  async reset(options) {
    await later();
    return super.reset(options);
  }

  /** @param {any} action */
  async step(action) {
    await later();
    return super.step(action);
  }
};

class AsyncCartPole extends answeringLater(CartPole) {}

const OPTIONS = { seed: 3, totalTimesteps: 900, evalFreq: 300, nEvalEpisodes: 5, logFreq: 100, netArch: [16] };
/** @type {import('../../web/bellhop.js').Bellhop} */
let bh;
before(async () => {
  bh = await load();
});

/** Everything there is to know of a run. @param {import('../../web/bellhop.js').Model} model @param {object} [options]  of learn */
async function whole(model, options) {
  /** @type {unknown[]} */
  const records = [];
  const { timesteps, episodes } = await model.learn({ ...options, onProgress: (now) => void records.push(...now.records) });
  const score = await model.evaluateAsync({ episodes: 7, which: 'best' });
  const all = { timesteps, episodes, score, records, sha256: model.sha256(), best: model.sha256({ which: 'best' }) };
  model.dispose();
  return all;
}

for (const [algo, options] of /** @type {const} */ ([
  ['DQN', { learningStarts: 100, nEnvs: 1 }], ['DQN', { learningStarts: 100, nEnvs: 3 }], ['PPO', { nSteps: 64, nEnvs: 2 }], ['REINFORCE', {}],
])) {
  test(`an async CartPole gives the fingerprint of the synchronous one: ${algo}, ${JSON.stringify(options)}`, async () => {
    const [now, awaited] = await Promise.all([CartPole, AsyncCartPole].map((env) => whole(new bh[algo](env, { ...OPTIONS, ...options }))));
    assert.deepEqual(awaited, now);
    assert.ok(now.episodes > 5 && now.records.length > 10);
    assert.equal(bh.liveBytes(), 0);
  });
}

/** What a single object has to say of itself. @param {any} env */
const spacesOf = ({ id, observationSpace, actionSpace, maxEpisodeSteps }) => ({ id, observationSpace, actionSpace, maxEpisodeSteps });

const UNITS = { normalizeObservation: true, normalizeReward: true, scaleReward: 0.5 };
for (const [algo, options] of /** @type {const} */ ([
  ['DQN', { frameSkip: 3, nEnvs: 3 }], ['DQN', { frameStack: 4, nEnvs: 2 }], ['PPO', { frameSkip: 2, frameStack: 3, nSteps: 32, nEnvs: 3 }], ['DQN', { ...UNITS, nEnvs: 3 }],
  ['DQN', { ...UNITS, frameSkip: 4, frameStack: 2, maxEpisodeSteps: 37, nEnvs: 3 }],
])) {
  test(`so it does where observations, rewards and steps go together: ${algo}, ${JSON.stringify(options)}`, async () => {
    const all = { ...OPTIONS, ...algo === 'DQN' && { learningStarts: 100 }, ...options };
    const [now, awaited] = await Promise.all([CartPole, AsyncCartPole].map((env) => whole(new bh[algo](env, /** @type {any} */ (all)))));
    assert.deepEqual(awaited, now);
    assert.ok(now.episodes > 5 && now.records.length > 10);
    assert.equal(bh.liveBytes(), 0);
  });
}

/** Says by its mask which of six actions count now, and refuses the others. */
class Masked {
  static id = 'Masked-v0';
  static options = [{ name: 'least', type: 'int', default: 0, min: 0, max: 3 }];
  static observationSpace = { type: 'Dict', spaces: { at: { type: 'Discrete', n: 10 }, rest: { type: 'Box', shape: [2], low: 0, high: 9, dtype: 'float64' } } };
  static actionSpace = { type: 'MultiDiscrete', nvec: [3, 2], start: [1, 0] };
  static maxEpisodeSteps = 12;
  at = 0;
  state = 1;

  constructor({ least = 0 } = {}) {
    this.least = least;
  }

  #observation() {
    return { at: this.at % 10, rest: [this.state % 7, this.state % 3] };
  }

  actionMasks() {
    return Array.from({ length: 6 }, (_, i) => Number(i >= this.least && i % 2 === this.state % 2));
  }

  /** @param {{ seed?: number }} options @returns {any} */
  reset({ seed }) {
    if (seed !== undefined) this.state = seed % 1000;
    this.at = 0;
    return [this.#observation(), {}];
  }

  /** @param {any} action @returns {any} */
  step([a, b]) {
    if (!this.actionMasks()[(a - 1) * 2 + b]) throw new RangeError(`[${a}, ${b}] is not legal`);
    this.state = (this.state * 31 + 7 + a) % 1000;
    this.at += 1;
    return [this.#observation(), a === 1 + this.state % 3 ? 1 : 0, this.at === 9 && this.state % 2 === 0, false, {}];
  }
}
class AsyncMasked extends answeringLater(Masked) {}

for (const [algo, options] of /** @type {const} */ ([['DQN', { learningStarts: 50, nEnvs: 3 }], ['DQN', { learningStarts: 50, frameStack: 2, ...UNITS }], ['PPO', { nSteps: 32, nEnvs: 2 }]])) {
  test(`masks, spaces and options of one that answers later: ${algo}, ${JSON.stringify(options)}`, async () => {
    assert.deepEqual((await checkEnvAsync(AsyncMasked)).errors, []);
    const make = (/** @type {any} */ Env) => Object.assign(() => new Env({ least: 1 }), spacesOf(Env));
    const [now, awaited] = await Promise.all([Masked, AsyncMasked].map((Env) => whole(new bh[algo](make(Env), /** @type {any} */ ({ ...OPTIONS, ...options })))));
    assert.deepEqual(awaited, now);
    assert.ok(now.episodes > 5);
    assert.equal(bh.liveBytes(), 0);
  });
}

test('masks that only come with a late answer are told', async () => {
  class Late extends AsyncMasked {
    actionMasks = /** @type {any} */ (undefined);

    /** @param {any} options @returns {any} */
    async reset(options) {
      const [obs] = await super.reset(options);
      return [obs, { action_mask: [1, 1, 1, 1, 1, 1] }];
    }
  }
  const model = new bh.DQN(Late, SMALL);
  await assert.rejects(model.learn(), /Masked-v0: reset\(.*\) gave info.action_mask, but an environment that answers later says its masks by a method: actionMasks\(\)/);
  model.dispose();
});

test('outside: masks, spaces and units are those of learn', async () => {
  const all = { ...OPTIONS, ...UNITS, learningStarts: 50, evalFreq: 0, netArch: [8] };
  class Seeded extends Masked {
    /** @param {{ seed?: number }} options */
    reset({ seed }) {
      return super.reset(seed === undefined ? {} : { seed: 5 });
    }
  }
  const model = new bh.DQN(Seeded, all);
  await model.learn({ steps: 200 });
  const game = new Seeded(), { observationSpace, actionSpace } = Masked;
  const outside = new bh.DQN(/** @type {any} */ ({ id: 'Masked-v0', observationSpace, actionSpace, actionMasks: () => game.actionMasks() }), all);
  let [obs] = game.reset({ seed: 5 });
  for (let t = 0, length = 1; t < 200; t++, length++) {
    const [next, reward, terminated] = game.step(outside.act(obs));
    const truncated = length === 12;
    outside.observe([next, reward, terminated, truncated]);
    outside.learn();
    obs = terminated || truncated ? game.reset({})[0] : next;
    if (terminated || truncated) length = 0;
  }
  assert.equal(outside.sha256(), model.sha256());
  const skipping = new bh.DQN(/** @type {any} */ ({ id: 'Masked-v0', observationSpace, actionSpace }), { frameSkip: 2 });
  fails(() => skipping.act(obs), 'BH_ERR_CONFIG', /frameSkip is 2, but an environment that you step takes as many steps of an action as you let it; leave it 1/);
  for (const each of [model, outside, skipping]) each.dispose();
});

test('in parts, with a single object, stopped and gone on with, and resumed from a full checkpoint: the same bits', async () => {
  const wanted = await whole(new bh.DQN(CartPole, { ...OPTIONS, learningStarts: 100 }));
  const inParts = new bh.DQN(AsyncCartPole, { ...OPTIONS, learningStarts: 100 });
  const records = /** @type {unknown[]} */ ([]);
  const onProgress = (/** @type {any} */ now) => void records.push(...now.records);
  await inParts.learn({ steps: 100, onProgress });
  const stop = new AbortController();
  await inParts.learn({ signal: stop.signal, sliceMilliseconds: 1, onProgress: (now) => {
    onProgress(now);
    if (now.timesteps > 250) stop.abort();
  } });
  assert.ok(inParts.timesteps > 250 && inParts.timesteps < 900, `${inParts.timesteps}`);
  const rest = await whole(inParts);
  assert.deepEqual({ ...rest, records: [...records, ...rest.records] }, wanted);

  const [one, later1] = await Promise.all([new CartPole(), new AsyncCartPole()].map((env) => whole(new bh.DQN(Object.assign(env, { ...spacesOf(CartPole) }), { ...OPTIONS, learningStarts: 100 }))));
  assert.deepEqual(later1, one);
});

/** Counts, and says so. */
class Counter {
  static id = 'Counter-v0';
  static observationSpace = { type: 'Box', shape: [2], low: 0, high: 20 };
  static actionSpace = { type: 'Discrete', n: 2 };
  at = 0;
  state = 1;

  /** @param {{ seed?: number }} options @returns {any} */
  reset({ seed }) {
    if (seed !== undefined) this.state = seed % 1000;
    this.at = 0;
    return [[this.at, this.state % 7], {}];
  }

  /** @param {number} action @returns {any} */
  step(action) {
    this.state = (this.state * 31 + 7) % 1000;
    this.at += 1;
    return [[this.at, this.state % 7], action === this.state % 2 ? 1 : 0, this.at === 9, false, {}];
  }

  getState() {
    return { at: this.at, state: this.state };
  }

  /** @param {any} state */
  setState(state) {
    Object.assign(this, state);
  }
}
class AsyncCounter extends answeringLater(Counter) {}
const SMALL = { ...OPTIONS, learningStarts: 50, nEnvs: 2, netArch: [8] };

test('a full checkpoint of one that answers later goes on to the same bits; in the middle of a step there is none', async () => {
  const wanted = await whole(new bh.DQN(Counter, SMALL));
  const first = new bh.DQN(AsyncCounter, SMALL);
  const records = /** @type {unknown[]} */ ([]);
  /** @type {Uint8Array[]} */
  const saved = [];
  await first.learn({ steps: 202, onProgress: (now) => {
    records.push(...now.records);
    saved.push(first.save({ full: true })); // between two steps, as always in onProgress
  } });
  const learning = first.learn({ steps: 10 });
  await null;
  for (const use of [() => first.save({ full: true }), () => first.evaluate(), () => first.set({ learningRate: 1e-3 }), () => first.loadParameters(saved[0]), () => first.predict([1, 1], { deterministic: false })]) {
    fails(use, 'BH_ERR_STATE', /^this DQN model waits for Counter-v0 in the middle of a step or an evaluation: call this where that is over, as in onProgress or after await learn\(\)$/);
  }
  assert.equal(first.predict([1, 1]) in [0, 1], true, 'it may be looked at');
  const score = first.evaluateAsync({ episodes: 3 }); // after that step
  await learning;
  assert.equal((await score).episodes, 3);
  first.dispose();
  const again = bh.loadModel(/** @type {Uint8Array} */ (saved.at(-1)), AsyncCounter);
  const rest = await whole(again);
  assert.deepEqual({ ...rest, records: [...records, ...rest.records] }, wanted);
  assert.equal(bh.liveBytes(), 0);
});

test('answers are awaited side by side', async () => {
  let waiting = 0, most = 0;
  class Slow extends Counter {
    /** @param {number} action @returns {any} */
    async step(action) {
      most = Math.max(most, ++waiting);
      await new Promise((done) => void setImmediate(done));
      waiting--;
      return super.step(action);
    }
  }
  const model = new bh.DQN(Slow, { ...SMALL, nEnvs: 5, evalFreq: 0 });
  await model.learn({ totalTimesteps: 50 });
  assert.equal(most, 5);
  await model.evaluateAsync({ episodes: 4 });
  assert.equal(most, 5);
  model.dispose();
});

test('a rejected promise is told with environment, step and cause; nothing is learned from it, and the model goes on', async () => {
  let failsAt = 40, n = 0;
  class Failing extends AsyncCounter {
    /** @param {number} action @returns {any} */
    async step(action) {
      if (++n === failsAt) throw new RangeError('the motor is hot');
      return super.step(action);
    }
  }
  const model = new bh.DQN(Failing, { ...SMALL, nEnvs: 1, evalFreq: 0 });
  await assert.rejects(model.learn({ totalTimesteps: 100 }), (/** @type {any} */ error) => {
    assert.match(error.message, /^Counter-v0: step\([01]\) rejected with RangeError: the motor is hot$/);
    assert.equal(error.status, 'BH_ERR_ENV');
    return error.cause instanceof RangeError;
  });
  assert.equal(model.timesteps, 39);
  assert.equal((await model.learn({ steps: 61 })).timesteps, 100);
  failsAt = n + 5;
  await assert.rejects(model.evaluateAsync({ episodes: 2 }), /rejected with RangeError/);
  assert.equal((await model.evaluateAsync({ episodes: 2 })).episodes, 2);
  model.dispose();
  assert.equal(bh.liveBytes(), 0);
});

test('a step that gives up when the signal is aborted ends learn as the signal does', async () => {
  const stop = new AbortController();
  class Stuck extends Counter {
    /** @param {number} action @returns {any} */
    step(action) {
      if (this.at < 5) return super.step(action);
      return new Promise((_, reject) => {
        stop.signal.addEventListener('abort', () => reject(stop.signal.reason));
        setImmediate(() => stop.abort());
      });
    }
  }
  const model = new bh.DQN(Stuck, { ...SMALL, nEnvs: 1, evalFreq: 0 });
  const { timesteps } = await model.learn({ totalTimesteps: 100, signal: stop.signal });
  assert.equal(timesteps, 5);
  model.dispose();
});

test('disposed while it waits: learn rejects, nothing is left', async () => {
  class Never extends Counter {
    /** @param {number} action @returns {any} */
    step(action) {
      return this.at < 3 ? super.step(action) : new Promise((done) => void setImmediate(() => done(super.step(action))));
    }
  }
  const model = new bh.DQN(Never, { ...SMALL, nEnvs: 1 });
  const learning = model.learn();
  const evaluation = model.evaluateAsync(); // would come after the step
  model.dispose();
  await Promise.all([learning, evaluation].map((each) => assert.rejects(each, /was disposed/)));
  assert.equal(bh.liveBytes(), 0);
});

test('calls that cannot wait refuse it by a sentence that says what to call', async () => {
  const wanted = /^Counter-v0: reset\(.*\) returned a Promise, which this call cannot wait for: await learn\(\), evaluateAsync\(\) or the methods of a session instead; make\(\) and makeVec\(\) are for environments that answer at once$/;
  const model = new bh.DQN(AsyncCounter, SMALL);
  fails(() => model.evaluate(), 'BH_ERR_ENV', wanted);
  await model.learn({ totalTimesteps: 20 });
  model.dispose();
  const env = bh.make(AsyncCounter);
  fails(() => env.reset(), 'BH_ERR_ENV', wanted);
  env.dispose();
  fails(() => checkEnv(AsyncCounter), 'BH_ERR_ENV', /reset\({ seed: 0 }\) returned a Promise, which checkEnv cannot wait for: await checkEnvAsync\(\)/);
});

test('checkEnvAsync waits, and finds what checkEnv finds', async () => {
  assert.deepEqual(await checkEnvAsync(AsyncCounter, { steps: 200 }), checkEnv(Counter, { steps: 200 }));
  assert.deepEqual(await checkEnvAsync(Counter, { steps: 200 }), checkEnv(Counter, { steps: 200 }));
  class Wrong extends AsyncCounter {
    /** @param {number} action @returns {any} */
    async step(action) {
      const [obs, reward] = await super.step(action);
      return [obs, reward, 0, false, {}];
    }
  }
  await assert.rejects(checkEnvAsync(Wrong), /returned terminated as 0/);
  class Rejecting extends AsyncCounter {
    /** @returns {any} */
    async step() {
      throw new TypeError('no motor');
    }
  }
  await assert.rejects(bh.checkEnvAsync(Rejecting), /step\([01]\) rejected with TypeError: no motor/);
});

// ---- worker and command line ----

const folder = mkdtempSync(join(tmpdir(), 'bellhop-async-'));
after(() => rmSync(folder, { recursive: true }));
const lib = pathToFileURL(join(import.meta.dirname, '../../web/node/node.mjs')).href;
const body = Counter.toString();
writeFileSync(join(folder, 'counter.mjs'), `${body}\nexport default class extends Counter { async reset(o) { await null; return super.reset(o); } async step(a) { await null; return super.step(a); } }\n`);
writeFileSync(join(folder, 'now.mjs'), `export default ${body}\n`);
writeFileSync(join(folder, 'thread.mjs'), `import { serve } from '${lib}';\nimport Later from './counter.mjs';\nserve({ envs: [Later] });\n`);

test('a session in a worker: played, stepped, changed, evaluated and saved between steps, to the same bits', async () => {
  const thread = new Worker(pathToFileURL(join(folder, 'thread.mjs')));
  after(() => thread.terminate());
  const trainer = await connect({ worker: thread });
  const options = { ...SMALL, totalTimesteps: 400 };
  const model = new bh.DQN(Counter, options);
  await model.learn();
  const session = await trainer.create({ env: 'Counter-v0', algo: 'dqn', options });
  const over = new Promise((done) => {
    session.onFrame = (frame) => void (frame.finished && done(frame));
  });
  await session.play({ stepsPerSecond: 2000 });
  assert.equal((await session.evaluate({ episodes: 2 })).episodes, 2);
  assert.ok((await session.save({ full: true })).length > 1000);
  await over;
  assert.equal(await session.sha256(), model.sha256());

  const stepped = await trainer.create({ env: 'Counter-v0', algo: 'dqn', options });
  await stepped.step(150);
  await stepped.play();
  await stepped.pause();
  const other = bh.loadModel(await stepped.save({ full: true }), Counter), same = new bh.DQN(Counter, options);
  await same.learn({ steps: other.timesteps });
  assert.ok(other.timesteps >= 150);
  assert.equal(other.sha256(), same.sha256());
  other.set({ learningRate: 2e-3 });
  await stepped.set({ learningRate: 2e-3 });
  await Promise.all([stepped, other].map((each) => each.learn()));
  assert.equal(await stepped.sha256(), other.sha256());
  [model, other, same].forEach((each) => each.dispose());
  trainer.terminate();
});

test('bellhop train FILE.mjs of one that answers later', () => {
  const { done } = cli(folder);
  const flags = ['--algo', 'dqn', '--total-timesteps', '300', '--learning-starts', '50', '--net-arch', '8', '--eval-freq', '100', '--json'];
  const [now, awaited] = ['./now.mjs', './counter.mjs'].map((file) => done('train', file, ...flags, '--out', `runs${file.slice(1, 4)}`).json().at(-1));
  assert.equal(awaited.params_sha256, now.params_sha256);
  assert.equal(awaited['eval/mean_reward'], now['eval/mean_reward']);
  assert.match(done('eval', 'runs/co/best_model.safetensors', '--env', './counter.mjs').stdout, /^return/m);
  assert.ok(process.version);
});

// ---- outside ----

const GAME = { id: 'Game-v0', observationSpace: Counter.observationSpace, actionSpace: Counter.actionSpace };

/** Steps a counter outside, as a game does. @param {import('../../web/bellhop.js').Model} model @param {number} n @param {Counter} game @param {any} obs */
async function playOutside(model, n, game, obs) {
  const records = [];
  for (let i = 0; i < n; i++) {
    const outcome = game.step(/** @type {any} */ (model.act(obs)));
    model.observe(outcome);
    const learned = model.learn();
    obs = outcome[2] || outcome[3] ? game.reset({})[0] : outcome[0];
    records.push(...(await learned).records ?? []);
  }
  return { obs, records };
}

for (const [algo, options] of /** @type {const} */ ([['DQN', { learningStarts: 50 }], ['PPO', { nSteps: 64 }], ['SAC', { learningStarts: 50 }]])) {
  test(`act, observe, learn outside are learn's own steps, to the bit: ${algo}`, async () => {
    const isBox = algo === 'SAC';
    /** Takes the sign of its number, where actions are a Box. */
    class Seeded extends Counter {
      static actionSpace = isBox ? { type: 'Box', shape: [1], low: -1, high: 1 } : Counter.actionSpace;

      /** @param {{ seed?: number }} options */
      reset({ seed }) {
        return super.reset(seed === undefined ? {} : { seed: 5 });
      }

      /** @param {any} action */
      step(action) {
        return super.step(isBox ? Number(action[0] > 0) : action);
      }
    }
    const all = { ...OPTIONS, ...options, evalFreq: 0, netArch: [8] };
    const model = new bh[algo](Seeded, /** @type {any} */ (all));
    /** @type {any[]} */
    const inside = [];
    await model.learn({ steps: 200, onProgress: (now) => void inside.push(...now.records) });
    const outside = new bh[algo](/** @type {any} */ ({ ...GAME, actionSpace: Seeded.actionSpace }), /** @type {any} */ (all));
    const game = new Seeded();
    const half = await playOutside(outside, 95, game, game.reset({ seed: 5 })[0]);
    const saved = outside.save({ full: true });
    outside.dispose();
    const again = /** @type {any} */ (bh.loadModel(saved, /** @type {any} */ ({ ...GAME, actionSpace: Seeded.actionSpace })));
    const rest = await playOutside(again, 105, game, half.obs);
    assert.equal(again.sha256(), model.sha256());
    assert.deepEqual([...half.records, ...rest.records], inside);
    assert.deepEqual([again.timesteps, again.episodes], [model.timesteps, model.episodes]);
    [model, again].forEach((each) => each.dispose());
    assert.equal(bh.liveBytes(), 0);
  });
}

test('outside, what is out of order or of another kind is told', async () => {
  const model = new bh.DQN(GAME, { seed: 0, learningStarts: 10 });
  const outcome = [[1, 1], 0, false, false, {}];
  fails(() => model.observe(outcome), 'BH_ERR_STATE', /observe was called before act chose an action/);
  model.act([0, 0]);
  fails(() => model.act([0, 0]), 'BH_ERR_STATE', /act was called before observe took in the last action/);
  for (const [wrong, message] of /** @type {[any, RegExp][]} */ ([
    [7, /observe takes what step returns, \[observation, reward, terminated, truncated\], but got 7/], [[[1, 1], 0, false], /an array of 3/], [[[1, 1], NaN, false, false], /reward is NaN/],
    [[[1, 1], 0, 1, false], /terminated is 1, but must be true or false/], [[[1, 1, 1], 0, false, false], /the observation has 3 numbers, but must have 2/], [[[[1, 1], [1, 1]], 0, false, false], /there are 2 observations/],
  ])) fails(() => model.observe(wrong), 'BH_ERR_ARGUMENT', message);
  fails(() => model.act([NaN, 0]), 'BH_ERR_ARGUMENT', /observation\[0\] is NaN/);
  model.observe(outcome);
  await assert.rejects(model.learn({ steps: 5 }), /learn takes no options where you step Game-v0/);
  await assert.rejects(model.evaluateAsync(), /^BellhopError: Game-v0: reset\(.*\) is not there, as only its spaces were given: it is stepped by act\(\), observe\(\) and learn\(\)$|only its spaces were given/);
  model.dispose();
  const own = new bh.DQN(Counter, SMALL);
  fails(() => own.act([0, 0]), 'BH_ERR_STATE', /^act is for an environment that you step, of which the model gets the spaces alone: .*; Counter-v0 is stepped by learn\(\)/);
  own.dispose();
  const many = new bh.DQN(Object.freeze({ ...GAME }), { seed: 0 });
  many.dispose();
  fails(() => new bh.DQN(GAME, { nEnvs: 2 }), 'BH_ERR_CONFIG', /nEnvs is 2, but Game-v0 is a single object/);
  assert.equal(bh.liveBytes(), 0);
});
