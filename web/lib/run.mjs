// SPDX-License-Identifier: MIT
// A C run (src/rl/run.h) as an object: what models and the worker's sessions share. Steps, records, values and options, in the
// library's own terms; everything given out is a copy. What a page that trains does not need at once stands apart, as functions of
// a run: run-values.mjs, checkpoint.mjs, imitation.mjs.
import { Handle, undoing } from './wasm.mjs';
import { checked, onlyKeys } from './rules.mjs';
import { encodeOptions, inKeys, inUsersWords } from './options.mjs';
import { LABELS, describeSetup, envTables, findAlgo, lookUp, modelTables, timestepsMax, withSetup } from './setup.mjs';
import { slotOf } from './slots.mjs';
import { floatsOf, readSpace } from './space.mjs';

/** @typedef {import('./setup.mjs').Library} Library */

const LAST_STEP_NUMBERS = 8;
const NOT_ALLOWED = -1e29; // less is less than any log-probability, see src/rl/action_prior.h
// Between two drains at most 3 records per step are made, and the ring holds 8,192.
const STEPS_MAX = 2048;
/** How long a call goes on, at most, when one of its pieces is done. */
export const CALL_MS = 10;
const DRAIN_ROWS = 512;
/** BH_UPDATE_ARRAYS_MAX. */
const UPDATE_ARRAYS_MAX = 24;

/** The parameters as they are, or the best. @type {Readonly<Record<'which', import('./rules.mjs').Rule>>} */
export const WHICH = { which: [(value) => value === 'current' || value === 'best', "'current' or 'best'"] };

/** @param {unknown} [which] */
export const whichParameters = (which = 'current') => Number(checked('which', which, WHICH.which) === 'best');

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
  /** What the last call waits for, of an environment. @type {Promise<unknown> | null} */
  owed = null;
  /** A step, or an evaluation between two, has not ended: steps(), called again, goes on with it, and ends it at most. */
  isUnderWay = false;
  /** Somebody takes steps, and will end it. */
  isDriven = false;
  /** An evaluation that somebody asked for, while it goes on. @type {Promise<unknown> | null} */
  evaluation = null;
  /** What is to be done when neither does. @type {(() => void)[]} */
  #tasks = [];

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
    this.isUnderWay = wasm.call.bhx_run_is_under_way(run) > 0;
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
   * Takes up to n environment steps, no more than the ring has room for, and none beyond that in which learning begins. It may return
   * in the middle of one (isUnderWay), where that takes long.
   * @param {number} n
   */
  steps(n) {
    this.answer = this.evaluation;
    if (this.answer) return;
    const most = this.isUnderWay ? 0 : Math.min(n, STEPS_MAX);
    this.isUnderWay = false;
    try {
      this.isUnderWay = this.attempt((wasm, run) => wasm.call.bhx_run_steps(run, most)) > 0;
      this.answer = this.owed;
    } finally {
      this.settle();
    }
  }

  /** Makes a call that returns a status, 1 where it has not ended and is to be made again. @param {(wasm: import('./wasm.mjs').Wasm, run: number) => number} use */
  attempt(use) {
    return this.during((wasm, run) => wasm.within(CALL_MS, () => wasm.check(use(wasm, run))));
  }

  /** Does what was put off. */
  settle() {
    while (this.#tasks.length > 0 && this.#isStill) this.#tasks.shift()?.();
  }

  get #isStill() {
    return !this.evaluation && !(this.isUnderWay && (this.isDriven || this.owed));
  }

  /** Runs `use` between two steps: at once, or when who takes steps has ended the one under way, or has left it. @template T @param {() => T} use @returns {T | Promise<T>} */
  between(use) {
    if (this.#isStill) return use();
    return new Promise((resolve, reject) => {
      this.#tasks.push(() => {
        try {
          resolve(use());
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  /** Throws where a step or an evaluation waits for an environment: never here. */
  needStill() {}

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
    return this.#wasm.text(this.#wasm.call.bhx_run_fingerprint(this.#address, whichParameters(options.which)));
  }

  /** Keeps the numbers of each update from the next one on, or not any more. @param {unknown} isWatched */
  watch(isWatched) {
    this.#wasm.check(this.#wasm.call.bhx_run_watch(this.#address, Number(checked('isWatched', isWatched, [(value) => typeof value === 'boolean', 'true or false']))));
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
    [this.isUnderWay, this.evaluation] = [false, null];
    this.settle();
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
