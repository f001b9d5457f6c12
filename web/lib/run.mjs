// SPDX-License-Identifier: MIT
// A C run (src/rl/run.h) as an object: what models and the worker's sessions share. Steps, records, values and options, in the
// library's own terms; everything given out is a copy. What a page that trains does not need at once stands apart, as functions of
// a run: run-values.mjs, checkpoint.mjs, imitation.mjs.
import { BellhopError } from './bellhop-error.mjs';
import { Handle, undoing } from './wasm.mjs';
import { onlyKeys, shown } from './messages.mjs';
import { encodeOptions, inKeys, inUsersWords } from './options.mjs';
import { LABELS, describeSetup, envTables, findAlgo, lookUp, modelTables, timestepsMax, withSetup } from './setup.mjs';
import { slotOf } from './slots.mjs';
import { floatsOf, readSpace } from './space.mjs';

/** @typedef {import('./setup.mjs').Library} Library */

const LAST_STEP_NUMBERS = 8;
const NOT_ALLOWED = -1e29; // less is less than any log-probability, see src/rl/action_prior.h
// Between two drains at most 3 records per step are made, and the ring holds 8,192.
const STEPS_MAX = 2048;
const DRAIN_ROWS = 512;
/** BH_UPDATE_ARRAYS_MAX. */
const UPDATE_ARRAYS_MAX = 24;

/** @param {unknown} which @returns {0 | 1} */
export function whichParameters(which) {
  if (which === 'current') return 0;
  if (which === 'best') return 1;
  throw new BellhopError('BH_ERR_ARGUMENT', `which is ${shown(which)}, but must be 'current' or 'best'`);
}

/** What destroys a run; must not refer to the Run. @param {import('./wasm.mjs').Wasm} wasm @param {number} run @param {() => void} closeScript */
function release(wasm, run, closeScript) {
  return () => {
    wasm.call.bhx_run_destroy(run);
    closeScript();
  };
}

/** A value of the module, which has a very large number for what is not allowed. @param {number} value */
export const probable = (value) => value < NOT_ALLOWED ? -Infinity : value;

export class Run {
  #library;
  #wasm;
  #run;
  #handle;
  /** What an environment of one's own has not answered (waiting-run.mjs): when it resolves, steps() is called again. It never rejects. @type {Promise<unknown> | null} */
  answer = null;

  /**
   * @param {Library} library
   * @param {number} setup  an address, only needed here
   * @param {import('./setup.mjs').Script} script
   * @param {string | import('./custom-env.mjs').OwnEnv} env
   * @param {(setup: number) => number} [make]  makes the C run
   */
  constructor(library, setup, script, env, make = library.wasm.call.bhx_run_create) {
    const { wasm, catalog } = library;
    const { algo } = describeSetup(library, setup);
    const run = inKeys(modelTables(catalog, algo), () => wasm.making(() => wasm.handle(make(setup))));
    this.#library = library;
    this.#wasm = wasm;
    this.#run = run;
    const { entry, own } = lookUp(library, env);
    this.env = entry;
    /** How the spaces of an environment of one's own are translated, see coding.mjs; null where they are as the module has them. */
    this.coding = own?.coding ?? null;
    this.algo = findAlgo(catalog, algo);
    /** Its environment, where that is one's own. */
    this.own = own;
    /** How the rows of drain() are laid out. */
    this.records = catalog.records;
    /** The most environment steps a run can have. */
    this.timestepsMax = timestepsMax(catalog);
    const spaces = undoing(() => wasm.call.bhx_run_destroy(run), () => wasm.json(wasm.call.bhx_env_spaces(wasm.call.bhx_run_env(run))));
    /** The spaces as the module has them; how their author has declared them: `coding.spaces`. */
    this.observationSpace = readSpace(wasm, spaces.observation_space);
    this.actionSpace = readSpace(wasm, spaces.action_space);
    this.nObs = floatsOf(this.observationSpace);
    /** Numbers of its action mask, which stand behind it in the module's rows; 0 where all actions always are legal. */
    this.nMask = spaces.has_action_mask ? spaces.action_space.n : 0;
    /** Numbers of an action. */
    this.nAction = floatsOf(this.actionSpace);
    /** How many actions there are; 0 where they are a Box. */
    this.nActions = this.actionSpace.type === 'Box' ? 0 : this.actionSpace.n;
    this.#handle = new Handle(wasm, this, `this ${LABELS[algo] ?? algo} model`, release(wasm, run, script.keep()));
  }

  /** @param {Library} library @param {import('./setup.mjs').Recipe} recipe */
  static create(library, recipe) {
    return withSetup(library, recipe, (setup, script) => new (classOf(library, recipe.env))(library, setup, script, recipe.env));
  }

  /** The address of the C run, checked to be alive. */
  get #address() {
    this.#handle.check();
    return this.#run;
  }

  get setup() {
    return describeSetup(this.#library, this.#wasm.call.bhx_run_setup(this.#address), this.env);
  }

  get timesteps() {
    return this.#wasm.call.bhx_run_timesteps(this.#address);
  }

  get episodes() {
    return this.#wasm.call.bhx_run_episodes(this.#address);
  }

  /** Updates of the agent so far. */
  get updates() {
    return this.#wasm.call.bhx_run_updates(this.#address);
  }

  /** @returns {number | null} */
  get solvedAt() {
    const at = this.#wasm.call.bhx_run_solved_at(this.#address);
    return at < 0 ? null : at;
  }

  /** Whether it stands where stopAtThreshold stopped it. */
  get finished() {
    return this.#wasm.call.bhx_run_finished(this.#address) !== 0;
  }

  /**
   * Takes up to n environment steps, no more than the ring has room for, and none beyond that in which learning begins.
   * @param {number} n
   */
  steps(n) {
    this.during((wasm, run) => wasm.check(wasm.call.bhx_run_steps(run, Math.min(n, STEPS_MAX))));
  }

  /** Runs `use` between two steps: at once. @template T @param {() => T} use @returns {T | Promise<T>} */
  between(use) {
    return use();
  }

  /** Throws where a step or an evaluation is under way: never here. */
  needStill() {}

  /** @template T @param {(make: (call: () => number) => void) => T} play  see run-values.mjs @returns {T | Promise<T>} */
  play(play) {
    return play((call) => this.#wasm.check(call()));
  }

  /** The records since the last call, in rows of `records.width` numbers. */
  drain() {
    const run = this.#address;
    return this.#wasm.scratch((scratch) => {
      const at = scratch.block(DRAIN_ROWS * this.records.width * 8);
      /** @type {Float64Array[]} */
      const parts = [];
      for (let rows = DRAIN_ROWS; rows === DRAIN_ROWS;) {
        rows = this.#wasm.call.bhx_run_drain(run, at, DRAIN_ROWS);
        parts.push(this.#wasm.doubles(at, rows * this.records.width));
      }
      return parts.length === 1 ? parts[0] : concat(parts);
    });
  }

  lastStep() {
    const run = this.#address;
    const [action, explored, reward, terminated, truncated, episodeReturn, episodeLength] =
      this.#wasm.scratch((scratch) => {
        const at = scratch.block(LAST_STEP_NUMBERS * 8);
        this.#wasm.call.bhx_run_last_step(run, at);
        return this.#wasm.doubles(at, LAST_STEP_NUMBERS);
      });
    return {
      action, ...this.nActions === 0 && { box: this.#wasm.floats(this.#wasm.call.bhx_run_box(run), this.nAction) }, explored: explored !== 0, reward, terminated: terminated !== 0, truncated: truncated !== 0,
      episodeReturn, episodeLength,
    };
  }

  /** The observation the last action was chosen for, and the one after it, each with its mask behind it. */
  observations() {
    const { call } = this.#wasm;
    const run = this.#address, n = this.nObs + this.nMask;
    return { obsTm1: this.#wasm.floats(call.bhx_run_obs_tm1(run), n), obs: this.#wasm.floats(call.bhx_run_obs_t(run), n) };
  }

  /** How many observations those are, of flatten(). @param {ArrayLike<number>} observations */
  count(observations) {
    return observations.length / (this.nObs + this.nMask);
  }

  /** The environment that is drawn; one of one's own draws itself. @param {import('../bellhop.js').Look | null} [look] */
  scene(look) {
    const { call } = this.#wasm;
    const env = call.bhx_run_env(this.#address);
    const view = this.#wasm.scratch((scratch) => {
      const at = scratch.block(this.env.n_view * 4);
      call.bhx_env_view(env, at);
      return this.#wasm.floats(at, this.env.n_view);
    });
    const slot = slotOf(this.#wasm, env);
    return { view, text: slot?.describe() ?? this.#wasm.text(call.bhx_env_describe(env)), envInfo: infoOf(this.#wasm, env), ...look && { picture: slot?.paint(look) ?? null } };
  }

  layout() {
    const layout = this.#wasm.json(this.#wasm.call.bhx_env_layout(this.#wasm.call.bhx_run_env(this.#address)));
    return this.coding?.layout(layout) ?? layout;
  }

  /** Values of n observations, one after the other; -Infinity of what a mask says is illegal. @param {ArrayLike<number>} observations */
  qValues(observations) {
    const run = this.#address;
    const n = this.count(observations);
    const values = n * this.nActions;
    return this.#wasm.scratch((scratch) => {
      const out = scratch.block(values * 8);
      this.#wasm.check(this.#wasm.call.bhx_run_q_values(run, out, scratch.floats(observations), n));
      const q = this.#wasm.doubles(out, values);
      return this.nMask > 0 ? q.map(probable) : q;
    });
  }

  /** Changes live options. When one is refused, all keep the values they had. @param {object} options */
  set(options) {
    this.#change(options);
  }

  /** Throws what set() would throw at them, and changes nothing. @param {object} options */
  trySet(options) {
    this.#change(options)();
  }

  /** @param {object} options @returns {() => void} undoes it */
  #change(options) {
    const run = this.#address;
    const { options: own, envOptions, algo } = this.setup;
    const before = { ...envOptions, ...own };
    const tables = [...modelTables(this.#library.catalog, algo), ...envTables(this.env)];
    const changes = encodeOptions(tables, options, LABELS[algo] ?? algo);
    const undo = encodeOptions(tables, Object.fromEntries(changes.filter(({ key }) => key in before)
      .map(({ key }) => [key, before[key]])), algo);
    const back = () => undo.filter(({ field }) => field.live).forEach((change) => this.#setOne(run, change));
    try {
      changes.forEach((change) => this.#setOne(run, change));
    } catch (error) {
      back();
      throw error;
    }
    return back;
  }

  /** @param {number} run @param {ReturnType<typeof encodeOptions>[number]} option */
  #setOne(run, option) {
    const wasm = this.#wasm;
    wasm.scratch((scratch) => inUsersWords(option, () =>
      wasm.check(wasm.call.bhx_run_set(run, scratch.string(option.name), scratch.string(option.text)))));
  }

  /** Counts timesteps from 0 again; what was learned stays. */
  resetTimesteps() {
    this.#wasm.call.bhx_run_reset_timesteps(this.#address);
  }

  /** @param {{ which?: import('../bellhop.js').Which }} [options] */
  sha256(options = {}) {
    onlyKeys('sha256', options, ['which']);
    return this.#wasm.text(this.#wasm.call.bhx_run_fingerprint(this.#address, whichParameters(options.which ?? 'current')));
  }

  /** Keeps the numbers of each update from the next one on, or not any more. @param {unknown} isWatched */
  watch(isWatched) {
    if (typeof isWatched !== 'boolean') throw new BellhopError('BH_ERR_ARGUMENT', `watch takes true or false, but got ${shown(isWatched)}`);
    this.#wasm.check(this.#wasm.call.bhx_run_watch(this.#address, Number(isWatched)));
  }

  /** Those of the last one; null before it, and where nobody watches. @returns {import('../bellhop.js').UpdateNumbers | null} */
  lastUpdate() {
    const run = this.#address, wasm = this.#wasm;
    return wasm.scratch((scratch) => {
      const at = scratch.block(UPDATE_ARRAYS_MAX * 16), n = wasm.call.bhx_run_last_update(run, at);
      if (n === 0) return null;
      const fields = wasm.ints(at, n * 4);
      return Object.fromEntries(Array.from({ length: n }, (_, i) => {
        const [name, rows, columns, data] = fields.subarray(i * 4);
        return [wasm.text(name), { shape: [rows, columns], data: wasm.doubles(data, rows * columns) }];
      }));
    });
  }

  /**
   * Hands the module and the C run over, for what is not in this file.
   * @template T @param {(wasm: import('./wasm.mjs').Wasm, run: number) => T} use @returns {T}
   */
  use(use) {
    return use(this.#wasm, this.#address);
  }

  /** As use(), for what may call environments in JavaScript: they cannot use or dispose the run meanwhile. @template T @param {(wasm: import('./wasm.mjs').Wasm, run: number) => T} use @returns {T} */
  during(use) {
    return this.#handle.during(() => use(this.#wasm, this.#run));
  }

  /** Throws when it was disposed. */
  check() {
    this.#handle.check();
  }

  dispose() {
    this.#handle.dispose();
  }
}

/** Environments of one's own may let a run wait. @param {Library} library @param {string | import('./custom-env.mjs').OwnEnv} env @returns {typeof Run} */
export const classOf = (library, env) => lookUp(library, env).own?.Run ?? Run;

/**
 * What an environment's last reset or step said beside the rest; of one's own a copy, {} where it cannot be copied.
 * @param {import('./wasm.mjs').Wasm} wasm @param {number} env
 */
function infoOf(wasm, env) {
  const slot = slotOf(wasm, env);
  if (!slot) return wasm.json(wasm.call.bhx_env_info(env));
  try {
    return structuredClone(slot.info);
  } catch {
    return {};
  }
}

/** One array of all. @param {Float64Array[]} parts */
export function concat(parts) {
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => {
    all.set(part, at);
    return at + part.length;
  }, 0);
  return all;
}
