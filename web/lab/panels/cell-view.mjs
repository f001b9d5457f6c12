// SPDX-License-Identifier: MIT
// A look into a cell of a map: the values stored there, beside the true ones where they are known. By pointer, by touch, or, with the
// focus on the map, by arrow keys; Escape ends it. Fetched with the first look.
import { css, html, nothing } from 'lit';
import { styled } from '../style-directive.mjs';

/** @typedef {import('../lab-host.mjs').LabHost} LabHost */
/** @typedef {import('../run-experiment.mjs').RunExperiment} RunExperiment */
/** @typedef {{ cell: number, x0: number, y0: number, rows: number, columns: number }} Geometry */

const GAP = 8, DIGITS = 3;
/** The most it takes. */
const WIDTH = 240;

export class CellView {
  #host;
  #canvas;
  /** The cell that is looked into; -1: none. */
  #at = -1;
  #sizes = new ResizeObserver(() => this.#at >= 0 && this.#host.requestUpdate());
  /** @type {HTMLCanvasElement | null} */
  #followed = null;

  /** @param {LabHost} host @param {() => HTMLCanvasElement | null} canvas */
  constructor(host, canvas) {
    this.#host = host;
    this.#canvas = canvas;
  }

  get #experiment() {
    return /** @type {RunExperiment} */ (this.#host.experiment);
  }

  /** @returns {Geometry | null} */
  get #geometry() {
    const canvas = this.#canvas(), { worldModule, layout } = this.#experiment;
    const { geometry } = /** @type {any} */ (worldModule ?? {});
    if (!canvas || !geometry || !layout.rows) return null;
    return { ...geometry(canvas.clientWidth, canvas.clientHeight, layout), rows: layout.n_rows, columns: layout.n_cols };
  }

  /** @param {Event} event  of the pointer or a key */
  look(event) {
    const at = event instanceof KeyboardEvent ? this.#moved(event) : event.type === 'pointerleave' ? -1 : this.#under(/** @type {PointerEvent} */ (event));
    if (at === this.#at) return;
    this.#at = at;
    this.#host.requestUpdate();
  }

  /** The map may get another size. */
  #follow() {
    const canvas = this.#canvas();
    if (canvas === this.#followed) return;
    this.#sizes.disconnect();
    this.#followed = canvas;
    if (canvas) this.#sizes.observe(canvas);
  }

  /** @param {PointerEvent} event */
  #under({ clientX, clientY }) {
    const geometry = this.#geometry, box = this.#canvas()?.getBoundingClientRect();
    if (!geometry || !box) return -1;
    const column = Math.floor((clientX - box.left - geometry.x0) / geometry.cell), row = Math.floor((clientY - box.top - geometry.y0) / geometry.cell);
    return column < 0 || row < 0 || column >= geometry.columns || row >= geometry.rows ? -1 : row * geometry.columns + column;
  }

  /** @param {KeyboardEvent} event */
  #moved(event) {
    const geometry = this.#geometry;
    const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [0, 0];
    if (event.key === 'Escape') return -1;
    if (!geometry || (dx === 0 && dy === 0)) return this.#at;
    event.preventDefault();
    if (this.#at < 0) return Math.max(0, this.#experiment.startState);
    const column = (this.#at % geometry.columns) + dx, row = Math.floor(this.#at / geometry.columns) + dy;
    return column < 0 || row < 0 || column >= geometry.columns || row >= geometry.rows ? this.#at : row * geometry.columns + column;
  }

  render() {
    const geometry = this.#geometry;
    if (this.#at < 0 || !geometry || this.#at >= geometry.rows * geometry.columns) return nothing;
    this.#follow();
    const { cell, x0, y0, columns, rows } = geometry;
    const column = this.#at % columns, row = Math.floor(this.#at / columns);
    const left = x0 + column * cell, top = y0 + row * cell, px = (/** @type {number} */ n) => `${n}px`;
    const { clientWidth = 0, clientHeight = 0 } = this.#canvas() ?? {};
    const isUpper = row < rows / 2;
    const rooms = { left: left - GAP, right: clientWidth - left - cell - GAP }, isRight = rooms.right >= rooms.left;
    const beside = Math.max(rooms.left, rooms.right) >= WIDTH; // else it stands below or above the cell
    return html`<div class="cell-ring" aria-hidden="true" ${styled({ left: px(left), top: px(top), width: px(cell), height: px(cell) })}></div>
      <div class="cell-look" id="cell-look" role="status" ${styled({
        left: beside ? (isRight ? px(left + cell + GAP) : 'auto') : px(0), right: beside && !isRight ? px(clientWidth - left + GAP) : beside ? 'auto' : px(0),
        top: isUpper ? px(beside ? top : top + cell + GAP) : 'auto', bottom: isUpper ? 'auto' : px(beside ? clientHeight - top - cell : clientHeight - top + GAP),
      })}>${this.#content()}</div>`;
  }

  #content() {
    const { words, frame } = this.#host;
    const { worldModule, layout, isTrained } = this.#experiment;
    const name = /** @type {any} */ (worldModule).describeObservation({ obs: [this.#at], layout, words });
    const kind = layout.rows.join('')[this.#at];
    const note = kind === '#' ? words.t('cell.look.wall') : kind === 'G' || (kind === 'T' && layout.trap_ends) ? words.t('cell.look.end') : '';
    return html`<strong>${name}</strong>${note ? html`<p>${note}</p>` : frame?.table ? this.#values(frame.table, frame.q.length) : nothing}
      ${!note && !isTrained ? html`<p>${words.t('untrained')}</p>` : nothing}`;
  }

  /** @param {Float64Array} table @param {number} actions */
  #values(table, actions) {
    const { words, actionName } = this.#host;
    const { truth, isPolicy } = this.#experiment;
    const row = (/** @type {Float64Array} */ of) => of.subarray(this.#at * actions, (this.#at + 1) * actions);
    const values = row(table), best = Math.max(...values), optimal = truth && !isPolicy ? row(truth) : null;
    return html`<table><thead><tr><th scope="col">${words.t('loop.action')}</th><th scope="col">${isPolicy ? 'π(a | s)' : 'Q(s, a)'}</th>${optimal ? html`<th scope="col">${words.t('cell.look.optimal')}</th>` : nothing}</tr></thead>
      <tbody>${Array.from(values, (value, a) => html`<tr ?data-best=${value === best}><th scope="row">${actionName(a)}</th><td>${words.value(value, DIGITS)}</td>${optimal ? html`<td>${words.value(optimal[a], DIGITS)}</td>` : nothing}</tr>`)}</tbody></table>`;
  }
}

export const styles = css`
.cell-ring { position: absolute; border: 3px solid var(--bellhop-ink); border-radius: 4px; pointer-events: none; }
.cell-look {
  position: absolute; z-index: 4; width: fit-content; max-width: 240px; margin-inline: auto; padding: 8px 12px; border: 1px solid var(--bellhop-line); border-radius: 8px;
  background: var(--bellhop-panel); font-size: 13px; line-height: 20px; box-shadow: 0 4px 16px rgb(0 0 0 / 24%); pointer-events: none;
}
.cell-look p { margin: 0; color: var(--bellhop-muted); }
.cell-look table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
.cell-look th { font-weight: 400; text-align: left; padding: 0 12px 0 0; }
.cell-look thead th { color: var(--bellhop-muted); }
.cell-look td { text-align: right; padding: 0 0 0 8px; }
.cell-look [data-best] { font-weight: 600; }
.cell-look [data-best] th { font-weight: 600; }
`;
