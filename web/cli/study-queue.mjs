// SPDX-License-Identifier: MIT
// The executor of a study over a queue: jobs go into a Redis, agents anywhere run them (bellhop agent), results come back. A job's name in the
// queue is its SHA-256, so asking twice is asking once, and a result that is there already is taken: a sweep that was ended finds what its
// agents have done meanwhile.
import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { agentsOf, cancellations, claimVersion } from './queue-control.mjs';
import { connectQueue, queueProblem } from './queue-redis.mjs';
import { LIMITS, isModelOf, orderId, orderOf, plainLine, readResult } from './queue-job.mjs';
import { FolderStore, RedisStore } from './queue-store.mjs';

/** @typedef {import('../bellhop.js').Job} Job */
/** @typedef {import('../bellhop.js').JobResult} JobResult */
/** @typedef {import('./queue-job.mjs').Order} Order */
/** @typedef {import('./study-local.mjs').HowToRun & { notBy?: string }} HowToRun  notBy: the agent whose result is verified */
/** @typedef {{ order: Order, settle: (result: JobResult | null) => void, fail: (error: unknown) => void, onProgress: NonNullable<HowToRun['onProgress']>, tries: number, isLooking: boolean }} Pending */

/** How jobs are in the queue: tried three times, with a second, then two between; results are kept for a week, 10,000 of them at most. */
const KEPT = { age: 7 * 24 * 3600, count: 10_000 };
export const JOB_OPTIONS = Object.freeze({ attempts: 3, backoff: { type: 'exponential', delay: 1000 }, removeOnComplete: KEPT, removeOnFail: KEPT });

/** Jobs that are in the queue at a time, of one sweep. */
export const AHEAD = 256;
/** Events of Redis tell at once; what they miss, as while Redis is restarted, is seen by looking so often. */
const LOOK_MS = 2000;
/** How long nobody takes jobs before the sweep says so. */
const IDLE_MS = 5000;
const TRIES = 3;
const PRIORITY_MAX = 2 ** 21 - 1;

/** The jobs of a queue are cancelled. */
export class CancelledError extends Error {}

/** The earlier trial first: later ones, and the pruner, wait for it. @param {Job} job */
const priorityOf = ({ trial }) => Math.min(PRIORITY_MAX, 1 + trial);

/** Puts jobs into a queue and waits for their results. */
export class QueueExecutor {
  #connection;
  #queue;
  /** @type {import('bullmq').QueueEvents | undefined} */
  #events;
  #how;
  #version;
  #cancelled;
  #store;
  /** @type {Map<string, Pending>} */
  #pending = new Map();
  /** @type {NodeJS.Timeout} */
  #timer;
  #isEnded = false;
  /** Why nobody takes jobs, since when, and whether it was said. @type {{ why: string, since: number, isTold: boolean } | undefined} */
  #idle;
  /** Of those that wait, where the next look begins: so many at a time. */
  #lookedAt = 0;
  /** Jobs that are in the queue at a time. */
  capacity;

  /**
   * @param {string} address
   * @param {{ version: string, ahead?: number, shared?: string, warn?: (sentence: string) => void, onModel?: (job: Job, bytes: Uint8Array) => void }} how
   *   shared: a folder that agents see, too; onModel: wants the parameters of each run
   */
  static async open(address, how) {
    const connection = await connectQueue(address, how);
    try {
      const queue = connection.queue(() => {});
      await claimVersion(connection, queue, how.version);
      return new QueueExecutor(connection, queue, how, await cancellations(connection));
    } catch (error) {
      await connection.close();
      throw error instanceof Error && /^the queue at /.test(error.message) ? error : new Error(queueProblem(connection.address, error), { cause: error });
    }
  }

  /** @param {import('./queue-redis.mjs').QueueConnection} connection @param {import('bullmq').Queue} queue @param {Parameters<typeof QueueExecutor.open>[1]} how @param {number} cancelled */
  constructor(connection, queue, how, cancelled) {
    this.#connection = connection;
    this.#queue = queue;
    this.#how = how;
    this.#version = how.version;
    this.#cancelled = cancelled;
    this.#store = how.shared === undefined ? new RedisStore(connection) : new FolderStore(how.shared);
    this.capacity = how.ahead ?? AHEAD;
    this.#listen();
    this.#timer = setInterval(() => void this.#lookAtAll(), LOOK_MS);
  }

  /** Hears of the end of jobs at once. */
  #listen() {
    const events = this.#connection.events((error) => void this.#listenAgain(events, error));
    const look = (/** @type {{ jobId: string }} */ { jobId }) => void this.#look(jobId);
    events.on('completed', look);
    events.on('failed', look);
    events.on('progress', ({ jobId, data }) => this.#progress(jobId, data));
    this.#events = events;
  }

  /** What nobody of ours has written there ends the reading of events. @param {import('bullmq').QueueEvents} events @param {Error} error */
  async #listenAgain(events, error) {
    if (!(error instanceof SyntaxError) || this.#events !== events) return; // a lost connection is made again by itself
    this.#events = undefined;
    this.#warn('there was an event in the queue that is none, and was passed over');
    await events.close().catch(() => {});
    await delay(100);
    if (!this.#isEnded) this.#listen();
  }

  /** @param {string} sentence */
  #warn(sentence) {
    this.#how.warn?.(sentence);
  }

  /** @param {string} id @param {any} data */
  #progress(id, data) {
    const { timesteps, totalTimesteps } = typeof data === 'object' && data !== null ? data : {};
    if (Number.isFinite(timesteps) && Number.isFinite(totalTimesteps)) this.#pending.get(id)?.onProgress({ timesteps, totalTimesteps });
  }

  /**
   * @param {Job} job @param {HowToRun} [how]
   * @returns {Promise<JobResult | null>} null: `signal` ended the waiting; the job stays in the queue
   */
  async run(job, { signal, onProgress = () => {}, fresh = false, notBy } = {}) {
    if (signal?.aborted) return null;
    if (signal !== undefined) setMaxListeners(0, signal); // each job that waits has one
    const order = { version: this.#version, job, ...fresh && { fresh, ...notBy !== undefined && { notBy } }, ...this.#how.onModel && !fresh && job.until === undefined && { model: true } };
    const id = orderId(order);
    /** @type {() => void} */
    let stop = () => {};
    const result = new Promise((settle, fail) => {
      stop = () => settle(null);
      signal?.addEventListener('abort', stop, { once: true });
      this.#pending.set(id, { order, settle, fail, onProgress, tries: 0, isLooking: false });
    });
    try {
      void this.#begin(id);
      return await result;
    } finally {
      signal?.removeEventListener('abort', stop);
      this.#pending.delete(id);
    }
  }

  /** @param {string} id */
  async #begin(id) {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    try {
      await this.#add(id, pending);
      const found = await this.#queue.getJob(id);
      const hasFailed = found?.finishedOn !== undefined && (found.failedReason || found.returnvalue?.result?.outcome === 'failed');
      if (hasFailed) await this.#addAgain(id, pending); // when it was asked for before
      else await this.#look(id);
    } catch (error) {
      pending.fail(new Error(queueProblem(this.#connection.address, error), { cause: error }));
    }
  }

  /** @param {string} id @param {Pending} pending */
  async #add(id, { order }) {
    await this.#queue.add('run', orderOf(order), { ...JOB_OPTIONS, jobId: id, priority: priorityOf(order.job) });
  }

  /** @param {string} id @param {Pending} pending */
  async #addAgain(id, pending) {
    await this.#queue.remove(id);
    await this.#add(id, pending);
  }

  async #lookAtAll() {
    try {
      if (await cancellations(this.#connection) !== this.#cancelled) return this.#cancel();
      await this.#lookForAgents();
      const ids = [...this.#pending.keys()];
      this.#lookedAt = this.#lookedAt < ids.length ? this.#lookedAt : 0;
      const some = ids.slice(this.#lookedAt, this.#lookedAt + AHEAD);
      this.#lookedAt += AHEAD;
      await Promise.all(some.map((id) => this.#look(id)));
    } catch {
      // no connection: it is made again, and then there is the next time
    }
  }

  /** Says once why nobody takes jobs, and again after somebody has. */
  async #lookForAgents() {
    const why = this.#pending.size === 0 ? undefined : await this.#whyIdle();
    if (why === undefined) this.#idle = undefined;
    else if (this.#idle?.why !== why) this.#idle = { why, since: performance.now(), isTold: false };
    if (this.#idle === undefined || this.#idle.isTold || performance.now() - this.#idle.since < IDLE_MS) return;
    this.#idle.isTold = true;
    this.#warn(this.#idle.why);
  }

  /** @returns {Promise<string | undefined>} */
  async #whyIdle() {
    const { shown } = this.#connection.address;
    if (await this.#queue.isPaused()) return `the queue is paused; to go on: bellhop queue ${shown} resume`;
    return (await agentsOf(this.#connection)).length > 0 ? undefined : `the queue has no agents; start one: bellhop agent ${shown}`;
  }

  #cancel() {
    const error = new CancelledError(`the jobs of the queue at ${this.#connection.address.shown} were cancelled`);
    [...this.#pending.values()].forEach(({ fail }) => fail(error));
  }

  /** Whether a job has come to its end. @param {string} id */
  async #look(id) {
    const pending = this.#pending.get(id);
    if (pending === undefined || pending.isLooking) return;
    pending.isLooking = true;
    try {
      const found = await this.#queue.getJob(id);
      if (found === undefined) await this.#add(id, pending); // results are kept for so long only
      else if (found.finishedOn !== undefined) await this.#finish(id, pending, found);
    } catch (error) {
      if (error instanceof SyntaxError) await this.#retry(id, pending, 'what is in the queue under its name is no job').catch(() => {});
    } finally {
      pending.isLooking = false;
    }
  }

  /** @param {string} id @param {Pending} pending @param {import('bullmq').Job} found */
  async #finish(id, pending, { failedReason, returnvalue }) {
    const { order: { job, model }, settle } = pending;
    if (failedReason) return this.#fail(pending, failedReason);
    try {
      const { result: given, hasModel } = typeof returnvalue === 'object' && returnvalue !== null ? returnvalue : {};
      const result = readResult(given, job);
      if (model && result.outcome !== 'failed' && hasModel === undefined) return await this.#retry(id, pending, 'it has no model'); // another sweep, which wanted none, had it run
      if (model) await this.#takeModel(job, hasModel === true);
      settle(result);
    } catch (error) {
      await this.#retry(id, pending, /** @type {Error} */ (error).message);
    }
  }

  /** @param {Pending} pending @param {string} reason */
  #fail({ order: { job }, settle }, reason) {
    const message = /stalled more than/.test(reason) ? 'each agent that ran it was gone before its end; it may need more memory than they have' : plainLine(reason, 1000);
    settle({ id: job.id, outcome: 'failed', score: null, timesteps: 0, evaluations: [], fingerprint: '', seconds: 0, message });
  }

  /** @param {string} id @param {Pending} pending @param {string} why */
  async #retry(id, pending, why) {
    pending.tries++;
    if (pending.tries >= TRIES) return this.#fail(pending, `its result cannot be used: ${why}`);
    await this.#addAgain(id, pending);
  }

  /** @param {Job} job @param {boolean} isThere */
  async #takeModel(job, isThere) {
    const bytes = isThere ? await this.#store.get('model', job.id) : null;
    if (bytes !== null && isModelOf(bytes, job)) this.#how.onModel?.(job, bytes);
    else this.#warn(`the model of job ${job.id.slice(0, 12)}… is missing: it is larger than the ${LIMITS.model} bytes that go through Redis (--shared DIR has no limit), or older than a week`);
    await this.#store.drop('model', job.id);
  }

  async end() {
    this.#isEnded = true;
    clearInterval(this.#timer);
    [...this.#pending.values()].forEach(({ settle }) => settle(null));
    await this.#connection.close();
  }
}
