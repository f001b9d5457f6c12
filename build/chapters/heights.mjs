// SPDX-License-Identifier: MIT
// The heights of figures, by their ids: measured by build/figure-heights.mjs, and the rules of a style sheet that reserve them: a figure
// grows only when the reader opens something in it.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../run.mjs';

export const HEIGHTS = join(ROOT, 'web/site/chapters/heights.json');
/**
 * Windows in which figures are measured, from wide to narrow, and up to which width of a figure each holds: where a lab has three columns, two, one
 * (web/lab/styles.mjs), within its padding and borders.
 */
export const WIDTHS = Object.freeze([{ width: 1280, upTo: Infinity }, { width: 860, upTo: 1134 }, { width: 390, upTo: 674 }]);
/** Of a figure that was not measured yet. */
const UNKNOWN = [720, 960, 1400];

/** Above and below a figure, within its height. */
const BORDERS = 2;

/** The place of each figure, and what of it its lab fills, so that a notice stands at its foot. @param {string[]} figures ids */
export function heightRules(figures) {
  /** @type {Record<string, number[]>} */
  const known = existsSync(HEIGHTS) ? JSON.parse(readFileSync(HEIGHTS, 'utf8')) : {};
  return WIDTHS.map(({ upTo }, i) => {
    const rules = figures.map((id) => {
      const height = (known[id] ?? UNKNOWN)[i];
      return `#${id} { min-height: ${height}px; --lab-room: ${height - BORDERS}px }`;
    }).join('\n');
    return Number.isFinite(upTo) ? `@container figure (max-width: ${upTo}px) {\n${rules}\n}` : rules;
  }).join('\n');
}
