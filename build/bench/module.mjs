// SPDX-License-Identifier: MIT
// The cases of tests/bench/bench*.c in a WebAssembly module, bellhop_bench.wasm. Runs in Node and in browsers.

/** @typedef {Record<string, (...values: number[]) => number>} Calls */

/**
 * What peers are checked against: `record` does one update of a case and copies what it learned from (tests/bench/bench*.c say what
 * stands in it, kind by kind), `values` copies what it has learned.
 * @typedef {object} Records
 * @property {(handle: number) => Float32Array} record
 * @property {(handle: number, which?: 'parameters' | 'target' | 'log_alpha') => Float32Array} values
 */

const VALUES = ['parameters', 'target', 'log_alpha'];

/**
 * @param {BufferSource} bytes @param {() => number} [now]  a clock, in milliseconds
 * @returns {Promise<import('./measure.mjs').Subject & Records>}
 */
export async function openModule(bytes, now = () => performance.now()) {
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
      const since = now();
      call.bench_run(handle, n);
      return (now() - since) / 1000;
    },
    async close(handle) {
      call.bench_close(handle);
    },
    record: (handle) => copy(call.bench_record(handle), call.bench_n_record(handle)),
    values(handle, which = 'parameters') {
      const i = VALUES.indexOf(which);
      return copy(call.bench_values(handle, i), call.bench_n_values(handle, i));
    },
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
