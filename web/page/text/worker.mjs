// SPDX-License-Identifier: MIT
// The second worker, with the module that has language models: started when a part of the tab Text first needs it. Runs in
// it are sessions as in trainer.mjs; language models are sessions of their own kind.
import { connect } from '../../worker/trainer.mjs';

/** @typedef {import('../../bellhop.js').LanguageFrame} LanguageFrame */
/** @typedef {{ model: import('../../bellhop.js').LanguageModelInfo, options: Record<string, any> | null, ngrams: { tokens: number, trainTokens: number, unigram: number, trigram: number, k: number } | null, start: { loss: number, perplexity: number } | null }} LanguageInfo */
/** @typedef {{ token: string, p: number }[]} Next */
/** @typedef {import('../../worker/trainer.mjs').Frame & { prior: Float64Array | null, written: Written | null }} TextFrame */
/** @typedef {{ view: Float32Array, text: string, envInfo: Record<string, any> }} Written  a whole text */

/** @typedef {import('../../worker/trainer.mjs').LanguageSession} Language */
/** @typedef {import('../../worker/trainer.mjs').Trainer} TextWorker */

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

const start = () => connect({ workerUrl: new URL('./worker.js', import.meta.url), text: true });
