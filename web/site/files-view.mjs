// SPDX-License-Identifier: MIT
// Opens a file that Export has saved, here or elsewhere.
import { html } from 'lit';

export class FilesView {
  #bench;

  /** @param {import('./workbench.mjs').Bench} bench */
  constructor(bench) {
    this.#bench = bench;
  }

  render() {
    const { words } = this.#bench;
    return html`<section class="bench-part" aria-labelledby="bench-files-title"><h3 id="bench-files-title">${words.t('file')}</h3>
      <p class="bench-caption">${words.t('file.about')}</p>
      <div class="bench-form"><input type="file" id="bench-file" multiple hidden accept=".json,.safetensors,.csv" @change=${(/** @type {any} */ { target }) => this.#open(target)}>
      <button type="button" id="bench-file-open" @click=${() => document.getElementById('bench-file')?.click()}>${words.t('file.open')}</button></div></section>`;
  }

  /** @param {HTMLInputElement} input */
  async #open(input) {
    const { experiment, words, lab, show, attempt } = this.#bench, files = [...input.files ?? []];
    input.value = ''; // the same one may be opened again
    await attempt(async () => {
      const { open } = await import('./open-file.mjs');
      const refusal = await open(experiment, words.language, lab, show, files);
      if (refusal) lab.notice(refusal, 'bad');
    });
  }
}
