// SPDX-License-Identifier: MIT
// What a language model is made from, and how it is written in a link: the corpus, the tokenizer, the sizes, the seed. The
// reader's own text is not in a link; everything else there is checked against the library's table.
//
//     view=language&corpus=task&task=Translate-v0&dModel=32&seed=7
import { readCorpus } from './corpora.mjs';
import { camel, noneOf, problemOf } from './fields.mjs';
import { TASKS } from './text-tasks.mjs';

/** @typedef {import('../bellhop.js').Field} LibraryField */
/**
 * Texts beside the page, examples that the worker makes of a task, or a text of the reader's.
 * @typedef {'stories-en' | 'stories-zh' | 'task' | 'own'} CorpusId
 */
/** @typedef {'char' | 'word' | 'bpe'} Tokenizer */
/** @typedef {'dModel' | 'nLayers' | 'nHeads' | 'context' | 'maxSteps' | 'learningRate'} SizeName */
/**
 * @typedef {object} LanguageSetup
 * @property {CorpusId} corpus
 * @property {string} task                   whose examples it learns from
 * @property {Tokenizer | null} tokenizer    null: the corpus's own
 * @property {Record<SizeName, number>} sizes
 * @property {number} seed
 * @property {string} own                    the reader's text
 */

/** @type {readonly CorpusId[]} */
export const CORPORA = Object.freeze(['stories-en', 'stories-zh', 'task', 'own']);
/** @type {readonly Tokenizer[]} */
export const TOKENIZERS = Object.freeze(['word', 'char', 'bpe']);
/** How a sample begins where the reader has not said so. @type {Readonly<Record<CorpusId, string>>} */
export const PROMPTS = Object.freeze({ 'stories-en': 'The', 'stories-zh': '今天', 'task': '', 'own': '' });
/**
 * Of words a model makes sense sooner, and no letters come together by chance; Chinese is written in characters.
 * @type {Readonly<Record<CorpusId, Tokenizer>>}
 */
const OWN_TOKENIZERS = Object.freeze({ 'stories-en': 'word', 'stories-zh': 'char', 'task': 'word', 'own': 'char' });

/**
 * Sizes with the steps they are chosen from; the library's table says what else could be.
 * @type {readonly Readonly<{ name: SizeName, label: string, values: readonly number[], preset: number }>[]}
 */
export const SIZES = Object.freeze([
  { name: 'dModel', label: 'lm.d_model', values: [16, 32, 48, 64, 96, 128], preset: 64 },
  { name: 'nLayers', label: 'lm.n_layers', values: [1, 2, 3, 4], preset: 2 },
  { name: 'nHeads', label: 'lm.n_heads', values: [1, 2, 4, 8], preset: 4 },
  { name: 'context', label: 'lm.context', values: [16, 32, 64, 128, 256], preset: 64 },
  { name: 'maxSteps', label: 'lm.max_steps', values: [200, 500, 1000, 2000, 4000, 8000, 16_000], preset: 2000 },
  { name: 'learningRate', label: 'lm.learning_rate', values: [0.0005, 0.001, 0.002, 0.004, 0.006, 0.01, 0.02], preset: 0.006 },
]);
/** Examples of a task: how many. */
const N_TEXTS = 4000;

/** Why there is no model, as a key of the words. */
export class Refusal extends Error {
  /** @param {'lm.corpus.failed' | 'lm.corpus.empty'} key */
  constructor(key) {
    super(key);
    this.key = key;
  }
}

/** What the library says of texts and files, taken apart again. @type {readonly Readonly<{ shape: RegExp, key: string }>[]} */
const SHAPES = Object.freeze([
  { shape: /^the text has (?<tokens>\d+) tokens, (?<held>\d+) of them held out, but either part needs (?<least>\d+)/, key: 'error.text.short' },
  { shape: /^the text is empty/, key: 'lm.corpus.empty' },
  { shape: /^the (?:text|corpus) is (?<size>[\d.]+) MB long, but at most (?<max>\d+)/, key: 'error.text.large' },
  { shape: /^the text is not UTF-8/, key: 'error.text.encoding' },
  { shape: /^the text is UTF-(?<bits>\d+)/, key: 'error.text.utf' },
  { shape: /^the text has half of a character at position (?<at>\d+)/, key: 'error.text.half' },
  { shape: /^every word of the text is longer than (?<max>\d+) bytes/, key: 'error.text.words' },
]);

/**
 * Why a model was refused, as a key of the words with its values; null: something that is not about texts and files.
 * @param {unknown} error @returns {{ key: string, values: Record<string, number> } | null}
 */
export function refusalOf(error) {
  if (error instanceof Refusal) return { key: error.key, values: {} };
  const { message, status } = /** @type {{ message?: string, status?: string }} */ (error ?? {});
  for (const { shape, key } of SHAPES) {
    const found = shape.exec(message ?? '');
    if (found) return { key, values: Object.fromEntries(Object.entries(found.groups ?? {}).map(([name, text]) => [name, Number(text)])) };
  }
  return status === 'BH_ERR_FORMAT' || status === 'BH_ERR_SHAPE' ? { key: 'error.model.file', values: {} } : null;
}

/** What one begins with. @param {'en' | 'zh'} language  of the reader @returns {LanguageSetup} */
export const plainLanguageSetup = (language) => ({
  corpus: language === 'zh' ? 'stories-zh' : 'stories-en', task: TASKS[0].id, tokenizer: null, seed: 0, own: '',
  sizes: /** @type {Record<SizeName, number>} */ (Object.fromEntries(SIZES.map(({ name, preset }) => [name, preset]))),
});

/** @param {LanguageSetup} setup @returns {Tokenizer} */
export const tokenizerOf = ({ tokenizer, corpus }) => tokenizer ?? OWN_TOKENIZERS[corpus];

/** The text of a corpus that comes with the page. @param {CorpusId} id @returns {Promise<string>} */
export async function fetchCorpus(id) {
  return readCorpus(id).catch(() => {
    throw new Refusal('lm.corpus.failed');
  });
}

/** Steps and sizes that decide which model it is. @param {LanguageSetup} setup */
function optionsOf({ sizes, seed }) {
  return { ...sizes, seed, evalFreq: Math.max(20, Math.min(100, Math.round(sizes.maxSteps / 20))), evalWindows: 32 };
}

/**
 * What the worker makes a model from.
 * @param {LanguageSetup} setup @param {string} text  of the corpus; a task needs none @returns {import('../bellhop.js').LanguageRecipe}
 */
export function languageRecipe(setup, text) {
  const { context, ...options } = optionsOf(setup);
  if (setup.corpus === 'task') return { env: setup.task, options: { ...options, nTexts: N_TEXTS } }; // the task has a context
  if (text.trim() === '') throw new Refusal('lm.corpus.empty');
  return { corpus: text, options: { ...options, context, tokenizer: tokenizerOf(setup) } };
}

// ---- links ----

/** The parameters of a setup, without a leading # or ?; of the reader's own text only that there is one. @param {LanguageSetup} setup */
export function languageToQuery({ corpus, task, tokenizer, sizes, seed }) {
  const query = new URLSearchParams({ view: 'language', corpus, ...corpus === 'task' && { task }, ...tokenizer && { tokenizer } });
  for (const { name, preset } of SIZES) if (sizes[name] !== preset) query.set(name, String(sizes[name]));
  query.set('seed', String(seed));
  return query.toString();
}

const OTHERS = Object.freeze(['view', 'lang', 'env']);

/**
 * @param {readonly LibraryField[]} fields  the trainer's `pretrainingOptions`
 * @param {URLSearchParams} query @param {'en' | 'zh'} language
 * @returns {{ setup: LanguageSetup, ignored: import('./fields.mjs').Unfit[] }}
 */
export function languageFromQuery(fields, query, language) {
  const setup = plainLanguageSetup(language);
  /** @type {import('./fields.mjs').Unfit[]} */
  const ignored = [];
  for (const [name, value] of query) {
    const why = OTHERS.includes(name) ? null : take(setup, fields, name, value);
    if (why) ignored.push({ name, value, why });
  }
  return { setup, ignored };
}

/** What is chosen by its name. @type {Readonly<Record<string, readonly string[]>>} */
const CHOICES = Object.freeze({ corpus: CORPORA, tokenizer: TOKENIZERS, task: TASKS.map(({ id }) => id) });

/**
 * Takes one parameter; says why where it does not fit.
 * @param {LanguageSetup} setup @param {readonly LibraryField[]} fields @param {string} name @param {string} text @returns {import('./fields.mjs').Problem | null}
 */
function take(setup, fields, name, text) {
  if (Object.hasOwn(CHOICES, name)) {
    if (!CHOICES[name].includes(text)) return noneOf(CHOICES[name], text);
    Object.assign(setup, { [name]: text });
    return null;
  }
  const size = SIZES.find((each) => each.name === name)?.name;
  const field = fields.find((each) => camel(each.name) === name);
  if (!field || !(size || name === 'seed')) return { key: 'error.unknown', values: {} };
  const value = text.trim() === '' ? NaN : Number(text);
  const why = problemOf(/** @type {any} */ (field), value);
  if (!why) Object.assign(size ? setup.sizes : setup, { [name]: value });
  return why;
}
