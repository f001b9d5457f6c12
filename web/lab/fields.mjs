// SPDX-License-Identifier: MIT
// Settings as data: the catalogue's tables (they come from C) arranged for a reader. Which fields a run has, their values
// without change (the preset), and how text from a link, an attribute or an input becomes a value.

/**
 * @typedef {object} Field  a row of a config table
 * @property {string} name      snake_case
 * @property {'bool' | 'int' | 'real' | 'seed' | 'choice' | 'sizes' | 'text'} type
 * @property {string} default
 * @property {number} [min] @property {number} [max] @property {string} [choices]
 * @property {boolean} live     may change while it runs
 * @property {string} help
 */
/** @typedef {boolean | number | string | number[]} Value */
/**
 * @typedef {object} Setting  a field in its place
 * @property {Field} field
 * @property {string} key       camelCase
 * @property {'options' | 'envOptions'} scope
 * @property {Value} preset     what it is when nobody changed it
 */
/** @typedef {{ algo: string, name: string, value: string }} Preset */
/**
 * @typedef {object} Env
 * @property {string} id @property {Field[]} options @property {Preset[]} presets @property {boolean} has_transitions @property {boolean} can_start_anywhere
 * @property {number | null} reward_threshold @property {{ type: string, shape?: readonly number[] }} observation_space
 */
/** @typedef {{ name: string, summary: string, needs_transitions: boolean, gives_log_probs: boolean, options: Field[], presets: Preset[] }} Algo */
/** @typedef {{ envs: Env[], algos: Algo[], run: Field[], version: string, simd: string }} Catalog */

/** What planning has no use for, and what only some environments can do. */
const PLANNING_IGNORES = ['n_envs', 'exploring_starts'];
const ANYWHERE_ONLY = ['exploring_starts'];
const THRESHOLD_ONLY = ['stop_at_threshold'];

/** @param {string} snake */
export const camel = (snake) => snake.replace(/_([a-z0-9])/g, (_, c) => c.toUpperCase());

/** @param {Catalog} catalog @param {string} id */
export function envOf(catalog, id) {
  const found = catalog.envs.find((env) => env.id === id);
  if (!found) throw new Error(`no environment ${id}`);
  return found;
}

/** @param {Catalog} catalog @param {string} name */
export function algoOf(catalog, name) {
  const found = catalog.algos.find((algo) => algo.name === name);
  if (!found) throw new Error(`no algorithm ${name}`);
  return found;
}

/** The algorithms an environment has presets for, the one it begins with first. @param {Catalog} catalog @param {string} id */
export const presetAlgos = (catalog, id) => [...new Set(envOf(catalog, id).presets.map(({ algo }) => algo))];

/** Whether it learns a table: then states must be numbered. @param {Algo} algo */
const isTabular = ({ options }) => !options.some(({ name }) => name === 'net_arch');

/** Whether it learns from rewards, which it discounts; what does not wants demonstrations, and is for whoever has made some. @param {Algo} algo */
const learnsFromRewards = ({ options }) => options.some(({ name }) => name === 'gamma');

/**
 * What can learn in an environment, in the catalogue's order: names of algorithms, each followed by its own presets, as the
 * catalogue writes them (dqn, dqn/rainbow).
 * @param {Catalog} catalog @param {string} id
 */
export function choicesFor(catalog, id) {
  const { observation_space: space, has_transitions: hasTable } = envOf(catalog, id);
  return catalog.algos.filter((algo) => learnsFromRewards(algo) && (hasTable || !algo.needs_transitions) && (space.type === 'Discrete' || !isTabular(algo)))
    .flatMap(({ name, presets }) => [name, ...new Set(presets.map(({ algo }) => algo))]);
}

/** Every setting of a run, also those with a place of their own. @param {Catalog} catalog @param {{ env: string, algo: string, preset: string, demonstrations?: unknown }} setup @returns {Setting[]} */
export function settingsOf(catalog, { env: envId, algo, preset: own, demonstrations }) {
  const env = envOf(catalog, envId);
  const agent = algoOf(catalog, algo);
  const presets = new Map([...agent.presets, ...env.presets].filter((preset) => preset.algo === algo).map(({ name, value }) => [name, value]));
  for (const { algo: name, name: field, value } of [...agent.presets, ...env.presets]) if (own && name === `${algo}/${own}`) presets.set(field, value);
  /** @param {Field} field @returns {Setting} */
  const setting = (field) => ({
    field, key: camel(field.name), scope: 'options',
    preset: /** @type {Value} */ (parse(field, presets.get(field.name) ?? field.default)),
  });
  const ignored = new Set([...agent.needs_transitions ? PLANNING_IGNORES : [], ...env.can_start_anywhere ? [] : ANYWHERE_ONLY,
    ...env.reward_threshold === null ? THRESHOLD_ONLY : []]);
  return [
    ...agent.options.filter(({ name }) => (demonstrations ? name !== 'demo_capacity' : !name.startsWith('demo_'))).map(setting),
    ...catalog.run.filter(({ name }) => !ignored.has(name)).map(setting),
    ...env.options.map((/** @type {Field} */ field) => /** @type {Setting} */ ({
      field, key: camel(field.name), scope: 'envOptions', preset: parse(field, field.default),
    })),
  ];
}

/** Text to value; null for what is not one. Bounds are for problemOf(). @param {Field} field @param {string} text @returns {Value | null} */
export function parse(field, text) {
  const trimmed = text.trim();
  if (field.type === 'text') return text;
  if (field.type === 'bool') return trimmed === 'true' ? true : trimmed === 'false' ? false : null;
  if (field.type === 'choice') return (field.choices ?? '').split('|').includes(trimmed) ? trimmed : null;
  if (field.type === 'sizes') {
    const sizes = trimmed.split(/[\s,×x]+/).filter(Boolean).map(Number);
    return sizes.every(Number.isInteger) ? sizes : null;
  }
  const number = trimmed === '' ? NaN : Number(trimmed);
  return Number.isNaN(number) ? null : number;
}

/** @param {Value} value */
export const asText = (value) => (Array.isArray(value) ? value.join(',') : String(value));

/** @param {Value} a @param {Value} b */
export const same = (a, b) => asText(a) === asText(b);

/**
 * What is wrong with a value, in parts that a catalogue of words turns into a sentence.
 * @typedef {{ key: 'error.not_a_number' | 'error.whole' | 'error.out_of_range' | 'error.too_small' | 'error.too_large' | 'error.choice' | 'error.text.long', values: Record<string, string | number> }} Problem
 */

/** What is wrong with a value by the table's type and bounds; null where nothing is. @param {Field} field @param {Value} value @returns {Problem | null} */
export function problemOf(field, value) {
  const { type, min = -Infinity, max = Infinity } = field;
  if (type === 'text') return String(value).length <= max ? null : { key: 'error.text.long', values: { max } };
  if (type === 'choice') {
    const choices = (field.choices ?? '').split('|');
    return choices.includes(String(value)) ? null : { key: 'error.choice', values: { value: String(value), list: choices.join(', ') } };
  }
  if (type === 'bool') return typeof value === 'boolean' ? null : { key: 'error.choice', values: { value: String(value), list: 'true, false' } };
  for (const n of [value].flat()) {
    if (typeof n !== 'number' || Number.isNaN(n)) return { key: 'error.not_a_number', values: { value: asText(value) } };
    if (type !== 'real' && !Number.isSafeInteger(n)) return { key: 'error.whole', values: { value: n } };
    if (n >= min && n <= max && Math.abs(n) !== Infinity) continue;
    if (min > -Infinity && max < Infinity) return { key: 'error.out_of_range', values: { value: n, min, max } };
    return n < min ? { key: 'error.too_small', values: { value: n, min } } : { key: 'error.too_large', values: { value: n, max } };
  }
  return null;
}

/** What a value must be, by the key of its problem. @type {Readonly<Record<Problem['key'], (bounds: Record<string, string | number>) => string>>} */
const DEMANDS = Object.freeze({
  'error.not_a_number': () => 'a number', 'error.whole': () => 'a whole number', 'error.out_of_range': ({ min, max }) => `between ${min} and ${max}`,
  'error.too_small': ({ min }) => `at least ${min}`, 'error.too_large': ({ max }) => `at most ${max}`, 'error.choice': ({ list }) => `one of ${list}`,
  'error.text.long': ({ max }) => `a text of at most ${max} letters`,
});

/** Throws the library's sentence where a value does not fit. @param {Field} field @param {Value} value */
export function check(field, value) {
  const problem = problemOf(field, value);
  if (problem) throw new Error(`${field.name} is ${asText(value)}, but must be ${DEMANDS[problem.key](problem.values)}`);
}
