// SPDX-License-Identifier: MIT
// What a model says of observations: sampled actions, state values, log-probabilities; in a worker the same.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { connect, load } from '../../web/node/node.mjs';
import { fails } from './fails.mjs';

const bh = await load();
const env = bh.make('GridWorld-v0');
const cart = bh.make('CartPole-v1');
const SMALL = { netArch: [8], bufferSize: 200, learningStarts: 20, batchSize: 8, evalFreq: 0, seed: 1 };
const STATES = Array.from({ length: 400 }, (_, i) => i % 9);
const SAMPLED = { deterministic: false };

const { port1, port2 } = new MessageChannel();
const thread = new Worker(new URL('../../build/chapters/trainer-thread.mjs', import.meta.url), { workerData: port2, transferList: [/** @type {any} */ (port2)] });
/** @type {import('../../web/bellhop.js').Trainer} */
let trainer;
before(async () => {
  trainer = await connect({ port: port1 });
});
after(async () => {
  [env, cart].forEach((each) => each.dispose());
  trainer.terminate();
  await thread.terminate();
});

/** One for each state. @param {import('../../web/bellhop.js').Model} model @param {object} options */
const acts = (model, options) => /** @type {number[]} */ (model.predict(/** @type {any} */ (STATES), options));

for (const algo of ['dqn', 'q-learning', 'ppo', 'reinforce', 'pqn']) {
  test(`${algo}: the same seed draws the same actions, calls go on, and what is learned is not disturbed`, async () => {
    const [model, twin, plain] = [1, 2, 3].map(() => new bh.models[algo](env, { seed: 1, totalTimesteps: 3000 }));
    const first = acts(model, SAMPLED), second = acts(model, SAMPLED);
    assert.ok(first.every((action) => Number.isInteger(action) && action >= 0 && action < 4));
    assert.notDeepEqual(second, first);
    assert.notDeepEqual(first, acts(model, {}), 'they are not the greedy ones');
    assert.deepEqual([acts(twin, SAMPLED), acts(twin, SAMPLED)], [first, second]);
    assert.deepEqual(acts(model, { ...SAMPLED, seed: 1 }), first, "the stream begins at the run's seed");
    assert.notDeepEqual(acts(model, { ...SAMPLED, seed: 2 }), first);
    for (let i = 0; i < 5; i++) {
      await Promise.all([model, plain].map((each) => each.learn({ totalTimesteps: 100 })));
      acts(model, SAMPLED);
      model.predictValues(STATES);
    }
    assert.equal(model.sha256(), plain.sha256());
    [model, twin, plain].forEach((each) => each.dispose());
  });
}

test('one observation gives a number, several give several; a policy draws by its probabilities', async () => {
  const model = new bh.PPO(env, { seed: 1 });
  await model.learn({ totalTimesteps: 2000 });
  assert.equal(typeof model.predict(3, SAMPLED), 'number');
  const p = [...model.logProbs(0)].map(Math.exp);
  const actions = /** @type {number[]} */ (model.predict(/** @type {any} */ (new Array(4000).fill(0)), SAMPLED));
  p.forEach((each, a) => assert.ok(Math.abs(actions.filter((action) => action === a).length / 4000 - each) < 0.03, `${a}: ${each}`));
  assert.deepEqual(model.logProbs(0), model.qValues(0));
  model.dispose();
});

test('DQN explores at the present epsilon: all actions at first, as good as none at the end', async () => {
  const model = new bh.DQN(env, { seed: 1, explorationFraction: 0.1, explorationFinalEps: 0 });
  const greedy = acts(model, {});
  const differ = () => acts(model, SAMPLED).filter((action, i) => action !== greedy[i]).length;
  assert.ok(differ() > 200, 'three of four draws of epsilon 1');
  await model.learn({ totalTimesteps: 2000 });
  assert.deepEqual(acts(model, SAMPLED), acts(model, {}));
  model.dispose();
});

test('state values: the value network\'s, or those of the best actions', async () => {
  const [ppo, dqn] = [new bh.PPO(env, { seed: 1 }), new bh.DQN(cart, SMALL)];
  await ppo.learn({ totalTimesteps: 5000 });
  const values = ppo.predictValues([0, 1, 2]);
  assert.equal(values.length, 3);
  assert.deepEqual([...values], [0, 1, 2].map((state) => ppo.predictValues(state)[0]));
  assert.ok(values[0] > 0.5 && values[2] <= 1.2, 'a return of 1, discounted');
  const batch = [[0, 0, 0.1, 0], [0.5, 0, -0.1, 0]];
  assert.deepEqual([...dqn.predictValues(batch)], batch.map((obs) => Math.max(...dqn.qValues(obs))));
  fails(() => dqn.logProbs(batch), 'BH_ERR_CONFIG', /^DQN has no policy with probabilities; qValues\(\)/);
  const [clone, bare] = [new bh.Clone(env, { demoCapacity: 1 }), new bh.REINFORCE(env, { baseline: false })];
  fails(() => clone.predictValues(0), 'BH_ERR_CONFIG', /^Clone has no value network/);
  fails(() => bare.predictValues(0), 'BH_ERR_CONFIG', /^REINFORCE has no value network/);
  [ppo, dqn, clone, bare].forEach((each) => each.dispose());
});

test('actions that an environment of text does not allow are never drawn, and have no probability', () => {
  const text = bh.make('CodeGen-v0');
  const model = new bh.PPO(text, { nSteps: 16, batchSize: 16, nEnvs: 1 });
  const [obs, info] = text.reset({ seed: 1 });
  const logProbs = model.logProbs(obs);
  const allowed = logProbs.reduce((n, value) => n + Number(value > -Infinity), 0);
  assert.ok(allowed > 0 && allowed < logProbs.length, JSON.stringify(info));
  for (let i = 0; i < 50; i++) assert.ok(logProbs[model.predict(obs, SAMPLED)] > -Infinity);
  [text, model].forEach((each) => each.dispose());
});

test('options that are none, observations that are none', () => {
  const model = new bh.PPO(env);
  const use = (/** @type {any} */ options) => () => model.predict(0, options);
  fails(use({ determinstic: false }), 'BH_ERR_ARGUMENT', /^predict has no option 'determinstic'; did you mean 'deterministic'\?/);
  fails(use({ deterministic: 0 }), 'BH_ERR_ARGUMENT', /deterministic is 0, but must be true or false/);
  fails(use({ seed: 3 }), 'BH_ERR_ARGUMENT', /seed is for sampled actions/);
  fails(use({ ...SAMPLED, seed: -1 }), 'BH_ERR_ARGUMENT', /seed is -1/);
  assert.equal(model.predict(0, { deterministic: undefined, seed: undefined }), model.predict(0));
  for (const look of [() => model.predict(9, SAMPLED), () => model.predictValues(9), () => model.logProbs(9)]) fails(look, 'BH_ERR_ARGUMENT', /between 0 and 8/);
  model.dispose();
});

test('a session says the same', async () => {
  const model = new bh.PPO(env, { seed: 4 });
  const session = await trainer.create({ env: 'GridWorld-v0', algo: 'ppo', options: { seed: 4 } });
  const states = /** @type {any} */ (STATES);
  for (const options of [SAMPLED, SAMPLED, { ...SAMPLED, seed: 9 }]) assert.deepEqual(await session.predict(states, options), acts(model, options));
  assert.deepEqual(await session.predictValues([1, 2]), model.predictValues([1, 2]));
  assert.deepEqual(await session.logProbs(0), model.logProbs(0));
  await assert.rejects(session.predict(0, /** @type {any} */ ({ sede: 1 })), { message: /did you mean 'seed'/ });
  await session.dispose();
  model.dispose();
});
