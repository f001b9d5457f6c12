// SPDX-License-Identifier: MIT
// Bellhop for browsers, workers and bundlers; node.mjs is the same for Node. Needs nothing but WebAssembly and fetch.
//
//     import { load } from './bellhop.mjs';
//     const bh = await load();
//     const env = bh.make('CartPole-v1');
import { createLibrary } from './library.mjs';
import { loadWasm } from './load.mjs';

export { checkEnv } from './check_env.mjs';
export { BellhopError } from './wasm.mjs';
export { connect } from './trainer.mjs';
export { evaluationSeed } from './run.mjs';
export { formatDemonstrations, parseDemonstrations } from './demonstrations.mjs';
export { Recorder } from './recorder.mjs';
export { TensorBoardWriter } from './tensorboard.mjs';

/** @typedef {import('./bellhop.js').LoadOptions} LoadOptions */

/**
 * Loads the module and resolves to the library.
 * @param {LoadOptions} [options]
 * @returns {Promise<import('./bellhop.js').Bellhop>}
 */
export async function load(options = {}) {
  return createLibrary(await loadWasm(options));
}
