// SPDX-License-Identifier: MIT
// Runs whose environments are one's own, and may answer later: where reset or step has returned a Promise, the C run stands still in the
// middle of a step or an evaluation, with nothing changed that it goes on from. What would change that has to wait, or is refused.
import { Run } from './run.mjs';
import { LABELS } from './setup.mjs';
import { hosts } from './slots.mjs';
import { BellhopError } from './bellhop-error.mjs';

// As in run.mjs.
const STEPS_MAX = 2048;

export class WaitingRun extends Run {
  /** A step, or an evaluation between two, waits for environments. */
  #isUnderWay = false;
  /** An evaluation that somebody asked for, while it waits. @type {Promise<unknown> | null} */
  #evaluation = null;
  /** What is to be done when neither is. @type {(() => void)[]} */
  #tasks = [];

  get #isStill() {
    return !this.#isUnderWay && !this.#evaluation;
  }

  /** Throws where a step or an evaluation is under way. */
  needStill() {
    if (this.#isStill) return;
    throw new BellhopError('BH_ERR_STATE', `this ${LABELS[this.algo.name] ?? this.algo.name} model waits for ${this.env.id} in the middle of a step or an evaluation: call this where that is over, as in onProgress or after await learn()`);
  }

  /** Where an environment answers later, `answer` is set: the next call, with any number, goes on with the step that is under way, and ends it at most. @param {number} n */
  steps(n) {
    this.answer = this.#evaluation;
    if (this.answer) return;
    const most = this.#isUnderWay ? 0 : Math.min(n, STEPS_MAX);
    this.#isUnderWay = false;
    try {
      this.answer = this.#ask(() => this.during((wasm, run) => wasm.call.bhx_run_steps(run, most)));
      this.#isUnderWay = this.answer !== null;
    } finally {
      this.#settle();
    }
  }

  /** @param {() => number} call */
  #ask(call) {
    return this.use((wasm) => /** @type {NonNullable<ReturnType<typeof hosts.get>>} */ (hosts.get(wasm))).ask(call);
  }

  /** Does what was put off. */
  #settle() {
    while (this.#tasks.length > 0 && this.#isStill) this.#tasks.shift()?.();
  }

  /** At once, or after the step or the evaluation that is under way. @template T @param {() => T} use @returns {T | Promise<T>} */
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

  // ---- evaluation ----

  /** @template T @param {(make: (call: () => number) => void) => T} play @returns {T | Promise<T>} */
  play(play) {
    return /** @type {any} */ (this.between(() => this.#play(play)));
  }

  /** @template T @param {(make: (call: () => number) => void) => T} play @returns {T | Promise<T>} */
  #play(play) {
    /** @type {Promise<unknown> | null} */
    let owed = null;
    const ask = () => play((call) => {
      owed = this.#ask(call);
    });
    const first = ask();
    if (!owed) return first;
    const score = (async () => {
      for (;;) {
        await owed;
        const last = ask();
        if (!owed) return last;
      }
    })();
    const end = () => {
      this.#evaluation = null;
      this.#settle();
    };
    this.#evaluation = score.then(end, end);
    return score;
  }

  // ---- what has to wait ----

  /** @param {object} options */
  set(options) {
    this.needStill();
    super.set(options);
  }

  resetTimesteps() {
    this.needStill();
    super.resetTimesteps();
  }

  dispose() {
    super.dispose();
    [this.#isUnderWay, this.#evaluation] = [false, null];
    this.#settle();
  }
}
