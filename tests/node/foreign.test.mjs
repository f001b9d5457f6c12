// SPDX-License-Identifier: MIT
// Checkpoints of other programs: safetensors files written here as PyTorch and Stable-Baselines3 name things, read by Bellhop; and Bellhop's read
// here. The numbers are PyTorch's, tests/golden/README.md.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, mock, test } from 'node:test';
import { load } from '../../web/node/node.mjs';
import { fails } from './fails.mjs';

const bh = await load();
const NET = { netArch: [64, 64], activation: 'relu', preset: false };
const live = bh.liveBytes();
after(() => assert.equal(bh.liveBytes(), live));

/** @typedef {{ name: string, dtype: string, shape: number[], data: Uint8Array }} Tensor */

/** @param {Tensor[]} tensors @param {Record<string, string>} [metadata] */
function safetensors(tensors, metadata) {
  let at = 0;
  const header = Buffer.from(JSON.stringify({
    ...metadata && { __metadata__: metadata },
    ...Object.fromEntries(tensors.map(({ name, dtype, shape, data }) => [name, { dtype, shape, data_offsets: [at, at += data.length] }])),
  }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return new Uint8Array(Buffer.concat([length, header, ...tensors.map(({ data }) => data)]));
}

/** The tensors of a file, as any reader sees them. @param {Uint8Array} bytes */
function tensorsOf(bytes) {
  const size = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(Buffer.from(bytes.subarray(8, 8 + size)).toString());
  return Object.entries(header).filter(([name]) => name !== '__metadata__').map(([name, { dtype, shape, data_offsets: [from, to] }]) => ({ name, dtype, shape, data: bytes.slice(8 + size + from, 8 + size + to) }));
}

// ---- PyTorch's numbers ----

const golden = readFileSync(new URL('../golden/mlp_dqn.bin', import.meta.url));
const layout = readFileSync(new URL('../golden/mlp_dqn.h', import.meta.url), 'utf8');
/** @param {string} name */
const offset = (name) => Number(new RegExp(`${name} = (\\d+)`).exec(layout)?.[1]);

/** An array of mlp_dqn.bin. @param {string} name @param {number} n @param {4 | 8} bytes */
function numbers(name, n, bytes) {
  const view = new DataView(golden.buffer, golden.byteOffset + offset(name));
  return Array.from({ length: n }, (_, i) => bytes === 4 ? view.getFloat32(4 * i, true) : view.getFloat64(8 * i, true));
}

const SHAPES = /** @type {const} */ ([['0.weight', [64, 4]], ['0.bias', [64]], ['2.weight', [64, 64]], ['2.bias', [64]], ['4.weight', [2, 64]], ['4.bias', [2]]]);
const TYPES = /** @type {Record<string, (values: number[]) => Uint8Array>} */ ({
  F32: (values) => new Uint8Array(Float32Array.from(values).buffer),
  F64: (values) => new Uint8Array(Float64Array.from(values).buffer),
  BF16: (values) => new Uint8Array(Uint16Array.from(new Uint32Array(Float32Array.from(values).buffer), (bits) => bits >>> 16).buffer),
});

/** The state dict of Stable-Baselines3 for the golden network. @param {string} [dtype] @returns {Tensor[]} */
function stateDict(dtype = 'F32') {
  const all = numbers('GOLDEN_ONLINE', 4610, 4);
  let at = 0;
  return ['q_net', 'q_net_target'].flatMap((net) => {
    at = 0;
    return SHAPES.map(([name, shape]) => {
      const n = shape.reduce((/** @type {number} */ product, each) => product * each, 1);
      const values = all.slice(at, at += n);
      return { name: `${net}.q_net.${name}`, dtype, shape: [...shape], data: TYPES[dtype](net === 'q_net' ? values : values.map((value) => value + 1)) };
    });
  });
}

test('a state dict of Stable-Baselines3 gives PyTorch\'s values, without any metadata, and the target network is skipped', () => {
  const warn = mock.method(console, 'warn', () => {});
  const states = numbers('GOLDEN_STATES', 64 * 4, 4);
  const expected = numbers('GOLDEN_Q_ONLINE_STATES', 64 * 2, 8);
  for (const [dtype, tolerance] of /** @type {[string, number][]} */ ([['F32', 2e-6], ['F64', 2e-6], ['BF16', 0.05]])) {
    const bytes = safetensors(stateDict(dtype), dtype === 'F64' ? { format: 'pt' } : undefined);
    const model = bh.DQN.load(bytes, 'CartPole-v1', NET);
    const values = Array.from({ length: 64 }, (_, i) => [...model.qValues(states.slice(4 * i, 4 * i + 4))]).flat();
    const worst = Math.max(...values.map((value, i) => Math.abs(value - expected[i]) / Math.max(1, Math.abs(expected[i]))));
    assert.ok(worst <= tolerance && (dtype !== 'BF16' || worst > 0), `${dtype}: ${worst}`);
    const other = new bh.DQN('CartPole-v1', NET);
    assert.equal(other.loadParameters(bytes), 6);
    assert.equal(other.sha256(), model.sha256());
    for (const each of [model, other]) each.dispose();
  }
  assert.equal(warn.mock.callCount(), 6);
  assert.match(String(warn.mock.calls[0].arguments[0]), /^bellhop: skipped what the model does not have: q_net_target\.q_net\.0\.weight, .*q_net_target\.q_net\.4\.bias$/);
  warn.mock.restore();
});

test('what Bellhop writes, another program reads and writes back, in any order of its tensors', async () => {
  const warn = mock.method(console, 'warn', () => {});
  for (const [Model, env, options] of /** @type {[any, string, any][]} */ ([
    [bh.DQN, 'CartPole-v1', NET], [bh.DQN, 'CartPole-v1', { preset: 'rainbow', netArch: [8] }], [bh.PPO, 'CartPole-v1', {}],
    [bh.DQN, 'Breakout-MinAtar', { netArch: [16] }], [bh.QLearning, 'GridWorld-v0', {}], [bh.REINFORCE, 'Acrobot-v1', { netArch: [8] }],
  ])) {
    const model = new Model(env, { ...options, seed: 4 });
    const tensors = tensorsOf(model.save()).reverse();
    assert.deepEqual(tensors.map(({ name }) => name).sort(), Object.keys(model.parameters()).sort());
    const other = Model.load(safetensors(tensors), env, options);
    assert.equal(other.sha256(), model.sha256());
    const full = tensorsOf(model.save({ full: true }));
    assert.ok(full.length > tensors.length && full.every(({ name }) => tensors.some((each) => each.name === name) || name.startsWith('state/')));
    for (const each of [model, other]) each.dispose();
  }
  assert.equal(warn.mock.callCount(), 0);
  warn.mock.restore();
});

test('half precision: every number of sixteen bits', () => {
  const model = new bh.DQN('CartPole-v1', { ...NET, netArch: [64] });
  const [weight] = Object.keys(model.parameters());
  const warn = mock.method(console, 'warn', () => {});
  for (let from = 0; from < 65_536; from += 256) {
    const bits = Uint16Array.from({ length: 256 }, (_, i) => from + i);
    assert.equal(model.loadParameters(safetensors([{ name: weight, dtype: 'F16', shape: [64, 4], data: new Uint8Array(bits.buffer) }])), 1);
    model.parameters()[weight].data.forEach((value, i) => {
      const [s, e, f] = [bits[i] >> 15, bits[i] >> 10 & 31, bits[i] & 1023];
      const expected = e === 31 ? (f ? NaN : Infinity) : e === 0 ? f / 1024 * 2 ** -14 : (1 + f / 1024) * 2 ** (e - 15);
      assert.ok(Object.is(value, s && !Number.isNaN(expected) ? -expected : expected), `${bits[i]}: ${value}`);
    });
  }
  warn.mock.restore();
  model.dispose();
});

test('what does not fit is refused with a sentence, and changes nothing', () => {
  const warn = mock.method(console, 'warn', () => {});
  const model = new bh.DQN('CartPole-v1', NET);
  const before = model.sha256();
  const dict = stateDict().slice(0, 6);
  const renamed = (/** @type {Partial<Tensor>} */ change) => safetensors([{ ...dict[0], ...change }, ...dict.slice(1)]);
  for (const [bytes, status, message] of /** @type {[Uint8Array, string, RegExp][]} */ ([
    [renamed({ name: 'other' }), 'BH_ERR_SHAPE', /the checkpoint has no tensor 'q_net\.q_net\.0\.weight'/],
    [renamed({ shape: [4, 64] }), 'BH_ERR_SHAPE', /tensor 'q_net\.q_net\.0\.weight' of the file is 4 x 64, but here it is 64 x 4/],
    [renamed({ dtype: 'I32' }), 'BH_ERR_SHAPE', /tensor 'q_net\.q_net\.0\.weight' of the file is 'I32', but parameters are F16, BF16, F32, F64/],
    [renamed({ dtype: 'F64' }), 'BH_ERR_FORMAT', /header is damaged/],
    [safetensors([]), 'BH_ERR_SHAPE', /has no tensor|none of this model's/],
  ])) fails(() => bh.DQN.load(bytes, 'CartPole-v1', NET), status, message);
  fails(() => model.loadParameters(renamed({ shape: [4, 64] })), 'BH_ERR_SHAPE', /4 x 64/);
  fails(() => bh.loadModel(safetensors(dict)), 'BH_ERR_FORMAT', /not written by Bellhop and does not say its algorithm: bh\.DQN\.load\(bytes, env, options\)/);
  fails(() => bh.DQN.load(safetensors(dict)), 'BH_ERR_FORMAT', /does not say its environment: load\(bytes, env, options\)/);
  fails(() => bh.DQN.load(safetensors(dict), 'CartPole-v1', { ...NET, netArch: [32] }), 'BH_ERR_SHAPE', /is 64 x 4, but here it is 32 x 4/);
  const whole = safetensors(dict);
  for (let n = 0; n < whole.length; n += n < 700 ? 1 : 997) assert.throws(() => model.loadParameters(whole.subarray(0, n)), (/** @type {any} */ error) => error.status === 'BH_ERR_FORMAT');
  assert.equal(model.sha256(), before);
  warn.mock.restore();
  model.dispose();
});

test('headers made to harm are refused', () => {
  const model = new bh.QLearning('GridWorld-v0');
  const before = model.sha256();
  const cells = Object.values(model.parameters())[0].data.length;
  const [name] = Object.keys(model.parameters());
  const shape = model.parameters()[name].shape;
  const record = { dtype: 'F64', shape, data_offsets: [0, 8 * cells] };
  const bad = [
    null, [], 7, 'x', {}, { [name]: null }, { [name]: {} }, { [name]: [] }, { [name]: { ...record, shape: 3 } }, { [name]: { ...record, shape: [-1] } }, { [name]: { ...record, shape: [1e99] } },
    { [name]: { ...record, shape: [0.5] } }, { [name]: { ...record, data_offsets: [8, 0] } }, { [name]: { ...record, data_offsets: [0] } }, { [name]: { ...record, data_offsets: ['0', '8'] } },
    { [name]: { ...record, data_offsets: [0, 2 ** 53] } }, { [name]: { ...record, dtype: 'constructor' } }, { [name]: { ...record, dtype: 7 } }, { [name]: { ...record, dtype: '__proto__' } },
    { __metadata__: 5, [name]: { ...record, dtype: 'F8_E4M3' } }, { constructor: record, toString: record },
  ];
  for (const header of bad) {
    for (const extra of [0, 1, 8 * cells]) {
      const text = Buffer.from(JSON.stringify(header));
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(text.length));
      const bytes = new Uint8Array(Buffer.concat([length, text, Buffer.alloc(extra)]));
      assert.throws(() => model.loadParameters(bytes), (/** @type {any} */ error) => /^BH_ERR_(FORMAT|SHAPE)$/.test(error.status) && error.message.length > 20, JSON.stringify(header));
    }
  }
  assert.equal(model.sha256(), before);
  model.dispose();
});
