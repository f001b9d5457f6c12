// SPDX-License-Identifier: MIT
// The page around a lab: a view per tab (the tab Text has three), each with an experiment that is made when the view is first opened
// and kept, paused, while another one is shown. The hash is the shown experiment, so a link is an experiment; tabs are entries of the
// browser's history. What a view was left at is kept and offered the next time.
import { firstLease, isSupported } from './start.mjs'; // first: it sets the language that labs follow
import { createExperiment, kindOf, startWithoutRefused } from '../lab/create-experiment.mjs';
import { BellhopLab } from '../lab/define.mjs';
import { Superseded } from '../lab/experiment.mjs';
import { LabView } from '../lab/lab-view.mjs';
import { Explained, loadErrorWords } from '../lab/plain-errors.mjs';
import { trainers } from '../lab/trainers.mjs';
import { envsOf, worldOf } from '../lab/world-table.mjs';
import { isKept, keepText, keepView, recallText, store } from './kept.mjs';
import { firstLanguage, languageIn, speak } from './page-language.mjs';
import { markOnce } from './marks.mjs';
import { prefetchWhenIdle } from './prefetch.mjs';
import { wireTheme } from './theme-switch.mjs';

/** @typedef {import('../lab/create-experiment.mjs').Startable} Startable */
/** @typedef {'grid' | 'control' | 'continuous' | 'pixels' | 'board' | 'sentence' | 'language' | 'decisions'} View */
/** @typedef {'grid' | 'control' | 'pixels' | 'text'} Tab */

const KEEP_MS = 5000, KEEP_TEXT_MS = 300, RUNS_MOST = 12;

/** Views and their tabs, and what each opens with. @type {Readonly<Record<View, { tab: Tab, first: string }>>} */
const VIEWS = Object.freeze({
  grid: { tab: 'grid', first: `env=${envsOf('grid')[0]}` }, control: { tab: 'control', first: `env=${envsOf('control')[0]}` },
  continuous: { tab: 'control', first: 'env=Pendulum-v1' },
  pixels: { tab: 'pixels', first: `env=${envsOf('pixels')[0]}` }, board: { tab: 'pixels', first: 'env=ConnectFour-v0' }, language: { tab: 'text', first: 'view=language' },
  decisions: { tab: 'text', first: 'env=TextGen-v1' }, sentence: { tab: 'text', first: 'env=TextGen-v0' },
});

BellhopLab.view = async (lab) => new LabView(lab, trainers); // seen at once here, so it comes with this script

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

class Site {
  /** @type {Map<View, Startable>} */
  #experiments = new Map();
  /** @type {View} */
  #view = 'grid';
  /** The view of each tab that was open last. @type {Map<Tab, View>} */
  #last = new Map();
  /** Counts what was opened: a view that arrives after another one was asked for is not shown. */
  #turns = 0;
  /** The hash as this page knows it: another one is where the reader is going. */
  #written = '';
  /** The hash names a language only when it came with one or the reader chose one. */
  #languageInLink = languageIn(location.hash) !== null;
  #keptAt = 0;
  /** What keeps runs, fetched when there is one to keep or to bring back. @type {Promise<import('./keeping.mjs').Keeping> | undefined} */
  #keeping;
  /** The reader's own text as it is kept. */
  #keptText = '';
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #textTimer;
  /** @type {import('../lab/words.mjs').Words} */
  #words = /** @type {any} */ (null);

  constructor() {
    this.lab = /** @type {BellhopLab} */ (byId('lab'));
  }

  async start() {
    await this.#begin();
    prefetchWhenIdle();
  }

  async #begin() {
    this.#wire();
    this.#words = /** @type {import('../lab/words.mjs').Words} */ (await speak(firstLanguage(), false));
    this.#nameTabs();
    firstLease?.then(() => markOnce('library'), () => {});
    await this.#follow();
    firstLease?.then(({ release }) => release(), () => {}); // the lab says what is wrong
    markOnce('ready');
  }

  // ---- opening ----

  /** Shows what the hash says. */
  async #follow() {
    const hash = location.hash;
    this.#written = hash;
    const wanted = languageIn(hash);
    if (wanted) {
      const turn = ++this.#turns;
      await this.#speak(wanted, false);
      if (turn !== this.#turns) return;
      this.#languageInLink = true;
    }
    const query = new URLSearchParams(hash.slice(1));
    query.delete('lang');
    await this.#open(viewOf(query), hash.includes('=') ? query : undefined);
  }

  /** @param {View} view @param {URLSearchParams} [query] @param {import('../lab/run-experiment.mjs').Left | null} [left]  what it goes on from; null for a run from its beginning */
  async #open(view, query, left) {
    const turn = ++this.#turns;
    const shown = this.#experiments.get(this.#view);
    this.#keep();
    shown?.pause()?.catch(() => {});
    const known = this.#experiments.get(view);
    const isKnown = known && left === undefined && (!query || `${new URLSearchParams(known.query)}&`.startsWith(`${query}&`));
    this.#select(view);
    try {
      if (!isSupported()) {
        this.lab.fail(new Explained(this.#words.t('unsupported')), null);
        return;
      }
      if (isKnown) this.lab.experiment = known;
      else await this.#make(turn, view, query ?? new URLSearchParams(VIEWS[view].first), left);
    } catch (error) {
      if (turn === this.#turns && !(error instanceof Superseded)) this.lab.fail(error, () => this.#open(view, query, left));
      return;
    }
    if (turn === this.#turns) this.#write();
  }

  /** @param {number} turn @param {View} view @param {URLSearchParams} query @param {import('../lab/run-experiment.mjs').Left | null} [left]  what it goes on from */
  async #make(turn, view, query, left) {
    const { experiment, ignored } = await createExperiment(trainers, query, this.#words.language);
    if (turn !== this.#turns) {
      await experiment.dispose();
      return;
    }
    Object.assign(experiment, { left });
    const old = /** @type {any} */ (this.#experiments.get(view));
    old?.keep?.();
    const { runs } = old ?? /** @type {any} */ (experiment);
    if (runs) Object.assign(experiment, { runs: Object.assign(runs, { most: RUNS_MOST }) });
    this.#experiments.set(view, experiment);
    this.#watch(view, experiment);
    this.lab.experiment = experiment;
    void old?.dispose();
    void this.#restoreText(experiment);
    /** @type {unknown} */
    let refusal;
    try {
      refusal = await startWithoutRefused(experiment);
    } catch (error) {
      if (this.#experiments.get(view) === experiment) this.#experiments.delete(view); // whoever tries again makes another one
      void experiment.dispose();
      throw error;
    }
    if (turn !== this.#turns) return; // it is not the one that is shown
    const isUnfit = ignored.length > 0 || Boolean(refusal);
    if (isUnfit) void this.#tellUnfit(turn, ignored, refusal);
    if (await isKept(view)) await this.#keepers((keepers) => keepers.recall(view, experiment, !isUnfit));
  }

  /** Says what of the link does not fit, and why. @param {number} turn @param {import('../lab/fields.mjs').Unfit[]} ignored @param {unknown} refusal  of the library */
  async #tellUnfit(turn, ignored, refusal) {
    const [words, why] = await Promise.all([loadErrorWords(this.#words.language), refusal ? this.lab.explain(refusal) : '']);
    if (turn !== this.#turns) return;
    this.lab.notice(words.sentences([...ignored.length > 0 ? [this.#words.t('link.ignored'), words.unfit(ignored, true)] : [], why]), 'bad');
  }

  /** @param {View} view @param {Startable} experiment */
  #watch(view, experiment) {
    const isShown = () => this.#experiments.get(view) === experiment && this.#view === view;
    const later = () => isShown() && setTimeout(() => {
      if (!isShown()) return;
      this.#write();
      if (!experiment.isRunning || performance.now() - this.#keptAt > KEEP_MS) this.#keep();
    }); // costs 10 ms, for which nobody is to wait
    for (const name of ['run', 'setup']) experiment.addEventListener(name, later);
    experiment.addEventListener('phase', () => isShown() && this.#keep(!experiment.isRunning));
    experiment.addEventListener('frame', () => {
      const { firstUpdateAt } = /** @type {any} */ (experiment).agentFrame ?? {};
      if (typeof firstUpdateAt === 'number') markOnce('first-update', firstUpdateAt - performance.timeOrigin);
      if (isShown() && performance.now() - this.#keptAt > KEEP_MS) this.#keep();
    });
  }

  // ---- tabs ----

  /** @param {View} view */
  #select(view) {
    this.#view = view;
    const { tab } = VIEWS[view];
    this.#last.set(tab, view);
    for (const button of this.#tabs()) {
      const selected = button.dataset.tab === tab;
      button.setAttribute('aria-selected', String(selected));
      button.tabIndex = selected ? 0 : -1;
    }
    byId('panel').setAttribute('aria-labelledby', `tab-${tab}`);
    const parts = [...byId('views').querySelectorAll('button')];
    for (const button of parts) {
      button.hidden = VIEWS[/** @type {View} */ (button.dataset.view)].tab !== tab;
      button.setAttribute('aria-pressed', String(button.dataset.view === view));
    }
    byId('views').hidden = parts.every(({ hidden }) => hidden);
  }

  #tabs() {
    return /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[role=tab]'));
  }

  #nameTabs() {
    const { list, tMaybe, t } = { list: (/** @type {string[]} */ items) => this.#words.list(items), tMaybe: (/** @type {string} */ id) => this.#words.tMaybe(`env.${id}`, id), t: this.#words };
    for (const tab of this.#tabs()) {
      const id = /** @type {Tab} */ (tab.dataset.tab);
      tab.title = id === 'text' ? list([t.t('view.language'), t.t('view.decisions'), t.t('view.sentence')]) : list(envsOf(id).map(tMaybe));
    }
  }

  /** The reader chose a view: a new entry of the browser's history. @param {View} view */
  #choose(view) {
    if (view === this.#view && this.#experiments.has(view)) return;
    history.pushState(null, '', `#${VIEWS[view].first}`);
    this.#written = location.hash;
    void this.#open(view);
  }

  // ---- links ----

  /** @param {View} view */
  #hashOf(view) {
    const experiment = this.#experiments.get(view);
    return experiment ? `#${experiment.query}` : '';
  }

  /** Not over the entry that a step back has led to, before the page hears of it: that would undo the step. */
  #write() {
    const query = this.#hashOf(this.#view);
    if (!query || location.hash !== this.#written) return;
    const hash = query + (this.#languageInLink ? `&lang=${this.#words.language}` : '');
    if (location.hash !== hash) history.replaceState(null, '', hash);
    this.#written = location.hash; // as browsers spell it
  }

  /** Copies the address of the shown experiment, with its language, and says what it holds. */
  async #share() {
    const experiment = this.#experiments.get(this.#view);
    if (!experiment) return;
    const url = new URL(location.href);
    url.hash = `${this.#hashOf(this.#view)}&lang=${this.#words.language}`;
    const { setup, agentFrame } = /** @type {any} */ (experiment);
    const hash = agentFrame && !experiment.isRunning ? await /** @type {any} */ (experiment).fingerprint?.() : '';
    const changes = setup?.changes?.length ?? 0;
    const key = /** @type {any} */ (experiment).sharedAs ?? (/** @type {any} */ (experiment).hand ? 'shared.hand' : setup?.demonstrations ? 'shared.alone' : changes > 0 ? 'shared' : 'shared.plain');
    const print = hash ? this.#words.t('fingerprint', { step: this.#words.count(agentFrame.timesteps), hash }) : '';
    try {
      await navigator.clipboard.writeText(url.href);
      this.lab.notice(this.#words.sentences([this.#words.t(key, { n: changes }), print]));
    } catch {
      this.lab.notice(this.#words.sentences([this.#words.t('share.by.hand', { url: url.href }), print]));
    }
  }

  /** Shows what a file holds: a new entry of the browser's history. @param {string} query @param {any} [left]  what it goes on from */
  #show = (query, left) => {
    history.pushState(null, '', `#${query}`);
    this.#written = location.hash;
    const given = new URLSearchParams(query);
    return this.#open(viewOf(given), given, left);
  };

  /** Files that are dragged over the page, and dropped on it. @param {DragEvent} event */
  #drag(event) {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    document.body.toggleAttribute('data-drag', event.type === 'dragover');
    if (event.type === 'drop') void this.#openLate(() => import('./open-file.mjs'), [...event.dataTransfer.files]);
  }

  /** Opens what is fetched when it is asked for first, for the shown experiment. @param {() => Promise<{ open: (experiment: any, language: import('../lab/words.mjs').Language, lab: BellhopLab, show: any, files: any) => Promise<string> }>} load @param {File[]} [files] */
  async #openLate(load, files) {
    const experiment = this.#experiments.get(this.#view);
    if (!experiment) return;
    try {
      const { open } = await load();
      const refusal = await open(experiment, this.#words.language, this.lab, this.#show, files);
      if (refusal) this.lab.notice(refusal, 'bad');
    } catch (error) {
      this.lab.notice(await this.lab.explain(error), 'bad', { label: this.#words.t('retry'), run: () => void this.#openLate(load, files) });
    }
  }

  // ---- what is kept ----

  /** Keeps what the shown view is at. @param {boolean} [isUrgent]  now, also the run: it stands still, or the page may be gone soon */
  #keep(isUrgent) {
    const experiment = this.#experiments.get(this.#view);
    const { step = 0, history: past } = experiment?.kept ?? {};
    if (!experiment || step === 0) return;
    this.#keptAt = performance.now();
    void keepView(this.#view, { query: experiment.query, step, history: past });
    const view = this.#view;
    void this.#keepers((keepers) => keepers.keep(view, experiment, isUrgent));
  }

  /** @param {(keepers: import('./keeping.mjs').Keeping) => unknown} use */
  async #keepers(use) {
    try {
      this.#keeping ??= import('./keeping.mjs').then(({ Keeping }) => new Keeping({ lab: this.lab, store, language: () => this.#words.language, open: (view, query, left) => this.#open(view, query, left) }));
      use(await this.#keeping);
    } catch {
      this.#keeping = undefined; // the next time
    }
  }

  /** A page that is left has no time to keep a text: that is done as soon as the reader has typed it. @param {Startable} experiment */
  #keepText({ ownText }) {
    clearTimeout(this.#textTimer);
    if (ownText === undefined || ownText === this.#keptText) return;
    this.#textTimer = setTimeout(() => {
      this.#keptText = ownText;
      void keepText(ownText);
    }, KEEP_TEXT_MS);
  }

  /** Puts the reader's text back, and follows it from then on. @param {Startable} experiment */
  async #restoreText(experiment) {
    if (experiment.ownText === undefined) return;
    this.#keptText = await recallText();
    if (this.#keptText !== '') experiment.restoreText?.(this.#keptText);
    experiment.addEventListener('setup', () => this.#keepText(experiment));
    this.#keepText(experiment); // what was typed meanwhile
  }

  // ---- what the reader does ----

  #wire() {
    wireTheme(byId('theme'));
    for (const language of /** @type {const} */ (['en', 'zh'])) byId(`lang-${language}`).addEventListener('click', () => this.#chooseLanguage(language));
    byId('share').addEventListener('click', () => this.#share());
    byId('embed').addEventListener('click', () => this.#openLate(() => import('./embed-dialog.mjs')));
    for (const id of /** @type {const} */ (['runs-open', 'export'])) byId(id).addEventListener('click', () => this.#openLate(async () => ({ open: (await import('./workbench.mjs'))[id === 'export' ? 'openExports' : 'open'] })));
    byId('tour').addEventListener('click', () => this.#openLate(() => import('./tour.mjs')));
    byId('skip').addEventListener('click', (event) => {
      event.preventDefault(); // the hash is the experiment's
      this.lab.focusControls();
    });
    const tabs = [...this.#tabs()];
    tabs.forEach((tab, i) => {
      tab.addEventListener('click', () => this.#choose(this.#last.get(/** @type {Tab} */ (tab.dataset.tab)) ?? firstView(/** @type {Tab} */ (tab.dataset.tab))));
      tab.addEventListener('keydown', (event) => {
        const direction = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
        if (direction === 0) return;
        event.preventDefault();
        const next = tabs[(i + direction + tabs.length) % tabs.length];
        next.focus();
        next.click();
      });
    });
    for (const button of byId('views').querySelectorAll('button')) button.addEventListener('click', () => this.#choose(/** @type {View} */ (button.dataset.view)));
    addEventListener('hashchange', () => {
      if (location.hash === this.#written) return;
      if (location.hash.includes('=')) void this.#follow();
      else this.#written = location.hash; // no experiment's: the next change of this one writes over it
    });
    for (const name of /** @type {const} */ (['dragover', 'dragleave', 'drop'])) document.addEventListener(name, (event) => this.#drag(event));
    document.addEventListener('visibilitychange', () => document.hidden && this.#keep(true));
    for (const name of /** @type {const} */ (['keydown', 'keyup'])) document.addEventListener(name, (event) => this.#forward(event));
  }

  /** @param {import('./page-language.mjs').Language} language */
  async #chooseLanguage(language) {
    if (!await this.#speak(language, true)) return;
    this.#languageInLink = true;
    this.#write();
  }

  /** Whether the page speaks it now: not where its words cannot be had, which is said, or another one was asked for meanwhile. @param {import('./page-language.mjs').Language} language @param {boolean} keep */
  async #speak(language, keep) {
    try {
      const words = await speak(language, keep);
      if (!words) return false;
      this.#words = words;
    } catch (error) {
      this.lab.notice(await this.lab.explain(error), 'bad', { label: this.#words.t('retry'), run: () => void this.#chooseLanguage(language) });
      return false;
    }
    this.#nameTabs();
    return true;
  }

  /** There is one lab: keys that mean nothing to what has the focus are the lab's. @param {KeyboardEvent} event */
  #forward(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.composedPath().includes(this.lab) || target.closest('dialog') || target.closest('input, select, textarea, [role=tab]') && event.key.startsWith('Arrow') || (event.key === ' ' && target.closest('button, a'))) return;
    const { key, code, repeat, ctrlKey, metaKey, altKey, shiftKey } = event;
    const copy = new KeyboardEvent(event.type, { key, code, repeat, ctrlKey, metaKey, altKey, shiftKey, cancelable: true });
    this.lab.dispatchEvent(copy);
    if (copy.defaultPrevented) event.preventDefault();
  }
}

/** @param {Tab} tab */
const firstView = (tab) => /** @type {View} */ (Object.keys(VIEWS).find((view) => VIEWS[/** @type {View} */ (view)].tab === tab));

/** Where an experiment of these parameters is shown. @param {URLSearchParams} query @returns {View} */
function viewOf(query) {
  const kind = kindOf(query);
  if (kind === 'box') return 'continuous';
  if (kind === 'board') return kind;
  if (kind !== 'run') return kind === 'text' ? 'decisions' : 'language';
  try {
    const { tab } = worldOf(query.get('env') ?? '');
    return tab === 'text' ? 'sentence' : tab;
  } catch {
    return 'grid'; // the link's environment is not one of the page's: it is named among what was left out
  }
}

/** Loads the page anew, once it can be had: some engines do not fetch a script again that was missing once. */
async function reload() {
  await fetch(location.href, { cache: 'no-store' });
  location.reload();
}

markOnce('script');
void new Site().start().catch((error) => /** @type {BellhopLab} */ (byId('lab')).fail(error, reload));
