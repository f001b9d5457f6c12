// SPDX-License-Identifier: MIT
// An agent: takes jobs from a queue, runs them with the executor of this machine, gives back results. Of what came over the wire nothing is run
// but settings that pass the tables. A job it cannot end goes back with its checkpoint, for another to go on with.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { metadataOf } from '../lib/checkpoint.mjs';
import { CHECKPOINT } from './contents.mjs';
import { entryAt, makeFolder, removeFile, removeFolder, writeFile } from './durable.mjs';
import { errorOf } from './ending.mjs';
import { agentsOf, announce, cancellations, checkVersion, leave } from './queue-control.mjs';
import { LIMITS, MissingEnv, RefusedJob, plainLine, readOrder } from './queue-job.mjs';
import { FolderStore, RedisStore, packed, unpacked } from './queue-store.mjs';
import { LocalExecutor, jobFolder, runKey } from './study-local.mjs';
import { JOB_OPTIONS } from './study-queue.mjs';
import { EVALUATIONS } from './study-run.mjs';

/** @typedef {import('./queue-job.mjs').Order} Order */
/** @typedef {import('../bellhop.js').JobResult} JobResult */
/**
 * @typedef {object} AgentOptions
 * @property {string} name
 * @property {number} threads   jobs at a time
 * @property {string} work      folder of checkpoints
 * @property {string} [shared]  folder that other agents see, too; otherwise checkpoints and models go through Redis
 * @property {import('./queue-job.mjs').OwnEnvs} own
 * @property {number} interval  seconds between checkpoints
 * @property {string} [native]  the program that takes the steps (native-process.mjs)
 * @property {number} stalledAfter  seconds without a sign of life after which a job is another's
 * @property {(sentence: string) => void} warn
 * @property {(job: import('../bellhop.js').Job, result: JobResult) => void} onResult
 * @property {(job: import('../bellhop.js').Job, timesteps: number) => void} onResume  a job is resumed from another agent's checkpoint
 */

const BEAT_MS = 5000;
/** How long a job waits for an agent that has its environment, and how often. */
const WAIT_MS = 5000, WAITS_MAX = 500;
/** So many agents may be gone in the middle of a job before it is given up. */
const STALLED_MAX = 5;
const PROGRESS_MS = 5000;
const CLOSE_MS = 10_000;

/** A job that runs here. */
class Running {
  /** @type {Order} */
  order;
  stop = new AbortController();
  /** @type {number | undefined} */
  #uploadedAt;
  #folder;
  #store;
  #warn;
  #key;
  #isTooLarge = false;

  /** @param {Order} order @param {AgentOptions} options @param {import('./queue-store.mjs').Store} store */
  constructor(order, { work, warn }, store) {
    this.order = order;
    this.#store = store;
    this.#warn = warn;
    this.#key = runKey(order.job);
    this.#folder = jobFolder(work, order.job);
  }

  get #file() {
    return join(this.#folder, CHECKPOINT);
  }

  /** What another agent, or an earlier rung, has come to: it is where the executor looks for it, unless this machine is further. @returns {Promise<number>} timesteps, 0 where there is none */
  async fetch() {
    const bytes = await this.#store.get('checkpoint', this.#key);
    const found = bytes === null ? null : unpacked(bytes);
    const timesteps = found === null ? -1 : timestepsOf(found.checkpoint);
    if (found === null || timesteps <= timestepsOf(this.#own())) return 0;
    makeFolder(this.#folder);
    writeFile(join(this.#folder, EVALUATIONS), found.evaluations);
    writeFile(this.#file, found.checkpoint);
    this.#uploadedAt = statSync(this.#file).mtimeMs;
    return timesteps;
  }

  #own() {
    return entryAt(this.#file)?.isFile() ? readFileSync(this.#file) : new Uint8Array();
  }

  /** The last checkpoint, if it is a new one. Its evaluations are read after it, as they are written before it: they are at least as new. */
  async upload() {
    const changed = entryAt(this.#file)?.mtimeMs;
    if (changed === undefined || changed === this.#uploadedAt || this.#isTooLarge) return;
    const checkpoint = readFileSync(this.#file);
    const isTaken = await this.#store.put('checkpoint', this.#key, packed(checkpoint, readFileSync(join(this.#folder, EVALUATIONS))));
    this.#uploadedAt = changed;
    if (!isTaken) {
      this.#isTooLarge = true;
      this.#warn(`the checkpoint of job ${this.order.job.id.slice(0, 12)}… has ${checkpoint.length} bytes, and at most ${LIMITS.checkpoint} go through Redis: another agent would begin it again; --shared DIR has no limit`);
    }
  }

  /** After the end: what a later rung goes on from is where all agents find it, everything else goes. */
  async conclude() {
    if (this.order.fresh) return;
    if (this.order.job.until === undefined) return this.#store.drop('checkpoint', this.#key);
    await this.upload();
    if (!this.#isTooLarge) this.clear();
  }

  clear() {
    for (const name of [CHECKPOINT, EVALUATIONS]) if (entryAt(join(this.#folder, name))) removeFile(join(this.#folder, name));
    if (entryAt(this.#folder)) removeFolder(this.#folder);
  }
}

/** How far a checkpoint is; -1 for what is none. @param {Uint8Array} bytes */
function timestepsOf(bytes) {
  const timesteps = Number(metadataOf(bytes)?.timesteps);
  return Number.isFinite(timesteps) ? timesteps : -1;
}

export class Agent {
  #bh;
  #connection;
  #options;
  #store;
  /** @type {Map<boolean, LocalExecutor>} by whether models are wanted */
  #executors = new Map();
  /** @type {Map<string, Uint8Array>} parameters, by the job's id */
  #models = new Map();
  /** @type {Map<string, { running: Running, over: Promise<unknown> }>} by the key of the run */
  #running = new Map();
  /** @type {import('bullmq').Worker | undefined} */
  #worker;
  #cancelled = 0;
  #done = 0;
  #givenBack = 0;
  #since = Date.now();
  #busyAt = performance.now();
  #isStopping = false;
  /** @type {Set<string>} */
  #told = new Set();

  /** @param {import('../bellhop.js').Bellhop} bh @param {import('./queue-redis.mjs').QueueConnection} connection @param {AgentOptions} options */
  constructor(bh, connection, options) {
    this.#bh = bh;
    this.#connection = connection;
    this.#options = options;
    this.#store = options.shared === undefined ? new RedisStore(connection) : new FolderStore(options.shared);
  }

  /** Jobs that were done. */
  get done() {
    return this.#done;
  }

  /** Jobs that ran when it was stopped, and went back to the queue. */
  get givenBack() {
    return this.#givenBack;
  }

  /**
   * Works until it is told to stop, or until there was nothing to do for so many seconds.
   * @param {AbortSignal} signal @param {number} [idle]
   */
  async work(signal, idle = Infinity) {
    const { name, threads, stalledAfter } = this.#options;
    await checkVersion(this.#connection, name, this.#bh.version);
    this.#cancelled = await cancellations(this.#connection);
    await this.#announce();
    this.#worker = this.#connection.worker(
      (job, token) => this.#process(job, String(token)),
      { name, concurrency: threads, lockDuration: 1000 * stalledAfter, stalledInterval: 500 * stalledAfter, maxStalledCount: STALLED_MAX, runRetryDelay: 1000, removeOnComplete: JOB_OPTIONS.removeOnComplete, removeOnFail: JOB_OPTIONS.removeOnFail },
      JOB_OPTIONS, (error) => void this.#onError(error),
    );
    this.#worker.on('lockRenewalFailed', (ids) => this.#lose(ids));
    try {
      await this.#untilStopped(signal, idle);
    } finally {
      await this.#stop();
    }
  }

  /** Tells the queue that it is there, and hears of what is said to all. @param {AbortSignal} signal @param {number} idle */
  async #untilStopped(signal, idle) {
    const isIdle = () => this.#running.size === 0 && performance.now() - this.#busyAt > 1000 * idle;
    while (!signal.aborted && !isIdle()) {
      await sleep(Math.min(BEAT_MS, 250 * idle), signal);
      const problem = signal.aborted ? undefined : await this.#beat();
      if (problem !== undefined) throw problem;
    }
  }

  /** @returns {Promise<Error | undefined>} what ends the agent */
  async #beat() {
    try {
      if (this.#connection.redis.status !== 'ready') return undefined;
      await this.#announce();
      await checkVersion(this.#connection, this.#options.name, this.#bh.version);
      const cancelled = await cancellations(this.#connection);
      if (cancelled !== this.#cancelled) this.#running.forEach(({ running }) => running.stop.abort('cancelled'));
      this.#cancelled = cancelled;
      return undefined;
    } catch (error) {
      return /^agent /.test(/** @type {Error} */ (error).message) ? /** @type {Error} */ (error) : undefined;
    }
  }

  #announce() {
    const { name, threads } = this.#options;
    return announce(this.#connection, { name, version: this.#bh.version, places: threads, running: this.#running.size, done: this.#done, since: this.#since });
  }

  /** A sentence that is said once. @param {string} sentence */
  #tellOnce(sentence) {
    if (this.#told.has(sentence)) return;
    if (this.#told.size < 1000) this.#told.add(sentence);
    this.#options.warn(sentence);
  }

  /** @param {Error & { code?: string }} error */
  async #onError(error) {
    if (/^Missing (lock|key) for job|could not renew lock/.test(error.message)) return; // another has it now: that is no loss
    if (error.code !== undefined || /^Connection is closed|^Stream isn't writeable/.test(error.message)) return this.#tellOnce(`the connection to ${this.#connection.address.shown} was lost, and is made again`);
    this.#tellOnce(`something in the queue cannot be read: ${plainLine(error.message, 200)}`);
    await errorOf(() => this.#dropUnreadable());
  }

  /** What is in the queue under the name of a job and is none would come back for ever. */
  async #dropUnreadable() {
    const { redis, jobKey } = this.#connection;
    for (const id of await redis.lrange(jobKey('active'), 0, 9999)) {
      const key = jobKey(id);
      if (await redis.type(key) === 'hash' && isObject(await redis.hget(key, 'opts') ?? '{}')) continue;
      await redis.multi().lrem(jobKey('active'), 0, id).unlink(key, `${key}:lock`).exec();
      this.#options.warn(`job ${plainLine(id, 80)} is no job, and was removed from the queue`);
    }
  }

  /** @param {readonly string[]} ids  of jobs that are another agent's by now */
  #lose(ids) {
    this.#running.forEach(({ running: { order, stop } }) => {
      if (ids.includes(order.job.id)) stop.abort('lost');
    });
  }

  /** @param {import('bullmq').Job} job @param {string} token @returns {Promise<unknown>} what the producer gets */
  async #process(job, token) {
    const order = await this.#read(job, token);
    if (order.notBy === this.#options.name && job.attemptsStarted < WAITS_MAX && await this.#hasOthers()) return this.#giveBack(job, token, WAIT_MS);
    const key = runKey(order.job);
    while (this.#running.has(key)) await this.#running.get(key)?.over.catch(() => {}); // the same run, whose lock was lost
    if (this.#isStopping) return this.#giveBack(job, token);
    const running = new Running(order, this.#options, this.#store);
    const over = this.#run(running, job, token);
    this.#running.set(key, { running, over });
    try {
      return await over;
    } finally {
      this.#running.delete(key);
      this.#busyAt = performance.now();
    }
  }

  async #hasOthers() {
    return (await agentsOf(this.#connection)).some(({ name, version }) => name !== this.#options.name && version === this.#bh.version);
  }

  /** @param {import('bullmq').Job} job @param {string} token @returns {Promise<Order>} */
  async #read(job, token) {
    const { UnrecoverableError } = this.#connection.bullmq;
    try {
      return readOrder(this.#bh, job.data.raw, String(job.id), this.#options.own);
    } catch (error) {
      const { message } = /** @type {Error} */ (error);
      const sentence = `agent ${this.#options.name} refuses job ${plainLine(String(job.id).slice(0, 12), 12)}…: ${error instanceof RefusedJob ? plainLine(message, LIMITS.message) : 'it cannot be read'}`;
      this.#tellOnce(sentence);
      if (error instanceof MissingEnv && job.attemptsStarted < WAITS_MAX) await this.#giveBack(job, token, WAIT_MS);
      throw new UnrecoverableError(sentence);
    }
  }

  /** For another agent, or later. @param {import('bullmq').Job} job @param {string} token @param {number} [later]  milliseconds @returns {Promise<never>} */
  async #giveBack(job, token, later = 0) {
    const { DelayedError, WaitingError } = this.#connection.bullmq;
    if (later > 0) {
      await job.moveToDelayed(Date.now() + later, token);
      throw new DelayedError();
    }
    await job.moveToWait(token);
    throw new WaitingError();
  }

  /** @param {Running} running @param {import('bullmq').Job} job @param {string} token */
  async #run(running, job, token) {
    const { order, stop } = running;
    const from = order.fresh ? 0 : await running.fetch();
    if (from > 0) this.#options.onResume(order.job, from);
    const upload = setInterval(() => void running.upload().catch(() => {}), 500 * this.#options.interval);
    let toldAt = performance.now();
    try {
      const result = await this.#executorOf(order).run(order.job, {
        signal: stop.signal, fresh: order.fresh,
        onProgress: (progress) => {
          if (performance.now() - toldAt < PROGRESS_MS) return;
          toldAt = performance.now();
          job.updateProgress(progress).catch(() => {});
        },
      });
      return result === null ? await this.#ended(running, job, token) : await this.#finished(running, job, result);
    } finally {
      clearInterval(upload);
    }
  }

  /** @param {Order} order */
  #executorOf({ model = false }) {
    const { work, threads, interval, name, native } = this.#options;
    const executor = this.#executors.get(model) ?? new LocalExecutor({ out: work, threads, interval, native, ...model && { onModel: ({ id }, bytes) => this.#models.set(id, bytes) } });
    executor.agent = name;
    this.#executors.set(model, executor);
    return executor;
  }

  /** A job that was told to end. @param {Running} running @param {import('bullmq').Job} job @param {string} token @returns {Promise<never>} */
  async #ended(running, job, token) {
    if (running.stop.signal.reason === 'cancelled') {
      running.clear();
      await running.conclude();
      throw new this.#connection.bullmq.UnrecoverableError('it was cancelled');
    }
    await running.upload();
    return this.#giveBack(job, token);
  }

  /** @param {Running} running @param {import('bullmq').Job} job @param {JobResult} result */
  async #finished(running, job, result) {
    const { order } = running;
    const model = this.#models.get(order.job.id);
    this.#models.delete(order.job.id);
    // It may be this machine: its disk is full, its memory too small.
    if (result.outcome === 'failed' && job.attemptsMade + 1 < JOB_OPTIONS.attempts) throw new Error(result.message);
    await running.conclude();
    const hasModel = model !== undefined && await this.#store.put('model', order.job.id, model);
    const value = { result, ...order.model && { hasModel } };
    const { length } = JSON.stringify(value);
    if (length > LIMITS.result) throw new this.#connection.bullmq.UnrecoverableError(`its result has ${length} letters, and at most ${LIMITS.result} go through the queue; raise evalFreq`);
    this.#done++;
    this.#options.onResult(order.job, result);
    return value;
  }

  /** Everything that runs is given back. */
  async #stop() {
    this.#isStopping = true;
    this.#givenBack = this.#running.size;
    this.#running.forEach(({ running }) => running.stop.abort('stopping'));
    await Promise.race([this.#worker?.close(), sleep(CLOSE_MS)]);
    await Promise.race([leave(this.#connection, this.#options.name), sleep(1000)]).catch(() => {});
    await Promise.all([...this.#executors.values()].map((executor) => executor.end()));
  }
}

/** @param {string} text */
function isObject(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}

/** @param {number} milliseconds @param {AbortSignal} [signal] @returns {Promise<void>} */
function sleep(milliseconds, signal) {
  return new Promise((done) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      done();
    };
    const timer = setTimeout(end, milliseconds);
    signal?.addEventListener('abort', end);
  });
}
