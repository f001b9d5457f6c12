// SPDX-License-Identifier: MIT
// What tells that a link or an element means an environment whose actions are numbers, a Box. All else of these (box-worlds.mjs) is
// fetched when one is opened.

/** Their ids. */
export const BOX_IDS = Object.freeze(/** @type {const} */ (['Pendulum-v1', 'MountainCarContinuous-v0']));

/** @param {string} env */
export const isBox = (env) => BOX_IDS.some((id) => id === env);
