// SPDX-License-Identifier: MIT
// What a language model writes after a prompt, anew every second while it is trained, and the tokens it holds likeliest to
// come next. How it draws (temperature, top-k, top-p, greedy) changes at once.
import { el, setText } from '../dom.mjs';
import { attempt } from '../app.mjs';
import { exact, t, value } from '../i18n.mjs';
import { on } from '../events.mjs';
import { button, labelled, say, select } from './widgets.mjs';
import { PROMPTS } from './corpora.mjs';

/** @typedef {import('./worker.mjs').Language} Language */

const EVERY_MS = 1000;
const LENGTH = { char: 220, word: 60, bpe: 90, words: 40 };
const MOST = 8;

/** @param {() => Language | null} model @param {() => import('./corpora.mjs').CorpusId} corpus */
export function makeWriter(model, corpus) {
  let following = false;
  let seed = 0;
  let busy = false;
  let again = false;
  /** @type {{ prompt: string, text: string } | null} */
  let written = null;
  /** @type {import('./worker.mjs').Next} */
  let next = [];
  const prompt = el('input', { type: 'text', id: 'lm-prompt', autocomplete: 'off', spellcheck: 'false', maxlength: '500', input: prompted });
  let touched = false;
  const temperature = el('input', { type: 'range', id: 'lm-temperature', min: '0.1', max: '2', step: '0.1', value: '0.8', input: () => attempt(write) });
  const heat = el('output', { for: 'lm-temperature', text: '0.8' });
  const topK = select('lm-top-k', ['0', '1', '3', '5', '10', '20', '50'], '0', () => attempt(write));
  const topP = select('lm-top-p', ['1', '0.95', '0.9', '0.8', '0.5'], '1', () => attempt(write));
  const greedy = el('input', { type: 'checkbox', id: 'lm-greedy', change: () => attempt(write) });
  const page = el('p', { 'class': 'sample', 'id': 'lm-sample', 'tabindex': '0', 'role': 'region', 'data-t-label': 'lm.sample.label', 'aria-label': t('lm.sample.label') });
  const bars = el('ol', { class: 'bars next', id: 'lm-next' });
  const after = el('span', { class: 'caption', id: 'lm-next-after' });
  const root = el('div', { class: 'column' },
    el('div', { class: 'head' }, say('h3', 'lm.writes'), button('lm.sample.again', { id: 'lm-again', class: 'quiet', click: () => attempt(write) })),
    el('div', { class: 'row' }, labelled('lm.prompt', prompt, 'grow'), el('label', { class: 'choice' }, say('span', 'lm.temperature'), temperature, heat)),
    el('div', { class: 'row' }, labelled('lm.top_k', topK), labelled('lm.top_p', topP), el('label', { class: 'choice' }, greedy, say('span', 'lm.greedy'))),
    page, el('div', { class: 'head' }, say('h3', 'lm.next'), after), bars);

  function prompted() {
    touched = true;
    attempt(write);
  }

  const sampling = () => (greedy.checked ? { temperature: 0 } : { temperature: Number(temperature.value), topK: Number(topK.value), topP: Number(topP.value) });

  /** Asks the worker for both; while it is asked, the last wish waits. */
  async function write() {
    setText(heat, value(Number(temperature.value), 1));
    for (const box of [temperature, topK, topP]) box.disabled = greedy.checked;
    const from = model();
    if (!from) return;
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    try {
      const begin = touched ? prompt.value : PROMPTS[corpus()];
      if (!touched && prompt.value !== begin) prompt.value = begin;
      const how = sampling();
      const [text, likely] = await Promise.all([from.sample({ prompt: begin, length: LENGTH[from.about.model.tokenizer], seed: ++seed, ...how }), from.next(begin, how, MOST)]);
      if (from === model()) {
        const spaced = from.about.model.tokenizer === 'words' && begin !== '' && !/\s$/.test(begin);
        written = { prompt: begin, text: spaced ? ` ${text}` : text };
        next = likely.filter(({ p }) => p > 0);
        tell();
      }
    } finally {
      busy = false;
    }
    if (again) {
      again = false;
      write();
    }
  }

  function tick() {
    if (!following) return;
    attempt(write);
    setTimeout(tick, EVERY_MS);
  }

  function tell() {
    if (!written) page.replaceChildren(say('span', 'lm.sample.none', { class: 'caption' }));
    else page.replaceChildren(el('b', { text: written.prompt }), written.text);
    setText(after, !written ? '' : written.prompt === '' ? t('lm.next.start') : t('lm.next.after', { prompt: written.prompt.slice(-24) }));
    bars.replaceChildren(...next.length === 0 ? [el('li', { class: 'none' }, say('span', 'lm.next.none', { class: 'caption' }))] : next.map(bar));
    topK.options[0].textContent = t('lm.top_k.all');
    for (const option of topP.options) option.textContent = exact(Number(option.value));
  }

  on('language', tell);
  tell();
  return {
    root,
    write() {
      attempt(write);
    },
    /** Whether it is written anew every second. @param {boolean} yes */
    follow(yes) {
      if (yes === following) return;
      following = yes;
      if (yes) setTimeout(tick, 300);
      else attempt(write);
    },
    clear() {
      written = null;
      next = [];
      tell();
    },
  };
}

/** @param {import('./worker.mjs').Next[number]} likely */
function bar({ token, p }) {
  const fill = el('span', { class: 'fill' });
  fill.style.transform = `scaleX(${p})`;
  return el('li', {}, el('span', { class: 'name', text: visible(token) }), el('span', { 'class': 'track', 'aria-hidden': 'true' }, fill), el('span', { class: 'number', text: `${value(p * 100, 1)}%` }));
}

/** @param {string} token */
function visible(token) {
  if (token === ' ') return t('lm.token.space');
  if (token === '\n') return t('lm.token.newline');
  return token.replaceAll(' ', '␣').replaceAll('\n', '↵');
}
