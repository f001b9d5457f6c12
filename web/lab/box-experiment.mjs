// SPDX-License-Identifier: MIT
// A run in an environment whose actions are numbers: a run as any other, in worlds of their own.
import { BOX_IDS } from './box-kind.mjs';
import { boxWorld, loadBoxWorld } from './box-worlds.mjs';
import { RunExperiment } from './run-experiment.mjs';

export class BoxExperiment extends RunExperiment {
  kind = /** @type {const} */ ('box');

  get envs() {
    return BOX_IDS;
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
