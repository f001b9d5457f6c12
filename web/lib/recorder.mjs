// SPDX-License-Identifier: MIT
// Records what somebody plays, whoever it is, as demonstrations: hand it what reset and step gave.

/** @typedef {import('../bellhop.js').DemonstrationEpisode} Episode */
/** @typedef {{ obs: any[], actions: any[], rewards: number[], terminated: boolean, truncated: boolean, actionValues?: number[][], actionMasks?: number[][] }} Recording */

/** Its own: who gave it may write over it. @param {any} value @returns {any} */
function copyOf(value) {
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) return Array.from(/** @type {any} */ (value));
  if (Array.isArray(value)) return value.map(copyOf);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, copyOf(each)]));
}

export class Recorder {
  /** @type {Episode[]} */
  #episodes = [];
  /** @type {Recording | null} */
  #current = null;

  /** @param {{ env: string, envOptions?: Record<string, any>, policy?: string }} about */
  constructor({ env, envOptions = {}, policy }) {
    this.about = { env, envOptions, ...policy !== undefined && { policy } };
  }

  /** An episode begins. One under way ends where it is, as if cut by a time limit. @param {any} obs @param {ArrayLike<number | boolean>} [actionMask]  for all observations or for none */
  reset(obs, actionMask) {
    this.#end({ truncated: true });
    this.#current = { obs: [copyOf(obs)], actions: [], rewards: [], terminated: false, truncated: false, ...actionMask !== undefined && { actionMasks: [Array.from(actionMask, Number)] } };
  }

  /**
   * An action was taken, and what it led to.
   * @param {any} action @param {any} obs @param {number} reward
   * @param {boolean} terminated @param {boolean} truncated
   * @param {ArrayLike<number>} [actionValues]  what whoever plays thinks of every action; for all steps or for none
   * @param {ArrayLike<number | boolean>} [actionMask]  of what it led to
   */
  step(action, obs, reward, terminated, truncated, actionValues, actionMask) {
    const episode = this.#current;
    if (episode === null) throw new Error('the recorder needs reset before step');
    episode.obs.push(copyOf(obs));
    episode.actions.push(copyOf(action));
    episode.rewards.push(reward);
    if (actionValues !== undefined) (episode.actionValues ??= []).push(Array.from(actionValues));
    if (actionMask !== undefined) episode.actionMasks?.push(Array.from(actionMask, Number));
    if (terminated || truncated) this.#end({ terminated, truncated });
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
