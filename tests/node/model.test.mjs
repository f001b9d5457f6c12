// SPDX-License-Identifier: MIT
// Models: learning, prediction, evaluation, live options, checkpoints good and bad.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { load } from '../../web/node/node.mjs';
import { inFileOrder } from '../../web/lib/checkpoint.mjs';
import { fails } from './fails.mjs';

const bh = await load();
const env = bh.make('GridWorld-v0');
const cart = bh.make('CartPole-v1');
const SMALL = { netArch: [8], bufferSize: 200, learningStarts: 20, batchSize: 8, totalTimesteps: 500, evalFreq: 100, nEvalEpisodes: 2 };
after(() => [env, cart].forEach((each) => each.dispose()));

test('where learning begins steps take longer: learn can be stopped right there', async () => {
  const model = new bh.DQN(cart, { preset: false, netArch: [256, 256], bufferSize: 5000, batchSize: 1024, learningStarts: 4000, trainFreq: 1, gradientSteps: 10, evalFreq: 0, totalTimesteps: 6000 });
  await model.learn({ onProgress: ({ timesteps }) => timesteps <= 4000 });
  assert.equal(model.timesteps, 4001);
  model.dispose();
});

test('only Q-learning and DQN have a bonus in their targets', () => {
  for (const Other of [bh.SARSA, bh.ExpectedSARSA, bh.DoubleQLearning]) {
    fails(() => new Other(env, /** @type {any} */ ({ explorationBonusInTarget: true })), 'BH_ERR_CONFIG', /no option 'explorationBonusInTarget'/);
  }
  new bh.QLearning(env, { exploration: 'ucb', explorationBonusInTarget: true }).dispose();
});

test('value iteration finds V* and the way to the goal', async () => {
  const model = new bh.ValueIteration(env);
  await model.learn({ totalTimesteps: 100 });
  const expected = { 0: 0.81, 1: 0.9, 2: 0.81, 3: 0.9, 4: 1, 6: 1, 8: 1 };
  for (const [state, value] of Object.entries(expected)) {
    assert.ok(Math.abs(Math.max(...model.qValues(Number(state))) - value) < 1e-9, `V(${state})`);
  }
  let [state] = env.reset();
  let [reward, terminated] = [0, false];
  while (!terminated) [state, reward, terminated] = env.step(model.predict(state));
  assert.equal(reward, 1);
  model.dispose();
});

test('DQN learns the gridworld; progress tells how', async () => {
  const model = new bh.DQN(env, { seed: 1 });
  const seen = { records: 0, evals: 0, last: /** @type {any} */ (null) };
  const result = await model.learn({
    totalTimesteps: 4000,
    onProgress(progress) {
      seen.records += progress.records.length;
      seen.evals += progress.records.filter(({ type }) => type === 'eval').length;
      seen.last = progress;
    },
  });
  assert.deepEqual([result.timesteps, result.totalTimesteps, result.episodes, result.diverged, result.finished, result.solvedAt], [4000, 4000, model.episodes, false, false, model.solvedAt]);
  assert.equal(result.nUpdates, result['train/n_updates']);
  assert.equal(model.timesteps, 4000);
  assert.equal(seen.evals, 4000 / Number(model.options.evalFreq));
  assert.equal(seen.records, model.episodes + seen.evals + 4000 / Number(model.options.logFreq));
  for (const name of ['rollout/ep_rew_mean', 'rollout/ep_len_mean', 'rollout/exploration_rate', 'train/loss',
    'train/learning_rate', 'train/n_updates', 'eval/mean_reward', 'time/total_timesteps']) {
    assert.ok(Number.isFinite(seen.last[name]), name);
  }
  assert.deepEqual([seen.last.timesteps, seen.last.totalTimesteps, seen.last.episodes], [4000, 4000, model.episodes]);
  assert.ok(Number(model.solvedAt) > 0 && Number(model.solvedAt) <= 4000);
  const score = model.evaluate({ which: 'best', episodes: 5, seed: 1 });
  assert.deepEqual([score.mean, score.std, score.meanLength, score.episodes], [1, 0, 3, 5]);
  model.dispose();
});

test('the same seed gives the same parameters, however it is sliced and watched; another one others', async () => {
  const run = async (/** @type {number} */ seed, /** @type {object} */ how) => {
    const model = new bh.DQN(cart, { ...SMALL, seed });
    await model.learn({ totalTimesteps: 500, ...how });
    model.evaluate({ episodes: 2 });
    const sha256 = model.sha256();
    model.dispose();
    return sha256;
  };
  const first = await run(3, {});
  assert.equal(await run(3, { sliceMilliseconds: 0.01, onProgress: () => {} }), first);
  assert.notEqual(await run(4, {}), first);
});

test('stopAtThreshold ends learning right at the evaluation, however it is sliced; called again, it goes on', async () => {
  const stop = async (/** @type {number} */ sliceMilliseconds) => {
    const model = new bh.DQN(env, { seed: 2, stopAtThreshold: true });
    assert.equal(model.finished, false);
    await model.learn({ sliceMilliseconds });
    assert.deepEqual([model.finished, model.timesteps], [true, model.solvedAt]);
    const at = { timesteps: model.timesteps, sha256: model.sha256() };
    await model.learn({ totalTimesteps: 100, sliceMilliseconds });
    assert.deepEqual([model.finished, model.timesteps], [false, at.timesteps + 100]);
    model.dispose();
    return at;
  };
  const first = await stop(0.01);
  assert.deepEqual(await stop(100), first);
  const whole = new bh.DQN(env, { seed: 2 });
  await whole.learn();
  assert.deepEqual([whole.solvedAt, whole.finished], [first.timesteps, false]);
  assert.ok(whole.timesteps > first.timesteps);
  whole.dispose();
});

test('learn goes on where it was, and stops on request', async () => {
  const model = new bh.DQN(cart, SMALL);
  await model.learn();
  assert.equal(model.timesteps, 500);
  await model.learn({ totalTimesteps: 100 });
  assert.equal(model.timesteps, 600);
  assert.equal(model.options.totalTimesteps, 600);
  await model.learn({ totalTimesteps: 1e9, sliceMilliseconds: 1, onProgress: () => false });
  const stopped = model.timesteps;
  assert.ok(stopped > 600 && stopped < 1e6);
  await model.learn({ totalTimesteps: 1000, signal: AbortSignal.abort() });
  assert.equal(model.timesteps, stopped);
  model.dispose();
});

test('the event loop turns while it learns, and a second learn is refused', async () => {
  const model = new bh.DQN(cart, SMALL);
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  const stop = new AbortController();
  const learning = model.learn({ totalTimesteps: 1e9, signal: stop.signal });
  await assert.rejects(model.learn(), /is learning/);
  while (turns < 3) await new Promise((done) => setTimeout(done, 1));
  stop.abort();
  await learning;
  clearInterval(timer);
  model.dispose();
});

test('several environments at once', async () => {
  const model = new bh.DQN(cart, { ...SMALL, nEnvs: 8 });
  await model.learn({ totalTimesteps: 100 });
  assert.equal(model.timesteps, 104);
  model.dispose();
});

test('bad arguments of learn, evaluate, predict', async () => {
  const model = new bh.DQN(cart, SMALL);
  await assert.rejects(model.learn({ totalTimesteps: 0 }), /totalTimesteps is 0/);
  await assert.rejects(model.learn({ totalTimesteps: NaN }), /totalTimesteps is NaN/);
  await assert.rejects(model.learn(/** @type {any} */ ({ total_timesteps: 5 })), /did you mean 'totalTimesteps'/);
  await assert.rejects(model.learn(/** @type {any} */ ({ onProgress: 3 })), /onProgress is 3, but must be a function/);
  fails(() => model.evaluate({ episodes: 0 }), 'BH_ERR_ARGUMENT', /episodes is 0/);
  fails(() => model.evaluate(/** @type {any} */ ({ which: 'last' })), 'BH_ERR_ARGUMENT', /which is 'last'.*'current' or 'best'/);
  const table = new bh.QLearning(env);
  for (const obs of [[0, 0, 0], [0, 0, 0, NaN], [0, 0, 0, '1'], 'abcd', null, undefined, 3, {}, [], [[0, 0, 0, 0], [0]]]) {
    fails(() => model.predict(/** @type {any} */ (obs)), 'BH_ERR_ARGUMENT', /observation/);
  }
  for (const state of [-1, 9, 0.5, NaN, '0', null, []]) fails(() => table.predict(/** @type {any} */ (state)), 'BH_ERR_ARGUMENT', /observation/);
  assert.equal(model.timesteps, 0);
  assert.equal(model.predict([0, 0, 0, 0]), model.predict(new Float32Array(4)));
  [model, table].forEach((each) => each.dispose());
});

test('predict is the argmax of qValues, for one observation and for many', () => {
  const model = new bh.DQN(cart, SMALL);
  const batch = [[0.1, 0, 0, 0], [0, 0, -0.2, 1], [1, 1, 0.1, -1]];
  const q = model.qValues(batch);
  assert.equal(q.length, 6);
  batch.forEach((obs, i) => {
    assert.deepEqual([...model.qValues(obs)], [...q.subarray(2 * i, 2 * i + 2)]);
    assert.equal(model.predict(obs), q[2 * i + 1] > q[2 * i] ? 1 : 0);
  });
  assert.deepEqual(model.predict(batch), batch.map((obs) => model.predict(obs)));
  assert.deepEqual([...model.qValues(Float32Array.from(batch.flat()))], [...q]);
  model.dispose();
});

test('numbers in the order of a checkpoint: maps lie channels last in memory, channels first in the file', () => {
  const memory = Float32Array.from({ length: 12 }, (_, i) => i);
  assert.deepEqual([...inFileOrder(memory, [1, 1, 1, 12], [0, 1, 1, 1])], [...memory]);
  assert.deepEqual([...inFileOrder(memory, [1, 3, 4, 1], [0, 1, 3, 12])], [0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11]);
  // O = 2 outputs, C = 3 channels, P = 2 positions: (o, c, p) is at 6p + 2c + o.
  const ordered = inFileOrder(memory, [1, 2, 3, 2], [0, 1, 2, 6]);
  assert.ok(ordered instanceof Float32Array);
  assert.deepEqual([...ordered], [0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11]);
  assert.equal(memory[1], 1);
});

test('parameters are copies, in the orientation of a checkpoint', () => {
  const model = new bh.DQN(cart, { ...SMALL, netArch: [3] });
  const parameters = model.parameters();
  assert.deepEqual(Object.entries(parameters).map(([name, { shape }]) => [name, ...shape]),
    [['q_net.q_net.0.weight', 3, 4], ['q_net.q_net.0.bias', 3], ['q_net.q_net.2.weight', 2, 3], ['q_net.q_net.2.bias', 2]]);
  const [w0, b0, w1, b1] = Object.values(parameters).map(({ data }) => data);
  const obs = [0.3, -0.2, 0.1, 0.5];
  const hidden = [...b0].map((bias, i) => Math.max(0, obs.reduce((sum, x, j) => sum + x * w0[i * 4 + j], bias)));
  const expected = [...b1].map((bias, i) => hidden.reduce((sum, x, j) => sum + x * w1[i * 3 + j], bias));
  model.qValues(obs).forEach((value, i) => assert.ok(Math.abs(value - expected[i]) < 1e-6));
  const sha256 = model.sha256();
  w0.fill(0);
  assert.equal(model.sha256(), sha256);
  model.dispose();
});

test('parameters of a dueling network, which are slices of wider matrices, are those of the file', () => {
  for (const [id, options] of /** @type {const} */ ([['CartPole-v1', { dueling: true }], ['CartPole-v1', { preset: 'rainbow' }], ['Catch-v0', { dueling: true }]])) {
    const model = new bh.DQN(/** @type {any} */ (id), { ...options, seed: 1 });
    const file = model.save();
    const size = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
    const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + size)));
    for (const [name, { shape, data }] of Object.entries(model.parameters())) {
      const [from, to] = header[name].data_offsets;
      assert.deepEqual(shape, header[name].shape);
      assert.deepEqual(data, new Float32Array(file.slice(8 + size + from, 8 + size + to).buffer), `${id}: ${name}`);
    }
    model.dispose();
  }
});

test('mean max Q is of the observations it learns from, whatever stands for the returns', async () => {
  class Once {
    static id = 'Once-v0';
    static observationSpace = { type: 'Box', shape: [2] };
    static actionSpace = { type: 'Discrete', n: 2 };
    reset() { return [[1, 0], {}]; }
    step() { return [[0, 1], 1, true, false, {}]; }
  }
  for (const distribution of /** @type {const} */ (['expected', 'categorical', 'quantile'])) {
    const model = new bh.DQN(/** @type {any} */ (Once), { distribution, seed: 0, netArch: [16], learningRate: 0.01, trainFreq: 1, learningStarts: 50, evalFreq: 0, targetUpdateInterval: 500, vMin: -2, vMax: 2 });
    let last = NaN;
    await model.learn({ totalTimesteps: 1500, onProgress: (now) => void (last = now['train/mean_q'] ?? last) });
    const q = Math.max(...model.qValues([1, 0]));
    assert.ok(Math.abs(q - 1) < 0.1 && Math.abs(last - q) < 0.05, `${distribution}: ${q}, recorded ${last}`);
    model.dispose();
  }
});

test('the deviation of large returns; parameters that are no numbers are never the best', async () => {
  let episode = 0;
  const large = {
    id: 'Large-v0', observationSpace: { type: 'Discrete', n: 1 }, actionSpace: { type: 'Discrete', n: 2 },
    reset: () => [0, {}], step: () => [0, 1e8 + (episode++ % 2 ? 1 : -1), true, false, {}],
  };
  const model = new bh.QLearning(/** @type {any} */ (large), { evalFreq: 0 });
  assert.equal(model.evaluate({ episodes: 10 }).std, 1);
  model.dispose();
  const diverging = new bh.DQN(cart, { ...SMALL, learningRate: 10, optimizer: 'sgd', loss: 'mse', maxGradNorm: 0, learningStarts: 300, evalFreq: 200, seed: 0 });
  await diverging.learn({ totalTimesteps: 2000 });
  assert.ok(diverging.qValues([0, 0, 0, 0]).some(Number.isNaN));
  for (const { data } of Object.values(diverging.parameters({ which: 'best' }))) assert.ok(data.every(Number.isFinite));
  diverging.dispose();
});

test('live options of the environment keep their values, too, where another option is refused', () => {
  const model = new bh.DQN('Translate-v0', { netArch: [4] });
  const before = model.env.options;
  fails(() => model.set(/** @type {any} */ ({ wordsWeight: 0.25, learningRate: -1 })), 'BH_ERR_CONFIG', /learningRate is -1/);
  assert.deepEqual(model.env.options, before);
  model.set(/** @type {any} */ ({ wordsWeight: 0.25 }));
  assert.deepEqual(model.env.options, { ...before, wordsWeight: 0.25 });
  model.dispose();
});

test('live options: taken, or refused with nothing changed', () => {
  const model = new bh.DQN(cart, SMALL);
  model.set({ learningRate: 0.5, gamma: 0.5 });
  assert.deepEqual([model.options.learningRate, model.options.gamma], [0.5, 0.5]);
  fails(() => model.set({ learningRate: 0.25, gamma: 2 }), 'BH_ERR_CONFIG', /gamma is 2, but must be between 0 and 1/);
  assert.equal(model.options.learningRate, 0.5);
  fails(() => model.set({ batchSize: 4 }), 'BH_ERR_CONFIG', /batchSize cannot change/);
  fails(() => model.set(/** @type {any} */ ({ suttonBartoReward: true })), 'BH_ERR_CONFIG', /suttonBartoReward cannot change/);
  fails(() => model.set(/** @type {any} */ ({ learningrate: 1 })), 'BH_ERR_CONFIG', /did you mean 'learningRate'/);
  model.dispose();
});

test('a model takes the id of an environment, shipped or registered, and leaves nothing behind', async () => {
  const live = bh.liveBytes();
  const [byId, byEnv] = [new bh.DQN('CartPole-v1', { ...SMALL, seed: 3 }), new bh.DQN(cart, { ...SMALL, seed: 3 })];
  await Promise.all([byId, byEnv].map((model) => model.learn({ totalTimesteps: 200 })));
  assert.equal(byId.sha256(), byEnv.sha256());
  assert.deepEqual(byId.env, byEnv.env);
  const slippery = bh.make('FrozenLake-v1', { isSlippery: false });
  const table = new bh.QLearning(slippery);
  const copy = bh.loadModel(table.save(), 'FrozenLake-v1');
  assert.equal(copy.env.options.isSlippery, false, 'a checkpoint keeps the options it was saved with');
  fails(() => bh.loadModel(table.save(), 'CartPole-v1'), 'BH_ERR_SHAPE', /env is 'FrozenLake-v1', but here it is 'CartPole-v1'/);
  [byId, byEnv, slippery, table, copy].forEach((each) => each.dispose());
  let open = 0;
  class Own {
    static id = 'ById-v0';
    static observationSpace = { type: 'Discrete', n: 1 };
    static actionSpace = { type: 'Discrete', n: 2 };
    made = ++open;
    reset() {
      return [0, {}];
    }

    step() {
      return [0, 1, true, false, {}];
    }

    close() {
      open--;
    }
  }
  bh.register(/** @type {any} */ (Own));
  const own = new bh.QLearning('ById-v0');
  assert.ok(open > 0);
  own.dispose();
  assert.deepEqual([open, bh.liveBytes()], [0, live]);
});

test('ids that are none, and what Stable-Baselines3 takes first, are told', () => {
  fails(() => new bh.DQN('CartPol-v1'), 'BH_ERR_UNKNOWN', /unknown environment 'CartPol-v1'; did you mean 'CartPole-v1'\?/);
  fails(() => new bh.DQN('MlpPolicy', /** @type {any} */ (cart)), 'BH_ERR_ARGUMENT', /^DQN: the environment comes first, but got 'MlpPolicy'; networks are set by options here, such as netArch/);
});

// ---- checkpoints ----

test('save and load give the same model, with its environment and options', async () => {
  const maze = bh.make('GridWorld-v0', { map: ['S..', '.#.', '..G'], slip: 0.1 });
  for (const Class of [bh.DQN, bh.QLearning]) {
    const model = new Class(maze, { seed: 2, totalTimesteps: 300 });
    await model.learn();
    for (const which of /** @type {const} */ (['current', 'best'])) {
      const bytes = model.save({ which });
      for (const copy of [Class.load(bytes), Class.load(bytes, maze), bh.loadModel(bytes.buffer)]) {
        assert.ok(copy instanceof Class);
        assert.equal(copy.sha256(), model.sha256({ which }));
        assert.deepEqual(copy.env, model.env);
        assert.deepEqual(copy.options, model.options);
        copy.dispose();
      }
    }
    const changed = Class.load(model.save(), maze, { learningRate: 0.25 });
    assert.equal(changed.options.learningRate, 0.25);
    await changed.learn({ totalTimesteps: 50 });
    changed.dispose();
    model.dispose();
  }
  maze.dispose();
});

test('a checkpoint is a safetensors file', () => {
  const model = new bh.DQN(cart, { ...SMALL, netArch: [3] });
  const bytes = model.save();
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  assert.equal(header.__metadata__.env, 'CartPole-v1');
  assert.equal(header.__metadata__['config.net_arch'], '3');
  const { dtype, shape, data_offsets: [start, end] } = header['q_net.q_net.0.weight'];
  assert.deepEqual([dtype, shape], ['F32', [3, 4]]);
  const data = new Float32Array(bytes.slice(8 + length + start, 8 + length + end).buffer);
  assert.deepEqual(data, model.parameters()['q_net.q_net.0.weight'].data);
  model.dispose();
});

test('every prefix and every flipped bit of a checkpoint is refused, and all stays usable', () => {
  const model = new bh.QLearning(env);
  const bytes = model.save();
  const live = bh.liveBytes();
  const sha256 = model.sha256();
  for (let n = 0; n < bytes.length; n++) {
    assert.throws(() => bh.QLearning.load(bytes.subarray(0, n)), { name: 'BellhopError', status: 'BH_ERR_FORMAT' }, `${n} bytes`);
  }
  for (let i = 0; i < bytes.length; i++) {
    const damaged = bytes.slice();
    damaged[i] ^= 1 << (i % 8);
    assert.throws(() => bh.QLearning.load(damaged), { name: 'BellhopError' }, `bit ${i % 8} of byte ${i}`);
  }
  for (const nothing of [undefined, null, 'bytes', 5, {}]) {
    assert.throws(() => bh.QLearning.load(/** @type {any} */ (nothing)), { name: 'BellhopError', status: 'BH_ERR_ARGUMENT' });
  }
  assert.equal(bh.liveBytes(), live);
  assert.equal(model.sha256(), sha256);
  bh.QLearning.load(bytes).dispose();
  model.dispose();
});

test('a checkpoint of another environment, algorithm or shape is refused', () => {
  const [dqn, table] = [new bh.DQN(cart, SMALL), new bh.QLearning(env)];
  const large = bh.make('GridWorld-v0', { map: ['S..', '...', '...', '..G'] });
  const live = bh.liveBytes();
  fails(() => bh.DQN.load(dqn.save(), env), 'BH_ERR_SHAPE', /env is 'CartPole-v1', but here it is 'GridWorld-v0'/);
  fails(() => bh.QLearning.load(dqn.save()), 'BH_ERR_SHAPE', /algo is 'dqn', but here it is 'q-learning'/);
  fails(() => bh.QLearning.load(table.save(), large), 'BH_ERR_SHAPE', /q_table/);
  fails(() => bh.DQN.load(dqn.save(), cart, { netArch: [16] }), 'BH_ERR_SHAPE', /q_net/);
  assert.equal(bh.liveBytes(), live);
  [dqn, table, large].forEach((each) => each.dispose());
});

test('a disposed model says so', async () => {
  const model = new bh.DQN(cart, SMALL);
  const learning = model.learn({ totalTimesteps: 1e9 });
  model.dispose();
  await assert.rejects(learning, { status: 'BH_ERR_STATE' });
  await assert.rejects(model.learn(), { status: 'BH_ERR_STATE' });
  for (const use of [() => model.save(), () => model.predict([0, 0, 0, 0]), () => model.evaluate(), () => model.timesteps, () => model.set({ gamma: 1 })]) {
    fails(use, 'BH_ERR_STATE', /was disposed/);
  }
  model.dispose();
});
