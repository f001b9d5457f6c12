// SPDX-License-Identifier: MIT
// The parts of a chart that are numbers alone: ranges, ticks, places of labels, rows of several series, and the schedule and the
// keys that the charts of a lab share.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { heightsOf, lastPoint, merge, visibleValues } from '../../web/lab/charts/chart-data.mjs';
import { LINE_PX, apart, lineFor } from '../../web/lab/charts/chart-labels.mjs';
import { decimalsOf, linearRange, logRange, makeScale, ticksOf } from '../../web/lab/charts/chart-scale.mjs';
import { roundEnd, valueAt } from '../../web/lab/charts/chart-steps.mjs';
import { ChartGroup } from '../../web/lab/charts/chart-group.mjs';

// ---- ranges and ticks ----

test('any values, however large or small, have two labelled ticks or more inside the range', () => {
  const values = [0, 1e-300, 3e-8, 0.02, 0.5, 1, 7, 475, 1e6, 3e17, 1e30, 2e120, 1e299, Infinity, NaN];
  for (const a of values) {
    for (const b of values) {
      for (const list of [[a, b], [-a, b], [-a, -b], [a]]) {
        for (const log of [true, false]) {
          for (const most of [1, 2, 3, 5, 7]) {
            const range = log ? logRange(list) : linearRange(list, 'near');
            const scale = makeScale(range, log);
            const ticks = ticksOf(scale, most);
            const about = `${list} ${log} ${most}: ${range}, ${ticks}`;
            assert.ok(range.every(Number.isFinite) && range[0] < range[1], about);
            assert.ok(ticks.length >= 2 && ticks.length <= Math.max(2, most), about);
            assert.ok(ticks.every((y, i) => y > (ticks[i - 1] ?? -Infinity) && scale.at(y) > -1e-6 && scale.at(y) < 1 + 1e-6), about);
            for (const y of list) assert.ok(scale.edge(y) !== null || (scale.at(y) >= 0 && scale.at(y) <= 1), about);
          }
        }
      }
    }
  }
});

test('a log axis has the loss of a diverged run from its beginning, with powers of ten', () => {
  const losses = Array.from({ length: 46 }, (_, i) => 10 ** (i - 2));
  const range = logRange(losses);
  assert.deepEqual(range, [1e-2, 1e43]);
  assert.deepEqual(ticksOf(makeScale(range, true), 3), [1e-2, 1e21]);
  assert.deepEqual(ticksOf(makeScale(range, true), 4), [1e-2, 1e13, 1e28, 1e43]);
});

test('a log axis follows a loss that falls, and leaves single tiny values and 0 to the edge', () => {
  assert.deepEqual(logRange([0.3, 0.02, 0.001]), [1e-3, 1]);
  assert.deepEqual(logRange([0.3, 0.1, 0.05]), [0.02, 0.5]);
  assert.deepEqual(logRange(Array(20).fill(1e-25).concat(1)), [1e-25, 1], 'where most values are that small');
  const scale = makeScale(logRange([1, 0.5, 0.1, 1e-25, 0]), true);
  assert.deepEqual([scale.low, scale.high], [0.05, 2]);
  assert.deepEqual([1e-25, 0, -1, Infinity, NaN, 0.1].map(scale.edge), ['bottom', 'bottom', 'bottom', 'top', 'none', null]);
  assert.deepEqual(logRange([]), [1e-3, 1]);
  assert.deepEqual(logRange([20], [1.2, 150]), [1, 1000], 'levels belong to it');
});

test('ticks of a log axis are as dense as there is room', () => {
  const perplexity = makeScale([2, 100], true);
  assert.deepEqual(ticksOf(perplexity, 7), [2, 5, 10, 20, 50, 100]);
  assert.deepEqual(ticksOf(perplexity, 4), [3, 10, 30, 100]);
  assert.deepEqual(ticksOf(makeScale([1e-3, 1], true), 4), [1e-3, 1e-2, 0.1, 1]);
});

test('a linear axis has 0, unless it is far away and only near ones were asked for', () => {
  assert.equal(linearRange([3, 5], true)[0], 0);
  assert.ok(linearRange([-200, -20], 'near')[1] > 0);
  assert.ok(linearRange([-200, -110], 'near')[1] < 0);
  assert.deepEqual(linearRange([], true), [0, 1]);
  assert.deepEqual(linearRange([0, 0], true), [0, 1]);
  assert.deepEqual(ticksOf(makeScale([-1.1, 1.1], false), 6), [-1, -0.5, 0, 0.5, 1]);
});

test('decimals of ticks tell neighbours apart', () => {
  assert.equal(decimalsOf([0, 0.5, 1]), 1);
  assert.equal(decimalsOf([0, 0.02]), 2);
  assert.equal(decimalsOf([0, 200]), 0);
  assert.equal(decimalsOf([0, 5e29]), null);
  assert.equal(decimalsOf([0, 1e-9]), null);
});

test('the x axis ends in round numbers', () => {
  assert.deepEqual([0, 1, 100, 101, 1710, 8021, 99_999].map(roundEnd), [1, 1, 100, 125, 2000, 10_000, 100_000]);
});

// ---- data ----

test('series over different steps share one axis; rows of one step stay apart and in order', () => {
  const shared = [1, 3, 3, 5];
  const { xs, columns } = merge([
    { xs: shared, ys: [10, 30, null, 50] }, { xs: shared, ys: [null, null, 31, null] }, { xs: [2, 3, 9], ys: [20, 33, 90] }, { xs: [], ys: [] },
  ]);
  assert.deepEqual(xs, [1, 2, 3, 3, 3, 5, 9]);
  assert.deepEqual(columns, [
    [10, null, 30, null, null, 50, null], [null, null, null, 31, null, null, null], [null, 20, null, null, 33, null, 90], Array(7).fill(null),
  ]);
});

test('values at a step are the last known ones', () => {
  const xs = [1, 3, 3, 5], ys = [10, 30, null, null];
  assert.deepEqual([0, 1, 2.9, 3, 100].map((x) => valueAt(xs, ys, x)), [null, 10, 10, 30, 30]);
  assert.equal(valueAt([], [], 3), null);
  assert.deepEqual(lastPoint({ xs, ys }, 9), { x: 3, y: 30 });
  assert.equal(lastPoint({ xs, ys }, 0), null);
});

test('the range of y is that of what is visible, or else of its neighbours', () => {
  const series = [{ xs: [0, 10, 20, 30], ys: [1, null, 3, 4] }];
  assert.deepEqual(visibleValues(series, [0, 20]), [1, 3]);
  assert.deepEqual(visibleValues(series, [21, 29]), [3, 4]);
  assert.deepEqual(visibleValues(series, [0, 5]), [1]);
});

test('what has no height is at an edge, and none is dropped', () => {
  const scale = makeScale([0.01, 1], true);
  const { heights, edges } = heightsOf([1, 2, 3, 4, 5, 6], [0.1, 0, NaN, Infinity, null, 1], scale, 2, [0, 10]);
  assert.deepEqual(heights, [0.5, 0, null, 1, null, 1]);
  assert.deepEqual(edges, [{ x: 2, series: 2, edge: 'bottom' }, { x: 3, series: 2, edge: 'none' }, { x: 4, series: 2, edge: 'top' }]);
  assert.deepEqual(heightsOf([1, 2], [0.1, 10], scale, 0, [0, 1]).heights, [0.5, 1.5], 'a line leaves the plot where it should');
});

// ---- labels ----

test('labels do not overlap, stay inside and keep their order', () => {
  const box = { top: 100, height: 200 };
  const ys = [90, 150, 152, 154, 151, 299, 310, 220];
  const placed = apart(ys.map((y) => ({ y, was: y })), 15, box);
  assert.deepEqual(placed.map(({ was }) => was), [...ys].sort((a, b) => a - b));
  placed.forEach(({ y }, i) => {
    assert.ok(y >= 107.5 - 1e-9 && y <= 292.5 + 1e-9, String(y));
    assert.ok(i === 0 || y - placed[i - 1].y >= 15 - 1e-6, `${placed[i - 1]?.y} and ${y}`);
  });
  assert.deepEqual(apart([{ y: 200 }, { y: 150 }], 15, box), [{ y: 150 }, { y: 200 }], 'where there is room they stay');
});

test('where a dozen labels have little room, lines and letters are smaller, so that all are inside and none overlap', () => {
  assert.deepEqual(lineFor(3, 152), { line: LINE_PX, font: 12 });
  const box = { top: 8, height: 152 }, { line, font } = lineFor(12, box.height);
  assert.ok(line < LINE_PX && font <= line && line * 12 <= box.height + 1e-9, `${line}, ${font}`);
  const placed = apart(Array.from({ length: 12 }, (_, i) => ({ y: 80 + i })), line, box);
  placed.forEach(({ y }, i) => assert.ok(y - line / 2 >= box.top - 1e-6 && y + line / 2 <= box.top + box.height + 1e-6 && (i === 0 || y - placed[i - 1].y >= line - 1e-6), String(y)));
  assert.ok(lineFor(100, 152).font >= 8, 'letters that nobody can read help nobody');
});

// ---- the group ----

/** A page whose frames come when they are asked for. */
function fakePage() {
  /** @type {((now: number) => void)[]} */
  let frames = [];
  const observed = new Set();
  Object.assign(globalThis, {
    requestAnimationFrame: (/** @type {(now: number) => void} */ frame) => frames.push(frame),
    cancelAnimationFrame: () => (frames = []),
    ResizeObserver: class {
      observe = (/** @type {object} */ node) => observed.add(node);
      unobserve = (/** @type {object} */ node) => observed.delete(node);
      disconnect = () => observed.clear();
    },
  });
  return {
    observed, waits: () => frames.length,
    frame() {
      const [due] = [frames];
      frames = [];
      due.forEach((frame) => frame(performance.now()));
    },
  };
}

/** @param {ChartGroup} group @param {string} name @param {string[]} log @returns {any} */
function fakeChart(group, name, log) {
  const chart = {
    holder: {}, end: 1000, draw: () => log.push(name), place: (/** @type {number | null} */ x) => log.push(`${name}@${x}`), resize: () => {},
    destroy: () => group.remove(/** @type {any} */ (chart)),
  };
  group.add(/** @type {any} */ (chart));
  return chart;
}

const rest = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

test('a group draws one chart per frame, each at most every 160 ms, and rests without changes', async () => {
  const page = fakePage();
  const group = new ChartGroup();
  /** @type {string[]} */
  const log = [];
  const charts = ['a', 'b', 'c'].map((name) => fakeChart(group, name, log));
  for (let i = 0; i < 3; i++) {
    page.frame();
    assert.equal(log.length, i + 1);
  }
  page.frame();
  assert.deepEqual(log, ['a', 'b', 'c']);
  assert.equal(page.waits(), 0, 'nothing waits for a frame');
  group.changed(charts[1]);
  assert.equal(page.waits(), 0, 'it is too early');
  await rest(180);
  page.frame();
  assert.deepEqual(log.slice(3), ['b'], 'only what changed');
  group.suspend();
  group.changed(charts[0]);
  await rest(180);
  assert.equal(page.waits(), 0, 'nothing is drawn out of view');
  group.resume();
  page.frame();
  assert.deepEqual(log.slice(4), ['a']);
  group.destroy();
  assert.equal(page.observed.size + page.waits(), 0);
});

test('a group has one cursor and one zoom, and keys for both', () => {
  const page = fakePage();
  const group = new ChartGroup();
  /** @type {string[]} */
  const log = [];
  fakeChart(group, 'a', log);
  page.frame();
  const key = (/** @type {string} */ name) => group.onKey(/** @type {any} */ ({ key: name, preventDefault() {} }));
  /** @type {any[]} */
  const told = [];
  group.addEventListener('cursor', (event) => told.push(event));
  assert.deepEqual(group.range, [0, 1000]);
  for (const [name, cursor] of /** @type {const} */ ([['ArrowLeft', 990], ['PageDown', 890], ['ArrowRight', 900], ['Home', 0], ['ArrowLeft', 0], ['End', 1000]])) {
    assert.ok(key(name));
    assert.equal(group.cursor, cursor, name);
  }
  assert.ok(told.every(({ byKey }) => byKey) && log.includes('a@890'));
  group.moveCursor(400);
  assert.equal(told.at(-1).byKey, false);
  key('+');
  assert.deepEqual(group.zoom, [150, 650]);
  key('+');
  assert.deepEqual(group.range, [275, 525]);
  key('-');
  assert.deepEqual(group.zoom, [150, 650]);
  key('End');
  assert.deepEqual([group.cursor, group.zoom], [1000, [500, 1000]], 'the range follows the cursor');
  key('0');
  assert.equal(group.zoom, null);
  group.setZoom([-50, 100]);
  assert.deepEqual(group.zoom, [0, 150], 'it stays inside');
  group.setZoom([70.1, 70.2]);
  assert.equal(group.range[1] - group.range[0], 4, 'steps are whole');
  key('Escape');
  assert.deepEqual([group.cursor, group.zoom], [null, null]);
  assert.equal(key('x'), false);
  group.destroy();
});
