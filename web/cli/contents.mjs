// SPDX-License-Identifier: MIT
// What a folder holds: files and folders of runs, what commands have left of themselves, and everything else. A file is a run's by its name and
// its content, since config.json and model.safetensors are names that others use too, and only beside a file that says whose they are (MARKS):
// a model that somebody saved there is no run. Of what is somebody else's nothing is replaced or removed.
import { Buffer } from 'node:buffer';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { TEMPORARY, firstBytes } from './durable.mjs';
import { LOCK } from './lock.mjs';

/** What an OutputFolder holds in the end. */
export const FILES = ['metrics.csv', 'config.json', 'model.safetensors', 'best_model.safetensors'];

/** What a PretrainingFolder holds in the end. */
export const PRETRAINING_FILES = ['model.safetensors', 'training.csv', 'config.json'];

/** A full checkpoint of a run that is not done. */
export const CHECKPOINT = 'checkpoint.safetensors';
/** What a command that is not done was asked, and has done (journal.mjs). */
export const JOURNAL = 'journal.jsonl';
/** What goes when a command has come to its end. */
export const WORKING = [CHECKPOINT, JOURNAL];

export const OF_ONE = [...new Set([...FILES, ...PRETRAINING_FILES])];
export const OF_SEVERAL = ['summary.csv', 'summary.json', 'compare.csv', 'runs.csv', 'compare.json'];
export const OF_RUNS = [...OF_ONE, ...OF_SEVERAL, ...WORKING];
/** The folders in that of several runs: of a seed, of a variant. */
export const RUN_FOLDER = /^(seed-\d+|\d+-[\w.,+-]+=[\w.,=+-]*)$/;
/** Where a run is until it replaces another. */
export const UNFINISHED = 'unfinished';
/** What is in UNFINISHED once the run there is complete. */
export const COMPLETE = 'complete.json';

/** What says that a folder has a run, or several: its settings, or what a command that is not done was asked. They are written first and removed last. */
export const MARKS = ['config.json', JOURNAL, 'summary.json', 'compare.json', COMPLETE];

const HEADER_MAX = 100_000_000; // bytes, as other readers of safetensors have it
const HEADING_MAX = 10_000;

// ---- whose a file is ----

/** How tables that grow begin. One that a kill has cut off, or left empty, begins so as far as it goes. @type {Record<string, string>} */
const GROWING = { 'metrics.csv': 'type,time/total_timesteps,', 'training.csv': 'step,loss,learning_rate,grad_norm,', [JOURNAL]: '{"bellhop":"' };

/** How the others begin, which are whole. @type {Record<string, RegExp>} */
const TABLES = { 'summary.csv': /^seed,total_timesteps,/, 'compare.csv': /^variant,.*,runs,eval\/mean_reward\/iqm,/, 'runs.csv': /^variant,.*,seed,total_timesteps,/ };

/** What is in JSON files. @type {Record<string, (value: any) => boolean>} */
const KINDS = {
  'config.json': (value) => describe(value) !== undefined,
  'summary.json': (value) => isObject(value) && 'aggregate' in value && Array.isArray(value.runs),
  'compare.json': (value) => Array.isArray(value) && value.every((variant) => isObject(variant) && 'settings' in variant && Array.isArray(variant.runs)),
};

/** @param {any} value */
function isObject(value) {
  return typeof value === 'object' && value !== null;
}

/** What a config.json is of; undefined where no command wrote it. @param {any} config */
function describe(config) {
  if (!isObject(config) || !isObject(config.options)) return undefined;
  const { env, algo, env_options, corpus, n_texts } = config;
  if (typeof env === 'string' && typeof algo === 'string' && isObject(env_options)) return `a run of ${algo} in ${env}`;
  if (typeof env === 'string' && typeof n_texts === 'number') return `a language model of ${env}`;
  return Array.isArray(corpus) ? `a language model of ${corpus}` : undefined;
}

/** @param {string} file */
function isCheckpoint(file) {
  const length = Number(Buffer.from(firstBytes(file, 8)).readBigUInt64LE());
  if (length > HEADER_MAX) return false;
  const header = Buffer.from(firstBytes(file, 8 + length)).toString('utf8', 8);
  return String(JSON.parse(header).__metadata__?.format).startsWith('bellhop-');
}

/** @param {string} file  or a link to one @param {string} name  its own */
function isOurs(file, name) {
  try {
    if (!statSync(file).isFile()) return false; // a pipe would be waited for
    if (name.endsWith('.safetensors')) return isCheckpoint(file);
    const start = (/** @type {number} */ count) => Buffer.from(firstBytes(file, count)).toString();
    if (name in GROWING) return GROWING[name].startsWith(start(GROWING[name].length));
    if (name in TABLES) return TABLES[name].test(start(HEADING_MAX));
    return KINDS[name](JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const { code, syscall } = /** @type {NodeJS.ErrnoException} */ (error);
    if (syscall !== undefined && !['ENOENT', 'ENOTDIR', 'ELOOP'].includes(String(code))) throw Object.assign(/** @type {Error} */ (error), { file }); // the disk, not what is on it
    return false;
  }
}

// ---- what a folder holds ----

/**
 * What is in a folder; nothing where there is none. Of a link it counts what it leads to; what is replaced or removed is the link.
 * @param {string} path
 * @returns {{ files: string[], folders: string[], traces: string[], strange: string[], unmarked: string[] }} traces: of commands, no part of a run;
 *   unmarked: strange, but as bellhop writes it, where nothing says of which run it is
 */
export function contentOf(path) {
  const entries = entriesOf(path);
  const named = (/** @type {(entry: import('node:fs').Dirent) => boolean} */ is) => entries.filter(is).map(({ name }) => name);
  const known = named((entry) => OF_RUNS.includes(entry.name) && (entry.isFile() || entry.isSymbolicLink()) && isOurs(join(path, entry.name), entry.name));
  const folders = named((entry) => entry.isDirectory() && RUN_FOLDER.test(entry.name) && isRunFolder(join(path, entry.name)));
  const traces = named((entry) => (entry.isFile() && isTrace(entry.name)) || (entry.isDirectory() && entry.name === UNFINISHED));
  const isMarked = folders.length > 0 || [...known, ...traces].some((name) => MARKS.includes(name));
  const [files, unmarked] = isMarked ? [known, []] : [[], known];
  return { files, folders, traces, unmarked, strange: named(({ name }) => ![...files, ...folders, ...traces].includes(name)) };
}

/** @param {string} path */
function entriesOf(path) {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return [];
    throw error;
  }
}

/** Whether a run is in it, or nothing at all. @param {string} path */
function isRunFolder(path) {
  const { files, folders, traces, strange } = contentOf(path);
  return strange.length === 0 || [...files, ...folders, ...traces].length > 0;
}

/** @param {string} name */
function isTrace(name) {
  return [LOCK, COMPLETE].includes(name) || (TEMPORARY.test(name) && [...OF_RUNS, LOCK, COMPLETE].includes(name.replace(TEMPORARY, '')));
}

/** What no command wrote into a folder of several runs. @param {string} path @returns {string[]} */
export function strangersIn(path) {
  const { folders, traces, strange } = contentOf(path);
  const inner = [...folders, ...traces.filter((name) => name === UNFINISHED)];
  return [...strange, ...inner.flatMap((folder) => strangersIn(join(path, folder)).map((name) => join(folder, name)))];
}

/** Files that say what a folder has, and how. @type {readonly [name: string, describe: (value: any) => string | undefined][]} */
const DESCRIBED = [
  ['config.json', describe],
  ['summary.json', ({ env, algo, runs }) => `a set of ${runs.length} runs of ${algo} in ${env}`],
  ['compare.json', (variants) => `a comparison of ${variants.length} settings in ${variants[0].env}`],
];

/** What a folder has, of one run or of several; undefined where none of their files says so. @param {string} path */
export function runIn(path) {
  for (const [name, read] of DESCRIBED) {
    try {
      const found = read(JSON.parse(readFileSync(join(path, name), 'utf8')));
      if (found !== undefined) return found;
    } catch {
      // not there, or somebody else's
    }
  }
  return undefined;
}
