// SPDX-License-Identifier: MIT
// Styles of an element in a template, set one by one through CSSOM: html`<i ${styled({ left: '50%' })}></i>`. lit's own styleMap writes
// the attribute at first, which a strict Content-Security-Policy forbids.
import { noChange } from 'lit';
import { Directive, PartType, directive } from 'lit/directive.js';

class Styled extends Directive {
  /** @type {Record<string, string>} */
  #now = {};

  /** @param {import('lit/directive.js').PartInfo} part */
  constructor(part) {
    super(part);
    if (part.type !== PartType.ELEMENT) throw new Error('styled() stands by itself in a tag');
  }

  /** @param {Record<string, string>} _styles by property, camelCase */
  render(_styles) {
    return noChange;
  }

  /** @param {import('lit/directive.js').ElementPart} part @param {[Record<string, string>]} values */
  update({ element }, [styles]) {
    for (const [name, value] of Object.entries(styles)) {
      if (this.#now[name] !== value) /** @type {any} */ (element).style[name] = value;
    }
    this.#now = styles;
    return noChange;
  }
}

export const styled = directive(Styled);
