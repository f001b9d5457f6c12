// SPDX-License-Identifier: MIT
// The history of a run: however many episodes and evaluations, a chart has some hundred points of either, evenly spread.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { historyFrom } from '../../web/lab/history-json.mjs';
import { History } from '../../web/lab/history.mjs';

const WIDTH = 5;
const KINDS = { episode: 1, train: 2, eval: 3 };

test('evaluations and episodes are thinned apart, each evenly', () => {
  const history = new History(10, KINDS);
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
  const history = new History(10, KINDS);
  for (let step = 1; step <= 40_000; step++) {
    const records = [[1, step, step % 3, 1, 0], ...step % 5 === 0 ? [[2, step, step === 40_000 ? 0 : 1, step, 0.5], [3, step, step, 0, 0]] : []];
    history.add(Float64Array.from(records.flat()), WIDTH, step / 2);
  }
  assert.deepEqual(history.latestTrain, [40_000, 0, 40_000, 0.5, 20_000]);
  assert.equal(history.latestEval, 40_000);
  assert.ok(Number(history.train[2].at(-1)) < 40_000 && history.trainStride > 1, 'the chart has means');
});

test('a loss of 0 is a value; NaN is none, except where the run has diverged', () => {
  const history = new History(10, KINDS);
  const rows = (/** @type {number[][]} */ ...table) => Float64Array.from(table.flat());
  history.add(rows([2, 1, NaN, NaN, 1], [2, 2, 0, 0.5, 0.9], [2, 3, NaN, NaN, 0.8]), WIDTH, null);
  assert.deepEqual(history.train[1], [null, 0, null]);
  assert.deepEqual(history.latestTrain, [3, 0, 0.5, 0.8, null], 'a record without updates leaves the readouts');
  history.add(rows([2, 4, 1e30, -7, 0.7], [2, 5, Infinity, NaN, 0.6]), WIDTH, null, true);
  assert.deepEqual(history.train[1], [null, 0, null, 1e30, Infinity]);
  assert.deepEqual(history.train[2], [null, 0.5, null, -7, NaN]);
  assert.equal(history.latestTrain[1], Infinity);
});

test('the end of a diverged run is not lost in an unfinished mean', () => {
  const history = new History(10, KINDS);
  for (let step = 1; step <= 1001; step++) history.add(Float64Array.from([2, step, 1, 1, 0.5]), WIDTH, null);
  assert.equal(history.trainStride, 4);
  history.add(Float64Array.from([2, 1002, NaN, NaN, 0.5]), WIDTH, null, true);
  assert.deepEqual([history.train[0].at(-1), history.train[1].at(-1)], [1002, NaN]);
});

test('a history comes back from JSON and from a structured clone, and goes on as it would have', () => {
  const make = () => {
    const history = new History(10, KINDS);
    for (let step = 1; step <= 3000; step++) history.add(Float64Array.from([1, step, step % 7, 1, 0, 2, step, step === 2999 ? Infinity : 1 / step, step, 0.5]), WIDTH, 1);
    return history;
  };
  const [original, written] = [make(), make().toJSON()];
  for (const json of [JSON.parse(JSON.stringify(written)), structuredClone(written)]) {
    const history = historyFrom(json, KINDS);
    assert.deepEqual([history.log, history.logged], [[], 0], 'the records themselves are not in it');
    for (const each of [original, history]) Object.assign(each, { version: 0, log: [], logged: 0 });
    assert.deepEqual({ ...history }, { ...original });
    const again = make();
    for (const each of [history, again]) for (let i = 0; i < 2000; i++) each.add(Float64Array.from([1, 4000 + i, i, 1, 0, 3, 4000 + i, i, 0, 0]), WIDTH, null);
    for (const each of [history, again]) Object.assign(each, { version: 0, log: [], logged: 0 });
    assert.deepEqual({ ...history }, { ...again });
  }
});

test('what is no history is refused', () => {
  const json = new History(10, KINDS).toJSON();
  for (const bad of [null, {}, { ...json, format: 2 }, { ...json, returns: [[1], [], [], []] }, { ...json, train: [[]] }, { ...json, sum: 'x' }, { ...json, recent: ['a'] }]) {
    assert.throws(() => historyFrom(bad, KINDS), TypeError, JSON.stringify(bad));
  }
});

test('the latest records are kept as they came, up to 4 MB', () => {
  const history = new History(10, KINDS);
  const rows = (/** @type {number} */ first) => Float64Array.from({ length: 1000 * WIDTH }, (_, i) => [1, first + Math.floor(i / WIDTH), 1, 1, 0][i % WIDTH]);
  for (let n = 0; n < 300; n++) history.add(rows(1000 * n), WIDTH, null);
  history.add(new Float64Array(0), WIDTH, null);
  assert.deepEqual([history.logged, history.log.length, history.log[0][1], history.log.at(-1)?.[1]], [104 * 5000, 104, 196_000, 299_000]);
});
