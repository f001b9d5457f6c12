// SPDX-License-Identifier: MIT
// What the page remembers of its reader: the language and the theme, in localStorage. Storage may be forbidden; nothing depends on it.

/** @param {string} key */
export function recall(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** @param {string} key @param {string} text */
export function remember(key, text) {
  try {
    localStorage.setItem(key, text);
  } catch {
    // it is forgotten with the page
  }
}
