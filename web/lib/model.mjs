// SPDX-License-Identifier: MIT
// Models: an algorithm with an environment to learn in, as Stable-Baselines3's, over a C run.
import { BellhopError } from './bellhop-error.mjs';
import { DISPOSE } from './wasm.mjs';
import { actionValues, maskOf } from './actions.mjs';
import * as checkpoint from './checkpoint.mjs';
import { OwnEnv } from './custom-env.mjs';
import { isSource } from './definition.mjs';
import { isEnv, recipeOfEnv } from './env.mjs';
import { isForeign, translated } from './foreign.mjs';
import { keysOf, plainOptions, readOptions } from './given.mjs';
import { Learner } from './learner.mjs';
import { hasDiverged, learn, progressOutside } from './learning.mjs';
import { shown } from './messages.mjs';
import { createDemonstrated, demonstrate } from './imitation.mjs';
import { inspect } from './inspect.mjs';
import { logPrior, startFrom } from './language.mjs';
import { act, learnOutside, observe } from './outside.mjs';
import { Run, WHICH } from './run.mjs';
import { evaluate, evaluateAsync, flattenObs, logProbs, predict, stateValues } from './run-values.mjs';
import { LABELS } from './setup.mjs';
import { withMethods } from './space-values.mjs';

/** @typedef {import('./setup.mjs').Library} Library */
/** @typedef {import('../bellhop.js').Which} Which */
/** @typedef {import('../bellhop.js').LearnOptions} LearnOptions */

/** What Stable-Baselines3 takes first. */
const POLICY = /^(Mlp|Cnn|MultiInput)(Lstm)?Policy$/;

/** Whether its last step has not ended: the call of learn was stopped in the middle of it. @type {(model: Model) => boolean} */
export let isUnderWay;

export class Model {
  /** With updates on demonstrations that may be left, see #run. @type {Run} */
  #given;
  #learner;
  #spaces;

  static {
    isUnderWay = (model) => model.#given.isUnderWay;
  }

  /** @param {Run} run */
  constructor(run) {
    this.#given = run;
    const { observationSpace, actionSpace } = run.coding?.spaces ?? run;
    this.#spaces = { observationSpace: withMethods(observationSpace), actionSpace: withMethods(actionSpace) };
    this.#learner = new Learner(run);
  }

  /** @param {Library} library @param {string} algo @param {unknown} env @param {object} [options] */
  static run(library, algo, env, options) {
    const owner = LABELS[algo] ?? algo, given = keysOf(owner, options);
    const { env: source, options: envOptions } = recipeOf(env, owner);
    if (typeof given !== 'object' || given === null) return Run.create(library, { env: source, algo, envOptions, options: given });
    const { demonstrations, ...rest } = given;
    const recipe = { env: source, algo, envOptions, options: plainOptions(owner, rest) };
    return demonstrations === undefined ? Run.create(library, recipe) : createDemonstrated(library, { ...recipe, demonstrations });
  }

  /** @param {Library} library @param {string | undefined} algo @param {unknown} bytes @param {unknown} env @param {object} [given] */
  static runFrom(library, algo, bytes, env, given) {
    const options = plainOptions('load', given);
    const expected = env === undefined ? undefined : recipeOf(env, 'load');
    const data = checkpoint.asBytes(bytes);
    if (isForeign(data)) return foreignRun(library, data, { algo, env: expected, options });
    return checkpoint.openCheckpoint(library, data, { algo, env: expected, options });
  }

  /** Its run, after the updates on the demonstrations it was made with: who learns does them bit by bit, and who asks before that has them done now. */
  get #run() {
    while (this.#given.isUnderWay && this.#given.timesteps === 0 && !this.#given.owed) this.#given.steps(0);
    return this.#given;
  }

  get algo() {
    return this.#given.algo.name;
  }

  get env() {
    const { env, envOptions } = this.#given.setup;
    return { id: env, options: envOptions };
  }

  get options() {
    return this.#given.setup.options;
  }

  get observationSpace() {
    return this.#spaces.observationSpace;
  }

  get actionSpace() {
    return this.#spaces.actionSpace;
  }

  get timesteps() {
    return this.#given.timesteps;
  }

  get episodes() {
    return this.#given.episodes;
  }

  get solvedAt() {
    return this.#given.solvedAt;
  }

  get finished() {
    return this.#given.finished;
  }

  /** Whether a loss was, or a parameter is, not finite. */
  get diverged() {
    return hasDiverged(this.#learner);
  }

  /** Where the environment is stepped outside, the learning that is due after a step. @param {LearnOptions} [options] */
  async learn(options) {
    if (!this.#given.own?.isOutside) return learn(this.#learner, options);
    learnOutside(this.#run, options);
    return progressOutside(this.#learner);
  }

  /** @param {unknown} obs */
  act(obs) {
    return act(this.#run, obs);
  }

  /** @param {unknown} result  of a step */
  observe(result) {
    observe(this.#run, result);
  }

  /** @param {unknown} obs @param {import('../bellhop.js').PredictOptions} [options] @returns {any} a number, or numbers for several observations */
  predict(obs, options) {
    return predict(this.#run, obs, options);
  }

  /** @param {unknown} obs @param {unknown} [actions]  whose values are asked for, where actions are a Box; else options: { actionMask } */
  qValues(obs, actions) {
    return actionValues(this.#run, obs, actions);
  }

  /** @param {unknown} obs @param {{ actionMask?: unknown }} [options] */
  predictValues(obs, options) {
    return stateValues(this.#run, flattenObs(this.#run, obs, maskOf('predictValues', options)).flat);
  }

  /** @param {unknown} obs @param {{ actionMask?: unknown }} [options] */
  logProbs(obs, options) {
    return logProbs(this.#run, flattenObs(this.#run, obs, maskOf('logProbs', options)).flat);
  }

  /** @param {import('../bellhop.js').EvaluateOptions} [options] */
  evaluate(options) {
    return evaluate(this.#run, options);
  }

  /** @param {import('../bellhop.js').EvaluateAsyncOptions} [options] */
  evaluateAsync(options) {
    return evaluateAsync(this.#given, options);
  }

  /** @param {import('../bellhop.js').LiveOptions} options */
  set(options) {
    this.#learner.set(plainOptions('set', options));
  }

  /** @param {unknown} demonstrations */
  demonstrate(demonstrations) {
    demonstrate(this.#run, demonstrations);
  }

  /** @param {unknown} languageModel */
  startFrom(languageModel) {
    startFrom(this.#run, languageModel);
  }

  /** @param {unknown} obs */
  logPrior(obs) {
    return logPrior(this.#run, flattenObs(this.#run, obs).flat);
  }

  /** @param {unknown} bytes */
  loadParameters(bytes) {
    const data = checkpoint.asBytes(bytes);
    const n = checkpoint.loadParameters(this.#run, isForeign(data) ? translated(data, checkpoint.parameters(this.#run)) : data);
    this.#learner.loaded();
    return n;
  }

  /** @param {import('../bellhop.js').SaveOptions} [options] */
  save(options = {}) {
    const given = readOptions('save', options, checkpoint.SAVE);
    return checkpoint.save(given.full ? this.#given : this.#run, given);
  }

  /** @param {{ which?: Which }} [options] */
  parameters(options) {
    return checkpoint.parameters(this.#run, options);
  }

  /** @param {boolean} [isWatched] */
  watch(isWatched = true) {
    this.#given.watch(isWatched);
  }

  lastUpdate() {
    return this.#given.lastUpdate();
  }

  /** @param {unknown} obs */
  inspect(obs) {
    return inspect(this.#run, obs);
  }

  /** @param {{ which?: Which }} [options] */
  sha256(options) {
    return this.#run.sha256(options === undefined ? options : readOptions('sha256', options, WHICH));
  }

  dispose() {
    this.#given.dispose();
  }

  [DISPOSE]() {
    this.dispose();
  }
}

/**
 * A new run with the parameters of another program's file: all it has.
 * @param {Library} library @param {Uint8Array} data @param {{ algo?: string, env?: import('./checkpoint.mjs').Expected, options?: object }} expected
 */
function foreignRun(library, data, { algo, env, options }) {
  if (algo === undefined || env === undefined) {
    const missing = algo === undefined ? 'its algorithm: bh.DQN.load(bytes, env, options)' : 'its environment: load(bytes, env, options)';
    throw new BellhopError('BH_ERR_FORMAT', `the file was not written by Bellhop and does not say ${missing}`);
  }
  const run = Run.create(library, { env: env.env, algo, envOptions: env.options, options });
  try {
    checkpoint.load(run, translated(data, checkpoint.parameters(run), { env: run.env.id, algo, ...run.coding && { spaces: run.coding.signature } }));
    return run;
  } catch (error) {
    run.dispose();
    throw error;
  }
}

/** What an environment was made with. @param {unknown} env @param {string} owner @returns {import('./checkpoint.mjs').Expected} */
function recipeOf(env, owner) {
  if (isEnv(env)) return recipeOfEnv(env);
  if (isSource(env)) return { env: new OwnEnv(env), options: {} };
  if (typeof env === 'string' && POLICY.test(env)) {
    throw new BellhopError('BH_ERR_ARGUMENT', `${owner}: the environment comes first, but got ${shown(env)}; networks are set by options here, such as netArch: new bh.DQN(env, { netArch: [64, 64] })`);
  }
  if (typeof env === 'string') return { env, options: {} }; // an unknown one is told with a suggestion
  throw new BellhopError('BH_ERR_ARGUMENT', `${owner}: the environment is ${shown(env)}, but must be an id, one from make(), or one of your own`);
}
