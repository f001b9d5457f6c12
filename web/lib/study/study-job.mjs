// SPDX-License-Identifier: MIT
// Jobs of a study: one run each, named by the hash of everything its result follows from, the metric it is scored by included. Same name, same
// result, on whatever machine.
import { sha256Of } from '../sha256.mjs';

/** @typedef {import('../../bellhop.js').Job} Job */

/** JSON with keys in order and nothing between, so that equal values are equal texts. @param {any} value @returns {string} */
export function canonicalJson(value) {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const keys = Object.keys(value).filter((key) => value[key] !== undefined).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`).join(',')}}`;
}

const encoder = new TextEncoder();

/** @param {string} text */
export const sha256OfText = (text) => sha256Of(encoder.encode(text));

/**
 * The id of a job: what `bellhop agent` compares, and what a folder of results is looked up by.
 * @param {string} version  of the library: another one may come to other bits
 * @param {Omit<Job, 'id' | 'trial' | 'envFile'>} job  where a file of an environment lies is no part of it, what is in it is
 */
export function jobId(version, { env, envSha256, envOptions, algo, options, seed, until, stopBelow, metric }) {
  return sha256OfText(canonicalJson({ version, env, envSha256, envOptions, algo, options, seed, until, stopBelow, metric }));
}

/** @param {any} value @returns {any} */
function frozen(value) {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(frozen);
  return Object.freeze(value);
}

/**
 * @param {import('./study-definition.mjs').Plan} plan
 * @param {{ trial: number, params: Readonly<Record<string, any>>, seed: number, until?: number, stopBelow?: readonly (readonly [number, number])[] }} what
 * @returns {Job}
 */
export function makeJob({ version, env, envFile, envSha256, envOptions, algo, options, metric }, { trial, params, seed, until, stopBelow }) {
  const own = Object.entries(params), isOfEnv = (/** @type {string} */ key) => key.startsWith('env.');
  const job = {
    env, ...envSha256 !== undefined && { envSha256 }, algo, seed,
    envOptions: { ...envOptions, ...Object.fromEntries(own.filter(([key]) => isOfEnv(key)).map(([key, value]) => [key.slice(4), value])) },
    options: { ...options, ...Object.fromEntries(own.filter(([key]) => !isOfEnv(key))) },
    ...until !== undefined && { until },
    ...stopBelow !== undefined && stopBelow.length > 0 && { stopBelow },
    metric: metric.name,
  };
  return frozen({ id: jobId(version, job), trial, ...envFile !== undefined && { envFile }, ...job });
}
