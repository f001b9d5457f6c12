// SPDX-License-Identifier: MIT
// The records of a run, kept small enough to draw at any moment: however long the run, a chart has at most a few
// hundred points. Episodes beyond that are thinned (every 2nd, 4th, 8th is drawn; the moving mean still counts
// all), training records are averaged. Rows of records: see Frame in bellhop.d.ts.

const EPISODE = 1, TRAIN = 2, EVAL = 3;
const CAPACITY = 500, EVALUATIONS = 60;

/** @typedef {(number | null)[]} Column */

export class History {
  /** @param {number} window episodes of the moving mean */
  constructor(window) {
    this.window = window;
    /** Episodes and evaluations in the order they ended: x, return, moving mean, evaluation. @type {[number[], Column, Column, Column]} */
    this.returns = [[], [], [], []];
    /** x, loss, mean max-Q, epsilon, value of the start state. @type {[number[], Column, Column, Column, Column]} */
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
  }

  get meanReturn() {
    return this.recent.length > 0 ? this.sum / this.recent.length : NaN;
  }

  /** @param {Float64Array} records @param {number} width of a row @param {number | null} startValue */
  add(records, width, startValue) {
    // Only the last record is of this moment; the others came before it.
    const latest = lastOf(records, width, TRAIN);
    for (let i = 0; i + width <= records.length; i += width) {
      const [kind, x, a, b, c] = records.subarray(i, i + 5);
      if (kind === EPISODE) this.#addEpisode(x, a);
      else if (kind === TRAIN) this.#addTrain(x, a, b, c, i === latest ? startValue : null);
      else if (kind === EVAL) this.#addEvaluation(x, a);
    }
    if (records.length > 0) this.version++;
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

  /** @param {number} x @param {number} loss @param {number} q @param {number} epsilon @param {number | null} start */
  #addTrain(x, loss, q, epsilon, start) {
    const known = (/** @type {number | null} */ n) => (n !== null && Number.isFinite(n) ? n : null);
    this.latestTrain = [x, known(loss), known(q), known(epsilon), known(start) ?? this.latestTrain[4]];
    this.bucket.push([x, loss > 0 ? known(loss) : null, known(q), known(epsilon), known(start)]);
    if (this.bucket.length < this.trainStride) return;
    push(this.train, mean(this.bucket));
    this.bucket = [];
    if (this.train[0].length <= CAPACITY) return;
    this.trainStride *= 2;
    this.train = halved(this.train);
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

/** Neighbours in pairs. @template {Column[]} T @param {T} table @returns {T} */
function halved(table) {
  const half = table.map(() => /** @type {Column} */ ([]));
  for (let i = 1; i < table[0].length; i += 2) push(half, mean([table.map((column) => column[i - 1]), table.map((column) => column[i])]));
  return /** @type {T} */ (half);
}
