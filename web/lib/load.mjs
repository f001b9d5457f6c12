// SPDX-License-Identifier: MIT
// Which module to load: bytes that were handed in, a URL, or one of the four by name. The SIMD binary is tried first, its
// scalar twin fetched only when that one does not run here. Where those with names lie is the caller's matter (`Modules`).
import { connectionTo, explainCompileError, underPolicy } from './policy.mjs';
import { BellhopError } from './bellhop-error.mjs';

/** @typedef {import('../bellhop.js').LoadOptions} LoadOptions */
/** @typedef {'bellhop-simd' | 'bellhop-scalar' | 'bellhop-text-simd' | 'bellhop-text-scalar'} ModuleName */
/** They stop when the signal is aborted. @typedef {{ named: (name: ModuleName, signal?: AbortSignal) => Promise<WebAssembly.Module>, at: (url: URL, signal?: AbortSignal) => Promise<WebAssembly.Module> }} Modules */
/** A compiled module that is tried. @typedef {() => Promise<WebAssembly.Module>} Candidate */

const KINDS = /** @type {const} */ (['simd', 'scalar']);

/**
 * Starts the first candidate this engine compiles and computes right. A candidate is a function that returns a compiled
 * module, so that the scalar twin is only fetched when it is needed.
 * @template T
 * @param {readonly Candidate[]} from
 * @param {(module: WebAssembly.Module) => Promise<T>} start  rejects with a CompileError where the module does not run
 * @returns {Promise<T>}
 */
export async function firstThatRuns(from, start) {
  if (typeof WebAssembly === 'undefined') throw new BellhopError('BH_ERR_LOAD', 'this engine has no WebAssembly');
  /** @type {unknown} */
  let cause;
  for (const compile of from) {
    try {
      return await start(await compile());
    } catch (error) {
      cause = error instanceof WebAssembly.CompileError ? await explainCompileError(error) : error;
      if (!(cause instanceof WebAssembly.CompileError)) throw cause;
    }
  }
  const why = cause instanceof Error ? cause.message : String(cause);
  throw new BellhopError('BH_ERR_LOAD', `bellhop.wasm cannot run here: ${why}`, { cause });
}

/**
 * What to try, in this order.
 * @param {Omit<LoadOptions, 'wasmBinary'> & { wasmBinary?: object | Promise<object> }} options @param {Modules} modules @param {AbortSignal} [signal]
 * @returns {Candidate[]}
 */
export function candidates({ wasmUrl, wasmBinary, simd, text = false }, { named, at }, signal) {
  if (wasmBinary !== undefined) return [() => compileBinary(wasmBinary)];
  const kinds = KINDS.filter((kind) => simd === undefined || simd === (kind === 'simd'));
  if (wasmUrl === undefined) return kinds.map((kind) => () => named(`${text ? 'bellhop-text' : 'bellhop'}-${kind}`, signal));
  const urls = twins(wasmUrl);
  return [...new Set(kinds.map((kind) => urls[kind]))].map((url) => () => at(url, signal));
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

/** Whether bytes may be a module, which begins with "\0asm": a page or a text that came in its place is none. @param {Uint8Array} bytes */
export const isModule = (bytes) => [0, 0x61, 0x73, 0x6d].every((byte, i) => bytes[i] === byte);

/** Fetches and compiles at the same time. @param {URL} url @param {AbortSignal} [signal] */
export async function compileUrl(url, signal) {
  const response = await underPolicy(connectionTo(url), () => fetch(url, { signal })).catch((cause) => {
    if (cause instanceof BellhopError) throw cause;
    throw new BellhopError('BH_ERR_LOAD', `${url} could not be fetched: ${cause.message}`, { cause });
  });
  if (!response.ok) throw new BellhopError('BH_ERR_LOAD', `${url} could not be fetched: status ${response.status}`);
  // Streaming wants the type application/wasm, which not every static host sends.
  if (response.headers.get('content-type') === 'application/wasm') return WebAssembly.compileStreaming(response);
  const bytes = new Uint8Array(await response.arrayBuffer());
  // Many servers answer what they do not have with their page, and status 200.
  if (!isModule(bytes)) {
    throw new BellhopError('BH_ERR_LOAD', `${url} could not be fetched: what the server sends is no WebAssembly module (${response.headers.get('content-type')})`);
  }
  return WebAssembly.compile(bytes);
}

/** @param {string} base64 */
export function compileBase64(base64) {
  return WebAssembly.compile(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
}
