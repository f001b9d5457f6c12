// SPDX-License-Identifier: MIT
// The run of a view as a full checkpoint, in the browser's storage: what was left can go on with the same bits when the page is opened again.
// Saved at most every ten seconds, seldom where saving takes long, and when the page is hidden.

const KEEP_RUN_MS = 10_000;
/** Of all the time, what saving may take. */
const SHARE = 1 / 50;

export class RunKeeper {
  #store;
  #tell;
  #wait = KEEP_RUN_MS;
  #savedAt = -Infinity;
  #isSaving = false;
  #isTold = false;
  /** What was urgent while it saved. @type {(() => void) | undefined} */
  #next;

  /** @param {import('./kept-runs.mjs').KeptRuns} store @param {() => void} tell  says that there is no room */
  constructor(store, tell) {
    this.#store = store;
    this.#tell = tell;
  }

  /** @param {string} view @param {any} experiment @param {boolean} [isUrgent]  the page may be gone soon */
  async keep(view, experiment, isUrgent = false) {
    const { session } = experiment;
    if (this.#isSaving && isUrgent) this.#next = () => void this.keep(view, experiment, true);
    if (!experiment.canGoOn || this.#isSaving || (!isUrgent && performance.now() - this.#savedAt < this.#wait)) return;
    this.#isSaving = true;
    const since = this.#savedAt = performance.now();
    try {
      const { kept, query } = experiment; // what comes meanwhile the charts are without
      const checkpoint = await experiment.save({ full: true });
      if (experiment.session !== session) return;
      experiment.lastState = { ...kept, checkpoint, session };
      this.#kept(await this.#store.keepRun(view, { query, ...kept, checkpoint }));
    } catch {
      // its worker is gone, and tells by itself
    } finally {
      this.#isSaving = false;
      this.#wait = Math.max(KEEP_RUN_MS, (performance.now() - since) / SHARE);
      const next = this.#next;
      this.#next = undefined;
      next?.();
    }
  }

  /** @param {boolean} isKept */
  #kept(isKept) {
    if (!isKept && !this.#isTold) this.#tell();
    this.#isTold = !isKept;
  }
}
