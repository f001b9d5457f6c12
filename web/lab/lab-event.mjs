// SPDX-License-Identifier: MIT
// Events of a lab, see docs/element.md: they bubble and cross shadow roots.

/** @param {Element} lab @param {'ready' | 'frame' | 'episode' | 'solved' | 'phase' | 'error'} name @param {object} detail */
export function emit(lab, name, detail) {
  lab.dispatchEvent(new CustomEvent(`bellhop-${name}`, { detail, bubbles: true, composed: true }));
}
