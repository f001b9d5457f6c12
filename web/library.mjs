// SPDX-License-Identifier: MIT
// What load() resolves to: one instance of the module and everything that is made in it.
import { Env } from './env.mjs';
import { Model } from './model.mjs';
import { Run } from './run.mjs';
import { openLibrary } from './setup.mjs';
import { VecEnv } from './vec_env.mjs';

/** @typedef {import('./wasm.mjs').Wasm} Wasm */
/** @typedef {import('./setup.mjs').Library} Library */

/** A model class for one algorithm, bound to this instance. @param {Library} library @param {string} algo */
function modelClass(library, algo) {
  return class extends Model {
    /** @param {unknown} env  or, from inside, a run that exists already @param {object} [options] */
    constructor(env, options) {
      super(env instanceof Run ? env : Model.run(library, algo, env, options));
    }

    /** @param {unknown} bytes @param {unknown} [env] @param {object} [options] */
    static load(bytes, env, options) {
      return new this(Model.runFrom(library, algo, bytes, env, options));
    }
  };
}

/** What the class of each algorithm is called. @type {Record<string, string>} */
const CLASS_NAMES = {
  'dqn': 'DQN',
  'q-learning': 'QLearning',
  'sarsa': 'SARSA',
  'expected-sarsa': 'ExpectedSARSA',
  'double-q-learning': 'DoubleQLearning',
  'value-iteration': 'ValueIteration',
  'policy-iteration': 'PolicyIteration',
  'policy-evaluation': 'PolicyEvaluation',
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
 * @returns {import('./bellhop.js').Bellhop}
 */
export function createLibrary(wasm) {
  const library = openLibrary(wasm);
  const { catalog } = library;
  const models = modelClasses(library);
  const bh = {
    version: catalog.version,
    simd: catalog.simd,
    catalog,
    models,
    ...Object.fromEntries(Object.entries(CLASS_NAMES).map(([algo, name]) => [name, models[algo]])),
    /** @param {string} id @param {object} [options] */
    make: (id, options = {}) => new Env(library, id, options),
    /** @param {string} id @param {object} [options] */
    makeVec: (id, options = {}) => new VecEnv(library, id, options),
    /** @param {unknown} bytes @param {unknown} [env] @param {object} [options] */
    loadModel(bytes, env, options) {
      const run = Model.runFrom(library, undefined, bytes, env, options);
      return new models[run.algo.name](run);
    },
    liveBytes: () => wasm.liveBytes(),
  };
  return /** @type {any} */ (Object.freeze(bh));
}
