// SPDX-License-Identifier: MIT
// checkEnv: plays an environment with random actions and says everything that is not as Gymnasium's contract has it,
// expected against actual, with the number of the step. Each kind of mistake is said once, where it was seen first. Needs no
// WebAssembly.
//
// What plays are generators, which yield the Promises that reset and step return: checkEnvAsync waits for them, checkEnv cannot.
import { readMask } from './action-mask.mjs';
import { Lengths, Numbers, problemOfShape } from './check-numbers.mjs';
import { codingOf } from './coding.mjs';
import { OwnEnv } from './custom-env.mjs';
import { actionText, closeInstance, outOfBounds, readDefinition, rewardProblem, thrownText } from './definition.mjs';
import { isEnv } from './env.mjs';
import { FLAG, copied, isA, readOptions } from './given.mjs';
import { shown } from './messages.mjs';
import { whole } from './rules.mjs';
import { createRng } from './random.mjs';
import { readObservation, sampleFrom } from './space-values.mjs';
import { BellhopError } from './bellhop-error.mjs';

/** @typedef {import('../bellhop.js').CustomEnv} Instance */
/** @typedef {import('./definition.mjs').Definition} Definition */
/** A call that has returned a Promise. @typedef {{ name: string, call: Promise<any> }} Asked */
/** @template T @typedef {Generator<Asked, T, any>} Playing */
/** @typedef {{ when: string, observation: ArrayLike<number>, reward: unknown, terminated: unknown, truncated: unknown }} Outcome */

const COMPARED_STEPS = 100;
/** Entries of what reset and step return that are looked at; they return 2 and 5. */
const RESULT_MAX = 8;
/** Episodes that are compared to see what a seed changes, their steps, and how many must differ: an environment may be random rarely. */
const SEEDED_EPISODES = 16, SEEDED_STEPS = 10, SEEDED_DIFFERENT = 4;
const SEEDS = 2 ** 32;
const OPTIONS = Object.freeze({ steps: whole(1, 10_000_000), seed: whole(0, SEEDS - 1), evalFreq: whole(0, 2_000_000_000), throws: FLAG });

/**
 * @param {unknown} given   an environment, a function that makes them, or a class
 * @param {import('../bellhop.js').CheckEnvOptions} [options]
 * @returns {import('../bellhop.js').EnvReport}
 */
export function checkEnv(given, options = {}) {
  const { report, playing, end } = begin('checkEnv', given, options);
  const { value, done } = playing.next();
  if (!done) {
    value.call.then(() => {}, () => {}); // its failure is not of interest any more
    report.error('async', `${value.name} returned a Promise, which checkEnv cannot wait for: await checkEnvAsync()`);
    playing.return();
  }
  return end();
}

/**
 * The same for environments whose reset and step return Promises, or do not.
 * @param {unknown} given @param {import('../bellhop.js').CheckEnvOptions} [options] @returns {Promise<import('../bellhop.js').EnvReport>}
 */
export async function checkEnvAsync(given, options = {}) {
  const { playing, end } = begin('checkEnvAsync', given, options);
  for (let { value, done } = playing.next(); !done;) {
    const answer = await Promise.resolve(/** @type {Asked} */ (value).call).then((result) => ({ result }), (error) => ({ error }));
    ({ value, done } = playing.next(answer));
  }
  return end();
}

/**
 * @param {string} owner @param {unknown} given @param {import('../bellhop.js').CheckEnvOptions} options
 * @returns {{ report: Report, playing: Playing<void>, end: () => import('../bellhop.js').EnvReport }}
 */
function begin(owner, given, options) {
  const { steps = 1000, seed = 0, evalFreq = 1000, throws = true } = readOptions(owner, options, OPTIONS);
  const report = new Report();
  const { definition, problems, name } = isA(OwnEnv, given) ? { definition: given, problems: [], name: given.id } : readDefinition(given);
  report.name = name;
  problems.forEach((problem) => report.errors.push(problem));
  // Of a shipped environment a model makes others.
  if (definition?.isSingle && !definition.isOutside && evalFreq > 0 && !isEnv(given)) report.warn('single', oneObject(evalFreq));
  const end = () => {
    const { errors, warnings } = report;
    if (throws && errors.length > 0) {
      throw new BellhopError('BH_ERR_ENV', `${name} has ${errors.length === 1 ? 'a problem' : `${errors.length} problems`}:\n- ${errors.join('\n- ')}`);
    }
    return { ok: errors.length === 0, errors, warnings };
  };
  return { report, playing: play(definition, report, { seed, steps }), end };
}

/** @param {Partial<Definition> | undefined} definition @param {Report} report @param {{ seed: number, steps: number }} how @returns {Playing<void>} */
function* play(definition, report, { seed, steps }) {
  if (!definition || definition.isOutside) return; // there is nothing to play
  yield* new Check(/** @type {Definition} */ (definition), report, seed).run(steps);
}

/** @param {number} evalFreq */
const oneObject = (evalFreq) => `it is one object, so each evaluation (evalFreq: ${evalFreq}) is played on the object that is trained on, and ends its episode, as truncated; `
  + 'expected a function or a class that makes environments, so that evaluations have their own, or evalFreq: 0';

/** What was found, each kind once. */
class Report {
  name = '';
  /** @type {string[]} */
  errors = [];
  /** @type {string[]} */
  warnings = [];
  /** @type {Set<string>} */
  #seen = new Set();

  /** @param {string} kind @param {string} text */
  error(kind, text) {
    this.#add(this.errors, kind, text);
  }

  /** @param {string} kind @param {string} text */
  warn(kind, text) {
    this.#add(this.warnings, kind, text);
  }

  /** @param {string[]} list @param {string} kind @param {string} text */
  #add(list, kind, text) {
    if (this.#seen.has(kind)) return;
    this.#seen.add(kind);
    list.push(`${this.name}: ${text}`);
  }
}

/** Thrown where playing cannot go on; what is wrong has been said. */
class Stop extends Error {}

class Check {
  #definition;
  #report;
  #seed;
  /** Steps after which a run resets it, whatever it says. */
  #limit;
  /** The number of the step that is taken, or that comes after the reset. */
  #at = 1;
  /** What is legal next in each environment. @type {WeakMap<Instance, ArrayLike<number | boolean> | undefined>} */
  #masks = new WeakMap();
  #numbers;
  /** The spaces as the module has them. */
  #core;

  /** @param {Pick<Definition, 'make' | 'isSingle' | 'observationSpace' | 'actionSpace'> & Partial<Definition>} definition @param {Report} report @param {number} seed */
  constructor(definition, report, seed) {
    this.#definition = definition;
    this.#report = report;
    this.#seed = seed;
    this.#limit = definition.maxEpisodeSteps ?? /** @type {any} */ (definition).entry?.max_episode_steps ?? Infinity;
    const { observationSpace, actionSpace } = definition;
    this.#core = codingOf(observationSpace, actionSpace)?.core ?? /** @type {import('./custom-env.mjs').Core} */ (definition);
    this.#numbers = new Numbers(this.#core.observationSpace);
  }

  /** @param {number} steps @returns {Playing<void>} */
  * run(steps) {
    const shape = problemOfShape(this.#definition.observationSpace);
    if (shape !== undefined) this.#report.warn('shape', shape);
    try {
      yield* this.#play(steps);
      yield* this.#compare(Math.min(steps, COMPARED_STEPS));
    } catch (error) {
      // What an environment gave could not even be read.
      if (!isA(Stop, error)) this.#report.error('unreadable', `at step ${this.#at}, what it gave cannot be used: ${thrownText(error)}`);
    } finally {
      for (const [kind, text] of this.#numbers.problems()) this.#report.warn(kind, text);
    }
  }

  /** @returns {Instance} */
  #make() {
    try {
      return this.#definition.make();
    } catch (error) {
      this.#report.error('make', `making one threw ${thrownText(error)}`);
      throw new Stop();
    }
  }

  // ---- playing ----

  /** @param {number} steps @returns {Playing<void>} */
  * #play(steps) {
    yield* this.#using((env) => this.#playOn(env, steps));
  }

  /** Makes one, hands it to `use` and closes it, whatever happens. @param {(env: Instance) => Playing<void>} use @returns {Playing<void>} */
  * #using(use) {
    const env = this.#make();
    try {
      yield* use(env);
    } finally {
      if (!this.#definition.isSingle) closeInstance(env);
    }
  }

  /** @param {Instance} env @param {number} steps @returns {Playing<void>} */
  * #playOn(env, steps) {
    const next = createRng(this.#seed);
    const arrays = new Reused(this.#report);
    const lengths = new Lengths();
    let episodes = 0, isOver = true, length = 0;
    for (let i = 0; i < steps; i++) {
      this.#at = i + 1;
      if (isOver) {
        arrays.see(`before step ${this.#at}, reset`, yield* this.#reset(env, i === 0 ? { seed: this.#seed } : {}));
        length = 0;
      }
      const action = this.#action(env, next);
      const outcome = yield* this.#step(env, action);
      arrays.see(this.#stepName(action), outcome.observation);
      isOver = isEnd(outcome);
      lengths.see(++length, this.#at, outcome);
      if (isOver && episodes++ === 0) yield* this.#stepAfterEnd(env, action);
      isOver ||= length >= this.#limit;
    }
    const limit = lengths.problem(this.#definition.maxEpisodeSteps);
    if (limit !== undefined) this.#report.warn('limit', limit);
    if (episodes === 0 && this.#limit === Infinity) {
      this.#report.warn('endless', `no episode ended within ${steps} random steps, and there is no maxEpisodeSteps: training may never see an end, and evaluation cuts every episode after 1000 steps`);
    }
  }

  /** @param {Instance} env @param {() => number} next */
  #action(env, next) {
    return sampleFrom(this.#definition.actionSpace, next, this.#masks.get(env));
  }

  /** @param {Instance} env @param {{ seed?: number }} options @returns {Playing<any>} the observation as it was given */
  * #reset(env, options) {
    const name = `before step ${this.#at}, ${options.seed === undefined ? 'reset({})' : `reset({ seed: ${options.seed} })`}`;
    const result = yield* this.#call(name, () => env.reset(options), '[observation, info]');
    if (result.length !== 2) this.#report.error('reset length', `${name} returned an array of ${result.length}, but must return [observation, info]`);
    this.#observation(name, result[0]);
    this.#info(name, result[1]);
    this.#readMask(env, name, result[1], false);
    return result[0];
  }

  /** @param {any} action */
  #stepName(action) {
    return `at step ${this.#at}, step(${actionText(action)})`;
  }

  /** @param {Instance} env @param {any} action @returns {Playing<Outcome>} */
  * #step(env, action) {
    const name = this.#stepName(action);
    const wanted = '[observation, reward, terminated, truncated, info]';
    const result = yield* this.#call(name, () => env.step(action), wanted);
    const [observation, reward, terminated, truncated, info] = result;
    if (result.length === 4) {
      this.#report.error('step length', `${name} returned an array of 4, but must return ${wanted}: truncated is missing (an episode that is cut, by a time limit, is not terminated)`);
    } else {
      if (result.length !== 5) this.#report.error('step length', `${name} returned an array of ${result.length}, but must return ${wanted}`);
      this.#boolean(name, 'truncated', truncated);
      this.#info(name, info);
    }
    this.#boolean(name, 'terminated', terminated);
    this.#observation(name, observation);
    this.#readMask(env, name, info, terminated === true);
    const problem = rewardProblem(reward);
    if (problem !== undefined) this.#report.error('reward', `${name} ${problem}`);
    return { when: `step ${this.#at}`, observation, reward, terminated, truncated };
  }

  /** @param {string} name @param {() => any} call @param {string} wanted @returns {Playing<any[]>} */
  * #call(name, call, wanted) {
    let result, isPromise;
    try {
      result = call();
      isPromise = typeof result?.then === 'function';
    } catch (error) {
      this.#report.error('throws', `${name} threw ${thrownText(error)}`);
      throw new Stop();
    }
    if (isPromise) {
      const answer = yield { name, call: result };
      if ('error' in answer) {
        this.#report.error('throws', `${name} rejected with ${thrownText(answer.error)}`);
        throw new Stop();
      }
      ({ result } = answer);
    }
    if (Array.isArray(result)) return Array.from({ length: Math.min(result.length, RESULT_MAX) }, (_, i) => result[i]);
    this.#report.error('result', `${name} returned ${shown(result)}, but must return ${wanted}`);
    throw new Stop();
  }

  /** @param {string} name @param {any} value */
  #observation(name, value) {
    const space = this.#definition.observationSpace;
    const { flat, problem } = readObservation(space, copied('the observation', value));
    if (problem !== undefined) {
      this.#report.error('observation', `${name} returned an observation that ${problem}`);
      return;
    }
    this.#numbers.see(flat, this.#at);
    const outside = outOfBounds(this.#core.observationSpace, flat, space.type !== 'Box');
    if (outside !== undefined) this.#report.error('range', `${name} returned an observation that ${outside}`);
  }

  /** What is legal next; where the mask is none, everything. @param {Instance} env @param {string} name @param {unknown} info @param {boolean} isOver */
  #readMask(env, name, info, isOver) {
    const { actionSpace } = this.#core;
    if (!this.#definition.hasActionMask || actionSpace.type !== 'Discrete') return;
    const { mask, problem } = readMask(env, info, actionSpace.n, isOver);
    this.#masks.set(env, isOver ? undefined : mask);
    if (problem !== undefined) this.#report.error('mask', `${name} ${problem}`);
  }

  /** @param {string} name @param {string} what @param {unknown} value */
  #boolean(name, what, value) {
    if (typeof value !== 'boolean') this.#report.error(what, `${name} returned ${what} as ${shown(value)}, but it must be true or false`);
  }

  /** @param {string} name @param {unknown} info */
  #info(name, info) {
    if (typeof info === 'object' && info !== null && !Array.isArray(info)) return;
    this.#report.error('info', `${name} returned info as ${shown(info)}, but it must be an object, {} where there is nothing to say`);
  }

  /** @param {Instance} env @param {any} action @returns {Playing<void>} */
  * #stepAfterEnd(env, action) {
    try {
      const result = /** @type {any} */ (env.step(action));
      if (typeof result?.then === 'function' && 'error' in (yield { name: 'step', call: result })) return;
      this.#report.warn('after end', `step is not refused after the end of an episode, such as step ${this.#at} was; expected an exception: throwing there shows mistakes of those who use it`);
    } catch {
      // As it should be.
    }
  }

  // ---- the same seed ----

  /** @param {number} steps @returns {Playing<void>} */
  * #compare(steps) {
    yield* this.#using((env) => this.#compareRuns(env, steps));
  }

  /** @param {Instance} env @param {number} steps @returns {Playing<void>} */
  * #compareRuns(env, steps) {
    const once = yield* this.#record(env, steps);
    const again = yield* this.#record(env, steps);
    const at = difference(once, again);
    if (at === undefined) yield* this.#compareSeeds(env);
    if (at !== undefined) {
      this.#report.error('determinism', `the same seed and actions gave other results the second time (${at}): everything random must follow from the seed of reset({ seed })`);
    } else if (!this.#definition.isSingle) {
      yield* this.#using((other) => this.#compareTwo([env, other], once, steps));
    }
  }

  /** Whether episodes that are begun without a seed are all alike, though those of other seeds are not. @param {Instance} env @returns {Playing<void>} */
  * #compareSeeds(env) {
    yield* this.#episode(env, { seed: this.#seed });
    const first = yield* this.#episode(env, {});
    for (let i = 1; i < SEEDED_EPISODES; i++) {
      if (difference(first, yield* this.#episode(env, {})) !== undefined) return;
    }
    /** @type {string[]} */
    const differences = [];
    for (let i = 1; i <= SEEDED_EPISODES; i++) {
      const at = difference(first, yield* this.#episode(env, { seed: (this.#seed + i) % SEEDS }));
      if (at !== undefined) differences.push(`${at} with the seed ${(this.#seed + i) % SEEDS}`);
    }
    if (differences.length < SEEDED_DIFFERENT) return;
    this.#report.warn('alike', `${SEEDED_EPISODES} episodes that reset({}) began were all alike, though those of other seeds are not (${differences[0]}); `
      + 'expected reset({}) to go on with the random numbers: take a new stream only where a seed is given, not from a default such as reset({ seed = 0 })');
  }

  /** The first steps of an episode, with the same actions each time. @param {Instance} env @param {{ seed?: number }} options @returns {Playing<Outcome[]>} */
  * #episode(env, options) {
    /** @type {Outcome[]} */
    const outcomes = [];
    const play = this.#player(env, createRng(this.#seed), outcomes, options);
    do yield* play(); while (outcomes.length <= SEEDED_STEPS && !isEnd(outcomes[outcomes.length - 1]));
    return outcomes;
  }

  /** Two that step in turns must not share what they remember. @param {Instance[]} envs @param {Outcome[]} once @param {number} steps @returns {Playing<void>} */
  * #compareTwo(envs, once, steps) {
    const report = this.#report;
    this.#report = new Report();
    const at = yield* this.#playInTurns(envs, once, steps);
    this.#report = report;
    if (at !== undefined) {
      this.#report.error('shared', `two environments that step in turns gave other results than one alone (${at}): they share what each must have for itself`);
    }
  }

  /** Where one of two differs from one alone, in words. @param {Instance[]} envs @param {Outcome[]} once @param {number} steps @returns {Playing<string | undefined>} */
  * #playInTurns(envs, once, steps) {
    const nexts = [createRng(this.#seed), createRng(this.#seed)];
    /** @type {Outcome[][]} */
    const records = [[], []];
    const players = envs.map((env, i) => this.#player(env, nexts[i], records[i]));
    try {
      for (let i = 0; i < steps; i++) for (const play of players) yield* play();
    } catch (error) {
      if (error instanceof Stop) return this.#report.errors[0].replace(/^: /, '');
      throw error;
    }
    return records.map((record) => difference(once, record)).find((at) => at !== undefined);
  }

  /** @param {Instance} env @param {number} steps @returns {Playing<Outcome[]>} */
  * #record(env, steps) {
    /** @type {Outcome[]} */
    const outcomes = [];
    const play = this.#player(env, createRng(this.#seed), outcomes);
    for (let i = 0; i < steps; i++) yield* play();
    return outcomes;
  }

  /** Takes one step a call, from the seed on, and keeps copies of what it got. @param {Instance} env @param {() => number} next @param {Outcome[]} outcomes @param {{ seed?: number }} [first]  of the first reset */
  #player(env, next, outcomes, first = { seed: this.#seed }) {
    let isOver = true, length = 0, steps = 0;
    const begin = (/** @type {number} */ at) => void (this.#at = at), limit = this.#limit;
    const step = () => this.#step(env, this.#action(env, next)), reset = (/** @type {{ seed?: number }} */ options) => this.#reset(env, options);
    return function* play() {
      begin(++steps);
      if (isOver) {
        length = 0;
        outcomes.push(copy({ when: `the reset before step ${steps}`, observation: yield* reset(outcomes.length === 0 ? first : {}), reward: 0, terminated: false, truncated: false }));
      }
      const outcome = yield* step();
      outcomes.push(copy(outcome));
      isOver = isEnd(outcome) || ++length >= limit;
    };
  }
}

/** @param {Outcome} outcome */
const isEnd = ({ terminated, truncated }) => terminated === true || truncated === true;

/** @param {Outcome} outcome */
const copy = (outcome) => ({ ...outcome, observation: flatCopy(outcome.observation) });

/** @param {any} value @returns {number[]} */
const flatCopy = (value) => flatOf(copied('the observation', value));

/** @param {any} value  copied @param {number[]} [flat]  what comes before it @returns {number[]} */
function flatOf(value, flat = []) {
  if (typeof value !== 'object' || value === null) flat.push(value);
  else if (Array.isArray(value) || ArrayBuffer.isView(value)) for (const each of /** @type {any} */ (value)) flatOf(each, flat);
  else for (const key of Object.keys(value).sort()) flatOf(value[key], flat);
  return flat;
}

/** Where two records differ, in words. @param {Outcome[]} a @param {Outcome[]} b */
function difference(a, b) {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    for (const key of /** @type {const} */ (['reward', 'terminated', 'truncated'])) {
      if (!Object.is(a[i][key], b[i][key])) return `${key} of ${a[i].when}: ${shown(a[i][key])}, then ${shown(b[i][key])}`;
    }
    const [x, y] = [Array.from(a[i].observation), Array.from(b[i].observation)];
    const at = x.findIndex((value, k) => !Object.is(value, y[k]));
    if (at >= 0 || x.length !== y.length) return `observation of ${a[i].when}, [${Math.max(at, 0)}]: ${shown(x[at])}, then ${shown(y[at])}`;
  }
  return undefined;
}

/** Looks whether an array that was given out is written again. */
class Reused {
  #report;
  /** @type {any} */
  #last;
  /** @type {number[]} */
  #copy = [];

  /** @param {Report} report */
  constructor(report) {
    this.#report = report;
  }

  /** @param {string} name @param {any} observation */
  see(name, observation) {
    if (typeof observation !== 'object' || observation === null) return;
    const now = flatCopy(this.#last ?? []);
    if (this.#last && now.some((value, i) => !Object.is(value, this.#copy[i]))) {
      this.#report.warn('reused', `${name} changed the observation that had been returned before: whoever kept it sees other numbers; return a new array each time`);
    }
    this.#last = observation;
    this.#copy = flatCopy(observation);
  }
}
