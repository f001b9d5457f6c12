// SPDX-License-Identifier: MIT
// Environments in JavaScript: Gymnasium's contract over the C environments.
import { BellhopError } from './bellhop-error.mjs';
import { DISPOSE, Handle, undoing } from './wasm.mjs';
import { readAction } from './actions.mjs';
import { copied, plainOptions, readOptions } from './given.mjs';
import { whole } from './rules.mjs';
import { describeSetup, lookUp, timeLimit, wholeNumber, withSetup } from './setup.mjs';
import { slotOf } from './slots.mjs';
import { floatsOf, readSpace, toDtype } from './space.mjs';
import { withMethods } from './space-values.mjs';

/** @typedef {import('./setup.mjs').Library} Library */
/** @typedef {import('../bellhop.js').ModuleSpace} ModuleSpace */

const STEP_BYTES = 16; // f64 reward, i32 terminated, i32 truncated
const TRANSITION_BYTES = 32; // f64 probability, i32 state, f64 reward, i32 terminated
const TRANSITIONS_MAX = 4;

/**
 * What an environment and a vector of them have in common.
 * @param {Library} library @param {string | import('./custom-env.mjs').OwnEnv} env @param {object | undefined} options
 * @param {(setup: number) => number} create  the environment of a setup, as the module's handle
 */
export function openEnv(library, env, options, create) {
  const { wasm } = library;
  const { entry: definition, own } = lookUp(library, env);
  const { id } = definition;
  return withSetup(library, { env: own ?? id, envOptions: options }, (setup, script) => {
    const env = wasm.handle(create(setup));
    return undoing(() => wasm.call.bhx_env_destroy(env), () => {
      const made = optionsOf(library, setup, definition), spaces = wasm.json(wasm.call.bhx_env_spaces(env));
      const core = { observationSpace: readSpace(wasm, spaces.observation_space), actionSpace: readSpace(wasm, spaces.action_space) };
      const { observationSpace, actionSpace } = own?.coding?.spaces ?? core;
      return {
        ...made, env, id, definition, own, core, coding: own?.coding ?? null, observationSpace: withMethods(observationSpace), actionSpace: withMethods(actionSpace),
        nMask: spaces.has_action_mask ? spaces.action_space.n : 0,
        spec: Object.freeze({ id, rewardThreshold: definition.reward_threshold, maxEpisodeSteps: made.limit }),
        closeScript: script.keep(), // last: nothing throws behind it
      };
    });
  });
}

/** What it is made with, the time limit among it where it is another. @param {Library} library @param {number} setup @param {import('../bellhop.js').EnvEntry} definition */
function optionsOf(library, setup, definition) {
  const { envOptions, options: { maxEpisodeSteps } } = describeSetup(library, setup, definition);
  const options = Object.freeze({ ...envOptions, ...maxEpisodeSteps !== 0 && { maxEpisodeSteps } });
  return { options, limit: timeLimit(maxEpisodeSteps, definition.max_episode_steps) };
}

/** Of reset. */
export const RESET = Object.freeze({ seed: whole(0, Number.MAX_SAFE_INTEGER) });

/** The options of make and makeVec, each read once. Gymnasium's None is the environment's own limit. @param {string} owner @param {any} given */
export function makeOptions(owner, given) {
  const options = plainOptions(owner, given);
  return options?.maxEpisodeSteps === null ? { ...options, maxEpisodeSteps: undefined } : options;
}

/**
 * A block beside an environment; when there is none, the environment is given back.
 * @param {import('./wasm.mjs').Wasm} wasm @param {{ env: number, closeScript: () => void }} made @param {number} bytes
 */
export function allocBeside(wasm, { env, closeScript }, bytes) {
  return undoing(() => {
    wasm.call.bhx_env_destroy(env);
    closeScript();
  }, () => wasm.alloc(bytes));
}

/** What each environment was made from. @type {WeakMap<Env, string | import('./custom-env.mjs').OwnEnv>} */
const sources = new WeakMap();

/** Whether it is one of the library's. @param {any} value @returns {value is Env} */
export const isEnv = (value) => sources.has(value);

/** What a model of such an environment is made from. @param {Env} env */
export function recipeOfEnv(env) {
  return { env: sources.get(env) ?? env.spec.id, options: env.options };
}

export class Env {
  #wasm;
  #env;
  #handle;
  #obs;
  #step;
  #action;
  #nView;
  /** The spaces as the module has them. @type {{ observationSpace: ModuleSpace, actionSpace: ModuleSpace }} */
  #core;
  #coding;
  #nMask;
  #slot;
  #seeded = false;

  /** @param {Library} library @param {string | import('./custom-env.mjs').OwnEnv} from @param {object} options */
  constructor(library, from, options) {
    const { wasm } = library;
    const made = openEnv(library, from, options, (setup) => wasm.call.bhx_env_create(setup));
    const { env, id, closeScript } = made;
    sources.set(this, made.own ?? id);
    this.#slot = made.own && slotOf(wasm, env);
    this.#wasm = wasm;
    this.#env = env;
    this.#core = made.core;
    this.#coding = made.coding;
    this.observationSpace = made.observationSpace;
    this.actionSpace = made.actionSpace;
    this.spec = made.spec;
    /** @type {Readonly<Record<string, import('../bellhop.js').OptionValue>>} */
    this.options = made.options;
    this.#nView = made.definition.n_view;

    this.hasActionMask = made.nMask > 0;
    this.#nMask = made.nMask;
    const obsBytes = (floatsOf(made.core.observationSpace) + made.nMask) * 4;
    const bytes = STEP_BYTES + obsBytes + floatsOf(made.core.actionSpace) * 4;
    const block = allocBeside(wasm, made, bytes);
    this.#step = block;
    this.#obs = block + STEP_BYTES;
    this.#action = this.#obs + obsBytes;
    this.#handle = new Handle(wasm, this, id, () => {
      wasm.call.bhx_env_destroy(env);
      closeScript();
      wasm.free(block, bytes);
    });
  }

  /** @param {{ seed?: number }} [options] @returns {[any, any]} */
  reset(options = {}) {
    const { seed } = readOptions('reset', options, RESET);
    this.#handle.check();
    if (seed !== undefined) {
      this.#wasm.call.bhx_env_seed(this.#env, seed);
    } else if (!this.#seeded) {
      this.#wasm.call.bhx_env_seed(this.#env, 0);
    }
    this.#seeded = true;
    this.#handle.during(() => this.#wasm.check(this.#wasm.call.bhx_env_reset(this.#env, this.#obs)));
    return [this.#observation(), this.#info()];
  }

  /** @param {any} given @returns {[any, number, boolean, boolean, any]} */
  step(given) {
    const action = copied('action', given);
    this.#handle.check();
    const wasm = this.#wasm, { call } = wasm;
    const { actionSpace: space } = this.#core;
    if (space.type === 'Box') {
      wasm.f32.set(readAction(this.spec.id, space, action), this.#action >>> 2);
      this.#handle.during(() => wasm.check(call.bhx_env_step_box(this.#env, this.#action, this.#obs, this.#step)));
    } else {
      const number = this.#numberOf(action);
      this.#handle.during(() => wasm.check(call.bhx_env_step(this.#env, number, this.#obs, this.#step)));
    }
    const step = new DataView(wasm.buffer, this.#step, STEP_BYTES);
    const [reward, terminated, truncated] =
      [step.getFloat64(0, true), step.getInt32(8, true) !== 0, step.getInt32(12, true) !== 0];
    return [this.#observation(), reward, terminated, truncated, this.#info()];
  }

  /** @param {number} state @param {number} action */
  transitions(state, action) {
    this.#handle.check();
    const wasm = this.#wasm;
    const { observationSpace: states } = this.#core;
    if (states.type !== 'Discrete') return this.#noTransitions();
    wholeNumber(`${this.spec.id}: state`, state, 0, states.n - 1);
    this.#numberOf(action);
    return wasm.scratch((scratch) => {
      const at = scratch.block(TRANSITIONS_MAX * TRANSITION_BYTES);
      const n = wasm.call.bhx_env_transitions(this.#env, state, action, at);
      if (n < 0) return this.#noTransitions();
      return Array.from({ length: n }, (_, i) => {
        const row = new DataView(wasm.buffer, at + i * TRANSITION_BYTES, TRANSITION_BYTES);
        return {
          probability: row.getFloat64(0, true), nextState: row.getInt32(8, true),
          reward: row.getFloat64(16, true), terminated: row.getInt32(24, true) !== 0,
        };
      });
    });
  }

  /** The module's number of an action. Whole numbers beyond 32 bits would wrap around to valid ones on their way there. @param {any} action */
  #numberOf(action) {
    const what = `${this.spec.id}: action`, { actionSpace: space } = this.#core;
    if (this.#coding?.acts) return this.#coding.encodeAction(what, action);
    return wholeNumber(what, action, 0, /** @type {import('../bellhop.js').DiscreteSpace} */ (space).n - 1);
  }

  /** The state in words. */
  describe() {
    this.#handle.check();
    return this.#slot?.describe() ?? this.#wasm.text(this.#wasm.call.bhx_env_describe(this.#env));
  }

  /** What never changes: the actions' names, and what a drawing needs. */
  get layout() {
    this.#handle.check();
    const layout = this.#wasm.json(this.#wasm.call.bhx_env_layout(this.#env));
    return this.#coding?.layout(layout) ?? layout;
  }

  /** The numbers a drawing needs. */
  view() {
    this.#handle.check();
    return this.#wasm.scratch((scratch) => {
      const at = scratch.block(this.#nView * 4);
      this.#wasm.call.bhx_env_view(this.#env, at);
      return this.#wasm.floats(at, this.#nView);
    });
  }

  /** Frees it; using it afterwards throws. */
  dispose() {
    this.#handle.dispose();
  }

  close() {
    this.dispose();
  }

  [DISPOSE]() {
    this.dispose();
  }

  #observation() {
    const { observationSpace: space } = this.#core;
    const obs = this.#wasm.floats(this.#obs, floatsOf(space));
    if (this.#coding?.observes) return this.#coding.decodeObs(obs);
    return space.type === 'Box' ? toDtype(space, obs) : obs[0];
  }

  /** Which actions are legal now, 1 or 0 each; all where it has no masks. */
  actionMasks() {
    this.#handle.check();
    const { observationSpace, actionSpace } = this.#core;
    if (this.#nMask > 0) return Int8Array.from(this.#wasm.floats(this.#obs + floatsOf(observationSpace) * 4, this.#nMask));
    if (actionSpace.type === 'Discrete') return new Int8Array(actionSpace.n).fill(1);
    throw new BellhopError('BH_ERR_ARGUMENT', `${this.spec.id}: actions are a Box, of which there are no masks`);
  }

  #info() {
    /** @type {any} */
    const info = this.#slot ? this.#slot.info : this.#wasm.json(this.#wasm.call.bhx_env_info(this.#env));
    return this.#nMask > 0 && (info.action_mask ?? undefined) === undefined ? { ...info, action_mask: this.actionMasks() } : info;
  }

  /** @returns {never} */
  #noTransitions() {
    throw new BellhopError('BH_ERR_ARGUMENT', `${this.spec.id} has no transition table`);
  }
}
