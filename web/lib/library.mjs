// SPDX-License-Identifier: MIT
// What load() resolves to: one instance of the module and everything that is made in it.
import { against } from './against.mjs';
import { checkEnv, checkEnvAsync } from './check-env.mjs';
import { OwnEnv } from './custom-env.mjs';
import { isSource } from './definition.mjs';
import { Env, makeOptions } from './env.mjs';
import { languageClasses } from './language.mjs';
import { Model } from './model.mjs';
import { register } from './register.mjs';
import { LABELS, openLibrary } from './setup.mjs';
import { VecEnv } from './vec-env.mjs';
import { BellhopError } from './bellhop-error.mjs';

/** @typedef {import('./wasm.mjs').Wasm} Wasm */
/** @typedef {import('./setup.mjs').Library} Library */
/** @typedef {import('./run.mjs').Run} Run */

/** @param {string} algo */
const absent = (algo) => new BellhopError('BH_ERR_UNKNOWN', `${LABELS[algo]} is not in this module, but in the larger one: load({ text: true })`);

/** Runs that exist already, on their way into a model: nobody else has one. @type {WeakSet<Run>} */
const runs = new WeakSet();

/** @param {Run} run */
function inside(run) {
  runs.add(run);
  return run;
}

/** A model class for one algorithm, bound to this instance. @param {Library} library @param {string} algo */
function modelClass(library, algo) {
  return class extends Model {
    /** @param {unknown} env  or, from inside, a run that exists already @param {object} [options] */
    constructor(env, options) {
      library.wasm.need();
      if (!library.catalog.algos.some(({ name }) => name === algo)) throw absent(algo);
      super(runs.has(/** @type {any} */ (env)) ? /** @type {Run} */ (env) : Model.run(library, algo, env, options));
    }

    /** @param {unknown} bytes @param {unknown} [env] @param {object} [options] */
    static load(bytes, env, options) {
      library.wasm.need();
      return new this(inside(Model.runFrom(library, algo, bytes, env, options)));
    }
  };
}

/** What the class of each algorithm is called. @type {Record<string, string>} */
export const CLASS_NAMES = {
  'dqn': 'DQN',
  'q-learning': 'QLearning',
  'sarsa': 'SARSA',
  'expected-sarsa': 'ExpectedSARSA',
  'double-q-learning': 'DoubleQLearning',
  'value-iteration': 'ValueIteration',
  'policy-iteration': 'PolicyIteration',
  'policy-evaluation': 'PolicyEvaluation',
  'ppo': 'PPO',
  'reinforce': 'REINFORCE',
  'clone': 'Clone',
  'pqn': 'PQN',
  'ddpg': 'DDPG',
  'td3': 'TD3',
  'sac': 'SAC',
};

/** The classes by algorithm, named so that stack traces and consoles show it. @param {Library} library */
function modelClasses(library) {
  /** @type {Record<string, new (env: unknown, options?: object) => Model>} */
  const models = {};
  for (const [algo, name] of Object.entries(CLASS_NAMES)) {
    models[algo] = { [name]: class extends modelClass(library, algo) {} }[name];
  }
  return Object.freeze(models);
}

/**
 * @param {Wasm} wasm
 * @param {Record<string, string>} [help]
 * @returns {import('../bellhop.js').Bellhop}
 */
export function createLibrary(wasm, help) {
  const library = openLibrary(wasm, help);
  const models = modelClasses(library);
  const language = languageClasses(library);
  /** An id, or an environment of the caller's; whatever else it is is refused by what it looks like. @param {unknown} env @returns {any} */
  const sourceOf = (env) => {
    wasm.need();
    return isSource(env) ? new OwnEnv(env) : typeof env === 'object' ? env && {} : env;
  };
  const registeredOr = (/** @type {unknown} */ env) => typeof env === 'string' ? library.registered.get(env) ?? env : env;
  const bh = {
    version: library.catalog.version,
    simd: library.catalog.simd,
    get catalog() {
      return library.catalog;
    },
    models,
    LanguageModel: language.LanguageModel,
    Pretraining: language.Pretraining,
    get pretrainingOptions() {
      return language.pretrainingOptions;
    },
    ...Object.fromEntries(Object.entries(CLASS_NAMES).map(([algo, name]) => [name, models[algo]])),
    /** @param {unknown} env @param {object} [options] */
    make: (env, options = {}) => new Env(library, sourceOf(env), makeOptions('make', options)),
    /** @param {unknown} env @param {object} [options] */
    makeVec: (env, options = {}) => new VecEnv(library, sourceOf(env), makeOptions('makeVec', options)),
    /** @param {any} model @param {{ first?: string, deterministic?: boolean, id?: string }} [options] */
    against: (model, options) => against(library, model, options),
    /** @param {unknown} env */
    register: (env) => register(library, env),
    /** @param {unknown} env @param {import('../bellhop.js').CheckEnvOptions} [options] */
    checkEnv: (env, options) => checkEnv(registeredOr(env), options),
    /** @param {unknown} env @param {import('../bellhop.js').CheckEnvOptions} [options] */
    checkEnvAsync: (env, options) => checkEnvAsync(registeredOr(env), options),
    /** @param {unknown} bytes @param {unknown} [env] @param {object} [options] */
    loadModel(bytes, env, options) {
      wasm.need();
      const run = Model.runFrom(library, undefined, bytes, env, options);
      return new models[run.algo.name](inside(run));
    },
    liveBytes: () => wasm.liveBytes(),
  };
  return /** @type {any} */ (Object.freeze(bh));
}
