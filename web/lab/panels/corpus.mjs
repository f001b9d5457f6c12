// SPDX-License-Identifier: MIT
// What a language model is made from: the corpus, the tokenizer, the sizes; and the model as a file. A change takes effect with the
// next Play or Reset, which the note says. What is refused is said here, beside what it is about.
import { html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { readText } from '../../lib/text.mjs';
import { download } from '../download.mjs';
import { CORPORA, SIZES, TOKENIZERS, refusalOf, tokenizerOf } from '../language-setup.mjs';
import { TASKS } from '../text-tasks.mjs';

/** @typedef {import('../lab-host.mjs').LabHost} LabHost */
/** @typedef {import('../language-experiment.mjs').LanguageExperiment} LanguageExperiment */

const FILE_NAME = 'language-model.safetensors';

export class CorpusPanel {
  #host;
  /** A text and how many characters it has. @type {{ text: string, n: number }} */
  #counted = { text: '', n: 0 };

  /** @param {LabHost} host */
  constructor(host) {
    this.#host = host;
  }

  get #experiment() {
    return /** @type {LanguageExperiment} */ (/** @type {unknown} */ (this.#host.experiment));
  }

  render() {
    const { words, offers } = this.#host;
    const isOpen = offers('settings');
    return html`<section class="corpus" part="corpus" role="group" aria-labelledby="corpus-title">
      <header><h2 id="corpus-title">${words.t('lm.title')}</h2></header>
      <p class="caption">${words.t('lm.intro')}</p>
      <div class="form">
        ${isOpen ? this.#choices() : nothing}
        ${this.#text(isOpen)}
        ${isOpen ? html`<div class="sizes">${SIZES.map((size) => this.#size(size))}</div>` : nothing}
      </div>
      ${this.#failure()}
      <p class="error" id="lm-error" role="alert" ?hidden=${!this.#problem}>${this.#problem}</p>
      <p class="caption" id="lm-note" ?hidden=${!this.#note}>${this.#note}</p>
      ${isOpen ? this.#files() : nothing}
    </section>`;
  }

  updated() {}

  disconnect() {}

  // ---- the form ----

  #choices() {
    const { words } = this.#host;
    const { setup } = this.#experiment;
    const named = (/** @type {string} */ prefix) => (/** @type {string} */ id) => words.tMaybe(`${prefix}.${id}`, id);
    const tasks = TASKS.map(({ id }) => id);
    return html`<div class="row">
      ${this.#select('lm-corpus', words.t('lm.corpus'), CORPORA, setup.corpus, named('lm.corpus'), (corpus) => this.#experiment.change({ corpus }))}
      ${setup.corpus === 'task'
        ? this.#select('lm-task', words.t('lm.of.task'), tasks, setup.task, named('env'), (task) => this.#experiment.change({ task }))
        : this.#select('lm-tokenizer', words.t('lm.tokenizer'), TOKENIZERS, tokenizerOf(setup), named('lm.tokenizer'),
          (tokenizer) => this.#experiment.change({ tokenizer }))}
    </div>`;
  }

  /**
   * @param {string} id @param {string} label @param {readonly string[]} values @param {string} chosen
   * @param {(value: string) => string} name @param {(value: any) => void} choose
   */
  #select(id, label, values, chosen, name, choose) {
    return html`<label class="choice"><span>${label}</span>
      <select id=${id} .value=${live(chosen)} @change=${(/** @type {any} */ event) => this.#host.attempt(() => choose(event.target.value))}>
        ${values.map((value) => html`<option value=${value} ?selected=${value === chosen}>${name(value)}</option>`)}</select></label>`;
  }

  /** @param {boolean} isOpen */
  #text(isOpen) {
    const { words } = this.#host;
    const { setup, text } = this.#experiment;
    if (setup.corpus === 'task') {
      const env = words.tMaybe(`env.${setup.task}`, setup.task);
      return html`<p class="caption" id="lm-corpus-size">${words.t('lm.corpus.examples', { env })}</p>`;
    }
    // What is typed over a corpus is the reader's own text; where there is one already, a corpus is only to be read.
    const isKept = setup.corpus !== 'own' && setup.own.trim() !== '';
    return html`<textarea id="lm-text" rows="8" spellcheck="false" aria-label=${words.t('lm.corpus.text')} aria-describedby="lm-corpus-size"
        placeholder=${words.t('lm.corpus.placeholder')} ?readonly=${isKept || !isOpen} .value=${text ?? ''}
        @input=${(/** @type {any} */ event) => this.#experiment.type(event.target.value)}></textarea>
      <p class="caption" id="lm-text-changed" ?hidden=${!this.#changed}>${this.#changed}</p>
      <p class="caption" id="lm-corpus-kept" ?hidden=${!isKept}>${words.t('lm.corpus.kept')}</p>
      <div class="beneath"><p class="caption" id="lm-corpus-size">${text === null ? '' : words.t('lm.corpus.size', { n: this.#count(text) })}</p>
        ${isOpen ? html`<button type="button" class="quiet" id="lm-text-open" @click=${() => this.#pick('lm-text-file')}>${words.t('corpus.file')}</button>
          <input type="file" id="lm-text-file" class="hidden" tabindex="-1" accept=".txt,text/plain" aria-label=${words.t('corpus.file')}
            @change=${(/** @type {Event} */ event) => this.#host.attempt(() => this.#openText(event))}>` : nothing}</div>`;
  }

  /** What is other in the text than the reader gave it. */
  get #changed() {
    const { words } = this.#host;
    const { textChanges: changes } = this.#experiment;
    if (!changes) return '';
    const { crlf, cr, byteOrderMarks, composed } = changes;
    return [
      byteOrderMarks > 0 && words.t('lm.text.bom'), crlf + cr > 0 && words.t('lm.text.lines', { n: crlf + cr }), composed > 0 && words.t('lm.text.composed', { n: composed }),
    ].filter(Boolean).join(words.language === 'zh' ? '' : ' ');
  }

  /** Characters, not UTF-16 units; long texts are counted once. @param {string} text */
  #count(text) {
    if (this.#counted.text !== text) this.#counted = { text, n: [...text].length };
    return this.#counted.n;
  }

  /** @param {typeof SIZES[number]} size */
  #size({ name, label, values }) {
    const { words } = this.#host;
    const { setup } = this.#experiment;
    if (name === 'context' && setup.corpus === 'task') return nothing; // the task has one
    const chosen = setup.sizes[name];
    const all = values.includes(chosen) ? values : [...values, chosen].sort((a, b) => a - b); // a link may say another one
    return this.#select(`lm-${name}`, words.t(/** @type {any} */ (label)), all.map(String), String(chosen), (text) => words.exact(Number(text)),
      (text) => this.#experiment.change({ sizes: { [name]: Number(text) } }));
  }

  // ---- what is wrong, and what follows ----

  #failure() {
    const { words, failure, failureText } = this.#host;
    const { textProblem } = this.#experiment;
    const [text, retry] = failure ? [failureText, failure.retry] : [textProblem && this.#explain(textProblem), () => this.#host.attempt(() => this.#experiment.loadText())];
    if (!text) return nothing;
    return html`<p class="error" id="lm-corpus-problem" role="alert">${text}
      ${retry ? html`<button type="button" class="quiet" id="lm-corpus-retry" @click=${retry}>${words.t('retry')}</button>` : nothing}</p>`;
  }

  get #problem() {
    const { refused, textProblem } = this.#experiment;
    return refused && refused !== textProblem ? this.#explain(refused) : '';
  }

  /** @param {unknown} error */
  #explain(error) {
    const refusal = refusalOf(error);
    return refusal ? this.#host.words.t(/** @type {any} */ (refusal.key), refusal.values) : this.#host.told(error);
  }

  get #note() {
    const { words } = this.#host;
    const { session, isOpened, isStale } = this.#experiment;
    if (!session) return '';
    return words.t(isStale ? 'lm.fresh.live' : isOpened ? 'lm.opened.note' : 'lm.fresh');
  }

  // ---- files ----

  #files() {
    const { words } = this.#host;
    const { session, phase } = this.#experiment;
    return html`<div class="files">
      <button type="button" id="lm-save" ?disabled=${!session} @click=${() => this.#host.attempt(() => this.#save())}>${words.t('lm.save')}</button>
      <button type="button" id="lm-open" ?disabled=${phase === 'preparing'} @click=${() => this.#pick('lm-file')}>${words.t('lm.open')}</button>
      <input type="file" id="lm-file" class="hidden" tabindex="-1" accept=".safetensors" aria-label=${words.t('lm.file')}
        @change=${(/** @type {Event} */ event) => this.#host.attempt(() => this.#openModel(event))}>
    </div>`;
  }

  /** @param {string} id */
  #pick(id) {
    /** @type {HTMLInputElement | null} */ (this.#host.root.getElementById(id))?.click();
  }

  async #save() {
    const bytes = await this.#experiment.save();
    if (bytes) download(this.#host.element.ownerDocument, FILE_NAME, new Blob([/** @type {any} */ (bytes)], { type: 'application/octet-stream' }));
  }

  /** @param {Event} event */
  async #openModel(event) {
    const bytes = await bytesOf(event);
    if (bytes) await this.#experiment.open(bytes);
  }

  /** @param {Event} event */
  async #openText(event) {
    const bytes = await bytesOf(event);
    if (!bytes) return;
    try {
      const { text, changes } = readText(bytes);
      this.#experiment.type(text, changes);
    } catch (error) {
      this.#experiment.refuse(error);
    }
  }
}

/** The file that was chosen. @param {Event} event */
async function bytesOf(event) {
  const input = /** @type {HTMLInputElement} */ (event.target);
  const [file] = input.files ?? [];
  const bytes = file ? new Uint8Array(await file.arrayBuffer()) : null;
  input.value = ''; // the same file may be chosen again
  return bytes;
}
