// SPDX-License-Identifier: MIT
// Setups of "Exploring".

/** A constant epsilon. @param {number} eps */
const epsilon = (eps) => ({ explorationInitialEps: eps, explorationFinalEps: eps });
/** A constant temperature. @param {number} temperature */
const boltzmann = (temperature) => ({ exploration: 'boltzmann', explorationInitialTemperature: temperature, explorationFinalTemperature: temperature });
/** Noise of a constant standard deviation. @param {number} sigma */
const gaussian = (sigma) => ({ exploration: 'gaussian', explorationInitialNoise: sigma, explorationFinalNoise: sigma });
/** @param {number} c */
const ucb = (c) => ({ exploration: 'ucb', explorationBonus: c });
/** 1,000 pulls of ten arms, with a constant step size. @param {Record<string, unknown>} [settings] */
const bandit = (settings) => ({
  env: 'Bandit-v0', algo: 'q-learning', show: 'world return', controls: 'play step reset speed settings',
  settings: { 'env.instanceSeed': 204, learningRateSchedule: 'constant', totalTimesteps: 1000, evalFreq: 0, ...epsilon(0), ...settings },
});
/** UCB in action and target, in a table that starts from 0. @param {number} size */
const deep = (size) => ({ 'env.size': size, ...ucb(0.1), explorationBonusInTarget: true, initialQ: 0, totalTimesteps: 2000 * size });
const SEEDS = 10;

/** @type {Record<string, import('../../../../build/chapters/figures.mjs').Given>} */
export default {
  // The bandit.
  'explore-greedy': { ...bandit(), seed: 9, controls: 'play step reset speed seed settings', speed: '4' },
  'explore-greedy-lucky': { like: 'explore-greedy', seed: 0 },
  'explore-greedy-seeds': { like: 'explore-greedy', seed: 0, seeds: SEEDS },
  'explore-other-greedy': { like: 'explore-greedy', seed: 0, seeds: SEEDS, settings: { 'env.instanceSeed': 0 } },
  'explore-other-epsilon': { like: 'explore-greedy', seed: 0, seeds: SEEDS, settings: { 'env.instanceSeed': 0, ...epsilon(0.1) } },

  'explore-schedule': {
    ...bandit({ explorationInitialEps: 1, explorationFinalEps: 0.01, explorationSchedule: 'exponential' }), show: 'world return exploration', speed: '16',
  },
  'explore-exponential': { like: 'explore-schedule', seeds: SEEDS },
  'explore-linear': { like: 'explore-schedule', seeds: SEEDS, settings: { explorationSchedule: 'linear' } },
  'explore-epsilon-1': { like: 'explore-schedule', seeds: SEEDS, settings: epsilon(0.01) },
  'explore-epsilon-10': { like: 'explore-schedule', seeds: SEEDS, settings: epsilon(0.1) },
  'explore-epsilon-30': { like: 'explore-schedule', seeds: SEEDS, settings: epsilon(0.3) },
  'explore-epsilon-100': { like: 'explore-schedule', seeds: SEEDS, settings: epsilon(1) },

  'explore-softmax': { ...bandit(boltzmann(0.2)), speed: '16' },
  'explore-softmax-5': { like: 'explore-softmax', seeds: SEEDS, settings: boltzmann(0.05) },
  'explore-softmax-20': { like: 'explore-softmax', seeds: SEEDS },
  'explore-softmax-100': { like: 'explore-softmax', seeds: SEEDS, settings: boltzmann(1) },
  'explore-noise-2': { like: 'explore-softmax', seeds: SEEDS, settings: gaussian(0.02) },
  'explore-noise-30': { like: 'explore-softmax', seeds: SEEDS, settings: gaussian(0.3) },
  'explore-noise-100': { like: 'explore-softmax', seeds: SEEDS, settings: gaussian(1) },

  'explore-ucb': { ...bandit(ucb(0.5)), speed: '4' },
  'explore-ucb-50': { like: 'explore-ucb', seeds: SEEDS },
  'explore-ucb-200': { like: 'explore-ucb', seeds: SEEDS, settings: ucb(2) },
  'explore-pessimist': { like: 'explore-ucb', settings: { exploration: 'greedy', initialQ: -2 } },
  'explore-optimist': { like: 'explore-ucb', seeds: SEEDS, settings: { exploration: 'greedy', initialQ: 5 } },

  // DeepSea with tables: 500 episodes of 10 steps.
  'explore-sea': {
    env: 'DeepSea-v0', algo: 'q-learning', show: 'world q return', controls: 'play step reset speed settings', speed: '16',
    settings: { 'env.size': 10, initialQ: 0, totalTimesteps: 5000, evalFreq: 0, ...epsilon(0.1) },
  },
  'explore-sea-10': { like: 'explore-sea', seeds: SEEDS },
  'explore-sea-50': { like: 'explore-sea', seeds: SEEDS, settings: epsilon(0.5) },
  'explore-sea-100': { like: 'explore-sea', seeds: SEEDS, settings: epsilon(1) },
  'explore-sea-small': { like: 'explore-sea', seeds: SEEDS, settings: { 'env.size': 4, ...epsilon(0.1) } },
  'explore-sea-small-50': { like: 'explore-sea', seeds: SEEDS, settings: { 'env.size': 4, ...epsilon(0.5) } },

  'explore-deep': { like: 'explore-sea', isFigure: true, speed: '64', settings: deep(10) },
  'explore-deep-5': { like: 'explore-deep', settings: deep(5) },
  'explore-deep-15': { like: 'explore-deep', settings: deep(15) },
  'explore-deep-20': { like: 'explore-deep', settings: deep(20) },
  'explore-shallow': { like: 'explore-deep', settings: { explorationBonusInTarget: false } },
  'explore-hope-5': { like: 'explore-deep', settings: { 'env.size': 5, exploration: 'epsilon-greedy', ...epsilon(0), initialQ: 1 } },
  'explore-hope-10': { like: 'explore-hope-5', settings: { 'env.size': 10 } },
  'explore-hope-15': { like: 'explore-hope-5', settings: { 'env.size': 15 } },
  'explore-hope-20': { like: 'explore-hope-5', settings: { 'env.size': 20 } },
  'explore-deep-other': { like: 'explore-deep', settings: { 'env.mappingSeed': 1 } },
  'explore-hope-other': { like: 'explore-hope-10', settings: { 'env.mappingSeed': 1 } },

  // Networks.
  'explore-hashed': {
    env: 'CartPole-v1', algo: 'dqn', show: 'world return', controls: 'play step reset speed settings', speed: '16',
    settings: { totalTimesteps: 4000, evalFreq: 0, ...ucb(1), explorationBins: 10 },
  },
  'explore-hashed-seeds': { like: 'explore-hashed', seeds: 3 },
  'explore-hashed-fine': { like: 'explore-hashed', seeds: 3, settings: { explorationBins: 1000 } },
  'explore-hashed-single': { like: 'explore-hashed', seeds: 3, settings: { explorationBins: 1 } },

  'explore-noisy': {
    env: 'GridWorld-v0', algo: 'dqn', seed: 1, show: 'world q return', controls: 'play step reset speed settings', speed: '64',
    settings: { totalTimesteps: 2000, exploration: 'greedy', noisy: true },
  },
  'explore-noisy-seeds': { like: 'explore-noisy', seed: 0, seeds: SEEDS },
  'explore-noisy-none': { like: 'explore-noisy', seed: 0, seeds: SEEDS, settings: { noisy: false } },
  'explore-noisy-large': { like: 'explore-noisy', seed: 0, seeds: SEEDS, settings: { noisySigma: 2 } },
  'explore-noisy-epsilon': { like: 'explore-noisy', seed: 0, seeds: SEEDS, settings: { noisy: false, exploration: 'epsilon-greedy' } },

  // All strategies: DQN in DeepSea, 500 episodes of 8 steps.
  'explore-compare': {
    env: 'DeepSea-v0', algo: 'dqn', show: 'world return exploration', controls: 'play step reset speed seed settings', speed: '64',
    settings: {
      'env.size': 8, totalTimesteps: 4000, netArch: [32], trainFreq: 4, learningStarts: 100, evalFreq: 0,
      exploration: 'epsilon-greedy', explorationFinalEps: 0.05, explorationBonusInTarget: false,
    },
  },
  'explore-compare-linear': { like: 'explore-compare', seeds: SEEDS },
  'explore-compare-exponential': { like: 'explore-compare', seeds: SEEDS, settings: { explorationSchedule: 'exponential' } },
  'explore-compare-softmax': { like: 'explore-compare', seeds: SEEDS, settings: { exploration: 'boltzmann' } },
  'explore-compare-noise': { like: 'explore-compare', seeds: SEEDS, settings: { exploration: 'gaussian' } },
  'explore-compare-ucb': { like: 'explore-compare', seeds: SEEDS, settings: { exploration: 'ucb' } },
  'explore-compare-deep': { like: 'explore-compare', seeds: SEEDS, settings: { exploration: 'ucb', explorationBonusInTarget: true } },
  'explore-compare-noisy': { like: 'explore-compare', seeds: SEEDS, settings: { exploration: 'greedy', noisy: true } },
  'explore-compare-none': { like: 'explore-compare', seeds: SEEDS, settings: { exploration: 'greedy' } },

  // A language model's prior.
  'explore-words': { env: 'TextGen-v1', algo: 'dqn', stopAt: 1000, controls: 'play step reset speed settings', autoplay: false, speed: 'max' },
  'explore-words-seeds': { like: 'explore-words', seeds: 3 },
  'explore-words-uniform': { like: 'explore-words', seeds: 3, settings: { randomActions: 'uniform' } },
  'explore-words-top': { like: 'explore-words', seeds: 3, settings: { randomActions: 'top-k' } },

  // Exploration that hurts.
  'explore-cliff': {
    env: 'CliffWalking-v1', algo: 'q-learning', show: 'world q return', controls: 'play step reset speed algo settings', speed: '64',
    settings: { totalTimesteps: 20_000, evalFreq: 1000, ...epsilon(0.1) },
  },
  'explore-cliff-10': { like: 'explore-cliff', seeds: SEEDS },
  'explore-cliff-1': { like: 'explore-cliff', seeds: SEEDS, settings: epsilon(0.01) },
  'explore-cliff-30': { like: 'explore-cliff', seeds: SEEDS, settings: epsilon(0.3) },
  'explore-cliff-0': { like: 'explore-cliff', seeds: SEEDS, settings: epsilon(0) },
  'explore-cliff-falling': { like: 'explore-cliff', seeds: SEEDS, settings: { explorationInitialEps: 0.5, explorationFinalEps: 0 } },
  'explore-cliff-sarsa': { like: 'explore-cliff', algo: 'sarsa', seeds: SEEDS, settings: { learningRateSchedule: 'linear' } },
};
