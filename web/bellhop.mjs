// SPDX-License-Identifier: MIT
// Bellhop for browsers, workers and bundlers; node.mjs is the same for Node. Needs nothing but WebAssembly and fetch.
//
//     import { load } from './bellhop.mjs';
//     const bh = await load();
//     const env = bh.make('CartPole-v1');
import { compileInside, workerInside } from './inside.mjs';
import { compileBeside } from './lib/beside.mjs';
import { createLibrary } from './lib/library.mjs';
import { compileUrl, loadWasm } from './lib/load.mjs';
import { BellhopError } from './lib/wasm.mjs';
import { ownWorker } from './worker/own-worker.mjs';
import { connectTo } from './worker/trainer.mjs';

export * from './lib/public.mjs';
export { serve } from './worker/serve.mjs';

/** @typedef {import('./bellhop.js').LoadOptions} LoadOptions */
/** @typedef {import('./lib/load.mjs').ModuleName} ModuleName */

const MODULES = { named: compileNamed, at: compileUrl };

/**
 * Loads the module and resolves to the library.
 * @param {LoadOptions} [options]
 * @returns {Promise<import('./bellhop.js').Bellhop>}
 */
export async function load(options = {}) {
  return createLibrary(await loadWasm(options, MODULES));
}

/**
 * Starts a worker and resolves to a trainer.
 * @param {import('./bellhop.js').ConnectOptions} [options]
 */
export function connect(options = {}) {
  return connectTo(options, { modules: MODULES, workers: [ownWorker, workerInside] });
}

/** The file beside the library; where there is none, as in the development server of Vite, what is inside a chunk. @param {ModuleName} name */
async function compileNamed(name) {
  try {
    return await compileBeside(name);
  } catch (cause) {
    if (cause instanceof WebAssembly.CompileError) throw cause;
    return compileInside(name).catch(() => {
      throw new BellhopError('BH_ERR_LOAD', `${/** @type {Error} */ (cause).message}. Serve the file there, or give its URL: load({ wasmUrl }); docs/bundlers.md says what each bundler needs`, { cause });
    });
  }
}
