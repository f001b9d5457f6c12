// SPDX-License-Identifier: MIT
// Light and dark. The colours are CSS custom properties in style.css and nowhere else; the canvases read them here once
// per change. Follows the system until the reader uses the switch.
import { diverging } from './colour.mjs';
import { emit } from './events.mjs';
import { byId } from './dom.mjs';
import { recall } from '../start.mjs';
import { remember } from './i18n.mjs';

const STORED = 'bellhop.theme';

/**
 * @typedef {object} Theme
 * @property {boolean} dark
 * @property {string} ground @property {string} panel @property {string} ink @property {string} muted
 * @property {string} line @property {string} run @property {string} agent @property {string} onAgent
 * @property {string} high @property {string} neutral @property {string} low @property {string} mark
 * @property {string} font
 * @property {import('./colour.mjs').Scale} scale
 */

/** Read when it is asked for. @type {Theme | null} */
let current = null;

/** @returns {Theme} */
export function theme() {
  current ??= read();
  return current;
}

const system = () => matchMedia('(prefers-color-scheme: dark)');
const isDark = () => (document.documentElement.dataset.theme ?? (system().matches ? 'dark' : 'light')) === 'dark';

/** @returns {Theme} */
function read() {
  const style = getComputedStyle(document.documentElement);
  const get = (/** @type {string} */ name) => style.getPropertyValue(`--${name}`).trim();
  const [high, neutral, low] = [get('high'), get('neutral'), get('low')];
  return {
    dark: isDark(), ground: get('ground'), panel: get('panel'), ink: get('ink'), muted: get('muted'), line: get('line'),
    run: get('run'), agent: get('agent'), onAgent: get('on-agent'), mark: get('mark'), high, neutral, low,
    font: getComputedStyle(document.body).fontFamily,
    scale: diverging({ high, highMid: get('high-mid'), neutral, lowMid: get('low-mid'), low }),
  };
}

function changed() {
  current = null;
  byId('theme').setAttribute('aria-pressed', String(isDark()));
  emit('theme');
}

export function wireTheme() {
  const stored = recall(STORED);
  if (stored === 'dark' || stored === 'light') document.documentElement.dataset.theme = stored;
  system().addEventListener('change', changed);
  byId('theme').addEventListener('click', () => {
    const next = isDark() ? 'light' : 'dark';
    document.documentElement.dataset.theme = next;
    remember(STORED, next);
    changed();
  });
  changed();
}

export const prefersStill = () => matchMedia('(prefers-reduced-motion: reduce)').matches;
