// SPDX-License-Identifier: MIT
// What messages are made of: values as they show them, the name that was probably meant.

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
  const plain = (/** @type {string} */ text) => text.slice(0, 64).replaceAll('-', '').replaceAll('_', '').toLowerCase(); // what is longer is no name, and takes long
  const [best] = words.map((other) => ({ other, edits: distance(plain(word), plain(other)) }))
    .sort((a, b) => a.edits - b.edits);
  return best && best.edits <= Math.min(3, Math.max(word.length, best.other.length) / 3) ? best.other : undefined;
}

/** "; did you mean 'x'?" or "" @param {string} word @param {readonly string[]} words */
export function suggestion(word, words) {
  const other = nearest(word, words);
  return other === undefined ? '' : `; did you mean '${other}'?`;
}

/** A value as messages show it, whatever it is: of arrays the first entries, of arrays in them as far as a reader looks. @param {unknown} value @param {number} [depth] @returns {string} */
export function shown(value, depth = 0) {
  if (typeof value === 'string') return `'${value.length > 40 ? `${value.slice(0, 40)}…` : value}'`;
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  try {
    if (Array.isArray(value)) return depth > 2 ? '[…]' : `[${value.slice(0, 8).map((each) => shown(each, depth + 1)).join(', ')}${value.length > 8 ? ', …' : ''}]`;
  } catch {
    // A proxy or a getter of the caller's.
  }
  return 'an object';
}
