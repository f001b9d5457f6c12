// SPDX-License-Identifier: MIT
// The words of the workbench, with those of the lab.
import { Words } from '../lab/words.mjs';

/** @typedef {import('../lab/words.mjs').Language} Language */

const CATALOGUES = Object.freeze({
  en: () => [import('../lab/strings/en.mjs'), import('../lab/strings/en-text.mjs'), import('../lab/strings/en-box.mjs'), import('../lab/strings/en-errors.mjs'), import('../lab/strings/en-fields.mjs'), import('../lab/strings/en-workbench.mjs')],
  zh: () => [import('../lab/strings/zh.mjs'), import('../lab/strings/zh-text.mjs'), import('../lab/strings/zh-box.mjs'), import('../lab/strings/zh-errors.mjs'), import('../lab/strings/zh-fields.mjs'), import('../lab/strings/zh-workbench.mjs')],
});

/** @param {Language} language */
export async function loadWorkbenchWords(language) {
  const catalogues = await Promise.all(CATALOGUES[language]());
  return new Words(Object.assign({}, ...catalogues.map((catalogue) => catalogue.default)), language);
}
