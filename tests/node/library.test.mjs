// SPDX-License-Identifier: MIT
// Loading: from disk, from bytes, by force; what is said when it does not work; the catalogue.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { BellhopError, evaluationSeed, load } from '../../web/node/node.mjs';
import { LABELS } from '../../web/lib/setup.mjs';
import { instantiate } from '../../web/lib/instance.mjs';

const wasmFile = (/** @type {string} */ kind) => fileURLToPath(new URL(`../../build/out/wasm-${kind}/bellhop.wasm`, import.meta.url));

/** @param {string} status @param {RegExp} message */
const failure = (status, message) => (/** @type {any} */ error) => {
  assert.ok(error instanceof BellhopError, String(error));
  assert.equal(error.status, status);
  assert.match(error.message, message);
  return true;
};

test('SIMD by default, either by force', async () => {
  assert.equal((await load()).simd, 'wasm-simd128');
  assert.equal((await load({ simd: true })).simd, 'wasm-simd128');
  assert.equal((await load({ simd: false })).simd, 'scalar');
});

test('wasmUrl takes URLs and paths, wasmBinary bytes and modules', async () => {
  const path = wasmFile('scalar');
  const bytes = readFileSync(path);
  for (const wasmUrl of [path, new URL(`file://${path}`)]) assert.equal((await load({ wasmUrl })).simd, 'scalar');
  for (const wasmBinary of [bytes, new WebAssembly.Module(bytes)]) assert.equal((await load({ wasmBinary })).simd, 'scalar');
});

test('a missing or broken module is a clear error', async () => {
  await assert.rejects(load({ wasmUrl: '/nowhere/bellhop.wasm' }), failure('BH_ERR_LOAD', /nowhere\/bellhop\.wasm is missing; wasmUrl must be the path or the URL of bellhop-simd\.wasm/));
  await assert.rejects(load({ wasmBinary: new Uint8Array(8) }), failure('BH_ERR_LOAD', /cannot run here/));
});

test('an engine that computes SIMD wrongly, or does not compile it, gets the scalar binary', async () => {
  const scalar = new WebAssembly.Module(readFileSync(wasmFile('scalar')));
  // A module with the same exports whose probe says 0.
  const lying = new WebAssembly.Module(Uint8Array.from([0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 2, 96, 0, 0, 96, 0, 1, 127,
    3, 3, 2, 0, 1, 5, 3, 1, 0, 1, 7, 36, 3, 6, 109, 101, 109, 111, 114, 121, 2, 0, 11, 95, 105, 110, 105, 116, 105, 97,
    108, 105, 122, 101, 0, 0, 9, 98, 104, 120, 95, 112, 114, 111, 98, 101, 0, 1, 10, 9, 2, 2, 0, 11, 4, 0, 65, 0, 11]));
  const refused = () => WebAssembly.compile(new Uint8Array(8));
  for (const bad of [async () => lying, refused]) {
    const wasm = await instantiate([bad, async () => scalar]);
    assert.equal(wasm.text(wasm.call.bhx_simd_name()), 'scalar');
    await assert.rejects(instantiate([bad]), failure('BH_ERR_LOAD', /cannot run here/));
  }
});

test('the catalogue lists environments, algorithms and options, and is frozen', async () => {
  const { catalog, version } = await load();
  assert.equal(version, JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version);
  for (const id of ['GridWorld-v0', 'FrozenLake-v1', 'CliffWalking-v1', 'CartPole-v1', 'TextGen-v0']) {
    assert.ok(catalog.envs.some((env) => env.id === id), id);
  }
  for (const name of ['dqn', 'q-learning', 'sarsa', 'expected-sarsa', 'double-q-learning', 'value-iteration', 'policy-iteration', 'policy-evaluation']) {
    assert.ok(catalog.algos.some((algo) => algo.name === name), name);
  }
  const field = catalog.algos[0].options.find(({ name }) => name === 'learning_rate');
  assert.deepEqual([field?.key, field?.type, field?.live, field?.min], ['learningRate', 'real', true, 0]);
  const box = catalog.envs.find(({ id }) => id === 'CartPole-v1')?.observation_space;
  assert.ok(box?.type === 'Box' && Array.isArray(box.high) && Array.isArray(box.low));
  assert.deepEqual([box.shape, box.dtype, box.high[1], box.low[1]], [[4], 'float32', Infinity, -Infinity]);
  assert.throws(() => {
    /** @type {any} */ (catalog.envs[0]).id = 'other';
  }, TypeError);
});

test('the entry for browsers has lines of help and summaries too, though its module has none', async () => {
  const { load: loadInBrowsers } = await import('../../web/bellhop.mjs');
  const wasmBinary = readFileSync(wasmFile('simd'));
  const [{ catalog }, own] = [await loadInBrowsers({ wasmBinary }), await load({ text: false, simd: true })];
  assert.deepEqual(catalog, own.catalog);
  for (const { help, name } of [catalog.run, ...catalog.algos.map(({ options }) => options), ...catalog.envs.map(({ options }) => options)].flat()) assert.ok(help, name);
  for (const { summary } of [...catalog.algos, ...catalog.envs]) assert.ok(summary);
});

test('every algorithm has a class, under its name and the class\'s own', async () => {
  const bh = await load();
  assert.deepEqual(Object.keys(bh.models), bh.catalog.algos.map(({ name }) => name));
  for (const [algo, Class] of Object.entries(bh.models)) {
    assert.equal(/** @type {any} */ (bh)[Class.name], Class, algo);
    assert.ok(LABELS[algo], `setup.mjs has no label for ${algo}`);
    const id = bh.catalog.envs.find(({ presets }) => presets.some((preset) => preset.algo === algo))?.id;
    if (algo === 'clone') continue; // has no presets: it is made with demonstrations, see demonstrations.test.mjs
    assert.ok(id, `no environment has a preset for ${algo}`);
    const env = bh.make(id);
    const model = new Class(env, { totalTimesteps: 10 });
    assert.equal(model.algo, algo);
    assert.ok(bh.loadModel(model.save()) instanceof Class);
    assert.throws(() => new Class(env, /** @type {any} */ ({ gamma: 2 })), (/** @type {any} */ error) => error.message.startsWith(`${LABELS[algo]}: gamma is 2`));
  }
});

test('instances share nothing', async () => {
  const [a, b] = [await load(), await load()];
  const env = a.make('CartPole-v1');
  assert.ok(a.liveBytes() > 0);
  assert.equal(b.liveBytes(), 0);
  env.close();
});

test('the evaluation seed is apart from the run\'s and stays a safe integer', () => {
  for (const seed of [0, 19, Number.MAX_SAFE_INTEGER, 2 ** 53 - 2 ** 40]) {
    assert.ok(Number.isSafeInteger(evaluationSeed(seed)) && evaluationSeed(seed) >= 0);
    assert.notEqual(evaluationSeed(seed), seed);
  }
  assert.equal(evaluationSeed(3), 3 + 2 ** 40);
});
