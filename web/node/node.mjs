// SPDX-License-Identifier: MIT
// Bellhop for Node: the same as bellhop.mjs, with the module read from the disk. In the published package it lies in
// web/lib; in a checkout, where `npm run build` puts it.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createLibrary } from '../lib/library.mjs';
import { loadWasm as loadFrom } from '../lib/load.mjs';
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
  return createLibrary(await loadWasm(options), help);
}

/** @param {import('../bellhop.js').LoadOptions} [options] */
export async function loadWasm({ wasmUrl, wasmBinary, simd, text = true } = {}) {
  const url = typeof wasmUrl === 'string' && !URL.canParse(wasmUrl) ? pathToFileURL(wasmUrl) : wasmUrl;
  return loadFrom({ wasmUrl: url, wasmBinary, simd, text }, { named: (name) => compileFile(find(name)), at: compileFile });
}

/** The other end of connect({ port }). @param {import('../bellhop.js').Port} port */
export function serve(port) {
  serveWith(/** @type {any} */ (port), loadWasm);
}

/** @param {import('../lib/load.mjs').ModuleName} name */
function find(name) {
  const [, stem, kind] = /** @type {RegExpExecArray} */ (/^(.*)-(simd|scalar)$/.exec(name));
  const places = [`../lib/${name}.wasm`, `../../build/out/wasm-${kind}/${stem}.wasm`, `../../build/out/site/${name}.wasm`].map((place) => new URL(place, import.meta.url));
  return places.find((place) => existsSync(place)) ?? places[0];
}

/** @param {URL} url */
async function compileFile(url) {
  if (url.protocol !== 'file:') return WebAssembly.compile(await (await fetch(url)).arrayBuffer());
  const bytes = await readFile(url).catch((cause) => {
    const hint = cause.code === 'ENOENT' ? 'is missing; in a checkout, run "npm run build"' : `could not be read: ${cause.message}`;
    throw new BellhopError('BH_ERR_LOAD', `${fileURLToPath(url)} ${hint}`, { cause });
  });
  return WebAssembly.compile(bytes);
}
