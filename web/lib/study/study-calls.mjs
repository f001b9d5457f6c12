// SPDX-License-Identifier: MIT
// What callers give besides the study file, read once and checked: results that are told, and what the functions for those who run jobs take.
import { BellhopError } from '../bellhop-error.mjs';
import { ANY, copied, readOptions } from '../given.mjs';
import { shown } from '../messages.mjs';
import { checked, whole } from '../rules.mjs';
import { fallsBelow as isBelow } from './pruning.mjs';
import { DIGEST, METRICS, OBJECT, WORD, oneOf } from './study-definition.mjs';
import { jobId as idOf } from './study-job.mjs';

/** @typedef {import('./pruning.mjs').Curve} Curve */
/** @typedef {import('../../bellhop.js').TrialResult} TrialResult */
/** @typedef {import('../rules.mjs').Rule} Rule */

const OUTCOMES = ['finished', 'pruned', 'diverged', 'failed'];
/** @type {Rule} */
const TEXT = [(value) => typeof value === 'string' && value.length <= 10_000, 'a text of up to 10,000 characters'];
const STEPS = whole(0, Number.MAX_SAFE_INTEGER);
/** @type {Readonly<Record<string, Rule>>} */
const RESULT = Object.freeze({
  id: DIGEST, outcome: oneOf(OUTCOMES), score: [(value) => value === null || Number.isFinite(value), 'a number, or null where there is none'],
  timesteps: STEPS, evaluations: ANY, fingerprint: TEXT, agent: TEXT, message: TEXT,
  seconds: [(value) => typeof value === 'number' && value >= 0, 'a number of at least 0'],
});
/** @type {Readonly<Record<string, Rule>>} */
const JOB = Object.freeze({ id: ANY, trial: ANY, envFile: ANY, env: WORD, envSha256: DIGEST, envOptions: OBJECT, algo: WORD, options: OBJECT, seed: STEPS, until: STEPS, stopBelow: ANY, metric: oneOf(Object.keys(METRICS)) });

/** Pairs of timesteps and mean rewards, without those that are none. @param {string} name @param {any} given @returns {Curve} */
function readCurve(name, given) {
  const rows = copied(name, given);
  const isFine = Array.isArray(rows) && rows.every((row) => row?.length === 2 && Number.isSafeInteger(row[0]) && (row[1] === null || typeof row[1] === 'number'));
  if (!isFine) throw new BellhopError('BH_ERR_ARGUMENT', `${name} is ${shown(rows)}, but must be pairs of timesteps and mean rewards`);
  return rows.map((row) => Object.freeze(/** @type {const} */ ([row[0], row[1] ?? NaN])));
}

/** Throws for what is missing. @param {string} owner @param {Record<string, any>} values */
function need(owner, values) {
  const [missing] = Object.keys(values).filter((key) => values[key] === undefined);
  if (missing) throw new BellhopError('BH_ERR_ARGUMENT', `${owner}: ${missing} is missing`);
}

/** @param {any} given @returns {{ result: TrialResult, id: string, curve: Curve }} */
export function readResult(given) {
  const { id, outcome, score = null, timesteps, evaluations = [], fingerprint = '', agent, message } = readOptions('tell', given, RESULT);
  need('tell', { id, outcome, timesteps });
  const curve = readCurve('evaluations', evaluations).filter(([, reward]) => Number.isFinite(reward));
  return { id, result: Object.freeze({ outcome, score, timesteps, fingerprint, ...agent !== undefined && { agent }, ...message !== undefined && { message } }), curve };
}

/** Whether a run ends as pruned after the last of its evaluations. @param {unknown} stopBelow @param {unknown} evaluations */
export const fallsBelow = (stopBelow, evaluations) => isBelow(stopBelow === undefined ? undefined : readCurve('stopBelow', stopBelow), readCurve('evaluations', evaluations));

/** The id of a job. @param {string} version @param {any} job */
export function jobId(version, job) {
  checked('version', version, WORD);
  const { env, algo, seed, metric, envOptions = {}, options = {}, stopBelow, ...rest } = readOptions('jobId', copied('the job', job), JOB);
  need('jobId', { env, algo, seed, metric });
  return idOf(version, { ...rest, env, algo, seed, metric, envOptions, options, ...stopBelow !== undefined && { stopBelow: readCurve('stopBelow', stopBelow) } });
}
