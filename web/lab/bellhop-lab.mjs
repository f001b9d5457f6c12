// SPDX-License-Identifier: MIT
// <bellhop-lab>: an experiment in a page. This is its class; define.mjs registers it. Importing it changes nothing, in Node too.
//
//     <bellhop-lab env="CartPole-v1" seed="7" show="world q return" controls="play step reset"></bellhop-lab>
//
// Attributes, properties, methods, events, parts and custom properties are described in docs/element.md. The element shows an
// Experiment and owns the one it made from its attributes.
import { LitElement, html, nothing } from 'lit';
import { readTheme } from './canvas/theme.mjs';
import { chartStyles } from './charts/chart-styles.mjs';
import { createExperiment } from './create-experiment.mjs';
import { Superseded } from './experiment.mjs';
import { check } from './fields.mjs';
import { LabHost } from './lab-host.mjs';
import { ControlsPanel } from './panels/controls.mjs';
import { ProgressPanel } from './panels/progress.mjs';
import { QValuesPanel } from './panels/q-values.mjs';
import { SettingsPanel } from './panels/settings.mjs';
import { WorldPanel } from './panels/world.mjs';
import { base, styles, tokens } from './styles.mjs';
import { trainers } from './trainers.mjs';
import { loadWords } from './words.mjs';
import { WORLDS } from './world-table.mjs';

/** @typedef {import('./experiment.mjs').Experiment} Experiment */
/** @typedef {import('./run-experiment.mjs').RunExperiment} RunExperiment */
/** @typedef {import('./create-experiment.mjs').Startable} Startable */
/** @typedef {import('./words.mjs').Language} Language */
/** @typedef {import('./words.mjs').Topic} Topic */
/** @typedef {{ render: () => unknown, updated: () => void, disconnect: () => void, suspend?: () => void, resume?: () => void }} Panel */

/** While steps blur, a snapshot is taken this often at most: nobody reads faster. */
const SNAPSHOT_MS = 66;
/** While it runs, screen readers hear of it this often at most. */
const SPEAK_MS = 12_000;
/** A lab that is put into the document again within this time has only moved. */
const MOVE_MS = 50;
/** It is made when it is that near to being seen. */
const NEAR = '400px';
/** What a lab shows and offers by default; `all` stands for everything there is. */
const SHOWN = 'world q transition return', OFFERED = 'play step reset speed';
/** Attributes that are made of such words. @type {Readonly<Record<'show' | 'controls' | 'theme', readonly string[]>>} */
const VOCABULARY = Object.freeze({
  show: ['world', 'q', 'transition', 'value-map', 'truth', 'return', 'loss', 'value', 'exploration', 'all'],
  controls: ['play', 'step', 'reset', 'speed', 'seed', 'env', 'algo', 'settings', 'map', 'human', 'all'], theme: ['light', 'dark'],
});
/** Attributes that make it another experiment. */
const MADE_FROM = Object.freeze(/** @type {const} */ (['env', 'algo', 'preset', 'seed', 'settings']));

export class BellhopLab extends LitElement {
  static styles = [tokens, base, styles, chartStyles];

  static properties = {
    env: {}, algo: {}, preset: {}, seed: {}, speed: {}, settings: {}, show: {}, controls: {}, lang: {}, stopAt: { attribute: 'stop-at' },
    theme: { reflect: true }, autoplay: { type: Boolean }, background: { type: Boolean }, experiment: { attribute: false, noAccessor: true },
  };

  /** @type {LabHost} */
  #host = new LabHost({
    element: this, requestUpdate: () => this.requestUpdate(), needWords: (topic) => this.#needWords(topic),
    failed: (message, error) => this.#emit('error', { message, error }),
  });
  #bar = new ControlsPanel(this.#host);
  #settings = new SettingsPanel(this.#host);
  /** @type {Panel[]} */
  #panels = [];
  /** What the panels were made for. */
  #arranged = '';
  /** The experiment is the element's own, made from its attributes. */
  #owns = false;
  #isMaking = false;
  /** Counts what was made: an experiment that arrives after another one was asked for is not shown. */
  #turns = 0;
  /** @type {Set<Topic>} */
  #topics = new Set();
  #wordsFor = '';
  #shownAt = -Infinity;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #later;
  #spokenAt = -Infinity;
  #isNear = false;
  /** Somebody called a method before there was a run. */
  #isAskedFor = false;
  #isSeen = false;
  /** Whether there was a run to show: until then all is laid out, but not seen, so that nothing moves when it is there. */
  #hasShown = false;
  #isSolved = false;
  #episodes = 0;
  /** Ends what listens while it is in the document. @type {AbortController | null} */
  #connected = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #leaving;
  /** Ends listening to the experiment. @type {AbortController | null} */
  #following = null;

  constructor() {
    super();
    this.env = this.algo = this.preset = this.seed = this.speed = this.show = this.controls = this.stopAt = this.theme = this.lang = '';
    /** @type {string | Record<string, unknown>} */
    this.settings = '';
    this.autoplay = this.background = false;
  }

  // ---- what authors use ----

  /** What it shows; one that is given stays the giver's. @returns {Experiment | null} */
  get experiment() {
    return this.#host.experiment;
  }

  set experiment(experiment) {
    this.#turns++;
    this.#show(experiment, false);
  }

  /** The setup of the run it shows. @returns {import('./run-setup.mjs').RunSetup | null} */
  get setup() {
    return /** @type {any} */ (this.experiment)?.setup ?? null;
  }

  /** loading, ready, preparing, running, paused, finished, diverged or failed. */
  get phase() {
    return this.#host.failure ? 'failed' : this.experiment?.phase ?? 'loading';
  }

  /** Lets it learn. This and the next four wait for the first run where there is none yet. */
  async play() {
    await (await this.#run()).play();
  }

  /** Resolves when it stands still. */
  async pause() {
    await (await this.#run()).pause();
  }

  /** One step, with the learning that is due. */
  async step() {
    await (await this.#run()).step();
  }

  /** The run from its beginning, with the settings that waited. */
  async reset() {
    await untilOvertaken((await this.#run()).reset());
  }

  /**
   * Changes settings: live ones now, the others with the next reset. Names as in links: `learningRate`, `env.slip`, `seed`. All or nothing.
   * @param {Record<string, any>} settings
   */
  async set(settings) {
    if (!settings || typeof settings !== 'object') throw new Error(`set() takes an object of settings such as { learningRate: 0.001 }, not ${settings}`);
    const experiment = /** @type {RunExperiment} */ (await this.#run());
    const changes = Object.entries(settings).map(([name, value]) => {
      const scope = name.startsWith('env.') ? 'envOptions' : 'options', key = name.replace(/^env\./, '');
      const setting = experiment.settings?.find((each) => each.scope === scope && each.key === key);
      if (!setting) throw new Error(`unknown setting '${name}' of ${experiment.setup?.algo} in ${experiment.setup?.env}`);
      check(setting.field, value);
      return { setting, value };
    });
    for (const { setting, value } of changes) await untilOvertaken(experiment.change(setting, value));
  }

  /** A line for the reader, with a button if wanted. @param {string} text @param {'good' | 'bad'} [kind] @param {import('./lab-host.mjs').Action} [action] */
  notice(text, kind = 'good', action) {
    this.#host.notice(text, kind, action);
  }

  /** An error in the reader's words. @param {unknown} error */
  explain(error) {
    return this.#host.explain(error);
  }

  /** Puts the focus on the bar. */
  focusControls() {
    this.#host.root?.getElementById('controls')?.focus();
  }

  /** Shows that there is no run, and why. @param {unknown} error @param {(() => void) | null} [retry] null where trying again is of no use */
  fail(error, retry = () => this.#begin()) {
    this.#host.failure = { error, retry: retry && (() => {
      this.#host.failure = null;
      this.#loadWords().then(retry).catch((again) => this.fail(again, retry));
      this.requestUpdate();
    }) };
    this.#emit('error', { message: this.#host.failureText, error });
    this.requestUpdate();
  }

  /** The keys of a lab: Space plays and pauses, S steps, R resets; takes those that were meant for it. For pages with one lab. @param {KeyboardEvent} event */
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

  connectedCallback() {
    super.connectedCallback();
    clearTimeout(this.#leaving);
    const { signal } = this.#connected = new AbortController();
    this.addEventListener('keydown', (event) => this.handleKey(event), { signal });
    this.ownerDocument.addEventListener('visibilitychange', () => this.#look(), { signal });
    this.#observe(signal);
    this.#loadWords().catch((error) => this.fail(error));
    const { experiment } = this;
    if (experiment && this.#following?.signal.aborted) this.#follow(experiment);
    this.#look();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#connected?.abort();
    clearTimeout(this.#later);
    this.#isSeen = this.#isNear = false;
    this.experiment?.suspend();
    this.#leaving = setTimeout(() => this.#leave(), MOVE_MS);
  }

  /** It was not moved: what it owns ends. */
  #leave() {
    this.#dropPanels();
    if (this.#owns) this.#show(null, false);
    this.#following?.abort();
  }

  /** @param {AbortSignal} signal */
  #observe(signal) {
    const near = new IntersectionObserver((entries) => {
      this.#isNear = entries[entries.length - 1].isIntersecting;
      this.#begin();
    }, { rootMargin: NEAR });
    const seen = new IntersectionObserver((entries) => {
      this.#isSeen = entries[entries.length - 1].isIntersecting;
      this.#look();
    });
    const languages = new MutationObserver(() => this.#loadWords().catch((error) => this.#host.tellError(error)));
    near.observe(this);
    seen.observe(this);
    languages.observe(this.ownerDocument.documentElement, { attributeFilter: ['lang'], subtree: true });
    signal.addEventListener('abort', () => [near, seen, languages].forEach((observer) => observer.disconnect()));
  }

  /** What nobody sees does not train, unless its author asked for it. */
  #look() {
    const isVisible = this.#isSeen && !this.ownerDocument.hidden;
    if (isVisible || this.background) this.experiment?.resume();
    else this.experiment?.suspend();
    for (const panel of this.#panels) (isVisible ? panel.resume : panel.suspend)?.call(panel);
    if (isVisible) this.#snapshot();
  }

  // ---- the experiment ----

  /** The experiment, once it has a run; rejects when there will be none. @returns {Promise<Startable & RunExperiment>} */
  #run() {
    return new Promise((resolve, reject) => {
      const look = () => {
        const { experiment, phase } = this;
        if (phase === 'failed') reject(this.#host.failure?.error ?? new Error('the run failed'));
        else if (experiment && phase !== 'loading') resolve(/** @type {any} */ (experiment));
        else return false;
        this.removeEventListener('bellhop-ready', look);
        this.removeEventListener('bellhop-error', look);
        return true;
      };
      if (look()) return;
      this.addEventListener('bellhop-ready', look);
      this.addEventListener('bellhop-error', look);
      this.#isAskedFor = true;
      this.#begin();
    });
  }

  /** Makes the experiment of the attributes, once somebody is about to see it or has asked for it. */
  #begin() {
    if (!(this.#isNear || this.#isAskedFor) || !this.isConnected || !this.env || this.experiment || this.#host.failure || this.#isMaking) return;
    this.#isMaking = true;
    void this.#make(++this.#turns).finally(() => (this.#isMaking = false));
  }

  /** @param {number} turn */
  async #make(turn) {
    try {
      const { query, unread } = this.#query();
      const { experiment, ignored } = await createExperiment(trainers, query, this.#language);
      if (turn !== this.#turns || !this.isConnected) {
        await experiment.dispose();
        return;
      }
      if (ignored.some((each) => each.startsWith('env='))) {
        await Promise.all([experiment.dispose(), this.#loadWords()]);
        this.fail(new Error(this.#host.words.t('env.unknown', { env: this.env, list: this.#host.words.list(WORLDS.map(({ id }) => id)) })), null);
        return;
      }
      const unfit = [...unread, ...ignored, ...this.#setPace(experiment), ...this.#unknownWords()];
      this.#show(experiment, true);
      await experiment.start();
      await this.#tellUnfit(unfit);
      if (this.autoplay) experiment.play();
    } catch (error) {
      if (turn === this.#turns && !(error instanceof Superseded)) this.fail(error);
    }
  }

  /** Speed and stop-at, also of a run that goes on. @param {Experiment} experiment @returns {string[]} what does not fit */
  #setPace(experiment) {
    const { stopAt, speed } = textsOf(this, ['stopAt', 'speed']);
    const at = Number(stopAt), index = experiment.speeds.indexOf(speed === 'max' ? Infinity : Number(speed));
    const isStep = stopAt !== '' && Number.isSafeInteger(at) && at > 0;
    Object.assign(experiment, { stopAt: isStep ? at : Infinity });
    experiment.setSpeed(speed !== '' && index >= 0 ? index : experiment.speed);
    return [...stopAt === '' || isStep ? [] : [`stop-at=${stopAt}`], ...speed === '' || index >= 0 ? [] : [`speed=${speed}`]];
  }

  /** Of the attributes that are made of words, those that are none. @param {(name: keyof typeof VOCABULARY) => boolean} [isOfInterest] */
  #unknownWords(isOfInterest = () => true) {
    return /** @type {(keyof typeof VOCABULARY)[]} */ (Object.keys(VOCABULARY)).filter(isOfInterest)
      .flatMap((name) => (this[name] ?? '').split(/\s+/).filter((word) => word !== '' && !VOCABULARY[name].includes(word)).map((word) => `${name}=${word}`));
  }

  /** Says which attributes do not fit. @param {string[]} unfit */
  async #tellUnfit(unfit) {
    if (unfit.length === 0) return;
    await this.#loadWords();
    const { words } = this.#host;
    this.#host.tellError(new Error(words.t('attributes.ignored', { list: words.listSome(unfit) })));
  }

  /** The attributes as a link has them, and what cannot be read of them. */
  #query() {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(textsOf(this, ['env', 'algo', 'preset', 'seed']))) if (value !== '') query.set(name, value);
    const settings = Object.entries(settingsOf(this.settings) ?? { settings: this.settings });
    const isOther = (/** @type {[string, unknown]} */ [name]) => NO_SETTINGS.includes(name);
    for (const [name, value] of settings) if (!NO_SETTINGS.includes(name)) query.set(name, String(value));
    return { query, unread: settings.filter(isOther).map(([name, value]) => `${name}=${value}`) };
  }

  /** @param {Experiment | null} experiment @param {boolean} owns */
  #show(experiment, owns) {
    const old = this.experiment;
    if (experiment === old) return;
    this.#following?.abort();
    if (this.#owns) void old?.dispose();
    [this.#owns, this.#isSolved, this.#episodes] = [owns, false, 0];
    this.#hasShown ||= experiment !== null && experiment.phase !== 'loading';
    Object.assign(this.#host, { experiment, frame: null, failure: null, shownNotice: null });
    if (experiment && this.isConnected) this.#follow(experiment);
    this.#look();
    this.requestUpdate();
  }

  /** @param {Experiment} experiment */
  #follow(experiment) {
    const { signal } = this.#following = new AbortController();
    const on = (/** @type {import('./experiment.mjs').ExperimentEvent} */ name, /** @type {() => void} */ listener) => experiment.addEventListener(name, listener, { signal });
    on('frame', () => this.#received());
    on('setup', () => this.requestUpdate());
    on('score', () => this.#tellScore());
    on('run', () => {
      this.#host.shownNotice = null;
      [this.#hasShown, this.#isSolved, this.#episodes] = [true, false, 0];
      this.#snapshot();
      this.#emit('ready', {});
    });
    on('phase', () => {
      if (experiment.phase === 'running') this.#host.shownNotice = null;
      this.#snapshot();
      this.#speak(true);
      this.#emit('phase', { phase: experiment.phase });
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
    if (this.#isSeen) this.requestUpdate();
    if (!frame) return;
    this.#emit('frame', { timesteps: frame.timesteps, episodes: frame.episodes, meanReturn: /** @type {any} */ (experiment).history?.meanReturn, frame });
    if (typeof frame.solvedAt !== 'number' || this.#isSolved || this.setup?.algo === 'policy-evaluation') return; // whose values only judge a policy
    this.#isSolved = true;
    this.#emit('solved', { step: frame.solvedAt });
  }

  #tellEpisodes() {
    const { frame, history } = /** @type {Partial<RunExperiment>} */ (this.experiment ?? {});
    if (!frame || !history || frame.episodes <= this.#episodes) return;
    this.#episodes = frame.episodes;
    this.#emit('episode', { episode: frame.episodes, return: history.recent.at(-1), meanReturn: history.meanReturn });
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

  /** For screen readers: at once when the phase changes, else rarely. @param {boolean} now */
  #speak(now) {
    const { words, frame } = this.#host;
    const experiment = /** @type {RunExperiment | null} */ (this.experiment);
    const time = performance.now();
    if (!frame || !words || !experiment?.history || (!now && (experiment.phase !== 'running' || time - this.#spokenAt < SPEAK_MS))) return;
    this.#spokenAt = time;
    this.#host.spoken = words.sentences([`${words.t(`phase.${experiment.phase}`)}${words.t('full.stop')}`, words.t('spoken', {
      episode: words.count(frame.episodes), step: words.count(frame.timesteps), mean: words.value(experiment.history.meanReturn, experiment.world?.digits || 1),
    })]);
  }

  /** @param {string} name @param {object} detail */
  #emit(name, detail) {
    this.dispatchEvent(new CustomEvent(`bellhop-${name}`, { detail, bubbles: true, composed: true }));
  }

  // ---- language and looks ----

  /** The nearest language there is: the element's, its ancestors', the reader's. @returns {Language} */
  get #language() {
    const nearest = this.lang || this.parentElement?.closest('[lang]')?.getAttribute('lang') || navigator.language;
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
    this.requestUpdate();
  }

  #readColours = () => {
    const probe = /** @type {HTMLElement | null} */ (this.#host.root.querySelector('.colour-probe'));
    if (!probe) return;
    this.#host.theme = readTheme(probe);
    this.requestUpdate();
  };

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    this.#host.shown = this.show || SHOWN;
    this.#host.offered = this.controls || OFFERED;
    const isNew = (/** @type {string} */ name) => changed.has(name) && changed.get(name) !== undefined;
    if (isNew('lang')) this.#loadWords().catch((error) => this.#host.tellError(error));
    if (isNew('background')) this.#look();
    if (this.hasUpdated && MADE_FROM.some(isNew)) this.#remake();
    else if (this.experiment) void this.#tellUnfit([...['speed', 'stopAt'].some(isNew) ? this.#setPace(this.experiment) : [], ...this.#unknownWords(isNew)]);
  }

  /** Other attributes are another experiment. */
  #remake() {
    this.#turns++;
    this.#host.failure = null;
    if (this.#owns) this.#show(null, false);
    this.#isMaking = false;
    this.#begin();
  }

  // ---- rendering ----

  render() {
    const { words, theme, spoken } = this.#host;
    return html`<div class="lab" part="base" tabindex="-1" dir="ltr" lang=${words?.locale ?? nothing}>
      <span class="colour-probe" aria-hidden="true"></span><span class="scheme-probe" aria-hidden="true" @transitionend=${this.#readColours}></span>
      <div class="layout" ?data-waiting=${!this.#hasShown && !this.#host.failure}>${words && theme ? this.#layout() : this.#unloaded()}</div>
      <div class="notices">${this.#notice()}</div>
      <div class="hidden" id="live" role="status" aria-live="polite">${spoken}</div>
    </div>`;
  }

  #layout() {
    this.#arrange();
    return html`${this.#bar.render()}
      <div class="panels" data-columns=${this.#panels.length}>${this.#panels.map((panel) => panel.render())}</div>
      ${this.#kind === 'run' && this.#host.offers('settings') ? this.#settings.render() : nothing}`;
  }

  /** Before words and colours are there; a lab that cannot be loaded says so all the same. */
  #unloaded() {
    const { failure, failureText } = this.#host;
    if (!failure) return nothing;
    return html`<div class="stage"><div class="overlay" id="overlay"><p id="overlay-text">${failureText}</p>
      ${failure.retry ? html`<button type="button" class="primary" id="overlay-action" @click=${failure.retry}>Try again · 重试</button>` : nothing}</div></div>`;
  }

  #notice() {
    const { shownNotice, words, closeNotice } = this.#host;
    if (!shownNotice || !words) return nothing;
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
    else void this.#arrangeText(kind);
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

  /** @param {'text' | 'language'} kind */
  async #arrangeText(kind) {
    try {
      const [{ languagePanels, textPanels, textStyles }] = await Promise.all([import('./panels/text-panels.mjs'), this.#needWords('text')]);
      if (this.#kind !== kind) return;
      const sheet = textStyles.styleSheet;
      const { root } = this.#host;
      if (sheet && !root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet);
      this.#panels = kind === 'text' ? textPanels(this.#host) : languagePanels(this.#host);
      this.requestUpdate();
    } catch (error) {
      this.#arranged = '';
      this.fail(error, () => this.requestUpdate());
    }
  }

  #dropPanels() {
    for (const panel of this.#panels) panel.disconnect();
    [this.#panels, this.#arranged] = [[], ''];
  }

  /** @param {Map<string, unknown>} changed */
  updated(changed) {
    if (!this.#host.theme || changed.has('theme')) this.#readColours();
    if (!this.#host.words || !this.#host.theme || !this.isConnected) return;
    for (const panel of this.#panels) panel.updated();
  }
}

/** Names of a link that `settings` may not hold: the element has attributes for them, or another word. */
const NO_SETTINGS = Object.freeze(['env', 'algo', 'preset', 'view', 'lang', 'settings']);

/** Attributes as text; one that is not there is ''. @template {string} Name @param {Record<Name, any>} lab @param {readonly Name[]} names @returns {Record<Name, string>} */
function textsOf(lab, names) {
  return /** @type {any} */ (Object.fromEntries(names.map((name) => [name, String(lab[name] ?? '')])));
}

/** A start that a later one overtook is no failure: the later one's caller hears of it. @param {Promise<unknown>} start */
async function untilOvertaken(start) {
  try {
    await start;
  } catch (error) {
    if (!(error instanceof Superseded)) throw error;
  }
}

/** The attribute `settings`; null where it cannot be read. @param {string | Record<string, unknown> | null} given JSON, or an object @returns {Record<string, unknown> | null} */
function settingsOf(given) {
  if (given === '' || given === null) return {};
  try {
    const settings = typeof given === 'string' ? JSON.parse(given) : given;
    return settings && typeof settings === 'object' && !Array.isArray(settings) ? settings : null;
  } catch {
    return null;
  }
}
