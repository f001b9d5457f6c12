// SPDX-License-Identifier: MIT
// Whether a worker still lives: one that ends by itself, or that the browser ends, tells nobody. It holds a lock with a name of its
// own; when the page gets that lock, the worker is gone. Locks need a secure context and an origin: elsewhere nothing tells.

/** In the worker: resolves to whether the lock is held, from then on for as long as the worker lives. @param {string | undefined} name @returns {Promise<boolean>} */
export function holdLifeline(name) {
  const { locks } = globalThis.navigator ?? {};
  if (name === undefined || !locks) return Promise.resolve(false);
  return new Promise((done) => {
    locks.request(name, () => {
      done(true);
      return new Promise(() => {});
    }).catch(() => done(false)); // an opaque origin has no locks
  });
}

/** In the page, once the worker holds it: calls back when the worker is gone. @param {string} name @param {() => void} gone */
export function watchLifeline(name, gone) {
  globalThis.navigator?.locks?.request(name, () => gone()).catch(() => {});
}
