// SPDX-License-Identifier: MIT
// Runs of the chapters without a page: the experiment that a lab would show, from the same parameters, in a thread of Node, to the step
// where the figure stops. What is left of it is its trace, plain JSON, kept below build/out/ by a hash of the module and the parameters,
// so that a run is made once.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { createExperiment } from '../../web/lab/create-experiment.mjs';
import { isTextTask } from '../../web/lab/text-kind.mjs';
import { MODULES } from '../bundles.mjs';
import { connect } from '../../web/node/node.mjs';
import { queryText } from './figures.mjs';
import { Failure, OUT } from '../run.mjs';

/** @typedef {import('./figures.mjs').Setup} Setup */
/**
 * What is known of a run that has stopped. Steps are environment steps, of a language model optimizer steps.
 * @typedef {object} Trace
 * @property {{ step: number, return: number, length: number }[]} episodes   in the order they ended
 * @property {{ step: number, mean: number, std: number }[]} evaluations  greedy test episodes
 * @property {{ step: number, loss: number | null, q: number | null, rate: number | null }[]} training
 * @property {number} steps
 * @property {number} updates
 * @property {boolean} diverged   then its end is where that was noticed, which is another step each time
 * @property {number[] | null} table  values or probabilities of every state, states x actions
 * @property {number[] | null} truth  of every state, where they are known
 * @property {number} actions         how many there are; 0 where they are no numbers
 * @property {string} sha256          of its parameters
 * @property {{ mean: number, std: number, episodes: number } | null} score  of its best parameters, once it has come to its end
 */

/** A thread with a trainer. @typedef {{ trainer: any, thread: Worker }} Maker */

/** Where traces are kept. A change of what a trace has is a new folder. */
const KEPT = join(OUT, 'chapters/traces-2');
const MINUTES = 5;

/** Threads that make runs, as many at a time as there are processors. */
export class Runs {
  #folder;
  /** @type {Map<string, Promise<Trace>>} */
  #made = new Map();
  /** What waits for a thread, by what shares one. @type {Map<string, ((maker: Maker) => Promise<void>)[]>} */
  #queues = new Map();
  /** @type {Promise<Maker>[]} */
  #makers = [];
  /** Makers that are free, and who waits for one. @type {Promise<Maker>[]} */
  #free = [];
  /** @type {((maker: Promise<Maker>) => void)[]} */
  #waiting = [];
  #modules = createHash('sha256').update(readFileSync(join(OUT, Object.keys(MODULES).find((file) => file.endsWith('bellhop-text.wasm')) ?? ''))).digest('hex');

  /** @param {string} [folder]  where traces are kept */
  constructor(folder = KEPT) {
    this.#folder = folder;
  }

  /** The traces of a setup's runs, one for each seed, made unless they are kept. @param {Setup} setup @returns {Promise<Trace[]>} */
  traces(setup) {
    return Promise.all(Array.from({ length: setup.seeds ?? 1 }, (_, i) => this.#trace({ ...setup, seed: setup.seed + i })));
  }

  /** @param {Setup} setup */
  #trace(setup) {
    const query = queryText(setup), { stopAt = Infinity } = setup;
    const key = createHash('sha256').update(`${this.#modules} ${query} ${stopAt}`).digest('hex').slice(0, 32);
    const made = this.#made.get(key) ?? this.#keptOrMade(join(this.#folder, `${key}.json`), query, stopAt);
    this.#made.set(key, made);
    return made;
  }

  /** @param {string} file @param {string} query @param {number} stopAt @returns {Promise<Trace>} */
  async #keptOrMade(file, query, stopAt) {
    if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'), fromJson);
    const trace = await new Promise((resolve, reject) => this.#queue(new URLSearchParams(query), stopAt, resolve, reject));
    mkdirSync(this.#folder, { recursive: true });
    writeFileSync(file, JSON.stringify(trace, toJson));
    return trace;
  }

  /** Runs on one task of text go to one thread, which trains the language model of its examples once. @param {URLSearchParams} query @param {number} stopAt @param {(trace: Trace) => void} resolve @param {(error: unknown) => void} reject */
  #queue(query, stopAt, resolve, reject) {
    const env = query.get('env') ?? '', key = isTextTask(env) ? env : String(query);
    const job = (/** @type {Maker} */ maker) => make(maker, query, stopAt).then(resolve, reject);
    const waiting = this.#queues.get(key);
    if (waiting) {
      waiting.push(job);
      return;
    }
    this.#queues.set(key, [job]);
    setImmediate(() => void this.#work(key)); // when all that are asked for now are there
  }

  /** @param {string} key */
  async #work(key) {
    const maker = await this.#take();
    const jobs = this.#queues.get(key) ?? [];
    for (const job of jobs) await job(maker); // more may come meanwhile
    this.#queues.delete(key);
    this.#giveBack(maker);
  }

  /** A maker that nobody else uses. @returns {Promise<Maker>} */
  #take() {
    const free = this.#free.pop();
    if (free) return free;
    if (this.#makers.length >= availableParallelism()) return new Promise((resolve) => this.#waiting.push(resolve));
    const started = start();
    this.#makers.push(started);
    return started;
  }

  /** @param {Maker} maker */
  #giveBack(maker) {
    const next = this.#waiting.shift();
    if (next) next(Promise.resolve(maker));
    else this.#free.push(Promise.resolve(maker));
  }

  async end() {
    for (const maker of this.#makers) {
      const { trainer, thread } = await maker;
      trainer.terminate();
      await thread.terminate();
    }
  }
}

/** @param {Maker} maker @param {URLSearchParams} query @param {number} stopAt @returns {Promise<Trace>} */
async function make({ trainer }, query, stopAt) {
  const { experiment, ignored } = await createExperiment(/** @type {any} */ ({ acquire: async () => ({ trainer, release: () => {} }) }), query);
  try {
    if (ignored.length > 0) throw new Failure(`${query}: ${ignored.map(({ name, value }) => `${name}=${value}`).join(', ')} does not fit.`);
    return await follow(/** @type {any} */ (experiment), stopAt);
  } finally {
    await experiment.dispose();
  }
}

/** @returns {Promise<Maker>} */
async function start() {
  const { port1, port2 } = new MessageChannel();
  const thread = new Worker(new URL('./trainer-thread.mjs', import.meta.url), { workerData: port2, transferList: [/** @type {any} */ (port2)] });
  return { trainer: await connect({ port: port1 }), thread };
}

/** Plays an experiment to a step, or to its end, and tells what happened. @param {import('../../web/lab/run-experiment.mjs').RunExperiment} experiment @param {number} stopAt @returns {Promise<Trace>} */
async function follow(experiment, stopAt) {
  const kinds = experiment.trainer.catalog.records;
  /** @type {Trace} */
  const trace = {
    episodes: [], evaluations: [], training: [], steps: 0, updates: 0, diverged: false, table: null, truth: null, actions: 0, sha256: '', score: null,
  };
  /** @type {unknown} */
  let seen = null;
  experiment.addEventListener('frame', () => {
    const frame = experiment.agentFrame;
    if (!frame || frame === seen) return;
    seen = frame;
    addRecords(trace, frame, kinds);
  });
  Object.assign(experiment, { stopAt, speed: experiment.speeds.length - 1 });
  await experiment.start();
  experiment.play();
  await rested(experiment);
  const frame = experiment.agentFrame;
  if (!frame) throw new Failure('A run of a chapter has shown nothing.');
  return Object.assign(trace, {
    steps: frame.timesteps, updates: frame.nUpdates, diverged: frame.diverged, table: frame.table && [...frame.table],
    truth: experiment.truth && [...experiment.truth], actions: frame.q.length, sha256: await experiment.sha256(), score: experiment.score,
  });
}

/** @param {Trace} trace @param {import('../../web/bellhop.js').Frame} frame @param {import('../../web/bellhop.js').RecordLayout} kinds */
function addRecords({ episodes, evaluations, training }, { records, recordWidth }, kinds) {
  for (let i = 0; i + recordWidth <= records.length; i += recordWidth) {
    const [kind, step, a, b, c] = records.subarray(i, i + recordWidth);
    if (kind === kinds.episode) episodes.push({ step, return: a, length: b });
    else if (kind === kinds.eval) evaluations.push({ step, mean: a, std: b });
    else if (kind === kinds.train) training.push({ step, loss: known(a), q: known(b), rate: known(c) });
  }
}

/** @param {number} value */
const known = (value) => (Number.isNaN(value) ? null : value);

/** Resolves when it stands still: a run that has ended, when it was evaluated, and where there are true values, when they are there. @param {import('../../web/lab/run-experiment.mjs').RunExperiment} experiment @returns {Promise<void>} */
function rested(experiment) {
  return new Promise((done, fail) => {
    const late = setTimeout(() => fail(new Failure(`A run of a chapter did not stop within ${MINUTES} minutes.`)), MINUTES * 60_000);
    const isSo = () => {
      if (experiment.phase === 'failed') throw new Failure(`A run of a chapter failed: ${experiment.failure}`);
      if (experiment.hasTruth && experiment.agentFrame?.table && !experiment.truth) return false; // larger ones have neither
      return experiment.phase === 'paused' || experiment.phase === 'diverged' || (experiment.phase === 'finished' && experiment.score !== null);
    };
    const ask = () => {
      try {
        if (!isSo()) return;
        done();
      } catch (error) {
        fail(error);
      }
      clearTimeout(late);
      NAMES.forEach((name) => experiment.removeEventListener(name, ask));
    };
    NAMES.forEach((name) => experiment.addEventListener(name, ask));
    ask();
  });
}
const NAMES = /** @type {const} */ (['frame', 'phase', 'score']);

/** JSON has no Infinity and no NaN. @param {string} _ @param {any} value */
const toJson = (_, value) => (typeof value === 'number' && !Number.isFinite(value) ? { number: String(value) } : value);
/** @param {string} _ @param {any} value */
const fromJson = (_, value) => (value && typeof value.number === 'string' ? Number(value.number) : value);
