// SPDX-License-Identifier: MIT
// What runs leave behind. `train --out DIR`: metrics.csv (a row per record), config.json, and both sets of parameters;
// `--tensorboard DIR`: an event file; several runs: a table of them all; `pretrain --out DIR`: training.csv (a row per step
// that has a record), config.json and the model.
import {
  accessSync, closeSync, constants, existsSync, mkdirSync, openSync, readFileSync, readdirSync, rmSync, rmdirSync, statSync, writeFileSync, writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { named } from '../lib/metrics.mjs';
import { TensorBoardWriter } from '../lib/tensorboard.mjs';
import { configOf } from './config.mjs';

const COLUMNS = [
  'time/total_timesteps', 'rollout/ep_rew', 'rollout/ep_len', 'rollout/exploration_rate', 'train/loss',
  'train/learning_rate', 'train/n_updates', 'train/mean_q', 'train/grad_norm', 'eval/mean_reward', 'eval/std_reward',
  'eval/min_reward', 'eval/max_reward', 'eval/mean_ep_length', 'eval/is_best',
];

/** What an OutputFolder holds in the end. */
export const FILES = ['metrics.csv', 'config.json', 'model.safetensors', 'best_model.safetensors'];

/** What a PretrainingFolder holds in the end. */
export const PRETRAINING_FILES = ['model.safetensors', 'training.csv', 'config.json'];

const OF_ONE = [...new Set([...FILES, ...PRETRAINING_FILES])];
const OF_SEVERAL = ['summary.csv', 'summary.json', 'compare.csv', 'runs.csv', 'compare.json'];
/** The folders in that of several runs: of a seed, of a variant. */
const RUN_FOLDER = /^(seed-\d+|\d+-.+=.*)$/;

/** @template T @param {string} flag @param {string} path @param {() => T} use @returns {T} */
function writing(flag, path, use) {
  try {
    return use();
  } catch (error) {
    throw new Error(`--${flag} ${path} cannot be written to: ${/** @type {Error} */ (error).message}`, { cause: error });
  }
}

/** Makes a folder with its parents. Node's own `recursive` never ends below /proc. @param {string} path */
function makeFolder(path) {
  const missing = [];
  for (let at = resolve(path); !existsSync(at); at = dirname(at)) missing.unshift(at);
  missing.forEach(makeOne);
}

/** Another thread may have made it by now. @param {string} path */
function makeOne(path) {
  try {
    mkdirSync(path);
  } catch (error) {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
  }
}

/**
 * Makes the folder of several runs, with its parents. One that holds something already is refused: runs of two
 * commands in one folder would look like one's.
 * @param {string} flag @param {string} path @param {boolean} [overwrite]  runs that are there go, if there is nothing else
 */
export function makeEmptyFolder(flag, path, overwrite = false) {
  const held = writing(flag, path, () => {
    makeFolder(path);
    accessSync(path, constants.W_OK);
    return readdirSync(path);
  });
  const strange = overwrite ? strangersIn(path) : held;
  const advice = flag === 'out' && !overwrite ? ', or --overwrite to replace the runs that are there' : '';
  if (strange.length > 0) throw new Error(`--${flag} ${path} holds ${strange[0]} already; several runs need a new or empty folder${advice}`);
  if (overwrite) writing(flag, path, () => removeRuns(path));
}

/** @param {string} path @returns {{ files: string[], folders: string[], strange: string[] }} */
function contentOf(path) {
  const entries = readdirSync(path, { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && [...OF_ONE, ...OF_SEVERAL].includes(entry.name)).map(({ name }) => name);
  const folders = entries.filter((entry) => entry.isDirectory() && RUN_FOLDER.test(entry.name)).map(({ name }) => name);
  return { files, folders, strange: entries.map(({ name }) => name).filter((name) => !files.includes(name) && !folders.includes(name)) };
}

/** What no command wrote into a folder of several runs. @param {string} path @returns {string[]} */
function strangersIn(path) {
  const { folders, strange } = contentOf(path);
  return [...strange, ...folders.flatMap((folder) => strangersIn(join(path, folder)).map((name) => join(folder, name)))];
}

/** @param {string} path */
function removeRuns(path) {
  const { files, folders } = contentOf(path);
  files.forEach((file) => rmSync(join(path, file)));
  for (const folder of folders) {
    removeRuns(join(path, folder));
    rmdirSync(join(path, folder));
  }
}

/**
 * Refuses a folder that has a run: files of two would look like one's.
 * @param {string} path @param {boolean} [overwrite]
 */
export function checkFolder(path, overwrite = false) {
  const held = (/** @type {readonly string[]} */ names) => names.find((name) => existsSync(join(path, name)));
  if (held(OF_SEVERAL) !== undefined) throw new Error(`${path} already has several runs (${held(OF_SEVERAL)}); give another --out`);
  if (overwrite || held(OF_ONE) === undefined) return;
  throw new Error(`${path} already has ${runIn(path) ?? `${held(OF_ONE)} of an earlier run`}; give another --out, or --overwrite to replace it`);
}

/** What its config.json says a folder has. @param {string} path */
function runIn(path) {
  try {
    const { env, algo, corpus, n_texts } = JSON.parse(readFileSync(join(path, 'config.json'), 'utf8'));
    if (algo !== undefined) return `a run of ${algo} in ${env}`;
    return corpus !== undefined || n_texts !== undefined ? `a language model of ${env ?? corpus}` : undefined;
  } catch {
    return undefined;
  }
}

/** A folder for one run, without the files of an earlier one, and its table open. @param {string} path @param {string} table @param {boolean} overwrite */
function openRunFolder(path, table, overwrite) {
  checkFolder(path, overwrite);
  return writing('out', path, () => {
    makeFolder(path);
    OF_ONE.forEach((name) => rmSync(join(path, name), { force: true }));
    return openSync(join(path, table), 'w');
  });
}

export class OutputFolder {
  #csv;
  #columns;

  /**
   * @param {string} path  made, with its parents, if it is not there
   * @param {{ metrics?: readonly string[], overwrite?: boolean }} [how]  metrics: figures of the algorithm's own
   */
  constructor(path, { metrics = [], overwrite = false } = {}) {
    this.path = path;
    this.#columns = [...COLUMNS, ...metrics];
    this.#csv = openRunFolder(path, 'metrics.csv', overwrite);
    writeSync(this.#csv, `type,${this.#columns.join(',')}\n`);
  }

  /** @param {import('../bellhop.js').Model} model @param {unknown} [preset]  it was made with */
  writeConfig(model, preset) {
    writeFileSync(join(this.path, 'config.json'), `${JSON.stringify(configOf(model, preset), null, 2)}\n`);
  }

  /** @param {readonly import('../bellhop.js').RunRecord[]} records */
  writeRecords(records) {
    if (records.length > 0) writeSync(this.#csv, records.map((record) => row(record, this.#columns)).join(''));
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

export class PretrainingFolder {
  #csv;

  /** @param {string} path  made, with its parents, if it is not there @param {boolean} [overwrite] */
  constructor(path, overwrite = false) {
    this.path = path;
    this.#csv = openRunFolder(path, 'training.csv', overwrite);
    writeSync(this.#csv, 'step,loss,learning_rate,grad_norm,eval_loss,eval_perplexity\n');
  }

  /** @param {object} config */
  writeConfig(config) {
    writeFileSync(join(this.path, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
  }

  /** @param {readonly import('../bellhop.js').PretrainingRecord[]} records  all that there are of a step come together */
  writeRecords(records) {
    for (const step of new Set(records.map((record) => record.step))) {
      const here = records.filter((record) => record.step === step);
      const cells = [step, ...cellsOf(here, 'train', ['loss', 'learningRate', 'gradNorm']), ...cellsOf(here, 'eval', ['loss', 'perplexity'])];
      writeSync(this.#csv, `${cells.map(csvCell).join(',')}\n`);
    }
  }

  /** @param {Uint8Array} bytes */
  writeModel(bytes) {
    writeFileSync(join(this.path, 'model.safetensors'), bytes);
  }

  close() {
    closeSync(this.#csv);
  }
}

/** @param {readonly import('../bellhop.js').PretrainingRecord[]} records @param {string} type @param {string[]} names */
function cellsOf(records, type, names) {
  const found = /** @type {any} */ (records.find((record) => record.type === type));
  return names.map((name) => found?.[name]);
}

/** An event file in a folder of its own: TensorBoard draws all that are in one folder as one run. */
export class TensorBoardFolder {
  #writer = new TensorBoardWriter();
  #file;

  /** @param {string} path  made, with its parents, if it is not there */
  constructor(path) {
    const held = writing('tensorboard', path, () => {
      makeFolder(path);
      return readdirSync(path).find((file) => file.includes('tfevents'));
    });
    if (held !== undefined) throw new Error(`--tensorboard ${path} holds a run already (${held}), and TensorBoard would draw both as one; choose another folder`);
    const name = `events.out.tfevents.${Math.floor(Date.now() / 1000)}.${hostname()}.${process.pid}.0`;
    this.#file = writing('tensorboard', path, () => openSync(join(path, name), 'wx'));
    writeSync(this.#file, this.#writer.header());
  }

  /** @param {readonly import('../bellhop.js').RunRecord[]} records */
  writeRecords(records) {
    const bytes = this.#writer.events(records);
    if (bytes.length > 0) writeSync(this.#file, bytes);
  }

  close() {
    closeSync(this.#file);
  }
}

/** @param {string} file @param {readonly unknown[][]} rows  the first is the heading */
export function writeCsv(file, rows) {
  writeFileSync(file, rows.map((cells) => `${cells.map(csvCell).join(',')}\n`).join(''));
}

/** What is not a finite number is empty; text with a comma, quote or line end is quoted (RFC 4180). @param {unknown} value */
function csvCell(value) {
  if (value === null || value === undefined || (typeof value === 'number' && !Number.isFinite(value))) return '';
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** @param {import('../bellhop.js').RunRecord} record @param {readonly string[]} columns */
function row(record, columns) {
  const values = named(record);
  return `${record.type},${columns.map((column) => Number.isNaN(values[column] ?? NaN) ? '' : values[column]).join(',')}\n`;
}
