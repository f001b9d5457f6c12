// SPDX-License-Identifier: MIT
// What callers give, read once, before anything is done with it: arrays, typed arrays and plain objects become copies, so that getters, proxies,
// iterators and buffers that change have no say later. Apart from messages.mjs: what comes through a port is a copy already.
import { BellhopError } from './bellhop-error.mjs';
import { shown } from './messages.mjs';
import { checked, onlyKeys } from './rules.mjs';

/** Numbers and entries of one value, in all arrays of it. */
const ENTRIES_MAX = 2 ** 27;
const DEPTH_MAX = 64;
/** Bytes of a file; the module's memory ends at twice as many. */
const BYTES_MAX = 2 ** 31 - 1;

/** What an object really has, whatever it says itself. @param {object} prototype @param {string} name @returns {(of: any) => any} */
function intrinsic(prototype, name) {
  const { get } = /** @type {PropertyDescriptor} */ (Object.getOwnPropertyDescriptor(prototype, name));
  return (of) => /** @type {Function} */ (get).call(of);
}

const TYPED = Object.getPrototypeOf(Uint8Array.prototype);
const lengthOf = intrinsic(TYPED, 'length'), sizeOf = intrinsic(ArrayBuffer.prototype, 'byteLength');
const ofTyped = ['buffer', 'byteOffset', 'byteLength'].map((name) => intrinsic(TYPED, name));
const ofView = ['buffer', 'byteOffset', 'byteLength'].map((name) => intrinsic(DataView.prototype, name));

// ---- options ----

/** @typedef {import('./rules.mjs').Rule} Rule */

/** @type {Rule} */
export const FLAG = [(value) => typeof value === 'boolean', 'true or false'];
/** Somebody else says what it may be. @type {Rule} */
export const ANY = [() => true, ''];

/** What was thrown, in words. @param {any} thrown */
function said(thrown) {
  try {
    return String(thrown.message);
  } catch {
    return 'it throws';
  }
}

/** Reads what a caller gave: what a getter or a proxy throws meanwhile is told as the library's error. @template T @param {string} name @param {() => T} read @returns {T} */
export function reading(name, read) {
  try {
    return read();
  } catch (cause) {
    throw isA(BellhopError, cause) ? cause : new BellhopError('BH_ERR_ARGUMENT', `${name} cannot be read: ${said(cause)}`, { cause });
  }
}

/**
 * An object of options: each is read once, and checked. Those that are undefined are left out; one that is not in the table is refused, with a suggestion.
 * @param {string} owner  what "has no option" is said of
 * @param {unknown} given @param {Readonly<Record<string, Rule>>} rules
 * @returns {Record<string, any>}
 */
export function readOptions(owner, given, rules) {
  const keys = Object.keys(rules), options = /** @type {Record<string, unknown>} */ (given);
  return reading(`options of ${owner}`, () => {
    if (Array.isArray(given) || ArrayBuffer.isView(given)) throw new BellhopError('BH_ERR_ARGUMENT', `${owner} takes an object, but got ${shown(given)}`);
    onlyKeys(owner, given, keys);
    return Object.fromEntries(keys.flatMap((key) => {
      const value = options[key];
      return value === undefined ? [] : [[key, checked(key, value, rules[key])]];
    }));
  });
}

/** Whether it is an instance; a proxy that does not answer is none. @template T @param {abstract new (...values: any) => T} Class @param {unknown} value @returns {value is T} */
export function isA(Class, value) {
  try {
    return value instanceof Class;
  } catch {
    return false;
  }
}

/** @param {unknown} value @returns {value is ArrayLike<any>} */
const isTyped = (value) => ArrayBuffer.isView(value) && !isData(value);

/** @param {ArrayBufferView} view */
function isData(view) {
  try {
    lengthOf(view);
    return false;
  } catch {
    return true;
  }
}

/** @param {string} name @param {string} what @returns {BellhopError} */
const refusal = (name, what) => new BellhopError('BH_ERR_ARGUMENT', `${name} ${what}`);

/** Stands for a function, which is no data, and may be a proxy. */
const nothing = () => {};

class Copy {
  #left = ENTRIES_MAX;
  /** What the present value is in. @type {unknown[]} */
  #within = [];

  /** @param {string} name */
  constructor(name) {
    this.name = name;
  }

  /** @param {any} value @returns {any} */
  of(value) {
    if (typeof value === 'function') return nothing;
    if (typeof value !== 'object' || value === null) return value;
    if (ArrayBuffer.isView(value)) return isTyped(value) ? this.#typed(value) : value;
    if (this.#within.length === DEPTH_MAX) throw refusal(this.name, `has more than ${DEPTH_MAX} arrays and objects within each other`);
    if (this.#within.includes(value)) throw refusal(this.name, 'is in itself');
    this.#within.push(value);
    const copy = Array.isArray(value) ? this.#array(value) : Object.fromEntries(Object.keys(value).map((key) => [key, this.of(value[key])]));
    this.#within.pop();
    return copy;
  }

  /** @param {unknown} n */
  #take(n) {
    if (typeof n !== 'number' || !(n >= 0 && n <= this.#left)) throw refusal(this.name, `has ${shown(n)} entries, but at most ${ENTRIES_MAX} can be read`);
    this.#left -= n;
    return n;
  }

  /** @param {any[]} value */
  #array(value) {
    const length = this.#take(value.length), copy = [];
    for (let i = 0; i < length; i++) {
      const each = value[i];
      if (each === undefined && !(i in value)) throw refusal(this.name, `has ${length} entries, but none at [${i}]`);
      copy.push(typeof each === 'object' || typeof each === 'function' ? this.of(each) : each);
    }
    return copy;
  }

  /** As doubles, which hold every number but those of 64 bits. @param {ArrayLike<any>} value */
  #typed(value) {
    const length = this.#take(lengthOf(value));
    return length > 0 && typeof value[0] === 'bigint' ? Array.from({ length }, (_, i) => value[i]) : new Float64Array(value);
  }
}

/**
 * The value with copies of all arrays and plain objects in it; numbers and strings are as they are. Typed arrays become a Float64Array.
 * @param {string} name  what messages call it @param {any} value @returns {any}
 */
export function copied(name, value) {
  return (typeof value !== 'object' && typeof value !== 'function') || value === null ? value : reading(name, () => new Copy(name).of(value));
}

/** Options for the tables of the module, each read once, their values as they are. What is no object the tables refuse, but lists. @param {string} owner @param {any} given @returns {any} */
export function keysOf(owner, given) {
  if (typeof given !== 'object' || given === null) return given;
  return reading(`options of ${owner}`, () => {
    if (!Array.isArray(given) && !ArrayBuffer.isView(given)) return { ...given };
    throw new BellhopError('BH_ERR_CONFIG', `${owner}: options are ${shown(given)}, but must be an object`);
  });
}

/** The same, with copies of the arrays in them. @param {string} owner @param {any} given @returns {any} */
export const plainOptions = (owner, given) => copied(`options of ${owner}`, keysOf(owner, given));

/**
 * A copy of the bytes of a buffer or of a view of one; undefined where it is neither.
 * @param {string} name  what messages call it @param {any} given @param {number} [most] @returns {Uint8Array<ArrayBuffer> | undefined}
 */
export function bytesOf(name, given, most = BYTES_MAX) {
  const view = viewOf(name, given);
  if (view && view.length > most) throw refusal(name, `has ${view.length} bytes, but must have at most ${most}`);
  return view && reading(name, () => new Uint8Array(view));
}

/** @param {string} name @param {any} given @returns {Uint8Array | undefined} */
function viewOf(name, given) {
  if (ArrayBuffer.isView(given)) {
    return reading(name, () => {
      const [buffer, at, length] = (isTyped(given) ? ofTyped : ofView).map((of) => of(given));
      return new Uint8Array(buffer, at, length);
    });
  }
  try {
    sizeOf(given);
  } catch {
    return undefined; // no buffer, or a proxy of one
  }
  return reading(name, () => new Uint8Array(given));
}
