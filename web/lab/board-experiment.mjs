// SPDX-License-Identifier: MIT
// A run in a board game: a run as any other, of the larger module.
import { BOARD_IDS, isBoard } from './late-kinds.mjs';
import { RunExperiment } from './run-experiment.mjs';
import { fromQuery } from './run-setup.mjs';

/** @typedef {import('./world-table.mjs').World} World */

/** Rows as those of world-table.mjs. @type {readonly World[]} */
export const BOARDS = Object.freeze([
  Object.freeze({ id: 'ConnectFour-v0', tab: 'pixels', world: 'connect-four', pace: 2, speed: 1, window: 100, digits: 2, logFreq: 100 }),
]);

export class BoardExperiment extends RunExperiment {
  get envs() {
    return BOARD_IDS;
  }

  /** @param {string} env */
  rowOf(env) {
    return /** @type {World} */ (BOARDS.find(({ id }) => id === env));
  }

  /** @returns {Promise<import('./world-table.mjs').WorldModule>} */
  loadWorld() {
    return import('./worlds/connect-four.mjs');
  }
}

/** @param {import('../worker/trainer-pool.mjs').Lease} lease @param {URLSearchParams} query @returns {import('./create-experiment.mjs').Created} */
export function createBoardExperiment(lease, query) {
  const { setup, ignored } = fromQuery(/** @type {any} */ (lease.trainer.catalog), query, BOARD_IDS[0], isBoard);
  return { experiment: new BoardExperiment(lease, setup), ignored };
}
