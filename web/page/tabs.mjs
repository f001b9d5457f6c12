// SPDX-License-Identifier: MIT
// The worlds, one for each environment: the tab it is found in, the part of the page that draws it, its natural speed,
// and where its numbers need another format. The first of a tab is the one it opens with.

/** @typedef {'grid' | 'control' | 'pixels' | 'text'} TabId */
/** @typedef {'map' | 'deep-sea' | 'bandit' | 'cartpole' | 'mountain-car' | 'acrobot' | 'catch' | 'breakout' | 'text'} PartName */
/**
 * @typedef {object} World
 * @property {string} id            of the environment
 * @property {TabId} tab
 * @property {PartName} part        what draws it, see parts.mjs
 * @property {number} pace          environment steps a second at 1x: what looks natural
 * @property {number} speed         index into SPEEDS to begin with: a run takes a minute or a few
 * @property {number} window        episodes of the moving mean
 * @property {number} digits        decimals of a return
 * @property {number} logFreq       steps between two points of the charts; the run's numbers do not depend on it
 */

/** Factors of a world's pace, the last one is as fast as possible. */
export const SPEEDS = [1, 4, 16, 64, 256, Infinity];

/** @type {World[]} */
export const WORLDS = /** @type {[string, TabId, PartName, number, number, number, number, number][]} */ ([
  ['GridWorld-v0', 'grid', 'map', 4, 2, 100, 2, 10],
  ['FrozenLake-v1', 'grid', 'map', 4, 4, 100, 2, 100],
  ['FrozenLake8x8-v1', 'grid', 'map', 4, 4, 100, 2, 10],
  ['CliffWalking-v1', 'grid', 'map', 4, 3, 100, 0, 10],
  ['DeepSea-v0', 'grid', 'deep-sea', 4, 3, 100, 2, 10],
  ['Bandit-v0', 'grid', 'bandit', 4, 3, 100, 2, 10],
  ['CartPole-v1', 'control', 'cartpole', 50, 2, 20, 0, 50],
  ['MountainCar-v0', 'control', 'mountain-car', 30, 3, 20, 0, 100],
  ['Acrobot-v1', 'control', 'acrobot', 15, 3, 20, 0, 100],
  ['Catch-v0', 'pixels', 'catch', 5, 3, 100, 2, 20],
  ['Breakout-MinAtar', 'pixels', 'breakout', 10, 4, 50, 1, 500],
  ['TextGen-v0', 'text', 'text', 3, 4, 100, 2, 100],
]).map(([id, tab, part, pace, speed, window, digits, logFreq]) => ({ id, tab, part, pace, speed, window, digits, logFreq }));

/** @param {string} env */
export function worldOf(env) {
  const found = WORLDS.find(({ id }) => id === env);
  if (!found) throw new Error(`the page has no world for ${env}`);
  return found;
}

/** The environments of a tab. @param {TabId} tab */
export const envsOf = (tab) => WORLDS.filter((world) => world.tab === tab).map(({ id }) => id);

/** @param {World} world @param {number} index */
export const stepsPerSecond = (world, index) => world.pace * SPEEDS[index];
