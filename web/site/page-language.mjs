// SPDX-License-Identifier: MIT
// The language of the page: which it begins with, and the words that index.html has marked a place for.
import { LOCALES } from '../lab/words.mjs';
import { loadPageWords } from './page-words.mjs';
import { recall, remember } from './stored.mjs';

/** @typedef {import('../lab/words.mjs').Language} Language */

const STORED = 'bellhop.language';

/** The language a link asks for; null for none, or another one. @param {string} hash @returns {Language | null} */
export function languageIn(hash) {
  const wanted = new URLSearchParams(hash.slice(1)).get('lang');
  return wanted === 'zh' || wanted === 'en' ? wanted : null;
}

/** The language to begin with: the link's, the one chosen before, the browser's. @returns {Language} */
export function firstLanguage() {
  const wanted = languageIn(location.hash) ?? recall(STORED) ?? navigator.language;
  return wanted.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

/** The language that was asked for last. @type {Language | null} */
let wanted = null;

/** Resolves to the words when the page speaks it; to null when another one was asked for meanwhile. @param {Language} language @param {boolean} keep remember it */
export async function speak(language, keep) {
  wanted = language;
  const words = await loadPageWords('page', language);
  if (wanted !== language) return null;
  if (keep) remember(STORED, language);
  document.title = words.t('title');
  for (const id of /** @type {const} */ (['en', 'zh'])) document.getElementById(`lang-${id}`)?.setAttribute('aria-pressed', String(id === language));
  for (const node of document.querySelectorAll('[data-t]')) node.textContent = words.t(/** @type {any} */ (node.getAttribute('data-t')));
  for (const node of document.querySelectorAll('[data-t-label]')) {
    const text = words.t(/** @type {any} */ (node.getAttribute('data-t-label')));
    node.setAttribute('aria-label', text);
    if (node.hasAttribute('title')) node.setAttribute('title', text);
  }
  document.getElementById('chapters')?.setAttribute('href', `chapters/${language}/index.html`);
  document.documentElement.lang = LOCALES[language]; // which labs follow
  return words;
}
