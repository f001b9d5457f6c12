// SPDX-License-Identifier: MIT
// The parts of a text's reward as bars, each with its weight, which the reader changes while the agent learns: a slider and the
// number beside it say the same. A slider takes effect when it is let go: one change, which a link can repeat. What the parts of
// the last rated text are stands in the bars.
import { html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { styled } from '../style-directive.mjs';
import { problemOf } from '../fields.mjs';
import { lineOf, partName } from './text-lines.mjs';

/** @typedef {import('../lab-host.mjs').LabHost} LabHost */
/** @typedef {import('../text-experiment.mjs').TextExperiment} TextExperiment */
/** @typedef {import('../text-experiment.mjs').TextFrame} TextFrame */
/** @typedef {import('../text-experiment.mjs').RewardPart} RewardPart */

/** How far a slider goes; the number beside it goes as far as the option. */
const SLIDER_MAX = 2, SLIDER_STEP = 0.05;

export class RewardTerms {
  #host;
  /** The slider that is being moved. @type {{ key: string, value: number } | null} */
  #moved = null;
  /** The number that is being typed: no render may put another one there. @type {{ key: string, text: string } | null} */
  #typing = null;
  /** What is wrong with what was typed, by option. @type {Map<string, { text: string }>} */
  #problems = new Map();

  /** @param {LabHost} host */
  constructor(host) {
    this.#host = host;
  }

  render() {
    const { words } = this.#host;
    const experiment = /** @type {TextExperiment} */ (this.#host.experiment);
    const { parts, isCustom } = experiment;
    const rated = this.#shown?.rated ?? null;
    const values = parts.map((_, i) => rated?.view[experiment.layout.length + i] ?? null);
    const most = Math.max(1, ...values.map((value) => value ?? 0));
    const sum = rated?.view[experiment.layout.length + parts.length];
    const text = this.#ratedText(experiment);
    return html`<div class="parts-box" id="rl-parts">
      <div class="head"><h3>${words.t('rl.parts')}</h3>
        <button type="button" class="quiet" id="rl-default" ?hidden=${!isCustom} @click=${() => this.#weigh(defaults(parts))}>
          ${words.t('rl.default')}</button></div>
      <p class="caption rated" id="rl-rated" title=${text}>${text}</p>
      <div class="parts">${parts.map((part, i) => this.#row(part, values[i], most, parts))}</div>
      <p class="total"><span>${words.t('rl.reward')}</span><b id="rl-reward">${sum === undefined ? '–' : words.value(sum, 2)}</b></p>
      <p class="caption">${words.t(parts.some(({ setting }) => setting) ? 'rl.parts.note' : 'rl.parts.fixed')}</p>
    </div>`;
  }

  get #shown() {
    return /** @type {TextFrame | null} */ (this.#host.frame)?.shown ?? null;
  }

  /** Which text is rated: the one that is shown may not be finished. @param {TextExperiment} experiment */
  #ratedText(experiment) {
    const { words } = this.#host;
    const { rated = null, text = null } = this.#shown ?? {};
    if (!rated) return '';
    return rated === text ? words.t('rl.rated.this') : words.t('rl.rated.before', { text: lineOf(experiment, rated, words) });
  }

  /** @param {RewardPart} part @param {number | null} value @param {number} most @param {RewardPart[]} parts */
  #row(part, value, most, parts) {
    const { words } = this.#host;
    const name = partName(part, words);
    const share = value === null ? 0 : Math.max(0, Math.min(1, value / most));
    const number = value === null ? '–' : words.value(value, Number.isInteger(value) && most > 1 ? 0 : 2);
    const { setting } = part;
    const isOpen = setting && this.#host.offers('settings');
    return html`<div class=${isOpen ? 'part' : 'part fixed'}>
      <span class="name" title=${name}>${name}</span>
      <span class="track" aria-hidden="true"><span class="fill" ${styled({ transform: `scaleX(${share})` })}></span></span>
      <span class="number">${number}</span>
      ${isOpen ? this.#weight(part, setting, name, parts) : nothing}</div>`;
  }

  /** @param {RewardPart} part @param {import('../fields.mjs').Setting} setting @param {string} name @param {RewardPart[]} parts */
  #weight({ sign, weight }, setting, name, parts) {
    const { words } = this.#host;
    const { field, key } = setting;
    const shown = String(this.#moved?.key === key ? this.#moved.value : weight);
    const problem = this.#problems.get(key);
    const all = () => Object.fromEntries(parts.flatMap((each) => (each.setting ? [[each.setting.key, each.setting.key === key ? 1 : 0]] : [])));
    return html`<span class="weight"><span aria-hidden="true">${sign < 0 ? '× −' : '×'}</span>
        <input type="range" min=${Math.max(0, field.min ?? 0)} max=${Math.min(field.max ?? SLIDER_MAX, SLIDER_MAX)} step=${SLIDER_STEP} .value=${live(shown)}
          aria-label=${words.t('rl.weight.of', { part: name })} @input=${(/** @type {any} */ event) => this.#move(key, Number(event.target.value))}
          @change=${(/** @type {any} */ event) => this.#weigh({ [key]: Number(event.target.value) })}>
        <input type="text" inputmode="decimal" autocomplete="off" .value=${live(this.#typing?.key === key ? this.#typing.text : shown)}
          aria-label=${words.t('rl.weight.value', { part: name })}
          aria-describedby=${problem ? `rl-problem-${key}` : nothing} @blur=${() => (this.#typing = null)}
          @input=${(/** @type {any} */ event) => (this.#typing = { key, text: event.target.value })}
          @change=${(/** @type {any} */ event) => this.#typed(setting, name, event.target.value)}></span>
      <button type="button" class="quiet" aria-label=${words.t('rl.only.label', { part: name })} @click=${() => this.#weigh(all())}>
        ${words.t('rl.only')}</button>
      ${problem ? html`<span class="error" id=${`rl-problem-${key}`} role="alert">${problem.text}</span>` : nothing}`;
  }

  /** @param {string} key @param {number} value */
  #move(key, value) {
    this.#moved = { key, value };
    this.#host.requestUpdate();
  }

  /** What is no weight is put back, and it is said why. @param {import('../fields.mjs').Setting} setting @param {string} name @param {string} text */
  #typed({ field, key }, name, text) {
    this.#typing = null;
    const weight = text.trim() === '' ? NaN : Number(text);
    const problem = problemOf(field, weight);
    if (problem) void this.#refuse(key, name, { ...problem, values: { ...problem.values, ...Number.isNaN(weight) && { value: text } } });
    this.#host.requestUpdate();
    if (!problem) this.#weigh({ [key]: weight });
  }

  /** @param {string} key @param {string} name @param {import('../fields.mjs').Problem} problem */
  async #refuse(key, name, problem) {
    const refused = { text: '' };
    this.#problems.set(key, refused);
    const words = await this.#host.errorWords();
    refused.text = words.problem(problem, words.t('rl.weight.of', { part: name }));
    this.#host.requestUpdate();
  }

  /** @param {Record<string, number>} weights */
  #weigh(weights) {
    this.#moved = null;
    this.#problems.clear();
    this.#host.attempt(() => /** @type {TextExperiment} */ (this.#host.experiment).weigh(weights));
  }
}

/** @param {RewardPart[]} parts */
const defaults = (parts) => Object.fromEntries(parts.flatMap(({ setting }) => (setting ? [[setting.key, Number(setting.field.default)]] : [])));
