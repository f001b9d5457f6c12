// SPDX-License-Identifier: MIT
// How a run learns: models and the worker's sessions share it. Steps, what their records amount to, whether the run has
// diverged, and learn(), slice by slice.
import { RUN_STEPS, checkLearnOptions } from './learn-options.mjs';
import { Slice, breathe, turn, unlessAborted } from './loop.mjs';
import { Metrics, readRecords } from './metrics.mjs';
import { shown } from './messages.mjs';
import { LABELS, wholeNumber } from './setup.mjs';
import { BellhopError } from './bellhop-error.mjs';

/** @typedef {import('../bellhop.js').LearnOptions} LearnOptions */
/** @typedef {import('../bellhop.js').LearnResult} LearnResult */
/** @typedef {import('../bellhop.js').RunRecord} RunRecord */
/**
 * What a session of a worker does otherwise than a model: it takes its steps by itself, shows a frame after each slice, and tells its progress
 * after some of them; after the last one in any case.
 * @typedef {{ take?: (n: number) => number, afterSlice?: () => void, isDue?: () => boolean }} Host
 */

const SLICE_MS = 12;

const REPLAY = ['learningStarts', 'trainFreq'];
/** What the first update waits for. @type {Record<string, string[]>} */
const WAITS_FOR = { dqn: REPLAY, ddpg: REPLAY, td3: REPLAY, sac: REPLAY, ppo: ['nSteps', 'nEnvs'], pqn: ['nSteps', 'nEnvs'], reinforce: ['episodesPerUpdate'], clone: ['demonstrations'] };

/** `learningStarts` of a run that shall not learn: the largest there is. */
const NEVER = 1e9;

/** Whether an environment gave up because it was told to: it may have the signal, too. @param {any} error */
const isAbort = (error) => error.cause?.name === 'AbortError';

export class Learner {
  #run;
  #onRows;
  #metrics = new Metrics();
  /** Steps of a call of learn, unless it says otherwise. */
  #budget;
  /** Since the last progress was told; null while nobody learns. @type {RunRecord[] | null} */
  #records = null;
  #nUpdates; // of the last training record
  #hasBadLoss = false;
  #hasWarned = false;

  /**
   * @param {import('./run.mjs').Run} run
   * @param {(rows: Float64Array) => void} [onRows]  gets the records as they come, in rows
   */
  constructor(run, onRows = () => {}) {
    this.#run = run;
    this.#onRows = onRows;
    this.#nUpdates = run.updates; // of a run that goes on: those of before
    this.#budget = Number(run.setup.options.totalTimesteps);
    /** Environment steps at which the run, or the call of learn, ends. */
    this.end = this.#budget;
  }

  /**
   * Takes steps as Run.steps does; what is thrown has left its records all the same.
   * @param {number} n @returns {number} steps taken
   */
  steps(n) {
    const before = this.#run.timesteps;
    try {
      this.#run.steps(n);
    } finally {
      this.#keep(this.#run.drain());
    }
    return this.#run.timesteps - before;
  }

  /** @param {Float64Array} rows */
  #keep(rows) {
    if (rows.length === 0) return;
    for (const record of readRecords(rows, this.#run.records, this.#run.algo.metrics)) {
      this.#metrics.add(record);
      this.#records?.push(record);
      if (record.type !== 'train') continue;
      // NaN where nothing was learned is fine, and where an improvement of a policy was planned, which has no loss; else it is the end.
      const learned = record.nUpdates > this.#nUpdates && !this.#run.algo.needs_transitions;
      if (Math.abs(record.loss) === Infinity || (learned && Number.isNaN(record.loss))) this.#hasBadLoss = true;
      this.#nUpdates = record.nUpdates;
    }
    this.#onRows(rows);
  }

  /** Whether a loss was not finite. */
  get hasBadLoss() {
    return this.#hasBadLoss;
  }

  /** Whether a loss was, or a parameter is, not finite. */
  get diverged() {
    return this.#hasBadLoss || !this.#run.isFinite();
  }

  /** Changes live options. @param {{ totalTimesteps?: number }} options */
  set(options) {
    this.#run.set(options);
    if (options.totalTimesteps !== undefined) this.end = this.#budget = options.totalTimesteps;
  }

  /** Other parameters: what the losses of the last ones were does not count. */
  loaded() {
    this.#hasBadLoss = false;
  }

  /** An aborted signal ends it as a callback that returns false does: it resolves, to where it stopped. @param {LearnOptions} [options] @param {Host} [host] @returns {Promise<LearnResult>} */
  async learn(options = {}, { take = (n) => this.steps(n), afterSlice = () => {}, isDue = () => true } = {}) {
    this.#run.check();
    const { plan, onProgress, signal, slice } = this.read(options);
    if (this.#records) throw new BellhopError('BH_ERR_STATE', 'learn was called while this model is learning');
    this.#begin(plan);
    this.#records = [];
    try {
      await this.#learnUntilEnd(slice, signal, { take, afterSlice, isDue, onProgress });
    } finally {
      this.#records = null;
    }
    if (this.#run.timesteps >= Math.max(this.end, Number(this.#run.setup.options.totalTimesteps))) this.#warnWithoutUpdate();
    return { ...this.#progress(), diverged: this.diverged, finished: this.#run.finished, solvedAt: this.#run.solvedAt };
  }

  /** @param {Slice} slice @param {AbortSignal | undefined} signal @param {Required<Host> & { onProgress: LearnOptions['onProgress'] }} host */
  async #learnUntilEnd(slice, signal, { take, afterSlice, isDue, onProgress }) {
    const tell = async (/** @type {{ error: unknown } | undefined} */ failure) =>
      await unlessAborted(onProgress?.({ ...this.#progress(), records: this.#records?.splice(0) ?? [], ...failure }), signal) !== false;
    while (this.#run.timesteps < this.end && !signal?.aborted) {
      /** @type {{ error: unknown } | undefined} */
      let failure;
      await turn(this.#run, slice.milliseconds, (isOver) => {
        failure = this.#slice(slice, take, isOver);
      });
      afterSlice();
      const isOver = failure !== undefined || this.#run.finished || this.#run.timesteps >= this.end;
      const goesOn = !(isOver || isDue()) || await tell(failure);
      if (failure && !(signal?.aborted && isAbort(failure.error))) throw failure.error;
      if (!goesOn || this.#run.finished) return;
      await breathe();
    }
    if (this.#records?.length) await tell(undefined); // it was aborted between two of them
  }

  /** What a step outside has come to: the records since the last call, with the progress. */
  outside() {
    this.#records = [];
    this.#keep(this.#run.drain());
    const records = this.#records;
    this.#records = null;
    return { ...this.#progress(), totalTimesteps: Number(this.#run.setup.options.totalTimesteps), records, diverged: this.#hasBadLoss, finished: false, solvedAt: null };
  }

  /** Options of learn with their defaults; throws where learn would refuse them. @param {LearnOptions} options */
  read(options) {
    checkLearnOptions(options, RUN_STEPS);
    const { steps, totalTimesteps, resetNumTimesteps, onProgress, signal, sliceMilliseconds = SLICE_MS } = options;
    if (steps !== undefined && (totalTimesteps ?? resetNumTimesteps) !== undefined) {
      const other = totalTimesteps === undefined ? 'resetNumTimesteps' : 'totalTimesteps';
      throw new BellhopError('BH_ERR_ARGUMENT', `steps is the next part of the run, and ${other} makes another plan: give one of them`);
    }
    if (resetNumTimesteps !== undefined && typeof resetNumTimesteps !== 'boolean') {
      throw new BellhopError('BH_ERR_ARGUMENT', `resetNumTimesteps is ${shown(resetNumTimesteps)}, but must be true or false`);
    }
    for (const [name, value] of Object.entries({ steps, totalTimesteps })) if (value !== undefined) wholeNumber(name, value, 1, this.#run.timestepsMax);
    return { plan: { steps, totalTimesteps, resetNumTimesteps }, onProgress, signal, slice: new Slice(sliceMilliseconds) };
  }

  /**
   * Says where this call ends, and where the run does: the schedules' horizon. A part of the run leaves that alone, unless it goes beyond.
   * @param {{ steps?: number, totalTimesteps?: number, resetNumTimesteps?: boolean }} plan
   */
  #begin({ steps, totalTimesteps, resetNumTimesteps = false }) {
    if (resetNumTimesteps) {
      this.#run.resetTimesteps();
      this.#metrics = new Metrics();
      this.end = 0;
    }
    const { timesteps, setup } = this.#run;
    const { totalTimesteps: planned, nEnvs } = /** @type {Record<string, number>} */ (setup.options);
    const isDone = timesteps >= planned || resetNumTimesteps;
    // Steps of several environments end past the number that was asked for: parts are counted from that number.
    const isRounded = timesteps >= this.end && timesteps - this.end < nEnvs;
    if (steps !== undefined) this.end = (isRounded ? this.end : timesteps) + steps;
    else this.end = totalTimesteps === undefined && !isDone ? planned : timesteps + (totalTimesteps ?? this.#budget);
    if (steps === undefined || this.end > planned) this.#run.set({ totalTimesteps: this.end });
  }

  /**
   * What an environment's failure ends has records too: the failure is returned, so that they are told first.
   * @param {Slice} slice @param {(n: number) => number} take @param {() => boolean} isOver
   * @returns {{ error: unknown } | undefined}
   */
  #slice(slice, take, isOver) {
    /** @type {{ error: unknown } | undefined} */
    let failure;
    slice.run(Math.max(1, this.end - this.#run.timesteps), (n) => { // the last evaluation may wait after the last step
      try {
        return take(n);
      } catch (error) {
        failure = { error };
        return 0;
      }
    }, () => failure !== undefined || this.#run.finished || this.#run.timesteps >= this.end || isOver());
    return failure;
  }

  #progress() {
    const { timesteps, episodes, updates: nUpdates } = this.#run;
    return { timesteps, totalTimesteps: this.end, episodes, nUpdates, ...this.#metrics.summary(timesteps) };
  }

  /** Says so, once, where all steps were taken and nothing was learned from them. */
  #warnWithoutUpdate() {
    const { algo, timesteps, updates, setup } = this.#run;
    if (updates > 0 || this.#hasWarned || setup.options.learningStarts === NEVER) return;
    this.#hasWarned = true;
    const why = WAITS_FOR[algo.name]?.map((key) => key in setup.options ? `${key} (${setup.options[key]})` : key).join(' and ');
    console.warn(`bellhop: ${LABELS[algo.name] ?? algo.name} has made no update after ${timesteps} steps${why ? `: the first one waits for ${why}` : ''}`);
  }
}
