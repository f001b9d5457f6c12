// SPDX-License-Identifier: MIT
// Words and numbers in the reader's language. A catalogue maps keys to sentences with {places}; English ones may hold
// a count with its noun, {n|step|steps}. Catalogues lie in strings/; those of a topic are fetched when the topic is.

/** @typedef {'en' | 'zh'} Language */
/** @typedef {keyof typeof import('./strings/en.mjs').default | keyof typeof import('./strings/en-errors.mjs').default | keyof typeof import('./strings/en-text.mjs').default | keyof typeof import('./strings/en-box.mjs').default | keyof typeof import('./strings/en-play.mjs').default | keyof typeof import('./strings/en-update.mjs').default | keyof typeof import('./strings/en-settings.mjs').default | keyof typeof import('./strings/en-fields.mjs').default | keyof typeof import('./strings/en-site.mjs').default | keyof typeof import('./strings/en-embed.mjs').default | keyof typeof import('./strings/en-tour.mjs').default | keyof typeof import('./strings/en-workbench.mjs').default} Key */
/** Language models and text tasks; actions that are numbers; playing yourself; the microscope; the form of settings, names of settings, help lines of options; what was wrong. @typedef {'text' | 'box' | 'play' | 'update' | 'settings' | 'fields' | 'help' | 'errors'} Topic */
/** @typedef {Record<string, string>} Catalogue */
/** @typedef {() => Promise<{ default: Catalogue }>} Fetch */

export const LOCALES = Object.freeze(/** @type {const} */ ({ en: 'en-US', zh: 'zh-CN' }));

/** @type {Readonly<Record<Language, Readonly<Record<'lab' | Topic, Fetch>>>>} */
const CATALOGUES = Object.freeze({
  en: Object.freeze({
    lab: () => import('./strings/en.mjs'), text: () => import('./strings/en-text.mjs'), box: () => import('./strings/en-box.mjs'), play: () => import('./strings/en-play.mjs'), update: () => import('./strings/en-update.mjs'), settings: () => import('./strings/en-settings.mjs'), fields: () => import('./strings/en-fields.mjs'), help: () => import('../lib/help.mjs'), errors: () => import('./strings/en-errors.mjs'),
  }),
  zh: Object.freeze({
    lab: () => import('./strings/zh.mjs'), text: () => import('./strings/zh-text.mjs'), box: () => import('./strings/zh-box.mjs'), play: () => import('./strings/zh-play.mjs'), update: () => import('./strings/zh-update.mjs'), settings: () => import('./strings/zh-settings.mjs'), fields: () => import('./strings/zh-fields.mjs'), help: () => import('./strings/zh-help.mjs'), errors: () => import('./strings/zh-errors.mjs'),
  }),
});

/** Words that were loaded or are on their way, by language and topics. @type {Map<string, Promise<Words>>} */
const loaded = new Map();

/** Below this no language writes a separator, and digits need no Intl format: making the first one takes 40 ms. */
const SHORT = 999;

/**
 * The words of a language, shared by all who ask for the same. After a failure the next call fetches again.
 * @param {Language} language @param {readonly Topic[]} [topics]
 * @returns {Promise<Words>}
 */
export function loadWords(language, topics = []) {
  const key = [language, ...[...new Set(topics)].sort()].join(' ');
  const known = loaded.get(key);
  if (known) return known;
  const words = fetchWords(language, topics);
  loaded.set(key, words);
  words.catch(() => loaded.delete(key));
  return words;
}

/** @param {Language} language @param {readonly Topic[]} topics */
async function fetchWords(language, topics) {
  const fetches = CATALOGUES[language];
  const wanted = [fetches.lab, ...topics.filter((topic) => topic !== 'help').map((topic) => fetches[topic])];
  const [help, ...catalogues] = await Promise.all([topics.includes('help') ? fetches.help() : null, ...wanted.map((fetch) => fetch())]);
  return new Words(Object.assign({}, ...catalogues.map((catalogue) => catalogue?.default)), language, help?.default);
}

/** What a reader will read of a list, and of one thing in it. */
const SOME = 6, LONG = 40;

/** @param {string} text */
const short = (text) => (text.length > LONG ? `${text.slice(0, LONG)}…` : text);

export class Words {
  #catalogue;
  #help;
  /** @type {Map<string, Intl.NumberFormat>} */
  #formats = new Map();
  /** @type {Intl.PluralRules | null} */
  #plurals = null;

  /** @param {Catalogue} catalogue @param {Language} language @param {Catalogue} [help] lines of help on options */
  constructor(catalogue, language, help = {}) {
    this.#catalogue = catalogue;
    this.#help = help;
    this.language = language;
  }

  /** The value of `lang` attributes. */
  get locale() {
    return LOCALES[this.language];
  }

  // ---- words ----

  /**
   * The sentence of a key; a key that is missing stands for itself.
   * @param {Key} key @param {Record<string, string | number>} [values] numbers are written with the language's separators
   */
  t(key, values = {}) {
    return this.#fill(this.has(key) ? this.#catalogue[key] : key, values);
  }

  /** @param {string} key */
  has(key) {
    return Object.hasOwn(this.#catalogue, key);
  }

  /** The sentence of a key made at run time, or the fallback. @param {string} key @param {string} fallback */
  tMaybe(key, fallback) {
    return this.has(key) ? this.t(/** @type {Key} */ (key)) : fallback;
  }

  /**
   * The help line of an option: its owner's, else the one of that name.
   * @param {string} owner algorithm or environment @param {string} name in snake_case @param {string} fallback
   */
  tHelp(owner, name, fallback) {
    const key = [`${owner}.${name}`, name].find((each) => Object.hasOwn(this.#help, each));
    return key === undefined ? fallback : this.#help[key];
  }

  /** @param {string[]} items */
  list(items) {
    return items.join(this.t('comma'));
  }

  /**
   * Why things were left out of a link or of attributes, in their author's names.
   * @param {readonly import('./fields.mjs').Unfit[]} unfit @param {boolean} [isBrief]  of many only the first, and how many more there are; of what is long its beginning
   */
  unfit(unfit, isBrief = false) {
    const some = isBrief ? unfit.slice(0, SOME) : unfit, cut = isBrief ? short : String;
    const sentences = some.map(({ name, value, why: { key, values } }) => this.problem({ key, values: { ...values, value: cut(value) } }, cut(name)));
    return this.sentences([...sentences, some.length < unfit.length ? this.t('and.more', { n: unfit.length - some.length }) : '']);
  }

  /**
   * What is wrong with a value or a name; where the words of errors are not there, that it is.
   * @param {import('./fields.mjs').Problem} problem  with the value among its values @param {string} name  as the reader knows it
   */
  problem({ key, values }, name) {
    return this.t(this.has(key) ? key : 'bad.value', { ...values, name, field: name });
  }

  /** Sentences one after the other; Chinese has no space between them. @param {string[]} sentences empty ones are left out */
  sentences(sentences) {
    return sentences.filter(Boolean).join(this.language === 'zh' ? '' : ' ');
  }

  /** A line as a sentence. Only a Latin letter becomes a capital: ε stays ε. @param {string} line */
  sentence(line) {
    return line.replace(/^[a-z]/, (letter) => letter.toUpperCase()) + (/[.。!?！？…]$/.test(line) ? '' : this.t('full.stop'));
  }

  /** @param {string} sentence @param {Record<string, string | number>} values */
  #fill(sentence, values) {
    return sentence.replace(/\{(\w+)(?:\|([^{}|]*)\|([^{}|]*))?\}/g, (place, name, one, other) => {
      if (!Object.hasOwn(values, name)) return place;
      const value = values[name];
      const text = typeof value === 'number' ? this.exact(value) : value;
      return other === undefined ? text : `${text} ${this.#isOne(value) ? one : other}`;
    });
  }

  /** Text counts as one only where it reads like an integer: 1.0 takes a plural. @param {string | number} value */
  #isOne(value) {
    const n = typeof value === 'number' || String(Number(value)) === value ? Number(value) : NaN;
    this.#plurals ??= new Intl.PluralRules(this.locale);
    return this.#plurals.select(n) === 'one';
  }

  // ---- numbers ----

  /** @param {Intl.NumberFormatOptions} options */
  #format(options) {
    const key = JSON.stringify(options);
    const known = this.#formats.get(key);
    if (known) return known;
    const made = new Intl.NumberFormat(this.locale, options);
    this.#formats.set(key, made);
    return made;
  }

  /** A count, with the language's separators. @param {number} n */
  count(n) {
    if (!Number.isFinite(n)) return '–';
    return signed(isShort(n) && Number.isInteger(n) ? String(n) : this.#format({ maximumFractionDigits: 0 }).format(n));
  }

  /** A rate: three digits and the language's unit, 17.2K or 1.72万. @param {number} n */
  rate(n) {
    if (!(n >= 1000) || !Number.isFinite(n)) return this.count(n);
    // Compact Chinese numbers below 10,000 are whole ones, which Intl would not group by itself.
    return this.#format({ notation: 'compact', maximumSignificantDigits: 3, useGrouping: 'always' }).format(n);
  }

  /** A value with a fixed number of decimals, so that columns stand still: none from 10,000 on, and from 1,000,000 on a power of ten. @param {number} n @param {number} [decimals] */
  value(n, decimals = 2) {
    if (!Number.isFinite(n)) return '–';
    const size = Math.abs(n), digits = size < 1e4 ? decimals : 0;
    if (size >= 1e6) return scientific(n);
    const text = isShort(n) ? size.toFixed(digits) : this.#format({ minimumFractionDigits: digits, maximumFractionDigits: digits }).format(size);
    return n < 0 && /[1-9]/.test(text) ? `−${text}` : text;
  }

  /** A value of unknown size in three significant digits. @param {number} n */
  figure(n) {
    if (!Number.isFinite(n)) return '–';
    if (n !== 0 && (Math.abs(n) < 1e-3 || Math.abs(n) >= 1e7)) return scientific(n);
    return signed(isShort(n) ? String(Number(n.toPrecision(3))) : this.#format({ maximumSignificantDigits: 3 }).format(n));
  }

  /** A power of ten: digits where they are few, else 10 with an exponent. @param {number} n */
  powerOfTen(n) {
    const exponent = Math.round(Math.log10(n));
    return exponent >= -2 && exponent <= 3 ? this.exact(Number(n.toPrecision(1))) : tenTo(exponent);
  }

  /** A number with every digit of it. @param {number} n */
  exact(n) {
    if (Number.isNaN(n)) return '–';
    const isPlain = isShort(n) && (n === 0 || Math.abs(n) >= 1e-6);
    return signed(isPlain ? String(n) : this.#format({ maximumSignificantDigits: 17 }).format(n));
  }
}

/** @param {number} n */
const isShort = (n) => Math.abs(n) < SHORT;

/** With a true minus sign. @param {string} text */
const signed = (text) => text.replace('-', '−');

/** @param {number} exponent */
const tenTo = (exponent) => `10${[...String(exponent)].map((sign) => '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'['-0123456789'.indexOf(sign)]).join('')}`;

/** Two significant digits and a power of ten. @param {number} n */
function scientific(n) {
  const [digits, exponent] = n.toExponential(1).split('e');
  return signed(`${digits}×${tenTo(Number(exponent))}`);
}
