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
  const rows = trials.map((trial) => {
    const { state, score, timesteps, number } = trial, late = state === 'failed' ? 2 : Number(state === 'pruned');
    return { trial, keys: [late, late > 0 ? -timesteps : 0, score === null ? Infinity : sign * score, number] };
  });
  return rows.sort(({ keys: a }, { keys: b }) => {
    const at = a.findIndex((key, i) => key !== b[i]);
    return at < 0 ? 0 : a[at] - b[at];
  }).map(({ trial }) => trial);
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
