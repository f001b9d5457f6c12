// SPDX-License-Identifier: MIT
// Environments with every kind of space. All are one task: an observation says which action is right, and that one is worth 1.
import { createRng } from '../../web/lib/random.mjs';
import { makeSpace } from '../../web/lib/space-values.mjs';

/** @typedef {import('../../web/bellhop.js').SpaceLike} SpaceLike */

/**
 * @param {string} id @param {SpaceLike} observationSpace @param {SpaceLike} actionSpace
 * @param {(obs: any) => any} right  the action that is
 */
function task(id, observationSpace, actionSpace, right) {
  const observations = makeSpace(observationSpace), actions = makeSpace(actionSpace);
  return class {
    static id = id;
    static observationSpace = observationSpace;
    static actionSpace = actionSpace;
    static maxEpisodeSteps = 20;
    /** @type {any} */
    #obs;
    #seed = 0;
    #drawn = 0;

    /** @param {{ seed?: number }} options @returns {[any, object]} */
    reset({ seed }) {
      if (seed !== undefined) [this.#seed, this.#drawn] = [seed % 1_000_003, 0];
      return [this.#next(), {}];
    }

    #next() {
      this.#obs = observations.sample(createRng(this.#seed * 10_007 + this.#drawn++));
      return this.#obs;
    }

    /** @param {any} action @returns {[any, number, boolean, boolean, object]} */
    step(action) {
      if (!actions.contains(action)) throw new RangeError(`${action} is no action`);
      const reward = String(action) === String(right(this.#obs)) ? 1 : 0;
      return [this.#next(), reward, false, false, {}];
    }

    getState() {
      return { obs: JSON.parse(JSON.stringify(this.#obs, (_key, value) => (ArrayBuffer.isView(value) ? Array.from(/** @type {any} */ (value)) : value))), seed: this.#seed, drawn: this.#drawn };
    }

    /** @param {any} state */
    setState({ obs, seed, drawn }) {
      [this.#obs, this.#seed, this.#drawn] = [obs, seed, drawn];
    }
  };
}

const four = /** @type {const} */ ({ type: 'Discrete', n: 4 });

export const ROBOTS = [
  task('Start-v0', { type: 'Discrete', n: 4, start: -1 }, { type: 'Discrete', n: 4, start: 3 }, (obs) => obs + 4),
  task('MultiDiscrete-v0', { type: 'MultiDiscrete', nvec: [2, 3], start: [0, 5] }, { type: 'MultiDiscrete', nvec: [2, 3], start: [1, -1] }, ([a, b]) => [a + 1, b - 6]),
  task('MultiBinary-v0', { type: 'MultiBinary', n: [3, 1] }, { type: 'MultiBinary', n: 3 }, (obs) => obs),
  task('Dict-v0', { type: 'Dict', spaces: { goal: { type: 'Discrete', n: 3 }, arm: { type: 'Tuple', spaces: [{ type: 'MultiBinary', n: 1 }, { type: 'Box', shape: [2], low: -1, high: 1, dtype: 'float64' }] } } },
    { type: 'MultiDiscrete', nvec: [3, 2] }, ({ goal, arm }) => [goal, arm[0][0]]),
  task('Tuple-v0', { type: 'Tuple', spaces: [four, { type: 'Box', shape: [2, 1], low: 0, high: 9, dtype: 'uint8' }] }, four, ([n]) => n),
  task('Int-v0', { type: 'Box', shape: [1], low: -2, high: 1, dtype: 'int32' }, four, (obs) => obs[0] + 2),
  task('Float64-v0', { type: 'Box', shape: [2], low: -1, high: 1, dtype: 'float64' }, { type: 'Discrete', n: 2 }, (obs) => Number(obs[0] > 0)),
];
