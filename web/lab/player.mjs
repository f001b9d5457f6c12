// SPDX-License-Identifier: MIT
// A person in an environment: an environment of the library in this thread, one episode after the other, and what was
// recorded of them. No clock and no keys here.
import { BESIDE } from '../lib/beside.mjs';
import { Env } from '../lib/env.mjs';
import { loadWasm } from '../lib/instance.mjs';
import { Recorder } from '../lib/recorder.mjs';
import { openLibrary } from '../lib/setup.mjs';

/** @typedef {import('../bellhop.js').DemonstrationEpisode} Episode */
/** @typedef {{ env: string, envOptions: Record<string, any> }} About */

/** The library in this thread, by whether it has text: made when somebody first plays. @type {Map<boolean, Promise<import('../lib/setup.mjs').Library>>} */
const libraries = new Map();

/** @param {boolean} text */
function library(text) {
  const known = libraries.get(text);
  if (known) return known;
  const coming = loadWasm({ text }, BESIDE).then((wasm) => openLibrary(wasm));
  libraries.set(text, coming);
  coming.catch(() => libraries.delete(text)); // the next one asks again
  return coming;
}

/** A player at the beginning of an episode. @param {About} about @param {Episode[]} episodes to which those that end are added @param {number} seed @param {boolean} [text] */
export async function createPlayer(about, episodes, seed, text = false) {
  return new Player(await library(text), about, episodes, seed);
}

/** @param {number | ArrayLike<number>} obs */
const numbers = (obs) => Float32Array.from(typeof obs === 'number' ? [obs] : obs);

export class Player {
  #env;
  #recorder;
  /** @type {number | ArrayLike<number>} */
  #obs = 0;
  last = { action: -1, explored: false, reward: 0, terminated: false, truncated: false, episodeReturn: 0, episodeLength: 0 };
  obsTm1 = new Float32Array();
  /** Which actions are legal, where there are masks. @type {Int8Array | undefined} */
  mask = undefined;

  /** @param {import('../lib/setup.mjs').Library} library @param {About} about @param {Episode[]} episodes @param {number} seed */
  constructor(library, about, episodes, seed) {
    this.#env = new Env(library, about.env, about.envOptions);
    this.#recorder = new Recorder({ ...about });
    this.episodes = episodes;
    this.reset(seed);
  }

  get actions() {
    return /** @type {string[]} */ (this.#env.layout.actions);
  }

  /** The observation, as the library takes it. */
  get observation() {
    return this.#obs;
  }

  /** Whether the episode has ended. */
  get isOver() {
    return this.last.terminated || this.last.truncated;
  }

  /** What the page shows of it, see Frame in bellhop.d.ts. */
  scene() {
    return { obs: numbers(this.#obs), obsTm1: this.obsTm1, view: this.#env.view(), text: this.#env.describe(), last: { ...this.last } };
  }

  /** The next episode; one under way is forgotten. @param {number} [seed] */
  reset(seed) {
    this.#recorder.discard();
    const [obs, info] = this.#env.reset(seed === undefined ? {} : { seed });
    this.#obs = obs;
    this.mask = info.action_mask;
    this.#recorder.reset(obs, this.mask);
    this.obsTm1 = numbers(this.#obs);
    this.last = { action: -1, explored: false, reward: 0, terminated: false, truncated: false, episodeReturn: 0, episodeLength: 0 };
  }

  /** @param {number} action */
  step(action) {
    const { episodeReturn, episodeLength } = this.last;
    this.obsTm1 = numbers(this.#obs);
    const [obs, reward, terminated, truncated, info] = this.#env.step(action);
    this.#obs = obs;
    this.mask = info.action_mask;
    this.#recorder.step(action, obs, reward, terminated, truncated, undefined, this.mask);
    this.last = { action, explored: false, reward, terminated, truncated, episodeReturn: episodeReturn + reward, episodeLength: episodeLength + 1 };
    if (this.isOver) this.#keep();
  }

  /** Ends the episode here, as a time limit would. */
  truncate() {
    if (this.isOver || this.last.episodeLength === 0) return;
    this.last.truncated = true;
    this.#recorder.reset(this.#obs, this.mask);
    this.#keep();
  }

  dispose() {
    this.#env.dispose();
  }

  /** What has just ended; the recorder is only ever asked for one. */
  #keep() {
    const ended = this.#recorder.episodes.at(-1);
    if (ended) this.episodes.push(ended);
  }
}

/**
 * The first action of a file that this environment does not have.
 * @param {Episode[]} episodes @param {number} nActions @returns {number} -1 when all are known
 */
export function unknownAction(episodes, nActions) {
  return episodes.flatMap(({ actions }) => Array.from(/** @type {ArrayLike<number>} */ (actions))).find((action) => action >= nActions) ?? -1;
}

/**
 * The first observation of a file that this Discrete space does not have.
 * @param {Episode[]} episodes @param {number} n  of the space; Infinity for a Box @returns {number} -1 when all are known
 */
export function unknownState(episodes, n) {
  return episodes.flatMap(({ obs }) => Array.from(/** @type {ArrayLike<number>} */ (obs), Number)).find((state) => state >= n) ?? -1;
}
