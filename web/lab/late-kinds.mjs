// SPDX-License-Identifier: MIT
// What tells that a link or an element means an environment that the smaller module is without: one whose actions are numbers, a Box, or a
// board game. All else of these (box-worlds.mjs, board-experiment.mjs) is fetched when one is opened.

/** Those whose actions are numbers. */
export const BOX_IDS = Object.freeze(/** @type {const} */ (['Pendulum-v1', 'MountainCarContinuous-v0']));
/** Board games. */
export const BOARD_IDS = Object.freeze(/** @type {const} */ (['ConnectFour-v0']));

/** @param {string} env */
export const isBox = (env) => BOX_IDS.some((id) => id === env);
/** @param {string} env */
export const isBoard = (env) => BOARD_IDS.some((id) => id === env);
