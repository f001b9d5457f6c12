// SPDX-License-Identifier: MIT
// Text as it comes, and as it is learned from: UTF-8 without a byte order mark, lines that end with LF, characters composed (NFC).
// Whatever reads a corpus, a prompt or a file somebody wrote reads it here, so that the same text gives the same tokens whether
// it was saved on Windows, typed on a Mac or pasted into a page. Reading what was read already changes nothing.
//
// NFC is that of String.prototype.normalize. Unicode never changes it for a character that exists, so engines of different versions
// differ at most in characters that are newer than one of them.
import { BellhopError } from './bellhop-error.mjs';
import { bytesOf as copyOf } from './given.mjs';
import { shown } from './messages.mjs';

/** @typedef {import('../bellhop.js').TextChanges} TextChanges */

/** What composition puts together: a syllable of Hangul, else a character with the marks behind it. */
const COMPOSED = /[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?|\P{M}\p{M}*/gsu;
/** Bytes in which UTF-16 without a byte order mark shows. */
const LOOKED_AT = 4096;

/** @param {string} message */
const refuse = (message) => new BellhopError('BH_ERR_ARGUMENT', message);

/**
 * The text of a string, or of the bytes of a file, and what had to be changed; null: nothing.
 * @param {unknown} source @returns {{ text: string, changes: TextChanges | null }}
 */
export function readText(source) {
  const given = typeof source === 'string' ? source : decode(bytesOf(source));
  const lone = given.search(/\p{Surrogate}/u);
  if (lone >= 0) {
    throw refuse(`the text has half of a character at position ${lone}: a lone surrogate, U+${given.charCodeAt(lone).toString(16).toUpperCase()}; cut texts between characters, or repair it with text.toWellFormed()`);
  }
  const plain = given.replace(/^\uFEFF+/, '');
  const lines = plain.replace(/\r\n?/g, '\n');
  const text = lines.normalize('NFC');
  if (text === given) return { text, changes: null };
  const crlf = plain.length - lines.length, cr = plain.split('\r').length - 1 - crlf;
  return { text, changes: { crlf, cr, byteOrderMarks: given.length - plain.length, composed: lines === text ? 0 : composedIn(lines) } };
}

/** What readText changed, in words: for a line that names the text. @param {TextChanges} changes */
export function changesInWords({ crlf, cr, byteOrderMarks, composed }) {
  const lineEnds = [crlf && `${crlf} CRLF`, cr && `${cr} CR`].filter(Boolean).join(' and ');
  return [
    byteOrderMarks > 0 && 'without its byte order mark',
    lineEnds && `with LF for ${lineEnds}`,
    composed > 0 && `with ${composed} ${composed === 1 ? 'character' : 'characters'} composed (NFC)`,
  ].filter(Boolean).join(', ');
}

/** Characters that are others when they are composed; at least one where the text is. @param {string} text */
function composedIn(text) {
  const changed = text.match(COMPOSED)?.filter((part) => part.normalize('NFC') !== part) ?? [];
  return Math.max(1, changed.length);
}

/** @param {unknown} source */
function bytesOf(source) {
  const bytes = copyOf('the text', source);
  if (bytes) return bytes;
  throw refuse(`the text is ${shown(source)}, but must be a string or UTF-8 bytes`);
}

/** @param {Uint8Array} bytes @param {object} [options]  stream: what it ends with may be a part of a character */
const utf8 = (bytes, options) => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, options);

/** @param {Uint8Array} bytes @param {object} [options] */
function isUtf8(bytes, options) {
  try {
    utf8(bytes, options);
    return true;
  } catch {
    return false;
  }
}

/** @param {Uint8Array} bytes */
function decode(bytes) {
  const other = otherEncoding(bytes);
  if (other) throw refuse(`the text is ${other}, but must be UTF-8; save it as UTF-8`);
  try {
    return utf8(bytes);
  } catch {
    const at = invalidAt(bytes);
    throw refuse(`the text is not UTF-8: byte ${at} is 0x${bytes[at].toString(16).padStart(2, '0')}; save it as UTF-8`);
  }
}

/** UTF-16 or UTF-32, by the byte order mark or by where the zeros are; ASCII in UTF-16 would be taken for UTF-8 with zeros. @param {Uint8Array} bytes */
function otherEncoding(bytes) {
  const [a, b, c, d] = bytes;
  const little = a === 0xff && b === 0xfe, big = a === 0xfe && b === 0xff;
  if (little && c === 0 && d === 0) return 'UTF-32 (little-endian)';
  if (a === 0 && b === 0 && c === 0xfe && d === 0xff) return 'UTF-32 (big-endian)';
  const looked = bytes.subarray(0, Math.min(bytes.length, LOOKED_AT) & ~1);
  const zeros = [0, 0];
  looked.forEach((byte, i) => {
    if (byte === 0) zeros[i % 2]++;
  });
  const many = Math.max(2, looked.length / 4);
  if (little || (zeros[1] >= many && zeros[0] === 0)) return 'UTF-16 (little-endian)';
  return big || (zeros[0] >= many && zeros[1] === 0) ? 'UTF-16 (big-endian)' : undefined;
}

/** Where the first bytes begin that are no UTF-8. @param {Uint8Array} bytes */
function invalidAt(bytes) {
  let good = 0, bad = bytes.length + 1; // as the beginning of a text so many bytes are right, so many are not
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (isUtf8(bytes.subarray(0, middle), { stream: true })) good = middle;
    else bad = middle;
  }
  while (!isUtf8(bytes.subarray(0, good))) good--;
  return good;
}
