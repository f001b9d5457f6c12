// SPDX-License-Identifier: MIT
// Options of load() and connect() as a caller gives them: names and ranges are checked here, once, at the entries.
import { onlyKeys, shown } from './options.mjs';
import { BellhopError } from './wasm.mjs';

const LOAD_KEYS = Object.freeze(['wasmUrl', 'wasmBinary', 'simd', 'text', 'timeout']);
const CONNECT_KEYS = Object.freeze([...LOAD_KEYS, 'workerUrl', 'worker', 'port', 'fallback']);
/** The most a timer takes. */
const TIMEOUT_MAX = 2 ** 31 - 1;

/** @param {import('../bellhop.js').LoadOptions} options */
export function checkLoadOptions(options) {
  onlyKeys('load()', options, LOAD_KEYS);
  checkTimeout(options);
}

/** @param {import('../bellhop.js').ConnectOptions} options */
export function checkConnectOptions(options) {
  onlyKeys('connect()', options, CONNECT_KEYS);
  checkTimeout(options);
}

/** @param {{ timeout?: unknown }} options */
function checkTimeout({ timeout = Infinity }) {
  if (timeout === Infinity || (typeof timeout === 'number' && timeout > 0 && timeout <= TIMEOUT_MAX)) return;
  throw new BellhopError('BH_ERR_ARGUMENT', `timeout is ${shown(timeout)}, but must be milliseconds above 0 and at most ${TIMEOUT_MAX}, or Infinity`);
}
