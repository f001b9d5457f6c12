// SPDX-License-Identifier: MIT
// A talk of guest and bellhop (envs/dialogue.h): a sentence in the reader's language for every turn, and small the words behind it,
// which are all that a network reads.
import { html, nothing } from 'lit';

/** @typedef {import('../words.mjs').Words} Words */
/** @typedef {import('../../bellhop.js').Turn} Turn */

/** What was said in a turn. @param {Turn} turn @param {Words} words */
export const sentenceOf = (turn, { language }) => (language === 'zh' ? turn.zh : turn.en);

/** What the bellhop said, in one line. @param {readonly Turn[]} turns @param {Words} words */
export const repliesOf = (turns, words) =>
  turns.filter(({ who }) => who === 'bellhop').map((turn) => sentenceOf(turn, words)).join(words.language === 'zh' ? '' : ' ');

/** The whole talk; `isOpen`: the bellhop has to reply. @param {readonly Turn[]} turns @param {Words} words @param {boolean} isOpen */
export const talkOf = (turns, words, isOpen) => html`<ol class="talk">${turns.map((turn) => said(turn.who, turn.text, sentenceOf(turn, words), words))}
  ${isOpen ? said('bellhop', '', '…', words) : nothing}</ol>`;

/** What no guest says is its own sentence, and stands there once. @param {Turn['who']} who @param {string} text @param {string} sentence @param {Words} words */
const said = (who, text, sentence, words) => html`<li data-who=${who}><p class="caption">${words.t(who === 'guest' ? 'talk.guest' : 'talk.bellhop')}
  <span lang="en" translate="no">${text === sentence ? '' : text}</span></p><p class="said">${sentence}</p></li>`;
