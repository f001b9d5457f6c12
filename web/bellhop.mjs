// SPDX-License-Identifier: MIT
// Bellhop for browsers, workers and bundlers; node.mjs is the same for Node. Needs nothing but WebAssembly and fetch.
//
//     import { load } from './bellhop.mjs';
//     const bh = await load();
//     const env = bh.make('CartPole-v1');
import { compileInside, workerInside } from './inside.mjs';
import { compileBeside } from './lib/beside.mjs';
import { givenModules } from './lib/given-module.mjs';
import { createLibrary } from './lib/library.mjs';
import { readConnectOptions, readLoadOptions } from './lib/load-options.mjs';
import { loadWasm } from './lib/instance.mjs';
import { compileUrl } from './lib/load.mjs';
import { PolicyError } from './lib/policy.mjs';
import { BellhopError } from './lib/bellhop-error.mjs';
import { connectOver, connectTo } from './worker/connect.mjs';
import { ownWorker } from './worker/own-worker.mjs';
import { take } from './worker/take.mjs';
import { helped } from './worker/trainer-help.mjs';

export * from './lib/public.mjs';
export { serve } from './worker/serve.mjs';

/** @typedef {import('./bellhop.js').LoadOptions} LoadOptions */
/** @typedef {import('./lib/load.mjs').ModuleName} ModuleName */

const MODULES = { named: compileNamed, at: givenModules(compileUrl, 'the URL') };
/** Fetched only where the page's policy refuses workers. */
const onThisThread = async () => (await import('./worker/page-thread.mjs')).startHere();

/**
 * Loads the module and resolves to the library.
 * @param {LoadOptions} [options]
 * @returns {Promise<import('./bellhop.js').Bellhop>}
 */
export async function load(options = {}) {
  const [wasm, help] = await Promise.all([loadWasm(readLoadOptions(options), MODULES), helpLines()]);
  return createLibrary(wasm, help);
}

/**
 * Starts a worker and resolves to a trainer.
 * @param {import('./bellhop.js').ConnectOptions} [given]
 */
export async function connect(given = {}) {
  const options = readConnectOptions(given);
  take(options.worker);
  take(options.port);
  return helped(options.port ? connectOver({ ...options, port: options.port }) : connectTo(options, { modules: MODULES, workers: [ownWorker, workerInside], here: onThisThread }), helpLines());
}

/** Fetched beside the module; without them everything works. */
const helpLines = () => import('./lib/help.mjs').then(({ default: help }) => help, () => undefined);

/** The file beside the library; where there is none, as in the development server of Vite, what is inside a chunk. @param {ModuleName} name @param {AbortSignal} [signal] */
async function compileNamed(name, signal) {
  try {
    return await compileBeside(name, signal);
  } catch (cause) {
    if (cause instanceof WebAssembly.CompileError || signal?.aborted) throw cause;
    return compileInside(name).catch((error) => {
      if (cause instanceof PolicyError || error instanceof WebAssembly.CompileError) throw cause instanceof PolicyError ? cause : error;
      throw new BellhopError('BH_ERR_LOAD', `${/** @type {Error} */ (cause).message}. Serve the file there, or give its URL: load({ wasmUrl }); docs/bundlers.md says what each bundler needs`, { cause });
    });
  }
}
