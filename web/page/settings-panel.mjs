// SPDX-License-Identifier: MIT
// The settings panel, made from the catalogue's tables: for every option that applies its value, default, range and one
// line of help. Numbers go by steps of their scale (1, 2, 5, 10, …, or powers of two), or are typed. A setting
// with ⟳ needs a reset: changed in the middle of a run it waits, and the panel says so.
import '../page.mjs'; // is there already: what both use stays in one file with it
import { GROUPS, groupOf } from './groups.mjs';
import { asText, envOf, parse, same } from './fields.mjs';
import { applies } from './applies.mjs';
import { attempt, lab } from './app.mjs';
import { byId, el, show } from './dom.mjs';
import { count, exact, loadHelp, loadLater, powerOfTen, t, tHelp, tMaybe } from './i18n.mjs';
import { fieldName, shown } from './settings.mjs';
import { nextStep } from './steps.mjs';

/** @typedef {import('./fields.mjs').Setting} Setting */
/** @typedef {import('./fields.mjs').Value} Value */

/** What has a place of its own, or none: the seed box, the map editor, the charts' detail; the page scores no finished run. */
const ELSEWHERE = new Set(['seed', 'final_eval_episodes', 'map', 'log_freq']);

export async function build() {
  await Promise.all([loadLater(), loadHelp()]);
  const groups = grouped(lab().settings);
  byId('settings-body').replaceChildren(...groups.map(({ group, settings }) => el('fieldset', {},
    el('legend', { text: tMaybe(`group.${group}`, group) }), ...settings.map(row))));
  refresh();
}

/** Distillation wants what a teacher thinks of each action, which few demonstrations say. */
const hasTeacher = () => lab().setup.demonstrations?.episodes.every(({ actionValues }) => actionValues !== undefined) ?? false;

/** The panel: groups with their settings, in reading order. @param {Setting[]} settings */
function grouped(settings) {
  return Object.keys(GROUPS).map((group) => {
    const rank = (/** @type {Setting} */ { field }) => GROUPS[group].indexOf(field.name);
    return { group, settings: settings.filter((s) => groupOf(s) === group && !ELSEWHERE.has(s.field.name) && (s.field.name !== 'temperature' || hasTeacher())).sort((a, b) => rank(a) - rank(b)) };
  }).filter(({ settings: list }) => list.length > 0);
}

/** @param {Setting} setting */
function row(setting) {
  const { field, key, scope, preset } = setting;
  const id = `set-${scope}-${key}`;
  const label = el('label', { for: id, text: fieldName(field.name) });
  if (!field.live) label.append(el('span', { text: ' ⟳', title: t('needs.reset'), 'aria-label': `, ${t('needs.reset')}`, role: 'img' }));
  const help = el('p', { class: 'help', id: `${id}-help` }, `${sentence(tHelp(`${scope === 'options' ? lab().setup.algo : lab().setup.env}.${field.name}`, field.name, field.help))} `, el('span', { class: 'range', text: bounds(setting, preset) }));
  return el('div', { class: 'setting', 'data-id': `${scope}.${key}` }, label, control(setting, id), help);
}

/** @param {string} text */
const sentence = (text) => text[0].toUpperCase() + text.slice(1) + (/[.。]$/.test(text) ? '' : t('full.stop'));

/** @param {Setting} setting @param {Value} preset */
function bounds({ field }, preset) {
  const text = t('default', { value: shown(preset) });
  if (field.type !== 'int' && field.type !== 'real') return text;
  return `${text} · ${t('range', { min: limit(field.min), max: limit(field.max) })}`;
}

/** @param {number | undefined} n */
const limit = (n) => (n === undefined ? '∞' : Math.abs(n) >= 1e6 ? exactShort(n) : exact(n));
/** @param {number} n */
const exactShort = (n) => (Number.isInteger(Math.log10(Math.abs(n))) ? `${n < 0 ? '−' : ''}${powerOfTen(Math.abs(n))}` : count(n));

/** @param {Setting} setting @param {string} id */
function control(setting, id) {
  const { field } = setting;
  const shared = { id, 'aria-describedby': `${id}-help` };
  if (field.type === 'bool') {
    return el('input', { ...shared, type: 'checkbox', change: (/** @type {Event} */ event) => commit(setting, /** @type {HTMLInputElement} */ (event.target).checked) });
  }
  if (field.type === 'choice') {
    const options = (field.choices ?? '').split('|').map((choice) => el('option', { value: choice, text: choice }));
    return el('select', { ...shared, change: (/** @type {Event} */ event) => commit(setting, /** @type {HTMLSelectElement} */ (event.target).value) }, ...options);
  }
  const input = el('input', { ...shared, type: 'text', autocomplete: 'off', spellcheck: 'false', change: () => typed(setting, input) });
  if (field.type !== 'int' && field.type !== 'real') return input;
  input.inputMode = 'decimal';
  const step = (/** @type {1 | -1} */ direction) => {
    const from = parse(field, input.value);
    if (typeof from === 'number') commit(setting, nextStep(field, from, direction));
  };
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
    event.preventDefault();
    step(event.key === 'ArrowUp' ? 1 : -1);
  });
  const name = fieldName(field.name);
  return el('span', { class: 'stepper' },
    el('button', { 'type': 'button', 'text': '−', 'aria-label': t('less', { name }), 'click': () => step(-1) }), input,
    el('button', { 'type': 'button', 'text': '+', 'aria-label': t('more', { name }), 'click': () => step(1) }));
}

/** @param {Setting} setting @param {HTMLInputElement} input */
function typed(setting, input) {
  const value = parse(setting.field, input.value);
  if (value !== null) {
    commit(setting, value);
    return;
  }
  const name = fieldName(setting.field.name);
  attempt(() => {
    throw new RangeError(t('bad.value', { name, value: input.value }));
  });
  refresh();
}

/** A refused value leaves the old one; the library's sentence is shown by attempt(). @param {Setting} setting @param {Value} value */
async function commit(setting, value) {
  await attempt(() => lab().change(setting, value));
  refresh();
}

/** Writes the present values into the controls, and shows those that apply to them. */
export function refresh() {
  const { settings, staged, catalog, setup } = lab();
  const { observation_space: space } = envOf(catalog, setup.env);
  const get = (/** @type {string} */ name) => {
    const setting = settings.find(({ field }) => field.name === name);
    return setting && (staged.get(`${setting.scope}.${setting.key}`)?.value ?? lab().valueOf(setting));
  };
  for (const setting of settings) {
    const id = `${setting.scope}.${setting.key}`;
    const box = /** @type {HTMLElement | null} */ (document.querySelector(`[data-id="${id}"]`));
    const input = /** @type {HTMLInputElement | null} */ (box?.querySelector('input, select') ?? null);
    if (!box || !input) continue;
    show(box, setting.scope === 'envOptions' || applies(setting.field.name, get, space));
    const waiting = staged.get(id);
    const value = waiting ? waiting.value : lab().valueOf(setting);
    if (input.type === 'checkbox') input.checked = value === true;
    else input.value = asText(value);
    box.toggleAttribute('data-changed', !same(value, setting.preset));
    box.toggleAttribute('data-staged', waiting !== undefined);
  }
  for (const group of byId('settings-body').children) show(/** @type {HTMLElement} */ (group), group.querySelector('.setting:not([hidden])') !== null);
}
