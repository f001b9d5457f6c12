// SPDX-License-Identifier: MIT
// `bellhop/inline`: the same as `bellhop` with module and worker inside, for what has to be one file: a bundler without chunks, a
// page that opens from the disk. web/inline/ is written by build/pack.mjs, for the package alone.
// @ts-ignore: made by build/pack.mjs
import scalar from './inline/bellhop-scalar.mjs';
// @ts-ignore: as above
import simd from './inline/bellhop-simd.mjs';
// @ts-ignore: as above
import worker from './inline/worker-source.mjs';
import { givenModules } from './lib/given-module.mjs';
import help from './lib/help.mjs';
import { createLibrary } from './lib/library.mjs';
import { readConnectOptions, readLoadOptions } from './lib/load-options.mjs';
import { loadWasm } from './lib/instance.mjs';
import { compileBase64, compileUrl } from './lib/load.mjs';
import { BellhopError } from './lib/bellhop-error.mjs';
import { connectOver, connectTo, startSource } from './worker/connect.mjs';
import { startHere } from './worker/page-thread.mjs';
import { helped } from './worker/trainer-help.mjs';

export * from './lib/public.mjs';
export { serve } from './worker/serve.mjs';

const MODULES = { named: compileNamed, at: givenModules(compileUrl, 'the URL') };

/** @param {import('./bellhop.js').LoadOptions} [options] @returns {Promise<import('./bellhop.js').Bellhop>} */
export async function load(options = {}) {
  return createLibrary(await loadWasm(readLoadOptions(options), MODULES), help);
}

/** @param {import('./bellhop.js').ConnectOptions} [given] */
export async function connect(given = {}) {
  const options = readConnectOptions(given);
  return helped(options.port ? connectOver({ ...options, port: options.port }) : connectTo(options, { modules: MODULES, workers: [() => startSource(worker)], here: startHere }), Promise.resolve(help));
}

/** @param {import('./lib/load.mjs').ModuleName} name */
async function compileNamed(name) {
  if (name === 'bellhop-simd') return compileBase64(simd);
  if (name === 'bellhop-scalar') return compileBase64(scalar);
  throw new BellhopError('BH_ERR_LOAD', `bellhop/inline has no language models inside; import 'bellhop', or give wasmUrl: where ${name}.wasm of the package lies`);
}
