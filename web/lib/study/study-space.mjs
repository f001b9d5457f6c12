// SPDX-License-Identifier: MIT
// What a study looks for settings in: one dimension for each parameter, a list of values or a range with a distribution; grids and random
// samples of them. What is drawn follows from the study's seed, the trial's number and the parameter's name alone.
import { BellhopError } from '../bellhop-error.mjs';
import { readOptions, ANY } from '../given.mjs';
import { shown } from '../messages.mjs';
import { expected } from '../options.mjs';
import { exp, log } from './exact-math.mjs';
import { sha256OfText } from './study-job.mjs';

/** @typedef {import('../../bellhop.js').Field} Field */
/**
 * @typedef {object} Dimension
 * @property {string} key
 * @property {readonly any[]} [values]  a list; there is no range then
 * @property {number} low   of a range, as the values
 * @property {number} high
 * @property {number} step  between two values; 0 where they are continuous
 * @property {boolean} isLog  each order of magnitude is as likely
 * @property {number} size  how many values there are
 */

const VALUES_MAX = 10_000;
const DISTRIBUTIONS = ['uniform', 'log_uniform', 'log_uniform_values', 'int_uniform', 'q_uniform'];

/** @param {string} text */
export const refused = (text) => new BellhopError('BH_ERR_CONFIG', text);

/** Whether a value is one of the field's, as the tables say. @param {Field} field @param {any} value @returns {boolean} */
function fits({ type, min = -Infinity, max = Infinity, choices }, value) {
  const isNumber = (/** @type {any} */ x) => typeof x === 'number' && x >= min && x <= max;
  switch (type) {
    case 'bool': return typeof value === 'boolean';
    case 'choice': return typeof value === 'string' && String(choices).split('|').includes(value);
    case 'sizes': return Array.isArray(value) && value.every((each) => Number.isInteger(each) && isNumber(each));
    case 'text': return typeof value === 'string' || Array.isArray(value) && value.every((row) => typeof row === 'string');
    case 'real': return isNumber(value);
    default: return isNumber(value) && Number.isInteger(value);
  }
}

/** @template T @param {string} where @param {Field} field @param {T} value @returns {T} */
export function checkValue(where, field, value) {
  if (fits(field, value)) return value;
  throw refused(`${where} is ${shown(value)}, but must be ${expected(field)}`);
}

/** @param {string} key @param {Field} field @param {any} given @returns {Dimension} */
export function readDimension(key, field, given) {
  const where = `parameters.${key}`;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw refused(`${where} is ${shown(given)}, but must be { values: [...] } or a range: { min, max }`);
  const { values, min, max, distribution, q } = readOptions(where, given, { values: ANY, min: ANY, max: ANY, distribution: ANY, q: ANY });
  if (values === undefined) return readRange(where, key, field, { min, max, distribution, q });
  if ((min ?? max ?? distribution ?? q) !== undefined) throw refused(`${where} has values and a range; leave out one of them`);
  if (!Array.isArray(values) || values.length === 0 || values.length > VALUES_MAX) throw refused(`${where}.values is ${shown(values)}, but must be an array of 1 to ${VALUES_MAX} values`);
  values.forEach((value, i) => checkValue(`${where}.values[${i}]`, field, value));
  const texts = values.map((value) => JSON.stringify(value)), seen = new Set(texts);
  if (seen.size < texts.length) throw refused(`${where}.values has ${texts.find((text, i) => texts.indexOf(text) < i)} twice; leave out one of them`);
  return { key, values, low: 0, high: values.length - 1, step: 1, isLog: false, size: values.length };
}

/** @param {string} where @param {string} key @param {Field} field @param {{ min: any, max: any, distribution: any, q: any }} given @returns {Dimension} */
function readRange(where, key, field, { min, max, distribution, q }) {
  if (!['int', 'real', 'seed'].includes(field.type)) throw refused(`${where} has no values, but must have a list of them: it is ${expected(field)}`);
  const isWhole = field.type !== 'real' || distribution === 'int_uniform';
  const kind = distribution ?? (isWhole ? 'int_uniform' : 'uniform');
  if (!DISTRIBUTIONS.includes(kind)) throw refused(`${where}.distribution is ${shown(kind)}, but must be one of ${DISTRIBUTIONS.join(', ')}`);
  if (min === undefined || max === undefined) throw refused(`${where} has no ${min === undefined ? 'min' : 'max'}; give min and max, or values`);
  const isLog = kind.startsWith('log');
  for (const [name, bound] of Object.entries({ min, max })) {
    checkValue(`${where}.${name}`, field, bound);
    if (isWhole && !Number.isInteger(bound)) throw refused(`${where}.${name} is ${bound}, but must be a whole number for int_uniform`);
  }
  if (!(min < max)) throw refused(`${where}.min is ${min} and max ${max}, but min must be less than max; a single value goes into values`);
  if (isLog && !(min > 0)) throw refused(`${where}.min is ${min}, but must be above 0 for ${kind}`);
  const step = readStep(where, { kind, isWhole, isLog, range: max - min, q });
  const size = step === 0 ? Infinity : Math.floor((max - min) / step + 1e-9) + 1;
  return { key, low: min, high: step === 0 ? max : tidy(min + (size - 1) * step), step, isLog, size };
}

/** @param {string} where @param {{ kind: string, isWhole: boolean, isLog: boolean, range: number, q: any }} given */
function readStep(where, { kind, isWhole, isLog, range, q }) {
  const own = isWhole ? 1 : 0;
  if (q === undefined && kind === 'q_uniform') throw refused(`${where}.q is missing: q_uniform draws min, min + q, min + 2 q and so on`);
  if (q === undefined) return own;
  if (isLog || kind === 'uniform') throw refused(`${where}.q is ${shown(q)}, but ${kind} has none; leave it out, or take q_uniform`);
  if (typeof q !== 'number' || !(q > 0 && q <= range) || isWhole && !Number.isInteger(q)) throw refused(`${where}.q is ${shown(q)}, but must be a ${isWhole ? 'whole ' : ''}number above 0, at most max - min, which is ${range}`);
  return q;
}

/** Without the noise that sums of decimal fractions have. @param {number} value */
const tidy = (value) => Number(value.toPrecision(12));

/** The value nearest to x that there is. @param {Dimension} dimension @param {number} x */
export function snapped({ low, high, step }, x) {
  const near = step === 0 ? x : tidy(low + Math.round((x - low) / step) * step);
  return Math.min(high, Math.max(low, near));
}

/** The ends that a discrete value stands for reach half a step beyond it. @param {Dimension} dimension @returns {[low: number, high: number]} */
export function endsOf({ low, high, step, isLog }) {
  const ends = /** @type {[number, number]} */ ([low - step / 2, high + step / 2]);
  return isLog ? [log(ends[0]), log(ends[1])] : ends;
}

/** A value from a number in [0, 1). @param {Dimension} dimension @param {number} u */
export function drawn(dimension, u) {
  if (dimension.values) return dimension.values[Math.floor(u * dimension.size)];
  const [low, high] = endsOf(dimension), x = low + u * (high - low);
  return snapped(dimension, dimension.isLog ? exp(x) : x);
}

/**
 * Numbers in [0, 1) that follow from a text: SHA-256 in counter mode. A generator with a small state would give a million trials some twins.
 * @param {string} name @returns {() => number}
 */
export function streamOf(name) {
  let block = 0, digits = '';
  return () => {
    if (digits.length === 0) digits = sha256OfText(`${name}/${block++}`).slice(0, 52);
    const [high, low] = [digits.slice(0, 6), digits.slice(6, 13)].map((part) => parseInt(part, 16));
    digits = digits.slice(13);
    return (high * 2 ** 28 + low) / 2 ** 52;
  };
}

/** The stream that a parameter of a trial is drawn from. @param {number} seed @param {number} trial @param {string} key */
export const streamOfTrial = (seed, trial, key) => streamOf(`${seed}/${trial}/${key}`);

/** @param {readonly Dimension[]} dimensions @param {number} seed @param {number} trial @returns {Record<string, any>} */
export function randomParams(dimensions, seed, trial) {
  return Object.fromEntries(dimensions.map((dimension) => [dimension.key, drawn(dimension, streamOfTrial(seed, trial, dimension.key)())]));
}

/** How many trials a grid has. @param {readonly Dimension[]} dimensions */
export const gridSize = (dimensions) => dimensions.reduce((product, { size }) => product * size, 1);

/** The last parameter changes first. @param {readonly Dimension[]} dimensions @param {number} trial @returns {Record<string, any>} */
export function gridParams(dimensions, trial) {
  let rest = trial;
  const params = [...dimensions].reverse().map(({ key, values, low, step, size }) => {
    const at = rest % size;
    rest = Math.floor(rest / size);
    return [key, values ? values[at] : tidy(low + at * step)];
  });
  return Object.fromEntries(params.reverse());
}
