// SPDX-License-Identifier: MIT
// Runs that were made before, kept in build/out/results: a line of rows.jsonl for each, and the models of those that are scored once more. A
// run is known by the SHA-256 of all its bits follow from: every option as it is resolved, and tests/golden/runs.json, which changes when the
// code comes to other bits. So what was interrupted goes on, and what a preset's change touches is run again.
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson, sha256OfText } from '../../web/lib/study/study-job.mjs';

/** @import { Summary } from '../../web/cli/training.mjs' */
/** @import { Model } from '../../web/bellhop.js' */
/** @typedef {{ best: number, final: number }} Pair  means of the best and of the final parameters */
/**
 * @typedef {object} Row
 * @property {string} key
 * @property {Summary} summary
 * @property {string} machine
 * @property {boolean} native            whether bellhop-run took the steps
 * @property {number | null} processor   seconds of the processor, with scoring
 * @property {Pair} [common]             on the common starts
 */

/** @param {string} golden  text of tests/golden/runs.json @param {Pick<Model, 'algo' | 'env' | 'options'>} model  of any seed @param {number} seed */
export function keyOf(golden, { algo, env, options }, seed) {
  return sha256OfText(canonicalJson({ golden, algo, env: env.id, envOptions: env.options, options: { ...options, seed } })).slice(0, 32);
}

/** Rows by their keys, the last of each. @param {string} text  whole lines of rows.jsonl @returns {Map<string, Row>} */
export function parseRows(text) {
  return new Map(text.split('\n').slice(0, -1).map((line) => JSON.parse(line)).map((row) => [row.key, row]));
}

export class Kept {
  #folder;
  #rows;

  /** @param {string} folder */
  constructor(folder) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
    const text = existsSync(this.#file) ? readFileSync(this.#file, 'utf8') : '', whole = text.slice(0, text.lastIndexOf('\n') + 1);
    if (whole !== text) writeFileSync(this.#file, whole); // the last line was cut off
    this.#rows = parseRows(whole);
  }

  get #file() {
    return join(this.#folder, 'rows.jsonl');
  }

  /** @param {string} key */
  get(key) {
    return this.#rows.get(key);
  }

  /** @param {Row} row */
  add(row) {
    this.#rows.set(row.key, row);
    appendFileSync(this.#file, `${JSON.stringify(row)}\n`);
  }

  /** Where the models of a run are. @param {string} key */
  modelsOf(key) {
    return join(this.#folder, key);
  }
}
