// SPDX-License-Identifier: MIT
// What the author of an environment gives, read and checked: the way one is made, its id, its spaces, its observations.
// Everything wrong is found and said at once, expected against actual.
import { nearest, shown, suggestion } from './messages.mjs';
import { floatsOf } from './space.mjs';

/** @typedef {import('../bellhop.js').Space} Space */
/** @typedef {import('../bellhop.js').CustomEnv} Instance */
/**
 * @typedef {object} Definition
 * @property {string} id
 * @property {string} summary
 * @property {boolean} isSingle  one object is all there is
 * @property {boolean} isOutside  its spaces are all there is
 * @property {() => Instance} make
 * @property {Space} observationSpace
 * @property {Space} actionSpace
 * @property {number | null} maxEpisodeSteps
 * @property {number | null} rewardThreshold
 */

const ID = /^[\w.:-]+(\/[\w.:-]+)?$/;
const ID_MAX = 60;
const SIZE_MAX = 2 ** 20;
const STEPS_MAX = 2_000_000_000;
const ACTIONS_MAX = 10_000;
const NUMBERS_MAX = 1_000;
const RANK_MAX = 3;
/** What an author may have written otherwise. Shorter names are near to many others. */
const LONG_KEYS = ['observationSpace', 'actionSpace', 'maxEpisodeSteps', 'rewardThreshold'];
/** Of a space, by its type. @type {Record<string, string[]>} */
const SPACE_KEYS = { Discrete: ['type', 'n'], Box: ['type', 'shape', 'low', 'high', 'dtype'] };

/** Said of a vector of environments. */
const NO_VECTOR = 'the environment is a vector of environments, as makeVec() gives one, but must be a single one; a model makes as many of it as its option nEnvs says';

/** What was thrown, in words. @param {unknown} thrown */
export function thrownText(thrown) {
  return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : shown(thrown);
}

/** @param {unknown} value @returns {boolean} */
const isObject = (value) => typeof value === 'object' && value !== null;

/** Whether it is several environments in one, as Gymnasium's VectorEnv. @param {any} given */
const isVector = (given) => isObject(given) && 'singleActionSpace' in given;

/** Whether it looks like an environment, a function that makes them or a class. @param {any} given */
export function isSource(given) {
  if (typeof given === 'function') return true;
  return isObject(given) && (typeof given.create === 'function' || typeof given.reset === 'function' || typeof given.step === 'function' || isOutside(given));
}

/** Whether it is the description of an environment that somebody else steps. @param {any} given */
const isOutside = (given) => isObject(given) && isObject(given.observationSpace) && isObject(given.actionSpace) && !('reset' in given || 'step' in given || 'create' in given || 'envs' in given);

/** @param {any} given @returns {{ make: () => any, isSingle: boolean }} */
function readSource(given) {
  if (typeof given === 'function') {
    const isClass = /^class\b/.test(Function.prototype.toString.call(given)) || typeof given.prototype?.step === 'function';
    return { make: isClass ? () => new given() : () => given(), isSingle: false };
  }
  if (typeof given.create === 'function') return { make: () => given.create(), isSingle: false };
  return { make: () => given, isSingle: true };
}

/** What the author gave is called in messages. @param {any} given @param {any} first */
function nameOf(given, first) {
  const id = given.id ?? first?.id ?? given.spec?.id ?? first?.spec?.id;
  if (typeof id === 'string') return id;
  return typeof given === 'function' && given.name ? given.name : 'the environment';
}

/**
 * The definition, or what is wrong with it.
 * @param {any} given
 * @returns {{ definition?: Definition, problems: string[], name: string }}
 */
export function readDefinition(given) {
  if (!isSource(given)) {
    return {
      name: 'the environment',
      problems: [`the environment is ${shown(given)}, but must be an object with reset and step, a function that makes one, or a class`],
    };
  }
  if (isVector(given)) return { name: 'the environment', problems: [NO_VECTOR] };
  const { make, isSingle } = readSource(given);
  let first;
  try {
    first = make();
  } catch (cause) {
    return { name: nameOf(given, undefined), problems: [`${nameOf(given, undefined)}: making one threw ${thrownText(cause)}`] };
  }
  try {
    return readFirst(given, first, make, isSingle);
  } finally {
    if (!isSingle) closeInstance(first); // it was made to be read; who trains makes others
  }
}

/** Closes an environment. Whoever is done with one cannot mend it: what that throws is nobody's. @param {any} env */
export function closeInstance(env) {
  try {
    if (typeof env?.close === 'function') env.close();
  } catch {
    // As above.
  }
}

/**
 * @param {any} given @param {any} first  one that was made @param {() => any} make @param {boolean} isSingle
 * @returns {{ definition?: Definition, problems: string[], name: string }}
 */
function readFirst(given, first, make, isSingle) {
  const name = nameOf(given, first);
  if (!isObject(first) || typeof first.then === 'function') {
    const got = isObject(first) ? 'a Promise' : shown(first);
    return { name, problems: [`${name}: making one gave ${got}, but must give an object with reset and step`] };
  }
  if (isVector(first)) return { name, problems: [NO_VECTOR] };
  /** @type {string[]} */
  const problems = [];
  const say = (/** @type {string} */ text) => void problems.push(`${name}: ${text}`);
  const get = (/** @type {string} */ key) => given[key] ?? first[key] ?? given.spec?.[key] ?? first.spec?.[key];
  for (const key of isSingle && isOutside(given) ? [] : ['reset', 'step']) {
    if (typeof first[key] !== 'function') say(`${key} is ${shown(first[key])}, but must be a function`);
  }
  for (const key of LONG_KEYS) {
    const other = get(key) === undefined ? nearest(key, [...Object.keys(given), ...Object.keys(first)].filter((each) => each !== key)) : undefined;
    if (other !== undefined) say(`there is '${other}' and no ${key}; did you mean '${key}'?`);
  }
  const id = get('id');
  if (typeof id !== 'string' || !ID.test(id) || id.length > ID_MAX) {
    say(`id is ${shown(id)}, but must be a name such as 'MyEnv-v0': up to ${ID_MAX} letters, digits, and . _ : -`);
  }
  const observationSpace = readSpace('observationSpace', get('observationSpace'), say);
  const actionSpace = readSpace('actionSpace', get('actionSpace'), say);
  const actionProblem = actionSpace && problemOfActions(actionSpace);
  if (actionProblem) say(actionProblem);
  const maxEpisodeSteps = get('maxEpisodeSteps') ?? null;
  if (maxEpisodeSteps !== null && !(Number.isInteger(maxEpisodeSteps) && maxEpisodeSteps >= 1 && maxEpisodeSteps <= STEPS_MAX)) {
    say(`maxEpisodeSteps is ${shown(maxEpisodeSteps)}, but must be a whole number of at least 1, or left out`);
  }
  const rewardThreshold = get('rewardThreshold') ?? null;
  if (rewardThreshold !== null && !Number.isFinite(rewardThreshold)) {
    say(`rewardThreshold is ${shown(rewardThreshold)}, but must be a finite number, or left out`);
  }
  if (problems.length > 0 || !observationSpace || !actionSpace) return { problems, name };
  const summary = typeof get('summary') === 'string' ? get('summary') : '';
  return {
    problems, name,
    definition: { id, summary, isSingle, isOutside: isSingle && isOutside(given), make: isSingle ? make : checkedMake(name, make), observationSpace, actionSpace, maxEpisodeSteps, rewardThreshold },
  };
}

/** What of a space does not do for actions. @param {Space} space */
function problemOfActions(space) {
  if (space.type === 'Discrete') return space.n > ACTIONS_MAX ? `actionSpace.n is ${space.n}, but must be at most ${ACTIONS_MAX}` : undefined;
  const { low, high, dtype } = space;
  if (dtype !== 'float32') return `actionSpace.dtype is '${dtype}', but must be 'float32'`;
  if (low.length > NUMBERS_MAX) return `actionSpace has ${low.length} numbers, but must have at most ${NUMBERS_MAX}`;
  const i = low.findIndex((bound, at) => !Number.isFinite(bound) || !Number.isFinite(high[at]) || bound >= high[at]);
  return i < 0 ? undefined : `actionSpace has the bounds ${low[i]} and ${high[i]} at [${i}], but must have finite ones there, the first below the second`;
}

/** The later ones may come out otherwise than the first. @param {string} name @param {() => any} make */
function checkedMake(name, make) {
  return () => {
    const env = make();
    if (isObject(env) && typeof env.reset === 'function' && typeof env.step === 'function') return env;
    closeInstance(env);
    throw new TypeError(`${name}: making one gave ${shown(env)}, but must give an object with reset and step`);
  };
}

/**
 * A space with its bounds as typed arrays; undefined when something is wrong with it.
 * @param {string} name @param {any} given @param {(problem: string) => void} say
 * @returns {Space | undefined}
 */
function readSpace(name, given, say) {
  if (!isObject(given)) {
    say(`${name} is ${shown(given)}, but must be { type: 'Discrete', n } or { type: 'Box', shape, low, high, dtype }`);
    return undefined;
  }
  const keys = SPACE_KEYS[given.type] ?? [];
  for (const key of Object.keys(given)) {
    if (keys.length > 0 && !keys.includes(key)) say(`${name} has no '${key}'${suggestion(key, keys) || `; a ${given.type} has ${keys.join(', ')}`}`);
  }
  if (given.type === 'Discrete') {
    if (Number.isInteger(given.n) && given.n >= 1 && given.n <= SIZE_MAX) return Object.freeze({ type: 'Discrete', n: given.n });
    say(`${name}.n is ${shown(given.n)}, but must be a whole number between 1 and ${SIZE_MAX}`);
    return undefined;
  }
  if (given.type === 'Box') return readBox(name, given, say);
  say(`${name}.type is ${shown(given.type)}, but must be 'Discrete' or 'Box'`);
  return undefined;
}

/** @param {string} name @param {any} given @param {(problem: string) => void} say @returns {Space | undefined} */
function readBox(name, given, say) {
  const { dtype = 'float32' } = given;
  const shape = typeof given.shape === 'number' ? [given.shape] : given.shape;
  if (!Array.isArray(shape) || shape.length < 1 || shape.length > RANK_MAX || !shape.every((size) => Number.isInteger(size) && size >= 1)) {
    say(`${name}.shape is ${shown(given.shape)}, but must be an array of 1 to ${RANK_MAX} whole numbers of at least 1`);
    return undefined;
  }
  const n = shape.reduce((product, size) => product * size, 1);
  if (n > SIZE_MAX) {
    say(`${name} has ${n} numbers, but must have at most ${SIZE_MAX}`);
    return undefined;
  }
  if (dtype !== 'float32' && dtype !== 'uint8') {
    say(`${name}.dtype is ${shown(dtype)}, but must be 'float32' or 'uint8'`);
    return undefined;
  }
  const isBytes = dtype === 'uint8';
  const low = readBounds(`${name}.low`, given.low ?? (isBytes ? 0 : -Infinity), shape, isBytes, say);
  const high = readBounds(`${name}.high`, given.high ?? (isBytes ? 255 : Infinity), shape, isBytes, say);
  if (!low || !high) return undefined;
  const crossed = low.findIndex((bound, i) => bound > high[i]);
  if (crossed >= 0) {
    say(`${name}.low[${crossed}] is ${low[crossed]}, but must not be above high[${crossed}], which is ${high[crossed]}`);
    return undefined;
  }
  if (isBytes && (high[0] < 1 || high.some((bound) => bound !== high[0]))) {
    say(`${name}.high must be one whole number between 1 and 255 for all bytes`);
    return undefined;
  }
  return Object.freeze({ type: 'Box', shape: Object.freeze([...shape]), low, high, dtype });
}

/** @param {string} name @param {any} given @param {number[]} shape @param {boolean} isBytes @param {(problem: string) => void} say */
function readBounds(name, given, shape, isBytes, say) {
  const n = shape.reduce((product, size) => product * size, 1);
  const ArrayType = isBytes ? Uint8Array : Float32Array;
  const list = typeof given === 'number' ? new Array(n).fill(given) : flatten(given, shape);
  if (list === undefined) {
    say(`${name} is ${shown(given)}, but must be a number or an array of the space's shape, [${shape.join(', ')}]`);
    return undefined;
  }
  const bad = Array.from(list).findIndex((bound) => typeof bound !== 'number' || Number.isNaN(bound) || (isBytes && bound !== (bound & 255)));
  if (bad >= 0) {
    say(`${name} has ${shown(list[bad])}, but must have ${isBytes ? 'whole numbers between 0 and 255' : 'numbers'}`);
    return undefined;
  }
  return ArrayType.from(list);
}

/** An action in messages: 3, or [0.25, -1]. @param {number | ArrayLike<number>} action */
export function actionText(action) {
  return typeof action === 'number' ? String(action) : `[${Array.from(action, (x) => Number(x.toPrecision(4))).join(', ')}]`;
}

/** Lower, then upper bounds. @param {Space} space */
export function boundsOf(space) {
  return space.type === 'Box' ? [...space.low, ...space.high] : [];
}

/** @param {any} value */
const isList = (value) => Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));

/**
 * The entries in one list, row-major: of a flat array of all, or of arrays nested as the shape says. Undefined when it is
 * neither. @param {any} value @param {readonly number[]} shape @returns {ArrayLike<any> | undefined}
 */
function flatten(value, shape) {
  const n = shape.reduce((product, size) => product * size, 1);
  if (isList(value) && value.length === n && !isList(value[0])) return value;
  return flattenNested(value, shape);
}

/** @param {any} value @param {readonly number[]} shape @returns {any[] | undefined} */
function flattenNested(value, [size, ...inner]) {
  if (!isList(value) || value.length !== size) return undefined;
  if (inner.length === 0) return Array.from(value);
  const rows = Array.from(value, (row) => flattenNested(row, inner));
  return rows.includes(undefined) ? undefined : rows.flat();
}

/**
 * An observation as a list of numbers, or what is wrong with it: "is …, but must be …".
 * @param {Space} space @param {any} value
 * @returns {{ flat: ArrayLike<number>, problem?: undefined } | { flat?: undefined, problem: string }}
 */
export function readObservation(space, value) {
  if (space.type === 'Discrete') {
    if (Number.isInteger(value) && value >= 0 && value < space.n) return { flat: [value] };
    return { problem: `is ${shown(value)}, but must be a whole number between 0 and ${space.n - 1}` };
  }
  const n = floatsOf(space);
  const shape = space.shape.length > 1 ? `, flat or nested as [${space.shape.join(', ')}]` : '';
  if (!isList(value)) return { problem: `is ${shown(value)}, but must be an array of ${n} numbers${shape}` };
  const flat = flatten(value, space.shape);
  if (flat === undefined) return { problem: `has ${value.length} ${isList(value[0]) ? 'rows' : 'numbers'}, but must have ${n} numbers${shape}` };
  for (let i = 0; i < n; i++) {
    const problem = numberProblem(space, flat[i], i);
    if (problem !== undefined) return { problem: `has ${shown(flat[i])} at [${i}], but must have ${problem} there` };
  }
  return { flat };
}

/** What the number should have been. @param {import('../bellhop.js').BoxSpace} space @param {any} x @param {number} i */
function numberProblem(space, x, i) {
  if (space.dtype === 'uint8') {
    return typeof x === 'number' && x === (x & 255) && x >= space.low[i] && x <= space.high[i] ? undefined : `a whole number between ${space.low[i]} and ${space.high[i]}`;
  }
  if (typeof x !== 'number' || !Number.isFinite(x)) return 'a finite number';
  return Number.isFinite(Math.fround(x)) ? undefined : 'a number that float32 can hold';
}
