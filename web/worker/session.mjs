// SPDX-License-Identifier: MIT
// A session in the worker: a run that plays, pauses and steps, and the frames that show it, see frames.mjs; records wait
// here between them.
import { Frames } from './frames.mjs';
import { Slice, breathe } from '../lib/loop.mjs';
import { Metrics, readRecords } from '../lib/metrics.mjs';
import { concat } from '../lib/run.mjs';
import { wholeNumber } from '../lib/setup.mjs';
import { BellhopError } from '../lib/wasm.mjs';
import { shown } from '../lib/options.mjs';

/** @typedef {import('../bellhop.js').Frame} Frame */

const SLICE_MS = 10;
const TABLE_STATES_MAX = 1024;
// Beyond these rows (4 MB) waiting records are thinned out: a page that takes no frames must not fill the memory.
const WAITING_ROWS_MAX = 65_536;
const CATCH_UP_SECONDS = 0.1;
const PROGRESS_MS = 100;

/** Live options that change when `at` environment steps have been taken. @typedef {{ at: number, options: object }} Change */

/** @param {readonly Change[]} changes @param {number} timestepsMax */
function checkedChanges(changes, timestepsMax) {
  changes.forEach(({ at }, i) => {
    wholeNumber(`changes[${i}].at`, at, 0, timestepsMax);
    if (i > 0 && at < changes[i - 1].at) throw new BellhopError('BH_ERR_ARGUMENT', `changes[${i}].at is ${at}, but the change before it is at ${changes[i - 1].at}: sort them`);
  });
  return [...changes];
}

/** Counts per second over about the last second. */
class Rate {
  /** @type {[time: number, steps: number, updates: number][]} */
  #marks = [];

  /** @param {number} steps @param {number} updates */
  mark(steps, updates) {
    const now = performance.now();
    this.#marks.push([now, steps, updates]);
    while (this.#marks.length > 2 && now - this.#marks[1][0] > 1000) this.#marks.shift();
  }

  clear() {
    this.#marks = [];
  }

  get perSecond() {
    const [first, last] = [this.#marks[0], this.#marks.at(-1)];
    const seconds = first && last ? (last[0] - first[0]) / 1000 : 0;
    if (!first || !last || seconds === 0) return { stepsPerSecond: 0, updatesPerSecond: 0 };
    return { stepsPerSecond: (last[1] - first[1]) / seconds, updatesPerSecond: (last[2] - first[2]) / seconds };
  }
}

export class Session {
  #run;
  #post;
  #total;
  #plays = 0;
  #speed = 0; // steps per second; 0 while paused
  #until = Infinity; // it pauses when so many steps have been taken
  #looping = false;
  #finished = false;
  #diverged = false;
  #nUpdates = 0;
  /** @type {number | null} */
  #firstUpdateAt = null;
  /** @type {Float64Array[]} */
  #waiting = [];
  #waitingRows = 0;
  #frames = new Frames(() => this.#postFrame());
  #rate = new Rate();
  #slice = new Slice(SLICE_MS);
  #metrics = new Metrics();
  /** @type {(() => void) | null} */
  #wake = null;
  /** @type {{ done: () => void, progress: (values: object) => void, posted: number } | null} */
  #learner = null;
  /** Still to be made. @type {Change[]} */
  #changes;

  /**
   * @param {import('../lib/run.mjs').Run} run  is the session's from now on
   * @param {(frame: Frame, plays: number, transfer: ArrayBuffer[]) => void} post  plays: calls of play so far
   * @param {readonly Change[]} [changes]  of live options, made at their steps; in the order of their steps
   */
  constructor(run, post, changes = []) {
    this.#run = run;
    this.#post = post;
    this.#total = Number(this.#run.setup.options.totalTimesteps);
    this.#changes = checkedChanges(changes, run.timestepsMax);
  }

  /** How long it computes before others have their turn. */
  set sliceMs(/** @type {number} */ milliseconds) {
    this.#slice.milliseconds = milliseconds;
  }

  info() {
    const { env, observationSpace, actionSpace, setup } = this.#run;
    return {
      ...setup, layout: this.#run.layout(), observationSpace, actionSpace, rewardThreshold: env.reward_threshold,
      maxEpisodeSteps: env.max_episode_steps, summary: env.summary,
    };
  }

  /** @param {{ stepsPerSecond?: number, until?: number }} [options] */
  play({ stepsPerSecond = Infinity, until = Infinity } = {}) {
    this.#plays++;
    if (until !== Infinity) wholeNumber('until', until, 0, this.#run.timestepsMax);
    if (!(typeof stepsPerSecond === 'number' && stepsPerSecond > 0)) {
      throw new BellhopError('BH_ERR_ARGUMENT', `stepsPerSecond is ${shown(stepsPerSecond)}, but must be a positive number or Infinity`);
    }
    this.#until = until > this.#run.timesteps ? until : Infinity;
    this.#start(stepsPerSecond);
  }

  /** @param {number} stepsPerSecond */
  #start(stepsPerSecond) {
    if (this.#speed === 0) this.#rate.clear();
    this.#speed = stepsPerSecond;
    this.#finished = false;
    this.#wake?.();
    if (!this.#looping) void this.#loop();
  }

  /** Resolves when the page took the frame of where it stands still. */
  pause() {
    this.#speed = 0;
    this.#wake?.();
    this.#learner?.done();
    return this.#frames.show();
  }

  /** @param {number} [n] */
  step(n = 1) {
    let left = wholeNumber('step', n, 1, 100_000);
    do left -= this.#portion(left);
    while (left > 0 && !this.#run.finished);
    this.requestFrame();
  }

  requestFrame() {
    this.#frames.request();
  }

  /** The page took the last frame. */
  frameTaken() {
    this.#frames.taken();
  }

  /** @param {{ totalTimesteps?: number }} options @param {(values: object) => void} progress */
  async learn({ totalTimesteps = this.#total }, progress) {
    if (this.#learner) throw new BellhopError('BH_ERR_STATE', 'learn was called while this session is learning');
    wholeNumber('totalTimesteps', totalTimesteps, 1, this.#run.timestepsMax);
    this.#total = this.#run.timesteps + totalTimesteps;
    this.#run.set({ totalTimesteps: this.#total });
    this.#until = Infinity;
    await new Promise((done) => {
      this.#learner = { done: () => done(null), progress, posted: 0 };
      this.#start(Infinity);
    });
    this.#learner = null;
    return this.#progress();
  }

  /** Changes options now; says since which step they hold. Changes that were to come are dropped: it is another run from here on. @param {object} options */
  set(options) {
    this.#applyDue();
    this.apply(options);
    this.#changes = [];
    const { options: all, envOptions } = this.#run.setup;
    return { options: all, envOptions, at: this.#run.timesteps };
  }

  /** Changes options, now or as the recipe said. @param {object} options */
  apply(options) {
    this.#run.set(options);
    this.#total = Number(this.#run.setup.options.totalTimesteps);
  }

  /** @param {object} options */
  evaluate(options) {
    return this.#run.evaluate(options);
  }

  /** @param {{ which?: import('../bellhop.js').Which }} options */
  save(options) {
    return this.#run.save(options);
  }

  /** @param {{ which?: import('../bellhop.js').Which }} options */
  sha256(options) {
    return this.#run.sha256(options);
  }

  /** @param {Uint8Array} bytes */
  load(bytes) {
    this.#run.load(bytes);
    this.requestFrame();
  }

  /** @param {unknown} observations */
  qValues(observations) {
    return this.#run.qValues(this.#run.flatten(observations).flat);
  }

  /** @param {unknown} observation */
  predict(observation) {
    const { flat, single } = this.#run.flatten(observation);
    const actions = this.#run.greedy(flat);
    return single ? actions[0] : actions;
  }

  dispose() {
    this.#speed = 0;
    this.#wake?.();
    this.#learner?.done();
    this.#frames.end();
    this.#run.dispose();
  }

  // ---- running ----

  async #loop() {
    this.#looping = true;
    let credit = 1;
    let then = performance.now();
    while (this.#speed > 0) {
      if (this.#speed === Infinity) {
        this.#slice.run(this.#left(), (n) => this.#portion(n), () => this.#speed === 0);
      } else {
        const now = performance.now();
        credit = Math.min(credit + (now - then) / 1000 * this.#speed, Math.max(1, this.#speed * CATCH_UP_SECONDS));
        then = now;
        credit -= this.#slice.run(Math.min(Math.floor(credit), this.#left()), (n) => this.#portion(n), () => this.#speed === 0);
      }
      this.#afterSlice();
      await (this.#speed === Infinity ? breathe() : this.#sleep((1 - credit) / this.#speed * 1000));
      if (this.#speed === Infinity) then = performance.now();
    }
    this.#looping = false;
  }

  /** Environment steps until the end; past it, play goes on for as long as one likes. */
  #left() {
    const left = this.#total - this.#run.timesteps;
    return left > 0 ? left : this.#run.timestepsMax;
  }

  /** Environment steps, rounded up to whole steps of all environments; fewer where it finishes or learning begins. @param {number} n */
  #portion(n) {
    const before = this.#run.timesteps;
    this.#applyDue();
    this.#run.steps(Math.min(n, Math.min(this.#changes[0]?.at ?? Infinity, this.#until > before ? this.#until : Infinity) - before));
    if (this.#firstUpdateAt === null && this.#run.updates > 0) this.#firstUpdateAt = performance.timeOrigin + performance.now();
    this.#keep(this.#run.drain());
    if (before < this.#until && this.#run.timesteps >= this.#until) this.#speed = 0;
    if (this.#run.finished || (before < this.#total && this.#run.timesteps >= this.#total)) this.#finish();
    return this.#run.timesteps - before;
  }

  /** Makes the changes whose step has come. */
  #applyDue() {
    for (; this.#changes.length > 0 && this.#changes[0].at <= this.#run.timesteps; this.#changes.shift()) this.apply(this.#changes[0].options);
  }

  #finish() {
    this.#finished = true;
    this.#speed = 0;
  }

  #afterSlice() {
    this.#rate.mark(this.#run.timesteps, this.#run.updates);
    this.requestFrame();
    if (!this.#learner) return;
    const now = performance.now();
    if (now - this.#learner.posted > PROGRESS_MS) {
      this.#learner.posted = now;
      this.#learner.progress(this.#progress());
    }
    if (this.#finished) this.#learner.done();
  }

  #progress() {
    const { timesteps, episodes } = this.#run;
    return { timesteps, totalTimesteps: this.#total, episodes, ...this.#metrics.summary(timesteps) };
  }

  /** Waits; play and pause end it early. @param {number} milliseconds @returns {Promise<void>} */
  #sleep(milliseconds) {
    if (this.#speed === 0) return Promise.resolve();
    return new Promise((done) => {
      const end = () => {
        clearTimeout(timer);
        this.#wake = null;
        done();
      };
      const timer = setTimeout(end, Math.max(4, milliseconds));
      this.#wake = end;
    });
  }

  // ---- records and frames ----

  /** @param {Float64Array} rows */
  #keep(rows) {
    if (rows.length === 0) return;
    for (const record of readRecords(rows, this.#run.records, this.#run.algo.metrics)) {
      this.#metrics.add(record);
      if (record.type !== 'train') continue;
      // NaN where nothing was learned is fine; where something was, it is the end.
      const learned = record.nUpdates > this.#nUpdates;
      if (Math.abs(record.loss) === Infinity || (learned && Number.isNaN(record.loss))) this.#diverged = true;
      this.#nUpdates = record.nUpdates;
    }
    const { width } = this.#run.records;
    this.#waiting.push(rows);
    this.#waitingRows += rows.length / width;
    if (this.#waitingRows <= WAITING_ROWS_MAX) return;
    this.#waiting = [thinned(concat(this.#waiting), this.#run.records)];
    this.#waitingRows = this.#waiting[0].length / width;
  }

  #postFrame() {
    const frame = this.#frame();
    const arrays = [frame.obs, frame.obsTm1, frame.view, frame.q, frame.qTm1, frame.table, frame.records];
    this.#post(frame, this.#plays, arrays.flatMap((array) => array ? [/** @type {ArrayBuffer} */ (array.buffer)] : []));
  }

  /** @returns {Frame} */
  #frame() {
    const { obs, obsTm1 } = this.#run.observations();
    const q = this.#run.qValues(obs);
    const records = concat(this.#waiting);
    this.#waiting = [];
    this.#waitingRows = 0;
    if (q.some((value) => !Number.isFinite(value))) this.#diverged = true;
    return {
      running: this.#speed > 0, finished: this.#finished, diverged: this.#diverged,
      timesteps: this.#run.timesteps, episodes: this.#run.episodes, nUpdates: this.#run.updates,
      solvedAt: this.#run.solvedAt, firstUpdateAt: this.#firstUpdateAt, ...this.#rate.perSecond, last: this.#run.lastStep(),
      obs, obsTm1, ...this.#run.scene(), q, qTm1: this.#run.qValues(obsTm1), table: this.#table(), records, recordWidth: this.#run.records.width,
    };
  }

  /** The values of every state, where there are few. */
  #table() {
    const space = this.#run.observationSpace;
    if (space.type !== 'Discrete' || space.n > TABLE_STATES_MAX) return null;
    return this.#run.qValues(Float32Array.from({ length: space.n }, (_, state) => state));
  }
}

/** Every second row; of evaluations, every one. @param {Float64Array} rows @param {import('../bellhop.js').RecordLayout} layout */
function thinned(rows, { width, eval: evaluation }) {
  const kept = [];
  for (let i = 0; i < rows.length / width; i++) {
    const row = rows.subarray(i * width, (i + 1) * width);
    if (i % 2 === 0 || row[0] === evaluation) kept.push(row);
  }
  return concat(kept);
}
