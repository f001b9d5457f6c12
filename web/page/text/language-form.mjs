// SPDX-License-Identifier: MIT
// What a language model is made from: the corpus, the tokenizer and the sizes, with ranges from the library's own table.
import { el, setText, show } from '../dom.mjs';
import { attempt } from '../app.mjs';
import { count, exact, language, t, tMaybe } from '../i18n.mjs';
import { on } from '../events.mjs';
import { labelled, nameOptions, say, select } from './widgets.mjs';
import { corpusText } from './corpora.mjs';
import { TASKS } from './tasks.mjs';

/** @typedef {import('./corpora.mjs').CorpusId} CorpusId */
/** @typedef {'lm.d_model' | 'lm.n_layers' | 'lm.n_heads' | 'lm.context' | 'lm.max_steps' | 'lm.learning_rate'} SizeKey */

/** Steps of each size; the library's table says what else could be. @type {[key: SizeKey, option: string, values: number[], chosen: number][]} */
const SIZES = [
  ['lm.d_model', 'dModel', [16, 32, 48, 64, 96, 128], 64], ['lm.n_layers', 'nLayers', [1, 2, 3, 4], 2],
  ['lm.n_heads', 'nHeads', [1, 2, 4, 8], 4], ['lm.context', 'context', [16, 32, 64, 128, 256], 64],
  ['lm.max_steps', 'maxSteps', [200, 500, 1000, 2000, 4000, 8000, 16_000], 2000], ['lm.learning_rate', 'learningRate', [0.0005, 0.001, 0.002, 0.004, 0.006, 0.01, 0.02], 0.006],
];
const CORPORA = /** @type {const} */ (['stories-en', 'stories-zh', 'task', 'own']);
const TOKENIZERS = ['char', 'word', 'bpe'];
const TYPED_MS = 400;

/** @param {() => void} changed */
export function makeForm(changed) {
  /** @type {CorpusId} */
  let corpus = language() === 'zh' ? 'stories-zh' : 'stories-en';
  let own = '';
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const choice = select('lm-corpus', [...CORPORA], corpus, (id) => attempt(() => choose(/** @type {CorpusId} */ (id))));
  const task = select('lm-task', TASKS.map(({ id }) => id), TASKS[0].id, () => {
    tell();
    changed();
  });
  const tokenizer = select('lm-tokenizer', TOKENIZERS, 'char', changed);
  const sizes = SIZES.map(([key, option, values, chosen]) => ({ key, option, box: select(`lm-${option}`, values.map(String), String(chosen), changed) }));
  const area = el('textarea', { 'id': 'lm-text', 'rows': '8', 'spellcheck': 'false', 'data-t-label': 'lm.corpus.text', 'aria-label': t('lm.corpus.text'), 'aria-describedby': 'lm-corpus-kept', 'input': typed });
  const hint = say('p', 'lm.corpus.kept', { class: 'caption', id: 'lm-corpus-kept' });
  const caption = el('p', { class: 'caption', id: 'lm-corpus-size' });
  const taskLabel = labelled('lm.of.task', task);
  const ofText = [labelled('lm.tokenizer', tokenizer)];
  const root = el('div', { class: 'form' },
    el('div', { class: 'row' }, labelled('lm.corpus', choice), taskLabel, ...ofText), area, hint, caption,
    el('div', { class: 'sizes' }, ...sizes.map(({ key, box }) => labelled(key, box))));

  /** @param {CorpusId} id */
  async function choose(id) {
    const text = await corpusText(id);
    if (choice.value !== id) return; // meanwhile something else was chosen, or typed
    corpus = id;
    if (id !== 'task') area.value = text ?? own;
    tell();
    changed();
    if (id === 'own') area.focus();
  }

  /** What is typed over a corpus is the reader's own text; where there is one already, a corpus is only to be read. */
  function typed() {
    own = area.value;
    if (corpus !== 'own') {
      corpus = 'own';
      choice.value = 'own';
    }
    clearTimeout(timer);
    timer = setTimeout(settle, TYPED_MS);
  }

  /** What was typed counts now. */
  function settle() {
    if (timer === undefined) return;
    clearTimeout(timer);
    timer = undefined;
    tell();
    changed();
  }

  function tell() {
    const isTask = corpus === 'task';
    show(area, !isTask);
    show(taskLabel, isTask);
    ofText.forEach((label) => show(label, !isTask));
    for (const { key, box } of sizes) if (key === 'lm.context') show(/** @type {HTMLElement} */ (box.parentElement), !isTask);
    setText(caption, isTask ? t('lm.corpus.examples', { env: tMaybe(`env.${task.value}`, task.value) }) : t('lm.corpus.size', { n: count([...area.value].length) }));
    area.readOnly = corpus !== 'own' && own.trim() !== '';
    show(hint, area.readOnly);
    area.placeholder = t('lm.corpus.placeholder');
    nameOptions(choice, (id) => tMaybe(`lm.corpus.${id}`, id));
    nameOptions(task, (id) => tMaybe(`env.${id}`, id));
    nameOptions(tokenizer, (id) => tMaybe(`lm.tokenizer.${id}`, id));
    for (const { box } of sizes) nameOptions(box, (n) => exact(Number(n)));
  }

  on('language', tell);
  tell();
  // The text it begins with comes when somebody is about to see it.
  new IntersectionObserver(async (entries, observer) => {
    if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
    observer.disconnect();
    const first = corpus;
    const text = await corpusText(first).catch(() => null); // Train asks again, and tells
    if (area.value !== '' || text === null || corpus !== first) return;
    area.value = text;
    tell();
  }, { rootMargin: '400px' }).observe(root);

  return {
    root, settle,
    corpus: () => corpus,
    /** For the worker, see text-sessions.mjs. */
    async recipe() {
      settle();
      const options = Object.fromEntries(sizes.map(({ option, box }) => [option, Number(box.value)]));
      const often = { evalFreq: Math.max(20, Math.min(100, options.maxSteps / 20)), evalWindows: 32 };
      if (corpus === 'task') {
        delete options.context; // the task has one
        return { env: task.value, options: { ...options, ...often, nTexts: 4000 } };
      }
      const text = corpus === 'own' ? area.value : await corpusText(corpus) ?? '';
      if (text.trim() === '') throw new Error(t('lm.corpus.empty'));
      return { corpus: text, options: { ...options, ...often, tokenizer: tokenizer.value } };
    },
  };
}
