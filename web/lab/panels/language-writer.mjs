// SPDX-License-Identifier: MIT
// What a language model writes after a prompt, anew every second while it is trained, and the tokens it holds most probable to come
// next. How they are drawn (temperature, top-k, top-p, greedy) changes at once.
import { html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { styled } from '../style-directive.mjs';
import { talkOf } from './talk.mjs';

/** @typedef {import('../lab-host.mjs').LabHost} LabHost */
/** @typedef {import('../language-experiment.mjs').LanguageExperiment} LanguageExperiment */
/** @typedef {import('../language-experiment.mjs').Sampling} Sampling */

const TOP_K = Object.freeze([0, 1, 3, 5, 10, 20, 50]), TOP_P = Object.freeze([1, 0.95, 0.9, 0.8, 0.5]);
/** Characters of the prompt that are repeated above the next tokens, and those it may have. */
const TAIL = 24, PROMPT_MAX = 500;

export class LanguageWriterPanel {
  #host;

  /** @param {LabHost} host */
  constructor(host) {
    this.#host = host;
  }

  get #experiment() {
    return /** @type {LanguageExperiment} */ (/** @type {unknown} */ (this.#host.experiment));
  }

  render() {
    const { words } = this.#host;
    const { session } = this.#experiment;
    return html`<section class="writer" part="writer" role="group" aria-labelledby="writer-title">
      <header><h2 id="writer-title">${words.t('lm.writes')}</h2>
        <button type="button" class="quiet" id="lm-again" ?disabled=${!session} @click=${() => this.#host.attempt(() => this.#experiment.write())}>
          ${words.t('lm.sample.again')}</button></header>
      ${this.#controls()}
      ${this.#sample()}
      ${this.#next()}
    </section>`;
  }

  updated() {}

  disconnect() {}

  /** @param {Partial<Sampling>} change */
  #set(change) {
    this.#host.attempt(() => this.#experiment.setSampling(change));
  }

  #controls() {
    const { words } = this.#host;
    const { prompt, sampling: { temperature, topK, topP, greedy } } = this.#experiment;
    return html`<div class="row">
      <label class="choice grow"><span>${words.t('lm.prompt')}</span>
        <input type="text" id="lm-prompt" autocomplete="off" spellcheck="false" maxlength=${PROMPT_MAX} .value=${live(prompt)}
          @input=${(/** @type {any} */ event) => this.#set({ prompt: event.target.value })}></label>
      <label class="choice"><span>${words.t('lm.temperature')}</span>
        <input type="range" id="lm-temperature" min="0.1" max="2" step="0.1" ?disabled=${greedy} .value=${live(String(temperature))}
          @input=${(/** @type {any} */ event) => this.#set({ temperature: Number(event.target.value) })}>
        <output for="lm-temperature">${words.value(temperature, 1)}</output></label>
    </div>
    <div class="row">
      ${this.#select('lm-top-k', words.t('lm.top_k'), TOP_K, topK, greedy, (k) => (k === 0 ? words.t('lm.top_k.all') : words.exact(k)), (k) => ({ topK: k }))}
      ${this.#select('lm-top-p', words.t('lm.top_p'), TOP_P, topP, greedy, (p) => words.exact(p), (p) => ({ topP: p }))}
      <label class="choice"><input type="checkbox" id="lm-greedy" .checked=${live(greedy)}
        @change=${(/** @type {any} */ event) => this.#set({ greedy: event.target.checked })}><span>${words.t('lm.greedy')}</span></label>
    </div>`;
  }

  /**
   * @param {string} id @param {string} label @param {readonly number[]} values @param {number} chosen @param {boolean} isOff
   * @param {(value: number) => string} name @param {(value: number) => Partial<Sampling>} change
   */
  #select(id, label, values, chosen, isOff, name, change) {
    return html`<label class="choice"><span>${label}</span>
      <select id=${id} ?disabled=${isOff} .value=${live(String(chosen))} @change=${(/** @type {any} */ event) => this.#set(change(Number(event.target.value)))}>
        ${values.map((value) => html`<option value=${value} ?selected=${value === chosen}>${name(value)}</option>`)}</select></label>`;
  }

  #sample() {
    const { words } = this.#host;
    const { written, isOpened, frame } = this.#experiment;
    const isHalf = written !== null && !isOpened && !frame?.finished;
    const shown = !written ? html`<span class="caption">${words.t('lm.sample.none')}</span>`
      : written.talk ? talkOf(written.talk, words, false) : html`<b>${written.prompt}</b>${written.text}`;
    // No space between the tags: the sample shows it.
    return html`<div class="sample" id="lm-sample" tabindex="0" role="region" aria-label=${words.t('lm.sample.label')}>${shown}</div>
      <p class="caption half" id="lm-half">${isHalf ? words.t('lm.half') : ''}</p>`;
  }

  #next() {
    const { words } = this.#host;
    const { written, next } = this.#experiment;
    const after = !written ? '' : written.prompt === '' ? words.t('lm.next.start') : words.t('lm.next.after', { prompt: written.prompt.slice(-TAIL) });
    return html`<div class="head"><h3>${words.t('lm.next')}</h3><span class="caption" id="lm-next-after">${after}</span></div>
      <ol class="bars next" id="lm-next">${next.length === 0 ? html`<li class="none"><span class="caption">${words.t('lm.next.none')}</span></li>` : nothing}
        ${next.map(({ token, p }) => html`<li><span class="name">${this.#visible(token)}</span>
        <span class="track" aria-hidden="true"><span class="fill" ${styled({ transform: `scaleX(${p})` })}></span></span>
        <span class="number">${words.value(p * 100, 1)}%</span></li>`)}</ol>`;
  }

  /** @param {string} token */
  #visible(token) {
    const { words } = this.#host;
    if (token === ' ') return words.t('lm.token.space');
    if (token === '\n') return words.t('lm.token.newline');
    return token.replaceAll(' ', '␣').replaceAll('\n', '↵');
  }
}
