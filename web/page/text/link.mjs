// SPDX-License-Identifier: MIT
// What a link says of the decisions: the task, where the agent starts from, what it learns by, the weights of the reward. Only what
// differs from how the page begins; whatever does not fit is left out and named.
//
//     &text.task=Translate-v0&text.start=scratch&text.algo=ppo&text.weights=1,0,0.5
import { TASKS } from './tasks.mjs';

/**
 * @typedef {object} Choice
 * @property {string} task
 * @property {import('./tasks.mjs').Start} start
 * @property {import('./tasks.mjs').Algo} algo
 * @property {number[] | null} weights   of the reward's parts in their order; null: the task's own
 */

/** @type {Readonly<Choice>} */
const FIRST = { task: TASKS[0].id, start: 'lm', algo: 'dqn', weights: null };
/** @type {Record<string, readonly string[]>} */
const KNOWN = { task: TASKS.map(({ id }) => id), start: ['lm', 'scratch'], algo: ['dqn', 'ppo'] };
const PREFIX = 'text.';

/** @param {Choice} choice */
export function toLink(choice) {
  const parts = Object.keys(KNOWN).map((name) => [name, String(choice[/** @type {keyof Choice} */ (name)])])
    .filter(([name, value]) => value !== String(FIRST[/** @type {keyof Choice} */ (name)]));
  if (choice.weights) parts.push(['weights', choice.weights.join(',')]);
  return parts.map(([name, value]) => `&${PREFIX}${name}=${value}`).join('');
}

/** @param {string} link @returns {{ choice: Choice, ignored: string[] }} */
export function fromLink(link) {
  /** @type {Record<string, any>} */
  const choice = { ...FIRST };
  /** @type {string[]} */
  const ignored = [];
  for (const [name, value] of new URLSearchParams(link)) {
    const key = name.slice(PREFIX.length);
    const weights = key === 'weights' ? value.split(',').map((part) => (part.trim() === '' ? NaN : Number(part))) : [];
    if (Object.hasOwn(KNOWN, key) && KNOWN[key].includes(value)) choice[key] = value;
    else if (weights.length > 0 && weights.every(Number.isFinite)) choice.weights = weights;
    else ignored.push(`${name}=${value}`.slice(0, 60));
  }
  return { choice: /** @type {Choice} */ (choice), ignored };
}
