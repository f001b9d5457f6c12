// SPDX-License-Identifier: MIT
// Elements of spaces: whether something is one, random ones, and Gymnasium's flattening: what a network gets of them, and back.
import { problemOfMask } from './action-mask.mjs';
import { BellhopError } from './bellhop-error.mjs';
import { copied, reading } from './given.mjs';
import { shown } from './messages.mjs';
import { checked } from './rules.mjs';
import { createRng } from './random.mjs';
import { DTYPES, flatdim as dimOf, flattenList, inCodePoints, isList, keyText, product, readSpace, shapeOf } from './space-definition.mjs';

/** @typedef {import('../bellhop.js').Space} Space */
/** @typedef {import('../bellhop.js').BoxSpace} BoxSpace */
/** @typedef {import('../bellhop.js').SpaceLike} SpaceLike */
/** How many values each entry of an action has, and its least. @typedef {{ nvec: readonly number[], start: readonly number[] }} Entries */
/** Where an element's numbers go. @typedef {{ flat: Float32Array, at: number }} Out */

/** Spaces that were read: elements of others are. @type {WeakSet<object>} */
const known = new WeakSet();

/** The entries of a Dict or Tuple in the order of flattening, each with what messages call it. @param {import('../bellhop.js').DictSpace | import('../bellhop.js').TupleSpace} space @returns {[key: string | number, inner: Space][]} */
export function innerOf(space) {
  if (space.type === 'Tuple') return space.spaces.map((inner, i) => [i, inner]);
  return Object.keys(space.spaces).sort(inCodePoints).map((key) => [key, space.spaces[key]]);
}

/** @param {string} path  where it is; empty: it is all there is @param {string} got @param {string} wanted */
const problemAt = (path, got, wanted) => (path === '' ? `is ${got}, but must be ${wanted}` : `has ${got} at ${path}, but must have ${wanted} there`);

// ---- reading ----

/**
 * An element as a list of numbers, or what is wrong with it: "is …, but must be …". A Discrete alone is the number it has from 0 on, not its one-hot
 * vector: tables want it so.
 * @param {Space} space @param {any} value
 * @returns {{ flat: ArrayLike<number>, problem?: undefined } | { flat?: undefined, problem: string }}
 */
export function readObservation(space, value) {
  if (space.type === 'Discrete') {
    const problem = wholeProblem('', value, space.start ?? 0, space.n);
    return problem === undefined ? { flat: [value - (space.start ?? 0)] } : { problem };
  }
  if (space.type === 'Box') return readNumbers('', space, value);
  const out = { flat: new Float32Array(dimOf(space)), at: 0 };
  const problem = write(space, value, out, '');
  return problem === undefined ? { flat: out.flat } : { problem };
}

/** @param {string} path @param {any} value @param {number} start @param {number} n */
function wholeProblem(path, value, start, n) {
  if (Number.isInteger(value) && value >= start && value < start + n) return undefined;
  return problemAt(path, shown(value), `a whole number between ${start} and ${start + n - 1}`);
}

/** @param {string} path @param {BoxSpace} space @param {any} value @returns {ReturnType<typeof readObservation>} */
function readNumbers(path, space, value) {
  const n = product(space.shape);
  const shape = space.shape.length > 1 ? `, flat or nested as [${space.shape.join(', ')}]` : '';
  if (!isList(value)) return { problem: problemAt(path, shown(value), `an array of ${n} numbers${shape}`) };
  const flat = flattenList(value, space.shape);
  if (flat === undefined) {
    const got = `${value.length} ${isList(value[0]) ? 'rows' : 'numbers'}`;
    return { problem: path === '' ? `has ${got}, but must have ${n} numbers${shape}` : problemAt(path, got, `${n} numbers${shape}`) };
  }
  for (let i = 0; i < n; i++) {
    const problem = numberProblem(space, flat[i], i);
    if (problem !== undefined) return { problem: problemAt(`${path}[${i}]`, shown(flat[i]), problem) };
  }
  return { flat };
}

/** What the number should have been. @param {BoxSpace} space @param {any} x @param {number} i */
function numberProblem(space, x, i) {
  if (DTYPES[space.dtype].low !== undefined) {
    return Number.isInteger(x) && x >= space.low[i] && x <= space.high[i] ? undefined : `a whole number between ${space.low[i]} and ${space.high[i]}`;
  }
  if (typeof x !== 'number' || !Number.isFinite(x)) return 'a finite number';
  return Number.isFinite(Math.fround(x)) ? undefined : 'a number that float32 can hold';
}

/** Writes an element's numbers; says what is wrong with it. @param {Space} space @param {any} value @param {Out} out @param {string} path @returns {string | undefined} */
function write(space, value, out, path) {
  switch (space.type) {
    case 'Discrete': return writeOneHot(path, value, space.start ?? 0, space.n, out);
    case 'Box': return writeNumbers(space, value, out, path);
    case 'MultiDiscrete': return writeMultiDiscrete(space, value, out, path);
    case 'MultiBinary': return writeBits(space, value, out, path);
    case 'Tuple': return writeTuple(space, value, out, path);
    default: return writeDict(space, value, out, path);
  }
}

/** @param {string} path @param {any} value @param {number} start @param {number} n @param {Out} out */
function writeOneHot(path, value, start, n, out) {
  const problem = wholeProblem(path, value, start, n);
  if (problem !== undefined) return problem;
  out.flat[out.at + value - start] = 1;
  out.at += n;
  return undefined;
}

/** @param {BoxSpace} space @param {any} value @param {Out} out @param {string} path */
function writeNumbers(space, value, out, path) {
  const { flat, problem } = readNumbers(path, space, value);
  if (problem !== undefined) return problem;
  out.flat.set(flat, out.at);
  out.at += flat.length;
  return undefined;
}

/** @param {import('../bellhop.js').MultiDiscreteSpace} space @param {any} value @param {Out} out @param {string} path */
function writeMultiDiscrete({ nvec, start }, value, out, path) {
  if (!isList(value) || value.length !== nvec.length) return problemAt(path, lengthText(value, 'numbers'), `an array of ${nvec.length} whole numbers`);
  for (let i = 0; i < nvec.length; i++) {
    const problem = writeOneHot(`${path}[${i}]`, value[i], start?.[i] ?? 0, nvec[i], out);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** @param {import('../bellhop.js').MultiBinarySpace} space @param {any} value @param {Out} out @param {string} path */
function writeBits(space, value, out, path) {
  const shape = shapeOf(space), flat = flattenList(value, shape);
  if (flat === undefined) return problemAt(path, lengthText(value, 'entries'), `an array of ${product(shape)} zeros and ones${shape.length > 1 ? `, flat or nested as [${shape.join(', ')}]` : ''}`);
  for (let i = 0; i < flat.length; i++) {
    if (flat[i] !== 0 && flat[i] !== 1) return problemAt(`${path}[${i}]`, shown(flat[i]), '0 or 1');
    out.flat[out.at++] = flat[i];
  }
  return undefined;
}

/** @param {import('../bellhop.js').TupleSpace} space @param {any} value @param {Out} out @param {string} path */
function writeTuple(space, value, out, path) {
  const inner = innerOf(space);
  if (!isList(value) || value.length !== inner.length) return problemAt(path, lengthText(value, 'entries'), `an array of ${inner.length} entries, as the Tuple has spaces`);
  for (const [i, each] of inner) {
    const problem = write(each, value[/** @type {number} */ (i)], out, `${path}[${i}]`);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** @param {import('../bellhop.js').DictSpace} space @param {any} value @param {Out} out @param {string} path */
function writeDict(space, value, out, path) {
  const inner = innerOf(space), wanted = inner.map(([key]) => key).join(', ');
  if (typeof value !== 'object' || value === null || isList(value)) return problemAt(path, lengthText(value, 'entries'), `an object with ${wanted}`);
  const other = Object.keys(value).find((key) => !Object.hasOwn(space.spaces, key));
  if (other !== undefined) return `has ${JSON.stringify(other)}${path === '' ? '' : ` at ${path}`}, which the Dict has no space for; it has ${wanted}`;
  for (const [key, each] of /** @type {[string, Space][]} */ (inner)) {
    if (!Object.hasOwn(value, key)) return `has no ${JSON.stringify(key)}${path === '' ? '' : ` at ${path}`}, but must have ${wanted}`;
    const problem = write(each, value[key], out, path + keyText(key));
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** @param {any} value @param {string} what */
const lengthText = (value, what) => (isList(value) ? `an array of ${value.length} ${isList(value[0]) ? 'rows' : what}` : shown(value));

// ---- Gymnasium's functions ----

/** A space of the library's, or one as it is written down. @param {any} given @returns {Space} */
function spaceOf(given) {
  if (typeof given === 'object' && given !== null && known.has(given)) return given;
  /** @type {string[]} */
  const problems = [];
  const space = readSpace('space', copied('space', given), (problem) => problems.push(problem));
  if (!space || problems.length > 0) throw new BellhopError('BH_ERR_CONFIG', problems.join('; '));
  return space;
}

/** @param {SpaceLike | Space} space */
export const flatdim = (space) => dimOf(spaceOf(space));

/** What a network gets of an element. @param {SpaceLike | Space} given @param {unknown} element */
export function flatten(given, element) {
  const space = spaceOf(given), x = copied('x', element), out = { flat: new Float32Array(dimOf(space)), at: 0 };
  const problem = write(space, x, out, '');
  if (problem !== undefined) throw new BellhopError('BH_ERR_ARGUMENT', `x ${problem}`);
  return out.flat;
}

/** The element that has been flattened. @param {SpaceLike | Space} given @param {ArrayLike<number>} numbers @returns {any} */
export function unflatten(given, numbers) {
  const space = spaceOf(given), n = dimOf(space), flat = copied('flat', numbers);
  if (!isList(flat) || flat.length !== n) throw new BellhopError('BH_ERR_ARGUMENT', `flat ${problemAt('', lengthText(flat, 'numbers'), `an array of ${n} numbers`)}`);
  for (let i = 0; i < n; i++) if (typeof flat[i] !== 'number') throw new BellhopError('BH_ERR_ARGUMENT', `flat ${problemAt(`[${i}]`, shown(flat[i]), 'a number')}`);
  return read(space, flat, { at: 0 });
}

/** The element whose numbers begin at `from.at`. @param {Space} space @param {ArrayLike<number>} flat @param {{ at: number }} from @returns {any} */
export function read(space, flat, from) {
  switch (space.type) {
    case 'Discrete': return hotOf(flat, from, space.n) + (space.start ?? 0);
    case 'MultiDiscrete': return Int32Array.from(space.nvec, (n, i) => hotOf(flat, from, n) + (space.start?.[i] ?? 0));
    case 'Box': return DTYPES[space.dtype].Numbers.from(taken(flat, from, product(space.shape)));
    case 'MultiBinary': return Uint8Array.from(taken(flat, from, product(shapeOf(space))));
    case 'Tuple': return space.spaces.map((inner) => read(inner, flat, from));
    default: return Object.fromEntries(innerOf(space).map(([key, inner]) => [key, read(inner, flat, from)]));
  }
}

/** @param {ArrayLike<number>} flat @param {{ at: number }} from @param {number} n @returns {number[]} */
function taken(flat, from, n) {
  from.at += n;
  return Array.prototype.slice.call(flat, from.at - n, from.at);
}

/** Which of n numbers is not 0. @param {ArrayLike<number>} flat @param {{ at: number }} from @param {number} n */
function hotOf(flat, from, n) {
  const at = taken(flat, from, n).findIndex((x) => x !== 0);
  if (at < 0) throw new BellhopError('BH_ERR_ARGUMENT', `flat has only zeros from [${from.at - n}] to [${from.at - 1}], but must have a one there: it is a one-hot vector`);
  return at;
}

/** Whether something is an element: of the right form, and within the bounds. @param {Space} space @param {any} x */
export const contains = (space, x) => readObservation(space, x).problem === undefined && isWithin(space, x);

/** @param {Space} space @param {any} x  of the right form @returns {boolean} */
function isWithin(space, x) {
  if (space.type === 'Dict' || space.type === 'Tuple') return innerOf(space).every(([key, inner]) => isWithin(inner, x[key]));
  if (space.type !== 'Box') return true;
  return Array.from(/** @type {ArrayLike<number>} */ (flattenList(x, space.shape))).every((number, i) => number >= space.low[i] && number <= space.high[i]);
}

// ---- numbered elements ----

/** Of a space whose elements can be numbered; null of others. @param {Space} space @returns {Entries | null} */
export function entriesOf(space) {
  switch (space.type) {
    case 'Discrete': return { nvec: [space.n], start: [space.start ?? 0] };
    case 'MultiDiscrete': return { nvec: space.nvec, start: space.start ?? space.nvec.map(() => 0) };
    case 'MultiBinary': return { nvec: new Array(product(shapeOf(space))).fill(2), start: new Array(product(shapeOf(space))).fill(0) };
    default: return null;
  }
}

/** The element that a number is, the last entry fastest. @param {Space} space @param {number} index @returns {any} */
export function actionAt(space, index) {
  const { nvec, start } = /** @type {Entries} */ (entriesOf(space));
  if (space.type === 'Discrete') return index + start[0];
  const action = space.type === 'MultiBinary' ? new Uint8Array(nvec.length) : new Int32Array(nvec.length);
  for (let i = nvec.length - 1, rest = index; i >= 0; i--) {
    action[i] = start[i] + rest % nvec[i];
    rest = Math.floor(rest / nvec[i]);
  }
  return action;
}

// ---- random elements ----

/**
 * A random element: whole numbers and bounded ones evenly; numbers with one bound exponentially from it, with none normally, both in ways that need no
 * logarithm, whose last bit differs between engines.
 * @param {Space} space @param {() => number} random  in [0, 1) @param {ArrayLike<number | boolean>} [mask]  of numbered elements, which are allowed @returns {any}
 */
export function sampleFrom(space, random, mask) {
  if (mask) return actionAt(space, sampleLegal(mask, random));
  switch (space.type) {
    case 'Discrete': return Math.floor(random() * space.n) + (space.start ?? 0);
    case 'MultiDiscrete': return Int32Array.from(space.nvec, (n, i) => Math.floor(random() * n) + (space.start?.[i] ?? 0));
    case 'MultiBinary': return Uint8Array.from({ length: product(shapeOf(space)) }, () => Math.floor(random() * 2));
    case 'Box': return DTYPES[space.dtype].Numbers.from(space.low, (/** @type {number} */ low, /** @type {number} */ i) => sampleNumber(low, space.high[i], DTYPES[space.dtype].low !== undefined, random));
    case 'Tuple': return space.spaces.map((inner) => sampleFrom(inner, random));
    default: return Object.fromEntries(innerOf(space).map(([key, inner]) => [key, sampleFrom(inner, random)]));
  }
}

/** One of those with a 1, each as likely as any other. @param {ArrayLike<number | boolean>} mask @param {() => number} random */
function sampleLegal(mask, random) {
  const legal = Array.from(mask, (each, index) => (each ? index : -1)).filter((index) => index >= 0);
  return legal[Math.floor(random() * legal.length)];
}

/** @param {number} low @param {number} high @param {boolean} isWhole @param {() => number} random */
function sampleNumber(low, high, isWhole, random) {
  if (isWhole) return low + Math.floor(random() * (high - low + 1));
  if (low === -Infinity) return high === Infinity ? normal(random) : high - exponential(random);
  return high === Infinity ? low + exponential(random) : low + random() * (high - low);
}

/** The sum of twelve, less their mean: nearly normal. @param {() => number} random */
function normal(random) {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += random();
  return sum;
}

/** Von Neumann's way: runs of falling numbers. @param {() => number} random */
function exponential(random) {
  for (let whole = 0; ; whole++) {
    const first = random();
    let last = first, length = 1;
    for (let next = random(); next < last; next = random()) {
      last = next;
      length++;
    }
    if (length % 2 === 1) return whole + first;
  }
}

// ---- spaces as users have them ----

/** @type {import('./rules.mjs').Rule} */
const PORTION = [(value) => typeof value === 'number' && value >= 0 && value < 1, 'in [0, 1), as createRng(seed) and Math.random give them'];

/** @param {unknown} from  a seed, or numbers in [0, 1) @returns {() => number} */
function randomOf(from) {
  if (typeof from === 'function') return () => checked('a number of the stream', reading('the stream', () => from()), PORTION);
  if (Number.isSafeInteger(from) && Number(from) >= 0) return createRng(Number(from));
  throw new BellhopError('BH_ERR_ARGUMENT', `sample takes a seed, a whole number of at least 0, or what createRng(seed) gives, but got ${shown(from)}`);
}

/** A mask as users give it, checked. @param {Space} space @param {any} mask @returns {ArrayLike<number | boolean>} */
function maskOf(space, mask) {
  const entries = entriesOf(space);
  if (!entries) throw new BellhopError('BH_ERR_ARGUMENT', `sample takes no mask of a ${space.type}, only of a Discrete, MultiDiscrete or MultiBinary`);
  const n = product(entries.nvec);
  if (!isList(mask) || mask.length !== n) throw new BellhopError('BH_ERR_ARGUMENT', `the mask ${problemAt('', lengthText(mask, 'entries'), `an array of ${n}, 1 where an element is allowed`)}`);
  const problem = problemOfMask(mask) ?? (Array.prototype.some.call(mask, Boolean) ? undefined : 'has no 1, but must allow something');
  if (problem !== undefined) throw new BellhopError('BH_ERR_ARGUMENT', `the mask ${problem}`);
  return mask;
}

/**
 * The same space with sample() and contains(). They are not among what is enumerated, so that a space can be compared, written as JSON and sent
 * to a worker.
 * @template {Space} S @param {S} space @returns {S & import('../bellhop.js').SpaceMethods<any>}
 */
export function withMethods(space) {
  const inner = space.type === 'Tuple' ? { spaces: space.spaces.map(withMethods) }
    : space.type === 'Dict' ? { spaces: Object.fromEntries(Object.entries(space.spaces).map(([key, each]) => [key, withMethods(each)])) } : {};
  const made = Object.defineProperties({ ...space, ...inner }, {
    sample: { value: (/** @type {unknown} */ from, /** @type {unknown} */ mask) => sampleFrom(space, randomOf(from), mask === undefined ? mask : maskOf(space, copied('the mask', mask))) },
    contains: { value: (/** @type {unknown} */ x) => contains(space, copied('x', x)) },
  });
  known.add(made);
  return /** @type {any} */ (made);
}

/** A space as it is written down, with sample() and contains(). @param {SpaceLike} given */
export const makeSpace = (given) => withMethods(spaceOf(given));
