// SPDX-License-Identifier: MIT
// What a chart has beside its axes and series: level lines with their names, names at the ends of curves, marked steps, and
// marks at an edge. Positions are in pixels of the canvas.

/** Pixels of the canvas. @typedef {{ left: number, top: number, width: number, height: number }} Box */
/**
 * Text at a height; `x` is its left end, or its right one; `from` is what it names.
 * @typedef {{ text: string, x: number, y: number, colour: string, align: 'left' | 'right', from?: { x: number, y: number } }} Label
 */
/** @typedef {{ ctx: CanvasRenderingContext2D, box: Box, ratio: number, theme: import('./chart.mjs').ChartTheme }} Canvas */

const FONT_PX = 12;
/** The smallest there is, where many lines have to fit. */
const FONT_LEAST_PX = 8;
/** From one line of text to the next. */
export const LINE_PX = 15;
/** Marks at an edge closer than this are drawn as one. */
const APART_PX = 7;

/** Width of the longest of these texts, in CSS pixels. @param {CanvasRenderingContext2D} ctx @param {readonly string[]} texts @param {string} font */
export function widthOf(ctx, texts, font) {
  ctx.save(); // uPlot remembers what it has set
  ctx.font = `${FONT_PX}px ${font}`;
  const width = Math.max(0, ...texts.map((text) => ctx.measureText(text).width));
  ctx.restore();
  return width;
}

/**
 * Labels moved up or down until no two overlap and all are inside; those at the top stay on top.
 * @template {{ y: number }} T
 * @param {readonly T[]} labels  `y` is the middle of the text
 * @param {number} height of a label @param {{ top: number, height: number }} box @returns {T[]}
 */
export function apart(labels, height, box) {
  const [top, bottom] = [box.top + height / 2, box.top + box.height - height / 2];
  const sorted = [...labels].sort((a, b) => a.y - b.y).map((label) => ({ ...label, y: Math.min(bottom, Math.max(top, label.y)) }));
  // Groups that would overlap are stacked around their common middle.
  /** @type {{ first: number, n: number, middle: number }[]} */
  const groups = [];
  const overlap = (/** @type {typeof groups[0]} */ a, /** @type {typeof groups[0]} */ b) => b.middle - a.middle < (a.n + b.n) * height / 2 - 1e-6;
  const inside = (/** @type {number} */ y, /** @type {number} */ n) => Math.max(top + (n - 1) * height / 2, Math.min(bottom - (n - 1) * height / 2, y));
  sorted.forEach(({ y }, i) => {
    groups.push({ first: i, n: 1, middle: y });
    while (groups.length > 1 && overlap(groups[groups.length - 2], groups[groups.length - 1])) {
      const last = /** @type {typeof groups[0]} */ (groups.pop());
      const group = groups[groups.length - 1];
      group.middle = (group.middle * group.n + last.middle * last.n) / (group.n + last.n);
      group.n += last.n;
      group.middle = inside(group.middle, group.n);
    }
  });
  for (const { first, n, middle } of groups) for (let i = 0; i < n; i++) sorted[first + i].y = middle + (i - (n - 1) / 2) * height;
  return sorted;
}

/** A horizontal line across the plot. @param {Canvas} canvas @param {number} y @param {string} colour @param {readonly number[]} dash */
export function drawLevel({ ctx, box, ratio }, y, colour, dash) {
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = ratio;
  ctx.setLineDash(dash.map((px) => px * ratio));
  stroke(ctx, box.left, Math.round(y) + 0.5, box.left + box.width, Math.round(y) + 0.5);
  ctx.restore();
}

/** How high a line and its text are, so that so many fit into a height of so many pixels. @param {number} lines @param {number} height */
export function lineFor(lines, height) {
  const line = Math.max(FONT_LEAST_PX, Math.min(LINE_PX, height / Math.max(1, lines)));
  return { line, font: Math.min(FONT_PX, line) };
}

/** Names that stay readable over lines; a moved one outside the plot is joined with its place. @param {Canvas} canvas @param {readonly Label[]} labels */
export function drawLabels({ ctx, box, ratio, theme }, labels) {
  const { line, font } = lineFor(labels.length, box.height / ratio);
  ctx.save();
  ctx.font = `${font * ratio}px ${theme.font}`;
  ctx.textBaseline = 'middle';
  ctx.lineJoin = 'round';
  for (const { text, x, y, colour, align, from } of apart(labels, line * ratio, box)) {
    ctx.textAlign = align;
    if (from && Math.abs(from.y - y) > 3 * ratio) {
      ctx.strokeStyle = colour;
      ctx.lineWidth = ratio;
      stroke(ctx, from.x, from.y, x - 2 * ratio, y);
    }
    ctx.strokeStyle = theme.panel;
    ctx.lineWidth = 4 * ratio;
    ctx.strokeText(text, x, y);
    ctx.fillStyle = colour;
    ctx.fillText(text, x, y);
  }
  ctx.restore();
}

/** A step with a sign at its foot. @param {Canvas} canvas @param {number} x @param {string} text */
export function drawMark({ ctx, box, ratio, theme }, x, text) {
  ctx.save();
  ctx.strokeStyle = theme.muted;
  ctx.lineWidth = ratio;
  ctx.setLineDash([2 * ratio, 3 * ratio]);
  stroke(ctx, Math.round(x) + 0.5, box.top, Math.round(x) + 0.5, box.top + box.height);
  ctx.setLineDash([]);
  ctx.font = `${(FONT_PX + 2) * ratio}px ${theme.font}`;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'bottom';
  ctx.lineJoin = 'round';
  const middle = Math.max(box.left + 7 * ratio, Math.min(box.left + box.width - 7 * ratio, x));
  ctx.strokeStyle = theme.panel;
  ctx.lineWidth = 4 * ratio;
  ctx.strokeText(text, middle, box.top + box.height - 2 * ratio);
  ctx.fillStyle = theme.ink;
  ctx.fillText(text, middle, box.top + box.height - 2 * ratio);
  ctx.restore();
}

/**
 * Marks for values without a height: a triangle that points out of the plot, a cross for what is not a number.
 * @param {Canvas} canvas @param {readonly { x: number, edge: import('./chart-scale.mjs').Edge, colour: string }[]} points  in the order of x
 */
export function drawEdges({ ctx, box, ratio }, points) {
  const last = { bottom: -Infinity, top: -Infinity, none: -Infinity };
  for (const { x, edge, colour } of points) {
    if (x < box.left - 1 || x > box.left + box.width + 1 || x - last[edge] < APART_PX * ratio) continue;
    last[edge] = x;
    ctx.save();
    ctx.translate(x, edge === 'bottom' ? box.top + box.height : box.top);
    ctx.scale(ratio, edge === 'bottom' ? -ratio : ratio);
    ctx.fillStyle = ctx.strokeStyle = colour;
    ctx.lineWidth = 2;
    ctx.beginPath();
    if (edge === 'none') [[-3.5, 2, 3.5, 9], [-3.5, 9, 3.5, 2]].forEach(([x0, y0, x1, y1]) => line(ctx, x0, y0, x1, y1));
    else [[0, 1], [4.5, 8], [-4.5, 8]].forEach(([px, py]) => ctx.lineTo(px, py));
    if (edge === 'none') ctx.stroke();
    else ctx.fill();
    ctx.restore();
  }
}

/** @param {CanvasRenderingContext2D} ctx @param {number} x0 @param {number} y0 @param {number} x1 @param {number} y1 */
function line(ctx, x0, y0, x1, y1) {
  ctx.moveTo(x0, y0);
  ctx.lineTo(x1, y1);
}

/** @param {CanvasRenderingContext2D} ctx @param {number} x0 @param {number} y0 @param {number} x1 @param {number} y1 */
function stroke(ctx, x0, y0, x1, y1) {
  ctx.beginPath();
  line(ctx, x0, y0, x1, y1);
  ctx.stroke();
}
