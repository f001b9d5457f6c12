// SPDX-License-Identifier: MIT
// The world: which drawing module shows it, when it is drawn (on animation frames, and only when something changed),
// the state in words below it, and the messages that lie over it.
import * as grid from '../draw/grid.mjs';
import { buttonById, byId, canvasById, keepCrisp, setAttribute, setText, show } from './dom.mjs';
import { draftRows } from './editor.mjs';
import { attempt, hasLab, lab } from './app.mjs';
import { t, value } from './i18n.mjs';
import { on, paced } from './events.mjs';
import { partOf } from './parts.mjs';
import { stateInWords } from './telling.mjs';
import { prefersStill, theme } from './theme.mjs';
import { stepsPerSecond } from './tabs.mjs';

/** @type {'q' | 'v' | 'truth'} */
let shows = 'q';
let dirty = true;
/** When the last move of a grid began, for its motion. */
let movedAt = -Infinity;
let movedFrom = -1;
const MOVE_MS = 180;
/** Between two drawings, and between two sentences on the state, while steps blur. */
const BLUR_MS = 30, WORDS_MS = 120;
let paintedAt = -Infinity;
/** Above this pace motion between cells would only blur. */
const MOTION_MAX = 8;

export function wireWorld() {
  const canvas = canvasById('canvas');
  keepCrisp(canvas, () => paint());
  on('frame', noteMove);
  on(['run', 'frame', 'theme', 'language', 'setup', 'phase'], () => {
    dirty = true;
  });
  on(['run', 'language', 'phase'], tell);
  on('language', dress);
  on('frame', paced(WORDS_MS, () => lab().isBlur, tell));
  on('run', dress);
  for (const button of document.querySelectorAll('[data-show]')) {
    button.addEventListener('click', () => choose(/** @type {HTMLElement} */ (button).dataset.show ?? 'q'));
  }
  buttonById('you').addEventListener('click', () => attempt(async () => (await import('./demonstrate.mjs')).toggle()));
}

/** Draws when there is something new; called once per animation frame. @param {number} now */
export function drawWorld(now) {
  if (!hasLab() || (lab().isBlur && now - paintedAt < BLUR_MS)) return;
  const moving = now - movedAt < MOVE_MS + 20;
  if (dirty || moving) paint(now);
}

function noteMove() {
  const { frame, world, isMap, speed, phase } = lab();
  if (!frame || !isMap || frame.timesteps === movedFrom) return;
  movedFrom = frame.timesteps;
  const slow = phase !== 'running' || stepsPerSecond(world, speed) <= MOTION_MAX;
  movedAt = slow && !prefersStill() && frame.timesteps > 0 ? performance.now() : -Infinity;
}

/** @param {string} what */
function choose(what) {
  shows = what === 'v' || what === 'truth' ? what : 'q';
  for (const button of document.querySelectorAll('[data-show]')) {
    button.setAttribute('aria-pressed', String(/** @type {HTMLElement} */ (button).dataset.show === shows));
  }
  dirty = true;
}

/** What of the section belongs to the shown world. */
function dress() {
  const { world: { part }, isMap, isPolicy, session } = lab();
  byId('stage').dataset.part = part;
  show(byId('grid-tools'), isMap);
  show(byId('show-v'), !isPolicy); // a policy has no values to show
  setText(byId('show-q'), t(isPolicy ? 'cells.p' : 'cells.q'));
  if (isPolicy && shows === 'v') choose('q');
  show(byId('sentences'), part === 'text');
  byId('state-text').classList.toggle('hidden', part === 'text'); // the drawing is words already
  const { n_rows: rows, n_cols: cols } = /** @type {{ n_rows?: number, n_cols?: number }} */ (session?.info.layout ?? {});
  canvasById('canvas').style.aspectRatio = isMap && rows && cols ? String(Math.min(3, Math.max(0.75, cols / rows))) : '';
  dirty = true;
}

function paint(now = performance.now()) {
  if (!hasLab()) return;
  const { session, frame, world, isMap, isPolicy, truth } = lab();
  if (!session || !frame) return;
  dirty = false;
  byId('lab').toggleAttribute('data-ready', true);
  paintedAt = now;
  const canvas = canvasById('canvas');
  const layout = /** @type {any} */ (session.info.layout);
  const base = { view: frame.view, layout, table: frame.table, frame, theme: theme(), number: value };
  if (!isMap) partOf(world)?.paint(canvas, base);
  else {
    const table = shows === 'truth' ? truth : frame.table;
    const shown = draftRows() ? { ...layout, rows: draftRows(), n_rows: draftRows()?.length, n_cols: draftRows()?.[0].length } : layout;
    const fits = table && table.length === shown.n_rows * shown.n_cols * shown.actions.length ? table : null;
    const progress = Math.min(1, (now - movedAt) / MOVE_MS);
    grid.draw(canvas, { ...base, layout: shown, table: fits, mode: shows === 'v' ? 'v' : 'q', progress, words: gridWords() });
    legend(grid.range(shown, fits), isPolicy && shows !== 'truth');
  }
}

/** @param {number} max @param {boolean} positive */
function legend(max, positive) {
  const digits = max >= 10 ? 0 : 2;
  setText(byId('legend-low'), positive ? '' : value(-max, digits));
  byId('legend').toggleAttribute('data-positive', positive);
  setText(byId('legend-high'), `+${value(max, digits)}`);
}

function gridWords() {
  const { setup } = lab();
  const lake = setup.env.startsWith('FrozenLake');
  const trap = lake ? t('draw.hole') : setup.env.startsWith('Cliff') ? t('draw.cliff') : t('draw.trap');
  return { start: t('draw.start'), goal: t('draw.goal'), trap, wall: t('draw.wall') };
}

function tell() {
  const { frame, session } = lab();
  if (!frame || !session) return;
  const words = stateInWords(frame.view, frame.text);
  setText(byId('state-text'), words);
  setAttribute(byId('canvas'), 'aria-label', t(`world.${lab().world.part}`));
}
