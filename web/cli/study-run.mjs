// SPDX-License-Identifier: MIT
// One job of a study, from its model to its result: in a thread of the pool. What becomes of it follows from the job alone, so it is learned in
// parts that end exactly where a threshold is to be compared, and goes on from its full checkpoint to the bit.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { metadataOf } from '../lib/checkpoint.mjs';
import { isUnderWay } from '../lib/model.mjs';
import { fallsBelow } from '../lib/study/pruning.mjs';
import { CHECKPOINT } from './contents.mjs';
import { entryAt, makeFolder, removeFile, removeFolder, writeFile } from './durable.mjs';
import { NativeModel } from './native-model.mjs';
import { NativeProcess } from './native-process.mjs';
import { checkStop, makeModel } from './plan.mjs';
import { guarded } from './stray.mjs';

/** @typedef {import('../bellhop.js').Model} Model */
/** @typedef {[timesteps: number, meanReward: number]} Evaluation */
/**
 * A job as it is sent to a thread: `at` is the folder of its checkpoint, if it has one; `keeps` that it stays there after the end, for a job
 * that goes on with the same run.
 * @typedef {object} StudyRun
 * @property {import('./plan.mjs').Plan} plan
 * @property {{ until?: number, stopBelow?: readonly (readonly [number, number])[], metric: string, wantsModel?: boolean }} study
 * @property {string} [at]
 * @property {number} [interval]  seconds between checkpoints
 * @property {boolean} [keeps]
 * @property {string} [native]    the program that takes its steps (native-process.mjs)
 */
/** @typedef {{ outcome: 'finished' | 'pruned' | 'diverged', score: number | null, timesteps: number, evaluations: Evaluation[], fingerprint: string, seconds: number, model?: Uint8Array }} Outcome */

/** What comes of a job that was told to stop. */
export const STOPPED = Object.freeze({ stopped: true });

/** What a checkpoint does not hold of a job: the evaluations so far. */
export const EVALUATIONS = 'evaluations.json';

/** The tensor that an environment of one's own has where it says what it is (getState). */
const OWN_STATE = '"state/env/own"';

/** The folder of a job: what it can go on from. */
class JobFolder {
  #path;
  #interval;
  #savedAt = performance.now();

  /** @param {string | undefined} path @param {number} interval */
  constructor(path, interval) {
    this.#path = path;
    this.#interval = interval;
  }

  /** @returns {{ bytes: Uint8Array, evaluations: Evaluation[] } | undefined} */
  read() {
    const path = this.#path;
    if (path === undefined || entryAt(join(path, CHECKPOINT))?.isFile() !== true) return undefined;
    try {
      return { bytes: readFileSync(join(path, CHECKPOINT)), evaluations: JSON.parse(readFileSync(join(path, EVALUATIONS), 'utf8')) };
    } catch {
      return undefined; // damaged: the job begins again, and has the same bits
    }
  }

  /** @param {Model | NativeModel} model @param {() => readonly Evaluation[]} evaluations @returns {Promise<void> | undefined} */
  saveInTime(model, evaluations) {
    if (this.#interval > 0 && performance.now() - this.#savedAt >= 1000 * this.#interval) return this.save(model, evaluations());
    return undefined;
  }

  /** @param {Model | NativeModel} model @param {readonly Evaluation[]} evaluations @returns {Promise<void> | undefined} */
  save(model, evaluations) {
    if (this.#path === undefined) return undefined;
    if (model instanceof NativeModel) return model.fetchFull().then(() => this.#write(model, evaluations));
    this.#write(model, evaluations);
    return undefined;
  }

  /** The evaluations first: those after the checkpoint are played again, and are the same. @param {Model | NativeModel} model @param {readonly Evaluation[]} evaluations */
  #write(model, evaluations) {
    if (this.#path === undefined) return;
    makeFolder(this.#path);
    writeFile(join(this.#path, EVALUATIONS), `${JSON.stringify(evaluations)}\n`);
    writeFile(join(this.#path, CHECKPOINT), model.save({ full: true }));
    this.#savedAt = performance.now();
  }

  remove() {
    const path = this.#path;
    if (path === undefined || entryAt(path)?.isDirectory() !== true) return;
    readdirSync(path).forEach((name) => removeFile(join(path, name)));
    removeFolder(path);
  }
}

/** A checkpoint of another run, which a job cannot go on from. @param {Uint8Array} bytes @param {import('./plan.mjs').Plan} plan @param {number} end */
function isOf(bytes, { env, algo, options, envFile }, end) {
  const metadata = metadataOf(bytes);
  if (metadata?.state_entries === undefined || metadata.env !== env || metadata.algo !== algo) return false;
  if (metadata['config.seed'] !== String(options.seed) || Number(metadata.timesteps) > end) return false;
  if (envFile === undefined) return true;
  const length = 8 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  return new TextDecoder().decode(bytes.subarray(8, length)).includes(OWN_STATE);
}

/** A job while it runs. */
class StudyJob {
  #folder;
  #how;
  /** @type {Model | NativeModel} */
  #model;
  /** @type {NativeProcess | undefined} */
  #child;
  /** @type {Map<number, number>} */
  #evaluations;
  #plannedEnd;

  /** @param {import('../bellhop.js').Bellhop} bh @param {StudyRun} job @param {{ signal: AbortSignal, onProgress: (now: { timesteps: number, totalTimesteps: number }) => void }} how */
  constructor(bh, { plan, study, at, interval = 0 }, how) {
    this.#folder = new JobFolder(at, interval);
    this.#how = how;
    const until = study.until ?? Infinity;
    const saved = this.#folder.read();
    const restored = saved !== undefined && isOf(saved.bytes, plan, until) ? reopened(bh, saved.bytes) : undefined;
    this.#model = restored ?? makeModel(bh, plan).model;
    checkStop(bh, this.#model);
    this.#plannedEnd = Math.min(Number(this.#model.options.totalTimesteps), until);
    this.#evaluations = new Map(restored === undefined ? [] : saved?.evaluations.filter(([timesteps]) => timesteps <= restored.timesteps));
  }

  /** Lets a program take the steps from here on. @param {import('../bellhop.js').Bellhop} bh @param {string} program */
  async handOver(bh, program) {
    this.#child = await NativeProcess.start(program, bh.catalog.version);
    this.#model = await NativeModel.takeOver(bh, /** @type {Model} */ (this.#model), this.#child);
  }

  /** @returns {[number, number][]} */
  get evaluations() {
    return [...this.#evaluations];
  }

  /** Whether the job has come so far, with the evaluation that is played there. @param {number} timesteps */
  #isAt(timesteps) {
    const model = this.#model;
    const isBetween = model instanceof NativeModel ? model.isUnderWay : isUnderWay(/** @type {any} */ (model));
    return model.finished || (model.timesteps >= timesteps && !isBetween);
  }

  /** Learns up to a number of steps, with the evaluation that is played there, or to where it is told to stop. @param {number} timesteps */
  async #learnTo(timesteps) {
    const model = this.#model;
    const { signal, onProgress } = this.#how;
    while (!this.#isAt(timesteps) && !signal.aborted) {
      await model.learn({
        steps: Math.max(0, timesteps - model.timesteps), signal, sliceMilliseconds: 50,
        onProgress: ({ records, error, timesteps: now }) => {
          for (const record of records) if (record.type === 'eval') this.#evaluations.set(record.timestep, record.meanReward);
          const saved = error === undefined ? this.#folder.saveInTime(model, () => this.evaluations) : undefined;
          onProgress({ timesteps: now, totalTimesteps: this.#plannedEnd });
          return saved;
        },
      });
    }
  }

  /** Steps of the latest evaluation. */
  get #evaluatedAt() {
    return this.evaluations.at(-1)?.[0] ?? -1;
  }

  /** Learns to the first evaluation at or after so many steps. @param {number} timesteps */
  async #learnToEvaluation(timesteps) {
    await this.#learnTo(timesteps);
    const every = Number(this.#model.options.evalFreq);
    if (this.#evaluatedAt < timesteps && every > 0) await this.#learnTo(Math.min(this.#plannedEnd, every * Math.ceil(timesteps / every)));
  }

  /** @param {StudyRun['study']} study @returns {Promise<boolean | undefined>} whether it is pruned; undefined: it was told to stop */
  async learn({ stopBelow = [] }) {
    for (const [timesteps] of stopBelow.filter(([at]) => at <= this.#plannedEnd)) {
      await this.#learnToEvaluation(timesteps);
      if (!this.#isAt(timesteps)) return undefined;
      if (fallsBelow(stopBelow, this.evaluations)) return true;
    }
    await this.#learnTo(this.#plannedEnd);
    return this.#isAt(this.#plannedEnd) ? false : undefined;
  }

  /** Its score by the study's metric, null where there is none. @param {StudyRun['study']} study @param {boolean} isPruned @returns {Promise<number | null>} */
  async score({ metric }, isPruned) {
    if (metric === 'solved_at_timestep') return this.#model.solvedAt;
    if (isPruned) return finite(this.evaluations.at(-1)?.[1]);
    if (this.#model.diverged) return null;
    const { mean, std } = await this.#model.evaluateAsync({ which: metric.startsWith('final/') ? 'current' : 'best' });
    return finite(metric.endsWith('/std_reward') ? std : mean);
  }

  /** @param {StudyRun['study']} study @param {boolean} isPruned @param {number} since @returns {Promise<Outcome>} */
  async result(study, isPruned, since) {
    if (this.#model instanceof NativeModel) await this.#model.fetchLast();
    const score = await this.score(study, isPruned);
    const { timesteps, diverged } = this.#model;
    return {
      outcome: diverged ? 'diverged' : isPruned ? 'pruned' : 'finished', score, timesteps, evaluations: this.evaluations.filter(([, mean]) => Number.isFinite(mean)),
      fingerprint: this.#model.sha256(), seconds: (performance.now() - since) / 1000,
      ...study.wantsModel && { model: this.#model.save({ which: study.metric.startsWith('final/') ? 'current' : 'best' }) },
    };
  }

  async save() {
    await this.#folder.save(this.#model, this.evaluations);
  }

  /** Nothing can go on from it any more. */
  clear() {
    this.#folder.remove();
  }

  async dispose() {
    this.#model.dispose();
    await this.#child?.end();
  }
}

/** @param {number | undefined} value */
function finite(value) {
  return value !== undefined && Number.isFinite(value) ? value : null;
}

/** @param {import('../bellhop.js').Bellhop} bh @param {Uint8Array} bytes @returns {Model | undefined} */
function reopened(bh, bytes) {
  try {
    return bh.loadModel(bytes);
  } catch (error) {
    process.stderr.write(`bellhop: a checkpoint cannot be read, and its job begins again: ${/** @type {Error} */ (error).message}\n`);
    return undefined;
  }
}

/**
 * Runs a job; STOPPED where it was told to stop before its end, with a checkpoint to go on from.
 * @param {import('../bellhop.js').Bellhop} bh @param {StudyRun} job
 * @param {{ signal: AbortSignal, onProgress: (now: { timesteps: number, totalTimesteps: number }) => void }} how
 * @returns {Promise<Outcome | typeof STOPPED>}
 */
export async function runStudyJob(bh, job, { signal, onProgress }) {
  const since = performance.now();
  /** @type {StudyJob | undefined} */
  let running;
  try {
    return await guarded(job.plan.env, signal, async (stop) => {
      running = new StudyJob(bh, job, { signal: stop, onProgress });
      if (job.native !== undefined) await running.handOver(bh, job.native);
      const isPruned = await running.learn(job.study);
      if (isPruned === undefined) {
        if (signal.aborted) await running.save();
        return STOPPED;
      }
      const result = await running.result(job.study, isPruned, since);
      if (job.keeps && result.outcome === 'finished') await running.save();
      else running.clear();
      return result;
    });
  } finally {
    await running?.dispose();
  }
}
