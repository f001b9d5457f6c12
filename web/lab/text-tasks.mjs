// SPDX-License-Identifier: MIT
// The tasks of text with what is known of each, and how an agent is set up for them here: small networks, so that a curve is
// there within half a minute. DQN has its preset's hyperparameters, PPO shorter runs than its own. The last task has no tokens:
// what the agent steers there is a training, and it learns by DQN alone.
import { asText, camel, snake } from './fields.mjs';
import { isTextTask } from './text-kind.mjs';

/** @typedef {import('./fields.mjs').Catalog} Catalog */
/** @typedef {import('./fields.mjs').Value} Value */
/** @typedef {'dqn' | 'ppo'} TextAlgo */
/** From the language model of the task's examples, or from random parameters. @typedef {'lm' | 'scratch'} Start */
/**
 * @typedef {object} Task
 * @property {typeof import('./text-kind.mjs').TEXT_IDS[number]} id
 * @property {'text' | 'training'} kind
 * @property {true} [isTalk]               what is written is a talk: sentences are shown for its words
 * @property {number | null} optimum      best mean return of any policy under the task's own weights, see the environment's header; null: unknown
 * @property {number} pretrainingSteps    of a language model on the task's examples
 * @property {number} steps               environment steps of a run
 * @property {number} roundSteps          environment steps of one round of measuring a baseline: about a hundred episodes
 * @property {number} firstEpisodes       episodes of the evaluation before the first step
 * @property {Readonly<Record<string, Value>>} ppo   options of PPO that differ here
 */

const EPISODES = 25;
const text = /** @type {const} */ ({ kind: 'text', firstEpisodes: EPISODES, ppo: {} });

/** @type {readonly Readonly<Task>[]} */
export const TASKS = Object.freeze(/** @type {Task[]} */ ([
  { ...text, id: 'TextGen-v1', optimum: 1, pretrainingSteps: 400, steps: 8000, roundSteps: 1200 },
  {
    ...text, id: 'Translate-v0', optimum: 1, pretrainingSteps: 800, steps: 8000, roundSteps: 1400,
    ppo: { nSteps: 1024, batchSize: 256, learningRate: 3e-4, klCoef: 0.02 },
  },
  { ...text, id: 'Dialogue-v0', isTalk: true, optimum: 0.651867, pretrainingSteps: 400, steps: 24_000, roundSteps: 900, ppo: { learningRate: 1e-3, klCoef: 0.01 } },
  { ...text, id: 'Summarize-v0', optimum: 0.744735, pretrainingSteps: 400, steps: 12_000, roundSteps: 420 },
  { ...text, id: 'CodeGen-v0', optimum: 1, pretrainingSteps: 400, steps: 8000, roundSteps: 800 },
  // A step is ten updates of a language model: a round is thirty episodes.
  { id: 'LearningRate-v0', kind: 'training', optimum: null, pretrainingSteps: 0, steps: 8000, roundSteps: 600, firstEpisodes: 5, ppo: {} },
]));

/** @type {readonly TextAlgo[]} */
export const TEXT_ALGOS = Object.freeze(['dqn', 'ppo']);
/** @type {readonly Start[]} */
export const STARTS = Object.freeze(['lm', 'scratch']);

/** @param {string} env @returns {Readonly<Task>} */
export function taskOf(env) {
  const found = TASKS.find(({ id }) => id === env);
  if (!found) throw new Error(`unknown text task ${env}; known: ${TASKS.map(({ id }) => id).join(', ')}`);
  return found;
}

const WORLDS = Object.freeze({ text: () => import('./worlds/token-text.mjs'), training: () => import('./worlds/learning-rate.mjs') });

/**
 * The row of a task's world: those in world-table.mjs are of environments that every trainer has.
 * @param {string} env @returns {import('./world-table.mjs').World}
 */
export const taskWorld = (env) => ({
  id: env, tab: 'text', world: /** @type {any} */ (taskOf(env).kind === 'text' ? 'token-text' : 'learning-rate'),
  pace: taskOf(env).isTalk ? 0.5 : 2, speed: 3, window: 50, digits: 2, logFreq: 100,
});

/** Fetches the file that draws a task. @param {string} env @returns {Promise<import('./world-table.mjs').WorldModule>} */
export const loadTaskWorld = (env) => WORLDS[taskOf(env).kind]();

const NETWORK = { dModel: 32, nHeads: 4, nLayers: 2 };
const TRANSFORMER = { featuresExtractor: 'transformer', ...NETWORK, netArch: /** @type {number[]} */ ([]) };

/** Options of pretraining on a task's examples. @param {Task} task */
export const pretrainingOptions = ({ pretrainingSteps }) => (
  { ...NETWORK, nTexts: 4000, batchSize: 32, maxSteps: pretrainingSteps, learningRate: 0.006, evalFreq: 100, evalWindows: 32 });

/**
 * Options of a run that lie beneath those the reader changes.
 * @param {Task} task @param {TextAlgo} algo @param {Start} start @returns {Record<string, Value>}
 */
export function runOptions({ steps, ppo, kind }, algo, start) {
  const evaluation = { totalTimesteps: steps, evalFreq: 500, logFreq: 100, finalEvalEpisodes: 1 };
  if (kind === 'training') return { ...evaluation, nEvalEpisodes: 10 };
  const shared = { ...TRANSFORMER, ...evaluation, nEvalEpisodes: 25 };
  if (algo === 'dqn') return shared;
  return {
    ...shared, preset: false, gamma: 1, nEnvs: 1, nSteps: 512, batchSize: 128, nEpochs: 4, learningRate: 5e-4, klCoef: 0.05,
    ...ppo, ...start === 'scratch' && { klCoef: 0 },
  };
}

/**
 * Options of a run that learns nothing and is measured: random actions, drawn uniformly or by the language model.
 * @param {boolean} byModel @returns {Record<string, Value>}
 */
export function baselineOptions(byModel) {
  const idle = {
    preset: false, explorationInitialEps: 1, explorationFinalEps: 1, learningStarts: 1e9, evalFreq: 0, bufferSize: 1000, logFreq: 1e6, totalTimesteps: 1e6,
  };
  return byModel ? { ...TRANSFORMER, ...idle, prior: true, randomActions: 'language-model' } : { ...idle, netArch: [4] };
}

/** The presets of a task here: the catalogue's and runOptions, or runOptions alone. @param {import('./fields.mjs').Env} env @param {Start} start */
function presetsOf(env, start) {
  const task = taskOf(env.id);
  return (task.kind === 'text' ? TEXT_ALGOS : TEXT_ALGOS.slice(0, 1)).flatMap((algo) => {
    const { preset, ...options } = runOptions(task, algo, start);
    return [
      ...preset === false ? [] : env.presets.filter((each) => each.algo === algo),
      ...Object.entries(options).map(([key, value]) => ({ algo, name: snake(key), value: asText(value) })),
    ];
  });
}

/** Made once for each catalogue. @type {Readonly<Record<Start, WeakMap<Catalog, Catalog>>>} */
const CATALOGS = Object.freeze({ lm: new WeakMap(), scratch: new WeakMap() });

/**
 * The catalogue as text runs see it: presets of tasks are those of this lab, so that a setting is "changed", and written in a link,
 * exactly when it differs from what a run has here. Other environments are the catalogue's own.
 * @param {Catalog} catalog @param {Start} [start] @returns {Catalog}
 */
export function textCatalog(catalog, start = 'lm') {
  const known = CATALOGS[start].get(catalog);
  if (known) return known;
  const made = { ...catalog, envs: catalog.envs.map((env) => (isTextTask(env.id) ? { ...env, presets: presetsOf(env, start) } : env)) };
  CATALOGS[start].set(catalog, made);
  return made;
}

/**
 * Options that weigh the parts of a task's reward, in the order of the parts, with their signs; empty where the reward is fixed.
 * @param {Catalog} catalog @param {string} env
 */
export function weightFields(catalog, env) {
  const options = catalog.envs.find(({ id }) => id === env)?.options ?? [];
  return options.filter((field) => field.live && field.type === 'real')
    .map((field) => ({ field, key: camel(field.name), sign: field.name.endsWith('_cost') ? -1 : 1 }));
}

/**
 * Mean return of the best policy under other weights, where all parts can be full at once; else unknown.
 * @param {Task} task @param {number[]} weights
 */
export const optimumUnder = ({ id }, weights) => (id === 'TextGen-v1' || id === 'Translate-v0' ? weights.reduce((sum, weight) => sum + weight, 0) : null);
