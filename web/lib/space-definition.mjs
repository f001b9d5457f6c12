// SPDX-License-Identifier: MIT
// Spaces as authors write them down, read and checked: Gymnasium's Discrete, Box, MultiDiscrete, MultiBinary, Dict and Tuple. Everything
// wrong is said through `say`, expected against actual.
import { shown, suggestion } from './messages.mjs';

/** @typedef {import('../bellhop.js').Space} Space */
/** @typedef {import('../bellhop.js').BoxSpace} BoxSpace */
/** @typedef {(problem: string) => void} Say */
/** @typedef {Float32Array | Float64Array | Uint8Array | Int8Array | Int16Array | Uint16Array | Int32Array | Uint32Array} Numbers */

const SIZE_MAX = 2 ** 20;
const RANK_MAX = 3;
const DEPTH_MAX = 8;
const START_MAX = 2 ** 31;
/** Up to here float32 holds every whole number. */
const EXACT_MAX = 2 ** 24;

/** Of a space, by its type. @type {Record<string, string[]>} */
const KEYS = {
  Discrete: ['type', 'n', 'start'], Box: ['type', 'shape', 'low', 'high', 'dtype'], MultiDiscrete: ['type', 'nvec', 'start'], MultiBinary: ['type', 'n'],
  Dict: ['type', 'spaces'], Tuple: ['type', 'spaces'],
};
const TYPES = Object.keys(KEYS).map((type) => `'${type}'`).join(', ').replace(/, ([^,]+)$/, ' or $1');

/** Spaces of Gymnasium's whose elements differ in size, and what to declare in their place. @type {Record<string, string>} */
const INSTEAD = {
  Text: 'declare a MultiDiscrete with one entry for each character, or the Box of an encoding',
  Sequence: 'declare a Tuple or a Box of the longest one, with a number that says how much of it counts',
  Graph: 'declare a Dict of Boxes: the features of all nodes, and a MultiBinary that says which edges there are',
  OneOf: 'declare a Dict with a Discrete that says which one it is, and all of the spaces',
};

/** The arrays of each dtype, and the least and greatest number where it is of whole ones. Those of 64 bits are held as 32: bounds are within 2^24. @type {Readonly<Record<string, { Numbers: any, low?: number, high?: number, isUnbounded?: boolean }>>} */
export const DTYPES = {
  float32: { Numbers: Float32Array }, float64: { Numbers: Float64Array },
  uint8: { Numbers: Uint8Array, low: 0, high: 255 }, int8: { Numbers: Int8Array, low: -128, high: 127 },
  int16: { Numbers: Int16Array, low: -32768, high: 32767 }, uint16: { Numbers: Uint16Array, low: 0, high: 65535 },
  int32: { Numbers: Int32Array, low: -EXACT_MAX, high: EXACT_MAX, isUnbounded: true }, uint32: { Numbers: Uint32Array, low: 0, high: EXACT_MAX, isUnbounded: true },
  int64: { Numbers: Int32Array, low: -EXACT_MAX, high: EXACT_MAX, isUnbounded: true }, uint64: { Numbers: Uint32Array, low: 0, high: EXACT_MAX, isUnbounded: true },
};

/** @param {unknown} value @returns {value is object} */
const isObject = (value) => typeof value === 'object' && value !== null;
/** @param {any} value @param {number} low @param {number} high */
const isWhole = (value, low, high) => Number.isInteger(value) && value >= low && value <= high;
/** @param {any} value @returns {value is ArrayLike<any>} */
export const isList = (value) => Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
/** @param {readonly number[]} shape */
export const product = (shape) => shape.reduce((n, size) => n * size, 1);

/**
 * A space with its bounds as typed arrays, frozen; undefined when something is wrong with it.
 * @param {string} name @param {any} given @param {Say} say @param {number} [depth]  how many spaces it is in
 * @returns {Space | undefined}
 */
export function readSpace(name, given, say, depth = 0) {
  if (!isObject(given)) {
    say(`${name} is ${shown(given)}, but must be { type: 'Discrete', n } or { type: 'Box', shape, low, high, dtype }, or another of docs/environments.md`);
    return undefined;
  }
  const { type } = /** @type {any} */ (given);
  if (typeof type === 'string' && Object.hasOwn(INSTEAD, type)) {
    say(`${name}.type is '${type}', whose elements differ in size, but a network gets as many numbers every time: ${INSTEAD[type]}`);
    return undefined;
  }
  const keys = typeof type === 'string' && Object.hasOwn(KEYS, type) ? KEYS[type] : undefined;
  if (!keys) {
    say(`${name}.type is ${shown(type)}, but must be ${TYPES}`);
    return undefined;
  }
  const others = Object.keys(given).filter((key) => !keys.includes(key));
  for (const key of others) say(`${name} has no '${key}'${suggestion(key, keys) || `; a ${type} has ${keys.join(', ')}`}`);
  const space = READERS[type](name, given, say, depth);
  if (space && depth === 0 && flatdim(space) > SIZE_MAX) {
    say(`${name} has ${flatdim(space)} numbers when it is flattened, but must have at most ${SIZE_MAX}`);
    return undefined;
  }
  return others.length > 0 ? undefined : space;
}

/** @type {Record<string, (name: string, given: any, say: Say, depth: number) => Space | undefined>} */
const READERS = { Discrete: readDiscrete, Box: readBox, MultiDiscrete: readMultiDiscrete, MultiBinary: readMultiBinary, Dict: readDict, Tuple: readTuple };

/** @param {string} name @param {any} given @param {Say} say @returns {Space | undefined} */
function readDiscrete(name, { n, start = 0 }, say) {
  const isRight = isWhole(n, 1, SIZE_MAX), isStart = isWhole(start, -START_MAX, START_MAX);
  if (!isRight) say(`${name}.n is ${shown(n)}, but must be a whole number between 1 and ${SIZE_MAX}`);
  if (!isStart) say(`${name}.start is ${shown(start)}, but must be a whole number between ${-START_MAX} and ${START_MAX}`);
  return isRight && isStart ? Object.freeze({ type: 'Discrete', n, ...start !== 0 && { start } }) : undefined;
}

/** @param {string} name @param {any} given @param {Say} say @returns {Space | undefined} */
function readMultiDiscrete(name, { nvec, start }, say) {
  if (!isList(nvec) || nvec.length === 0 || nvec.length > SIZE_MAX || !Array.from(nvec).every((n) => isWhole(n, 1, SIZE_MAX))) {
    say(`${name}.nvec is ${listText(nvec)}, but must be an array of whole numbers of at least 1, one for each entry`);
    return undefined;
  }
  if (start !== undefined && (!isList(start) || start.length !== nvec.length || !Array.from(start).every((first) => isWhole(first, -START_MAX, START_MAX)))) {
    say(`${name}.start is ${listText(start)}, but must be an array of ${nvec.length} whole numbers, as nvec, or left out`);
    return undefined;
  }
  const starts = start === undefined ? [] : Array.from(start);
  return Object.freeze({ type: 'MultiDiscrete', nvec: Object.freeze(Array.from(nvec)), ...starts.some((first) => first !== 0) && { start: Object.freeze(starts) } });
}

/** @param {string} name @param {any} given @param {Say} say @returns {Space | undefined} */
function readMultiBinary(name, { n }, say) {
  const shape = typeof n === 'number' ? [n] : n;
  if (!isShape(shape) || product(shape) > SIZE_MAX) {
    say(`${name}.n is ${listText(n)}, but must be a whole number of at least 1, or an array of 1 to ${RANK_MAX} of them`);
    return undefined;
  }
  return Object.freeze({ type: 'MultiBinary', n: typeof n === 'number' ? n : Object.freeze([...shape]) });
}

/** @param {string} name @param {any} given @param {Say} say @param {number} depth @returns {Space | undefined} */
function readDict(name, { spaces }, say, depth) {
  if (!isObject(spaces) || isList(spaces) || Object.keys(spaces).length === 0) {
    say(`${name}.spaces is ${shown(spaces)}, but must be an object with at least one space`);
    return undefined;
  }
  const keys = Object.keys(spaces).sort(inCodePoints);
  const read = readInner(keys.map((key) => [`${name}.spaces${keyText(key)}`, /** @type {any} */ (spaces)[key]]), name, say, depth);
  return read && Object.freeze({ type: 'Dict', spaces: Object.freeze(Object.fromEntries(keys.map((key, i) => [key, read[i]]))) });
}

/** @param {string} name @param {any} given @param {Say} say @param {number} depth @returns {Space | undefined} */
function readTuple(name, { spaces }, say, depth) {
  if (!Array.isArray(spaces) || spaces.length === 0) {
    say(`${name}.spaces is ${shown(spaces)}, but must be an array with at least one space`);
    return undefined;
  }
  const read = readInner(spaces.map((space, i) => [`${name}.spaces[${i}]`, space]), name, say, depth);
  return read && Object.freeze({ type: 'Tuple', spaces: Object.freeze(read) });
}

/** @param {[name: string, given: any][]} inner @param {string} name @param {Say} say @param {number} depth @returns {Space[] | undefined} */
function readInner(inner, name, say, depth) {
  if (depth === DEPTH_MAX) {
    say(`${name} has spaces in more than ${DEPTH_MAX} others`);
    return undefined;
  }
  const spaces = inner.map(([each, given]) => readSpace(each, given, say, depth + 1));
  return spaces.every((space) => space !== undefined) ? /** @type {Space[]} */ (spaces) : undefined;
}

/** The order of Python's sorted(), which is Gymnasium's of the keys of a Dict. @param {string} a @param {string} b */
export function inCodePoints(a, b) {
  const [left, right] = [Array.from(a, (each) => each.codePointAt(0) ?? 0), Array.from(b, (each) => each.codePointAt(0) ?? 0)];
  const at = left.findIndex((point, i) => point !== right[i]);
  return at < 0 ? left.length - right.length : left[at] - (right[at] ?? -1);
}

/** A key in messages: .speed, or ["my speed"]. @param {string} key */
export const keyText = (key) => (/^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`);

/** @param {any} value */
const listText = (value) => (isList(value) ? `[${Array.from(value).slice(0, 8).map((each) => shown(each)).join(', ')}${value.length > 8 ? ', …' : ''}]` : shown(value));

/** How many numbers a space has when it is flattened. @param {Space} space @returns {number} */
export function flatdim(space) {
  switch (space.type) {
    case 'Discrete': return space.n;
    case 'Box': return product(space.shape);
    case 'MultiDiscrete': return space.nvec.reduce((sum, n) => sum + n, 0);
    case 'MultiBinary': return product(shapeOf(space));
    default: return Object.values(space.spaces).reduce((sum, inner) => sum + flatdim(inner), 0);
  }
}

/** The shape of a MultiBinary's elements. @param {import('../bellhop.js').MultiBinarySpace} space @returns {readonly number[]} */
export const shapeOf = ({ n }) => (typeof n === 'number' ? [n] : n);

/** @param {any} shape @returns {shape is number[]} */
const isShape = (shape) => Array.isArray(shape) && shape.length >= 1 && shape.length <= RANK_MAX && shape.every((size) => Number.isInteger(size) && size >= 1);

/** @param {string} name @param {any} given @param {Say} say @param {number} depth @returns {Space | undefined} */
function readBox(name, given, say, depth) {
  const { dtype = 'float32' } = given;
  const shape = typeof given.shape === 'number' ? [given.shape] : given.shape;
  if (!isShape(shape)) {
    say(`${name}.shape is ${shown(given.shape)}, but must be an array of 1 to ${RANK_MAX} whole numbers of at least 1`);
    return undefined;
  }
  if (product(shape) > SIZE_MAX) {
    say(`${name} has ${product(shape)} numbers, but must have at most ${SIZE_MAX}`);
    return undefined;
  }
  if (typeof dtype !== 'string' || !Object.hasOwn(DTYPES, dtype)) {
    say(`${name}.dtype is ${shown(dtype)}, but must be one of ${Object.keys(DTYPES).map((each) => `'${each}'`).join(', ')}`);
    return undefined;
  }
  const low = readBounds(name, 'low', given.low, shape, dtype, say), high = readBounds(name, 'high', given.high, shape, dtype, say);
  if (!low || !high) return undefined;
  const crossed = low.findIndex((bound, i) => bound > high[i]);
  if (crossed >= 0) {
    say(`${name}.low[${crossed}] is ${low[crossed]}, but must not be above high[${crossed}], which is ${high[crossed]}`);
    return undefined;
  }
  if (dtype === 'uint8' && depth === 0 && (high[0] < 1 || high.some((bound) => bound !== high[0]))) {
    say(`${name}.high must be one whole number between 1 and 255 for all bytes`);
    return undefined;
  }
  return Object.freeze({ type: 'Box', shape: Object.freeze([...shape]), low, high, dtype: /** @type {BoxSpace['dtype']} */ (dtype) });
}

/** @param {string} name @param {'low' | 'high'} which @param {any} given @param {number[]} shape @param {string} dtype @param {Say} say @returns {Float32Array | undefined} */
function readBounds(name, which, given, shape, dtype, say) {
  const { Numbers, low: least, high: most, isUnbounded } = DTYPES[dtype];
  if (given === undefined && isUnbounded) {
    say(`${name}.${which} is missing, but a Box of ${dtype} needs one: a network gets float32, which holds whole numbers up to 2^24 = ${EXACT_MAX}`);
    return undefined;
  }
  const bounds = given ?? DTYPES[dtype][which] ?? (which === 'low' ? -Infinity : Infinity);
  const list = typeof bounds === 'number' ? new Array(product(shape)).fill(bounds) : flattenList(bounds, shape);
  if (list === undefined) {
    say(`${name}.${which} is ${shown(given)}, but must be a number or an array of the space's shape, [${shape.join(', ')}]`);
    return undefined;
  }
  const isWrong = (/** @type {any} */ bound) => typeof bound !== 'number' || Number.isNaN(bound) || (least !== undefined && !isWhole(bound, least, /** @type {number} */ (most)));
  const bad = Array.from(list).findIndex(isWrong);
  if (bad >= 0) {
    const why = isUnbounded ? ', which float32 holds exactly; scale what is larger into a Box of float32' : '';
    say(`${name}.${which} has ${shown(list[bad])}, but must have ${least === undefined ? 'numbers' : `whole numbers between ${least} and ${most}${why}`}`);
    return undefined;
  }
  return Numbers.from(list);
}

/**
 * The entries in one list, row-major: of a flat array of all, or of arrays nested as the shape says. Undefined when it is
 * neither. @param {any} value @param {readonly number[]} shape @returns {ArrayLike<any> | undefined}
 */
export function flattenList(value, shape) {
  if (isList(value) && value.length === product(shape) && !isList(value[0])) return value;
  return flattenNested(value, shape);
}

/** @param {any} value @param {readonly number[]} shape @returns {any[] | undefined} */
function flattenNested(value, [size, ...inner]) {
  if (!isList(value) || value.length !== size) return undefined;
  if (inner.length === 0) return Array.from(value);
  const rows = Array.from(value, (row) => flattenNested(row, inner));
  return rows.includes(undefined) ? undefined : rows.flat();
}
