// SPDX-License-Identifier: MIT
// Environments whose step evaluates a model in another such environment.

/**
 * The model of level i has an environment whose step evaluates the one of level i - 1; an episode is one step, of reward 1 and what came of that.
 * @param {import('../../web/bellhop.js').Bellhop} bh @param {number} levels @param {(level: number) => void} [inStep]
 */
export function nested(bh, levels, inStep = () => {}) {
  let reached = levels;
  /** @type {import('../../web/bellhop.js').Model[]} */
  const models = [];
  const episode = (/** @type {number} */ level) => models[level].evaluate({ episodes: 1 }).mean;
  for (let level = 0; level < levels; level++) {
    class Level {
      static id = `Level-v${level}`;
      static observationSpace = { type: /** @type {const} */ ('Discrete'), n: 2 };
      static actionSpace = { type: /** @type {const} */ ('Discrete'), n: 2 };
      /** @returns {[number, object]} */
      reset() {
        return [0, {}];
      }

      /** @returns {[number, number, boolean, boolean, object]} */
      step() {
        reached = Math.min(reached, level);
        inStep(level);
        return [1, 1 + (level > 0 ? episode(level - 1) : 0), true, false, {}];
      }
    }
    models.push(new bh.QLearning(Level, { totalTimesteps: 100, evalFreq: 0 }));
  }
  return {
    models,
    /** How deep it came: 0 is the innermost level. */
    evaluate: () => ({ mean: episode(levels - 1), reached }),
    get reached() {
      return reached;
    },
    dispose: () => models.forEach((model) => model.dispose()),
  };
}
