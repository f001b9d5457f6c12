// SPDX-License-Identifier: MIT
// What a reader downloads: the built page and the module stay within their budgets, in bytes, gzipped.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { firstLoadFiles, sizes } from '../../build/bench/sizes.mjs';
import { withoutUnused } from '../../build/uplot.mjs';

const FIRST_LOAD = 122_000;
const MODULE = 61_700;

test('the module and the first load are within their budgets', () => {
  const { gzip, first_load: first } = sizes();
  assert.ok(gzip <= MODULE, `bellhop-simd.wasm: ${gzip} bytes gzipped, the budget is ${MODULE}`);
  assert.ok(first.gzip <= FIRST_LOAD, `first load: ${first.gzip} bytes gzipped, the budget is ${FIRST_LOAD}`);
  assert.equal(first.files.reduce((sum, file) => sum + file.gzip, 0), first.gzip);
});

test('the first load has the page, its worker, one module, one language and the charts; the rest comes later', () => {
  const plain = (/** @type {string} */ file) => file.replace(/-[A-Z0-9]{8}(?=\.js$)/, '');
  assert.deepEqual([...new Set(firstLoadFiles().map(plain))], [
    'bellhop-simd.wasm', 'chunk.js', 'early.js', 'en.js', 'index.html', 'plot.js', 'start.js', 'static/icon.svg', 'style.css', 'worker.js',
  ]);
  assert.deepEqual(sizes().later.map(({ file }) => plain(file)).sort(),
    ['acrobot.js', 'bandit.js', 'bellhop-scalar.wasm', 'bellhop-text-scalar.wasm', 'bellhop-text-simd.wasm', 'breakout.js', 'cartpole.js', 'catch.js', 'chunk.js', 'chunk.js', 'chunk.js', 'chunk.js', 'chunk.js', 'deep-sea.js', 'demonstrate.js', 'en-help.js', 'en-later.js', 'en-text.js', 'later.js',
      'map-editor.js', 'mountain-car.js', 'section.js', 'settings-panel.js', 'text-worker.js', 'textgen.js', 'zh-help.js', 'zh-later.js', 'zh-text.js', 'zh.js']);
});

test('an unknown uPlot fails the build', () => {
  const source = readFileSync(new URL('../../node_modules/uplot/dist/uPlot.esm.js', import.meta.url), 'utf8');
  assert.doesNotMatch(withoutUnused(source), /paths\.spline/);
  assert.throws(() => withoutUnused(source.replaceAll('spline', 'splines')), /spline.* 2 times, not 3/);
});
