// SPDX-License-Identifier: MIT
// Checkpoints of other programs: any safetensors file whose names and shapes fit, as PyTorch's state dicts are saved. It is written anew as the
// module reads it: the tensors a model has, as F32 or F64, with the environment and algorithm they are for.
import { shown } from './messages.mjs';
import { BellhopError } from './bellhop-error.mjs';

/** @typedef {{ dtype: string, shape: number[], data_offsets: [number, number] }} Entry */
/** @typedef {{ metadata: Record<string, string>, tensors: Map<string, Entry>, data: Uint8Array }} File */

const PREFIX = 8;
/** Numbers there are arrays of here. @type {Record<string, number>} */
const BYTES = {
  BOOL: 1, U8: 1, I8: 1, F8_E4M3: 1, F8_E5M2: 1, F8_E8M0: 1, I16: 2, U16: 2, F16: 2, BF16: 2, I32: 4, U32: 4, F32: 4, I64: 8, U64: 8, F64: 8,
};
/** Those that parameters may be. @type {Record<string, (view: DataView, at: number) => number>} */
const READ = {
  F16: (view, at) => half(view.getUint16(at, true)),
  BF16: (view, at) => brain(view.getUint16(at, true)),
  F32: (view, at) => view.getFloat32(at, true),
  F64: (view, at) => view.getFloat64(at, true),
};
const scratch = new DataView(new ArrayBuffer(4));

/** IEEE 754 binary16. @param {number} bits */
function half(bits) {
  const sign = bits & 0x8000 ? -1 : 1, exponent = bits >> 10 & 31, fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

/** The upper half of a binary32. @param {number} bits */
function brain(bits) {
  scratch.setUint32(0, bits << 16);
  return scratch.getFloat32(0);
}

/** @param {string} why */
const damaged = (why) => new BellhopError('BH_ERR_FORMAT', `the file is no safetensors file, or damaged: ${why}`);

/** What a safetensors file holds. @param {Uint8Array} bytes @returns {File} */
function readFile(bytes) {
  if (bytes.length < PREFIX) throw damaged(`it has ${bytes.length} bytes, but the length of its header alone takes ${PREFIX}`);
  const size = Number(new DataView(bytes.buffer, bytes.byteOffset, PREFIX).getBigUint64(0, true));
  if (size > bytes.length - PREFIX) throw damaged(`its header should have ${size} bytes, but only ${bytes.length - PREFIX} follow`);
  const header = parse(bytes.subarray(PREFIX, PREFIX + size));
  const { __metadata__: metadata = {}, ...entries } = header;
  const data = bytes.subarray(PREFIX + size);
  const tensors = new Map(Object.entries(entries));
  tensors.forEach((entry, name) => check(name, entry, data.length));
  return { metadata: Object(metadata), tensors, data };
}

/** @param {Uint8Array} bytes @returns {Record<string, any>} */
function parse(bytes) {
  try {
    const header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (typeof header === 'object' && header !== null && !Array.isArray(header)) return header;
  } catch {
    // said below
  }
  throw damaged('its header is no JSON object');
}

/** @param {string} name @param {any} entry @param {number} length  of all data */
function check(name, entry, length) {
  const { dtype, shape, data_offsets: offsets } = Object(entry);
  const isSize = (/** @type {unknown} */ n) => Number.isSafeInteger(n) && Number(n) >= 0;
  if (!Array.isArray(shape) || !shape.every(isSize)) throw damaged(`the shape of '${name}' is ${shown(shape)}`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize) || offsets[0] > offsets[1] || offsets[1] > length) {
    throw damaged(`the data of '${name}' is said to be at ${shown(offsets)}, but there are ${length} bytes`);
  }
  const bytes = shape.reduce((product, n) => product * n, BYTES[dtype] ?? NaN);
  if (bytes >= 0 && bytes !== offsets[1] - offsets[0]) throw damaged(`'${name}' is ${dtype} of ${shape.join(' x ') || 1}, but has ${offsets[1] - offsets[0]} bytes`);
}

/** Whether a file is another program's: Bellhop's say that they are, and have a checksum that the module checks. @param {Uint8Array} bytes */
export function isForeign(bytes) {
  try {
    const { format, sha256 } = readFile(bytes).metadata;
    return sha256 === undefined && !String(format).startsWith('bellhop');
  } catch {
    return false; // the module says what is wrong with it
  }
}

/**
 * The file of another program as one of ours, with the tensors that `own` has; what else it holds is named on the console. Throws BH_ERR_SHAPE for a
 * tensor of ours that it has in another shape or in numbers that are none.
 * @param {Uint8Array} bytes
 * @param {Record<string, { shape: readonly number[], data: Float32Array | Float64Array }>} own  as Run.parameters() gives them
 * @param {Record<string, string>} [metadata]
 * @returns {Uint8Array}
 */
export function translated(bytes, own, metadata = {}) {
  const { tensors, data } = readFile(bytes);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  /** @type {{ name: string, shape: readonly number[], numbers: Float32Array | Float64Array }[]} */
  const taken = [];
  for (const [name, { shape, data: like }] of Object.entries(own)) {
    const entry = tensors.get(name);
    if (entry) taken.push({ name, shape, numbers: numbersOf(name, entry, view, { shape, like }) });
  }
  const skipped = [...tensors.keys()].filter((name) => !(name in own));
  if (skipped.length > 0) console.warn(`bellhop: skipped what the model does not have: ${listed(skipped)}`);
  return write(taken, metadata);
}

/** @param {readonly string[]} names */
const listed = (names) => (names.length <= 8 ? names.join(', ') : `${names.slice(0, 8).join(', ')} and ${names.length - 8} more`);

/**
 * @param {string} name @param {Entry} entry @param {DataView} view @param {{ shape: readonly number[], like: Float32Array | Float64Array }} own
 * @returns {Float32Array | Float64Array}
 */
function numbersOf(name, { dtype, shape, data_offsets: [from] }, view, { shape: wanted, like }) {
  if (shape.join() !== wanted.join()) throw new BellhopError('BH_ERR_SHAPE', `tensor '${name}' of the file is ${shape.join(' x ') || 'one number'}, but here it is ${wanted.join(' x ')}`);
  const read = Object.hasOwn(READ, dtype) ? READ[dtype] : undefined;
  if (!read) throw new BellhopError('BH_ERR_SHAPE', `tensor '${name}' of the file is ${shown(dtype)}, but parameters are ${Object.keys(READ).join(', ')}`);
  const numbers = like.slice();
  for (let i = 0; i < numbers.length; i++) numbers[i] = read(view, from + i * BYTES[dtype]);
  return numbers;
}

/** @param {{ name: string, shape: readonly number[], numbers: Float32Array | Float64Array }[]} tensors @param {Record<string, string>} metadata */
function write(tensors, metadata) {
  /** @type {Record<string, unknown>} */
  const header = { __metadata__: metadata };
  let at = 0;
  for (const { name, shape, numbers } of tensors) {
    header[name] = { dtype: numbers instanceof Float64Array ? 'F64' : 'F32', shape, data_offsets: [at, at + numbers.byteLength] };
    at += numbers.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const out = new Uint8Array(PREFIX + text.length + at);
  const view = new DataView(out.buffer);
  view.setBigUint64(0, BigInt(text.length), true);
  out.set(text, PREFIX);
  let to = PREFIX + text.length;
  for (const { numbers } of tensors) {
    const set = numbers instanceof Float64Array ? 'setFloat64' : 'setFloat32';
    for (const number of numbers) {
      view[set](to, number, true);
      to += numbers.BYTES_PER_ELEMENT;
    }
  }
  return out;
}
