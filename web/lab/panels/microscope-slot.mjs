// SPDX-License-Identifier: MIT
// The button that looks at each update, and below it what is seen (microscope.mjs, which is fetched when it is pressed).
import { html, nothing } from 'lit';
import { adoptStyles } from '../adopt-styles.mjs';

/** @typedef {import('../lab-host.mjs').LabHost} LabHost */

export class MicroscopeSlot {
  #host;
  /** @type {import('./microscope.mjs').Microscope | null} */
  #microscope = null;

  /** @param {LabHost} host */
  constructor(host) {
    this.#host = host;
  }

  render() {
    const { words, offers, experiment, attempt } = this.#host;
    if (!offers('microscope')) return nothing;
    return html`<button type="button" class="quiet" id="microscope" aria-expanded=${String(this.#microscope !== null)} ?disabled=${!experiment?.can.reset}
      @click=${() => attempt(() => this.#toggle())}>${words.t('microscope')}</button>${experiment ? this.#microscope?.render() : nothing}`;
  }

  async #toggle() {
    const [{ Microscope, styles }] = await Promise.all([import('./microscope.mjs'), this.#host.needWords('update')]);
    adoptStyles(this.#host.root, [styles]);
    this.#microscope = this.#microscope ? null : new Microscope(this.#host);
    this.#host.requestUpdate();
    await /** @type {import('../run-experiment.mjs').RunExperiment} */ (this.#host.experiment).watch(this.#microscope !== null);
  }
}
