// SPDX-License-Identifier: MIT
// Runs of several seeds as one curve: at each step the interquartile mean of their returns, and between which values the middle half of them lies.
import { iqm, quantile } from '../lib/statistics.mjs';

/** Returns of one run. @typedef {{ xs: number[], ys: (number | null)[] }} Curve */
/**
 * @typedef {object} SeedBand
 * @property {number[]} seeds
 * @property {number[]} xs @property {number[]} low @property {number[]} middle @property {number[]} high
 * @property {{ iqm: number, low: number, high: number }} final  of the evaluations at the end
 * @property {number | null} solved    how many of them solved it; null where nothing can be solved
 */

const POINTS = 120;

/** From where all runs have a value to where the first one ends. @param {readonly Curve[]} curves @returns {Pick<SeedBand, 'xs' | 'low' | 'middle' | 'high'>} */
export function bandOf(curves) {
  const known = curves.map(({ xs, ys }) => xs.filter((_, i) => ys[i] !== null));
  const from = Math.max(...known.map((xs) => xs[0] ?? Infinity)), to = Math.min(...known.map((xs) => xs.at(-1) ?? -Infinity));
  const xs = from > to || curves.length === 0 ? [] : [...new Set(Array.from({ length: POINTS + 1 }, (_, i) => Math.round(from + (to - from) * i / POINTS)))];
  const columns = xs.map((x) => curves.map((curve) => heightAt(curve, x)));
  return { xs, low: columns.map((values) => quantile(values, 0.25)), middle: columns.map(iqm), high: columns.map((values) => quantile(values, 0.75)) };
}

/** Where the line between the points beside a step is. @param {Curve} curve @param {number} x  not outside of them */
function heightAt({ xs, ys }, x) {
  let [before, after] = [NaN, NaN], [from, to] = [-Infinity, Infinity];
  for (let i = 0; i < xs.length && to === Infinity; i++) {
    const y = ys[i];
    if (y === null) continue;
    if (xs[i] <= x) [from, before] = [xs[i], y];
    else [to, after] = [xs[i], y];
  }
  return from === x || to === Infinity ? before : before + (after - before) * (x - from) / (to - from);
}

/**
 * What runs of several seeds have come to.
 * @param {readonly { seed: number, score: number, solvedAt: number | null }[]} runs @param {number | null} threshold
 * @returns {Pick<SeedBand, 'seeds' | 'final' | 'solved'>}
 */
export function summaryOf(runs, threshold) {
  const scores = runs.map(({ score }) => score);
  return {
    seeds: runs.map(({ seed }) => seed), solved: threshold === null ? null : runs.filter(({ solvedAt }) => solvedAt !== null).length,
    final: { iqm: iqm(scores), low: quantile(scores, 0.25), high: quantile(scores, 0.75) },
  };
}
