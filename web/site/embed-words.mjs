// SPDX-License-Identifier: MIT
// The words of the embed dialog, with those of the lab. They are no topic of the lab's: no lab in another page is to carry them.
import { Words } from '../lab/words.mjs';

/** @typedef {import('../lab/words.mjs').Language} Language */

const CATALOGUES = Object.freeze({
  en: [() => import('../lab/strings/en.mjs'), () => import('../lab/strings/en-text.mjs'), () => import('../lab/strings/en-embed.mjs')],
  zh: [() => import('../lab/strings/zh.mjs'), () => import('../lab/strings/zh-text.mjs'), () => import('../lab/strings/zh-embed.mjs')],
});

/** @param {Language} language */
export async function loadEmbedWords(language) {
  const catalogues = await Promise.all(CATALOGUES[language].map((fetch) => fetch()));
  return new Words(Object.assign({}, ...catalogues.map((catalogue) => catalogue.default)), language);
}
