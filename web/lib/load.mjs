// SPDX-License-Identifier: MIT
// Which module to load: bytes that were handed in, a URL, or one of the four by name. The SIMD binary is tried first, its
// scalar twin fetched only when that one does not run here. Where those with names lie is the caller's matter (`Modules`).
import { BellhopError, instantiate } from './wasm.mjs';

/** @typedef {import('../bellhop.js').LoadOptions} LoadOptions */
/** @typedef {'bellhop-simd' | 'bellhop-scalar' | 'bellhop-text-simd' | 'bellhop-text-scalar'} ModuleName */
/** @typedef {{ named: (name: ModuleName) => Promise<WebAssembly.Module>, at: (url: URL) => Promise<WebAssembly.Module> }} Modules */

const KINDS = /** @type {const} */ (['simd', 'scalar']);
/** How every WebAssembly module begins: "\0asm". */
const MAGIC = [0, 0x61, 0x73, 0x6d];

/** @param {LoadOptions} options @param {Modules} modules */
export async function loadWasm(options, modules) {
  return instantiate(candidates(options, modules));
}

/**
 * What to try, in this order.
 * @param {Omit<LoadOptions, 'wasmBinary'> & { wasmBinary?: object | Promise<object> }} options @param {Modules} modules
 * @returns {(() => Promise<WebAssembly.Module>)[]}
 */
export function candidates({ wasmUrl, wasmBinary, simd, text = false }, { named, at }) {
  if (wasmBinary !== undefined) return [() => compileBinary(wasmBinary)];
  const kinds = KINDS.filter((kind) => simd === undefined || simd === (kind === 'simd'));
  if (wasmUrl === undefined) return kinds.map((kind) => () => named(`${text ? 'bellhop-text' : 'bellhop'}-${kind}`));
  const urls = twins(wasmUrl);
  return [...new Set(kinds.map((kind) => urls[kind]))].map((url) => () => at(url));
}

/** The scalar twin of …simd.wasm lies beside it, as …scalar.wasm. @param {string | URL} wasmUrl */
function twins(wasmUrl) {
  const url = new URL(wasmUrl, globalThis.location?.href);
  const scalar = new URL(url);
  scalar.pathname = url.pathname.replace(/simd(?=[^/]*\.wasm$)/, 'scalar');
  return { simd: url, scalar: scalar.href === url.href ? url : scalar };
}

/** @param {any} given  bytes, a module, or a promise of one */
async function compileBinary(given) {
  const binary = await given;
  return binary instanceof WebAssembly.Module ? binary : WebAssembly.compile(binary);
}

/** A file of ours. @param {URL} url */
export async function fetchFile(url) {
  const response = await fetch(url).catch((cause) => {
    throw new BellhopError('BH_ERR_LOAD', `${url} could not be fetched: ${cause.message}`, { cause });
  });
  if (!response.ok) throw new BellhopError('BH_ERR_LOAD', `${url} could not be fetched: status ${response.status}`);
  return response;
}

/** Fetches and compiles at the same time. @param {URL} url */
export async function compileUrl(url) {
  const response = await fetchFile(url);
  // Streaming wants the type application/wasm, which not every static host sends.
  if (response.headers.get('content-type') === 'application/wasm') return WebAssembly.compileStreaming(response);
  const bytes = new Uint8Array(await response.arrayBuffer());
  // Many servers answer what they do not have with their page, and status 200.
  if (MAGIC.some((byte, i) => bytes[i] !== byte)) {
    throw new BellhopError('BH_ERR_LOAD', `${url} could not be fetched: what the server sends is no WebAssembly module (${response.headers.get('content-type')})`);
  }
  return WebAssembly.compile(bytes);
}

/** @param {string} base64 */
export function compileBase64(base64) {
  return WebAssembly.compile(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
}
