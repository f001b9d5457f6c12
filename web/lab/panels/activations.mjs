// SPDX-License-Identifier: MIT
// Inside the network: what the units of each layer say of the state that is shown, read off the core (session.inspect) while a run stands
// still. A layer is a strip of bars, up where a unit is above zero and down where it is below; a unit that is zero, behind a ReLU a dead
// one here, is a hollow mark. Part of the microscope.
import { css, html, nothing, svg } from 'lit';
import { styled } from '../style-directive.mjs';

/** @typedef {import('../lab-host.mjs').LabHost} LabHost */
/** @typedef {import('../run-experiment.mjs').RunExperiment} RunExperiment */
/** @typedef {import('../../bellhop.js').Frame} Frame */
/** @typedef {import('../../bellhop.js').Inspection['layers'][number]} Layer */
/** What is told of a layer in words. @typedef {{ n: number, zeros: number, low: number, high: number }} Summary */

/** Bars of a row, the fewest there is room for, and rows of a strip; units in the table. */
const COLUMNS = 64, COLUMNS_LEAST = 16, ROWS_MOST = 32, TABLE_MOST = 256;
/** Pixels of a row of a strip that has one, and of one of several. */
const HIGH = 40, LOW = 16;
const GAP = 0.14, ROOM = 0.06, DIGITS = 3;
/** Outputs that are told by the names of their actions. */
const NAMED_MOST = 6;
/** What is said of its units. */
const UNITS = Object.freeze(/** @type {const} */ ({ relu: 'layers.relu', tanh: 'layers.tanh', linear: 'layers.linear' }));

/** @param {Layer} layer @returns {Summary} */
export function summaryOf({ data }) {
  let zeros = 0, low = Infinity, high = -Infinity;
  for (const value of data) {
    if (value === 0) zeros++;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return { n: data.length, zeros, low, high };
}

/**
 * The bars of a layer as paths of one unit a column and a row: above zero, below, and the marks of those that are zero. Of a convolution channel
 * after channel, so that a row has places of one.
 * @param {Layer} layer @param {{ low: number, high: number }} summary @returns {{ columns: number, rows: number, above: string, below: string, zero: string }}
 */
export function barsOf({ data: all, shape: [places, channels] }, { low, high }) {
  const data = places > 1 ? all.map((_, i) => all[i % places * channels + Math.floor(i / places)]) : all;
  const n = Math.min(data.length, COLUMNS * ROWS_MOST), columns = Math.max(COLUMNS_LEAST, Math.min(COLUMNS, places > 1 ? places : n)), most = Math.max(Math.abs(low), Math.abs(high)) || 1;
  const [up, down] = low >= 0 ? [1, 0] : high <= 0 ? [0, 1] : [0.5, 0.5], paths = { above: '', below: '', zero: '' };
  for (let i = 0; i < n; i++) {
    const x = i % columns + GAP / 2, y = Math.floor(i / columns) + ROOM + up * (1 - 2 * ROOM), value = data[i];
    const height = Math.abs(value) / most * (value > 0 ? up : down) * (1 - 2 * ROOM), bar = (/** @type {string} */ to) => `M${short(x)} ${short(y)}h${1 - GAP}v${to}h${GAP - 1}z`;
    if (value > 0) paths.above += bar(short(-height));
    else if (value < 0) paths.below += bar(short(height));
    else if (value === 0) paths.zero += `M${short(x)} ${short(y)}h${1 - GAP}`;
  }
  return { columns, rows: Math.ceil(n / columns), ...paths };
}

/** @param {number} n */
const short = (n) => String(Number(n.toFixed(3)));

export class Activations {
  #host;
  /** What was asked last, and what came of it. @type {{ frame: Frame, layers: readonly Layer[] } | null} */
  #asked = null;

  #isOpen = false;

  /** @param {LabHost} host */
  constructor(host) {
    this.#host = host;
  }

  get #experiment() {
    return /** @type {RunExperiment} */ (this.#host.experiment);
  }

  render() {
    const { agentFrame: frame, humanFrame, isRunning } = this.#experiment, { words } = this.#host;
    if (isRunning || humanFrame || !frame) return nothing;
    if (this.#asked?.frame !== frame) void this.#host.attempt(() => this.#ask(frame));
    const layers = this.#asked?.layers ?? [];
    if (layers.length === 0) return nothing; // a table has none
    return html`<section class="layers" id="activations" role="group" aria-labelledby="activations-title"><h4 id="activations-title">${words.t('layers.title')}</h4>
      <p class="caption">${words.t('layers.help')}</p>
      ${layers.map((layer, i) => this.#layer(layer, i, layers.length))}
      <details class="values" @toggle=${this.#toggled}><summary>${words.t('layers.table')}</summary>
        <div class="values-scroll" tabindex="0" role="group" aria-label=${words.t('layers.table')}>${this.#isOpen ? this.#table(layers) : nothing}</div></details></section>`;
  }

  /** The table is made where it is seen. @param {Event} event */
  #toggled = ({ currentTarget }) => {
    this.#isOpen = /** @type {HTMLDetailsElement} */ (currentTarget).open;
    this.#host.requestUpdate();
  };

  /** @param {Frame} frame */
  async #ask(frame) {
    const { session } = this.#experiment, asked = this.#asked = { frame, layers: this.#asked?.layers ?? [] };
    const { layers = [] } = await session?.inspect(frame.obs).catch(() => null) ?? {}; // the run was replaced meanwhile, or its observations are translated
    if (this.#asked !== asked) return;
    asked.layers = layers;
    this.#host.requestUpdate();
  }

  /** @param {number} i @param {number} n  of how many */
  #name(i, n) {
    return this.#host.words.t(i === n - 1 ? 'layers.output' : 'layers.layer', { i: i + 1 });
  }

  /** @param {Layer} layer @param {number} i @param {number} n */
  #layer(layer, i, n) {
    const { words } = this.#host, summary = summaryOf(layer), { columns, rows, above, below, zero } = barsOf(layer, summary);
    const [places, channels] = layer.shape, kind = layer.activation;
    const about = words.t(places > 1 ? 'layers.maps' : UNITS[kind], { n: words.count(places > 1 ? channels : summary.n), places: words.count(places) });
    const told = this.#told(layer, summary, i === n - 1);
    return html`<figure class="layer"><p><b>${this.#name(i, n)}</b> <span>${about}</span></p>
      <svg role="img" aria-label=${`${this.#name(i, n)}: ${told}`} viewBox="0 0 ${columns} ${rows}" preserveAspectRatio="none" ${styled({ height: `${rows > 1 ? rows * LOW : HIGH}px` })}>
        ${svg`<path class="above" d=${above}></path><path class="below" d=${below}></path><path class="zero" d=${zero}></path>`}</svg>
      <figcaption class="caption" aria-hidden="true">${told}</figcaption></figure>`;
  }

  /** @param {Layer} layer @param {Summary} summary @param {boolean} isOutput */
  #told({ activation, data }, { n, zeros, low, high }, isOutput) {
    const { words, actionName } = this.#host, { agentFrame: frame } = this.#experiment, figure = (/** @type {number} */ v) => words.value(v, DIGITS);
    const isNamed = n === frame?.q.length;
    if (isOutput && n <= NAMED_MOST) return words.list(Array.from(data, (value, a) => (isNamed ? `${actionName(a)} ${figure(value)}` : figure(value))));
    const range = words.t('layers.range', { low: figure(low), high: figure(high) });
    const dead = activation === 'relu' ? words.t('layers.dead', { n: words.count(zeros), all: words.count(n), share: words.count(Math.round(100 * zeros / n)) }) : '';
    return words.sentences([dead, range, n > COLUMNS * ROWS_MOST ? words.t('layers.first', { n: words.count(COLUMNS * ROWS_MOST) }) : '']);
  }

  /** A row for each unit, a column for each layer. @param {readonly Layer[]} layers */
  #table(layers) {
    const { words } = this.#host, n = Math.min(TABLE_MOST, Math.max(...layers.map(({ data }) => data.length)));
    return html`<table class="numbers"><thead><tr><th scope="col">${words.t('layers.unit')}</th>${layers.map((_, i) => html`<th scope="col">${this.#name(i, layers.length)}</th>`)}</tr></thead>
      <tbody>${Array.from({ length: n }, (_, unit) => html`<tr><th scope="row">${words.count(unit + 1)}</th>${layers.map(({ data }) => html`<td title=${unit < data.length ? words.exact(data[unit]) : nothing}>${unit < data.length ? words.value(data[unit], DIGITS) : ''}</td>`)}</tr>`)}</tbody></table>
      ${layers.some(({ data }) => data.length > n) ? html`<p class="caption">${words.t('layers.first', { n: words.count(n) })}</p>` : nothing}`;
  }
}

export const styles = css`
.microscope .layer { margin: 8px 0; }
.microscope .layer p { display: flex; flex-wrap: wrap; gap: 0 8px; margin: 0; font-size: 13px; line-height: 20px; }
.microscope .layer b { font-weight: 600; }
.microscope .layer p span { color: var(--bellhop-muted); }
.microscope .layer svg { background: var(--bellhop-ground); border-radius: 4px; }
.microscope .layer figcaption { display: block; min-height: 20px; font-size: 13px; line-height: 20px; }
.microscope .layer .above { fill: var(--bellhop-high); }
.microscope .layer .below { fill: var(--bellhop-low); }
.microscope .layer .zero { fill: none; stroke: var(--bellhop-muted); stroke-width: 1.5; vector-effect: non-scaling-stroke; stroke-dasharray: 1.5 1.5; }
.microscope .layers th[scope='row'] { font-weight: 400; text-align: start; color: var(--bellhop-muted); }
@media (forced-colors: active) {
  .microscope .layer .above, .microscope .layer .below { fill: CanvasText; }
  .microscope .layer .zero { stroke: CanvasText; }
}
`;
