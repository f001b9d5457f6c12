// SPDX-License-Identifier: MIT
// Models: an algorithm with an environment to learn in, as Stable-Baselines3's, over a C run.
import { BellhopError, DISPOSE } from './wasm.mjs';
import { OwnEnv } from './custom-env.mjs';
import { isSource } from './definition.mjs';
import { Env, recipeOfEnv } from './env.mjs';
import { Slice, breathe } from './loop.mjs';
import { Metrics, readRecords } from './metrics.mjs';
import { onlyKeys, shown } from './options.mjs';
import { createDemonstrated, demonstrate } from './imitation.mjs';
import { logPrior, startFrom } from './language.mjs';
import { Run } from './run.mjs';
import { LABELS, wholeNumber } from './setup.mjs';

/** @typedef {import('./setup.mjs').Library} Library */
/** @typedef {import('../bellhop.js').Which} Which */
/** @typedef {import('../bellhop.js').LearnOptions} LearnOptions */

const LEARN_KEYS = ['totalTimesteps', 'onProgress', 'signal', 'sliceMilliseconds'];

export class Model {
  /** @type {Run} */
  #run;
  #metrics = new Metrics();
  #learning = false;
  #budget;

  /** @param {Run} run */
  constructor(run) {
    this.#run = run;
    this.#budget = Number(run.setup.options.totalTimesteps);
  }

  /** @param {Library} library @param {string} algo @param {unknown} env @param {object} [options] */
  static run(library, algo, env, options) {
    const { env: source, options: envOptions } = recipeOf(env, LABELS[algo] ?? algo);
    if (typeof options !== 'object' || options === null) return Run.create(library, { env: source, algo, envOptions, options });
    const { demonstrations, ...rest } = /** @type {{ demonstrations?: unknown }} */ (options);
    const recipe = { env: source, algo, envOptions, options: rest };
    return demonstrations === undefined ? Run.create(library, recipe) : createDemonstrated(library, { ...recipe, demonstrations });
  }

  /** @param {Library} library @param {string | undefined} algo @param {unknown} bytes @param {unknown} env @param {object} [options] */
  static runFrom(library, algo, bytes, env, options) {
    const expected = env === undefined ? undefined : recipeOf(env, 'load');
    return Run.fromCheckpoint(library, bytes, { algo, env: expected, options });
  }

  get algo() {
    return this.#run.algo.name;
  }

  get env() {
    const { env, envOptions } = this.#run.setup;
    return { id: env, options: envOptions };
  }

  get options() {
    return this.#run.setup.options;
  }

  get observationSpace() {
    return this.#run.observationSpace;
  }

  get actionSpace() {
    return this.#run.actionSpace;
  }

  get timesteps() {
    return this.#run.timesteps;
  }

  get episodes() {
    return this.#run.episodes;
  }

  get solvedAt() {
    return this.#run.solvedAt;
  }

  get finished() {
    return this.#run.finished;
  }

  /** @param {LearnOptions} [options] */
  async learn(options = {}) {
    this.#run.check();
    onlyKeys('learn', options, LEARN_KEYS);
    const { totalTimesteps = this.#budget, onProgress = () => {}, signal, sliceMilliseconds = 12 } = options;
    wholeNumber('totalTimesteps', totalTimesteps, 1, this.#run.timestepsMax);
    if (typeof onProgress !== 'function') throw new BellhopError('BH_ERR_ARGUMENT', `onProgress is ${shown(onProgress)}, but must be a function`);
    if (this.#learning) throw new BellhopError('BH_ERR_STATE', 'learn was called while this model is learning');
    const end = this.timesteps + totalTimesteps;
    this.#run.set({ totalTimesteps: end });
    this.#learning = true;
    try {
      await this.#learnUntil(end, onProgress, signal, new Slice(sliceMilliseconds));
    } finally {
      this.#learning = false;
    }
    return this;
  }

  /**
   * @param {number} end
   * @param {NonNullable<LearnOptions['onProgress']>} onProgress
   * @param {AbortSignal | undefined} signal
   * @param {Slice} slice
   */
  async #learnUntil(end, onProgress, signal, slice) {
    while (this.timesteps < end && !signal?.aborted) {
      /** @type {import('../bellhop.js').RunRecord[]} */
      const records = [];
      const failure = this.#slice(end, slice, records);
      records.forEach((record) => this.#metrics.add(record));
      const { timesteps, episodes } = this;
      const progress = { timesteps, totalTimesteps: end, episodes, records, ...this.#metrics.summary(timesteps) };
      const goesOn = await onProgress(progress) !== false;
      if (failure) throw failure.error;
      if (!goesOn || this.finished) return;
      await breathe();
    }
  }

  /**
   * What an environment's failure ends has records too; it is returned, so that they are told first.
   * @param {number} end @param {Slice} slice @param {import('../bellhop.js').RunRecord[]} records  out
   * @returns {{ error: unknown } | undefined}
   */
  #slice(end, slice, records) {
    /** @type {{ error: unknown } | undefined} */
    let failure;
    slice.run(end - this.timesteps, (n) => {
      const before = this.timesteps;
      try {
        this.#run.steps(n);
      } catch (error) {
        failure = { error };
      }
      for (const record of readRecords(this.#run.drain(), this.#run.records, this.#run.algo.metrics)) records.push(record);
      return this.timesteps - before;
    }, () => failure !== undefined || this.finished);
    return failure;
  }

  /** @param {unknown} obs @returns {any} a number, or numbers for several observations */
  predict(obs) {
    const { flat, single } = this.#run.flatten(obs);
    const actions = this.#run.greedy(flat);
    return single ? actions[0] : actions;
  }

  /** @param {unknown} obs */
  qValues(obs) {
    return this.#run.qValues(this.#run.flatten(obs).flat);
  }

  /** @param {import('../bellhop.js').EvaluateOptions} [options] */
  evaluate(options) {
    return this.#run.evaluate(options);
  }

  /** @param {import('../bellhop.js').LiveOptions} options */
  set(options) {
    this.#run.set(options);
    if (options.totalTimesteps !== undefined) this.#budget = options.totalTimesteps;
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
    return logPrior(this.#run, this.#run.flatten(obs).flat);
  }

  /** @param {unknown} bytes */
  loadParameters(bytes) {
    return this.#run.loadParameters(bytes);
  }

  /** @param {{ which?: Which }} [options] */
  save(options) {
    return this.#run.save(options);
  }

  /** @param {{ which?: Which }} [options] */
  parameters(options) {
    return this.#run.parameters(options);
  }

  /** @param {{ which?: Which }} [options] */
  sha256(options) {
    return this.#run.sha256(options);
  }

  dispose() {
    this.#run.dispose();
  }

  [DISPOSE]() {
    this.dispose();
  }
}

/** What an environment was made with. @param {unknown} env @param {string} owner @returns {import('./run.mjs').Expected} */
function recipeOf(env, owner) {
  if (env instanceof Env) return recipeOfEnv(env);
  if (isSource(env)) return { env: new OwnEnv(env), options: {} };
  throw new BellhopError('BH_ERR_ARGUMENT', `${owner}: the environment is ${shown(env)}, but must be one from make(), or one of your own`);
}
