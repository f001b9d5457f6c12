// SPDX-License-Identifier: MIT
// What messages are made of: values as they show them, the name that was probably meant, keys that are not known.
import { BellhopError } from './bellhop-error.mjs';

/** Edits from one word to another: letters that are changed, added, left out, or two that are swapped. @param {string} a @param {string} b */
function distance(a, b) {
  const rows = [Array.from({ length: b.length + 1 }, (_, i) => i)];
  for (let i = 1; i <= a.length; i++) {
    const row = rows[i] = [i], above = rows[i - 1];
    for (let j = 1; j <= b.length; j++) {
      row[j] = Math.min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) row[j] = Math.min(row[j], rows[i - 2][j - 2] + 1);
    }
  }
  return rows[a.length][b.length];
}

/** The nearest word, or undefined when none is near: one edit for three letters, three at most; case, hyphens and underscores do not count. @param {string} word @param {readonly string[]} words */
export function nearest(word, words) {
  const plain = (/** @type {string} */ text) => text.replaceAll('-', '').replaceAll('_', '').toLowerCase();
  const [best] = words.map((other) => ({ other, edits: distance(plain(word), plain(other)) }))
    .sort((a, b) => a.edits - b.edits);
  return best && best.edits <= Math.min(3, Math.max(word.length, best.other.length) / 3) ? best.other : undefined;
}

/** "; did you mean 'x'?" or "" @param {string} word @param {readonly string[]} words */
export function suggestion(word, words) {
  const other = nearest(word, words);
  return other === undefined ? '' : `; did you mean '${other}'?`;
}

/** A value as messages show it. @param {unknown} value @returns {string} */
export function shown(value) {
  if (typeof value === 'string') return `'${value.length > 40 ? `${value.slice(0, 40)}…` : value}'`;
  if (Array.isArray(value)) return `[${value.slice(0, 8).map(shown).join(', ')}${value.length > 8 ? ', …' : ''}]`;
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return 'a function';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

/**
 * Throws for keys that are not known, with a suggestion.
 * @param {string} owner  what "has no option" is said of
 * @param {unknown} options
 * @param {readonly string[]} keys
 */
export function onlyKeys(owner, options, keys) {
  if (typeof options !== 'object' || options === null) {
    throw new BellhopError('BH_ERR_ARGUMENT', `${owner} takes an object, but got ${shown(options)}`);
  }
  for (const key of Object.keys(options)) {
    if (keys.includes(key)) continue;
    throw new BellhopError('BH_ERR_ARGUMENT', `${owner} has no option '${key}'${suggestion(key, keys) || `; it takes ${keys.join(', ')}`}`);
  }
}
