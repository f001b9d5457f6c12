// SPDX-License-Identifier: MIT
// What the page puts into IndexedDB from its start: of every view its link, how far it came and its history, and the reader's own text, which no link holds
// and which is put back. Runs are kept by what is fetched when there is one, see keeping.mjs. Where there is no storage, nothing is kept.
import { get, keys, set } from 'idb-keyval';

/** @typedef {{ query: string, step: number, history: unknown, hand?: import('../lab/run-list.mjs').ByHand | null }} Kept */

const VIEW = 'bellhop.view.';
const TEXT = 'bellhop.text';

/** Handed to what is fetched later. */
export const store = Object.freeze({ get, set });

/** Whether something was kept of a view. @param {string} view */
export async function isKept(view) {
  try {
    return (await keys()).some((key) => String(key).endsWith(`.${view}`));
  } catch {
    return false;
  }
}

/** @param {string} view @param {Kept} kept */
export async function keepView(view, kept) {
  try {
    await set(VIEW + view, kept);
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
