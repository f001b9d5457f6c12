// SPDX-License-Identifier: MIT
// Statistics of several runs, as rliable computes them (Agarwal et al. 2021, "Deep Reinforcement Learning at the Edge of
// the Statistical Precipice"): the interquartile mean, and percentile intervals of a stratified bootstrap. Pure
// functions of their arguments; of no scores at all, everything is NaN.

/** @param {readonly number[]} values @returns {number[]} */
function sorted(values) {
  return [...values].sort((a, b) => a - b);
}

/** @param {readonly number[]} values */
export function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of the values as they are (divided by n). @param {readonly number[]} values */
export function std(values) {
  const center = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - center) ** 2)));
}

/** The middle value, or the mean of the middle two. Infinite values are allowed. @param {readonly number[]} values */
export function median(values) {
  const order = sorted(values);
  const middle = order.length >> 1;
  if (order.length === 0) return NaN;
  return order.length % 2 === 1 ? order[middle] : (order[middle - 1] + order[middle]) / 2;
}

/**
 * Interquartile mean: of the middle half of the scores. A quarter of them, rounded down, is left out at either end, as
 * scipy.stats.trim_mean(scores, 0.25) does it, which rliable uses: of 10 scores, 2 and 2; of 3, none.
 * @param {readonly number[]} values
 */
export function iqm(values) {
  const out = Math.floor(values.length / 4);
  return mean(sorted(values).slice(out, values.length - out));
}

/**
 * The value below which a share of the values lies, interpolated linearly between neighbours (numpy's default).
 * @param {readonly number[]} values @param {number} share  0 to 1
 */
export function quantile(values, share) {
  if (values.length === 0) return NaN;
  const order = sorted(values);
  const at = share * (order.length - 1);
  const low = Math.floor(at);
  const high = Math.min(low + 1, order.length - 1);
  // No weight, no part in it: 0 times infinity is NaN.
  return at === low ? order[low] : order[low] + (at - low) * (order[high] - order[low]);
}

/**
 * Whole numbers below n, each as likely, from a seed: splitmix32 (Steele et al. 2014, with the mixer of MurmurHash3).
 * @param {number} seed
 * @returns {(n: number) => number}
 */
function random(seed) {
  let state = seed >>> 0;
  return (n) => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return Math.floor(((z ^ (z >>> 16)) >>> 0) / 2 ** 32 * n);
  };
}

/**
 * Percentile interval of a statistic by a stratified bootstrap: in each resample, as many scores as a stratum (a task)
 * has are drawn from it with replacement, and the statistic is taken of all of them. Same arguments, same interval.
 * @param {readonly (readonly number[])[]} strata  scores per task; of one task, [scores]
 * @param {(scores: number[]) => number} statistic
 * @param {{ resamples?: number, confidence?: number, seed?: number }} [options]
 * @returns {[low: number, high: number]}
 */
export function bootstrapInterval(strata, statistic, { resamples = 2000, confidence = 0.95, seed = 0 } = {}) {
  const draw = random(seed);
  const values = Array.from({ length: resamples }, () =>
    statistic(strata.flatMap((scores) => scores.map(() => scores[draw(scores.length)]))));
  const tail = (1 - confidence) / 2;
  return [quantile(values, tail), quantile(values, 1 - tail)];
}
