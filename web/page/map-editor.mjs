// SPDX-License-Identifier: MIT
// The map editor: a grid of buttons over the drawn map. Click or Enter turns a cell into the chosen kind, or the next
// one; arrow keys move; the letters of the map (. # T G S) set a kind at once. Each change makes a new run on the new
// map; one the library refuses stays on screen as a draft, with its sentence, until it is mended or undone, and
// the run that is there goes on.
import '../page.mjs'; // is there already: what both use stays in one file with it
import { attempt, lab } from './app.mjs';
import { byId, canvasById, el, inputById, selectById } from './dom.mjs';
import { geometry } from '../draw/grid.mjs';
import { arrange, draftRows, propose, refuse } from './editor.mjs';
import { emit } from './events.mjs';
import { Superseded } from './lab.mjs';
import { t } from './i18n.mjs';

const CYCLE = '.#TG';
const KINDS = /** @type {const} */ ({ '.': 'map.floor', '#': 'map.wall', T: 'map.trap', G: 'map.goal', S: 'map.start' });
/** Maps to begin with. */
const MAPS = {
  chapter: 'S../..T/.G.',
  corridor: 'S......G',
  fork: 'G..S.....G',
  bridge: 'S.TTT.G/.......',
  rooms: 'S..#.../...#.../......./...#.T./...#..G',
  maze: 'S.#.../.##.#./....#./.##.#./...T#G',
  open: 'S...../....../....../....../....../.....G',
};

let wired = false;
let focused = 0;
let drawn = '';

/** @returns {string[]} */
const mapRows = () => draftRows() ?? lab().session?.info.layout.rows ?? [];

export function wire() {
  if (wired) return;
  wired = true;
  inputById('map-text').addEventListener('change', () => apply(inputById('map-text').value.split('/')));
  selectById('map-preset').addEventListener('change', () => {
    const chosen = /** @type {keyof typeof MAPS} */ (selectById('map-preset').value);
    if (MAPS[chosen]) apply(MAPS[chosen].split('/'));
  });
  byId('editor').addEventListener('keydown', onKey);
  new ResizeObserver(place).observe(canvasById('canvas'));
}

function listMaps() {
  const select = selectById('map-preset');
  const text = mapRows().join('/');
  const names = /** @type {(keyof typeof MAPS)[]} */ (Object.keys(MAPS));
  select.replaceChildren(el('option', { value: '', text: t('map.own') }), ...names.map((name) => el('option', { value: name, text: t(`map.${name}`) })));
  select.value = names.find((name) => MAPS[name] === text) ?? '';
  if (document.activeElement !== byId('map-text')) inputById('map-text').value = text;
}

/** Everything of the editor, for the map as it is now. */
export function build() {
  listMaps();
  makeButtons();
  place();
}

/** Makes all anew with the next build: the language changed. */
export function forget() {
  drawn = '';
}

/** The buttons, made anew when the size of the map changed. */
function makeButtons() {
  const rows = mapRows();
  const grid = byId('editor');
  const shape = `${rows.length}x${rows[0].length}`;
  if (drawn !== shape) {
    drawn = shape;
    focused = Math.min(focused, rows.length * rows[0].length - 1);
    grid.setAttribute('aria-label', t('map.label'));
    grid.replaceChildren(...rows.map((row, r) => el('div', { role: 'row' }, ...[...row].map((_, c) => cellButton(r * row.length + c)))));
    grid.style.gridTemplateColumns = `repeat(${rows[0].length}, 1fr)`;
  }
  const kinds = rows.join('');
  cells().forEach((button, i) => {
    const kind = /** @type {keyof typeof KINDS} */ (kinds[i]);
    const column = i % rows[0].length + 1, row = Math.floor(i / rows[0].length) + 1;
    button.setAttribute('aria-label', t('map.cell', { row, column, kind: KINDS[kind] ? t(KINDS[kind]) : kind }));
    button.tabIndex = i === focused ? 0 : -1;
  });
}

const cells = () => /** @type {HTMLButtonElement[]} */ ([...byId('editor').querySelectorAll('button')]);

/** @param {number} i */
function cellButton(i) {
  return el('button', { type: 'button', role: 'gridcell', tabindex: -1, click: () => {
    focused = i;
    change(i, selectById('map-tool').value);
  } });
}

/** Lays the buttons over the drawn cells. */
function place() {
  const grid = byId('editor');
  if (grid.hidden) return;
  const rows = mapRows();
  const canvas = canvasById('canvas');
  const { cell, x0, y0 } = geometry(canvas.clientWidth, canvas.clientHeight, { n_rows: rows.length, n_cols: rows[0].length });
  Object.assign(grid.style, {
    left: `${x0}px`, top: `${y0}px`, width: `${cell * rows[0].length}px`, height: `${cell * rows.length}px`,
    gridAutoRows: `${cell}px`,
  });
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  const width = mapRows()[0].length, all = cells();
  const moves = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -width, ArrowDown: width };
  const letter = event.key.toUpperCase();
  if (event.key in moves) {
    const next = focused + moves[/** @type {keyof typeof moves} */ (event.key)];
    if (!all[next]) return;
    focused = next;
    all.forEach((button, i) => (button.tabIndex = i === focused ? 0 : -1));
    all[focused].focus();
  } else if (letter in KINDS && !event.ctrlKey && !event.metaKey) change(focused, letter);
  else return;
  event.preventDefault();
}

/** @param {number} i @param {string} kind '' for the next one */
function change(i, kind) {
  const rows = mapRows();
  const width = rows[0].length;
  const letters = [...rows.join('')];
  const next = kind || CYCLE[(CYCLE.indexOf(letters[i]) + 1) % CYCLE.length];
  // There is one start; putting it elsewhere moves it.
  if (next === 'S') letters.forEach((letter, k) => (letters[k] = letter === 'S' ? '.' : letter));
  letters[i] = next;
  apply(rows.map((_, r) => letters.slice(r * width, (r + 1) * width).join('')));
}

function showDraft() {
  const isInside = byId('editor').contains(document.activeElement);
  emit('setup'); // it is to be drawn
  arrange();
  if (isInside) cells()[focused]?.focus();
}

/** Makes a run on the map, or says why there is none. @param {string[]} rows */
async function apply(rows) {
  const current = lab();
  const setting = current.settings.find(({ key }) => key === 'map');
  if (!setting) return;
  const setup = current.stagedSetup();
  const map = rows.join('/');
  if (map === setting.preset) delete setup.envOptions.map;
  else setup.envOptions.map = map;
  const isMap = rows[0].length > 0 && rows.every((row) => row.length === rows[0].length) && /^[SGT#.]+$/.test(rows.join(''));
  if (isMap) {
    propose(rows);
    showDraft();
  }
  await attempt(async () => {
    try {
      await current.start(setup);
    } catch (error) {
      if (error instanceof Superseded) return;
      refuse(isMap ? rows : null, error instanceof Error ? error.message : String(error));
      showDraft();
    }
  });
  if (!byId('editor').hidden && byId('editor').contains(document.activeElement)) cells()[focused]?.focus();
}
