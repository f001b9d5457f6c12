// SPDX-License-Identifier: MIT
// What environments of one's own say that they are, getState(), as bytes of a checkpoint and back: JSON, with -0 kept, and nothing that
// would come back as something else.
import { shown } from './messages.mjs';

const DEPTH_MAX = 100;

/** @param {unknown} value @param {string} path @param {number} depth @returns {string} */
function text(value, path, depth) {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number' && Number.isFinite(value)) return Object.is(value, -0) ? '-0' : String(value);
  if (depth > DEPTH_MAX) throw new TypeError(`returned more than ${DEPTH_MAX} objects within each other, at ${path}`);
  if (Array.isArray(value)) return `[${Array.from(value, (each, i) => text(each, `${path}[${i}]`, depth + 1)).join()}]`;
  const isPlain = typeof value === 'object' && [Object.prototype, null].includes(Object.getPrototypeOf(value));
  if (!isPlain) throw new TypeError(`returned ${shown(value)} as ${path}, but only what JSON can hold goes into a checkpoint: finite numbers, strings, true, false, null, arrays, plain objects`);
  const members = Object.entries(/** @type {object} */ (value)).filter(([, each]) => each !== undefined);
  return `{${members.map(([key, each]) => `${JSON.stringify(key)}:${text(each, `${path}.${key}`, depth + 1)}`).join()}}`;
}

/** @param {unknown} state @returns {{ bytes: Uint8Array<ArrayBuffer>, problem?: string }} */
export function writeState(state) {
  try {
    return { bytes: new TextEncoder().encode(text(state, 'state', 0)) };
  } catch (error) {
    return { bytes: new Uint8Array(), problem: /** @type {Error} */ (error).message };
  }
}

/** @param {Uint8Array} bytes @returns {{ state?: unknown, problem?: string }} */
export function readState(bytes) {
  try {
    return { state: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) };
  } catch {
    return { problem: 'cannot be called: what the checkpoint has of it is not what getState() returned' };
  }
}
