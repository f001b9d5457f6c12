// SPDX-License-Identifier: MIT
// Many runs in a few threads, each thread with a module of its own: a run has the same bits as alone.
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { BellhopError } from '../lib/wasm.mjs';
import { EndedEarly, settled } from './training.mjs';

/** @typedef {import('./training.mjs').Job} Job */
/** @typedef {import('./training.mjs').Summary} Summary */
/** @typedef {{ timesteps: number, totalTimesteps: number }} JobProgress */
/**
 * @typedef {object} How
 * @property {number} [threads]
 * @property {AbortSignal} [signal]
 * @property {(job: number, progress: JobProgress) => void} [onProgress]
 * @property {(job: number, summary: Summary) => void} [onResult]
 */
/** @typedef {{ resolve: (summary: Summary) => void, reject: (error: unknown) => void, onProgress: (progress: JobProgress) => void }} Pending */

/** A worker and the job it is at. */
class Thread {
  #worker = new Worker(new URL('./pool-thread.mjs', import.meta.url));
  /** @type {Pending | null} */
  #pending = null;

  constructor() {
    this.#worker.on('message', ({ progress, result, error }) => {
      if (progress) this.#pending?.onProgress(progress);
      else if (result) this.#pending?.resolve(result);
      else this.#pending?.reject(errorFrom(error));
    });
    this.#worker.on('error', (error) => this.#pending?.reject(error));
    this.#worker.on('exit', () => this.#pending?.reject(new Error('a thread of the pool ended before its run')));
  }

  /** @param {Job} job @param {Pending['onProgress']} onProgress @returns {Promise<Summary>} */
  run(job, onProgress) {
    return new Promise((resolve, reject) => {
      this.#pending = { resolve, reject, onProgress };
      this.#worker.postMessage({ job });
    });
  }

  /** The run that is under way ends where it is, with files and summary. */
  stop() {
    this.#worker.postMessage({ stop: true });
  }

  async end() {
    this.#pending = null;
    await this.#worker.terminate();
  }
}

/** An error as a thread posts it. @param {{ status?: import('../bellhop.js').Status, message: string, summary?: Summary }} posted */
function errorFrom({ status, message, summary }) {
  if (summary !== undefined) return new EndedEarly(message, summary);
  return status === undefined ? new Error(message) : new BellhopError(status, message);
}

/**
 * Runs jobs, so many at a time, in their order. When `signal` aborts, those under way end where they are and no more
 * are begun; so they do when one fails, whose error is thrown then. `onResult` hears of all that have a summary.
 * @param {readonly Job[]} jobs @param {How} [how]
 * @returns {Promise<(Summary | null)[]>} in the order of the jobs; null for what was not begun
 */
export async function runJobs(jobs, { threads = availableParallelism(), signal, onProgress = () => {}, onResult = () => {} } = {}) {
  /** @type {(Summary | null)[]} */
  const results = jobs.map(() => null);
  const pool = Array.from({ length: Math.min(threads, jobs.length) }, () => new Thread());
  const onAbort = () => pool.forEach((thread) => thread.stop());
  signal?.addEventListener('abort', onAbort);
  let next = 0;
  /** @type {unknown[]} */
  const errors = [];
  const runOne = async (/** @type {Thread} */ thread, /** @type {number} */ job) => {
    const { summary, error } = await settled(thread.run(jobs[job], (progress) => onProgress(job, progress)));
    results[job] = summary;
    onResult(job, summary);
    if (error) throw error;
  };
  const work = async (/** @type {Thread} */ thread) => {
    while (next < jobs.length && !signal?.aborted && errors.length === 0) {
      try {
        await runOne(thread, next++);
      } catch (error) {
        errors.push(error);
        onAbort();
      }
    }
  };
  try {
    await Promise.all(pool.map(work));
    if (errors.length > 0) throw errors[0];
    return results;
  } finally {
    signal?.removeEventListener('abort', onAbort);
    await Promise.all(pool.map((thread) => thread.end()));
  }
}

/**
 * The same for who wants what there is where one fails, too.
 * @param {readonly Job[]} jobs @param {How & { onResult: (job: number, summary: Summary) => void }} how
 * @returns {Promise<{ results: (Summary | null)[], error?: unknown }>}
 */
export async function collect(jobs, how) {
  /** @type {(Summary | null)[]} */
  const results = jobs.map(() => null);
  const onResult = (/** @type {number} */ job, /** @type {Summary} */ summary) => {
    results[job] = summary;
    how.onResult(job, summary);
  };
  try {
    await runJobs(jobs, { ...how, onResult });
    return { results };
  } catch (error) {
    return { results, error };
  }
}
