// SPDX-License-Identifier: MIT
// The same seed gives the same bits: WebAssembly with and without SIMD against tests/golden/runs.json, as the native builds in
// golden_native.test.mjs.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { load } from '../../web/node/node.mjs';
import { goldenRuns, goldenTexts } from '../golden/golden.mjs';

const { sha256: golden, text_sha256: goldenOfText } = JSON.parse(readFileSync(new URL('../golden/runs.json', import.meta.url), 'utf8'));
const names = Object.keys(golden);
const textNames = Object.keys(goldenOfText);
const readCorpus = (/** @type {string} */ file) => readFile(new URL(`../../envs/data/${file}`, import.meta.url));

for (const [simd, name] of /** @type {const} */ ([[true, 'wasm-simd128'], [false, 'scalar']])) {
  test(`WebAssembly, ${name}`, async () => {
    const bh = await load({ simd });
    assert.equal(bh.simd, name);
    const runs = await goldenRuns(bh, names);
    for (const [id, { updates }] of Object.entries(runs)) assert.ok(updates > 0, `${id} learned nothing in its golden run`);
    assert.deepEqual(Object.fromEntries(Object.entries(runs).map(([id, run]) => [id, run.sha256])), golden);
    assert.equal(new Set(Object.values(golden)).size, names.length, 'every run ends with parameters of its own');
    const algos = new Set([...names, ...textNames].map((name) => name.split(' ')[1] ?? bh.catalog.envs.find(({ id: env }) => env === name)?.presets[0].algo));
    for (const { id } of bh.catalog.envs) assert.ok([...names, ...textNames].some((name) => name.split(' ').includes(id)), `no golden run of ${id}`);
    assert.deepEqual(await goldenTexts(bh, textNames, readCorpus), goldenOfText);
    // clone learns from demonstrations alone: tests/node/demonstrations.test.mjs.
    for (const { name } of bh.catalog.algos) assert.ok(name === 'clone' || algos.has(name), `no golden run of ${name}`);
  });
}
