// SPDX-License-Identifier: MIT
// Environments that step together: Gymnasium's VectorEnv over the C vector environments, one call into the module a step.
import { readActions } from './actions.mjs';
import { RESET, allocBeside, openEnv } from './env.mjs';
import { copied, readOptions } from './given.mjs';
import { shown } from './messages.mjs';
import { encodeOptions } from './options.mjs';
import { lookUp, makeTables, wholeNumber } from './setup.mjs';
import { floatsOf, toDtype } from './space.mjs';
import { BellhopError } from './bellhop-error.mjs';
import { DISPOSE, Handle } from './wasm.mjs';

/** @typedef {import('./setup.mjs').Library} Library */

const NUM_ENVS_MAX = 65536;
/** The option that is not the environment's. @type {import('./options.mjs').Table} */
const OWN_TABLE = { name: 'makeVec', prefix: '', fields: [{ name: 'num_envs', key: 'numEnvs', type: 'int', default: '1', min: 1, max: NUM_ENVS_MAX, live: false, help: '' }] };

/** Where the rows of n environments lie in one block from an address on, f64 first. @param {number} at @param {number} n @param {number} floats @param {number} nAction */
function layoutRows(at, n, floats, nAction) {
  const rewards = at;
  const obs = rewards + 8 * n;
  const finalObs = obs + 4 * n * floats;
  const actions = finalObs + 4 * n * floats;
  const terminated = actions + 4 * n * nAction;
  const truncated = terminated + 4 * n;
  return { rewards, obs, finalObs, actions, terminated, truncated, end: truncated + 4 * n };
}

export class VecEnv {
  #wasm;
  #envs;
  #handle;
  #rows;
  #nMask;
  #core;
  #coding;

  /** @param {Library} library @param {string | import('./custom-env.mjs').OwnEnv} from @param {object} options */
  constructor(library, from, options) {
    const { wasm } = library;
    const { entry } = lookUp(library, from), { id } = entry;
    if (Number.isInteger(options) && Number(options) > 0) { // make_vec_env of Stable-Baselines3 takes their number there
      throw new BellhopError('BH_ERR_CONFIG', `${id}: options are ${options}, but must be an object; for ${options} environments: makeVec(${typeof from === 'string' ? `'${from}'` : 'env'}, { numEnvs: ${options} })`);
    }
    const { numEnvs = 1, ...rest } = /** @type {{ numEnvs?: number }} */ (Object(options));
    const n = wholeNumber(`${id}: numEnvs`, numEnvs, 1, NUM_ENVS_MAX);
    // Checked here already, so that numEnvs is among what is suggested.
    encodeOptions([...makeTables(library.catalog, entry), OWN_TABLE], options, id);
    const made = openEnv(library, from, rest, (setup) => wasm.call.bhx_vec_env_create(setup, n));
    const { env: envs, closeScript } = made;
    this.#wasm = wasm;
    this.#envs = envs;
    this.numEnvs = n;
    this.autoresetMode = /** @type {const} */ ('SameStep');
    this.#core = made.core;
    this.#coding = made.coding;
    this.singleObservationSpace = made.observationSpace;
    this.singleActionSpace = made.actionSpace;
    this.spec = made.spec;
    /** @type {Readonly<Record<string, import('../bellhop.js').OptionValue>>} */
    this.options = made.options;

    this.#nMask = made.nMask;
    const sizes = /** @type {const} */ ([n, floatsOf(made.core.observationSpace) + made.nMask, floatsOf(made.core.actionSpace)]);
    const bytes = layoutRows(0, ...sizes).end;
    const block = allocBeside(wasm, made, bytes);
    this.#rows = layoutRows(block, ...sizes);
    this.#handle = new Handle(wasm, this, id, () => {
      wasm.call.bhx_env_destroy(envs);
      closeScript();
      wasm.free(block, bytes);
    });
  }

  /** @param {{ seed?: number }} [options] @returns {[any, { action_mask?: Int8Array }]} */
  reset(options = {}) {
    const { seed } = readOptions('reset', options, RESET);
    this.#handle.check();
    if (seed !== undefined) this.#wasm.call.bhx_env_seed(this.#envs, seed);
    this.#handle.during(() => this.#wasm.check(this.#wasm.call.bhx_env_reset(this.#envs, this.#rows.obs)));
    return [this.#observations(this.#rows.obs), this.#masks(this.#rows.obs)];
  }

  /**
   * @param {any} given
   * @returns {[any, Float64Array, Uint8Array, Uint8Array, { finalObs: any, action_mask?: Int8Array }]}
   */
  step(given) {
    const actions = copied('actions', given);
    this.#handle.check();
    const { actionSpace: space } = this.#core;
    const box = space.type === 'Box' ? readActions(this.spec.id, space, actions, this.numEnvs) : null;
    const numbers = this.#coding?.acts ? this.#coding.encodeActions(this.spec.id, actions, this.numEnvs) : actions;
    if (space.type === 'Discrete') this.#checkActions(numbers, space.n);
    const { rewards, obs, finalObs, actions: at, terminated, truncated } = this.#rows;
    const wasm = this.#wasm;
    if (box) wasm.f32.set(box, at >>> 2);
    else new Int32Array(wasm.buffer, at, this.numEnvs).set(numbers);
    this.#handle.during(() => wasm.check(
      wasm.call.bhx_vec_env_step(this.#envs, at, finalObs, obs, rewards, terminated, truncated)));
    return [
      this.#observations(obs), wasm.doubles(rewards, this.numEnvs), this.#flags(terminated), this.#flags(truncated),
      { finalObs: this.#observations(finalObs), ...this.#masks(obs) },
    ];
  }

  /** Frees them; using them afterwards throws. */
  dispose() {
    this.#handle.dispose();
  }

  close() {
    this.dispose();
  }

  [DISPOSE]() {
    this.dispose();
  }

  /** Whole numbers beyond 32 bits would wrap around to valid ones on their way into the module. @param {unknown} actions @param {number} nActions */
  #checkActions(actions, nActions) {
    const { id } = this.spec;
    const list = /** @type {ArrayLike<number>} */ (actions);
    if (typeof actions !== 'object' || list?.length !== this.numEnvs) {
      const got = typeof actions === 'object' && list?.length >= 0 ? `${list.length} of them` : shown(actions);
      throw new BellhopError('BH_ERR_ARGUMENT', `${id}: actions must be an array of ${this.numEnvs}, one per environment, but got ${got}`);
    }
    for (let i = 0; i < this.numEnvs; i++) {
      const action = list[i];
      // Asked first here: the message is made only when it is needed.
      if (!(Number.isInteger(action) && action >= 0 && action < nActions)) {
        wholeNumber(`${id}: action of environment ${i}`, action, 0, nActions - 1);
      }
    }
  }

  /** @param {number} at */
  #observations(at) {
    const { observationSpace: space } = this.#core;
    const floats = this.#part(at, 0, floatsOf(space));
    return this.#coding?.observes ? this.#coding.decodeRows(floats, this.numEnvs) : toDtype(space, floats);
  }

  /** The action masks behind them, where there are any. @param {number} at */
  #masks(at) {
    return this.#nMask > 0 ? { action_mask: Int8Array.from(this.#part(at, floatsOf(this.#core.observationSpace), this.#nMask)) } : {};
  }

  /** Columns of the rows of observations: n from the first one. @param {number} at @param {number} first @param {number} n */
  #part(at, first, n) {
    const width = floatsOf(this.#core.observationSpace) + this.#nMask, rows = this.#wasm.floats(at, this.numEnvs * width);
    if (n === width) return rows;
    const part = new Float32Array(this.numEnvs * n);
    for (let i = 0; i < this.numEnvs; i++) part.set(rows.subarray(i * width + first, i * width + first + n), i * n);
    return part;
  }

  /** @param {number} at of i32, 0 or 1 */
  #flags(at) {
    return Uint8Array.from(new Int32Array(this.#wasm.buffer, at, this.numEnvs));
  }
}
