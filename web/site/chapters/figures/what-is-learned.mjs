// SPDX-License-Identifier: MIT
// Setups of "What is learned, and for what".

/** @type {Record<string, import('../../../../build/chapters/figures.mjs').Given>} */
export default {
  maze: { env: 'GridWorld-v0', algo: 'q-learning', stopAt: 2000, show: 'world q return', controls: 'play step reset speed' },
  'maze-short-sighted': { like: 'maze', settings: { gamma: 0.5 } },
  'maze-seeds': { like: 'maze', seeds: 5 },
};
