// SPDX-License-Identifier: MIT
// The cases of tests/bench/bench.c in a WebAssembly module, bellhop_bench.wasm. Runs in Node and in browsers.

/** @typedef {Record<string, (...values: number[]) => number>} Calls */

/** @param {BufferSource} bytes @returns {Promise<import('./measure.mjs').Subject>} */
export async function openModule(bytes) {
  const { instance } = await WebAssembly.instantiate(bytes);
  const memory = /** @type {WebAssembly.Memory} */ (instance.exports.memory);
  const call = /** @type {Calls} */ (/** @type {unknown} */ (instance.exports));
  call._initialize();
  const kinds = kindNames(call, memory);
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
