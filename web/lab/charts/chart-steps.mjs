// SPDX-License-Identifier: MIT
// The steps that charts are over: where the axis ends, and values at a step. Apart from what draws: panels write such values as text, too.

/** Ends of an x axis, in powers of ten. */
const ENDS = [1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];

/** The x axis to show a run of so many steps: with room ahead, in round numbers. @param {number} steps */
export function roundEnd(steps) {
  if (!(steps > 0)) return 1;
  const unit = 10 ** Math.floor(Math.log10(steps));
  return (ENDS.find((m) => m * unit >= steps) ?? 10) * unit;
}

/** The last known value up to x; null before the first. @param {ArrayLike<number>} xs @param {ArrayLike<number | null>} ys @param {number} x */
export function valueAt(xs, ys, x) {
  let low = 0, high = xs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (xs[middle] <= x) low = middle + 1;
    else high = middle;
  }
  for (let i = low - 1; i >= 0; i--) if (ys[i] !== null && ys[i] !== undefined) return Number(ys[i]);
  return null;
}
