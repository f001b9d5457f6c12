// SPDX-License-Identifier: MIT
// What panels see of the lab they belong to: the experiment and the one snapshot of it that all show, words and colours, names of
// actions and settings, and how to tell the reader something. The element fills it in.
import { Superseded } from './experiment.mjs';
import { isOffline, isPlain, plainly, unlessLate } from './plain-errors.mjs';
import { UNLOADED } from './unloaded.mjs';

/** @typedef {import('../bellhop.js').Frame} Frame */
/** @typedef {import('./experiment.mjs').Experiment} Experiment */
/** @typedef {import('./run-experiment.mjs').RunExperiment} RunExperiment */
/** @typedef {import('./words.mjs').Topic} Topic */
/** @typedef {import('./words.mjs').Words} Words */
/** A button in a notice. @typedef {{ label: string, run: () => void }} Action */
/** @typedef {{ text: string, kind: 'good' | 'bad', action?: Action }} Notice */
/** Why there is no run. @typedef {{ error: unknown, retry: (() => void) | null }} Failure */
/**
 * What the element does for it.
 * @typedef {object} Owner
 * @property {() => void} requestUpdate
 * @property {(message: string, error: unknown) => void} failed     an error was shown
 * @property {(topic: Topic) => Promise<void>} needWords
 * @property {() => Promise<Words>} errorWords                      the words with those of errors, where these can be had
 * @property {HTMLElement} element
 */

export class LabHost {
  #owner;
  /** @type {Experiment | null} */
  experiment = null;
  /** The snapshot that all panels show; null before the first. @type {Frame | null} */
  frame = null;
  /** @type {Words} */
  words = /** @type {any} */ (null);
  /** @type {import('./canvas/theme.mjs').Theme} */
  theme = /** @type {any} */ (null);
  /** @type {Failure | null} */
  #failure = null;
  /** @type {Notice | null} */
  shownNotice = null;
  /** For screen readers. */
  spoken = '';
  /** Names of panels and of controls, see docs/element.md. */
  shown = '';
  offered = '';
  /** What was told of errors in templates. @type {Map<unknown, { language: string, text: string }>} */
  #told = new Map();

  /** @param {Owner} owner */
  constructor(owner) {
    this.#owner = owner;
  }

  /** Why there is no run: there never was one, or its worker is gone. @returns {Failure | null} */
  get failure() {
    const { experiment } = this;
    if (this.#failure || experiment?.phase !== 'failed') return this.#failure;
    return { error: experiment.failure, retry: () => void this.attempt(() => experiment.restart()) };
  }

  set failure(failure) {
    this.#failure = failure;
  }

  get root() {
    return /** @type {ShadowRoot} */ (this.#owner.element.shadowRoot);
  }

  /** The element, for listeners. */
  get element() {
    return this.#owner.element;
  }

  get prefersStill() {
    return matchMedia('(prefers-reduced-motion: reduce)').matches;
  }

  /** Whether a panel is shown. @param {string} name */
  shows = (name) => has(this.shown, name);

  /** Whether a control is offered. @param {string} name */
  offers = (name) => has(this.offered, name);

  requestUpdate = () => this.#owner.requestUpdate();

  /** Resolves when these words are there, too. @param {Topic} topic */
  needWords = (topic) => this.#owner.needWords(topic);

  // ---- names ----

  get #run() {
    return /** @type {RunExperiment} */ (this.experiment);
  }

  /** @param {number} action */
  actionName = (action) => {
    const { worldModule, layout } = this.#run;
    const name = String(layout.actions?.[action] ?? action);
    return worldModule?.actionName?.(action, { layout, words: this.words }) ?? this.words.tMaybe(`action.${name}`, name);
  };

  /** What an action means in the reader's language, where its name does not say it. @param {number} action */
  gloss = (action) => this.#run.worldModule?.gloss?.(action, { layout: this.#run.layout, words: this.words }) ?? '';

  /** How an action was chosen, in a word. @param {boolean} explored */
  chosenHow = (explored) => this.words.t(/** @type {any} */ (this.#run.howChosen(explored)));

  /** A state in the reader's words. @param {Frame} frame */
  describeState = (frame) => this.#run.worldModule?.describe({ view: frame.view, layout: this.#run.layout, words: this.words, english: frame.text }) ?? frame.text;

  /** An observation in the reader's words, where it can be read back. @param {ArrayLike<number>} obs @param {string} fallback */
  describeObservation = (obs, fallback) => this.#run.worldModule?.describeObservation?.({ obs, layout: this.#run.layout, words: this.words }) ?? fallback;

  /**
   * What a setting is called; algorithms may call theirs otherwise. The names are fetched when the first is asked for; what is drawn is drawn again then.
   * @param {string} name snake_case @param {Words} [words] with the names, where these are at hand
   */
  fieldName = (name, words = this.words) => {
    if (words === this.words) this.needWords('fields').catch(() => {});
    return words.tMaybe(`field.${this.#run?.setup?.algo}.${name}`, words.tMaybe(`field.${name}`, name.replaceAll('_', ' ')));
  };

  // ---- errors ----

  /** The words with those of errors, where these can be had. */
  errorWords = () => this.#owner.errorWords();

  /** An error in the reader's words, in the library's where those cannot be had. @param {unknown} error @returns {Promise<string>} */
  explain = async (error) => {
    if (!this.words || !isPlain(error)) {
      try {
        const [{ explainError }, words] = await unlessLate(Promise.all([import('./error-words.mjs'), this.errorWords()]));
        return explainError(error, words, (name) => this.fieldName(name, words));
      } catch {
        if (!this.words) return String(error);
      }
    }
    return plainly(error, this.words);
  };

  /** The same for templates: '' at first, and all is drawn again when it is there. @param {unknown} error */
  told = (error) => {
    const { language } = this.words, known = this.#told.get(error);
    if (known?.language === language) return known.text;
    const telling = { language, text: known?.text ?? '' };
    this.#told.set(error, telling);
    void this.explain(error).then((text) => {
      telling.text = text;
      this.requestUpdate();
    });
    return telling.text;
  };

  /** What is told of a lab without a run where that needs no other words: before there are any, in both languages; else ''. @param {unknown} error */
  #unloaded(error) {
    if (!this.words) return UNLOADED;
    return isOffline(error) ? this.words.t('load.failed') : '';
  }

  /** Why there is no run, for templates. */
  get failureText() {
    const { failure } = this;
    return failure ? this.#unloaded(failure.error) || this.told(failure.error) : '';
  }

  /** Why there is no run, in the reader's words. @param {unknown} error */
  explainFailure = async (error) => this.#unloaded(error) || this.explain(error);

  // ---- telling ----

  /** Runs what a control asked for; a refusal is shown, not thrown. @param {() => unknown} action */
  attempt = async (action) => {
    try {
      await action();
      return true;
    } catch (error) {
      if (!(error instanceof Superseded)) await this.tellError(error);
      return false;
    }
  };

  /** A line for the reader, until they close it or go on. @param {string} text @param {Notice['kind']} [kind] @param {Action} [action] */
  notice = (text, kind = 'bad', action) => {
    this.shownNotice = { text, kind, action };
    this.requestUpdate();
  };

  closeNotice = () => {
    this.shownNotice = null;
    this.requestUpdate();
  };

  /** Resolves when it is told. @param {unknown} error @param {string} [given]  it in the reader's words @param {string} [brief]  what is shown of it */
  async tellError(error, given, brief) {
    const text = given ?? await this.explain(error);
    this.notice(brief ?? text);
    this.#owner.failed(text, error);
  }

  /** Says what a switch of environment or algorithm kept and what not. @param {import('./run-setup.mjs').Switched} switched */
  noticeSwitch = async (switched) => (await import('./switch-notice.mjs')).noticeSwitch(this, switched);

  /** For screen readers. @param {string} text */
  announce = (text) => {
    this.spoken = text;
    this.requestUpdate();
  };
}

/** @param {string} list separated by spaces or commas @param {string} name */
function has(list, name) {
  const names = list.split(/[\s,]+/);
  return names.includes('all') || names.includes(name);
}
