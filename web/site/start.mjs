// SPDX-License-Identifier: MIT
// The page's first script: starts the worker, has the module compiled while it arrives, and asks for the reader's words, before the
// lab's own script is there. That one uses what was started here.
import { trainers } from '../lab/trainers.mjs';
import { firstLanguage } from './page-language.mjs';
import { LOCALES, loadWords } from '../lab/words.mjs';
import { loadPageWords } from './page-words.mjs';

/** Held until the page's script has leases of its own. */
export const firstLease = isSupported() ? trainers.acquire() : null;
firstLease?.catch(() => {}); // site.mjs asks again, and tells
loadWords(firstLanguage()).catch(() => {});
loadPageWords('page', firstLanguage()).catch(() => {});
document.documentElement.lang = LOCALES[firstLanguage()]; // before there is a lab, which would ask for the words of another language

/** What a browser must have; all current ones do. */
export function isSupported() {
  return typeof WebAssembly === 'object' && typeof Worker === 'function' && typeof ResizeObserver === 'function' && 'roundRect' in CanvasRenderingContext2D.prototype;
}
