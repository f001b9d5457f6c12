// SPDX-License-Identifier: MIT
// The last sentences that an agent of TextGen-v0 finished with their rewards, and the best one so far. While it trains fast only a
// sample of the sentences reaches the page, one per frame at most, which the title says. It comes with the world's file.
import { html } from 'lit';
import { adoptStyles } from '../adopt-styles.mjs';
import { sentenceStyles } from './sentence-styles.mjs';

/** @typedef {import('../lab-host.mjs').LabHost} LabHost */
/** @typedef {{ topic: number, words: number[], reward: number, step: number }} Sentence */
/** @typedef {{ last: Sentence[], best: Sentence | null }} Notes */

const KEPT = 5;

export class Sentences {
  #host;
  /** By session, so that another run begins anew. @type {WeakMap<object, Notes>} */
  #notes = new WeakMap();

  /** @param {LabHost} host */
  constructor(host) {
    this.#host = host;
    adoptStyles(host.root, [sentenceStyles]);
  }

  render() {
    const { words } = this.#host;
    this.#note();
    const { last, best } = this.#now();
    const line = (/** @type {Sentence} */ sentence, mark = '') => html`<span title=${this.#text(sentence)}>${mark}${this.#text(sentence)}</span><span>${words.value(sentence.reward, 2)}</span>`;
    return html`<div id="sentences" class="sentences"><h3>${words.t('sentences')}</h3>
      <p class="best" id="best-sentence">${best ? line(best, '★ ') : words.t('sentences.none')}</p>
      <ol id="sentence-list">${last.map((sentence) => html`<li>${line(sentence)}</li>`)}</ol></div>`;
  }

  /** @returns {Notes} */
  #now() {
    const session = /** @type {any} */ (this.#host.experiment)?.session;
    return (session && this.#notes.get(session)) ?? { last: [], best: null };
  }

  #note() {
    const { frame } = this.#host;
    const { session, humanFrame } = /** @type {any} */ (this.#host.experiment ?? {});
    if (!frame || !session || humanFrame || !(frame.view[2] > 0)) return;
    const notes = this.#now();
    if (notes.last[0]?.step === frame.timesteps) return;
    const { view } = frame;
    const sentence = { topic: view[0], words: Array.from(view.subarray(3, 3 + view[1])), reward: view[18], step: frame.timesteps };
    const best = !notes.best || sentence.reward >= notes.best.reward ? sentence : notes.best;
    this.#notes.set(session, { last: [sentence, ...notes.last].slice(0, KEPT), best });
  }

  /** @param {Sentence} sentence */
  #text({ topic, words }) {
    const { layout } = /** @type {any} */ (this.#host.experiment);
    const topics = this.#host.words.language === 'zh' ? layout.topics_zh : layout.topics;
    return `${topics?.[topic] ?? ''}: ${words.map((word) => layout.actions[word]).join(' ') || '–'}`;
  }
}
