// SPDX-License-Identifier: MIT
// Small pieces of the two parts: words that follow the language by themselves (i18n.mjs translates what has data-t), labelled
// controls, counters.
import { el, setText } from '../dom.mjs';
import { t } from '../i18n.mjs';

/** @typedef {import('../i18n.mjs').Key} Key */

/** @template {keyof HTMLElementTagNameMap} K @param {K} tag @param {Key} key @param {Record<string, unknown>} [attributes] */
export const say = (tag, key, attributes = {}) => el(tag, { ...attributes, 'data-t': key, 'text': t(key) });

/** An attribute pair that names something in words. @param {Key} key */
export const named = (key) => ({ 'data-t-label': key, 'aria-label': t(key) });

/** @param {Key} key @param {Record<string, unknown>} attributes */
export const button = (key, attributes) => say('button', key, { type: 'button', ...attributes });

/** @param {Key} key @param {Node} control @param {string} [kind] */
export const labelled = (key, control, kind = '') => el('label', { class: `choice ${kind}` }, say('span', key), control);

/** A select of values with words. @param {string} id @param {string[]} values @param {string} chosen @param {(value: string) => void} change */
export function select(id, values, chosen, change) {
  const box = el('select', { id, change: () => change(box.value) }, ...values.map((value) => el('option', { value, text: value })));
  box.value = chosen;
  return box;
}

/** Writes the words of a select's options anew. @param {HTMLSelectElement} box @param {(value: string) => string} name */
export function nameOptions(box, name) {
  for (const option of box.options) setText(option, name(option.value));
}

/** A counter as in the bar of the page. @param {Key} key @param {string} id */
export const counter = (key, id) => el('div', {}, say('dt', key), el('dd', { id, text: '–' }));

/** A mark with the phase in words. @param {string} id */
export const phase = (id) => el('p', { 'class': 'phase', id, 'aria-live': 'polite', 'data-phase': 'ready' }, el('span', { class: 'mark', 'aria-hidden': 'true' }), el('span', { class: 'words' }));
