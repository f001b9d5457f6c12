// SPDX-License-Identifier: MIT
// Fields of the embed dialog: groups of ticks, rows of radio buttons, lists, numbers that are checked.
import { html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { parse, problemOf } from '../lab/fields.mjs';

/** @typedef {import('../lab/words.mjs').Words} Words */
/** @typedef {{ value: string, label: string }} Option */

/** Numbers an author may write. @type {Readonly<Record<'seed' | 'stopAt' | 'height', import('../lab/fields.mjs').Field>>} */
const NUMBERS = Object.freeze({
  seed: numberField('seed', 0, Number.MAX_SAFE_INTEGER), stopAt: numberField('stop-at', 1, Number.MAX_SAFE_INTEGER), height: numberField('height', 160, 5000),
});

/** @param {string} name @param {number} min @param {number} max @returns {import('../lab/fields.mjs').Field} */
function numberField(name, min, max) {
  return { name, type: 'int', default: '', min, max, live: false, help: '' };
}

/**
 * What was written as a number, or the sentence that says what is wrong with it.
 * @param {keyof typeof NUMBERS} name @param {string} text @param {{ words: Words, label: string }} of
 * @returns {{ value: number, problem: string }}
 */
export function readNumber(name, text, { words, label }) {
  const value = parse(NUMBERS[name], text) ?? text.trim();
  const problem = problemOf(NUMBERS[name], value);
  return { value: Number(value), problem: problem ? words.t(problem.key, { field: label, ...problem.values }) : '' };
}

/**
 * Ticks, of which one has to stay.
 * @param {{ id: string, legend: string, options: Option[], chosen: readonly string[], problem: string, choose: (chosen: string[] | null) => void }} of  null: the last one was to go
 */
export function ticks({ id, legend, options, chosen, problem, choose }) {
  const change = (/** @type {any} */ { target }) => {
    const wanted = options.map(({ value }) => value).filter((value) => (value === target.value ? target.checked : chosen.includes(value)));
    choose(wanted.length > 0 ? wanted : null);
  };
  return html`<fieldset id=${id} aria-describedby=${problem ? `${id}-problem` : nothing}><legend>${legend}</legend>
    <div class="embed-ticks">${options.map(({ value, label }) => html`<label><input type="checkbox" value=${value} .checked=${live(chosen.includes(value))} @change=${change}><span>${label}</span></label>`)}</div>
    ${told(id, problem)}</fieldset>`;
}

/** One of few. @param {{ id: string, legend: string, options: Option[], chosen: string, choose: (value: string) => void }} of */
export function radios({ id, legend, options, chosen, choose }) {
  return html`<fieldset class="embed-radios" id=${id}><legend class="embed-hidden">${legend}</legend>
    ${options.map(({ value, label }) => html`<label><input type="radio" name=${id} value=${value} .checked=${live(value === chosen)} @change=${() => choose(value)}><span>${label}</span></label>`)}</fieldset>`;
}

/** One of several. @param {{ id: string, label: string, options: Option[], chosen: string, choose: (value: string) => void }} of */
export function list({ id, label, options, chosen, choose }) {
  return html`<label class="embed-field" for=${id}><span>${label}</span>
    <select id=${id} @change=${(/** @type {any} */ { target }) => choose(target.value)}>
      ${options.map(({ value, label: text }) => html`<option value=${value} ?selected=${value === chosen}>${text}</option>`)}</select></label>`;
}

/** @param {{ id: string, label: string, text: string, placeholder?: string, problem: string, type: (text: string) => void, change: (text: string) => void }} of */
export function numberInput({ id, label, text, placeholder, problem, type, change }) {
  return html`<label class="embed-field" for=${id}><span>${label}</span>
    <input type="text" inputmode="numeric" autocomplete="off" spellcheck="false" id=${id} .value=${live(text)} placeholder=${placeholder ?? nothing}
      aria-invalid=${problem ? 'true' : nothing} aria-describedby=${problem ? `${id}-problem` : nothing}
      @input=${(/** @type {any} */ { target }) => type(target.value)} @change=${(/** @type {any} */ { target }) => change(target.value)}></label>
    ${told(id, problem)}`;
}

/** @param {string} id @param {string} label @param {boolean} isChosen @param {(isChosen: boolean) => void} choose */
export const tick = (id, label, isChosen, choose) => html`<label class="embed-tick" for=${id}>
  <input type="checkbox" id=${id} .checked=${live(isChosen)} @change=${(/** @type {any} */ { target }) => choose(target.checked)}><span>${label}</span></label>`;

/** @param {string} id @param {string} problem */
const told = (id, problem) => (problem ? html`<p class="embed-problem" id=${`${id}-problem`} role="alert">${problem}</p>` : nothing);
