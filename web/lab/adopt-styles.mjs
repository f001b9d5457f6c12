// SPDX-License-Identifier: MIT
// Style sheets of a shadow root. All labs of a document share them; a constructed sheet belongs to the document it was made in, so a lab
// that is moved into another document, as into a frame, gets copies.

/** @typedef {import('lit').CSSResult} Sheet */

/** What each root has. @type {WeakMap<ShadowRoot, Sheet[]>} */
const adopted = new WeakMap();

/** Adds sheets to those a root has; with none it has the same ones again, as for another document. @param {ShadowRoot} root @param {Sheet[]} [sheets] */
export function adoptStyles(root, sheets = []) {
  const all = [...new Set([...adopted.get(root) ?? [], ...sheets])];
  adopted.set(root, all);
  root.adoptedStyleSheets = all.map((sheet) => sheetIn(root.ownerDocument, sheet));
}

/** @param {Document} owner @param {Sheet} sheet */
function sheetIn(owner, { styleSheet, cssText }) {
  if (owner === document || !owner.defaultView) return /** @type {CSSStyleSheet} */ (styleSheet);
  const copy = new owner.defaultView.CSSStyleSheet();
  copy.replaceSync(cssText);
  return copy;
}
