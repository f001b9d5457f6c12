// SPDX-License-Identifier: MIT
// The words of the tour.
import { Words } from '../lab/words.mjs';

/** @typedef {import('../lab/words.mjs').Language} Language */

const CATALOGUES = Object.freeze({ en: () => import('../lab/strings/en-tour.mjs'), zh: () => import('../lab/strings/zh-tour.mjs') });

/** @param {Language} language */
export const loadTourWords = async (language) => new Words((await CATALOGUES[language]()).default, language);
