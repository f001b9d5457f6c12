// SPDX-License-Identifier: MIT
// Setups of "Remembering": a walk whose updates are worked out by hand, memories of several sizes, what is drawn from them, n-step returns,
// time limits, and PQN, which has no memory.

/** Of 36 cells, two of them traps; the shortest way takes ten steps. */
const SIX_BY_SIX = 'S.....\n......\n..T...\n......\n.T....\n.....G';
/** One cell from which no move leads away, and a goal behind walls. */
const ONE_CELL = '##G\nS##\n###';

/** @type {Record<string, import('../../../../build/chapters/figures.mjs').Given>} */
export default {
  'replay-corridor': {
    env: 'GridWorld-v0', algo: 'q-learning', stopAt: 9, show: 'world q transition', controls: 'play step reset speed microscope', speed: '1',
    settings: { 'env.map': 'G\n.\n.\nS', exploringStarts: false, exploration: 'greedy', learningRate: 0.5, gamma: 0.9 },
  },
  'replay-corridor-three': { like: 'replay-corridor', stopAt: 3 },
  'replay-corridor-six': { like: 'replay-corridor', stopAt: 6 },
  'replay-corridor-long': { like: 'replay-corridor', stopAt: 60 },

  'replay-newest': {
    env: 'CartPole-v1', algo: 'dqn', stopAt: 3000, show: 'q transition value return', controls: 'play step reset speed seed microscope settings', speed: 'max',
    settings: { bufferSize: 1, batchSize: 32, nSteps: 1, learningRateSchedule: 'constant', totalTimesteps: 10000, evalFreq: 1000, nEvalEpisodes: 10 },
  },
  'replay-newest-seeds': { like: 'replay-newest', seeds: 5 },
  'replay-last-32': { like: 'replay-newest', settings: { bufferSize: 32 } },
  'replay-last-32-seeds': { like: 'replay-last-32', seeds: 5 },
  'replay-everything': { like: 'replay-newest', settings: { bufferSize: 50000 } },
  'replay-everything-seeds': { like: 'replay-everything', seeds: 5 },

  'replay-grid': {
    env: 'GridWorld-v0', algo: 'dqn', stopAt: 4000, show: 'world value return', controls: 'play step reset speed settings', speed: '64',
    settings: { 'env.map': SIX_BY_SIX, exploringStarts: false, totalTimesteps: 5000, evalFreq: 100, nEvalEpisodes: 1 },
  },
  'replay-grid-seeds': { like: 'replay-grid', seeds: 5 },
  'replay-grid-200': { like: 'replay-grid', settings: { bufferSize: 200 } },
  'replay-grid-200-seeds': { like: 'replay-grid-200', seeds: 5 },
  'replay-grid-32': { like: 'replay-grid', settings: { bufferSize: 32 } },
  'replay-grid-32-seeds': { like: 'replay-grid-32', seeds: 5 },
  'replay-grid-late': { like: 'replay-grid', settings: { learningStarts: 2000 } },
  'replay-grid-late-seeds': { like: 'replay-grid-late', seeds: 5 },
  'replay-grid-fourth': { like: 'replay-grid', settings: { trainFreq: 4 } },
  'replay-grid-fourth-seeds': { like: 'replay-grid-fourth', seeds: 10 },
  'replay-grid-sixteenth': { like: 'replay-grid', settings: { trainFreq: 16 } },
  'replay-grid-sixteenth-seeds': { like: 'replay-grid-sixteenth', seeds: 5 },

  'replay-priorities': {
    like: 'replay-grid-fourth', isFigure: true, show: 'q transition return', controls: 'play step reset speed microscope settings',
    settings: { prioritized: true },
  },
  'replay-priorities-seeds': { like: 'replay-priorities', seeds: 10 },
  'replay-priorities-beta-0-seeds': { like: 'replay-priorities', seeds: 10, settings: { priorityBeta: 0 } },

  'replay-n': {
    env: 'GridWorld-v0', algo: 'dqn', stopAt: 5000, show: 'world q value', controls: 'play step reset speed settings', speed: '64',
    settings: { nSteps: 3, explorationFinalEps: 1 },
  },
  'replay-n-seeds': { like: 'replay-n', seeds: 5 },
  'replay-n-1': { like: 'replay-n', settings: { nSteps: 1 } },
  'replay-n-1-seeds': { like: 'replay-n-1', seeds: 5 },
  'replay-n-5': { like: 'replay-n', settings: { nSteps: 5 } },
  'replay-n-5-seeds': { like: 'replay-n-5', seeds: 5 },
  'replay-n-less': { like: 'replay-n', settings: { explorationFinalEps: 0.1 }, stopAt: 10000 },
  'replay-n-cell-1': { like: 'replay-n', settings: { nSteps: 1, 'env.map': ONE_CELL, 'env.stepReward': 1, exploringStarts: false } },
  'replay-n-cell-3': { like: 'replay-n-cell-1', settings: { nSteps: 3 } },

  'replay-limit': {
    env: 'GridWorld-v0', algo: 'q-learning', stopAt: 20000, show: 'world q transition', controls: 'play step reset speed microscope', speed: 'max',
    settings: {
      'env.map': ONE_CELL, 'env.stepReward': 1, 'env.trapReward': 1, 'env.slip': 0.25, exploringStarts: false, learningRate: 0.05,
      learningRateSchedule: 'exponential', explorationFinalEps: 0.1, totalTimesteps: 25000,
    },
  },
  'replay-limit-end': { like: 'replay-limit', settings: { 'env.map': 'T#G\nS##\nT##' } },
  'replay-limit-end-seeds': { like: 'replay-limit-end', seeds: 5 },

  'replay-pqn': {
    env: 'Catch-v0', algo: 'pqn', stopAt: 6000, show: 'world q return', controls: 'play reset speed settings', speed: 'max',
    settings: { nEnvs: 16, nSteps: 16, batchSize: 64, learningRate: 0.002, totalTimesteps: 20000, evalFreq: 512, nEvalEpisodes: 20 },
  },
  'replay-pqn-seeds': { like: 'replay-pqn', seeds: 3 },
  'replay-pqn-one': { like: 'replay-pqn', settings: { nEnvs: 1, batchSize: 16 } },
  'replay-pqn-one-seeds': { like: 'replay-pqn-one', seeds: 3 },
  'replay-pqn-dqn': { like: 'replay-pqn', algo: 'dqn', settings: { nEnvs: 1, nSteps: 1, learningRate: 0.001, learningStarts: 200, batchSize: 32 }, stopAt: 3000 },
  'replay-pqn-dqn-seeds': { like: 'replay-pqn-dqn', seeds: 3 },
};
