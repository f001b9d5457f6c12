// SPDX-License-Identifier: MIT
// Runs of a text task compared: one curve for each, between the lines of random actions, of the language model alone, of the
// threshold and of the optimum. A table says the same in numbers.
import { html } from 'lit';
import { valueAt } from '../charts/chart-steps.mjs';
import { curveColour, curveDash, curveName } from './curve-looks.mjs';
import { ChartPanel, numberCell, numberText, swatch } from './chart-panel.mjs';

/** @typedef {import('./curve-looks.mjs').RunCurve} RunCurve */
/** @typedef {{ random: number | null, lm: number | null, optimum: number | null, threshold: number | null }} Baselines */
/**
 * What the panel needs of a text experiment.
 * @typedef {{ curves: RunCurve[], runs: import('../run-list.mjs').RunList, baselines: Baselines, until: number, clearCurves(): void }} ComparedRuns
 */

/** @typedef {Pick<import('./chart-panel.mjs').ChartHost, 'experiment' | 'theme' | 'words'>} Host */

export class RunComparisonPanel extends ChartPanel {
  get #experiment() {
    return /** @type {ComparedRuns | null} */ (this.host.experiment);
  }

  render() {
    const { words } = this.host;
    const { curves = [] } = this.#experiment ?? {};
    const { cursor } = this;
    return html`<section class="comparison" part="comparison" role="group" aria-labelledby="comparison-title">
      <header><h2 id="comparison-title">${words.t('rl.progress')}</h2>
        <button type="button" class="quiet" id="rl-clear" ?hidden=${curves.length === 0} @click=${this.#clear}>${words.t('rl.clear')}</button></header>
      <div class="head"><span class="caption">${words.t('rl.chart.y')}</span>
        <span class="readout" id="rl-readout">${cursor === null ? '' : this.#read(cursor)}</span></div>
      <div class="plot tall" id="rl-plot" role="group" tabindex="0" aria-label=${words.t('rl.chart')} @keydown=${this.onKey} ${this.place('runs')}></div>
      <p class="caption axis">${words.t('rl.chart.x')}</p>
      ${this.#numbers()}
      <slot name="runs"></slot>
    </section>`;
  }

  updated() {
    const experiment = this.#experiment;
    if (!experiment) return;
    const { curves, runs, baselines, until } = experiment;
    const points = curves.reduce((n, { xs }) => n + xs.length, 0);
    const { words, theme } = this.host;
    this.showCharts([runs.version, curves.length, curves[0], points, ...Object.values(baselines), until, words, theme], () => ({ runs: comparedOf(this.host, experiment) }));
  }

  /** @param {number} x */
  spoken(x) {
    return this.#read(x);
  }

  #clear = () => {
    this.#experiment?.clearCurves();
    this.host.requestUpdate();
  };

  /** @param {number} x */
  #read(x) {
    const { words } = this.host;
    const values = (this.#experiment?.curves ?? []).map((curve) => {
      const y = valueAt(curve.xs, curve.ys, x);
      return y === null ? '' : `${curveName(this.host.words, curve)} ${numberText(y, (n) => words.value(n, 2))}`;
    });
    return [words.t('at.step', { step: words.count(Math.round(x)) }), ...values.filter(Boolean)].join(' · ');
  }

  /** With what its reward was changed to. @param {RunCurve} curve */
  #fullName(curve) {
    const { words } = this.host;
    const name = curveName(this.host.words, curve);
    if (curve.changedAt !== null) return words.t('rl.run.changed', { name, step: words.count(curve.changedAt) });
    return curve.custom ? words.t('rl.run.custom', { name }) : name;
  }

  #numbers() {
    const { words } = this.host;
    const { curves = [], baselines } = this.#experiment ?? {};
    const table = this.#table(curves, baselines);
    return html`<div class="numbers-box" id="rl-curves">
      ${this.table({ id: 'rl-table', caption: words.t('rl.progress'), table })}
    </div>`;
  }

  /** @param {RunCurve[]} curves @param {Baselines} [baselines] @returns {import('./chart-panel.mjs').Table} */
  #table(curves, baselines) {
    const { words } = this.host;
    const { cursor } = this;
    const number = (/** @type {number | null | undefined} */ n) => numberCell(n, (v) => words.value(v, 2));
    // Rows of what is still to be measured are there, also that of a language model that another figure may train: nothing moves when it is.
    const levels = /** @type {const} */ ([['rl.lm', baselines?.lm], ['rl.random', baselines?.random]]);
    const when = cursor === null ? words.t('rl.table.last') : words.t('at.step', { step: words.count(Math.round(cursor)) });
    return {
      heads: [words.t('rl.table.run'), when, words.t('rl.table.best')],
      rows: [
        ...curves.length === 0 ? [[{ text: words.t('rl.run.none'), plain: words.t('rl.run.none') }, number(null), number(null)]] : [],
        ...curves.map((curve) => [
          { text: html`${swatch(curveColour(curve, this.host.theme.dark), curveDash(curve) ? 'dashed' : 'line')}${this.#fullName(curve)}`, plain: this.#fullName(curve) },
          number(cursor === null ? curve.ys.at(-1) : valueAt(curve.xs, curve.ys, cursor)), number(curve.ys.length > 0 ? Math.max(...curve.ys) : null),
        ]),
        ...levels.map(([key, value]) => [{ text: words.t(key), plain: words.t(key) }, number(value), number(null)]),
      ],
    };
  }
}

/** What the chart shows. @param {Host} host @param {ComparedRuns} experiment @returns {import('../charts/chart.mjs').Content} */
export function comparedOf(host, { curves, runs, baselines, until }) {
  const { words, theme } = host;
  const series = curves.map((curve) => {
    const name = curveName(words, curve);
    return { name, label: name, xs: curve.xs, ys: curve.ys, kind: /** @type {const} */ ('line'), colour: curveColour(curve, theme.dark), dash: curveDash(curve) };
  });
  return { series: [...runs.more(host), ...series], levels: levelsOf(host, baselines), until, outside: true };
}

/** @param {Host} host @param {Baselines} baselines */
function levelsOf({ words, theme: { muted, ink } }, { optimum, threshold, lm, random }) {
  const all = [
    { name: words.t('rl.optimum'), value: optimum, dash: [1, 0], colour: muted },
    { name: words.t('rl.threshold'), value: threshold, dash: [6, 4], colour: muted },
    { name: words.t('rl.lm.short'), value: lm, dash: [8, 3, 2, 3], colour: ink },
    { name: words.t('rl.random'), value: random, dash: [2, 3], colour: ink },
  ];
  return all.flatMap((level) => (level.value === null ? [] : [{ ...level, value: level.value }]));
}
