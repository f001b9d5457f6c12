// SPDX-License-Identifier: MIT
// The choice of the algorithm, in the head of the panel that shows what it has learned.
import { html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { choicesFor } from '../fields.mjs';
import { LATE_ALGOS } from '../late-kinds.mjs';

/** @param {import('../lab-host.mjs').LabHost} host */
export function algoChoice(host) {
  const { words, offers } = host;
  const experiment = /** @type {import('../run-experiment.mjs').RunExperiment | null} */ (host.experiment);
  if (!experiment || !offers('algo')) return nothing;
  const { setup, catalog, session } = experiment;
  const chosen = setup.preset ? `${setup.algo}/${setup.preset}` : setup.algo;
  const late = experiment.kind === 'run' ? LATE_ALGOS : [];
  const choices = [...new Set([...choicesFor(catalog, setup.env), ...late, chosen])]; // one that learns from demonstrations is there with them
  const choose = (/** @type {Event} */ event) => {
    const choice = /** @type {HTMLSelectElement} */ (event.target).value;
    host.attempt(async () => host.noticeSwitch(await experiment.switchTo({ choice })));
  };
  return html`<label class="choice" id="algo-choice"><span class="hidden">${words.t('algorithm')}</span>
    <select id="algo" ?disabled=${choices.length < 2 || !session} .value=${live(chosen)} @change=${choose}>
      ${choices.map((id) => html`<option value=${id} ?selected=${id === chosen}>${words.tMaybe(`algo.${id}`, id)}</option>`)}</select></label>`;
}
