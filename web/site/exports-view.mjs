// SPDX-License-Identifier: MIT
// What can be taken along of a run: its records, settings and command, its model, its chart and its world as pictures. Of a run that was kept there are records
// and settings alone, as its parameters are gone.
import { html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { commandSnippet } from '../embed/snippets.mjs';
import { chartSvg } from '../lab/charts/chart-svg.mjs';
import { download } from '../lab/download.mjs';
import { returnsOf } from '../lab/panels/returns-chart.mjs';
import { stepsPerSecond } from '../lab/world-table.mjs';
import { programOf } from './embed-setup.mjs';
import { canRecord, pngOf, pngOfSvg, recorded } from './pictures.mjs';
import { listName } from './runs-view.mjs';
import { configOf, csvOf, eventsOf, fileName, missingUntil } from './run-files.mjs';
import { aboutRun, changedText, differsText, stepsOf } from './run-words.mjs';

/** @typedef {import('../lab/run-list.mjs').KeptRun} KeptRun */
/** @typedef {Omit<KeptRun, 'n'>} Result */
/** @typedef {'csv' | 'events' | 'config' | 'model' | 'checkpoint' | 'svg' | 'chart' | 'world' | 'video'} What */
/** How one is named and made. @typedef {{ ending: string, make: () => unknown }} Export */

const SECONDS = 5;
/** In the order they stand, in groups. @type {Readonly<Record<'data' | 'parameters' | 'pictures', readonly What[]>>} */
const GROUPS = Object.freeze({ data: /** @type {const} */ (['csv', 'events', 'config']), parameters: /** @type {const} */ (['model', 'checkpoint']), pictures: /** @type {const} */ (['svg', 'chart', 'world', 'video']) });

export class ExportsView {
  #bench;
  /** The run that is exported; null for the present one. @type {KeptRun | null} */
  #chosen = null;
  /** What is being made. @type {What | null} */
  #making = null;
  /** What was saved last, or copied. */
  #done = '';
  /** Whether the command is in the clipboard. */
  #copied = '';

  /** @param {import('./workbench.mjs').Bench} bench */
  constructor(bench) {
    this.#bench = bench;
  }

  get #kept() {
    const { runs, setup } = this.#bench.experiment;
    return runs.items.filter((run) => run.setup.env === setup.env && !run.band && !run.file);
  }

  /** The present run, where another one was chosen that is gone. @returns {Result} */
  get #run() {
    return this.#kept.find((run) => run === this.#chosen) ?? this.#bench.experiment.result;
  }

  get #isPresent() {
    return !this.#kept.some((run) => run === this.#chosen);
  }

  // ---- rendering ----

  render() {
    const { words } = this.#bench;
    const groups = this.#isPresent ? /** @type {const} */ (['data', 'parameters', 'pictures']) : /** @type {const} */ (['data']);
    return html`<section class="bench-part" aria-labelledby="bench-export-title"><h3 id="bench-export-title" tabindex="-1">${words.t('bench.export')}</h3>
      ${this.#choice()}${groups.map((group) => this.#group(group))}${this.#isPresent ? nothing : html`<p class="bench-caption">${words.t('bench.export.kept')}</p>`}
      ${this.#notes()}${this.#command()}<p class="bench-caption" id="bench-saved" role="status">${this.#done}</p></section>`;
  }

  #choice() {
    const { words } = this.#bench;
    const kept = this.#kept;
    if (kept.length === 0) return nothing;
    const change = (/** @type {any} */ { target }) => {
      this.#chosen = kept.find(({ n }) => String(n) === target.value) ?? null;
      this.#bench.draw();
    };
    return html`<div class="bench-form"><label for="bench-of">${words.t('bench.export.of')}</label><select id="bench-of" .value=${live(String(this.#isPresent ? '' : this.#chosen?.n))} @change=${change}>
      <option value="">${words.t('bench.present')}</option>${kept.map((run) => html`<option value=${run.n}>${listName(words, run)}</option>`)}</select></div>`;
  }

  /** @param {keyof typeof GROUPS} group */
  #group(group) {
    const { words, experiment } = this.#bench;
    const offered = GROUPS[group].filter((what) => this.#isOffered(what));
    if (offered.length === 0) return nothing;
    const label = (/** @type {What} */ what) => (this.#making === what ? words.t(what === 'video' ? 'bench.recording' : 'bench.making', { n: SECONDS }) : words.t(`bench.export.${what}`, { n: SECONDS }));
    return html`<div class="bench-group" role="group" aria-labelledby=${`bench-group-${group}`}><span id=${`bench-group-${group}`}>${words.t(`bench.export.${group}`)}</span>
      <div>${offered.map((what) => html`<button type="button" id=${`bench-${what}`} title=${words.t(`bench.export.${what}.about`)} ?disabled=${!experiment.can.reset && group !== 'data'} aria-disabled=${this.#making ? 'true' : nothing}
        @click=${() => this.#making === null && this.#bench.attempt(() => this.#save(what))}>${label(what)}</button>`)}</div></div>`;
  }

  /** @param {What} what */
  #isOffered(what) {
    const { experiment } = this.#bench;
    if (what === 'config') return experiment.kind !== 'text';
    if (what === 'model' || what === 'checkpoint') return experiment.session !== null;
    if (what === 'world') return this.#canvas !== null;
    if (what === 'video') return this.#canvas !== null && canRecord() && (experiment.kind !== 'text' || experiment.isRunning); // texts are shown with what the run itself has seen
    return true;
  }

  #notes() {
    const { words, experiment } = this.#bench;
    const step = missingUntil(experiment.catalog, this.#run);
    return step === 0 ? nothing : html`<p class="bench-caption" id="bench-part">${words.t('bench.export.part', { step: words.count(step) })}</p>`;
  }

  #command() {
    const { words, experiment } = this.#bench;
    const { setup, step } = this.#run, program = programOf(experiment, setup);
    if (!program) return nothing;
    const text = commandSnippet(program), total = stepsOf(experiment.catalog, setup);
    return html`<div class="bench-command"><label for="bench-command">${words.t('bench.command')}</label>
      <button type="button" id="bench-copy" @click=${() => this.#bench.attempt(() => this.#copy(text))}>${this.#copied === text ? `✓ ${words.t('bench.copied')}` : words.t('bench.copy')}</button>
      <textarea id="bench-command" readonly spellcheck="false" translate="no" dir="ltr" rows="3" .value=${text}></textarea></div>
      ${setup.changes.length > 0 ? html`<p class="bench-caption">${words.t('bench.command.live', { n: setup.changes.length })}</p>` : nothing}
      ${this.#isPresent && step < total ? html`<p class="bench-caption" id="bench-command-whole">${words.t('bench.command.whole', { step: words.count(step), total: words.count(total) })}</p>` : nothing}
      ${this.#run.hand ? html`<p class="bench-caption">${words.t('bench.command.hand')}</p>` : nothing}
      ${setup.demonstrations ? html`<p class="bench-caption">${words.t('bench.command.demonstrations')}</p>` : nothing}`;
  }

  // ---- making ----

  /** @param {string} text */
  async #copy(text) {
    await navigator.clipboard.writeText(text);
    this.#copied = text;
  }

  /** @param {What} what */
  async #save(what) {
    const { words, draw } = this.#bench;
    const { ending, make } = this.#exports()[what];
    this.#making = what;
    draw();
    try {
      const { experiment } = this.#bench;
      const content = /** @type {any} */ (await make());
      if (experiment !== this.#bench.lab.experiment) return; // another one is shown meanwhile
      const name = fileName(this.#run, ending); // after it was made: the run may have gone on till then
      download(document, name, content instanceof Blob ? content : new Blob([content]));
      this.#done = words.t('bench.saved', { name });
    } finally {
      this.#making = null;
    }
  }

  /** @returns {Record<What, Export>} */
  #exports() {
    const { experiment } = this.#bench;
    const { catalog } = experiment, run = this.#run, canvas = /** @type {HTMLCanvasElement} */ (this.#canvas);
    return {
      csv: { ending: 'csv', make: () => csvOf(catalog, run) }, events: { ending: 'tfevents', make: () => eventsOf(catalog, run) }, config: { ending: 'json', make: () => configOf(catalog, run.setup) },
      model: { ending: 'safetensors', make: () => this.#standing(() => experiment.save()) }, checkpoint: { ending: 'full.safetensors', make: () => this.#standing(() => experiment.save({ full: true })) },
      svg: { ending: 'svg', make: () => this.#svg() }, chart: { ending: 'chart.png', make: async () => pngOfSvg(await this.#svg()) },
      world: { ending: 'world.png', make: () => pngOf(canvas) }, video: { ending: 'webm', make: () => this.#video(canvas) },
    };
  }

  /** Stands still meanwhile, so that a file is of the step in its name. @template T @param {() => Promise<T>} act */
  async #standing(act) {
    const { experiment } = this.#bench, isRunning = experiment.phase === 'running';
    await experiment.pause();
    try {
      return await act();
    } finally {
      if (isRunning) experiment.play();
    }
  }

  /** The world while it plays; of one that rests a copy plays, which leaves the run as it is. @param {HTMLCanvasElement} canvas */
  async #video(canvas) {
    const { experiment } = this.#bench;
    if (experiment.isRunning || !experiment.can.play) return recorded(canvas, SECONDS);
    const end = await playCopy(experiment);
    try {
      return await recorded(canvas, SECONDS);
    } finally {
      await end();
    }
  }

  /** Of the world; null where none is shown. @returns {HTMLCanvasElement | null} */
  get #canvas() {
    return this.#bench.lab.shadowRoot?.querySelector('#canvas, #rl-canvas') ?? null;
  }

  /** What a curve is called in the legend: of runs that were kept with what differs. @param {import('../lab/charts/chart.mjs').Series} series */
  #legend({ kind, name, xs }) {
    const { words, experiment } = this.#bench;
    const run = experiment.runs.items.find(({ band, curve, history }) => [band?.xs, curve?.xs, history?.returns[0]].includes(/** @type {any} */ (xs)));
    if (kind === 'band') return words.t('bench.legend.half', { name });
    if (!run) return name;
    if (run.file) return name;
    return run.band ? words.t('bench.legend.iqm', { name }) : `${name} (${differsText(words, experiment, run)})`;
  }

  /** The chart of returns, with the runs that are shown in it. */
  async #svg() {
    const { words, experiment, theme } = this.#bench;
    const host = { words, experiment, theme };
    const { env } = experiment.setup;
    const isText = experiment.kind === 'text';
    const content = isText ? (await import('../lab/panels/run-comparison.mjs')).comparedOf(host, /** @type {any} */ (experiment)) : returnsOf(host, experiment);
    return chartSvg({ ...content, series: content.series.map((series) => ({ ...series, name: this.#legend(series) })) }, {
      title: [words.tMaybe(`env.${env}`, env), ...aboutRun(words, experiment.setup)].join(' · '), about: changedText(words, experiment), xTitle: words.t('chart.axis'),
      yTitle: words.t(isText ? 'rl.chart.y' : 'chart.returns'), theme, words,
    });
  }
}

/**
 * Shows how a run that rests would go on, at the natural pace of its world: another session goes on from its checkpoint.
 * @param {import('../lab/run-experiment.mjs').RunExperiment} experiment
 * @returns {Promise<() => Promise<void>>} ends it, and shows the run again
 */
async function playCopy(experiment) {
  const { session, agentFrame, setup, speeds, world } = experiment;
  experiment.left = { checkpoint: await experiment.save({ full: true }) };
  const copy = await experiment.createSession(setup);
  const isItsOwn = () => experiment.session === session && !experiment.isRunning; // else the reader has gone on meanwhile
  copy.onFrame = (frame) => {
    if (!isItsOwn()) return;
    experiment.agentFrame = experiment.isPolicy ? { ...frame, ...probabilitiesOf(frame) } : frame;
    experiment.emit('frame');
  };
  const pace = Number.isFinite(speeds[world.speed]) ? world.speed : speeds.length - 2; // the last one is as fast as possible
  void copy.play({ stepsPerSecond: stepsPerSecond(world, pace) }).catch(() => {});
  return async () => {
    await copy.dispose();
    if (!isItsOwn()) return;
    experiment.agentFrame = agentFrame;
    experiment.emit('frame');
  };
}

/** Of a policy's logarithms. @param {import('../bellhop.js').Frame} frame */
const probabilitiesOf = ({ q, qTm1, table }) => ({ q: q.map(Math.exp), qTm1: qTm1.map(Math.exp), table: table && table.map(Math.exp) });
