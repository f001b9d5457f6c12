// SPDX-License-Identifier: MIT
// The list of runs: the present one, and those that were kept with what differs, each to be named, hidden, shown alone, pinned, opened, shown
// live beside the present one, or deleted.
import { html, nothing, svg } from 'lit';
import { live } from 'lit/directives/live.js';
import { curveColour, curveDash, curveName } from '../lab/panels/curve-looks.mjs';
import { dashOf, runName } from '../lab/panels/returns-chart.mjs';
import { isShown, remove, rename, restore, show, togglePin, toggleSolo } from '../lab/run-list-edits.mjs';
import { copyOf } from '../lab/run-setup.mjs';
import { commandSnippet } from '../embed/snippets.mjs';
import { programOf } from './embed-setup.mjs';
import { bandText, isEvaluation } from './seeds-view.mjs';
import { aboutRun, differsText, stepsOf } from './run-words.mjs';

/** @typedef {import('../lab/run-list.mjs').KeptRun} KeptRun */

export class RunsView {
  #bench;
  /** The run that was deleted last, and where it was. @type {{ run: KeptRun, at: number, of: import('../lab/run-list.mjs').RunList, name: string } | null} */
  #deleted = null;

  /** @param {import('./workbench.mjs').Bench} bench */
  constructor(bench) {
    this.#bench = bench;
  }

  render() {
    const { words, experiment: { runs, setup } } = this.#bench;
    const kept = runs.items.filter((run) => run.setup.env === setup.env).reverse();
    return html`<section class="bench-part" aria-labelledby="bench-runs-title"><h3 id="bench-runs-title" tabindex="-1">${words.t('bench.runs')}</h3>
      <ol class="bench-runs" id="bench-runs">${this.#present()}${kept.map((run) => this.#row(run))}</ol>${this.#undo(runs)}
      <p class="bench-caption" id="bench-none">${words.t('bench.none')}</p></section>`;
  }

  /** @param {import('../lab/run-list.mjs').RunList} runs */
  #undo(runs) {
    const { words } = this.#bench, deleted = this.#deleted;
    if (deleted?.of !== runs || runs.items.includes(deleted.run)) return nothing;
    const act = () => {
      this.#deleted = null;
      this.#edit(() => restore(runs, deleted.run, deleted.at));
      document.getElementById(`bench-run-${deleted.run.n}`)?.querySelector('input')?.focus();
    };
    return html`<p class="bench-form" id="bench-undo"><span>${words.t('bench.deleted', { name: deleted.name })}</span> <button type="button" @click=${act}>${words.t('bench.undo')}</button></p>`;
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
      ${run.band ? this.#ofSeeds(run, run.band) : nothing}<div class="bench-actions">${this.#actions(run, name)}</div></li>`;
  }

  /** How to make runs of several seeds elsewhere; those that were not made to their end have no command. @param {KeptRun} run @param {import('../lab/seed-band.mjs').SeedBand} band */
  #ofSeeds({ setup, step }, { seeds }) {
    const { words, experiment } = this.#bench, total = stepsOf(experiment.catalog, setup), program = programOf(experiment, setup);
    if (step < total) return html`<p class="bench-caption">${words.t('bench.seeds.part', { total: words.count(total) })}</p>`;
    if (!program || setup.changes.length > 0 || setup.demonstrations) return nothing;
    const command = commandSnippet({ ...program, seeds: `${seeds[0]}-${seeds[seeds.length - 1]}` });
    return html`<p class="bench-caption">${words.t('bench.seeds.command', { command })}</p>`;
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
    const { words, experiment: { runs } } = this.#bench;
    this.#deleted = { run, at: runs.items.indexOf(run), of: runs, name };
    this.#edit(() => remove(runs, run));
    document.getElementById('bench-undo')?.querySelector('button')?.focus();
    this.#bench.say(words.t('bench.deleted', { name }));
  }
}

/** What a run is called in the list: as in the chart. @param {import('../lab/words.mjs').Words} words @param {KeptRun} run */
export const listName = (words, run) => (run.curve ? curveName(/** @type {any} */ (words), run.curve) : runName(words, run));
