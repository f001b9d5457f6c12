// SPDX-License-Identifier: MIT
// The one diverging scale of the page: blue is high, orange is low, whatever is shown. Colours are mixed in linear
// light; a table of 256 keeps that out of the drawing loops. Blue and orange stay apart for colour-blind readers, and
// nothing is told by colour alone.

/**
 * @typedef {object} Scale
 * @property {(v: number) => string} css       colour of v in [-1, 1]
 * @property {(v: number) => number[]} rgb     the same as [r, g, b]
 * @property {(v: number) => string} ink       black or white, whichever reads better on it
 */

const N = 256;

/** @param {string} hex @returns {number[]} linear r, g, b */
function parse(hex) {
  return [1, 3, 5].map((i) => (parseInt(hex.slice(i, i + 2), 16) / 255) ** 2.2);
}

/** @param {number[]} linear */
const bytes = (linear) => linear.map((c) => Math.round(255 * c ** (1 / 2.2)));

/** Contrast of black on it is at least that of white above this luminance. @param {number[]} linear */
const luminance = ([r, g, b]) => 0.2126 * r + 0.7152 * g + 0.0722 * b;

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
  const ink = table.map((linear) => (luminance(linear) > 0.179 ? '#101214' : '#ffffff'));
  const index = (/** @type {number} */ v) => Math.round((Math.max(-1, Math.min(1, v || 0)) + 1) / 2 * (N - 1));
  return { css: (v) => css[index(v)], rgb: (v) => rgb[index(v)], ink: (v) => ink[index(v)] };
}
