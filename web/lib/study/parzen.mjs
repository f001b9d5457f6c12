// SPDX-License-Identifier: MIT
// Parzen estimators of one parameter, as Optuna's TPESampler has them: a kernel for each observation, and one for the prior. Numbers have normal
// kernels cut at the ends of the range, in the logarithm where the parameter is; discrete ones the mass around each value.
import { endsOf, snapped } from './study-space.mjs';
import { exp, log, normalCdf, normalQuantile } from './exact-math.mjs';

/** @typedef {import('./study-space.mjs').Dimension} Dimension */
/** logDensity: up to a constant, where values are continuous. @typedef {{ sample: (random: () => number) => any, logDensity: (value: any) => number }} Estimator */

const PRIOR_WEIGHT = 1;
/** Observations that all count as much; of more, the oldest count least (Optuna's default_weights). */
const FULL_WEIGHTS = 25;

/** @param {number} n @returns {number[]} */
export function weightsOf(n) {
  const ramp = n - FULL_WEIGHTS;
  return Array.from({ length: n }, (_, i) => i >= ramp ? 1 : ramp === 1 ? 1 / n : 1 / n + (1 - 1 / n) * i / (ramp - 1));
}

/** @param {Dimension} dimension @param {readonly any[]} observed  values, oldest first @returns {Estimator} */
export const parzen = (dimension, observed) => dimension.values ? categorical(dimension, observed) : numerical(dimension, observed);

/** @param {readonly number[]} values */
const sum = (values) => values.reduce((total, each) => total + each, 0);

/** An index, each as likely as its weight. @param {readonly number[]} weights  of sum 1 @param {number} u */
function pick(weights, u) {
  let left = u;
  const at = weights.findIndex((weight) => (left -= weight) < 0);
  return at < 0 ? weights.length - 1 : at;
}

/** @param {Dimension} dimension @param {readonly any[]} observed @returns {Estimator} */
function categorical({ values = [], size }, observed) {
  const texts = values.map((value) => JSON.stringify(value)), indexOf = (/** @type {any} */ value) => texts.indexOf(JSON.stringify(value));
  const raw = [...weightsOf(observed.length), PRIOR_WEIGHT], total = sum(raw), n = observed.length + 1;
  const prior = PRIOR_WEIGHT / n, whole = 1 + size * prior;
  /** A kernel gives its own value more, and each value a part of the prior. */
  const shares = values.map(() => sum(raw.slice(0, -1)) / total * prior / whole + raw[n - 1] / total / size);
  observed.forEach((value, i) => (shares[indexOf(value)] += raw[i] / total / whole));
  return { sample: (random) => values[pick(shares, random())], logDensity: (value) => log(shares[indexOf(value)]) };
}

/**
 * Widths of the kernels: the distance to the farther neighbour, within the bounds of the "magic clip".
 * @param {readonly number[]} centers @param {number} low @param {number} high  ends of the range
 */
function widths(centers, low, high) {
  const all = [...centers, (low + high) / 2], order = [...all.keys()].sort((a, b) => all[a] - all[b] || a - b);
  const least = (high - low) / Math.min(100, 2 + centers.length), own = new Array(all.length);
  order.forEach((at, i) => {
    const left = i > 0 ? all[at] - all[order[i - 1]] : undefined, right = i < order.length - 1 ? all[order[i + 1]] - all[at] : undefined;
    // The ends count as neighbours only where there is no other but one.
    const below = left ?? (order.length > 1 ? 0 : all[at] - low), above = right ?? (order.length > 1 ? 0 : high - all[at]);
    own[at] = Math.min(high - low, Math.max(least, below, above));
  });
  return own.slice(0, -1);
}

/** @param {Dimension} dimension @param {readonly number[]} observed @returns {Estimator} */
function numerical(dimension, observed) {
  const { step, isLog } = dimension, [low, high] = endsOf(dimension);
  const inner = (/** @type {number} */ value) => isLog ? log(value) : value;
  const centers = observed.map(inner), raw = [...weightsOf(observed.length), PRIOR_WEIGHT], total = sum(raw);
  const sigmas = [...widths(centers, low, high), high - low], weights = raw.map((each) => each / total);
  centers.push((low + high) / 2);
  const kernels = centers.map((mu, i) => {
    const sigma = sigmas[i], below = normalCdf((low - mu) / sigma), mass = normalCdf((high - mu) / sigma) - below;
    return { mu, sigma, below, mass };
  });
  return {
    sample(random) {
      const { mu, sigma, below, mass } = kernels[pick(weights, random())];
      const x = Math.min(high, Math.max(low, mu + sigma * normalQuantile(below + random() * mass)));
      return snapped(dimension, isLog ? exp(x) : x);
    },
    logDensity(value) {
      const [from, to] = step === 0 ? [0, 0] : [inner(value - step / 2), inner(value + step / 2)], x = inner(value);
      let total = 0; // a study of thousands of trials is here most of its time
      for (let i = 0; i < kernels.length; i++) {
        const { mu, sigma, mass } = kernels[i], z = (x - mu) / sigma;
        const density = step === 0 ? exp(-z * z / 2) / sigma : normalCdf((to - mu) / sigma) - normalCdf((from - mu) / sigma);
        total += weights[i] * density / mass;
      }
      return log(total);
    },
  };
}
