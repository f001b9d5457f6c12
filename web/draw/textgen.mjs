// SPDX-License-Identifier: MIT
// TextGen-v0: the sentence being written. Every word stands on a line that says what it counts for: a thick line is a
// word on the topic, a wavy one a word off it, a thin one a word that counts for nothing. Below are the three parts of
// the reward, which come with the sentence's end. layout and view are those of envs/textgen.h.
import { begin, box } from './surface.mjs';

/**
 * @typedef {object} TextScene
 * @property {number[] | Float32Array} view
 * @property {{ actions: string[], actions_zh: string[], topics: string[], topics_zh: string[], word_topics: number[][], limit: number }} layout
 * @property {import('../page/theme.mjs').Theme} theme
 * @property {boolean} gloss                  write the Chinese below the words
 * @property {{ topic: string, parts: string[], total: string, kinds: string[] }} words
 * @property {(v: number, digits?: number) => string} number
 */
/** @typedef {{ ctx: CanvasRenderingContext2D, w: number, h: number, scene: TextScene }} Pen */

const MARGIN = 24;
const FIRST_WORD = 3;

/** @param {HTMLCanvasElement} canvas @param {TextScene} scene */
export function draw(canvas, scene) {
  const pen = { ...begin(canvas), scene };
  pen.ctx.textBaseline = 'alphabetic';
  drawTopic(pen);
  drawSentence(pen);
  drawKinds(pen);
  drawParts(pen);
}

/** @param {Pen} pen */
function drawTopic({ ctx, scene: { view, layout, theme, words, gloss } }) {
  const topic = Math.max(0, view[0]);
  const name = gloss ? `${layout.topics[topic]} ${layout.topics_zh[topic]}` : layout.topics[topic];
  ctx.textAlign = 'left';
  ctx.font = `13px ${theme.font}`;
  ctx.fillStyle = theme.muted;
  ctx.fillText(words.topic, MARGIN, 37);
  const x = MARGIN + ctx.measureText(words.topic).width + 8;
  ctx.font = `600 16px ${theme.font}`;
  const width = ctx.measureText(name).width + 24;
  box(ctx, x, 17, width, 30, 15);
  ctx.fillStyle = theme.agent;
  ctx.fill();
  ctx.fillStyle = theme.onAgent;
  ctx.fillText(name, x + 12, 37.5);
}

/** What a word counts for under a topic: 1 on it, -1 off it, 0 nothing. @param {TextScene['layout']} layout @param {number} word @param {number} topic */
export function bearing(layout, word, topic) {
  const topics = layout.word_topics[word] ?? [];
  if (topics.length === 0) return 0;
  return topics.includes(topic) ? 1 : -1;
}

/** Font sizes of the words, the first that has room for all of them; narrow ones begin with the second. */
const SIZES = [24, 20, 17, 14];
/** Where the words begin, where they must end above the parts, and what is below a line. */
const FIRST_LINE = 84, PARTS = 118, BELOW = 14, BELOW_GLOSS = 28;

/** Where each word stands, and where the next one would; null where they do not fit. @param {Pen} pen @param {number} size */
function places({ ctx, w, h, scene: { view, layout, theme, gloss } }, size) {
  const line = gloss ? Math.max(size * 2.6, 42) : size * 1.9;
  let x = MARGIN, y = 0;
  const found = Array.from({ length: view[1] }, (_, i) => {
    const word = view[FIRST_WORD + i], text = layout.actions[word] ?? '?';
    ctx.font = `${size}px ${theme.font}`;
    const width = ctx.measureText(text).width;
    ctx.font = `13px ${theme.font}`;
    const room = gloss ? Math.max(width, ctx.measureText(layout.actions_zh[word] ?? '').width) : width;
    if (x + room > w - MARGIN) [x, y] = [MARGIN, y + line];
    const place = { word, text, width, x, y };
    x += room + size * 0.42;
    return place;
  });
  if (view[2] === 0 && x > w - MARGIN - 8) [x, y] = [MARGIN, y + line];
  const last = h - PARTS - (gloss ? BELOW_GLOSS : BELOW);
  if (FIRST_LINE + y > last && size > SIZES[SIZES.length - 1]) return null;
  const top = Math.max(FIRST_LINE, Math.min(h * 0.34, last - y));
  return { size, words: found.map((place) => ({ ...place, y: place.y + top })), x, y: y + top };
}

/** @param {Pen} pen */
function drawSentence(pen) {
  const { ctx, w, scene: { view, layout, theme, gloss } } = pen;
  const fit = SIZES.slice(w < 400 ? 1 : 0).map((size) => places(pen, size)).find((found) => found !== null);
  if (!fit) return;
  const { size, words, x, y } = fit;
  ctx.textAlign = 'left';
  for (const { word, text, width, x: left, y: base } of words) {
    ctx.font = `${size}px ${theme.font}`;
    ctx.fillStyle = theme.ink;
    ctx.fillText(text, left, base);
    underline(ctx, theme, left, base + 9, width, bearing(layout, word, view[0]));
    if (!gloss) continue;
    ctx.font = `13px ${theme.font}`;
    ctx.fillStyle = theme.muted;
    ctx.fillText(layout.actions_zh[word], left, base + 28);
  }
  const end = words.at(-1);
  if (view[2] > 0) {
    ctx.fillStyle = theme.ink;
    ctx.font = `${size}px ${theme.font}`;
    ctx.fillText(view[2] > 1 ? '…' : '.', end ? end.x + end.width + size * 0.06 : x, end ? end.y : y);
  } else {
    ctx.fillStyle = theme.agent;
    ctx.fillRect(x, y - size * 0.82, 3, size * 1.05);
  }
}

/** @param {CanvasRenderingContext2D} ctx @param {import('../page/theme.mjs').Theme} theme @param {number} x @param {number} y @param {number} width @param {number} kind */
function underline(ctx, theme, x, y, width, kind) {
  ctx.beginPath();
  ctx.lineWidth = kind > 0 ? 4 : kind < 0 ? 2 : 1;
  ctx.strokeStyle = kind > 0 ? theme.high : kind < 0 ? theme.low : theme.line;
  ctx.moveTo(x, y);
  if (kind < 0) {
    for (let d = 0; d <= width; d += 3) ctx.lineTo(x + d, y + (d / 3 % 2 ? 3 : 0));
  } else {
    ctx.lineTo(x + width, y);
  }
  ctx.stroke();
}

/** What the lines below the words mean. @param {Pen} pen */
function drawKinds({ ctx, w, scene: { theme, words } }) {
  ctx.font = `13px ${theme.font}`;
  let x = w - MARGIN;
  [0, -1, 1].forEach((kind) => {
    const text = words.kinds[kind > 0 ? 0 : kind < 0 ? 1 : 2];
    const width = ctx.measureText(text).width;
    x -= width;
    ctx.fillStyle = theme.muted;
    ctx.textAlign = 'left';
    ctx.fillText(text, x, 37);
    underline(ctx, theme, x, 43, width, kind);
    x -= 16;
  });
}

/** @param {Pen} pen */
function drawParts({ ctx, w, h, scene: { view, theme, words, number } }) {
  const ended = view[2] > 0;
  const top = h - 118;
  const labels = [...words.parts, words.total];
  ctx.font = `13px ${theme.font}`;
  const label = Math.max(...labels.map((text) => ctx.measureText(text).width));
  const [x, right] = [MARGIN + label + 12, w - MARGIN - 40];
  labels.forEach((text, i) => {
    const total = i === 3, y = top + i * 26 + (total ? 6 : 0);
    const part = view[15 + i];
    ctx.font = `${total ? 600 : 400} 13px ${theme.font}`;
    ctx.textAlign = 'right';
    ctx.fillStyle = total ? theme.ink : theme.muted;
    ctx.fillText(text, MARGIN + label, y + 11);
    box(ctx, x, y, right - x, 14, 3);
    ctx.fillStyle = theme.neutral;
    ctx.fill();
    if (ended && part > 0) {
      box(ctx, x, y, Math.max(3, (right - x) * part), 14, 3);
      ctx.fillStyle = total ? theme.run : theme.scale.css(0.6);
      ctx.fill();
    }
    ctx.fillStyle = ended ? theme.ink : theme.muted;
    ctx.textAlign = 'left';
    ctx.fillText(ended ? number(part, 2) : '–', right + 10, y + 11);
  });
}
