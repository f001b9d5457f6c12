// SPDX-License-Identifier: MIT
// The list of runs: the present one, and those that were kept with what differs, each to be named, hidden, shown alone, pinned, opened, shown
// live beside the present one, or deleted.
import { html, nothing, svg } from 'lit';
import { live } from 'lit/directives/live.js';
import { curveColour, curveDash, curveName } from '../lab/panels/curve-looks.mjs';
import { dashOf, runName } from '../lab/panels/returns-chart.mjs';
import { isShown, remove, rename, show, togglePin, toggleSolo } from '../lab/run-list-edits.mjs';
import { copyOf } from '../lab/run-setup.mjs';
import { bandText, isEvaluation } from './seeds-view.mjs';
import { aboutRun, differsText } from './run-words.mjs';

/** @typedef {import('../lab/run-list.mjs').KeptRun} KeptRun */

export class RunsView {
  #bench;

  /** @param {import('./workbench.mjs').Bench} bench */
  constructor(bench) {
    this.#bench = bench;
  }

  render() {
    const { words, experiment: { runs, setup } } = this.#bench;
    const kept = runs.items.filter((run) => run.setup.env === setup.env).reverse();
    return html`<section class="bench-part" aria-labelledby="bench-runs-title"><h3 id="bench-runs-title" tabindex="-1">${words.t('bench.runs')}</h3>
      <ol class="bench-runs" id="bench-runs">${this.#present()}${kept.map((run) => this.#row(run))}</ol>
      <p class="bench-caption" id="bench-none">${words.t('bench.none')}</p></section>`;
  }

  #present() {
    const { words, experiment } = this.#bench;
    return html`<li class="bench-run present" id="bench-present"><div class="bench-head">${this.#line(null)}<strong>${words.t('bench.present')}</strong></div>
      <p class="bench-caption">${[...aboutRun(words, experiment.setup), ...this.#figures(experiment.result)].join(' · ')}</p></li>`;
  }

  /** @param {Omit<KeptRun, 'n'>} run */
  #figures({ step, solvedAt, history, setup, hand }) {
    const { words, experiment: { world } } = this.#bench;
    const mean = history?.meanReturn ?? NaN; // before the first episode
    return [
      words.t('bench.steps', { n: words.count(step) }), ...Number.isNaN(mean) ? [] : [words.t('bench.mean', { value: words.value(mean, world.digits || 1) })],
      ...hand ? [words.t(`bench.hand.${hand.by}`, { step: words.count(hand.at) })] : [], ...solvedAt === null || isEvaluation(setup) ? [] : [words.t('bench.solved', { step: words.count(solvedAt) })],
    ];
  }

  /** @param {KeptRun} run */
  #row(run) {
    const { words, experiment } = this.#bench;
    const name = listName(words, run);
    const isDrawn = isShown(experiment.runs, run);
    return html`<li class="bench-run" id=${`bench-run-${run.n}`} ?data-hidden=${!isDrawn}>
      <div class="bench-head"><input type="checkbox" .checked=${live(isDrawn)} aria-label=${words.t('bench.show', { name })} @change=${(/** @type {any} */ { target }) => this.#edit(() => show(experiment.runs, run, target.checked))}>
        ${this.#line(run)}<input type="text" class="bench-name" maxlength="40" spellcheck="false" autocomplete="off" .value=${live(name)} aria-label=${words.t('bench.name', { n: run.n })}
          @change=${(/** @type {any} */ { target }) => this.#edit(() => rename(experiment.runs, run, target.value))}></div>
      <p class="bench-caption">${run.file ? [words.t('file.from', { name: run.file }), ...this.#figures(run)].join(' · ') : run.band ? words.sentences([bandText(words, /** @type {any} */ (run), experiment), `${words.t('bench.differs', { list: differsText(words, experiment, run) })}${words.t('full.stop')}`])
    : [words.t('bench.differs', { list: differsText(words, experiment, run) }), ...this.#figures(run)].join(' · ')}</p>
      <div class="bench-actions">${this.#actions(run, name)}</div></li>`;
  }

  /** How its curve looks in the chart. @param {KeptRun | null} run  null: the present one */
  #line(run) {
    const { experiment } = this.#bench;
    const { curves } = /** @type {any} */ (experiment), curve = run ? run.curve : curves?.at(-1);
    const dash = curve ? curveDash(curve) : run ? dashOf(run) : [];
    return html`<svg class="bench-line ${run?.band ? 'band' : run ? 'kept' : 'run'}" viewBox="0 0 28 12" aria-hidden="true">${run?.band ? svg`<rect width="28" height="12" rx="2"></rect>` : nothing}
      <path d="M0 6h28" stroke-dasharray=${dash?.join(' ') || nothing} stroke=${curve ? curveColour(curve, this.#bench.theme.dark) : nothing}></path></svg>`;
  }

  /** @param {KeptRun} run @param {string} name */
  #actions(run, name) {
    const { words, experiment, experiment: { runs } } = this.#bench;
    const button = (/** @type {'only' | 'pin' | 'open' | 'beside' | 'delete'} */ what, /** @type {() => unknown} */ act, /** @type {boolean | undefined} */ isOn = undefined) => html`<button type="button"
      class="bench-${what}" aria-pressed=${isOn === undefined ? nothing : String(isOn)} aria-label=${`${words.t(`bench.${what}`)}: ${words.t(`bench.${what}.of`, { name })}`} title=${words.t(`bench.${what}.of`, { name })} ?disabled=${(what === 'open' || what === 'beside') && !experiment.can.reset}
      @click=${act}>${words.t(`bench.${what}`)}</button>`;
    return [
      button('only', () => this.#edit(() => toggleSolo(runs, run)), runs.solo === run), button('pin', () => this.#edit(() => togglePin(runs, run)), Boolean(run.isPinned)),
      run.band || run.file ? nothing : [button('open', () => this.#bench.attempt(() => this.#open(run))), button('beside', () => this.#bench.attempt(() => this.#bench.beside.open(run, name)))], button('delete', () => this.#delete(run, name)),
    ];
  }

  /** @param {() => void} change */
  #edit(change) {
    change();
    this.#bench.update();
  }

  /** Its setup is the experiment again. @param {KeptRun} run */
  async #open({ setup }) {
    const { experiment } = this.#bench;
    await experiment.pause();
    await experiment.start(copyOf(setup));
    experiment.emit('setup');
  }

  /** @param {KeptRun} run @param {string} name */
  #delete(run, name) {
    const { words, experiment } = this.#bench;
    this.#edit(() => remove(experiment.runs, run));
    document.getElementById('bench-runs-title')?.focus();
    this.#bench.say(words.t('bench.deleted', { name }));
  }
}

/** What a run is called in the list: as in the chart. @param {import('../lab/words.mjs').Words} words @param {KeptRun} run */
export const listName = (words, run) => (run.curve ? curveName(/** @type {any} */ (words), run.curve) : runName(words, run));
