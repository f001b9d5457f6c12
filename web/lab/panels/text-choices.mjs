// SPDX-License-Identifier: MIT
// What the agent weighs up: for each of the best allowed actions its value (of a policy, its probability) and beside it what the
// language model alone would do. The action it took is outlined, and in words below. Under it, the last texts it finished with
// their rewards, and the best one; while it trains fast those are samples of what it would write now.
import { html, nothing } from 'lit';
import { adoptStyles } from '../adopt-styles.mjs';
import { sentenceStyles } from './sentence-styles.mjs';
import { styled } from '../style-directive.mjs';
import { Paced } from './chart-panel.mjs';
import { actionOf, lineOf, replyOf } from './text-lines.mjs';

/** @typedef {import('../lab-host.mjs').LabHost} LabHost */
/** @typedef {import('../text-experiment.mjs').TextExperiment} TextExperiment */
/** @typedef {import('../text-experiment.mjs').TextFrame} TextFrame */
/**
 * Scales and what is compared.
 * @typedef {{ frame: TextFrame, values: Float64Array, isPolicy: boolean, reach: number, likeliest: number, isSigned: boolean, taken: number }} Comparison
 */

const MOST = 8;
/** Values of actions that are not allowed lie below. */
const FORBIDDEN = -1e29;
const PACE_MS = 250;

export class TextChoicesPanel {
  #host;
  #microscope;
  /** @type {Paced<TextFrame | null>} */
  #frame = new Paced();

  /** @param {LabHost} host @param {import('./microscope-slot.mjs').MicroscopeSlot} microscope */
  constructor(host, microscope) {
    this.#host = host;
    adoptStyles(host.root, [sentenceStyles]);
    this.#microscope = microscope;
  }

  get #experiment() {
    return /** @type {TextExperiment} */ (this.#host.experiment);
  }

  render() {
    const { words, frame } = this.#host;
    const { isText, isBlur, session } = this.#experiment;
    const shown = this.#frame.get([session, words], isBlur ? PACE_MS : 0, () => /** @type {TextFrame | null} */ (frame));
    return html`<section class="text-choices" part="choices" role="group" aria-labelledby="choices-title">
      <header><h2 id="choices-title">${words.t('rl.choices')}</h2></header>
      ${shown ? this.#choices(shown) : this.#none()}
      ${this.#microscope.render()}
      ${isText ? this.#texts() : nothing}
    </section>${this.#microscope.view()}`;
  }

  updated() {}

  disconnect() {}

  /** Before the first step: what there will be. */
  #none() {
    const { words } = this.#host;
    return html`<div class="none-yet">${this.#experiment.isText ? html`<p class="caption" id="rl-intro">${words.t('rl.intro')}</p>` : nothing}
      <ol class="choices" id="rl-choices"></ol><p class="caption" id="rl-took"></p>
      <p class="caption" id="rl-choices-caption">${words.t('rl.choices.none')}</p></div>`;
  }

  /** @param {TextFrame} frame */
  #choices(frame) {
    const { words } = this.#host;
    const { layout, isPolicy, isTrained } = this.#experiment;
    const taken = frame.last.action;
    const values = taken < 0 ? frame.q : frame.qTm1;
    const allowed = Array.from(values, (_, a) => a).filter((a) => (isPolicy ? values[a] > 0 : values[a] > FORBIDDEN));
    const best = [...allowed].sort((a, b) => values[b] - values[a]).slice(0, MOST);
    if (taken >= 0 && !best.includes(taken) && allowed.includes(taken)) best[best.length - 1] = taken;
    // One scale for all probabilities.
    const likeliest = Math.max(1e-9, ...best.map((a) => Math.max(isPolicy ? values[a] : 0, frame.prior?.[a] ?? 0)));
    const reach = isPolicy ? likeliest : Math.max(1e-9, ...best.map((a) => Math.abs(values[a])));
    const isSigned = !isPolicy && best.some((a) => values[a] < -0.02 * reach);
    const comparison = { frame, values, isPolicy, reach, likeliest, isSigned, taken };
    const alone = !layout.tokens; // there is no language model
    return html`<div class="choice-heads caption ${alone ? 'alone' : ''}"><span></span><span>${words.t(isPolicy ? 'rl.choices.pi' : 'rl.choices.q')}</span>
        <span class="lm-head">${words.t('rl.choices.lm')}</span></div>
      <ol class="choices ${alone ? 'alone' : ''}" id="rl-choices" ?data-untrained=${!isTrained && !isPolicy}>${best.map((a) => this.#row(a, comparison))}</ol>
      <p class="caption" id="rl-took">${this.#took(frame)}</p>
      <p class="caption" id="rl-choices-caption">${words.t('rl.choices.best', { shown: best.length, n: allowed.length })}${frame.prior || alone
        ? '' : ` · ${words.t('rl.choices.nolm')}`}</p>`;
  }

  /** @param {number} a @param {Comparison} comparison */
  #row(a, { frame, values, isPolicy, reach, likeliest, isSigned, taken }) {
    const { words, theme } = this.#host;
    const { layout } = this.#experiment;
    const part = values[a] / reach, prior = frame.prior?.[a] ?? null;
    const zero = isSigned ? 0.5 : 0, share = part * (1 - zero);
    const digits = !isPolicy && reach < 0.1 ? 3 : 2;
    const name = actionOf(layout, a, words);
    const transform = `translateX(${(zero + Math.min(0, share)) * 100}%) scaleX(${Math.min(1, Math.abs(share)) || 0})`;
    return html`<li title=${replyOf(layout, a, words) || name} ?data-taken=${a === taken} aria-current=${a === taken ? 'true' : nothing}>
      <span class="name">${name}</span>
      <span class="track" aria-hidden="true"><span class="fill" ${styled({ transform, backgroundColor: theme.scale.css(part * 0.85) })}></span></span>
      <span class="number">${words.value(values[a], digits)}</span>
      <span class="track lm-cell" aria-hidden="true"><span class="fill lm" ${styled({ transform: `scaleX(${(prior ?? 0) / likeliest})` })}></span></span>
      <span class="number lm-cell">${prior === null ? '–' : words.value(prior, 2)}</span></li>`;
  }

  /** @param {TextFrame} frame */
  #took({ last: { action, explored } }) {
    const { words } = this.#host;
    const { layout, isPolicy } = this.#experiment;
    if (action < 0) return '';
    const name = actionOf(layout, action, words);
    return words.t(isPolicy ? 'rl.took.drawn' : explored ? 'rl.took.random' : 'rl.took.greedy', { action: layout.replies ? `“${name}”` : name });
  }

  #texts() {
    const { words, frame } = this.#host;
    const { last = [], best = null } = /** @type {TextFrame | null} */ (frame)?.shown ?? {};
    const line = (/** @type {import('../text-experiment.mjs').Sample} */ sample, mark = '') => {
      const text = mark + lineOf(this.#experiment, sample, words);
      return html`<span title=${text}>${text}</span><span>${words.value(sample.reward, 2)}</span>`;
    };
    return html`<div class="sentences"><h3>${words.t('rl.texts')}</h3>
      <p class="best" id="rl-best">${best ? line(best, '★ ') : words.t('rl.texts.none')}</p>
      <ol id="rl-texts">${last.map((sample) => html`<li>${line(sample)}</li>`)}</ol></div>`;
  }
}
