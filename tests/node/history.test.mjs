// SPDX-License-Identifier: MIT
// The page's history of a run: however many episodes and evaluations, a chart has some hundred points of either, evenly spread.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { History } from '../../web/page/history.mjs';

const WIDTH = 5;

test('evaluations and episodes are thinned apart, each evenly', () => {
  const history = new History(10);
  for (let step = 1; step <= 40_000; step++) {
    history.add(Float64Array.from([1, step, 1, 1, 0]), WIDTH, null);
    if (step % 5 === 0) history.add(Float64Array.from([3, step, 2, 0, 0]), WIDTH, null);
  }
  const [xs, returns, means, evaluations] = history.returns;
  const evaluated = xs.filter((_, i) => evaluations[i] !== null);
  const ended = xs.filter((_, i) => returns[i] !== null);
  assert.equal(history.drawnEvaluations, evaluated.length);
  assert.ok(evaluated.length >= 60 && evaluated.length <= 120, `${evaluated.length} evaluations`);
  assert.ok(ended.length >= 500 && ended.length <= 1000, `${ended.length} episodes`);
  for (const list of [evaluated, ended]) {
    const gaps = list.slice(1).map((x, i) => x - list[i]);
    assert.ok(Math.max(...gaps) <= 2 * Math.min(...gaps), `gaps from ${Math.min(...gaps)} to ${Math.max(...gaps)}`);
  }
  assert.equal(history.stride, 64);
  assert.equal(means.findLast((mean) => mean !== null), 1);
});

test('what is latest is neither thinned out nor averaged', () => {
  const history = new History(10);
  for (let step = 1; step <= 40_000; step++) {
    const records = [[1, step, step % 3, 1, 0], ...step % 5 === 0 ? [[2, step, step === 40_000 ? 0 : 1, step, 0.5], [3, step, step, 0, 0]] : []];
    history.add(Float64Array.from(records.flat()), WIDTH, step / 2);
  }
  assert.deepEqual(history.latestTrain, [40_000, 0, 40_000, 0.5, 20_000]);
  assert.equal(history.latestEval, 40_000);
  assert.ok(Number(history.train[2].at(-1)) < 40_000 && history.trainStride > 1, 'the chart has means');
});
