// SPDX-License-Identifier: MIT
// In place of web/lab/corpora.mjs where everything is inside one file (build/inside.mjs).
// @ts-ignore: made by build/inside.mjs
import english from '../inline/corpus_en.mjs';
// @ts-ignore: as above
import chinese from '../inline/corpus_zh.mjs';

/** @type {Readonly<Record<string, string>>} */
const TEXTS = Object.freeze({ 'stories-en': english, 'stories-zh': chinese });

/** Whether a corpus has a file. @param {string} id */
export const hasFile = (id) => id in TEXTS;

/** @param {string} id @returns {Promise<string>} */
export const readCorpus = async (id) => TEXTS[id];
