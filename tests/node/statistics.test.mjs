// SPDX-License-Identifier: MIT
// Statistics against numbers worked out by hand, and intervals against what a bootstrap must do.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bootstrapInterval, iqm, mean, median, quantile, std } from '../../web/lib/statistics.mjs';

test('mean, std, median', () => {
  assert.equal(mean([1, 2, 6]), 3);
  // Squared distances from 5: 9 1 1 1 0 0 4 16, mean 4.
  assert.equal(std([2, 4, 4, 4, 5, 5, 7, 9]), 2);
  assert.deepEqual([median([9, 1, 5]), median([4, 1, 3, 2]), median([7])], [5, 2.5, 7]);
  assert.equal(median([1, Infinity, Infinity]), Infinity);
  assert.equal(median([Infinity, 3, 1]), 3);
  for (const statistic of [mean, std, median, iqm]) assert.ok(Number.isNaN(statistic([])), statistic.name);
});

test('interquartile mean: a quarter, rounded down, is left out at either end, as scipy.stats.trim_mean(x, 0.25)', () => {
  assert.equal(iqm([100, 1, 2, -50]), 1.5); // n = 4, 1 out: 1 2
  assert.equal(iqm([0, 1, 2, 4, 90]), (1 + 2 + 4) / 3); // n = 5, floor(1.25) = 1 out
  assert.equal(iqm([0, 1, 2, 3, 4, 50]), (1 + 2 + 3 + 4) / 4); // n = 6, floor(1.5) = 1 out
  assert.equal(iqm([0, 1, 2, 6, 4, 5, 50]), (1 + 2 + 4 + 5 + 6) / 5); // n = 7, floor(1.75) = 1 out
  assert.equal(iqm([8, 7, 6, 5, 4, 3, 2, 1]), 4.5); // n = 8, 2 out: 3 4 5 6
  // n = 10, floor(2.5) = 2 out, so 6 of 10 are in: 9 16 25 36 49 64. Squares, in an order that sorting must undo.
  assert.equal(iqm([100, 1, 64, 4, 36, 9, 25, 16, 81, 49]), (9 + 16 + 25 + 36 + 49 + 64) / 6);
  assert.equal(iqm([1, 2, 9]), 4); // n = 3, none out
  assert.equal(iqm([9, 10, 100, 1]), 9.5, 'numbers are not sorted as text');
});

test('quantile: linear between neighbours', () => {
  const values = [40, 10, 30, 20];
  assert.deepEqual([0, 1 / 3, 0.5, 0.975, 1].map((share) => Math.round(quantile(values, share) * 1e9) / 1e9), [10, 20, 25, 39.25, 40]);
  assert.equal(quantile([5], 0.3), 5);
});

test('bootstrap: same arguments, same interval; the arguments stay as they are', () => {
  const scores = Object.freeze([3, 1, 4, 1, 5, 9, 2, 6]);
  const interval = bootstrapInterval([scores], iqm);
  assert.deepEqual(bootstrapInterval([scores], iqm), interval);
  assert.notDeepEqual(bootstrapInterval([scores], mean, { seed: 1 }), bootstrapInterval([scores], mean, { seed: 2 }));
  assert.ok(interval[0] < iqm(scores) && iqm(scores) < interval[1]);
  assert.ok(interval[0] >= 1 && interval[1] <= 9);
});

test('bootstrap: all alike, nothing to vary', () => {
  assert.deepEqual(bootstrapInterval([[7, 7, 7]], iqm), [7, 7]);
  assert.deepEqual(bootstrapInterval([[7]], mean), [7, 7]);
});

test('bootstrap of the mean of a coin: binomial quantiles', () => {
  // 100 scores, half of them 1: the mean of a resample is Binomial(100, 0.5) / 100, whose 2.5 % and 97.5 % quantiles
  // are 0.40 and 0.60 (standard deviation 0.05, times 1.96). 20,000 resamples: the quantiles vary by less than 0.01.
  const scores = Array.from({ length: 100 }, (_, i) => i % 2);
  const [low, high] = bootstrapInterval([scores], mean, { resamples: 20_000 });
  assert.ok(Math.abs(low - 0.4) <= 0.0101 && Math.abs(high - 0.6) <= 0.0101, `${low} ${high}`);
  const [lower, higher] = bootstrapInterval([scores], mean, { resamples: 20_000, confidence: 0.5 });
  assert.ok(lower > low && higher < high);
});

test('bootstrap: strata keep their sizes', () => {
  // Whatever is drawn, three of four scores are 0 and one is 8.
  assert.deepEqual(bootstrapInterval([[0, 0, 0], [8]], mean), [2, 2]);
  const drawn = /** @type {number[]} */ ([]);
  bootstrapInterval([[1, 2], [10, 20, 30]], (scores) => {
    drawn.push(scores.filter((score) => score < 10).length, scores.length);
    return 0;
  }, { resamples: 50 });
  assert.equal(drawn.length, 100);
  assert.ok(drawn.every((n, i) => n === (i % 2 === 0 ? 2 : 5)));
});

test('bootstrap: every score is drawn about as often', () => {
  const counts = [0, 0, 0, 0, 0];
  bootstrapInterval([[0, 1, 2, 3, 4]], (scores) => {
    scores.forEach((i) => counts[i]++);
    return 0;
  });
  // 10,000 draws of 5: 2,000 each, standard deviation 40.
  assert.ok(counts.every((count) => Math.abs(count - 2000) < 200), String(counts));
});
