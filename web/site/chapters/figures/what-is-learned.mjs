// SPDX-License-Identifier: MIT
// Setups of "What is learned, and for what". Measures number cells and actions from 0: value(0) is cell 1 of the text; actions are
// 0 up, 1 right, 2 down, 3 left.

/** The cliff of Sutton and Barto, example 6.6: ε is 0.1 all the time. The learning rate falls, so that SARSA's values settle. */
const CLIFF = { explorationInitialEps: 0.1, explorationFinalEps: 0.1, learningRate: 0.5, learningRateSchedule: 'linear' };

/** @type {Record<string, import('../../../../build/chapters/figures.mjs').Given>} */
export default {
  // An agent that acts at random and learns nothing.
  'maze-random': {
    env: 'GridWorld-v0', algo: 'q-learning', seed: 12, stopAt: 2000, show: 'world transition return', controls: 'play step reset speed human',
    settings: { exploringStarts: false, explorationInitialEps: 1, explorationFinalEps: 1, learningRate: 0 },
  },
  'maze-random-seeds': { like: 'maze-random', seed: 0, stopAt: 20_000, seeds: 10 },

  // The values of a given policy, sweep by sweep.
  'maze-policy': { env: 'GridWorld-v0', algo: 'policy-evaluation', stopAt: 40, speed: '1', show: 'world', controls: 'play step reset speed settings' },
  'maze-policy-1': { like: 'maze-policy', stopAt: 1 },
  'maze-policy-2': { like: 'maze-policy', stopAt: 2 },
  'maze-policy-best': { like: 'maze-policy', stopAt: 100, settings: { policy: '223/22*/1**' } },

  // The optimality equation, sweep by sweep.
  'maze-sweeps': {
    env: 'GridWorld-v0', algo: 'value-iteration', stopAt: 6, speed: '1', autoplay: false, show: 'world truth', controls: 'play step reset algo settings', settings: { evalFreq: 1 },
  },
  'maze-sweeps-1': { like: 'maze-sweeps', stopAt: 1 },
  'maze-sweeps-2': { like: 'maze-sweeps', stopAt: 2 },
  'maze-sweeps-3': { like: 'maze-sweeps', stopAt: 3 },
  'maze-sweeps-4': { like: 'maze-sweeps', stopAt: 4 },
  'maze-sweeps-short': { like: 'maze-sweeps', settings: { gamma: 0.5 } },
  'maze-sweeps-undiscounted': { like: 'maze-sweeps', stopAt: 100, settings: { gamma: 1 } },
  'maze-sweeps-cost': { like: 'maze-sweeps-undiscounted', settings: { 'env.stepReward': -0.04 } },
  'maze-iteration': { like: 'maze-sweeps', algo: 'policy-iteration', stopAt: 400 },
  'maze-iteration-1': { like: 'maze-iteration', settings: { evaluationSweeps: 1 } },

  // Q-learning, which knows no transition probabilities.
  'maze-q': {
    env: 'GridWorld-v0', algo: 'q-learning', stopAt: 2000, speed: '16', show: 'world truth return', controls: 'play step reset speed seed settings',
    settings: { exploringStarts: false },
  },
  'maze-q-first': { like: 'maze-q', stopAt: 18 },
  'maze-q-200': { like: 'maze-q', stopAt: 200 },
  'maze-q-seeds': { like: 'maze-q', seeds: 10 },
  'maze-q-starts': { like: 'maze-q', settings: { exploringStarts: true } },
  'maze-q-starts-seeds': { like: 'maze-q-starts', seeds: 10 },

  // The floor slips: two moves of five go sideways.
  'maze-slip': {
    env: 'GridWorld-v0', algo: 'q-learning', stopAt: 20_000, speed: '256', show: 'world truth', controls: 'play step reset speed algo settings',
    settings: { 'env.slip': 0.4 },
  },
  'maze-slip-seeds': { like: 'maze-slip', seeds: 10 },
  'maze-slip-falling': { like: 'maze-slip', settings: { learningRateSchedule: 'linear' } },
  'maze-slip-falling-seeds': { like: 'maze-slip-falling', seeds: 10 },
  'maze-slip-exact': { like: 'maze-slip', algo: 'value-iteration', stopAt: 500 },

  // The reward decides.
  'maze-reward': {
    env: 'GridWorld-v0', algo: 'q-learning', stopAt: 10_000, speed: '64', show: 'world q', controls: 'play step reset speed map settings',
    settings: { 'env.map': 'TS......G', 'env.stepReward': -0.4 },
  },
  'maze-reward-seeds': { like: 'maze-reward', seeds: 10 },
  'maze-reward-free-seeds': { like: 'maze-reward', seeds: 10, settings: { 'env.stepReward': 0 } },
  'maze-reward-cheap': { like: 'maze-reward', settings: { 'env.stepReward': -0.1 } },
  'maze-reward-cheap-seeds': { like: 'maze-reward-cheap', seeds: 10 },
  'maze-reward-paid': { like: 'maze-reward', settings: { 'env.stepReward': 0.2 } },
  'maze-reward-paid-seeds': { like: 'maze-reward-paid', seeds: 10 },

  // SARSA and Q-learning beside a cliff.
  'maze-cliff': { env: 'CliffWalking-v1', algo: 'sarsa', stopAt: 50_000, speed: 'max', show: 'world truth return', controls: 'play step reset speed algo settings', settings: CLIFF },
  'maze-cliff-q': { like: 'maze-cliff', algo: 'q-learning' },
  'maze-cliff-seeds': { like: 'maze-cliff', seeds: 5 },
  'maze-cliff-q-seeds': { like: 'maze-cliff-q', seeds: 5 },
  'maze-cliff-careful-seeds': { like: 'maze-cliff', seeds: 5, settings: { explorationInitialEps: 0.001, explorationFinalEps: 0.001 } },

  // A language model as an agent.
  'maze-text': { env: 'TextGen-v1', algo: 'dqn', stopAt: 2000, autoplay: false, controls: 'play step reset speed algo' },
  'maze-text-scratch': { like: 'maze-text', settings: { start: 'scratch' } },
};
