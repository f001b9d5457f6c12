// SPDX-License-Identifier: MIT
// Many runs in a few threads, each thread with a module of its own: a run has the same bits as alone.
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { BellhopError } from '../wasm.mjs';

/** @typedef {import('./training.mjs').Job} Job */
/** @typedef {import('./training.mjs').Summary} Summary */
/** @typedef {{ timesteps: number, totalTimesteps: number }} JobProgress */
/** @typedef {{ resolve: (summary: Summary) => void, reject: (error: unknown) => void, onProgress: (progress: JobProgress) => void }} Pending */

/** A worker and the job it is at. */
class Thread {
  #worker = new Worker(new URL('./pool_thread.mjs', import.meta.url));
  /** @type {Pending | null} */
  #pending = null;

  constructor() {
    this.#worker.on('message', ({ progress, result, error }) => {
      if (progress) this.#pending?.onProgress(progress);
      else if (result) this.#pending?.resolve(result);
      else this.#pending?.reject(error.status === undefined ? new Error(error.message) : new BellhopError(error.status, error.message));
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

/**
 * Runs jobs, so many at a time, in their order. When `signal` aborts, those under way end where they are and no more
 * are begun. When one fails, all end and its error is thrown.
 * @param {readonly Job[]} jobs
 * @param {{
 *   threads?: number, signal?: AbortSignal,
 *   onProgress?: (job: number, progress: JobProgress) => void, onResult?: (job: number, summary: Summary) => void,
 * }} [how]
 * @returns {Promise<(Summary | null)[]>} in the order of the jobs; null for what was not begun
 */
export async function runJobs(jobs, { threads = availableParallelism(), signal, onProgress = () => {}, onResult = () => {} } = {}) {
  /** @type {(Summary | null)[]} */
  const results = jobs.map(() => null);
  const pool = Array.from({ length: Math.min(threads, jobs.length) }, () => new Thread());
  const onAbort = () => pool.forEach((thread) => thread.stop());
  signal?.addEventListener('abort', onAbort);
  let next = 0;
  const work = async (/** @type {Thread} */ thread) => {
    while (next < jobs.length && !signal?.aborted) {
      const job = next++;
      const summary = await thread.run(jobs[job], (progress) => onProgress(job, progress));
      results[job] = summary;
      onResult(job, summary);
    }
  };
  try {
    await Promise.all(pool.map(work));
    return results;
  } finally {
    signal?.removeEventListener('abort', onAbort);
    await Promise.all(pool.map((thread) => thread.end()));
  }
}
