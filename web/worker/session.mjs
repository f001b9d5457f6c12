// SPDX-License-Identifier: MIT
// A session in the worker: a run that plays, pauses and steps, and the frames that show it, see frames.mjs; records wait
// here between them. What else is asked of a session is in session-calls.mjs.
import { Frames } from './frames.mjs';
import { Learner } from '../lib/learner.mjs';
import { Slice, breathe, turn } from '../lib/loop.mjs';
import { concat } from '../lib/run.mjs';
import { timeLimit, wholeNumber } from '../lib/setup.mjs';
import { BellhopError } from '../lib/bellhop-error.mjs';
import { checked, onlyKeys } from '../lib/rules.mjs';

/** @typedef {import('../bellhop.js').Frame} Frame */

export const SLICE_MS = 10;
const TABLE_STATES_MAX = 1024;
// Beyond these rows (4 MB) waiting records are thinned out: a page that takes no frames must not fill the memory.
const WAITING_ROWS_MAX = 65_536;
const CATCH_UP_SECONDS = 0.1;
/** The longest a timer can wait: beyond it, it would not wait at all. */
const SLEEP_MS_MAX = 2 ** 31 - 1;

/** Live options that change when `at` environment steps have been taken. @typedef {{ at: number, options: object }} Change */

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
  #post;
  #plays = 0;
  #speed = 0; // steps per second; 0 while paused
  #until = Infinity; // it pauses when so many steps have been taken
  #looping = false;
  #finished = false;
  /** It pauses, or is finished, when the step under way has ended. */
  #isStopping = false;
  #isEnding = false;
  #diverged = false;
  /** What ended playing. @type {Frame['failure']} */
  #failure = null;
  /** What pictures are drawn for; null where nobody wants any. @type {import('../bellhop.js').Look | null} */
  #look = null;
  /** @type {number | null} */
  #firstUpdateAt = null;
  /** @type {Float64Array[]} */
  #waiting = [];
  #waitingRows = 0;
  #frames = new Frames(() => this.#postFrame());
  #rate = new Rate();
  #slice = new Slice(SLICE_MS);
  /** @type {(() => void) | null} */
  #wake = null;
  /** The call of learn under way; `answer` is for the page's callback. @type {{ id: number, stop: AbortController, answer: (goesOn: boolean) => void } | null} */
  learning = null;
  /** Still to be made. @type {Change[]} */
  #changes;

  /**
   * @param {import('../lib/run.mjs').Run} run  is the session's from now on
   * @param {(frame: Frame, plays: number, transfer: ArrayBuffer[]) => void} post  plays: calls of play so far
   * @param {Change[]} changes  of live options, made at their steps; in the order of their steps
   */
  constructor(run, post, changes) {
    this.run = run;
    this.#post = post;
    this.learner = new Learner(run, (rows) => this.#keep(rows));
    this.#changes = changes;
  }

  /** How long it computes before others have their turn. */
  set sliceMs(/** @type {number} */ milliseconds) {
    this.#slice.milliseconds = milliseconds;
  }

  info() {
    const { env, observationSpace, actionSpace, setup } = this.run;
    return {
      ...setup, layout: this.run.layout(), observationSpace, actionSpace, ...this.run.coding?.spaces, rewardThreshold: env.reward_threshold,
      maxEpisodeSteps: timeLimit(setup.options.maxEpisodeSteps, env.max_episode_steps), summary: env.summary,
    };
  }

  /** @param {{ stepsPerSecond?: number, until?: number }} [options] */
  play(options = {}) {
    this.#plays++;
    onlyKeys('play', options, ['stepsPerSecond', 'until']);
    const { stepsPerSecond = Infinity, until = Infinity } = options;
    if (until !== Infinity) wholeNumber('until', until, 0, this.run.timestepsMax);
    checked('stepsPerSecond', stepsPerSecond, [(value) => typeof value === 'number' && value > 0, 'a positive number or Infinity']);
    if (this.learning?.stop.signal.aborted === false) throw new BellhopError('BH_ERR_STATE', 'play was called while this session is learning; pause it first');
    this.#until = until > this.run.timesteps ? until : Infinity;
    this.#start(stepsPerSecond);
  }

  /** @param {number} stepsPerSecond */
  #start(stepsPerSecond) {
    if (this.#speed === 0) this.#rate.clear();
    this.#speed = stepsPerSecond;
    this.#finished = this.#isStopping = false;
    this.#failure = null;
    this.#wake?.();
    this.rest();
  }

  /** Ends the step under way, if nobody does. */
  rest() {
    if (!this.#looping) void this.#loop();
  }

  /** Resolves when the page took the frame of where it stands still. */
  pause() {
    this.#speed = 0;
    this.#wake?.();
    this.#proceed(false);
    this.rest();
    return this.run.owed ? this.run.between(() => this.#frames.show()) : this.#frames.show();
  }

  /** @param {number} [n] @param {'update' | 'episode'} [until]  fewer steps, where it has come */
  async step(n = 1, until) {
    let left = wholeNumber('step', n, 1, 100_000);
    checked('step: until', until, [() => until === undefined || until === 'update' || until === 'episode', "'update' or 'episode'"]);
    const come = () => (until === 'update' ? this.run.updates : until ? this.run.episodes : 0);
    const before = come(), { end } = this.learner, isBefore = this.run.timesteps < end;
    this.#failure = null;
    try {
      do {
        left -= this.portion(until ? 1 : left);
        for (; this.run.answer || this.run.isUnderWay; left -= this.portion(1)) await (this.run.answer ?? breathe());
      } while (left > 0 && !this.run.finished && come() === before && !(until && isBefore && this.run.timesteps >= end));
    } finally {
      this.requestFrame();
    }
  }

  /** @param {import('../bellhop.js').Look | null} [look]  what pictures are drawn for from now on */
  requestFrame(look = this.#look) {
    this.#look = look;
    this.#frames.request();
  }

  /** The page took the last frame. */
  frameTaken() {
    this.#frames.taken();
  }

  /** The page's callback was called; unless it goes on, that call of learn ends. One that has ended hears nothing. @param {boolean} goesOn @param {number} id */
  proceed(goesOn, id) {
    if (this.learning?.id === id) this.#proceed(goesOn);
  }

  /** @param {boolean} goesOn */
  #proceed(goesOn) {
    if (!goesOn) this.learning?.stop.abort();
    this.learning?.answer(goesOn);
  }

  /** Stops playing. */
  standStill() {
    this.#speed = 0;
    this.#until = Infinity;
    this.#finished = false;
    this.#failure = null;
    this.#wake?.();
  }

  /** Changes options now, or when the step under way has ended; says since which step they hold. Changes that were to come are dropped: it is another run from here on. @param {object} options */
  set(options) {
    return this.run.between(() => {
      this.#applyDue();
      this.apply(options);
      this.#changes = [];
      const { options: all, envOptions } = this.run.setup;
      return { options: all, envOptions, at: this.run.timesteps };
    });
  }

  /** Changes options, now or as the recipe said. @param {object} options */
  apply(options) {
    this.learner.set(options);
  }

  /** @param {boolean} isWatched */
  watch(isWatched) {
    this.run.watch(isWatched);
  }

  /** Of the parameters: pages show it wherever a run stands still. @param {{ which?: import('../bellhop.js').Which }} options */
  sha256(options) {
    return this.run.between(() => this.run.sha256(options));
  }

  /** It has other parameters. */
  loaded() {
    this.learner.loaded();
    this.#diverged = false;
    this.requestFrame();
  }

  dispose() {
    this.#speed = 0;
    this.#wake?.();
    this.#proceed(false);
    this.#frames.end();
    this.run.dispose();
  }

  // ---- running ----

  async #loop() {
    this.#looping = this.run.isDriven = true;
    try {
      await this.#playOn();
    } catch (error) {
      // An environment of one's own: nobody waits for this, so the next frame tells.
      const { status = 'BH_ERR_STATE', message } = /** @type {BellhopError} */ (error);
      this.#failure = { status, message };
      this.#speed = 0;
      this.requestFrame();
    }
    this.#looping = this.run.isDriven = false;
    this.run.settle();
  }

  async #playOn() {
    let credit = 1;
    let then = performance.now();
    while (this.#speed > 0 || this.run.isUnderWay) {
      if (this.#speed === Infinity) {
        await this.#turn(this.#left());
      } else {
        const now = performance.now();
        credit = Math.min(credit + (now - then) / 1000 * this.#speed, Math.max(1, this.#speed * CATCH_UP_SECONDS));
        then = now;
        credit -= await this.#turn(Math.min(Math.floor(credit), this.#left()));
      }
      if (this.#speed > 0 || !this.run.isUnderWay) this.afterSlice(); // who pauses waits for the last frame
      await (this.#speed === Infinity || this.run.isUnderWay ? breathe() : this.#sleep((1 - credit) / this.#speed * 1000));
      if (this.#speed === Infinity) then = performance.now();
    }
  }

  /** Takes steps for a slice, and waits for environments. @param {number} most @returns {Promise<number>} steps taken */
  async #turn(most) {
    let taken = 0;
    await turn(this.run, this.#slice.milliseconds, (isOver) => {
      const least = this.run.answer || this.run.isUnderWay ? 1 : 0; // a step that is under way is ended
      taken += this.#slice.run(Math.max(most - taken, least), (n) => this.portion(n), () => (this.#speed === 0 && !this.run.isUnderWay) || isOver());
    });
    return taken;
  }

  /** Environment steps until the end; past it, play goes on for as long as one likes. */
  #left() {
    const left = this.learner.end - this.run.timesteps;
    return left > 0 ? left : this.run.timestepsMax;
  }

  /** Environment steps, rounded up to whole steps of all environments; fewer where it finishes or learning begins. @param {number} n */
  portion(n) {
    const before = this.run.timesteps;
    if (!this.run.answer && !this.run.isUnderWay) this.#applyDue();
    const { end } = this.learner;
    this.learner.steps(Math.min(n, Math.min(this.#changes[0]?.at ?? Infinity, this.#until > before ? this.#until : Infinity) - before));
    if (this.#firstUpdateAt === null && this.run.updates > 0) this.#firstUpdateAt = performance.timeOrigin + performance.now();
    if (before < this.#until && this.run.timesteps >= this.#until) this.#isStopping = true;
    if (before < end && this.run.timesteps >= end) this.#isEnding = true;
    if (!this.run.isUnderWay) this.#endStep();
    return this.run.timesteps - before;
  }

  /** Makes the changes whose step has come. */
  #applyDue() {
    for (; this.#changes.length > 0 && this.#changes[0].at <= this.run.timesteps; this.#changes.shift()) this.apply(this.#changes[0].options);
  }

  /** A step has ended: it may have been the last one. */
  #endStep() {
    if (this.run.finished || this.#isEnding) this.#finished = this.#isStopping = true;
    if (this.#isStopping) this.#speed = 0;
    this.#isStopping = this.#isEnding = false;
  }

  /** Shows what a slice has done. */
  afterSlice() {
    this.#rate.mark(this.run.timesteps, this.run.updates);
    this.requestFrame();
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
      const timer = setTimeout(end, Math.min(Math.max(4, milliseconds), SLEEP_MS_MAX));
      this.#wake = end;
    });
  }

  // ---- records and frames ----

  /** @param {Float64Array} rows */
  #keep(rows) {
    const { width } = this.run.records;
    this.#waiting.push(rows);
    this.#waitingRows += rows.length / width;
    if (this.#waitingRows <= WAITING_ROWS_MAX) return;
    this.#waiting = [thinned(concat(this.#waiting), this.run.records)];
    this.#waitingRows = this.#waiting[0].length / width;
  }

  #postFrame() {
    const frame = this.#frame();
    const arrays = [frame.obs, frame.obsTm1, frame.view, frame.q, frame.qTm1, frame.table, frame.records];
    this.#post(frame, this.#plays, [...arrays.flatMap((array) => array ? [/** @type {ArrayBuffer} */ (array.buffer)] : []), ...frame.picture ? [frame.picture] : []]);
  }

  /** @returns {Frame} */
  #frame() {
    const { obs, obsTm1 } = this.run.observations();
    const q = this.run.qValues(obs);
    const records = concat(this.#waiting);
    this.#waiting = [];
    this.#waitingRows = 0;
    if (this.learner.hasBadLoss || q.some((value) => !Number.isFinite(value) && value !== -Infinity)) this.#diverged = true;
    const { nObs } = this.run; // a mask stands behind them
    return {
      running: this.#speed > 0 || this.learning !== null, finished: this.#finished, diverged: this.#diverged, failure: this.#failure,
      timesteps: this.run.timesteps, episodes: this.run.episodes, nUpdates: this.run.updates,
      solvedAt: this.run.solvedAt, firstUpdateAt: this.#firstUpdateAt, ...this.#rate.perSecond, last: this.run.lastStep(),
      obs: obs.slice(0, nObs), obsTm1: obsTm1.slice(0, nObs), ...this.run.scene(this.#look), q, qTm1: this.run.qValues(obsTm1), update: this.run.lastUpdate(), table: this.#table(), records, recordWidth: this.run.records.width,
    };
  }

  /** The values of every state, where there are few. */
  #table() {
    const space = this.run.observationSpace;
    if (space.type !== 'Discrete' || space.n > TABLE_STATES_MAX) return null;
    const width = 1 + this.run.nMask; // of all actions, whatever the mask
    return this.run.qValues(new Float32Array(space.n * width).fill(1).map((legal, i) => i % width === 0 ? i / width : legal));
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
