// SPDX-License-Identifier: MIT
// The fold with the settings: what it says when it is closed, the changes that wait for a reset, and the form, which is fetched when
// the fold is first opened.
import { html, nothing } from 'lit';
import { adoptStyles } from '../adopt-styles.mjs';
import { presetAlgos } from '../fields.mjs';
import { valueText } from './value-text.mjs';

/** @typedef {import('../lab-host.mjs').LabHost} LabHost */
/** @typedef {import('../run-experiment.mjs').RunExperiment} RunExperiment */

export class SettingsPanel {
  #host;
  #isOpen = false;
  /** @type {import('./settings-form.mjs').SettingsForm | null} */
  #form = null;

  /** @param {LabHost} host */
  constructor(host) {
    this.#host = host;
  }

  get #experiment() {
    return /** @type {RunExperiment | null} */ (this.#host.experiment);
  }

  render() {
    const { words } = this.#host;
    const experiment = this.#experiment;
    return html`<details class="fold" part="settings" id="settings" .open=${this.#isOpen} @toggle=${this.#toggle}>
      <summary><span>${words.t('settings')}</span> <span class="caption" id="settings-note">${experiment ? this.#changes(experiment) : ''}</span></summary>
      ${experiment && experiment.staged.size > 0 ? html`<p class="staged" id="staged"><span id="staged-text">${words.t('staged', { n: experiment.staged.size })}</span>
        <button type="button" id="staged-reset" @click=${() => this.#host.attempt(() => experiment.reset())}>${words.t('staged.reset')}</button></p>` : nothing}
      ${experiment?.print ? html`<p class="caption" id="fingerprint" title=${words.t('fingerprint.help')}>${words.t('fingerprint', { step: words.count(experiment.print.step), hash: experiment.print.hash })}</p>` : nothing}
      <div id="settings-body">${experiment?.session && this.#isOpen ? this.#form?.render(experiment) : nothing}</div>
    </details>`;
  }

  updated() {}

  disconnect() {}

  /** @param {Event} event */
  #toggle = (event) => {
    this.#isOpen = /** @type {HTMLDetailsElement} */ (event.target).open;
    if (this.#isOpen && !this.#form) this.#host.attempt(() => this.#fetchForm());
    this.#host.requestUpdate();
  };

  async #fetchForm() {
    const [{ SettingsForm, styles }] = await Promise.all([import('./settings-form.mjs'), this.#host.needWords('help'), this.#host.needWords('settings'), this.#host.needWords('fields')]);
    adoptStyles(this.#host.root, [styles]);
    this.#form ??= new SettingsForm(this.#host);
    this.#host.requestUpdate();
  }

  /** What the fold says when it is closed. @param {RunExperiment} experiment */
  #changes({ setup, settings, catalog }) {
    const { words, fieldName } = this.#host;
    const changed = settings.filter(({ scope, key, field }) => key in setup[scope] && field.name !== 'map').map((setting) => `${fieldName(setting.field.name)} ${valueText(words, setup[setting.scope][setting.key])}`);
    const live = setup.changes.map(({ at, scope, key, value }) => {
      const name = settings.find((s) => s.scope === scope && s.key === key)?.field.name ?? key;
      return words.t('changed.at', { name: fieldName(name), value: valueText(words, value), step: words.count(at) });
    });
    if (changed.length + live.length > 0) return words.t('changed', { list: words.list([...changed, ...live]) });
    return words.t(setup.preset ? 'unchanged.named' : presetAlgos(catalog, setup.env).includes(setup.algo) ? 'unchanged' : 'unchanged.defaults');
  }
}
