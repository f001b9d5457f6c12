// SPDX-License-Identifier: MIT
// A language model in the worker, while it is trained: it plays and pauses as runs do, in slices, and shows itself in
// frames; records wait here between them. Between two slices it writes and says what may come next.
import { Env } from '../lib/env.mjs';
import { Frames } from './frames.mjs';
import { LanguageModel, Pretraining, advance, isUnderWay } from '../lib/language.mjs';
import { Slice, breathe } from '../lib/loop.mjs';
import { ANY, FLAG, readOptions } from '../lib/given.mjs';
import { wholeNumber } from '../lib/setup.mjs';
import { BellhopError } from '../lib/bellhop-error.mjs';

/** @typedef {import('../lib/setup.mjs').Library} Library */
/** @typedef {{ corpus?: string, env?: string, envOptions?: object, model?: Uint8Array, checkpoint?: Uint8Array, options?: object }} Recipe */
/** @typedef {import('../bellhop.js').PretrainingRecord} PretrainingRecord */
/**
 * @typedef {object} LanguageFrame
 * @property {boolean} running
 * @property {boolean} finished   maxSteps were taken; play() goes on for as many again
 * @property {boolean} diverged
 * @property {number} steps @property {number} maxSteps @property {number} tokensSeen
 * @property {number} tokensPerSecond  over about the last second
 * @property {PretrainingRecord[]} records  since the last frame
 */

const SLICE_MS = 12;
const RECIPE = Object.fromEntries(['corpus', 'env', 'envOptions', 'model', 'checkpoint', 'options'].map((key) => [key, ANY]));
const FIRST_WINDOWS = 16;
const RATE_MS = 1000;
/** Of one call of step. */
const STEPS_MAX = 1000;
const TOKENS_MAX = 1_000_000;

export class PretrainingSession {
  /** @type {Pretraining | null} */
  #training = null;
  #post;
  #plays = 0;
  #running = false;
  #looping = false;
  #diverged = false;
  #end = 0;
  #frames = new Frames(() => this.#postFrame());
  #slice = new Slice(SLICE_MS);
  /** @type {PretrainingRecord[]} */
  #waiting = [];
  /** @type {[time: number, tokens: number][]} */
  #marks = [];

  /** @param {Library} library @param {Recipe} recipe @param {import('./service.mjs').Post} post */
  constructor(library, recipe, post) {
    readOptions('createLanguageModel', recipe, RECIPE);
    this.#post = post;
    if (recipe.model) {
      /** The model as it is now. */
      this.model = LanguageModel.open(library.wasm, recipe.model);
      return;
    }
    this.#training = train(library, recipe);
    this.model = this.#training.model;
    const most = Number(this.#training.options.maxSteps);
    this.#end = most * Math.max(1, Math.ceil(this.#training.steps / most));
  }

  /** How long it computes before others have their turn. */
  set sliceMs(/** @type {number} */ milliseconds) {
    this.#slice.milliseconds = milliseconds;
  }

  info() {
    const training = this.#training;
    return {
      model: this.model.info, options: training?.options ?? null, textChanges: training?.textChanges ?? null, ngrams: training?.ngrams() ?? null,
      start: training?.validate({ windows: FIRST_WINDOWS }) ?? null,
    };
  }

  play() {
    this.#plays++;
    const training = this.#trained();
    this.#extend(training);
    this.#running = !this.#diverged;
    this.#marks = [];
    if (!this.#looping) void this.#loop(training);
  }

  #trained() {
    if (this.#training) return this.#training;
    throw new BellhopError('BH_ERR_STATE', 'a model that was opened cannot be trained on: its corpus is not in the file');
  }

  /** Past its end it goes on for as many steps again. @param {Pretraining} training */
  #extend(training) {
    if (training.steps >= this.#end) this.#end = training.steps + Number(training.options.maxSteps);
  }

  /** Resolves when the page took the frame of where it stands still. */
  pause() {
    this.#running = false;
    return this.#frames.show();
  }

  /** Takes n optimizer steps, then shows a frame. A model that has diverged takes none. */
  async step(n = 1) {
    const training = this.#trained();
    wholeNumber('step', n, 1, STEPS_MAX);
    if (this.#diverged) return;
    this.#extend(training);
    for (const end = training.steps + n; training.steps < end || isUnderWay(training);) {
      advance(training, end - training.steps);
      await breathe();
    }
    this.#keep(training);
    this.requestFrame();
  }

  /** @param {object} options */
  set(options) {
    this.#training?.set(options);
    return { options: this.#training?.options, at: this.#training?.steps ?? 0 };
  }

  /** With `talk` also what a reader is shown for prompt and text. @param {import('../bellhop.js').SampleOptions & { talk?: boolean }} options */
  sample({ talk = false, ...options }) {
    const { model } = this, { prompt = '', seed } = options;
    const { ids, text } = model.sample(options);
    if (!talk) return text;
    return { text, talk: model.talk([...typeof prompt === 'string' ? model.encode(prompt) : Array.from(prompt), ...ids], { seed }) };
  }

  /** The likeliest tokens to come. @param {string} prompt @param {import('../bellhop.js').Sampling} options @param {number} most */
  next(prompt, options, most = this.model.tokens.length) {
    const { tokens } = this.model;
    wholeNumber('most', most, 0, TOKENS_MAX);
    return Array.from(this.model.next(prompt, options), (p, id) => ({ token: tokens[id], p })).sort((a, b) => b.p - a.p).slice(0, most);
  }

  /** @param {{ full?: boolean }} [options]  full: of a model that is trained */
  save(options) {
    const { full = false } = readOptions('save', options ?? {}, { full: FLAG });
    return full ? this.#trained().save({ full }) : this.model.save();
  }

  requestFrame() {
    this.#frames.request();
  }

  frameTaken() {
    this.#frames.taken();
  }

  dispose() {
    this.#running = false;
    this.#frames.end();
    this.#training?.dispose();
    this.model.dispose();
    this.#training = null;
  }

  /** @param {Pretraining} training */
  async #loop(training) {
    this.#looping = true;
    while (this.#running || (this.#training && isUnderWay(training))) {
      this.#slice.run(Math.max(1, this.#end - training.steps), (n) => advance(training, n), () => (!this.#running && !isUnderWay(training)) || this.#isAtEnd(training));
      this.#keep(training);
      this.#mark(training);
      if (this.#running || !isUnderWay(training)) this.requestFrame(); // who pauses waits for the last one
      await breathe();
    }
    this.#looping = false;
  }

  /** Keeps what was recorded for the next frame, and sees whether that was the end. @param {Pretraining} training */
  #keep(training) {
    for (const record of training.drain()) {
      this.#diverged ||= !Number.isFinite(record.loss);
      this.#waiting.push(record);
    }
    if (this.#diverged || this.#isAtEnd(training)) this.#running = false;
  }

  /** @param {Pretraining} training */
  #isAtEnd(training) {
    return training.steps >= this.#end && !isUnderWay(training);
  }

  /** @param {Pretraining} training */
  #mark({ tokensSeen }) {
    const now = performance.now();
    this.#marks.push([now, tokensSeen]);
    while (this.#marks.length > 2 && now - this.#marks[1][0] > RATE_MS) this.#marks.shift();
  }

  #rate() {
    const [first, last] = [this.#marks[0], this.#marks.at(-1)];
    return first && last && last[0] > first[0] ? (last[1] - first[1]) / (last[0] - first[0]) * 1000 : 0;
  }

  #postFrame() {
    const { steps = 0, tokensSeen = 0 } = this.#training ?? {};
    const records = this.#waiting;
    this.#waiting = [];
    this.#post({
      running: this.#running, finished: steps > 0 && steps >= this.#end, diverged: this.#diverged, steps, maxSteps: this.#end,
      tokensSeen, tokensPerSecond: this.#rate(), records,
    }, this.#plays, []);
  }
}

/** @param {Library} library @param {Recipe} recipe */
function train(library, { corpus, env: id, envOptions = {}, checkpoint, options }) {
  const made = (/** @type {unknown} */ source) => checkpoint === undefined ? new Pretraining(library, source, options) : Pretraining.resume(library, checkpoint, source, options);
  if (id === undefined) return made(corpus);
  const env = new Env(library, id, envOptions);
  try {
    return made(env);
  } finally {
    env.dispose();
  }
}
