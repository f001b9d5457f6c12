// SPDX-License-Identifier: MIT
// The button that looks at each update, and what is seen then (microscope.mjs, which is fetched when it is pressed), which has the whole width below the panels.
import { html, nothing } from 'lit';
import { adoptStyles } from '../adopt-styles.mjs';

/** @typedef {import('../lab-host.mjs').LabHost} LabHost */
/** @typedef {import('../run-experiment.mjs').RunExperiment} RunExperiment */

export class MicroscopeSlot {
  #host;
  /** @type {import('./microscope.mjs').Microscope | null} */
  #microscope = null;
  /** What the last press asked for, also while the file is on its way. */
  #isWanted = false;

  /** @param {LabHost} host */
  constructor(host) {
    this.#host = host;
  }

  render() {
    const { words, offers, experiment, attempt } = this.#host;
    if (!offers('microscope')) return nothing;
    if (!this.#isWanted && /** @type {RunExperiment | null} */ (experiment)?.isWatched) void attempt(() => this.#toggle()); // as it was when the panels were others
    return html`<button type="button" class="quiet" id="microscope" aria-expanded=${String(this.#microscope !== null)} aria-controls=${this.#microscope ? 'microscope-view' : nothing} ?disabled=${!experiment?.can.reset}
      @click=${() => attempt(() => this.#toggle())}>${this.#microscope ? '▾' : '▸'} ${words.t('microscope')}</button>`;
  }

  /** What is seen. */
  view() {
    return this.#host.experiment && this.#host.offers('microscope') ? this.#microscope?.render() : nothing;
  }

  async #toggle() {
    this.#isWanted = !this.#isWanted;
    if (this.#isWanted) await this.#open();
    else this.#microscope = null;
    this.#host.requestUpdate();
    await /** @type {RunExperiment} */ (this.#host.experiment).watch(this.#isWanted);
  }

  async #open() {
    const [{ Microscope, styles }] = await Promise.all([import('./microscope.mjs'), this.#host.needWords('update')]);
    adoptStyles(this.#host.root, [styles]);
    if (this.#isWanted) this.#microscope ??= new Microscope(this.#host);
  }
}
