// SPDX-License-Identifier: MIT
// The cases of tests/bench/bench.c in a WebAssembly module, bellhop_bench.wasm. Runs in Node and in browsers.

/** @typedef {Record<string, (...values: number[]) => number>} Calls */

/**
 * What peers are checked against: `record` does one update of a case of kind ddpg, td3 or sac and copies what it learned from
 * (tests/bench/bench_control.h), `values` copies what it has learned.
 * @typedef {object} Records
 * @property {(handle: number, batch: number) => Float32Array} record
 * @property {(handle: number, which: 'parameters' | 'target' | 'log_alpha') => Float32Array} values
 */

const VALUES = ['parameters', 'target', 'log_alpha'];
/** Reals of a record for each transition: nine of the transition, two of noise. */
export const RECORD_WIDTH = 11;

/** @param {BufferSource} bytes @returns {Promise<import('./measure.mjs').Subject & Records>} */
export async function openModule(bytes) {
  const { instance } = await WebAssembly.instantiate(bytes);
  const memory = /** @type {WebAssembly.Memory} */ (instance.exports.memory);
  const call = /** @type {Calls} */ (/** @type {unknown} */ (instance.exports));
  call._initialize();
  const kinds = kindNames(call, memory);
  const copy = (/** @type {number} */ at, /** @type {number} */ n) => new Float32Array(memory.buffer, at, n).slice();
  return {
    async open(kind, a = 0, b = 0, c = 0) {
      const handle = call.bench_open(kinds.indexOf(kind), a, b, c);
      if (handle === 0) throw new Error(`the benchmark '${kind}' (${a}, ${b}, ${c}) could not be made`);
      return handle;
    },
    async time(handle, n) {
      const since = performance.now();
      call.bench_run(handle, n);
      return (performance.now() - since) / 1000;
    },
    async close(handle) {
      call.bench_close(handle);
    },
    record: (handle, batch) => copy(call.bench_record(handle), batch * RECORD_WIDTH),
    values: (handle, which) => copy(call.bench_values(handle, VALUES.indexOf(which)), call.bench_n_values(handle, VALUES.indexOf(which))),
  };
}

/** @param {Calls} call @param {WebAssembly.Memory} memory */
function kindNames(call, memory) {
  const names = [];
  for (let i = 0, at = call.bench_kind_name(0); at !== 0; at = call.bench_kind_name(++i)) {
    const bytes = new Uint8Array(memory.buffer, at);
    names.push(new TextDecoder().decode(bytes.slice(0, bytes.indexOf(0))));
  }
  return names;
}
