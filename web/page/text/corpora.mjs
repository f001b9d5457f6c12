// SPDX-License-Identifier: MIT
// What a language model can be trained on here: two corpora that lie beside the page, the examples of a task, which the worker
// makes, and whatever the reader pastes.
import { t } from '../i18n.mjs';

/** @typedef {'stories-en' | 'stories-zh' | 'task' | 'own'} CorpusId */

/** @type {Record<string, string>} */
const FILES = { 'stories-en': './static/corpus_en.txt', 'stories-zh': './static/corpus_zh.txt' };
/** How a sample begins where the reader has not said so. @type {Record<CorpusId, string>} */
export const PROMPTS = { 'stories-en': 'The ', 'stories-zh': '今天', 'task': '', 'own': '' };

/** @type {Map<string, string>} */
const fetched = new Map();

/** The text of a corpus file; null for one that has none. @param {CorpusId} id */
export async function corpusText(id) {
  const file = FILES[id];
  if (!file) return null;
  const known = fetched.get(id);
  if (known !== undefined) return known;
  const response = await fetch(new URL(file, import.meta.url)).catch(() => null);
  if (!response?.ok) throw new Error(t('lm.corpus.failed'));
  const text = await response.text();
  fetched.set(id, text);
  return text;
}
