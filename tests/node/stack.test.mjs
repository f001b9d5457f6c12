// SPDX-License-Identifier: MIT
// WebAssembly's stack, the engine's stack, and instances that stopped: what runs out of stack says so and leaves nothing behind; an
// instance that trapped says in every later call that it did, and load() gives a new one.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { OUT, ROOT } from '../../build/run.mjs';
import { createLibrary } from '../../web/lib/library.mjs';
import { LEVEL_BYTES, makeRoom } from '../../web/lib/stack-room.mjs';
import { startModule } from '../../web/lib/wasm.mjs';
import { BellhopError, load } from '../../web/node/node.mjs';
import { fails } from './fails.mjs';
import { nested } from './nested.mjs';

const OBS = [0.01, 0, 0, 0];
const SMALL = { netArch: [8], bufferSize: 200, learningStarts: 20, totalTimesteps: 1e6, evalFreq: 0, batchSize: 8, seed: 1 };
/** What an instance says that trapped, in every call. */
const SAID = /^bellhop\.wasm stopped: memory access out of bounds; this instance cannot be used any more, call load\(\) for a new one$/;
const TEXT = 'a bee and a bear, a bee and a deer. '.repeat(20);
/** Bytes of the stack, and what a call may take of it. */
const STACK = numberIn('CMakeLists.txt', /BH_STACK_SETTING\}=(\d+)/), NEEDED = numberIn('src/wasm/script_env.h', /BHX_STACK_NEEDED \((\d+) << 10\)/) << 10;

/** @param {string} file @param {RegExp} pattern */
function numberIn(file, pattern) {
  return Number((pattern.exec(readFileSync(join(ROOT, file), 'utf8')) ?? assert.fail(`${file} has no ${pattern}`))[1]);
}

/** An instance of the larger module, whose memory can be looked at. */
const start = async (room = makeRoom()) => startModule(await WebAssembly.compile(readFileSync(join(OUT, 'wasm-simd/bellhop-text.wasm'))), room);

/** A text in which everything of an instance that does not change is said. @param {import('../../web/lib/wasm.mjs').Wasm} wasm */
const constants = (wasm) => wasm.text(wasm.call.bhx_catalog()) + wasm.text(wasm.call.bhx_pretraining_fields());

/** What a few steps make of a model. @param {import('../../web/bellhop.js').Bellhop} bh */
async function fingerprint(bh) {
  const model = new bh.DQN('CartPole-v1', SMALL);
  await model.learn({ totalTimesteps: 200 });
  const sha = model.sha256();
  model.dispose();
  return sha;
}

test('the stack is first in memory: variables lie behind it', async () => {
  const wasm = await start();
  for (const address of [wasm.call.bhx_error(), wasm.call.bhx_simd_name(), wasm.call.bhx_catalog(), wasm.alloc(64)]) assert.ok(address >= STACK, String(address));
  const before = constants(wasm);
  new Uint8Array(wasm.buffer, 0, STACK).fill(0xa5); // nothing is on it between calls
  assert.equal(constants(wasm), before);
});

test('no call needs more of the stack than environments in JavaScript leave', async (t) => {
  const wasm = await start(), bh = createLibrary(wasm);
  const stack = new Uint8Array(wasm.buffer, 0, STACK);
  stack.fill(0xa5);
  let calls = 0;
  for (const { id, presets } of bh.catalog.envs) {
    for (const [algo, Class] of Object.entries(bh.models)) {
      if (!presets.some((preset) => preset.algo === algo)) continue;
      const model = /** @type {any} */ (new Class(id, { totalTimesteps: 300 }));
      if (model.options.learningStarts !== undefined) model.set?.({});
      await model.learn({ totalTimesteps: 40 });
      model.evaluate({ episodes: 1 });
      const full = model.save({ full: true });
      bh.loadModel(full).dispose();
      model.parameters();
      model.dispose();
      calls += 6;
    }
  }
  const pretraining = new bh.Pretraining(TEXT, { context: 16, dModel: 32, nLayers: 2, nHeads: 2, maxSteps: 3, batchSize: 8 });
  await pretraining.learn();
  pretraining.ngrams();
  bh.LanguageModel.load(pretraining.save()).sample({ length: 20 });
  const bytes = new Uint8Array(wasm.buffer, 0, STACK), used = STACK - bytes.findIndex((byte) => byte !== 0xa5);
  t.diagnostic(`${calls} calls took up to ${used} of ${STACK} bytes; ${NEEDED} are kept for each`);
  assert.ok(used > 1000 && used <= NEEDED, `${used} bytes`);
});

test('evaluations that are nested 144 deep', async (t) => {
  const wasm = await start(), bh = createLibrary(wasm);
  const before = constants(wasm), live = bh.liveBytes();
  const deep = nested(bh, 144);
  assert.deepEqual(deep.evaluate(), { mean: 144, reached: 0 });
  assert.equal(constants(wasm), before);
  assert.equal(await fingerprint(bh), await fingerprint(await load()));
  deep.dispose();
  assert.equal(bh.liveBytes(), live);
  t.diagnostic('144 levels');
});

test('evaluations that are nested deeper than there is stack are refused, in the module or by the engine, and nothing is lost', async (t) => {
  for (const [stackSizeMb, levels, wanted] of /** @type {const} */ ([[64, 1400, /nested too deeply/], [1, 400, /nested too deeply|call stack/]])) {
    const worker = new Worker(new URL('nested-thread.mjs', import.meta.url), { resourceLimits: { stackSizeMb }, workerData: { levels } });
    const said = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
    t.diagnostic(`${stackSizeMb} MB: ${said.entered} of ${levels} levels, then: ${said.message}`);
    assert.match(said.message, wanted);
    assert.ok(said.entered > 100 && said.entered < levels);
    assert.deepEqual([said.isSame, said.leaked, said.again], [true, 0, 3]);
    await worker.terminate();
  }
});

/**
 * Calls something at every depth of the engine's stack, from where it is full upwards, with frames of several sizes.
 * @param {() => unknown} call @returns {{ calls: number, full: number, others: unknown[] }}
 */
function atEveryDepth(call) {
  const found = { calls: 0, full: 0, others: /** @type {unknown[]} */ ([]) };
  const once = () => {
    try {
      found.calls++;
      call();
    } catch (error) {
      if (error instanceof RangeError) found.full++;
      else found.others.push(error);
      return false;
    }
    return true;
  };
  /** @param {number[]} padding */
  function down(...padding) {
    try {
      down(...padding);
    } catch {
      // Here the stack is full; further up it is a little less so.
    }
    if (left > 0 && once()) left--;
  }
  let left = 0;
  for (const padding of [0, 1, 5]) {
    left = 5; // that succeed, and then no more
    try {
      down(...new Array(padding).fill(0));
    } catch {
      // what is at the very bottom
    }
  }
  return found;
}

test('a stack of the engine that runs out in a recursion around any call leaves the instance as it was', async (t) => {
  const wasm = await start(), bh = createLibrary(wasm);
  const model = new bh.DQN('CartPole-v1', SMALL), env = bh.make('CartPole-v1'), table = new bh.QLearning('GridWorld-v0', { totalTimesteps: 1e6 });
  await model.learn({ totalTimesteps: 100 });
  env.reset({ seed: 1 });
  const full = model.save({ full: true }), plain = model.save();
  const before = constants(wasm), sha = model.sha256();
  class Own {
    static id = 'Own-v0';
    static observationSpace = { type: /** @type {const} */ ('Discrete'), n: 4 };
    static actionSpace = { type: /** @type {const} */ ('Discrete'), n: 2 };
    /** @returns {[number, object]} */
    reset() {
      return [0, {}];
    }

    /** @returns {[number, number, boolean, boolean, object]} */
    step() {
      return [1, 1, true, false, {}];
    }
  }
  const own = new bh.QLearning(Own, { totalTimesteps: 1e6 });
  /** @type {Record<string, () => unknown>} */
  const calls = {
    predict: () => model.predict(OBS), qValues: () => model.qValues(OBS), timesteps: () => model.timesteps, options: () => model.options, step: () => env.step(env.reset()[0] ? 0 : 1),
    describe: () => env.describe(), evaluate: () => table.evaluate({ episodes: 1 }), evaluateOwn: () => own.evaluate({ episodes: 1 }), parameters: () => model.parameters(), save: () => model.save(),
    saveFull: () => model.save({ full: true }), set: () => model.set({ gamma: 0.9 }), make: () => bh.make('GridWorld-v0').dispose(), makeOwn: () => bh.make(Own).dispose(),
    makeVec: () => bh.makeVec('CartPole-v1', { numEnvs: 3 }).dispose(), create: () => new bh.DQN('CartPole-v1', SMALL).dispose(), createOwn: () => new bh.QLearning(Own).dispose(), load: () => bh.loadModel(plain).dispose(),
    resume: () => bh.loadModel(full).dispose(), liveBytes: () => bh.liveBytes(),
  };
  let all = 0, allFull = 0;
  for (const [name, call] of Object.entries(calls)) {
    call();
    const live = bh.liveBytes();
    const { calls: made, full: overflowed, others } = atEveryDepth(call);
    assert.deepEqual(others.map(String), [], name);
    assert.ok(overflowed > 0, name);
    assert.equal(bh.liveBytes(), live, name);
    all += made;
    allFull += overflowed;
  }
  t.diagnostic(`${all} calls, in ${allFull} of them the engine's stack was full`);
  assert.equal(constants(wasm), before);
  model.set({ gamma: SMALL.seed && 0.99 });
  assert.equal(model.sha256(), sha);
  [model, env, table, own].forEach((each) => each.dispose());
  assert.equal(bh.liveBytes(), 0);
});

test('room on the engine’s stack is asked for before a call begins', () => {
  const room = makeRoom();
  let left = 0;
  const down = () => {
    left++;
    down();
  };
  const depth = () => {
    left = 0;
    try {
      down();
    } catch {
      return left;
    }
    return 0;
  };
  depth();
  const whole = depth();
  /** How many of those frames there is room for where it throws. @param {number} levels @returns {number} */
  function leftAt(levels) {
    try {
      room(levels);
    } catch {
      return depth();
    }
    return leftAt(levels);
  }
  const [one, eight] = [leftAt(0), leftAt(7)].map((frames) => Math.round(frames / whole * 984 * 1024));
  assert.ok(one >= 0.9 * LEVEL_BYTES && one < 2 * LEVEL_BYTES, String(one));
  assert.ok(eight >= 7.2 * LEVEL_BYTES && eight < 9 * LEVEL_BYTES, String(eight));
});

/** All that can be asked of an instance. @param {import('../../web/bellhop.js').Bellhop} bh @returns {Promise<Record<string, () => unknown>>} */
async function everything(bh) {
  const model = new bh.DQN('CartPole-v1', SMALL), env = bh.make('CartPole-v1'), envs = bh.makeVec('CartPole-v1', { numEnvs: 2 });
  const pretraining = new bh.Pretraining(TEXT, { context: 16, dModel: 16, nLayers: 1, nHeads: 2, maxSteps: 3 });
  await model.learn({ totalTimesteps: 50 });
  env.reset({ seed: 1 });
  const plain = model.save(), language = pretraining.save();
  return {
    predict: () => model.predict(OBS), qValues: () => model.qValues(OBS), timesteps: () => model.timesteps, options: () => model.options, learn: () => model.learn({ totalTimesteps: 10 }),
    evaluate: () => model.evaluate({ episodes: 1 }), parameters: () => model.parameters(), save: () => model.save(), saveFull: () => model.save({ full: true }), set: () => model.set({ gamma: 0.9 }),
    step: () => env.step(0), reset: () => env.reset(), describe: () => env.describe(), layout: () => env.layout, view: () => env.view(), resetAll: () => envs.reset(), stepAll: () => envs.step([0, 1]),
    make: () => bh.make('GridWorld-v0'), makeVec: () => bh.makeVec('CartPole-v1'), create: () => new bh.PPO('CartPole-v1'), load: () => bh.loadModel(plain), liveBytes: () => bh.liveBytes(),
    pretrain: () => pretraining.learn({ steps: 1 }), pretraining: () => new bh.Pretraining(TEXT), language: () => bh.LanguageModel.load(language), sample: () => pretraining.model.sample({ length: 3 }),
    pretrainingOptions: () => pretraining.options,
  };
}

/** @param {import('../../web/bellhop.js').Bellhop} bh @param {Record<string, () => unknown>} calls @param {RegExp} message */
async function allSay(bh, calls, message) {
  for (const [name, call] of Object.entries(calls)) {
    await assert.rejects(async () => call(), (/** @type {any} */ error) => {
      assert.ok(error instanceof BellhopError && error.status === 'BH_ERR_STATE', `${name}: ${error}`);
      assert.match(error.message, message, name);
      return true;
    }, name);
  }
}

test('an instance that trapped says so in every later call, and load() gives a new one', async (t) => {
  const wasm = await start(), bh = createLibrary(wasm), calls = await everything(bh), model = new bh.DQN('CartPole-v1', SMALL);
  const trap = () => wasm.call.bhx_run_timesteps(0xfffffff0);
  fails(trap, 'BH_ERR_STATE', SAID);
  await allSay(bh, calls, SAID);
  fails(trap, 'BH_ERR_STATE', SAID);
  model.dispose(); // nothing to say: there is nothing left
  const fresh = await load();
  assert.match(await fingerprint(fresh), /^[0-9a-f]{64}$/);
  assert.equal(fresh.liveBytes(), 0);
  t.diagnostic(`${Object.keys(calls).length} calls`);
});

test('a trap in the step of an environment is what everybody around it is told of', async () => {
  const wasm = await start(), bh = createLibrary(wasm);
  /** @type {unknown} */
  let first;
  const { models, evaluate } = nested(bh, 3, (level) => {
    if (level > 0) return;
    try {
      wasm.call.bhx_run_timesteps(0xfffffff0);
    } catch (error) {
      first = error;
      throw error;
    }
  });
  fails(evaluate, 'BH_ERR_STATE', SAID);
  assert.match(String(first), /^BellhopError: bellhop\.wasm stopped: memory access out of bounds/);
  await allSay(bh, { evaluate, timesteps: () => models[0].timesteps }, SAID);
});

test('where room cannot be asked for, a full stack of the engine stops the instance, which says so', async () => {
  const { Module } = WebAssembly, full = /^bellhop\.wasm stopped: Maximum call stack size exceeded; .* call load\(\)/;
  WebAssembly.Module = /** @type {any} */ (function refuse() {
    throw new WebAssembly.CompileError('bytes are not compiled here');
  });
  const room = makeRoom();
  WebAssembly.Module = Module;
  room(1e9); // asks for nothing
  const bh = createLibrary(await start(room)), calls = await everything(bh), model = new bh.DQN('CartPole-v1', { ...SMALL, netArch: [64, 64] });
  const { others } = atEveryDepth(() => model.predict(OBS));
  assert.ok(others.length > 0);
  for (const each of others) assert.match(/** @type {Error} */ (each).message, full);
  await allSay(bh, calls, full);
  assert.equal(await fingerprint(createLibrary(await start())), await fingerprint(await load()));
});

test('what never entered the module does not stop it', async () => {
  const wasm = await start();
  for (const value of [Symbol('size'), 1n, { valueOf() { throw new Error('mine'); } }]) assert.throws(() => wasm.call.bhx_alloc(/** @type {any} */ (value)));
  assert.equal(wasm.liveBytes(), 0);
  assert.equal(await fingerprint(createLibrary(wasm)), await fingerprint(await load()));
});
