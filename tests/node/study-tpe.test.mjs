// SPDX-License-Identifier: MIT
// TPE, importances and the mathematics under them. The numbers of Parzen estimators and of PED-ANOVA are from a script in Python that writes down
// Optuna's formulas (parzen_estimator.py, scott_parzen_estimator.py) with math.erf, without a line of ours.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { createStudy } from '../../web/bellhop-studies.mjs';
import { load } from '../../web/node/node.mjs';
import { exp, log, normalCdf, normalQuantile } from '../../web/lib/study/exact-math.mjs';
import { importances } from '../../web/lib/study/importance.mjs';
import { parzen, weightsOf } from '../../web/lib/study/parzen.mjs';
import { drawn, streamOf } from '../../web/lib/study/study-space.mjs';
import { mean } from '../../web/lib/statistics.mjs';
import { ACROBOT, ranStudy } from './study-cases.mjs';

/** @type {any} */
let bh;
before(async () => void (bh = await load()));

/** @param {number} low @param {number} high @param {number} step @param {boolean} isLog */
const range = (low, high, step, isLog) => ({ key: 'x', low, high, step, isLog, size: step === 0 ? Infinity : Math.round((high - low) / step) + 1 });
/** @param {any[]} values */
const list = (values) => ({ ...range(0, values.length - 1, 1, false), values });
const near = (/** @type {number} */ a, /** @type {number} */ b, tolerance = 1e-10) => assert.ok(Math.abs(a - b) <= tolerance, `${a} is not ${b}`);
/** Of continuous densities a constant is left out. */
const CONSTANT = Math.log(Math.sqrt(2 * Math.PI));

test('exp, log and the normal distribution are right', () => {
  const random = streamOf('math');
  for (let i = 0; i < 20_000; i++) {
    const x = (random() - 0.5) * 1400, y = Math.exp((random() - 0.5) * 1400);
    near(exp(x) / Math.exp(x), 1, 1e-15);
    near(log(y), Math.log(y), 1e-13);
    const p = random();
    near(normalCdf(normalQuantile(p)), p, 1e-8);
  }
  assert.deepEqual([exp(-800), exp(800), exp(0), log(1), log(0), log(5e-324)], [0, Infinity, 1, 0, -Infinity, Math.log(5e-324)]);
  assert.ok(Number.isNaN(exp(NaN)) && Number.isNaN(log(-1)) && log(Infinity) === Infinity);
  for (const [x, share] of [[0, 0.5], [1, 0.8413447460685429], [-2, 0.02275013194817921], [3.5, 0.9997673709209645]]) near(normalCdf(x) / share, 1, 1e-12);
  near(normalCdf(-8) / 6.220960574271785e-16, 1, 1e-7);
});

/** Dimension, observations, and the logarithm of the density at some values. @type {[any, any[], [any, number][]][]} */
const ESTIMATORS = [
  [range(0, 1, 0, false), [0.2, 0.25, 0.9], [[0.1, 0.19701038833413453], [0.5, -0.0011850521626379888], [0.95, -0.4047267072101873]]],
  [range(1e-5, 1e-1, 0, true), [1e-4, 3e-4, 1e-2, 2e-5], [[2e-5, -1.9676603588242585], [1e-3, -2.211444049446969], [5e-2, -2.933340727414501]]],
  [range(8, 2048, 1, true), [16, 64, 100], [[8, -3.892146175127395], [50, -5.225866163119814], [2000, -10.650365032886192]]],
  [range(0, 1, 0.25, false), [0.25, 0.5], [[0, -1.698450509669149], [0.5, -1.3295569863900516], [1, -2.264376594716936]]],
  [range(0, 1, 0, false), Array.from({ length: 30 }, (_, i) => ((i * 37) % 100) / 100), [[0.1, -0.07677027638607786], [0.5, 0.002768850880724121], [0.95, 0.10510248687801745]]],
  [list([0, 1, 2, 3]), [0, 0, 2], [[0, -0.9007865453381898], [1, -1.8562979903656263], [2, -1.2685113254635072], [3, -1.8562979903656263]]],
  [list([0, 1, 2, 3]), Array.from({ length: 30 }, (_, i) => i % 3), [[0, -1.1752351945585797], [1, -1.127865681491884], [2, -1.1049966403331177], [3, -3.315436265306319]]],
];

test('Parzen estimators have the densities of Optuna\'s', () => {
  for (const [dimension, observed, densities] of ESTIMATORS) {
    const { logDensity } = parzen(dimension, observed);
    for (const [value, wanted] of densities) near(logDensity(value) - (dimension.values || dimension.step > 0 ? 0 : CONSTANT), wanted);
  }
  assert.deepEqual(weightsOf(3), [1, 1, 1]);
  assert.deepEqual([weightsOf(26)[0], weightsOf(28).slice(0, 4)], [1 / 26, [1 / 28, 1 / 28 + (1 - 1 / 28) / 2, 1, 1]]);
});

test('samples are distributed as their density says', () => {
  for (const [dimension, observed] of ESTIMATORS) {
    const { sample, logDensity } = parzen(dimension, observed), random = streamOf(`samples ${observed.length}`), n = 4000;
    const samples = Array.from({ length: n }, () => sample(random));
    const inner = (/** @type {number} */ value) => dimension.isLog ? Math.log(value) : value;
    const [low, high] = dimension.isLog ? [Math.log(dimension.low), Math.log(dimension.high)] : [dimension.low, dimension.high];
    /** The share below some values, by sums over the density. */
    const grid = dimension.values ?? (dimension.step > 0 ? Array.from({ length: dimension.size }, (_, i) => dimension.low + i * dimension.step) : Array.from({ length: 2000 }, (_, i) => drawn(dimension, (i + 0.5) / 2000)));
    const width = dimension.values || dimension.step > 0 ? 1 : (high - low) / 2000 / Math.sqrt(2 * Math.PI);
    let below = 0, worst = 0;
    const order = samples.map(inner).sort((a, b) => a - b);
    let at = 0;
    for (const value of grid) {
      below += Math.exp(logDensity(value)) * width;
      while (at < n && order[at] <= inner(value) + (dimension.values || dimension.step > 0 ? 1e-9 : (high - low) / 4000)) at++;
      worst = Math.max(worst, Math.abs(at / n - below));
    }
    near(below, 1, 1e-4);
    assert.ok(worst < 0.03, `${worst} apart`); // Kolmogorov-Smirnov: 1.63 / sqrt(4000) = 0.026 in one of a hundred
    assert.ok(samples.every((value) => dimension.values ? dimension.values.includes(value) : value >= dimension.low && value <= dimension.high));
  }
});

test('importances are those of Optuna\'s PED-ANOVA', () => {
  const trials = Array.from({ length: 20 }, (_, i) => ({
    params: { lr: 10 ** (-4 + 3 * ((i * 7) % 20) / 19), n: 1 + (i * 11) % 100, e: 8 + (i * 531) % 2000, a: i % 3, one: 1 },
    score: -Math.abs(((i * 7) % 20) - 6) - 0.01 * ((i * 11) % 100),
  }));
  const dimensions = [{ ...range(1e-4, 0.1, 0, true), key: 'lr' }, { ...range(1, 100, 1, false), key: 'n' }, { ...range(8, 2048, 1, true), key: 'e' }, { ...list([0, 1, 2]), key: 'a' }, { ...list([1]), key: 'one' }];
  const found = importances({ dimensions, metric: { name: 'eval/mean_reward', goal: 'maximize' } }, trials);
  assert.deepEqual(Object.keys(found), ['lr', 'e', 'a', 'n', 'one']);
  for (const [key, wanted] of Object.entries({ lr: 0.8733617262518981, n: 0.0015536531724587442, e: 0.10683567596434779, a: 0.018248944611295385, one: 0 })) near(found[key], wanted);
  assert.deepEqual(importances({ dimensions, metric: { name: '', goal: 'maximize' } }, trials.slice(0, 2)), {});
});

test('TPE comes nearer to the best than random trials do', () => {
  const bestOf = (/** @type {string} */ method, /** @type {number} */ seed) => Number(ranStudy(bh, { run_cap: 40, parallel: 1, seeds: [0], method, seed }).best()?.score);
  const pairs = Array.from({ length: 20 }, (_, seed) => [bestOf('tpe', seed), bestOf('random', seed)]);
  const wins = pairs.filter(([tpe, random]) => tpe > random).length;
  assert.ok(wins >= 14, `${wins} of 20`);
  assert.ok(mean(pairs.map(([tpe]) => tpe)) > 0.75 * mean(pairs.map(([, random]) => random))); // both are below 0, which cannot be had
});

test('TPE keeps away from what diverges, and from what fails', () => {
  const made = createStudy(bh, { ...ACROBOT, method: 'tpe', run_cap: 60, parallel: 1, seeds: [0] });
  for (let job = made.ask(); job; job = made.ask()) {
    const rate = Number(job.options.learningRate), isOff = job.options.activation === 'relu';
    made.tell({ id: job.id, outcome: isOff ? 'failed' : rate > 1e-3 ? 'diverged' : 'finished', score: isOff || rate > 1e-3 ? null : 1, timesteps: 1, fingerprint: '' });
  }
  const high = (/** @type {any[]} */ trials) => trials.filter(({ params }) => params.learningRate > 1e-3).length / trials.length;
  const [early, late] = [made.trials.slice(0, 20), made.trials.slice(-30)];
  assert.ok(high(early) > 0.3 && high(late) < 0.25, `${high(early)}, then ${high(late)}`);
  const failed = made.trials.filter(({ state }) => state === 'failed').length;
  assert.ok(failed < 20, `${failed} of 60 failed`);
});
