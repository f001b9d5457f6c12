// SPDX-License-Identifier: MIT
// A tour of the page: a card at the edge of the window that says what one part of the page is, and a frame around that part. It is offered
// once, on the first visit, and starts from the foot of the page at any time. Everything works meanwhile; Escape ends it.
import { html, nothing, render } from 'lit';
import { recall, remember } from './stored.mjs';
import { tourStyles } from './tour-styles.mjs';
import { loadTourWords } from './tour-words.mjs';

/** @typedef {import('../lab/words.mjs').Words} Words */
/** @typedef {import('../lab/words.mjs').Key} Key */
/** @typedef {import('../lab/words.mjs').Language} Language */

const STORED = 'bellhop.tour', SEEN = 'seen', GAP = 6, PHONE = 720;

/** What is shown: its name in the words, and where it is, in the lab or on the page. @type {readonly { name: string, inLab?: string, id?: string }[]} */
const STEPS = Object.freeze([
  { name: 'world', inLab: '[part~=world]' }, { name: 'play', inLab: '.buttons' }, { name: 'q', inLab: '[part~=q-values]' }, { name: 'transition', inLab: '[part=transition]' },
  { name: 'charts', inLab: '[part=progress]' }, { name: 'settings', inLab: '[part=settings]' }, { name: 'chapters', id: 'chapters' },
]);

/** From this one on it speaks of a step, so there must be one. */
const FIRST_OF_STEP = STEPS.findIndex(({ name }) => name === 'q');

class Tour {
  #card = document.createElement('div');
  #frame = document.createElement('div');
  /** @type {HTMLElement} */
  #lab = /** @type {any} */ (null);
  #at = -1;
  /** @type {Words} */
  #words = /** @type {any} */ (null);
  /** Where the focus was. @type {Element | null} */
  #from = null;
  /** @type {AbortController | null} */
  #open = null;

  constructor() {
    const { styleSheet } = tourStyles;
    if (styleSheet) document.adoptedStyleSheets.push(styleSheet);
    this.#card.className = 'tour';
    this.#frame.className = 'tour-frame';
  }

  /** Offers it, unless it was offered before; the offer goes when the reader begins with something else. @param {Language} language @param {HTMLElement} lab */
  async offer(language, lab) {
    if (recall(STORED) === SEEN || this.#open || /** @type {any} */ (lab).phase === 'running') return;
    this.#lab = lab;
    this.#words = await loadTourWords(language);
    this.#show(null);
    this.#draw();
    // Who begins with something else has answered.
    const { signal } = /** @type {AbortController} */ (/** @type {unknown} */ (this.#open));
    lab.addEventListener('click', () => this.#leave(), { signal });
    lab.addEventListener('bellhop-phase', (event) => /** @type {CustomEvent} */ (event).detail.phase === 'running' && this.#leave(), { signal });
  }

  /** @param {Language} language @param {HTMLElement} lab */
  async start(language, lab) {
    this.#lab = lab;
    this.#words = await loadTourWords(language);
    this.#show(document.activeElement);
    this.#begin();
  }

  // ---- where it is ----

  /** @param {Element | null} from */
  #show(from) {
    this.#end();
    this.#from = from;
    this.#at = -1;
    const { signal } = this.#open = new AbortController();
    document.body.append(this.#frame, this.#card);
    const speaking = new MutationObserver(() => void this.#speak());
    speaking.observe(document.documentElement, { attributeFilter: ['lang'] });
    signal.addEventListener('abort', () => speaking.disconnect());
    addEventListener('keydown', (event) => event.key === 'Escape' && !document.querySelector('dialog[open]') && this.#leave(), { signal });
    for (const event of ['scroll', 'resize']) addEventListener(event, () => this.#frameTarget(), { signal, capture: true, passive: true });
  }

  /** In the language that the page has now. */
  async #speak() {
    this.#words = await loadTourWords(languageOf()).catch(() => this.#words);
    if (this.#open) this.#draw();
  }

  /** @param {number} at */
  #go(at) {
    this.#at = at;
    if (at >= FIRST_OF_STEP && /** @type {any} */ (this.#lab).experiment?.frame?.timesteps === 0) void /** @type {any} */ (this.#lab).step().catch(() => {}); // which the lab shows
    this.#draw();
    const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const hasRoom = innerWidth > PHONE; // else the card hides what is in the lower half
    this.#target()?.scrollIntoView({ block: hasRoom ? 'center' : 'start', behavior: isStill ? 'auto' : 'smooth' });
    this.#frameTarget();
    /** @type {HTMLElement | null} */ (this.#card.querySelector('h2'))?.focus({ preventScroll: true });
  }

  /** The reader has had it. */
  #leave() {
    remember(STORED, SEEN);
    this.#end();
    /** @type {HTMLElement | null} */ (this.#from)?.focus?.({ preventScroll: true });
  }

  #end() {
    this.#open?.abort();
    this.#open = null;
    this.#card.remove();
    this.#frame.remove();
  }

  #target() {
    const { inLab, id } = STEPS[this.#at] ?? {};
    return inLab ? this.#lab.shadowRoot?.querySelector(inLab) ?? null : id ? document.getElementById(id) : null;
  }

  /** Puts the frame around what is shown; a part that is not there has none. */
  #frameTarget() {
    const box = this.#target()?.getBoundingClientRect();
    this.#frame.hidden = !box || box.width === 0;
    if (!box) return;
    const [left, top, width, height] = [box.left - GAP, box.top - GAP, box.width + 2 * GAP, box.height + 2 * GAP];
    Object.assign(this.#frame.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
  }

  // ---- what it says ----

  #draw() {
    const t = this.#words.t.bind(this.#words);
    this.#card.classList.toggle('tour-offer', this.#at < 0);
    this.#card.setAttribute('role', this.#at < 0 ? 'complementary' : 'dialog');
    this.#card.setAttribute('aria-label', t('tour.title'));
    render(this.#at < 0 ? this.#offerTemplate(t) : this.#stepTemplate(t), this.#card);
  }

  /** @param {Words['t']} t */
  #offerTemplate(t) {
    return html`<p>${t('tour.invite')}</p>
      <p class="tour-buttons"><button type="button" class="main" id="tour-start" @click=${() => this.#accept()}>${t('tour.start')}</button><button type="button" id="tour-no" @click=${() => this.#leave()}>${t('tour.no')}</button></p>`;
  }

  /** The offer's listeners end. */
  #accept() {
    this.#show(null);
    this.#begin();
  }

  /** What it says is said of the grid. */
  #begin() {
    this.#from = document.getElementById('tour');
    const tab = document.getElementById('tab-grid');
    if (tab?.getAttribute('aria-selected') === 'false') tab.click();
    this.#go(0);
  }

  /** @param {Words['t']} t */
  #stepTemplate(t) {
    const { name } = STEPS[this.#at], isLast = this.#at === STEPS.length - 1;
    return html`<div class="tour-head"><span class="tour-count">${t('tour.of', { n: this.#at + 1, all: STEPS.length })}</span><button type="button" id="tour-close" aria-label=${t('tour.close')} @click=${() => this.#leave()}>×</button></div>
      <h2 tabindex="-1" id="tour-title">${t(/** @type {Key} */ (`tour.${name}`))}</h2>
      <p aria-live="polite">${t(/** @type {Key} */ (`tour.${name}.text`))}</p>
      <p class="tour-buttons">${this.#at > 0 ? html`<button type="button" id="tour-back" @click=${() => this.#go(this.#at - 1)}>${t('tour.back')}</button>` : nothing}
        <button type="button" class="main" id="tour-next" @click=${() => (isLast ? this.#leave() : this.#go(this.#at + 1))}>${t(isLast ? 'tour.done' : 'tour.next')}</button></p>`;
  }
}

/** @returns {Language} */
const languageOf = () => (document.documentElement.lang.startsWith('zh') ? 'zh' : 'en');

const tour = new Tour();

/** Starts it. @param {unknown} _experiment @param {Language} language @param {HTMLElement} lab @returns {Promise<string>} '', as there is nothing to refuse */
export async function open(_experiment, language, lab) {
  await tour.start(language, lab);
  return '';
}

/** Offers it to who is here for the first time. */
export async function offer() {
  const lab = document.getElementById('lab');
  if (lab) await tour.offer(languageOf(), lab);
}
