// SPDX-License-Identifier: MIT
// Errors of the library in the reader's words: its sentences name field, value and bound; here they are taken apart again, by the
// few shapes they have. What has none of these shapes is shown as it is. Fetched with the first error, as its words are (the topic errors).
import { snake } from './fields.mjs';
import { isPlain, messageOf, plainly } from './plain-errors.mjs';

/** @typedef {import('./words.mjs').Words} Words */
/** @typedef {{ shape: RegExp, key: string | ((parts: Record<string, string>) => string) }} Shape  named groups are the places of the sentence; `field` is a name of the library */

const FIELD = String.raw`\b(?<field>[a-z]\w*) is (?<value>.+?), but must be `;
const A_NUMBER = String.raw`(?:a (?:whole )?number )?`;

/** @type {readonly Shape[]} */
const SHAPES = Object.freeze([
  { shape: new RegExp(`${FIELD}${A_NUMBER}(?:between|from) (?<min>\\S+) (?:and|to) (?<max>\\S+?)\\.?$`), key: 'error.out_of_range' },
  { shape: new RegExp(`${FIELD}${A_NUMBER}at least (?<min>\\S+?)\\.?$`), key: 'error.too_small' },
  { shape: new RegExp(`${FIELD}at most nSteps times nEnvs, which is (?<x>\\d+) times (?<y>\\d+)`), key: 'error.minibatch' },
  { shape: new RegExp(`${FIELD}${A_NUMBER}at most (?<max>\\S+?)\\.?$`), key: 'error.too_large' },
  { shape: new RegExp(`${FIELD}below (?<other>\\w+), which is (?<limit>\\S+?)\\.?$`), key: 'error.below' },
  { shape: new RegExp(`${FIELD}a multiple of .*, which is (?<factor>\\d+)`), key: 'error.multiple' },
  { shape: new RegExp(`${FIELD}one of (?<list>.+?)\\.?$`), key: 'error.choice' },
  { shape: new RegExp(`${FIELD}(?<list>true or false)`), key: 'error.choice' },
  { shape: new RegExp(`${FIELD}up to (?<max>\\d+) whole numbers`), key: 'error.sizes' },
  { shape: new RegExp(`${FIELD}a whole number`), key: 'error.whole' },
  { shape: new RegExp(`${FIELD}a number`), key: 'error.not_a_number' },
  { shape: /\b(?<field>[a-z]\w*) has \d+ bytes, but may have at most (?<max>\d+)/, key: 'error.text.long' },
  { shape: /(?<field>featuresExtractor) needs images, at least (?<size>\S+)/, key: 'error.images' },
  { shape: / is empty; write rows such as/, key: 'error.map.empty' },
  { shape: / has no cell in row 1; write rows/, key: 'error.map.empty' },
  { shape: / and has no (?<what>start|goal); mark a cell/, key: ({ what }) => `error.map.${what}` },
  { shape: / has a second start \(S\) in row (?<row>\d+), column (?<column>\d+)/, key: 'error.map.starts' },
  { shape: / has (?<width>\d+) cells in row 1 but (?<n>\d+) in row (?<row>\d+)/, key: 'error.map.rect' },
  { shape: / has the control character \d+ in row (?<row>\d+), column (?<column>\d+); the letters are (?<letters>.*)$/, key: 'error.map.control' },
  { shape: / has '(?<letter>.+)' in row (?<row>\d+), column (?<column>\d+), but must be one of the letters (?<letters>.*)$/, key: 'error.map.letter' },
  { shape: / has more than (?<max>\d+) rows/, key: 'error.map.rows' },
  { shape: / has more than (?<max>\d+) columns/, key: 'error.map.columns' },
  { shape: /policy has '(?<letter>.)' for state (?<state>\d+), but must have an action, 0 to (?<max>\d+)/, key: 'error.policy.action' },
  { shape: /policy has (?<n>\d+) states, but the environment has (?<states>\d+)/, key: 'error.policy.states' },
  { shape: /^the demonstrations are of '(?<other>.+)', but the environment here is '(?<env>.+)'$/, key: 'error.demos.env' },
  { shape: /^there are no episodes in the demonstrations/, key: 'error.demos.none' },
  { shape: /^the demonstrations have (?<n>\d+) transitions, but at most (?<max>\d+)/, key: 'error.demos.many' },
  { shape: /demonstrations are not a text file in UTF-8/, key: 'error.demos.encoding' },
  { shape: /^line (?<line>\d+)\b/, key: 'error.demos.line' },
  { shape: / has \d+ numbers, but must have \d+$/, key: 'error.demos.shape' },
  { shape: /the text has (?<tokens>\d+) tokens, (?<held>\d+) of them held out, but either part needs (?<least>\d+)/, key: 'error.text.short' },
  { shape: /the text is (?<size>\S+) MB long, but at most (?<max>\S+)/, key: 'error.text.large' },
  { shape: /every word of the text is longer than (?<max>\d+) bytes/, key: 'error.text.words' },
  { shape: /the text is not UTF-8/, key: 'error.text.encoding' },
  { shape: /the text is empty/, key: 'lm.corpus.empty' },
  { shape: /checkpoint|tokenizer|safetensors/, key: 'error.model.file' },
  { shape: /Content-Security-Policy forbids (?<what>.+?): add (?<source>.+)$/, key: 'error.policy' },
  { shape: /bellhop\.wasm cannot run here: (?<why>.*)$/s, key: 'error.module' },
  { shape: /^the worker failed: its? (?:ended by itself|port was closed)/, key: 'error.worker' },
  { shape: /(?<field>useSde|use_sde) is true, but actions are Discrete/, key: 'error.sde' },
  { shape: /out of memory| is too large/, key: 'error.memory' },
]);

/**
 * @param {unknown} error @param {Words} words @param {(name: string) => string} fieldName of a setting, by its snake_case name
 * @returns {string}
 */
export function explainError(error, words, fieldName) {
  const message = messageOf(error);
  for (const { shape, key } of isPlain(error) ? [] : SHAPES) {
    const parts = /** @type {Record<string, string> | undefined} */ (shape.exec(message)?.groups) ?? (shape.test(message) ? {} : undefined);
    if (parts === undefined) continue;
    const name = typeof key === 'string' ? key : key(parts);
    if (words.has(name)) return words.t(/** @type {any} */ (name), placesOf(parts, words, fieldName));
  }
  return plainly(error, words);
}

/** What the places of a sentence are filled with. @param {Record<string, string>} parts @param {Words} words @param {(name: string) => string} fieldName */
function placesOf({ field, letters, env, other, x, y, ...rest }, words, fieldName) {
  const named = (/** @type {string} */ id) => words.tMaybe(`env.${id}`, words.tMaybe(`field.${snake(id)}`, id));
  return {
    ...rest, ...field && { field: fieldName(snake(field)) }, ...letters && { list: words.list(letters.trim().split(/\s+/)) },
    ...env && { env: named(env) }, ...other && { other: named(other) }, ...x && { max: Number(x) * Number(y) },
  };
}
