// SPDX-License-Identifier: MIT
// One text, and how else it comes: what was done to it on the way, and what is said of that.
export const PLAIN = '\nAu café, « garçon » : un café crème, s’il vous plaît.\n\nDéjà vu ? 한국 cafés — naïve, Ångström.\n'.repeat(12);

const crlf = PLAIN.replaceAll('\n', '\r\n'), bom = `\ufeff${PLAIN}`, nfd = PLAIN.normalize('NFD');
const none = { crlf: 0, cr: 0, byteOrderMarks: 0, composed: 0 };
/** Lines of it, and characters that have a decomposed form. */
const LINES = 48, COMPOSED = 156;

/** @type {Readonly<Record<'crlf' | 'cr' | 'bom' | 'nfd' | 'all', { text: string, changes: import('../../web/bellhop.js').TextChanges, words: string }>>} */
export const PAIRS = Object.freeze({
  crlf: { text: crlf, changes: { ...none, crlf: LINES }, words: `with LF for ${LINES} CRLF` },
  cr: { text: PLAIN.replaceAll('\n', '\r'), changes: { ...none, cr: LINES }, words: `with LF for ${LINES} CR` },
  bom: { text: bom, changes: { ...none, byteOrderMarks: 1 }, words: 'without its byte order mark' },
  nfd: { text: nfd, changes: { ...none, composed: COMPOSED }, words: `with ${COMPOSED} characters composed (NFC)` },
  all: {
    text: `\ufeff${crlf.normalize('NFD')}`, changes: { crlf: LINES, cr: 0, byteOrderMarks: 1, composed: COMPOSED },
    words: `without its byte order mark, with LF for ${LINES} CRLF, with ${COMPOSED} characters composed (NFC)`,
  },
});
