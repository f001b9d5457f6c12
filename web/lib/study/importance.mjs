// SPDX-License-Identifier: MIT
// Importance of parameters by PED-ANOVA (Watanabe et al. 2023, "Efficiently Quantifying Hyperparameter Importance in Arbitrary Subspaces"): how
// far the distribution of the best tenth of the trials is from that of all, as Pearson divergence, each parameter for itself.
import { exp, log, normalCdf } from './exact-math.mjs';
import { quantile, std } from '../statistics.mjs';
import { endsOf } from './study-space.mjs';

/** @typedef {import('./study-trial.mjs').Progress} Progress */
/** @typedef {import('./study-space.mjs').Dimension} Dimension */

const BINS = 50, TOP = 0.1, LEAST_TOP = 2, TINY = 1e-12;

/**
 * Shares of sum 1, the greatest first; empty before there are two trials to compare.
 * @param {Pick<import('./study-definition.mjs').Plan, 'dimensions' | 'metric'>} plan @param {readonly Progress[]} trials  with scores
 * @returns {Record<string, number>}
 */
export function importances({ dimensions, metric }, trials) {
  if (trials.length <= LEAST_TOP) return {};
  const sign = metric.goal === 'maximize' ? -1 : 1, losses = trials.map(({ score }) => sign * Number(score));
  const bound = Math.max(quantile(losses, TOP), [...losses].sort((a, b) => a - b)[LEAST_TOP - 1]);
  const top = trials.filter((_, i) => losses[i] <= bound);
  const divergences = dimensions.map((dimension) => {
    const valuesOf = (/** @type {readonly Progress[]} */ of) => of.map(({ params }) => params[dimension.key]);
    return /** @type {const} */ ([dimension.key, dimension.size === 1 ? 0 : divergence(shares(dimension, valuesOf(top)), shares(dimension, valuesOf(trials)))]);
  });
  const total = divergences.reduce((sum, [, value]) => sum + value, 0);
  return Object.fromEntries(divergences.map(([key, value]) => /** @type {const} */ ([key, total > 0 ? value / total : 1 / dimensions.length])).sort((a, b) => b[1] - a[1]));
}

/** @param {readonly number[]} top @param {readonly number[]} all */
const divergence = (top, all) => all.reduce((sum, share, i) => sum + (share + TINY) * ((top[i] + TINY) / (share + TINY) - 1) ** 2, 0);

/** The density of values in bins. @param {Dimension} dimension @param {readonly any[]} values */
function shares(dimension, values) {
  if (dimension.values) return ofList(dimension, values);
  const [low, high] = endsOf(dimension), n = Math.min(BINS, dimension.size);
  const at = values.map((value) => Math.min(n - 1, Math.floor(((dimension.isLog ? log(value) : value) - low) / (high - low) * n)));
  const width = scott(at, n), sums = new Array(n).fill(1 / n); // the prior, which counts as one observation
  for (const mu of at) {
    const mass = (/** @type {number} */ from, /** @type {number} */ to) => normalCdf((to + 0.5 - mu) / width) - normalCdf((from - 0.5 - mu) / width);
    const whole = mass(0, n - 1);
    sums.forEach((_, i) => (sums[i] += mass(i, i) / whole));
  }
  return sums.map((each) => each / (values.length + 1));
}

/** @param {Dimension} dimension @param {readonly any[]} values */
function ofList({ values: known = [], size }, values) {
  const texts = known.map((value) => JSON.stringify(value)), sums = new Array(size).fill(1 / size);
  for (const value of values) sums[texts.indexOf(JSON.stringify(value))]++;
  return sums.map((each) => each / (values.length + 1));
}

/** The bandwidth of Scott's rule for bins; below a third of a bin, all would be in its own. @param {readonly number[]} at @param {number} n */
function scott(at, n) {
  const spread = Math.min((quantile(at, 0.75) - quantile(at, 0.25)) / 1.34, std(at));
  return Math.min(n / 2, Math.max(0.5 / 1.64, 1.059 * spread * exp(-0.2 * log(at.length))));
}
