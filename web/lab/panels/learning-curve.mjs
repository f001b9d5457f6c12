// SPDX-License-Identifier: MIT
// How a language model learns: its perplexity on the text it reads and on held-out text, over training steps, between the lines
// of models that only count. The scale is logarithmic: the loss stands on the right.
import { html, nothing } from 'lit';
import { hue } from '../charts/chart-colours.mjs';
import { valueAt } from '../charts/chart-steps.mjs';
import { ChartPanel, Paced, READ_MS, numberCell, numberText, swatch } from './chart-panel.mjs';

/** Perplexities; NaN and Infinity where training diverged. @typedef {{ xs: number[], ys: number[] }} Curve */
/**
 * What the panel needs of a language experiment.
 * @typedef {object} LearningExperiment
 * @property {import('../../bellhop.js').LanguageSessionInfo | null} about
 * @property {{ train: Curve, held: Curve }} curve
 * @property {number} until  the step at which training ends
 */

const ROWS = 16, STEPS_LEAST = 10;

export class LearningCurvePanel extends ChartPanel {
  /** @type {Paced<string>} */
  #readout = new Paced();
  /** The model that is shown. @type {LearningExperiment['about']} */
  #shown = null;

  get #experiment() {
    return /** @type {LearningExperiment | null} */ (this.host.experiment);
  }

  render() {
    const { words } = this.host;
    const experiment = this.#experiment;
    const { cursor } = this;
    const key = [experiment?.about, words, cursor, this.host.experiment?.phase];
    return html`<section class="learning" part="learning" role="group" aria-labelledby="learning-title">
      <header><h2 id="learning-title">${words.t('lm.progress')}</h2>
        <span class="readout" id="lm-readout">${this.#readout.get(key, this.pace(READ_MS), () => this.#read(cursor))}</span></header>
      <div class="plot tall" id="lm-plot" role="group" tabindex="0" aria-label=${words.t('lm.chart')} @keydown=${this.onKey} ${this.place('perplexity')}></div>
      <p class="legend-line caption">${experiment?.about ? this.#legend() : nothing}<span class="axis">${words.t('lm.chart.x')}</span></p>
      <p class="caption">${words.t('lm.chart.note')}</p>
      ${experiment ? this.foldedTable({ id: 'lm-table', caption: words.t('table.caption'), key, make: () => this.#tableOf(experiment) }) : nothing}
    </section>`;
  }

  updated() {
    const experiment = this.#experiment;
    if (!experiment) return;
    const { about, curve: { train, held }, until } = experiment;
    if (about !== this.#shown) this.showAll();
    this.#shown = about;
    const { words, theme } = this.host;
    this.showCharts([train.xs, train.xs.length, held.xs, held.xs.length, about, until, words, theme], () => ({ perplexity: this.#content(experiment) }));
  }

  /** @param {LearningExperiment} experiment @returns {import('../charts/chart.mjs').Content} */
  #content({ about, curve: { train, held }, until }) {
    const { words, theme: { muted, dark } } = this.host;
    return {
      series: [
        { name: words.t('lm.chart.train'), ...train, kind: 'line', colour: muted, width: 1 },
        { name: words.t('lm.chart.held'), ...held, kind: 'line', colour: hue(0, dark), points: true },
      ],
      levels: about?.ngrams ? this.#levels(about.ngrams) : [],
      include: train.xs.length === 0 ? [1, 1000] : [], // nothing yet: a perplexity is 1 at least
      log: true, until: Math.max(until, STEPS_LEAST), right: (y) => words.value(Math.log(y)),
    };
  }

  #legend() {
    const { words, theme: { muted, dark } } = this.host;
    return html`${swatch(muted, 'thin')}${words.t('lm.chart.train')}${swatch(hue(0, dark), 'dots')}${words.t('lm.chart.held')}`;
  }

  /** @param {number} x */
  spoken(x) {
    return this.#read(x);
  }

  /** @param {{ unigram: number, trigram: number }} ngrams */
  #levels({ unigram, trigram }) {
    const { words } = this.host;
    return [
      { name: words.t('lm.chart.unigram', { value: words.figure(unigram) }), value: unigram },
      { name: words.t('lm.chart.trigram', { value: words.figure(trigram) }), value: trigram, dash: [2, 3] },
    ];
  }

  /** A perplexity. */
  #write = (/** @type {number} */ n) => (n < 1e5 ? this.host.words.value(n, 2) : this.host.words.figure(n));

  /** @param {number | null} x null: the latest on held-out text */
  #read(x) {
    const { words } = this.host;
    const { train, held } = this.#experiment?.curve ?? { train: { xs: [], ys: [] }, held: { xs: [], ys: [] } };
    if (x === null) return this.#reading(held.ys.at(-1) ?? train.ys.at(-1) ?? null);
    const named = [[words.t('lm.chart.train'), valueAt(train.xs, train.ys, x)], [words.t('lm.chart.held'), valueAt(held.xs, held.ys, x)]];
    const values = named.filter(([, y]) => y !== null).map(([name, y]) => `${name} ${numberText(Number(y), this.#write)}`);
    return [words.t('at.step', { step: words.count(Math.round(x)) }), ...values].join(' · ');
  }

  /** @param {number | null} y */
  #reading(y) {
    const { words } = this.host;
    if (y === null) return '';
    return words.t('lm.reading', { value: numberText(y, this.#write), loss: numberText(Math.log(y), (n) => words.value(n, 3)) });
  }

  /** @param {LearningExperiment} experiment @returns {import('./chart-panel.mjs').Table} */
  #tableOf({ curve: { train, held } }) {
    const { words } = this.host;
    const last = Math.max(train.xs.at(-1) ?? 0, held.xs.at(-1) ?? 0);
    const steps = last === 0 ? [] : [...new Set(Array.from({ length: ROWS }, (_, i) => Math.round(last * (i + 1) / ROWS)))];
    const cell = (/** @type {Curve} */ { xs, ys }, /** @type {number} */ x) => numberCell(valueAt(xs, ys, x), this.#write);
    return {
      heads: [words.t('steps'), words.t('lm.chart.train'), words.t('lm.chart.held')],
      rows: steps.map((x) => [{ text: words.count(x), plain: x }, cell(train, x), cell(held, x)]),
    };
  }
}
