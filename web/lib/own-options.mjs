// SPDX-License-Identifier: MIT
// Options of environments of one's own: a table by their author, which becomes one of C's (src/core/config.h), so that names,
// types and ranges are checked, saved and shown as those of shipped environments are.
import { BellhopError } from './bellhop-error.mjs';
import { copied } from './given.mjs';
import { shown, suggestion } from './messages.mjs';
import { camelCase, decode, encodeOptions } from './options.mjs';

/** @typedef {import('../bellhop.js').Field} Field */
/** @typedef {import('../bellhop.js').OptionValue} OptionValue */
/** @typedef {import('./wasm.mjs').Wasm} Wasm */

const KEYS = ['name', 'type', 'default', 'min', 'max', 'choices', 'help', 'key', 'live'];
const NAME = /^[a-z][A-Za-z0-9_]{0,39}$/;
/** Of make and makeVec. */
const TAKEN = ['maxEpisodeSteps', 'numEnvs'];
const MOST = 64;
const INT_MAX = 2_000_000_000, TEXT_MAX = 1000, TEXT_BYTES = 1024, SIZES_MAX = 8;
const ROW_BYTES = 12, TABLE_BYTES = 20;
/** In C's order, bh_field_type: bytes of the member, and bounds where none are given. @type {Record<Field['type'], { bytes: number, align: number, min: number, max: number }>} */
const TYPES = {
  bool: { bytes: 4, align: 4, min: 0, max: 1 },
  int: { bytes: 4, align: 4, min: -INT_MAX, max: INT_MAX },
  real: { bytes: 8, align: 8, min: -1e30, max: 1e30 },
  seed: { bytes: 8, align: 8, min: 0, max: Number.MAX_SAFE_INTEGER },
  choice: { bytes: 4, align: 4, min: 0, max: 0 },
  sizes: { bytes: 4 + 4 * SIZES_MAX, align: 4, min: 1, max: INT_MAX },
  text: { bytes: TEXT_BYTES, align: 1, min: 0, max: TEXT_MAX },
};

/** @param {string} name */
const snakeCase = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

// ---- what the author wrote ----

/**
 * The rows of a source, as the catalogue has them, or what is wrong with them.
 * @param {any} given  a class, a function or an object @param {boolean} isSingle
 * @returns {{ fields: readonly Field[], problems: string[] }}
 */
export function readOptions(given, isSingle) {
  const rows = copied('options', given.options);
  if (rows === undefined || (isSingle && !Array.isArray(rows))) return { fields: [], problems: [] };
  if (isSingle) return { fields: [], problems: ['options are of a class, a function or an object with create, which get them; but it is one object, which is made already'] };
  if (!Array.isArray(rows) || rows.length > MOST) return { fields: [], problems: [`options is ${shown(rows)}, but must be an array of up to ${MOST} rows such as { name: 'leak', type: 'real', default: 0.05, min: 0, max: 1 }`] };
  /** @type {string[]} */
  const problems = [];
  const fields = rows.map((row, i) => readRow(row, (text) => void problems.push(`options[${i}]${typeof row?.name === 'string' ? ` (${row.name})` : ''}: ${text}`)));
  const keys = fields.map((field) => field.key);
  keys.forEach((key, i) => {
    if (keys.indexOf(key) < i) problems.push(`options[${i}]: there are two named '${key}'`);
  });
  return { fields: Object.freeze(fields), problems };
}

/** @param {any} row @param {(problem: string) => void} say @returns {Field} */
function readRow(row, say) {
  /** @type {any} */
  const { name = '', type, help = '', live = false, ...rest } = Object(row);
  for (const key of Object.keys(Object(row))) if (!KEYS.includes(key)) say(`there is no '${key}'${suggestion(key, KEYS) || `; a row has ${KEYS.slice(0, 7).join(', ')}`}`);
  const field = { name: snakeCase(String(name)), key: camelCase(String(name)), type, default: '', live: false, help: typeof help === 'string' ? help.replaceAll('\n', ' ') : '' };
  if (typeof name !== 'string' || !NAME.test(name) || TAKEN.includes(field.key)) say(`name is ${shown(row?.name)}, but must be a word of up to 40 letters, digits and _${TAKEN.includes(field.key) ? ' that make() does not have itself' : ''}`);
  if (live !== false) say(`live is ${shown(live)}, but options of an environment in JavaScript are settled when it is made: leave it out`);
  if (typeof type !== 'string' || !Object.hasOwn(TYPES, type)) {
    say(`type is ${shown(type)}, but must be one of ${Object.keys(TYPES).join(', ')}`);
    return field;
  }
  const whole = Object.freeze({ ...field, ...boundsOf(/** @type {Field['type']} */ (type), rest, say) });
  return Object.freeze({ ...whole, default: readDefault(whole, rest.default, say) });
}

/** @param {Field['type']} type @param {any} row @param {(problem: string) => void} say @returns {{ min?: number, max?: number, choices?: string }} */
function boundsOf(type, row, say) {
  if (type === 'choice') {
    const words = Array.isArray(row.choices) ? row.choices : String(row.choices ?? '').split('|');
    const isFine = words.length > 0 && words.every((/** @type {unknown} */ word) => typeof word === 'string' && word !== '' && !/[|\0]/.test(word));
    if (!isFine) say(`choices is ${shown(row.choices)}, but must be an array of words`);
    return { choices: words.join('|') };
  }
  if (type === 'bool') return {};
  const { min, max } = TYPES[type];
  const own = { min: row.min ?? min, max: row.max ?? max };
  if (!(own.min >= min && own.max <= max && own.min <= own.max)) say(`min and max are ${shown(own.min)} and ${shown(own.max)}, but must be numbers between ${min} and ${max}, the first not above the second`);
  return own;
}

/** The default as text. @param {Field} field @param {unknown} value @param {(problem: string) => void} say */
function readDefault(field, value, say) {
  const typed = typeof value === 'string' && field.type !== 'text' && field.type !== 'choice' ? decode(field, value) : value;
  try {
    if (value === undefined) throw new BellhopError('BH_ERR_CONFIG', `default: ${field.key} is undefined, but must have one`);
    const [{ text }] = encodeOptions([{ name: 'default', fields: [field], prefix: '' }], { [field.key]: typed }, 'default');
    const isBound = ['int', 'real', 'seed'].includes(field.type);
    if (isBound && !(Number(text) >= Number(field.min) && Number(text) <= Number(field.max))) throw new BellhopError('BH_ERR_CONFIG', `default: ${field.key} is ${text}, but must be between ${field.min} and ${field.max}`);
    if (field.type === 'choice' && !field.choices?.split('|').includes(text)) throw new BellhopError('BH_ERR_CONFIG', `default: ${field.key} is ${shown(text)}, but must be one of ${field.choices?.replaceAll('|', ', ')}`);
    return text;
  } catch (error) {
    say(/** @type {Error} */ (error).message);
    return '';
  }
}

/** What an environment is made with where nothing was set; undefined where there is nothing to set. @param {readonly Field[]} fields @returns {Record<string, OptionValue> | undefined} */
export function defaultsOf(fields) {
  return fields.length === 0 ? undefined : Object.fromEntries(fields.map((field) => [field.key, decode(field, field.default)]));
}

// ---- in the module ----

/** Where each member lies, and the size of all. @param {readonly Field[]} fields */
function layOut(fields) {
  let end = 0;
  const offsets = fields.map(({ type }) => {
    const { bytes, align } = TYPES[type];
    const at = Math.ceil(end / align) * align;
    end = at + bytes;
    return at;
  });
  return { offsets, bytes: Math.ceil(end / 8) * 8 };
}

/** The texts of a row: name, default, bounds, help. @param {Field} field */
function textsOf({ name, type, default: fallback, min, max }) {
  const { min: least, max: most } = TYPES[type];
  return [name, fallback, String(min ?? least), String(max ?? most), ''].join('\0');
}

/**
 * The bh_config_table of an environment; address 0 where it has no options. `close` when no definition refers to it.
 * @param {Wasm} wasm @param {string} id @param {readonly Field[]} fields
 */
export function openTable(wasm, id, fields) {
  if (fields.length === 0) return { address: 0, close() {} };
  const encoder = new TextEncoder();
  const texts = [id, ...fields.flatMap((field) => [textsOf(field), field.choices ?? ''])].map((text) => encoder.encode(`${text}\0`));
  const head = TABLE_BYTES + ROW_BYTES * fields.length;
  const size = texts.reduce((sum, text) => sum + text.length, head);
  const address = wasm.alloc(size);
  const at = texts.map((text, i) => address + head + texts.slice(0, i).reduce((sum, each) => sum + each.length, 0));
  texts.forEach((text, i) => new Uint8Array(wasm.buffer, at[i], text.length).set(text));
  const view = new DataView(wasm.buffer, address, head);
  const { offsets, bytes } = layOut(fields);
  [at[0], address + TABLE_BYTES, fields.length, bytes, 0].forEach((value, i) => view.setInt32(4 * i, value, true));
  fields.forEach(({ type, choices }, i) => {
    const row = TABLE_BYTES + ROW_BYTES * i;
    view.setInt32(row, at[1 + 2 * i], true);
    view.setInt32(row + 4, choices === undefined ? 0 : at[2 + 2 * i], true);
    view.setUint16(row + 8, offsets[i], true);
    view.setUint8(row + 10, Object.keys(TYPES).indexOf(type));
  });
  return { address, close: () => wasm.free(address, size) };
}

/** The values of a config in the module; undefined where there are no options. @param {Wasm} wasm @param {readonly Field[]} fields @param {number} at @returns {Record<string, OptionValue> | undefined} */
export function readConfig(wasm, fields, at) {
  if (fields.length === 0) return undefined;
  const { offsets, bytes } = layOut(fields);
  const view = new DataView(wasm.buffer, at >>> 0, bytes);
  return Object.fromEntries(fields.map((field, i) => [field.key, readMember(view, field, offsets[i])]));
}

/** @param {DataView} view @param {Field} field @param {number} at @returns {OptionValue} */
function readMember(view, { type, choices }, at) {
  switch (type) {
    case 'bool': return view.getInt32(at, true) !== 0;
    case 'int': return view.getInt32(at, true);
    case 'real': return view.getFloat64(at, true);
    case 'seed': return Number(view.getBigUint64(at, true));
    case 'choice': return String(choices?.split('|')[view.getInt32(at, true)]);
    case 'sizes': return Array.from({ length: view.getInt32(at, true) }, (_, i) => view.getInt32(at + 4 + 4 * i, true));
    default: {
      const text = new Uint8Array(view.buffer, view.byteOffset + at, TEXT_BYTES);
      return new TextDecoder().decode(text.subarray(0, text.indexOf(0)));
    }
  }
}
