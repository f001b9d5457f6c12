// SPDX-License-Identifier: MIT
// Options of load() and connect() as a caller gives them: names and ranges are checked here, once, at the entries.
import { onlyKeys, shown } from './options.mjs';
import { BellhopError } from './wasm.mjs';

const LOAD_KEYS = Object.freeze(['wasmUrl', 'wasmBinary', 'simd', 'text', 'timeout']);
/** What a module may be given as, by its tag, beside views of bytes and promises. */
const BINARY = /ArrayBuffer|WebAssembly\.Module/;
const CONNECT_KEYS = Object.freeze([...LOAD_KEYS, 'workerUrl', 'worker', 'port', 'fallback']);
/** The most a timer takes. */
const TIMEOUT_MAX = 2 ** 31 - 1;

/** @param {import('../bellhop.js').LoadOptions} options */
export function checkLoadOptions(options) {
  onlyKeys('load()', options, LOAD_KEYS);
  checkTimeout(options);
  checkBinary(options);
}

/** @param {import('../bellhop.js').ConnectOptions} options */
export function checkConnectOptions(options) {
  onlyKeys('connect()', options, CONNECT_KEYS);
  checkTimeout(options);
  checkBinary(options);
  for (const name of /** @type {const} */ (['worker', 'port'])) {
    const given = options[name];
    if (given === undefined || typeof given?.postMessage === 'function') continue;
    throw new BellhopError('BH_ERR_ARGUMENT', `${name} is ${shown(given)}, but must have postMessage, as a Worker and a MessagePort have`);
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
