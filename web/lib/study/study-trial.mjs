// SPDX-License-Identifier: MIT
// Trials: a choice of parameters, the jobs that try it, one for each seed, and what they have come to.
import { bootstrapInterval, iqm } from '../statistics.mjs';

/** @typedef {import('../../bellhop.js').Job} Job */
/** @typedef {import('../../bellhop.js').TrialState} TrialState */
/** What the study keeps of a JobResult. @typedef {import('../../bellhop.js').TrialResult} TrialResult */

/** Null unless each has one. @param {readonly (TrialResult | null)[]} results @returns {number[] | null} */
function scoresOf(results) {
  const scores = results.map((each) => each?.score ?? null);
  return scores.length > 0 && scores.every((each) => each !== null) ? /** @type {number[]} */ (scores) : null;
}

/** What a study knows of a trial, and changes. */
export class Progress {
  /** Of all rungs, in the order they were made. @type {Job[]} */
  jobs = [];
  /** @type {(TrialResult | null)[]} */
  results = [];
  /** The first job of the present rung. */
  first = 0;
  rung = 0;
  asked = 0;
  told = 0;
  /** No more jobs are made for it. */
  isOver = false;
  /** Its first rung is done: others may be made from it. */
  isRanked = false;
  /** Its rung is done, and those of others are not. */
  isWaiting = false;
  /** It is being gone on with. */
  isBusy = false;
  /** It was among the worse of a rung. */
  isDropped = false;
  /** What the mean over its seeds must reach. @type {import('./pruning.mjs').Curve} */
  thresholds = [];
  /** What its next job must reach. @type {import('./pruning.mjs').Curve} */
  stopBelow = [];
  /** What it must be able to beat. @type {import('./pruning.mjs').Leader | undefined} */
  leader;
  /** @type {import('./pruning.mjs').Curve | undefined} */
  curve;
  /** @type {{ text: string, ends: [number, number] } | undefined} */
  #interval;

  /** @param {number} number @param {Readonly<Record<string, any>>} params */
  constructor(number, params) {
    this.number = number;
    this.params = Object.freeze(params);
  }

  /** Whether every job it has was told. */
  get isSettled() {
    return this.told === this.jobs.length;
  }

  /** Results of the last rung that is done. */
  get latest() {
    if (this.results.slice(this.first).every((each) => each !== null)) return this.results.slice(this.first);
    return this.first === 0 ? [] : this.results.slice(0, this.first).slice(-(this.jobs.length - this.first));
  }

  /** @returns {TrialState} */
  get state() {
    if (!this.isOver) return this.asked + this.told > 0 ? 'running' : 'waiting';
    const outcomes = this.results.map((each) => each?.outcome);
    if (outcomes.includes('failed')) return 'failed';
    return this.isDropped || outcomes.includes('pruned') ? 'pruned' : 'complete';
  }

  get scores() {
    return scoresOf(this.latest);
  }

  get score() {
    return this.scores && iqm(this.scores);
  }

  /** Of the score; reckoned once, as it takes a while. @returns {[number, number] | null} */
  get interval() {
    const { scores } = this;
    if (scores === null || scores.length === 1) return null;
    const text = scores.join(' ');
    if (this.#interval?.text !== text) this.#interval = { text, ends: bootstrapInterval([scores], iqm) };
    return [...this.#interval.ends];
  }

  /** In the first rung, which has as many jobs as there are seeds. @param {number} seeds */
  firstScore(seeds) {
    const scores = scoresOf(this.results.slice(0, seeds));
    return scores && iqm(scores);
  }

  /** Steps of environments that it took; a later rung goes on where the one before it ended. */
  get timesteps() {
    const seeds = new Map(this.jobs.map(({ seed }, i) => [seed, i]));
    return [...seeds.values()].reduce((sum, i) => sum + (this.results[i]?.timesteps ?? 0), 0);
  }
}

/** @typedef {import('../../bellhop.js').Trial} Shown */

/** A trial as others see it: always as it is now. @implements {Shown} */
export class Trial {
  #progress;

  /** @param {Progress} progress */
  constructor(progress) {
    this.#progress = progress;
    Object.freeze(this);
  }

  get number() {
    return this.#progress.number;
  }

  get params() {
    return this.#progress.params;
  }

  get jobs() {
    return [...this.#progress.jobs];
  }

  get results() {
    return [...this.#progress.results];
  }

  get state() {
    return this.#progress.state;
  }

  get score() {
    return this.#progress.score;
  }

  get interval() {
    return this.#progress.interval;
  }

  get timesteps() {
    return this.#progress.timesteps;
  }

  toJSON() {
    const { number, params, state, score, interval, timesteps, jobs } = this;
    return { number, params, state, score, interval, timesteps, jobs: jobs.map(({ id }) => id) };
  }
}
