// SPDX-License-Identifier: MIT
// What `train --out DIR` leaves behind: metrics.csv (a row per record), config.json, and both sets of parameters.
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { named } from '../metrics.mjs';
import { configOf } from './config.mjs';

const COLUMNS = [
  'time/total_timesteps', 'rollout/ep_rew', 'rollout/ep_len', 'rollout/exploration_rate', 'train/loss',
  'train/learning_rate', 'train/n_updates', 'train/mean_q', 'train/grad_norm', 'eval/mean_reward', 'eval/std_reward',
  'eval/min_reward', 'eval/max_reward', 'eval/mean_ep_length', 'eval/is_best',
];

export class OutputFolder {
  files = ['metrics.csv', 'config.json', 'model.safetensors', 'best_model.safetensors'];
  #csv;

  /** @param {string} path  made, with its parents, if it is not there */
  constructor(path) {
    this.path = path;
    try {
      mkdirSync(path, { recursive: true });
      this.#csv = openSync(join(path, 'metrics.csv'), 'w');
    } catch (error) {
      throw new Error(`--out ${path} cannot be written to: ${/** @type {Error} */ (error).message}`, { cause: error });
    }
    writeSync(this.#csv, `type,${COLUMNS.join(',')}\n`);
  }

  /** @param {import('../bellhop.js').Model} model */
  writeConfig(model) {
    writeFileSync(join(this.path, 'config.json'), `${JSON.stringify(configOf(model), null, 2)}\n`);
  }

  /** @param {readonly import('../bellhop.js').RunRecord[]} records */
  writeRecords(records) {
    if (records.length > 0) writeSync(this.#csv, records.map(row).join(''));
  }

  /** @param {import('../bellhop.js').Model} model */
  writeModels(model) {
    writeFileSync(join(this.path, 'model.safetensors'), model.save({ which: 'current' }));
    writeFileSync(join(this.path, 'best_model.safetensors'), model.save({ which: 'best' }));
  }

  close() {
    closeSync(this.#csv);
  }
}

/** @param {import('../bellhop.js').RunRecord} record */
function row(record) {
  const values = named(record);
  return `${record.type},${COLUMNS.map((column) => Number.isNaN(values[column] ?? NaN) ? '' : values[column]).join(',')}\n`;
}
