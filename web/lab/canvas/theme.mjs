// SPDX-License-Identifier: MIT
// The colours and the font a lab is drawn with. They are CSS custom properties, `--bellhop-ground` and so on, in the lab's style
// sheet or a host's; canvases cannot use those, so they are read here, once per change of theme.
import { diverging, isLight } from './colour.mjs';

/**
 * @typedef {object} Theme
 * @property {boolean} dark
 * @property {string} ground @property {string} panel @property {string} ink @property {string} muted
 * @property {string} line @property {string} run @property {string} agent @property {string} onAgent
 * @property {string} high @property {string} neutral @property {string} low @property {string} mark
 * @property {string} font
 * @property {import('./colour.mjs').Scale} scale
 */

/**
 * Reads the theme of an element that is in the document and serves nothing else, such as an empty hidden span in the shadow root.
 * Values such as light-dark(#fff, #000) are resolved only where they are used: so each colour is made the element's own for a moment.
 * @param {HTMLElement} probe @returns {Theme}
 */
export function readTheme(probe) {
  const { style } = probe;
  style.setProperty('transition', 'none');
  style.setProperty('forced-color-adjust', 'none'); // else forced colours would all be read as one
  const computed = getComputedStyle(probe);
  const get = (/** @type {string} */ name) => {
    style.color = `var(--bellhop-${name})`;
    return toHex(computed.color, probe.ownerDocument);
  };
  const [panel, ink, high, neutral, low] = ['panel', 'ink', 'high', 'neutral', 'low'].map(get);
  const theme = {
    dark: isLight(ink) && !isLight(panel), ground: get('ground'), panel, ink, muted: get('muted'), line: get('line'), run: get('run'),
    agent: get('agent'), onAgent: get('on-agent'), high, neutral, low, mark: get('mark'), font: computed.fontFamily,
    scale: diverging({ high, highMid: get('high-mid'), neutral, lowMid: get('low-mid'), low }),
  };
  style.color = '';
  return theme;
}

/** @param {number[]} bytes */
const hexOf = (bytes) => `#${bytes.map((byte) => Math.max(0, Math.min(255, Math.round(byte))).toString(16).padStart(2, '0')).join('')}`;

/**
 * A computed colour as #rrggbb, without its alpha: rgb(1, 2, 3), color(srgb 0.1 0.2 0.3), or any other the browser can paint.
 * @param {string} text @param {Document} [document] only needed for those others
 */
export function toHex(text, document) {
  const numbers = (text.match(/-?\d*\.?\d+(?:e-?\d+)?/gi) ?? []).map(Number).slice(0, 3);
  if (/^rgba?\(/.test(text)) return hexOf(numbers);
  if (/^color\(srgb /.test(text)) return hexOf(numbers.map((n) => n * 255));
  if (/^#[\da-f]{6}$/i.test(text)) return text.toLowerCase();
  const ctx = document?.createElement('canvas').getContext('2d');
  if (!ctx) return '#808080';
  ctx.fillStyle = text;
  ctx.fillRect(0, 0, 1, 1);
  return hexOf([...ctx.getImageData(0, 0, 1, 1).data.slice(0, 3)]);
}
