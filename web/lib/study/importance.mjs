// SPDX-License-Identifier: MIT
// Importance of parameters by PED-ANOVA (Watanabe et al. 2023, "Efficiently Quantifying Hyperparameter Importance in Arbitrary Subspaces"): how
// far the distribution of the best tenth of the trials is from that of all, as Pearson divergence, each parameter for itself. Bins, bandwidths
// and prior are those of Optuna's PedAnovaImportanceEvaluator.
import { exp, log, normalCdf } from './exact-math.mjs';

/** @typedef {import('./study-space.mjs').Dimension} Dimension */
/** @typedef {{ params: Readonly<Record<string, any>>, score: number }} Scored */

const BINS = 50, TOP = 0.1, LEAST_TOP = 2, TINY = 1e-12;
const SCOTT = 1.059, NARROWEST = 0.5 / 1.64; // nine tenths of such a kernel are in its own bin
const LN2 = log(2);

/** @param {readonly number[]} values */
const sum = (values) => values.reduce((total, each) => total + each, 0);

/**
 * Shares of sum 1, the greatest first; empty before there are three trials.
 * @param {Pick<import('./study-definition.mjs').Plan, 'dimensions' | 'metric'>} plan @param {readonly Scored[]} trials
 * @returns {Record<string, number>}
 */
export function importances({ dimensions, metric }, trials) {
  if (trials.length <= LEAST_TOP) return {};
  const sign = metric.goal === 'maximize' ? -1 : 1, losses = trials.map(({ score }) => sign * score).sort((a, b) => a - b);
  const worst = losses[Math.max(LEAST_TOP, Math.ceil(TOP * losses.length)) - 1];
  const top = trials.filter(({ score }) => sign * score <= worst);
  const several = dimensions.filter(({ size }) => size > 1);
  const divergences = several.map((dimension) => divergence(density(dimension, top), density(dimension, trials))), total = sum(divergences);
  const shares = dimensions.map((dimension) => {
    const at = several.indexOf(dimension);
    return /** @type {const} */ ([dimension.key, at < 0 ? 0 : total > 0 ? divergences[at] / total : 1 / several.length]);
  });
  return Object.fromEntries(shares.sort((a, b) => b[1] - a[1]));
}

/** @param {readonly number[]} top @param {readonly number[]} all */
const divergence = (top, all) => sum(all.map((share, i) => (share + TINY) * ((top[i] + TINY) / (share + TINY) - 1) ** 2));

/** The density of a parameter over its values or bins. @param {Dimension} dimension @param {readonly Scored[]} trials */
function density(dimension, trials) {
  const counts = new Array(binsOf(dimension)).fill(0), texts = dimension.values?.map((value) => JSON.stringify(value));
  for (const { params: { [dimension.key]: value } } of trials) counts[texts ? texts.indexOf(JSON.stringify(value)) : binOf(dimension, counts.length, value)]++;
  return texts ? ofWords(counts) : smoothed(counts);
}

/** @param {Dimension} dimension */
function binsOf({ values, isLog, step, size }) {
  if (values) return size;
  return Math.min(BINS, isLog && step > 0 ? Math.ceil(log(size) / LN2) + 1 : size);
}

/** Bins lie around so many points from the least to the greatest value. @param {Dimension} dimension @param {number} n @param {number} value */
function binOf({ isLog, low, high }, n, value) {
  const [from, to, x] = isLog ? [log(low), log(high), log(value)] : [low, high, value];
  return Math.min(n - 1, Math.max(0, Math.ceil((x - from) / (to - from) * (n - 1) - 0.5)));
}

/** Each kind of value has a kernel that gives every other a little; the prior counts as one trial. @param {readonly number[]} counts */
function ofWords(counts) {
  const kinds = counts.filter((n) => n > 0).length + 1, total = sum(counts) + 1, whole = 1 + counts.length / kinds;
  const spread = (total - 1) / total / kinds / whole + 1 / total / counts.length;
  return counts.map((n) => n / total / whole + spread);
}

/** @param {readonly number[]} counts  per bin */
function smoothed(counts) {
  const n = counts.length, trials = sum(counts), width = bandwidth(counts, trials);
  const kernels = [...counts.keys()].filter((i) => counts[i] > 0).map((mu) => ({ mu, sigma: width, weight: counts[mu] }));
  const density = new Array(n).fill(0);
  for (const { mu, sigma, weight } of [...kernels, { mu: (n - 1) / 2, sigma: n, weight: 1 }]) {
    const below = (/** @type {number} */ x) => normalCdf((x - mu) / sigma), whole = below(n - 0.5) - below(-0.5);
    for (let i = 0; i < n; i++) density[i] += weight / (trials + 1) * (below(i + 0.5) - below(i - 0.5)) / whole;
  }
  return density;
}

/** Scott's rule. @param {readonly number[]} counts @param {number} trials */
function bandwidth(counts, trials) {
  const mean = sum(counts.map((n, i) => n * i)) / trials;
  const deviation = Math.sqrt(sum(counts.map((n, i) => n * (i - mean) ** 2)) / Math.max(1, trials - 1));
  const filled = [...counts.keys()].filter((i) => counts[i] > 0);
  let before = 0;
  const cumulated = filled.map((i) => (before += counts[i]));
  const low = filled[cumulated.findIndex((n) => n >= Math.floor(trials / 4))];
  const high = filled[cumulated.findIndex((n) => n > Math.floor(trials * 3 / 4))] ?? filled[filled.length - 1];
  return Math.max(NARROWEST, SCOTT * Math.min((high - low) / 1.34, deviation) * exp(-0.2 * log(trials)));
}
