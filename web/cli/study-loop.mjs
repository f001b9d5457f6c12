// SPDX-License-Identifier: MIT
// The loop of a sweep: asks the study for jobs as long as the executor has room, tells it what they came to. And the bar that shows how far it is.
import { setMaxListeners } from 'node:events';
import { Progress, number } from './output.mjs';
import { isOfShard } from './study-shard.mjs';

/** @typedef {import('../bellhop.js').Study} Study */
/** @typedef {import('../bellhop.js').Job} Job */
/** @typedef {import('../bellhop.js').JobResult} JobResult */
/** @typedef {import('./study-local.mjs').HowToRun & { notBy?: string }} HowToRun */
/** Runs jobs somewhere. @typedef {{ capacity: number, run: (job: Job, how?: HowToRun) => Promise<JobResult | null>, end: () => Promise<void> }} Executor */

/**
 * Runs what a study asks for, until it is finished, or `signal` aborts.
 * @param {{ study: Study, executor: Executor, signal: AbortSignal, shard?: import('./study-shard.mjs').Shard, progress: SweepProgress, onResult: (job: Job, result: JobResult) => void }} how
 */
export async function runSweep({ study, executor, signal, shard, progress, onResult }) {
  const isMine = isOfShard(shard, study);
  const stop = new AbortController();
  setMaxListeners(0, stop.signal); // one for each run under way
  const onAbort = () => stop.abort();
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  const running = new Set();
  /** @type {unknown} */
  let failure;
  let wake = () => {};
  const settle = (/** @type {Job} */ job, /** @type {JobResult | null} */ result) => {
    progress.leave(job);
    if (result === null) return;
    onResult(job, result);
    study.tell(result);
    progress.count(study);
  };
  const begin = (/** @type {Job} */ job) => {
    running.add(job.id);
    executor.run(job, { signal: stop.signal, onProgress: (now) => progress.at(job, now) }).then((result) => settle(job, result)).catch((error) => {
      failure ??= error; // the disk, the queue, a result that contradicts another one
      stop.abort();
    }).finally(() => {
      running.delete(job.id);
      wake();
    });
  };
  try {
    for (;;) {
      const woken = new Promise((done) => {
        wake = () => done(undefined);
      });
      for (let job = next(); job !== null; job = next()) begin(job);
      if (running.size === 0) break;
      await woken;
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
  if (failure !== undefined) throw failure;

  function next() {
    while (!stop.signal.aborted && running.size < executor.capacity) {
      const job = study.ask();
      if (job === null || isMine(job)) return job;
    }
    return null;
  }
}

/** Runs that are done, and steps of those under way: of a study that ends runs early, at most so many. */
export class SweepProgress {
  #bar;
  /** Runs there are, of a study that ends runs early at most. */
  total;
  #steps = 0;
  /** @type {Map<string, number>} */
  #under = new Map();
  #from;
  /** Runs that have a result. */
  told;

  /** @param {Study} study @param {import('./study-shard.mjs').Shard | undefined} shard @param {boolean} isQuiet */
  constructor(study, shard, isQuiet) {
    this.#bar = isQuiet ? null : new Progress();
    const all = study.size * study.seeds.length;
    this.total = shard === undefined ? all : Math.ceil((all - shard.index + 1) / shard.count);
    this.told = study.trials.reduce((sum, { results }) => sum + results.filter((result) => result !== null).length, 0);
    this.#from = this.told;
  }

  /** @param {Job} job @param {{ timesteps: number, totalTimesteps: number }} now */
  at({ id }, { timesteps, totalTimesteps }) {
    this.#steps = Math.max(this.#steps, totalTimesteps);
    this.#under.set(id, timesteps);
    this.#show();
  }

  /** @param {Job} job */
  leave({ id }) {
    this.#under.delete(id);
  }

  /** @param {Study} study */
  count({ finished }) {
    this.told++;
    if (finished) this.total = this.told;
    this.#show();
  }

  #show() {
    const under = [...this.#under.values()].reduce((sum, steps) => sum + steps, 0);
    const [total, done] = [this.total * this.#steps, Math.min(this.told, this.total) * this.#steps];
    this.#bar?.show({ timesteps: Math.min(total, done + under), totalTimesteps: total, from: this.#from * this.#steps, runs: `${number(this.told)}/${number(this.total)} runs done` });
  }

  /** Takes the bar away. */
  end() {
    this.#bar?.end();
    this.#bar = null;
  }
}
