// SPDX-License-Identifier: MIT
// The texts that language models are trained on: files beside the page's script. A build with everything inside has
// web/embed/inside-corpora.mjs in place of this file.

/** @type {Readonly<Record<string, string>>} */
const FILES = Object.freeze({ 'stories-en': './static/corpus_en.txt', 'stories-zh': './static/corpus_zh.txt' });

/** On its own, so that no bundler looks for a file of every name. */
const HERE = import.meta.url;

/** Whether a corpus has a file. @param {string} id */
export const hasFile = (id) => id in FILES;

/** The text of a corpus that has a file; rejects where it cannot be had. @param {string} id @returns {Promise<string>} */
export async function readCorpus(id) {
  const url = new URL(FILES[id], HERE);
  const response = await fetch(url).catch(() => fetch(url, { cache: 'force-cache' })); // without a connection: as it was fetched before
  if (!response.ok) throw new Error(`${url} could not be fetched: status ${response.status}`);
  return response.text();
}
