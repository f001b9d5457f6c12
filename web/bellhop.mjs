// SPDX-License-Identifier: MIT
// Bellhop for browsers, workers and bundlers; node.mjs is the same for Node. Needs nothing but WebAssembly and fetch.
//
//     import { load } from './bellhop.mjs';
//     const bh = await load();
//     const env = bh.make('CartPole-v1');
import { createLibrary } from './lib/library.mjs';
import { loadWasm } from './lib/load.mjs';

export { checkEnv } from './lib/check-env.mjs';
export { BellhopError } from './lib/wasm.mjs';
export { connect } from './worker/trainer.mjs';
export { evaluationSeed } from './lib/run.mjs';
export { formatDemonstrations, parseDemonstrations } from './lib/demonstrations.mjs';
export { Recorder } from './lib/recorder.mjs';
export { TensorBoardWriter } from './lib/tensorboard.mjs';

/** @typedef {import('./bellhop.js').LoadOptions} LoadOptions */

/**
 * Loads the module and resolves to the library.
 * @param {LoadOptions} [options]
 * @returns {Promise<import('./bellhop.js').Bellhop>}
 */
export async function load(options = {}) {
  return createLibrary(await loadWasm(options));
}
