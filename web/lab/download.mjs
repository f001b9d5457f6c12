// SPDX-License-Identifier: MIT
// Hands the reader a file.

/** @param {Document} document @param {string} name @param {Blob} content */
export function download(document, name, content) {
  const url = URL.createObjectURL(content);
  Object.assign(document.createElement('a'), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
