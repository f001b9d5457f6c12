// SPDX-License-Identifier: MIT
// The lab as readers of an article will have it: the element with the attributes of the snippet, in a column as wide as an article or
// a phone. Where there is less room it is drawn smaller, so that its layout stays the reader's. It measures how high its content is.
import { textOf } from '../embed/snippets.mjs';

/** @typedef {import('../embed/snippets.mjs').Attributes} Attributes */
/** @typedef {import('../lab/bellhop-lab.mjs').BellhopLab} BellhopLab */

/** Widths of columns, px. */
export const WIDTHS = Object.freeze({ article: 720, phone: 360 });

export class EmbedPreview {
  /** For the page: the place, with the column in it. */
  element = make('div', 'embed-stage');
  /** Of the column in its place, at most 1. */
  scale = 1;
  #column = make('div', 'embed-column');
  #onMeasured;
  /** @type {BellhopLab | null} */
  #lab = null;
  /** What a lab was made for: one that runs does not begin again by itself. */
  #madeFor = '';
  #sizes = new ResizeObserver(() => this.#fit());
  #content = new ResizeObserver(([{ borderBoxSize: [{ blockSize }] }]) => this.#measured(blockSize));
  #isArticle = true;

  /** @param {(height: number | null) => void} onMeasured  height of the content in an article, px; null: the scale changed */
  constructor(onMeasured) {
    this.#onMeasured = onMeasured;
    this.element.append(this.#column);
    this.#sizes.observe(this.element);
    this.#sizes.observe(this.#column);
  }

  /** @param {Attributes} attributes @param {{ height: number, width: keyof typeof WIDTHS }} size */
  show(attributes, { height, width }) {
    this.#isArticle = width === 'article';
    this.#column.style.width = `${WIDTHS[width]}px`;
    const madeFor = JSON.stringify([attributes.autoplay, attributes['stop-at']]);
    if (!this.#lab || madeFor !== this.#madeFor) this.#make();
    this.#madeFor = madeFor;
    const lab = /** @type {BellhopLab} */ (this.#lab);
    for (const name of lab.getAttributeNames()) if (name !== 'style' && !(name in attributes)) lab.removeAttribute(name);
    for (const [name, value] of Object.entries(attributes)) if (lab.getAttribute(name) !== textOf(value)) lab.setAttribute(name, textOf(value));
    Object.assign(lab.style, { display: 'block', height: `${height}px`, overflow: 'auto' });
  }

  /** Ends the lab. */
  clear() {
    this.#content.disconnect();
    this.#lab?.remove();
    this.#lab = null;
  }

  #make() {
    this.clear();
    const lab = /** @type {BellhopLab} */ (document.createElement('bellhop-lab'));
    lab.addEventListener('bellhop-ready', () => {
      const base = lab.shadowRoot?.querySelector('[part~="base"]');
      if (base && lab === this.#lab) this.#content.observe(base);
    });
    // A lab out of view draws nothing new, but is to have its full height.
    lab.addEventListener('bellhop-frame', () => lab.phase !== 'running' && lab.requestUpdate());
    this.#column.append(lab);
    this.#lab = lab;
    lab.set({}).catch(() => {}); // it begins before it is in view, so that its height is known; what fails it says itself
  }

  #fit() {
    const scale = Math.min(1, this.element.clientWidth / this.#column.offsetWidth);
    this.#column.style.transform = scale < 1 ? `scale(${scale})` : 'none';
    this.element.style.height = `${Math.ceil(this.#column.offsetHeight * scale)}px`;
    if (scale === this.scale) return;
    this.scale = scale;
    this.#onMeasured(null);
  }

  /** @param {number} height */
  #measured(height) {
    if (this.#isArticle && height > 0) this.#onMeasured(Math.ceil(height));
  }
}

/** @param {string} tag @param {string} className */
function make(tag, className) {
  return Object.assign(document.createElement(tag), { className });
}
