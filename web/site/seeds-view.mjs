// SPDX-License-Identifier: MIT
// Five runs with other seeds, in the background: progress while they go on, then a band in the chart of returns and what they came to in words.
import { html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { parse, problemOf } from '../lab/fields.mjs';
import { recipeOf } from '../lab/run-setup.mjs';
import { bandOf, summaryOf } from '../lab/seed-band.mjs';
import { runSeeds } from '../lab/seed-runs.mjs';
import { trainers } from '../lab/trainers.mjs';
import { bandHistory, drawBands } from './seed-curves.mjs';

/** @typedef {import('../lab/run-experiment.mjs').RunExperiment} RunExperiment */
/** @typedef {import('../lab/run-list.mjs').RunList} RunList */
/** What goes on. @typedef {{ stop: AbortController, steps: number, seed: number, done: number, step: number }} Job */

const SEEDS = 5;
/** Columns of History.returns. */
const MEANS = 2, EVALUATIONS = 3;

export class SeedsView {
  #bench;
  /** @type {Job | null} */
  #job = null;
  /** What was typed for the steps, of which setup. @type {{ text: string, of: unknown }} */
  #typed = { text: '', of: null };
  #failure = '';

  /** @param {import('./workbench.mjs').Bench} bench */
  constructor(bench) {
    this.#bench = bench;
  }

  /** Of the environment steps a run takes. */
  get #field() {
    const setting = this.#bench.experiment.settings.find(({ key }) => key === 'totalTimesteps');
    if (!setting) throw new Error('every run has totalTimesteps');
    return setting;
  }

  get #text() {
    const { experiment } = this.#bench;
    return this.#typed.of === experiment.setup ? this.#typed.text : String(experiment.valueOf(this.#field));
  }

  // ---- rendering ----

  render() {
    const { words } = this.#bench;
    return html`<section class="bench-part" aria-labelledby="bench-seeds-title"><h3 id="bench-seeds-title">${words.t('bench.seeds')}</h3>
      <p class="bench-caption">${words.t('bench.seeds.about')}</p>${this.#job ? this.#progress(this.#job) : this.#form()}
      ${this.#failure ? html`<p class="bench-problem" role="alert" id="bench-seeds-problem">${this.#failure}</p>` : nothing}</section>`;
  }

  #form() {
    const { words, experiment } = this.#bench;
    const { kind, session, startsFrom } = /** @type {any} */ (experiment), isReady = session || (kind === 'text' && startsFrom === 'scratch');
    const type = (/** @type {any} */ { target }) => (this.#typed = { text: target.value, of: experiment.setup });
    return html`<div class="bench-form"><label for="bench-steps">${words.t('bench.seeds.steps')}</label>
      <input type="text" inputmode="numeric" autocomplete="off" id="bench-steps" .value=${live(this.#text)} @input=${type} aria-describedby=${this.#failure ? 'bench-seeds-problem' : nothing}>
      <button type="button" id="bench-seeds-start" ?disabled=${!isReady} @click=${() => this.#start()}>${words.t('bench.seeds.start', { n: SEEDS })}</button></div>
      ${kind === 'text' && !isReady ? html`<p class="bench-caption">${words.t('bench.seeds.first')}</p>` : nothing}`;
  }

  /** @param {Job} job */
  #progress({ seed, done, step, steps, stop }) {
    const { words } = this.#bench;
    const text = words.t('bench.seeds.progress', { seed, i: done + 1, n: SEEDS, step: words.count(step), steps: words.count(steps) });
    return html`<div class="bench-form"><progress id="bench-seeds-progress" aria-label=${words.t('bench.seeds')} max=${SEEDS * steps} .value=${done * steps + Math.min(step, steps)}></progress>
      <button type="button" id="bench-seeds-cancel" @click=${() => stop.abort(null)}>${words.t('bench.seeds.cancel')}</button></div><p class="bench-caption" id="bench-seeds-now">${text}</p>`;
  }

  // ---- running ----

  async #start() {
    const { words, experiment, lab } = this.#bench;
    const { field } = this.#field, steps = parse(field, this.#text) ?? this.#text.trim();
    const problem = problemOf({ ...field, min: 1, max: Number(experiment.valueOf(this.#field)) }, steps);
    this.#failure = problem ? words.problem(problem, words.t('bench.seeds.steps')) : '';
    if (!problem) {
      const job = this.#job = { stop: new AbortController(), steps: Number(steps), seed: experiment.setup.seed, done: 0, step: 0 };
      this.#bench.draw();
      document.getElementById('bench-seeds-cancel')?.focus();
      this.#failure = await this.#run(experiment, job).then(() => '', (error) => (error === null ? '' : lab.explain(error)));
      this.#job = null;
    }
    this.#bench.draw();
    if (document.activeElement === document.body) document.getElementById('bench-seeds-start')?.focus();
  }

  /** @param {RunExperiment} experiment @param {Job} job */
  async #run(experiment, job) {
    const { setup, runs, query, world } = experiment;
    const isText = experiment.kind !== 'run';
    const recipes = Array.from({ length: SEEDS }, (_, i) => setup.seed + i).map((seed) => ({ seed, recipe: recipeBeside(experiment, { ...setup, seed }) }));
    const lease = await trainers.acquire({ text: isText });
    try {
      const found = await runSeeds(lease.trainer, {
        recipes, steps: job.steps, window: world.window, signal: job.stop.signal, evaluation: evaluationOf(experiment),
        tell: (progress) => {
          Object.assign(job, progress);
          this.#bench.later();
        },
      });
      const column = experiment.kind === 'text' ? EVALUATIONS : MEANS;
      const curves = found.map(({ history: { returns } }) => ({ xs: returns[0], ys: returns[column] }));
      const band = { ...bandOf(curves), ...summaryOf(found, isEvaluation(setup) ? null : experiment.env.reward_threshold) };
      const run = { id: `${query} ${SEEDS} ${job.steps}`, setup, step: job.steps, solvedAt: null, band };
      this.#keep(runs, run);
      this.#bench.say(bandText(this.#bench.words, run, experiment));
    } finally {
      lease.release();
    }
  }

  /** @param {RunList} runs @param {Omit<import('../lab/run-list.mjs').KeptRun, 'n'> & { band: import('../lab/seed-band.mjs').SeedBand }} run */
  #keep(runs, run) {
    const bench = this.#bench;
    runs.add({ ...run, name: bench.words.t('bench.seeds.n', { n: SEEDS }), colour: 'low', history: bandHistory(run.band) });
    drawBands(runs);
    bench.update();
  }
}

/** What another run of the kind is made from. @param {RunExperiment} experiment @param {import('../lab/run-setup.mjs').RunSetup} setup */
function recipeBeside(experiment, setup) {
  const { rowOf } = experiment;
  if (experiment.kind === 'text') return /** @type {import('../lab/text-experiment.mjs').TextExperiment} */ (/** @type {unknown} */ (experiment)).recipeBeside(setup);
  return recipeOf(setup, { logFreq: rowOf.call(experiment, setup.env).logFreq });
}

/** Whether it only judges a policy: then nothing gets better, and nothing is solved. @param {{ algo: string }} setup */
export const isEvaluation = ({ algo }) => algo === 'policy-evaluation';

/** How the best parameters are measured: as at the end of a run; of tasks of text by more than one episode. @param {RunExperiment} experiment @returns {import('../bellhop.js').EvaluateOptions | null} */
function evaluationOf({ kind, setup }) {
  if (isEvaluation(setup)) return null;
  return { which: 'best', ...kind === 'text' && { episodes: 25, seed: 1 } };
}

/** What runs of several seeds came to. @param {import('../lab/words.mjs').Words} words @param {{ band: import('../lab/seed-band.mjs').SeedBand, setup: { algo: string }, step: number }} run @param {RunExperiment} experiment */
export function bandText(words, { band: { seeds, final, solved }, setup, step }, { world, env }) {
  const write = (/** @type {number} */ n) => words.value(n, world.digits || 1);
  return words.sentences([
    words.t(isEvaluation(setup) ? 'bench.seeds.policy' : 'bench.seeds.final', { first: seeds[0], last: seeds[seeds.length - 1], steps: words.count(step), iqm: write(final.iqm), low: write(final.low), high: write(final.high) }),
    solved === null ? '' : words.t('bench.seeds.solved', { solved, n: seeds.length, threshold: words.figure(Number(env.reward_threshold)) }),
  ]);
}
