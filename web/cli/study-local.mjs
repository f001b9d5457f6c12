// SPDX-License-Identifier: MIT
// The executor of a study on this machine: threads of the pool, which keep the module loaded from job to job. A job that runs longer than the
// interval has a full checkpoint in DIR/jobs, from which it goes on wherever it was ended; the next rung of a run begins there, too.
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { availableParallelism, hostname } from 'node:os';
import { join } from 'node:path';
import { canonicalJson } from '../lib/study/study-job.mjs';
import { readProblem } from './files.mjs';
import { Place } from './pool.mjs';

/** @typedef {import('../bellhop.js').Job} Job */
/** @typedef {import('../bellhop.js').JobResult} JobResult */
/** @typedef {{ timesteps: number, totalTimesteps: number }} JobProgress */
/**
 * How a job is run: `fresh` from its beginning, whatever there is of it, for verification. A job that `signal` ends has a checkpoint, and null for a result.
 * @typedef {{ signal?: AbortSignal, onProgress?: (progress: JobProgress) => void, fresh?: boolean }} HowToRun
 */

/** Where the folders of jobs are. */
export const JOBS = 'jobs';

/** SHA-256 of a file, 64 digits. @param {string} file @returns {string} */
export function sha256OfFile(file) {
  try {
    if (!statSync(file).isFile()) throw new Error(`${file} is not a file`); // a device may have no end
    return createHash('sha256').update(readFileSync(file)).digest('hex');
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === undefined) throw error;
    throw new Error(readProblem(file, error), { cause: error });
  }
}

/**
 * What a run is, without how far a job follows it: jobs of one run share a folder, so that a later rung goes on from an earlier one.
 * @param {Job} job @returns {string} 12 digits
 */
export function runKey({ env, envSha256, envOptions, algo, options, seed }) {
  return createHash('sha256').update(canonicalJson({ env, envSha256, envOptions, algo, options, seed })).digest('hex').slice(0, 12);
}

/** The folder of a job's checkpoint. @param {string} out  of the study @param {Job} job */
export function jobFolder(out, job) {
  return join(out, JOBS, runKey(job));
}

/** Runs jobs, so many at a time. */
export class LocalExecutor {
  #out;
  #interval;
  #onModel;
  #native;
  /** @type {Place[]} */
  #idle = [];
  /** @type {Set<Place>} */
  #busy = new Set();
  /** Jobs that run at a time. */
  capacity;
  /** What results are signed with. */
  agent = hostname();

  /**
   * @param {{ out?: string, threads?: number, interval?: number, native?: string, onModel?: (job: Job, bytes: Uint8Array) => void }} [options]  out: where
   *   checkpoints go, if any; interval: seconds between them, 0 for one where a job is ended; native: the program that takes the steps of environments in C;
   *   onModel: wants the parameters of each run
   */
  constructor({ out, threads = availableParallelism(), interval = 30, native, onModel } = {}) {
    this.#native = native;
    this.#onModel = onModel;
    this.#out = out;
    this.#interval = interval;
    this.capacity = threads;
  }

  /** @param {Job} job @param {HowToRun} [how] @returns {Promise<JobResult | null>} null: it was ended; a job that fails has a result that says why */
  async run(job, { signal, onProgress = () => {}, fresh = false } = {}) {
    const place = this.#idle.pop() ?? new Place();
    this.#busy.add(place);
    const stop = () => place.stop();
    try {
      checkEnvFile(job);
      const running = place.run(this.#sent(job, fresh), onProgress);
      signal?.addEventListener('abort', stop);
      if (signal?.aborted) stop();
      const { stopped, model, ...outcome } = /** @type {any} */ (await running);
      if (model !== undefined && !fresh) this.#onModel?.(job, model);
      return stopped ? null : { id: job.id, ...outcome, agent: this.agent };
    } catch (error) {
      return { id: job.id, outcome: 'failed', score: null, timesteps: 0, evaluations: [], fingerprint: '', seconds: 0, agent: this.agent, message: /** @type {Error} */ (error).message };
    } finally {
      signal?.removeEventListener('abort', stop);
      await this.#leave(place, signal?.aborted === true);
    }
  }

  /** @param {Job} job @param {boolean} fresh */
  #sent(job, fresh) {
    const { env, envFile, envOptions, algo, options, seed, until, stopBelow, metric } = job;
    return {
      plan: { env, envFile, algo, options: { ...options, seed }, envOptions: envOptions ?? {} }, study: { until, stopBelow, metric, wantsModel: this.#onModel !== undefined },
      ...this.#native !== undefined && envFile === undefined && { native: this.#native },
      ...this.#out !== undefined && !fresh && { at: jobFolder(this.#out, job), interval: this.#interval, keeps: until !== undefined },
    };
  }

  /** A place that was told to stop takes no more. @param {Place} place @param {boolean} isStopped */
  async #leave(place, isStopped) {
    this.#busy.delete(place);
    if (isStopped) await place.end();
    else this.#idle.push(place);
  }

  async end() {
    await Promise.all([...this.#idle.splice(0), ...this.#busy].map((place) => place.end()));
  }
}

/** Refuses the file of an environment that is not the one the job is of. @param {Job} job */
function checkEnvFile({ env, envFile, envSha256 }) {
  if (envFile === undefined) return;
  const found = sha256OfFile(envFile);
  if (found !== envSha256) throw new Error(`${env}: ${envFile} has changed: its SHA-256 is ${found.slice(0, 12)}…, and the study was begun with ${String(envSha256).slice(0, 12)}…`);
}
