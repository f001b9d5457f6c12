// SPDX-License-Identifier: MIT
// The page's first script: starts the worker, and compiles the module while it arrives. A script of its own, so that
// both have begun before page.js is there; page.mjs imports what it has started.
import { compileUrl } from './load.mjs';
import { connect } from './trainer.mjs';

/** What a browser must have; all current ones do. */
const isSupported = typeof WebAssembly === 'object' && typeof Worker === 'function' && typeof ResizeObserver === 'function'
  && 'roundRect' in CanvasRenderingContext2D.prototype;

/** The module is posted to the worker compiled; index.html has asked for it already, and nobody fetches it again. */
async function start() {
  const workerUrl = new URL('./worker.js', import.meta.url);
  try {
    return await connect({ workerUrl, wasmBinary: compileUrl(new URL('./bellhop-simd.wasm', import.meta.url)) });
  } catch {
    return connect({ workerUrl }); // which finds out what runs here, and says what is wrong
  }
}

/** The trainer, on its way; null where there can be none. */
export const starting = isSupported ? start() : null;
starting?.catch(() => {}); // page.mjs tells
