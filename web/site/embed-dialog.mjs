// SPDX-License-Identifier: MIT
// The embed dialog: what an author chooses of the shown experiment, the text to paste for four kinds of hosts, and the lab as readers
// will have it. The page fetches it when it is first opened.
import { html, nothing, render } from 'lit';
import { valueText } from '../lab/panels/value-text.mjs';
import {
  DEFAULT_CONTROLS, DEFAULT_PANELS, attributesOf, commandSnippet, elementSnippet, frameSnippet, linkSnippet, notebookFrameSnippet, pictureSnippet, scriptSnippet, strictPolicy, strictSnippet,
  strictStyle, widgetSnippet,
} from '../embed/snippets.mjs';
import { list, numberInput, radios, readNumber, tick, ticks } from './embed-fields.mjs';
import { EmbedPreview, WIDTHS } from './embed-preview.mjs';
import { embedSetup } from './embed-setup.mjs';
import { embedStyles } from './embed-styles.mjs';
import { loadPageWords } from './page-words.mjs';

/** @typedef {import('../embed/snippets.mjs').Choice} Choice */
/** @typedef {import('../lab/run-experiment.mjs').RunExperiment} RunExperiment */
/** @typedef {import('../lab/words.mjs').Key} Key */
/** @typedef {import('../lab/words.mjs').Language} Language */
/** @typedef {import('../lab/words.mjs').Words} Words */
/** @typedef {'element' | 'frame' | 'markdown' | 'notebook' | 'program'} Format */
/** A text to copy. @typedef {{ id: string, label: string, text: string }} Block */

/** What an element's height is until its content was measured, px: that of three columns. */
const HEIGHT = 680;
/** @type {Readonly<Record<string, Key>>} */
const PANEL_WORDS = Object.freeze({
  'world': 'world', 'q': 'q.title', 'transition': 'embed.panel.transition', 'value-map': 'embed.panel.map', 'truth': 'embed.panel.truth',
  'return': 'embed.panel.return', 'loss': 'chart.loss', 'value': 'chart.q', 'exploration': 'embed.panel.exploration',
});
/** Of algorithms whose output is a policy. @type {Readonly<Record<string, Key>>} */
const POLICY_WORDS = Object.freeze({ q: 'policy.title', value: 'chart.v' });
/** @type {Readonly<Record<string, Key>>} */
const CONTROL_WORDS = Object.freeze({
  play: 'play', step: 'step', reset: 'reset', speed: 'speed', seed: 'seed', env: 'environment', algo: 'algorithm', settings: 'settings', map: 'edit', human: 'you', microscope: 'microscope',
});
/** @type {Readonly<Record<Format, Key>>} */
const FORMAT_WORDS = Object.freeze({ element: 'embed.format.element', frame: 'embed.format.frame', markdown: 'embed.format.markdown', notebook: 'embed.format.notebook', program: 'embed.format.program' });
/** Addresses that only this machine knows. */
const LOCAL = /^(localhost|.*\.localhost|127\.[\d.]+|\[::1\]|)$/;

export class EmbedDialog {
  #dialog = Object.assign(document.createElement('dialog'), { className: 'embed', id: 'embed-dialog' });
  #preview = new EmbedPreview({ onHeight: (height) => this.#fit(height), onScale: () => this.#update() });
  #words = /** @type {Words} */ (/** @type {unknown} */ (null));
  /** Of the language that readers will have. */
  #readersWords = this.#words;
  #experiment = /** @type {RunExperiment} */ (/** @type {unknown} */ (null));
  #setup = /** @type {import('./embed-setup.mjs').EmbedSetup} */ (/** @type {unknown} */ (null));
  #choice = /** @type {Choice} */ (/** @type {unknown} */ (null));
  /** @type {Format} */
  #format = 'element';
  /** @type {keyof typeof WIDTHS} */
  #width = 'article';
  #height = HEIGHT;
  /** The height follows the content. */
  #isFitted = true;
  /** What is being written into a field, or was refused, and why; what comes meanwhile does not overwrite it. @type {Record<string, { text: string, problem: string }>} */
  #written = {};
  /** The block that was copied last, as it was, and whether the browser allowed it. */
  #copied = { id: '', text: '', isCopied: false };

  constructor() {
    this.#dialog.setAttribute('aria-labelledby', 'embed-title');
    this.#dialog.addEventListener('close', () => this.#preview.clear());
    const { styleSheet } = embedStyles;
    if (styleSheet) document.adoptedStyleSheets.push(styleSheet);
    document.body.append(this.#dialog);
  }

  /**
   * Opens it for the experiment as it is now. Resolves to '' when it is open, else to the sentence that says why it is not.
   * @param {import('../lab/create-experiment.mjs').Startable} experiment @param {Language} language
   */
  async open(experiment, language) {
    this.#words = this.#readersWords = await loadPageWords('embed', language);
    if (experiment.kind === 'language') return this.#words.t('embed.not');
    this.#experiment = /** @type {RunExperiment} */ (/** @type {unknown} */ (experiment));
    this.#setup = embedSetup(this.#experiment);
    const { env, algo, preset, seed, settings } = this.#setup;
    this.#choice = {
      env, algo, preset, seed, settings, show: DEFAULT_PANELS, controls: DEFAULT_CONTROLS, speed: '', lang: '', theme: '', autoplay: false, stopAt: null,
    };
    [this.#height, this.#isFitted, this.#written] = [HEIGHT, true, {}];
    if (this.#format === 'program' && !this.#setup.program) this.#format = 'element';
    this.#update();
    this.#dialog.showModal();
    return '';
  }

  // ---- what was chosen ----

  /** @param {Partial<Choice>} choice @param {keyof Choice | 'height'} [field] whose refusal is over */
  #choose(choice, field) {
    Object.assign(this.#choice, choice);
    if (field) delete this.#written[field];
    this.#update();
  }

  /** @param {'show' | 'controls'} field @param {string[] | null} chosen null: none of them */
  #chooseWords(field, chosen) {
    if (chosen) return this.#choose({ [field]: chosen }, field);
    this.#written[field] = { text: '', problem: this.#words.t('embed.least') };
    this.#update();
  }

  /** @param {'seed' | 'stopAt' | 'height'} field @param {string} label @param {string} text */
  #chooseNumber(field, label, text) {
    if (field === 'stopAt' && text.trim() === '') return this.#choose({ stopAt: null }, field);
    const { value, problem } = readNumber(field, text, { words: this.#words, label });
    if (problem) this.#written[field] = { text, problem };
    else if (field === 'height') [this.#height, this.#isFitted] = [value, false];
    this.#choose(problem || field === 'height' ? {} : { [field]: value }, problem ? undefined : field);
  }

  /** @param {string} lang */
  async #chooseLanguage(lang) {
    this.#choose({ lang });
    const words = await loadPageWords('embed', /** @type {Language} */ (lang || this.#words.language)).catch(() => this.#words);
    if (this.#choice.lang !== lang) return;
    this.#readersWords = words;
    this.#update();
  }

  /** @param {boolean} isFitted */
  #chooseFit(isFitted) {
    this.#isFitted = isFitted;
    delete this.#written.height;
    this.#width = isFitted ? 'article' : this.#width; // where it is measured
    this.#update();
  }

  /** @param {number} height of the content */
  #fit(height) {
    if (!this.#isFitted || height === this.#height) return;
    this.#height = height;
    this.#update();
  }

  // ---- what comes of it ----

  #update() {
    const attributes = attributesOf(this.#choice);
    render(this.#template(attributes), this.#dialog);
    this.#preview.show(attributes, { height: this.#height, width: this.#width });
  }

  /** @param {import('../embed/snippets.mjs').Attributes} attributes @returns {{ blocks: Block[], strict: Block[] }} */
  #texts(attributes) {
    const parts = { base: new URL('./', location.href).href, attributes, height: this.#height, title: this.#title(this.#readersWords) };
    const block = (/** @type {string} */ id, /** @type {string} */ label, /** @type {string} */ text) => ({ id: `embed-${id}`, label, text });
    switch (this.#format) {
      case 'element': return {
        blocks: [block('element', this.#t('embed.element'), elementSnippet(parts))],
        strict: [block('tag', this.#t('embed.strict.tag'), strictSnippet(parts)), block('style', this.#t('embed.strict.style'), strictStyle(parts)), block('policy', this.#t('embed.strict.policy'), strictPolicy(parts))],
      };
      case 'frame': return { blocks: [block('frame', this.#t('embed.frame'), frameSnippet(parts))], strict: [] };
      case 'markdown': return { blocks: [
        block('markdown', this.#t('embed.markdown.html'), frameSnippet(parts)), block('link', this.#t('embed.markdown.link'), this.#linkSnippet(parts)),
      ], strict: [] };
      case 'notebook': return { blocks: [
        block('widget', this.#t('embed.notebook.widget'), widgetSnippet({ ...parts, height: this.#isFitted ? null : this.#height })), block('cell', this.#t('embed.notebook.frame'), notebookFrameSnippet(parts)),
      ], strict: [] };
      case 'program': return { blocks: this.#programs().map(([id, label, text]) => block(id, this.#t(label), text)), strict: [] };
    }
  }

  /** @returns {[id: string, label: Key, text: string][]} */
  #programs() {
    const { program } = this.#setup;
    if (!program) return [];
    const run = { ...program, seed: this.#choice.seed };
    return [['command', 'embed.program.command', commandSnippet(run)], ['script', 'embed.program.script', scriptSnippet(run)]];
  }

  /** A link with the picture of the environment's first run; tasks of text have none. @param {import('../embed/snippets.mjs').Parts} parts */
  #linkSnippet({ base, title }) {
    const { env, theme } = this.#choice;
    const link = this.#link(base);
    return this.#experiment.kind === 'run' ? pictureSnippet({ title, link, picture: `${base}stills/${env}-${theme || 'light'}.webp` }) : linkSnippet({ title, link });
  }

  /** The same experiment on this page. @param {string} base */
  #link(base) {
    const query = new URLSearchParams(this.#experiment.query);
    query.set('seed', String(this.#choice.seed));
    if (this.#choice.lang) query.set('lang', this.#choice.lang);
    return `${base}#${query}`;
  }

  /** @param {Block} block */
  async #copy({ id, text }) {
    try {
      await navigator.clipboard.writeText(text);
      this.#copied = { id, text, isCopied: true };
    } catch {
      /** @type {HTMLTextAreaElement} */ (document.getElementById(id)).select();
      this.#copied = { id, text, isCopied: false };
    }
    this.#update();
  }

  // ---- words ----

  /** @type {Words['t']} */
  #t = (key, values) => this.#words.t(key, values);

  /** @param {Words} words */
  #names(words) {
    const { env, algo, preset } = this.#experiment.setup;
    const choice = preset ? `${algo}/${preset}` : algo;
    return { env: words.tMaybe(`env.${env}`, env), algo: words.tMaybe(`algo.${choice}`, choice) };
  }

  /** @param {Words} words */
  #title(words) {
    return words.t('embed.title.of', this.#names(words));
  }

  /** What it is, with its changed settings. */
  #summary() {
    const words = this.#words;
    const { env, algo } = this.#names(words);
    const { settings, setup } = this.#experiment;
    const changed = Object.entries(this.#setup.settings).map(([name, value]) => {
      const setting = settings.find(({ scope, key }) => name === (scope === 'envOptions' ? `env.${key}` : key));
      const label = setting ? words.tMaybe(`field.${setup.algo}.${setting.field.name}`, words.tMaybe(`field.${setting.field.name}`, name)) : name;
      return `${label} ${valueText(words, /** @type {any} */ (value))}`;
    });
    return [env, algo, ...changed.length > 0 ? [words.t('changed', { list: words.list(changed) })] : []].join(' · ');
  }

  #notes() {
    const { changesLeftOut, hasDemonstrations, panels } = this.#setup;
    return [
      ...LOCAL.test(location.hostname) ? [this.#t('embed.note.local')] : [],
      ...changesLeftOut > 0 ? [this.#t('embed.note.changes', { n: changesLeftOut })] : [],
      ...hasDemonstrations ? [this.#t('embed.note.demonstrations')] : [],
      ...panels.length === 0 ? [this.#t('embed.note.panels')] : [],
      ...this.#format === 'program' && this.#experiment.setup.changes.length > 0 ? [this.#t('embed.note.live', { n: this.#experiment.setup.changes.length })] : [],
    ];
  }

  // ---- rendering ----

  /** @param {import('../embed/snippets.mjs').Attributes} attributes */
  #template(attributes) {
    const notes = this.#notes();
    return html`<header class="embed-head"><div><h2 id="embed-title" tabindex="-1" autofocus>${this.#t('embed.title')}</h2><p class="embed-caption" id="embed-summary">${this.#summary()}</p></div>
        <button type="button" id="embed-close" aria-label=${this.#t('close')} @click=${() => this.#dialog.close()}>×</button></header>
      <div class="embed-body">
        <div class="embed-choices">${this.#choices()}</div>
        <div class="embed-result">
          ${notes.length > 0 ? html`<ul class="embed-notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>` : nothing}
          ${this.#snippets(attributes)}
          ${this.#shown()}
        </div>
      </div>`;
  }

  #choices() {
    const { panels, controls } = this.#setup;
    const { show, controls: offered } = this.#choice;
    const isPolicy = this.#experiment.isPolicy;
    const named = (/** @type {readonly string[]} */ names, /** @type {Readonly<Record<string, Key>>} */ words) => names.map((value) => ({ value, label: this.#t(words[value]) }));
    const problem = (/** @type {string} */ field) => this.#written[field]?.problem ?? '';
    return html`${panels.length > 0 ? ticks({
      id: 'embed-show', legend: this.#t('embed.shown'), options: named(panels, isPolicy ? { ...PANEL_WORDS, ...POLICY_WORDS } : PANEL_WORDS), chosen: show,
      problem: problem('show'), choose: (chosen) => this.#chooseWords('show', chosen),
    }) : nothing}
      ${ticks({ id: 'embed-controls', legend: this.#t('embed.offered'), options: named(controls, CONTROL_WORDS), chosen: offered, problem: problem('controls'), choose: (chosen) => this.#chooseWords('controls', chosen) })}
      ${this.#runFields()}${this.#looksFields()}`;
  }

  #runFields() {
    const { seed, stopAt, speed, autoplay } = this.#choice;
    const natural = this.#speedName(this.#experiment.speeds[this.#experiment.world.speed]);
    const speeds = this.#experiment.speeds.map((factor) => ({ value: Number.isFinite(factor) ? String(factor) : 'max', label: this.#speedName(factor) }));
    return html`<fieldset><legend>${this.#t('embed.run')}</legend>
      ${this.#number('seed', 'embed-seed', this.#t('seed'), String(seed))}
      ${list({ id: 'embed-speed', label: this.#t('speed'), chosen: speed, options: [{ value: '', label: this.#t('embed.default', { value: natural }) }, ...speeds], choose: (chosen) => this.#choose({ speed: chosen }) })}
      ${this.#number('stopAt', 'embed-stop', this.#t('embed.stop'), stopAt === null ? '' : String(stopAt), this.#t('embed.stop.never'))}
      ${tick('embed-autoplay', this.#t('embed.autoplay'), autoplay, (chosen) => this.#choose({ autoplay: chosen }))}</fieldset>`;
  }

  #looksFields() {
    const { lang, theme } = this.#choice;
    const auto = { value: '', label: this.#t('embed.auto') };
    return html`<fieldset><legend>${this.#t('embed.looks')}</legend>
      ${this.#number('height', 'embed-height', this.#t('embed.height'), String(this.#height))}
      ${tick('embed-fit', this.#t('embed.fit'), this.#isFitted, (chosen) => this.#chooseFit(chosen))}
      ${list({ id: 'embed-lang', label: this.#t('embed.language'), chosen: lang, options: [auto, { value: 'en', label: 'English' }, { value: 'zh', label: '中文' }], choose: (chosen) => void this.#chooseLanguage(chosen) })}
      ${list({
        id: 'embed-theme', label: this.#t('embed.theme'), chosen: theme,
        options: [auto, { value: 'light', label: this.#t('embed.theme.light') }, { value: 'dark', label: this.#t('embed.theme.dark') }], choose: (chosen) => this.#choose({ theme: chosen }),
      })}</fieldset>`;
  }

  /** @param {'seed' | 'stopAt' | 'height'} field @param {string} id @param {string} label @param {string} text @param {string} [placeholder] */
  #number(field, id, label, text, placeholder) {
    const { text: written, problem } = this.#written[field] ?? { text, problem: '' };
    return numberInput({
      id, label, text: written, placeholder, problem, type: (typed) => (this.#written[field] = { text: typed, problem }), change: (typed) => this.#chooseNumber(field, label, typed),
    });
  }

  /** @param {number} factor */
  #speedName(factor) {
    return Number.isFinite(factor) ? `${factor}×` : this.#words.t('speed.max');
  }

  /** @param {import('../embed/snippets.mjs').Attributes} attributes */
  #snippets(attributes) {
    const { blocks, strict } = this.#texts(attributes);
    const formats = /** @type {Format[]} */ (Object.keys(FORMAT_WORDS)).filter((value) => value !== 'program' || this.#setup.program).map((value) => ({ value, label: this.#t(FORMAT_WORDS[value]) }));
    const choose = (/** @type {string} */ format) => {
      this.#format = /** @type {Format} */ (format);
      this.#update();
    };
    return html`${radios({ id: 'embed-format', legend: this.#t('embed.format'), options: formats, chosen: this.#format, choose })}
      <div class="embed-blocks">${blocks.map((block, i) => this.#block(block, i === 0))}
        ${strict.length > 0 ? html`<details class="embed-strict" id="embed-strict"><summary>${this.#t('embed.strict')}</summary><div class="embed-blocks">${strict.map((block) => this.#block(block, false))}</div></details>` : nothing}</div>
      <div class="embed-hidden" role="status">${this.#copied.isCopied ? this.#t('embed.copied') : ''}</div>`;
  }

  /** @param {Block} block @param {boolean} isMain */
  #block(block, isMain) {
    const { id, label, text } = block;
    const { isCopied } = this.#copied, isLast = this.#copied.id === id && this.#copied.text === text;
    return html`<div class="embed-block"><label id=${`${id}-label`} for=${id}>${label}</label>
      <button type="button" class=${isMain ? 'main' : ''} id=${`${id}-copy`} aria-describedby=${`${id}-label`} @click=${() => this.#copy(block)}>${isLast && isCopied ? `✓ ${this.#t('embed.copied')}` : this.#t('embed.copy')}</button>
      <textarea id=${id} readonly spellcheck="false" translate="no" dir="ltr" rows=${rowsOf(text)} .value=${text}></textarea>
      ${isLast && !isCopied ? html`<p class="embed-problem" role="alert">${this.#t('embed.copy.by.hand')}</p>` : nothing}</div>`;
  }

  #shown() {
    const widths = /** @type {(keyof typeof WIDTHS)[]} */ (Object.keys(WIDTHS));
    const options = widths.map((value) => ({ value, label: this.#t(value === 'article' ? 'embed.width.article' : 'embed.width.phone', { width: WIDTHS[value] }) }));
    const choose = (/** @type {string} */ width) => {
      this.#width = /** @type {keyof typeof WIDTHS} */ (width);
      this.#update();
    };
    const { scale, element } = this.#preview;
    return html`<section class="embed-show" aria-labelledby="embed-preview"><header><h3 id="embed-preview">${this.#t('embed.preview')}</h3>
      ${radios({ id: 'embed-width', legend: this.#t('embed.width'), options, chosen: this.#width, choose })}
      ${scale < 1 ? html`<span class="embed-caption">${this.#t('embed.scaled', { percent: Math.round(scale * 100) })}</span>` : nothing}</header>${element}</section>`;
  }
}

const dialogs = /** @type {EmbedDialog[]} */ ([]);

/** Opens the page's one dialog. @type {EmbedDialog['open']} */
export const open = (experiment, language) => (dialogs[0] ??= new EmbedDialog()).open(experiment, language);

/** Lines a text takes where a browser does not count them itself. @param {string} text */
const rowsOf = (text) => text.split('\n').reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / 80)), 0);
