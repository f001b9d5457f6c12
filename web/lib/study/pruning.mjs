// SPDX-License-Identifier: MIT
// Which trials end early: by the median of those before (Optuna's MedianPruner, of several seeds by the mean over those so far), or in rungs of
// which the best go on (successive halving, Jamieson and Talwalkar 2016, synchronous). Both from results that the study file names, not from what happens to be there: so the same
// trials are pruned on one thread and on forty machines.
import { ANY, readOptions } from '../given.mjs';
import { checked, whole } from '../rules.mjs';
import { median } from '../statistics.mjs';
import { refused } from './study-space.mjs';

/** @typedef {{ type: 'median', startup: number, warmup: number, interval: number }} Median */
/** @typedef {{ type: 'successive_halving', eta: number, rungs: readonly number[] }} Halving  rungs: timesteps; the last is the whole run */
/** @typedef {Median | Halving} Pruner */
/** Evaluations of a trial: timesteps and mean rewards. @typedef {readonly (readonly [timesteps: number, meanReward: number])[]} Curve */

const TYPES = ['median', 'successive_halving'];
const STEPS_MAX = 2_000_000_000;
/** As Optuna's. */
const STARTUP_TRIALS = 5, ETA = 4;

/**
 * @param {Pick<import('./study-definition.mjs').Plan, 'options' | 'metric' | 'dimensions'>} plan @param {any} given
 * @param {number | undefined} total  timesteps of a run
 * @returns {Pruner}
 */
export function readPruner(plan, given, total) {
  const { type } = readOptions('early_terminate', given, { type: ANY, ...given.type === 'successive_halving' ? HALVING : MEDIAN });
  checked('early_terminate.type', type, [(value) => TYPES.includes(value), `one of ${TYPES.join(', ')}`]);
  return type === 'median' ? readMedian(plan, given) : readHalving(plan, given, total);
}

/** @type {Record<string, import('../rules.mjs').Rule>} */
const MEDIAN = { n_startup_trials: ANY, n_warmup_steps: ANY, interval_steps: ANY };
/** @type {Record<string, import('../rules.mjs').Rule>} */
const HALVING = { min_resource: ANY, eta: ANY, reduction_factor: ANY };

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
function readHalving({ dimensions }, { min_resource: least, eta: own, reduction_factor: eta = own ?? ETA }, total) {
  if (dimensions.some(({ key }) => key === 'totalTimesteps')) throw refused('parameters.totalTimesteps is tried, but successive_halving compares runs after equally many steps: give options.totalTimesteps instead');
  if (total === undefined) throw refused('options.totalTimesteps is missing, and successive_halving divides it into rungs: give it, as options.preset says it by name only');
  if (own !== undefined && own !== eta) throw refused('early_terminate has eta and reduction_factor, which are the same; leave out one of them');
  checked('early_terminate.eta', eta, whole(2, 1000));
  if (least === undefined) throw refused(`early_terminate.min_resource is missing: after how many of the ${total} steps is the first choice made?`);
  checked('early_terminate.min_resource', least, whole(1, total - 1));
  const rungs = [];
  for (let steps = least; steps < total; steps *= eta) rungs.push(steps);
  return { type: 'successive_halving', eta, rungs: Object.freeze([...rungs, total]) };
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
