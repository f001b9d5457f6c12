// SPDX-License-Identifier: MIT
// The Redis of a queue of jobs: its address, the connection, and what is wrong with them in a sentence. The only module that meets BullMQ and
// ioredis, which are optional packages: they are loaded when a queue is used.
import { isIP } from 'node:net';
import process from 'node:process';
import { suggestion } from '../lib/messages.mjs';
import { UsageError } from './args.mjs';

/** @typedef {import('ioredis').Redis} Redis */
/** @typedef {typeof import('bullmq')} BullMQ */
/** @typedef {{ host: string, port: number, username?: string, password?: string, db: number, isTls: boolean, prefix: string, shown: string }} Address  shown: without its password */

/** Name of the queue below the prefix. */
const NAME = 'study';
/** What BullMQ needs. */
const MINIMUM = '5.0.0';
const CONNECT_MS = 10_000;
const RETRY_MS = 1000;
const PARTS = ['prefix'];

/**
 * redis://[USER:PASSWORD@]HOST[:PORT][/DB][?prefix=NAME], or rediss:// for TLS. A password may stand in REDISCLI_AUTH, where no list of processes
 * shows it.
 * @param {string} text @param {Record<string, string | undefined>} [environment] @returns {Address}
 */
export function readAddress(text, environment = process.env) {
  if (!URL.canParse(text) || !/^rediss?:\/\/[^/]/.test(text)) throw new UsageError(`the queue is ${redacted(text)}, but must be an address such as redis://HOST:6379 or rediss://USER:PASSWORD@HOST:6380/0?prefix=NAME`);
  const { protocol, hostname, port, username, password, pathname, searchParams } = new URL(text);
  const db = Number(pathname.slice(1));
  if (!/^\/?\d{0,4}$/.test(pathname)) throw new UsageError(`the queue ${redacted(text)} has the database '${pathname.slice(1)}', but databases of Redis are whole numbers: /0`);
  for (const name of searchParams.keys()) {
    if (!PARTS.includes(name)) throw new UsageError(`the queue ${redacted(text)} has the unknown option '${name}'${suggestion(name, PARTS) || '; known: prefix'}`);
  }
  const prefix = searchParams.get('prefix') ?? 'bellhop';
  if (!/^[\w.{}-]{1,64}$/.test(prefix)) throw new UsageError(`the prefix of the queue ${redacted(text)} must be 1 to 64 letters, digits, '.', '-', '_' or braces`);
  const secret = decodeURIComponent(password) || environment.REDISCLI_AUTH;
  return {
    host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 6379), ...username !== '' && { username: decodeURIComponent(username) }, ...secret && { password: secret },
    db, isTls: protocol === 'rediss:', prefix, shown: redacted(text),
  };
}

/** An address as messages show it. @param {string} text */
function redacted(text) {
  return text.slice(0, 200).replace(/\/\/[^@/]*@/, '//');
}

/** @returns {Promise<{ bullmq: BullMQ, Redis: typeof import('ioredis').Redis }>} */
async function packages() {
  try {
    const [bullmq, { Redis }] = await Promise.all([import('bullmq'), import('ioredis')]);
    return { bullmq, Redis };
  } catch (cause) {
    throw new Error(`a queue needs the packages bullmq and ioredis, which cannot be loaded here (${/** @type {Error} */ (cause).message.split('\n')[0]}); install them: npm install bullmq@6 ioredis@6`, { cause });
  }
}

/** What went wrong, in words; the system's codes and the first words of Redis's own errors. @type {[RegExp, string][]} */
const PROBLEMS = [
  [/^(NOAUTH|ERR AUTH|ERR Client sent AUTH)|called with the client already authenticated/, 'it wants a password: redis://:PASSWORD@HOST:PORT, or REDISCLI_AUTH=PASSWORD'],
  [/^WRONGPASS|invalid (username-)?password/, 'it does not take this user and password'],
  [/^NOPERM/, 'this user may not do what a queue needs there'],
  [/ECONNREFUSED/, 'nothing answers there; is redis-server running, and does it listen on that address and port?'],
  [/ENOTFOUND|EAI_AGAIN/, 'no machine has that name'],
  [/EHOSTUNREACH|ENETUNREACH/, 'no way leads to that machine'],
  [/ETIMEDOUT|no answer/, `no answer came within ${CONNECT_MS / 1000} seconds; rediss:// is for servers with TLS, redis:// for those without`],
  [/ECONNRESET|EPIPE|Connection is closed/, 'it closed the connection; rediss:// is for servers with TLS, redis:// for those without'],
  [/certificate|CERT_|SELF_SIGNED|altname/i, 'its certificate is not trusted here; NODE_EXTRA_CA_CERTS=FILE names a certificate authority of one\'s own'],
  [/EPROTO|wrong version number|SSL/, 'it does not speak TLS; use redis://'],
  [/DB index|invalid DB/, 'it has no database of that number'],
  [/RESP|Protocol error/i, 'what answers there is no Redis'],
  [/^LOADING/, 'it is still loading its data; try again in a moment'],
  [/^OOM/, 'its memory is full'],
];

/** @param {Address} address @param {unknown} error */
export function queueProblem({ shown }, error) {
  const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
  const text = `${message} ${code ?? ''}`;
  return `the queue at ${shown} cannot be used: ${PROBLEMS.find(([pattern]) => pattern.test(text))?.[1] ?? message.split('\n')[0].slice(0, 200)}`;
}

/** @template T @param {Promise<T>} promise @returns {Promise<T>} */
async function inTime(promise) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer')), CONNECT_MS);
  });
  try {
    return await /** @type {Promise<T>} */ (Promise.race([promise, late]));
  } finally {
    clearTimeout(timer);
  }
}

/** Is version `a` older than `b`? @param {string} a @param {string} b */
const isOlder = (a, b) => a.localeCompare(b, 'en', { numeric: true }) < 0;

/** A field of what INFO says. @param {string} info @param {string} name */
const infoOf = (info, name) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];

/**
 * Connects once; from then on a lost connection is made again, for as long as it takes.
 * @param {string} text  an address @param {{ warn?: (sentence: string) => void }} [how]
 */
export async function connectQueue(text, { warn = () => {} } = {}) {
  const address = readAddress(text);
  const { bullmq, Redis } = await packages();
  const { host, port, username, password, isTls, db } = address;
  let isUp = false;
  /** @type {unknown} */
  let problem;
  const redis = new Redis({
    host, port, username, password, ...isTls && { tls: isIP(host) === 0 ? { servername: host } : {} }, protocol: 2, lazyConnect: true, maxRetriesPerRequest: null, connectTimeout: CONNECT_MS,
    retryStrategy: (times) => (isUp ? Math.min(50 * times, RETRY_MS) : null),
  });
  redis.on('error', (error) => {
    problem ??= error;
  });
  try {
    await inTime(redis.connect());
    if (db !== 0) await redis.select(db);
    check(address, await inTime(redis.info()), warn);
  } catch (error) {
    redis.disconnect();
    if (error instanceof UsageError) throw error;
    throw new Error(queueProblem(address, problem ?? error), { cause: error });
  }
  isUp = true;
  return new QueueConnection(address, redis, bullmq);
}

/** @param {Address} address @param {string} info @param {(sentence: string) => void} warn */
function check({ shown }, info, warn) {
  const version = infoOf(info, 'redis_version');
  if (version === undefined) throw new UsageError(`the queue at ${shown} cannot be used: what answers there does not say which Redis it is`);
  if (isOlder(version, MINIMUM)) throw new UsageError(`the queue at ${shown} cannot be used: it is Redis ${version.slice(0, 20)}, and ${MINIMUM} or later is needed`);
  const policy = infoOf(info, 'maxmemory_policy');
  if (policy !== undefined && policy !== 'noeviction') warn(`the Redis at ${shown} throws keys away when its memory is full (maxmemory-policy ${policy.slice(0, 40)}), and jobs with them; set maxmemory-policy noeviction`);
}

/** A connection, and what is made with it; everything ends with close(). */
export class QueueConnection {
  address;
  redis;
  #bullmq;
  /** @type {{ close: () => Promise<unknown> }[]} */
  #open = [];

  /** @param {Address} address @param {Redis} redis @param {BullMQ} bullmq */
  constructor(address, redis, bullmq) {
    this.address = address;
    this.redis = redis;
    this.#bullmq = bullmq;
  }

  get bullmq() {
    return this.#bullmq;
  }

  /** What every object of BullMQ is made with: versions were checked here, where the sentences are ours. */
  get #base() {
    return { connection: this.redis, prefix: this.address.prefix, skipVersionCheck: true };
  }

  /** The name of something of ours in Redis. @param {string[]} parts */
  key = (...parts) => [this.address.prefix, ...parts].join(':');

  /** The name of a job, or of a list of jobs, in BullMQ. @param {string} id */
  jobKey = (id) => this.key(NAME, id);

  /** @template {{ close: () => Promise<unknown>, on: (event: any, listener: any) => unknown }} T @param {T} made @param {(error: Error) => void} onError @returns {T} */
  #kept(made, onError) {
    made.on('error', onError);
    this.#open.push(made);
    return made;
  }

  /** @param {(error: Error) => void} onError */
  queue(onError) {
    return this.#kept(new this.#bullmq.Queue(NAME, this.#base), onError);
  }

  /** @param {(error: Error) => void} onError */
  events(onError) {
    return this.#kept(new this.#bullmq.QueueEvents(NAME, this.#base), onError);
  }

  /**
   * A worker that takes nothing of a job but its data: all that BullMQ itself would do because a job says so (schedule others, have parents, wait
   * for so long, be tried so often) is ours to say.
   * @param {(job: import('bullmq').Job, token: string | undefined, signal: AbortSignal | undefined) => Promise<unknown>} process
   * @param {Omit<import('bullmq').WorkerOptions, 'connection'>} options @param {import('bullmq').JobsOptions} ofJobs @param {(error: Error) => void} onError
   */
  worker(process, options, ofJobs, onError) {
    const { Worker } = this.#bullmq;
    class PlainWorker extends Worker {
      /** @param {any} json @param {string} id @returns {any} */
      createJob(json, id) {
        const { data, attemptsMade, attemptsStarted, stalledCounter, timestamp, processedOn, priority } = json;
        const plain = { id, name: 'run', data: '{}', opts: ofJobs, attemptsMade: wholeOf(attemptsMade), attemptsStarted: wholeOf(attemptsStarted), stalledCounter: wholeOf(stalledCounter), timestamp, processedOn, priority: wholeOf(priority) };
        const job = /** @type {any} */ (super.createJob(/** @type {any} */ (plain), id));
        job.data = { raw: typeof data === 'string' ? data : '' };
        return job;
      }
    }
    // A processor of three parameters is given a signal.
    return this.#kept(new PlainWorker(NAME, (job, token, signal) => process(job, token, /** @type {any} */ (signal)), { ...options, ...this.#base }), onError);
  }

  async close() {
    await Promise.allSettled(this.#open.map((each) => each.close()));
    this.redis.disconnect();
  }
}

/** @param {unknown} value */
function wholeOf(value) {
  const number = Number(value);
  return Number.isInteger(number) && number >= 0 ? number : 0;
}
