// SPDX-License-Identifier: MIT
// How a language model is doing: its perplexity on what it reads and on what was held out, over steps, between the lines of
// models that only count. The scale is logarithmic: on the right stands the loss.
import { el, setText, show } from '../dom.mjs';
import { figure, t, value } from '../i18n.mjs';
import { on } from '../events.mjs';
import { theme } from '../theme.mjs';
import { say } from './widgets.mjs';
import { Lines, hue } from './lines.mjs';

/** Points of a curve before every second one is left out. */
const MOST = 600;

export function makeLearning() {
  /** @type {{ xs: number[], ys: number[] }} */
  let train = { xs: [], ys: [] };
  /** @type {{ xs: number[], ys: number[] }} */
  let held = { xs: [], ys: [] };
  /** @type {import('./worker.mjs').LanguageInfo | null} */
  let about = null;
  let until = 100;
  const readout = el('span', { class: 'readout', id: 'lm-readout' });
  const holder = el('div', { 'class': 'plot', 'id': 'lm-plot', 'role': 'group', 'data-t-label': 'lm.chart', 'aria-label': t('lm.chart') });
  const legend = el('p', { class: 'legend-line caption' });
  const root = el('div', { class: 'column' },
    el('div', { class: 'head' }, say('h3', 'lm.progress'), readout), holder, legend, say('p', 'lm.chart.x', { class: 'caption axis' }), say('p', 'lm.chart.note', { class: 'caption' }));
  const chart = new Lines({ holder, readout, log: true, value: (v) => value(v, v < 20 ? 2 : 1), read });

  function read() {
    const last = held.ys.at(-1) ?? train.ys.at(-1);
    return last === undefined ? '' : t('lm.reading', { value: value(last, 2), loss: value(Math.log(last), 3) });
  }

  function tell() {
    const { muted } = theme();
    const ngrams = about?.ngrams;
    chart.show({
      curves: [{ name: '', colour: muted, width: 1, ...train }, { name: '', colour: hue(0), dots: true, width: 2, ...held }],
      levels: ngrams ? [{ name: t('lm.chart.unigram', { value: figure(ngrams.unigram) }), value: ngrams.unigram }, { name: t('lm.chart.trigram', { value: figure(ngrams.trigram) }), value: ngrams.trigram, dash: [2, 3] }] : [],
      until,
    });
    show(legend, about !== null);
    legend.replaceChildren(swatch(muted, 'thin'), t('lm.chart.train'), swatch(hue(0), 'dots'), t('lm.chart.held'));
  }

  on(['language', 'theme'], tell);
  setText(readout, '');
  return {
    root,
    /** @param {import('./worker.mjs').LanguageInfo} info */
    begin(info) {
      about = info;
      train = { xs: [], ys: [] };
      held = info.start ? { xs: [0], ys: [info.start.perplexity] } : { xs: [], ys: [] };
      until = Number(info.options?.maxSteps ?? 100);
      tell();
    },
    /** @param {import('./worker.mjs').LanguageFrame} frame */
    add(frame) {
      for (const record of frame.records) {
        const curve = record.type === 'train' ? train : held;
        if (!Number.isFinite(record.loss)) continue;
        curve.xs.push(record.step);
        curve.ys.push(Math.exp(record.loss));
      }
      if (train.xs.length > MOST) train = { xs: train.xs.filter((_, i) => i % 2 === 0), ys: train.ys.filter((_, i) => i % 2 === 0) };
      until = Math.max(frame.maxSteps, 10);
      if (frame.records.length > 0) tell();
    },
  };
}

/** @param {string} colour @param {string} kind */
export function swatch(colour, kind) {
  const mark = el('span', { 'class': `swatch ${kind}`, 'aria-hidden': 'true' });
  mark.style.color = colour;
  return mark;
}
