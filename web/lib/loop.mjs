// SPDX-License-Identifier: MIT
// Running for a few milliseconds at a time, and letting others run in between. Not timers: browsers hold those back to
// 4 ms and more; not animation frames: a hidden page has none.

/** Resolves after pending messages and events had their turn. @type {() => Promise<void>} */
export const breathe = typeof globalThis.setImmediate === 'function'
  ? () => new Promise((done) => {
    globalThis.setImmediate(done);
  })
  : () => new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      done();
    };
    port2.postMessage(null);
  });

/**
 * What a callback's answer resolves to; false as soon as the signal is aborted, for it may never resolve.
 * @param {unknown} answer @param {AbortSignal | undefined} signal @returns {unknown}
 */
export function unlessAborted(answer, signal) {
  if (!signal || typeof /** @type {any} */ (answer)?.then !== 'function') return answer;
  return new Promise((resolve, reject) => {
    const stop = () => resolve(false);
    const end = () => signal.removeEventListener('abort', stop);
    signal.addEventListener('abort', stop);
    // First, so that what it has thrown already is told.
    /** @type {Promise<unknown>} */ (answer).then(resolve, reject).then(end);
    if (signal.aborted) void Promise.resolve().then(stop);
  });
}

/**
 * A slice that waits for what environments owe: until its time is up, and no step is under way. Where nothing is owed, nothing is waited for.
 * @param {{ answer: Promise<unknown> | null }} run @param {number} milliseconds
 * @param {(isOver: () => boolean) => void} take  takes steps until isOver, asked after each portion, says so; at least one portion where an answer was waited for
 */
export async function turn(run, milliseconds, take) {
  let end = Infinity;
  const isOver = () => run.answer !== null || performance.now() >= end;
  take(isOver);
  if (run.answer) end = performance.now() + milliseconds;
  while (run.answer) {
    await run.answer;
    take(isOver);
  }
}

/** Takes steps for about so many milliseconds: small portions, as long as the clock says so. */
export class Slice {
  #portion = 1;

  /** @param {number} milliseconds */
  constructor(milliseconds) {
    this.milliseconds = milliseconds;
  }

  /**
   * Calls `work` with numbers of steps until the time or the steps are up, or it has ended; at least once, where there are steps.
   * @param {number} steps                       the most to take
   * @param {(n: number) => number} work         takes about n steps, returns how many it took
   * @param {() => boolean} [ended]             asked after each call: whether that was the last
   * @returns {number} steps taken
   */
  run(steps, work, ended = () => false) {
    let now = performance.now(), taken = 0;
    const end = now + this.milliseconds;
    while (taken < steps) {
      taken += work(Math.min(this.#portion, steps - taken));
      if (ended()) break;
      const later = performance.now();
      // Portions of about a quarter of the time: the clock is read seldom, and a slice does not run far over.
      const ratio = this.milliseconds / 4 / Math.max(later - now, 0.01);
      this.#portion = Math.max(1, Math.min(2048, Math.floor(this.#portion * Math.min(2, ratio))));
      now = later;
      if (now >= end) break;
    }
    return taken;
  }
}
