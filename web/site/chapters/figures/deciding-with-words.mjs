// SPDX-License-Identifier: MIT
// Setups of "Deciding with words". The tasks pre-train a language model of their examples first, `start: 'scratch'` does not.
// `env.grammarWeight` with `env.grammar_weight` is a weight and what it changes to later: a name may be there once.

/** Nothing is learned: actions are drawn from the language model alone, at a temperature. */
const SAMPLED = {
  learningStarts: 1_000_000, exploration: 'boltzmann', priorBeta: 1, explorationInitialTemperature: 1, explorationFinalTemperature: 1,
};
/** Nothing is learned: actions are uniformly random. */
const DRAWN = { learningStarts: 1_000_000, exploration: 'epsilon-greedy', explorationInitialEps: 1, explorationFinalEps: 1, evalFreq: 0 };
const RANDOM = { start: 'scratch', ...DRAWN };

/** Weights of TextGen-v1's reward, in the order of its parts. @param {number[]} w */
const weights = (...w) => Object.fromEntries(['grammar', 'topic', 'length', 'repetition', 'sentiment'].map((part, i) => [`env.${part}Weight`, w[i]]));
/**
 * From a step on the task's own weights hold again, and nothing is learned any more. Claims alone use it: Reset begins with the settings
 * as they are by then.
 * @param {number} step
 */
const judgedFrom = (step) => ({
  'env.grammar_weight': `0.35@${step}`, 'env.topic_weight': `0.25@${step}`, 'env.length_weight': `0.1@${step}`, 'env.repetition_weight': `0.1@${step}`,
  'env.sentiment_weight': `0.2@${step}`, learning_rate: `0@${step}`,
});
const PLEASANT = weights(0, 0, 0, 0, 1), LENGTH = weights(0, 0, 1, 0, 0), LONG_AND_PLEASANT = weights(0, 0, 0.5, 0, 0.5);

/** @type {Record<string, import('../../../../build/chapters/figures.mjs').Given>} */
export default {
  'words-loss': { env: 'LearningRate-v0', algo: 'dqn', stopAt: 400, speed: '4', controls: 'play step reset speed seed' },

  'words-next': { env: 'TextGen-v1', algo: 'dqn', stopAt: 1000, speed: '1', controls: 'play step reset speed', settings: SAMPLED },
  'words-next-cold': { like: 'words-next', settings: { explorationInitialTemperature: 0.3, explorationFinalTemperature: 0.3 } },
  'words-next-hot': { like: 'words-next', settings: { explorationInitialTemperature: 3, explorationFinalTemperature: 3 } },
  'words-next-top3': { like: 'words-next', settings: { exploration: 'epsilon-greedy', explorationFinalEps: 1, randomActions: 'top-k', priorTopK: 3 } },
  'words-next-random': { like: 'words-next', settings: RANDOM },

  'words-dqn': {
    env: 'TextGen-v1', algo: 'dqn', stopAt: 2000, speed: 'max', controls: 'play reset algo seed',
    settings: { totalTimesteps: 2000, learningStarts: 300, trainFreq: 4, finalEvalEpisodes: 100 },
  },
  'words-dqn-seeds': { like: 'words-dqn', seeds: 3 },
  'words-dqn-scratch': { like: 'words-dqn', settings: { start: 'scratch' } },
  'words-dqn-scratch-seeds': { like: 'words-dqn-scratch', seeds: 3 },

  'words-hack': {
    env: 'TextGen-v1', algo: 'dqn', stopAt: 1500, speed: 'max', controls: 'play reset settings',
    settings: { start: 'scratch', totalTimesteps: 2000, trainFreq: 4, finalEvalEpisodes: 25, ...PLEASANT },
  },
  'words-hack-judged': { like: 'words-hack', stopAt: 2000, settings: judgedFrom(1500) },
  'words-hack-lm-judged': { like: 'words-hack-judged', settings: { start: 'lm' } },
  'words-hack-length-judged': { like: 'words-hack-judged', settings: LENGTH },

  'words-ppo': {
    env: 'TextGen-v1', algo: 'ppo', stopAt: 3072, speed: 'max', controls: 'play reset settings',
    settings: { learningRate: 0.002, klCoef: 0, ...LONG_AND_PLEASANT },
  },
  'words-ppo-judged': { like: 'words-ppo', stopAt: 3600, settings: judgedFrom(3072) },
  'words-ppo-seeds': { like: 'words-ppo-judged', seeds: 3 },
  'words-ppo-kl': { like: 'words-ppo-judged', settings: { klCoef: 0.1 } },
  'words-ppo-kl-seeds': { like: 'words-ppo-kl', seeds: 3 },

  'words-dialogue': {
    env: 'Dialogue-v0', algo: 'dqn', stopAt: 2000, speed: 'max', controls: 'play step reset speed settings',
    settings: { totalTimesteps: 2000, batchSize: 32, nEvalEpisodes: 100, finalEvalEpisodes: 50 },
  },
  'words-dialogue-random': { like: 'words-dialogue', stopAt: 1000, settings: RANDOM },
  'words-dialogue-lm': { like: 'words-dialogue', settings: SAMPLED },
  'words-dialogue-slow': { like: 'words-dialogue', stopAt: 1000, settings: { 'env.turnCost': 2 } },
  'words-dialogue-guess': { like: 'words-dialogue', stopAt: 1500, settings: { 'env.wrongCost': 0, 'env.wrong_cost': '0.5@1000', learning_rate: '0@1000' } },

  'words-translate': {
    env: 'Translate-v0', algo: 'dqn', stopAt: 1000, speed: 'max', controls: 'play step reset speed',
    settings: { totalTimesteps: 1000, learningStarts: 300, nEvalEpisodes: 50, finalEvalEpisodes: 25 },
  },
  'words-translate-random': { like: 'words-translate', settings: RANDOM },
  'words-translate-lm': { like: 'words-translate', settings: SAMPLED },

  'words-summary': { env: 'Summarize-v0', algo: 'dqn', stopAt: 600, speed: '1', controls: 'play step reset speed', settings: SAMPLED },
  'words-summary-random': { like: 'words-summary', settings: RANDOM },

  'words-code': { env: 'CodeGen-v0', algo: 'dqn', stopAt: 600, speed: '1', controls: 'play step reset speed', settings: SAMPLED },
  'words-code-random': { like: 'words-code', settings: RANDOM },
  'words-code-cold': { like: 'words-code', settings: { explorationInitialTemperature: 0.3, explorationFinalTemperature: 0.3 } },

  'words-rate': {
    env: 'LearningRate-v0', algo: 'dqn', stopAt: 2000, speed: 'max', controls: 'play step reset speed',
    settings: { totalTimesteps: 2000, nEvalEpisodes: 20, finalEvalEpisodes: 20 },
  },
  'words-rate-random': { like: 'words-rate', settings: DRAWN },
  'words-rate-seeds': { like: 'words-rate', seeds: 3 },
};
