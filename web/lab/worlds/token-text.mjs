// SPDX-License-Identifier: MIT
// The text of an environment of tokens (envs/token_text.h), but for talks (panels/talk.mjs): what the environment gave is muted, what
// the agent wrote is underlined, markers ("<zh>", "<1>") are chips. A line ends at markers that separate things. Glosses stand below the words where the reader's language has some. view and layout are those of envs/token_text.h.
import { begin, box } from '../canvas/surface.mjs';

/** @typedef {import('../canvas/theme.mjs').Theme} Theme */
/**
 * The layout of envs/token_text.h.
 * @typedef {object} TokenLayout
 * @property {string[]} tokens @property {string[]} tokens_zh @property {string[]} [tokens_en]
 * @property {number[]} action_tokens
 * @property {number} ends_at @property {number} length
 * @property {string[]} parts @property {string[]} parts_zh
 */
/** What of a scene is drawn. @typedef {Pick<import('../world-table.mjs').Scene, 'view' | 'layout' | 'theme' | 'words'>} TokenScene */
/** @typedef {'given' | 'marker' | 'written'} Role */
/** @typedef {{ id: number, text: string, gloss: string, role: Role, breaks: boolean }} Word */

const MARGIN = 20, BORDERS = 2;
const SIZES = [24, 21, 18, 16, 14];

/** The tokens so far, without the padding. @param {TokenLayout} layout @param {ArrayLike<number>} view */
export function tokensOf(layout, view) {
  const ids = Array.from({ length: layout.length }, (_, i) => view[i]);
  const end = ids.indexOf(0);
  return end < 0 ? ids : ids.slice(0, end);
}

/** Whether the text was rated. @param {TokenLayout} layout @param {ArrayLike<number>} view */
export const isRated = (layout, view) => view[layout.length] >= 0;

/** The words with what they are. @param {TokenLayout} layout @param {ArrayLike<number>} view @param {string} language @returns {Word[]} */
export function wordsOf(layout, view, language) {
  const actions = new Set(layout.action_tokens);
  const ids = tokensOf(layout, view);
  const isMarker = (/** @type {number} */ id) => /^<.+>$/.test(layout.tokens[id]);
  const from = ids.findLastIndex((id) => isMarker(id) && !actions.has(id));
  const glosses = language === 'zh' ? layout.tokens_zh : layout.tokens_en ?? layout.tokens;
  let before = /** @type {Role | ''} */ ('');
  return ids.map((id, i) => {
    /** @type {Role} */
    const role = i > from && actions.has(id) ? 'written' : isMarker(id) ? 'marker' : 'given';
    const text = layout.tokens[id];
    const breaks = i > 0 && (i === from || (i === from + 1 && from > 0) || (before === 'marker' && actions.has(ids[i - 1])));
    before = role;
    return { id, text: isMarker(id) ? text.slice(1, -1) : text, gloss: glosses[id] === text ? '' : glosses[id].replace(/[<>]/g, ''), role, breaks };
  }).filter(({ id }) => id !== layout.ends_at);
}

/**
 * Draws the text as large as it fits.
 * @param {HTMLCanvasElement} canvas @param {TokenScene} scene
 * @returns {number} the height the canvas needs where it is too low, else 0; until it has that, the end of the text is shown
 */
export function paint(canvas, scene) {
  const { ctx, w, h } = begin(canvas);
  ctx.textBaseline = 'alphabetic';
  ctx.textAlign = 'left';
  const words = wordsOf(scene.layout, scene.view, scene.words.language);
  const hasGloss = words.some(({ gloss }) => gloss !== '');
  const pen = { ctx, w, h, scene, hasGloss };
  const sizes = SIZES.slice(w < 420 ? 2 : 0);
  const fit = sizes.map((size) => place(pen, words, size)).find(({ height }) => height <= h - 2 * MARGIN) ?? place(pen, words, sizes[sizes.length - 1]);
  const room = h - 2 * MARGIN - fit.height;
  const top = MARGIN + (room < 0 ? room : Math.min(room / 3, 40));
  for (const each of fit.places) drawWord(pen, each, fit.size, top);
  if (!isRated(scene.layout, scene.view)) {
    ctx.fillStyle = scene.theme.agent;
    ctx.fillRect(fit.x, top + fit.y - fit.size * 0.9, 3, fit.size * 1.1);
  }
  return room < 0 ? h - room + BORDERS : 0;
}

/** @typedef {{ ctx: CanvasRenderingContext2D, w: number, h: number, scene: TokenScene, hasGloss: boolean }} Pen */

/** Where each word stands at a size: x and the baseline y, from the top of the text. @param {Pen} pen @param {Word[]} words @param {number} size */
function place({ ctx, w, scene: { theme }, hasGloss }, words, size) {
  const line = size * (hasGloss ? 1.5 : 1.75) + (hasGloss ? 18 : 0);
  let x = MARGIN, y = size;
  const places = words.map((word) => {
    ctx.font = font(theme, word.role, size);
    const width = ctx.measureText(word.text).width + (word.role === 'marker' ? 16 : 0);
    ctx.font = `12px ${theme.font}`;
    const room = hasGloss && word.gloss ? Math.max(width, ctx.measureText(word.gloss).width) : width;
    if (x > MARGIN && (word.breaks || x + room > w - MARGIN)) [x, y] = [MARGIN, y + line];
    const found = { word, x, y, width };
    x += room + size * 0.4;
    return found;
  });
  if (x > w - MARGIN - 4) [x, y] = [MARGIN, y + line];
  return { size, places, x, y, height: y + (hasGloss ? 22 : 10) };
}

/** @param {Theme} theme @param {Role} role @param {number} size */
const font = (theme, role, size) => `${role === 'written' ? 600 : 400} ${role === 'marker' ? Math.max(13, size * 0.72) : size}px ${theme.font}`;

/** @param {Pen} pen @param {{ word: Word, x: number, y: number, width: number }} place @param {number} size @param {number} top */
function drawWord({ ctx, scene: { theme } }, { word, x, y: base, width }, size, top) {
  const y = top + base;
  ctx.font = font(theme, word.role, size);
  if (word.role === 'marker') {
    const height = Math.max(20, size * 1.05);
    box(ctx, x, y - height * 0.76, width, height, height / 2);
    ctx.fillStyle = theme.neutral;
    ctx.fill();
    ctx.fillStyle = theme.ink;
    ctx.fillText(word.text, x + 8, y - size * 0.02);
  } else {
    ctx.fillStyle = word.role === 'written' ? theme.ink : theme.muted;
    ctx.fillText(word.text, x, y);
    if (word.role === 'written') {
      ctx.fillStyle = theme.agent;
      ctx.fillRect(x, y + 5, width, 3);
    }
  }
  if (!word.gloss) return;
  ctx.font = `12px ${theme.font}`;
  ctx.fillStyle = theme.muted;
  ctx.fillText(word.gloss, x + (word.role === 'marker' ? 8 : 0), y + 21);
}

// ---- words ----

/** The text itself, as the library has it. @param {{ english: string }} state */
export const describe = ({ english }) => english;
