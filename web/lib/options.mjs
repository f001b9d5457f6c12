// SPDX-License-Identifier: MIT
// Options between JavaScript and the library's tables: camelCase keys and typed values on this side, snake_case names
// and text on the other. Ranges are the library's to check; what is checked here is what text could not carry: types,
// and names, because a name may belong to more than one table.
import { BellhopError } from './bellhop-error.mjs';
import { shown, suggestion } from './messages.mjs';

/** @typedef {import('../bellhop.js').Field} Field */
/** @typedef {import('../bellhop.js').OptionValue} OptionValue */
/** @typedef {{ name: string, fields: readonly Field[], prefix: string }} Table */

/** learning_rate -> learningRate @param {string} name */
export function camelCase(name) {
  return name.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase());
}

/** learning_rate -> learning-rate @param {string} name */
export function kebabCase(name) {
  return name.replaceAll('_', '-');
}

/** What a value of the field is, in words. @param {Field} field */
export function expected(field) {
  switch (field.type) {
    case 'bool': return 'true or false';
    case 'choice': return `one of ${field.choices?.replaceAll('|', ', ')}`;
    case 'sizes': return `an array of whole numbers between ${field.min} and ${field.max}`;
    case 'text': return 'a string or an array of rows';
    case 'real': return `a number between ${field.min} and ${field.max}`;
    default: return `a whole number between ${field.min} and ${field.max}`;
  }
}

/** @param {readonly unknown[]} value @param {(entry: any) => boolean} test */
const all = (value, test) => value.length < 1e4 && value.every(test);

/** @type {Record<Field['type'], (value: any) => string | undefined>} */
const ENCODE = {
  bool: (value) => typeof value === 'boolean' ? String(value) : undefined,
  int: (value) => typeof value === 'number' ? String(value) : undefined,
  real: (value) => typeof value === 'number' ? String(value) : undefined,
  seed: (value) => typeof value === 'number' ? String(value) : undefined,
  choice: (value) => typeof value === 'string' ? value : undefined,
  sizes: (value) => Array.isArray(value) && all(value, Number.isFinite) ? value.join(',') : undefined,
  text: (value) => typeof value === 'string' ? value
    : Array.isArray(value) && all(value, (row) => typeof row === 'string') ? value.join('\n') : undefined,
};

/**
 * The text of a value for the library.
 * @param {string} table  what messages call the table
 * @param {Field} field
 * @param {unknown} value
 */
function encode(table, field, value) {
  const text = ENCODE[field.type](value);
  if (text !== undefined && !text.includes('\0')) return text;
  throw new BellhopError('BH_ERR_CONFIG', `${table}: ${field.key} is ${shown(value)}, but must be ${expected(field)}`);
}

/** The typed value of a text from the library. @param {Field} field @param {string} text @returns {OptionValue} */
export function decode(field, text) {
  switch (field.type) {
    case 'bool': return text === 'true';
    case 'sizes': return text === '' ? [] : text.split(',').map(Number);
    case 'choice': case 'text': return text;
    default: return Number(text);
  }
}

/**
 * The library's names and texts for an object of options. Every key must be a field of one of the tables; undefined stands for the default.
 * @param {readonly Table[]} tables
 * @param {object} options
 * @param {string} owner   what "has no option" is said of
 * @returns {{ name: string, text: string, key: string, field: Field }[]}
 */
export function encodeOptions(tables, options, owner) {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new BellhopError('BH_ERR_CONFIG', `${owner}: options are ${shown(options)}, but must be an object`);
  }
  return Object.entries(options).flatMap(([key, value]) => {
    for (const { name, fields, prefix } of tables) {
      const field = fields.find((each) => each.key === key);
      if (field) return value === undefined ? [] : [{ name: prefix + field.name, text: encode(name, field, value), key, field }];
    }
    const keys = tables.flatMap(({ fields }) => fields.map((field) => field.key));
    throw new BellhopError('BH_ERR_CONFIG', `${owner} has no option '${key}'${suggestion(key, keys)}`);
  });
}

/**
 * Calls `set` for an option; an error names it as it was typed.
 * @param {{ key: string, field: Field }} option
 * @param {() => void} set
 */
export function inUsersWords({ key, field }, set) {
  try {
    set();
  } catch (error) {
    if (!(error instanceof BellhopError)) throw error;
    const message = error.message.replace(new RegExp(`\\b${field.name}\\b`, 'g'), key).replaceAll('|', ', ');
    throw new BellhopError(error.status, message);
  }
}

/**
 * Calls `use`; an error calls the tables' options by their camelCase keys. For errors about several options at once.
 * @template T
 * @param {readonly Table[]} tables
 * @param {() => T} use
 * @returns {T}
 */
export function inKeys(tables, use) {
  try {
    return use();
  } catch (error) {
    if (!(error instanceof BellhopError)) throw error;
    const names = tables.flatMap(({ fields }) => fields).filter(({ name }) => name.includes('_'));
    const message = names.reduce((text, { name, key }) => text.replace(new RegExp(`\\b${name}\\b`, 'g'), key), error.message);
    if (error.status === 'BH_ERR_ENV') throw error; // the caller's words, and their cause
    throw new BellhopError(error.status, message);
  }
}

/** @param {any} value @returns {any} */
function freeze(value) {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(freeze);
  return Object.freeze(value);
}

/** Bounds as numbers: one where all are equal. @param {any} space */
function readSpace(space) {
  if (space.type !== 'Box') return space;
  const bounds = (/** @type {any} */ given) => Array.isArray(given) ? given.map(Number) : Number(given);
  return { ...space, low: bounds(space.low), high: bounds(space.high) };
}

/** @param {any[]} fields */
const withKeys = (fields) => fields.map((field) => ({ ...field, key: camelCase(field.name) }));

/**
 * Fields with their lines of help, where the module has none.
 * @template {{ name: string, help: string }} T
 * @param {string} owner @param {readonly T[]} fields @param {Record<string, string>} help @returns {T[]}
 */
export function withHelp(owner, fields, help) {
  return fields.map((field) => field.help ? field : { ...field, help: help[`${owner}.${field.name}`] ?? help[field.name] ?? '' });
}

/**
 * The catalogue as JavaScript has it: every field with its camelCase key, bounds as numbers; frozen.
 * @param {any} catalog  of bhx_catalog
 * @param {Record<string, string>} [help]  lines of help and summaries, for a module without: help.mjs
 * @returns {import('../bellhop.js').Catalog}
 */
export function readCatalog(catalog, help = {}) {
  const helped = (/** @type {string} */ owner, /** @type {any[]} */ fields) => withHelp(owner, fields, help);
  return freeze({
    ...catalog,
    envs: catalog.envs.map((/** @type {any} */ env) => ({
      ...env, summary: env.summary || (help[`${env.id}.summary`] ?? ''), observation_space: readSpace(env.observation_space), action_space: readSpace(env.action_space),
      options: withKeys(helped(env.id, env.options)),
    })),
    algos: catalog.algos.map((/** @type {any} */ algo) => ({ ...algo, summary: algo.summary || (help[`${algo.name}.summary`] ?? ''), options: withKeys(helped(algo.name, algo.options)) })),
    run: withKeys(helped('run', catalog.run)),
  });
}
