// SPDX-License-Identifier: MIT
// Many runs in a few threads, each thread with a module of its own: a run has the same bits as alone.
import { availableParallelism } from 'node:os';
import process from 'node:process';
import { Worker } from 'node:worker_threads';
import { thrownText } from '../lib/definition.mjs';
import { BellhopError } from '../lib/bellhop-error.mjs';
import { EndedEarly, settled } from './training.mjs';

/** @typedef {import('./training.mjs').Job} Job */
/** @typedef {import('./training.mjs').Summary} Summary */
/** @typedef {{ timesteps: number, totalTimesteps: number }} JobProgress */
/** @typedef {{ job: number, error: unknown }} JobFailure */
/**
 * @typedef {object} How
 * @property {number} [threads]
 * @property {AbortSignal} [signal]
 * @property {(job: number, progress: JobProgress) => void} [onProgress]
 * @property {(job: number, summary: Summary | null) => void} [onResult]  once for each that was begun; null where an error left no summary
 * @property {ReadonlyMap<number, Summary>} [done]  jobs that were done before, and are not run again
 */
/** @typedef {{ resolve: (summary: Summary) => void, reject: (error: unknown) => void, onProgress: (progress: JobProgress) => void }} Pending */

/** A worker and the job it is at. */
class Thread {
  #worker = new Worker(new URL('./pool-thread.mjs', import.meta.url));
  /** @type {Pending | null} */
  #pending = null;
  /** The environment of that job. */
  #env = '';
  /** Whether it can take another job. */
  isUsable = true;

  constructor() {
    this.#worker.on('message', ({ progress, result, error, warning }) => {
      if (warning !== undefined) warn(warning);
      else if (progress) this.#pending?.onProgress(progress);
      else if (result) this.#pending?.resolve(result);
      else this.#pending?.reject(errorFrom(error));
    });
    this.#worker.on('error', (error) => this.#fail(`its thread ended with ${thrownText(error)}`));
    this.#worker.on('exit', (code) => this.#fail(`its thread ended without a result, with code ${code}`));
  }

  /** @param {string} message */
  #fail(message) {
    this.isUsable = false;
    this.#pending?.reject(new Error(`${this.#env}: ${message}`));
  }

  /** @param {Job} job @param {Pending['onProgress']} onProgress @returns {Promise<Summary>} */
  run(job, onProgress) {
    // Code of other people may leave timers behind, and variables of its module: each run gets it anew, as alone.
    if (job.plan.envFile !== undefined) this.isUsable = false;
    this.#env = job.plan.env;
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

/** Warnings of the library that were printed: many runs have the same. @type {Set<string>} */
const warned = new Set();

/** @param {string} text */
function warn(text) {
  if (/^bellhop: /.test(text)) {
    if (warned.has(text)) return;
    warned.add(text);
  }
  process.stderr.write(`${text}\n`);
}

/** An error as a thread posts it. @param {{ status?: import('../bellhop.js').Status, message: string, summary?: Summary }} posted */
function errorFrom({ status, message, summary }) {
  if (summary !== undefined) return new EndedEarly(message, summary);
  return status === undefined ? new Error(message) : new BellhopError(status, message);
}

/** One job after the other. */
export class Place {
  /** @type {Thread | undefined} */
  #thread;
  #isStopped = false;

  /** @param {Job} job @param {Pending['onProgress']} onProgress */
  async run(job, onProgress) {
    if (this.#thread?.isUsable === false) await this.end();
    this.#thread ??= new Thread();
    const run = this.#thread.run(job, onProgress);
    if (this.#isStopped) this.#thread.stop(); // while the last one ended
    return run;
  }

  stop() {
    this.#isStopped = true;
    this.#thread?.stop();
  }

  async end() {
    await this.#thread?.end();
    this.#thread = undefined;
  }
}

/**
 * Runs jobs, so many at a time, in their order. When `signal` aborts, those under way end where they are and no more are begun. One that
 * fails ends alone.
 * @param {readonly Job[]} jobs @param {How} [how]
 * @returns {Promise<{ results: (Summary | null)[], failures: JobFailure[] }>} results in the order of the jobs, null where there is none
 */
export async function collect(jobs, { threads = availableParallelism(), signal, onProgress = () => {}, onResult = () => {}, done = new Map() } = {}) {
  /** @type {(Summary | null)[]} */
  const results = jobs.map((_, job) => done.get(job) ?? null);
  const left = [...jobs.keys()].filter((job) => !done.has(job));
  /** @type {JobFailure[]} */
  const failures = [];
  const places = Array.from({ length: Math.min(threads, left.length) }, () => new Place());
  const onAbort = () => places.forEach((place) => place.stop());
  signal?.addEventListener('abort', onAbort);
  let next = 0;
  const runOne = async (/** @type {Place} */ place, /** @type {number} */ job) => {
    const { summary, error } = await settled(place.run(jobs[job], (progress) => onProgress(job, progress)));
    results[job] = summary;
    if (error !== undefined) failures.push({ job, error });
    onResult(job, summary);
  };
  const work = async (/** @type {Place} */ place) => {
    while (next < left.length && !signal?.aborted) await runOne(place, left[next++]);
  };
  done.forEach((summary, job) => onResult(job, summary));
  try {
    await Promise.all(places.map(work));
    return { results, failures: failures.sort((a, b) => a.job - b.job) };
  } finally {
    signal?.removeEventListener('abort', onAbort);
    await Promise.all(places.map((place) => place.end()));
  }
}

/**
 * The same for who wants all of them: throws the first error, after all have ended.
 * @param {readonly Job[]} jobs @param {How} [how]
 */
export async function runJobs(jobs, how) {
  const { results, failures } = await collect(jobs, how);
  if (failures.length > 0) throw failures[0].error;
  return results;
}
