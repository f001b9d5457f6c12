// SPDX-License-Identifier: MIT
// A look at a place of a picture: a ring around it, and beside it what is known there. By pointer, or, with the focus on the picture, by arrow keys. A press,
// a tap or Enter holds the look, so that what can be done there can be reached; the same again, or Escape, lets it go.
import { css, html, nothing } from 'lit';
import { styled } from '../style-directive.mjs';

/** @typedef {import('../lab-host.mjs').LabHost} LabHost */
/** @typedef {import('../run-experiment.mjs').RunExperiment} RunExperiment */
/** Places in rows and columns, over a part of the canvas; in CSS pixels. @typedef {{ x0: number, y0: number, width: number, height: number, rows: number, columns: number }} Places */

const GAP = 8, DIGITS = 3;
/** The most a look takes. */
const WIDTH = 240;

export class Look {
  /** The place that is looked at; -1: none. */
  at = -1;
  isHeld = false;
  #canvas;
  #sizes = new ResizeObserver(() => this.at >= 0 && this.host.requestUpdate());
  /** @type {HTMLCanvasElement | null} */
  #followed = null;

  /** @param {LabHost} host @param {() => HTMLCanvasElement | null} canvas @param {string} id  of what is shown */
  constructor(host, canvas, id) {
    this.host = host;
    this.#canvas = canvas;
    this.id = id;
  }

  get experiment() {
    return /** @type {RunExperiment} */ (this.host.experiment);
  }

  /** Where the places are; null where there is nothing to look at. @param {HTMLCanvasElement} _canvas @returns {Places | null} */
  placesOn(_canvas) {
    return null;
  }

  /** Where keys begin. */
  get first() {
    return 0;
  }

  /** What is known of the place. @returns {unknown} */
  content() {
    return nothing;
  }

  /** What can be done there, beside putting the agent there. @returns {unknown} */
  actions() {
    return nothing;
  }

  /** The observation of the place, where the environment can be put into it; else null. @returns {number[] | null} */
  get state() {
    return null;
  }

  /** Where Reset is offered, which undoes it. */
  get #canPlace() {
    return this.state !== null && this.host.offers('reset') && this.experiment.can.step;
  }

  /** Puts the agent there: from then on the run is not what its link says. */
  #place = () => this.host.attempt(async () => {
    const { experiment, state, host: { words } } = this;
    if (!state || !experiment.session || !this.#canPlace) return;
    const at = await experiment.session.place(state);
    if (at === null) this.host.notice(words.t('look.place.not'));
    else Object.assign(experiment, { hand: experiment.hand ?? { at, by: 'place' } });
    this.#focusPicture();
    this.letGo();
    if (at !== null) this.host.announce(words.t('look.placed'));
    experiment.emit('setup');
  });

  get #places() {
    const canvas = this.#canvas();
    return canvas && this.placesOn(canvas);
  }

  /** @param {Event} event  of the pointer or a key */
  look(event) {
    if (event.composedPath().some((part) => part instanceof Element && part.id === this.id)) {
      if (event instanceof KeyboardEvent) this.#keyInside(event);
      return;
    }
    const before = [this.at, this.isHeld].join();
    if (event instanceof KeyboardEvent) this.#key(event);
    else if (event.type === 'pointerdown') this.#press(/** @type {PointerEvent} */ (event));
    else if (!this.isHeld) this.at = event.type === 'pointerleave' ? -1 : this.#under(/** @type {PointerEvent} */ (event));
    if (before !== [this.at, this.isHeld].join()) this.host.requestUpdate();
  }

  letGo() {
    [this.at, this.isHeld] = [-1, false];
    this.host.requestUpdate();
  }

  /** @param {PointerEvent} event */
  #press(event) {
    const at = this.#under(event);
    if (at < 0 || (this.isHeld && at === this.at)) [this.at, this.isHeld] = [event.pointerType === 'mouse' ? at : -1, false];
    else [this.at, this.isHeld] = [at, true];
  }

  /** @param {PointerEvent} event */
  #under({ clientX, clientY }) {
    const places = this.#places, box = this.#canvas()?.getBoundingClientRect();
    if (!places || !box) return -1;
    const { x0, y0, width, height, rows, columns } = places;
    const column = Math.floor((clientX - box.left - x0) / width), row = Math.floor((clientY - box.top - y0) / height);
    return column < 0 || row < 0 || column >= columns || row >= rows ? -1 : row * columns + column;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const places = this.#places;
    const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [0, 0];
    if (event.key === 'Escape') [this.at, this.isHeld] = [-1, false];
    else if (/^p$/i.test(event.key) && this.at >= 0 && !event.ctrlKey && !event.metaKey) void this.#place();
    else if (event.key === 'Enter' && this.at >= 0) {
      event.preventDefault();
      this.isHeld = true;
      this.host.requestUpdate();
      requestAnimationFrame(() => /** @type {HTMLElement | null | undefined} */ (this.#card?.querySelector('button, input'))?.focus());
    } else if (places && (dx !== 0 || dy !== 0)) {
      event.preventDefault();
      this.#move(places, dx, dy);
    }
  }

  /** @param {Places} places @param {number} dx @param {number} dy */
  #move({ rows, columns }, dx, dy) {
    if (this.at < 0) {
      this.at = Math.max(0, this.first);
      return;
    }
    const column = (this.at % columns) + dx, row = Math.floor(this.at / columns) + dy;
    if (column >= 0 && row >= 0 && column < columns && row < rows) this.at = row * columns + column;
  }

  /** @param {KeyboardEvent} event */
  #keyInside(event) {
    event.stopPropagation(); // a key of what stands in it is not one of the lab's
    if (event.key !== 'Escape') return;
    this.#focusPicture();
    this.letGo();
  }

  #focusPicture() {
    if (this.#card?.contains(this.host.root.activeElement)) /** @type {HTMLElement | null | undefined} */ (this.#canvas()?.closest('[tabindex="0"]'))?.focus();
  }

  get #card() {
    return /** @type {HTMLElement | null} */ (this.host.root.getElementById(this.id));
  }

  /** The picture may get another size. */
  #follow() {
    const canvas = this.#canvas();
    if (canvas === this.#followed) return;
    this.#sizes.disconnect();
    this.#followed = canvas;
    if (canvas) this.#sizes.observe(canvas);
  }

  render() {
    const places = this.#places;
    if (this.at < 0 || !places || this.at >= places.rows * places.columns) return nothing;
    this.#follow();
    const { width, height, columns, rows, x0, y0 } = places;
    const column = this.at % columns, row = Math.floor(this.at / columns);
    const left = x0 + column * width, top = y0 + row * height, px = (/** @type {number} */ n) => `${n}px`;
    const { clientWidth = 0, clientHeight = 0 } = this.#canvas() ?? {};
    const isUpper = row < rows / 2;
    const rooms = { left: left - GAP, right: clientWidth - left - width - GAP }, isRight = rooms.right >= rooms.left;
    const beside = Math.max(rooms.left, rooms.right) >= WIDTH; // else it stands below or above
    return html`<div class="cell-ring" aria-hidden="true" ${styled({ left: px(left), top: px(top), width: px(width), height: px(height) })}></div>
      <div class="cell-look" id=${this.id} ?data-held=${this.isHeld} ${styled({
        left: beside ? (isRight ? px(left + width + GAP) : 'auto') : px(0), right: beside && !isRight ? px(clientWidth - left + GAP) : beside ? 'auto' : px(0),
        top: isUpper ? px(beside ? top : top + height + GAP) : 'auto', bottom: isUpper ? 'auto' : px(beside ? clientHeight - top - height : clientHeight - top + GAP),
      })}><div role="status">${this.content()}</div>${this.isHeld ? this.#held() : nothing}</div>`;
  }

  #held() {
    const { words } = this.host;
    return html`<div class="look-actions">${this.#canPlace ? html`<button type="button" class="look-place" aria-keyshortcuts="P" @click=${this.#place}>${words.t('look.place')} <kbd>P</kbd></button>` : nothing}<button type="button" class="quiet look-close" @click=${() => this.letGo()}>${words.t('close')}</button></div>${this.actions()}`;
  }

  /**
   * What the actions are worth in a state, with the greedy one named; beside them the true values and how often each was taken, where that is known.
   * @param {Float64Array} values @param {Float64Array | null} optimal @param {Int32Array | null} [visits]
   */
  valuesOf(values, optimal, visits = null) {
    const { words, actionName } = this.host;
    const { isPolicy } = this.experiment;
    const best = Math.max(...values), greedy = [...values].flatMap((value, a) => (value === best ? [actionName(a)] : []));
    return html`<table><thead><tr><th scope="col">${words.t('loop.action')}</th><th scope="col">${isPolicy ? 'π(a | s)' : 'Q(s, a)'}</th>${optimal ? html`<th scope="col">${words.t('cell.look.optimal')}</th>` : nothing}${visits ? html`<th scope="col">${words.t('cell.look.taken')}</th>` : nothing}</tr></thead>
      <tbody>${Array.from(values, (value, a) => html`<tr ?data-best=${value === best}><th scope="row">${actionName(a)}</th><td>${words.value(value, DIGITS)}</td>${optimal ? html`<td>${words.value(optimal[a], DIGITS)}</td>` : nothing}${visits ? html`<td>${words.count(visits[a])}</td>` : nothing}</tr>`)}</tbody></table>
      ${greedy.length < values.length ? html`<p class="look-greedy">${words.t(isPolicy ? 'look.likeliest' : 'look.greedy', { action: words.list(greedy) })}</p>` : nothing}`;
  }
}

export const styles = css`
.cell-ring { position: absolute; border: 3px solid var(--bellhop-ink); border-radius: 4px; pointer-events: none; }
.slice-looks .cell-ring { margin: -4px; border-width: 2px; padding: 2px; outline: 1px solid var(--bellhop-panel); }
.slice-looks { grid-area: 1 / 2 / 4 / 4; position: relative; pointer-events: none; }
.cell-look {
  position: absolute; z-index: 4; width: fit-content; max-width: 240px; margin-inline: auto; padding: 8px 12px; border: 1px solid var(--bellhop-line); border-radius: 8px;
  background: var(--bellhop-panel); font-size: 13px; line-height: 20px; box-shadow: 0 4px 16px rgb(0 0 0 / 24%); pointer-events: none; color: var(--bellhop-ink); text-align: start;
}
.cell-look[data-held] { pointer-events: auto; border-color: var(--bellhop-ink); }
.cell-look p { margin: 0; color: var(--bellhop-muted); }
.cell-look .look-greedy { color: inherit; }
.cell-look table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
.cell-look th { font-weight: 400; text-align: left; padding: 0 8px 0 0; }
.cell-look thead th { color: var(--bellhop-muted); white-space: nowrap; }
.cell-look td, .cell-look thead th + th { text-align: right; }
.cell-look td { padding: 0 8px 0 0; }
.cell-look [data-best] { font-weight: 600; }
.cell-look [data-best] th { font-weight: 600; }
.look-actions kbd { font: inherit; padding: 0 5px; border: 1px solid var(--bellhop-line); border-radius: 4px; color: var(--bellhop-muted); }
.cell-edit { display: grid; gap: 8px; margin-top: 8px; padding-top: 8px; border-top: 1px solid var(--bellhop-line); }
.cell-edit label { display: flex; justify-content: space-between; align-items: center; gap: 8px; }
.cell-edit input { width: 72px; min-height: 28px; padding: 0 8px; font: inherit; text-align: right; color: inherit; background: var(--bellhop-ground); border: 1px solid var(--bellhop-line); border-radius: 6px; }
.cell-edit select { min-height: 28px; font: inherit; }
.cell-edit p.error { color: var(--bellhop-warn); }
.look-actions { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 8px; }
.look-actions button { min-height: 32px; padding: 0 8px; font-size: 13px; }
`;
