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

/**
 * @param {Wasm} wasm
 * @returns {import('./bellhop.js').Bellhop}
 */
export function createLibrary(wasm) {
  const library = openLibrary(wasm);
  const { catalog } = library;
  // Written out, so that stack traces and consoles call them by name.
  const DQN = class DQN extends modelClass(library, 'dqn') {};
  const QLearning = class QLearning extends modelClass(library, 'q-learning') {};
  const ValueIteration = class ValueIteration extends modelClass(library, 'value-iteration') {};
  /** @type {Record<string, new (run: Run) => Model>} */
  const classes = { 'dqn': DQN, 'q-learning': QLearning, 'value-iteration': ValueIteration };
  const bh = {
    version: catalog.version,
    simd: catalog.simd,
    catalog,
    DQN,
    QLearning,
    ValueIteration,
    /** @param {string} id @param {object} [options] */
    make: (id, options = {}) => new Env(library, id, options),
    /** @param {string} id @param {object} [options] */
    makeVec: (id, options = {}) => new VecEnv(library, id, options),
    /** @param {unknown} bytes @param {unknown} [env] @param {object} [options] */
    loadModel(bytes, env, options) {
      const run = Model.runFrom(library, undefined, bytes, env, options);
      return new classes[run.algo.name](run);
    },
    liveBytes: () => wasm.liveBytes(),
  };
  return Object.freeze(bh);
}
