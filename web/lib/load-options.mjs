// SPDX-License-Identifier: MIT
// Options of load() and connect() as a caller gives them: names and ranges are checked here, once, at the entries.
import { BellhopError } from './bellhop-error.mjs';
import { FLAG, bytesOf, isA, readOptions } from './given.mjs';
import { shown } from './messages.mjs';

/** @typedef {import('./rules.mjs').Rule} Rule */

/** The most a timer takes. */
const TIMEOUT_MAX = 2 ** 31 - 1;
/** The most that engines compile. */
const MODULE_MAX = 2 ** 30;

/** What is a module, or will be. @param {any} given */
const isBinary = (given) => typeof given === 'object' && given !== null
  && (ArrayBuffer.isView(given) || /ArrayBuffer|WebAssembly\.Module/.test(Object.prototype.toString.call(given)) || typeof given.then === 'function');

/** @type {Readonly<Record<string, Rule>>} */
const LOAD = Object.freeze({
  wasmBinary: [isBinary, 'the bytes of a module, a WebAssembly.Module, or a promise of one'], simd: FLAG, text: FLAG,
  timeout: [(given) => given === Infinity || (typeof given === 'number' && given > 0 && given <= TIMEOUT_MAX), `milliseconds above 0 and at most ${TIMEOUT_MAX}, or Infinity`],
});
/** @type {Rule} */
const PORT = [(given) => typeof given?.postMessage === 'function', 'something that has postMessage, as a Worker and a MessagePort have'];

/** How the text of a URL is read; throws where it is none. @typedef {{ read: (text: string) => URL, wanted: string }} UrlReader */

/** Relative to the page, where there is one. @type {UrlReader} */
const IN_PAGE = {
  read: (text) => new URL(text, globalThis.location?.href),
  get wanted() {
    return globalThis.location ? 'a URL' : 'a whole URL, from https:// or file:// on,';
  },
};

/** A URL, or the text of one. @param {UrlReader} urls @param {string} of @returns {Rule} */
const url = ({ read, wanted }, of) => [(given) => (typeof given === 'string' ? given.trim() !== '' && isRead(read, given) : Object.prototype.toString.call(given) === '[object URL]'), `${wanted} of ${of}`];

/** @param {UrlReader} urls */
const loadRules = (urls) => ({ wasmUrl: url(urls, 'bellhop-simd.wasm or one of its twins'), ...LOAD });

/** The options of load(), each read once. @param {unknown} options @param {UrlReader} [urls] @returns {import('../bellhop.js').LoadOptions} */
export function readLoadOptions(options, urls = IN_PAGE) {
  return withModule(readOptions('load()', options, loadRules(urls)));
}

/** Those of connect(). @param {unknown} options @param {UrlReader} [urls] @returns {import('../bellhop.js').ConnectOptions} */
export function readConnectOptions(options, urls = IN_PAGE) {
  const rules = { ...loadRules(urls), workerUrl: url(urls, "the worker's script"), fallback: FLAG, worker: PORT, port: PORT };
  return withModule(readOptions('connect()', options, rules));
}

/** @param {UrlReader['read']} read @param {string} text */
function isRead(read, text) {
  try {
    return Boolean(read(text));
  } catch {
    return false;
  }
}

/** What is given as a module is one, or bytes of their own; a promise is asked when it is due. @param {any} options */
function withModule({ wasmBinary, ...rest }) {
  if (wasmBinary === undefined) return rest;
  const isModule = isA(WebAssembly.Module, wasmBinary), bytes = isModule ? undefined : bytesOf('wasmBinary', wasmBinary, MODULE_MAX);
  return { ...rest, wasmBinary: isModule ? wasmBinary : bytes ?? awaited(wasmBinary) };
}

/** @param {any} promise */
async function awaited(promise) {
  const given = await Promise.resolve(promise).catch((cause) => {
    throw isA(BellhopError, cause) ? cause : new BellhopError('BH_ERR_LOAD', `the promise of wasmBinary was rejected: ${shown(cause?.message ?? cause)}`, { cause });
  });
  const module = isA(WebAssembly.Module, given) ? given : bytesOf('wasmBinary', given, MODULE_MAX);
  if (module) return module;
  throw new BellhopError('BH_ERR_ARGUMENT', `wasmBinary came to ${shown(given)}, but must come to the bytes of a module or a WebAssembly.Module`);
}
