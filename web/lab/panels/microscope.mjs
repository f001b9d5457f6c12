// SPDX-License-Identifier: MIT
// The microscope: the last update with the numbers it was computed with (docs/updates.md). Of a table, the target and the step towards it; of a
// batch, its errors as dots and as rows, the gradient and the step size; of a sweep, what it changed. Fetched when it is opened.
import { css, html, mathml, nothing, svg } from 'lit';
import { reportOf } from '../update-report.mjs';
import { Activations, styles as layerStyles } from './activations.mjs';
import { BatchDots, styles as dotStyles } from './batch-dots.mjs';
import { InputEffects } from './input-effects.mjs';
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
/** Ways to explore that are explained where an action was not the greedy one. */
const STRATEGIES = Object.freeze(['epsilon-greedy', 'boltzmann', 'gaussian', 'ucb']);
/** Their first rates, by option: no training record has told one yet. @type {Readonly<Record<string, string>>} */
const FIRST_RATES = Object.freeze({ 'epsilon-greedy': 'explorationInitialEps', 'boltzmann': 'explorationInitialTemperature', 'gaussian': 'explorationInitialNoise' });
/** Whose rounds of learning have many minibatches. */
const MINIBATCHES = Object.freeze(['ppo', 'pqn']);

export class Microscope {
  #host;
  #inputs;
  #layers;
  #spots;

  /** @param {LabHost} host */
  constructor(host) {
    this.#host = host;
    this.#inputs = new InputEffects(host);
    this.#layers = new Activations(host);
    this.#spots = new BatchDots(host);
  }

  get #experiment() {
    return /** @type {RunExperiment} */ (this.#host.experiment);
  }

  render() {
    const { words, attempt } = this.#host;
    if (!this.#experiment.isWatched) void attempt(() => this.#experiment.watch(true)); // another experiment than that it was opened over
    const title = words.t('update.title'); // below that of the last transition, where there is one
    return html`<section class="microscope" part="microscope" id="microscope-view" role="group" aria-labelledby="microscope-title">
      ${this.#experiment.kind === 'box' ? html`<h3 id="microscope-title">${title}</h3>` : html`<h4 id="microscope-title">${title}</h4>`}
      <div class="next">${this.#next('update')}${this.#next('episode')}</div>${this.#why()}
      <div class="parts"><div>${this.#content()}</div><div>${this.#inputs.render()}${this.#layers.render()}</div></div></section>`;
  }

  /** Why it took the last action, by the way it explores. */
  #why() {
    const { words } = this.#host;
    const experiment = this.#experiment;
    const { agentFrame: frame, isPolicy, kind, session, history } = experiment;
    if (experiment.humanFrame || experiment.isBlur || kind === 'box' || !frame || frame.last.action < 0) return nothing;
    const { explored } = frame.last, strategy = String(session?.info.options.exploration);
    const how = isPolicy ? (explored ? 'policy.less' : 'policy') : !explored ? 'greedy' : STRATEGIES.includes(strategy) ? strategy : null;
    if (!how) return nothing;
    const rate = history.latestTrain[3] ?? Number(session?.info.options[FIRST_RATES[strategy]]);
    return html`<p class="caption" id="microscope-why">${words.t(/** @type {import('../words.mjs').Key} */ (`update.why.${how}`), { rate: words.figure(rate) })}</p>`;
  }

  /** @param {'update' | 'episode'} what */
  #next(what) {
    const experiment = this.#experiment;
    return html`<button type="button" class="quiet" id="next-${what}" ?disabled=${!experiment.can.step} @click=${() => this.#host.attempt(() => this.#step(what))}>${this.#host.words.t(`update.next.${what}`)}</button>`;
  }

  /** @param {'update' | 'episode'} what */
  async #step(what) {
    const experiment = this.#experiment;
    const { nUpdates = 0, timesteps = 0 } = experiment.agentFrame ?? {};
    await experiment.step(what);
    const now = experiment.agentFrame;
    if (what === 'update' && now?.nUpdates === nUpdates) this.#host.notice(this.#host.words.t('update.none.came', { n: now.timesteps - timesteps }));
  }

  #content() {
    const { words } = this.#host;
    const { humanFrame, agentFrame } = this.#experiment;
    if (humanFrame) return html`<p class="caption">${words.t('update.yours')}</p>`;
    if (!agentFrame?.update) return html`<p class="caption" id="microscope-none">${words.t('update.none')}</p>`;
    const report = reportOf(agentFrame.update);
    if (!report) return html`<p class="caption">${words.t('update.unlike')}</p>`;
    const body = report.kind === 'table' ? this.#table(report) : report.kind === 'sweep' ? this.#sweep(report) : this.#batch(report, agentFrame.update);
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
  #table({ state, action, r, discount, how, next, bonus, table, y, old, td, alpha, now }) {
    const { words, actionName, describeObservation } = this.#host;
    const at = words.t('update.where', { state: describeObservation([state], String(state)), action: actionName(action) });
    const isEnd = discount === 0;
    const notes = [isEnd ? words.t('update.how.end') : words.t(`update.how.${how}`, { table }), bonus ? words.t('update.bonus', { bonus: this.#number(bonus) }) : ''];
    const plain = (/** @type {number} */ n) => mathml`<mn>${this.#number(n)}</mn>`;
    const times = (/** @type {number} */ n) => factor(words, n, DIGITS); // in parentheses where it has a sign
    const target = isEnd ? mathml`<mi>r</mi>` : mathml`${plain(r)}<mo>+</mo><mn>${words.figure(discount)}</mn><mo>×</mo>${times(next + (bonus ?? 0))}`;
    return html`<p class="where">${at}</p>
      <div class="formula"><math><mrow><mi>y</mi><mo>=</mo>${target}</mrow></math> <math><mrow><mo>=</mo>${plain(y)}</mrow></math></div>
      <p class="caption note">${words.sentences(notes)}</p>
      <div class="formula"><math><mrow><mi>Q</mi><mo stretchy="false">(</mo><mi>s</mi><mo>,</mo><mi>a</mi><mo stretchy="false">)</mo><mo>←</mo>${plain(old)}<mo>+</mo><mn>${this.#number(alpha)}</mn><mo>×</mo>${times(td)}</mrow></math>
        <math><mrow><mo>=</mo>${plain(now)}</mrow></math></div>
      ${this.#list([[words.t('update.td'), this.#number(td), td], [words.t('update.alpha'), this.#number(alpha), alpha]])}`;
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

  /** @param {BatchUpdate} report @param {import('../../bellhop.js').UpdateNumbers} update */
  #batch(report, update) {
    const { of, rows, errors, gradient, learningRate, distance, ratios, entCoef, isFirstCritic } = report;
    const { words } = this.#host;
    const { setup } = this.#experiment;
    const figure = (/** @type {number} */ n, /** @type {number} */ most) => words.figure(Math.abs(n) < 1e-6 * most ? 0 : n);
    const spread = (/** @type {import('../update-report.mjs').Spread} */ { mean, std, most }) => words.t('update.spread', { mean: figure(mean, most), std: figure(std, most), most: words.figure(most) });
    const what = words.t(isFirstCritic ? 'update.errors.first' : `update.errors.${of}`);
    /** @type {[name: string, n: number | null][]} */
    const numbers = [[words.t('update.rate'), learningRate], [words.t('update.ent'), entCoef], [words.t('update.distance'), distance]];
    const largest = roundUp(Math.max(1e-12, ...rows.flatMap(({ error }) => (Number.isFinite(error) ? [Math.abs(error)] : [])))); // of a run that has diverged not all are
    return html`${this.#dots(of, what, rows, largest)}${this.#spots.render(update, report, what, largest)}
      ${this.#list([
        [words.t('update.size'), words.count(rows.length)], [what, spread(errors)], ...ratios ? [/** @type {[string, string]} */ ([words.t('update.ratios'), spread(ratios)])] : [],
        [words.t('update.gradient'), this.#gradient(gradient), gradient.norm],
        ...numbers.flatMap(([name, n]) => (n === null ? [] : [/** @type {[string, string, number]} */ ([name, words.figure(n), n])])),
      ])}
      ${MINIBATCHES.includes(setup.algo) ? html`<p class="caption">${words.t('update.minibatch')}</p>` : nothing}
      <details class="values"><summary>${words.t('update.rows')}</summary><div class="values-scroll" tabindex="0" role="group" aria-label=${words.t('update.rows')}>${this.#rows(of, rows, update)}</div>
        ${rows[0]?.discount === null ? nothing : html`<p class="caption">${words.t('update.rows.end')}</p>`}</details>`;
  }

  /** @param {BatchUpdate['gradient']} gradient */
  #gradient({ norm, scale }) {
    const { words } = this.#host;
    if (scale === null) return words.figure(norm);
    return scale < 1 && Number.isFinite(norm) ? words.t('update.clipped', { norm: words.figure(norm), to: words.figure(norm * scale) }) : words.t('update.unclipped', { norm: words.figure(norm) });
  }

  /** Left of the middle errors below zero, right of it those above; losses, which are never below, all over the width. @param {BatchUpdate['of']} of @param {string} what @param {BatchUpdate['rows']} rows @param {number} most */
  #dots(of, what, rows, most) {
    const { words, theme } = this.#host;
    const some = rows.filter(({ error }) => Number.isFinite(error)).slice(0, DOTS_MOST);
    const [left, width] = of === 'loss' ? [3, 94] : [50, 47];
    const [negative, positive] = [rows.filter(({ error }) => error < 0), rows.filter(({ error }) => error > 0)].map(({ length }) => words.count(length));
    return html`<figure class="errors"><svg role="img" aria-label=${words.t('update.dots', { what, negative, positive })}>
      <line x1="${left}%" x2="${left}%" y1="0" y2="100%"></line>
      ${some.map(({ error, weight }, b) => svg`<circle cx=${`${left + width * error / most}%`} cy=${`${12 + 76 * (b % LEVELS) / (LEVELS - 1)}%`} r=${2 + 2 * (weight ?? 0.5)}
        fill=${theme.scale.css(0.85 * Math.sign(error))}></circle>`)}</svg>
      <figcaption aria-hidden="true"><span>${of === 'loss' ? '0' : words.figure(-most)}</span><span>${what}</span><span>${words.figure(most)}</span></figcaption></figure>`;
  }

  /** The columns of a batch's table that there is something in. @param {BatchUpdate['of']} of @param {BatchUpdate['rows']} rows @returns {[head: string, text: (row: BatchUpdate['rows'][number]) => string][]} */
  #columns(of, [first]) {
    const { words, actionName } = this.#host;
    const several = Number(this.#experiment.session?.info.options.nSteps ?? 1) > 1 && of !== 'advantage' ? '.n' : '';
    const number = (/** @type {'r' | 'discount' | 'old' | 'y' | 'error' | 'weight'} */ name) => (/** @type {BatchUpdate['rows'][number]} */ row) => words.figure(Number(row[name]));
    /** @type {[has: boolean, head: string, text: (row: BatchUpdate['rows'][number]) => string][]} */
    const all = [
      [first?.action >= 0, 'action', ({ action }) => actionName(action)], [first?.box.length > 0, 'action', ({ box }) => box.map((n) => words.value(n, 2)).join(' ')],
      [true, of, number('error')], [first?.old !== null, of === 'advantage' ? 'chance' : 'old', number('old')], [first?.y !== null, 'y', number('y')],
      [first?.r !== null, `r${several}`, number('r')], [first?.discount !== null, `discount${several}`, number('discount')], [first?.weight !== null, 'weight', number('weight')],
    ];
    return all.flatMap(([has, head, text]) => (has ? [[head, text]] : []));
  }

  /** In words, where the picture has a place for it. @param {import('../../bellhop.js').UpdateNumbers} update @returns {[head: string, text: (row: BatchUpdate['rows'][number], b: number) => string][]} */
  #states({ x_tm1: states }) {
    const { describeObservation } = this.#host, { isMap } = this.#experiment;
    const row = (/** @type {number} */ b) => states.data.subarray(b * states.shape[1], (b + 1) * states.shape[1]);
    return [['state', (_, b) => describeObservation(isMap ? [row(b).indexOf(1)] : row(b), '–')]];
  }

  /** @param {BatchUpdate['of']} of @param {BatchUpdate['rows']} rows @param {import('../../bellhop.js').UpdateNumbers} update */
  #rows(of, rows, update) {
    const columns = [...this.#columns(of, rows), ...this.#spots.fits(update) ? this.#states(update) : []];
    return html`<table class="numbers"><thead><tr>${columns.map(([head]) => html`<th scope="col" class=${head}>${this.#host.words.t(/** @type {any} */ (`update.row.${head}`))}</th>`)}</tr></thead>
      <tbody>${rows.slice(0, ROWS_MOST).map((row, b) => html`<tr>${columns.map(([head, text]) => html`<td class=${head}>${text(row, b)}</td>`)}</tr>`)}</tbody></table>`;
  }
}

/** To the next of 1, 2, 5 and their tens, so that the scale of the dots stands still for a while. @param {number} n */
function roundUp(n) {
  const ten = 10 ** Math.floor(Math.log10(n));
  return ten * (/** @type {number} */ ([1, 2, 5, 10].find((step) => step * ten >= n)) ?? 10);
}

export const styles = css`${layerStyles}${dotStyles}
.panels > .microscope { grid-column: 1 / -1; grid-row: 2; min-width: 0; }
.microscope .parts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr)); gap: 8px 32px; }
.microscope .parts > div { min-width: 0; }
.microscope { padding: 8px 12px; border: 1px solid var(--bellhop-line); border-radius: 6px; }
.microscope h3, .microscope h4 { margin: 8px 0 0; font-size: 14px; line-height: 20px; }
.microscope .next { display: flex; flex-wrap: wrap; gap: 4px 8px; margin: 4px 0; }
.microscope .where { margin: 0; min-height: 40px; font-size: 13px; line-height: 20px; }
.microscope .note { min-height: 60px; }
.microscope .formula { min-height: 28px; }
.microscope .caption { min-height: 20px; }
.microscope dl { display: grid; grid-template-columns: fit-content(46%) minmax(0, 1fr); gap: 2px 12px; font-size: 13px; line-height: 20px; margin: 4px 0; }
.microscope dt { color: var(--bellhop-muted); }
.microscope dd { margin: 0; overflow-wrap: anywhere; min-height: 20px; font-variant-numeric: tabular-nums; }
.microscope .errors { margin: 4px 0; }
.microscope figure svg { display: block; width: 100%; height: 64px; }
.microscope line { stroke: var(--bellhop-line); }
.microscope .errors circle { fill-opacity: .8; stroke: var(--bellhop-panel); stroke-width: .5; }
.microscope .errors figcaption { display: flex; justify-content: space-between; font-size: 12px; line-height: 16px; color: var(--bellhop-muted); font-variant-numeric: tabular-nums; }
.microscope .numbers :is(th, td):is(:first-child, .state) { text-align: start; }
.microscope .values-scroll { max-height: 264px; overflow: auto; }
@media (forced-colors: active) {
  .microscope .errors circle { fill: CanvasText; }
}
`;
