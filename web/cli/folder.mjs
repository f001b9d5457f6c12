// SPDX-License-Identifier: MIT
// What runs leave behind. `train --out DIR`: metrics.csv (a row per record), config.json, and both sets of parameters;
// `--tensorboard DIR`: an event file; several runs: a table of them all; `pretrain --out DIR`: training.csv (a row per step
// that has a record), config.json and the model.
import { readdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { csvHeading, csvLines } from '../lib/records-csv.mjs';
import { metadataOf } from '../lib/checkpoint.mjs';
import { TensorBoardWriter } from '../lib/tensorboard.mjs';
import { Claim } from './claim.mjs';
import { configOf } from './config.mjs';
import { CHECKPOINT, FILES, JOURNAL, PRETRAINING_FILES } from './contents.mjs';
import { GrowingFile, entryAt, makeFolder, removeFile, rescue, writeFile, writing } from './durable.mjs';

/** @typedef {readonly (readonly [name: string, content: Uint8Array])[]} Models */

/**
 * How a folder is taken: `resume` goes on with the run in it; `command` is what --resume is to go on with; `interval` is how many seconds there are between
 * full checkpoints, 0 for one where the run is ended, none by default.
 * @typedef {{ overwrite?: boolean, resume?: boolean, command?: import('./journal.mjs').Command, interval?: number }} Beginning
 */
/** @typedef {Beginning & { table: string, heading: string, names: readonly string[] }} RunFolderOptions */
/** @typedef {{ save: (options: { full: true }) => Uint8Array, fetchFull?: () => Promise<void> }} Learner  a model or a pre-training; fetchFull: what save() gives is elsewhere before */
/** How a run has ended: hasFailed: by an error, perhaps in the middle of a step. @typedef {{ isComplete: boolean, hasFailed?: boolean }} Ending */

/** The folder of one run: what grows is one table, models and config.json are there at once or not at all. */
class RunFolder {
  #path;
  #claim;
  #how;
  #savedAt = -Infinity;
  /** @type {GrowingFile | undefined} */
  #table;

  /** @param {string} path  made, with its parents, if it is not there @param {RunFolderOptions} how */
  constructor(path, how) {
    this.#path = path;
    this.#how = how;
    const { overwrite, names, resume, command } = how;
    this.#claim = new Claim('out', path, { overwrite, names, resume, command });
    try {
      /** The full checkpoint that it goes on from. */
      this.checkpoint = resume ? this.#claim.checkpoint() : undefined;
    } catch (error) {
      this.#claim.release();
      throw error;
    }
  }

  /** Begins, or goes on, once there is something that learns: nothing is changed before. @param {Learner} learner @param {object} config */
  begin(learner, config) {
    const { table, heading, resume, command } = this.#how;
    if (resume && this.checkpoint === undefined) this.#claim.clear();
    if (command !== undefined) this.write(JOURNAL, `${JSON.stringify(command)}\n`);
    this.write('config.json', `${JSON.stringify(config, null, 2)}\n`); // before what it marks as this run's
    const file = this.fileOf(table);
    this.#table = this.writing(() => this.checkpoint === undefined ? new GrowingFile(file) : reopened(file, Number(metadataOf(this.checkpoint)?.records)));
    if (this.#table.length === 0) this.append(`${heading}\n`);
    if (this.checkpoint === undefined) this.saveInTime(learner);
    else this.#savedAt = performance.now();
  }

  /** @template T @param {() => T} use @returns {T} */
  writing(use) {
    return writing('out', this.#path, use);
  }

  /** @param {string} lines  of the table */
  append(lines) {
    if (lines !== '') this.writing(() => this.#table?.append(lines));
  }

  /** @param {string} name */
  fileOf(name) {
    return join(this.#claim.at, name);
  }

  /** @param {string} name @param {string | Uint8Array} content */
  write(name, content) {
    this.writing(() => writeFile(this.fileOf(name), content));
  }

  /** Where the full checkpoint is. */
  get checkpointFile() {
    return this.fileOf(CHECKPOINT);
  }

  /** A full checkpoint, when it is time for one; not in the middle of a step. @param {Learner} learner @returns {Promise<void> | undefined} what is to be waited for then, if anything */
  saveInTime(learner) {
    const { interval } = this.#how;
    if (!interval || performance.now() - this.#savedAt < 1000 * interval) return undefined;
    if (learner.fetchFull) return learner.fetchFull().then(() => this.#saveFull(learner));
    this.#saveFull(learner);
    return undefined;
  }

  /** What the run can go on from; the table has all rows that it counts. @param {Learner} learner */
  #saveFull(learner) {
    this.writing(() => this.#table?.flush());
    this.write(CHECKPOINT, learner.save({ full: true }));
    this.#savedAt = performance.now();
  }

  /** The last of the run; where it cannot be written here, it is saved elsewhere, and the error says where. @param {Models} models */
  #writeLast(models) {
    try {
      models.forEach(([name, content]) => this.write(name, content));
      this.writing(() => this.#table?.close());
    } catch (error) {
      this.#table?.abandon();
      throw new Error(`${/** @type {Error} */ (error).message}; ${rescue(models)}`, { cause: error });
    }
  }

  /**
   * What the run has come to; where it is complete it replaces the one that was there. An error may have ended it in the middle of a step, so that the full
   * checkpoint before is the one to go on from, exactly.
   * @param {Learner} learner @param {Models} models @param {Ending} how
   */
  end(learner, models, { isComplete, hasFailed = false }) {
    /** @type {unknown} */
    let failure;
    try {
      if (!isComplete && this.#how.interval !== undefined && !(hasFailed && this.#savedAt > -Infinity)) this.#saveFull(learner);
    } catch (error) {
      failure = error; // the models first
    }
    this.#writeLast(models);
    if (isComplete) this.#claim.complete();
    if (failure !== undefined) throw failure;
  }

  /** After the end, or where there was none. */
  close() {
    try {
      this.writing(() => this.#table?.close());
    } finally {
      this.#claim.release();
    }
  }
}

/** A table that goes on after so many rows, which somebody may have changed meanwhile. @param {string} file @param {number} rows */
function reopened(file, rows) {
  const found = entryAt(file);
  if (found !== undefined && !found.isFile()) removeFile(file); // a link, which is not followed
  const table = found?.isFile() ? GrowingFile.goOn(file, 1 + rows) : new GrowingFile(file);
  if (table.lines < 1 + rows) process.stderr.write(`bellhop: ${file} has lost ${1 + rows - Math.max(table.lines, 1)} of the ${rows} rows that were written; the others follow\n`);
  return table;
}

/** @typedef {import('../bellhop.js').Model} Model */
/** @typedef {Learner & { save: (options: { which: import('../bellhop.js').Which }) => Uint8Array }} Run  a model, wherever it learns */

export class OutputFolder {
  #folder;
  #metrics;

  /** @param {string} path  made, with its parents, if it is not there @param {Beginning & { metrics?: readonly string[] }} [how]  metrics: figures of the algorithm's own */
  constructor(path, { metrics = [], ...how } = {}) {
    this.#metrics = metrics;
    this.#folder = new RunFolder(path, { table: 'metrics.csv', heading: csvHeading(metrics), names: FILES, ...how });
  }

  /** The full checkpoint that the run goes on from. */
  get checkpoint() {
    return this.#folder.checkpoint;
  }

  /** Where that is. */
  get checkpointFile() {
    return this.#folder.checkpointFile;
  }

  /** A full checkpoint, when it is time for one; not in the middle of a step. @param {Run} model @returns {Promise<void> | undefined} what is to be waited for then, if anything */
  saveInTime(model) {
    return this.#folder.saveInTime(model);
  }

  /** The run begins, or goes on. @param {Model} model @param {unknown} [preset]  it was made with */
  begin(model, preset) {
    this.#folder.begin(model, configOf(model, preset));
  }

  /** Records as they come; the best parameters as soon as they are found. @param {readonly import('../bellhop.js').RunRecord[]} records @param {Run} model */
  writeRecords(records, model) {
    this.#folder.append(csvLines(records, this.#metrics));
    if (records.some((record) => record.type === 'eval' && record.isBest)) this.#folder.write(...best(model));
  }

  /** What the run has come to. @param {Run} model @param {Ending} how */
  end(model, how) {
    this.#folder.end(model, [['model.safetensors', model.save({ which: 'current' })], best(model)], how);
  }

  close() {
    this.#folder.close();
  }
}

/** @param {Run} model @returns {[name: string, content: Uint8Array]} */
const best = (model) => ['best_model.safetensors', model.save({ which: 'best' })];

/** @typedef {import('../bellhop.js').Pretraining} Pretraining */

export class PretrainingFolder {
  #folder;

  /** @param {string} path  made, with its parents, if it is not there @param {Beginning} [how] */
  constructor(path, how = {}) {
    this.#folder = new RunFolder(path, { table: 'training.csv', heading: 'step,loss,learning_rate,grad_norm,eval_loss,eval_perplexity', names: PRETRAINING_FILES, ...how });
  }

  /** The full checkpoint that the training goes on from. */
  get checkpoint() {
    return this.#folder.checkpoint;
  }

  /** Where that is. */
  get checkpointFile() {
    return this.#folder.checkpointFile;
  }

  /** A full checkpoint, when it is time for one. @param {Pretraining} training */
  saveInTime(training) {
    this.#folder.saveInTime(training);
  }

  /** The training begins, or goes on. @param {Pretraining} training @param {object} config */
  begin(training, config) {
    this.#folder.begin(training, config);
  }

  /**
   * Records as they come, and the model when an evaluation found it the best so far.
   * @param {readonly import('../bellhop.js').PretrainingRecord[]} records  all that there are of a step come together
   * @param {Pretraining} training
   */
  writeRecords(records, training) {
    const steps = [...new Set(records.map((record) => record.step))];
    this.#folder.append(steps.map((step) => {
      const here = records.filter((record) => record.step === step);
      const cells = [step, ...cellsOf(here, 'train', ['loss', 'learningRate', 'gradNorm']), ...cellsOf(here, 'eval', ['loss', 'perplexity'])];
      return `${cells.map(csvCell).join(',')}\n`;
    }).join(''));
    if (records.some((record) => record.type === 'eval' && record.isBest)) this.#folder.write('model.safetensors', training.save());
  }

  /** What the training has come to. @param {Pretraining} training @param {Ending} how */
  end(training, how) {
    this.#folder.end(training, [['model.safetensors', training.save()]], how);
  }

  close() {
    this.#folder.close();
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
  #path;
  #file;

  /** @param {string} path  made, with its parents, if it is not there @param {{ resume?: boolean, from?: number }} [how]  resume: its run goes on after `from` steps, in a file beside the others */
  constructor(path, { resume = false, from } = {}) {
    this.#path = path;
    const held = this.#writing(() => {
      makeFolder(path);
      return readdirSync(path).find((file) => file.includes('tfevents'));
    });
    if (held !== undefined && !resume) throw new Error(`--tensorboard ${path} holds a run already (${held}), and TensorBoard would draw both as one; choose another folder`);
    const name = `events.out.tfevents.${Math.floor(Date.now() / 1000)}.${hostname()}.${process.pid}.0`;
    this.#file = this.#writing(() => new GrowingFile(join(path, name)));
    this.#writing(() => this.#file.append(this.#writer.header(resume ? from : undefined)));
  }

  /** @template T @param {() => T} use @returns {T} */
  #writing(use) {
    return writing('tensorboard', this.#path, use);
  }

  /** @param {readonly import('../bellhop.js').RunRecord[]} records */
  writeRecords(records) {
    const bytes = this.#writer.events(records);
    if (bytes.length > 0) this.#writing(() => this.#file.append(bytes));
  }

  close() {
    this.#writing(() => this.#file.close());
  }
}

/** @param {string} file @param {readonly unknown[][]} rows  the first is the heading */
export function writeCsv(file, rows) {
  writeFile(file, rows.map((cells) => `${cells.map(csvCell).join(',')}\n`).join(''));
}

/** @param {string} file @param {unknown} value */
export function writeJson(file, value) {
  writeFile(file, `${JSON.stringify(value, null, 2)}\n`);
}

/** What is not a finite number is empty; text with a comma, quote or line end is quoted (RFC 4180). @param {unknown} value */
function csvCell(value) {
  if (value === null || value === undefined || (typeof value === 'number' && !Number.isFinite(value))) return '';
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
