// SPDX-License-Identifier: MIT
// The study as a journal of Optuna's (JournalStorage with JournalFileBackend), which optuna-dashboard shows: a line of JSON for each operation, with
// op_code, worker_id and what the operation changes. Trials are numbered in the order in which they are created, and one that is complete, pruned or
// failed takes no further operation. Values of a list are categorical and stand in the journal by their place in it; what is not null, true, false, a
// number or a string there is shown as JSON. Pruning and sampling are ours; Optuna only reads.
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { findAlgo, findEnv } from '../lib/setup.mjs';
import { iqm } from '../lib/statistics.mjs';
import { GrowingFile, checkNamedFile, firstBytes, writeFile, writing } from './durable.mjs';

/** Numbers of the operations, of directions and of states, as Optuna has them. */
const OP = { createStudy: 0, studyUserAttr: 2, studySystemAttr: 3, createTrial: 4, param: 5, state: 6, intermediate: 7, trialUserAttr: 8 };
const DIRECTION = { minimize: 1, maximize: 2 };
/** @type {Record<string, number>} */
const STATE = { complete: 1, pruned: 2, failed: 3 };

const UPDATE_MS = 1000;
const WORKER = 'bellhop-';
const HEADING_BYTES = 4096;

/** A time as Python's datetime reads it: local, without a zone. @param {number} milliseconds since 1970 */
function timeText(milliseconds) {
  const local = new Date(milliseconds - new Date(milliseconds).getTimezoneOffset() * 60_000);
  return local.toISOString().replace('Z', '000');
}

/** A choice as Optuna takes it. @param {any} value */
const choice = (value) => typeof value === 'object' && value !== null ? JSON.stringify(value) : value;

/** @param {any} given  a parameter of the study @param {boolean} isWhole @returns {object} */
function distributionOf({ values, min, max, distribution = '', q }, isWhole) {
  if (values !== undefined) return { name: 'CategoricalDistribution', attributes: { choices: values.map(choice) } };
  const log = distribution.startsWith('log');
  if (isWhole || distribution === 'int_uniform') return { name: 'IntDistribution', attributes: { log, step: log ? 1 : q ?? 1, low: min, high: max } };
  return { name: 'FloatDistribution', attributes: { step: log ? null : q ?? null, low: min, high: max, log } };
}

/** Which parameters are whole numbers, by the tables. @param {import('../bellhop.js').Catalog} catalog @param {import('../bellhop.js').Study} study @returns {(key: string) => boolean} */
function wholeOnes(catalog, { definition: { env }, algo }) {
  const fields = [...catalog.run, ...findAlgo(catalog, algo).options].map((field) => /** @type {const} */ ([field.key, field]));
  const all = new Map([...fields, ...findEnv(catalog, env).options.map((field) => /** @type {const} */ ([`env.${field.key}`, field]))]);
  return (key) => all.get(key)?.type !== 'real';
}

export class OptunaJournal {
  #path;
  #study;
  #file;
  #worker = `${WORKER}${hostname()}-0`;
  /** @type {Map<string, { distribution: string, values?: readonly any[] }>} */
  #parameters;
  #created = 0;
  /** Trials that are not over. @type {Set<number>} */
  #open = new Set();
  /** Evaluations of jobs whose trials are not over. @type {Map<string, NonNullable<import('../bellhop.js').JobResult['evaluations']>>} */
  #evaluations = new Map();
  #updatedAt = -Infinity;

  /** Begins the journal anew: what is there of the same study is written again. @param {string} path @param {string} name @param {import('../bellhop.js').Bellhop} bh @param {import('../bellhop.js').Study} study */
  constructor(path, name, bh, study) {
    this.#path = path;
    this.#study = study;
    checkNamedFile('journal', path);
    refuseOthers(path, name);
    const isWhole = wholeOnes(bh.catalog, study);
    this.#parameters = new Map(Object.entries(study.definition.parameters).map(([key, given]) => [key, { distribution: JSON.stringify(distributionOf(/** @type {any} */ (given), isWhole(key))), values: /** @type {any} */ (given).values }]));
    const { metric, algo, definition: { env } } = study;
    const about = Object.entries({ bellhop: bh.version, env, algo }).map(([key, value]) => this.#line(OP.studyUserAttr, { study_id: 0, user_attr: { [key]: value } }));
    const heading = [
      this.#line(OP.createStudy, { study_name: name, directions: [DIRECTION[metric.goal]] }),
      this.#line(OP.studySystemAttr, { study_id: 0, system_attr: { 'study:metric_names': [metric.name] } }), ...about,
    ];
    this.#file = writing('journal', path, () => {
      writeFile(path, heading.join(''));
      return GrowingFile.goOn(path, heading.length);
    });
  }

  /** @param {number} op @param {object} fields */
  #line(op, fields) {
    return `${JSON.stringify({ op_code: op, worker_id: this.#worker, ...fields })}\n`;
  }

  /** A job has a result. @param {import('../bellhop.js').JobResult} result */
  add({ id, evaluations = [] }) {
    this.#evaluations.set(id, evaluations);
    if (performance.now() - this.#updatedAt >= UPDATE_MS) this.update();
  }

  /** Writes what is new. */
  update() {
    const trials = this.#study.trials;
    /** @type {string[]} */
    const lines = [];
    for (; this.#created < trials.length; this.#created++) {
      lines.push(...this.#creation(trials[this.#created]));
      this.#open.add(this.#created);
    }
    const over = [...this.#open].filter((number) => STATE[trials[number].state] !== undefined);
    over.forEach((number) => lines.push(...this.#ending(trials[number])));
    for (const number of over) {
      trials[number].jobs.forEach(({ id }) => this.#evaluations.delete(id)); // trials may share them
      this.#open.delete(number);
    }
    if (lines.length > 0) writing('journal', this.#path, () => this.#file.append(lines.join('')));
    this.#updatedAt = performance.now();
  }

  /** @param {import('../bellhop.js').Trial} trial */
  #creation({ number, params }) {
    return [
      this.#line(OP.createTrial, { study_id: 0, datetime_start: timeText(Date.now()) }),
      ...Object.entries(params).map(([key, value]) => {
        const { distribution, values } = /** @type {{ distribution: string, values?: readonly any[] }} */ (this.#parameters.get(key));
        const texts = values?.map((each) => JSON.stringify(each));
        return this.#line(OP.param, { trial_id: number, param_name: key, param_value_internal: texts?.indexOf(JSON.stringify(value)) ?? value, distribution });
      }),
    ];
  }

  /** @param {import('../bellhop.js').Trial} trial */
  #ending({ number, state, score, jobs, results }) {
    const bySeed = new Map(jobs.map(({ seed, id }) => [seed, id])); // a later rung has the evaluations of an earlier one
    const curves = [...bySeed.values()].flatMap((id) => this.#evaluations.get(id) ?? []);
    const steps = new Map();
    curves.forEach(([step, mean]) => mean !== null && steps.set(step, [...steps.get(step) ?? [], mean]));
    const failure = results.find((result) => result?.outcome === 'failed')?.message;
    const attributes = { seeds: [...bySeed.keys()], params_sha256: results.map((result) => result?.fingerprint ?? ''), ...failure !== undefined && { error: failure } };
    return [
      ...[...steps].sort(([a], [b]) => a - b).map(([step, means]) => this.#line(OP.intermediate, { trial_id: number, step, intermediate_value: iqm(means) })),
      ...Object.entries(attributes).map(([key, value]) => this.#line(OP.trialUserAttr, { trial_id: number, user_attr: { [key]: value } })),
      this.#line(OP.state, { trial_id: number, ...statement(state, score), datetime_complete: timeText(Date.now()) }),
    ];
  }

  close() {
    writing('journal', this.#path, () => this.#file.close());
  }
}

/** What Optuna calls complete has a value. @param {string} state @param {number | null} score */
function statement(state, score) {
  const isComplete = state === 'complete' && score !== null;
  return { state: state === 'complete' && !isComplete ? STATE.failed : STATE[state], values: score === null || state === 'failed' ? null : [score] };
}

/** A journal of somebody else's, or of another study, is not replaced. @param {string} path @param {string} name */
function refuseOthers(path, name) {
  if (!existsSync(path)) return;
  const [first] = new TextDecoder().decode(firstBytes(path, HEADING_BYTES)).split('\n');
  let found;
  try {
    found = JSON.parse(first);
  } catch {
    // no journal at all
  }
  const isOurs = found?.op_code === OP.createStudy && String(found.worker_id).startsWith(WORKER) && found.study_name === name;
  if (!isOurs) throw new Error(`--journal ${path} is there already and is not of the study '${name}'; give another file`);
}
