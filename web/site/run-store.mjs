// SPDX-License-Identifier: MIT
// The runs that were left, in IndexedDB, one list a view: names, what is hidden and pinned, setups, curves and the latest records. They are brought
// back when the view is opened again, and stored whenever the list changes. A run that this version cannot read, as it has another setting or another
// form, is not shown and stays as it is stored.
import { nameOf, problemOf, settingsOf } from '../lab/fields.mjs';
import { historyFrom } from '../lab/history-json.mjs';
import { bandHistory, drawBands } from './seed-curves.mjs';

/** @typedef {import('../lab/run-list.mjs').KeptRun} KeptRun */
/** @typedef {import('../lab/run-list.mjs').RunList} RunList */
/** @typedef {import('../lab/run-experiment.mjs').RunExperiment} RunExperiment */
/** A run as it is stored. @typedef {Omit<KeptRun, 'history'> & { history?: unknown, log?: Float64Array }} StoredRun */

/** Numbers of records of a run, at most: 256 KB. */
const LOG_MOST = 2 ** 15;
/** Characters of the rest of it; a run of longer demonstrations goes with the page. */
const REST_MOST = 2 ** 20;

export class RunStore {
  #store;
  #tell;
  /** What each list is brought back by. @type {WeakMap<RunList, Promise<void>>} */
  #brought = new WeakMap();
  /** What each list was when it was stored. @type {WeakMap<RunList, number>} */
  #stored = new WeakMap();
  /** @type {WeakSet<RunExperiment>} */
  #followed = new WeakSet();
  /** Of each view, what cannot be read. @type {Map<string, unknown[]>} */
  #foreign = new Map();

  /** @param {import('./kept-runs.mjs').KeptRuns} store @param {() => void} tell  says that there is no room */
  constructor(store, tell) {
    this.#store = store;
    this.#tell = tell;
  }

  /** Brings back what was stored, and stores what becomes of it. @param {string} view @param {RunExperiment} experiment */
  async follow(view, experiment) {
    if (this.#followed.has(experiment)) return;
    this.#followed.add(experiment);
    const { runs } = experiment, save = () => void this.#save(view, experiment);
    if (!this.#brought.has(runs)) this.#brought.set(runs, this.#bring(view, experiment));
    await this.#brought.get(runs);
    for (const name of ['run', 'setup']) experiment.addEventListener(name, save);
    save();
  }

  /** @param {string} view @param {RunExperiment} experiment */
  async #bring(view, experiment) {
    const stored = await this.#store.recallRuns(view);
    const { runs } = experiment, { catalog, trainer: { catalog: { records } } } = experiment, present = runs.items;
    const foreign = /** @type {unknown[]} */ ([]), read = /** @type {KeptRun[]} */ ([]);
    for (const each of Array.isArray(stored) ? stored : []) {
      try {
        read.push(runFrom(each, catalog, records));
      } catch {
        foreign.push(each);
      }
    }
    this.#foreign.set(view, foreign);
    this.#stored.set(runs, runs.version);
    if (read.length === 0) {
      if (present.length > 0) this.#stored.delete(runs);
      return;
    }
    Object.assign(runs, { items: read, count: Math.max(...read.map(({ n }) => n)), version: runs.version + 1 });
    this.#stored.set(runs, runs.version);
    for (const run of present) runs.add(Object.assign(run, { n: runs.count + 1 })); // left before the others were here
    if (read.some(({ band }) => band)) drawBands(runs);
    experiment.emit('setup');
  }

  /** @param {string} view @param {RunExperiment} experiment */
  async #save(view, { runs, trainer: { catalog: { records } } }) {
    if (this.#stored.get(runs) === runs.version) return;
    this.#stored.set(runs, runs.version);
    const stored = runs.items.map((run) => storedRun(run, /** @type {any} */ (records).width)).filter((run) => run !== null);
    if (!await this.#store.keepRuns(view, [...this.#foreign.get(view) ?? [], ...stored])) this.#tell();
  }
}

/** null where it is too large. @param {KeptRun} run @param {number} width  of a row of records @returns {StoredRun | null} */
function storedRun({ history, ...run }, width) {
  const plain = { ...run, ...history && !run.band && { history: history.toJSON() } };
  if (JSON.stringify(plain).length > REST_MOST) return null;
  return { ...plain, ...!run.band && { log: latest(history?.log ?? [], Math.floor(LOG_MOST / width) * width) } };
}

/** The last numbers of rows. @param {readonly Float64Array[]} log @param {number} most */
function latest(log, most) {
  let [first, n] = [log.length, 0];
  while (first > 0 && n + log[first - 1].length <= most) n += log[--first].length;
  const all = new Float64Array(n);
  for (let at = 0; first < log.length; at += log[first++].length) all.set(log[first], at);
  return all;
}

/** Throws where it is not one of this version's. @param {any} stored @param {import('../lab/fields.mjs').Catalog} catalog @param {import('../lab/history.mjs').RecordKinds} kinds @returns {KeptRun} */
function runFrom({ history, log, ...run }, catalog, kinds) {
  if (!Number.isSafeInteger(run.n) || typeof run.id !== 'string' || !Number.isFinite(run.step)) throw new TypeError('no run');
  checkSetup(catalog, run.setup);
  if (run.band) return { ...run, history: bandHistory(run.band) };
  const past = historyFrom(history, kinds);
  if (log instanceof Float64Array && log.length > 0) Object.assign(past, { log: [log], logged: log.length });
  return { ...run, history: past };
}

/** Throws where a setting is not one, or out of range. @param {import('../lab/fields.mjs').Catalog} catalog @param {import('../lab/run-setup.mjs').RunSetup} setup */
function checkSetup(catalog, setup) {
  const fields = new Map(settingsOf(catalog, setup).map((setting) => [nameOf(setting), setting.field]));
  const given = (/** @type {'options' | 'envOptions'} */ scope) => Object.entries(setup[scope]).map(([key, value]) => ({ scope, key, value }));
  for (const { scope, key, value } of [...given('options'), ...given('envOptions'), ...setup.changes]) {
    const field = fields.get(nameOf({ scope, key }));
    if (!field || problemOf(field, value)) throw new TypeError(`no setting ${key} is ${value}`);
  }
}
