// SPDX-License-Identifier: MIT
// A value map as numbers, and what is drawn over its colours: the lines where the greedy action changes, and the names of the
// actions in their regions.

/** @typedef {import('./theme.mjs').Theme} Theme */
/** @typedef {{ q: Float64Array, actions: number, cols: number, rows: number, best: Float64Array, low: number, high: number }} Picture */

/** Samples around a name that are enough room for it. */
const ROOM = 3.2;
/** The part of the picture an action must fill to be named. */
const NAMED_FROM = 0.06;

/** @param {Float64Array} q (rows × cols, actions) @param {number} cols @param {number} rows @returns {Picture | null} null where a value is not finite */
export function summary(q, cols, rows) {
  const actions = q.length / (cols * rows);
  if (!q.every(Number.isFinite)) return null;
  const best = Float64Array.from({ length: cols * rows }, (_, i) => Math.max(...q.subarray(i * actions, (i + 1) * actions)));
  return { q, actions, cols, rows, best, low: Math.min(...best), high: Math.max(...best) };
}

/** An action before the best of the others. @param {Picture} picture @param {number} action @param {number} i of the sample */
function lead({ q, actions }, action, i) {
  let other = -Infinity;
  for (let a = 0; a < actions; a++) if (a !== action) other = Math.max(other, q[i * actions + a]);
  return q[i * actions + action] - other;
}

/** Where two actions are worth the same and all others less: the zero lines of their leads, by marching squares. @param {CanvasRenderingContext2D} ctx @param {number} w @param {number} h @param {Picture} picture @param {Theme} theme */
export function drawBoundaries(ctx, w, h, picture, theme) {
  const { actions, cols, rows } = picture;
  ctx.strokeStyle = theme.ink;
  ctx.lineWidth = 2;
  ctx.beginPath();
  // Each line lies between two actions: those of all but one are all lines.
  for (let action = 0; action < actions - 1; action++) {
    const leads = Float64Array.from({ length: cols * rows }, (_, i) => lead(picture, action, i));
    for (let i = 0; i < (rows - 1) * cols; i++) {
      if (i % cols === cols - 1) continue;
      const points = crossings(leads, cols, Math.floor(i / cols), i % cols);
      for (let k = 0; k + 1 < points.length; k += 2) {
        ctx.moveTo(points[k][0] / cols * w, points[k][1] / rows * h);
        ctx.lineTo(points[k + 1][0] / cols * w, points[k + 1][1] / rows * h);
      }
    }
  }
  ctx.stroke();
}

/** Where the zero line crosses the sides of the square between four samples. @param {Float64Array} leads @param {number} cols @param {number} row @param {number} col */
function crossings(leads, cols, row, col) {
  const corners = [[col, row], [col + 1, row], [col + 1, row + 1], [col, row + 1]];
  const values = corners.map(([x, y]) => leads[y * cols + x]);
  return corners.flatMap(([x0, y0], k) => {
    const [a, b] = [values[k], values[(k + 1) % 4]];
    if (a > 0 === b > 0) return [];
    const [x1, y1] = corners[(k + 1) % 4];
    const part = a / (a - b);
    return [[x0 + (x1 - x0) * part + 0.5, y0 + (y1 - y0) * part + 0.5]];
  });
}

/** The greedy action of each region, in words, well inside it. @param {CanvasRenderingContext2D} ctx @param {number} w @param {number} h @param {Picture} picture @param {Theme} theme @param {(action: number) => string} nameOf */
export function drawNames(ctx, w, h, picture, { panel, ink, font }, nameOf) {
  /** @type {number[][]} */
  const places = [];
  ctx.font = `600 13px ${font}`;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  for (let action = 0; action < picture.actions; action++) {
    const place = middle(picture, action);
    if (!place) continue;
    const text = nameOf(action);
    const half = ctx.measureText(text).width / 2 + 8;
    const x = Math.max(half, Math.min(w - half, place[0] / picture.cols * w)), wanted = Math.max(12, Math.min(h - 12, place[1] / picture.rows * h));
    const covers = (/** @type {number} */ at) => places.some(([x1, y1, half1]) => Math.abs(x - x1) < half + half1 && Math.abs(at - y1) < 26);
    const y = [0, 26, -26, 52, -52].map((by) => wanted + by).find((at) => at >= 12 && at <= h - 12 && !covers(at)) ?? wanted;
    places.push([x, y, half]);
    ctx.fillStyle = `${panel}cc`;
    ctx.beginPath();
    ctx.roundRect(x - half, y - 12, half * 2, 24, 12);
    ctx.fill();
    ctx.fillStyle = ink;
    ctx.fillText(text, x, y + 1);
  }
}

/**
 * A sample well inside the region of an action; of two actions left of the middle for the first and right of it for the other (the
 * dot lives in the middle); null for a region hardly there.
 * @param {Picture} picture @param {number} action
 */
function middle(picture, action) {
  const { cols, rows, actions } = picture;
  /** @type {number[][][]} this action's samples, the others'; every second one will do */
  const [own, other] = [[], []];
  for (let row = 0; row < rows; row += 2) {
    for (let col = 0; col < cols; col += 2) (lead(picture, action, row * cols + col) > 0 ? own : other).push([col + 0.5, row + 0.5]);
  }
  if (own.length < cols * rows / 4 * NAMED_FROM) return null;
  const aim = cols * (0.2 + 0.58 * action / (actions - 1));
  const score = (/** @type {number[]} */ [x, y]) => {
    const inside = other.reduce((near, [a, b]) => Math.min(near, (a - x) ** 2 + (b - y) ** 2), ROOM ** 2);
    return Math.sqrt(inside) - Math.hypot(x - aim, y - rows / 2) / 5;
  };
  return own.map((place) => ({ place, score: score(place) })).reduce((top, next) => (next.score > top.score ? next : top)).place;
}
