// SPDX-License-Identifier: MIT
// What links said of decisions on text before those were experiments of their own:
//
//     env=TextGen-v0&text.task=Translate-v0&text.start=scratch&text.algo=ppo&text.weights=1,0,0.5
//
// They still open what they opened then. Whatever does not fit is left out and named.
import { noneOf, problemOf } from './fields.mjs';
import { plainSetup } from './run-setup.mjs';
import { OLD_PREFIX } from './text-kind.mjs';
import { STARTS, TASKS, TEXT_ALGOS, taskOf, textCatalog, weightFields } from './text-tasks.mjs';

/** @typedef {import('./fields.mjs').Catalog} Catalog */
/** @typedef {import('./fields.mjs').Unfit} Unfit */
/** @typedef {import('./run-setup.mjs').RunSetup} RunSetup */

/** What a name may be; of several in a link the last one holds. @type {Readonly<Record<string, readonly string[]>>} */
const KNOWN = Object.freeze({ task: TASKS.map(({ id }) => id), start: STARTS, algo: TEXT_ALGOS });

/**
 * The setup of the run that such a link means.
 * @param {Catalog} catalog  of a trainer with language models @param {URLSearchParams} query
 * @returns {{ setup: RunSetup, ignored: Unfit[] }}
 */
export function fromOldLink(catalog, query) {
  const choice = { task: TASKS[0].id, start: 'lm', algo: 'dqn' };
  /** @type {Unfit[]} */
  const ignored = [];
  let weights = '';
  for (const [name, value] of query) {
    const key = name.slice(OLD_PREFIX.length);
    if (!name.startsWith(OLD_PREFIX)) continue;
    if (key === 'weights') weights = value;
    else if (Object.hasOwn(KNOWN, key) && KNOWN[key].includes(value)) Object.assign(choice, { [key]: value });
    else ignored.push({ name, value, why: noneOf(Object.hasOwn(KNOWN, key) ? KNOWN[key] : [], value) });
  }
  /** @type {import('./text-tasks.mjs').Start} */
  const start = choice.start === 'scratch' ? 'scratch' : 'lm';
  const algo = taskOf(choice.task).kind === 'text' ? choice.algo : 'dqn';
  const setup = { ...plainSetup(textCatalog(catalog, start), choice.task, algo), start };
  if (query.has(`${OLD_PREFIX}weights`) && !weigh(catalog, setup, weights)) ignored.push({ name: `${OLD_PREFIX}weights`, value: weights, why: { key: 'bad.value', values: {} } });
  return { setup, ignored };
}

/**
 * Takes weights in the order of the reward's parts; false where they are not as many, or out of range.
 * @param {Catalog} catalog @param {RunSetup} setup @param {string} list
 */
function weigh(catalog, setup, list) {
  const fields = weightFields(catalog, setup.env);
  const weights = list.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
  if (fields.length === 0 || weights.length !== fields.length || fields.some(({ field }, i) => problemOf(field, weights[i]))) return false;
  fields.forEach(({ key, field }, i) => {
    if (weights[i] !== Number(field.default)) setup.envOptions[key] = weights[i];
  });
  return true;
}
