// SPDX-License-Identifier: MIT
// The last texts an agent wrote with their rewards, and the best one: a sample.
import { el, setText } from '../dom.mjs';
import { language, t, value } from '../i18n.mjs';
import { on } from '../events.mjs';
import { isRated, wordsOf } from '../../draw/token-text.mjs';
import { say } from './widgets.mjs';

const KEPT = 5;

export function makeTexts() {
  /** @type {{ text: string, reward: number }[]} */
  let last = [];
  /** @type {{ text: string, reward: number } | null} */
  let best = null;
  const first = el('p', { class: 'best', id: 'rl-best' });
  const list = el('ol', { id: 'rl-texts' });
  const root = el('div', { class: 'sentences' }, say('h3', 'rl.texts'), first, list);
  const line = (/** @type {{ text: string, reward: number }} */ { text, reward }) => [el('span', { text, title: text }), el('span', { text: value(reward, 2) })];

  function tell() {
    if (best) first.replaceChildren(...line({ ...best, text: `★ ${best.text}` }));
    else setText(first, t('rl.texts.none'));
    list.replaceChildren(...last.map((each) => el('li', {}, ...line(each))));
  }
  on('language', tell);
  tell();

  return {
    root,
    clear() {
      last = [];
      best = null;
      tell();
    },
    /** Under other weights the best of before means nothing. */
    forgetBest() {
      best = null;
    },
    /** @param {import('./worker.mjs').Written} written @param {any} layout */
    note(written, layout) {
      if (!isRated(layout, written.view)) return;
      const text = { text: lineOf(written, layout), reward: written.view[layout.length + layout.parts.length] };
      last.unshift(text);
      last.length = Math.min(last.length, KEPT);
      if (!best || text.reward >= best.reward) best = text;
      tell();
    },
  };
}

/** What the agent wrote of a text, after its topic where it has one. @param {import('./worker.mjs').Written} written @param {any} layout */
export function lineOf({ view }, layout) {
  const words = wordsOf(layout, view, language());
  const own = words.filter(({ role }) => role === 'written').map(({ text }) => text).join(' ');
  const topic = words[0]?.role === 'marker' && words.filter(({ role }) => role === 'given').length === 0 ? `${language() === 'zh' && words[0].gloss || words[0].text}: ` : '';
  return topic + (own || '–');
}
