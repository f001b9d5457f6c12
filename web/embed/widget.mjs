// SPDX-License-Identifier: MIT
// The notebook widget: an Anywidget Front-End Module (AFM), which Jupyter, Colab and VS Code load by way of anywidget and marimo by
// itself. It shows a <bellhop-lab> in each output of a model: its traits are the element's attributes, and what the run has come to
// is told in others. Built as one self-contained file, bellhop-widget.js, as hosts import its text: docs/notebook.md.
import { camel } from '../lab/fields.mjs';

/** @typedef {import('../lab/bellhop-lab.mjs').BellhopLab} BellhopLab */
/**
 * What of a host's model is used, see the specification of AFM.
 * @typedef {object} Model
 * @property {(name: string) => any} get @property {(name: string, value: unknown) => void} set @property {() => void} save_changes
 * @property {(event: string, callback: (...values: any[]) => void) => void} on @property {(event: string, callback: (...values: any[]) => void) => void} off
 */

const TAG = 'bellhop-lab';
/** Traits of the one run there is, and what they are called by the element. */
const OF_RUN = Object.freeze({ env: 'env', algo: 'algo', preset: 'preset', seed: 'seed', settings: 'settings', speed: 'speed', stop_at: 'stopAt', autoplay: 'autoplay', background: 'background' });
/** Traits of everything that shows it. */
const OF_VIEWS = Object.freeze({ show: 'show', controls: 'controls', theme: 'theme', lang: 'lang' });
/** A kernel hears of a run that goes on this often at most. */
const REPORT_MS = 500;
/** A run that is in no output any more ends after this time: a cell that is run again takes it over. */
const KEPT_MS = 5000;
/** Phases in which the parameters stay as they are. */
const STILL = Object.freeze(['ready', 'paused', 'finished', 'diverged']);

/** What a message may ask for. @type {Readonly<Record<string, (lab: BellhopLab, message: any) => Promise<unknown>>>} */
const COMMANDS = Object.freeze({
  play: (lab) => lab.play(), pause: (lab) => lab.pause(), step: (lab) => lab.step(), reset: (lab) => lab.reset(), save: (lab) => lab.save(),
  set: (lab, { settings }) => lab.set(inCamelCase(settings)),
});

class LabWidget {
  #model;
  /** Has the run; the other labs show its experiment. @type {BellhopLab} */
  #lab;
  /** What is in each output. @type {Map<HTMLElement, BellhopLab>} */
  #views = new Map();
  #reported = { timesteps: 0, episodes: 0, mean_return: /** @type {number | null} */ (null) };
  /** Counts changes of the parameters: a fingerprint of earlier ones is not told. */
  #changes = 0;
  /** The checkpoint that was told last: hosts may hand it back. @type {Uint8Array | null} */
  #saved = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #later;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #ending;
  #schemes = new MutationObserver(() => this.#followScheme());
  /** What is listened to. @type {[event: string, callback: (...values: any[]) => void][]} */
  #listeners;

  /** @param {Model} model */
  constructor(model) {
    this.#model = model;
    this.#lab = makeLab();
    this.#listeners = [
      ...[...Object.keys(OF_RUN), ...Object.keys(OF_VIEWS), 'height'].map((trait) => /** @type {[string, () => void]} */ ([`change:${trait}`, () => this.#take(trait)])),
      ['change:checkpoint', () => void this.#restore()], ['msg:custom', (message) => void this.#obey(message)],
    ];
    for (const [event, callback] of this.#listeners) model.on(event, callback);
    this.#listen();
    for (const trait of Object.keys(OF_RUN)) this.#take(trait);
    if (bytesOf(model.get('checkpoint'))) void this.#beginFromCheckpoint();
  }

  /** Shows it in another output. @param {HTMLElement} output @returns {() => void} ends that */
  show(output) {
    clearTimeout(this.#ending);
    this.#lab.keepAlive = true;
    const isFirst = ![...this.#views.values()].includes(this.#lab);
    const lab = isFirst ? this.#lab : makeLab();
    if (!isFirst) lab.experiment = this.#lab.experiment;
    this.#views.set(output, lab);
    for (const trait of [...Object.keys(OF_VIEWS), 'height']) this.#takeFor(lab, trait);
    keepKeys(output);
    output.append(lab);
    if (this.#views.size === 1) for (const node of [document.documentElement, document.body]) this.#schemes.observe(node, { attributes: true });
    this.#followScheme();
    return () => this.#hide(output);
  }

  /** The model is gone. */
  end() {
    for (const [event, callback] of this.#listeners) this.#model.off(event, callback);
    for (const output of [...this.#views.keys()]) this.#hide(output);
    clearTimeout(this.#later);
    this.#endRun();
  }

  /** @param {HTMLElement} output */
  #hide(output) {
    const lab = this.#views.get(output);
    this.#views.delete(output);
    lab?.remove();
    const [next] = this.#views;
    if (lab === this.#lab && next) this.#moveTo(...next);
    if (next) return;
    this.#schemes.disconnect();
    clearTimeout(this.#ending);
    this.#ending = setTimeout(() => this.#endRun(), KEPT_MS);
  }

  /** The lab with the run takes the place of one that showed its experiment. @param {HTMLElement} output @param {BellhopLab} mirror */
  #moveTo(output, mirror) {
    mirror.replaceWith(this.#lab);
    this.#views.set(output, this.#lab);
  }

  #endRun() {
    clearTimeout(this.#ending);
    this.#lab.keepAlive = false;
  }

  // ---- from the notebook ----

  /** @param {string} trait */
  #take(trait) {
    if (trait in OF_RUN) this.#takeFor(this.#lab, trait);
    else for (const lab of this.#views.values()) this.#takeFor(lab, trait);
    if (trait === 'theme') this.#followScheme();
  }

  /** @param {BellhopLab} lab @param {string} trait */
  #takeFor(lab, trait) {
    const value = this.#model.get(trait);
    if (trait === 'height') lab.style.height = typeof value === 'number' ? `${value}px` : textOf(value);
    else if (trait === 'autoplay' || trait === 'background') lab[trait] = value === true;
    else if (trait === 'settings') lab.settings = value && typeof value === 'object' ? value : textOf(value);
    else Object.assign(lab, { [/** @type {Record<string, string>} */ ({ ...OF_RUN, ...OF_VIEWS })[trait]]: textOf(value) });
  }

  /** Whatever else a notebook sends is not meant for it. @param {any} message */
  async #obey(message) {
    if (typeof message?.type !== 'string') return;
    await this.#attempt(async () => {
      const { type } = message;
      if (!Object.hasOwn(COMMANDS, type)) throw new Error(`unknown message '${type}'; known: ${Object.keys(COMMANDS).join(', ')}`);
      const result = await COMMANDS[type](this.#lab, message);
      if (type === 'save') this.#tellCheckpoint(/** @type {Uint8Array} */ (result));
    });
  }

  /** A checkpoint that was set is loaded. */
  async #restore() {
    const bytes = bytesOf(this.#model.get('checkpoint'));
    if (bytes && this.#saved && isSame(bytes, this.#saved)) return;
    this.#saved = bytes;
    if (bytes) await this.#attempt(() => this.#lab.load(bytes));
  }

  /** A run that is to begin by itself begins after that. */
  async #beginFromCheckpoint() {
    const { autoplay } = this.#lab;
    this.#lab.autoplay = false;
    await this.#restore();
    this.#lab.autoplay = autoplay;
    if (autoplay) await this.#attempt(() => this.#lab.play());
  }

  /** @param {() => Promise<unknown>} act */
  async #attempt(act) {
    this.#tell({ error: '' });
    try {
      await act();
    } catch (error) {
      this.#tell({ error: await this.#lab.explain(error) });
    }
  }

  // ---- to the notebook ----

  #listen() {
    const on = (/** @type {string} */ name, /** @type {(detail: any) => void} */ listener) => this.#lab.addEventListener(`bellhop-${name}`, (event) => listener(/** @type {CustomEvent} */ (event).detail));
    on('ready', () => {
      for (const lab of this.#views.values()) if (lab !== this.#lab) lab.experiment = this.#lab.experiment;
      this.#report();
    });
    on('frame', ({ timesteps, episodes, meanReturn }) => {
      this.#reported = { timesteps, episodes, mean_return: Number.isFinite(meanReturn) ? meanReturn : null }; // JSON has no NaN
      this.#changes++;
      if (STILL.includes(this.#lab.phase)) this.#report();
      else this.#later ??= setTimeout(() => this.#report(), REPORT_MS);
    });
    on('phase', () => this.#report());
    on('error', ({ message, error }) => {
      this.#tell({ error: message, phase: this.#lab.phase });
      if (this.#lab.phase !== 'failed') return;
      for (const lab of this.#views.values()) if (lab !== this.#lab) lab.fail(error, null);
    });
  }

  #report() {
    clearTimeout(this.#later);
    this.#later = undefined;
    const { phase } = this.#lab;
    this.#tell({ ...this.#reported, phase });
    if (STILL.includes(phase)) void this.#tellFingerprint();
    else this.#tell({ fingerprint: '' });
  }

  /** That of the parameters as they are now. */
  async #tellFingerprint() {
    const change = this.#changes;
    const fingerprint = await this.#lab.sha256().catch(() => ''); // the run was replaced meanwhile
    if (change === this.#changes && STILL.includes(this.#lab.phase)) this.#tell({ fingerprint });
  }

  /** @param {Uint8Array} bytes */
  #tellCheckpoint(bytes) {
    this.#saved = bytes;
    this.#model.set('checkpoint', new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    this.#model.save_changes();
  }

  /** @param {Record<string, unknown>} values */
  #tell(values) {
    const news = Object.entries(values).filter(([trait, value]) => this.#model.get(trait) !== value);
    if (news.length === 0) return;
    for (const [trait, value] of news) this.#model.set(trait, value);
    this.#model.save_changes();
  }

  // ---- looks ----

  /** Notebooks with a dark theme do not all say `color-scheme: dark`, but their text is light. */
  #followScheme() {
    for (const [output, lab] of this.#views) {
      const { colorScheme, color } = getComputedStyle(output);
      const isKnown = colorScheme !== 'normal' && colorScheme !== '';
      lab.style.colorScheme = isKnown || lab.theme !== '' ? '' : isLight(color) ? 'dark' : 'light';
    }
  }
}

export default () => {
  /** @type {LabWidget} */
  let widget;
  return {
    /** @param {{ model: Model }} host */
    async initialize({ model }) {
      // Each model has a copy of this file; the first one defines the element for all.
      if (!customElements.get(TAG)) await import('./one-file.mjs');
      widget = new LabWidget(model);
      return () => widget.end();
    },
    /** @param {{ el: HTMLElement }} host */
    render: ({ el }) => widget.show(el),
  };
};

/** @returns {BellhopLab} */
function makeLab() {
  const lab = /** @type {BellhopLab} */ (document.createElement(TAG));
  Object.assign(lab.style, { display: 'block', overflow: 'auto' });
  return lab;
}

/** What a trait says; one that says nothing, or is no text, is ''. @param {unknown} value */
function textOf(value) {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** Names as Python writes them. @param {unknown} settings @returns {Record<string, any>} */
function inCamelCase(settings) {
  return settings && typeof settings === 'object' ? Object.fromEntries(Object.entries(settings).map(([name, value]) => [camel(name), value])) : /** @type {any} */ (settings);
}

/** Bytes of a trait; null where there are none. @param {unknown} value */
function bytesOf(value) {
  return ArrayBuffer.isView(value) && value.byteLength > 0 ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice() : null;
}

/** @param {Uint8Array} a @param {Uint8Array} b */
const isSame = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);

/** @param {string} color  rgb(…), as it is computed */
function isLight(color) {
  const [r = 0, g = 0, b = 0] = (color.match(/[\d.]+/g) ?? []).map(Number);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 127;
}

/** Keys that are pressed in a lab are no shortcuts of the notebook: R makes a cell raw text. @param {HTMLElement} output */
function keepKeys(output) {
  output.dataset.lmSuppressShortcuts = 'true'; // which JupyterLab looks for before an event comes here
  output.addEventListener('keydown', (event) => {
    const isNotebooks = event.ctrlKey || event.metaKey || event.altKey || event.key === 'Escape' || (event.key === 'Enter' && event.shiftKey);
    if (!isNotebooks) event.stopPropagation();
  });
}
