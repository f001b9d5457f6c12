// SPDX-License-Identifier: MIT
// A canvas in CSS pixels that stays crisp at any zoom, and the two shapes all drawings use: rounded boxes and arrows.

/** Pixels of the buffer per CSS pixel, at most: more costs time and is not seen. */
const RATIO_MAX = 2;

/**
 * Keeps a canvas's buffer as large as the canvas is on screen, and calls `onResize` whenever it has changed: the buffer is empty
 * then. Begins after this call, before the next paint.
 * @param {HTMLCanvasElement} canvas @param {() => void} onResize
 * @returns {() => void} ends it
 */
export function keepCrisp(canvas, onResize) {
  const isExact = 'devicePixelContentBoxSize' in ResizeObserverEntry.prototype;
  const ended = new AbortController();
  /** @type {ResizeObserverEntry | null} */
  let latest = null;
  const fit = () => {
    const [width, height] = latest ? bufferSize(latest, isExact) : [0, 0];
    if (width < 1 || height < 1) return; // hidden: it is resized when it is shown again
    [canvas.width, canvas.height] = [width, height];
    onResize();
  };
  const observer = new ResizeObserver((entries) => {
    latest = entries[entries.length - 1];
    fit();
  });
  observer.observe(canvas, { box: isExact ? 'device-pixel-content-box' : 'content-box' });
  if (!isExact) watchResolution(fit, ended.signal);
  return () => {
    observer.disconnect();
    ended.abort();
  };
}

/** @param {ResizeObserverEntry} entry @param {boolean} isExact  whether it has the size in pixels of the screen @returns {[number, number]} */
function bufferSize({ contentRect, devicePixelContentBoxSize: [exact] = [] }, isExact) {
  const ratio = devicePixelRatio || 1;
  const sizeOf = (/** @type {number} */ css, /** @type {number | undefined} */ pixels) => {
    // Emulated screens have a ratio that the exact size does not know of; else the two differ by rounding.
    const wanted = isExact && pixels !== undefined && css * ratio - pixels <= 1 ? pixels : css * ratio;
    return Math.round(Math.min(wanted, css * RATIO_MAX));
  };
  return [sizeOf(contentRect.width, exact?.inlineSize), sizeOf(contentRect.height, exact?.blockSize)];
}

/** Calls back when the resolution of the screen or the zoom changes, until it is ended. @param {() => void} onChange @param {AbortSignal} signal */
function watchResolution(onChange, signal) {
  // A query matches one resolution only: each change makes the query for the next.
  const arm = () => {
    matchMedia(`(resolution: ${devicePixelRatio}dppx)`).addEventListener('change', () => {
      arm();
      onChange();
    }, { once: true, signal });
  };
  arm();
}

/** Pixels of the buffer per CSS pixel, as it really is; 1 for a canvas that is not on screen. @param {HTMLCanvasElement} canvas */
export const ratioOf = (canvas) => canvas.width / (canvas.clientWidth || canvas.width || 1) || 1;

/**
 * The context scaled to CSS pixels, cleared, with the size of the canvas in them.
 * @param {HTMLCanvasElement} canvas @param {number} [ratio]  of a canvas that is not on screen: that of the one it is made for
 */
export function begin(canvas, ratio = ratioOf(canvas)) {
  const ctx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  const w = canvas.width / ratio, h = canvas.height / ratio;
  ctx.globalAlpha = 1;
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
