// SPDX-License-Identifier: MIT
// The settings as a form, made from the catalogue's tables: for every option that applies its value, default, range and one line of
// help. Numbers go by steps of their scale (1, 2, 5, 10, …, or powers of two), or are typed. A setting with ⟳ needs a reset: changed
// in the middle of a run it waits, marked where it was changed. What is wrong with a value is said below its field. The few that matter
// most come first; the others are a fold away, or found by a word of theirs. What was changed can go back to the preset, one or all.
import { css, html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { asText, parse, problemOf, same } from '../fields.mjs';
import { nextStep } from '../number-steps.mjs';
import { idOf } from '../run-experiment.mjs';
import { ESSENTIALS, GROUPS, N_ESSENTIALS, applies, groupOf } from '../setting-groups.mjs';
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
  #search = '';
  #isAllOpen = false;

  /** @param {LabHost} host */
  constructor(host) {
    this.#host = host;
  }

  get #experiment() {
    return /** @type {RunExperiment | null} */ (this.#host.experiment);
  }

  /** @param {RunExperiment} experiment */
  render(experiment) {
    const shown = this.#shown(experiment);
    return html`${this.#tools(experiment, shown)}${this.#search.trim() === '' ? this.#levels(experiment, shown) : this.#found(experiment, shown)}`;
  }

  /** The settings that apply. @param {RunExperiment} experiment */
  #shown(experiment) {
    // Distillation wants the values a teacher gives each action, which few demonstrations have.
    const hasTeacher = experiment.setup.demonstrations?.episodes.every(({ actionValues }) => actionValues !== undefined) ?? false;
    const { settings } = experiment;
    const get = (/** @type {string} */ name) => {
      const setting = settings.find(({ field }) => field.name === name);
      return setting && experiment.nextValueOf(setting);
    };
    return settings.filter(({ scope, field: { name } }) => !ELSEWHERE.includes(name) && (name !== 'temperature' || hasTeacher)
      && (scope === 'envOptions' || applies(name, get, experiment.env.observation_space)));
  }

  /** @param {RunExperiment} experiment @param {Setting[]} shown */
  #tools(experiment, shown) {
    const { words } = this.#host;
    const changed = shown.filter((setting) => !same(experiment.nextValueOf(setting), setting.preset));
    return html`<div class="setting-tools"><input type="search" id="settings-search" autocomplete="off" spellcheck="false" placeholder=${words.t('settings.search')} aria-label=${words.t('settings.search')} .value=${live(this.#search)} @input=${this.#onSearch}>
      <button type="button" id="settings-preset" ?disabled=${changed.length === 0} @click=${() => this.#host.attempt(() => this.#toPreset(changed))}>${words.t('settings.preset', { n: changed.length })}</button></div>`;
  }

  /** The essential ones, and all others in their groups, in reading order. @param {RunExperiment} experiment @param {Setting[]} shown */
  #levels(experiment, shown) {
    const { words } = this.#host;
    const essential = ESSENTIALS.flatMap((name) => shown.find(({ field }) => field.name === name) ?? []).slice(0, N_ESSENTIALS);
    const others = shown.filter((setting) => !essential.includes(setting));
    const groups = Object.entries(GROUPS).map(([group, order]) => /** @type {const} */ ([
      group, others.filter((setting) => groupOf(setting) === group).sort((a, b) => order.indexOf(a.field.name) - order.indexOf(b.field.name)),
    ]));
    return html`<div class="settings">${this.#group(experiment, words.t('settings.essential'), essential, false)}</div>
      <details id="settings-all" .open=${this.#isAllOpen} @toggle=${this.#onToggle}><summary>${words.t('settings.all', { n: others.length })}</summary>
        ${this.#isAllOpen ? html`<div class="settings">${groups.map(([group, list]) => this.#group(experiment, words.tMaybe(`group.${group}`, group), list))}</div>` : nothing}</details>`;
  }

  /** What has every word that is sought in its name, in the reader's words or the library's, or in its help. @param {RunExperiment} experiment @param {Setting[]} shown */
  #found(experiment, shown) {
    const { words, fieldName } = this.#host;
    const wanted = this.#search.toLowerCase().split(/\s+/).filter(Boolean);
    const found = shown.filter((setting) => {
      const { field: { name }, key } = setting;
      const text = `${fieldName(name)} ${name} ${key} ${this.#help(experiment, setting)}`.toLowerCase();
      return wanted.every((word) => text.includes(word));
    });
    return html`<p class="caption" role="status" id="settings-found">${words.t(found.length > 0 ? 'settings.found' : 'settings.none', { n: found.length })}</p><div class="settings">${this.#group(experiment, words.t('settings.search'), found, false)}</div>`;
  }

  /** @param {RunExperiment} experiment @param {string} legend @param {readonly Setting[]} list @param {boolean} [isNamed]  above them; else for screen readers only */
  #group(experiment, legend, list, isNamed = true) {
    if (list.length === 0) return nothing;
    return html`<fieldset aria-label=${isNamed ? nothing : legend}>${isNamed ? html`<legend>${legend}</legend>` : nothing}${list.map((setting) => this.#row(experiment, setting))}</fieldset>`;
  }

  /** @param {Event} event */
  #onSearch = (event) => {
    this.#search = /** @type {HTMLInputElement} */ (event.target).value;
    this.#host.requestUpdate();
  };

  /** @param {Event} event */
  #onToggle = (event) => {
    this.#isAllOpen = /** @type {HTMLDetailsElement} */ (event.target).open;
    this.#host.requestUpdate();
  };

  /** @param {readonly Setting[]} settings */
  async #toPreset(settings) {
    for (const setting of settings) {
      this.#refused.delete(idOf(setting));
      await this.#experiment?.change(setting, setting.preset);
    }
    this.#host.requestUpdate();
  }

  /** @param {RunExperiment} experiment @param {Setting} setting */
  #help({ setup }, { scope, field }) {
    return this.#host.words.tHelp(scope === 'options' ? setup.algo : setup.env, field.name, field.help);
  }

  /** @param {RunExperiment} experiment @param {Setting} setting */
  #row(experiment, setting) {
    const { words, fieldName } = this.#host;
    const { field, key, scope, preset } = setting;
    const id = `set-${scope}-${key}`;
    const value = experiment.nextValueOf(setting);
    const refused = this.#refused.get(idOf(setting));
    const help = this.#help(experiment, setting), isChanged = !same(value, preset);
    return html`<div class="setting" data-id=${idOf(setting)} ?data-changed=${isChanged} ?data-staged=${experiment.staged.has(idOf(setting))}>
      <label for=${id}>${fieldName(field.name)}${field.live ? nothing : html`<span role="img" title=${words.t('needs.reset')} aria-label=${`, ${words.t('needs.reset')}`}> ⟳</span>`}</label>
      ${this.#control(setting, id, value, refused)}
      ${refused ? html`<p class="error" id=${`${id}-problem`} role="alert">${refused.problem}</p>` : nothing}
      <p class="help" id=${`${id}-help`}>${help ? `${words.sentence(help)} ` : ''}<span class="range">${this.#bounds(setting)}</span>
        ${isChanged ? html`<button type="button" class="quiet" aria-label=${words.t('settings.back', { name: fieldName(field.name), value: valueText(words, preset) })} @click=${() => this.#commit(setting, preset)}>↺ ${words.t('settings.preset.one')}</button>` : nothing}</p></div>`;
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
    const { field } = setting, { words } = this.#host;
    if (field.type === 'bool') {
      return html`<input type="checkbox" id=${id} aria-describedby=${`${id}-help`} .checked=${live(value === true)} @change=${(/** @type {any} */ event) => this.#commit(setting, event.target.checked)}>`;
    }
    if (field.type === 'choice') {
      return html`<select id=${id} aria-describedby=${`${id}-help`} .value=${live(String(value))} @change=${(/** @type {any} */ event) => this.#commit(setting, event.target.value)}>
        ${(field.choices ?? '').split('|').map((choice) => html`<option value=${choice} ?selected=${choice === value}>${valueText(words, choice)}</option>`)}</select>`;
    }
    const isNumber = field.type === 'int' || field.type === 'real';
    const input = html`<input type="text" id=${id} autocomplete="off" spellcheck="false" inputmode=${isNumber ? 'decimal' : nothing} .value=${live(this.#typing?.id === id ? this.#typing.text : refused ? refused.text : asText(value))}
      aria-describedby=${`${refused ? `${id}-problem ` : ''}${id}-help`} aria-invalid=${refused ? 'true' : nothing} @input=${(/** @type {any} */ event) => (this.#typing = { id, text: event.target.value })} @change=${(/** @type {any} */ event) => this.#typed(setting, event.target.value)}
      @blur=${() => (this.#typing = null)} @keydown=${isNumber ? (/** @type {KeyboardEvent} */ event) => this.#onKey(event, setting) : nothing}>`;
    if (!isNumber) return input;
    const { fieldName } = this.#host;
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
      this.#refuse(setting, asText(value), this.#host.errorWords().then((words) => words.problem(why, this.#host.fieldName(setting.field.name, words))));
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

export const styles = css`
.setting-tools { display: flex; flex-wrap: wrap; gap: 8px; padding: 8px 0; }
.setting-tools input { flex: 0 1 288px; min-width: 0; min-height: 36px; padding: 0 8px; border: 1px solid var(--bellhop-line); border-radius: 6px; background: none; color: inherit; font: inherit; font-size: 13px; }
.setting-tools input::placeholder { color: var(--bellhop-muted); opacity: 1; }
.setting-tools button { min-height: 36px; font-size: 13px; }
.settings { columns: 288px; column-gap: 40px; padding: 8px 0 16px; }
.settings fieldset { border: 0; margin: 0 0 16px; padding: 0; min-width: 0; }
.settings legend { padding: 0; font-size: 13px; font-weight: 600; margin-bottom: 4px; }
.setting { break-inside: avoid; display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0 8px; align-items: center; padding: 6px 0; border-top: 1px solid var(--bellhop-line); }
.setting label { font-size: 13px; }
.setting[data-changed] label { font-weight: 600; }
.setting .help, .setting .error { grid-column: 1 / -1; font-size: 13px; line-height: 18px; }
.setting .help { color: var(--bellhop-muted); }
.setting .help button { min-height: 24px; padding: 0 6px; }
.setting .range { white-space: nowrap; }
.stepper { display: inline-flex; }
.stepper button { min-height: 32px; width: 32px; padding: 0; border-radius: 6px 0 0 6px; }
.stepper button:last-child { border-radius: 0 6px 6px 0; }
.stepper input[type='text'] { width: 88px; text-align: center; border-radius: 0; border-width: 1px 0; }
.setting > input[type='text'] { width: 152px; }
.setting[data-staged] input, .setting[data-staged] select { border-color: var(--bellhop-mark); border-style: dashed; }
#settings-all > summary { font-size: 13px; }
@container lab (max-width: 640px) {
  .setting > input[type='text'] { width: 128px; }
}
`;
