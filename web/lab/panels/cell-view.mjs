// SPDX-License-Identifier: MIT
// A look into a cell of a map: the values stored there, beside the true ones where they are known, and how often the agent acted there in
// training, which the core counts (session.inspect). Fetched with the first look.
import { html, nothing } from 'lit';
import { CellEdit } from './cell-edit.mjs';
import { Look } from './look.mjs';

export { styles } from './look.mjs';

/** @typedef {import('../../bellhop.js').Frame} Frame */
/** @typedef {import('../../bellhop.js').Inspection} Inspection */

export class CellView extends Look {
  #edit;
  /** What was asked last, and what came of it. @type {{ frame: Frame | null, at: number, found: Inspection | null }} */
  #asked = { frame: null, at: -1, found: null };
  #isAsking = false;

  /** @param {import('../lab-host.mjs').LabHost} host @param {() => HTMLCanvasElement | null} canvas */
  constructor(host, canvas) {
    super(host, canvas, 'cell-look');
    this.#edit = new CellEdit(host);
  }

  /** @param {HTMLCanvasElement} canvas */
  placesOn(canvas) {
    const { worldModule, layout } = this.experiment;
    const { geometry } = /** @type {any} */ (worldModule ?? {});
    if (!geometry || !layout.rows) return null;
    const { cell, x0, y0 } = geometry(canvas.clientWidth, canvas.clientHeight, layout);
    return { x0, y0, width: cell, height: cell, rows: layout.n_rows, columns: layout.n_cols };
  }

  get first() {
    return this.experiment.startState;
  }

  get state() {
    return /[S.]/.test(this.experiment.layout.rows.join('')[this.at]) ? [this.at] : null;
  }

  actions() {
    return this.#edit.render(this.at);
  }

  /** Visits of the cell: those of the frame before, until those of this one are here. */
  get #visits() {
    const { agentFrame: frame } = this.experiment, { at } = this, asked = this.#asked;
    if (frame && !this.#isAsking && (asked.frame !== frame || asked.at !== at)) void this.host.attempt(() => this.#ask(frame, at));
    return asked.at === at ? asked.found : null;
  }

  /** @param {Frame} frame @param {number} at */
  async #ask(frame, at) {
    const { session } = this.experiment;
    this.#isAsking = true;
    try {
      const found = await session?.inspect(at).catch(() => null) ?? null; // the run was replaced meanwhile
      if (session === this.experiment.session) this.#asked = { frame, at, found };
    } finally {
      this.#isAsking = false;
    }
    this.host.requestUpdate();
  }

  content() {
    const { words, frame } = this.host;
    const { worldModule, layout, isTrained, truth, isPolicy } = this.experiment;
    const name = /** @type {any} */ (worldModule).describeObservation({ obs: [this.at], layout, words });
    const kind = layout.rows.join('')[this.at];
    const note = kind === '#' ? words.t('cell.look.wall') : kind === 'G' || (kind === 'T' && layout.trap_ends) ? words.t('cell.look.end') : '';
    const { visits = null, counted = 0 } = (note ? null : this.#visits) ?? {};
    const row = (/** @type {Float64Array} */ of, /** @type {number} */ actions) => of.subarray(this.at * actions, (this.at + 1) * actions);
    return html`<strong>${name}</strong>${note ? html`<p>${note}</p>` : frame?.table ? this.valuesOf(row(frame.table, frame.q.length), truth && !isPolicy ? row(truth, frame.q.length) : null, visits) : nothing}
      ${visits ? html`<p class="look-visits">${words.t('cell.look.visits', { n: words.count(visits.reduce((sum, n) => sum + n, 0)), all: words.count(counted ?? 0) })}</p>` : nothing}
      ${!note && !isTrained ? html`<p>${words.t('untrained')}</p>` : nothing}`;
  }
}
