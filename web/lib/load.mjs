// SPDX-License-Identifier: MIT
// Where the module comes from: bytes that were handed in, or a URL, by default beside this file. The SIMD binary is
// tried first, its scalar twin fetched only when that one does not run here.
import { BellhopError, instantiate } from './wasm.mjs';

/** @typedef {import('../bellhop.js').LoadOptions} LoadOptions */

/** @param {LoadOptions} [options] */
export async function loadWasm({ wasmUrl, wasmBinary, simd, text } = {}) {
  return instantiate(candidates({ wasmUrl, wasmBinary, simd }, (url) => compileUrl(url), text ? BESIDE.text : BESIDE));
}

/**
 * What to try, in this order.
 * @param {LoadOptions} options
 * @param {(url: URL) => Promise<WebAssembly.Module>} compile
 * @param {{ simd: URL, scalar: URL }} [defaults]
 */
export function candidates({ wasmUrl, wasmBinary, simd }, compile, defaults = BESIDE) {
  if (wasmBinary !== undefined) return [() => compileBinary(wasmBinary)];
  const urls = wasmUrl === undefined ? defaults : twins(wasmUrl);
  const chosen = simd === undefined ? [urls.simd, urls.scalar] : [simd ? urls.simd : urls.scalar];
  return [...new Set(chosen)].map((url) => () => compile(url));
}

/** @param {string} name */
const pair = (name) => ({ simd: new URL(`./${name}-simd.wasm`, import.meta.url), scalar: new URL(`./${name}-scalar.wasm`, import.meta.url) });
const BESIDE = { ...pair('bellhop'), text: pair('bellhop-text') };

/** Where the SIMD module is by default. @param {boolean} text  the one with language models */
export const simdUrl = (text) => (text ? BESIDE.text : BESIDE).simd;

/** The scalar twin of …simd.wasm lies beside it, as …scalar.wasm. @param {string | URL} wasmUrl */
function twins(wasmUrl) {
  const url = new URL(wasmUrl, globalThis.location?.href);
  const scalar = new URL(url);
  scalar.pathname = url.pathname.replace(/simd(?=[^/]*\.wasm$)/, 'scalar');
  return { simd: url, scalar: scalar.href === url.href ? url : scalar };
}

/** @param {BufferSource | WebAssembly.Module} binary */
async function compileBinary(binary) {
  return binary instanceof WebAssembly.Module ? binary : WebAssembly.compile(binary);
}

/** Fetches and compiles at the same time. @param {URL} url */
export async function compileUrl(url) {
  const response = await fetch(url).catch((cause) => {
    throw new BellhopError('BH_ERR_LOAD', `${url} could not be fetched: ${cause.message}`, { cause });
  });
  if (!response.ok) throw new BellhopError('BH_ERR_LOAD', `${url} could not be fetched: status ${response.status}`);
  // Streaming wants the type application/wasm, which not every static host sends.
  if (response.headers.get('content-type') === 'application/wasm') return WebAssembly.compileStreaming(response);
  return WebAssembly.compile(await response.arrayBuffer());
}
