// SPDX-License-Identifier: MIT
// A C run (src/rl/run.h) as an object: what models and the worker's sessions share. Steps, records, values,
// evaluation and checkpoints, in the library's own terms; everything given out is a copy.
import { BellhopError } from './bellhop-error.mjs';
import { Handle } from './wasm.mjs';
import { onlyKeys, shown } from './messages.mjs';
import { encodeOptions, inKeys, inUsersWords } from './options.mjs';
import {
  LABELS, asBytes, checkpointInfo, describeSetup, envTables, findAlgo, lookUp, modelTables, timestepsMax, wholeNumber,
  withCheckpoint, withSetup,
} from './setup.mjs';
import { boxValues, greedyBox, rowsOf } from './box.mjs';
import { hosts, slotOf } from './slots.mjs';
import { floatsOf, readSpace } from './space.mjs';

/** @typedef {import('./setup.mjs').Library} Library */
/** @typedef {{ env: string | import('./custom-env.mjs').OwnEnv, options: object }} Expected */

const LAST_STEP_NUMBERS = 8;
// Between two drains at most 3 records per step are made, and the ring holds 8,192.
const STEPS_MAX = 2048;
const DRAIN_ROWS = 512;
const EPISODES_MAX = 1_000_000;
const EVALUATION_APART = 2 ** 40, PREDICTION_APART = 2 ** 41;
const RNG_BYTES = 16;
/** BH_UPDATE_ARRAYS_MAX. */
const UPDATE_ARRAYS_MAX = 24;
const NOT_ALLOWED = -1e29; // less is less than any log-probability, see src/rl/action_prior.h

/**
 * The seed of a finished run's evaluation: the run's own plus 2^40 (modulo 2^53), so that no seed a person picks for
 * a run is the one it is scored with. @param {number} seed
 */
export function evaluationSeed(seed) {
  return seedApart(seed, EVALUATION_APART);
}

/** The sum modulo 2^53. @param {number} seed @param {number} distance */
function seedApart(seed, distance) {
  return seed + distance > Number.MAX_SAFE_INTEGER ? seed - (Number.MAX_SAFE_INTEGER - distance + 1) : seed + distance;
}

/** @param {unknown} which @returns {0 | 1} */
function whichParameters(which) {
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

/** @param {string} key @param {string} saved @param {string} own */
function checkSaved(key, saved, own) {
  if (saved !== own) throw new BellhopError('BH_ERR_SHAPE', `the checkpoint's ${key} is '${saved}', but here it is '${own}'`);
}

/** @param {string} id */
function unknownEnv(id) {
  return new BellhopError('BH_ERR_UNKNOWN', `unknown environment ${shown(id)}, which the checkpoint was saved with; register yours, or pass it to load`);
}

export class Run {
  #library;
  #wasm;
  #run;
  #handle;
  /** The random stream of sampled predictions, where there were some. @type {Uint8Array | null} */
  #stream = null;
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
    this.env = lookUp(library, env).entry;
    this.algo = findAlgo(catalog, algo);
    /** Its environment, where that is one's own. */
    this.own = lookUp(library, env).own;
    /** How the rows of drain() are laid out. */
    this.records = catalog.records;
    /** The most environment steps a run can have. */
    this.timestepsMax = timestepsMax(catalog);
    const spaces = wasm.json(wasm.call.bhx_env_spaces(wasm.call.bhx_run_env(run)));
    this.observationSpace = readSpace(spaces.observation_space);
    this.actionSpace = readSpace(spaces.action_space);
    this.nObs = floatsOf(this.observationSpace);
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

  /**
   * The run a full checkpoint is of, or one with a checkpoint's setup and parameters.
   * @param {Library} library
   * @param {unknown} bytes
   * @param {{ algo?: string, env?: Expected, options?: object }} [expected]
   */
  static fromCheckpoint(library, bytes, { algo, env, options } = {}) {
    const data = asBytes(bytes);
    const { env: id, isFull } = checkpointInfo(library.wasm, data);
    if (env) checkSaved('env', id, lookUp(library, env.env).entry.id);
    else if (!library.catalog.envs.some((each) => each.id === id)) throw unknownEnv(id);
    const source = env?.env ?? id;
    if (isFull) return resumed(library, data, source, { algo, envOptions: env?.options, options });
    const run = withCheckpoint(library, data, { env: source, envOptions: env?.options, options }, (setup, script) => {
      if (algo !== undefined) checkSaved('algo', describeSetup(library, setup).algo, algo);
      return new (classOf(library, source))(library, setup, script, source);
    });
    try {
      run.load(data);
    } catch (error) {
      run.dispose();
      throw error;
    }
    return run;
  }

  /** The address of the C run, checked to be alive. */
  get #address() {
    this.#handle.check();
    return this.#run;
  }

  get setup() {
    return describeSetup(this.#library, this.#wasm.call.bhx_run_setup(this.#address));
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

  /** Runs what may call environments of one's own. @template T @param {(wasm: import('./wasm.mjs').Wasm, run: number) => T} use @returns {T} */
  during(use) {
    const run = this.#address;
    return this.#handle.during(() => use(this.#wasm, run));
  }

  /** Runs `use` between two steps: at once. @template T @param {() => T} use @returns {T | Promise<T>} */
  between(use) {
    return use();
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

  /** The observation the last action was chosen for, and the one after it. */
  observations() {
    const { call } = this.#wasm;
    const run = this.#address;
    return {
      obsTm1: this.#wasm.floats(call.bhx_run_obs_tm1(run), this.nObs),
      obs: this.#wasm.floats(call.bhx_run_obs_t(run), this.nObs),
    };
  }

  /** The environment that is drawn. */
  scene() {
    const { call } = this.#wasm;
    const env = call.bhx_run_env(this.#address);
    const view = this.#wasm.scratch((scratch) => {
      const at = scratch.block(this.env.n_view * 4);
      call.bhx_env_view(env, at);
      return this.#wasm.floats(at, this.env.n_view);
    });
    return { view, text: this.#wasm.text(call.bhx_env_describe(env)), envInfo: infoOf(this.#wasm, env) };
  }

  layout() {
    return this.#wasm.json(this.#wasm.call.bhx_env_layout(this.#wasm.call.bhx_run_env(this.#address)));
  }

  /** Values of n observations, one after the other. @param {ArrayLike<number>} observations */
  qValues(observations) {
    const run = this.#address;
    const n = observations.length / this.nObs;
    const values = n * this.nActions;
    return this.#wasm.scratch((scratch) => {
      const out = scratch.block(values * 8);
      this.#wasm.check(this.#wasm.call.bhx_run_q_values(run, out, scratch.floats(observations), n));
      return this.#wasm.doubles(out, values);
    });
  }

  /**
   * Observations as users give them, checked and laid out flat.
   * @param {unknown} given
   * @returns {{ flat: ArrayLike<number>, single: boolean }}
   */
  flatten(given) {
    if (this.observationSpace.type === 'Discrete' && typeof given === 'number') return { flat: this.#checked([given]), single: true };
    if (!Array.isArray(given) && !ArrayBuffer.isView(given)) throw this.#badObservation(given);
    const list = /** @type {ArrayLike<any>} */ (/** @type {unknown} */ (given));
    const nested = list.length > 0 && typeof list[0] === 'object' && list[0] !== null;
    if (!nested) return { flat: this.#checked(list), single: this.observationSpace.type === 'Box' && list.length === this.nObs };
    const rows = Array.from(list);
    for (const row of rows) {
      if ((!Array.isArray(row) && !ArrayBuffer.isView(row)) || /** @type {any} */ (row).length !== this.nObs) throw this.#badObservation(row);
    }
    return { flat: this.#checked(rows.flatMap((row) => Array.from(row))), single: false };
  }

  /** @param {ArrayLike<any>} numbers */
  #checked(numbers) {
    if (numbers.length === 0 || numbers.length % this.nObs !== 0) throw this.#badObservation(numbers);
    for (let i = 0; i < numbers.length; i++) {
      if (typeof numbers[i] === 'number' && Number.isFinite(numbers[i])) continue;
      throw new BellhopError('BH_ERR_ARGUMENT', `observation[${i % this.nObs}] is ${shown(numbers[i])}, but must be a finite number`);
    }
    return numbers;
  }

  /** @param {any} given */
  #badObservation(given) {
    const wanted = this.observationSpace.type === 'Box' ? `${this.nObs} numbers`
      : `a whole number between 0 and ${this.observationSpace.n - 1}`;
    const length = typeof given === 'object' && given !== null ? given.length : undefined;
    const got = length === undefined ? `is ${shown(given)}` : `has ${length} numbers`;
    return new BellhopError('BH_ERR_ARGUMENT', `the observation ${got}, but must ${length === undefined ? 'be' : 'have'} ${wanted}`);
  }

  /**
   * The value of each state: of a policy its value network's, else that of the best action.
   * @param {ArrayLike<number>} observations
   */
  stateValues(observations) {
    const run = this.#address;
    const n = observations.length / this.nObs;
    if (this.nActions === 0 && !this.algo.gives_log_probs) return /** @type {Float64Array} */ (boxValues(this, observations, greedyBox(this, observations)));
    if (!this.algo.gives_log_probs) return Float64Array.from(this.#rows(observations), (row) => Math.max(...row));
    return this.#wasm.scratch((scratch) => {
      const out = scratch.block(n * 8);
      const known = this.#wasm.call.bhx_run_state_values(run, out, scratch.floats(observations), n);
      this.#wasm.check(Math.min(known, 0));
      if (known === 0 || this.setup.options.baseline === false) throw this.#without('has no value network');
      return this.#wasm.doubles(out, n);
    });
  }

  /** The log-probabilities a policy gives the actions; -Infinity for those that are not allowed. @param {ArrayLike<number>} observations */
  logProbs(observations) {
    if (!this.algo.gives_log_probs) throw this.#without('has no policy with probabilities; qValues() are the values it chooses by');
    if (this.nActions === 0) throw this.#without('gives no probabilities where actions are a Box; predict() gives the means');
    return this.qValues(observations).map(probable);
  }

  /** The values of each observation's actions. @param {ArrayLike<number>} observations */
  #rows(observations) {
    const values = this.qValues(observations);
    const n = this.nActions;
    return Array.from({ length: values.length / n }, (_, i) => values.subarray(i * n, (i + 1) * n));
  }

  /** @param {string} what */
  #without(what) {
    return new BellhopError('BH_ERR_CONFIG', `${LABELS[this.algo.name] ?? this.algo.name} ${what}`);
  }

  /**
   * Actions for observations as users give them.
   * @param {unknown} given @param {import('../bellhop.js').PredictOptions} [options]
   * @returns {any} an action, or actions for several
   */
  predict(given, options = {}) {
    onlyKeys('predict', options, ['deterministic', 'seed']);
    const { deterministic = true, seed } = options;
    if (typeof deterministic !== 'boolean') throw new BellhopError('BH_ERR_ARGUMENT', `deterministic is ${shown(deterministic)}, but must be true or false`);
    if (seed !== undefined && deterministic) throw new BellhopError('BH_ERR_ARGUMENT', 'seed is for sampled actions: predict(obs, { deterministic: false, seed })');
    const { flat, single } = this.flatten(given);
    const actions = deterministic ? this.greedy(flat) : this.#sampled(flat, seed);
    return single ? actions[0] : actions;
  }

  /**
   * Draws actions from a stream that only this does: it begins at the run's seed, or again at the one given.
   * @param {ArrayLike<number>} observations @param {number} [seed]
   */
  #sampled(observations, seed) {
    const run = this.#address;
    const n = observations.length / this.nObs;
    const from = wholeNumber('seed', seed ?? Number(this.setup.options.seed), 0, Number.MAX_SAFE_INTEGER);
    return this.#wasm.scratch((scratch) => {
      const rng = scratch.bytes(this.#stream ?? new Uint8Array(RNG_BYTES));
      if (seed !== undefined || !this.#stream) this.#wasm.call.bhx_rng_seed(rng, seedApart(from, PREDICTION_APART));
      const out = scratch.block(n * this.nAction * 4);
      this.#wasm.check(this.#wasm.call.bhx_run_sample_actions(run, out, scratch.floats(observations), n, rng));
      this.#stream = this.#wasm.bytes(rng, RNG_BYTES);
      return this.nActions === 0 ? rowsOf(this.#wasm.floats(out, n * this.nAction), this.nAction) : Array.from(this.#wasm.ints(out, n));
    });
  }

  /** The best action of each observation. @param {ArrayLike<number>} observations @returns {any[]} */
  greedy(observations) {
    if (this.nActions === 0) return rowsOf(greedyBox(this, observations), this.nAction);
    return this.#rows(observations).map((row) => row.reduce((best, value, action) => value > row[best] ? action : best, 0));
  }

  /**
   * @param {{ episodes?: number, seed?: number, which?: import('../bellhop.js').Which }} [options]
   * @returns {import('../bellhop.js').Score}
   */
  evaluate(options = {}) {
    return this.evaluation(options)((call) => this.#wasm.check(call()));
  }

  /** The same, of environments that answer later too. @param {Parameters<Run['evaluate']>[0]} [options] @returns {Promise<import('../bellhop.js').Score>} */
  async evaluateAsync(options) {
    return this.evaluate(options);
  }

  /**
   * What plays an evaluation: handed who makes the call, it gives the score, which counts where that came to its end.
   * @param {{ episodes?: number, seed?: number, which?: import('../bellhop.js').Which }} options
   */
  evaluation(options) {
    onlyKeys('evaluate', options, ['episodes', 'seed', 'which']);
    const { finalEvalEpisodes, seed: runSeed } = this.setup.options;
    const { episodes = Number(finalEvalEpisodes), seed = evaluationSeed(Number(runSeed)), which = 'current' } = options;
    wholeNumber('episodes', episodes, 1, EPISODES_MAX);
    wholeNumber('seed', seed, 0, Number.MAX_SAFE_INTEGER);
    const parameters = whichParameters(which);
    return (/** @type {(call: () => number) => void} */ make) => {
      const [mean, std, min, max, meanLength] = this.#wasm.scratch((scratch) => {
        const at = scratch.block(6 * 8);
        make(() => this.during((wasm, run) => wasm.call.bhx_run_evaluate(run, parameters, episodes, seed, at)));
        return this.#wasm.doubles(at, 6);
      });
      return { mean, std, min, max, meanLength, episodes };
    };
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
    const { options: own, envOptions, algo, env } = this.setup;
    const before = { ...envOptions, ...own };
    const tables = [...modelTables(this.#library.catalog, algo), ...envTables(this.#library.catalog, env)];
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

  /** A checkpoint; a full one is of the run and goes on where it was saved. @param {import('../bellhop.js').SaveOptions} [options] */
  save(options = {}) {
    onlyKeys('save', options, ['which', 'full']);
    const run = this.#address;
    const { full = false } = options;
    if (typeof full !== 'boolean') throw new BellhopError('BH_ERR_ARGUMENT', `full is ${shown(full)}, but must be true or false`);
    if (full && options.which !== undefined) throw new BellhopError('BH_ERR_ARGUMENT', 'which is for parameters alone; a full checkpoint has the current and the best');
    if (full) return this.#saveFull(this.#address);
    const which = whichParameters(options.which ?? 'current');
    const size = this.#wasm.call.bhx_run_save(run, which, 0, 0) >>> 0;
    return this.#wasm.scratch((scratch) => {
      const at = scratch.block(size);
      this.#wasm.call.bhx_run_save(run, which, at, size);
      return this.#wasm.bytes(at, size);
    });
  }

  /** @param {number} run */
  #saveFull(run) {
    const { wasm } = this.#library;
    const write = (/** @type {number} */ at, /** @type {number} */ room) => this.#handle.during(() => {
      const size = wasm.call.bhx_run_save_full(run, at, room);
      if (size < 0) throw wasm.error();
      return size;
    });
    for (let size = write(0, 0); ;) {
      const bytes = wasm.scratch((scratch) => {
        const at = scratch.block(size), needed = write(at, size);
        if (needed <= size) return wasm.bytes(at, needed);
        size = needed; // an environment of one's own has more to say than a moment ago
        return null;
      });
      if (bytes) return bytes;
    }
  }

  /** Counts timesteps from 0 again; what was learned stays. */
  resetTimesteps() {
    this.#wasm.call.bhx_run_reset_timesteps(this.#address);
  }

  /** Takes a checkpoint's parameters. @param {unknown} bytes */
  load(bytes) {
    const run = this.#address;
    const data = asBytes(bytes);
    this.#wasm.scratch((scratch) =>
      this.#wasm.check(this.#wasm.call.bhx_run_load(run, scratch.bytes(data), data.length)));
  }

  /** @param {{ which?: import('../bellhop.js').Which }} [options] */
  sha256(options = {}) {
    onlyKeys('sha256', options, ['which']);
    return this.#wasm.text(this.#wasm.call.bhx_run_fingerprint(this.#address, whichParameters(options.which ?? 'current')));
  }

  /**
   * Copies of the parameters, in the orientation of a checkpoint.
   * @param {{ which?: import('../bellhop.js').Which }} [options]
   */
  parameters(options = {}) {
    onlyKeys('parameters', options, ['which']);
    const which = whichParameters(options.which ?? 'current');
    /** @type {{ name: string, dtype: string, shape: number[], extent: number[], stride: number[], address: number }[]} */
    const tensors = this.#wasm.json(this.#wasm.call.bhx_run_tensors(this.#address, which));
    return Object.fromEntries(tensors.map(({ name, dtype, shape, extent, stride, address }) => {
      const n = 1 + extent.reduce((last, size, i) => last + (size - 1) * stride[i], 0); // of a slice: what lies between is read too
      const data = dtype === 'F64' ? this.#wasm.doubles(address, n) : this.#wasm.floats(address, n);
      return [name, { shape, data: inFileOrder(data, extent, stride) }];
    }));
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

  /** Whether all parameters are finite numbers. */
  isFinite() {
    return Object.values(this.parameters()).every(({ data }) => data.every(Number.isFinite));
  }

  /**
   * Takes demonstrations as imitation.mjs lays them out, before the first step; as many as `demoCapacity` has room for.
   * @param {ReturnType<typeof import('./demonstrations.mjs').flatten>} flat
   */
  demonstrate(flat) {
    const run = this.#address;
    const wasm = this.#wasm;
    inKeys(modelTables(this.#library.catalog, this.algo.name), () => wasm.scratch((scratch) => {
      const blocks = [flat.obsTm1, flat.actions, flat.rewards, flat.terminated, flat.truncated, flat.obs].map((each) => scratch.copy(each));
      wasm.check(wasm.call.bhx_run_demonstrate(run, flat.n, ...blocks, flat.values === null ? 0 : scratch.copy(flat.values)));
    }));
  }

  /**
   * Takes those of a checkpoint's parameters that have the names of its own, whatever it was saved from.
   * @param {unknown} bytes
   * @returns {number} how many tensors
   */
  loadParameters(bytes) {
    const run = this.#address;
    const data = asBytes(bytes);
    return this.#wasm.scratch((scratch) => {
      const loaded = this.#wasm.call.bhx_run_load_parameters(run, scratch.bytes(data), data.length);
      this.#wasm.check(Math.min(loaded, 0));
      return loaded;
    });
  }

  /**
   * Hands the module and the C run over, for what is not in this file.
   * @template T @param {(wasm: import('./wasm.mjs').Wasm, run: number) => T} use @returns {T}
   */
  use(use) {
    return use(this.#wasm, this.#address);
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
const classOf = (library, env) => lookUp(library, env).own?.Run ?? Run;

/**
 * The run a full checkpoint was saved from, with live options changed where they are given.
 * @param {Library} library @param {Uint8Array} data @param {string | import('./custom-env.mjs').OwnEnv} env
 * @param {{ algo?: string, envOptions?: object, options?: object }} expected
 */
function resumed(library, data, env, { algo, envOptions = {}, options = {} }) {
  const { wasm } = library;
  const host = () => hosts.get(wasm)?.nRestored ?? 0;
  const before = host();
  const run = withCheckpoint(library, data, { env }, (setup, script) => {
    if (algo !== undefined) checkSaved('algo', describeSetup(library, setup).algo, algo);
    return wasm.scratch((scratch) => {
      const bytes = scratch.bytes(data);
      return new (classOf(library, env))(library, setup, script, env, (made) => wasm.call.bhx_run_resume(made, bytes, data.length));
    });
  });
  try {
    changeResumed(run, envOptions, options);
  } catch (error) {
    run.dispose();
    throw error;
  }
  if (lookUp(library, env).own && host() === before && run.timesteps > 0) {
    console.warn(`bellhop: ${run.env.id} begins new episodes, as it was not saved with getState(), or has no setState(): docs/checkpoints.md`);
  }
  return run;
}

/** Sets what is to be otherwise than it was saved; what is not live is refused. @param {Run} run @param {object} envOptions @param {object} options */
function changeResumed(run, envOptions, options) {
  const { setup } = run;
  const now = /** @type {Record<string, any>} */ ({ ...setup.envOptions, ...setup.options });
  const { preset, ...given } = /** @type {Record<string, any>} */ ({ ...envOptions, ...options });
  if (preset !== undefined) throw new BellhopError('BH_ERR_CONFIG', 'a full checkpoint goes on with its own options; a preset is for a new run');
  const changed = Object.entries(given).filter(([key, value]) => value !== undefined && JSON.stringify(value) !== JSON.stringify(now[key]));
  if (changed.length > 0) run.set(Object.fromEntries(changed));
}

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

/** A log-probability of the module, which has a very large number for what is not allowed. @param {number} value */
export const probable = (value) => value < NOT_ALLOWED ? -Infinity : value;

/** One array of all. @param {Float64Array[]} parts */
export function concat(parts) {
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => {
    all.set(part, at);
    return at + part.length;
  }, 0);
  return all;
}

/**
 * A tensor's numbers as its checkpoint orders them: the walk that `bh_tensor` of src/io/checkpoint.h describes.
 * @template {Float32Array | Float64Array} T
 * @param {T} data
 * @param {number[]} extent
 * @param {number[]} stride
 * @returns {T}
 */
export function inFileOrder(data, extent, stride) {
  const out = /** @type {T} */ (data.slice(0, extent.reduce((product, size) => product * size, 1)));
  let n = 0;
  /** @param {number} dimension @param {number} from */
  const walk = (dimension, from) => {
    if (dimension === extent.length) out[n++] = data[from];
    else for (let i = 0; i < extent[dimension]; i++) walk(dimension + 1, from + i * stride[dimension]);
  };
  walk(0, 0);
  return out;
}
