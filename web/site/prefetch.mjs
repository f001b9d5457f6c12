// SPDX-License-Identifier: MIT
// When the page has nothing to do for a while it fetches what the reader may ask for next (other tabs, settings, the other language),
// so that all of it is there without a connection. Not where the reader wants to save data.

const AFTER_MS = 3000;

const whenIdle = globalThis.requestIdleCallback ?? ((/** @type {() => void} */ use) => setTimeout(use, 200));

export function prefetchWhenIdle() {
  if (/** @type {any} */ (navigator).connection?.saveData) return;
  setTimeout(() => whenIdle(() => void import('./prefetched.mjs').then(({ prefetch }) => prefetch(), () => {})), AFTER_MS);
}
