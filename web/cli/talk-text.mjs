// SPDX-License-Identifier: MIT
// A talk of Dialogue-v0 on a terminal: who said what, in the language that was asked for, and the words behind it in brackets.
import { UsageError } from './args.mjs';

/** @typedef {import('../bellhop.js').Turn} Turn */
/** @typedef {'en' | 'zh'} Language */

/** @type {Readonly<Record<Language, Record<Turn['who'], string>>>} */
const NAMES = Object.freeze({ en: { guest: 'Guest: ', bellhop: 'Bellhop: ' }, zh: { guest: '客人：', bellhop: '前台：' } });

/** What --language says. @param {ReadonlyMap<string, unknown>} flags @returns {Language} */
export function languageFlag(flags) {
  const language = flags.get('language') ?? 'en';
  if (language === 'en' || language === 'zh') return language;
  throw new UsageError(`--language is '${language}', but must be en or zh`);
}

/** @param {readonly Turn[]} turns @param {Language} language */
export const talkText = (turns, language) => turns.map((turn) => `${NAMES[language][turn.who]}${turn[language]}  ${inBrackets(turn.text)}`).join('\n');

/** Some words have brackets of their own. @param {string} words */
const inBrackets = (words) => (words.startsWith('[') ? words : `[${words}]`);
