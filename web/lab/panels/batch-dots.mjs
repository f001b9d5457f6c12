// SPDX-License-Identifier: MIT
// The transitions of the last batch as dots over the picture of the states: over the cells of a map, over a value map. The larger a dot the
// larger the error; full above zero, a ring below. A layer above the picture, which goes with the microscope: worlds know nothing of it.
import { css, html, nothing, render, svg } from 'lit';
import { AsyncDirective, directive } from 'lit/async-directive.js';

/** @typedef {import('../lab-host.mjs').LabHost} LabHost */
/** @typedef {import('../run-experiment.mjs').RunExperiment} RunExperiment */
/** @typedef {import('../../bellhop.js').UpdateNumbers} UpdateNumbers */
/** @typedef {import('../update-report.mjs').BatchUpdate} BatchUpdate */
/** Where a dot is: of a map its cell, of a value map parts of its width and height, from the top left. @typedef {{ cell: number } | { x: number, y: number }} Spot */

/** Where the picture is, by its id: of a map the world itself; of a few numbers the value map, for actions that are numbers that of the critic. */
const PICTURES = Object.freeze({ map: ['stage'], slice: ['slice-box', 'values-map-box'] });
const DOTS_MOST = 512;
/** Pixels of the radius, of an error of 0 and of the largest; of more dots than these, less. */
const LEAST = 1.5, MOST = 5, MANY = 96;
/** Dots of a cell lie along its diagonals, between the numbers, from the arrow in its middle to the corners: in parts of the cell, and how far beside. */
const [INNER, OUTER, BESIDE] = [0.17, 0.42, 0.035];

/**
 * Where the states of a batch are in the picture; null where it has no places for them.
 * @param {UpdateNumbers} update @param {Pick<RunExperiment, 'isMap' | 'layout' | 'worldModule' | 'session'>} experiment @returns {Spot[] | null}
 */
export function spotsOf({ x_tm1: states }, { isMap, layout, worldModule, session }) {
  if (!states) return null;
  const [n, S] = states.shape, row = (/** @type {number} */ b) => states.data.subarray(b * S, (b + 1) * S);
  if (isMap) return S === layout.n_rows * layout.n_cols ? Array.from({ length: n }, (_, b) => ({ cell: row(b).indexOf(1) })) : null;
  const slice = worldModule?.slice, isPlain = S === layout.observations?.length && session?.info.options.normalizeObservation !== true;
  if (!slice || !isPlain) return null;
  const [left, right] = slice.across(layout), [bottom, top] = slice.up(layout), part = (/** @type {number} */ v) => Math.max(0, Math.min(1, v));
  return Array.from({ length: n }, (_, b) => {
    const [x, y] = (slice.of ?? slice.at)(row(b));
    return { x: part((x - left) / (right - left)), y: part((top - y) / (top - bottom)) };
  });
}

/** A layer above a picture, for as long as what it stands in is there; `resized` is called where the picture gets another size. */
class Above extends AsyncDirective {
  /** @type {HTMLElement | null} */
  #layer = null;
  /** @type {ResizeObserver | null} */
  #sizes = null;

  /** @param {HTMLElement | null} _picture @param {unknown} _content @param {() => void} _resized */
  render(_picture, _content, _resized) {
    return nothing;
  }

  /** @param {unknown} _part @param {[HTMLElement | null, unknown, () => void]} values */
  update(_part, [picture, content, resized]) {
    if (!picture) this.disconnected();
    else render(content, this.#over(picture, resized));
    return nothing;
  }

  /** @param {HTMLElement} picture @param {() => void} resized */
  #over(picture, resized) {
    const layer = this.#layer ??= Object.assign(picture.ownerDocument.createElement('div'), { className: 'batch-layer', ariaHidden: 'true' });
    if (layer.parentNode === picture) return layer;
    picture.append(layer);
    this.#sizes?.disconnect();
    this.#sizes = new ResizeObserver(resized);
    this.#sizes.observe(picture);
    return layer;
  }

  disconnected() {
    this.#sizes?.disconnect();
    this.#layer?.remove();
    this.#layer = null;
  }
}

const above = directive(Above);

export class BatchDots {
  #host;
  #isOn = true;
  #resized = () => this.#host.requestUpdate();

  /** @param {LabHost} host */
  constructor(host) {
    this.#host = host;
  }

  get #experiment() {
    return /** @type {RunExperiment} */ (this.#host.experiment);
  }

  /** Whether the picture has places for the states of this batch. @param {UpdateNumbers} update */
  fits(update) {
    return spotsOf(update, this.#experiment) !== null;
  }

  /** What the dots mean, and, above the picture, they. @param {UpdateNumbers} update @param {BatchUpdate} report @param {string} what  the errors are @param {number} most  the largest of the scale */
  render(update, { of, rows }, what, most) {
    const { words, root } = this.#host, { isMap } = this.#experiment, spots = spotsOf(update, this.#experiment);
    const picture = PICTURES[isMap ? 'map' : 'slice'].map((id) => root.getElementById(id)).find((element) => element !== null), canvas = /** @type {HTMLElement | null} */ (picture?.querySelector('canvas'));
    if (!spots || !picture || !canvas) return nothing;
    const isShown = this.#isOn && root.getElementById('edit')?.getAttribute('aria-pressed') !== 'true'; // a draft has other cells
    const toggle = () => {
      this.#isOn = !this.#isOn;
      this.#host.requestUpdate();
    };
    return html`<div class="batch-legend"><button type="button" class="quiet" id="batch-dots" aria-pressed=${String(this.#isOn)} @click=${toggle}>${words.t('dots.button')}</button>
      <span><i aria-hidden="true">●</i> ${words.t(of === 'loss' ? 'dots.small' : 'dots.above')}</span>${of === 'loss' ? nothing : html`<span><i aria-hidden="true">○</i> ${words.t('dots.below')}</span>`}</div>
      <p class="caption" id="batch-dots-text">${words.t(isMap ? 'dots.map' : 'dots.slice', { what })}${above(isShown ? picture : null, isShown ? this.#picture(canvas, rows, spots, most) : nothing, this.#resized)}</p>`;
  }

  /** @param {HTMLElement} canvas @param {BatchUpdate['rows']} rows @param {Spot[]} spots @param {number} most */
  #picture({ clientWidth: width, clientHeight: height }, rows, spots, most) {
    const points = this.#points(width, height, spots);
    const dots = rows.slice(0, DOTS_MOST).flatMap(({ error }, b) => (Number.isFinite(error) && points[b] ? [{ error, at: points[b] }] : []));
    const largest = LEAST + (MOST - LEAST) * Math.min(1, Math.sqrt(MANY / dots.length));
    dots.sort((a, b) => Math.abs(b.error) - Math.abs(a.error)); // the small ones above
    return html`<svg id="batch-picture" width=${width} height=${height} viewBox="0 0 ${width} ${height}">${dots.map(({ error, at: [x, y] }) => svg`<circle class=${error < 0 ? 'below' : 'above'}
      cx=${x.toFixed(1)} cy=${y.toFixed(1)} r=${(LEAST + (largest - LEAST) * Math.min(1, Math.abs(error) / most)).toFixed(1)}></circle>`)}</svg>`;
  }

  /** @param {number} width @param {number} height @param {Spot[]} spots @returns {([x: number, y: number] | null)[]} */
  #points(width, height, spots) {
    const { worldModule, layout } = this.#experiment, /** @type {Map<number, number>} */ inCell = new Map(), /** @type {Map<number, number>} */ seen = new Map();
    const { cell: size = 0, x0 = 0, y0 = 0 } = /** @type {any} */ (worldModule).geometry?.(width, height, layout) ?? {};
    for (const spot of spots) if ('cell' in spot) inCell.set(spot.cell, (inCell.get(spot.cell) ?? 0) + 1);
    return spots.map((spot) => {
      if (!('cell' in spot)) return [spot.x * width, spot.y * height];
      if (spot.cell < 0) return null;
      const k = seen.get(spot.cell) ?? 0, n = /** @type {number} */ (inCell.get(spot.cell));
      seen.set(spot.cell, k + 1);
      const [dx, dy] = placeInCell(k, n);
      return [x0 + (spot.cell % layout.n_cols + 0.5 + dx) * size, y0 + (Math.floor(spot.cell / layout.n_cols) + 0.5 + dy) * size];
    });
  }
}

/** From the middle of a cell, in parts of it. @param {number} k @param {number} n  dots in the cell @returns {[x: number, y: number]} */
function placeInCell(k, n) {
  const along = Math.floor(k / 4), far = INNER + (OUTER - INNER) * (along + 0.5) / Math.ceil(n / 4), beside = n > 8 ? (along % 3 - 1) * BESIDE : 0;
  const [x, y] = [[1, 1], [-1, -1], [1, -1], [-1, 1]][k % 4];
  return [x * (far + beside), y * (far - beside)];
}

export const styles = css`
.batch-layer { position: absolute; left: 0; top: 0; pointer-events: none; }
.slice .batch-layer { position: relative; grid-area: 1 / 2 / 4 / 4; }
.batch-layer svg { position: absolute; left: 0; top: 0; overflow: visible; }
.batch-layer .above { fill: var(--bellhop-ink); stroke: var(--bellhop-panel); stroke-width: 1; }
.batch-layer .below { fill: var(--bellhop-panel); stroke: var(--bellhop-ink); stroke-width: 1.5; }
.microscope .batch-legend { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 12px; margin: 4px 0; font-size: 13px; line-height: 20px; }
.microscope .batch-legend span { display: inline-flex; align-items: center; gap: 4px; color: var(--bellhop-muted); }
.microscope .batch-legend i { font-style: normal; color: var(--bellhop-ink); }
@media (forced-colors: active) {
  .batch-layer .above { fill: CanvasText; stroke: Canvas; }
  .batch-layer .below { fill: Canvas; stroke: CanvasText; }
}
`;
