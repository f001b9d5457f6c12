// SPDX-License-Identifier: MIT
// The files of a run that are text or bytes: its records as CSV and for TensorBoard, its settings, and how all files are named.
import { csvHeading, csvLines } from '../lib/records-csv.mjs';
import { readRecords } from '../lib/metrics.mjs';
import { TensorBoardWriter } from '../lib/tensorboard.mjs';
import { settingsOf, snake } from '../lab/fields.mjs';

/** @typedef {import('../lab/run-setup.mjs').RunSetup} RunSetup */
/** @typedef {import('../lab/fields.mjs').Catalog} Catalog */
/** @typedef {Pick<import('../lab/run-list.mjs').KeptRun, 'setup' | 'history' | 'step'>} Result */

/** ENV-ALGO-seedN-stepM.ext @param {Result} run @param {string} ending */
export function fileName({ setup: { env, algo, preset, seed }, step }, ending) {
  return `${env}-${preset ? `${algo}-${preset}` : algo}-seed${seed}-step${step}.${ending}`.replace(/[^\w.-]/g, '_');
}

/** @param {Catalog} catalog */
const layoutOf = (catalog) => /** @type {import('../bellhop.js').Catalog} */ (/** @type {unknown} */ (catalog)).records;

/** The step after which records are kept; 0 where all are. @param {Catalog} catalog @param {Result} run */
export function missingUntil(catalog, { history, step }) {
  const { width, episode } = layoutOf(catalog);
  const { log = [], episodes = 0 } = history ?? {};
  let n = 0;
  for (const rows of log) for (let i = 0; i < rows.length; i += width) if (rows[i] === episode) n++;
  return n === episodes ? 0 : log[0]?.[1] ?? step;
}

/** @param {Catalog} catalog @param {Result} run */
function recordsOf(catalog, { setup, history }) {
  const { algos } = /** @type {import('../bellhop.js').Catalog} */ (/** @type {unknown} */ (catalog));
  const metrics = algos.find(({ name }) => name === setup.algo)?.metrics ?? [];
  return { records: (history?.log ?? []).flatMap((rows) => readRecords(rows, layoutOf(catalog), metrics)), metrics };
}

/** As the command line writes metrics.csv. @param {Catalog} catalog @param {Result} run */
export function csvOf(catalog, run) {
  const { records, metrics } = recordsOf(catalog, run);
  return `${csvHeading(metrics)}\n${csvLines(records, metrics)}`;
}

/** An event file. @param {Catalog} catalog @param {Result} run @param {() => number} [clock]  seconds since 1970 */
export function eventsOf(catalog, run, clock) {
  const writer = new TensorBoardWriter(clock);
  return new Blob([writer.header(), writer.events(recordsOf(catalog, run).records)].map((bytes) => /** @type {Uint8Array<ArrayBuffer>} */ (bytes)));
}

/** The settings that it began with, all of them, as `bellhop train --config` reads them. @param {Catalog} catalog @param {RunSetup} setup */
export function configOf(catalog, setup) {
  const values = (/** @type {'options' | 'envOptions'} */ scope) => Object.fromEntries(settingsOf(catalog, { ...setup, demonstrations: undefined }).filter((each) => each.scope === scope)
    .map(({ key, preset }) => [snake(key), key === 'seed' ? setup.seed : setup[scope][key] ?? preset]));
  const config = { env: setup.env, algo: setup.algo, options: { ...setup.preset && { preset: setup.preset }, ...values('options') }, env_options: values('envOptions') };
  return `${JSON.stringify(config, null, 2)}\n`;
}
