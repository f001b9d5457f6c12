// SPDX-License-Identifier: MIT
// Several runs of one plan: which seeds, what they come to together, and their tables.
import { availableParallelism } from 'node:os';
import { bootstrapInterval, iqm, mean, median, std } from '../lib/statistics.mjs';
import { UsageError, wholeNumberFlag } from './args.mjs';
import { rescuedIn } from './durable.mjs';
import { DivergedError, noteStop } from './ending.mjs';
import { number } from './output.mjs';

/** @typedef {import('./training.mjs').Summary} Summary */
/** @typedef {import('./pool.mjs').JobFailure} JobFailure */
/** @typedef {ReturnType<typeof scoreOf>} Score */
/** @typedef {ReturnType<typeof aggregate>} Aggregate */

export const RUNS_MAX = 10_000;
const THREADS_MAX = 1024;
const NAMED = 5; // runs that failed, besides the first
const COLUMNS = /** @type {const} */ ([
  'seed', 'total_timesteps', 'episodes', 'solved_at_timestep', 'eval/mean_reward', 'eval/std_reward', 'final/mean_reward',
  'final/std_reward', 'final_eval_episodes', 'time/seconds', 'time/fps', 'params_sha256',
]);

/**
 * Seeds and ranges of them, with commas between: "0-9", "3", "0-4,7".
 * @param {string} text
 * @returns {number[]}
 */
export function parseSeeds(text) {
  const wrong = (/** @type {string} */ why) => new UsageError(`--seeds is '${text}', but ${why}`);
  const ranges = text.split(',').map((part) => {
    const match = /^(\d+)(?:-(\d+))?$/.exec(part.trim());
    if (!match) throw wrong('must be seeds such as 0-9 or 0-4,7');
    const [first, last] = [Number(match[1]), Number(match[2] ?? match[1])];
    if (Math.max(first, last) > Number.MAX_SAFE_INTEGER) throw wrong(`a seed is at most ${Number.MAX_SAFE_INTEGER}`);
    if (last < first) throw wrong(`${part.trim()} runs backwards; ${last}-${first}?`);
    return { first, count: last - first + 1 };
  });
  const count = ranges.reduce((sum, range) => sum + range.count, 0);
  if (count > RUNS_MAX) throw wrong(`that is ${number(count)} seeds, and at most ${number(RUNS_MAX)} can run at once`);
  const seeds = ranges.flatMap((range) => Array.from({ length: range.count }, (_, i) => range.first + i));
  const twice = seeds.find((seed, i) => seeds.indexOf(seed) < i);
  if (twice !== undefined) throw wrong(`${twice} is in it twice`);
  return seeds;
}

/** How many runs at a time. @param {ReadonlyMap<string, string | true>} flags */
export function threadsOf(flags) {
  return wholeNumberFlag('jobs', flags.get('jobs'), 1, THREADS_MAX) ?? availableParallelism();
}

/** @param {readonly number[]} scores */
function scoreOf(scores) {
  return {
    mean: mean(scores), std: std(scores), median: median(scores), min: Math.min(...scores), max: Math.max(...scores),
    iqm: iqm(scores), iqm_ci95: bootstrapInterval([scores], iqm),
  };
}

/**
 * What runs come to. "Solved" is by an evaluation during the run; the median step counts those that were not as later
 * than any, and is null where it would be one of them.
 * @param {readonly Summary[]} runs  at least one
 * @param {number | null} threshold  of the environment
 */
export function aggregate(runs, threshold) {
  const steps = median(runs.map((run) => run.solved_at_timestep ?? Infinity));
  return {
    type: 'aggregate', env: runs[0].env, algo: runs[0].algo, runs: runs.length, seeds: runs.map((run) => run.seed),
    solved: threshold === null ? null : runs.filter((run) => run.solved_at_timestep !== null).length,
    median_solved_at_timestep: Number.isFinite(steps) ? steps : null,
    'eval/mean_reward': scoreOf(runs.map((run) => run['eval/mean_reward'])),
    'final/mean_reward': scoreOf(runs.map((run) => run['final/mean_reward'])),
    'time/median_seconds': median(runs.map((run) => run['time/seconds'])),
  };
}

/** The same of those that have scores, null if none has. @param {readonly Summary[]} runs @param {number | null} threshold */
export function aggregateOf(runs, threshold) {
  const scored = runs.filter((run) => !Number.isNaN(run['eval/mean_reward']) && !Number.isNaN(run['final/mean_reward']));
  return scored.length > 0 ? aggregate(scored, threshold) : null;
}

/** "499.8 (498.3 to 500)" @param {Score} score */
export function iqmText({ iqm: middle, iqm_ci95: [low, high] }) {
  return `${number(middle)} (${number(low)} to ${number(high)})`;
}

/** Names in a sentence. @param {readonly string[]} names */
const someOf = (names) => `${names.slice(0, NAMED).join(', ')}${names.length > NAMED ? ` and ${names.length - NAMED} more` : ''}`;

/** What went wrong with some of several runs, in one sentence; of all that were saved elsewhere it says where. @param {readonly JobFailure[]} failures @param {(job: number) => string} nameOf */
export function failureText(failures, nameOf) {
  const [first, ...rest] = failures.map(({ job, error }) => ({ name: nameOf(job), message: /** @type {Error} */ (error).message }));
  const more = rest.length === 0 ? '' : `; also failed: ${someOf(rest.map(({ name }) => name))}`;
  const rescued = rest.flatMap(({ name, message }) => rescuedIn(message) === undefined ? [] : [`; of ${name} ${rescuedIn(message)}`]);
  return [`${first.name}: ${first.message}${more}`, ...rescued].join('');
}

/**
 * Ends a command of several runs: throws what went wrong, or says on stderr that the numbers are of runs cut short.
 * @param {AbortSignal} signal
 * @param {{ results: readonly (Summary | null)[], failures: readonly JobFailure[], nameOf: (job: number) => string, unwritten?: string, kept: string }} about
 *   unwritten: why their tables are not there; kept: where what was reached is
 */
export function conclude(signal, { results, failures, nameOf, unwritten, kept }) {
  const problems = [...failures.length > 0 ? [failureText(failures, nameOf)] : [], ...unwritten === undefined ? [] : [unwritten]];
  const rest = kept === '' ? [] : [kept];
  if (problems.length > 0) throw new Error([...problems, ...rest].join('; '));
  const diverged = results.flatMap((result, job) => result?.diverged ? [nameOf(job)] : []);
  if (diverged.length > 0 && !signal.aborted) throw new DivergedError(someOf(diverged));
  const begun = results.filter((result) => result !== null).length;
  noteStop(signal, [`${begun} of ${results.length} runs were begun, those under way count as far as they came`, ...rest].join('; '));
}

/** Rows of a CSV file: a heading, then the runs. @param {readonly Summary[]} runs */
export function runRows(runs) {
  return [[...COLUMNS], ...runs.map((run) => COLUMNS.map((column) => run[column]))];
}

/**
 * Collects what comes in any order and gives it on in the order of its numbers.
 * @template T
 * @param {(value: T, index: number) => void} use
 * @returns {(index: number, value: T) => void}
 */
export function inOrder(use) {
  /** @type {Map<number, T>} */
  const waiting = new Map();
  let next = 0;
  return (index, value) => {
    waiting.set(index, value);
    for (let first = waiting.get(next); first !== undefined; first = waiting.get(next)) {
      waiting.delete(next);
      use(first, next++);
    }
  };
}

/** Steps done and to be done of several runs together. */
export class Together {
  #done;
  #totals;
  #finished = 0;

  /** @param {readonly number[]} totals  steps each run is planned to take */
  constructor(totals) {
    this.#totals = [...totals];
    this.#done = totals.map(() => 0);
  }

  /** @param {number} run @param {import('./pool.mjs').JobProgress} progress */
  at(run, { timesteps, totalTimesteps }) {
    this.#done[run] = timesteps;
    this.#totals[run] = totalTimesteps;
  }

  /** @param {number} run @param {Summary | null} summary  null: it failed */
  finish(run, summary) {
    const steps = summary?.total_timesteps ?? this.#done[run];
    this.at(run, { timesteps: steps, totalTimesteps: steps });
    this.#finished++;
  }

  /** @returns {import('./output.mjs').Shown} */
  progress() {
    const sum = (/** @type {number[]} */ values) => values.reduce((all, value) => all + value, 0);
    return { timesteps: sum(this.#done), totalTimesteps: sum(this.#totals), runs: `${this.#finished}/${this.#done.length} runs done` };
  }
}
