// SPDX-License-Identifier: MIT
// What tells that a link or an element means a task of text. All else of text (text-tasks.mjs) is fetched when one is opened.

/** Ids of the tasks of text. */
export const TEXT_IDS = Object.freeze(/** @type {const} */ (['TextGen-v1', 'Translate-v0', 'Dialogue-v0', 'Summarize-v0', 'CodeGen-v0', 'LearningRate-v0']));
/** How the parameters of old links begin, see text-link.mjs. */
export const OLD_PREFIX = 'text.';

/** @param {string} env */
export const isTextTask = (env) => TEXT_IDS.some((id) => id === env);

/** Whether parameters are of an old link. @param {URLSearchParams} query */
export const isOldLink = (query) => [...query.keys()].some((name) => name.startsWith(OLD_PREFIX));
