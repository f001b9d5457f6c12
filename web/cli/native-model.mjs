// SPDX-License-Identifier: MIT
// A model whose run is in bellhop-run (native-process.mjs), as `bellhop train` uses models. It is made as any other, in WebAssembly, with all
// that settings, demonstrations and language models come to and all that is refused; then the child takes the run over, as a full checkpoint,
// and goes on with it. Records, scores and checkpoints come back over the pipe, and who writes them does not know from where: one mechanism
// for settings, one for files. What is saved is fetched before it is asked for, since files are written without a turn in between.
import { Learner } from '../lib/learner.mjs';
import { progressOf, warnWithoutUpdate } from '../lib/learning.mjs';
import { evaluationSeed } from '../lib/run-values.mjs';
import { findAlgo } from '../lib/setup.mjs';
import { LostError, numbersOf } from './native-process.mjs';

/** @typedef {import('../bellhop.js').Model} Model */
/** @typedef {import('../bellhop.js').Which} Which */
/** @typedef {import('./native-process.mjs').NativeProcess} NativeProcess */
/** @typedef {import('../bellhop.js').LearnProgress & { records: import('../bellhop.js').RunRecord[], error?: undefined }} Progress */
/** @typedef {'current' | 'best' | 'full'} Saved */

/** A question is answered after so long, or a piece of work later: signals and progress wait for it, and the child for the next question. */
const SLICE_MS = 100;
/** What is saved, as the child counts it. @type {Record<Saved, number>} */
const SAVED = { current: 0, best: 1, full: 2 };

/** What the child last said of its run, as a Learner looks at runs. */
class NativeRun {
  /** @type {Float64Array[]} */
  #rows = [];
  isUnderWay = false;
  timesteps = 0;
  episodes = 0;
  updates = 0;
  /** @type {number | null} */
  solvedAt = null;
  finished = false;

  /** @param {import('../bellhop.js').Catalog} catalog @param {Model} model @param {Buffer} state */
  constructor(catalog, { algo, options }, state) {
    this.records = catalog.records;
    this.algo = findAlgo(catalog, algo);
    this.setup = { options };
    this.take([], state);
  }

  /** @param {readonly Float64Array[]} rows @param {Buffer} state  of send_state in bellhop_run.c */
  take(rows, state) {
    const [isUnderWay, timesteps, episodes, updates, solvedAt, finished] = numbersOf(state);
    this.#rows.push(...rows);
    Object.assign(this, { isUnderWay: isUnderWay > 0, timesteps, episodes, updates, solvedAt: solvedAt < 0 ? null : solvedAt, finished: finished > 0 });
  }

  drain() {
    const parts = this.#rows.splice(0), all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }
}

export class NativeModel {
  #child;
  #run;
  #learner;
  /** Of now: steps make them old. @type {Map<Saved, Uint8Array>} */
  #saved = new Map();
  #sha256 = '';
  #isFinite = true;
  #isLost = false;

  /** @param {import('../bellhop.js').Bellhop} bh @param {Model} model @param {NativeProcess} child @param {Buffer} state */
  constructor({ catalog }, model, child, state) {
    this.algo = model.algo;
    this.env = model.env;
    this.options = model.options;
    this.#child = child;
    this.#run = new NativeRun(catalog, model, state);
    this.#learner = new Learner(/** @type {any} */ (this.#run));
  }

  /** A process goes on with the run of a model, which is disposed. @param {import('../bellhop.js').Bellhop} bh @param {Model} model @param {NativeProcess} child */
  static async takeOver(bh, model, child) {
    const { answer } = await child.ask('RUN', model.save({ full: true }));
    const taken = new NativeModel(bh, model, child, answer.bytes);
    model.dispose();
    return taken;
  }

  get timesteps() {
    return this.#run.timesteps;
  }

  get episodes() {
    return this.#run.episodes;
  }

  get solvedAt() {
    return this.#run.solvedAt;
  }

  get finished() {
    return this.#run.finished;
  }

  get isUnderWay() {
    return this.#run.isUnderWay;
  }

  /** Whether the run has come to its end. */
  get isOver() {
    return this.finished || (this.timesteps >= this.#learner.end && !this.isUnderWay);
  }

  /** Whether a loss was, or, when it was last fetched, a parameter is, not finite. */
  get diverged() {
    return this.#learner.hasBadLoss || !this.#isFinite;
  }

  /** Whether the process is gone, and the run with it. */
  get isLost() {
    return this.#isLost;
  }

  /** @param {import('./native-process.mjs').Question} question @param {readonly number[]} numbers */
  async #ask(question, numbers) {
    try {
      return await this.#child.ask(question, numbers);
    } catch (error) {
      this.#isLost ||= error instanceof LostError;
      throw error;
    }
  }

  /**
   * To the end of the run, or so many steps, or until the signal is aborted; what `onProgress` returns is waited for.
   * @param {{ steps?: number, signal: AbortSignal, onProgress: (now: Progress) => unknown }} how
   */
  async learn({ steps = Infinity, signal, onProgress }) {
    const learner = this.#learner, end = Math.min(learner.end, this.timesteps + steps);
    while (!this.finished && (this.timesteps < end || this.isUnderWay) && !signal.aborted) {
      const { records: rows, answer } = await this.#ask('STEPS', [end, SLICE_MS]);
      this.#saved.clear();
      this.#run.take(rows, answer.bytes);
      const records = this.#recordsOf(learner);
      if (records.some((record) => record.type === 'eval' && record.isBest)) await this.#fetch('best');
      await onProgress({ ...progressOf(learner), records });
    }
    if (this.timesteps >= learner.end) warnWithoutUpdate(learner);
    return { finished: this.finished };
  }

  /** @param {Learner} learner */
  #recordsOf(learner) {
    /** @type {import('../bellhop.js').RunRecord[]} */
    const records = [];
    learner.records = records;
    learner.take();
    learner.records = null;
    return records;
  }

  /** @param {Saved} what */
  async #fetch(what) {
    if (!this.#saved.has(what)) this.#saved.set(what, (await this.#ask('SAVE', [SAVED[what]])).answer.bytes);
  }

  /** A full checkpoint, for save(). */
  fetchFull() {
    return this.#fetch('full');
  }

  /** All that is written and said in the end; where the process is gone, save() says so. */
  async fetchLast() {
    if (this.#isLost) return;
    for (const what of /** @type {const} */ (['current', 'best'])) await this.#fetch(what);
    if (!this.isOver) await this.#fetch('full');
    const { answer } = await this.#ask('FINGERPRINT', [SAVED.current]);
    const text = String(answer.bytes);
    this.#sha256 = text.slice(0, -1);
    this.#isFinite = text.endsWith('1');
  }

  /** What was fetched since the last step. @param {{ which?: Which, full?: boolean }} [options] */
  save({ which = 'current', full = false } = {}) {
    const bytes = this.#saved.get(full ? 'full' : which);
    if (bytes) return bytes;
    throw new Error('what it had learned since the last checkpoint is lost');
  }

  /** Of the parameters that were last fetched. */
  sha256() {
    return this.#sha256;
  }

  /** @param {{ which: Which, signal?: AbortSignal }} how @returns {Promise<import('../bellhop.js').Score>} */
  async evaluateAsync({ which, signal = new AbortController().signal }) {
    const { seed, finalEvalEpisodes } = this.options;
    const ask = async (/** @type {number} */ n) => numbersOf((await this.#ask('EVALUATE', [SAVED[which], n, evaluationSeed(Number(seed)), SLICE_MS])).answer.bytes);
    for (;;) {
      const [isPending, mean, std, min, max, meanLength, episodes] = await ask(signal.aborted ? 0 : Number(finalEvalEpisodes));
      signal.throwIfAborted();
      if (isPending === 0) return { mean, std, min, max, meanLength, episodes };
    }
  }

  /** What started the process ends it. */
  dispose() {}
}
