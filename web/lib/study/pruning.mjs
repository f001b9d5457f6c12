// SPDX-License-Identifier: MIT
// Which trials end early: by the median of those before (Optuna's MedianPruner, of several seeds by the mean over those so far); in rungs of
// steps or of seeds, of which the best go on (successive halving, Jamieson and Talwalkar 2016, synchronous); or where their seeds left cannot make
// them the best any more (a race with the bound of adaptive capping, Hutter et al. 2009). All from results that the study file names, not from what happens to be there: so the same
// trials are pruned on one thread and on forty machines.
import { ANY, readOptions } from '../given.mjs';
import { checked, whole } from '../rules.mjs';
import { iqm, median } from '../statistics.mjs';
import { refused } from './study-space.mjs';

/** @typedef {{ type: 'median', startup: number, warmup: number, interval: number }} Median */
/** @typedef {{ type: 'successive_halving', resource: 'timesteps' | 'seeds', eta: number, rungs: readonly number[] }} Halving  rungs: timesteps, the last is the whole run; or seeds, the last is all of them */
/** @typedef {{ type: 'racing' }} Racing */
/** @typedef {Median | Halving | Racing} Pruner */
/** The best score of a trial, and of a run. @typedef {{ trial: number, run: number }} Leader */
/** Evaluations of a trial: timesteps and mean rewards. @typedef {readonly (readonly [timesteps: number, meanReward: number])[]} Curve */

const TYPES = ['median', 'successive_halving', 'racing'], RESOURCES = ['timesteps', 'seeds'];
const STEPS_MAX = 2_000_000_000;
/** As Optuna's. */
const STARTUP_TRIALS = 5, ETA = 4;

/**
 * @param {Pick<import('./study-definition.mjs').Plan, 'options' | 'metric' | 'dimensions' | 'seeds'>} plan @param {any} given
 * @param {number | undefined} total  timesteps of a run
 * @returns {Pruner}
 */
export function readPruner(plan, given, total) {
  const { type } = readOptions('early_terminate', given, { type: ANY, ...given.type === 'racing' ? {} : given.type === 'successive_halving' ? HALVING : MEDIAN });
  checked('early_terminate.type', type, [(value) => TYPES.includes(value), `one of ${TYPES.join(', ')}`]);
  if (type === 'racing') needSeeds('type racing', plan);
  return type === 'racing' ? { type } : type === 'median' ? readMedian(plan, given) : readHalving(plan, given, total);
}

/** @param {string} what @param {Parameters<typeof readPruner>[0]} plan */
function needSeeds(what, { seeds }) {
  if (seeds.length === 1) throw refused(`seeds has one seed, but early_terminate of ${what} ends trials between two: give several, such as seeds: 0-4`);
}

/** @type {Record<string, import('../rules.mjs').Rule>} */
const MEDIAN = { n_startup_trials: ANY, n_warmup_steps: ANY, interval_steps: ANY };
/** @type {Record<string, import('../rules.mjs').Rule>} */
const HALVING = { resource: ANY, min_resource: ANY, eta: ANY, reduction_factor: ANY };

/** @param {Parameters<typeof readPruner>[0]} plan @param {any} given @returns {Median} */
function readMedian({ options, metric }, { n_startup_trials: startup = STARTUP_TRIALS, n_warmup_steps: warmup = 0, interval_steps: interval = 1 }) {
  if (options.evalFreq === 0) throw refused('options.evalFreq is 0, but early_terminate of type median compares evaluations: give a number of steps between two');
  if (metric.name.endsWith('/mean_reward') && metric.goal === 'minimize') throw refused('metric.goal is minimize, but early_terminate of type median keeps what has the greater mean reward: leave it out, or take successive_halving');
  return {
    type: 'median', startup: checked('early_terminate.n_startup_trials', startup, whole(1, 1_000_000)),
    warmup: checked('early_terminate.n_warmup_steps', warmup, whole(0, STEPS_MAX)), interval: checked('early_terminate.interval_steps', interval, whole(1, STEPS_MAX)),
  };
}

/** @param {Parameters<typeof readPruner>[0]} plan @param {any} given @param {number | undefined} total @returns {Halving} */
function readHalving(plan, { resource = 'timesteps', min_resource: given, eta: own, reduction_factor: eta = own ?? ETA }, total) {
  checked('early_terminate.resource', resource, [(value) => RESOURCES.includes(value), `one of ${RESOURCES.join(', ')}`]);
  if (resource === 'seeds') needSeeds('resource seeds', plan);
  const all = resource === 'seeds' ? plan.seeds.length : stepsOf(plan, total), least = given ?? (resource === 'seeds' ? 1 : undefined);
  if (own !== undefined && own !== eta) throw refused('early_terminate has eta and reduction_factor, which are the same; leave out one of them');
  checked('early_terminate.eta', eta, whole(2, 1000));
  if (least === undefined) throw refused(`early_terminate.min_resource is missing: after how many of the ${total} steps is the first choice made?`);
  checked('early_terminate.min_resource', least, whole(1, all - 1));
  const rungs = [];
  for (let n = least; n < all; n *= eta) rungs.push(n);
  return { type: 'successive_halving', resource, eta, rungs: Object.freeze([...rungs, all]) };
}

/** The length of the runs, which is divided. @param {Parameters<typeof readPruner>[0]} plan @param {number | undefined} total */
function stepsOf({ dimensions }, total) {
  if (dimensions.some(({ key }) => key === 'totalTimesteps')) throw refused('parameters.totalTimesteps is tried, but successive_halving compares runs after equally many steps: give options.totalTimesteps instead');
  if (total === undefined) throw refused('options.totalTimesteps is missing, and successive_halving divides it into rungs: give it, as options.preset says it by name only');
  return total;
}

/**
 * What a run must have reached by when, from the curves of the complete trials before it: [[timesteps, mean reward], ...].
 * @param {Median} pruner @param {readonly Curve[]} curves @returns {[number, number][]}
 */
export function thresholds({ startup, warmup, interval }, curves) {
  if (curves.length < startup) return [];
  /** @type {Map<number, number[]>} */
  const values = new Map();
  for (const [timesteps, reward] of curves.flat()) {
    const known = values.get(timesteps);
    if (known) known.push(reward);
    else values.set(timesteps, [reward]);
  }
  const intervalOf = (/** @type {number} */ timesteps) => Math.floor((timesteps - warmup) / interval);
  const order = [...values.keys()].sort((a, b) => a - b);
  return order.filter((timesteps, i) => timesteps >= warmup && (i === 0 || intervalOf(order[i - 1]) < intervalOf(timesteps)))
    .map((timesteps) => [timesteps, median(/** @type {number[]} */ (values.get(timesteps)))]);
}

/** The best mean reward until so many steps; -Infinity where there is none. @param {Curve} curve @param {number} until */
const bestUntil = (curve, until) => curve.reduce((most, [timesteps, reward]) => timesteps <= until && Number.isFinite(reward) ? Math.max(most, reward) : most, -Infinity);

/**
 * What the next seed of a trial must have reached by when, so that the mean over its seeds reaches the thresholds of the trial: what a seed was
 * above them, the next may be below. Seeds that were not evaluated by then do not count.
 * @param {Curve} thresholds  of the trial, and of its first seed @param {Curve} last  of the seed before @param {Curve} curve  of that seed
 * @returns {[number, number][]}
 */
export function nextThresholds(thresholds, last, curve) {
  return last.map(([timesteps, least], i) => {
    const best = bestUntil(curve, timesteps);
    return [timesteps, best === -Infinity ? least : least + thresholds[i][1] - best];
  });
}

/**
 * Whether a run ends now, after the last of its evaluations: each threshold counts once, at the first evaluation at or after its timesteps, and
 * is compared with the best mean reward until then.
 * @param {Curve | undefined} stopBelow @param {Curve} evaluations
 */
export function fallsBelow(stopBelow = [], evaluations) {
  const [now] = evaluations.at(-1) ?? [0], [before] = evaluations.at(-2) ?? [-1];
  const best = bestUntil(evaluations, now);
  return stopBelow.some(([timesteps, least]) => timesteps > before && timesteps <= now && best < least);
}

/** What to beat, after one more trial. @param {Leader} leader @param {Pick<import('./study-trial.mjs').Progress, 'state' | 'score' | 'results'>} trial @param {'maximize' | 'minimize'} goal @returns {Leader} */
export function leaderWith({ trial: best, run }, { state, score, results }, goal) {
  const better = goal === 'maximize' ? Math.max : Math.min, worst = better === Math.max ? -Infinity : Infinity;
  return { trial: state === 'complete' ? better(best, score ?? worst) : best, run: results.reduce((most, result) => better(most, result?.score ?? worst), run) };
}

/**
 * Whether a trial can still become the best: with the scores of its seeds so far, if each of the others came to the best score of any run.
 * @param {Leader} leader @param {readonly (number | null)[]} scores @param {number} seeds @param {'maximize' | 'minimize'} goal
 */
export function canWin({ trial, run }, scores, seeds, goal) {
  const known = scores.filter((score) => score !== null), sign = goal === 'maximize' ? 1 : -1;
  if (known.length < scores.length) return false; // without a score of each seed it has none
  const most = sign * Math.max(sign * run, ...known.map((score) => sign * score));
  return sign * iqm([...known, ...Array(seeds - known.length).fill(most)]) > sign * trial;
}

/** How many of so many go on to the next rung. @param {Halving} halving @param {number} n */
export const survivors = ({ eta }, n) => Math.max(1, Math.floor(n / eta));

/** Mean over the seeds of a trial, at the timesteps that all have. @param {readonly Curve[]} curves @returns {Curve} */
export function meanCurve(curves) {
  if (curves.length === 1) return curves[0];
  /** @type {Map<number, { sum: number, n: number }>} */
  const sums = new Map();
  for (const [timesteps, reward] of curves.flat()) {
    const { sum, n } = sums.get(timesteps) ?? { sum: 0, n: 0 };
    sums.set(timesteps, { sum: sum + reward, n: n + 1 });
  }
  return [...sums].filter(([, { n }]) => n === curves.length).map(([timesteps, { sum, n }]) => [timesteps, sum / n]);
}
