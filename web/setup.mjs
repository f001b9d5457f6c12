// SPDX-License-Identifier: MIT
// Setups: what an environment or a run is made from. Names are looked up in the catalogue, options go through the
// tables, and the C setup lives only as long as the function it is made for.
import { BellhopError } from './wasm.mjs';
import { decode, encodeOptions, inUsersWords, readCatalog, shown, suggestion } from './options.mjs';

/** @typedef {import('./wasm.mjs').Wasm} Wasm */
/** @typedef {import('./bellhop.js').Catalog} Catalog */
/** @typedef {import('./bellhop.js').OptionValue} OptionValue */
/** @typedef {{ wasm: Wasm, catalog: Catalog }} Library */
/**
 * @typedef {object} Recipe
 * @property {string} env
 * @property {string} [algo]        the environment's preset decides when it is missing
 * @property {object} [envOptions]  camelCase
 * @property {object} [options]     camelCase; `preset: false` starts from the tables' defaults
 */

/**
 * The module with its catalogue.
 * @param {Wasm} wasm
 * @returns {Library}
 */
export function openLibrary(wasm) {
  return { wasm, catalog: readCatalog(wasm.json(wasm.call.bhx_catalog())) };
}

/** @param {string} what @param {unknown} name @param {readonly string[]} names */
function unknown(what, name, names) {
  const hint = typeof name === 'string' ? suggestion(name, names) : '';
  return new BellhopError('BH_ERR_UNKNOWN', `there is no ${what} ${shown(name)}${hint || `; there are ${names.join(', ')}`}`);
}

/** @param {Catalog} catalog @param {unknown} id */
export function findEnv(catalog, id) {
  const env = catalog.envs.find((each) => each.id === id);
  if (!env) throw unknown('environment', id, catalog.envs.map((each) => each.id));
  return env;
}

/** @param {Catalog} catalog @param {unknown} name */
export function findAlgo(catalog, name) {
  const algo = catalog.algos.find((each) => each.name === name);
  if (!algo) throw unknown('algorithm', name, catalog.algos.map((each) => each.name));
  return algo;
}

/** The tables a model's options come from. @param {Catalog} catalog @param {string} algo */
export function modelTables(catalog, algo) {
  return [{ name: LABELS[algo] ?? algo, fields: findAlgo(catalog, algo).options, prefix: '' }, { name: 'Run', fields: catalog.run, prefix: '' }];
}

/** How messages call algorithms, as the library's tables do. @type {Record<string, string>} */
export const LABELS = {
  'dqn': 'DQN',
  'q-learning': 'Q-learning',
  'sarsa': 'SARSA',
  'expected-sarsa': 'Expected SARSA',
  'double-q-learning': 'Double Q-learning',
  'value-iteration': 'Value iteration',
  'policy-iteration': 'Policy iteration',
  'policy-evaluation': 'Policy evaluation',
};

/** @param {Catalog} catalog @param {string} id */
export function envTables(catalog, id) {
  return [{ name: id, fields: findEnv(catalog, id).options, prefix: 'env.' }];
}

/** @param {Wasm} wasm @param {number} setup @param {ReturnType<typeof encodeOptions>} options */
function setAll(wasm, setup, options) {
  for (const option of options) {
    wasm.scratch((scratch) => inUsersWords(option, () =>
      wasm.check(wasm.call.bhx_setup_set(setup, scratch.string(option.name), scratch.string(option.text)))));
  }
}

/** @param {Wasm} wasm @param {number} setup @param {Catalog} catalog @param {string} algo */
function setDefaults(wasm, setup, catalog, algo) {
  const tables = modelTables(catalog, algo);
  const defaults = tables.map((table) => Object.fromEntries(table.fields.map((field) => [field.key, decode(field, field.default)])));
  tables.forEach((table, i) => setAll(wasm, setup, encodeOptions([table], defaults[i], table.name)));
}

/**
 * Makes a setup, hands it to `use` and destroys it.
 * @template T
 * @param {Library} library
 * @param {Recipe} recipe
 * @param {(setup: number) => T} use
 * @returns {T}
 */
export function withSetup({ wasm, catalog }, { env, algo = '', envOptions = {}, options = {} }, use) {
  findEnv(catalog, env);
  if (algo !== '') findAlgo(catalog, algo);
  const setup = wasm.scratch((scratch) =>
    wasm.handle(wasm.call.bhx_setup_create(scratch.string(env), scratch.string(algo))));
  try {
    setAll(wasm, setup, encodeOptions(envTables(catalog, env), envOptions, env));
    applyModelOptions({ wasm, catalog }, setup, options);
    return use(setup);
  } finally {
    wasm.call.bhx_setup_destroy(setup);
  }
}

/** @param {Library} library @param {number} setup @param {object} options */
function applyModelOptions({ wasm, catalog }, setup, options) {
  const { algo } = describeSetup({ wasm, catalog }, setup);
  const tables = modelTables(catalog, algo);
  const owner = LABELS[algo] ?? algo;
  if (typeof options !== 'object' || options === null) encodeOptions(tables, options, owner);
  const { preset, ...rest } = /** @type {Record<string, unknown>} */ (options);
  if (preset !== undefined && typeof preset !== 'boolean' && typeof preset !== 'string') {
    throw new BellhopError('BH_ERR_CONFIG', `${owner}: preset is ${shown(preset)}, but must be true, false or the name of one`);
  }
  if (preset === false) setDefaults(wasm, setup, catalog, algo);
  if (typeof preset === 'string') wasm.scratch((scratch) => wasm.check(wasm.call.bhx_setup_preset(setup, scratch.string(preset))));
  setAll(wasm, setup, encodeOptions(tables, rest, owner));
}

/**
 * Makes the setup a checkpoint was saved with, changes it, hands it to `use` and destroys it.
 * @template T
 * @param {Library} library
 * @param {Uint8Array} bytes
 * @param {{ envOptions?: object, options?: object }} changes
 * @param {(setup: number, bytes: number) => T} use  also gets where the bytes are
 * @returns {T}
 */
export function withCheckpoint({ wasm, catalog }, bytes, { envOptions = {}, options = {} }, use) {
  return wasm.scratch((scratch) => {
    const at = scratch.bytes(bytes);
    const setup = wasm.handle(wasm.call.bhx_setup_from_checkpoint(at, bytes.length));
    try {
      const { env } = describeSetup({ wasm, catalog }, setup);
      setAll(wasm, setup, encodeOptions(envTables(catalog, env), envOptions, env));
      applyModelOptions({ wasm, catalog }, setup, options);
      return use(setup, at);
    } finally {
      wasm.call.bhx_setup_destroy(setup);
    }
  });
}

/**
 * A setup in JavaScript's terms.
 * @param {Library} library
 * @param {number} setup
 * @returns {{ env: string, algo: string, options: Record<string, OptionValue>, envOptions: Record<string, OptionValue> }}
 */
export function describeSetup({ wasm, catalog }, setup) {
  const { env, algo, options } = wasm.json(wasm.call.bhx_setup_describe(setup));
  const read = (/** @type {ReturnType<typeof envTables>} */ tables) => Object.fromEntries(
    tables.flatMap(({ fields, prefix }) => fields.map((field) => [field.key, decode(field, options[prefix + field.name])])));
  return { env, algo, options: read(modelTables(catalog, algo)), envOptions: read(envTables(catalog, env)) };
}

/**
 * Bytes given by a user, as a Uint8Array over them.
 * @param {unknown} bytes
 */
export function asBytes(bytes) {
  if (bytes instanceof ArrayBuffer) return new Uint8Array(bytes);
  if (ArrayBuffer.isView(bytes)) return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  throw new BellhopError('BH_ERR_ARGUMENT', `the checkpoint is ${shown(bytes)}, but must be a Uint8Array or an ArrayBuffer`);
}

/** @param {string} name @param {unknown} value @param {number} low @param {number} high @returns {number} */
export function wholeNumber(name, value, low, high) {
  if (typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high) return value;
  throw new BellhopError('BH_ERR_ARGUMENT', `${name} is ${shown(value)}, but must be a whole number between ${low} and ${high}`);
}

/**
 * Throws for keys that are not known.
 * @param {string} owner
 * @param {unknown} options
 * @param {readonly string[]} keys
 */
export function onlyKeys(owner, options, keys) {
  if (typeof options !== 'object' || options === null) {
    throw new BellhopError('BH_ERR_ARGUMENT', `${owner} takes an object, but got ${shown(options)}`);
  }
  for (const key of Object.keys(options)) {
    if (keys.includes(key)) continue;
    throw new BellhopError('BH_ERR_ARGUMENT', `${owner} has no option '${key}'${suggestion(key, keys) || `; it takes ${keys.join(', ')}`}`);
  }
}
