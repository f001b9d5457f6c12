// SPDX-License-Identifier: MIT
// The last state of every tab, in IndexedDB: its link, how far it came, its history, the reader's own text. Offered when the tab is
// opened the next time. Where there is no storage, nothing is kept.
import { get, set } from 'idb-keyval';

/** @typedef {{ query: string, step: number, history: unknown, text: string }} Kept */

const PREFIX = 'bellhop.view.';

/** @param {string} view @returns {Promise<Kept | null>} */
export async function recallView(view) {
  try {
    const kept = await get(PREFIX + view);
    return kept && typeof kept.query === 'string' && Number.isFinite(kept.step) ? kept : null;
  } catch {
    return null;
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
