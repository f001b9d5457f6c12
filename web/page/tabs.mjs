// SPDX-License-Identifier: MIT
// The three tabs: their environments, their natural speed, where their numbers need another format.

/**
 * @typedef {object} Tab
 * @property {'grid' | 'cartpole' | 'text'} id
 * @property {string[]} envs        offered, the first is the preset
 * @property {number} pace          environment steps a second at 1x: what looks natural
 * @property {number} speed         index into SPEEDS to begin with: a run takes about a minute
 * @property {number} window        episodes of the moving mean
 * @property {number} digits        decimals of a return
 * @property {number} logFreq       steps between two points of the charts; the run's numbers do not depend on it
 */

/** Factors of a tab's pace, the last one is as fast as possible. */
export const SPEEDS = [1, 4, 16, 64, 256, Infinity];

/** @type {Record<Tab['id'], Tab>} */
export const TABS = {
  grid: {
    id: 'grid', pace: 4, speed: 2, window: 100, digits: 2, logFreq: 10,
    envs: ['GridWorld-v0', 'FrozenLake-v1', 'FrozenLake8x8-v1', 'CliffWalking-v1'],
  },
  cartpole: { id: 'cartpole', envs: ['CartPole-v1'], pace: 50, speed: 2, window: 20, digits: 0, logFreq: 50 },
  text: { id: 'text', envs: ['TextGen-v0'], pace: 3, speed: 4, window: 100, digits: 2, logFreq: 100 },
};

/** @param {Tab} tab @param {number} index */
export const stepsPerSecond = (tab, index) => tab.pace * SPEEDS[index];
