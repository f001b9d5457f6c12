// SPDX-License-Identifier: MIT
// A typed-by-comment event bus. What the page says to itself:
//   run       another run is shown: a tab was chosen, or a run was made anew
//   frame     the shown run has a new frame
//   phase     the shown run's phase changed (loading, ready, running, paused, finished, diverged, failed)
//   setup     settings of the shown run changed
//   language, theme  as they say; everything is to be written or drawn again. Before the first run there is nothing to
//                    write or draw but the frame: only listeners that say `early` hear of them

/** @typedef {'run' | 'frame' | 'phase' | 'setup' | 'language' | 'theme'} EventName */

/** @type {Map<EventName, { listener: () => void, early: boolean }[]>} */
const listeners = new Map();
let hasRun = false;

/** @param {EventName | EventName[]} names @param {() => void} listener @param {{ early?: boolean }} [options] */
export function on(names, listener, { early = false } = {}) {
  for (const name of [names].flat()) listeners.set(name, [...listeners.get(name) ?? [], { listener, early }]);
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
  hasRun ||= name === 'run';
  for (const { listener, early } of listeners.get(name) ?? []) if (hasRun || early) listener();
}
