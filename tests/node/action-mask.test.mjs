// SPDX-License-Identifier: MIT
// Action masks in JavaScript: those of shipped environments and of one's own, by info and by method, in models, values, demonstrations,
// checkpoints and vectors; what is refused; and a model as the other player.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDemonstrations, load, parseDemonstrations, Recorder } from '../../web/node/node.mjs';

const bh = await load();

/** From 0 to 4: back (not in 0), on, and in 1 a leap of two. A step costs 1. Takes illegal actions for mistakes. */
class Hall {
  static id = 'Hall-v0';
  static observationSpace = { type: 'Discrete', n: 5 };
  static actionSpace = { type: 'Discrete', n: 3 };
  static maxEpisodeSteps = 40;
  s = 0;

  mask() {
    return [Number(this.s > 0), 1, Number(this.s === 1)];
  }

  reset() {
    this.s = 0;
    return [this.observation(), this.info()];
  }

  step(/** @type {number} */ action) {
    if (!this.mask()[action]) throw new Error(`illegal: ${action} in ${this.s}`);
    this.s += action === 0 ? -1 : action;
    return [this.observation(), -1, this.s >= 4, false, this.info()];
  }

  /** @returns {any} */
  observation() {
    return Math.min(this.s, 4);
  }

  /** @returns {any} */
  info() {
    return { action_mask: this.mask() };
  }
}

/** The same, said by a method, and seen as numbers. */
class HallByMethod extends Hall {
  static id = 'HallByMethod-v0';
  static observationSpace = { type: 'Box', shape: [5], low: 0, high: 1 };

  actionMasks() {
    return this.mask().map(Boolean);
  }

  observation() {
    return Array.from({ length: 5 }, (_, i) => Number(i === Math.min(this.s, 4)));
  }

  info() {
    return {};
  }
}

const SMALL = { totalTimesteps: 1500, learningStarts: 50, netArch: [16], gamma: 1 };

for (const [algo, options] of /** @type {[string, object][]} */ ([
  ['QLearning', {}], ['SARSA', {}], ['ExpectedSARSA', {}], ['DoubleQLearning', {}], ['DQN', { learningStarts: 50, netArch: [16] }], ['PPO', { netArch: [16] }], ['REINFORCE', { netArch: [16] }], ['PQN', { netArch: [16] }],
])) {
  test(`${algo} takes legal actions alone, by info and by method`, async () => {
    for (const env of algo.includes('earning') || algo.includes('SARSA') ? [Hall] : [Hall, HallByMethod]) {
      const model = new (/** @type {any} */ (bh))[algo](env, { totalTimesteps: 1500, ...options });
      await model.learn(); // an illegal action throws
      const obs = env === Hall ? 2 : [0, 0, 1, 0, 0];
      for (let seed = 0; seed < 20; seed++) assert.ok(model.predict(obs, { actionMask: [1, 1, 0], deterministic: false, seed }) < 2);
      assert.equal(model.predict(obs, { actionMask: [0, 0, 1] }), 2);
      assert.ok(model.evaluate({ episodes: 3 }).mean <= -3);
      model.dispose();
    }
  });
}

test('values of illegal actions are -Infinity; without a mask all are legal; several observations take several masks', async () => {
  const model = new bh.DQN(HallByMethod, SMALL);
  const rows = [[1, 0, 0, 0, 0], [0, 1, 0, 0, 0]], masks = [[0, 1, 0], [1, 1, 1]];
  const plain = model.qValues(rows), masked = model.qValues(rows, { actionMask: masks });
  assert.deepEqual([...masked].map(Number.isFinite), [false, true, false, true, true, true]);
  assert.deepEqual([...masked].filter(Number.isFinite), [...plain].filter((_, i) => ![0, 2].includes(i)));
  assert.deepEqual(model.qValues(rows, { actionMask: masks.flat() }), masked);
  assert.deepEqual(model.predict(rows, { actionMask: masks })[0], 1);
  assert.equal(model.predictValues(rows, { actionMask: masks })[0], masked[1]);
  const policy = new bh.PPO(HallByMethod, { totalTimesteps: 100, netArch: [8] });
  const logs = policy.logProbs(rows[0], { actionMask: [1, 0, 1] });
  assert.equal(logs[1], -Infinity);
  assert.ok(Math.abs(Math.exp(logs[0]) + Math.exp(logs[2]) - 1) < 1e-6);
  model.dispose();
  policy.dispose();
});

test('a mask that cannot be is refused, in words', () => {
  const model = new bh.DQN(HallByMethod, SMALL), obs = [1, 0, 0, 0, 0];
  const ask = (/** @type {any} */ actionMask) => () => model.predict(obs, { actionMask });
  assert.throws(ask([0, 0, 0]), { status: 'BH_ERR_ARGUMENT', message: 'actionMask has no legal action' });
  assert.throws(ask([1, 1]), { message: /^actionMask has 2 entries, but must have 3 for each of 1 observation$/ });
  assert.throws(ask([1, 2, 0]), { message: /has 2 at \[1\], but must have 1 where an action is legal and 0 where not/ });
  assert.throws(ask(7), { status: 'BH_ERR_ARGUMENT' });
  model.dispose();
  const other = new bh.DQN('CartPole-v1', { netArch: [8] });
  assert.throws(() => other.predict([0, 0, 0, 0], { actionMask: [1, 1] }), { message: /has no action masks/ });
  other.dispose();
});

test('an environment that gives no legal action, or no mask any more, fails with the step it was', async () => {
  /** @param {any} info */
  const hall = (info) => class extends Hall {
    /** @param {number} action */
    step(action) {
      const result = super.step(action);
      return [...result.slice(0, 4), this.s === 2 ? info : this.info()];
    }
  };
  const learn = async (/** @type {any} */ env) => {
    const model = new bh.QLearning(env, { totalTimesteps: 500 });
    try {
      await model.learn();
    } finally {
      model.dispose();
    }
  };
  await assert.rejects(learn(hall({ action_mask: [0, 0, 0] })), { status: 'BH_ERR_ENV', message: /step\(1\), step \d+ of the episode, gave an info\.action_mask without a legal action/ });
  await assert.rejects(learn(hall({})), { message: /gave info\.action_mask as undefined, but it must be an array of 3/ });
  await assert.rejects(learn(hall({ action_mask: [1, 1] })), { message: /with 2 entries, but there are 3 actions/ });
  const report = bh.checkEnv(hall({ action_mask: [0, 0, 0] }), { throws: false });
  assert.ok(report.errors.some((error) => /without a legal action/.test(error)), report.errors.join('\n'));
  assert.deepEqual(bh.checkEnv(Hall, { throws: false }).errors, []);
  let resets = 0;
  class Said extends Hall {
    hasActionMask = true;

    reset() {
      resets++;
      return super.reset();
    }
  }
  new bh.QLearning(Said, { totalTimesteps: 10 }).dispose();
  assert.equal(resets, 1, 'the first of the run: none to look');
  class Narrow extends Hall {
    static observationSpace = { type: 'Discrete', n: 1 };
  }
  assert.throws(() => new bh.QLearning(Narrow, {}), { status: 'BH_ERR_CONFIG', message: /observationSpace\.n is 1, but must be at least 2 where there are action masks/ });
});

test('demonstrations have masks, through the file too; an illegal action in them is refused', async () => {
  const env = bh.make(Hall), recorder = new Recorder({ env: 'Hall-v0' });
  const [first, info] = env.reset();
  recorder.reset(first, info.action_mask);
  for (const action of [1, 2, 1]) {
    const [obs, reward, terminated, truncated, after] = env.step(action);
    recorder.step(action, obs, reward, terminated, truncated, undefined, after.action_mask);
  }
  const kept = parseDemonstrations(formatDemonstrations(recorder.demonstrations()));
  assert.deepEqual(kept.episodes[0].actionMasks, [[0, 1, 0], [1, 1, 1], [1, 1, 0], [1, 1, 0]]);
  const model = new bh.DQN(Hall, { ...SMALL, demonstrations: kept });
  model.dispose();
  const wrong = { ...kept, episodes: [{ ...kept.episodes[0], actions: [1, 2, 2] }] };
  assert.throws(() => new bh.DQN(Hall, { ...SMALL, demonstrations: wrong }), { message: /the action of transition 2 is 2, which its action mask says is illegal/ });
  env.dispose();
});

test('ConnectFour says what is legal, one by one and in a vector; a saved model plays alike; full checkpoints go on', async () => {
  const env = bh.make('ConnectFour-v0', { first: 'agent' });
  assert.equal(bh.catalog.envs.find(({ id }) => id === 'ConnectFour-v0')?.has_action_mask, true);
  const [obs, info] = env.reset({ seed: 3 });
  assert.equal(obs.length, 84);
  assert.deepEqual([...info.action_mask], [1, 1, 1, 1, 1, 1, 1]);
  assert.deepEqual(env.actionMasks(), info.action_mask);
  const full = bh.make('ConnectFour-v0', { opponent: 'self' });
  full.reset();
  for (let i = 0; i < 6; i++) full.step(2);
  assert.deepEqual([...full.actionMasks()], [1, 1, 0, 1, 1, 1, 1]);
  const [, reward, terminated] = full.step(2);
  assert.deepEqual([reward, terminated], [-1, true]);
  const envs = bh.makeVec('ConnectFour-v0', { numEnvs: 3 });
  const [, infos] = envs.reset({ seed: 5 });
  assert.equal(infos.action_mask?.length, 21);
  assert.equal(envs.step([0, 1, 2])[4].action_mask?.length, 21);
  const options = { totalTimesteps: 1200, learningStarts: 100, netArch: [16], evalFreq: 0, seed: 2 };
  const model = new bh.DQN('ConnectFour-v0', options);
  await model.learn({ steps: 600 });
  const again = bh.DQN.load(model.save({ full: true }));
  await model.learn();
  await again.learn();
  assert.equal(again.sha256(), model.sha256());
  assert.equal(bh.DQN.load(model.save()).evaluate({ episodes: 20 }).mean, model.evaluate({ episodes: 20 }).mean);
  for (const each of [env, full, envs, model, again]) each.dispose();
});

test('a model is the other player: the same seed, the same games; it is refused what is none', async () => {
  const old = new bh.DQN('ConnectFour-v0', { totalTimesteps: 600, learningStarts: 100, netArch: [16], evalFreq: 0 });
  await old.learn();
  const Against = bh.against(old);
  assert.deepEqual(bh.checkEnv(Against, { throws: false, steps: 300 }).errors, []);
  const scores = [];
  for (let i = 0; i < 2; i++) {
    const model = new bh.DQN(Against, { totalTimesteps: 600, learningStarts: 100, netArch: [16], seed: 4 });
    await model.learn();
    scores.push([model.sha256(), model.evaluate({ episodes: 20 }).mean]);
    model.dispose();
  }
  assert.deepEqual(scores[0], scores[1]);
  const first = new (bh.against(old, { first: 'opponent', deterministic: true }))();
  const [obs] = first.reset({ seed: 1 });
  assert.equal(Array.from(obs).filter(Boolean).length, 1);
  first.close?.();
  assert.throws(() => bh.against(/** @type {any} */ ({})), { message: /against takes a model/ });
  const other = new bh.DQN('CartPole-v1', { netArch: [8] });
  assert.throws(() => bh.against(other), { status: 'BH_ERR_SHAPE', message: /trained in CartPole-v1, whose observations and actions are not those of ConnectFour-v0/ });
  other.dispose();
  assert.throws(() => bh.against(old, /** @type {any} */ ({ first: 'me' })), { message: /first is 'me', but must be one of either, agent, opponent/ });
  old.dispose();
});
