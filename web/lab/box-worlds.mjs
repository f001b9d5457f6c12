// SPDX-License-Identifier: MIT
// The worlds whose actions are numbers: rows as those of world-table.mjs, and the files that draw them.

/** @typedef {import('./world-table.mjs').World} World */

const FILES = Object.freeze({ 'pendulum': () => import('./worlds/pendulum.mjs'), 'mountain-car': () => import('./worlds/mountain-car.mjs') });

/** @type {readonly World[]} */
const BOX_WORLDS = Object.freeze(/** @type {const} */ ([
  { id: 'Pendulum-v1', tab: 'control', world: 'pendulum', pace: 20, speed: 1, window: 20, digits: 1, logFreq: 100 },
  { id: 'MountainCarContinuous-v0', tab: 'control', world: 'mountain-car', pace: 30, speed: 1, window: 20, digits: 1, logFreq: 500 },
]).map((row) => Object.freeze(row)));

/** @param {string} env one of BOX_IDS @returns {World} */
export const boxWorld = (env) => /** @type {World} */ (BOX_WORLDS.find(({ id }) => id === env));

/** Fetches the file that draws a world. @param {World} row @returns {Promise<import('./world-table.mjs').WorldModule>} */
export const loadBoxWorld = async ({ world }) => FILES[/** @type {keyof typeof FILES} */ (world)]();
