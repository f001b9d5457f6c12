// SPDX-License-Identifier: MIT
// Runs of several seeds beside another one: the numbers of the library, the band over their curves, cancelling.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { recipeOf, plainSetup } from '../../web/lab/run-setup.mjs';
import { bandOf, summaryOf } from '../../web/lab/seed-band.mjs';
import { runSeeds } from '../../web/lab/seed-runs.mjs';
import { load } from '../../web/node/node.mjs';
import { startTrainer } from './experiments.mjs';

/** @type {Awaited<ReturnType<typeof startTrainer>>} */
let started;

before(async () => {
  started = await startTrainer({ text: false });
});
after(() => started.end());

const OPTIONS = { totalTimesteps: 1500, evalFreq: 500 };

/** @param {number[]} seeds */
function recipes(seeds) {
  const setup = plainSetup(/** @type {any} */ (started.trainer.catalog), 'GridWorld-v0', 'q-learning');
  return seeds.map((seed) => ({ seed, recipe: recipeOf({ ...setup, seed, options: OPTIONS }) }));
}

test('the band: interquartile mean and middle half where all curves are', () => {
  const curve = (/** @type {number} */ from, /** @type {number} */ value, /** @type {number} */ to) => ({ xs: [from, from + 1, to], ys: [null, value, value + 10] });
  const curves = [curve(0, 0, 101), curve(1, 10, 102), curve(2, 20, 103), curve(0, 30, 101), curve(0, 40, 101)];
  const { xs, low, middle, high } = bandOf(curves);
  assert.deepEqual([xs[0], xs.at(-1)], [3, 101]);
  assert.ok(xs.every((x, i) => i === 0 || x > xs[i - 1]) && xs.length <= 121);
  const at = (/** @type {number} */ x, /** @type {readonly number[]} */ of) => of[xs.indexOf(x)];
  assert.deepEqual([at(3, low), at(3, middle), at(3, high)].map((y) => Number(y.toFixed(2))), [10.1, 20.1, 30.2], 'on the lines between the points');
  assert.deepEqual([at(101, low), at(101, middle), at(101, high)].map((y) => Number(y.toFixed(2))), [19.9, 29.9, 40], 'the middle three, of which two end later');
  assert.deepEqual(bandOf([{ xs: [5, 5, 9], ys: [1, 3, 7] }]).middle.slice(0, 3), [3, 4, 5], 'two at the same step: the later one');
  assert.deepEqual(bandOf([curve(1, 0, 10), curve(20, 0, 30)]).xs, []);
  assert.deepEqual(bandOf([{ xs: [], ys: [] }]).xs, []);
  assert.deepEqual(bandOf([]).xs, []);
});

test('the summary: scores, and how many solved it', () => {
  const runs = [5, 1, 2, 3, 4].map((score, i) => ({ seed: i, score, solvedAt: score > 3 ? 10 : null }));
  assert.deepEqual(summaryOf(runs, 3.5), { seeds: [0, 1, 2, 3, 4], solved: 2, final: { iqm: 3, low: 2, high: 4 } });
  assert.equal(summaryOf(runs, null).solved, null);
});

test('each seed is the run that the library makes of it, and its score that of the best parameters', async () => {
  const bh = await load();
  /** @type {number[]} */
  const told = [];
  const runs = await runSeeds(started.trainer, {
    recipes: recipes([3, 4]), steps: 1500, window: 20, evaluation: { which: 'best' }, signal: new AbortController().signal, tell: ({ seed, done, step }) => told.push(seed, done, step),
  });
  assert.deepEqual(runs.map(({ seed }) => seed), [3, 4]);
  for (const { seed, score, solvedAt, history } of runs) {
    const env = bh.make('GridWorld-v0');
    const model = new bh.models['q-learning'](env, { ...OPTIONS, seed });
    /** @type {number[]} */
    const returns = [];
    await model.learn({ onProgress: ({ records }) => void records.forEach((record) => record.type === 'episode' && returns.push(record.return)) });
    assert.equal(score, model.evaluate({ which: 'best' }).mean);
    assert.equal(history.episodes, returns.length);
    assert.ok(Math.abs(history.meanReturn - returns.slice(-20).reduce((sum, r) => sum + r, 0) / 20) < 1e-9);
    assert.ok(solvedAt === null || solvedAt % 500 === 0);
    model.dispose();
    env.dispose();
  }
  assert.deepEqual([told[0], told.at(-2), told.at(-1)], [3, 1, 1500]);
});

test('cancelled, it rejects with the reason, and leaves nothing in the worker', async () => {
  const before = await started.trainer.liveBytes();
  const stop = new AbortController();
  const plan = { recipes: recipes([1, 2]), steps: 1500, window: 20, evaluation: null, signal: stop.signal, tell: () => stop.abort('enough') };
  await assert.rejects(runSeeds(started.trainer, plan), (error) => error === 'enough');
  await assert.rejects(runSeeds(started.trainer, plan), (error) => error === 'enough');
  assert.equal(await started.trainer.liveBytes(), before);
});

test('a recipe that is refused rejects', async () => {
  const plan = { steps: 10, window: 20, evaluation: null, signal: new AbortController().signal, tell: () => {} };
  await assert.rejects(runSeeds(started.trainer, { ...plan, recipes: [{ seed: 0, recipe: { env: 'GridWorld-v0', algo: 'q-learning', options: { gamma: 7 } } }] }), /gamma/);
});
