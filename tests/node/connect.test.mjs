// SPDX-License-Identifier: MIT
// Where modules and workers come from: one way after the other, and what is said when none is left.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { test } from 'node:test';
import * as entry from '../../web/bellhop.mjs';
import { compileUrl } from '../../web/lib/load.mjs';
import { startModule } from '../../web/lib/wasm.mjs';
import { serve } from '../../web/worker/service.mjs';
import { WorkerFailure, connectTo } from '../../web/worker/trainer.mjs';

/** A worker of this thread, as far as connectTo knows one. @param {(options: any) => Promise<any>} open */
function workerHere(open) {
  const { port1, port2 } = new MessageChannel();
  serve(/** @type {any} */ (port2), open);
  return /** @type {any} */ (Object.assign(port1, { terminate: () => port1.close() }));
}

/** One whose script is not there. */
function deadWorker() {
  const worker = { ended: 0, postMessage() {}, terminate: () => void worker.ended++, onerror: (/** @type {any} */ _event) => {} };
  setTimeout(() => worker.onerror({ message: '' }));
  return /** @type {any} */ (worker);
}

const opens = (/** @type {any} */ { wasmBinary }) => startModule(wasmBinary);
/** @type {string[]} */
const compiled = [];
/** @type {import('../../web/lib/load.mjs').Modules} */
const MODULES = {
  async named(name) {
    compiled.push(name);
    return WebAssembly.compile(await readFile(new URL(`../../build/out/site/${name}.wasm`, import.meta.url)));
  },
  at: compileUrl,
};

test('a worker that does not start is followed by the next way; the module is compiled once', async () => {
  compiled.length = 0;
  const dead = deadWorker();
  const trainer = await connectTo({}, { modules: MODULES, workers: [() => dead, () => { throw new WorkerFailure('not here'); }, () => workerHere(opens)] });
  assert.equal(trainer.simd, 'wasm-simd128');
  assert.deepEqual([compiled, dead.ended], [['bellhop-simd'], 1]);
  trainer.terminate();
});

test('where no way is left, the first one says what is wrong and what to do', async () => {
  const failing = connectTo({}, { modules: MODULES, workers: [deadWorker, deadWorker] });
  await assert.rejects(failing, { status: 'BH_ERR_LOAD', message: /its script could not be loaded.*workerUrl.*docs\/bundlers\.md/ });
});

test('a module that does not run in the worker is followed by its scalar twin, in the same worker', async () => {
  compiled.length = 0;
  let first = true;
  const picky = (/** @type {any} */ options) => {
    if (!first) return opens(options);
    first = false;
    throw new WebAssembly.CompileError('no SIMD');
  };
  const trainer = await connectTo({}, { modules: MODULES, workers: [() => workerHere(picky)] });
  assert.deepEqual([trainer.simd, compiled], ['scalar', ['bellhop-simd', 'bellhop-scalar']]);
  trainer.terminate();
  const none = () => Promise.reject(new WebAssembly.CompileError('no SIMD'));
  await assert.rejects(connectTo({}, { modules: MODULES, workers: [() => workerHere(none)] }), { status: 'BH_ERR_LOAD', message: /cannot run here: no SIMD/ });
});

test('a page that comes instead of the module is no module, whatever the status', async () => {
  const server = createServer((_, response) => response.setHeader('Content-Type', 'text/html').end('<!doctype html>'));
  await new Promise((done) => server.listen(0, '127.0.0.1', () => done(undefined)));
  try {
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    await assert.rejects(compileUrl(new URL(`http://127.0.0.1:${port}/x.wasm`)), { status: 'BH_ERR_LOAD', message: /x\.wasm could not be fetched: .*no WebAssembly module \(text\/html\)/ });
  } finally {
    server.close();
  }
});

test('without file and chunk, load says what is missing, what to do and where it is written', async () => {
  await assert.rejects(entry.load(), { status: 'BH_ERR_LOAD', message: /bellhop-simd\.wasm could not be fetched.*load\(\{ wasmUrl \}\).*docs\/bundlers\.md/ });
});
