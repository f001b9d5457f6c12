// SPDX-License-Identifier: MIT
// The page's words, with those of the lab: its own and those of the embed dialog are no topics of the lab's, as no lab in another page is to
// carry them.
import { Words } from '../lab/words.mjs';

/** @typedef {import('../lab/words.mjs').Language} Language */

const CATALOGUES = Object.freeze({
  en: Object.freeze({
    lab: () => import('../lab/strings/en.mjs'), site: () => import('../lab/strings/en-site.mjs'), text: () => import('../lab/strings/en-text.mjs'), errors: () => import('../lab/strings/en-errors.mjs'), fields: () => import('../lab/strings/en-fields.mjs'), embed: () => import('../lab/strings/en-embed.mjs'),
  }),
  zh: Object.freeze({
    lab: () => import('../lab/strings/zh.mjs'), site: () => import('../lab/strings/zh-site.mjs'), text: () => import('../lab/strings/zh-text.mjs'), errors: () => import('../lab/strings/zh-errors.mjs'), fields: () => import('../lab/strings/zh-fields.mjs'), embed: () => import('../lab/strings/zh-embed.mjs'),
  }),
});
/** What each part of the page speaks with. */
const PARTS = Object.freeze({ page: Object.freeze(/** @type {const} */ (['lab', 'site'])), embed: Object.freeze(/** @type {const} */ (['lab', 'text', 'errors', 'fields', 'embed'])) });

/** @param {keyof typeof PARTS} part @param {Language} language @returns {Promise<Words>} */
export async function loadPageWords(part, language) {
  const catalogues = await Promise.all(PARTS[part].map((name) => CATALOGUES[language][name]()));
  return new Words(Object.assign({}, ...catalogues.map((catalogue) => catalogue.default)), language);
}
