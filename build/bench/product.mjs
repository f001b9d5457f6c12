// SPDX-License-Identifier: MIT
// What `npm run bench` measures on the module that ships, bellhop.wasm: how long it takes to load, and to solve CartPole
// with its preset. Runs in Node and in browsers.
import { instantiate } from '../../web/lib/instance.mjs';
import { median } from './measure.mjs';

const LOADS = 7;
const STEPS = 1000;

/** Milliseconds from the module's bytes to a library that answers (compiled, started, probed). @param {Uint8Array} bytes */
export async function loadTime(bytes) {
  const times = [];
  for (let i = 0; i < LOADS; i++) {
    const fresh = unlike(bytes, i);
    const since = performance.now();
    await instantiate([() => WebAssembly.compile(fresh)]);
    times.push(performance.now() - since);
  }
  return median(times);
}

/**
 * The module with a custom section behind it: an engine that has met the same bytes does not compile again.
 * @param {Uint8Array} bytes @param {number} i
 */
function unlike(bytes, i) {
  const fresh = new Uint8Array(bytes.length + 5);
  fresh.set(bytes);
  // Section 0, 3 bytes: a name of 1 byte, then one byte of content.
  fresh.set([0, 3, 1, 0x62, i], bytes.length);
  return fresh;
}

/**
 * Seconds until an evaluation reaches CartPole's threshold, evaluations included; Infinity for a seed that does not.
 * @param {Uint8Array} bytes @param {number} seeds
 */
export async function solveTime(bytes, seeds) {
  const wasm = await instantiate([() => WebAssembly.compile(/** @type {BufferSource} */ (bytes))]);
  const runs = Array.from({ length: seeds }, (_, seed) => solve(wasm, seed));
  const value = (/** @type {'seconds' | 'steps'} */ key) => median(runs.map((run) => run[key]));
  return { env: 'CartPole-v1', seeds, solved: runs.filter((run) => run.steps < Infinity).length, seconds: value('seconds'), steps: value('steps') };
}

/** @param {import('../../web/lib/wasm.mjs').Wasm} wasm @param {number} seed */
function solve(wasm, seed) {
  const { call } = wasm;
  const since = performance.now();
  return wasm.scratch((scratch) => {
    const setup = wasm.handle(call.bhx_setup_create(scratch.string('CartPole-v1'), 0));
    wasm.check(call.bhx_setup_set(setup, scratch.string('seed'), scratch.string(String(seed))));
    const run = wasm.handle(call.bhx_run_create(setup));
    for (let steps = 0; call.bhx_run_solved_at(run) < 0 && steps < 50_000; steps += STEPS) call.bhx_run_steps(run, STEPS);
    const at = call.bhx_run_solved_at(run);
    call.bhx_run_destroy(run);
    call.bhx_setup_destroy(setup);
    const seconds = (performance.now() - since) / 1000;
    return at < 0 ? { seconds: Infinity, steps: Infinity } : { seconds, steps: at };
  });
}
