// SPDX-License-Identifier: MIT
// Jobs and results as they go through a queue, where anybody who reaches its Redis can put something: nothing is believed. What is not a job of
// this version, with settings that pass the tables of the library, becomes a sentence.
import { metadataOf } from '../lib/checkpoint.mjs';
import { shown } from '../lib/messages.mjs';
import { envTables, findAlgo, findEnv, modelTables, timestepsMax } from '../lib/setup.mjs';
import { METRICS } from '../lib/study/study-definition.mjs';
import { jobId } from '../lib/study/study-job.mjs';
import { checkValue } from '../lib/study/study-space.mjs';

/** @typedef {import('../bellhop.js').Bellhop} Bellhop */
/** @typedef {import('../bellhop.js').Job} Job */
/** @typedef {import('../bellhop.js').JobResult} JobResult */
/** Files of environments an agent has, by their SHA-256. @typedef {ReadonlyMap<string, { file: string, ids: readonly string[] }>} OwnEnvs */
/**
 * What is asked of an agent. fresh: from the beginning, whatever there is of it, and by another agent than `notBy`; model: its parameters are wanted.
 * @typedef {{ version: string, job: Job, fresh?: boolean, notBy?: string, model?: boolean }} Order
 */

/** What fits through the queue, in bytes; a message in letters. */
export const LIMITS = Object.freeze({ job: 64 * 1024, result: 1024 * 1024, checkpoint: 16 * 1024 * 1024, model: 4 * 1024 * 1024, message: 1000 });

/** Something in the queue is no job, or none for this agent. */
export class RefusedJob extends Error {}
/** The environment of a job is not on this machine, but may be on another. */
export class MissingEnv extends RefusedJob {}

const ORDER = ['version', 'job', 'fresh', 'notBy', 'model'];
const JOB = ['id', 'trial', 'seed', 'env', 'envSha256', 'envOptions', 'algo', 'options', 'until', 'stopBelow', 'metric'];
const OUTCOMES = ['finished', 'pruned', 'diverged', 'failed'];
const TRIALS_MAX = 1e6, THRESHOLDS_MAX = 1000, EVALUATIONS_MAX = 50_000, OPTIONS_MAX = 500;

const isDigest = (/** @type {unknown} */ value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
const isWhole = (/** @type {unknown} */ value, /** @type {number} */ low, /** @type {number} */ high) => Number.isSafeInteger(value) && Number(value) >= low && Number(value) <= high;
const isFlag = (/** @type {unknown} */ value) => value === undefined || typeof value === 'boolean';
const isLine = (/** @type {unknown} */ value, /** @type {number} */ most) => typeof value === 'string' && value.length <= most && !/\p{Cc}/u.test(value);
const isPairs = (/** @type {any} */ value, /** @type {number} */ most, canBeNull = false) => Array.isArray(value) && value.length <= most && value.every((pair) => Array.isArray(pair) && pair.length === 2 && isWhole(pair[0], 0, Number.MAX_SAFE_INTEGER) && (Number.isFinite(pair[1]) || canBeNull && pair[1] === null));

/** @param {boolean} isSo @param {string} name @param {unknown} value @param {string} rule */
function require(isSo, name, value, rule) {
  if (!isSo) throw new RefusedJob(`its ${name} is ${shown(value)}, but must be ${rule}`);
}

/** @param {unknown} value @param {string} name @param {readonly string[]} keys @returns {any} */
function objectOf(value, name, keys) {
  require(typeof value === 'object' && value !== null && !Array.isArray(value), name, value, 'an object');
  const unknown = Object.keys(/** @type {object} */ (value)).find((key) => !keys.includes(key));
  if (unknown !== undefined) throw new RefusedJob(`its ${name} has an unknown field ${shown(unknown)}`);
  return value;
}

/** @param {string} text @param {number} most @returns {unknown} */
function parsed(text, most) {
  if (text.length > most) throw new RefusedJob(`it has ${text.length} letters, and at most ${most} are read`);
  try {
    return JSON.parse(text);
  } catch {
    throw new RefusedJob('what it says is no JSON');
  }
}

/** What is sent for a job; where a file of an environment lies is for no other machine. @param {Order} order @returns {Order} */
export function orderOf({ job: { envFile: _, ...job }, ...order }) {
  return { ...order, job };
}

/** The name of an order in the queue: the job's SHA-256; a second run, which verifies the first, is another order. @param {Pick<Order, 'job' | 'fresh'>} order */
export const orderId = ({ job, fresh }) => fresh ? `${job.id}-again` : job.id;

/**
 * An order out of the queue, or a RefusedJob that says in a sentence what is wrong with it.
 * @param {Bellhop} bh @param {string} raw @param {string} id  its name in the queue @param {OwnEnvs} own @returns {Order}
 */
export function readOrder(bh, raw, id, own) {
  const { version, job, fresh, notBy, model } = objectOf(parsed(raw, LIMITS.job), 'order', ORDER);
  require(version === bh.version, 'version', version, `${bh.version}, as this agent's`);
  require(isFlag(fresh), 'fresh', fresh, 'true or false');
  require(isFlag(model), 'model', model, 'true or false');
  require(notBy === undefined || isLine(notBy, 200), 'notBy', notBy, 'the name of an agent');
  const order = { version, job: readJob(bh, job, own), ...fresh && { fresh }, ...notBy !== undefined && { notBy }, ...model && { model } };
  require(orderId(order) === id, 'id', id, 'the SHA-256 of what it says');
  return order;
}

/** @param {Bellhop} bh @param {unknown} given @param {OwnEnvs} own @returns {Job} */
function readJob(bh, given, own) {
  const job = objectOf(given, 'job', JOB);
  const { id, trial, seed, until, stopBelow, metric } = job;
  require(isDigest(id), 'id', id, 'a SHA-256 of 64 digits');
  require(isWhole(trial, 0, TRIALS_MAX), 'trial', trial, `a whole number from 0 to ${TRIALS_MAX}`);
  require(isWhole(seed, 0, Number.MAX_SAFE_INTEGER), 'seed', seed, 'a whole number from 0 to 2^53 - 1');
  require(until === undefined || isWhole(until, 1, timestepsMax(bh.catalog)), 'until', until, `a whole number from 1 to ${timestepsMax(bh.catalog)}`);
  require(stopBelow === undefined || isPairs(stopBelow, THRESHOLDS_MAX), 'stopBelow', stopBelow, `up to ${THRESHOLDS_MAX} pairs of timesteps and a score`);
  require(Object.hasOwn(METRICS, metric), 'metric', metric, `one of ${Object.keys(METRICS).join(', ')}`);
  const env = readEnv(bh, job, own);
  const algo = inSentence(() => findAlgo(bh.catalog, job.algo)).name;
  const options = readOptions('options', modelTables(bh.catalog, algo), job.options, ['preset']);
  const envOptions = readOptions('envOptions', envTables(env.entry), job.envOptions);
  require(options.seed === undefined, 'options.seed', options.seed, 'left out, as the job has a seed');
  require(options.preset === undefined || typeof options.preset === 'boolean' || isLine(options.preset, 200), 'options.preset', options.preset, 'true, false or a name');
  const read = { trial, seed, env: env.entry.id, ...env.sha256 !== undefined && { envSha256: env.sha256 }, envOptions, algo, options, ...until !== undefined && { until }, ...stopBelow !== undefined && { stopBelow }, metric };
  const right = jobId(bh.version, read);
  require(right === id, 'id', id, `the SHA-256 of its settings, ${right.slice(0, 12)}…`);
  return { id, ...read, ...env.file !== undefined && { envFile: env.file } };
}

/** @param {Bellhop} bh @param {any} job @param {OwnEnvs} own @returns {{ entry: import('../bellhop.js').EnvEntry, sha256?: string, file?: string }} */
function readEnv({ catalog }, { env, envSha256 }, own) {
  require(isLine(env, 200), 'env', env, 'the id of an environment');
  require(envSha256 === undefined || isDigest(envSha256), 'envSha256', envSha256, 'a SHA-256 of 64 digits');
  if (envSha256 === undefined) {
    if ([...own.values()].some(({ ids }) => ids.includes(env))) throw new RefusedJob(`its env is ${shown(env)}, which is in a file, and it does not say which`);
    return { entry: inSentence(() => findEnv(catalog, env)) };
  }
  const found = own.get(envSha256);
  if (found === undefined) throw new MissingEnv(`its env ${shown(env)} is in a file whose SHA-256 is ${envSha256.slice(0, 12)}…, which this agent does not have; start it with --env FILE`);
  require(found.ids.includes(env), 'env', env, `one of ${found.ids.join(', ')}, which ${found.file} has`);
  return { entry: findEnv(catalog, env), sha256: envSha256, file: found.file };
}

/** @param {string} name @param {readonly import('../lib/options.mjs').Table[]} tables @param {unknown} given @param {readonly string[]} [others] @returns {Record<string, any>} */
function readOptions(name, tables, given, others = []) {
  const fields = tables.flatMap((table) => table.fields);
  const options = objectOf(given, name, [...fields.map(({ key }) => key), ...others]);
  for (const [key, value] of Object.entries(options).slice(0, OPTIONS_MAX)) {
    const field = fields.find((each) => each.key === key);
    if (field !== undefined) inSentence(() => checkValue(`${name}.${key}`, field, value));
  }
  return options;
}

/** @template T @param {() => T} use @returns {T} */
function inSentence(use) {
  try {
    return use();
  } catch (error) {
    throw new RefusedJob(`its settings do not pass: ${/** @type {Error} */ (error).message}`, { cause: error });
  }
}

// ---- results ----

/** Text for one line of a terminal or a table. @param {unknown} text @param {number} most */
export const plainLine = (text, most) => String(text).replace(/\p{Cc}+/gu, ' ').slice(0, most);

/**
 * A result out of the queue; throws a sentence where it is none of this job.
 * @param {unknown} given @param {Job} job @returns {JobResult}
 */
export function readResult(given, job) {
  const { id, outcome, score, timesteps, evaluations, fingerprint, seconds, agent, message } = /** @type {any} */ (typeof given === 'object' && given !== null ? given : {});
  require(id === job.id, 'id', id, `${job.id.slice(0, 12)}…`);
  require(OUTCOMES.includes(outcome), 'outcome', outcome, `one of ${OUTCOMES.join(', ')}`);
  require(score === null || Number.isFinite(score), 'score', score, 'a number or null');
  require(isWhole(timesteps, 0, Number.MAX_SAFE_INTEGER), 'timesteps', timesteps, 'a whole number');
  require(isPairs(evaluations, EVALUATIONS_MAX, true), 'evaluations', evaluations, `up to ${EVALUATIONS_MAX} pairs of timesteps and a score`);
  require(isDigest(fingerprint) || outcome === 'failed' && fingerprint === '', 'fingerprint', fingerprint, 'a SHA-256 of 64 digits');
  require(Number.isFinite(seconds) && seconds >= 0, 'seconds', seconds, 'a number of seconds');
  return {
    id, outcome, score, timesteps, evaluations, fingerprint, seconds, ...agent !== undefined && { agent: plainLine(agent, 200) },
    ...message !== undefined && { message: plainLine(message, LIMITS.message) },
  };
}

/** Whether bytes are parameters of a job's run, as far as they say so themselves. @param {Uint8Array} bytes @param {Job} job */
export function isModelOf(bytes, { env, algo }) {
  const metadata = metadataOf(bytes);
  return metadata !== undefined && metadata.env === env && metadata.algo === algo;
}
