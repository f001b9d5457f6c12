// SPDX-License-Identifier: MIT
// A look into a cell of a map: the values stored there, beside the true ones where they are known. Fetched with the first look.
import { html, nothing } from 'lit';
import { CellEdit } from './cell-edit.mjs';
import { Look } from './look.mjs';

export { styles } from './look.mjs';

export class CellView extends Look {
  #edit;

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

  content() {
    const { words, frame } = this.host;
    const { worldModule, layout, isTrained, truth, isPolicy } = this.experiment;
    const name = /** @type {any} */ (worldModule).describeObservation({ obs: [this.at], layout, words });
    const kind = layout.rows.join('')[this.at];
    const note = kind === '#' ? words.t('cell.look.wall') : kind === 'G' || (kind === 'T' && layout.trap_ends) ? words.t('cell.look.end') : '';
    const row = (/** @type {Float64Array} */ of, /** @type {number} */ actions) => of.subarray(this.at * actions, (this.at + 1) * actions);
    return html`<strong>${name}</strong>${note ? html`<p>${note}</p>` : frame?.table ? this.valuesOf(row(frame.table, frame.q.length), truth && !isPolicy ? row(truth, frame.q.length) : null) : nothing}
      ${!note && !isTrained ? html`<p>${words.t('untrained')}</p>` : nothing}`;
  }
}
