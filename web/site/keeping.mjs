// SPDX-License-Identifier: MIT
// What is kept of runs in the browser's storage: the present one of each view, to go on with, and the list of those that were left.
import { RunKeeper } from './run-keeper.mjs';
import { RunStore } from './run-store.mjs';

export class Keeping {
  #present;
  #left;

  /** @param {import('./run-store.mjs').Store & import('./run-keeper.mjs').Store} store  handed over, as the page has it already @param {() => void} tell  says that there is no room */
  constructor(store, tell) {
    this.#present = new RunKeeper(store, tell);
    this.#left = new RunStore(store, tell);
  }

  /** @param {string} view @param {any} experiment @param {boolean} [isUrgent]  the page may be gone soon */
  keep(view, experiment, isUrgent) {
    if (experiment.runs) void this.#left.follow(view, experiment);
    if (experiment.kept.step > 0) void this.#present.keep(view, experiment, isUrgent);
  }
}
