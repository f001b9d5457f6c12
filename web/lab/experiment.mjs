// SPDX-License-Identifier: MIT
// What a lab shows: a run of an agent (run-experiment.mjs), a run of an agent that writes text (text-experiment.mjs), or the
// training of a language model (language-experiment.mjs). This is what they share: phases, speeds, waiting while out of view.
// No DOM here; an element shows an experiment, several may show the same one.
//
// It computes in a worker, which it follows: one that does not answer, as a single step may take minutes, is busy. It is left by restart(), which
// takes a fresh one; where the worker is gone, or does not answer Pause, that happens by itself, see rescue.mjs.
//
// Events: `run` another run is there · `frame` there is something new to show · `phase` the phase changed · `setup` settings
// changed, or what is staged · `pausing` it was asked to pause · `score` the finished run was evaluated · `note` a notice: its detail tells a host of it.

/**
 * @typedef {'loading' | 'ready' | 'preparing' | 'running' | 'paused' | 'finished' | 'diverged' | 'failed'} Phase
 *   loading: no run yet; preparing: work before the first step, which Pause ends; failed: there will be no run
 */
/** @typedef {'run' | 'frame' | 'phase' | 'pausing' | 'setup' | 'score'} ExperimentEvent */
/** A number in the bar; `label` and `help` are keys of the words. @typedef {{ id: string, label: import('./words.mjs').Key, help?: import('./words.mjs').Key, values?: Record<string, string | number>, text: string, wide?: boolean }} Counter */

/** @typedef {import('../worker/trainer-pool.mjs').Lease} Lease */
/** @typedef {{ session: unknown, checkpoint: Uint8Array, step: number, history: any, first?: number, hand?: import('./run-list.mjs').ByHand | null }} State */

const ASK_MS = 1000;
/** Pause is answered within it, or says why not. */
const SLOW_MS = 1000;
/** A worker that has not answered a call after so many looks at it is busy. */
const PATIENCE = 3;

/** A start that a later one overtook: nothing to tell anybody. */
export class Superseded extends Error {}

export class Experiment extends EventTarget {
  /** Which panels show it. @type {'run' | 'box' | 'text' | 'language'} */
  kind = 'run';
  /** @type {Phase} */
  phase = 'loading';
  /** Index into `speeds`. */
  speed = 0;
  /** Factors of the natural pace; the last one is as fast as possible. @type {readonly number[]} */
  speeds = [Infinity];
  /** Whether the worker does not answer. */
  isBusy = false;
  /** Why the phase is `failed`; null else. @type {unknown} */
  failure = null;
  #suspended = false;
  /** Those who show it and are seen. @type {Set<unknown>} */
  #seenBy = new Set();
  #isLeft = false;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #asking;
  /** The call that was not answered at the last look, and how often it was seen. */
  #unanswered = { call: /** @type {number | null} */ (null), looks: 0 };
  /** Its last full checkpoint, from which another worker can go on, where somebody makes them. @type {State | null} */
  lastState = null;
  /** From when it is asked to pause until where it stands is shown. @type {Promise<unknown> | null} */
  #pausing = null;

  /** @param {Lease} lease  of a worker; released by dispose() */
  constructor(lease) {
    super();
    this.lease = lease;
    this.#follow();
  }

  get trainer() {
    return this.lease.trainer;
  }

  /** Goes over to another worker. @param {Lease} lease */
  moveTo(lease) {
    this.lease = lease;
    this.#follow();
  }

  #follow() {
    const { lease } = this;
    clearInterval(this.#asking);
    this.#asking = setInterval(() => this.#look(), ASK_MS);
    void lease.trainer.gone.then((error) => {
      if (lease === this.lease && !this.#isLeft && this.phase !== 'loading') this.lost(error);
    });
  }

  /** Sees whether the worker answers; while it runs, there may be nothing else to answer. */
  #look() {
    const { trainer } = this;
    if (this.isRunning && trainer.oldestCall === null) trainer.liveBytes().catch(() => {});
    const call = trainer.oldestCall;
    this.#unanswered = { call, looks: call !== null && call === this.#unanswered.call ? this.#unanswered.looks + 1 : 0 };
    this.#setBusy(this.#unanswered.looks >= PATIENCE);
  }

  /** @param {boolean} isBusy */
  #setBusy(isBusy) {
    if (isBusy === this.isBusy) return;
    this.isBusy = isBusy;
    this.emit('setup');
  }

  /** Its worker is gone: another one takes over. @param {unknown} error */
  lost(error) {
    const { phase } = this; // before what waits for the worker hears of it
    import('./rescue.mjs').then(({ rescue }) => rescue(this, 'rescue.gone', error, phase)).catch(() => this.fail(error));
  }

  /** Waits until it stands still; where that takes long it is told, and in the end another worker takes over. @param {() => Promise<unknown>} rest */
  async rests(rest) {
    if (!this.#pausing) {
      const { trainer } = this, watch = setTimeout(async () => (await import('./rescue.mjs')).watchPause(this), SLOW_MS);
      const pausing = this.#pausing = rest().catch((error) => {
        if (!trainer.isGone) throw error;
      }).finally(() => {
        clearTimeout(watch);
        if (this.#pausing === pausing) this.#pausing = null;
        if (this.isRunning) this.emit('pausing');
      });
      this.emit('pausing');
    }
    await this.#pausing;
  }

  /** It was asked to pause, and still runs. */
  get isPausing() {
    return this.#pausing !== null;
  }

  /** There will be no more of it. @param {unknown} error */
  fail(error) {
    clearInterval(this.#asking);
    this.failure = error;
    this.#setBusy(false);
    this.enter('failed');
  }

  /** From its beginning, in a fresh worker. @param {any} [setup] */
  async restart(setup) {
    this.abandon();
    this.failure = null;
    this.enter('loading');
    try {
      this.moveTo(await this.lease.renew());
      this.#setBusy(false);
      await this.start(setup);
    } catch (error) {
      if (!(error instanceof Superseded)) this.fail(error);
    }
  }

  /** Lets go of what is in a worker that does not answer. */
  abandon() {
    this.#pausing = null;
  }

  /** @param {any} [_setup] */
  async start(_setup) {}

  /** Nobody follows it any more, and the worker may go. */
  leave() {
    clearInterval(this.#asking);
    this.#isLeft = true;
    this.lease.release();
  }

  /** Whether it waits, though it is running, because nobody sees it. */
  get isSuspended() {
    return this.#suspended;
  }

  get isRunning() {
    return this.phase === 'running' || this.phase === 'preparing';
  }

  /** Whether steps come faster than one can follow: then everything shown changes at a readable pace. */
  get isBlur() {
    return this.phase === 'running';
  }

  /** Whether Play, Step and Reset can be pressed. */
  get can() {
    const usable = this.phase !== 'loading' && this.phase !== 'failed';
    return { play: usable && this.phase !== 'diverged', step: usable && this.phase !== 'diverged', reset: usable || this.isBusy };
  }

  /** The phase in words, where it is not the plain one. @param {import('./words.mjs').Words} words @returns {string | undefined} */
  phaseText(words) {
    if (this.isBusy) return words.t('phase.busy');
    return this.isPausing && this.isRunning ? words.t('phase.pausing') : undefined;
  }

  /** The numbers in the bar. @param {import('./words.mjs').Words} _words @returns {Counter[]} */
  counters(_words) {
    return [];
  }

  /** @param {ExperimentEvent} name */
  emit(name) {
    this.dispatchEvent(new Event(name));
  }

  /** @param {Phase} phase */
  enter(phase) {
    if (this.phase === phase) return;
    this.phase = phase;
    this.emit('phase');
  }

  /** @returns {unknown} */
  play() {
    throw new Error('play() is for the kinds of experiments');
  }

  /** Resolves when it stands still and that is shown. */
  async pause() {}

  /** @param {'update' | 'episode'} [_until] */
  async step(_until) {}

  async reset() {}

  /** @param {number} index into `speeds` */
  setSpeed(index) {
    this.speed = index;
    this.emit('setup');
  }

  /** It is not seen there. Where nobody sees it, a run that goes on waits, and stays `running`. @param {unknown} [viewer]  who shows it; several may */
  suspend(viewer) {
    this.#seenBy.delete(viewer);
    if (this.#suspended || this.#seenBy.size > 0) return;
    this.#suspended = true;
    if (this.phase === 'running') this.halt();
  }

  /** Somebody sees it again. @param {unknown} [viewer]  who shows it */
  resume(viewer) {
    this.#seenBy.add(viewer);
    if (!this.#suspended) return;
    this.#suspended = false;
    if (this.phase === 'running') this.go();
  }

  /** Lets the worker run; of the kinds of experiments. */
  go() {}

  /** Lets the worker rest; of the kinds of experiments. */
  halt() {}

  /** Ends its sessions; it is not to be used any more. */
  async dispose() {}
}
