// SPDX-License-Identifier: MIT
// The bar: Play, Step, Reset, speed, the numbers of the experiment, its phase and its seed. It serves every kind of experiment.
import { html, nothing, svg } from 'lit';
import { ifDefined } from 'lit/directives/if-defined.js';
import { live } from 'lit/directives/live.js';

/** @typedef {import('../lab-host.mjs').LabHost} LabHost */

const COUNTERS_MS = 90;

const PLAY = svg`<path class="when-paused" d="M7 4.5v15l12.5-7.5z"/><path class="when-running" d="M6 5h4v14H6zM14 5h4v14h-4z"/>`;
const STEP = svg`<path d="M6 5v14l10-7zM17 5h2.5v14H17z"/>`;
const RESET = svg`<path d="M12 5a7 7 0 1 1-6.6 4.7l2 .7A5 5 0 1 0 12 7v3L7.5 6 12 2z"/>`;

/** @param {unknown} paths */
const icon = (paths) => html`<svg viewBox="0 0 24 24" aria-hidden="true">${paths}</svg>`;

export class ControlsPanel {
  #host;
  /** @type {import('../experiment.mjs').Counter[]} */
  #counters = [];
  #countedAt = -Infinity;
  #seedProblem = '';
  /** What is being typed, or was refused; a run that goes on does not overwrite it. @type {string | null} */
  #seedText = null;

  /** @param {LabHost} host */
  constructor(host) {
    this.#host = host;
  }

  render() {
    const { experiment, words, offers } = this.#host;
    const { can = { play: false, step: false, reset: false }, isRunning = false } = experiment ?? {};
    return html`<div class="bar" part="bar" id="controls" role="group" aria-label=${words.t('controls')} tabindex="-1" ?data-running=${isRunning}>
      <div class="buttons">
        ${offers('play') ? html`<button type="button" class="primary" part="play" id="play" aria-keyshortcuts="Space" ?disabled=${!can.play} @click=${this.toggle}>
          ${icon(PLAY)}<span id="play-text">${words.t(this.#playKey())}</span></button>` : nothing}
        ${offers('step') ? html`<button type="button" id="step" aria-keyshortcuts="S" title="S" ?disabled=${!can.step} @click=${this.step}>${icon(STEP)}<span>${words.t('step')}</span></button>` : nothing}
        ${offers('reset') ? html`<button type="button" id="reset" aria-keyshortcuts="R" title="R" ?disabled=${!can.reset} @click=${this.reset}>${icon(RESET)}<span>${words.t('reset')}</span></button>` : nothing}
      </div>
      ${offers('speed') ? this.#speed() : nothing}
      ${offers('seed') ? this.#seed() : nothing}
      ${this.#numbers()}
      ${this.#phase()}
    </div>`;
  }

  updated() {}

  disconnect() {}

  toggle = () => {
    const { experiment } = this.#host;
    if (!experiment?.can.play) return;
    this.#host.attempt(() => (experiment.isRunning ? experiment.pause() : experiment.play()));
  };

  step = () => {
    const { experiment } = this.#host;
    if (experiment?.can.step) this.#host.attempt(() => experiment.step());
  };

  reset = () => {
    const { experiment } = this.#host;
    if (experiment?.can.reset) this.#host.attempt(() => experiment.reset());
  };

  #playKey() {
    const { experiment } = this.#host;
    if (!experiment || experiment.phase === 'ready' || experiment.phase === 'loading') return 'play';
    if (experiment.isRunning) return 'pause';
    return experiment.phase === 'paused' || experiment.phase === 'finished' ? 'resume' : 'play';
  }

  #speed() {
    const { experiment, words } = this.#host;
    const { speeds = [Infinity], speed = 0, stepsPerSecond = Infinity } = /** @type {any} */ (experiment ?? {});
    if (speeds.length < 2) return nothing;
    const fastest = speeds[speed] === Infinity;
    const text = fastest ? words.t('speed.max.long') : words.t('speed.long', { factor: speeds[speed], steps: words.count(stepsPerSecond) });
    return html`<label class="speed"><span>${words.t('speed')}</span>
      <input type="range" id="speed" min="0" max=${speeds.length - 1} step="1" .value=${live(String(speed))} title=${text} aria-valuetext=${text} ?disabled=${!experiment?.can.reset}
        @input=${(/** @type {any} */ event) => experiment?.setSpeed(Number(event.target.value))}>
      <output id="speed-text" for="speed">${fastest ? words.t('speed.max') : `${speeds[speed]}×`}</output></label>`;
  }

  /** The numbers change at a pace that can be read. */
  #numbers() {
    const { experiment, words } = this.#host;
    const now = performance.now();
    if (!experiment?.isBlur || now - this.#countedAt >= COUNTERS_MS) [this.#counters, this.#countedAt] = [experiment?.counters(words) ?? [], now];
    return html`<dl class="counters">${this.#counters.map(({ id, label, help, values, text, wide }) =>
      html`<div class=${wide ? 'wide' : ''}><dt title=${ifDefined(help && words.t(help, values))}>${words.t(label, values)}</dt><dd id=${id}>${text}</dd></div>`)}</dl>`;
  }

  #phase() {
    const { experiment, words, failure } = this.#host;
    const phase = failure ? 'failed' : experiment?.phase ?? 'loading';
    const text = (failure ? null : experiment?.phaseText?.(words)) ?? words.t(`phase.${phase}`);
    return html`<p class="phase" id="phase" data-phase=${phase}><span class="mark" aria-hidden="true"></span><span id="phase-text">${text}</span></p>`;
  }

  #seed() {
    const { experiment, words } = this.#host;
    const setup = /** @type {any} */ (experiment)?.setup;
    if (setup?.seed === undefined) return nothing;
    const staged = /** @type {any} */ (experiment).stagedSeed ?? null;
    return html`<label class="seed" ?data-staged=${staged !== null}><span>${words.t('seed')}</span>
      <input type="text" id="seed" inputmode="numeric" autocomplete="off" spellcheck="false" .value=${live(this.#seedText ?? String(staged ?? setup.seed))}
        aria-describedby=${this.#seedProblem ? 'seed-problem' : 'seed-help'} aria-invalid=${this.#seedProblem ? 'true' : nothing} ?disabled=${!experiment?.can.reset} @input=${(/** @type {any} */ event) => (this.#seedText = event.target.value)} @change=${this.#changeSeed}>
      <span class="hidden" id="seed-help">${words.t('seed.help')}</span>
      ${this.#seedProblem ? html`<span class="error staged-here" id="seed-problem" role="alert">${this.#seedProblem}</span>`
        : staged !== null ? html`<span class="caption staged-here" id="seed-staged">${words.t('staged.here', { value: staged })}</span>` : nothing}
    </label>`;
  }

  /** @param {Event} event */
  #changeSeed = (event) => {
    const { experiment, words } = this.#host;
    const text = /** @type {HTMLInputElement} */ (event.target).value.trim();
    const seed = Number(text);
    const isSeed = text !== '' && Number.isSafeInteger(seed) && seed >= 0;
    this.#seedProblem = isSeed ? '' : words.t('seed.bad');
    this.#seedText = isSeed ? null : text;
    if (isSeed) this.#host.attempt(() => /** @type {any} */ (experiment).changeSeed(seed));
    this.#host.requestUpdate();
  };
}
