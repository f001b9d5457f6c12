// SPDX-License-Identifier: MIT
// What a lab shows: a run of an agent (run-experiment.mjs), a run of an agent that writes text (text-experiment.mjs), or the
// training of a language model (language-experiment.mjs). This is what they share: phases, speeds, waiting while out of view.
// No DOM here; an element shows an experiment, several may show the same one.
//
// Events: `run` another run is there · `frame` there is something new to show · `phase` the phase changed · `setup` settings
// changed, or what is staged · `score` the finished run was evaluated.

/**
 * @typedef {'loading' | 'ready' | 'preparing' | 'running' | 'paused' | 'finished' | 'diverged' | 'failed'} Phase
 *   loading: no run yet; preparing: work before the first step, which Pause ends; failed: there will be no run
 */
/** @typedef {'run' | 'frame' | 'phase' | 'setup' | 'score'} ExperimentEvent */
/** A number in the bar; `label` and `help` are keys of the words. @typedef {{ id: string, label: import('./words.mjs').Key, help?: import('./words.mjs').Key, values?: Record<string, string | number>, text: string, wide?: boolean }} Counter */

/** A start that a later one overtook: nothing to tell anybody. */
export class Superseded extends Error {}

export class Experiment extends EventTarget {
  /** Which panels show it. @type {'run' | 'text' | 'language'} */
  kind = 'run';
  /** @type {Phase} */
  phase = 'loading';
  /** Index into `speeds`. */
  speed = 0;
  /** Factors of the natural pace; the last one is as fast as possible. @type {readonly number[]} */
  speeds = [Infinity];
  #suspended = false;
  /** Those who show it and are seen. @type {Set<unknown>} */
  #seenBy = new Set();

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
    return { play: usable && this.phase !== 'diverged', step: usable && this.phase !== 'diverged', reset: usable };
  }

  /** The phase in words, where it is not the plain one. @param {import('./words.mjs').Words} _words @returns {string | undefined} */
  phaseText(_words) {
    return undefined;
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

  async step() {}

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
