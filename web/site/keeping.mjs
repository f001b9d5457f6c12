// SPDX-License-Identifier: MIT
// What is kept of runs in the browser's storage: the present one of each view, offered when the view is opened the next time, and the list of those
// that were left, which comes back with the view. Fetched when there is a run to keep, or when there was one.
import { historyFrom } from '../lab/history-json.mjs';
import { KeptRuns } from './kept-runs.mjs';
import { RunKeeper } from './run-keeper.mjs';
import { RunStore } from './run-store.mjs';
import { loadWorkbenchWords } from './workbench-words.mjs';

/**
 * @typedef {object} Page
 * @property {import('../lab/bellhop-lab.mjs').BellhopLab} lab
 * @property {typeof import('./kept.mjs').store} store
 * @property {() => import('../lab/words.mjs').Language} language
 * @property {(view: any, query: URLSearchParams, left: import('./kept-runs.mjs').KeptRun | null) => Promise<void>} open  shows an experiment of a view
 */

export class Keeping {
  #page;
  #kept;
  #present;
  #left;
  /** Views whose kept state was asked for already. */
  #offered = new Set();

  /** @param {Page} page */
  constructor(page) {
    this.#page = page;
    this.#kept = new KeptRuns(page.store);
    const tell = async () => page.lab.notice((await this.#words()).t('kept.full'), 'bad');
    this.#present = new RunKeeper(this.#kept, tell);
    this.#left = new RunStore(this.#kept, tell);
  }

  #words() {
    return loadWorkbenchWords(this.#page.language());
  }

  /** @param {string} view @param {any} experiment @param {boolean} [isUrgent]  the page may be gone soon */
  keep(view, experiment, isUrgent) {
    if (experiment.runs) void this.#left.follow(view, experiment);
    void this.#present.keep(view, experiment, isUrgent);
  }

  /** Brings back the list of runs of a view; offers what it was left at the last time, once. @param {string} view @param {any} experiment @param {boolean} offers */
  async recall(view, experiment, offers) {
    if (experiment.runs) void this.#left.follow(view, experiment);
    if (!offers || this.#offered.has(view)) return;
    this.#offered.add(view);
    const kept = await this.#kept.recallView(view);
    if (!kept || kept.step === 0) return;
    const [run, words] = await Promise.all([this.#kept.recallRun(view, kept), this.#words()]), { lab } = this.#page;
    if (lab.experiment !== experiment || experiment.isRunning || experiment.hasSteps) return;
    const [offer, label] = run ? /** @type {const} */ (['kept.go_on', 'kept.continue']) : /** @type {const} */ (['kept.offer', 'kept.open']);
    lab.notice(words.t(offer, { step: words.count(run?.step ?? kept.step) }), 'good', { label: words.t(label), run: () => void this.#reopen(view, kept, run) });
  }

  /** Goes on with the run, where it was kept and can be read; else the same experiment begins, over the curve it had. @param {string} view @param {import('./kept.mjs').Kept} kept @param {import('./kept-runs.mjs').KeptRun | null} run */
  async #reopen(view, kept, run) {
    await this.#page.open(view, new URLSearchParams(kept.query), run);
    const experiment = /** @type {any} */ (this.#page.lab.experiment);
    const { history: past } = run ?? kept;
    if (past && experiment?.runs) restoreCurve(experiment, past, kept.step);
    experiment?.emit('setup');
  }
}

/** The curve that a run had goes on, or is kept beside the one that begins; one of another version of the page is not shown. @param {any} experiment @param {unknown} past @param {number} step */
function restoreCurve(experiment, past, step) {
  try {
    const history = historyFrom(past, experiment.trainer.catalog.records);
    if (experiment.hasSteps) experiment.history = history;
    else experiment.runs.add({ ...experiment.result, history, step });
  } catch {
    // it is shown without
  }
}
