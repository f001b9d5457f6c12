// SPDX-License-Identifier: MIT
// A module whose place the caller gave, `wasmUrl`: what is wrong with what lies there is told with that option's name and what it must be.
import { PolicyError } from './policy.mjs';
import { BellhopError } from './bellhop-error.mjs';
import { PROBE, isOurs } from './wasm.mjs';

/** @typedef {import('./load.mjs').Modules['at']} At */

/**
 * Modules at URLs that a caller gave.
 * @param {At} compile @param {string} wanted  what wasmUrl must be @param {(url: URL) => string} [name]  what messages call a URL
 * @returns {At}
 */
export function givenModules(compile, wanted, name = String) {
  const hint = `; wasmUrl must be ${wanted} of bellhop-simd.wasm or one of its twins`;
  return async (url, signal) => {
    const module = await compile(url, signal).catch((/** @type {Error} */ cause) => {
      if (signal?.aborted || cause instanceof PolicyError) throw cause;
      if (cause instanceof WebAssembly.CompileError) throw new WebAssembly.CompileError(`${name(url)} does not compile: ${cause.message}${hint}`);
      throw new BellhopError('BH_ERR_LOAD', cause.message + hint, { cause });
    });
    if (!isOurs(module)) throw new BellhopError('BH_ERR_LOAD', `${name(url)} is another WebAssembly module: it does not export ${PROBE}${hint}`);
    return module;
  };
}
