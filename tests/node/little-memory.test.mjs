// SPDX-License-Identifier: MIT
// A memory that is full: the module gets no more than it has at the start, and every public create, load, save and learn is called with more and
// more bytes left until it succeeds. Before, it throws BH_ERR_MEMORY; it leaves nothing behind, and the instance goes on.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { OUT } from '../../build/run.mjs';
import { createLibrary } from '../../web/lib/library.mjs';
import { startModule } from '../../web/lib/wasm.mjs';
import { BellhopError } from '../../web/node/node.mjs';

const OBS = [0.01, 0, 0, 0];
const SMALL = { netArch: [8], bufferSize: 100, learningStarts: 20, totalTimesteps: 1e6, evalFreq: 0, batchSize: 8, seed: 1 };
const TEXT = 'a bee and a bear, a bee and a deer. '.repeat(20);
const PRETRAINING = { context: 8, dModel: 16, nLayers: 1, nHeads: 2, maxSteps: 30, batchSize: 4 };

/** @param {number} n @returns {number[]} */
const leb = (n) => n < 128 ? [n] : [n & 127 | 128, ...leb(n >>> 7)];

/** @param {Uint8Array} bytes @param {number} at @returns {[value: number, next: number]} */
function readLeb(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value |= (byte & 127) << shift;
    if (byte < 128) return [value, at];
  }
}

/** The pages of memory there are. */
const PAGES = 160;

/** A module that starts with all of its memory. @param {Uint8Array} bytes */
function withoutGrowth(bytes) {
  for (let at = 8; at < bytes.length;) {
    const [size, content] = readLeb(bytes, at + 1);
    if (bytes[at] === 5) {
      const memory = [1, 1, ...leb(PAGES), ...leb(PAGES)];
      return Buffer.concat([bytes.subarray(0, at), Uint8Array.from([5, ...leb(memory.length), ...memory]), bytes.subarray(content + size)]);
    }
    at = content + size;
  }
  return assert.fail('there is no memory section');
}

const start = async () => startModule(await WebAssembly.compile(withoutGrowth(readFileSync(join(OUT, 'wasm-simd/bellhop-text.wasm')))));

/** @param {import('../../web/lib/wasm.mjs').Wasm} wasm @param {number} bytes @returns {number} 0 where there is no room */
const tryAlloc = (wasm, bytes) => wasm.call.bhx_alloc(bytes);

/** Takes all of the memory but one block. @param {import('../../web/lib/wasm.mjs').Wasm} wasm @param {number} left @returns {() => void} gives it back */
function hog(wasm, left) {
  const kept = left > 0 ? tryAlloc(wasm, left) : 0;
  /** @type {[number, number][]} */
  const blocks = [];
  for (let bytes = 1 << 22; bytes >= 64; bytes >>= 1) {
    for (let at = tryAlloc(wasm, bytes); at !== 0; at = tryAlloc(wasm, bytes)) blocks.push([at, bytes]);
  }
  if (kept !== 0) wasm.free(kept, left);
  return () => blocks.forEach(([at, bytes]) => wasm.free(at, bytes));
}

/** @typedef {() => unknown} Call */

/** What is called; what it makes, it gives back. @param {import('../../web/bellhop.js').Bellhop} bh @returns {Promise<Record<string, Call>>} */
async function callsOf(bh) {
  /** @param {{ dispose: () => void }} made */
  const gone = (made) => made.dispose();
  class Own {
    static id = 'Own-v0';
    static observationSpace = { type: /** @type {const} */ ('Box'), shape: [20], low: Float32Array.from({ length: 20 }, (_, i) => -i - 1), high: new Float32Array(20).fill(9) };
    static actionSpace = { type: /** @type {const} */ ('Discrete'), n: 2 };
    static options = [{ name: 'name', type: 'text', default: 'x' }];
    #n = 0;
    /** @returns {[Float32Array, object]} */
    reset() {
      this.#n = 0;
      return [new Float32Array(20), {}];
    }

    /** @returns {[Float32Array, number, boolean, boolean, object]} */
    step() {
      return [new Float32Array(20), 1, ++this.#n > 5, false, {}];
    }

    getState() {
      return this.#n;
    }

    /** @param {number} n */
    setState(n) {
      this.#n = n;
    }
  }
  const OwnEnv = /** @type {any} */ (Own);
  const model = new bh.DQN('CartPole-v1', SMALL), own = new bh.DQN(OwnEnv, SMALL), box = new bh.SAC('Pendulum-v1', SMALL), env = bh.make('CartPole-v1');
  const pretraining = new bh.Pretraining(TEXT, PRETRAINING), demonstrations = [{ obs: [OBS, OBS, OBS], actions: [0, 1], rewards: [1, 1], terminated: true, truncated: false }];
  await model.learn({ totalTimesteps: 50 });
  await own.learn({ totalTimesteps: 50 });
  await pretraining.learn({ steps: 2 });
  env.reset({ seed: 1 });
  const plain = model.save(), full = model.save({ full: true }), ownFull = own.save({ full: true }), language = pretraining.save(), pretrainedFull = pretraining.save({ full: true });
  /** @type {Record<string, Call>} */
  const calls = {
    make: () => gone(bh.make('CartPole-v1')), makeGrid: () => gone(bh.make('GridWorld-v0', { map: ['S...', '...G'] })), makeOwn: () => gone(bh.make(OwnEnv, { name: 'y'.repeat(500) })),
    makeVec: () => gone(bh.makeVec('CartPole-v1', { numEnvs: 5 })), makeVecOwn: () => gone(bh.makeVec(OwnEnv, { numEnvs: 3 })), createOwn: () => gone(new bh.DQN(OwnEnv, SMALL)),
    load: () => gone(bh.loadModel(plain)), resume: () => gone(bh.loadModel(full)), resumeOwn: () => gone(bh.loadModel(ownFull, OwnEnv)), loadInto: () => model.load?.(plain),
    save: () => model.save(), saveFull: () => model.save({ full: true }), saveFullOwn: () => own.save({ full: true }), parameters: () => model.parameters(), sha256: () => model.sha256(),
    learn: () => model.learn({ totalTimesteps: 5 }), learnOwn: () => own.learn({ totalTimesteps: 5 }), evaluate: () => model.evaluate({ episodes: 1 }), predict: () => model.predict(OBS), predictBox: () => box.predict([1, 0, 0]),
    qValues: () => model.qValues(OBS), set: () => model.set({ gamma: 0.99 }), options: () => model.options, step: () => (env.reset(), env.step(0)), layout: () => env.layout, view: () => env.view(), describe: () => env.describe(),
    demonstrate: () => gone(new bh.DQN('CartPole-v1', { ...SMALL, demoCapacity: 10, demonstrations })),
    pretraining: () => gone(new bh.Pretraining(TEXT, PRETRAINING)), resumePretraining: () => gone(bh.Pretraining.load(pretrainedFull, TEXT)), language: () => gone(bh.LanguageModel.load(language)),
    pretrain: () => pretraining.learn({ steps: 1 }), pretrainOptions: () => pretraining.options, ngrams: () => pretraining.ngrams(), saveLanguage: () => pretraining.save(), saveLanguageFull: () => pretraining.save({ full: true }),
    sample: () => pretraining.model.sample({ length: 3 }), validate: () => pretraining.validate(),
  };
  for (const [algo, Class] of Object.entries(bh.models)) {
    const [id] = bh.catalog.envs.filter(({ presets }) => presets.some((preset) => preset.algo === algo)).map((each) => each.id);
    if (id !== undefined) calls[`create ${algo}`] = () => gone(new Class(id, /** @type {any} */ (small(bh, algo))));
  }
  return calls;
}

/** Options for a small model of an algorithm, of those it has. @param {import('../../web/bellhop.js').Bellhop} bh @param {string} algo */
function small(bh, algo) {
  const keys = new Set(bh.catalog.algos.find(({ name }) => name === algo)?.options.map(({ key }) => key));
  return Object.fromEntries(Object.entries({ netArch: [8], bufferSize: 50, batchSize: 8, nSteps: 16 }).filter(([key]) => keys.has(key)));
}

test('every public call with too little memory throws BH_ERR_MEMORY, leaves nothing behind, and works once there is enough', async (t) => {
  const wasm = await start(), bh = createLibrary(wasm), calls = await callsOf(bh);
  const pages = wasm.buffer.byteLength;
  let tries = 0, refused = 0;
  for (const [name, call] of Object.entries(calls)) {
    await call();
    const live = wasm.liveBytes();
    for (let left = 0, isDone = false; !isDone; left = Math.max(left + 64, Math.ceil(left * 1.15 / 64) * 64)) {
      const free = hog(wasm, left);
      try {
        await call();
        isDone = true;
      } catch (error) {
        refused++;
        assert.ok(error instanceof BellhopError && error.status === 'BH_ERR_MEMORY' && /out of memory/.test(error.message), `${name} with ${left} bytes: ${error}`);
      } finally {
        free();
      }
      tries++;
      assert.equal(wasm.liveBytes(), live, `${name} with ${left} bytes left something`);
      assert.ok(left < pages, name);
    }
    await call();
    assert.equal(wasm.liveBytes(), live, name);
  }
  t.diagnostic(`${Object.keys(calls).length} calls, tried ${tries} times; ${refused} times memory ran out`);
  assert.equal(wasm.buffer.byteLength, pages, 'the memory has grown');
  assert.ok(refused > 5 * Object.keys(calls).length);
});

test('a model that cannot be made says so, and smaller ones are still made', async () => {
  const wasm = await start(), bh = createLibrary(wasm);
  for (let i = 0; i < 50; i++) {
    assert.throws(() => new bh.DQN('CartPole-v1', { bufferSize: 10_000_000 }), (/** @type {any} */ error) => error instanceof BellhopError && error.status === 'BH_ERR_MEMORY');
    assert.throws(() => new bh.PPO('CartPole-v1', { netArch: [4096, 4096] }), (/** @type {any} */ error) => error instanceof BellhopError && error.status === 'BH_ERR_MEMORY');
    assert.equal(bh.liveBytes(), 0);
  }
  const model = new bh.DQN('CartPole-v1', SMALL);
  await model.learn({ totalTimesteps: 100 });
  assert.equal(model.timesteps, 100);
});
