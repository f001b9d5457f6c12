// SPDX-License-Identifier: MIT
// The modules as files beside this one. Each URL is one literal expression: that is how bundlers know a file they have to copy.
import { compileUrl } from './load.mjs';
import { BellhopError } from './bellhop-error.mjs';

/** @typedef {import('./load.mjs').ModuleName} ModuleName */

/** @type {Record<ModuleName, () => URL>} */
const URLS = {
  'bellhop-simd': () => new URL('./bellhop-simd.wasm', import.meta.url),
  'bellhop-scalar': () => new URL('./bellhop-scalar.wasm', import.meta.url),
  'bellhop-text-simd': () => new URL('./bellhop-text-simd.wasm', import.meta.url),
  'bellhop-text-scalar': () => new URL('./bellhop-text-scalar.wasm', import.meta.url),
};

/** Modules by name are files here. @type {import('./load.mjs').Modules} */
export const BESIDE = { named: compileBeside, at: compileUrl };

/** @param {ModuleName} name @param {AbortSignal} [signal] */
export async function compileBeside(name, signal) {
  return compileUrl(urlOf(name), signal);
}

/** @param {ModuleName} name */
function urlOf(name) {
  try {
    return URLS[name]();
  } catch (cause) {
    // A classic script, as some bundlers make, has no import.meta.url.
    throw new BellhopError('BH_ERR_LOAD', `${name}.wasm could not be fetched: this script does not know its own URL`, { cause });
  }
}
