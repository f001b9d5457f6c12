// SPDX-License-Identifier: MIT
// What a view was left at, its run as a full checkpoint, and the list of its runs, in IndexedDB.

/** @typedef {import('./kept.mjs').Kept} Kept */
/** `query` may lack changes that were made later. @typedef {Kept & { checkpoint: Uint8Array }} KeptRun */

/** The number is the format of a list. */
const VIEW = 'bellhop.view.', RUN = 'bellhop.run.', RUNS = 'bellhop.runs.1.';

export class KeptRuns {
  #store;

  /** @param {typeof import('./kept.mjs').store} store  handed over, as the page has it already */
  constructor(store) {
    this.#store = store;
  }

  /** @param {string} view @returns {Promise<Kept | null>} */
  async recallView(view) {
    const kept = await this.#get(VIEW + view);
    return kept && typeof kept.query === 'string' && Number.isFinite(kept.step) ? kept : null;
  }

  /** The run that was kept of what a view was left at; null where there is none. @param {string} view @param {Kept} kept @returns {Promise<KeptRun | null>} */
  async recallRun(view, { query, step }) {
    const run = await this.#get(RUN + view);
    return run?.checkpoint instanceof Uint8Array && run.step <= step && query.startsWith(run.query) ? run : null;
  }

  /** The list of runs of a view, as it was given. @param {string} view @returns {Promise<unknown>} */
  recallRuns(view) {
    return this.#get(RUNS + view);
  }

  /** @param {string} view @param {KeptRun} run @returns {Promise<boolean>} whether there was room for it */
  keepRun(view, run) {
    return this.#set(RUN + view, run);
  }

  /** @param {string} view @param {unknown[]} runs @returns {Promise<boolean>} whether there was room for them */
  keepRuns(view, runs) {
    return this.#set(RUNS + view, runs);
  }

  /** null where there is none, or no storage. @param {string} key @returns {Promise<any>} */
  async #get(key) {
    try {
      return await this.#store.get(key) ?? null;
    } catch {
      return null;
    }
  }

  /** @param {string} key @param {unknown} value */
  async #set(key, value) {
    try {
      await this.#store.set(key, value);
      return true;
    } catch (error) {
      return /** @type {Error} */ (error).name !== 'QuotaExceededError'; // without storage there is nothing to tell
    }
  }
}
