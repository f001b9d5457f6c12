// SPDX-License-Identifier: MIT
// The tree-structured Parzen estimator (Bergstra et al. 2011, "Algorithms for Hyper-Parameter Optimization") with the defaults of Optuna's
// TPESampler: each parameter for itself, the best tenth of the trials against the rest, 24 candidates. The same history, the same parameters.
// Otherwise than Optuna's it counts what failed and what diverged among the rest: here that follows from the parameters, and would be tried again.
import { parzen } from './parzen.mjs';
import { drawn, streamOfTrial } from './study-space.mjs';

/** @typedef {import('./study-trial.mjs').Progress} Progress */

const STARTUP_TRIALS = 10, CANDIDATES = 24, SHARE = 0.1, GOOD_MAX = 25;

/**
 * The better trials come first: complete ones by score, those without one after them; pruned ones, which got further before; failed ones.
 * @param {readonly Progress[]} trials @param {'maximize' | 'minimize'} goal
 */
function ranked(trials, goal) {
  const sign = goal === 'maximize' ? -1 : 1;
  const loss = (/** @type {Progress} */ { score }) => score === null ? Infinity : sign * score;
  const late = (/** @type {Progress} */ { state }) => state === 'failed' ? 2 : Number(state === 'pruned');
  const compare = (/** @type {number} */ a, /** @type {number} */ b) => a === b ? 0 : a - b; // Infinity - Infinity is NaN
  return [...trials].sort((a, b) => late(a) - late(b) || late(a) * (b.timesteps - a.timesteps) || compare(loss(a), loss(b)) || a.number - b.number);
}

/**
 * Parameters of a trial from the trials before it.
 * @param {Pick<import('./study-definition.mjs').Plan, 'dimensions' | 'seed' | 'metric'>} plan @param {number} number @param {readonly Progress[]} before
 * @returns {Record<string, any>}
 */
export function tpeParams({ dimensions, seed, metric }, number, before) {
  const isEarly = before.length < STARTUP_TRIALS;
  const good = new Set(isEarly ? [] : ranked(before, metric.goal).slice(0, Math.min(Math.ceil(SHARE * before.length), GOOD_MAX)));
  return Object.fromEntries(dimensions.map((dimension) => {
    const random = streamOfTrial(seed, number, dimension.key);
    if (isEarly) return [dimension.key, drawn(dimension, random())];
    const valuesOf = (/** @type {boolean} */ isGood) => before.filter((trial) => good.has(trial) === isGood).map(({ params }) => params[dimension.key]);
    return [dimension.key, bestOf(parzen(dimension, valuesOf(true)), parzen(dimension, valuesOf(false)), random)];
  }));
}

/** The candidate whose density among the good is greatest against that among the others. @param {import('./parzen.mjs').Estimator} good @param {import('./parzen.mjs').Estimator} rest @param {() => number} random */
function bestOf(good, rest, random) {
  const candidates = Array.from({ length: CANDIDATES }, () => good.sample(random));
  const gains = candidates.map((value) => good.logDensity(value) - rest.logDensity(value));
  return candidates[gains.indexOf(Math.max(...gains))];
}
