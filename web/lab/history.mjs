// SPDX-License-Identifier: MIT
// The records of a run, kept small enough to draw at any moment: however long the run, a chart has at most a few hundred
// points. Episodes beyond that are thinned (every 2nd, 4th, 8th is drawn; the moving mean still counts all), training records
// are averaged. Rows of records: see Frame in bellhop.d.ts. A history can be written as JSON; history-json.mjs reads it again.

const CAPACITY = 500, EVALUATIONS = 60;
/** Of the JSON form. */
export const FORMAT = 1;
/** Numbers of records that are kept as they came: 4 MB. */
const LOG_MOST = 2 ** 19;

/** Values of one kind; null: there was none. NaN and ±Infinity are values of a diverged run. @typedef {(number | null)[]} Column */
/** The numbers that rows of records begin with. @typedef {{ episode: number, train: number, eval: number }} RecordKinds */
/** @typedef {[number[], Column, Column, Column]} ReturnTable */
/** @typedef {[number[], Column, Column, Column, Column]} TrainTable */

/** Fields that JSON carries, in this order. */
export const FIELDS = /** @type {const} */ (['window', 'returns', 'train', 'stride', 'episodes', 'evaluations', 'evaluationStride', 'drawnEvaluations',
  'trainStride', 'bucket', 'recent', 'sum', 'bestEval', 'latestEval', 'latestTrain']);

export class History {
  #kinds;

  /** @param {number} window episodes of the moving mean @param {RecordKinds} kinds of records, from the library */
  constructor(window, kinds) {
    this.window = window;
    this.#kinds = kinds;
    /** Episodes and evaluations in the order they ended: x, return, moving mean, evaluation. @type {ReturnTable} */
    this.returns = [[], [], [], []];
    /** x, loss, mean max-Q, exploration rate, value of the start state. @type {TrainTable} */
    this.train = [[], [], [], [], []];
    this.stride = 1;
    this.episodes = 0;
    /** Evaluations so far, every which of them is drawn, and how many are. */
    this.evaluations = 0;
    this.evaluationStride = 1;
    this.drawnEvaluations = 0;
    /** Training records that become one point, and those that wait to be one. */
    this.trainStride = 1;
    /** @type {Column[]} */
    this.bucket = [];
    /** @type {number[]} */
    this.recent = [];
    this.sum = 0;
    this.bestEval = -Infinity;
    /** The last evaluation, and the last training record, which the charts may have averaged. @type {number | null} */
    this.latestEval = null;
    /** @type {Column} */
    this.latestTrain = [null, null, null, null, null];
    /** Counts changes, so that charts know when to draw. */
    this.version = 0;
    /** The latest rows of records, as they came, and how many numbers these are. @type {Float64Array[]} */
    this.log = [];
    this.logged = 0;
  }

  get meanReturn() {
    return this.recent.length > 0 ? this.sum / this.recent.length : NaN;
  }

  /**
   * @param {Float64Array} records
   * @param {number} width of a row
   * @param {number | null} startValue of the start state, as of the last record
   * @param {boolean} [diverged] the run has ended with values that are no numbers; else NaN means that there was no update
   */
  add(records, width, startValue, diverged = false) {
    const { episode, train, eval: evaluation } = this.#kinds;
    // Only the last record is of this moment; the others came before it.
    const latest = lastOf(records, width, train);
    for (let i = 0; i + width <= records.length; i += width) {
      const [kind, x, a, b, c] = records.subarray(i, i + 5);
      if (kind === episode) this.#addEpisode(x, a);
      else if (kind === train) this.#addTrain([x, a, b, c, i === latest ? startValue : null], diverged);
      else if (kind === evaluation) this.#addEvaluation(x, a);
    }
    if (diverged) this.#flush();
    if (records.length === 0) return;
    this.version++;
    this.log.push(records);
    for (this.logged += records.length; this.logged > LOG_MOST; ) this.logged -= /** @type {Float64Array} */ (this.log.shift()).length;
  }

  /** @param {number} x @param {number} value */
  #addEpisode(x, value) {
    this.episodes++;
    this.recent.push(value);
    this.sum += value;
    if (this.recent.length > this.window) this.sum -= this.recent.shift() ?? 0;
    if (this.episodes % this.stride !== 0) return;
    push(this.returns, [x, value, this.meanReturn, null]);
    if (this.returns[0].length - this.drawnEvaluations <= 2 * CAPACITY) return;
    this.stride *= 2;
    this.#thin((i) => this.returns[3][i] === null);
  }

  /** Every second of some rows. @param {(row: number) => boolean} which */
  #thin(which) {
    let odd = false;
    this.returns = keep(this.returns, (i) => !which(i) || (odd = !odd));
  }

  /** @param {number} x @param {number} mean */
  #addEvaluation(x, mean) {
    this.bestEval = Math.max(this.bestEval, mean);
    this.latestEval = mean;
    if (this.evaluations++ % this.evaluationStride !== 0) return;
    push(this.returns, [x, null, null, mean]);
    if (++this.drawnEvaluations <= 2 * EVALUATIONS) return;
    this.evaluationStride *= 2;
    this.#thin((i) => this.returns[3][i] !== null);
    this.drawnEvaluations = EVALUATIONS + 1; // the first, the third and so on
  }

  /** @param {[number, number, number, number, number | null]} row @param {boolean} diverged */
  #addTrain([x, loss, q, rate, start], diverged) {
    const keepsNan = diverged && this.latestTrain[1] !== null; // before the first update NaN means none
    const known = (/** @type {number | null} */ n) => (n === null || (Number.isNaN(n) && !keepsNan) ? null : n);
    const row = [x, known(loss), known(q), Number.isNaN(rate) ? null : rate, known(start)];
    // A record without updates leaves the readouts as they were.
    this.latestTrain = [x, row[1] ?? this.latestTrain[1], row[2] ?? this.latestTrain[2], row[3], row[4] ?? this.latestTrain[4]];
    this.bucket.push(row);
    if (this.bucket.length >= this.trainStride) this.#flush();
  }

  #flush() {
    if (this.bucket.length === 0) return;
    push(this.train, mean(this.bucket));
    this.bucket = [];
    if (this.train[0].length <= CAPACITY) return;
    this.trainStride *= 2;
    this.train = halved(this.train);
  }

  /** A plain object for JSON or IndexedDB; numbers JSON does not have are words. */
  toJSON() {
    return { format: FORMAT, ...Object.fromEntries(FIELDS.map((name) => [name, encoded(this[name])])) };
  }
}

/** Where the last record of a kind is. @param {Float64Array} records @param {number} width @param {number} kind */
function lastOf(records, width, kind) {
  let i = records.length - width;
  while (i >= 0 && records[i] !== kind) i -= width;
  return i;
}

/** @template {Column[]} T @param {T} table @param {Column} row */
function push(table, row) {
  row.forEach((value, i) => table[i].push(value));
}

/** @template {Column[]} T @param {T} table @param {(i: number) => boolean} wanted @returns {T} */
function keep(table, wanted) {
  const chosen = table[0].map((_, i) => i).filter(wanted);
  return /** @type {T} */ (table.map((column) => chosen.map((i) => column[i])));
}

/** One row for several: the last x, the mean of what is known. @param {Column[]} rows @returns {Column} */
function mean(rows) {
  return rows[0].map((_, k) => {
    if (k === 0) return rows[rows.length - 1][0];
    const known = rows.flatMap((row) => row[k] ?? []);
    return known.length === 0 ? null : known.reduce((a, b) => a + b, 0) / known.length;
  });
}

/** Neighbours in pairs; the last of an odd number stays. @template {Column[]} T @param {T} table @returns {T} */
function halved(table) {
  const half = table.map(() => /** @type {Column} */ ([]));
  for (let i = 0; i < table[0].length; i += 2) {
    push(half, mean([i, i + 1].filter((at) => at < table[0].length).map((at) => table.map((column) => column[at]))));
  }
  return /** @type {T} */ (half);
}

/** @param {any} value @returns {any} */
function encoded(value) {
  if (Array.isArray(value)) return value.map(encoded);
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
