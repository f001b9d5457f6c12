// SPDX-License-Identifier: MIT
// The folder of a study: study.json (the study and the version), results.jsonl (a line per result, as they come), and tables and a page that are
// made of them: trials.csv, jobs.csv, report.html. What is in the tables follows from the study alone, so they are the same bytes however the
// results came about. A result that a kill has cut off is taken back, and its job runs again.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { canonicalJson } from '../lib/study/study-job.mjs';
import { shown } from '../lib/messages.mjs';
import { GrowingFile, TEMPORARY, entryAt, linesOf, makeFolder, removeFile, removeFolder, writeFile, writing } from './durable.mjs';
import { about, readProblem } from './files.mjs';
import { writeCsv, writeJson } from './folder.mjs';
import { LOCK, lock } from './lock.mjs';
import { JOBS } from './study-local.mjs';
import { reportOf } from './study-report.mjs';

/** @typedef {import('../bellhop.js').StudyDefinition} StudyDefinition */
/** @typedef {import('../bellhop.js').JobResult} JobResult */
/** @typedef {{ version: string, definition: StudyDefinition }} Content  of study.json */

export const STUDY = 'study.json';
export const RESULTS = 'results.jsonl';
const VERIFIED = 'verified.jsonl';
export const TABLES = ['trials.csv', 'jobs.csv', 'report.html'];
const OURS = [STUDY, RESULTS, VERIFIED, ...TABLES, JOBS, LOCK];
const OUTCOMES = ['finished', 'pruned', 'diverged', 'failed'];
const FLUSH_MS = 1000;

// ---- reading ----

/** The study of a folder; undefined where there is none. @param {string} path @returns {Content | undefined} */
export function readStudyFile(path) {
  const file = join(path, STUDY);
  if (entryAt(file)?.isFile() !== true) return undefined;
  try {
    const { version, definition } = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof version === 'string' && typeof definition === 'object' && definition !== null) return { version, definition };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw new Error(readProblem(file, error), { cause: error });
  }
  throw new Error(`${file} is not what bellhop sweep writes; remove it, or give another folder`);
}

/** @param {any} line */
function isResult({ id, outcome, score, timesteps, evaluations, fingerprint }) {
  return /^[0-9a-f]{64}$/.test(id) && OUTCOMES.includes(outcome) && (score === null || typeof score === 'number') && Number.isInteger(timesteps)
    && Array.isArray(evaluations) && typeof fingerprint === 'string';
}

/**
 * Hands on the whole lines of a file that grows, one by one: it may be larger than memory. @param {string} file @param {(line: any) => boolean} isFine
 * @param {(line: any) => void} use @returns {number} how many lines there are
 */
function readLines(file, isFine, use) {
  if (entryAt(file)?.isFile() !== true) return 0;
  let lines = 0;
  for (const text of linesOf(file)) {
    lines++;
    const line = parsed(text);
    if (line === undefined || !isFine(line)) throw new Error(`${file}: line ${lines} is not what bellhop sweep writes; remove that line, and its job runs again`);
    use(line);
  }
  return lines;
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Hands on the results of a folder, in the order in which they came. @param {string} path @param {(result: JobResult) => void} use @returns {number} how many lines there are */
export const readResults = (path, use) => readLines(join(path, RESULTS), isResult, use);

/**
 * Tells a study what folders know. A job that failed counts where it never came to its end, and only if `failed` says so: a sweep tries it again.
 * @param {import('../bellhop.js').Study} study @param {readonly string[]} paths @param {{ failed: boolean }} how
 */
export function tellResults(study, paths, { failed }) {
  /** @type {Map<string, JobResult>} */
  const failures = new Map();
  const done = new Set();
  for (const path of paths) {
    about(path, () => readResults(path, (result) => {
      if (result.outcome === 'failed') return failures.set(result.id, result);
      done.add(result.id);
      return study.tell(result);
    }));
  }
  if (failed) [...failures.values()].filter(({ id }) => !done.has(id)).forEach((result) => study.tell(result));
}

/** Says on stderr how many results of folders are of no job that the study has: made by another build, or of trials that wait for others. @param {import('../bellhop.js').Study} study @param {string} path */
export function warnOfUnmatched({ unmatched }, path) {
  if (unmatched > 0) process.stderr.write(`bellhop: ${path}: ${unmatched} ${unmatched === 1 ? 'result is' : 'results are'} of no job of this study, or of a trial that needs missing results, and not shown\n`);
}

/** The evaluations of some jobs. @param {readonly string[]} paths @param {ReadonlySet<string>} ids @returns {Map<string, [number, number][]>} */
export function evaluationsOf(paths, ids) {
  const found = new Map();
  for (const path of paths) readResults(path, ({ id, evaluations }) => ids.has(id) && found.set(id, evaluations));
  return found;
}

// ---- whether two studies are the same ----

/** What makes a study: where the file of an environment lies does not. @param {StudyDefinition} definition */
function essence({ envFile, ...definition }) {
  void envFile;
  return definition;
}

/** The first place where two values differ, as words. @param {any} a @param {any} b @param {string} path @returns {{ path: string, a: any, b: any } | undefined} */
function differenceOf(a, b, path = '') {
  if (canonicalJson(a ?? null) === canonicalJson(b ?? null)) return undefined;
  const isObject = (/** @type {any} */ value) => typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isObject(a) || !isObject(b)) return { path, a, b };
  for (const key of [...new Set([...Object.keys(a), ...Object.keys(b)])].sort()) {
    const found = differenceOf(a[key], b[key], path === '' ? key : `${path}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Refuses two studies that are not the same. @param {string} path  of the one @param {Content} there @param {string} name  of the other @param {Content} here @param {string} advice */
export function checkSame(path, there, name, here, advice) {
  if (there.version !== here.version) throw new Error(`${path} has a study of bellhop ${there.version}, and this is ${here.version}: runs of two versions may differ, so they do not go into one table; ${advice}`);
  const other = differenceOf(essence(there.definition), essence(here.definition));
  if (other === undefined) return;
  if (other.path === 'envSha256' && other.a && other.b) throw new Error(`${path} was made with another version of the environment's file: its SHA-256 was ${String(other.a).slice(0, 12)}… and is ${String(other.b).slice(0, 12)}… in ${name}; bring the old file back, or ${advice}`);
  const value = (/** @type {any} */ given) => given === undefined ? 'not given' : typeof given === 'object' ? JSON.stringify(given) : shown(given);
  throw new Error(`${path} has another study: ${other.path} is ${value(other.a)} there, and ${value(other.b)} in ${name}; ${advice}`);
}

// ---- the folder of a command ----

export class StudyFolder {
  #path;
  #lock;
  /** @type {GrowingFile} */
  #results;
  /** @type {GrowingFile | undefined} */
  #verified;
  #flushedAt = performance.now();
  #nVerified = 0;
  /** Ids of the jobs that were verified and came to the same bits; those that differed are verified again. @type {Set<string>} */
  verified = new Set();

  /** Makes the folder or opens the one of the same study. @param {string} path @param {Content} content @param {string} name  of the study's file */
  constructor(path, content, name) {
    this.#path = path;
    this.#writing(() => makeFolder(path));
    this.#lock = this.#writing(() => lock(path));
    try {
      const there = readStudyFile(path);
      if (there === undefined) this.#refuseOthers();
      else checkSame(path, there, name, content, 'give another --out');
      readdirSync(path).filter((file) => TEMPORARY.test(file) && OURS.includes(file.replace(TEMPORARY, ''))).forEach((file) => removeFile(join(path, file)));
      if (there === undefined) this.#writing(() => writeJson(join(path, STUDY), content));
      const nResults = readResults(path, () => {});
      this.#nVerified = readLines(join(path, VERIFIED), ({ id }) => typeof id === 'string', ({ id, same }) => same === true && this.verified.add(id));
      this.#results = this.#writing(() => opened(join(path, RESULTS), nResults));
    } catch (error) {
      this.#lock.release();
      throw error;
    }
  }

  /** @template T @param {() => T} use @returns {T} */
  #writing(use) {
    return writing('out', this.#path, use);
  }

  #refuseOthers() {
    const held = readdirSync(this.#path).find((name) => name !== LOCK && !TEMPORARY.test(name));
    if (held !== undefined) throw new Error(`--out ${this.#path} holds ${held} already; a study needs a new or empty folder, or its own`);
  }

  /** A result is there to stay: within a second also if the machine goes down. @param {JobResult} result */
  add(result) {
    this.#writing(() => {
      this.#results.append(`${JSON.stringify(result)}\n`);
      if (performance.now() - this.#flushedAt < FLUSH_MS) return;
      this.#results.flush();
      this.#flushedAt = performance.now();
    });
  }

  /** @param {{ id: string, agent?: string, first?: string, fingerprint: string }} check */
  addVerified(check) {
    this.#writing(() => {
      this.#verified ??= opened(join(this.#path, VERIFIED), this.#nVerified);
      this.#verified.append(`${JSON.stringify(check)}\n`);
    });
  }

  /** Writes the tables and the page. @param {import('./study-view.mjs').View} view */
  write(view) {
    this.#writing(() => writeTables(this.#path, view));
  }

  /** Removes what jobs have left that nobody goes on from. */
  clearJobs() {
    this.#writing(() => removeJobs(join(this.#path, JOBS)));
  }

  /** Others may write there now. */
  close() {
    try {
      this.#writing(() => this.#results.close());
      this.#writing(() => this.#verified?.close());
    } finally {
      this.#lock.release();
    }
  }
}

/** @param {string} file @param {number} lines */
function opened(file, lines) {
  return entryAt(file) === undefined ? new GrowingFile(file) : GrowingFile.goOn(file, lines);
}

/** @param {string} path  of the folders of jobs */
function removeJobs(path) {
  if (entryAt(path)?.isDirectory() !== true) return;
  for (const folder of readdirSync(path).filter((name) => /^[0-9a-f]{12}$/.test(name))) {
    readdirSync(join(path, folder)).forEach((name) => removeFile(join(path, folder, name)));
    removeFolder(join(path, folder));
  }
  if (readdirSync(path).length === 0) removeFolder(path);
}

/** @param {string} path @param {import('./study-view.mjs').View} view */
export function writeTables(path, view) {
  writeCsv(join(path, 'trials.csv'), trialRows(view));
  writeCsv(join(path, 'jobs.csv'), jobRows(view));
  writeFile(join(path, 'report.html'), reportOf(view));
}

/** A value of a parameter in a cell. @param {unknown} value */
const cell = (value) => typeof value === 'object' ? JSON.stringify(value) : value;

/** A row per trial. @param {import('./study-view.mjs').View} view */
function trialRows(view) {
  const keys = view.dimensions.map(({ key }) => key);
  return [
    ['trial', 'state', ...keys, view.metric, `${view.metric}/iqm_ci95_low`, `${view.metric}/iqm_ci95_high`, 'runs', 'total_timesteps'],
    ...view.trials.map(({ number, state, params, score, interval, nRuns, timesteps }) => [number, state, ...keys.map((key) => cell(params[key])), score, interval?.[0], interval?.[1], nRuns, timesteps]),
  ];
}

/** A row per run that has a result. @param {import('./study-view.mjs').View} view */
function jobRows(view) {
  return [
    ['trial', 'seed', 'until', 'outcome', view.metric, 'total_timesteps', 'params_sha256', 'job'],
    ...view.trials.flatMap(({ number, runs }) => runs.map(({ seed, until, outcome, score, timesteps, fingerprint, id }) => [number, seed, until, outcome, score, timesteps, fingerprint, id])),
  ];
}
