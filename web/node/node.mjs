// SPDX-License-Identifier: MIT
// Bellhop for Node: the same as bellhop.mjs, with the module read from the disk. In the published package it lies in
// web/lib; in a checkout, where `npm run build` puts it.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createLibrary } from '../lib/library.mjs';
import { checkLoadOptions } from '../lib/load-options.mjs';
import { compileUrl, loadWasm } from '../lib/load.mjs';
import help from '../lib/help.mjs';
import { serve as serveWith } from '../worker/service.mjs';
import { BellhopError } from '../lib/wasm.mjs';

export * from '../lib/public.mjs';
export { connect } from '../bellhop.mjs';

/**
 * Loads the module and resolves to the library. `wasmUrl` may also be a path.
 * @param {import('../bellhop.js').LoadOptions} [options]
 * @returns {Promise<import('../bellhop.js').Bellhop>}
 */
export async function load(options = {}) {
  checkLoadOptions(options);
  return createLibrary(await instantiate(options), help);
}

/** @param {import('../bellhop.js').LoadOptions} options */
function instantiate({ wasmUrl, text = true, ...options }) {
  return loadWasm({ wasmUrl: wasmUrl === undefined ? undefined : urlOf(wasmUrl), text, ...options }, { named: (name) => compileFile(find(name)), at: compileFile });
}

/** A path, as "C:\models\bellhop-simd.wasm" of Windows, has no scheme, or one of a single letter. @param {string | URL} given */
function urlOf(given) {
  const text = String(given);
  return URL.canParse(text) && !/^[a-z]:/i.test(text) ? new URL(text) : pathToFileURL(text);
}

/** The other end of connect({ port }). @param {import('../bellhop.js').Port} port */
export function serve(port) {
  serveWith(/** @type {any} */ (port), instantiate);
}

/** @param {import('../lib/load.mjs').ModuleName} name */
function find(name) {
  const [, stem, kind] = /** @type {RegExpExecArray} */ (/^(.*)-(simd|scalar)$/.exec(name));
  const places = [`../lib/${name}.wasm`, `../../build/out/wasm-${kind}/${stem}.wasm`, `../../build/out/site/${name}.wasm`].map((place) => new URL(place, import.meta.url));
  return places.find((place) => existsSync(place)) ?? places[0];
}

/** @param {URL} url @param {AbortSignal} [signal] */
async function compileFile(url, signal) {
  if (url.protocol !== 'file:') return compileUrl(url, signal);
  const bytes = await readFile(url).catch((cause) => {
    const hint = cause.code === 'ENOENT' ? 'is missing; in a checkout, run "npm run build"' : `could not be read: ${cause.message}`;
    throw new BellhopError('BH_ERR_LOAD', `${fileURLToPath(url)} ${hint}`, { cause });
  });
  return WebAssembly.compile(bytes);
}
