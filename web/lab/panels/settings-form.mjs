// SPDX-License-Identifier: MIT
// The settings as a form, made from the catalogue's tables: for every option that applies its value, default, range and one line of
// help. Numbers go by steps of their scale (1, 2, 5, 10, …, or powers of two), or are typed. A setting with ⟳ needs a reset: changed
// in the middle of a run it waits, marked where it was changed. What is wrong with a value is said below its field.
import { html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { asText, parse, problemOf, same } from '../fields.mjs';
import { nextStep } from '../number-steps.mjs';
import { idOf } from '../run-experiment.mjs';
import { GROUPS, applies, groupOf } from '../setting-groups.mjs';
import { valueText } from './value-text.mjs';

/** @typedef {import('../lab-host.mjs').LabHost} LabHost */
/** @typedef {import('../run-experiment.mjs').RunExperiment} RunExperiment */
/** @typedef {import('../fields.mjs').Setting} Setting */
/** @typedef {import('../fields.mjs').Value} Value */

/** What has a place of its own, or none: the seed box, the map editor, the charts' detail; the finished run is evaluated by the lab. */
const ELSEWHERE = Object.freeze(['seed', 'final_eval_episodes', 'map', 'log_freq']);

export class SettingsForm {
  #host;
  /** What is wrong with what was typed, by setting; the text stays in its field. @type {Map<string, { text: string, problem: string }>} */
  #refused = new Map();
  /** What is being typed: a run that goes on does not overwrite it. @type {{ id: string, text: string } | null} */
  #typing = null;

  /** @param {LabHost} host */
  constructor(host) {
    this.#host = host;
  }

  get #experiment() {
    return /** @type {RunExperiment | null} */ (this.#host.experiment);
  }

  /** The groups with their settings, in reading order. @param {RunExperiment} experiment */
  render(experiment) {
    const { words } = this.#host;
    // Distillation wants the values a teacher gives each action, which few demonstrations have.
    const hasTeacher = experiment.setup.demonstrations?.episodes.every(({ actionValues }) => actionValues !== undefined) ?? false;
    const { settings } = experiment;
    const get = (/** @type {string} */ name) => {
      const setting = settings.find(({ field }) => field.name === name);
      return setting && experiment.nextValueOf(setting);
    };
    const shown = settings.filter(({ scope, field: { name } }) => !ELSEWHERE.includes(name) && (name !== 'temperature' || hasTeacher)
      && (scope === 'envOptions' || applies(name, get, experiment.env.observation_space)));
    return Object.entries(GROUPS).map(([group, order]) => {
      const list = shown.filter((setting) => groupOf(setting) === group).sort((a, b) => order.indexOf(a.field.name) - order.indexOf(b.field.name));
      return list.length === 0 ? nothing : html`<fieldset><legend>${words.tMaybe(`group.${group}`, group)}</legend>${list.map((setting) => this.#row(experiment, setting))}</fieldset>`;
    });
  }

  /** @param {RunExperiment} experiment @param {Setting} setting */
  #row(experiment, setting) {
    const { words, fieldName } = this.#host;
    const { field, key, scope, preset } = setting;
    const id = `set-${scope}-${key}`;
    const value = experiment.nextValueOf(setting);
    const refused = this.#refused.get(idOf(setting));
    const help = words.tHelp(scope === 'options' ? experiment.setup.algo : experiment.setup.env, field.name, field.help);
    return html`<div class="setting" data-id=${idOf(setting)} ?data-changed=${!same(value, preset)} ?data-staged=${experiment.staged.has(idOf(setting))}>
      <label for=${id}>${fieldName(field.name)}${field.live ? nothing : html`<span role="img" title=${words.t('needs.reset')} aria-label=${`, ${words.t('needs.reset')}`}> ⟳</span>`}</label>
      ${this.#control(setting, id, value, refused)}
      ${refused ? html`<p class="error" id=${`${id}-problem`} role="alert">${refused.problem}</p>` : nothing}
      <p class="help" id=${`${id}-help`}>${help ? `${words.sentence(help)} ` : ''}<span class="range">${this.#bounds(setting)}</span></p></div>`;
  }

  /** @param {Setting} setting */
  #bounds({ field, preset }) {
    const { words } = this.#host;
    const text = words.t('default', { value: valueText(words, preset) });
    if (field.type !== 'int' && field.type !== 'real') return text;
    return `${text} · ${words.t('range', { min: this.#limit(field.min), max: this.#limit(field.max) })}`;
  }

  /** @param {number | undefined} n */
  #limit(n) {
    const { words } = this.#host;
    if (n === undefined) return '∞';
    if (Math.abs(n) < 1e6) return words.exact(n);
    return Number.isInteger(Math.log10(Math.abs(n))) ? `${n < 0 ? '−' : ''}${words.powerOfTen(Math.abs(n))}` : words.count(n);
  }

  /** @param {Setting} setting @param {string} id @param {Value} value @param {{ text: string, problem: string } | undefined} refused */
  #control(setting, id, value, refused) {
    const { field } = setting;
    if (field.type === 'bool') {
      return html`<input type="checkbox" id=${id} aria-describedby=${`${id}-help`} .checked=${live(value === true)} @change=${(/** @type {any} */ event) => this.#commit(setting, event.target.checked)}>`;
    }
    if (field.type === 'choice') {
      return html`<select id=${id} aria-describedby=${`${id}-help`} .value=${live(String(value))} @change=${(/** @type {any} */ event) => this.#commit(setting, event.target.value)}>
        ${(field.choices ?? '').split('|').map((choice) => html`<option value=${choice} ?selected=${choice === value}>${choice}</option>`)}</select>`;
    }
    const isNumber = field.type === 'int' || field.type === 'real';
    const input = html`<input type="text" id=${id} autocomplete="off" spellcheck="false" inputmode=${isNumber ? 'decimal' : nothing} .value=${live(this.#typing?.id === id ? this.#typing.text : refused ? refused.text : asText(value))}
      aria-describedby=${`${refused ? `${id}-problem ` : ''}${id}-help`} aria-invalid=${refused ? 'true' : nothing} @input=${(/** @type {any} */ event) => (this.#typing = { id, text: event.target.value })} @change=${(/** @type {any} */ event) => this.#typed(setting, event.target.value)}
      @blur=${() => (this.#typing = null)} @keydown=${isNumber ? (/** @type {KeyboardEvent} */ event) => this.#onKey(event, setting) : nothing}>`;
    if (!isNumber) return input;
    const { words, fieldName } = this.#host;
    const name = fieldName(field.name);
    return html`<span class="stepper"><button type="button" aria-label=${words.t('less', { name })} @click=${() => this.#step(setting, -1)}>−</button>${input}<button type="button" aria-label=${words.t('more', { name })} @click=${() => this.#step(setting, 1)}>+</button></span>`;
  }

  /** @param {KeyboardEvent} event @param {Setting} setting */
  #onKey(event, setting) {
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
    event.preventDefault();
    this.#step(setting, event.key === 'ArrowUp' ? 1 : -1);
  }

  /** @param {Setting} setting @param {1 | -1} direction */
  #step(setting, direction) {
    this.#typing = null;
    const from = this.#experiment?.nextValueOf(setting);
    if (typeof from === 'number') this.#commit(setting, nextStep(setting.field, from, direction));
  }

  /** @param {Setting} setting @param {string} text */
  #typed(setting, text) {
    this.#typing = null;
    const value = parse(setting.field, text);
    if (value === null) this.#refuse(setting, text, this.#host.words.t('bad.value', { name: this.#host.fieldName(setting.field.name), value: text }));
    else this.#commit(setting, value);
  }

  /** A refused value leaves the old one. @param {Setting} setting @param {Value} value */
  async #commit(setting, value) {
    const problem = problemOf(setting.field, value);
    if (problem) {
      const why = { ...problem, values: { value: asText(value), ...problem.values } };
      this.#refuse(setting, asText(value), this.#host.errorWords().then((words) => words.problem(why, this.#host.fieldName(setting.field.name))));
      return;
    }
    this.#refused.delete(idOf(setting));
    try {
      await this.#experiment?.change(setting, value);
    } catch (error) {
      this.#refuse(setting, asText(value), this.#host.explain(error));
    }
    this.#host.requestUpdate();
  }

  /** The field is marked at once; what is wrong follows. @param {Setting} setting @param {string} text @param {string | Promise<string>} problem */
  async #refuse(setting, text, problem) {
    const refused = { text, problem: '' };
    this.#refused.set(idOf(setting), refused);
    this.#host.requestUpdate();
    refused.problem = await problem;
    this.#host.requestUpdate();
  }
}
