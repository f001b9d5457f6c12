// SPDX-License-Identifier: MIT
// The last state of every view, in IndexedDB: its link, how far it came, its history, and its run as a full checkpoint. Offered when the view is
// opened the next time.
// The list of runs that were left is kept by run-store.mjs. The reader's own text, which no link holds, is kept by itself and put back. Where there is no storage, nothing is kept.
import { get, keys, set } from 'idb-keyval';

/** @typedef {{ query: string, step: number, history: unknown }} Kept */

/** `query` may lack changes that were made later. @typedef {Kept & { checkpoint: Uint8Array }} KeptRun */

const PREFIX = 'bellhop.view.', RUN = 'bellhop.run.', TEXT = 'bellhop.text';
/** Lists of runs, see run-store.mjs; the number is their format. */
const RUNS = 'bellhop.runs.1.';

/** @param {string} view @returns {Promise<Kept | null>} */
export async function recallView(view) {
  try {
    const kept = await get(PREFIX + view);
    return kept && typeof kept.query === 'string' && Number.isFinite(kept.step) ? kept : null;
  } catch {
    return null;
  }
}

/** The run that was kept of what a view was left at; null where there is none. @param {string} view @param {Kept} kept @returns {Promise<KeptRun | null>} */
export async function recallRun(view, { query, step }) {
  try {
    const run = await get(RUN + view);
    return run?.checkpoint instanceof Uint8Array && run.step <= step && query.startsWith(run.query) ? run : null;
  } catch {
    return null;
  }
}

/** The list of runs of a view, as it was given. @param {string} view @returns {Promise<unknown>} */
export const recallRuns = (view) => get(RUNS + view);

/** @param {string} view @param {unknown[]} runs */
export const keepRuns = (view, runs) => keepLarge(RUNS + view, runs);

/** @param {string} view @param {KeptRun} run */
export const keepRun = (view, run) => keepLarge(RUN + view, run);

/** @param {string} key @param {unknown} value @returns {Promise<boolean>} whether there was room for it */
async function keepLarge(key, value) {
  try {
    await set(key, value);
    return true;
  } catch (error) {
    return /** @type {Error} */ (error).name !== 'QuotaExceededError'; // without storage there is nothing to tell
  }
}

/** Whether a list of runs was kept of a view. @param {string} view */
export async function hasRuns(view) {
  try {
    return (await keys()).includes(RUNS + view);
  } catch {
    return false;
  }
}

/** @param {string} view @param {Kept} kept */
export async function keepView(view, kept) {
  try {
    await set(PREFIX + view, kept);
  } catch {
    // nothing depends on it
  }
}

/** The reader's own text; '' where there is none. @returns {Promise<string>} */
export async function recallText() {
  try {
    const kept = await get(TEXT);
    return typeof kept === 'string' ? kept : '';
  } catch {
    return '';
  }
}

/** @param {string} text */
export async function keepText(text) {
  try {
    await set(TEXT, text);
  } catch {
    // nothing depends on it
  }
}
