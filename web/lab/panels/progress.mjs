// SPDX-License-Identifier: MIT
// How a run is going: returns, loss, values and exploration over one axis of environment steps, with the values at the cursor above
// each chart, and the same as a table. Runs that were left are drawn in grey.
import { html, nothing } from 'lit';
import { bestOf } from '../true-values.mjs';
import { roundEnd, valueAt } from '../charts/chart-steps.mjs';
import { earlier, returnsOf, runName } from './returns-chart.mjs';
import { ChartPanel, Paced, READ_MS, numberCell, numberText } from './chart-panel.mjs';

/** @typedef {import('../charts/chart.mjs').Content} Content */
/** @typedef {import('../run-experiment.mjs').RunExperiment} RunExperiment */
/** @typedef {import('../history.mjs').History} History */
/** @typedef {'returns' | 'loss' | 'q' | 'epsilon'} ChartName */

/** The names of the charts for `shows`. */
const CHARTS = Object.freeze(/** @type {const} */ ({ returns: 'return', loss: 'loss', q: 'value', epsilon: 'exploration' }));
const NAMES = Object.freeze(/** @type {ChartName[]} */ (Object.keys(CHARTS)));
/** Columns of History.train. */
const LOSS = 1, Q = 2, RATE = 3, START = 4;
/** What the exploration rate of a strategy is; the others explore without one. @type {Readonly<Record<string, string>>} */
const RATES = Object.freeze({ 'epsilon-greedy': 'chart.epsilon', 'boltzmann': 'chart.temperature', 'gaussian': 'chart.noise', 'ucb': 'chart.bonus' });
const STEPS_LEAST = 100, ROWS = 16;

export class ProgressPanel extends ChartPanel {
  /** The run that is shown. @type {History | null} */
  #shown = null;
  /** @type {Paced<Record<ChartName, string>>} */
  #readouts = new Paced();
  /** Fetched when there is something that it says. @type {Awaited<ReturnType<typeof import('./progress-words.mjs').progressWords>> | null} */
  #words = null;
  #isAsking = false;

  get #experiment() {
    return /** @type {RunExperiment | null} */ (this.host.experiment);
  }

  get hasData() {
    const { history, runs, hasSteps } = this.#experiment ?? {};
    return Boolean(hasSteps || runs?.version || (history && history.returns[0].length > 0));
  }

  /** The name of the exploration rate; null where there is none (a policy, a planner, greedy choices). */
  get #rate() {
    return RATES[String(this.#experiment?.session?.info.options.exploration)] ?? null;
  }

  /** @param {ChartName} name */
  #shows(name) {
    if (!this.host.shows(CHARTS[name])) return false;
    const options = this.#experiment?.session?.info.options;
    if (name === 'q') return !options || options.gamma !== undefined; // what does not learn from rewards has no values
    return name !== 'epsilon' || !options || this.#rate !== null;
  }

  get #isEmpty() {
    return !NAMES.some((name) => this.#shows(name));
  }

  render() {
    const experiment = this.#experiment;
    if (this.#isEmpty) return nothing;
    if (experiment && experiment.history !== this.#shown) this.#begin(experiment.history);
    const { words } = this.host;
    return html`<section class="progress" part="progress" role="group" aria-labelledby="progress-title">
      <header><h2 id="progress-title">${words.t('progress')}</h2></header>
      <p class="caption" id="solved">${this.#solved()}${experiment?.hand ? html`<br>${this.#more?.hand(experiment.hand)}` : nothing}</p>
      <div id="charts" class="charts" tabindex="0" role="group" aria-label=${words.t('charts.label')} @keydown=${this.onKey}>
        ${NAMES.filter((name) => this.#shows(name)).map((name, i) => this.#chart(name, i === 0))}
      </div>
      <p class="caption axis" id="axis-caption">${this.#axisCaption()}</p>
      ${experiment ? this.foldedTable({
        id: 'chart-table', caption: words.t('table.caption'), key: this.#key(), make: () => this.#tableOf(experiment),
      }) : nothing}
      <slot name="runs"></slot>
    </section>`;
  }

  updated() {
    const experiment = this.#experiment;
    if (!experiment?.session || this.#isEmpty) return;
    const { history, runs, truth, agentFrame } = experiment;
    const { words, theme } = this.host;
    const end = roundEnd(agentFrame?.timesteps ?? 0);
    const key = [history, history.version, runs, runs.version, truth, agentFrame?.solvedAt, experiment.hand, end, experiment.session, words, theme];
    this.showCharts(key, () => this.#contentsOf(experiment));
  }

  /** @param {number} x */
  spoken(x) {
    const readouts = this.#read(x, true);
    const shown = NAMES.filter((name) => this.#shows(name) && readouts[name] !== '').map((name) => readouts[name]);
    return [this.#at(x), ...shown].join('; ');
  }

  /** What needs further words. */
  get #more() {
    if (!this.#isAsking) {
      this.#isAsking = true;
      void import('./progress-words.mjs').then(async ({ progressWords }) => {
        this.#words = await progressWords(this.host);
        this.host.requestUpdate();
      }).catch(() => (this.#isAsking = false));
    }
    return this.#words;
  }

  /** A step, and the episode there. @param {number} x */
  #at(x) {
    const { words } = this.host;
    return [words.t('at.step', { step: words.count(Math.round(x)) }), this.#more?.episode(x)].filter(Boolean).join(' · ');
  }

  /** @param {History} history */
  #begin(history) {
    this.#shown = history;
    this.showAll();
  }

  /** What texts depend on, the records of the run aside. */
  #key() {
    const { experiment, words } = this.host;
    return [experiment?.history, experiment?.phase, experiment?.session, words, this.cursor];
  }

  // ---- words ----

  /** @param {ChartName} name @param {boolean} isFirst */
  #chart(name, isFirst) {
    const { words } = this.host;
    const readouts = this.#readouts.get(this.#key(), this.#experiment?.isBlur ? READ_MS : 0, () => this.#read(this.cursor));
    const [id, title] = {
      returns: [nothing, 'chart.returns'], loss: [nothing, 'chart.loss'],
      q: ['q-title', this.#experiment?.isPolicy ? 'chart.v' : this.#experiment?.kind === 'box' ? 'box.chart.q' : 'chart.q'], epsilon: ['rate-title', this.#rate ?? 'chart.epsilon'],
    }[name];
    return html`<div class="chart ${isFirst ? 'tall' : ''}" id="chart-${name}">
      <div class="head"><h3 id=${id}>${words.t(String(title))}</h3><span class="readout">${readouts[name]}</span></div>
      <div class="plot" aria-hidden="true" ${this.place(name)}></div></div>`;
  }

  /** The criterion, and when it was met. Policy evaluation improves nothing: it cannot solve. */
  #solved() {
    const { words } = this.host;
    const { session, agentFrame, setup } = this.#experiment ?? {};
    const threshold = session?.info.rewardThreshold ?? null;
    if (threshold === null || setup?.algo === 'policy-evaluation') return '';
    const step = agentFrame?.solvedAt ?? null;
    const values = { threshold: words.figure(threshold) };
    return step === null ? words.t('goal', values) : `★ ${words.t('solved', { ...values, step: words.count(step) })}`;
  }

  /** What the axis counts, or where the cursor stands. */
  #axisCaption() {
    const { words } = this.host;
    const { cursor } = this;
    if (cursor !== null) return this.#at(cursor);
    const stride = this.#experiment?.history.stride ?? 1;
    return stride > 1 ? words.t('chart.axis.thinned', { n: stride }) : words.t('chart.axis');
  }

  /**
   * The values at a step, or the latest.
   * @param {number | null} x @param {boolean} [isSpoken] with names instead of signs @returns {Record<ChartName, string>}
   */
  #read(x, isSpoken = false) {
    const experiment = this.#experiment;
    if (!experiment) return { returns: '', loss: '', q: '', epsilon: '' };
    const { words } = this.host;
    const [loss, q, rate, start] = this.#trainAt(experiment, x);
    const text = (/** @type {number | null} */ n, write = (/** @type {number} */ v) => words.figure(v)) => (n === null ? '' : numberText(n, write));
    return {
      returns: this.#readReturns(experiment, x, isSpoken), loss: text(loss), epsilon: text(rate, (v) => words.value(v, 3)),
      q: [text(q), start === null ? '' : words.t('read.start', { value: words.value(start, 3) })].filter(Boolean).join(' · '),
    };
  }

  /** @param {RunExperiment} experiment @param {number | null} x */
  #trainAt({ history: { train, latestTrain } }, x) {
    return [LOSS, Q, RATE, START].map((k) => (x === null ? latestTrain[k] : valueAt(train[0], train[k], x)));
  }

  /** @param {RunExperiment} experiment @param {number | null} x @param {boolean} isSpoken */
  #readReturns({ history, runs, setup, world }, x, isSpoken) {
    const { words } = this.host;
    const write = (/** @type {number} */ n) => words.value(n, world.digits || 1);
    const [xs, , means, evaluations] = history.returns;
    const mean = x === null ? (history.recent.length > 0 ? history.meanReturn : null) : valueAt(xs, means, x);
    const evaluation = x === null ? history.latestEval : valueAt(xs, evaluations, x);
    const before = x === null ? [] : runs.drawn(setup).map((run) => {
      const value = run.history ? valueAt(run.history.returns[0], run.history.returns[2], x) : null;
      return value === null ? '' : `${runName(words, run)}: ${numberText(value, write)}`;
    });
    return [
      mean === null ? '' : isSpoken ? `${words.t('mean', { n: world.window })}: ${numberText(mean, write)}` : `— ${words.t('read.mean', { value: numberText(mean, write) })}`,
      evaluation === null ? '' : `${isSpoken ? '' : '○ '}${words.t('read.eval', { value: numberText(evaluation, write) })}`,
      ...before,
    ].filter(Boolean).join(isSpoken ? ', ' : '  ');
  }

  // ---- charts ----

  /** @param {RunExperiment} experiment @returns {Record<ChartName, Content>} */
  #contentsOf(experiment) {
    const until = roundEnd(Math.max(STEPS_LEAST, experiment.agentFrame?.timesteps ?? 0, ...experiment.runs.drawn(experiment.setup).map(({ step }) => step)));
    return {
      returns: { ...returnsOf(this.host, experiment), until }, loss: { ...this.#lossOf(experiment), until },
      q: { ...this.#valuesOf(experiment), until }, epsilon: { ...this.#explorationOf(experiment), until },
    };
  }

  /** The loss of a policy gradient can be negative; all others are on a log scale. @param {RunExperiment} experiment @returns {Content} */
  #lossOf({ history: { train: [xs, ys] }, isPolicy }) {
    const { words, theme: { run } } = this.host;
    return {
      series: [...earlier(this.host, 'train', LOSS), { name: words.t('chart.loss'), xs, ys, kind: 'line', colour: run, width: 1.5 }],
      log: !isPolicy,
    };
  }

  /** @param {RunExperiment} experiment @returns {Content} */
  #valuesOf({ history: { train }, truth, startState, agentFrame, isPolicy }) {
    const { words, theme: { run, agent } } = this.host;
    const level = truth && startState >= 0 && agentFrame && !isPolicy ? bestOf(truth, startState, agentFrame.q.length) : null;
    return {
      series: [
        ...earlier(this.host, 'train', Q),
        { name: words.t(isPolicy ? 'chart.v' : 'chart.q'), xs: train[0], ys: train[Q], kind: 'line', colour: run },
        { name: words.t('truth.start'), xs: train[0], ys: train[START], kind: 'line', colour: agent, width: 1.5, dash: [6, 3] },
      ],
      levels: level === null ? [] : [{ name: words.t('mark.true', { value: words.figure(level) }), value: level }],
      zero: 'near', margin: level === null ? 0.08 : 0.3, // room for the name of the level
    };
  }

  /** @param {RunExperiment} experiment @returns {Content} */
  #explorationOf({ history: { train } }) {
    const { words, theme: { ink } } = this.host;
    return {
      series: [
        ...earlier(this.host, 'train', RATE),
        { name: words.t(this.#rate ?? 'chart.epsilon'), xs: train[0], ys: train[RATE], kind: 'line', colour: ink },
      ],
      range: this.#rate === 'chart.epsilon' ? [0, 1] : undefined,
    };
  }

  // ---- the table ----

  /** A dozen and a half moments of the run. @param {RunExperiment} experiment @returns {import('./chart-panel.mjs').Table} */
  #tableOf(experiment) {
    const { words } = this.host;
    const { history: { returns, train }, world } = experiment;
    const last = Math.max(returns[0].at(-1) ?? 0, train[0].at(-1) ?? 0);
    const short = (/** @type {number} */ n) => words.value(n, world.digits || 1);
    const plain = (/** @type {number} */ n) => words.figure(n);
    const rate = (/** @type {number} */ n) => words.value(n, 3);
    /** @type {{ head: string, xs: number[], ys: (number | null)[], write: (n: number) => string }[]} */
    const columns = [
      ...this.#shows('returns') ? [{ head: words.t('mean', { n: world.window }), xs: returns[0], ys: returns[2], write: short },
        { head: words.t('table.eval'), xs: returns[0], ys: returns[3], write: short }] : [],
      ...this.#shows('loss') ? [{ head: words.t('chart.loss'), xs: train[0], ys: train[LOSS], write: plain }] : [],
      ...this.#shows('q') ? [{ head: words.t(experiment.isPolicy ? 'chart.v' : 'chart.q'), xs: train[0], ys: train[Q], write: plain }] : [],
      ...this.#shows('epsilon') ? [{ head: words.t(this.#rate ?? 'chart.epsilon'), xs: train[0], ys: train[RATE], write: rate }] : [],
    ];
    const steps = last === 0 ? [] : [...new Set(Array.from({ length: ROWS }, (_, i) => Math.round(last * (i + 1) / ROWS)))];
    return {
      heads: [words.t('steps'), ...columns.map(({ head }) => head)],
      rows: steps.map((x) => [{ text: words.count(x), plain: x }, ...columns.map(({ xs, ys, write }) => numberCell(valueAt(xs, ys, x), write))]),
    };
  }
}
