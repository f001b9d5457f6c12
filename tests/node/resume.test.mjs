// SPDX-License-Identifier: MIT
// Full checkpoints: a run that is saved at any step, loaded elsewhere and continued is the run that never stopped, for every algorithm, in
// every build; in parts it is the whole.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, mock, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { connect, load } from '../../web/node/node.mjs';
import { fails } from './fails.mjs';
import { CartPole, random } from './js-envs.mjs';

const STEPS = 360, SAVES = 25;
const BUSY = { totalTimesteps: STEPS, evalFreq: 90, nEvalEpisodes: 2, logFreq: 30, seed: 5 };
const NETWORK = { netArch: [8], batchSize: 4 };
const POLICY = { ...NETWORK, nEnvs: 3, nSteps: 16, nEpochs: 2 };
const DQN = { ...NETWORK, bufferSize: 120, learningStarts: 20, trainFreq: 2, targetUpdateInterval: 30, nSteps: 3, nEnvs: 2 };
/** @type {Record<string, { envs?: string[], options?: Record<string, any> }>} */
const ALGOS = {
  'dqn': { envs: ['CartPole-v1', 'GridWorld-v0'], options: DQN },
  'dqn rainbow': { envs: ['CartPole-v1', 'Catch-v0'], options: { ...DQN, preset: 'rainbow' } },
  'dqn ucb': { envs: ['Acrobot-v1', 'FrozenLake-v1'], options: { ...DQN, exploration: 'ucb', explorationBonusInTarget: true, optimizer: 'rmsprop' } },
  'q-learning': { options: { exploration: 'ucb' } },
  'sarsa': {},
  'expected-sarsa': { options: { exploration: 'boltzmann' } },
  'double-q-learning': {},
  'value-iteration': {},
  'policy-iteration': {},
  'policy-evaluation': {},
  'ppo': { envs: ['CartPole-v1', 'Catch-v0'], options: POLICY },
  'reinforce': { envs: ['CartPole-v1', 'Breakout-MinAtar'], options: { ...NETWORK, episodesPerUpdate: 2 } },
  'pqn': { envs: ['CartPole-v1', 'Catch-v0'], options: POLICY },
  'pqn ucb': { envs: ['FrozenLake-v1'], options: { ...POLICY, exploration: 'ucb', layerNorm: false } },
  'clone': { envs: ['CartPole-v1', 'Catch-v0'], options: NETWORK },
};
const TABLES = ['GridWorld-v0', 'CliffWalking-v1'];

const simd = await load({ simd: true });
const scalar = await load({ simd: false });
const folder = mkdtempSync(join(tmpdir(), 'bellhop-resume-'));
after(() => rmSync(folder, { recursive: true }));

/** What a run is, to the last bit. @param {import('../../web/bellhop.js').Model} model */
const stateOf = (model) => Buffer.from(model.save({ full: true })).toString('base64');

/** An episode of an environment, by its actions in turn. @param {string} id */
function played(id) {
  const env = simd.make(/** @type {any} */ (id));
  const [first] = env.reset({ seed: 1 });
  const episode = { obs: [Array.from(/** @type {any} */ (first))], actions: /** @type {number[]} */ ([]), rewards: /** @type {number[]} */ ([]), terminated: false, truncated: true };
  for (let i = 0, isOver = false; i < 40 && !isOver; i++) {
    const action = i % /** @type {any} */ (env.actionSpace).n;
    const [obs, reward, terminated, truncated] = env.step(action);
    episode.obs.push(Array.from(/** @type {any} */ (obs)));
    episode.actions.push(action);
    episode.rewards.push(reward);
    isOver = terminated || truncated;
    if (isOver) Object.assign(episode, { terminated, truncated });
  }
  env.dispose();
  return [episode];
}

/** @param {string} name @param {string} env @param {object} [extra] */
function made(name, env, extra) {
  const [algo] = name.split(' ');
  const fields = simd.catalog.algos.find((each) => each.name === algo)?.options ?? [];
  const known = (/** @type {string} */ key) => key === 'preset' || [...fields, ...simd.catalog.run].some((field) => field.key === key);
  const options = Object.entries({ ...BUSY, ...ALGOS[name].options, ...extra }).filter(([key]) => known(key));
  return new simd.models[algo](env, { ...Object.fromEntries(options), ...algo === 'clone' && { demonstrations: played(env) } });
}

for (const name of Object.keys(ALGOS)) {
  for (const env of ALGOS[name].envs ?? TABLES) {
    test(`${name} in ${env}: saved at ${SAVES} random steps, each continued to the same end with SIMD and without`, async () => {
      const drawn = random(name.length * 31 + env.length);
      const at = Array.from({ length: SAVES }, () => Math.floor(drawn() * STEPS)).sort((a, b) => a - b);
      const run = made(name, env);
      /** @type {Uint8Array[]} */
      const saved = [];
      for (const step of at) {
        if (step > run.timesteps) await run.learn({ steps: step - run.timesteps });
        saved.push(run.save({ full: true }));
      }
      await run.learn();
      const whole = stateOf(run);
      for (const [i, bytes] of saved.entries()) {
        const there = (i % 2 === 0 ? simd : scalar).loadModel(bytes);
        await there.learn();
        assert.equal(there.timesteps, run.timesteps);
        assert.ok(stateOf(there) === whole, `saved at ${at[i]}`);
        there.dispose();
      }
      run.dispose();
    });
  }
}

const native = fileURLToPath(new URL('../../build/out/o2/bellhop_golden_run', import.meta.url));

test('from WebAssembly to native code and back', { skip: existsSync(native) ? false : 'not built' }, async () => {
  for (const [name, env] of /** @type {const} */ ([['dqn rainbow', 'CartPole-v1'], ['ppo', 'Catch-v0'], ['sarsa', 'GridWorld-v0'], ['reinforce', 'Breakout-MinAtar'], ['dqn ucb', 'FrozenLake-v1']])) {
    const run = made(name, env);
    await run.learn({ steps: 101 });
    const [from, to] = [join(folder, 'from'), join(folder, 'to')];
    writeFileSync(from, run.save({ full: true }));
    execFileSync(native, [`resume ${from} 120 ${to}`]);
    const there = scalar.loadModel(readFileSync(to));
    while (run.timesteps < there.timesteps) await run.learn({ steps: there.timesteps - run.timesteps });
    assert.ok(stateOf(there) === stateOf(run), name);
    for (const model of [there, run]) {
      await model.learn();
      model.dispose();
    }
  }
});

test('ten parts are the whole, whatever the number of environments; past the plan it is stretched', async () => {
  for (const name of Object.keys(ALGOS)) {
    for (const env of ALGOS[name].envs ?? TABLES) {
      const [whole, parts] = [made(name, env), made(name, env)];
      await whole.learn();
      for (let i = 0; i < 10; i++) await parts.learn({ steps: STEPS / 10 - (i % 2 === 0 ? 1 : -1) });
      assert.equal(parts.timesteps, whole.timesteps);
      assert.ok(stateOf(parts) === stateOf(whole), `${name} in ${env}`);
      assert.equal(parts.options.totalTimesteps, STEPS);
      await parts.learn({ steps: 50 });
      assert.equal(parts.options.totalTimesteps, STEPS + 50);
      for (const model of [whole, parts]) model.dispose();
    }
  }
});

test('a part leaves the plan alone, learn() takes what is left of it, resetNumTimesteps begins it again', async () => {
  const model = made('dqn', 'CartPole-v1', { nEnvs: 1, explorationFraction: 1 });
  await model.learn({ steps: 100 });
  assert.deepEqual([model.timesteps, model.options.totalTimesteps], [100, STEPS]);
  await model.learn();
  assert.deepEqual([model.timesteps, model.options.totalTimesteps], [STEPS, STEPS]);
  const { nUpdates } = await model.learn({ totalTimesteps: 40 });
  assert.deepEqual([model.timesteps, model.options.totalTimesteps], [STEPS + 40, STEPS + 40]);
  /** @type {number[]} */
  const rates = [];
  const again = await model.learn({ totalTimesteps: 200, resetNumTimesteps: true, onProgress: ({ records }) => {
    for (const record of records) if (record.type === 'train') rates.push(record.epsilon);
  } });
  assert.deepEqual([again.timesteps, again.totalTimesteps, model.options.totalTimesteps], [200, 200, 200]);
  assert.ok(again.nUpdates > nUpdates && rates[0] > /** @type {number} */ (rates.at(-1)), 'it explores again, and goes on counting updates');
  for (const [options, message] of /** @type {[any, RegExp][]} */ ([
    [{ steps: 10, totalTimesteps: 20 }, /steps is the next part of the run, and totalTimesteps makes another plan: give one of them/],
    [{ steps: 10, resetNumTimesteps: true }, /resetNumTimesteps makes another plan/],
    [{ steps: -1 }, /steps is -1, but must be a whole number between 0 and/],
    [{ steps: '10' }, /steps is '10', but/],
    [{ resetNumTimesteps: 'yes' }, /resetNumTimesteps is 'yes', but must be true or false/],
    [{ step: 10 }, /'step'.*did you mean 'steps'/],
  ])) await assert.rejects(model.learn(options), { message });
  model.dispose();
});

// ---- what load() takes and refuses ----

test('a full checkpoint is one of parameters too, and live options may change with it', async () => {
  const model = made('dqn', 'CartPole-v1');
  await model.learn({ steps: 200 });
  const bytes = model.save({ full: true });
  const other = new simd.DQN('CartPole-v1', { ...DQN, preset: false });
  assert.equal(other.loadParameters(bytes), 4);
  assert.equal(other.sha256(), model.sha256());
  assert.equal(other.timesteps, 0);
  const changed = simd.DQN.load(bytes, 'CartPole-v1', { learningRate: 0.5, netArch: [8] });
  assert.deepEqual([changed.options.learningRate, changed.timesteps, changed.sha256({ which: 'best' })], [0.5, 200, model.sha256({ which: 'best' })]);
  fails(() => simd.DQN.load(bytes, 'CartPole-v1', { netArch: [16] }), 'BH_ERR_CONFIG', /netArch cannot change while it runs/);
  fails(() => simd.DQN.load(bytes, 'CartPole-v1', /** @type {any} */ ({ preset: false })), 'BH_ERR_CONFIG', /goes on with its own options/);
  fails(() => simd.PPO.load(bytes), 'BH_ERR_SHAPE', /the checkpoint's algo is 'dqn', but here it is 'ppo'/);
  fails(() => simd.DQN.load(bytes, 'Acrobot-v1'), 'BH_ERR_SHAPE', /env is 'CartPole-v1', but here it is 'Acrobot-v1'/);
  fails(() => model.save(/** @type {any} */ ({ full: 'yes' })), 'BH_ERR_ARGUMENT', /full is 'yes', but must be true or false/);
  fails(() => model.save({ full: true, which: 'best' }), 'BH_ERR_ARGUMENT', /a full checkpoint has the current and the best/);
  for (const each of [model, other, changed]) each.dispose();
});

test('every prefix and every flipped byte of a small full checkpoint is refused, and leaves no memory behind', async () => {
  const model = new simd.QLearning('GridWorld-v0', { ...BUSY });
  await model.learn({ steps: 60 });
  const bytes = model.save({ full: true });
  model.dispose();
  const live = simd.liveBytes();
  const refused = (/** @type {Uint8Array} */ bad, /** @type {string} */ what) => {
    assert.throws(() => simd.loadModel(bad), (/** @type {any} */ error) => error.status?.startsWith('BH_ERR_') && error.message.length > 20, what);
  };
  for (let n = 0; n < bytes.length; n++) refused(bytes.subarray(0, n), `the first ${n} bytes`);
  for (let i = 0; i < bytes.length; i++) {
    const bad = bytes.slice();
    bad[i] ^= 1 << i % 8;
    refused(bad, `byte ${i}`);
  }
  assert.equal(simd.liveBytes(), live);
});

test('saving takes no memory that stays', async () => {
  const live = simd.liveBytes();
  const model = made('dqn', 'CartPole-v1');
  await model.learn({ steps: 150 });
  const held = simd.liveBytes();
  const bytes = model.save({ full: true });
  assert.equal(simd.liveBytes(), held);
  const again = simd.loadModel(bytes);
  assert.equal(simd.liveBytes(), 2 * held - live);
  for (const each of [model, again]) each.dispose();
  assert.equal(simd.liveBytes(), live);
});

test('what was loaded is best until it is beaten', async () => {
  const model = made('dqn', 'CartPole-v1', { nEnvs: 1, totalTimesteps: 2000 });
  await model.learn();
  const bytes = model.save({ which: 'best' });
  const other = simd.DQN.load(bytes, 'CartPole-v1', { learningRate: 10, optimizer: 'sgd' }); // it gets worse from here
  /** @type {any[]} */
  const evals = [];
  await other.learn({ steps: 400, onProgress: ({ records }) => void evals.push(...records.filter(({ type }) => type === 'eval')) });
  assert.deepEqual([evals[0].timestep, evals[0].isBest], [0, true]);
  assert.ok(evals.length > 3);
  assert.ok(evals.slice(1).every(({ isBest }) => !isBest), 'nothing beats it here');
  assert.equal(other.sha256({ which: 'best' }), model.sha256({ which: 'best' }));
  for (const each of [model, other]) each.dispose();
});

// ---- environments of one's own ----

/** With everything it is in `#state`, and a random stream that can be told. */
class Drift {
  static id = 'Drift-v0';
  static observationSpace = { type: 'Box', shape: [2], low: -10, high: 10 };
  static actionSpace = { type: 'Discrete', n: 3 };
  state = { x: 0, v: -0, steps: 0, drawn: 0, seed: 0 };

  #random() {
    this.state.drawn++;
    return ((this.state.seed = Math.imul(this.state.seed + 0x6d2b79f5, 0x2545f491) >>> 0) >>> 8) / 2 ** 24;
  }

  /** @param {{ seed?: number }} options @returns {[number[], object]} */
  reset({ seed }) {
    if (seed !== undefined) this.state.seed = seed >>> 0;
    Object.assign(this.state, { x: this.#random() - 0.5, v: -0, steps: 0 });
    return [[this.state.x, this.state.v], {}];
  }

  /** @param {number} action @returns {[number[], number, boolean, boolean, object]} */
  step(action) {
    const s = this.state;
    s.v = Math.max(-1, Math.min(1, s.v + (action - 1) * 0.1 + (this.#random() - 0.5) * 0.1));
    s.x += s.v;
    s.steps++;
    return [[s.x, s.v], -Math.abs(s.x), Math.abs(s.x) > 5, s.steps >= 40, {}];
  }
}

class Telling extends Drift {
  static id = 'Telling-v0';

  getState() {
    return { ...this.state };
  }

  /** @param {any} state */
  setState(state) {
    this.state = { ...state };
  }
}

/** @type {Record<string, object>} */
const ALGO_OPTIONS = { dqn: DQN, ppo: { ...NETWORK, nSteps: 16 }, reinforce: { netArch: [8] } };

test('an environment of one\'s own with getState and setState goes on to the bit, a single object too', async () => {
  for (const [algo, nEnvs] of /** @type {[string, number][]} */ ([['dqn', 3], ['ppo', 2], ['reinforce', 1], ['dqn', 1]])) {
    const sources = nEnvs === 1 ? [new Telling(), new Telling()] : [Telling, Telling];
    const options = { ...ALGO_OPTIONS[algo], ...BUSY, nEnvs };
    const spec = { observationSpace: Telling.observationSpace, actionSpace: Telling.actionSpace, id: Telling.id };
    const [a, b] = nEnvs === 1 ? sources.map((source) => Object.assign(/** @type {any} */ (source), spec)) : sources;
    const model = new simd.models[algo](a, options);
    for (const steps of [7, 60, 33]) {
      await model.learn({ steps });
      const bytes = model.save({ full: true });
      const other = scalar.loadModel(bytes, b);
      assert.equal(stateOf(other), Buffer.from(bytes).toString('base64'));
      other.dispose();
    }
    const other = scalar.loadModel(model.save({ full: true }), b);
    await other.learn();
    await model.learn();
    assert.ok(stateOf(other) === stateOf(model), `${algo}, ${nEnvs}`);
    assert.equal(other.diverged, false, 'records without an update say nothing of those before');
    for (const each of [model, other]) each.dispose();
  }
});

test('one without begins a new episode, and the console says so; what getState gives and setState gets is checked', async () => {
  const warn = mock.method(console, 'warn', () => {});
  const model = new simd.DQN(Drift, { ...DQN, ...BUSY, nEnvs: 1 });
  await model.learn({ steps: 77 });
  const other = simd.loadModel(model.save({ full: true }), Drift);
  assert.equal(warn.mock.callCount(), 1);
  assert.match(String(warn.mock.calls[0].arguments[0]), /^bellhop: Drift-v0 begins new episodes.*getState\(\).*docs\/checkpoints\.md$/);
  assert.deepEqual([other.timesteps, other.sha256()], [model.timesteps, model.sha256()]);
  await other.learn();
  assert.equal(other.timesteps, STEPS);
  warn.mock.restore();
  for (const each of [model, other]) each.dispose();

  for (const [state, message] of /** @type {[any, RegExp][]} */ ([
    [{ a: [1, NaN] }, /^Bad-v0: getState\(\) returned NaN as state\.a\[1\], but only what JSON can hold/],
    [{ rng: 5n }, /returned .* as state\.rng/],
    [new Float32Array(2), /as state, but only/],
    [new Map(), /as state, but only/],
    [() => {}, /as state, but only/],
    [undefined, /returned undefined as state/],
  ])) {
    const Bad = class extends Telling {
      static id = 'Bad-v0';

      getState() {
        return state;
      }
    };
    const bad = new simd.SARSA(class extends Bad { static observationSpace = { type: 'Discrete', n: 4 }; reset() { return /** @type {any} */ ([0, {}]); } step() { return /** @type {any} */ ([1, 0, false, false, {}]); } }, BUSY);
    await bad.learn({ steps: 5 });
    fails(() => bad.save({ full: true }), 'BH_ERR_ENV', message);
    await bad.learn({ steps: 5 }); // it goes on
    bad.dispose();
  }
  const cyclic = /** @type {any} */ ({});
  cyclic.itself = cyclic;
  const held = new simd.DQN(class extends Telling {
    getState() {
      return cyclic;
    }
  }, { ...DQN, ...BUSY });
  fails(() => held.save({ full: true }), 'BH_ERR_ENV', /more than 100 objects within each other/);
  held.dispose();
  const told = new simd.DQN(Telling, { ...DQN, ...BUSY });
  const bytes = told.save({ full: true });
  fails(() => simd.loadModel(bytes, class extends Telling { setState() { throw new RangeError('not that one'); } }), 'BH_ERR_ENV', /^Telling-v0: setState\(\) threw RangeError: not that one/);
  fails(() => simd.loadModel(bytes, class extends Drift { static id = 'Telling-v0'; getState() { return 1; } }), 'BH_ERR_ENV', /^Telling-v0: setState is missing/);
  told.dispose();
});

// ---- a worker ----

/** @type {import('../../web/bellhop.js').Trainer} */
let trainer;
const { port1, port2 } = new MessageChannel();
const thread = new Worker(new URL('../../build/chapters/trainer-thread.mjs', import.meta.url), { workerData: port2, transferList: [/** @type {any} */ (port2)], stderr: true });
before(async () => {
  trainer = await connect({ port: port1 });
});
after(async () => {
  trainer.terminate();
  await thread.terminate();
});

test('a session is saved and made anew in a worker, and goes on to the same end as a model', async () => {
  const model = made('dqn rainbow', 'CartPole-v1');
  await model.learn({ steps: 150 });
  const session = await trainer.create({ checkpoint: model.save({ full: true }) });
  assert.deepEqual([session.info.env, session.info.algo, session.info.options], ['CartPole-v1', 'dqn', model.options]);
  await session.learn({ steps: 100 });
  const again = await trainer.create({ env: 'CartPole-v1', checkpoint: await session.save({ full: true }) });
  await again.learn();
  await model.learn();
  assert.equal(await again.sha256(), model.sha256());
  await assert.rejects(trainer.create({ checkpoint: model.save({ full: true }), demonstrations: [] }), { message: /demonstrations is for a new run/ });
  await assert.rejects(trainer.create({ checkpoint: new Uint8Array(5) }), { status: 'BH_ERR_FORMAT' });
  const plain = await trainer.create({ checkpoint: model.save() });
  assert.equal(await plain.sha256(), model.sha256());
  for (const each of [session, again, plain, model]) await each.dispose();
});

test('the shipped CartPole, written in JavaScript, says nothing of its state: a vector of it begins anew', async () => {
  const warn = mock.method(console, 'warn', () => {});
  const model = new simd.PPO(CartPole, { ...POLICY, ...BUSY });
  await model.learn({ steps: 50 });
  const other = simd.PPO.load(model.save({ full: true }), CartPole);
  await other.learn();
  assert.ok(other.timesteps >= STEPS && warn.mock.callCount() === 1);
  warn.mock.restore();
  for (const each of [model, other]) each.dispose();
});
