// SPDX-License-Identifier: MIT
// Records of a run under the names the field knows (Stable-Baselines3's), as objects and as running summaries.
import { mean } from './statistics.mjs';

/** Episodes that rollout/ep_rew_mean is the mean of. */
const WINDOW = 100;

/**
 * The rows of bh_run_drain as objects, in the order things happened.
 * @param {Float64Array} rows
 * @param {import('../bellhop.js').RecordLayout} layout  of the catalogue
 * @param {readonly string[]} [metrics]  what the algorithm measures beyond what all do, see the catalogue
 * @returns {import('../bellhop.js').RunRecord[]}
 */
export function readRecords(rows, { width, episode, train }, metrics = []) {
  return Array.from({ length: rows.length / width }, (_, i) => {
    const [kind, timestep, a, b, c, d, e, f, ...more] = rows.subarray(i * width, (i + 1) * width);
    if (kind === episode) return { type: 'episode', timestep, return: a, length: b, env: c };
    if (kind === train) return { type: 'train', timestep, loss: a, meanQ: b, epsilon: c, learningRate: d, nUpdates: e, gradNorm: f, extra: Object.fromEntries(metrics.map((name, m) => [name, more[m]])) };
    return { type: 'eval', timestep, meanReward: a, stdReward: b, isBest: c !== 0, minReward: d, maxReward: e, meanLength: f };
  });
}

/**
 * One record under Stable-Baselines3's names.
 * @param {import('../bellhop.js').RunRecord} record
 * @returns {Record<string, number>}
 */
export function named(record) {
  const time = { 'time/total_timesteps': record.timestep };
  switch (record.type) {
    case 'episode': return { ...time, 'rollout/ep_rew': record.return, 'rollout/ep_len': record.length };
    case 'train': return {
      ...time, 'rollout/exploration_rate': record.epsilon, 'train/loss': record.loss,
      'train/learning_rate': record.learningRate, 'train/n_updates': record.nUpdates,
      'train/mean_q': record.meanQ, 'train/grad_norm': record.gradNorm, ...record.extra,
    };
    default: return {
      ...time, 'eval/mean_reward': record.meanReward, 'eval/std_reward': record.stdReward,
      'eval/min_reward': record.minReward, 'eval/max_reward': record.maxReward,
      'eval/mean_ep_length': record.meanLength, 'eval/is_best': Number(record.isBest),
    };
  }
}

/** The latest of everything. What has not happened yet, or did not happen lately (NaN), is absent or as it was. */
export class Metrics {
  #returns = /** @type {number[]} */ ([]);
  #lengths = /** @type {number[]} */ ([]);
  #latest = /** @type {Record<string, number>} */ ({});

  /** @param {import('../bellhop.js').RunRecord} record */
  add(record) {
    if (record.type === 'episode') {
      push(this.#returns, record.return);
      push(this.#lengths, record.length);
      return;
    }
    for (const [name, value] of Object.entries(named(record))) {
      if (!Number.isNaN(value)) this.#latest[name] = value;
    }
  }

  /** Means over the last episodes; nothing before the first. @returns {import('../bellhop.js').MetricValues | {}} */
  rollout() {
    return this.#returns.length === 0 ? {}
      : { 'rollout/ep_rew_mean': mean(this.#returns), 'rollout/ep_len_mean': mean(this.#lengths) };
  }

  /** @param {number} timesteps @returns {import('../bellhop.js').MetricValues} */
  summary(timesteps) {
    return { ...this.rollout(), ...this.#latest, 'time/total_timesteps': timesteps };
  }
}

/** @param {number[]} window @param {number} value */
function push(window, value) {
  window.push(value);
  if (window.length > WINDOW) window.shift();
}
