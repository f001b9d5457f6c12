// SPDX-License-Identifier: MIT
// Two labs side by side: a run that was kept, live, beside the one that is shown, with what differs above it. Both play, pause and begin anew together.
import { html, render } from 'lit';
import { createExperiment } from '../lab/create-experiment.mjs';
import { copyOf, toQuery } from '../lab/run-setup.mjs';
import { trainers } from '../lab/trainers.mjs';
import { differsText } from './run-words.mjs';

/** @typedef {import('../lab/bellhop-lab.mjs').BellhopLab} BellhopLab */
/** @typedef {import('../lab/run-experiment.mjs').RunExperiment} RunExperiment */
/** @typedef {import('../lab/run-list.mjs').KeptRun} KeptRun */

const LOOK_MS = 300;
const EVENTS = /** @type {const} */ (['run', 'setup', 'phase']);

export class Beside {
  #bench;
  #root = Object.assign(document.createElement('section'), { id: 'beside' });
  #head = document.createElement('header');
  /** @type {{ lab: BellhopLab, experiment: RunExperiment, first: RunExperiment, name: string, ended: AbortController } | null} */
  #shown = null;

  /** @param {import('./workbench.mjs').Bench} bench */
  constructor(bench) {
    this.#bench = bench;
    this.#root.setAttribute('aria-labelledby', 'beside-title');
  }

  /** Shows a kept run, in the place of one that is shown. @param {KeptRun} run @param {string} name */
  async open(run, name) {
    this.close();
    const { experiment: first } = this.#bench;
    const { experiment } = /** @type {{ experiment: RunExperiment }} */ (/** @type {unknown} */ (await createExperiment(/** @type {any} */ (trainers), new URLSearchParams(toQuery(first.catalog, run.setup)))));
    const lab = /** @type {BellhopLab} */ (document.createElement('bellhop-lab'));
    Object.assign(lab, { id: 'beside-lab', show: 'all', controls: 'play step reset speed microscope', experiment });
    this.#shown = { lab, experiment, first, name, ended: this.#follow(first, experiment) };
    this.#root.replaceChildren(this.#head, lab);
    this.#bench.lab.after(this.#root);
    this.#root.parentElement?.classList.add('two');
    await experiment.start(copyOf(run.setup));
    experiment.setSpeed(first.speed);
    this.#draw();
    document.getElementById('beside-title')?.focus();
  }

  close() {
    if (!this.#shown) return;
    const { experiment, ended } = this.#shown;
    this.#shown = null;
    ended.abort();
    this.#root.parentElement?.classList.remove('two');
    this.#root.remove();
    void experiment.dispose();
  }

  /** What is said of both follows both; another experiment in the first lab, or another environment, ends it. @param {RunExperiment} first @param {RunExperiment} second */
  #follow(first, second) {
    const ended = new AbortController(), { signal } = ended;
    for (const each of [first, second]) for (const name of EVENTS) each.addEventListener(name, () => this.#draw(), { signal });
    const looking = setInterval(() => (this.#bench.lab.experiment !== first || first.setup.env !== second.setup.env) && this.close(), LOOK_MS);
    signal.addEventListener('abort', () => clearInterval(looking));
    return ended;
  }

  #draw() {
    if (!this.#shown) return;
    const { first, experiment, name } = this.#shown, { words } = this.#bench;
    const isRunning = first.isRunning || experiment.isRunning;
    render(html`<h2 id="beside-title" tabindex="-1">${name}</h2><p class="bench-caption" id="beside-differs">${words.t('bench.differs', { list: differsText(words, first, { setup: experiment.setup }) })}</p>
      <div class="beside-actions"><button type="button" id="beside-play" @click=${() => this.#both((each) => (isRunning ? each.pause() : each.play()))}>${words.t(isRunning ? 'bench.beside.pause' : 'bench.beside.play')}</button>
      <button type="button" id="beside-reset" ?disabled=${!first.can.reset || !experiment.can.reset} @click=${() => this.#both((each) => each.reset())}>${words.t('bench.beside.reset')}</button>
      <button type="button" id="beside-close" @click=${() => this.#leave()}>${words.t('bench.beside.close')}</button></div>`, this.#head);
  }

  /** @param {(experiment: RunExperiment) => unknown} act */
  #both(act) {
    const { first, experiment } = /** @type {{ first: RunExperiment, experiment: RunExperiment }} */ (this.#shown);
    experiment.setSpeed(first.speed);
    return this.#bench.attempt(() => Promise.all([first, experiment].map(act)));
  }

  #leave() {
    this.close();
    document.getElementById('bench-runs-title')?.focus();
  }
}
