// SPDX-License-Identifier: MIT
// The parts of a text's reward as bars, each with its weight, which the reader changes while the agent learns: a slider and
// the number beside it say the same. What counts under the weights of the last rated text stands at the end of the row.
import { el, setText, show } from '../dom.mjs';
import { language, t, tMaybe, value } from '../i18n.mjs';
import { on } from '../events.mjs';
import { button, say } from './widgets.mjs';
import { camel, inRange } from '../fields.mjs';
import { weightsOf } from './tasks.mjs';

/** @typedef {import('../../draw/token-text.mjs').TokenLayout} TokenLayout */
/** @typedef {{ name: string, row: HTMLElement, label: HTMLElement, fill: HTMLElement, number: HTMLElement, slider?: HTMLInputElement, field?: HTMLInputElement, only?: HTMLButtonElement, key?: string, sign: number, initial: number, weight: number }} Row */

const MOST = 2;

/** @param {(weights: Record<string, number>) => void} change  with all weights by option, once the reader has chosen some */
export function makeParts(change) {
  /** @type {Row[]} */
  let rows = [];
  /** @type {TokenLayout | null} */
  let layout = null;
  const list = el('div', { class: 'parts' });
  const total = el('p', { class: 'total' }, say('span', 'rl.reward'), el('b', { id: 'rl-reward', text: '–' }));
  const back = button('rl.default', { id: 'rl-default', class: 'quiet', click: () => set(rows.map(({ initial }) => initial)) });
  const of = el('p', { class: 'caption rated', id: 'rl-rated' });
  const note = el('p', { class: 'caption' });
  const root = el('div', { class: 'parts-box', id: 'rl-parts' }, el('div', { class: 'head' }, say('h3', 'rl.parts'), back), of, list, total, note);

  show(back, false);

  /** @param {string} part */
  const partName = (part) => {
    const i = layout?.parts.indexOf(part) ?? -1;
    return tMaybe(`part.${part}`, language() === 'zh' && layout ? layout.parts_zh[i] : part);
  };

  const weights = () => rows.map(({ weight }) => weight);
  const byOption = () => Object.fromEntries(rows.flatMap(({ key }, i) => (key ? [[key, weights()[i]]] : [])));

  /** @param {number[]} values */
  function set(values) {
    rows.forEach((row, i) => put(row, values[i]));
    changed();
  }

  /** Both controls say the weight; the slider as far as it reaches. @param {Row} row @param {number} weight */
  function put(row, weight) {
    if (!row.slider || !row.field) return;
    row.weight = weight;
    row.slider.value = row.field.value = String(weight);
  }

  function changed() {
    show(back, isCustom());
    change(byOption());
  }

  const isCustom = () => rows.some(({ initial }, i) => weights()[i] !== initial);

  /** @param {string} part @param {{ field: import('../fields.mjs').Field, sign: number } | undefined} weight @returns {Row} */
  function makeRow(part, weight) {
    const [label, fill, number] = [el('span', { class: 'name' }), el('span', { class: 'fill' }), el('span', { class: 'number', text: '–' })];
    const track = el('span', { 'class': 'track', 'aria-hidden': 'true' }, fill);
    if (!weight) return { name: part, row: el('div', { class: 'part fixed' }, label, track, number), label, fill, number, sign: 1, initial: 1, weight: 1 };
    const initial = Number(weight.field.default);
    const max = Math.min(weight.field.max ?? MOST, MOST);
    const slider = el('input', { type: 'range', min: String(Math.max(0, weight.field.min ?? 0)), max: String(max), step: '0.05', value: String(initial) });
    const field = el('input', { type: 'text', inputmode: 'decimal', autocomplete: 'off', value: String(initial) });
    const only = button('rl.only', { class: 'quiet', click: () => set(rows.map(({ name }) => (name === part ? 1 : 0))) });
    const box = el('div', { class: 'part' }, label, track, number, el('span', { class: 'weight' }, el('span', { 'aria-hidden': 'true', 'text': weight.sign < 0 ? '× −' : '×' }), slider, field), only);
    /** @type {Row} */
    const row = { name: part, row: box, label, fill, number, slider, field, only, key: camel(weight.field.name), sign: weight.sign, initial, weight: initial };
    slider.addEventListener('input', () => {
      put(row, Number(slider.value));
      changed();
    });
    field.addEventListener('change', () => {
      const wanted = field.value.trim() === '' ? NaN : Number(field.value);
      const good = inRange(weight.field, wanted);
      put(row, good ? wanted : row.weight);
      if (good) changed();
    });
    return row;
  }

  function words() {
    for (const { name, label, slider, field, only } of rows) {
      const part = partName(name);
      setText(label, part);
      label.title = part;
      slider?.setAttribute('aria-label', t('rl.weight.of', { part }));
      field?.setAttribute('aria-label', t('rl.weight.value', { part }));
      only?.setAttribute('aria-label', t('rl.only.label', { part }));
    }
    setText(note, t(rows.some(({ slider }) => slider) ? 'rl.parts.note' : 'rl.parts.fixed'));
  }
  on('language', words);

  /** Nothing is rated. */
  function clear() {
    for (const { fill, number } of rows) {
      fill.style.transform = '';
      setText(number, '–');
    }
    setText(/** @type {Element} */ (total.lastChild), '–');
    tellRated('');
  }

  /** Says which text is rated: the one that is shown may not be finished. @param {string} text */
  function tellRated(text) {
    setText(of, text);
    of.title = text;
  }

  return {
    root, weights, byOption, isCustom, clear, tellRated,
    /**
     * @param {TokenLayout} next @param {import('../fields.mjs').Field[]} options
     * @param {number[] | null} wanted  weights to begin with
     * @returns {boolean} whether they are as many as there are parts to be weighed, and in range
     */
    begin(next, options, wanted) {
      layout = next;
      const found = weightsOf(options, next.parts);
      rows = next.parts.map((part, i) => makeRow(part, found[i]));
      list.replaceChildren(...rows.map(({ row }) => row));
      clear();
      show(back, false);
      words();
      const fits = wanted === null || (found.length === wanted.length && found.every(({ field }, i) => inRange(field, wanted[i])));
      if (wanted && fits) set(wanted);
      return fits;
    },
    /** Shows the parts of a rated text. @param {ArrayLike<number>} view */
    show(view) {
      if (!layout) return;
      const first = layout.length;
      const most = Math.max(1, ...rows.map((_, i) => view[first + i]));
      rows.forEach(({ fill, number }, i) => {
        const part = view[first + i];
        fill.style.transform = `scaleX(${Math.max(0, Math.min(1, part / most))})`;
        setText(number, value(part, Number.isInteger(part) && most > 1 ? 0 : 2));
      });
      setText(/** @type {Element} */ (total.lastChild), value(view[first + rows.length], 2));
    },
  };
}
