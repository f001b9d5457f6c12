// SPDX-License-Identifier: MIT
// What the panels with charts share: charts that live as long as their places in the document, the group they belong to, texts
// that change at a readable pace, and the values as a table that can be copied.
import { html, nothing } from 'lit';
import { createRef, ref } from 'lit/directives/ref.js';
import { adoptStyles } from '../adopt-styles.mjs';

/** @typedef {import('../charts/chart.mjs').Content} Content */
/** @typedef {import('../charts/chart-group.mjs').ChartGroup} ChartGroup */
/**
 * What panels with charts need of their host.
 * @typedef {object} ChartHost
 * @property {ShadowRoot} root
 * @property {any} experiment
 * @property {import('../charts/chart.mjs').ChartTheme & { run: string, agent: string, low: string }} theme
 * @property {import('../charts/chart.mjs').ChartWords & { t(key: string, values?: Record<string, string | number>): string }} words
 * @property {(name: any) => boolean} shows
 * @property {() => void} requestUpdate
 * @property {(action: () => unknown) => unknown} attempt  runs it; a refusal is shown
 * @property {(text: string) => void} announce
 */
/**
 * A chart, once its place is in the document.
 * @typedef {{ place: import('lit/directives/ref.js').Ref<HTMLElement>, chart: import('../charts/chart.mjs').Chart | null, shown: Content | null }} ChartEntry
 */
/** A table: what is shown, and the same as plain numbers for the clipboard. @typedef {{ heads: string[], rows: Cell[][] }} Table */
/** @typedef {{ text: unknown, plain: string | number | null }} Cell */

/** After a failure to fetch it, what draws charts is not asked for again at once. */
const RETRY_MS = 4000;
/** Between two readouts while a run goes on. */
export const READ_MS = 160;
/** Between two tables. */
export const TABLE_MS = 2000;

/** A value that is made anew when its key changes, and otherwise not more often than a pace allows. @template T */
export class Paced {
  /** @type {readonly unknown[]} */
  #key = [];
  #at = -Infinity;
  /** @type {T | undefined} */
  #value;

  /** @param {readonly unknown[]} key @param {number} ms @param {() => T} make @returns {T} */
  get(key, ms, make) {
    const now = performance.now();
    if (now - this.#at >= ms || key.length !== this.#key.length || key.some((part, i) => part !== this.#key[i])) {
      [this.#value, this.#key, this.#at] = [make(), key, now];
    }
    return /** @type {T} */ (this.#value);
  }
}

export class ChartPanel {
  /** What draws charts, fetched with the first data: until then the style sheet draws them. @type {typeof import('../charts/chart.mjs') | null} */
  #drawing = null;
  #isLoading = false;
  #failedAt = -Infinity;
  /** @type {ChartGroup | null} */
  #group = null;
  #isSuspended = false;
  /** @type {Map<string, ChartEntry>} */
  #charts = new Map();
  /** @type {Paced<Record<string, Content>>} */
  #contents = new Paced();
  /** Whether the table is unfolded. */
  #isOpen = false;
  /** @type {Paced<Table>} */
  #table = new Paced();
  #isAsked = false;

  /** @param {ChartHost} host */
  constructor(host) {
    this.host = host;
  }

  /** Whether there is anything to draw. */
  get hasData() {
    return true;
  }

  /** The step that the cursor stands on; null for the latest. */
  get cursor() {
    return this.#group?.cursor ?? null;
  }

  /** All steps are shown, with the cursor at the latest. */
  showAll() {
    this.#group?.reset();
  }

  /** @param {typeof import('../charts/chart.mjs').ChartGroup} ChartGroup */
  #makeGroup(ChartGroup) {
    const group = new ChartGroup();
    group.addEventListener('cursor', (event) => {
      const { x, byKey } = /** @type {import('../charts/chart-group.mjs').CursorEvent} */ (event);
      if (byKey && x !== null) this.host.announce(this.spoken(x));
      this.host.requestUpdate();
    });
    group.addEventListener('zoom', () => this.host.requestUpdate());
    if (this.#isSuspended) group.suspend();
    return group;
  }

  /** What is said at the cursor. @param {number} _x @returns {string} */
  spoken(_x) {
    return '';
  }

  suspend() {
    this.#isSuspended = true;
    this.#group?.suspend();
  }

  resume() {
    this.#isSuspended = false;
    this.#group?.resume();
  }

  /** Ends the charts; updated() makes new ones. */
  disconnect() {
    this.#group?.destroy();
    this.#group = null;
    for (const entry of this.#charts.values()) entry.chart = entry.shown = null;
  }

  onKey = (/** @type {KeyboardEvent} */ event) => {
    if (/** @type {Element} */ (event.target) === event.currentTarget) this.#group?.onKey(event);
  };

  /** The place of a chart in a template. @param {string} name */
  place(name) {
    let entry = this.#charts.get(name);
    if (!entry) this.#charts.set(name, entry = { place: createRef(), chart: null, shown: null });
    return ref(entry.place);
  }

  /**
   * Shows charts in their places; those without a place end. Contents are made anew when the key changes.
   * @param {readonly unknown[]} key @param {() => Record<string, Content>} make
   */
  showCharts(key, make) {
    if (!this.#drawing) this.#ask();
    if (!this.#drawing) return;
    const { Chart, ChartGroup } = this.#drawing, group = this.#group ??= this.#makeGroup(ChartGroup);
    const contents = this.#contents.get(key, Infinity, make);
    for (const [name, entry] of this.#charts) {
      const holder = entry.place.value;
      if (entry.chart && entry.chart.holder !== holder) {
        entry.chart.destroy();
        entry.chart = entry.shown = null;
      }
      const content = contents[name];
      if (!holder || !content) continue;
      if (!entry.chart) adoptStyles(this.host.root, [Chart.styles]);
      entry.chart ??= new Chart({ holder, group, look: () => this.host });
      if (entry.shown !== content) entry.chart.show(content);
      entry.shown = content;
    }
  }

  /** Asks for what draws charts, if there is anything to draw. A failure is told once. */
  #ask() {
    if (!this.hasData || this.#isLoading || performance.now() - this.#failedAt < RETRY_MS) return;
    if (this.#isAsked) this.#load().catch(() => {});
    else void this.host.attempt(() => this.#load());
    this.#isAsked = true;
  }

  async #load() {
    this.#isLoading = true;
    try {
      this.#drawing = await import('../charts/chart.mjs');
      this.host.requestUpdate();
    } catch (error) {
      this.#failedAt = performance.now();
      throw error;
    } finally {
      this.#isLoading = false;
    }
  }

  // ---- the table ----

  /** How much time lies between two of something while the experiment runs; nothing when it rests. @param {number} ms */
  pace(ms) {
    return this.host.experiment?.phase === 'running' ? ms : 0;
  }

  /**
   * The values as a table, folded, with a button that copies it.
   * @param {{ id: string, caption: string, key: readonly unknown[], make: () => Table }} options
   */
  foldedTable({ id, caption, key, make }) {
    const { words } = this.host;
    const table = this.#isOpen ? this.#table.get(key, this.pace(TABLE_MS), make) : null;
    return html`<details class="values" ?open=${this.#isOpen} @toggle=${this.#onToggle}>
      <summary>${words.t('table.show')}</summary>
      ${table ? this.table({ id, caption, table }) : nothing}
    </details>`;
  }

  #onToggle = (/** @type {Event} */ event) => {
    const { open } = /** @type {HTMLDetailsElement} */ (event.currentTarget);
    if (open === this.#isOpen) return;
    this.#isOpen = open;
    this.host.requestUpdate();
  };

  /** @param {{ id: string, caption: string, table: Table }} options */
  table({ id, caption, table: { heads, rows } }) {
    const { words } = this.host;
    return html`<div class="values-box">
      <div class="values-scroll" id=${id} role="group" tabindex="0" aria-label=${caption}><table class="numbers">
        <caption class="hidden">${caption}</caption>
        <thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
        <tbody>${rows.map(([first, ...rest]) => html`<tr><th scope="row">${first.text}</th>${rest.map(({ text }) => html`<td>${text}</td>`)}</tr>`)}</tbody>
      </table></div>
      <button type="button" class="quiet copy" @click=${() => this.#copy({ heads, rows })}>${words.t('table.copy')}</button>
    </div>`;
  }

  /** @param {Table} table */
  #copy(table) {
    const { host } = this;
    host.attempt(async () => {
      await navigator.clipboard.writeText(tsvOf(table));
      host.announce(host.words.t('table.copied'));
    });
  }
}

/** A table as lines of tab-separated values. @param {Table} table */
export function tsvOf({ heads, rows }) {
  const plain = (/** @type {unknown} */ value) => String(value ?? '').replace(/[\t\r\n]+/g, ' ');
  return `${[heads, ...rows.map((row) => row.map(({ plain: value }) => value))].map((row) => row.map(plain).join('\t')).join('\n')}\n`;
}

/** A number that may not be there, or be none. @param {number | null | undefined} n @param {(n: number) => string} write */
export function numberText(n, write) {
  if (n === null || n === undefined) return '–';
  if (Number.isNaN(n)) return 'NaN';
  return Number.isFinite(n) ? write(n) : n > 0 ? '∞' : '−∞';
}

/** @param {number | null | undefined} n @param {(n: number) => string} write @returns {Cell} */
export const numberCell = (n, write) => ({ text: numberText(n, write), plain: n ?? null });

/** How a curve looks, for a legend or a table. @param {string} colour @param {string} kind */
export const swatch = (colour, kind) => html`<span class="swatch ${kind}" aria-hidden="true" .style=${`color: ${colour}`}></span>`;
