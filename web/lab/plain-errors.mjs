// SPDX-License-Identifier: MIT
// What is told of an error without error-words.mjs, which is fetched with the first one: what needs no other words, and what is said
// where those cannot be had.
import { within } from '../lib/deadline.mjs';
import { loadWords } from './words.mjs';

/** @typedef {import('./words.mjs').Words} Words */

/** What browsers and the library say of something that could not be fetched. */
const OFFLINE = /Failed to fetch|Load failed|module script failed|dynamically imported module|could not be fetched|its script could not be loaded|NetworkError|did not (?:arrive|answer) within/i;

/** What a reader is told as it is: its message is in their language. */
export class Explained extends Error {}

/** @param {unknown} error */
export const messageOf = (error) => (error instanceof Error ? error.message : String(error));

/** Whether something could not be fetched: then trying again may help. @param {unknown} error */
export const isOffline = (error) => OFFLINE.test(messageOf(error));

/** Whether an error is told with the words that every lab has. @param {unknown} error */
export const isPlain = (error) => error instanceof Explained || isOffline(error);

/** An error with the words that every lab has: what the library says stays as it is. @param {unknown} error @param {Words} words @returns {string} */
export function plainly(error, words) {
  const message = messageOf(error);
  if (error instanceof Explained) return message;
  if (isOffline(error)) return words.t('error.offline');
  const isOurs = words.language === 'en' || /[\u4e00-\u9fff]/.test(message);
  return isOurs ? words.sentence(message) : words.t('error.other', { why: message });
}

/** An error waits for its words this long at most. */
const PATIENCE_MS = 5000;

/**
 * The words with those of errors and the names of settings; without where these do not come: an error is told all the same.
 * @param {import('./words.mjs').Language} language @param {readonly import('./words.mjs').Topic[]} [topics]
 * @returns {Promise<Words>}
 */
export const loadErrorWords = (language, topics = []) => unlessLate(loadWords(language, [...topics, 'errors', 'fields'])).catch(() => loadWords(language, topics));

/** What an error is told with; rejects where it does not come soon. @template T @param {Promise<T>} parts */
export const unlessLate = (parts) => within(PATIENCE_MS, () => 'the words did not arrive', () => parts);
