// SPDX-License-Identifier: MIT
// The folder of a command with several runs: who writes there, and which of them are done.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Claim } from './claim.mjs';
import { CHECKPOINT } from './contents.mjs';
import { removeFile, writing } from './durable.mjs';
import { Journal } from './journal.mjs';

/** @typedef {import('./training.mjs').Summary} Summary */

export class SeveralRuns {
  #out;
  #claim;
  #journal;

  /** @param {string} out @param {import('./folder.mjs').Beginning & { command: import('./journal.mjs').Command }} how */
  constructor(out, { overwrite, resume, command }) {
    this.#out = out;
    this.#claim = new Claim('out', out, { overwrite, resume, several: true });
    try {
      this.#journal = new Journal('out', out, this.at, command);
    } catch (error) {
      this.#claim.release();
      throw error;
    }
  }

  /** Where the files of the runs go. */
  get at() {
    return this.#claim.at;
  }

  /** Runs that were done before, by their numbers. @returns {ReadonlyMap<number, Summary>} */
  get done() {
    return this.#journal.done;
  }

  /**
   * A run has ended; one that has come to its end is not run again, and needs no full checkpoint any more.
   * @param {import('./training.mjs').Job} job @param {number} number @param {Summary | null} summary
   */
  keep({ out }, number, summary) {
    if (out === undefined || summary === null || summary.error !== undefined || summary.stopped || this.done.has(number)) return;
    this.#journal.add(number, summary);
    const checkpoint = join(out, CHECKPOINT);
    if (existsSync(checkpoint)) writing('out', this.#out, () => removeFile(checkpoint));
  }

  /** All runs are complete, and take the place of those that were there. */
  complete() {
    this.#journal.close();
    this.#claim.complete();
  }

  /** Others may write there now. */
  release() {
    try {
      this.#journal.close();
    } finally {
      this.#claim.release();
    }
  }
}
