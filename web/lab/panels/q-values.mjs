// SPDX-License-Identifier: MIT
// Q(s, ·) for the state the last action was chosen in, one bar per action; of a policy, π(· | s). The action taken is outlined, and a
// disc or a diamond with a word says whether it was the greedy one or a random one. Where there are many actions (forty words)
// the best ones are shown, and the one taken. Below: the last transition, the value map, the comparison with the true values.
import { html, nothing } from 'lit';
import { styled } from '../style-directive.mjs';
import { algoChoice } from './algo-choice.mjs';
import { LastTransition } from './last-transition.mjs';
import { TrueValues } from './true-values-panel.mjs';

/** @typedef {import('../lab-host.mjs').LabHost} LabHost */
/** @typedef {import('../run-experiment.mjs').RunExperiment} RunExperiment */
/** @typedef {import('../../bellhop.js').Frame} Frame */

const MOST = 10;

export class QValuesPanel {
  #host;
  /** Fetched with the first world that has one. @type {import('./value-map.mjs').ValueMap | null} */
  #map = null;

  /** @param {LabHost} host */
  constructor(host) {
    this.#host = host;
    this.transition = new LastTransition(host);
    this.truth = new TrueValues(host);
  }

  get #experiment() {
    return /** @type {RunExperiment | null} */ (this.#host.experiment);
  }

  render() {
    const { words, shows } = this.#host;
    return html`<section class="q-values" part="q-values" role="group" aria-labelledby="q-values-title">
      <header><h2 id="q-values-title" class=${shows('q') ? '' : 'hidden'}>${words.t(this.#experiment?.isPolicy ? 'policy.title' : 'q.title')}${this.#isUntrained ? html`<em id="untrained">${words.t('untrained')}</em>` : nothing}</h2>${algoChoice(this.#host)}</header>
      ${shows('q') ? this.#values() : nothing}
      ${shows('transition') ? this.transition.render() : nothing}
      ${shows('value-map') ? this.#valueMap() : nothing}
      ${shows('truth') ? this.truth.render() : nothing}
    </section>${shows('transition') ? this.transition.microscope.view() : nothing}`;
  }

  updated() {
    this.#map?.updated();
  }

  disconnect() {
    this.#map?.disconnect();
  }

  /** The world's file and the map's were fetched together: it is there before the next frame. */
  #valueMap() {
    if (!this.#experiment?.worldModule?.slice) return nothing;
    if (this.#map) return this.#map.render();
    void this.#host.attempt(async () => {
      const { ValueMap } = await import('./value-map.mjs');
      this.#map ??= new ValueMap(this.#host);
      this.#host.requestUpdate();
    });
    return nothing;
  }

  /** A policy has no values that could look learned. */
  get #isUntrained() {
    const experiment = this.#experiment;
    return Boolean(experiment?.session && !experiment.isTrained && !experiment.isPolicy);
  }

  #values() {
    const { words, frame } = this.#host;
    const experiment = this.#experiment;
    if (!frame || !experiment) return html`<p class="caption" id="q-caption">${words.t('q.first')}</p><ul class="bars" id="bars"></ul><p class="caption decision"></p>`;
    const chosen = frame.last.action;
    const q = chosen >= 0 ? frame.qTm1 : frame.q;
    const order = ranked(q, chosen);
    return html`<p class="caption" id="q-caption">${this.#caption(frame, chosen)}</p>
      <ul class="bars" id="bars" ?data-many=${q.length > MOST} ?data-untrained=${this.#isUntrained}>${this.#bars(frame, q, order, chosen)}</ul>
      <p class="caption decision"><span id="took">${this.#took(frame)}</span><span id="prefers">${this.#prefers(q, order)}</span></p>`;
  }

  /** @param {Frame} frame @param {Float64Array} q @param {number[]} order @param {number} chosen */
  #bars(frame, q, order, chosen) {
    const { words, theme, actionName, gloss } = this.#host;
    const { isMap, isPolicy } = /** @type {RunExperiment} */ (this.#experiment);
    const values = q.map((value) => value > -Infinity ? value : 0); // an illegal action has none
    const reach = isPolicy ? 1 : Math.max(1e-9, ...order.map((a) => Math.abs(values[a])));
    // Values of a map have either sign by nature; elsewhere the zero moves only where it must.
    const zero = !isPolicy && (isMap || order.some((a) => values[a] < -0.05 * reach)) ? 0.5 : 0;
    const top = q.reduce((best, v) => Math.max(best, v), -Infinity);
    return order.map((a) => {
      const part = values[a] / reach * (1 - zero);
      const taken = a === chosen;
      return html`<li class=${q[a] >= top - 1e-12 ? 'greedy' : ''} ?data-taken=${taken}>
        <span class="name">${actionName(a)}${gloss(a) ? ` ${gloss(a)}` : nothing}</span>
        <span class="track" aria-hidden="true"><span class="fill" ${styled({
          transform: `translateX(${(zero + Math.min(0, part)) * 100}%) scaleX(${Math.abs(part) || 0})`, backgroundColor: theme.scale.css(values[a] / reach * 0.85),
        })}></span><span class="zero" ${styled({ transform: `translateX(${zero * 100}%)` })}></span></span>
        <span class="number">${q[a] === -Infinity ? '–' : words.value(q[a], Math.abs(q[a]) >= 100 ? 1 : reach < 0.1 ? 3 : 2)}</span>
        <span class="sign" aria-hidden="true">${taken ? (frame.last.explored ? '◆' : '●') : ''}</span></li>`;
    });
  }

  /** @param {Frame} frame @param {number} chosen */
  #caption(frame, chosen) {
    const { words } = this.#host;
    const { humanFrame, isMap, isPolicy } = /** @type {RunExperiment} */ (this.#experiment);
    const n = frame.q.length, of = isPolicy ? 'policy' : 'q';
    const text = humanFrame ? words.t(`${of}.yours`) : chosen < 0 ? words.t(`${of}.first`)
      : isMap ? words.t(`${of}.at`, { state: words.t('cell', { cell: frame.obsTm1[0] + 1 }) }) : words.t(`${of}.last`);
    return n > MOST ? text + words.t('q.best', { shown: MOST, n }) : text;
  }

  /** @param {Frame} frame */
  #took({ last: { action, explored } }) {
    const { words, actionName } = this.#host;
    const { humanFrame, isPolicy, isUcb } = /** @type {RunExperiment} */ (this.#experiment);
    if (action < 0) return '';
    const key = humanFrame ? 'taken.yours' : isPolicy ? (explored ? 'taken.less' : 'taken.likely') : !explored ? 'taken.greedy' : isUcb ? 'taken.bonus' : 'taken.random';
    return words.t(key, { action: actionName(action) });
  }

  /** How clear the choice is: the lead of the best action over the next. @param {Float64Array} q @param {number[]} order */
  #prefers(q, order) {
    const { words, actionName } = this.#host;
    const { isPolicy } = /** @type {RunExperiment} */ (this.#experiment);
    const [first, second] = [...order].sort((a, b) => q[b] - q[a]);
    const lead = q[first] - q[second];
    if (!Number.isFinite(lead)) return '';
    if (lead < 5e-3 && lead < Math.abs(q[first]) * 5e-4 + 1e-9) return words.t('prefers.none', { action: actionName(first), second: actionName(second) });
    return words.t(isPolicy ? 'prefers.likely' : 'prefers', {
      chance: words.value(q[first] * 100, 0), action: actionName(first), lead: words.value(lead, lead < 0.1 ? 3 : 2), second: actionName(second),
    });
  }
}

/** Actions in the order of their bars. @param {Float64Array} q @param {number} chosen */
function ranked(q, chosen) {
  const all = Array.from(q, (_, a) => a);
  if (q.length <= MOST) return all;
  const best = all.sort((a, b) => q[b] - q[a]).slice(0, MOST);
  if (chosen >= 0 && !best.includes(chosen)) best[MOST - 1] = chosen;
  return best;
}
