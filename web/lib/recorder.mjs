// SPDX-License-Identifier: MIT
// Records what somebody plays, whoever it is, as demonstrations: hand it what reset and step gave.
import { BellhopError } from './bellhop-error.mjs';
import { FLAG, copied, readOptions } from './given.mjs';
import { checked } from './rules.mjs';

/** @typedef {import('../bellhop.js').DemonstrationEpisode} Episode */
/** @typedef {import('./rules.mjs').Rule} Rule */
/** @typedef {{ obs: any[], actions: any[], rewards: number[], terminated: boolean, truncated: boolean, actionValues?: number[][], actionMasks?: number[][] }} Recording */

/** @type {Rule} */
const TEXT = [(value) => typeof value === 'string' && value !== '', 'a string'];
/** @type {Readonly<Record<string, Rule>>} */
const ABOUT = Object.freeze({ env: TEXT, envOptions: [(value) => typeof value === 'object' && value !== null && !Array.isArray(value), 'an object'], policy: TEXT });
/** @type {Rule} */
const FINITE = [Number.isFinite, 'a finite number'];
/** An element of a space: which, is said where there is the space. @type {Rule} */
const ELEMENT = [(value) => typeof value === 'number' || typeof value === 'object' && value !== null, 'a number, an array or an object'];

/** Its own: who gave it may write over it. Plain arrays, as they are in files. @param {any} value @returns {any} */
const plain = (value) => (ArrayBuffer.isView(value) ? Array.from(/** @type {any} */ (value)) : Array.isArray(value) ? value.map(plain)
  : typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)])) : value);

/** @param {string} name @param {unknown} value */
const element = (name, value) => plain(copied(name, checked(name, value, ELEMENT)));

/** @param {string} name @param {unknown} value @returns {number[]} */
function numbers(name, value) {
  const list = plain(copied(name, value));
  checked(name, list, [Array.isArray, 'an array of numbers']);
  return list.map((/** @type {unknown} */ each, /** @type {number} */ i) => Number(checked(`${name}[${i}]`, each, [(x) => typeof x === 'number' || typeof x === 'boolean', 'a number'])));
}

export class Recorder {
  /** @type {Episode[]} */
  #episodes = [];
  /** @type {Recording | null} */
  #current = null;

  /** @param {{ env: string, envOptions?: Record<string, any>, policy?: string }} about */
  constructor(about) {
    const { env, envOptions = {}, policy } = readOptions('new Recorder', about, ABOUT);
    checked('env', env, [TEXT[0], "the id of the environment: new Recorder({ env: 'CartPole-v1' })"]);
    this.about = { env, envOptions: copied('envOptions', envOptions), ...policy !== undefined && { policy } };
  }

  /** An episode begins. One under way ends where it is, as if cut by a time limit. @param {any} obs @param {ArrayLike<number | boolean>} [actionMask]  for all observations or for none */
  reset(obs, actionMask) {
    const first = { obs: [element('obs', obs)], actions: [], rewards: [], terminated: false, truncated: false, ...actionMask !== undefined && { actionMasks: [numbers('actionMask', actionMask)] } };
    this.#end({ truncated: true });
    this.#current = first;
  }

  /**
   * An action was taken, and what it led to.
   * @param {any} action @param {any} obs @param {number} reward
   * @param {boolean} terminated @param {boolean} truncated
   * @param {ArrayLike<number>} [actionValues]  what whoever plays thinks of every action; for all steps or for none
   * @param {ArrayLike<number | boolean>} [actionMask]  of what it led to
   */
  step(action, obs, reward, terminated, truncated, actionValues, actionMask) {
    const step = { action: element('action', action), obs: element('obs', obs), reward: checked('reward', reward, FINITE) };
    const isOver = checked('terminated', terminated, FLAG) || checked('truncated', truncated, FLAG);
    const values = actionValues === undefined ? undefined : numbers('actionValues', actionValues), mask = actionMask === undefined ? undefined : numbers('actionMask', actionMask);
    const episode = this.#current;
    if (episode === null) throw new BellhopError('BH_ERR_STATE', 'the recorder needs reset before step');
    episode.obs.push(step.obs);
    episode.actions.push(step.action);
    episode.rewards.push(step.reward);
    if (values !== undefined) (episode.actionValues ??= []).push(values);
    if (mask !== undefined) episode.actionMasks?.push(mask);
    if (isOver) this.#end({ terminated, truncated });
  }

  /** Forgets the episode under way. */
  discard() {
    this.#current = null;
  }

  /** Episodes that have ended. */
  get episodes() {
    return [...this.#episodes];
  }

  /** All that has ended, for a model or formatDemonstrations(). @returns {import('../bellhop.js').Demonstrations} */
  demonstrations() {
    return { ...this.about, episodes: this.episodes };
  }

  /** @param {{ terminated?: boolean, truncated?: boolean }} how */
  #end(how) {
    const episode = this.#current;
    this.#current = null;
    if (episode !== null && episode.actions.length > 0) this.#episodes.push({ ...episode, ...how });
  }
}
