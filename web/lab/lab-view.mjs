// SPDX-License-Identifier: MIT
// What draws a lab: panels, words and colours of one experiment, which it makes from the element's attributes unless it is handed
// one. The element (bellhop-lab.mjs) fetches this when somebody is about to see it.
import { html, nothing, render } from 'lit';
import { adoptStyles } from './adopt-styles.mjs';
import { MADE_FROM, OFFERED, SHOWN, entriesOf, queryOf, setPace, unknownWords } from './attributes.mjs';
import { readTheme } from './canvas/theme.mjs';
import { chartStyles } from './charts/chart-styles.mjs';
import { shown } from '../lib/messages.mjs';
import { createExperiment, startWithoutRefused } from './create-experiment.mjs';
import { Superseded } from './experiment.mjs';
import { asText, problemOf, settingNamed, unknownSetting } from './fields.mjs';
import { emit } from './lab-event.mjs';
import { LabHost } from './lab-host.mjs';
import { algoChoice } from './panels/algo-choice.mjs';
import { ControlsPanel } from './panels/controls.mjs';
import { MicroscopeSlot } from './panels/microscope-slot.mjs';
import { ProgressPanel } from './panels/progress.mjs';
import { QValuesPanel } from './panels/q-values.mjs';
import { SettingsPanel } from './panels/settings.mjs';
import { WorldPanel } from './panels/world.mjs';
import { Explained, loadErrorWords } from './plain-errors.mjs';
import { base, styles } from './styles.mjs';
import { RETRY } from './unloaded.mjs';
import { loadWords } from './words.mjs';

/** @typedef {import('./bellhop-lab.mjs').BellhopLab} BellhopLab */
/** @typedef {import('./experiment.mjs').Experiment} Experiment */
/** @typedef {import('./run-experiment.mjs').RunExperiment} RunExperiment */
/** @typedef {import('./create-experiment.mjs').Startable} Startable */
/** @typedef {import('./words.mjs').Language} Language */
/** @typedef {import('./words.mjs').Topic} Topic */
/** @typedef {{ render: () => unknown, updated: () => void, disconnect: () => void, suspend?: () => void, resume?: () => void }} Panel */

/** What runs of all kinds are shown with. */
const RUN_PARTS = Object.freeze({ WorldPanel, ProgressPanel, MicroscopeSlot, algoChoice });
/** @typedef {typeof RUN_PARTS} RunParts */

/** While steps blur, a snapshot is taken this often at most: nobody reads faster. */
const SNAPSHOT_MS = 66;
/** While it runs, screen readers hear of it this often at most. */
const SPEAK_MS = 12_000;

export class LabView {
  #lab;
  #trainers;
  #host;
  #bar;
  #settings;
  /** @type {Panel[]} */
  #panels = [];
  /** What the panels were made for. */
  #arranged = '';
  /** The experiment is the lab's own, made from its attributes. */
  #owns = false;
  #isMaking = false;
  /** Counts what was made: an experiment that arrives after another one was asked for is not shown. */
  #turns = 0;
  /** @type {Set<Topic>} */
  #topics = new Set();
  #wordsFor = '';
  /** There was a notice, which has room below the settings from then on: what is there must not move when it goes. */
  #noticed = false;
  #shownAt = -Infinity;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #later;
  #spokenAt = -Infinity;
  #spokenStep = 0;
  /** Somebody called a method before there was a run. */
  #isAskedFor = false;
  #isSeen = false;
  #isSolved = false;
  #episodes = 0;
  /** Ends listening to the experiment. @type {AbortController | null} */
  #following = null;
  /** Whether there was a run to show: until then all is laid out, but not seen, so that nothing moves when it is there. */
  hasShown = false;
  /** Somebody is about to see it. */
  isNear = false;

  /**
   * @param {BellhopLab} lab  in the document, with a shadow root
   * @param {import('../worker/trainer-pool.mjs').TrainerPool} trainers  workers for the experiments it makes
   */
  constructor(lab, trainers) {
    this.#lab = lab;
    this.#trainers = trainers;
    this.#host = new LabHost({
      element: lab, requestUpdate: () => lab.requestUpdate(), needWords: (topic) => this.#needWords(topic),
      errorWords: () => loadErrorWords(this.#language, [...this.#topics]),
      failed: (message, error) => emit(lab, 'error', { message, error }),
    });
    this.#bar = new ControlsPanel(this.#host);
    this.#settings = new SettingsPanel(this.#host);
    adoptStyles(this.#host.root, [base, styles, chartStyles]);
  }

  // ---- what the element uses ----

  get experiment() {
    return this.#host.experiment;
  }

  /** One that is given stays the giver's. */
  set experiment(experiment) {
    this.#turns++;
    this.#show(experiment, false);
  }

  /** @returns {import('./experiment.mjs').Phase} */
  get phase() {
    return this.#host.failure ? 'failed' : this.experiment?.phase ?? 'loading';
  }

  /** Changes settings of the run there is, all or none. @param {Record<string, any>} settings @param {AbortSignal} left */
  async set(settings, left) {
    const entries = entriesOf(settings);
    if (!entries) throw new Error(`set() takes an object of settings such as { learningRate: 0.001 }, not ${shown(settings)}`);
    const experiment = /** @type {RunExperiment} */ (await this.run(left));
    left.throwIfAborted();
    const known = experiment.settings ?? [];
    /** @type {[why: import('./fields.mjs').Problem, name: string][]} */
    const refused = [];
    const changes = entries.map(([name, given]) => {
      const setting = /** @type {import('./fields.mjs').Setting} */ (settingNamed(known, name));
      const value = setting?.field.type === 'text' && Array.isArray(given) ? given.join('\n') : given;
      const why = setting ? problemOf(setting.field, value) : unknownSetting(known, name);
      if (why) refused.push([{ ...why, values: { value: asText(given), ...why.values } }, name]);
      return { setting, value };
    });
    if (refused.length > 0) {
      const words = await this.#host.errorWords();
      throw new Explained(words.sentences(refused.map((why) => words.problem(...why))));
    }
    for (const { setting, value } of changes) await untilOvertaken(experiment.change(setting, value));
  }

  /** The run from its beginning. @param {AbortSignal} left */
  async reset(left) {
    await untilOvertaken((await this.run(left)).reset());
  }

  /** @param {string} text @param {'good' | 'bad'} kind @param {import('./lab-host.mjs').Action} [action] */
  notice(text, kind, action) {
    this.#host.notice(asText(text), kind === 'bad' ? kind : 'good', actionOf(action));
  }

  /** @param {unknown} error */
  explain(error) {
    return this.#host.explain(error);
  }

  focusControls() {
    this.#host.root?.getElementById('controls')?.focus();
  }

  /** Shows that there is no run, and why; the events follow when it can be said. @param {unknown} error @param {(() => unknown) | null} [retry] null where trying again is of no use */
  fail(error, retry = () => this.#loadWords().then(() => this.begin())) {
    this.#host.failure = { error, retry: retry && (async () => {
      this.#host.failure = null;
      this.#lab.requestUpdate();
      try {
        await retry();
      } catch (again) {
        this.fail(again, retry);
      }
    }) };
    this.#lab.requestUpdate();
    void this.#host.explainFailure(error).then((message) => {
      emit(this.#lab, 'error', { message, error });
      emit(this.#lab, 'phase', { phase: this.phase });
    });
  }

  /** Takes a key that was meant for the bar. @param {KeyboardEvent} event */
  handleKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || !this.experiment) return;
    const target = /** @type {Element} */ (event.composedPath()[0]);
    const isIn = (/** @type {string} */ selector) => target instanceof Element && target.closest(selector) !== null;
    if (isIn('input:not([type=range]):not([type=checkbox]), select, textarea, [role=grid]')) return;
    if (event.key === ' ' && this.#host.offers('play') && !isIn('button, summary, input, a')) this.#bar.toggle();
    else if (/^s$/i.test(event.key) && this.#host.offers('step')) this.#bar.step();
    else if (/^r$/i.test(event.key) && this.#host.offers('reset')) this.#bar.reset();
    else return;
    event.preventDefault();
  }

  // ---- life ----

  /** It is in the document. @param {AbortSignal} signal  aborted when it is taken out */
  connect(signal) {
    const languages = new MutationObserver(() => this.#loadWords().catch((error) => this.#host.tellError(error)));
    languages.observe(this.#lab.ownerDocument.documentElement, { attributeFilter: ['lang'], subtree: true });
    signal.addEventListener('abort', () => {
      languages.disconnect();
      clearTimeout(this.#later);
      this.#isSeen = false;
      this.experiment?.suspend(this);
    });
    this.#loadWords().catch((error) => this.#host.failure ?? this.fail(error)); // whoever has told of it tries more than the words again
    const { experiment } = this;
    if (experiment && this.#following?.signal.aborted !== false) this.#follow(experiment);
  }

  /** It is out of the document for good: what it owns ends. */
  leave() {
    this.#isAskedFor = false;
    this.#dropPanels();
    if (this.#owns) this.#show(null, false);
    this.#following?.abort();
  }

  /** What nobody sees does not train, unless its author asked for it. @param {boolean} isSeen */
  look(isSeen) {
    this.#isSeen = isSeen;
    this.#look();
  }

  #look() {
    const isVisible = this.#isSeen && !this.#lab.ownerDocument.hidden;
    if (isVisible || this.#lab.background) this.experiment?.resume(this);
    else this.experiment?.suspend(this);
    for (const panel of this.#panels) (isVisible ? panel.resume : panel.suspend)?.call(panel);
    if (isVisible) this.#snapshot();
  }

  // ---- the experiment ----

  /** The experiment, once it has a run; rejects when there will be none. @param {AbortSignal} left  aborted when the lab is gone @returns {Promise<Startable & RunExperiment>} */
  run(left) {
    return new Promise((resolve, reject) => {
      const found = new AbortController(), { signal } = found;
      const look = () => {
        const { experiment, phase } = this;
        if (left.aborted) reject(left.reason);
        else if (phase === 'failed') reject(this.#host.failure?.error ?? new Error('the run failed'));
        else if (experiment && phase !== 'loading') resolve(/** @type {any} */ (experiment));
        else return;
        found.abort();
      };
      look();
      if (signal.aborted) return;
      left.addEventListener('abort', look, { signal });
      this.#lab.addEventListener('bellhop-ready', look, { signal });
      this.#lab.addEventListener('bellhop-error', look, { signal });
      this.#isAskedFor = true;
      this.begin();
    });
  }

  /** Makes the experiment of the attributes, once somebody is about to see it or has asked for it. */
  begin() {
    if (!(this.isNear || this.#isAskedFor) || !this.#lab.isConnected || !this.#lab.env || this.experiment || this.#host.failure || this.#isMaking) return;
    this.#isMaking = true;
    void this.#make(++this.#turns).finally(() => (this.#isMaking = false));
  }

  /** @param {number} turn */
  async #make(turn) {
    try {
      const { query, unread } = queryOf(this.#lab);
      const { experiment, ignored } = this.#lab.worker
        ? await (await import('./create-own-experiment.mjs')).createOwnExperiment(this.#trainers, this.#lab.worker, query)
        : await createExperiment(this.#trainers, query, this.#language);
      if (turn !== this.#turns || !this.#lab.isConnected) {
        await experiment.dispose();
        return;
      }
      const noEnv = ignored.filter(({ name }) => name === 'env');
      if (noEnv.length > 0) {
        const [words] = await Promise.all([this.#host.errorWords(), experiment.dispose()]);
        if (turn === this.#turns) this.fail(new Explained(words.unfit(noEnv)), null);
        return;
      }
      const unfit = [...unread, ...ignored, ...setPace(this.#lab, experiment), ...unknownWords(this.#lab)];
      this.#show(experiment, true);
      await this.#tellUnfit(unfit, await startWithoutRefused(experiment));
      if (turn === this.#turns && this.#lab.autoplay) experiment.play();
    } catch (error) {
      if (turn === this.#turns && !(error instanceof Superseded)) this.fail(error);
    }
  }

  /** Says which attributes do not fit, and why. @param {import('./fields.mjs').Unfit[]} unfit @param {unknown} [refusal]  of the library */
  async #tellUnfit(unfit, refusal) {
    if (unfit.length === 0 && !refusal) return;
    const { experiment } = this;
    const [words, why] = await Promise.all([this.#host.errorWords(), refusal ? this.explain(refusal) : '']);
    if (experiment !== this.experiment) return; // another one has its own to tell
    const [all, brief] = [false, true].map((isBrief) => words.sentences([words.t('attributes.ignored'), words.unfit(unfit, isBrief), why]));
    await this.#host.tellError(new Explained(all, { cause: refusal }), all, brief);
  }

  /** @param {Experiment | null} experiment @param {boolean} owns */
  #show(experiment, owns) {
    const old = this.experiment;
    if (experiment === old) return;
    this.#following?.abort();
    if (this.#owns) void old?.dispose();
    [this.#owns, this.#isSolved, this.#episodes] = [owns, false, 0];
    this.hasShown ||= experiment !== null && experiment.phase !== 'loading';
    Object.assign(this.#host, { experiment, frame: null, failure: null, shownNotice: null });
    if (experiment && this.#lab.isConnected) this.#follow(experiment);
    this.#look();
    this.#lab.requestUpdate();
  }

  /** @param {Experiment} experiment */
  #follow(experiment) {
    const { signal } = this.#following = new AbortController();
    const on = (/** @type {import('./experiment.mjs').ExperimentEvent} */ name, /** @type {() => void} */ listener) => experiment.addEventListener(name, listener, { signal });
    on('frame', () => this.#received());
    for (const name of /** @type {const} */ (['setup', 'pausing'])) on(name, () => this.#lab.requestUpdate());
    on('score', () => this.#tellScore());
    experiment.addEventListener('note', (event) => /** @type {CustomEvent} */ (event).detail(this.#host), { signal });
    on('run', () => {
      this.#host.shownNotice = null;
      [this.hasShown, this.#isSolved, this.#episodes] = [true, false, 0];
      this.#snapshot();
      emit(this.#lab, 'ready', {});
    });
    on('phase', () => {
      if (experiment.phase === 'running') this.#host.shownNotice = null;
      this.#snapshot();
      this.#speak(true);
      emit(this.#lab, 'phase', { phase: experiment.phase });
    });
  }

  /** There is something new: it is shown now or, while steps blur, a moment later. */
  #received() {
    this.#tellEpisodes();
    const wait = this.experiment?.isBlur ? this.#shownAt + SNAPSHOT_MS - performance.now() : 0;
    clearTimeout(this.#later);
    if (wait > 0) this.#later = setTimeout(() => this.#snapshot(), wait);
    else this.#snapshot();
  }

  /** From now on all panels show the experiment as it is now. */
  #snapshot() {
    clearTimeout(this.#later);
    const { experiment } = this;
    const frame = this.#host.frame = /** @type {any} */ (experiment)?.frame ?? null;
    this.#shownAt = performance.now();
    this.#speak(false);
    if (this.#isSeen) this.#lab.requestUpdate();
    if (!frame) return;
    emit(this.#lab, 'frame', { timesteps: frame.timesteps, episodes: frame.episodes, meanReturn: /** @type {any} */ (experiment).history?.meanReturn, frame });
    if (typeof frame.solvedAt !== 'number' || this.#isSolved || this.#lab.setup?.algo === 'policy-evaluation') return; // whose values only judge a policy
    this.#isSolved = true;
    emit(this.#lab, 'solved', { step: frame.solvedAt });
  }

  #tellEpisodes() {
    const { frame, history } = /** @type {Partial<RunExperiment>} */ (this.experiment ?? {});
    if (!frame || !history || frame.episodes <= this.#episodes) return;
    this.#episodes = frame.episodes;
    emit(this.#lab, 'episode', { episode: frame.episodes, return: history.recent.at(-1), meanReturn: history.meanReturn });
  }

  #tellScore() {
    const { score, setup, world } = /** @type {RunExperiment} */ (this.experiment);
    const { words } = this.#host;
    if (!score || !words) return;
    const digits = world.digits || 1;
    const values = { mean: words.value(score.mean, digits), std: words.value(score.std, digits), n: words.count(score.episodes) };
    const text = score.of === 'best' ? words.t('score', values) : words.t('evaluated.policy', { ...values, policy: String(setup.options.policy || words.t('policy.uniform')) });
    this.#host.notice(text, 'good');
  }

  /** For screen readers: at once when the phase changes, and of each step of a run that stands still; else rarely. @param {boolean} now */
  #speak(now) {
    const { words, frame } = this.#host;
    const experiment = /** @type {RunExperiment | null} */ (this.experiment);
    const time = performance.now();
    if (!frame || !words || !experiment?.history) return;
    const isDue = experiment.phase === 'running' ? time - this.#spokenAt >= SPEAK_MS : frame.timesteps !== this.#spokenStep;
    if (!now && !isDue) return;
    this.#spokenStep = frame.timesteps;
    this.#spokenAt = time;
    this.#host.spoken = words.sentences([`${words.t(`phase.${experiment.phase}`)}${words.t('full.stop')}`, words.t('spoken', {
      episode: words.count(frame.episodes), step: words.count(frame.timesteps), mean: words.value(experiment.history.meanReturn, experiment.world?.digits || 1),
    })]);
  }

  // ---- language and looks ----

  /** The nearest language there is: the element's, its ancestors', the reader's. @returns {Language} */
  get #language() {
    const nearest = asText(this.#lab.lang || this.#lab.parentElement?.closest('[lang]')?.getAttribute('lang') || navigator.language);
    return nearest.toLowerCase().startsWith('zh') ? 'zh' : 'en';
  }

  /** @param {Topic} topic */
  async #needWords(topic) {
    if (this.#topics.has(topic)) return;
    this.#topics.add(topic);
    try {
      await this.#loadWords();
    } catch (error) {
      this.#topics.delete(topic);
      throw error;
    }
  }

  async #loadWords() {
    const key = this.#wordsFor = `${this.#language} ${[...this.#topics].join()}`;
    const words = await loadWords(this.#language, [...this.#topics]);
    if (key !== this.#wordsFor) return; // another language was asked for meanwhile
    this.#host.words = words;
    this.#lab.requestUpdate();
  }

  #readColours = () => {
    const probe = /** @type {HTMLElement | null} */ (this.#host.root.querySelector('.colour-probe'));
    if (!probe) return;
    this.#host.theme = readTheme(probe);
    this.#lab.requestUpdate();
  };

  /** An update of the element: what changed of its attributes is acted on, then all is drawn. @param {Map<string, unknown>} changed */
  update(changed) {
    this.#act(changed);
    render(this.#template(), this.#host.root);
    if (!this.#host.theme || changed.has('theme')) this.#readColours();
    if (!this.#host.words || !this.#host.theme || !this.#lab.isConnected) return;
    for (const panel of this.#panels) panel.updated();
  }

  /** @param {Map<string, unknown>} changed */
  #act(changed) {
    const lab = this.#lab;
    this.#host.shown = asText(lab.show || SHOWN);
    this.#host.offered = asText(lab.controls || OFFERED);
    const isNew = (/** @type {string} */ name) => changed.has(name) && changed.get(name) !== undefined;
    if (isNew('lang')) this.#loadWords().catch((error) => this.#host.tellError(error));
    if (isNew('background')) this.#look();
    if (MADE_FROM.some(isNew)) this.#remake();
    else if (this.experiment) void this.#tellUnfit([...['speed', 'stopAt'].some(isNew) ? setPace(lab, this.experiment) : [], ...unknownWords(lab, isNew)]);
  }

  /** Other attributes are another experiment. */
  #remake() {
    this.#turns++;
    this.#host.failure = null;
    if (this.#owns) this.#show(null, false);
    this.#isMaking = false;
    this.begin();
  }

  // ---- rendering ----

  #template() {
    const { words, theme, spoken } = this.#host, notice = this.#notice();
    return html`<div class="lab" part="base" tabindex="-1" dir="ltr" lang=${words?.locale ?? nothing}>
      <span class="colour-probe" aria-hidden="true"></span><span class="scheme-probe" aria-hidden="true" @transitionend=${this.#readColours}></span>
      <div class="layout" ?data-noticed=${this.#noticed} ?data-waiting=${!(this.hasShown && (this.#panels[0] || this.#kind === 'run') || this.#host.failure)}>${words && theme ? this.#layout() : this.#unloaded()}</div>
      <div class="notices">${notice}</div>
      <div class="hidden" id="live" role="status" aria-live="polite">${spoken}</div>
    </div>`;
  }

  #layout() {
    this.#arrange();
    return html`${this.#bar.render()}
      <div class="panels" data-columns=${this.#panels.length}>${this.#panels.map((panel) => panel.render())}</div>
      ${['run', 'box'].includes(this.#kind) && this.#host.offers('settings') ? this.#settings.render() : nothing}`;
  }

  /** Before words and colours are there; a lab that cannot be loaded says so all the same. */
  #unloaded() {
    const { failure, failureText } = this.#host;
    if (!failure) return nothing;
    return html`<div class="stage"><div class="overlay" id="overlay"><p id="overlay-text">${failureText}</p>
      ${failure.retry ? html`<button type="button" class="primary" id="overlay-action" @click=${failure.retry}>${RETRY}</button>` : nothing}</div></div>`;
  }

  #notice() {
    const { shownNotice, words, closeNotice } = this.#host;
    if (!shownNotice || !words) return nothing;
    this.#noticed = true;
    const { text, kind, action } = shownNotice;
    const act = () => {
      closeNotice();
      action?.run();
    };
    return html`<div class="notice" part="notice" id="notice" role="status" data-kind=${kind}><span id="notice-text">${text}</span><span class="actions">
      ${action ? html`<button type="button" id="notice-action" @click=${act}>${action.label}</button>` : nothing}
      <button type="button" class="quiet" id="notice-close" aria-label=${words.t('close')} @click=${closeNotice}>×</button></span></div>`;
  }

  get #kind() {
    return this.experiment?.kind ?? 'run';
  }

  /** The panels of the kind of experiment that is shown. */
  #arrange() {
    const kind = this.#kind;
    const key = kind === 'run' ? `run ${this.#host.shown}` : kind;
    if (key === this.#arranged) return;
    this.#dropPanels();
    this.#arranged = key;
    if (kind === 'run') this.#panels = this.#runPanels();
    else void this.#arrangeLater(kind);
  }

  /** @returns {Panel[]} */
  #runPanels() {
    const { shows } = this.#host;
    return [
      ...shows('world') ? [new WorldPanel(this.#host)] : [],
      ...['q', 'transition', 'value-map', 'truth'].some(shows) ? [new QValuesPanel(this.#host)] : [],
      ...['return', 'loss', 'value', 'exploration'].some(shows) ? [new ProgressPanel(this.#host)] : [],
    ];
  }

  /** Panels that are fetched when the first of their kind is shown. @param {import('./create-experiment.mjs').Kind} kind */
  async #arrangeLater(kind) {
    try {
      const [{ panelsOf, styles: own }] = await Promise.all(kind === 'box' ? [import('./panels/box-panels.mjs'), this.#needWords('box')]
        : [import('./panels/text-panels.mjs'), this.#needWords('text')]);
      if (this.#kind !== kind) return;
      adoptStyles(this.#host.root, [own]);
      this.#panels = panelsOf(this.#host, kind, RUN_PARTS);
      this.#lab.requestUpdate();
    } catch (error) {
      this.#arranged = '';
      this.fail(error, () => this.#lab.requestUpdate());
    }
  }

  #dropPanels() {
    for (const panel of this.#panels) panel.disconnect();
    [this.#panels, this.#arranged] = [[], ''];
  }
}

/** What an author gives as one, read once; none where it is none. @param {import('./lab-host.mjs').Action} [given] */
function actionOf(given) {
  try {
    const { label, run } = /** @type {import('./lab-host.mjs').Action} */ (given);
    if (typeof run === 'function') return { label: asText(label), run };
  } catch {
    // a proxy or a getter of theirs
  }
}

/** A start that a later one overtook is no failure: the later one's caller hears of it. @param {Promise<unknown>} start */
async function untilOvertaken(start) {
  try {
    await start;
  } catch (error) {
    if (!(error instanceof Superseded)) throw error;
  }
}
