// SPDX-License-Identifier: MIT
// Ranges and ticks of a chart, as numbers alone. uPlot is given heights between 0 and 1 instead of values: it writes no labels
// where numbers have more than 17 digits, which those of a diverged run have.

/** Larger numbers count as infinite: differences of them must stay finite. */
const LARGEST = 1e300;
/** Densities of ticks on a log scale, within each power of ten; the densest that fits is taken. */
const DENSITIES = [[1, 1.5, 2, 3, 5, 7], [1, 2, 5], [1, 3], [1]];
/** Above this ratio a log range has whole decades. */
const DECADES_FROM = 30;

/**
 * A y axis.
 * @typedef {object} Scale
 * @property {number} low
 * @property {number} high
 * @property {boolean} log
 * @property {(y: number) => number} at    the height of a value: 0 at the lower edge, 1 at the upper one
 * @property {(y: number) => Edge | null} edge  where a value is shown that has no height
 */
/** @typedef {'bottom' | 'top' | 'none'} Edge  none: it is not a number */
/** @typedef {[number, number]} Range */

/** @param {Range} range @param {boolean} log @param {boolean} [fixed] values outside stay at the edges @returns {Scale} */
export function makeScale([low, high], log, fixed = log) {
  const to = log ? Math.log10 : (/** @type {number} */ y) => y;
  const [from, span] = [to(low), to(high) - to(low)];
  return {
    low, high, log, at: (y) => (to(y) - from) / span,
    edge: (y) => (Number.isNaN(y) ? 'none' : y > LARGEST || (fixed && y > high) ? 'top' : y < -LARGEST || (fixed && y < low) ? 'bottom' : null),
  };
}

/** Whether a value can be drawn at a height of its own. @param {number} y */
export const isDrawable = (y) => Math.abs(y) <= LARGEST;

/**
 * The values with a margin.
 * @param {readonly number[]} values
 * @param {boolean | 'near'} zero  whether 0 is part of it; near: unless the values are so far below that it only takes room
 * @param {number} margin          of the range, above and below
 * @returns {Range}
 */
export function linearRange(values, zero = true, margin = 0.08) {
  const all = values.filter(isDrawable);
  const top = Math.max(...all);
  const isFar = top < 0 && -top > (top - Math.min(...all)) / 2;
  if (zero === true || (zero === 'near' && !isFar) || all.length === 0) all.push(0);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  if (low === high) return low === 0 ? [0, 1] : [low - Math.abs(low) / 2, high + Math.abs(high) / 2];
  const room = Math.max((high - low) * margin, Math.abs(low) * 0.01);
  return [low < 0 || zero === false ? low - room : 0, high + room];
}

/**
 * The positive values between round numbers. Tiny ones that would take all the room are left to the edge, as a loss of 0 is:
 * those below 1e-6 that lie twelve decades below the largest and six below the middle one.
 * @param {readonly number[]} values @param {readonly number[]} levels @returns {Range}
 */
export function logRange(values, levels = []) {
  const positive = values.filter((y) => y > 0 && y <= LARGEST).sort((a, b) => a - b);
  const all = [...positive, ...levels.filter((y) => y > 0 && y <= LARGEST)];
  if (all.length === 0) return [1e-3, 1];
  const max = Math.max(...all);
  const floor = Math.min(1e-6, max * 1e-12, (positive[positive.length >> 1] ?? max) * 1e-6);
  const min = Math.min(...all.filter((y) => y >= floor));
  if (max > min * DECADES_FROM) return [power(Math.floor(Math.log10(min) + 1e-9)), power(Math.ceil(Math.log10(max) - 1e-9))];
  return [below(min * 0.97), above(max * 1.03)];
}

const power = (/** @type {number} */ exponent) => Number(`1e${exponent}`);
const exponentOf = (/** @type {number} */ y) => Math.floor(Math.log10(y));

/** The next of 1, 2, 5, 10 and so on. @param {number} y */
function above(y) {
  const unit = power(exponentOf(y));
  return ([1, 2, 5].find((m) => m * unit >= y) ?? 10) * unit;
}

/** @param {number} y */
function below(y) {
  const unit = power(exponentOf(y));
  return ([5, 2, 1].find((m) => m * unit <= y) ?? 0.5) * unit;
}

/** Two to `most` values to label. @param {Scale} scale @param {number} most */
export function ticksOf({ low, high, log }, most) {
  return log ? logTicks(low, high, Math.max(2, most)) : linearTicks(low, high, Math.max(2, most));
}

/** @param {number} low @param {number} high @param {number} most */
function linearTicks(low, high, most) {
  const unit = 10 ** Math.floor(Math.log10((high - low) / most));
  let ticks = [low, high];
  for (const step of [1, 2, 5, 10, 20, 50].map((m) => m * unit)) {
    const [first, last] = [Math.ceil(low / step - 1e-9), Math.floor(high / step + 1e-9)];
    if (last - first < 1) break; // too few: the ends of the denser ones
    ticks = Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
    if (ticks.length <= most) return ticks;
  }
  return [ticks[0], ticks[ticks.length - 1]];
}

/** @param {number} low @param {number} high @param {number} most */
function logTicks(low, high, most) {
  const [from, to] = [exponentOf(low * 1.000001), exponentOf(high * 1.000001)];
  const exponents = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  const isInside = (/** @type {number} */ y) => y >= low * 0.999999 && y <= high * 1.000001;
  for (const factors of DENSITIES) {
    const ticks = exponents.flatMap((exponent) => factors.map((m) => Number(`${m}e${exponent}`))).filter(isInside);
    if (ticks.length <= most) return ticks.length < 2 ? linearTicks(low, high, most) : ticks;
  }
  const powers = exponents.map(power).filter(isInside);
  const every = Math.ceil((powers.length - 1) / (most - 1));
  return powers.filter((_, i) => i % every === 0);
}

/** Decimals that tell neighbouring ticks apart; null where numbers are so large or small that only powers of ten do. @param {readonly number[]} ticks */
export function decimalsOf(ticks) {
  const step = ticks[1] - ticks[0];
  if (Math.max(...ticks.map(Math.abs)) >= 1e7 || step < 1e-4) return null;
  return Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
}
