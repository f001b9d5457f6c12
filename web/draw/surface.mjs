// SPDX-License-Identifier: MIT
// What the drawing modules share: a canvas in CSS pixels, rounded boxes, arrows, text that fits.

/**
 * The context scaled to CSS pixels, cleared. The buffer's size is kept by page/dom.mjs keepCrisp.
 * @param {HTMLCanvasElement} canvas
 */
export function begin(canvas) {
  const ctx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  const ratio = Math.min(window.devicePixelRatio || 1, 2);
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  const w = canvas.width / ratio, h = canvas.height / ratio;
  ctx.clearRect(0, 0, w, h);
  ctx.lineJoin = 'round';
  ctx.lineCap = 'round';
  return { ctx, w, h };
}

/** @param {CanvasRenderingContext2D} ctx @param {number} x @param {number} y @param {number} w @param {number} h @param {number} r */
export function box(ctx, x, y, w, h, r) {
  ctx.beginPath();
  ctx.roundRect(x, y, w, h, r);
}

/**
 * An arrow from (x, y) along (dx, dy), its head at the end.
 * @param {CanvasRenderingContext2D} ctx @param {number} x @param {number} y @param {number} dx @param {number} dy
 * @param {number} head length of its head
 */
export function arrow(ctx, x, y, dx, dy, head) {
  const length = Math.hypot(dx, dy) || 1;
  const ux = dx / length, uy = dy / length;
  const ex = x + dx, ey = y + dy;
  ctx.beginPath();
  ctx.moveTo(x, y);
  ctx.lineTo(ex - ux * head * 0.8, ey - uy * head * 0.8);
  ctx.stroke();
  ctx.beginPath();
  ctx.moveTo(ex, ey);
  ctx.lineTo(ex - ux * head - uy * head * 0.6, ey - uy * head + ux * head * 0.6);
  ctx.lineTo(ex - ux * head + uy * head * 0.6, ey - uy * head - ux * head * 0.6);
  ctx.closePath();
  ctx.fill();
}

/** The mark of a random action; a greedy one is a disc. @param {CanvasRenderingContext2D} ctx @param {number} x @param {number} y @param {number} r @param {boolean} random */
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
/** @type {WeakMap<HTMLCanvasElement, { step: number, points: number[][] }>} */
const trails = new WeakMap();

/**
 * The last places of what moves, oldest first, kept per canvas: empty again where an episode begins and where steps pass
 * too fast to be followed.
 * @param {HTMLCanvasElement} canvas @param {number} step  of the episode @param {number[]} place  in the world, not in pixels
 */
export function trail(canvas, step, place) {
  let kept = trails.get(canvas);
  if (!kept || step < kept.step || step > kept.step + TRAIL_GAP) trails.set(canvas, kept = { step: -1, points: [] });
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

/** A message over the drawing, its middle at (x, y). @param {CanvasRenderingContext2D} ctx @param {string} text @param {number} x @param {number} y @param {import('../page/theme.mjs').Theme} theme @param {boolean} good */
export function pill(ctx, text, x, y, theme, good) {
  ctx.font = `600 16px ${theme.font}`;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  const width = ctx.measureText(text).width + 24;
  box(ctx, x - width / 2, y - 16, width, 32, 16);
  ctx.fillStyle = theme.scale.css(good ? 1 : -1);
  ctx.fill();
  ctx.fillStyle = theme.scale.ink(good ? 1 : -1);
  ctx.fillText(text, x, y + 0.5);
}
