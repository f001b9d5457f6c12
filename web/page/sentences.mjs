// SPDX-License-Identifier: MIT
// TextGen's last sentences with their rewards, and the best one so far. While it trains fast only a sample of the
// sentences reaches the page (one per frame at most), which the list says.
import { byId, el } from './dom.mjs';
import { lab } from './app.mjs';
import { language, t, value } from './i18n.mjs';
import { on } from './events.mjs';

const KEPT = 5;
const EVERY_MS = 150;

/** @typedef {{ topic: number, words: number[], reward: number, step: number }} Sentence */
/** @typedef {{ last: Sentence[], best: Sentence | null }} Notes */

let toldAt = 0;

export function wireSentences() {
  on('frame', note);
  on(['run', 'language'], tell);
}

/** @returns {Notes} */
function notes() {
  const current = lab();
  current.notes ??= { last: [], best: null };
  return /** @type {Notes} */ (current.notes);
}

function note() {
  const { world, frame, guest, phase } = lab();
  if (world.part !== 'text' || !frame || guest) return;
  const { view, timesteps } = frame;
  const seen = notes();
  if (!(view[2] > 0) || seen.last[0]?.step === timesteps) return;
  const sentence = { topic: view[0], words: Array.from(view.subarray(3, 3 + view[1])), reward: view[18], step: timesteps };
  seen.last.unshift(sentence);
  seen.last.length = Math.min(seen.last.length, KEPT);
  if (!seen.best || sentence.reward >= seen.best.reward) seen.best = sentence;
  const now = performance.now();
  if (phase === 'running' && now - toldAt < EVERY_MS) return;
  toldAt = now;
  tell();
}

function tell() {
  if (lab().world.part !== 'text' || !lab().session) return;
  const { last, best } = notes();
  byId('best-sentence').replaceChildren(...best ? [el('span', { text: `★ ${inWords(best)}`, title: t('sentences.best') }), el('span', { text: value(best.reward, 2) })] : [t('sentences.none')]);
  byId('sentence-list').replaceChildren(...last.map((sentence) => el('li', {},
    el('span', { text: inWords(sentence) }), el('span', { text: value(sentence.reward, 2) }))));
}

/** @param {Sentence} sentence */
function inWords({ topic, words }) {
  const { layout } = /** @type {any} */ (lab().session).info;
  const name = language() === 'zh' ? layout.topics_zh[topic] : layout.topics[topic];
  return `${name}: ${words.map((word) => layout.actions[word]).join(' ') || '–'}`;
}
