// SPDX-License-Identifier: MIT
// `bellhop/serve`: for a worker's script of one's own, with environments of one's own. Nothing here is imported dynamically and no file is
// looked for, so that a bundler makes one file of it.
//
//     import { serve } from 'bellhop/serve';
//     serve({ envs: [Tank] });
import { BellhopError } from '../lib/bellhop-error.mjs';
import { makeRoom } from '../lib/stack-room.mjs';
import { startModule } from '../lib/wasm.mjs';
import { serve as serveOver } from './service.mjs';
import { readServeOptions } from './serve-options.mjs';
import * as later from './session-calls.mjs';
import { textSessions } from './text-sessions.mjs';

/** @param {import('../bellhop.js').ServeOptions} [options] */
export function serve(options = {}) {
  const { port = scope(), prepare } = readServeOptions(options);
  serveOver(/** @type {any} */ (port), open, { later, prepare, text: textSessions });
}

/** The page sends the module, compiled. @param {{ wasmBinary?: any }} options */
async function open({ wasmBinary }) {
  if (!wasmBinary) throw new BellhopError('BH_ERR_LOAD', 'the worker got no module: give connect({ port }) a wasmBinary, or the worker itself: connect({ worker })');
  return startModule(wasmBinary instanceof WebAssembly.Module ? wasmBinary : await WebAssembly.compile(wasmBinary), makeRoom());
}

function scope() {
  if (typeof document === 'undefined' && typeof globalThis.postMessage === 'function') return globalThis;
  throw new BellhopError('BH_ERR_STATE', 'serve() is for the script of a worker; on the page connect({ worker }) is its other end, and load() needs none');
}
