// SPDX-License-Identifier: MIT
// What the author of an environment gives, read and checked: the way one is made, its id, its spaces.
// Everything wrong is found and said at once, expected against actual.
import { givesMasks } from './action-mask.mjs';
import { problemOfActions } from './coding.mjs';
import { copied, isA, reading } from './given.mjs';
import { nearest, shown } from './messages.mjs';
import { defaultsOf, readOptions } from './own-options.mjs';
import { readSpace } from './space-definition.mjs';

/** @typedef {import('../bellhop.js').Space} Space */
/** @typedef {import('../bellhop.js').CustomEnv} Instance */
/**
 * @typedef {object} Definition
 * @property {string} id
 * @property {string} summary
 * @property {boolean} isSingle  one object is all there is
 * @property {boolean} isOutside  its spaces are all there is
 * @property {(options?: Record<string, any>) => Instance} make  with the defaults of its options, unless they are given
 * @property {Space} observationSpace
 * @property {Space} actionSpace
 * @property {boolean} hasActionMask  it says which actions are legal
 * @property {number | null} maxEpisodeSteps
 * @property {number | null} rewardThreshold
 * @property {readonly import('../bellhop.js').Field[]} options
 */

const ID = /^[\w.:-]+(\/[\w.:-]+)?$/;
const ID_MAX = 60;
const STEPS_MAX = 2_000_000_000;
/** As in demonstrations (rl/demonstrations.c): sums of them are still numbers. */
const REWARD_MAX = 1e30;
/** What an author may have written otherwise. Shorter names are near to many others. */
const LONG_KEYS = ['observationSpace', 'actionSpace', 'maxEpisodeSteps', 'rewardThreshold'];

/** Said of a vector of environments. */
const NO_VECTOR = 'the environment is a vector of environments, as makeVec() gives one, but must be a single one; a model makes as many of it as its option nEnvs says';

/** @param {unknown} text */
const shownText = (text) => (typeof text === 'string' ? text : shown(text));

/** What was thrown, in words. @param {unknown} thrown */
export function thrownText(thrown) {
  return isA(Error, thrown) ? `${shownText(thrown.name)}: ${shownText(thrown.message)}` : shown(thrown);
}

/** @param {unknown} value @returns {boolean} */
const isObject = (value) => typeof value === 'object' && value !== null;

/** Whether it is several environments in one, as Gymnasium's VectorEnv. @param {any} given */
const isVector = (given) => isObject(given) && 'singleActionSpace' in given;

/** Whether it looks like an environment, a function that makes them or a class. @param {any} given */
export function isSource(given) {
  return typeof given === 'function' || reading('the environment', () => looksLikeSource(given));
}

/** @param {any} given */
function looksLikeSource(given) {
  return isObject(given) && (typeof given.create === 'function' || typeof given.reset === 'function' || typeof given.step === 'function' || isOutside(given));
}

/** Whether it is the description of an environment that somebody else steps. @param {any} given */
const isOutside = (given) => isObject(given) && isObject(given.observationSpace) && isObject(given.actionSpace) && !('reset' in given || 'step' in given || 'create' in given || 'envs' in given);

/** @param {any} given @returns {{ make: (options?: Record<string, any>) => any, isSingle: boolean }} */
function readSource(given) {
  if (typeof given === 'function') {
    const isClass = /^class\b/.test(Function.prototype.toString.call(given)) || typeof given.prototype?.step === 'function';
    return { make: isClass ? (...options) => new given(...options) : (...options) => given(...options), isSingle: false };
  }
  if (typeof given.create === 'function') return { make: (...options) => given.create(...options), isSingle: false };
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
export const readDefinition = (given) => reading('the environment', () => read(given));

/** @param {any} given @returns {{ definition?: Definition, problems: string[], name: string }} */
function read(given) {
  if (!isSource(given)) {
    return {
      name: 'the environment',
      problems: [`the environment is ${shown(given)}, but must be an object with reset and step, a function that makes one, or a class`],
    };
  }
  if (isVector(given)) return { name: 'the environment', problems: [NO_VECTOR] };
  const { make: makeWith, isSingle } = readSource(given);
  const { fields, problems } = readOptions(given, isSingle);
  if (problems.length > 0) return { name: nameOf(given, undefined), problems: problems.map((text) => `${nameOf(given, undefined)}: ${text}`) };
  const make = (options = defaultsOf(fields)) => options === undefined ? makeWith() : makeWith(options);
  let first;
  try {
    first = make();
  } catch (cause) {
    return { name: nameOf(given, undefined), problems: [`${nameOf(given, undefined)}: making one threw ${thrownText(cause)}`] };
  }
  try {
    return readFirst(given, first, make, isSingle, fields);
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
 * @param {any} given @param {any} first  one that was made @param {(options?: Record<string, any>) => any} make @param {boolean} isSingle
 * @param {Definition['options']} options
 * @returns {{ definition?: Definition, problems: string[], name: string }}
 */
function readFirst(given, first, make, isSingle, options) {
  const name = nameOf(given, first);
  if (!isObject(first) || typeof first.then === 'function') {
    const got = isObject(first) ? 'a Promise' : shown(first);
    return { name, problems: [`${name}: making one gave ${got}, but must give an object with reset and step`] };
  }
  if (isVector(first)) return { name, problems: [NO_VECTOR] };
  /** @type {string[]} */
  const problems = [];
  const say = (/** @type {string} */ text) => void problems.push(`${name}: ${text}`);
  /** @type {Map<string, any>} */
  const known = new Map();
  const get = (/** @type {string} */ key) => {
    if (!known.has(key)) known.set(key, copied(key, given[key] ?? first[key] ?? given.spec?.[key] ?? first.spec?.[key]));
    return known.get(key);
  };
  for (const key of isSingle && isOutside(given) ? [] : ['reset', 'step']) {
    if (typeof first[key] !== 'function') say(`${key} is ${shown(first[key])}, but must be a function`);
  }
  for (const key of ['draw', 'describe']) {
    if (first[key] !== undefined && typeof first[key] !== 'function') say(`${key} is ${shown(first[key])}, but must be a function, or left out`);
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
  const hasActionMask = givesMasks(first, actionSpace);
  // A mask is stored among the numbers of its observation, and bounded as they are.
  if (hasActionMask && observationSpace.type === 'Discrete' && observationSpace.n === 1) return { problems: [`${name}: observationSpace.n is 1, but must be at least 2 where there are action masks`], name };
  const summary = typeof get('summary') === 'string' ? get('summary') : '';
  return {
    problems, name,
    definition: {
      id, summary, isSingle, isOutside: isSingle && isOutside(given), make: isSingle ? make : checkedMake(name, make), observationSpace, actionSpace,
      hasActionMask, maxEpisodeSteps, rewardThreshold, options,
    },
  };
}

/** The later ones may come out otherwise than the first. @param {string} name @param {Definition['make']} make @returns {Definition['make']} */
function checkedMake(name, make) {
  return (options) => {
    const env = make(options);
    if (isObject(env) && typeof env.reset === 'function' && typeof env.step === 'function') return env;
    closeInstance(env);
    throw new TypeError(`${name}: making one gave ${shown(env)}, but must give an object with reset and step`);
  };
}

/** An action in messages: 3, or [0.25, -1]. @param {number | ArrayLike<number>} action */
export function actionText(action) {
  return typeof action === 'number' ? String(action) : `[${Array.from(action, (x) => Number(x.toPrecision(4))).join(', ')}]`;
}

/** Lower, then upper bounds. @param {import('../bellhop.js').ModuleSpace} space */
export function boundsOf(space) {
  return space.type === 'Box' ? [...space.low, ...space.high] : [];
}

/**
 * The first number that is not within the bounds of its space, in words; undefined where there is none.
 * @param {import('../bellhop.js').ModuleSpace} space  as the module has it @param {ArrayLike<number>} flat @param {boolean} isFlattened  whether the author's is another
 */
export function outOfBounds(space, flat, isFlattened) {
  if (space.type !== 'Box') return undefined;
  for (let i = 0; i < flat.length; i++) {
    const x = Math.fround(flat[i]);
    if (x < space.low[i] || x > space.high[i]) return `has ${flat[i]} at [${i}]${isFlattened ? ' when it is flattened' : ''}, but observationSpace says it is between ${space.low[i]} and ${space.high[i]}`;
  }
  return undefined;
}

/** What is wrong with a reward, in words. @param {unknown} reward */
export function rewardProblem(reward) {
  if (typeof reward === 'number' && Math.abs(reward) <= REWARD_MAX) return undefined;
  return `returned the reward ${shown(reward)}, but it must be a finite number between -1e30 and 1e30`;
}
