// SPDX-License-Identifier: MIT
// Takes over the worker that early.mjs has started, compiles the module while it arrives, and asks for the reader's words.
// A script of its own, so that all of it has begun before the page's is there; that one imports what it has started.
import { compileUrl } from './lib/load.mjs';
import { connect } from './worker/trainer.mjs';

/** What a browser must have; all current ones do. */
const isSupported = typeof WebAssembly === 'object' && typeof Worker === 'function' && typeof ResizeObserver === 'function'
  && 'roundRect' in CanvasRenderingContext2D.prototype;

/** The module is posted to the worker compiled; index.html has asked for it already, and nobody fetches it again. */
async function start() {
  const workerUrl = new URL('./worker.js', import.meta.url);
  const { earlyWorker: worker } = /** @type {{ earlyWorker?: Worker }} */ (globalThis);
  try {
    return await connect({ workerUrl, worker, wasmBinary: compileUrl(new URL('./bellhop-simd.wasm', import.meta.url)) });
  } catch {
    return connect({ workerUrl }); // which finds out what runs here, and says what is wrong
  }
}

/** The trainer, on its way; null where there can be none. */
export const starting = isSupported ? start() : null;
starting?.catch(() => {}); // page.mjs tells

// ---- words ----

/** @typedef {keyof typeof import('./strings/en.mjs').default | keyof typeof import('./strings/en-later.mjs').default | keyof typeof import('./strings/en-text.mjs').default} Key */
/** @typedef {'en' | 'zh'} Language */

/** @typedef {() => Promise<{ default: Record<string, string> }>} Fetch */

/** @type {Record<Language, Fetch>} */
const WORDS = { en: () => import('./strings/en.mjs'), zh: () => import('./strings/zh.mjs') };
/** What the first view does not need. @type {Record<Language, Fetch>} */
const LATER = { en: () => import('./strings/en-later.mjs'), zh: () => import('./strings/zh-later.mjs') };
/** Lines of help on options, where they are not the library's own. @type {Record<Language, Fetch>} */
const HELP = { en: () => import('./lib/help.mjs'), zh: () => import('./strings/zh-help.mjs') };
export const LANGUAGE_STORED = 'bellhop.language';

/** A catalogue, fetched once. @param {Language} language */
export const fetchWords = async (language) => (await WORDS[language]()).default;
/** @param {Language} language */
export const fetchLater = async (language) => (await LATER[language]()).default;
/** @param {Language} language */
export const fetchHelp = async (language) => (await HELP[language]()).default;

/** What was stored; null for nothing, or where storage is forbidden. @param {string} key */
export function recall(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** The language to begin with: the link's, the one chosen before, the browser's. @returns {Language} */
function firstLanguage() {
  const wanted = new URLSearchParams(location.hash.slice(1)).get('lang') ?? recall(LANGUAGE_STORED) ?? navigator.language;
  return wanted.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

export const FIRST_LANGUAGE = firstLanguage();
fetchWords(FIRST_LANGUAGE).catch(() => {}); // page.mjs asks again, and tells
