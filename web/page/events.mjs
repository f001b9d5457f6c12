// SPDX-License-Identifier: MIT
// A typed-by-comment event bus of ten lines. What the page says to itself:
//   run       another run is shown: a tab was chosen, or a run was made anew
//   frame     the shown run has a new frame
//   phase     the shown run's phase changed (loading, ready, running, paused, finished, diverged, failed)
//   setup     settings of the shown run changed
//   language, theme  as they say; everything is to be written or drawn again

/** @typedef {'run' | 'frame' | 'phase' | 'setup' | 'language' | 'theme'} EventName */

/** @type {Map<EventName, Set<() => void>>} */
const listeners = new Map();

/** @param {EventName | EventName[]} names @param {() => void} listener */
export function on(names, listener) {
  for (const name of [names].flat()) {
    if (!listeners.has(name)) listeners.set(name, new Set());
    listeners.get(name)?.add(listener);
  }
}

/**
 * A listener that runs at most once in so many milliseconds while `fast` says so, and at once when it does not. What
 * it is for: a thousand steps a second must not become sixty layouts a second.
 * @param {number} ms @param {() => boolean} fast @param {() => void} listener
 */
export function paced(ms, fast, listener) {
  let last = -Infinity;
  return () => {
    const now = performance.now();
    if (fast() && now - last < ms) return;
    last = now;
    listener();
  };
}

/** @param {EventName} name */
export function emit(name) {
  for (const listener of listeners.get(name) ?? []) listener();
}
