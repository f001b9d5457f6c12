// SPDX-License-Identifier: MIT
// <bellhop-lab>: an experiment in a page. This is its class; define.mjs registers it. Importing it changes nothing, in Node too.
//
//     <bellhop-lab env="CartPole-v1" seed="7" show="world q return" controls="play step reset"></bellhop-lab>
//
// Attributes, properties, methods, events, parts and custom properties are described in docs/element.md. The class is light: a
// picture stands in the lab's place, and what draws the lab (lab-view.mjs), its worker and its module are fetched when somebody
// is about to see it or calls a method.
import { ReactiveElement } from '@lit/reactive-element';
import { adoptStyles } from './adopt-styles.mjs';
import { emit } from './lab-event.mjs';
import { STILLS, isDark, still, stillStyles, unloaded } from './still.mjs';
import { tokens } from './tokens.mjs';
import { UNLOADED } from './unloaded.mjs';

/** @typedef {import('./experiment.mjs').Experiment} Experiment */
/** @typedef {import('./lab-view.mjs').LabView} LabView */

/** A lab that is put into the document again within this time has only moved. */
const MOVE_MS = 50;
/** It is made when it is that near to being seen. */
const NEAR = '400px';

export class BellhopLab extends ReactiveElement {
  static styles = [tokens, stillStyles];

  static properties = {
    env: {}, algo: {}, preset: {}, seed: {}, speed: {}, settings: {}, worker: {}, show: {}, controls: {}, lang: {}, stopAt: { attribute: 'stop-at' },
    theme: { reflect: true, converter: { toAttribute: (/** @type {unknown} */ theme) => (typeof theme === 'string' ? theme : null) } }, autoplay: { type: Boolean }, background: { type: Boolean }, experiment: { attribute: false, noAccessor: true }, keepAlive: { attribute: false },
  };

  /** What draws a lab; a build with everything inside has its own, see web/embed/one-file.mjs. @type {(lab: BellhopLab) => Promise<LabView>} */
  static view = async (lab) => {
    const [{ LabView }, { trainers }] = await Promise.all([import('./lab-view.mjs'), import('./trainers.mjs')]);
    return new LabView(lab, trainers);
  };

  /** Where the picture of an environment is; null where there is none. @type {(env: string, theme: 'light' | 'dark') => URL | null} */
  static still = (env, theme) => (STILLS.includes(env) ? new URL(`./stills/${env}-${theme}.webp`, import.meta.url) : null);

  /** @type {LabView | null} */
  #view = null;
  /** @type {Promise<LabView> | null} */
  #coming = null;
  /** What was given before there was a view. @type {Experiment | null} */
  #given = null;
  #isNear = false;
  #isSeen = false;
  /** It could not be loaded. */
  #isUnloaded = false;
  /** @type {HTMLElement | null} */
  #still = null;
  /** Ends what listens while it is in the document. @type {AbortController | null} */
  #connected = null;
  /** Ends waiting for a run when it is taken out of the document for good. */
  #left = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #leaving;

  constructor() {
    super();
    this.env = this.algo = this.preset = this.seed = this.speed = this.show = this.controls = this.stopAt = this.theme = this.lang = '';
    /** @type {string | Record<string, unknown>} */
    this.settings = '';
    /** @type {string | URL | (() => Worker)} */
    this.worker = '';
    this.autoplay = this.background = this.keepAlive = false;
  }

  // ---- what authors use ----

  /** What it shows; one that is given stays the giver's. @returns {Experiment | null} */
  get experiment() {
    return this.#view ? this.#view.experiment : this.#given;
  }

  set experiment(experiment) {
    const given = experiment || null;
    if (given && !(given instanceof EventTarget && 'suspend' in given)) throw new TypeError('the experiment of a lab is that of another one, or null');
    this.#given = given;
    if (this.#view) this.#view.experiment = given;
  }

  /** The setup of the run it shows. @returns {import('./run-setup.mjs').RunSetup | null} */
  get setup() {
    return /** @type {any} */ (this.experiment)?.setup ?? null;
  }

  /** The run it shows as parameters of a link: after # to Bellhop's page, after ? to the frame. '' before there is one. @returns {string} */
  get query() {
    return /** @type {any} */ (this.experiment)?.query ?? '';
  }

  /** loading, ready, preparing, running, paused, finished, diverged or failed. @returns {import('./experiment.mjs').Phase} */
  get phase() {
    return this.#isUnloaded ? 'failed' : this.#view?.phase ?? 'loading';
  }

  /** Lets it learn. This and the next seven wait for the first run where there is none yet, and reject when it is taken out of the document. */
  async play() {
    await this.#onRun((run) => run.play());
  }

  /** Resolves when it stands still. */
  async pause() {
    await this.#onRun((run) => run.pause());
  }

  /** One step, with the learning that is due. */
  async step() {
    await this.#onRun((run) => run.step());
  }

  /** The run from its beginning, with the settings that waited. */
  async reset() {
    await this.#onView((view, left) => view.reset(left));
  }

  /**
   * Changes settings: live ones now, the others with the next reset. Names as in links: `learningRate`, `env.slip`, `seed`. All or nothing.
   * @param {Record<string, any>} settings
   */
  async set(settings) {
    await this.#onView((view, left) => view.set(settings, left));
  }

  /** A checkpoint of the run, safetensors: for load(), here, in Node, on the command line. @param {{ which?: import('../bellhop.js').Which }} [options] */
  async save(options) {
    return this.#onRun((run) => run.save(options));
  }

  /** Takes the parameters of a checkpoint of the same environment and algorithm. @param {Uint8Array} bytes */
  async load(bytes) {
    await this.#onRun((run) => run.load(bytes));
  }

  /** SHA-256 of the parameters of the run, as every engine gives it. */
  async sha256() {
    return this.#onRun((run) => run.sha256());
  }

  /** A line for the reader, with a button if wanted. @param {string} text @param {'good' | 'bad'} [kind] @param {import('./lab-host.mjs').Action} [action] */
  notice(text, kind = 'good', action) {
    void this.#later((view) => view.notice(text, kind, action));
  }

  /** An error in the reader's words. @param {unknown} error */
  async explain(error) {
    return this.#view ? this.#view.explain(error) : String(error);
  }

  /** Puts the focus on the bar. */
  focusControls() {
    void this.#later((view) => view.focusControls());
  }

  /** Shows that there is no run, and why. @param {unknown} error @param {(() => unknown) | null} [retry] null where trying again is of no use; what it rejects with is shown in turn */
  fail(error, retry) {
    void this.#later((view) => view.fail(error, retry));
  }

  /** The keys of a lab: Space plays and pauses, S steps, R resets; takes those that were meant for it. For pages with one lab. @param {KeyboardEvent} event */
  handleKey(event) {
    this.#view?.handleKey(event);
  }

  // ---- life ----

  createRenderRoot() {
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
    adoptStyles(root, /** @type {import('lit').CSSResult[]} */ (BellhopLab.styles));
    return root;
  }

  /** It is in another document. */
  adoptedCallback() {
    if (this.shadowRoot) adoptStyles(this.shadowRoot);
  }

  connectedCallback() {
    super.connectedCallback();
    clearTimeout(this.#leaving);
    if (this.#left.signal.aborted) this.#left = new AbortController();
    const { signal } = this.#connected = new AbortController();
    this.addEventListener('keydown', (event) => this.handleKey(event), { signal });
    this.ownerDocument.addEventListener('visibilitychange', () => this.#view?.look(this.#isSeen), { signal });
    this.#observe(signal);
    this.#view?.connect(signal);
    this.#view?.look(this.#isSeen);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#isSeen = false;
    this.#setNear(false);
    this.#connected?.abort();
    this.#leaving = setTimeout(() => this.keepAlive || this.#leave(), MOVE_MS);
  }

  #leave() {
    this.#view?.leave();
    this.#left.abort(new Error('the lab was taken out of the document'));
  }

  /** @param {AbortSignal} signal */
  #observe(signal) {
    const near = new IntersectionObserver((entries) => this.#setNear(entries[entries.length - 1].isIntersecting), { rootMargin: NEAR });
    const seen = new IntersectionObserver((entries) => {
      this.#isSeen = entries[entries.length - 1].isIntersecting;
      this.#view?.look(this.#isSeen);
    });
    near.observe(this);
    seen.observe(this);
    signal.addEventListener('abort', () => [near, seen].forEach((observer) => observer.disconnect()));
  }

  /** @param {boolean} isNear */
  #setNear(isNear) {
    this.#isNear = isNear;
    if (this.#view) this.#view.isNear = isNear;
    if (!isNear) return;
    if (this.#view) this.#view.begin();
    else if (!this.#isUnloaded) this.#open().catch(() => {}); // which is shown
  }

  // ---- what draws it ----

  /** Fetches what draws it, once; a failure is shown, and the next call tries again. */
  #open() {
    this.#coming ??= this.#make().catch(async (failure) => {
      const plain = { error: failure, text: UNLOADED }; // without a connection this cannot be had either
      const { error, text } = await import('./why-unloaded.mjs').then(({ whyUnloaded }) => whyUnloaded(failure, UNLOADED)).catch(() => plain);
      this.#coming = null;
      this.#isUnloaded = true;
      this.#still = unloaded(this, text, () => this.#retry());
      emit(this, 'error', { message: text, error });
      emit(this, 'phase', { phase: this.phase });
      throw error;
    });
    return this.#coming;
  }

  async #make() {
    const view = await /** @type {typeof BellhopLab} */ (this.constructor).view(this);
    this.#view = view;
    this.#isUnloaded = false;
    view.isNear = this.#isNear;
    if (this.#given) view.experiment = this.#given;
    if (this.#connected && !this.#connected.signal.aborted) view.connect(this.#connected.signal);
    view.look(this.#isSeen);
    view.begin();
    this.requestUpdate();
    return view;
  }

  #retry() {
    this.#isUnloaded = false;
    this.#showStill();
    this.#open().catch(() => {}); // which is shown
  }

  /** What draws it, once it is in the document. */
  async #loaded() {
    await this.updateComplete;
    return this.#open();
  }

  /** Uses what draws it, once that is here; rejects when the lab is out of the document for good before that has ended. @template T @param {(view: LabView, left: AbortSignal) => T | Promise<T>} use @returns {Promise<T>} */
  #onView(use) {
    const { signal } = this.#left;
    return unlessAborted(signal, async () => {
      while (this.#isLeaving && !signal.aborted) await new Promise((done) => setTimeout(done, MOVE_MS));
      signal.throwIfAborted();
      return use(await this.#loaded(), signal);
    });
  }

  /** Uses the run, once there is one. @template T @param {(run: Awaited<ReturnType<LabView['run']>>) => T | Promise<T>} use @returns {Promise<T>} */
  #onRun(use) {
    return this.#onView(async (view, left) => use(await view.run(left)));
  }

  /** It was taken out of the document a moment ago: it may only have moved. */
  get #isLeaving() {
    return this.#connected !== null && !this.isConnected && !this.keepAlive;
  }

  /** For those who wait for nothing: at once where that is possible. @param {(view: LabView) => void} use */
  async #later(use) {
    if (this.#view) use(this.#view);
    else await this.#loaded().then(use, () => {}); // which is shown
  }

  // ---- drawing ----

  /** @param {Map<string, unknown>} changed */
  update(changed) {
    super.update(changed);
    if (changed.get('keepAlive') === true && !this.isConnected) this.#leave();
    if (this.#view) this.#draw(this.#view, changed);
    else if (!this.#isUnloaded && (changed.has('env') || changed.has('theme'))) this.#showStill();
  }

  /** @param {LabView} view @param {Map<string, unknown>} changed */
  #draw(view, changed) {
    view.update(changed);
    if (!view.hasShown && view.phase !== 'failed') return;
    this.#still?.remove();
    this.#still = null;
  }

  #showStill() {
    const { still: urlOf } = /** @type {typeof BellhopLab} */ (this.constructor);
    this.#still = still(this, urlOf(this.env, isDark(this) ? 'dark' : 'light'), this.env);
  }
}

/** What `act` resolves to; rejects as soon as the signal is aborted. @template T @param {AbortSignal} signal @param {() => Promise<T>} act @returns {Promise<T>} */
async function unlessAborted(signal, act) {
  const ended = new AbortController();
  /** @type {Promise<never>} */
  const aborted = new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), ended));
  try {
    return await Promise.race([act(), aborted]);
  } finally {
    ended.abort();
  }
}
