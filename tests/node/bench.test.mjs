// SPDX-License-Identifier: MIT
// `npm run bench`: its arithmetic on cases of known speed, and its JSON from the real module, with measurements too short
// to mean anything. Says nothing about time.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { measureAll } from '../../build/bench/all.mjs';
import { controlFlops, imageFlops, ppoFlops, updateFlops } from '../../build/bench/flops.mjs';
import { measure, PEAK_FLOPS } from '../../build/bench/measure.mjs';
import { openModule } from '../../build/bench/module.mjs';
import { table } from '../../build/bench/print.mjs';
import { solveTime } from '../../build/bench/product.mjs';
import { ALGORITHMS, difference, recordUpdates } from '../../build/peers/check-control.mjs';
import * as records from '../../build/peers/check-records.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Sizes as build/bench/sizes.mjs has them; tests/node/sizes.test.mjs has the real ones, which take seconds to compress. */
const SIZE = { raw: 200_000, gzip: 68_000, brotli: 60_000 };
const SIZES = { ...SIZE, first_load: { ...SIZE, measured: false, files: [] }, element: SIZE, lab: SIZE, charts: SIZE, later: [] };
const TINY = { repeats: 3, ms: 0.01, warmMs: 0.01, seeds: 0 };

/** Every kind of case takes so many seconds a run. @param {Record<string, number>} seconds @param {number} [otherwise] */
function pretend(seconds, otherwise = 1e-3) {
  /** @type {string[]} */
  const open = [];
  let live = 0;
  return {
    /** @param {string} kind @param {number[]} numbers */
    async open(kind, ...numbers) {
      live++;
      return open.push([kind, ...numbers].join(' ')) - 1;
    },
    /** @param {number} handle @param {number} n */
    async time(handle, n) {
      return n * (seconds[open[handle]] ?? otherwise);
    },
    async close() {
      live--;
    },
    live: () => live,
  };
}

test('an update is 2.26 MFLOP at 4-64-64-2, 34.2 at 4-256-256-2', () => {
  assert.equal(updateFlops(64), 2_260_992);
  assert.equal(updateFlops(256), 34_209_792);
});

test('an update of actions that are numbers counts its products, of a row', () => {
  // By hand, hidden 2: actor 3*2 + 4 + 2 = 12 (SAC 14), critic 4*2 + 4 + 2 = 14, first layers 6 and 8.
  assert.equal(controlFlops('ddpg', 2), 2 * (12 + (4 * 14 - 8) + (3 * 12 - 6) + (2 * 14 - 8 + 2)));
  assert.equal(controlFlops('td3', 2), 2 * (12 + 2 * (4 * 14 - 8) + 0.5 * ((3 * 12 - 6) + (2 * 14 - 8 + 2))));
  assert.equal(controlFlops('sac', 2), 2 * (14 + 2 * (4 * 14 - 8) + (3 * 14 - 6) + 2 * (2 * 14 - 8 + 2)));
});

test('an update of images counts convolutions, one of PPO its networks over the rollout and in each epoch', () => {
  // MinAtar's, of a row: 8*8 outputs of 16 channels from 3*3*4 numbers, then 1024*128 and 128*3.
  assert.equal(imageFlops('minatar', 32), 2 * 32 * (4 * (36_864 + 131_072 + 384) - 36_864));
  assert.equal(imageFlops('nature', 1), 2 * (4 * (3_276_800 + 2_654_208 + 1_806_336 + 1_605_632 + 3_072) - 3_276_800));
  // Hidden 2: policy 8 + 4 + 4, value 8 + 4 + 2.
  assert.equal(ppoFlops(2, 10), 2 * 1024 * (30 + 10 * (3 * 30 - 16)));
});

test('figures are fractions of what ran beside them', async () => {
  const peak = PEAK_FLOPS / 50e9; // 50 GFLOP/s
  const gemm = 2 * 64 ** 3 / 25e9;
  const simd = pretend({
    peak_12: 1.1 * peak, peak_13: peak, peak_6_6: 1.2 * peak, 'gemm_nn 64 64 64': gemm, 'update 64 64': updateFlops(64) / 40e9, 'loop 64 64': updateFlops(64) / 20e9,
    'td3 64 100': 2 * 100 * controlFlops('td3', 64) / 30e9, 'update 128 64': updateFlops(128) / 40e9, 'update 512 64': updateFlops(512) / 20e9, 'env 64': 64 / 10e6, 'lm 64 16': 1024 / 50e3,
    'nature 32': imageFlops('nature', 32) / 35e9, 'ppo 64 64 10': ppoFlops(64, 10) / 45e9, 'rollout 64 16': 16 / 3e6, 'prioritized 1 64': 1e-5, 'prioritized 1000 64': 4e-5, 'decode 64': 63 / 80e3,
  });
  const scalar = pretend({ 'update 64 64': updateFlops(64) / 10e9 });
  const native = pretend({ 'gemm_nn 64 64 64': gemm / 2, 'rollout 64 16': 8 / 3e6 });
  const figures = await measure({ simd, scalar, native }, { repeats: 3, ms: 1, warmMs: 1 });
  const close = (/** @type {number | undefined} */ a, /** @type {number} */ b) => assert.ok(Math.abs((a ?? NaN) / b - 1) < 1e-9, `${a} is not ${b}`);
  close(figures.peak_gflops, 50);
  close(figures.gemm[0].gflops, 25);
  close(figures.gemm[0].of_peak, 0.5);
  close(figures.gemm[0].of_native, 0.5);
  close(figures.updates[0].of_peak, 0.8);
  close(figures.updates[0].of_scalar, 4);
  close(figures.control[1].of_peak, 0.6);
  close(figures.control[1].per_second, 30e9 / (100 * controlFlops('td3', 64)));
  close(figures.loop.of_update_rate, 0.5);
  close(figures.scaling.growth, 2);
  close(figures.env[3].steps_per_second, 10e6);
  close(figures.env[3].per_second_at_50_gflops, 10e6);
  close(figures.images[0].of_peak, 0.7);
  close(figures.ppo.of_peak, 0.9);
  close(figures.ppo.rollout[2].steps_per_second, 3e6);
  close(figures.ppo.rollout[2].of_native, 0.5);
  close(figures.prioritized[3].per_second, 25_000);
  close(figures.prioritized[3].growth, 4);
  close(figures.language.decode.tokens_per_second, 80e3);
  close(figures.language.tokens_per_second, 50e3);
  // 12 C^2 a block and the output, and attention over 32.5 positions: 688,896 flops a token, forward and backward.
  close(figures.language.flops_per_token, 3 * 2 * (2 * (12 * 64 * 64 + 2 * 32.5 * 64) + 64 * 128));
  close(figures.language.of_peak, 50e3 * 688_896 / 50e9);
  assert.deepEqual([simd, scalar, native].map(({ live }) => live()), [0, 0, 0]);
});

test('the report from the modules has the documented shape', async () => {
  for (const preset of ['wasm-simd', 'wasm-scalar']) {
    const { status, stderr } = spawnSync('cmake', ['--build', '--preset', preset, '--target', 'benchmarks'], { cwd: ROOT, encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  }
  const read = (/** @type {string} */ file) => new Uint8Array(readFileSync(join(ROOT, 'build/out', file)));
  const figures = await measureAll({
    simd: read('wasm-simd/bellhop_bench.wasm'), scalar: read('wasm-scalar/bellhop_bench.wasm'), product: read('wasm-simd/bellhop.wasm'),
  }, TINY);
  const time = { median: 300, spread: /** @type {[number, number]} */ ([250, 400]) };
  const report = { ...figures, page_ready_ms: time, first_update_ms: time, first_update_at_first_speed_ms: null, sizes: SIZES, machine: { cpu: 'a processor', cores: 2, runtime: 'Node', load: 0 } };
  const json = JSON.parse(JSON.stringify(report));
  assert.deepEqual(json.gemm.map((/** @type {any} */ g) => `${g.op} ${g.m} ${g.n} ${g.k}`), ['64 64 64', '128 128 128', '256 256 256', '37 53 129']
    .flatMap((size) => ['nn', 'nt', 'tn'].map((op) => `${op} ${size}`)));
  assert.deepEqual(json.updates.map((/** @type {any} */ u) => [u.net, u.batch]), [['4-64-64-2', 64], ['4-256-256-2', 64]]);
  assert.deepEqual(json.control.map((/** @type {any} */ c) => `${c.algo} ${c.net} ${c.batch}`), ['64-64 100', '256-256 256'].flatMap((size) => ['ddpg', 'td3', 'sac'].map((algo) => `${algo} ${size}`)));
  assert.deepEqual(json.env.map((/** @type {any} */ e) => [e.id, e.n_envs]), [1, 4, 16, 64, 256].map((n) => ['CartPole-v1', n]));
  assert.deepEqual(json.images.map((/** @type {any} */ i) => `${i.net} ${i.batch}`), ['nature 32', 'minatar 32']);
  assert.deepEqual(json.ppo.rollout.map((/** @type {any} */ r) => r.n_envs), [1, 4, 16, 64, 256]);
  assert.deepEqual(json.prioritized.map((/** @type {any} */ p) => p.transitions), [1000, 10_000, 100_000, 1_000_000]);
  assert.deepEqual(json.scaling.ns_per_flop.map((/** @type {any} */ s) => s.hidden), [32, 64, 128, 256, 512, 1024]);
  const numbers = [json.peak_gflops, json.load_ms, json.language.decode.tokens_per_second, json.ppo.per_second,
    ...[...json.images, ...json.prioritized, ...json.scaling.ns_per_flop].map((/** @type {any} */ f) => f.per_second), ...json.ppo.rollout.map((/** @type {any} */ r) => r.steps_per_second), json.loop.steps_per_second, json.loop.of_update_rate, json.scaling.growth,
    ...json.gemm.flatMap((/** @type {any} */ g) => [g.gflops, g.of_peak]), ...json.env.map((/** @type {any} */ e) => e.steps_per_second),
    ...json.updates.flatMap((/** @type {any} */ u) => [u.per_second, u.of_peak, u.scalar_per_second]), ...json.control.flatMap((/** @type {any} */ c) => [c.per_second, c.of_peak])];
  for (const number of numbers) assert.ok(number > 0, `${number} in ${JSON.stringify(json)}`);
  assert.match(table(report), /^update 4-64-64-2, batch 64 .* of peak, .* x scalar/m);
  assert.match(table(report), /^page, until the first update +300 ms +250–400 .*\npage, until the first update +not measured/m);
  assert.match(table(report), /^first load of the page .* KB gzip .*from a list/m);
});

test('updates of DDPG, TD3 and SAC are recorded with what they learned from, and their loops run', async () => {
  const bellhop = await openModule(readFileSync(join(ROOT, 'build/out/wasm-simd/bellhop_bench.wasm')));
  for (const algo of ALGORITHMS) {
    const { order, wanted } = await recordUpdates(bellhop, algo), { rows, eps_1, eps_2 } = order.batches[9];
    assert.deepEqual([order.batches.length, rows.length, eps_1.length, eps_2.length, order.parameters.length], [10, 900, 100, 100, wanted.parameters.length]);
    const discounts = new Set(order.batches.flatMap((batch) => batch.rows.filter((_, i) => i % 9 === 5)));
    assert.deepEqual([...discounts].sort(), [0, Math.fround(0.99)]);
    assert.equal(wanted.log_alpha < 0, algo === 'sac');
    assert.equal(difference(wanted, wanted), 0);
    assert.ok(difference({ ...wanted, parameters: order.parameters }, wanted) > 1e-3, 'nothing was learned');
    assert.ok(difference({ ...wanted, target: order.parameters }, wanted) > 1e-6, 'the targets stand');
    const loop = await bellhop.open(`loop_${algo}`, 8, 4);
    assert.ok(await bellhop.time(loop, 10) >= 0);
    await bellhop.close(loop);
  }
});

test('updates of images, PPO and a language model are recorded with what they learned from; writing fills a context', async () => {
  const bellhop = await openModule(readFileSync(join(ROOT, 'build/out/wasm-simd/bellhop_bench.wasm')));
  const lengths = { nature: 32 * (2 * 84 * 84 * 4 + 3), minatar: 32 * (2 * 10 * 10 * 4 + 3), ppo: 1024 * (4 + 3 + 2) + 8, lm: 2 * 16 * 64 };
  for (const check of records.CHECKS) {
    const { order, wanted, moved } = await records.recordUpdates(bellhop, check);
    assert.equal(order.kind, check.kind);
    if (check.kind === 'decode') {
      assert.equal(wanted.length, 63);
      assert.ok(wanted.every((token) => Number.isInteger(token) && token >= 1 && token < 128));
      continue;
    }
    const bytes = 4 * lengths[/** @type {keyof typeof lengths} */ (check.kind)];
    assert.deepEqual(order.records.map((text) => Buffer.from(text, 'base64').length), Array(check.updates).fill(bytes), check.kind);
    assert.equal(Buffer.from(order.parameters, 'base64').length, 4 * wanted.length);
    assert.ok(moved > 1000 * check.tolerance, `${check.kind} moved ${moved}, too little for its tolerance`);
  }
  const loop = await bellhop.open('loop_ppo', 8, 64);
  assert.ok(await bellhop.time(loop, 1) >= 0);
  await bellhop.close(loop);
});

test('solving CartPole is timed with the module that ships', async () => {
  const solved = await solveTime(new Uint8Array(readFileSync(join(ROOT, 'build/out/wasm-simd/bellhop.wasm'))), 1);
  assert.deepEqual([solved.env, solved.seeds, solved.solved], ['CartPole-v1', 1, 1]);
  assert.ok(solved.steps > 0 && solved.seconds > 0);
});
