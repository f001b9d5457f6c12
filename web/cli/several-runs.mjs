// SPDX-License-Identifier: MIT
// The folder of a command with several runs: who writes there, and which of them are done.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Claim } from './claim.mjs';
import { CHECKPOINT } from './contents.mjs';
import { removeFile, writing } from './durable.mjs';
import { Journal } from './journal.mjs';

/** @typedef {import('./training.mjs').Summary} Summary */
/** @typedef {import('./training.mjs').Job} Job */

export class SeveralRuns {
  #out;
  #claim;
  #journal;
  /** @type {ReadonlyMap<number, Summary>} */
  #done = new Map();
  /** What went wrong with the journal. @type {unknown} */
  #unwritten;

  /** @param {string} out @param {import('./folder.mjs').Beginning & { command: import('./journal.mjs').Command }} how */
  constructor(out, { overwrite, resume, command }) {
    this.#out = out;
    this.#claim = new Claim('out', out, { overwrite, resume, several: true, command });
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

  /** Of these runs those that were done before, by their numbers; one whose model is gone is run again. @param {readonly Job[]} jobs @returns {ReadonlyMap<number, Summary>} */
  doneOf(jobs) {
    this.#done = new Map([...this.#journal.done].filter(([number, { env, algo, seed }]) => {
      const { plan, out } = jobs[number] ?? {};
      return out !== undefined && plan?.env === env && plan.algo === algo && plan.options.seed === seed && existsSync(join(out, 'model.safetensors'));
    }));
    return this.#done;
  }

  /**
   * A run has ended; one that has come to its end is not run again, and needs no full checkpoint any more.
   * @param {Job} job @param {number} number @param {Summary | null} summary
   */
  keep({ out }, number, summary) {
    if (out === undefined || summary === null || summary.error !== undefined || summary.stopped) return;
    try {
      if (!this.#done.has(number)) this.#journal.add(number, summary);
      const checkpoint = join(out, CHECKPOINT);
      if (existsSync(checkpoint)) writing('out', this.#out, () => removeFile(checkpoint));
    } catch (error) {
      this.#unwritten ??= error; // the other runs go on
    }
  }

  /** All runs are complete, and take the place of those that were there. */
  complete() {
    if (this.#unwritten !== undefined) throw this.#unwritten;
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
