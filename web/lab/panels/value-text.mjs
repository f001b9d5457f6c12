// SPDX-License-Identifier: MIT
// Values of settings as they are written for a reader.
import { asText } from '../fields.mjs';

/** @param {import('../words.mjs').Words} words @param {import('../fields.mjs').Value} value */
export function valueText(words, value) {
  if (typeof value === 'boolean') return words.t(value ? 'on' : 'off');
  if (typeof value === 'number') return words.exact(value);
  const text = asText(value);
  return words.tMaybe(`choice.${text}`, text.replaceAll(',', ' × ') || '–');
}
