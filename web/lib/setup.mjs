// SPDX-License-Identifier: MIT
// Setups: what an environment or a run is made from. Names are looked up in the catalogue, options go through the
// tables, and the C setup lives only as long as the function it is made for.
import { BellhopError } from './bellhop-error.mjs';
import { shown, suggestion } from './messages.mjs';
import { checked, whole } from './rules.mjs';
import { decode, encodeOptions, inUsersWords, readCatalog } from './options.mjs';

/** @typedef {import('./wasm.mjs').Wasm} Wasm */
/** @typedef {import('../bellhop.js').Catalog} Catalog */
/** @typedef {import('../bellhop.js').OptionValue} OptionValue */
/** @typedef {import('./custom-env.mjs').OwnEnv} OwnEnv */
/**
 * The module, everything there is in it, and the environments registered under their ids, which the catalogue lists too.
 * @typedef {{ wasm: Wasm, catalog: Catalog, registered: Map<string, OwnEnv>, help?: Record<string, string> }} Library
 */
/**
 * @typedef {object} Recipe
 * @property {string | OwnEnv} env  an id, or an environment of the caller's
 * @property {string} [algo]        the environment's preset decides when it is missing
 * @property {object} [envOptions]  camelCase
 * @property {object} [options]     camelCase; `preset: false` starts from the tables' defaults
 * @property {unknown} [demonstrations]
 */

/**
 * The module with its catalogue.
 * @param {Wasm} wasm
 * @param {Record<string, string>} [help]  lines of help, for a module without
 * @returns {Library}
 */
export function openLibrary(wasm, help) {
  return { wasm, catalog: readCatalog(wasm.json(wasm.call.bhx_catalog()), help), registered: new Map(), help };
}

/** @param {string} what @param {unknown} name @param {readonly string[]} names */
function unknown(what, name, names) {
  const known = names.join(', ');
  if (typeof name !== 'string') return new BellhopError('BH_ERR_UNKNOWN', `the ${what} is ${shown(name)}, but must be one of ${known}`);
  return new BellhopError('BH_ERR_UNKNOWN', `unknown ${what} ${shown(name)}${suggestion(name, names) || `; known: ${known}`}`);
}

/** @param {Catalog} catalog @param {unknown} id */
export function findEnv(catalog, id) {
  const env = catalog.envs.find((each) => each.id === id);
  if (!env) throw unknown('environment', id, catalog.envs.map((each) => each.id));
  return env;
}

/** @param {string} id */
export function taken(id) {
  return new BellhopError('BH_ERR_CONFIG', `${id}: there is a shipped environment of that id; take another`);
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

/** The most environment steps a run can have. @param {Catalog} catalog */
export const timestepsMax = (catalog) => Number(catalog.run.find(({ key }) => key === 'totalTimesteps')?.max);

/** Whether an algorithm learns from demonstrations. @param {Catalog} catalog @param {string} algo */
export function takesDemonstrations(catalog, algo) {
  return findAlgo(catalog, algo).options.some(({ name }) => name === 'demo_capacity');
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
  'reinforce': 'REINFORCE',
  'ppo': 'PPO',
  'clone': 'Clone',
  'pqn': 'PQN',
  'ddpg': 'DDPG',
  'td3': 'TD3',
  'sac': 'SAC',
};

/** @param {import('../bellhop.js').EnvEntry} entry */
export function envTables({ id, options }) {
  return [{ name: id, fields: options, prefix: 'env.' }];
}

/** What an environment is made with: its own options, and the time limit, which a run has too. @param {Catalog} catalog @param {import('../bellhop.js').EnvEntry} entry */
export function makeTables(catalog, entry) {
  return [...envTables(entry), { name: entry.id, fields: catalog.run.filter(({ key }) => key === 'maxEpisodeSteps'), prefix: '' }];
}

/** The steps after which episodes are truncated; null for never. @param {OptionValue} option  maxEpisodeSteps @param {number | null} own  of the environment */
export function timeLimit(option, own) {
  return option === 0 ? own : Number(option) > 0 ? Number(option) : null;
}

/**
 * The environment of a recipe: its row of the catalogue, and, where it is the caller's, what makes it.
 * @param {Library} library @param {unknown} env
 * @returns {{ entry: import('../bellhop.js').EnvEntry, own?: OwnEnv }}
 */
export function lookUp({ catalog, registered }, env) {
  const own = typeof env === 'string' ? registered.get(env) : /** @type {OwnEnv | undefined} */ (env);
  if (typeof own?.open !== 'function') return { entry: findEnv(catalog, env) }; // an object that came from a page has none either
  if (!registered.has(own.id) && catalog.envs.some(({ id }) => id === own.id)) throw taken(own.id);
  return { entry: own.entry, own };
}

/**
 * @typedef {object} Script  the definition in the module of an environment of the caller's
 * @property {number} address    0 for a shipped environment
 * @property {() => () => void} keep  whoever made something from it that stays keeps it, and calls what this returns in the end
 * @property {() => void} done   closes it unless it was kept
 */

/** @param {Wasm} wasm @param {OwnEnv | undefined} own @returns {Script} */
export function openScript(wasm, own) {
  wasm.need();
  const { address, close } = own ? own.open(wasm) : { address: 0, close() {} };
  let kept = false;
  return {
    address,
    keep() {
      kept = true;
      return close;
    },
    done() {
      if (!kept) close();
    },
  };
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
 * @param {(setup: number, script: Script) => T} use
 * @param {(setup: number) => void} [check]  before any option is set
 * @returns {T}
 */
export function withSetup(library, { env, algo = '', envOptions = {}, options = {} }, use, check = () => {}) {
  const { wasm, catalog } = library;
  const { entry, entry: { id }, own } = lookUp(library, env);
  if (algo !== '') findAlgo(catalog, algo);
  const script = openScript(wasm, own);
  try {
    const setup = wasm.scratch((scratch) =>
      wasm.handle(wasm.call.bhx_setup_create(scratch.string(id), scratch.string(algo), script.address)));
    return useSetup(library, setup, { entry, envOptions, options }, () => use(setup, script), check);
  } finally {
    script.done();
  }
}

/**
 * Sets options, calls `use`, destroys the setup.
 * @template T
 * @param {Library} library @param {number} setup @param {{ entry: import('../bellhop.js').EnvEntry, envOptions: object, options: object }} changes @param {() => T} use
 * @param {(setup: number) => void} [check]
 */
export function useSetup(library, setup, { entry, envOptions, options }, use, check = () => {}) {
  const { wasm, catalog } = library;
  try {
    check(setup);
    setAll(wasm, setup, encodeOptions(makeTables(catalog, entry), envOptions, entry.id));
    applyModelOptions(library, setup, options);
    return use();
  } finally {
    wasm.call.bhx_setup_destroy(setup);
  }
}

/** @param {Library} library @param {number} setup @param {object} options */
function applyModelOptions(library, setup, options) {
  const { wasm, catalog } = library;
  const { algo } = describeSetup(library, setup);
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
 * A setup in JavaScript's terms.
 * @param {Library} library
 * @param {number} setup
 * @param {import('../bellhop.js').EnvEntry} [entry]  of its environment, whose options are wanted
 * @returns {{ env: string, algo: string, options: Record<string, OptionValue>, envOptions: Record<string, OptionValue> }}
 */
export function describeSetup({ wasm, catalog }, setup, entry) {
  const { env, algo, options } = wasm.json(wasm.call.bhx_setup_describe(setup));
  const read = (/** @type {ReturnType<typeof envTables>} */ tables) => Object.fromEntries(
    tables.flatMap(({ fields, prefix }) => fields.map((field) => [field.key, decode(field, options[prefix + field.name])])));
  return { env, algo, options: read(modelTables(catalog, algo)), envOptions: entry ? read(envTables(entry)) : {} };
}

/** @param {string} name @param {unknown} value @param {number} low @param {number} high */
export const wholeNumber = (name, value, low, high) => /** @type {number} */ (checked(name, value, whole(low, high)));
