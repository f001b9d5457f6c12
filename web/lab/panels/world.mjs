// SPDX-License-Identifier: MIT
// The world: its drawing, the state in words below it, what the network sees as gauges, and over it the messages of a run that
// cannot go on. Environments are chosen here; maps are edited and played in here.
import { html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { adoptStyles } from '../adopt-styles.mjs';
import { styled } from '../style-directive.mjs';
import { placing } from '../canvas/colour.mjs';
import { keepCrisp } from '../canvas/surface.mjs';

/** @typedef {import('../lab-host.mjs').LabHost} LabHost */
/** @typedef {import('../run-experiment.mjs').RunExperiment} RunExperiment */
/** @typedef {'q' | 'v' | 'truth'} Shows */

/** A move on a map takes this long, or most of the time there is until the next one. */
const MOVE_MS = 180, MOVE_SHARE = 0.8;
/** Above this pace motion between cells would only blur. */
const MOTION_MAX = 16;
const LOOK_KEYS = /^Arrow/;

export class WorldPanel {
  #host;
  /** @type {Shows} */
  #cells = 'q';
  /** @type {(() => void) | null} */
  #uncrisp = null;
  /** @type {HTMLCanvasElement | null} */
  #canvas = null;
  /** When the last move on a map began, for its motion, and the step it was drawn for. */
  #movedAt = -Infinity;
  #movedTo = -1;
  #isReady = false;
  /** What a drawing keeps from one frame to the next. */
  #memory = {};

  /** Fetched when the reader first edits a map, or plays. @type {import('./map-editor.mjs').MapEditor | null} */
  #editor = null;
  /** Fetched with the first look. @type {import('./cell-view.mjs').CellView | null} */
  #cell = null;
  /** @type {{ render: () => unknown } | null} */
  #under = null;
  /** @type {import('./human-play.mjs').HumanPlay | null} */
  #human = null;

  /** @param {LabHost} host */
  constructor(host) {
    this.#host = host;
  }

  get #experiment() {
    return /** @type {RunExperiment | null} */ (this.#host.experiment);
  }

  render() {
    const { words } = this.#host;
    const experiment = this.#experiment;
    const world = experiment?.world;
    return html`<section class="world" part="world" role="group" aria-labelledby="world-title">
      <header><h2 id="world-title">${words.t('world')}</h2>${this.#envChoice()}${this.#editButton()}</header>
      <div class="stage" part="stage" id="stage" tabindex=${experiment?.isMap ? 0 : -1} role=${experiment?.isMap ? 'group' : nothing} aria-labelledby=${experiment?.isMap ? 'world-title' : nothing} data-world=${world?.world ?? 'grid-map'} ?data-ready=${this.#isReady}
        @pointermove=${this.#look} @pointerdown=${this.#look} @pointerleave=${this.#look} @keydown=${this.#look}>
        <canvas id="canvas" role="img" aria-label=${world ? words.tMaybe(`world.${world.world}`, world.id) : ''} aria-describedby="state-text"></canvas>
        ${this.#editor?.grid()}
        ${this.#looksInto ? this.#cell?.render() : nothing}
        ${this.#overlay()}
      </div>
      ${experiment?.isMap ? this.#mapTools(experiment) : nothing}
      ${this.#editor?.tools()}
      <div class="beneath">
        <p class=${world?.world === 'textgen' ? 'state hidden' : 'state'} id="state-text">${this.#state()}</p>
        ${this.#humanButton()}
      </div>
      ${this.#human?.render()}
      ${this.#gauges()}
      ${this.#below()}
    </section>`;
  }

  updated() {
    const canvas = /** @type {HTMLCanvasElement | null} */ (this.#host.root.getElementById('canvas'));
    if (canvas !== this.#canvas) {
      this.#uncrisp?.();
      this.#canvas = canvas;
      this.#uncrisp = canvas && keepCrisp(canvas, () => this.#paint());
    }
    this.#noteMove();
    this.#paint();
    this.#editor?.updated(this.#canvas);
    this.#human?.updated();
  }

  disconnect() {
    this.#uncrisp?.();
    [this.#uncrisp, this.#canvas] = [null, null];
    this.#human?.disconnect();
  }

  // ---- looking into a cell ----

  get #looksInto() {
    return Boolean(this.#experiment?.isMap && this.#experiment.session && !this.#editor?.isShown && !this.#human?.isPlaying);
  }

  /** @param {Event} event */
  #look = (event) => {
    if (!this.#looksInto) return;
    if (this.#cell) this.#cell.look(event);
    else if (event.type !== 'keydown' || LOOK_KEYS.test(/** @type {KeyboardEvent} */ (event).key)) void this.#host.attempt(() => this.#lookFirst(event));
  };

  /** @param {Event} event */
  async #lookFirst(event) {
    const [{ CellView, styles }] = await Promise.all([import('./cell-view.mjs'), this.#host.needWords('update')]);
    adoptStyles(this.#host.root, [styles]);
    this.#cell ??= new CellView(this.#host, () => this.#canvas);
    this.#cell.look(event);
  }

  // ---- parts ----

  /** What its world shows besides. */
  #below() {
    const Below = this.#experiment?.worldModule?.Below;
    if (!(Below && this.#under instanceof Below)) this.#under = Below ? new Below(this.#host) : null;
    return this.#under?.render() ?? nothing;
  }

  #editButton() {
    const { words, offers } = this.#host;
    const experiment = this.#experiment;
    if (experiment?.setup.env !== 'GridWorld-v0' || !experiment.session || !offers('map')) return nothing;
    const toggle = async () => {
      this.#editor ??= new (await import('./map-editor.mjs')).MapEditor(this.#host);
      this.#editor.toggle();
    };
    const isOpen = this.#editor?.isShown ?? false;
    return html`<button type="button" class="quiet" id="edit" aria-pressed=${String(isOpen)} @click=${() => this.#host.attempt(toggle)}>${words.t(isOpen ? 'edit.done' : 'edit')}</button>`;
  }

  #humanButton() {
    const { words, offers } = this.#host, experiment = this.#experiment;
    if (!offers('human') || experiment?.kind === 'box' || experiment?.worldModule?.isOwn) return nothing; // keys are no numbers
    const toggle = async () => {
      const [{ HumanPlay }] = await Promise.all([import('./human-play.mjs'), this.#host.needWords('play')]);
      this.#human ??= new HumanPlay(this.#host);
      await this.#human.toggle();
    };
    const plays = this.#human?.isPlaying ?? false;
    return html`<button type="button" class="quiet" id="you" aria-expanded=${String(plays)} aria-controls=${plays ? 'pad' : nothing} ?disabled=${!experiment?.can.reset}
      @click=${() => this.#host.attempt(toggle)}>${words.t(plays ? 'you.done' : 'you')}</button>`;
  }

  #envChoice() {
    const { words, offers } = this.#host;
    const experiment = this.#experiment;
    if (!experiment || !offers('env')) return nothing;
    const envs = experiment.envs.filter((id) => experiment.catalog.envs.some((env) => env.id === id));
    if (envs.length < 2) return nothing;
    return html`<label class="choice" id="env-choice"><span class="hidden">${words.t('environment')}</span>
      <select id="env" ?disabled=${!experiment.session} .value=${live(experiment.setup.env)} @change=${this.#chooseEnv}>
        ${envs.map((id) => html`<option value=${id} ?selected=${id === experiment.setup.env}>${words.tMaybe(`env.${id}`, id)}</option>`)}</select></label>`;
  }

  /** @param {Event} event */
  #chooseEnv = (event) => {
    const env = /** @type {HTMLSelectElement} */ (event.target).value;
    this.#host.attempt(async () => this.#host.noticeSwitch(await /** @type {RunExperiment} */ (this.#experiment).switchTo({ env })));
  };

  #overlay() {
    const { words, failure, failureText, experiment } = this.#host;
    if (failure) {
      return html`<div class="overlay" id="overlay"><p id="overlay-text">${failureText}</p>
        ${failure.retry ? html`<button type="button" class="primary" id="overlay-action" @click=${failure.retry}>${words.t('retry')}</button>` : nothing}</div>`;
    }
    if (experiment?.phase !== 'diverged') return nothing;
    return html`<div class="overlay" id="overlay"><p id="overlay-text">${words.t('diverged.help')}</p>
      <button type="button" class="primary" id="overlay-action" @click=${() => this.#host.attempt(() => experiment.reset())}>${words.t('reset')}</button></div>`;
  }

  /** @param {RunExperiment} experiment */
  #mapTools({ isPolicy, hasTruth }) {
    const { words } = this.#host;
    const shown = isPolicy && this.#cells === 'v' ? 'q' : this.#cells; // a policy has no values to show
    const { low, high, half } = placing(this.#range() ?? { low: -1, high: 1 });
    const digits = Math.max(Math.abs(low), Math.abs(high)) >= 10 ? 0 : 2;
    const choice = (/** @type {Shows} */ id, /** @type {string} */ text) => html`<button type="button" id=${`show-${id}`} aria-pressed=${String(shown === id)} @click=${() => {
      this.#cells = id;
      this.#host.requestUpdate();
    }}>${text}</button>`;
    const isChance = isPolicy && shown !== 'truth';
    return html`<div class="beneath" id="grid-tools">
      <div class="segments" role="group" aria-label=${words.t('cells')}>
        ${choice('q', words.t(isPolicy ? 'cells.p' : 'cells.q'))}${isPolicy ? nothing : choice('v', words.t('cells.v'))}${hasTruth ? choice('truth', words.t('cells.truth')) : nothing}
      </div>
      <div class="legend" id="legend" aria-hidden="true" ?data-positive=${isChance || half}><span>${isChance ? '0' : words.value(low, digits)}</span><i></i><span>${isChance ? '1' : words.value(high, digits)}</span></div>
    </div>`;
  }

  #state() {
    const { words, frame } = this.#host;
    const experiment = this.#experiment;
    if (!experiment?.worldModule || !frame) return '';
    return experiment.worldModule.describe({ view: frame.view, layout: experiment.layout, words, english: frame.text });
  }

  #gauges() {
    const { words, frame } = this.#host;
    const experiment = this.#experiment;
    const gauges = experiment?.worldModule?.gauges ?? [];
    if (!experiment || gauges.length === 0) return nothing;
    const names = /** @type {string[]} */ (experiment.layout.observations ?? []);
    return html`<dl id="inputs" class="inputs" aria-label=${words.t('inputs')}>${gauges.map(({ low, high, digits, unit, factor = 1 }, i) => {
      const v = (frame?.obs[i] ?? 0) * factor;
      const at = (/** @type {number} */ x) => styled({ transform: `translateX(${Math.max(0, Math.min(1, (x - low) / (high - low))) * 100}%)` });
      return html`<div><dt>${words.tMaybe(`input.${names[i]}`, names[i] ?? '')}</dt>
        <dd class="gauge" aria-hidden="true"><span class="zero" ${at(0)}></span><span class="dot" ${at(v)}></span></dd>
        <dd>${words.value(v, digits)}${unit}</dd></div>`;
    })}</dl>`;
  }

  // ---- drawing ----

  /** The colours' range: what is shown must be there; it does not change while a run goes on. */
  #range() {
    const experiment = this.#experiment;
    const { valueRange } = /** @type {any} */ (experiment?.worldModule ?? {});
    if (!experiment || !valueRange) return null;
    if (experiment.isPolicy && this.#cells !== 'truth') return { low: 0, high: 1 };
    return valueRange(experiment.layout, experiment.truth, experiment.session?.info.envOptions ?? {});
  }

  #noteMove() {
    const { frame, prefersStill } = this.#host;
    const experiment = this.#experiment;
    if (!frame || !experiment?.isMap || frame.timesteps === this.#movedTo) return;
    this.#movedTo = frame.timesteps;
    const isSlow = experiment.phase !== 'running' || experiment.stepsPerSecond <= MOTION_MAX;
    this.#movedAt = isSlow && !prefersStill && frame.timesteps > 0 ? performance.now() : -Infinity;
  }

  #paint() {
    const { frame, theme, words } = this.#host;
    const experiment = this.#experiment;
    const canvas = this.#canvas;
    if (!experiment?.worldModule || !experiment.session || !frame || !canvas || canvas.width === 0) return;
    const { layout, isMap, truth, isTrained, worldModule, setup } = experiment;
    const moving = experiment.phase === 'running' ? Math.min(MOVE_MS, MOVE_SHARE * 1000 / experiment.stepsPerSecond) : MOVE_MS;
    const progress = Math.min(1, (performance.now() - this.#movedAt) / moving);
    const isTruth = this.#cells === 'truth';
    const rows = this.#editor?.draft ?? null;
    const table = isMap && isTruth ? truth : frame.table;
    worldModule.paint(canvas, {
      view: frame.view, layout, table, q: frame.q, last: frame.last, theme, words, trained: isTruth || isTrained,
      actionName: this.#host.actionName, chosenHow: this.#host.chosenHow,
      memory: this.#memory, env: setup.env, mode: this.#cells === 'v' ? 'v' : 'q', progress, range: this.#range() ?? undefined, rows: rows ?? undefined,
      changed: isTruth || rows ? undefined : changedBy(experiment.agentFrame?.update),
    });
    const [n_rows, n_cols] = rows ? [rows.length, rows[0].length] : [layout.n_rows, layout.n_cols];
    if (isMap) canvas.style.aspectRatio = String(Math.min(3, Math.max(0.75, n_cols / n_rows)));
    else canvas.style.aspectRatio = '';
    if (!this.#isReady) {
      this.#isReady = true;
      this.#host.root.getElementById('stage')?.toggleAttribute('data-ready', true);
    }
    if (progress < 1) requestAnimationFrame(() => this.#paint());
  }
}

/** The entry of a table that an update has changed. @param {import('../../bellhop.js').UpdateNumbers | null | undefined} update */
function changedBy(update) {
  return update?.s_tm1 && { state: update.s_tm1.data[0], action: update.a_tm1.data[0] };
}
