// SPDX-License-Identifier: MIT
// The tasks of text with what is known of each, and how an agent is set up for them here: small networks, so that a curve is
// there within half a minute. DQN has its preset's hyperparameters, PPO shorter runs than its own. The last one has no tokens:
// what is steered there is a training, by DQN alone.

/**
 * @typedef {object} Task
 * @property {string} id
 * @property {'text' | 'training'} [kind]
 * @property {number | null} optimum      best mean return of any policy, with the weights of the start; see the environment's header; null: unknown
 * @property {number} lmSteps      steps of pre-training on its examples
 * @property {number} steps        environment steps of a run
 * @property {object} [ppo]        what PPO does otherwise here
 * @property {number} [firstEpisodes]   episodes of the evaluation before the first step, fewer where they take long
 */

/** @type {Task[]} */
export const TASKS = [
  { id: 'TextGen-v1', optimum: 1, lmSteps: 400, steps: 8000 },
  { id: 'Translate-v0', optimum: 1, lmSteps: 800, steps: 8000, ppo: { nSteps: 1024, batchSize: 256, learningRate: 3e-4, klCoef: 0.02 } },
  { id: 'Dialogue-v0', optimum: 0.651867, lmSteps: 400, steps: 24_000, ppo: { learningRate: 1e-3, klCoef: 0.01 } },
  { id: 'Summarize-v0', optimum: 0.744735, lmSteps: 400, steps: 12_000 },
  { id: 'CodeGen-v0', optimum: 1, lmSteps: 400, steps: 8000 },
  { id: 'LearningRate-v0', kind: 'training', optimum: null, lmSteps: 0, steps: 8000, firstEpisodes: 5 },
];

/** @param {string} id */
export const taskOf = (id) => TASKS.find((task) => task.id === id) ?? TASKS[0];

const NETWORK = { dModel: 32, nHeads: 4, nLayers: 2 };
const TRANSFORMER = { featuresExtractor: 'transformer', ...NETWORK, netArch: [] };

/** Of pre-training on a task's examples. @param {Task} task */
export const lessonOptions = ({ lmSteps }) => ({ ...NETWORK, nTexts: 4000, batchSize: 32, maxSteps: lmSteps, learningRate: 0.006, evalFreq: 100, evalWindows: 32 });

/** @typedef {'dqn' | 'ppo'} Algo */
/** @typedef {'scratch' | 'lm'} Start */

/** @param {Task} task @param {Algo} algo @param {Start} start */
export function runOptions({ steps, ppo, kind }, algo, start) {
  if (kind === 'training') return { totalTimesteps: steps, evalFreq: 500, nEvalEpisodes: 10, logFreq: 100, finalEvalEpisodes: 1 };
  const shared = { ...TRANSFORMER, totalTimesteps: steps, evalFreq: 500, nEvalEpisodes: 25, logFreq: 100, finalEvalEpisodes: 1 };
  if (algo === 'dqn') return shared;
  return { ...shared, preset: false, gamma: 1, nEnvs: 1, nSteps: 512, batchSize: 128, nEpochs: 4, learningRate: 5e-4, klCoef: 0.05, ...ppo, ...start === 'lm' ? {} : { klCoef: 0 } };
}

/** A run that learns nothing, to be measured: random actions, drawn uniformly or by the language model. @param {boolean} byModel */
export function idleOptions(byModel) {
  const idle = { preset: false, explorationInitialEps: 1, explorationFinalEps: 1, learningStarts: 1e9, evalFreq: 0, bufferSize: 1000, logFreq: 1e6, totalTimesteps: 1e6 };
  return byModel ? { ...TRANSFORMER, ...idle, prior: true, randomActions: 'language-model' } : { ...idle, netArch: [4] };
}

/**
 * The option that weighs each part of a task's reward, in the order of the parts, and its sign; empty where there are none.
 * @param {import('../fields.mjs').Field[]} options of the environment @param {string[]} parts
 */
export function weightsOf(options, parts) {
  const live = options.filter((field) => field.live && field.type === 'real');
  return live.length === parts.length ? live.map((field) => ({ field, sign: field.name.endsWith('_cost') ? -1 : 1 })) : [];
}

/** Mean return of the best policy under other weights, where the parts can all be full at once; else unknown. @param {Task} task @param {number[]} weights */
export const optimumUnder = ({ id }, weights) => (id === 'TextGen-v1' || id === 'Translate-v0' ? weights.reduce((sum, w) => sum + w, 0) : null);
