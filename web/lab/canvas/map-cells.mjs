// SPDX-License-Identifier: MIT
// The things on a map: walls, goals, traps, the agent. Each is drawn in the cell whose top left corner is (x, y).

/** @typedef {import('./theme.mjs').Theme} Theme */

/** @param {CanvasRenderingContext2D} ctx @param {Theme} theme @param {number} x @param {number} y @param {number} cell */
export function fillWall(ctx, theme, x, y, cell) {
  ctx.fillStyle = theme.line;
  ctx.fillRect(x, y, cell, cell);
  ctx.save();
  ctx.beginPath();
  ctx.rect(x, y, cell, cell);
  ctx.clip();
  ctx.strokeStyle = theme.muted;
  ctx.lineWidth = 1.5;
  ctx.beginPath();
  for (let d = -cell; d < cell; d += Math.max(6, cell / 8)) {
    ctx.moveTo(x + d, y + cell);
    ctx.lineTo(x + d + cell, y);
  }
  ctx.stroke();
  ctx.restore();
}

/** @param {CanvasRenderingContext2D} ctx @param {Theme} theme @param {number} x @param {number} y @param {number} cell @param {string} word */
export function fillGoal(ctx, theme, x, y, cell, word) {
  fillEnd(ctx, theme, x, y, cell, word, 1, (cx, cy, r) => {
    ctx.moveTo(cx - r * 0.6, cy + r);
    ctx.lineTo(cx - r * 0.6, cy - r);
    ctx.stroke();
    ctx.beginPath();
    ctx.moveTo(cx - r * 0.6, cy - r);
    ctx.lineTo(cx + r * 0.9, cy - r * 0.45);
    ctx.lineTo(cx - r * 0.6, cy + r * 0.1);
    ctx.fill();
  });
}

/** @param {CanvasRenderingContext2D} ctx @param {Theme} theme @param {number} x @param {number} y @param {number} cell @param {string} word */
export function fillTrap(ctx, theme, x, y, cell, word) {
  fillEnd(ctx, theme, x, y, cell, word, -1, (cx, cy, r) => {
    const d = r * 0.75;
    ctx.moveTo(cx - d, cy - d);
    ctx.lineTo(cx + d, cy + d);
    ctx.moveTo(cx + d, cy - d);
    ctx.lineTo(cx - d, cy + d);
    ctx.stroke();
  });
}

/**
 * A cell that ends an episode or costs dearly, in the colour of its end of the scale.
 * @param {CanvasRenderingContext2D} ctx @param {Theme} theme @param {number} x @param {number} y @param {number} cell @param {string} word
 * @param {1 | -1} sign @param {(cx: number, cy: number, r: number) => void} draw  its shape, in a path that has begun
 */
function fillEnd(ctx, theme, x, y, cell, word, sign, draw) {
  ctx.fillStyle = theme.scale.css(sign);
  ctx.fillRect(x, y, cell, cell);
  ctx.strokeStyle = ctx.fillStyle = theme.scale.ink(sign);
  ctx.lineWidth = Math.max(1.5, cell / 36);
  const worded = cell >= 44;
  const cx = x + cell / 2;
  ctx.beginPath();
  draw(cx, y + cell * (worded ? 0.42 : 0.5), cell * (worded ? 0.2 : 0.28));
  if (!worded) return;
  ctx.font = `600 ${cell >= 84 ? 13 : 11}px ${theme.font}`;
  ctx.fillText(word, cx, y + cell * 0.8, cell - 4);
}

/** The agent with its middle at (x, y). @param {CanvasRenderingContext2D} ctx @param {Theme} theme @param {number} x @param {number} y @param {number} cell */
export function fillAgent(ctx, theme, x, y, cell) {
  const r = Math.max(3, Math.min(cell * 0.17, 26));
  ctx.beginPath();
  ctx.arc(x, y, r, 0, 2 * Math.PI);
  ctx.fillStyle = theme.agent;
  ctx.fill();
  ctx.lineWidth = Math.max(1.5, r / 6);
  ctx.strokeStyle = theme.onAgent;
  ctx.stroke();
  if (cell < 40) return;
  ctx.fillStyle = theme.onAgent; // two eyes: it is somebody
  for (const side of [-0.36, 0.36]) {
    ctx.beginPath();
    ctx.arc(x + side * r, y - r * 0.12, r * 0.15, 0, 2 * Math.PI);
    ctx.fill();
  }
}
