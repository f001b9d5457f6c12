// SPDX-License-Identifier: MIT
// What a claim can say of a run: numbers read off its trace, each with the step at which it holds. A claim names one,
// `first_return_above(0)`; of a setup with several seeds it names how many runs, or which value in the middle: `count(score >= 475)`,
// `median(episodes)`. What is known of an environment without a run is in facts.mjs.
import { Failure } from '../run.mjs';

/** @typedef {import('./runs.mjs').Trace} Trace */
/** `at`: the environment step at which it can be seen; Infinity where the run has to come to its end. @typedef {{ value: number | string, at: number }} Found */

/** Episodes of a mean where a claim names no other number, as in the charts. */
const WINDOW = 100;
const DIGITS = 12;

/** @param {number[]} values */
export const mean = (values) => values.reduce((sum, each) => sum + each, 0) / values.length;

/** @type {Record<string, (trace: Trace, ...args: number[]) => Found | null>} */
export const MEASURES = {
  /** Environment steps taken. */
  steps: ({ steps }) => ({ value: steps, at: steps }),
  /** Updates made. */
  updates: ({ steps, updates }) => ({ value: updates, at: steps }),
  /** Episodes that have ended. */
  episodes: ({ steps, episodes }) => ({ value: episodes.length, at: steps }),
  /** The number of the first episode whose return is above x. */
  first_return_above: ({ episodes }, x) => episodeOf(episodes, (each) => each.return > x, (_, i) => i + 1),
  /** The step at which that episode ended. */
  step_of_first_return_above: ({ episodes }, x) => episodeOf(episodes, (each) => each.return > x, ({ step }) => step),
  /** The return of the k-th episode, from 1. */
  return_of: ({ episodes }, k) => episodeOf(episodes, (_, i) => i === k - 1, (each) => each.return),
  /** How many steps it took. */
  length_of: ({ episodes }, k) => episodeOf(episodes, (_, i) => i === k - 1, (each) => each.length),
  /** The mean return of the last n episodes, of 100 without n. */
  mean_return: ({ steps, episodes }, n = WINDOW) => (episodes.length > 0 ? { value: mean(episodes.slice(-n).map((each) => each.return)), at: steps } : null),
  /** The mean return of episodes a to b, both counted, from 1. */
  mean_return_between: ({ episodes }, a, b) => (episodes.length >= b ? { value: mean(episodes.slice(a - 1, b).map((each) => each.return)), at: episodes[b - 1].step } : null),
  /** The mean length of the last n episodes, of 100 without n. */
  mean_length: ({ steps, episodes }, n = WINDOW) => (episodes.length > 0 ? { value: mean(episodes.slice(-n).map((each) => each.length)), at: steps } : null),
  /** The greatest return of an episode. */
  best_return: ({ steps, episodes }) => ({ value: Math.max(...episodes.map((each) => each.return)), at: steps }),
  /** The step of the first evaluation whose mean is x or above. */
  first_evaluation_from: ({ evaluations }, x) => episodeOf(evaluations, (each) => each.mean >= x, ({ step }) => step),
  /** The mean of the last evaluation, and of the best one. */
  last_evaluation: ({ evaluations }) => episodeOf(evaluations.slice(-1), () => true, (each) => each.mean),
  best_evaluation: ({ evaluations }) => episodeOf(evaluations, (each) => each.mean === Math.max(...evaluations.map((one) => one.mean)), (each) => each.mean),
  /** The mean return of the best parameters when the run has ended, and its standard deviation. */
  score: ({ score }) => (score ? { value: score.mean, at: Infinity } : null),
  score_std: ({ score }) => (score ? { value: score.std, at: Infinity } : null),
  /** Of the last training record that has one: the loss, the mean of the greatest values, the exploration rate. */
  loss: ({ training }) => lastOf(training, 'loss'),
  mean_q: ({ training }) => lastOf(training, 'q'),
  rate: ({ training }) => lastOf(training, 'rate'),
  /** The greatest mean of the greatest values that was recorded. */
  highest_mean_q: ({ training }) => episodeOf(training, (each) => each.q === Math.max(...training.map((one) => one.q ?? -Infinity)), (each) => each.q ?? NaN),
  /** The learned value of a state, of an action there; the true ones. */
  value: ({ steps, table, actions }, state) => (table ? { value: bestOf(table, actions, state), at: steps } : null),
  q: ({ steps, table, actions }, state, action) => (table ? { value: table[state * actions + action], at: steps } : null),
  true_value: ({ steps, truth, actions }, state) => (truth ? { value: bestOf(truth, actions, state), at: steps } : null),
  true_q: ({ steps, truth, actions }, state, action) => (truth ? { value: truth[state * actions + action], at: steps } : null),
  /** 1 where its numbers were no numbers any more, else 0; at which step that is noticed differs. */
  diverged: ({ diverged }) => ({ value: Number(diverged), at: Infinity }),
  /** The first digits of the SHA-256 of its parameters. */
  fingerprint: ({ steps, sha256 }) => ({ value: sha256.slice(0, DIGITS), at: steps }),
};

/** Of the runs of several seeds. @type {Record<string, (values: number[]) => number>} */
const TOGETHER = {
  mean, min: (values) => Math.min(...values), max: (values) => Math.max(...values),
  median: (values) => mean([Math.floor((values.length - 1) / 2), Math.ceil((values.length - 1) / 2)].map((i) => values.toSorted((a, b) => a - b)[i])),
};
const COMPARED = /^(.*?)\s*(>=|<=|>|<|=)\s*(-?[\d.]+)$/;
/** @type {Record<string, (a: number, b: number) => boolean>} */
const COMPARES = { '>=': (a, b) => a >= b, '<=': (a, b) => a <= b, '>': (a, b) => a > b, '<': (a, b) => a < b, '=': (a, b) => a === b };

/** What an expression says of the runs of a setup, one for each seed. @param {string} expression @param {Trace[]} traces @returns {Found} */
export function measure(expression, traces) {
  const [, name, inner = ''] = /^(\w+)(?:\((.*)\))?$/.exec(expression) ?? [];
  if (name === 'count') return { value: count(inner, traces), at: Infinity };
  if (name in TOGETHER) return { value: TOGETHER[name](traces.map((trace) => Number(one(inner, trace).value))), at: Infinity };
  if (traces.length !== 1) throw new Failure(`${expression} is of one run, and there are ${traces.length}: count(… >= x), ${Object.keys(TOGETHER).map((each) => `${each}(…)`).join(', ')} are of several.`);
  return one(expression, traces[0]);
}

/** Of how many runs a comparison holds; a run that has no such number is none of them. @param {string} comparison @param {Trace[]} traces */
function count(comparison, traces) {
  const [, expression, compare, than] = COMPARED.exec(comparison) ?? [];
  if (!expression) throw new Failure(`count(${comparison}) needs a comparison: count(score >= 475).`);
  return traces.filter((trace) => {
    const found = find(expression, trace);
    return found !== null && COMPARES[compare](Number(found.value), Number(than));
  }).length;
}

/** @param {string} expression @param {Trace} trace @returns {Found} */
function one(expression, trace) {
  const found = find(expression, trace);
  if (!found || Number.isNaN(found.value)) throw new Failure(`${expression}: this run has no such number.`);
  return found;
}

/** @param {string} expression @param {Trace} trace */
function find(expression, trace) {
  const { name, args } = readExpression(expression);
  if (!Object.hasOwn(MEASURES, name)) throw new Failure(`${expression} is no measure; there are ${Object.keys(MEASURES).join(', ')}.`);
  if (args.some(Number.isNaN)) throw new Failure(`${expression}: its arguments are numbers.`);
  return MEASURES[name](trace, ...args);
}

/** A name and numbers: `return_of(3)`. @param {string} expression @returns {{ name: string, args: number[] }} */
export function readExpression(expression) {
  const [, name = '', args = ''] = /^(\w+)(?:\((.*)\))?$/.exec(expression) ?? [];
  return { name, args: args === '' ? [] : args.split(',').map(Number) };
}

/** @template {{ step: number }} Row @param {Row[]} rows @param {(row: Row, i: number) => boolean} which @param {(row: Row, i: number) => number} valueOf @returns {Found | null} */
function episodeOf(rows, which, valueOf) {
  const i = rows.findIndex(which);
  return i < 0 ? null : { value: valueOf(rows[i], i), at: rows[i].step };
}

/** @param {Trace['training']} training @param {'loss' | 'q' | 'rate'} name @returns {Found | null} */
function lastOf(training, name) {
  const row = training.findLast((each) => each[name] !== null);
  return row ? { value: Number(row[name]), at: row.step } : null;
}

/** @param {number[]} table @param {number} actions @param {number} state */
const bestOf = (table, actions, state) => Math.max(...table.slice(state * actions, (state + 1) * actions));
