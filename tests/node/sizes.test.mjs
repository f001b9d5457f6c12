// SPDX-License-Identifier: MIT
// What a reader downloads until Play can be pressed: the page, a lab alone and the module stay within their budgets, in bytes, gzipped.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chartFiles, elementFiles, firstLoadFiles, labFiles, sizes } from '../../build/bench/sizes.mjs';

const FIRST_LOAD = 160_000;
const LAB = 150_000;
const ELEMENT = 8_000;
const MODULE = 73_500; // 61,700 until full checkpoints (what a run is, by name, and reading it from untrusted bytes: 4.3 KB), actions that are numbers (the loop, environments and exports: 1.8 KB), the numbers of the last update (1.0 KB), units of observations and rewards (1.7 KB), action masks and states set by hand (0.6 KB), environments that answer later (0.5 KB), time limits and options of one's own (0.1 KB), work that can be interrupted, and files in the middle of it (0.9 KB), visits of states and what layers say (0.3 KB), the stack first in memory, texts of any length and counts that are refused (0.6 KB)

/** A file's name without esbuild's hash; what scripts share has no name. @param {string} file */
const plain = (file) => file.replace(/-[A-Z0-9]{8}(?=\.js$)/, '');

test('the module, a lab, a lab that is not near and the first load are within their budgets', () => {
  const { gzip, first_load: first, lab, element, ...others } = sizes();
  assert.ok(gzip <= MODULE, `bellhop-simd.wasm: ${gzip} bytes gzipped, the budget is ${MODULE}`);
  assert.ok(lab.gzip <= LAB, `a lab: ${lab.gzip} bytes gzipped, the budget is ${LAB}`);
  assert.ok(element.gzip <= ELEMENT, `a lab that is not near: ${element.gzip} bytes gzipped, the budget is ${ELEMENT}`);
  assert.ok(first.gzip <= FIRST_LOAD, `first load: ${first.gzip} bytes gzipped, the budget is ${FIRST_LOAD}`);
  assert.equal(first.files.reduce((sum, file) => sum + file.gzip, 0), first.gzip);
  for (const size of [{ ...others, gzip }, first]) assert.ok(size.raw > size.gzip && size.gzip > size.brotli && size.brotli > 0, JSON.stringify(size));
});

test('the first load has the page, its worker, one module, one language and one world; the charts and the rest come later', () => {
  assert.deepEqual([...new Set(firstLoadFiles().map(plain))], [
    'bellhop-simd.wasm', 'chunk.js', 'en.js', 'en-site.js', 'grid-map.js', 'index.html', 'plain-worker.js', 'site.css', 'site.js', 'start.js', 'static/icon.svg',
  ]);
  assert.deepEqual([...new Set(labFiles().map(plain))], ['bellhop-lab.js', 'bellhop-simd.wasm', 'chunk.js', 'en.js', 'grid-map.js', 'lab-view.js', 'plain-worker.js', 'trainers.js']);
  assert.deepEqual([...new Set(elementFiles().map(plain))], ['bellhop-lab.js', 'chunk.js']);
  assert.deepEqual([...new Set(chartFiles().map(plain))], ['chart.js', 'chunk.js', 'target.js']);
  assert.deepEqual([...new Set(sizes().later.map(({ file }) => plain(file)))].sort(), [
    'acrobot.js', 'bandit.js', 'bellhop-scalar.wasm', 'bellhop-text-scalar.wasm', 'bellhop-text-simd.wasm', 'board-experiment.js', 'box-panels.js', 'breakout.js',
    'cartpole.js', 'catch.js', 'cell-view.js', 'chart.js', 'chunk.js', 'connect-four.js', 'create-box-experiment.js', 'create-own-experiment.js', 'create-text-experiment.js', 'deep-sea.js', 'embed-dialog.js',
    'en-box.js', 'en-embed.js', 'en-errors.js', 'en-fields.js', 'en-play.js', 'en-settings.js', 'en-text.js', 'en-tour.js', 'en-update.js', 'en-workbench.js', 'error-words.js',
    'help.js', 'human-play.js', 'keeping.js', 'lab-view.js', 'learning-rate.js', 'map-editor.js', 'microscope.js', 'mountain-car.js', 'open-file.js', 'page-thread.js',
    'pendulum.js', 'point-view.js', 'prefetched.js', 'progress-words.js', 'rescue.js', 'run-comparison.js', 'sentences.js', 'session-calls.js', 'settings-form.js', 'switch-notice.js', 'target.js', 'text-panels.js', 'textgen.js', 'token-text.js', 'tour.js',
    'trainers.js', 'value-map.js', 'why-unloaded.js', 'workbench.js', 'worker.js', 'zh-box.js', 'zh-embed.js', 'zh-errors.js', 'zh-fields.js', 'zh-help.js', 'zh-play.js',
    'zh-settings.js', 'zh-site.js', 'zh-text.js', 'zh-tour.js', 'zh-update.js', 'zh-workbench.js', 'zh.js',
  ]);
});
