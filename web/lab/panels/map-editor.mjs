// SPDX-License-Identifier: MIT
// The map editor: a grid of buttons over the drawn map. Click or Enter turns a cell into the chosen kind, or the next one;
// arrow keys move; the letters of the map (. # T G S) set a kind at once. Each change makes a new run on the new map; one the
// library refuses stays on screen as a draft, with the reason, until it is mended or undone, and the present run goes on.
import { toolStyles } from './tool-styles.mjs';
import { adoptStyles } from '../adopt-styles.mjs';
import { html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { styled } from '../style-directive.mjs';
import { Superseded } from '../experiment.mjs';

/** @typedef {import('../lab-host.mjs').LabHost} LabHost */
/** @typedef {import('../run-experiment.mjs').RunExperiment} RunExperiment */

const CYCLE = '.#TG';
const KINDS = Object.freeze(/** @type {const} */ ({ '.': 'map.floor', '#': 'map.wall', 'T': 'map.trap', 'G': 'map.goal', 'S': 'map.start' }));
/** Maps to begin with. @type {Readonly<Record<string, string>>} */
const MAPS = Object.freeze({
  chapter: 'S../..T/.G.',
  corridor: 'S......G',
  fork: 'G..S.....G',
  bridge: 'S.TTT.G/.......',
  rooms: 'S..#.../...#.../......./...#.T./...#..G',
  maze: 'S.#.../.##.#./....#./.##.#./...T#G',
  open: 'S...../....../....../....../....../.....G',
});

export class MapEditor {
  #host;
  #isOpen = false;
  #focused = 0;
  #tool = '';
  #problem = '';
  /** What is being typed as a map, or was refused. @type {string | null} */
  #text = null;
  /** Whether the focused cell is to have the focus again after the next rendering. */
  #refocus = false;
  /** The run that a draft belongs to: another run drops it. @type {unknown} */
  #session = null;
  /** Rows that differ from the run's map: a change in progress or one that was refused. @type {string[] | null} */
  draft = null;

  /** @param {LabHost} host */
  constructor(host) {
    this.#host = host;
    adoptStyles(host.root, [toolStyles]);
  }

  get #experiment() {
    return /** @type {RunExperiment | null} */ (this.#host.experiment);
  }

  get #isPossible() {
    const experiment = this.#experiment;
    return experiment?.setup.env === 'GridWorld-v0' && experiment.session !== null && this.#host.offers('map');
  }

  get isShown() {
    return this.#isOpen && this.#isPossible;
  }

  /** @returns {string[]} */
  get #rows() {
    return this.draft ?? this.#experiment?.layout.rows ?? ['S'];
  }

  toggle() {
    this.#isOpen = !this.#isOpen;
    this.#host.requestUpdate();
  }

  grid() {
    const session = this.#experiment?.session ?? null;
    if (session !== this.#session) [this.#session, this.draft, this.#problem, this.#text] = [session, null, '', null];
    if (!this.isShown) return nothing;
    const { words } = this.#host;
    const rows = this.#rows;
    const width = rows[0].length;
    const cell = (/** @type {number} */ i) => {
      const kind = KINDS[/** @type {keyof typeof KINDS} */ (rows.join('')[i])];
      const label = words.t('map.cell', { row: Math.floor(i / width) + 1, column: i % width + 1, kind: kind ? words.t(kind) : rows.join('')[i] });
      return html`<button type="button" role="gridcell" tabindex=${i === this.#focused ? 0 : -1} aria-label=${label} @click=${() => this.#set(i, this.#tool)}></button>`;
    };
    return html`<div class="editor" id="editor" role="grid" aria-label=${words.t('map.label')} ${styled({ gridTemplateColumns: `repeat(${width}, 1fr)` })} @keydown=${this.#onKey}>
      ${rows.map((row, r) => html`<div role="row">${[...row].map((_, c) => cell(r * width + c))}</div>`)}</div>`;
  }

  tools() {
    if (!this.isShown) return nothing;
    const { words } = this.#host;
    const text = this.#rows.join('/');
    const known = Object.keys(MAPS).find((name) => MAPS[name] === text) ?? '';
    const value = (/** @type {Event} */ event) => /** @type {HTMLInputElement} */ (event.target).value;
    return html`<div class="map-tools" id="map-tools">
      <label class="choice"><span>${words.t('map.tool')}</span> <select id="map-tool" @change=${(/** @type {Event} */ event) => (this.#tool = value(event))}>
        <option value="">${words.t('map.cycle')}</option>${Object.entries(KINDS).map(([letter, key]) => html`<option value=${letter}>${words.t(key)}</option>`)}</select></label>
      <label class="choice"><span>${words.t('map.preset')}</span> <select id="map-preset" .value=${live(known)} @change=${(/** @type {Event} */ event) => MAPS[value(event)] && this.#apply(MAPS[value(event)].split('/'))}>
        <option value="" ?selected=${known === ''}>${words.t('map.own')}</option>${Object.keys(MAPS).map((name) => html`<option value=${name} ?selected=${name === known}>${words.t(/** @type {any} */ (`map.${name}`))}</option>`)}</select></label>
      <label class="choice grow"><span>${words.t('map.text')}</span> <input type="text" id="map-text" autocomplete="off" spellcheck="false" .value=${live(this.#text ?? text)} aria-invalid=${this.#problem ? 'true' : nothing}
        aria-describedby=${this.#problem ? 'map-error' : nothing} @input=${(/** @type {Event} */ event) => (this.#text = value(event))} @change=${(/** @type {Event} */ event) => this.#apply(value(event).split('/'))}></label>
      ${this.#problem ? html`<p class="error" id="map-error" role="alert">${this.#problem} ${words.t('map.kept')}</p>` : nothing}
    </div>`;
  }

  /** Lays the buttons over the drawn cells. @param {HTMLCanvasElement | null} canvas */
  updated(canvas) {
    const grid = this.#host.root.getElementById('editor');
    const { geometry } = /** @type {any} */ (this.#experiment?.worldModule ?? {});
    if (!grid || !canvas || !geometry) return;
    const rows = this.#rows;
    const { cell, x0, y0 } = geometry(canvas.clientWidth, canvas.clientHeight, { n_rows: rows.length, n_cols: rows[0].length });
    Object.assign(grid.style, { left: `${x0}px`, top: `${y0}px`, width: `${cell * rows[0].length}px`, height: `${cell * rows.length}px`, gridAutoRows: `${cell}px` });
    if (!this.#refocus) return;
    this.#refocus = false;
    grid.querySelectorAll('button')[this.#focused]?.focus();
  }

  /** @param {KeyboardEvent} event */
  #onKey = (event) => {
    const width = this.#rows[0].length, size = this.#rows.join('').length;
    const moves = /** @type {Record<string, number>} */ ({ ArrowLeft: -1, ArrowRight: 1, ArrowUp: -width, ArrowDown: width });
    const letter = event.key.toUpperCase();
    if (event.key in moves) {
      const next = this.#focused + moves[event.key];
      if (next < 0 || next >= size) return;
      [this.#focused, this.#refocus] = [next, true];
      this.#host.requestUpdate();
    } else if (letter in KINDS && !event.ctrlKey && !event.metaKey) this.#set(this.#focused, letter);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  /** @param {number} i @param {string} kind '' for the next one */
  #set(i, kind) {
    [this.#focused, this.#refocus] = [i, true];
    const rows = this.#rows;
    const width = rows[0].length;
    const letters = [...rows.join('')];
    const next = kind || CYCLE[(CYCLE.indexOf(letters[i]) + 1) % CYCLE.length];
    // There is one start; putting it elsewhere moves it.
    if (next === 'S') letters.forEach((letter, k) => (letters[k] = letter === 'S' ? '.' : letter));
    letters[i] = next;
    void this.#apply(rows.map((_, r) => letters.slice(r * width, (r + 1) * width).join('')));
  }

  /** Makes a run on the map, or says why there is none. @param {string[]} rows */
  async #apply(rows) {
    const experiment = this.#experiment;
    const setting = experiment?.settings.find(({ key }) => key === 'map');
    if (!experiment || !setting) return;
    const setup = experiment.stagedSetup();
    const map = rows.join('/');
    if (map === setting.preset) delete setup.envOptions.map;
    else setup.envOptions.map = map;
    const isMap = rows[0].length > 0 && rows.every((row) => row.length === rows[0].length) && /^[SGT#.]+$/.test(rows.join(''));
    if (isMap) [this.draft, this.#text] = [rows, null];
    else this.#text = map;
    this.#focused = Math.min(this.#focused, this.#rows.join('').length - 1);
    this.#host.requestUpdate();
    await this.#host.attempt(async () => {
      try {
        await experiment.start(setup);
        experiment.emit('setup');
      } catch (error) {
        if (error instanceof Superseded) return;
        const session = this.#session, problem = await this.#host.explain(error);
        if (session === this.#session) this.#problem = problem; // else it is about a map of another run
        this.#host.requestUpdate();
      }
    });
  }
}
