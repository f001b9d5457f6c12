// SPDX-License-Identifier: MIT
// Words and numbers in the reader's language. Those of the first view are in web/strings/<language>.mjs, all others in
// web/strings/<language>-later.mjs, each fetched when it is wanted; index.html holds the English ones too, so that the first
// paint is finished, and marks them with data-t (text) and data-t-label (accessible name).
import { setAttribute, setText } from './dom.mjs';
import { emit } from './events.mjs';
import { LANGUAGE_STORED, fetchHelp, fetchLater, fetchWords } from '../start.mjs';

/** @typedef {import('../start.mjs').Key} Key */
/** @typedef {import('../start.mjs').Language} Language */

const LOCALES = { en: 'en-US', zh: 'zh-CN' };

/** @type {Language} */
let current = 'en';
/** The language asked for last; its words may still be on their way. @type {Language} */
let wanted = 'en';
/** @type {Record<string, string>} */
let words = {};
/** @type {Record<string, string>} */
let helpWords = {};
/** What somebody has asked for beyond the first view. @type {Set<(language: Language) => Promise<Record<string, string>>>} */
const more = new Set();

export const language = () => current;

/** Resolves when the page speaks it. @param {Language} chosen @param {boolean} [keep] remember it */
export async function setLanguage(chosen, keep = true) {
  wanted = chosen;
  const catalogue = await catalogueOf(chosen);
  if (wanted !== chosen) return;
  current = chosen;
  words = catalogue;
  formats.clear();
  if (keep) remember(LANGUAGE_STORED, chosen);
  setAttribute(document.documentElement, 'lang', LOCALES[chosen]);
  document.title = t('title');
  translate(words);
  emit('language');
}

/** @param {Language} chosen @returns {Promise<Record<string, string>>} */
async function catalogueOf(chosen) {
  return Object.assign({}, ...await Promise.all([fetchWords, ...more].map((fetch) => fetch(chosen))));
}

/** Resolves when these words are there, too. @param {(language: Language) => Promise<Record<string, string>>} fetch */
export async function loadMore(fetch) {
  more.add(fetch);
  const language = current;
  const found = await fetch(language);
  if (language !== current) return loadMore(fetch);
  if (Object.hasOwn(words, Object.keys(found)[0])) return;
  words = { ...words, ...found };
  translate(found);
}

/** Resolves when the words that the first view does not need are there, too. */
export const loadLater = () => loadMore(fetchLater);

/** Writes these words where index.html and others have marked a place for them. @param {Record<string, string>} these */
function translate(these) {
  // Only what differs is written: index.html is in English already, and a page that was laid out stays so.
  for (const node of document.querySelectorAll('[data-t]')) {
    const key = node.getAttribute('data-t') ?? '';
    if (Object.hasOwn(these, key)) setText(node, these[key]);
  }
  for (const node of document.querySelectorAll('[data-t-label]')) {
    const text = these[node.getAttribute('data-t-label') ?? ''];
    if (text === undefined) continue;
    setAttribute(node, 'aria-label', text);
    if (node.hasAttribute('title')) setAttribute(node, 'title', text);
  }
}

/** @param {Key} key @param {Record<string, string | number>} [values] for the {places} of the sentence */
export function t(key, values = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (place, name) => String(values[name] ?? place));
}

/** A key that is put together at run time, if there is such a one; else the fallback. @param {string} key @param {string} fallback */
export function tMaybe(key, fallback) {
  return Object.hasOwn(words, key) ? t(/** @type {Key} */ (key)) : fallback;
}

/** Fetches the lines of help; to be awaited before tHelp is asked. */
export async function loadHelp() {
  helpWords = await fetchHelp(current);
}

/** One line of help on an option: the library's own in English, translated by name. @param {string} own its name where it means something else @param {string} name @param {string} help */
export const tHelp = (own, name, help) => helpWords[own] ?? helpWords[name] ?? help;

/** @type {Map<string, Intl.NumberFormat>} */
const formats = new Map();

/** @param {Intl.NumberFormatOptions} options */
function format(options) {
  const key = JSON.stringify(options);
  let made = formats.get(key);
  if (!made) formats.set(key, made = new Intl.NumberFormat(LOCALES[current], options));
  return made;
}

/** Where no separator stands in either language, digits do without a format: the first one made costs 40 ms. @param {number} n */
const isShort = (n) => Math.abs(n) < 999;

/** A count, with the language's separators. @param {number} n */
export const count = (n) => (isShort(n) && Number.isInteger(n) ? String(n) : format({ maximumFractionDigits: 0 }).format(n));

/** A rate: two or three digits and the language's unit, 17.2K or 1.7万. @param {number} n */
export const rate = (n) => (n < 1000 ? count(n) : format({ notation: 'compact', maximumSignificantDigits: 3 }).format(n));

/** A value with a fixed number of decimals, so that columns stand still. @param {number} n @param {number} [digits] */
export function value(n, digits = 2) {
  if (!Number.isFinite(n)) return '–';
  const text = isShort(n) ? Math.abs(n).toFixed(digits) : format({ minimumFractionDigits: digits, maximumFractionDigits: digits }).format(Math.abs(n));
  return n < 0 && /[1-9]/.test(text) ? `−${text}` : text;
}

/** A value of unknown size in three significant digits. @param {number} n */
export function figure(n) {
  if (!Number.isFinite(n)) return '–';
  if (n !== 0 && (Math.abs(n) < 1e-3 || Math.abs(n) >= 1e7)) {
    const [digits, exponent] = n.toExponential(1).split('e');
    return `${digits.replace('-', '−')}×${powerOfTen(10 ** Number(exponent))}`;
  }
  const text = isShort(n) ? String(Number(n.toPrecision(3))) : format({ maximumSignificantDigits: 3 }).format(n);
  return text.replace('-', '−');
}

/** @param {number} n a power of ten */
export function powerOfTen(n) {
  const exponent = Math.round(Math.log10(n));
  if (exponent >= -2 && exponent <= 3) return exact(Number(n.toPrecision(1)));
  return `10${exponent < 0 ? '⁻' : ''}${[...String(Math.abs(exponent))].map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]).join('')}`;
}

/** A setting's number, every digit of it. @param {number} n */
export const exact = (n) => format({ maximumSignificantDigits: 17 }).format(n).replace('-', '−');

/** @param {string} key @param {string} text */
export function remember(key, text) {
  try {
    localStorage.setItem(key, text);
  } catch {
    // storage may be forbidden; nothing depends on it
  }
}
