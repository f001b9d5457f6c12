// SPDX-License-Identifier: MIT
// Options of load() and connect() as a caller gives them: names and ranges are checked here, once, at the entries.
import { onlyKeys, shown } from './messages.mjs';
import { BellhopError } from './bellhop-error.mjs';

const LOAD_KEYS = Object.freeze(['wasmUrl', 'wasmBinary', 'simd', 'text', 'timeout']);
/** What a module may be given as, by its tag, beside views of bytes and promises. */
const BINARY = /ArrayBuffer|WebAssembly\.Module/;
const CONNECT_KEYS = Object.freeze([...LOAD_KEYS, 'workerUrl', 'worker', 'port', 'fallback']);
/** The most a timer takes. */
const TIMEOUT_MAX = 2 ** 31 - 1;

/** What is a URL, and how messages ask for it. @type {Readonly<Record<'wasmUrl' | 'workerUrl', string>>} */
const URLS = Object.freeze({ wasmUrl: 'bellhop-simd.wasm or one of its twins', workerUrl: 'the worker\'s script' });

/** How the text of a URL is read; throws where it is none. @typedef {{ read: (text: string) => URL, wanted: string }} UrlReader */

/** Relative to the page, where there is one. @type {UrlReader} */
const IN_PAGE = {
  read: (text) => new URL(text, globalThis.location?.href),
  get wanted() {
    return globalThis.location ? 'a URL' : 'a whole URL, from https:// or file:// on,';
  },
};

/** @param {import('../bellhop.js').LoadOptions} options @param {UrlReader} [urls] */
export function checkLoadOptions(options, urls = IN_PAGE) {
  onlyKeys('load()', options, LOAD_KEYS);
  checkTimeout(options);
  checkBinary(options);
  checkUrl(options, 'wasmUrl', urls);
}

/** @param {import('../bellhop.js').ConnectOptions} options @param {UrlReader} [urls] */
export function checkConnectOptions(options, urls = IN_PAGE) {
  onlyKeys('connect()', options, CONNECT_KEYS);
  checkTimeout(options);
  checkBinary(options);
  for (const name of /** @type {const} */ (['wasmUrl', 'workerUrl'])) checkUrl(options, name, urls);
  for (const name of /** @type {const} */ (['worker', 'port'])) {
    const given = options[name];
    if (given === undefined || typeof given?.postMessage === 'function') continue;
    throw new BellhopError('BH_ERR_ARGUMENT', `${name} is ${shown(given)}, but must have postMessage, as a Worker and a MessagePort have`);
  }
}

/** @param {import('../bellhop.js').ConnectOptions} options @param {'wasmUrl' | 'workerUrl'} name @param {UrlReader} urls */
function checkUrl(options, name, { read, wanted }) {
  const given = options[name];
  if (given === undefined || Object.prototype.toString.call(given) === '[object URL]') return;
  if (typeof given === 'string' && given.trim() !== '' && isRead(read, given)) return;
  throw new BellhopError('BH_ERR_ARGUMENT', `${name} is ${shown(given)}, but must be ${wanted} of ${URLS[name]}`);
}

/** @param {UrlReader['read']} read @param {string} text */
function isRead(read, text) {
  try {
    return Boolean(read(text));
  } catch {
    return false;
  }
}

/** @param {{ wasmBinary?: any }} options */
function checkBinary({ wasmBinary: given }) {
  if (given === undefined || ArrayBuffer.isView(given) || typeof given?.then === 'function' || BINARY.test(Object.prototype.toString.call(given))) return;
  throw new BellhopError('BH_ERR_ARGUMENT', `wasmBinary is ${shown(given)}, but must be the bytes of a module, a WebAssembly.Module, or a promise of one`);
}

/** @param {{ timeout?: unknown }} options */
function checkTimeout({ timeout = Infinity }) {
  if (timeout === Infinity || (typeof timeout === 'number' && timeout > 0 && timeout <= TIMEOUT_MAX)) return;
  throw new BellhopError('BH_ERR_ARGUMENT', `timeout is ${shown(timeout)}, but must be milliseconds above 0 and at most ${TIMEOUT_MAX}, or Infinity`);
}
