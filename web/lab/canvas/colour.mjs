// SPDX-License-Identifier: MIT
// The one diverging scale of a lab: blue is high, orange is low, whatever is shown. Colours are mixed in linear light; a table of
// 256 keeps that out of the drawing loops. Blue and orange stay apart for colour-blind readers, and nothing is shown by colour alone.

/**
 * @typedef {object} Scale
 * @property {(v: number) => string} css       colour of v in [-1, 1]
 * @property {(v: number) => number[]} rgb     the same as [r, g, b]
 * @property {(v: number) => string} ink       black or white, whichever reads better on it
 */
/** The values a task can have: fixed, so that a colour means the same during a whole run. @typedef {{ low: number, high: number }} Range */
/**
 * @typedef {object} Placing
 * @property {(v: number) => number} at   where a value lies on the scale, in [-1, 1]
 * @property {number} low                 the value at the low end of what is used of the scale
 * @property {number} high                the value at its high end, the blue one
 * @property {boolean} half               only the upper half is used, from neutral to blue: no value is negative
 */

const N = 256;

/** @param {string} hex #rrggbb @returns {number[]} linear r, g, b */
function parse(hex) {
  return [1, 3, 5].map((i) => (parseInt(hex.slice(i, i + 2), 16) / 255) ** 2.2);
}

/** @param {number[]} linear */
const bytes = (linear) => linear.map((c) => Math.round(255 * c ** (1 / 2.2)));

/** @param {number[]} linear */
const luminance = ([r, g, b]) => 0.2126 * r + 0.7152 * g + 0.0722 * b;

/** Black has at least the contrast of white on colours above this luminance. */
const BLACK_FROM = 0.179;

/** Whether a colour is rather light. @param {string} hex #rrggbb */
export const isLight = (hex) => luminance(parse(hex)) > BLACK_FROM;

/**
 * @param {{ high: string, highMid: string, neutral: string, lowMid: string, low: string }} stops as #rrggbb
 * @returns {Scale}
 */
export function diverging({ high, highMid, neutral, lowMid, low }) {
  const stops = [low, lowMid, neutral, highMid, high].map(parse);
  const table = Array.from({ length: N }, (_, i) => {
    const at = i / (N - 1) * (stops.length - 1);
    const k = Math.min(Math.floor(at), stops.length - 2);
    return stops[k].map((c, j) => c + (stops[k + 1][j] - c) * (at - k));
  });
  const rgb = table.map(bytes);
  const css = rgb.map(([r, g, b]) => `rgb(${r} ${g} ${b})`);
  const ink = table.map((linear) => (luminance(linear) > BLACK_FROM ? '#101214' : '#ffffff'));
  const index = (/** @type {number} */ v) => Math.round((Math.max(-1, Math.min(1, v || 0)) + 1) / 2 * (N - 1));
  return { css: (v) => css[index(v)], rgb: (v) => rgb[index(v)], ink: (v) => ink[index(v)] };
}

/**
 * Places the values of a task on the scale. Where they have both signs the scale is symmetric about zero; where all are negative
 * the whole palette is theirs; where none is, zero is neutral.
 * @param {Range} range @returns {Placing}
 */
export function placing({ low, high }) {
  const clamp = (/** @type {number} */ v) => Math.max(-1, Math.min(1, v || 0));
  if (low < 0 && high > 0) {
    const most = Math.max(-low, high);
    return { at: (v) => clamp(v / most), low: -most, high: most, half: false };
  }
  if (low < 0) return { at: (v) => clamp((v - low) / (high - low || 1) * 2 - 1), low, high, half: false };
  const most = high > 0 ? high : 1;
  return { at: (v) => clamp(v / most), low: 0, high: most, half: true };
}
