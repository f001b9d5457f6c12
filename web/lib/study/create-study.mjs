// SPDX-License-Identifier: MIT
// Studies: ask() gives jobs, tell() takes what they came to. Which trials there are, and which jobs, follows from the study file and the results
// alone, never from their order or from who ran them: trial k is made from the results of trials 0 to k - parallel, and waits for these.
import { BellhopError } from '../bellhop-error.mjs';
import { importances } from './importance.mjs';
import { canWin, leaderWith, meanCurve, nextThresholds, survivors, thresholds } from './pruning.mjs';
import { readResult } from './study-calls.mjs';
import { readStudy } from './study-definition.mjs';
import { makeJob } from './study-job.mjs';
import { gridParams, randomParams } from './study-space.mjs';
import { Progress, Trial } from './study-trial.mjs';
import { tpeParams } from './tpe.mjs';

/** @typedef {import('../../bellhop.js').Job} Job */
/** @typedef {import('../../bellhop.js').JobResult} JobResult */
/** @typedef {import('../../bellhop.js').TrialResult} TrialResult */
/** @typedef {import('./pruning.mjs').Curve} Curve */
/** Trials with equal parameters share a job. @typedef {{ job: Job, owners: [trial: Progress, at: number][], isAsked: boolean, result: TrialResult | null, curve?: Curve }} Entry */

/** What a run came to, in a message. @param {TrialResult} result */
const described = ({ outcome, score, timesteps, fingerprint, agent }) => `${outcome} after ${timesteps} steps with score ${score} and params_sha256 ${fingerprint || 'unknown'}${agent === undefined ? '' : ` (from ${agent})`}`;

/** @param {string} id @param {TrialResult} before @param {TrialResult} now */
function checkSame(id, before, now) {
  const isSame = (/** @type {'outcome' | 'score' | 'timesteps' | 'fingerprint'} */ key) => before[key] === now[key];
  if (isSame('outcome') && isSame('score') && isSame('timesteps') && isSame('fingerprint')) return;
  throw new BellhopError('BH_ERR_STATE', `job ${id.slice(0, 12)} was told as ${described(before)}, and now as ${described(now)}: the same job always comes to the same bits, so one of the two was run otherwise or its machine errs; run it again elsewhere to see which`);
}

/** @typedef {import('../../bellhop.js').Study} Asked */

/** @implements {Asked} */
class Study {
  #plan;
  /** @type {Progress[]} */
  #trials = [];
  /** @type {Trial[]} */
  #shown = [];
  /** Jobs nobody has asked for, oldest first. @type {Entry[]} */
  #queue = [];
  #next = 0;
  /** @type {Map<string, Entry>} */
  #entries = new Map();
  /** Results of jobs that are not there yet, as when a folder is read again. @type {Map<string, { result: TrialResult, curve: Curve }>} */
  #early = new Map();
  /** Trials from the first on whose results are there, see #isKnown. */
  #known = 0;
  /** Trials of the present rung, and how many of them are not settled. @type {Progress[]} */
  #rung = [];
  #open = 0;
  #over = 0;
  /** Of a race: the best of so many trials at the beginning. @type {import('./pruning.mjs').Leader} */
  #leader;
  #raced = 0;

  /** @param {import('./study-definition.mjs').Plan} plan */
  constructor(plan) {
    this.#plan = plan;
    const worst = plan.metric.goal === 'maximize' ? -Infinity : Infinity;
    this.#leader = { trial: worst, run: worst };
  }

  get definition() {
    return this.#plan.definition;
  }

  get algo() {
    return this.#plan.algo;
  }

  get metric() {
    return this.#plan.metric;
  }

  get seeds() {
    return this.#plan.seeds;
  }

  get size() {
    return this.#plan.cap;
  }

  get trials() {
    return [...this.#catchUp().#shown];
  }

  get finished() {
    return this.#catchUp().#over === this.#plan.cap;
  }

  get unmatched() {
    return this.#catchUp().#early.size;
  }

  ask() {
    do {
      while (this.#next < this.#queue.length) {
        const entry = this.#queue[this.#next++];
        if (entry.result === null) return this.#give(entry);
      }
      this.#queue = [];
      this.#next = 0;
    } while (this.#propose());
    return null;
  }

  /** @param {Entry} entry */
  #give(entry) {
    entry.isAsked = true;
    for (const [trial] of entry.owners) trial.asked++;
    return entry.job;
  }

  /** @param {unknown} given */
  tell(given) {
    const { id, result, curve } = readResult(given);
    const entry = this.#entries.get(id), before = entry?.result ?? this.#early.get(id)?.result;
    if (before) return checkSame(id, before, result);
    if (entry) this.#settle(entry, result, curve);
    else this.#early.set(id, { result, curve });
  }

  /** Makes the trials that results were told of before they were there. */
  #catchUp() {
    while (this.#early.size > 0 && this.#propose());
    return this;
  }

  best() {
    const sign = this.#plan.metric.goal === 'maximize' ? 1 : -1;
    let best = null, most = -Infinity;
    for (const { state, score, number } of this.#catchUp().#trials) {
      if (state !== 'complete' || score === null || !(sign * score > most)) continue;
      [best, most] = [this.#shown[number], sign * score];
    }
    return best;
  }

  importance() {
    const { pruner } = this.#plan;
    const scored = this.#catchUp().#trials.map((trial) => {
      // Of successive halving the first rung, which all have run.
      const score = pruner?.type === 'successive_halving' ? trial.firstScore(this.#seedsOf(0).length) : trial.state === 'complete' ? trial.score : null;
      return score === null ? [] : [{ params: trial.params, score }];
    });
    return importances(this.#plan, scored.flat());
  }

  toJSON() {
    const { version, definition } = this.#plan;
    return { version, definition, trials: this.trials.map((trial) => trial.toJSON()) };
  }

  // ---- trials ----

  /** The next trial, where the results it is made from are there. */
  #propose() {
    const { cap, parallel, method, pruner, dimensions, seed, metric } = this.#plan;
    const number = this.#trials.length, needed = method === 'tpe' || pruner?.type === 'median' || pruner?.type === 'racing' ? number - parallel + 1 : 0;
    if (number >= cap || this.#known < needed) return false;
    const before = this.#trials.slice(0, Math.max(0, needed));
    const params = method === 'tpe' ? tpeParams(this.#plan, number, before) : method === 'grid' ? gridParams(dimensions, number) : randomParams(dimensions, seed, number);
    const trial = new Progress(number, params);
    this.#trials.push(trial);
    this.#shown.push(new Trial(trial));
    this.#rung.push(trial);
    this.#open++;
    if (pruner?.type === 'median') trial.thresholds = trial.stopBelow = thresholds(pruner, before.flatMap(({ curve }) => curve ? [curve] : []));
    if (pruner?.type === 'racing') {
      while (this.#raced < needed) this.#leader = leaderWith(this.#leader, this.#trials[this.#raced++], metric.goal);
      trial.leader = this.#leader;
    }
    this.#addJobs(trial, this.#seedsOf(0));
    return true;
  }

  /** The seeds that a trial runs with in a rung; without rungs of seeds one after the other, or all at once. @param {number} rung */
  #seedsOf(rung) {
    const { pruner, seeds } = this.#plan;
    if (pruner === undefined) return seeds;
    if (pruner.type !== 'successive_halving') return seeds.slice(rung, rung + 1);
    return pruner.resource === 'seeds' ? seeds.slice(pruner.rungs[rung - 1] ?? 0, pruner.rungs[rung]) : seeds;
  }

  /** Adds jobs to a trial; results that are there already count at once. @param {Progress} trial @param {readonly number[]} seeds */
  #addJobs(trial, seeds) {
    const { pruner } = this.#plan, { number, params, stopBelow } = trial;
    const until = pruner?.type === 'successive_halving' && pruner.resource === 'timesteps' && trial.rung < pruner.rungs.length - 1 ? pruner.rungs[trial.rung] : undefined;
    const entries = seeds.map((seed) => this.#entryOf(makeJob(this.#plan, { trial: number, params, seed, until, stopBelow })));
    for (const entry of entries) {
      entry.owners.push([trial, trial.jobs.length]);
      trial.jobs.push(entry.job);
      trial.results.push(entry.result);
      if (entry.isAsked) trial.asked++;
      if (entry.result) trial.told++;
    }
    for (const entry of entries) {
      const early = this.#early.get(entry.job.id);
      this.#early.delete(entry.job.id);
      if (early) this.#settle(entry, early.result, early.curve);
    }
    if (entries.every(({ owners, result }) => result && owners.length > 1)) this.#advance(trial); // nobody else will
  }

  /** @param {Job} job @returns {Entry} */
  #entryOf(job) {
    const known = this.#entries.get(job.id);
    if (known) return known;
    /** @type {Entry} */
    const entry = { job, owners: [], isAsked: false, result: null };
    this.#entries.set(job.id, entry);
    if (!this.#early.has(job.id)) this.#queue.push(entry);
    return entry;
  }

  /** @param {Entry} entry @param {TrialResult} result @param {Curve} curve */
  #settle(entry, result, curve) {
    entry.result = result;
    if (this.#plan.pruner?.type === 'median') entry.curve = curve;
    for (const [trial, at] of entry.owners) {
      trial.results[at] = result;
      trial.told++;
    }
    for (const [trial] of entry.owners) this.#advance(trial);
  }

  /** What follows from a result of a trial; jobs it leads to may have theirs already, and so on. @param {Progress} trial */
  #advance(trial) {
    if (trial.isBusy) return;
    trial.isBusy = true;
    while (trial.isSettled && !trial.isOver && !trial.isWaiting) this.#goOn(trial);
    trial.isBusy = false;
  }

  /** @param {Progress} trial  all its jobs were told */
  #goOn(trial) {
    const { pruner, seeds } = this.#plan;
    if (pruner?.type === 'successive_halving') return this.#endRung(trial);
    if (pruner !== undefined && trial.jobs.length < seeds.length && this.#takesNextSeed(trial)) return this.#addJobs(trial, this.#seedsOf(trial.jobs.length));
    this.#end(trial);
    if (pruner?.type === 'median' && trial.state === 'complete') trial.curve = meanCurve(trial.jobs.map(({ id }) => this.#entries.get(id)?.curve ?? []));
    this.#count();
  }

  /** Whether a trial whose seeds run one after the other goes on with the next of them. @param {Progress} trial */
  #takesNextSeed(trial) {
    const { outcome } = /** @type {TrialResult} */ (trial.results.at(-1));
    if (outcome === 'pruned' || outcome === 'failed') return false;
    const { pruner, seeds, metric: { goal } } = this.#plan;
    if (pruner?.type === 'median') trial.stopBelow = nextThresholds(trial.thresholds, trial.stopBelow, this.#entries.get(trial.jobs[trial.jobs.length - 1].id)?.curve ?? []);
    else trial.isDropped = trial.leader !== undefined && !canWin(trial.leader, trial.results.map((result) => result?.score ?? null), seeds.length, goal);
    return !trial.isDropped;
  }

  /** @param {Progress} trial */
  #end(trial) {
    trial.isOver = true;
    this.#over++;
  }

  /** Counts the trials at the beginning that others may be made from. */
  #count() {
    const isKnown = (/** @type {Progress | undefined} */ trial) => trial && (trial.isOver || trial.isRanked);
    while (isKnown(this.#trials[this.#known])) this.#known++;
  }

  // ---- successive halving ----

  /** @param {Progress} trial  all its jobs of the rung were told */
  #endRung(trial) {
    trial.isRanked = true;
    trial.isWaiting = true;
    this.#open--;
    this.#count();
    if (this.#open === 0 && this.#trials.length === this.#plan.cap) this.#promote();
  }

  /** The best of the rung go on; of equals the earlier ones. */
  #promote() {
    const pruner = /** @type {import('./pruning.mjs').Halving} */ (this.#plan.pruner), { metric: { goal } } = this.#plan;
    const rung = this.#rung, isLast = rung[0].rung === pruner.rungs.length - 1;
    if (isLast) return rung.forEach((trial) => this.#end(trial));
    const sign = goal === 'maximize' ? -1 : 1;
    const ranked = rung.filter((trial) => trial.score !== null && trial.results.every((each) => each?.outcome !== 'failed'))
      .sort((a, b) => sign * Number(a.score) - sign * Number(b.score) || a.number - b.number).slice(0, survivors(pruner, rung.length));
    const goingOn = new Set(ranked);
    for (const trial of rung.filter((each) => !goingOn.has(each))) {
      trial.isDropped = true;
      this.#end(trial);
    }
    this.#rung = rung.filter((trial) => goingOn.has(trial));
    this.#open = this.#rung.length;
    for (const trial of this.#rung) {
      trial.rung++;
      trial.isWaiting = false;
      if (pruner.resource === 'timesteps') trial.first = trial.jobs.length;
    }
    for (const trial of this.#rung) this.#addJobs(trial, this.#seedsOf(trial.rung));
  }
}

/**
 * A study of the library; what is wrong with it is an error that names the field.
 * @param {import('../../bellhop.js').Bellhop} bh @param {import('../../bellhop.js').StudyDefinition} definition
 * @returns {import('../../bellhop.js').Study}
 */
export function createStudy(bh, definition) {
  return new Study(readStudy(bh, definition));
}
