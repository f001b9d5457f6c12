// SPDX-License-Identifier: MIT
// A run in an environment whose actions are numbers: a run as any other, in worlds of their own.
import { BOX_IDS } from './late-kinds.mjs';
import { boxWorld, loadBoxWorld } from './box-worlds.mjs';
import { RunExperiment } from './run-experiment.mjs';

export class BoxExperiment extends RunExperiment {
  kind = /** @type {const} */ ('box');

  get envs() {
    return BOX_IDS;
  }

  /** How an action was chosen, as a key of the words. @param {boolean} explored @returns {string} */
  howChosen(explored) {
    if (explored) return 'random';
    return this.session?.info.options.noiseType === 'none' ? 'box.how' : 'box.how.noise';
  }

  /** @param {string} env */
  rowOf(env) {
    return boxWorld(env);
  }

  /** @param {import('./world-table.mjs').World} row */
  loadWorld(row) {
    return loadBoxWorld(row);
  }
}
