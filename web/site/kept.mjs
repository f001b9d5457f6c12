// SPDX-License-Identifier: MIT
// The last state of every view, in IndexedDB: its link, how far it came, its history, and its run as a full checkpoint. Offered when the view is
// opened the next time.
// The reader's own text, which no link holds, is kept by itself and put back. Where there is no storage, nothing is kept.
import { get, set } from 'idb-keyval';

/** @typedef {{ query: string, step: number, history: unknown }} Kept */

/** `query` may lack changes that were made later. @typedef {Kept & { checkpoint: Uint8Array }} KeptRun */

const PREFIX = 'bellhop.view.', RUN = 'bellhop.run.', TEXT = 'bellhop.text';

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

/** @param {string} view @param {KeptRun} run @returns {Promise<boolean>} whether there was room for it */
export async function keepRun(view, run) {
  try {
    await set(RUN + view, run);
    return true;
  } catch (error) {
    return /** @type {Error} */ (error).name !== 'QuotaExceededError'; // without storage there is nothing to tell
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
