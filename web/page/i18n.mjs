// SPDX-License-Identifier: MIT
// Words and numbers in the reader's language. All words are in web/strings/<language>.mjs; index.html holds the English
// ones too, so that the first paint is finished, and marks them with data-t (text) and data-t-label (accessible name).
import en from '../strings/en.mjs';
import zh, { help as helpZh } from '../strings/zh.mjs';
import { emit } from './events.mjs';

/** @typedef {keyof typeof en} Key */
/** @typedef {'en' | 'zh'} Language */

/** @type {Record<Language, Record<Key, string>>} */
const CATALOGUES = { en, zh };
const LOCALES = { en: 'en-US', zh: 'zh-CN' };
const STORED = 'bellhop.language';

/** @type {Language} */
let current = 'en';

export const language = () => current;

/** The language to begin with: the link's, the one chosen before, the browser's. @param {string | null} wanted @returns {Language} */
export function firstLanguage(wanted) {
  const stored = wanted ?? recall(STORED) ?? navigator.language;
  return stored.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

/** @param {Language} chosen @param {boolean} [keep] remember it */
export function setLanguage(chosen, keep = true) {
  current = chosen;
  formats.clear();
  if (keep) remember(STORED, chosen);
  document.documentElement.lang = LOCALES[chosen];
  document.title = t('title');
  for (const node of document.querySelectorAll('[data-t]')) {
    node.textContent = t(/** @type {Key} */ (node.getAttribute('data-t')));
  }
  for (const node of document.querySelectorAll('[data-t-label]')) {
    const text = t(/** @type {Key} */ (node.getAttribute('data-t-label')));
    node.setAttribute('aria-label', text);
    if (node.hasAttribute('title')) node.setAttribute('title', text);
  }
  emit('language');
}

/** @param {Key} key @param {Record<string, string | number>} [values] for the {places} of the sentence */
export function t(key, values = {}) {
  const text = CATALOGUES[current][key] ?? en[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (place, name) => String(values[name] ?? place));
}

/** A key that is put together at run time, if there is such a one; else the fallback. @param {string} key @param {string} fallback */
export function tMaybe(key, fallback) {
  return Object.hasOwn(en, key) ? t(/** @type {Key} */ (key)) : fallback;
}

/** One line of help on an option: the library's own in English, translated by name. @param {string} name @param {string} help */
export function tHelp(name, help) {
  return current === 'zh' ? /** @type {Record<string, string>} */ (helpZh)[name] ?? help : help;
}

/** @type {Map<string, Intl.NumberFormat>} */
const formats = new Map();

/** @param {Intl.NumberFormatOptions} options */
function format(options) {
  const key = JSON.stringify(options);
  let made = formats.get(key);
  if (!made) formats.set(key, made = new Intl.NumberFormat(LOCALES[current], options));
  return made;
}

/** A count, with the language's separators. @param {number} n */
export const count = (n) => format({ maximumFractionDigits: 0 }).format(n);

/** A rate: two or three digits and the language's unit, 17.2K or 1.7万. @param {number} n */
export const rate = (n) => (n < 1000 ? count(n) : format({ notation: 'compact', maximumSignificantDigits: 3 }).format(n));

/** A value with a fixed number of decimals, so that columns stand still. @param {number} n @param {number} [digits] */
export function value(n, digits = 2) {
  if (!Number.isFinite(n)) return '–';
  const text = format({ minimumFractionDigits: digits, maximumFractionDigits: digits }).format(Math.abs(n));
  return n < 0 && /[1-9]/.test(text) ? `−${text}` : text;
}

/** A value of unknown size in three significant digits. @param {number} n */
export function figure(n) {
  if (!Number.isFinite(n)) return '–';
  if (n !== 0 && (Math.abs(n) < 1e-3 || Math.abs(n) >= 1e7)) {
    const [digits, exponent] = n.toExponential(1).split('e');
    return `${digits.replace('-', '−')}×${powerOfTen(10 ** Number(exponent))}`;
  }
  return format({ maximumSignificantDigits: 3 }).format(n).replace('-', '−');
}

/** @param {number} n a power of ten */
export function powerOfTen(n) {
  const exponent = Math.round(Math.log10(n));
  if (exponent >= -2 && exponent <= 3) return exact(Number(n.toPrecision(1)));
  return `10${exponent < 0 ? '⁻' : ''}${[...String(Math.abs(exponent))].map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]).join('')}`;
}

/** A setting's number, every digit of it. @param {number} n */
export const exact = (n) => format({ maximumSignificantDigits: 17 }).format(n).replace('-', '−');

/** @param {string} key */
export function recall(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // storage may be forbidden; nothing depends on it
  }
}

/** @param {string} key @param {string} text */
export function remember(key, text) {
  try {
    localStorage.setItem(key, text);
  } catch {
    // as above
  }
}
