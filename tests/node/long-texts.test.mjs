// SPDX-License-Identifier: MIT
// JSON of any length crosses the boundary, both ways: spaces with many bounds and actions, options of long texts.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { OUT, ROOT } from '../../build/run.mjs';
import { createLibrary } from '../../web/lib/library.mjs';
import { startModule } from '../../web/lib/wasm.mjs';

/** Bytes of the module's own buffer: what is longer takes another way. */
const BUFFER = 1 << Number(/BHX_TEXT_BYTES \(1 << (\d+)\)/.exec(readFileSync(join(ROOT, 'src/wasm/exports.h'), 'utf8'))?.[1]);

/** @param {'bellhop' | 'bellhop-text'} [name] */
const start = async (name = 'bellhop-text') => startModule(await WebAssembly.compile(readFileSync(join(OUT, `wasm-simd/${name}.wasm`))));

/** Numbers that are all different and long as text. @param {number} n @param {number} from */
const bounds = (n, from) => Float32Array.from({ length: n }, (_, i) => from + Math.sin(i + 1) / 3);

/** An environment of one step. @param {any} observationSpace @param {any} actionSpace @param {object[]} [options] @returns {any} */
function ownEnv(observationSpace, actionSpace, options = []) {
  return class {
    static id = 'Own-v0';
    static observationSpace = observationSpace;
    static actionSpace = actionSpace;
    static options = options;
    given;
    /** @param {Record<string, unknown>} given */
    constructor(given) {
      this.given = given;
    }

    reset() {
      return [observationSpace.type === 'Box' ? observationSpace.low : 0, { given: this.given }];
    }

    step() {
      return [observationSpace.type === 'Box' ? observationSpace.high : 0, 1, true, false, {}];
    }
  };
}

/** @param {number} n */
const box = (n) => ({ type: 'Box', shape: [n], low: bounds(n, -2), high: bounds(n, 2), dtype: 'float32' });
const TWO = { type: 'Discrete', n: 2 };

test('spaces of up to 2^20 different bounds', async (t) => {
  const wasm = await start(), bh = createLibrary(wasm);
  let made = 0;
  for (const n of [2, 1000, 8000, 20_000, 2 ** 20]) {
    const isAction = n <= 1000; // the most numbers of an action
    for (const [observationSpace, actionSpace] of isAction ? [[box(n), TWO], [TWO, box(n)]] : [[box(n), TWO]]) {
      const env = bh.make(ownEnv(observationSpace, actionSpace));
      const space = /** @type {any} */ (observationSpace.type === 'Box' ? env.observationSpace : env.actionSpace);
      assert.deepEqual([space.low, space.high], [bounds(n, -2), bounds(n, 2)]);
      const [obs] = env.reset(), [next] = env.step(actionSpace.type === 'Box' ? bounds(n, 0) : 0);
      if (observationSpace.type === 'Box') assert.deepEqual([obs, next], [bounds(n, -2), bounds(n, 2)]);
      env.dispose();
      assert.equal(bh.liveBytes(), 0, `${n} numbers`);
      made++;
    }
  }
  t.diagnostic(`${made} boxes, the largest of more than ${JSON.stringify(Array.from(bounds(2 ** 20, -2))).length * 2} bytes of text; the buffer has ${BUFFER}`);
});

test('a model learns, is saved and goes on where 8,000 bounds are different', async () => {
  for (const name of /** @type {const} */ (['bellhop', 'bellhop-text'])) {
    const wasm = await start(name), bh = createLibrary(wasm);
    const Env = ownEnv(box(8000), TWO);
    const model = new bh.DQN(Env, { netArch: [4], bufferSize: 20, learningStarts: 4, batchSize: 2, totalTimesteps: 40, evalFreq: 0 });
    await model.learn({ totalTimesteps: 20 });
    const again = bh.loadModel(model.save({ full: true }), Env);
    await Promise.all([model.learn({ totalTimesteps: 10 }), again.learn({ totalTimesteps: 10 })]);
    assert.equal(again.sha256(), model.sha256());
    [model, again].forEach((each) => each.dispose());
    assert.equal(bh.liveBytes(), 0);
  }
});

/** Options of an environment whose JSON is longer than the buffer, and values for them. */
const TEXTS = Array.from({ length: 64 }, (_, i) => ({ name: `text${i}`, type: 'text', default: '' }));
const ODD = '\u0001'.repeat(1000); // 6 bytes of JSON each
const GIVEN = Object.fromEntries(TEXTS.map(({ name }, i) => [name, String(i).padEnd(4, 'x') + ODD.slice(4)]));

test('options of 350 KB go in, come out and are saved', async (t) => {
  const wasm = await start(), bh = createLibrary(wasm), Env = ownEnv(TWO, TWO, TEXTS);
  assert.ok(JSON.stringify(GIVEN).length > BUFFER, String(JSON.stringify(GIVEN).length));
  const env = bh.make(Env, GIVEN);
  assert.deepEqual({ ...env.options }, GIVEN);
  assert.deepEqual(env.reset()[1].given, GIVEN);
  const model = new bh.QLearning(env, { totalTimesteps: 10 });
  assert.deepEqual(model.env.options, GIVEN);
  t.diagnostic(`${JSON.stringify(GIVEN).length} bytes of JSON`);
  const again = bh.loadModel(model.save(), Env);
  assert.deepEqual(again.env.options, GIVEN);
  [model, again, env].forEach((each) => each.dispose());
  assert.equal(bh.liveBytes(), 0);
});

test('every length of text around the buffer’s crosses whole', async (t) => {
  const wasm = await start(), bh = createLibrary(wasm), Env = ownEnv(TWO, TWO, TEXTS);
  const { bhx_setup_describe: describe } = wasm.call, lengths = new Set(), given = { ...GIVEN };
  let length = 0;
  wasm.call = { ...wasm.call, bhx_setup_describe: (setup) => {
    const at = describe(setup);
    length = new Uint8Array(wasm.buffer, at).indexOf(0);
    return at;
  } };
  const make = () => {
    const env = bh.make(Env, given);
    for (const [name, value] of Object.entries(given)) assert.equal(env.options[name], value);
    env.dispose();
    assert.equal(wasm.liveBytes(), 0);
  };
  for (let i = 58; length === 0 || length > BUFFER - 20; i--) {
    Object.assign(given, { [`text${i}`]: '', text60: '', text61: '', text62: '', text63: '', text59: '' });
    make();
  }
  const short = BUFFER - 20 - length; // by which the texts that are empty become longer
  for (let more = short; more <= short + 40; more++) {
    for (let i = 0; i < 5; i++) given[`text${59 + i}`] = 'x'.repeat(Math.min(1000, Math.max(0, more - 1000 * i)));
    make();
    lengths.add(length);
  }
  t.diagnostic(`${lengths.size} lengths, from ${Math.min(...lengths)} to ${Math.max(...lengths)} bytes; the buffer has ${BUFFER}`);
  assert.deepEqual([...lengths], Array.from({ length: 41 }, (_, i) => BUFFER - 20 + i));
});

test('a text there is no memory for is an error, and everything is given back', async (t) => {
  const wasm = await start(), bh = createLibrary(wasm), Env = ownEnv(box(8000), TWO);
  const { bhx_env_spaces: spaces } = wasm.call;
  let asked = 0;
  for (const failing of [1, 2]) {
    let calls = 0;
    wasm.call = { ...wasm.call, bhx_env_spaces: (env) => (calls++, asked++, calls === failing ? 0 : spaces(env)) };
    wasm.call.bhx_alloc(0);
    if (failing === 1) assert.throws(() => bh.make(Env));
    else bh.make(Env).dispose();
    assert.equal(bh.liveBytes(), 0);
  }
  wasm.call = { ...wasm.call, bhx_env_spaces: () => 0 };
  for (const call of [() => bh.make(Env), () => bh.makeVec(Env), () => new bh.QLearning('GridWorld-v0'), () => new bh.DQN(Env, { netArch: [4], bufferSize: 10 })]) {
    assert.throws(call);
    assert.equal(bh.liveBytes(), 0);
  }
  t.diagnostic(`${asked + 4} calls`);
});
