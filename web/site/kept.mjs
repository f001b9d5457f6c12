// SPDX-License-Identifier: MIT
// The last state of every view, in IndexedDB: its link, how far it came, its history. Offered when the view is opened the next time.
// The reader's own text, which no link holds, is kept by itself and put back. Where there is no storage, nothing is kept.
import { get, set } from 'idb-keyval';

/** @typedef {{ query: string, step: number, history: unknown }} Kept */

const PREFIX = 'bellhop.view.', TEXT = 'bellhop.text';

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
