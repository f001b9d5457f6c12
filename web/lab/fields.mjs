// SPDX-License-Identifier: MIT
// Settings as data: the catalogue's tables (they come from C) arranged for a reader. Which fields a run has, their values
// without change (the preset), and how text from a link, an attribute or an input becomes a value.
import { nearest, shown } from '../lib/messages.mjs';

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
 * @property {{ type: string }} action_space
 */
/** @typedef {{ name: string, summary: string, action_spaces: readonly string[], needs_transitions: boolean, gives_log_probs: boolean, options: Field[], presets: Preset[] }} Algo */
/** @typedef {{ envs: Env[], algos: Algo[], run: Field[], version: string, simd: string }} Catalog */

/** What planning has no use for, and what only some environments can do. */
const PLANNING_IGNORES = ['n_envs', 'exploring_starts', 'normalize_reward', 'scale_reward', 'clip_reward', 'frame_skip'];
const ANYWHERE_ONLY = ['exploring_starts'];
const THRESHOLD_ONLY = ['stop_at_threshold'];
/** The panels read one observation, not several stacked. */
const NOT_SHOWN = ['frame_stack'];

/** How links and attributes write it: learningRate, env.slip. @param {{ scope: Setting['scope'], key: string }} setting */
export const nameOf = ({ scope, key }) => (scope === 'envOptions' ? `env.${key}` : key);

/** The setting of a name; it may be in snake_case. @param {readonly Setting[]} settings @param {string} name */
export const settingNamed = (settings, name) => settings.find((each) => nameOf(each) === camel(name));

/** @param {string} snake */
export const camel = (snake) => snake.replace(/_([a-z0-9])/g, (_, c) => c.toUpperCase());

/** @param {string} key  camelCase */
export const snake = (key) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

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
  const { observation_space: space, action_space: actions, has_transitions: hasTable } = envOf(catalog, id);
  return catalog.algos.filter((algo) => algo.action_spaces.includes(actions.type) && learnsFromRewards(algo) && (hasTable || !algo.needs_transitions) && (space.type === 'Discrete' || !isTabular(algo)))
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
  const ignored = new Set([...NOT_SHOWN, ...agent.needs_transitions ? PLANNING_IGNORES : [], ...env.can_start_anywhere ? [] : ANYWHERE_ONLY,
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

/** Entries of a list that can be a value. */
const LONGEST = 4096;

/** What somebody gave, read once: a list of plain values is a new one; any other object, whatever it does when it is read, is one without anything. @param {any} given @returns {any} */
export function taken(given) {
  if (typeof given === 'function') return () => {};
  if (typeof given !== 'object' || given === null) return given;
  try {
    const list = Array.isArray(given) && given.length <= LONGEST ? Array.from({ length: given.length }, (_, i) => given[i]) : [given];
    if (list.every((each) => Object(each) !== each && typeof each !== 'symbol')) return list;
  } catch {
    // a proxy or a getter of theirs
  }
  return {};
}

/** @param {unknown} value @returns {string} */
export function asText(value) {
  const plain = taken(value);
  return Array.isArray(plain) ? plain.map(asText).join(',') : typeof plain === 'string' ? plain : shown(plain);
}

/** @param {Value} a @param {Value} b */
export const same = (a, b) => asText(a) === asText(b);

/**
 * What is wrong with a value or a name, in parts that a catalogue of words turns into a sentence.
 * @typedef {{
 *   key: 'error.not_a_number' | 'error.whole' | 'error.out_of_range' | 'error.too_small' | 'error.too_large' | 'error.choice' | 'error.text.long'
 *     | 'error.choice.near' | 'error.unknown' | 'error.unknown.near' | 'error.attribute' | 'error.json' | 'bad.value',
 *   values: Record<string, string | number>,
 * }} Problem
 */
/** What was left out of a link or of attributes: its name and value as they were written, and why. @typedef {{ name: string, value: string, why: Problem }} Unfit */

/** Attributes of the element that are no settings. */
const ATTRIBUTES = /^(env|algo|preset|settings|speed|show|controls|stop-?at|theme|lang|autoplay|background|keepAlive)$/i;

/** A value that is none of a list. @param {readonly unknown[]} list @param {string} value @returns {Problem} */
export function noneOf(list, value) {
  if (list.length === 0) return { key: 'error.unknown', values: {} };
  const near = nearest(value, list.map(String));
  return { key: near ? 'error.choice.near' : 'error.choice', values: { list: list.join(', '), ...near && { near } } };
}

/** A name that no setting has. @param {readonly Setting[]} settings @param {string} name @returns {Problem} */
export function unknownSetting(settings, name) {
  if (ATTRIBUTES.test(name)) return { key: 'error.attribute', values: {} };
  const key = nearest(name.replace(/^env\./, ''), settings.map((each) => each.key));
  const found = settings.find((each) => each.key === key);
  return found ? { key: 'error.unknown.near', values: { near: nameOf(found) } } : { key: 'error.unknown', values: {} };
}

/** What is wrong with a value by the table's type and bounds; null where nothing is. @param {Partial<Field>} field @param {unknown} value @returns {Problem | null} */
export function problemOf({ type, choices, min = -Infinity, max = Infinity }, value) {
  if (type === 'text') {
    if (typeof value !== 'string') return { key: 'bad.value', values: { value: asText(value) } };
    return value.length <= max ? null : { key: 'error.text.long', values: { max } };
  }
  if (type === 'choice' || type === 'bool') {
    const list = type === 'bool' ? [true, false] : (choices ?? '').split('|');
    if (list.some((each) => each === value)) return null;
    const text = asText(value), { key, values } = noneOf(list, text);
    return { key, values: { ...values, value: text } };
  }
  for (const n of [value].flat()) {
    if (typeof n !== 'number' || Number.isNaN(n)) return { key: 'error.not_a_number', values: { value: asText(value) } };
    if (type !== 'real' && !Number.isSafeInteger(n)) return { key: 'error.whole', values: { value: n } };
    if (n >= min && n <= max && Math.abs(n) !== Infinity) continue;
    if (min > -Infinity && max < Infinity) return { key: 'error.out_of_range', values: { value: n, min, max } };
    return n < min ? { key: 'error.too_small', values: { value: n, min } } : { key: 'error.too_large', values: { value: n, max } };
  }
  return null;
}
