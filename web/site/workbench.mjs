// SPDX-License-Identifier: MIT
// The workbench, below the charts: the runs that were kept, runs with other seeds, what can be taken along. The page fetches it when it is first opened.
import { html, nothing, render } from 'lit';
import { readTheme } from '../lab/canvas/theme.mjs';
import { Beside } from './two-labs.mjs';
import { ExportsView } from './exports-view.mjs';
import { FilesView } from './files-view.mjs';
import { RunsView } from './runs-view.mjs';
import { SeedsView } from './seeds-view.mjs';
import { workbenchStyles } from './workbench-styles.mjs';
import { loadWorkbenchWords } from './workbench-words.mjs';

/** @typedef {import('../lab/bellhop-lab.mjs').BellhopLab} BellhopLab */
/** @typedef {import('../lab/run-experiment.mjs').RunExperiment} RunExperiment */
/** @typedef {import('../lab/words.mjs').Language} Language */
/** @typedef {import('../lab/words.mjs').Words} Words */
/**
 * What the parts of the workbench share.
 * @typedef {object} Bench
 * @property {Words} words
 * @property {RunExperiment} experiment  that is shown
 * @property {BellhopLab} lab
 * @property {import('../lab/canvas/theme.mjs').Theme} theme  of the lab
 * @property {() => void} update         draws the workbench and the charts again
 * @property {() => void} draw           draws the workbench again
 * @property {() => void} later          the same, a moment later
 * @property {(text: string) => void} say  for screen readers
 * @property {(act: () => unknown) => Promise<void>} attempt  a failure is shown
 * @property {Beside} beside
 * @property {import('./open-file.mjs').Show} show  shows what a file holds
 */

/** While it runs, numbers change that often. */
const PACE_MS = 400;
const EVENTS = Object.freeze(['bellhop-ready', 'bellhop-phase', 'bellhop-frame']);

/** @implements {Bench} */
export class Workbench {
  #button = /** @type {HTMLElement} */ (document.getElementById('runs-open'));
  #root = Object.assign(document.createElement('section'), { id: 'workbench', className: 'bench' });
  #parts = [new RunsView(this), new SeedsView(this), new ExportsView(this), new FilesView(this)];
  #isOpen = false;
  #said = '';
  /** @type {WeakSet<RunExperiment>} */
  #followed = new WeakSet();
  /** As it was read since the last drawing. @type {import('../lab/canvas/theme.mjs').Theme | null} */
  #theme = null;
  #language = '';
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  beside = new Beside(this);
  words = /** @type {Words} */ (/** @type {unknown} */ (null));
  experiment = /** @type {RunExperiment} */ (/** @type {unknown} */ (null));

  /** @param {BellhopLab} lab @param {import('./open-file.mjs').Show} show */
  constructor(lab, show) {
    this.lab = lab;
    this.show = show;
    const { styleSheet } = workbenchStyles;
    if (styleSheet) document.adoptedStyleSheets.push(styleSheet);
    this.#button.setAttribute('aria-controls', this.#root.id);
    this.#button.after(this.#root);
    for (const name of EVENTS) lab.addEventListener(name, () => this.later());
    new MutationObserver(() => void this.#speak()).observe(document.documentElement, { attributeFilter: ['lang'] });
  }

  /** Opens it, or closes it. @param {RunExperiment} experiment @param {Language} language @param {boolean} [isOpen] */
  async toggle(experiment, language, isOpen = !this.#isOpen) {
    await this.#load(language);
    this.#isOpen = isOpen;
    this.#button.setAttribute('aria-expanded', String(this.#isOpen));
    this.#follow(experiment);
    this.draw();
  }

  get theme() {
    return this.#theme ??= readTheme(/** @type {HTMLElement} */ (this.lab.shadowRoot?.querySelector('.colour-probe')));
  }

  update = () => {
    this.experiment.emit('setup'); // which draws this too
    this.draw();
  };

  /** @param {string} text */
  say = (text) => {
    this.#said = text;
    this.draw();
  };

  /** @param {() => unknown} act */
  attempt = async (act) => {
    try {
      await act();
    } catch (error) {
      this.lab.notice(await this.lab.explain(error), 'bad');
    }
    this.draw();
  };

  /** @param {Language} language */
  async #load(language) {
    if (language === this.#language) return;
    this.words = await loadWorkbenchWords(language);
    this.#language = language;
  }

  async #speak() {
    await this.#load(document.documentElement.lang.startsWith('zh') ? 'zh' : 'en').catch(() => {}); // the words that are there stay
    this.draw();
  }

  /** @param {RunExperiment | null} experiment */
  #follow(experiment) {
    if (!experiment || experiment === this.experiment) return;
    this.experiment = experiment;
    if (this.#followed.has(experiment)) return;
    this.#followed.add(experiment);
    experiment.addEventListener('setup', () => this.later());
    experiment.addEventListener('run', () => this.later());
  }

  later = () => {
    if (!this.#isOpen || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#follow(/** @type {RunExperiment | null} */ (this.lab.experiment));
      this.draw();
    }, PACE_MS);
  };

  draw = () => {
    this.#theme = null;
    const isShown = this.#isOpen && this.experiment?.runs;
    render(isShown ? html`${this.#parts.map((part) => part.render())}<p class="bench-hidden" role="status">${this.#said}</p>` : nothing, this.#root);
  };
}

const benches = /** @type {Workbench[]} */ ([]);

/** Opens it, or closes it. @param {any} experiment @param {Language} language @param {BellhopLab} lab @param {import('./open-file.mjs').Show} show */
export async function open(experiment, language, lab, show) {
  await (benches[0] ??= new Workbench(lab, show)).toggle(experiment, language);
  return '';
}

/** Opens it at what can be taken along. Resolves to '' or to the sentence that says why not. @param {any} experiment @param {Language} language @param {BellhopLab} lab @param {import('./open-file.mjs').Show} show */
export async function openExports(experiment, language, lab, show) {
  if (!experiment.runs) return (await loadWorkbenchWords(language)).t('bench.not');
  await (benches[0] ??= new Workbench(lab, show)).toggle(experiment, language, true);
  const title = document.getElementById('bench-export-title');
  title?.scrollIntoView({ block: 'center' });
  title?.focus({ preventScroll: true });
  return '';
}
