// SPDX-License-Identifier: MIT
// How a run takes its steps: models and the worker's sessions share it. What their records amount to, and whether a loss was bad.
// learn(), slice by slice, is in learning.mjs.
import { Metrics, readRecords } from './metrics.mjs';

/** @typedef {import('../bellhop.js').RunRecord} RunRecord */
export class Learner {
  #onRows;
  #nUpdates; // of the last training record
  #hasBadLoss = false;
  metrics = new Metrics();
  /** Since the last progress of learn() was told; null while nobody learns. @type {RunRecord[] | null} */
  records = null;
  /** Whether it was said that nothing was learned. */
  hasWarned = false;

  /**
   * @param {import('./run.mjs').Run} run
   * @param {(rows: Float64Array) => void} [onRows]  gets the records as they come, in rows
   */
  constructor(run, onRows = () => {}) {
    this.run = run;
    this.#onRows = onRows;
    this.#nUpdates = run.updates; // of a run that goes on: those of before
    /** Steps of a call of learn, unless it says otherwise. */
    this.budget = Number(run.setup.options.totalTimesteps);
    /** Environment steps at which the run, or the call of learn, ends. */
    this.end = this.budget;
  }

  /**
   * Takes steps as Run.steps does; what is thrown has left its records all the same.
   * @param {number} n @returns {number} steps taken
   */
  steps(n) {
    const before = this.run.timesteps;
    try {
      this.run.steps(n);
    } finally {
      this.take();
    }
    return this.run.timesteps - before;
  }

  /** @param {Float64Array} rows */
  #keep(rows) {
    if (rows.length === 0) return;
    for (const record of readRecords(rows, this.run.records, this.run.algo.metrics)) {
      this.metrics.add(record);
      this.records?.push(record);
      if (record.type !== 'train') continue;
      // NaN where nothing was learned is fine, and where an improvement of a policy was planned, which has no loss; else it is the end.
      const learned = record.nUpdates > this.#nUpdates && !this.run.algo.needs_transitions;
      if (Math.abs(record.loss) === Infinity || (learned && Number.isNaN(record.loss))) this.#hasBadLoss = true;
      this.#nUpdates = record.nUpdates;
    }
    this.#onRows(rows);
  }

  /** Whether a loss was not finite. */
  get hasBadLoss() {
    return this.#hasBadLoss;
  }

  /** Changes live options. @param {{ totalTimesteps?: number }} options */
  set(options) {
    this.run.set(options);
    if (options.totalTimesteps !== undefined) this.end = this.budget = options.totalTimesteps;
  }

  /** Other parameters: what the losses of the last ones were does not count. */
  loaded() {
    this.#hasBadLoss = false;
  }

  /** Keeps what a step outside has left, see outside.mjs. */
  take() {
    this.#keep(this.run.drain());
  }
}
