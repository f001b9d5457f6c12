// SPDX-License-Identifier: MIT
// What the drawings of several worlds share: marks of actions, trails, pills, keys, small print.
import { box } from './surface.mjs';

/** @typedef {import('./theme.mjs').Theme} Theme */
/** The last places of what moves, oldest first, and the step they were last drawn at. @typedef {{ step: number, points: number[][] }} Trail */

/**
 * A diamond for a random action, a disc for a greedy one.
 * @param {CanvasRenderingContext2D} ctx @param {number} x @param {number} y @param {number} r @param {boolean} random
 */
export function mark(ctx, x, y, r, random) {
  ctx.beginPath();
  if (random) {
    ctx.moveTo(x, y - r * 1.2);
    ctx.lineTo(x + r * 1.2, y);
    ctx.lineTo(x, y + r * 1.2);
    ctx.lineTo(x - r * 1.2, y);
    ctx.closePath();
  } else {
    ctx.arc(x, y, r, 0, 2 * Math.PI);
  }
  ctx.fill();
}

/** Steps a trail looks back, and the most it may miss between two drawings. */
const TRAIL = 16, TRAIL_GAP = 2;

/**
 * Adds the present place to a trail and returns its places. It begins anew with an episode, and where steps pass too fast to be followed.
 * @param {{ trail?: Trail } | undefined} memory  where it is kept; without one there is only the present place
 * @param {number} step  of the episode @param {number[]} place  in the world, not in pixels
 */
export function trail(memory, step, place) {
  let kept = memory?.trail;
  if (!kept || step < kept.step || step > kept.step + TRAIL_GAP) kept = { step: -1, points: [] };
  if (memory) memory.trail = kept;
  if (step === kept.step) kept.points.pop();
  kept.points.push(place);
  kept.step = step;
  if (kept.points.length > TRAIL) kept.points.shift();
  return kept.points;
}

/**
 * Dots that fade with age.
 * @param {CanvasRenderingContext2D} ctx @param {number[][]} points  in pixels, oldest first @param {number} r
 * @param {boolean} [joined]  by lines
 */
export function fade(ctx, points, r, joined = false) {
  points.forEach(([x, y], i) => {
    ctx.globalAlpha = (i + 1) / (points.length + 1) * 0.5;
    ctx.beginPath();
    ctx.arc(x, y, r, 0, 2 * Math.PI);
    ctx.fill();
    if (!joined || i === 0) return;
    ctx.beginPath();
    ctx.moveTo(points[i - 1][0], points[i - 1][1]);
    ctx.lineTo(x, y);
    ctx.stroke();
  });
  ctx.globalAlpha = 1;
}

/**
 * How an episode ended, on the scale's end of its sign.
 * @param {CanvasRenderingContext2D} ctx @param {string} text @param {number} x middle @param {number} y top @param {1 | -1} sign
 * @param {Theme} theme @param {number} [left] where it begins at the earliest
 */
export function pill(ctx, text, x, y, sign, theme, left = 0) {
  ctx.font = `600 16px ${theme.font}`;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  const width = ctx.measureText(text).width + 24;
  const from = Math.max(left, x - width / 2);
  box(ctx, from, y, width, 32, 16);
  ctx.fillStyle = theme.scale.css(sign);
  ctx.fill();
  ctx.fillStyle = theme.scale.ink(sign);
  ctx.fillText(text, from + width / 2, y + 16.5);
}

/** A line of small print in the top left corner; returns where it ends. @param {CanvasRenderingContext2D} ctx @param {string} text @param {Theme} theme */
export function corner(ctx, text, theme) {
  ctx.font = `13px ${theme.font}`;
  ctx.fillStyle = theme.muted;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'top';
  ctx.fillText(text, 16, 12);
  return 16 + ctx.measureText(text).width;
}

/**
 * The last action, in one line with its mark before it: a diamond for a random action, a disc for a greedy one.
 * @param {CanvasRenderingContext2D} ctx @param {string} text @param {number} x middle @param {number} y middle
 * @param {boolean} random @param {Theme} theme
 */
export function taken(ctx, text, x, y, random, theme) {
  ctx.font = `13px ${theme.font}`;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  const left = x - ctx.measureText(text).width / 2;
  ctx.fillStyle = theme.run;
  mark(ctx, left - 6, y - 0.5, 5, random);
  ctx.fillStyle = theme.ink;
  ctx.fillText(text, left + 6, y);
}

/**
 * A line of small signs with their names, in the middle of the width; in as many lines as it takes.
 * @param {CanvasRenderingContext2D} ctx @param {number} w of the canvas @param {number} y middle of the first line
 * @param {{ text: string, sign: (x: number, y: number) => void }[]} entries  sign is drawn in a square of 16 around (x, y)
 * @param {Theme} theme
 */
export function key(ctx, w, y, entries, theme) {
  ctx.font = `13px ${theme.font}`;
  const widths = entries.map(({ text }) => ctx.measureText(text).width + 24);
  const GAP = 16, LINE = 20;
  for (let first = 0, end = 0; first < entries.length; first = end, y += LINE) {
    let width = widths[end++];
    while (end < entries.length && width + GAP + widths[end] <= w - 24) width += GAP + widths[end++];
    let x = (w - width) / 2;
    for (let i = first; i < end; i++) {
      entries[i].sign(x + 8, y);
      ctx.font = `13px ${theme.font}`;
      ctx.textAlign = 'left';
      ctx.textBaseline = 'middle';
      ctx.fillStyle = theme.muted;
      ctx.fillText(entries[i].text, x + 22, y + 0.5);
      x += widths[i] + GAP;
    }
  }
}
