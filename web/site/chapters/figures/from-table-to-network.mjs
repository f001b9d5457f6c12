// SPDX-License-Identifier: MIT
// Setups of "From a table to a network".

/** CartPole as plain DQN has it: one-step targets, squared loss, no schedule of the learning rate. */
const PLAIN = {
  learningRate: 0.002, learningRateSchedule: 'constant', nSteps: 1, doubleQ: false, batchSize: 32, bufferSize: 10000, targetUpdateInterval: 200, evalFreq: 0,
};

/** @type {Record<string, import('../../../../build/chapters/figures.mjs').Given>} */
export default {
  // ---- a table ----
  'net-table': {
    env: 'GridWorld-v0', algo: 'q-learning', seed: 10, settings: { exploringStarts: false }, stopAt: 60,
    show: 'world transition', controls: 'play step reset speed microscope',
  },
  'net-table-6': { like: 'net-table', stopAt: 6 },
  'net-table-10': { like: 'net-table', stopAt: 10 },
  'net-table-11': { like: 'net-table', stopAt: 11 },
  'net-table-13': { like: 'net-table', stopAt: 13 },
  'net-table-36': { like: 'net-table', stopAt: 36 },
  'net-table-37': { like: 'net-table', stopAt: 37 },
  'net-table-long': { like: 'net-table', stopAt: 5000 },

  // ---- states that are numbers ----
  'net-pole': {
    env: 'CartPole-v1', algo: 'dqn', settings: { nEvalEpisodes: 5 }, stopAt: 6000, show: 'world value-map', controls: 'play step reset speed', speed: '16',
  },

  // ---- one update of a network ----
  'net-one': {
    env: 'GridWorld-v0', algo: 'dqn', seed: 3, settings: { exploringStarts: false, bufferSize: 1, batchSize: 1, learningStarts: 5, learningRate: 0.01 }, stopAt: 6,
    show: 'world transition', controls: 'play step reset microscope', autoplay: false,
  },
  'net-one-before': { like: 'net-one', stopAt: 5 },

  // ---- the eleven steps ----
  'net-steps': {
    env: 'GridWorld-v0', algo: 'dqn', settings: { batchSize: 8, bufferSize: 1000, learningStarts: 20, targetUpdateInterval: 50, loss: 'mse' }, stopAt: 3000,
    show: 'world transition loss exploration', controls: 'play step reset speed microscope', speed: '16',
  },
  'net-steps-seeds': { like: 'net-steps', seeds: 10 },

  // ---- what replay and the target network are for ----
  'net-plain': { env: 'CartPole-v1', algo: 'dqn', settings: PLAIN, stopAt: 6000, show: 'return value', controls: 'play reset speed', speed: '64' },
  'net-plain-seeds': { like: 'net-plain', seeds: 5 },
  'net-no-target': { like: 'net-plain', settings: { targetUpdateInterval: 1 } },
  'net-no-target-seeds': { like: 'net-no-target', seeds: 5 },
  'net-no-target-double': { like: 'net-no-target', settings: { doubleQ: true } },
  'net-no-target-slow': { like: 'net-no-target', settings: { learningRate: 0.001 }, seeds: 5 },
  'net-no-replay': { like: 'net-plain', settings: { bufferSize: 1 }, seeds: 5 },
  'net-small-replay': { like: 'net-plain', settings: { bufferSize: 32 }, seeds: 5 },
  'net-one-of-many': { like: 'net-plain', settings: { batchSize: 1 }, seeds: 5 },
  'net-soft': { like: 'net-plain', settings: { targetUpdateInterval: 1, tau: 0.005 }, seeds: 5 },
  'net-n-step': { like: 'net-plain', settings: { nSteps: 10 }, seeds: 5 },
  'net-dueling': { like: 'net-plain', settings: { dueling: true }, seeds: 5 },

  // ---- the maximum ----
  'net-max': {
    env: 'GridWorld-v0', algo: 'dqn', settings: { 'env.slip': 0.6, learningRate: 0.01, batchSize: 8, targetUpdateInterval: 50, evalFreq: 0 }, stopAt: 5000,
    show: 'world truth value', controls: 'play step reset speed seed', speed: '256',
  },
  'net-max-seeds': { like: 'net-max', seeds: 10 },
  'net-double': { like: 'net-max', settings: { doubleQ: true } },
  'net-double-seeds': { like: 'net-double', seeds: 10 },

  // ---- a run that diverges ----
  'net-diverge': {
    env: 'CartPole-v1', algo: 'dqn', settings: { ...PLAIN, learningRate: 0.01, optimizer: 'sgd', maxGradNorm: 0, targetUpdateInterval: 1, logFreq: 10 }, stopAt: 2000,
    show: 'value loss', controls: 'play reset speed seed', speed: '4',
  },
  'net-diverge-seeds': { like: 'net-diverge', seeds: 5 },
  'net-diverge-huber': { like: 'net-diverge', settings: { loss: 'huber' }, seeds: 5 },
  'net-diverge-clip': { like: 'net-diverge', settings: { maxGradNorm: 1 }, seeds: 5 },
  'net-diverge-clip-long': { like: 'net-diverge-clip', stopAt: 8000, seeds: 5 },
  'net-diverge-target': { like: 'net-diverge', settings: { targetUpdateInterval: 200 }, seeds: 5 },

  // ---- pixels ----
  'net-catch': { env: 'Catch-v0', algo: 'dqn', settings: { evalFreq: 250, nEvalEpisodes: 20 }, stopAt: 2500, show: 'world q return', controls: 'play step reset speed', speed: '64' },
  'net-catch-seeds': { like: 'net-catch', seeds: 5 },

  // ---- a policy ----
  'net-ppo': { env: 'CartPole-v1', algo: 'ppo', settings: { nEvalEpisodes: 5 }, stopAt: 8192, show: 'world q return', controls: 'play step reset speed', speed: '64' },
  'net-ppo-seeds': { like: 'net-ppo', seeds: 3 },
};
