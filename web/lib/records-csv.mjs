// SPDX-License-Identifier: MIT
// Records of a run as lines of CSV, under Stable-Baselines3's names: one line for a record, empty where it has no such number.
import { named } from './metrics.mjs';

const COLUMNS = Object.freeze([
  'time/total_timesteps', 'rollout/ep_rew', 'rollout/ep_len', 'rollout/exploration_rate', 'train/loss',
  'train/learning_rate', 'train/n_updates', 'train/mean_q', 'train/grad_norm', 'eval/mean_reward', 'eval/std_reward',
  'eval/min_reward', 'eval/max_reward', 'eval/mean_ep_length', 'eval/is_best',
]);

/** @param {readonly string[]} [metrics]  figures of the algorithm's own */
export const csvHeading = (metrics = []) => `type,${[...COLUMNS, ...metrics].join(',')}`;

/** Lines with their ends. @param {readonly import('../bellhop.js').RunRecord[]} records @param {readonly string[]} [metrics] */
export function csvLines(records, metrics = []) {
  const columns = [...COLUMNS, ...metrics];
  return records.map((record) => {
    const values = named(record);
    return `${record.type},${columns.map((column) => Number.isNaN(values[column] ?? NaN) ? '' : values[column]).join(',')}\n`;
  }).join('');
}
