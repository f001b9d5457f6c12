// SPDX-License-Identifier: MIT
// Experiments whose actions are numbers, from the parameters of a link; fetched when the first of them is wanted.
import { BoxExperiment } from './box-experiment.mjs';
import { BOX_IDS, isBox } from './late-kinds.mjs';
import { fromQuery } from './run-setup.mjs';

/** @param {import('../worker/trainer-pool.mjs').Lease} lease @param {URLSearchParams} query @returns {import('./create-experiment.mjs').Created} */
export function createBoxExperiment(lease, query) {
  const { setup, ignored } = fromQuery(/** @type {any} */ (lease.trainer.catalog), query, BOX_IDS[0], isBox);
  return { experiment: new BoxExperiment(lease, setup), ignored };
}
