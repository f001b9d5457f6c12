// SPDX-License-Identifier: MIT
// An instance of bellhop.wasm on this thread. Whoever trains in a worker needs none: there load.mjs compiles, and the worker instantiates.
import { TIMEOUT_MS, within } from './deadline.mjs';
import { candidates, firstThatRuns } from './load.mjs';
import { makeRoom } from './stack-room.mjs';
import { startModule } from './wasm.mjs';

/** An instance of the module that the options name. @param {import('../bellhop.js').LoadOptions} options @param {import('./load.mjs').Modules} modules */
export async function loadWasm(options, modules) {
  return within(options.timeout ?? TIMEOUT_MS, () => 'the WebAssembly module did not arrive', (signal) => instantiate(candidates(options, modules, signal)));
}

/** Instantiates the first candidate that runs here. @param {readonly import('./load.mjs').Candidate[]} from */
export function instantiate(from) {
  return firstThatRuns(from, (module) => startModule(module, makeRoom()));
}
