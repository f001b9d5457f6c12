// SPDX-License-Identifier: MIT
// What tells that a link or an element means something that the smaller module is without: an environment whose actions are numbers, a Box, or a
// board game, whose files (box-worlds.mjs, board-experiment.mjs) are fetched when one is opened; or an algorithm.

/** Those whose actions are numbers. */
export const BOX_IDS = Object.freeze(/** @type {const} */ (['Pendulum-v1', 'MountainCarContinuous-v0']));
/** Board games. */
export const BOARD_IDS = Object.freeze(/** @type {const} */ (['ConnectFour-v0']));
/** Algorithms of the larger module for environments of the smaller one. */
export const LATE_ALGOS = Object.freeze(['pqn']);

/** Whether a choice of an algorithm is one that only the larger module has. @param {{ algos: readonly { name: string }[] }} catalog @param {string} [choice] */
export const isLate = ({ algos }, choice = '') => LATE_ALGOS.includes(choice) && !algos.some(({ name }) => name === choice);

/** @param {string} env */
export const isBox = (env) => BOX_IDS.some((id) => id === env);
/** @param {string} env */
export const isBoard = (env) => BOARD_IDS.some((id) => id === env);
