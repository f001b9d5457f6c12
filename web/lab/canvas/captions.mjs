// SPDX-License-Identifier: MIT
// Sentences that several worlds share: the step of the episode, the last action, what the library says of a state.

/** @typedef {import('../world-table.mjs').Scene} Scene */

export const DEGREES = 180 / Math.PI;

/** @param {Scene} scene */
export const stepCaption = ({ words, last }) => words.t('draw.step', { n: words.count(last.episodeLength) });

/** The last action and how it was chosen, by default with its plain name. @param {Scene} scene @param {number} action */
export const actionCaption = ({ actionName, chosenHow, last }, action) => `${actionName(action)} · ${chosenHow(last.explored)}`;

/** How an episode with a goal ended: it was reached, or the time limit came first. @param {Scene} scene */
export const endCaption = ({ words, last }) => words.t(last.terminated ? 'draw.arrived' : 'draw.late');

/**
 * A state in the reader's words: in English what the library says, with a true minus sign.
 * @param {{ words: import('../words.mjs').Words, english: string }} state @param {() => string} other  for the other languages
 */
export const inWords = ({ words, english }, other) => (words.language === 'en' ? english.replace(/-(?=\d)/g, '−') : other());
