// SPDX-License-Identifier: MIT
// In place of web/lab/trainers.mjs where everything is inside one file (build/inside.mjs): the worker's script as text, and one module,
// that with language models, which can do all the others can.
// @ts-ignore: made by build/inside.mjs
import base64 from '../inline/bellhop-text-simd.mjs';
// @ts-ignore: as above
import worker from '../inline/worker-source.mjs';
import { compileBase64, compileUrl } from '../lib/load.mjs';
import { BellhopError } from '../lib/wasm.mjs';
import { connectTo, startSource } from '../worker/connect.mjs';
import { startHere } from '../worker/page-thread.mjs';
import { TrainerPool } from '../worker/trainer-pool.mjs';

/** Starts workers that share a module, compiled with the first. */
function starter() {
  /** @type {Promise<WebAssembly.Module> | undefined} */
  let compiled;
  /** @param {import('../lib/load.mjs').ModuleName} name */
  const named = async (name) => {
    if (!name.endsWith('-simd')) throw new BellhopError('BH_ERR_LOAD', 'this browser has no WebAssembly with SIMD, and this file has no other module inside; bellhop-lab.js has one beside it');
    return (compiled ??= compileBase64(base64));
  };
  return (/** @type {import('../bellhop.js').ConnectOptions} */ options) => connectTo(options, { modules: { named, at: compileUrl }, workers: [() => startSource(worker)], here: startHere });
}

export const trainers = new TrainerPool({ start: starter() });
