// SPDX-License-Identifier: MIT
// The microscope: the last update with the numbers it was computed with (docs/updates.md). Of a table, the target and the step towards it; of a
// batch, its errors as dots and as rows, the gradient and the step size; of a sweep, what it changed. Fetched when it is opened.
import { css, html, mathml, nothing, svg } from 'lit';
import { reportOf } from '../update-report.mjs';
import { factor } from './target.mjs';

/** @typedef {import('../lab-host.mjs').LabHost} LabHost */
/** @typedef {import('../run-experiment.mjs').RunExperiment} RunExperiment */
/** @typedef {import('../update-report.mjs').BatchUpdate} BatchUpdate */
/** @typedef {import('../update-report.mjs').TableUpdate} TableUpdate */
/** @typedef {import('../update-report.mjs').SweepUpdate} SweepUpdate */
/** @typedef {import('../words.mjs').Words} Words */

/** Rows of a batch in the table, and its dots. */
const ROWS_MOST = 64, DOTS_MOST = 512;
/** Dots at the same place lie on so many levels. */
const LEVELS = 7;
const DIGITS = 4;

export class Microscope {
  #host;

  /** @param {LabHost} host */
  constructor(host) {
    this.#host = host;
  }

  get #experiment() {
    return /** @type {RunExperiment} */ (this.#host.experiment);
  }

  render() {
    const { words, attempt } = this.#host;
    if (!this.#experiment.isWatched) void attempt(() => this.#experiment.watch(true)); // another experiment than that it was opened over
    return html`<section class="microscope" part="microscope" id="microscope-view" aria-labelledby="microscope-title">
      <header><h4 id="microscope-title">${words.t('update.title')}</h4>${this.#next('update')}${this.#next('episode')}</header>${this.#content()}</section>`;
  }

  /** @param {'update' | 'episode'} what */
  #next(what) {
    const experiment = this.#experiment;
    return html`<button type="button" class="quiet" id="next-${what}" ?disabled=${!experiment.can.step} @click=${() => this.#host.attempt(() => experiment.step(what))}>${this.#host.words.t(`update.next.${what}`)}</button>`;
  }

  #content() {
    const { words } = this.#host;
    const { humanFrame, agentFrame } = this.#experiment;
    if (humanFrame) return html`<p class="caption">${words.t('update.yours')}</p>`;
    if (!agentFrame?.update) return html`<p class="caption" id="microscope-none">${words.t('update.none')}</p>`;
    const report = reportOf(agentFrame.update);
    if (!report) return html`<p class="caption">${words.t('update.unlike')}</p>`;
    const body = report.kind === 'table' ? this.#table(report) : report.kind === 'sweep' ? this.#sweep(report) : this.#batch(report);
    return html`${body}<p class="caption">${words.t('update.exact')}</p>`;
  }

  /** @param {[name: string, text: unknown, exact?: number][]} items */
  #list(items) {
    const { words } = this.#host;
    return html`<dl>${items.map(([name, text, exact]) => html`<dt>${name}</dt><dd title=${exact === undefined ? nothing : words.exact(exact)}>${text}</dd>`)}</dl>`;
  }

  /** @param {number} n */
  #number(n) {
    return this.#host.words.value(n, DIGITS);
  }

  // ---- a table ----

  /** @param {TableUpdate} update */
  #table({ state, action, r, discount, how, next, bonus, y, old, td, alpha, now }) {
    const { words, actionName, describeObservation } = this.#host;
    const at = words.t('update.where', { state: describeObservation([state], String(state)), action: actionName(action) });
    const notes = [discount === 0 ? words.t('update.how.end') : words.t(`update.how.${how}`), bonus ? words.t('update.bonus', { bonus: this.#number(bonus) }) : ''];
    const num = (/** @type {number} */ n) => factor(words, n, DIGITS);
    const plus = discount === 0 ? nothing : mathml`<mo>+</mo><mn>${discount}</mn><mo>×</mo>${num(next + (bonus ?? 0))}`;
    return html`<p class="where">${at}</p>
      <div class="formula"><math><mrow><mi>y</mi><mo>=</mo>${num(r)}${plus}<mo>=</mo>${num(y)}</mrow></math></div>
      <p class="caption">${words.sentences(notes)}</p>
      <div class="formula"><math><mrow><mi>Q</mi><mo stretchy="false">(</mo><mi>s</mi><mo>,</mo><mi>a</mi><mo stretchy="false">)</mo><mo>←</mo>${num(old)}<mo>+</mo><mn>${alpha}</mn><mo>×</mo>${num(td)}<mo>=</mo>${num(now)}</mrow></math></div>
      ${this.#list([[words.t('update.td'), this.#number(td), td], [words.t('update.alpha'), words.figure(alpha), alpha]])}`;
  }

  // ---- planning ----

  /** @param {SweepUpdate} update */
  #sweep({ changed, states, most, gamma }) {
    const { words } = this.#host;
    return this.#list([
      [words.t(most === null ? 'update.improvement' : 'update.sweep'), words.t('update.of', { n: words.count(changed), all: words.count(states) })],
      ...most === null ? [] : [/** @type {[string, string, number]} */ ([words.t('update.most'), words.figure(most), most])],
      ...gamma === null ? [] : [/** @type {[string, string, number]} */ (['γ', words.figure(gamma), gamma])],
    ]);
  }

  // ---- a batch ----

  /** @param {BatchUpdate} update */
  #batch({ of, rows, errors, gradient, learningRate, distance, ratios }) {
    const { words } = this.#host;
    const spread = (/** @type {import('../update-report.mjs').Spread} */ { mean, std, most }) => words.t('update.spread', { mean: words.figure(mean), std: words.figure(std), most: words.figure(most) });
    const { norm, scale } = gradient;
    const clipped = scale !== null && scale < 1;
    const size = clipped ? words.t('update.clipped', { norm: words.figure(norm), to: words.figure(norm * scale) }) : words.t('update.unclipped', { norm: words.figure(norm) });
    return html`${this.#dots(rows)}
      ${this.#list([
        [words.t('update.size'), words.count(rows.length)], [words.t(`update.errors.${of}`), spread(errors)], ...ratios ? [/** @type {[string, string]} */ ([words.t('update.ratios'), spread(ratios)])] : [],
        [words.t('update.gradient'), size, norm], [words.t('update.rate'), words.figure(learningRate), learningRate],
        ...distance === null ? [] : [/** @type {[string, string, number]} */ ([words.t('update.distance'), words.figure(distance), distance])],
      ])}
      <details class="values"><summary>${words.t('update.rows')}</summary><div class="values-scroll" tabindex="0" role="group" aria-label=${words.t('update.rows')}>${this.#rows(of, rows)}</div></details>`;
  }

  /** Left of the middle errors below zero, right of it those above. @param {BatchUpdate['rows']} rows */
  #dots(rows) {
    const { words, theme } = this.#host;
    const some = rows.slice(0, DOTS_MOST);
    const most = Math.max(1e-12, ...some.map(({ error }) => Math.abs(error)));
    const [negative, positive] = [rows.filter(({ error }) => error < 0), rows.filter(({ error }) => error > 0)].map(({ length }) => words.count(length));
    return html`<figure class="errors"><svg role="img" aria-label=${words.t('update.dots', { negative, positive })}>
      <line x1="50%" x2="50%" y1="0" y2="100%"></line>
      ${some.map(({ error, weight }, b) => svg`<circle cx=${`${50 + 47 * error / most}%`} cy=${`${12 + 76 * (b % LEVELS) / (LEVELS - 1)}%`} r=${2 + 2 * (weight ?? 0.5)}
        fill=${theme.scale.css(0.85 * Math.sign(error))}></circle>`)}</svg>
      <figcaption aria-hidden="true"><span>${words.figure(-most)}</span><span>0</span><span>${words.figure(most)}</span></figcaption></figure>`;
  }

  /** @param {BatchUpdate['of']} of @param {BatchUpdate['rows']} rows */
  #rows(of, rows) {
    const { words, actionName } = this.#host;
    const has = (/** @type {'r' | 'old' | 'y' | 'weight'} */ name) => rows[0]?.[name] !== null && rows.length > 0;
    const hasActions = (rows[0]?.action ?? -1) >= 0;
    const heads = [
      ...hasActions ? ['action'] : [], ...has('r') ? ['r', 'discount'] : [], ...has('old') ? [of === 'advantage' ? 'chance' : 'old'] : [], ...has('y') ? ['y'] : [], of, ...has('weight') ? ['weight'] : [],
    ];
    const cells = (/** @type {BatchUpdate['rows'][number]} */ row) => [
      ...hasActions ? [actionName(row.action)] : [], ...[row.r, row.discount, row.old, row.y, row.error, row.weight].filter((n) => n !== null).map((n) => words.figure(n)),
    ];
    return html`<table class="numbers"><thead><tr>${heads.map((name) => html`<th scope="col">${words.t(/** @type {any} */ (`update.row.${name}`))}</th>`)}</tr></thead>
      <tbody>${rows.slice(0, ROWS_MOST).map((row) => html`<tr>${cells(row).map((text) => html`<td>${text}</td>`)}</tr>`)}</tbody></table>`;
  }
}

export const styles = css`
.microscope { margin-top: 8px; padding: 8px 12px; border: 1px solid var(--bellhop-line); border-radius: 6px; }
.microscope header { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 8px; margin-bottom: 4px; }
.microscope h4 { margin: 0; margin-inline-end: auto; font-size: 14px; line-height: 20px; }
.microscope .where { margin: 0; font-size: 13px; line-height: 20px; }
.microscope .formula { min-height: 28px; }
.microscope .caption { min-height: 20px; }
.microscope dl { display: grid; grid-template-columns: fit-content(46%) minmax(0, 1fr); gap: 2px 12px; font-size: 13px; line-height: 20px; margin: 4px 0; }
.microscope dt { color: var(--bellhop-muted); }
.microscope dd { margin: 0; overflow-wrap: anywhere; min-height: 20px; font-variant-numeric: tabular-nums; }
.microscope .errors { margin: 4px 0; }
.microscope svg { display: block; width: 100%; height: 64px; }
.microscope line { stroke: var(--bellhop-line); }
.microscope circle { fill-opacity: .8; stroke: var(--bellhop-panel); stroke-width: .5; }
.microscope figcaption { display: flex; justify-content: space-between; font-size: 12px; line-height: 16px; color: var(--bellhop-muted); font-variant-numeric: tabular-nums; }
.microscope .numbers td:first-child { text-align: start; }
.microscope .values-scroll { max-height: 264px; overflow: auto; }
@media (forced-colors: active) {
  .microscope circle { fill: CanvasText; }
}
`;
