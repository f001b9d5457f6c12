// SPDX-License-Identifier: MIT
// TextGen-v0: the sentence being written. Every word stands on a line that says what it counts for: a thick line is a word on the
// topic, a wavy one a word off it, a thin one a word that counts for nothing. Below are the three terms of the reward, which come
// with the sentence's end. In Chinese every word has its gloss below it. layout and view are those of envs/textgen.h.
import { inWords } from '../canvas/captions.mjs';
import { begin, box } from '../canvas/surface.mjs';

/** @typedef {import('../world-table.mjs').Scene} Scene */
/**
 * @typedef {object} Pen
 * @property {CanvasRenderingContext2D} ctx
 * @property {number} w @property {number} h
 * @property {Scene} scene
 * @property {boolean} glossed
 * @property {number} top          baseline of the first line of words, at the least
 * @property {number} term         height of a term
 */
/** @typedef {{ word: number, text: string, width: number, x: number, y: number }} Place */

const MARGIN = 24, FIRST_WORD = 3, FIRST_TERM = 15;
/** Baselines: of the line with the topic, and of the first words below it; how much lower they are when the key has a line of its own. */
const HEAD = 37, FIRST_LINE = 84, KEY_LINE = 26, LOWER = 16;
/** Font sizes of the words, the first that has room for all of them; narrow canvases begin with the second. */
const SIZES = [24, 20, 17, 14];
/** Height of a term of the reward, also on a narrow canvas; of what is around the terms; of what is below a line of words. */
const TERM = 26, NARROW_TERM = 20, AROUND_TERMS = 40, BELOW = 14, BELOW_GLOSS = 36;

/** @param {HTMLCanvasElement} canvas @param {Scene} scene */
export function paint(canvas, scene) {
  /** @type {Pen} */
  const pen = { ...begin(canvas), scene, glossed: hasGlosses(scene.words), top: FIRST_LINE, term: TERM };
  pen.ctx.textBaseline = 'alphabetic';
  const end = drawTopic(pen);
  drawKey(pen, end);
  drawSentence(pen);
  drawTerms(pen);
}

/** Words are English: they are glossed for readers of Chinese. @param {import('../words.mjs').Words} words */
const hasGlosses = (words) => words.language === 'zh';

/** The topic; returns where it ends. @param {Pen} pen */
function drawTopic({ ctx, glossed, scene: { view, layout, theme, words } }) {
  const topic = Math.max(0, view[0]);
  const name = glossed ? `${layout.topics[topic]} ${layout.topics_zh[topic]}` : layout.topics[topic];
  const label = words.t('draw.topic');
  ctx.textAlign = 'left';
  ctx.font = `13px ${theme.font}`;
  ctx.fillStyle = theme.muted;
  ctx.fillText(label, MARGIN, HEAD);
  const x = MARGIN + ctx.measureText(label).width + 8;
  ctx.font = `600 16px ${theme.font}`;
  const width = ctx.measureText(name).width + 24;
  box(ctx, x, HEAD - 20, width, 30, 15);
  ctx.fillStyle = theme.agent;
  ctx.fill();
  ctx.fillStyle = theme.onAgent;
  ctx.fillText(name, x + 12, HEAD + 0.5);
  return x + width;
}

/** What the lines below the words mean: beside the topic, or below it where there is no room. @param {Pen} pen @param {number} topicEnd */
function drawKey(pen, topicEnd) {
  const { ctx, w, scene: { theme, words } } = pen;
  ctx.font = `13px ${theme.font}`;
  ctx.textAlign = 'left';
  const entries = [{ kind: 1, text: words.t('draw.kind.on') }, { kind: -1, text: words.t('draw.kind.off') }, { kind: 0, text: words.t('draw.kind.none') }]
    .map((entry) => ({ ...entry, width: ctx.measureText(entry.text).width }));
  const total = entries.reduce((sum, { width }) => sum + width + 16, -16);
  const isBeside = topicEnd + 16 + total <= w - MARGIN;
  let x = isBeside ? w - MARGIN - total : MARGIN;
  const y = isBeside ? HEAD : HEAD + KEY_LINE;
  if (!isBeside) [pen.top, pen.term] = [FIRST_LINE + LOWER, NARROW_TERM];
  for (const { kind, text, width } of entries) {
    ctx.fillStyle = theme.muted;
    ctx.fillText(text, x, y);
    underline(ctx, theme, x, y + 6, width, kind);
    x += width + 16;
  }
}

/** What a word counts for under a topic: 1 on it, -1 off it, 0 nothing. @param {any} layout @param {number} word @param {number} topic */
function bearing(layout, word, topic) {
  const topics = layout.word_topics[word] ?? [];
  if (topics.length === 0) return 0;
  return topics.includes(topic) ? 1 : -1;
}

/** Where each word stands at a font size, and where the next one would. @param {Pen} pen @param {number} size */
function placesAt({ ctx, w, h, glossed, top: first, term, scene: { view, layout, theme } }, size) {
  const line = glossed ? Math.max(size * 2.6, 42) : size * 1.9;
  let x = MARGIN, y = 0;
  /** @type {Place[]} */
  const found = Array.from({ length: view[1] }, (_, i) => {
    const word = view[FIRST_WORD + i], text = layout.actions[word] ?? '?';
    ctx.font = `${size}px ${theme.font}`;
    const width = ctx.measureText(text).width;
    ctx.font = `13px ${theme.font}`;
    const room = glossed ? Math.max(width, ctx.measureText(layout.actions_zh[word] ?? '').width) : width;
    if (x + room > w - MARGIN) [x, y] = [MARGIN, y + line];
    const place = { word, text, width, x, y };
    x += room + size * 0.42;
    return place;
  });
  if (view[2] === 0 && x > w - MARGIN - 8) [x, y] = [MARGIN, y + line];
  const last = h - 3 * term - AROUND_TERMS - (glossed ? BELOW_GLOSS : BELOW);
  const top = Math.max(first, Math.min(h * 0.34, last - y));
  return { size, words: found.map((place) => ({ ...place, y: place.y + top })), x, y: y + top, fits: first + y <= last };
}

/** The words at the first size that has room for them; without their glosses where none has. @param {Pen} pen @returns {ReturnType<typeof placesAt>} */
function places(pen) {
  const sizes = SIZES.slice(pen.w < 400 ? 1 : 0);
  for (const size of sizes) {
    const found = placesAt(pen, size);
    if (found.fits) return found;
  }
  if (!pen.glossed) return placesAt(pen, sizes[sizes.length - 1]);
  pen.glossed = false;
  return places(pen);
}

/** @param {Pen} pen */
function drawSentence(pen) {
  const { ctx, scene: { view, layout, theme } } = pen;
  const fit = places(pen);
  ctx.textAlign = 'left';
  for (const { word, text, width, x: left, y: base } of fit.words) {
    ctx.font = `${fit.size}px ${theme.font}`;
    ctx.fillStyle = theme.ink;
    ctx.fillText(text, left, base);
    underline(ctx, theme, left, base + 9, width, bearing(layout, word, view[0]));
    if (!pen.glossed) continue;
    ctx.font = `13px ${theme.font}`;
    ctx.fillStyle = theme.muted;
    ctx.fillText(layout.actions_zh[word], left, base + 28);
  }
  drawTail(pen, fit);
}

/** What follows the last word: a full stop, an ellipsis, or the cursor. @param {Pen} pen @param {{ size: number, words: Place[], x: number, y: number }} fit */
function drawTail({ ctx, scene: { view, theme } }, { size, words, x, y }) {
  if (view[2] === 0) {
    ctx.fillStyle = theme.agent;
    ctx.fillRect(x, y - size * 0.82, 3, size * 1.05);
    return;
  }
  const last = words.at(-1);
  ctx.fillStyle = theme.ink;
  ctx.font = `${size}px ${theme.font}`;
  ctx.fillText(view[2] > 1 ? '…' : '.', last ? last.x + last.width + size * 0.06 : x, last ? last.y : y);
}

/**
 * @param {CanvasRenderingContext2D} ctx @param {import('../canvas/theme.mjs').Theme} theme
 * @param {number} x @param {number} y @param {number} width @param {number} kind
 */
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

/** @param {Pen} pen */
function drawTerms({ ctx, w, h, term: height, scene: { view, theme, words } }) {
  const ended = view[2] > 0;
  const labels = [words.t('draw.grammar'), words.t('draw.relevance'), words.t('draw.distinct'), words.t('draw.reward')];
  ctx.font = `13px ${theme.font}`;
  const label = Math.max(...labels.map((text) => ctx.measureText(text).width));
  const x = MARGIN + label + 12, right = Math.max(x + 8, w - MARGIN - 40);
  labels.forEach((text, i) => {
    const total = i === 3, y = h - 3 * height - AROUND_TERMS + i * height + (total ? 6 : 0);
    const term = view[FIRST_TERM + i];
    ctx.font = `${total ? 600 : 400} 13px ${theme.font}`;
    ctx.textAlign = 'right';
    ctx.fillStyle = total ? theme.ink : theme.muted;
    ctx.fillText(text, MARGIN + label, y + 11);
    box(ctx, x, y, right - x, 14, 3);
    ctx.fillStyle = theme.neutral;
    ctx.fill();
    if (ended && term > 0) {
      box(ctx, x, y, Math.max(3, (right - x) * term), 14, 3);
      ctx.fillStyle = total ? theme.run : theme.scale.css(0.6);
      ctx.fill();
    }
    ctx.fillStyle = ended ? theme.ink : theme.muted;
    ctx.textAlign = 'left';
    ctx.fillText(ended ? words.value(term, 2) : '–', right + 10, y + 11);
  });
}

// ---- words ----

/** @param {import('../world-table.mjs').State} state */
export const describe = (state) => inWords(state, () => {
  const { view, layout, words } = state;
  const written = Array.from({ length: view[1] }, (_, i) => layout.actions[view[FIRST_WORD + i]]).join(' ');
  return words.t('state.text', { topic: layout.topics_zh[view[0]], words: written || '…', end: view[2] > 0 ? '.' : '…' });
});

/** @param {number} action @param {{ layout: any, words: import('../words.mjs').Words }} of */
export const actionName = (action, { layout, words }) => (layout.actions[action] === 'END' ? words.t('word.end') : String(layout.actions[action]));

/** The Chinese for a word, where it helps. @param {number} action @param {{ layout: any, words: import('../words.mjs').Words }} of */
export const gloss = (action, { layout, words }) => (action === 0 || !hasGlosses(words) ? '' : String(layout.actions_zh[action] ?? ''));
