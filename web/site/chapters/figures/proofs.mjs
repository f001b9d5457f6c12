// SPDX-License-Identifier: MIT
// Setups of "Four claims and their runs": time limits, n-step returns in several environments, a collapse, fingerprints.

/** A cell with a goal beside it, from which one can as well stay; with traps, staying ends in one step of a hundred. */
const STAY_OR_GO = '###\nSG#\n###', STAY_OR_GO_ENDS = 'T##\nSG#\nT##';

/** @type {Record<string, import('../../../../build/chapters/figures.mjs').Given>} */
export default {
  'proof-limit': {
    env: 'GridWorld-v0', algo: 'q-learning', stopAt: 40000, show: 'world q transition', controls: 'play step reset speed microscope', speed: 'max',
    settings: {
      'env.map': STAY_OR_GO, 'env.stepReward': 1, 'env.trapReward': 1, 'env.goalReward': 40, 'env.slip': 0.01, exploringStarts: false, gamma: 0.98,
      learningRate: 0.1, learningRateSchedule: 'exponential', explorationFinalEps: 0.1, totalTimesteps: 50000,
    },
  },
  'proof-limit-end': { like: 'proof-limit', settings: { 'env.map': STAY_OR_GO_ENDS } },
  'proof-limit-alone': { like: 'proof-limit', settings: { 'env.map': '##G\nS##\n###' } },
  'proof-limit-alone-end': { like: 'proof-limit', settings: { 'env.map': 'T#G\nS##\nT##' } },

  'proof-nstep': {
    env: 'GridWorld-v0', algo: 'dqn', stopAt: 5000, show: 'world q transition value', controls: 'play step reset speed microscope settings', speed: '64',
    settings: { nSteps: 3, nEnvs: 4, gradientSteps: 4, bufferSize: 1000, explorationFraction: 0.3, explorationFinalEps: 0, totalTimesteps: 5000 },
  },
  'proof-nstep-seeds': { like: 'proof-nstep', seeds: 5 },
  'proof-nstep-one': { like: 'proof-nstep', settings: { nSteps: 1, nEnvs: 1, gradientSteps: 1 } },
  'proof-nstep-one-seeds': { like: 'proof-nstep-one', seeds: 5 },
  'proof-nstep-five': { like: 'proof-nstep', settings: { nSteps: 5, nEnvs: 16, gradientSteps: 16 } },
  'proof-nstep-five-seeds': { like: 'proof-nstep-five', seeds: 5 },
  'proof-nstep-cell': { like: 'proof-nstep', settings: { 'env.map': '##G\nS##\n###', 'env.stepReward': 1, exploringStarts: false } },

  'proof-collapse': {
    env: 'CartPole-v1', algo: 'dqn', stopAt: 6000, show: 'q transition return value loss', controls: 'play step reset speed microscope settings', speed: 'max',
    settings: {
      targetUpdateInterval: 1, learningRate: 0.005, learningRateSchedule: 'constant', doubleQ: false, nSteps: 1, batchSize: 32, bufferSize: 50000,
      totalTimesteps: 15000, evalFreq: 1000, nEvalEpisodes: 10,
    },
  },
  'proof-collapse-before': { like: 'proof-collapse', stopAt: 3000 },
  'proof-collapse-seeds': { like: 'proof-collapse', seeds: 5 },
  'proof-collapse-target': { like: 'proof-collapse', settings: { targetUpdateInterval: 75 } },
  'proof-collapse-target-seeds': { like: 'proof-collapse-target', seeds: 5 },
  'proof-collapse-slow-seeds': { like: 'proof-collapse', seeds: 5, settings: { learningRate: 0.0005 } },

  'proof-bits': { env: 'GridWorld-v0', algo: 'dqn', show: 'world q value', controls: 'play step reset speed seed settings', speed: 'max' },
  'proof-bits-one': { like: 'proof-bits', seed: 1 },
};
