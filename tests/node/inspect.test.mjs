// SPDX-License-Identifier: MIT
// What an agent holds of a state: visits and layers, in a model and in a worker, against numbers that are computed here; and what the
// microscope makes of them. tests/c/test_inspect.c has every algorithm.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, test } from 'node:test';
import { barsOf, summaryOf } from '../../web/lab/panels/activations.mjs';
import { spotsOf } from '../../web/lab/panels/batch-dots.mjs';
import { slice as acrobot } from '../../web/lab/worlds/acrobot.mjs';
import { slice as cartpole } from '../../web/lab/worlds/cartpole.mjs';
import { slice as pendulum } from '../../web/lab/worlds/pendulum.mjs';
import { load } from '../../web/node/node.mjs';
import { startTrainer } from './experiments.mjs';
import { fails } from './fails.mjs';

const bh = await load();
const context = await startTrainer();
/** @type {{ dispose(): void }[]} */
const made = [];
after(async () => {
  made.reverse().forEach((each) => each.dispose());
  await context.end();
});

/** @template {{ dispose(): void }} T @param {T} each @returns {T} */
function kept(each) {
  made.push(each);
  return each;
}

const GRID = { seed: 3, evalFreq: 0 };
const CART = { seed: 4, learningStarts: 20, batchSize: 16, netArch: [12, 8], evalFreq: 0 };

/** Visits of all states, and how many steps they say. @param {{ inspect(obs: number): any }} model @param {number} states */
const visitsOf = (model, states) => Array.from({ length: states }, (_, s) => [...model.inspect(s).visits]);

test('visits are counted over the whole training: those of a session that nobody looked into are those of its frames', async () => {
  const session = await context.trainer.create({ env: 'GridWorld-v0', algo: 'q-learning', options: GRID });
  /** @type {any} */
  let frame;
  session.onFrame = (one) => (frame = one);
  const counts = Array.from({ length: 9 }, () => [0, 0, 0, 0]);
  for (let i = 0; i < 120; i++) {
    await session.step(1);
    await session.pause();
    counts[frame.obsTm1[0]][frame.last.action]++;
  }
  const model = kept(new bh.QLearning('GridWorld-v0', GRID));
  await model.learn({ steps: 120 });
  await session.evaluate({ episodes: 3 });
  assert.deepEqual(visitsOf(model, 9), counts);
  for (let s = 0; s < 9; s++) {
    const { visits, counted, layers } = await session.inspect(s);
    assert.deepEqual([[...visits ?? []], counted, layers], [counts[s], 120, []]);
  }
  await session.dispose();
});

test('visits go on in a run that goes on; with a full checkpoint of before there were any they begin there', async () => {
  const model = kept(new bh.SARSA('GridWorld-v0', GRID));
  await model.learn({ steps: 100 });
  const bytes = model.save({ full: true }), again = kept(bh.loadModel(bytes)), old = kept(bh.loadModel(without(bytes, 'state/visits')));
  for (const each of [model, again, old]) await each.learn({ steps: 50 });
  assert.deepEqual([model, again, old].map((each) => each.inspect(0).counted), [150, 150, 50]);
  assert.deepEqual(visitsOf(again, 9), visitsOf(model, 9));
  assert.equal(old.sha256(), model.sha256(), 'nothing depends on them');
  fails(() => bh.loadModel(without(bytes, 'state/agent/tables')), 'BH_ERR_SHAPE', /has no tensor 'state\/agent\/tables'/);
});

/** A full checkpoint as it is without an entry. @param {Uint8Array} bytes @param {string} name */
function without(bytes, name) {
  const size = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true)), data = bytes.subarray(8 + size);
  const { __metadata__: meta, ...tensors } = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + size)));
  const [from, to] = tensors[name].data_offsets, cut = to - from;
  delete tensors[name];
  for (const tensor of Object.values(tensors)) if (tensor.data_offsets[0] >= to) tensor.data_offsets = tensor.data_offsets.map((/** @type {number} */ at) => at - cut);
  Object.assign(meta, { state_entries: String(Number(meta.state_entries) - 1), sha256: '0'.repeat(64) });
  const text = JSON.stringify({ __metadata__: meta, ...tensors }), header = text.padEnd(Math.ceil(text.length / 8) * 8);
  const out = Buffer.concat([Buffer.alloc(8), Buffer.from(header), data.subarray(0, from), data.subarray(to)]);
  out.writeBigUInt64LE(BigInt(header.length));
  const hash = createHash('sha256').update(out).digest('hex');
  out.write(hash, out.indexOf('0'.repeat(64)));
  return new Uint8Array(out);
}

test('layers are those the network computes with, to the bit', async () => {
  const model = kept(new bh.DQN('CartPole-v1', CART));
  await model.learn({ steps: 100 });
  const obs = [0.1, -0.4, 0.05, 0.7], parameters = model.parameters();
  const { layers, visits, counted } = model.inspect(obs);
  assert.deepEqual([visits, counted, layers.map(({ activation, shape }) => [activation, ...shape])], [null, null, [['relu', 1, 12], ['relu', 1, 8], ['linear', 1, 2]]]);
  let x = Float32Array.from(obs);
  layers.forEach(({ data }, i) => {
    const weight = parameters[`q_net.q_net.${2 * i}.weight`], bias = parameters[`q_net.q_net.${2 * i}.bias`].data, inputs = x.length;
    x = Float32Array.from(bias, (b, o) => {
      const sum = x.reduce((so, value, k) => Math.fround(so + Math.fround(value * weight.data[o * inputs + k])), b);
      return i < 2 ? Math.max(0, sum) : sum;
    });
    assert.deepEqual([...data], [...x], `layer ${i + 1}`);
  });
  assert.deepEqual([...layers[2].data], [...model.qValues(obs)]);

  const session = await context.trainer.create({ env: 'CartPole-v1', algo: 'dqn', options: CART });
  await session.step(100);
  assert.deepEqual((await session.inspect(obs)).layers, layers);
  await session.dispose();
});

test('looking changes nothing, and what is no state is refused', async () => {
  const [looked, not] = [kept(new bh.DQN('GridWorld-v0', { ...CART, noisy: true })), kept(new bh.DQN('GridWorld-v0', { ...CART, noisy: true }))];
  for (let i = 0; i < 60; i++) {
    await looked.learn({ steps: 2 });
    looked.inspect(i % 9);
    await not.learn({ steps: 2 });
  }
  assert.equal(looked.sha256(), not.sha256());
  for (const state of [-1, 9, 1.5]) fails(() => looked.inspect(state), 'BH_ERR_ARGUMENT', /observation is .*, but must be a whole number between 0 and 8/);
  fails(() => looked.inspect([1, 2]), 'BH_ERR_ARGUMENT', /inspect takes one observation, but got 2/);
});

test('bars: one unit a column, up above zero and down below; those that are zero are marked', () => {
  const of = (/** @type {number[]} */ data, /** @type {[number, number]} */ shape = [1, data.length]) => {
    const layer = { activation: /** @type {const} */ ('relu'), shape, data: Float64Array.from(data) }, summary = summaryOf(layer);
    return { ...summary, ...barsOf(layer, summary) };
  };
  const relu = of([0, 2, 1, 0]);
  assert.deepEqual([relu.n, relu.zeros, relu.low, relu.high, relu.columns, relu.rows], [4, 2, 0, 2, 16, 1]);
  assert.deepEqual([relu.above.match(/M/g)?.length, relu.below, relu.zero.match(/M/g)?.length], [2, '', 2]);
  assert.deepEqual(relu.above.match(/v-[\d.]+/g), ['v-0.88', 'v-0.44']);
  const both = of([-4, 4, 1]);
  assert.deepEqual([both.above.match(/v-[\d.]+/g), both.below.match(/v[\d.]+/g)], [['v-0.44', 'v-0.11'], ['v0.44']]);
  assert.equal(of(Array.from({ length: 130 }, (_, i) => i)).rows, 3);
  const maps = of([1, 10, 2, 20, 3, 30], [3, 2]); // three places of two channels: one channel after the other
  const plain = of([1, 2, 3, 10, 20, 30]);
  assert.deepEqual(maps.above.match(/v-[\d.]+/g), plain.above.match(/v-[\d.]+/g));
});

test('the states of a batch lie where the picture has them', () => {
  const array = (/** @type {number[][]} */ rows) => ({ shape: [rows.length, rows[0].length], data: Float64Array.from(rows.flat()) });
  const session = (/** @type {object} */ options = {}) => /** @type {any} */ ({ info: { options } });
  const map = { isMap: true, layout: { n_rows: 1, n_cols: 3 }, worldModule: /** @type {any} */ ({}), session: session() };
  assert.deepEqual(spotsOf({ x_tm1: array([[0, 1, 0], [1, 0, 0]]) }, map), [{ cell: 1 }, { cell: 0 }]);
  assert.equal(spotsOf({ x_tm1: array([[0, 1]]) }, map), null);
  assert.equal(spotsOf({}, map), null);
  const of = (/** @type {any} */ slice, /** @type {any} */ layout, /** @type {number[]} */ obs, options = {}) =>
    spotsOf({ x_tm1: array([obs]) }, { isMap: false, layout, worldModule: /** @type {any} */ ({ slice }), session: session(options) });
  const cart = { theta_threshold_radians: 0.2, observations: ['a', 'b', 'c', 'd'] };
  assert.deepEqual(of(cartpole, cart, [1, 2, 0, 0]), [{ x: 0.5, y: 0.5 }]);
  assert.deepEqual(of(cartpole, cart, [0, 0, 9, 99]), [{ x: 1, y: 0 }], 'beyond it, on its edge');
  assert.equal(of(cartpole, cart, [1, 2, 0, 0], { normalizeObservation: true }), null);
  assert.equal(of(cartpole, cart, [1, 2, 0, 0, 1, 2, 0, 0]), null, 'stacked');
  for (const [slice, n] of /** @type {const} */ ([[acrobot, 6], [pendulum, 3]])) {
    const layout = { observations: Array.from({ length: n }, String) }, [left, right] = slice.across(layout), [bottom, top] = slice.up(layout);
    const [{ x, y }] = /** @type {any} */ (of(slice, layout, slice.observation(left + 0.25 * (right - left), bottom + 0.75 * (top - bottom))));
    assert.ok(Math.abs(x - 0.25) < 1e-12 && Math.abs(y - 0.25) < 1e-12, `${slice.name} ${x} ${y}`);
  }
});
