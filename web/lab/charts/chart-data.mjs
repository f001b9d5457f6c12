// SPDX-License-Identifier: MIT
// The data of a chart on their way to uPlot: several series over one x axis, values as heights, and what is shown at an edge.

/** @typedef {import('./chart-scale.mjs').Scale} Scale */
/** @typedef {import('./chart-scale.mjs').Edge} Edge */
/** Points in the order of x; null: no value there. @typedef {{ xs: ArrayLike<number>, ys: ArrayLike<number | null> }} Points */
/** A value without a height: NaN, an infinity, or on a log scale nothing positive. @typedef {{ x: number, series: number, edge: Edge }} EdgePoint */

/**
 * All series over one x axis. Rows keep their order; those of series that share their xs stay together.
 * @param {readonly Points[]} series @returns {{ xs: number[], columns: (number | null)[][] }}
 */
export function merge(series) {
  const sources = [...new Set(series.map(({ xs }) => xs))];
  const next = sources.map(() => 0);
  /** @type {number[]} */
  const xs = [];
  /** Which source a row comes from. @type {number[]} */
  const owners = [];
  for (;;) {
    let first = -1;
    sources.forEach((source, k) => {
      if (next[k] < source.length && (first < 0 || source[next[k]] < sources[first][next[first]])) first = k;
    });
    if (first < 0) break;
    xs.push(sources[first][next[first]++]);
    owners.push(first);
  }
  const columns = series.map(({ xs: of, ys }) => {
    const source = sources.indexOf(of);
    let i = 0;
    return owners.map((owner) => (owner === source ? ys[i++] ?? null : null));
  });
  return { xs, columns };
}

/** The values between two places, and where there are none those beside them. @param {readonly Points[]} series @param {readonly [number, number]} range */
export function visibleValues(series, [from, to]) {
  /** @type {number[]} */
  const inside = [];
  /** @type {number[]} */
  const beside = [];
  for (const { xs, ys } of series) {
    for (let i = 0; i < xs.length; i++) {
      const y = ys[i];
      if (y === null || y === undefined) continue;
      if (xs[i] >= from && xs[i] <= to) inside.push(y);
      else if ((xs[i] < from && !(xs[i + 1] < from)) || (xs[i] > to && !(xs[i - 1] > to))) beside.push(y);
    }
  }
  return inside.length > 0 ? inside : beside;
}

/**
 * Heights of a column, and the places where an edge stands for a value: a line goes to the edge, NaN breaks it. Values outside
 * the range of x keep their heights, so that lines leave the plot where they should.
 * @param {ArrayLike<number>} xs @param {readonly (number | null)[]} column @param {Scale} scale @param {number} series
 * @param {readonly [number, number]} range
 * @returns {{ heights: (number | null)[], edges: EdgePoint[] }}
 */
export function heightsOf(xs, column, scale, series, [from, to]) {
  /** @type {EdgePoint[]} */
  const edges = [];
  const heights = column.map((y, i) => {
    if (y === null) return null;
    const edge = scale.edge(y);
    if (edge === null || ((xs[i] < from || xs[i] > to) && Number.isFinite(scale.at(y)))) return scale.at(y);
    edges.push({ x: xs[i], series, edge });
    return edge === 'none' ? null : Number(edge === 'top');
  });
  return { heights, edges };
}

/** The last point up to x that has a value. @param {Points} series @param {number} x @returns {{ x: number, y: number } | null} */
export function lastPoint({ xs, ys }, x) {
  for (let i = xs.length - 1; i >= 0; i--) if (xs[i] <= x && ys[i] !== null && ys[i] !== undefined) return { x: xs[i], y: Number(ys[i]) };
  return null;
}
