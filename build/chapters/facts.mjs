// SPDX-License-Identifier: MIT
// What is known of an environment without a run: what the module says of it, and the exact means that its header in envs/ states, which
// the C tests compute anew.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from '../../web/node/node.mjs';
import { Failure, ROOT } from '../run.mjs';
import { mean, readExpression } from './measures.mjs';

/**
 * @typedef {object} Facts
 * @property {number | null} rewardThreshold
 * @property {number | null} optimum     the best mean return of any policy, as `BHI_…_OPTIMUM` says
 * @property {number | null} randomMean  of the uniformly random policy, exactly, as `BHI_…_RANDOM_MEAN` says
 * @property {number[]} armMeans         of a bandit
 */

/** What a claim can say of an environment. @type {Record<string, (facts: Facts, ...args: number[]) => number | null>} */
export const FACTS = {
  /** The environment's threshold, as Gymnasium has it. */
  reward_threshold: ({ rewardThreshold }) => rewardThreshold,
  /** The best mean return of any policy. */
  optimum: ({ optimum }) => optimum,
  /** The exact mean return of uniformly random actions. */
  random_mean: ({ randomMean }) => randomMean,
  /** The mean of an arm of a bandit, by its number from 0; of the best one; of all of them. */
  arm_mean: ({ armMeans }, arm) => armMeans[arm] ?? null,
  best_arm_mean: ({ armMeans }) => (armMeans.length > 0 ? Math.max(...armMeans) : null),
  mean_of_arms: ({ armMeans }) => (armMeans.length > 0 ? mean(armMeans) : null),
  /** What a pull earns on average where the means are known and a share of the pulls is random. */
  epsilon_bound: ({ armMeans }, epsilon) => (armMeans.length > 0 ? (1 - epsilon) * Math.max(...armMeans) + epsilon * mean(armMeans) : null),
};

/** An option of the environment; a change of one during the run has a name with an underscore. */
const OPTION = /^env\.([a-zA-Z]+)$/;
/** The module, loaded once. @type {ReturnType<typeof load> | undefined} */
let loading;

/** Whether a claim is one of the environment. @param {string} expression */
export const isFact = (expression) => Object.hasOwn(FACTS, readExpression(expression).name);

/** What an expression says of a setup's environment: it is so at every step. @param {string} expression @param {Facts} facts @returns {import('./measures.mjs').Found} */
export function fact(expression, facts) {
  const { name, args } = readExpression(expression), value = FACTS[name](facts, ...args);
  if (value === null) throw new Failure(`${expression}: nothing is known of that.`);
  return { value, at: Infinity };
}

/** @param {string} id such as TextGen-v1; the constants of version 0 have no version in their names */
export function exactMeans(id) {
  const name = id.replace(/-v0$/, '').replace('-', '_');
  const file = join(ROOT, 'envs', `${name.toLowerCase()}.h`), header = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const stated = (/** @type {string} */ what) => {
    const [, value = null] = new RegExp(`^#define BHI_${name.toUpperCase()}_${what}\\s+\\(?(-?[\\d.]+)\\)?`, 'm').exec(header) ?? [];
    return value === null ? null : Number(value);
  };
  return { optimum: stated('OPTIMUM'), randomMean: stated('RANDOM_MEAN') };
}

/** @param {Pick<import('./figures.mjs').Setup, 'env' | 'settings'>} setup @returns {Promise<Facts>} */
export async function factsOf({ env: id, settings = {} }) {
  const bellhop = await (loading ??= load());
  const options = Object.entries(settings).map(([name, value]) => [OPTION.exec(name)?.[1], value]).filter(([name]) => name);
  const env = bellhop.make(id, Object.fromEntries(options));
  try {
    return { rewardThreshold: env.spec.rewardThreshold, armMeans: /** @type {any} */ (env.layout).means ?? [], ...exactMeans(id) };
  } finally {
    env.dispose();
  }
}
