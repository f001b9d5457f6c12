// SPDX-License-Identifier: MIT
// The second worker, with the module that has language models: started when a part of the tab Text first needs it. Runs in
// it are sessions as in trainer.mjs; language models are sessions of their own kind.
import { Session, Trainer, startWorker } from '../../trainer.mjs';

/** @typedef {import('../../pretraining-session.mjs').LanguageFrame} LanguageFrame */
/** @typedef {{ model: import('../../bellhop.js').LanguageModelInfo, options: Record<string, any> | null, ngrams: { tokens: number, trainTokens: number, unigram: number, trigram: number, k: number } | null, start: { loss: number, perplexity: number } | null }} LanguageInfo */
/** @typedef {{ token: string, p: number }[]} Next */
/** @typedef {import('../../trainer.mjs').Frame & { prior: Float64Array | null, written: Written | null }} TextFrame */
/** @typedef {{ view: Float32Array, text: string, envInfo: Record<string, any> }} Written  a whole text */

/** A language model in the worker: it plays, pauses and shows frames as runs do. */
export class Language extends Session {
  /** @param {import('../../trainer.mjs').Line} line @param {{ session: number, info: any }} made */
  constructor(line, made) {
    super(line, made);
    this.line = line;
    this.key = made.session;
    /** @type {LanguageInfo} */
    this.about = made.info;
  }

  /** @param {import('../../bellhop.js').SampleOptions} options @returns {Promise<string>} */
  sample(options) {
    return this.line.call('sample', this.key, [options]);
  }

  /** @param {string} prompt @param {import('../../bellhop.js').Sampling} options @param {number} most @returns {Promise<Next>} */
  next(prompt, options, most) {
    return this.line.call('next', this.key, [prompt, options, most]);
  }
}

/** The worker, and what there is in it. */
export class TextWorker extends Trainer {
  /** @param {import('../../trainer.mjs').Line} line @param {() => void} end @param {{ catalog: any, pretraining: import('../fields.mjs').Field[] }} there */
  constructor(line, end, { catalog, pretraining }) {
    super(line, end, catalog);
    this.line = line;
    this.pretraining = pretraining;
  }

  /** @param {object} recipe  see text-sessions.mjs */
  async language(recipe) {
    return new Language(this.line, await this.line.call('create', undefined, [{ languageModel: recipe }]));
  }
}

/** @type {Promise<TextWorker> | null} */
let worker = null;

/** Started once; after a failure it is tried anew. @returns {Promise<TextWorker>} */
export function textWorker() {
  worker ??= start().catch((error) => {
    worker = null;
    throw error;
  });
  return worker;
}

async function start() {
  const { line, end } = startWorker(new URL('./text-worker.js', import.meta.url));
  try {
    return new TextWorker(line, end, await line.call('open', undefined, [{}]));
  } catch (error) {
    end();
    throw error;
  }
}
