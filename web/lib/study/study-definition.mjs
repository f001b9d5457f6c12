// SPDX-License-Identifier: MIT
// Study files: read once, checked against the tables of the library, filled with their defaults. The words are those of W&B sweeps and Optuna.
import { ANY, copied, reading, readOptions } from '../given.mjs';
import { shown, suggestion } from '../messages.mjs';
import { checked, whole } from '../rules.mjs';
import { envTables, findAlgo, findEnv, modelTables } from '../setup.mjs';
import { BellhopError } from '../bellhop-error.mjs';
import { readPruner } from './pruning.mjs';
import { checkValue, gridSize, readDimension, refused } from './study-space.mjs';

/** @typedef {import('../rules.mjs').Rule} Rule */
/** @typedef {import('../../bellhop.js').Field} Field */
/** @typedef {import('../../bellhop.js').StudyDefinition} StudyDefinition */
/**
 * A study file with all its defaults, and what follows from it.
 * @typedef {object} Plan
 * @property {string} version  of the library
 * @property {StudyDefinition} definition  as it was given
 * @property {string} env
 * @property {string} [envFile]
 * @property {string} [envSha256]
 * @property {Record<string, any>} envOptions
 * @property {import('../../bellhop.js').AlgoName} algo
 * @property {Record<string, any>} options
 * @property {'grid' | 'random' | 'tpe'} method
 * @property {{ name: string, goal: 'maximize' | 'minimize' }} metric
 * @property {import('./study-space.mjs').Dimension[]} dimensions
 * @property {readonly number[]} seeds
 * @property {number} cap  trials there are
 * @property {import('./pruning.mjs').Pruner} [pruner]
 * @property {number} seed
 * @property {number} parallel
 */

/** Trials of a study, and jobs: more than a farm does in a year. */
const TRIALS_MAX = 1_000_000, JOBS_MAX = 10_000_000, SEEDS_MAX = 10_000, PARALLEL_MAX = 10_000;
const PARAMETERS_MAX = 100;
const PARALLEL = 8;
const METHODS = ['grid', 'random', 'tpe'];
/** What a job is scored by, and which way is better. @type {Readonly<Record<string, 'maximize' | 'minimize'>>} */
export const METRICS = Object.freeze({ 'eval/mean_reward': 'maximize', 'final/mean_reward': 'maximize', 'eval/std_reward': 'minimize', 'final/std_reward': 'minimize', 'solved_at_timestep': 'minimize' });

/** @param {readonly string[]} words @returns {Rule} */
export const oneOf = (words) => [(value) => words.includes(value), `one of ${words.join(', ')}`];
/** @type {Rule} */
export const WORD = [(value) => typeof value === 'string' && value.length > 0 && value.length <= 200 && !/\p{Cc}/u.test(value), 'a line of text of up to 200 characters'];
/** @type {Rule} */
const PATH = [(value) => typeof value === 'string' && value.length > 0 && !value.includes('\0'), 'the path of a file'];
/** @param {unknown} value */
function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

/** @type {Rule} */
export const OBJECT = [isObject, 'an object'];
/** @param {string} example @returns {Rule} */
const objectLike = (example) => [isObject, `an object, such as ${example}`];
/** @type {Rule} */
export const DIGEST = [(value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value), 'a SHA-256 of 64 digits'];

/** @type {Readonly<Record<string, Rule>>} */
const RULES = Object.freeze({
  name: WORD, env: WORD, envFile: PATH, envSha256: DIGEST, envOptions: OBJECT, algo: WORD, options: OBJECT, method: oneOf(METHODS), metric: objectLike('{ name: eval/mean_reward, goal: maximize }'),
  parameters: objectLike('{ learningRate: { values: [0.001, 0.01] } }'), seeds: ANY, run_cap: whole(1, TRIALS_MAX), early_terminate: objectLike('{ type: median }'), seed: whole(0, Number.MAX_SAFE_INTEGER), parallel: whole(1, PARALLEL_MAX),
});

/**
 * @param {any} bh  the library @param {any} given
 * @returns {Plan}
 */
export function readStudy(bh, given) {
  const { version, catalog } = readLibrary(bh);
  const definition = readOptions('study', copied('study', given), RULES);
  for (const key of ['env', 'method', 'parameters']) if (definition[key] === undefined) throw refused(`${key} is missing; give ${EXAMPLES[key]}`);
  const entry = findEnv(catalog, definition.env);
  const algo = findAlgo(catalog, definition.algo ?? entry.presets[0]?.algo ?? catalog.algos[0].name);
  const tables = [...modelTables(catalog, algo.name).map((table) => ({ ...table, prefix: '' })), ...envTables(entry)];
  const options = readFixed('options', tables.filter(({ prefix }) => prefix === ''), definition.options);
  checkPreset(algo.name, [...algo.presets, ...entry.presets], options.preset);
  const envOptions = readFixed('envOptions', tables.filter(({ prefix }) => prefix !== ''), definition.envOptions);
  const { method, seed = 0, parallel = PARALLEL, envFile, envSha256 } = definition;
  const dimensions = readParameters(tables, definition, algo.name);
  const metric = readMetric(definition.metric ?? {});
  const seeds = readSeeds(definition.seeds ?? [0]);
  const plan = { version, definition: /** @type {any} */ (freeze(definition)), env: entry.id, envFile, envSha256, envOptions, algo: /** @type {Plan['algo']} */ (algo.name), options, method, metric, dimensions, seeds, cap: readCap(definition, dimensions), seed, parallel };
  const pruner = definition.early_terminate && readPruner(plan, definition.early_terminate, timestepsOf(catalog, entry, plan));
  const jobs = plan.cap * seeds.length;
  if (jobs > JOBS_MAX) throw refused(`study has ${plan.cap} trials of ${seeds.length} seeds each, which is ${jobs} jobs, but at most ${JOBS_MAX} can be in one; lower run_cap, or split it`);
  return { ...plan, pruner };
}

/** @type {Record<string, string>} */
const EXAMPLES = {
  env: 'the id of an environment, such as CartPole-v1', method: `one of ${METHODS.join(', ')}`,
  parameters: 'what is to be tried, such as { learningRate: { min: 1e-5, max: 1e-2, distribution: log_uniform } }',
};

/** @param {any} bh @returns {{ version: string, catalog: import('../../bellhop.js').Catalog }} */
function readLibrary(bh) {
  const { version, catalog } = reading('the library', () => ({ version: bh?.version, catalog: copied('catalog', bh?.catalog) }));
  if (typeof version === 'string' && Array.isArray(catalog?.envs) && Array.isArray(catalog.algos) && Array.isArray(catalog.run)) return { version, catalog };
  throw new BellhopError('BH_ERR_ARGUMENT', `createStudy takes what load() resolves to, and then the study, but got ${shown(bh)} first`);
}

/** @param {any} value @returns {any} */
function freeze(value) {
  if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) Object.values(value).forEach(freeze);
  return ArrayBuffer.isView(value) ? value : Object.freeze(value);
}

/** @typedef {{ name: string, fields: readonly Field[], prefix: string }} Table */

/** @param {readonly Table[]} tables @param {string} key @returns {Field | undefined} */
const fieldOf = (tables, key) => tables.flatMap(({ fields, prefix }) => fields.map((field) => ({ field, name: prefix + field.key }))).find(({ name }) => name === key)?.field;

/** Options that a message lists. */
const LISTED = 12;

/** @param {string} where @param {string} owner @param {readonly Table[]} tables @param {string} key */
function unknownOption(where, owner, tables, key) {
  const keys = tables.flatMap(({ fields, prefix }) => fields.map((field) => prefix + field.key));
  const isOfEnv = keys.includes(`env.${key}`) ? `; the environment has it: write env.${key}` : '';
  const own = key.startsWith('env.') ? keys.filter((each) => each.startsWith('env.')) : keys;
  const advice = own.length === 0 ? '; it has none' : own.length <= LISTED ? `; it has ${own.join(', ')}` : '; bellhop options lists them';
  return refused(`${where}: ${owner} has no option '${key}'${isOfEnv || suggestion(key, own) || advice}`);
}

/** Options that are the same in all trials. @param {'options' | 'envOptions'} where @param {readonly Table[]} tables @param {Record<string, any>} [given] */
function readFixed(where, tables, given = {}) {
  const own = where === 'options' ? tables : tables.map((table) => ({ ...table, prefix: '' }));
  return Object.fromEntries(Object.entries(given).flatMap(([key, value]) => {
    if (value === undefined) return [];
    if (where === 'options' && key === 'seed') throw refused('options.seed is given, but seeds says with which seeds each trial runs; leave it out');
    if (where === 'options' && key === 'preset') return [[key, checked('options.preset', value, PRESET)]];
    const field = fieldOf(own, key);
    if (!field) throw unknownOption(where, tables[0]?.name ?? 'the environment', own, key);
    return [[key, checkValue(`${where}.${key}`, field, value)]];
  }));
}

/** @type {Rule} */
const PRESET = [(value) => typeof value === 'boolean' || typeof value === 'string', 'true, false or the name of one'];

/** @param {string} algo @param {readonly { algo: string }[]} rows @param {unknown} preset */
function checkPreset(algo, rows, preset) {
  const names = [...new Set(rows.flatMap((row) => row.algo.startsWith(`${algo}/`) ? [row.algo.slice(algo.length + 1)] : []))];
  if (typeof preset === 'string' && !names.includes(preset)) throw refused(`options.preset is ${shown(preset)}, but must be true, false${names.length > 0 ? ` or one of ${names.join(', ')}` : `: ${algo} has none with a name`}`);
}

/** @param {readonly Table[]} tables @param {Record<string, any>} definition @param {string} algo */
function readParameters(tables, { env, parameters, options = {}, envOptions = {} }, algo) {
  const entries = Object.entries(parameters);
  if (entries.length === 0 || entries.length > PARAMETERS_MAX) throw refused(`parameters has ${entries.length} entries, but must have 1 to ${PARAMETERS_MAX}, such as { learningRate: { values: [0.001, 0.01] } }`);
  return entries.map(([key, given]) => {
    const field = fieldOf(tables, key);
    if (key === 'seed') throw refused('parameters.seed is no parameter: seeds says with which seeds each trial runs');
    if (!field) throw unknownOption('parameters', key.startsWith('env.') ? env : algo, tables, key);
    const isFixed = key.startsWith('env.') ? envOptions[key.slice(4)] !== undefined : options[key] !== undefined;
    if (isFixed) throw refused(`parameters.${key} is also in ${key.startsWith('env.') ? 'envOptions' : 'options'}; leave out one of them`);
    return readDimension(key, field, given);
  });
}

/** @param {any} given @returns {Plan['metric']} */
function readMetric(given) {
  const { name = 'eval/mean_reward', goal } = readOptions('metric', given, { name: ANY, goal: ANY });
  const names = Object.keys(METRICS);
  if (!names.includes(name)) throw refused(`metric.name is ${shown(name)}, but must be one of ${names.join(', ')}`);
  return { name, goal: checked('metric.goal', goal ?? METRICS[name], oneOf(['maximize', 'minimize'])) };
}

/** @param {any} given  a list, or ranges as text: '0-4,7' @returns {readonly number[]} */
function readSeeds(given) {
  const seeds = typeof given === 'string' ? rangesOf(given) : given;
  const isFine = Array.isArray(seeds) && seeds.length > 0 && seeds.length <= SEEDS_MAX && seeds.every((seed) => Number.isSafeInteger(seed) && seed >= 0);
  if (!isFine) throw refused(`seeds is ${shown(given)}, but must be a range such as '0-4', which is five seeds, or a list such as [0, 1, 2]: 1 to ${SEEDS_MAX} whole numbers from 0 to 2^53 - 1`);
  const twice = new Set(seeds).size < seeds.length ? seeds.find((/** @type {number} */ seed, /** @type {number} */ i) => seeds.indexOf(seed) < i) : undefined;
  if (twice !== undefined) throw refused(`seeds has ${twice} twice; leave out one of them`);
  return Object.freeze(seeds);
}

/** The numbers of ranges; a short text could name billions. @param {string} text @returns {number[]} */
function rangesOf(text) {
  /** @type {number[]} */
  const seeds = [];
  for (const part of text.split(',')) {
    const [, first, last = first] = /^\s*(\d{1,16})(?:-(\d{1,16}))?\s*$/.exec(part) ?? [];
    const count = Number(last) - Number(first) + 1;
    if (!(count >= 1 && seeds.length + count <= SEEDS_MAX)) throw refused(`seeds is ${shown(text)}, but must be such as '0-4' or '0-4,7', and at most ${SEEDS_MAX} of them`);
    for (let i = 0; i < count; i++) seeds.push(Number(first) + i);
  }
  return seeds;
}

/** How many trials there are. @param {Record<string, any>} definition @param {readonly import('./study-space.mjs').Dimension[]} dimensions */
function readCap({ method, run_cap: cap }, dimensions) {
  if (method !== 'grid') {
    if (cap === undefined) throw refused(`run_cap is missing; say how many trials ${method} makes, such as run_cap: 40`);
    return cap;
  }
  const endless = dimensions.find(({ size }) => size === Infinity);
  if (endless) throw refused(`parameters.${endless.key} is a range of any number, but a grid needs values, int_uniform or q_uniform; or take method: random`);
  const size = gridSize(dimensions);
  if (cap === undefined && size > TRIALS_MAX) throw refused(`the grid has ${size} trials, but at most ${TRIALS_MAX} can be in a study; leave out some values, give run_cap, or take method: random`);
  return Math.min(size, cap ?? size);
}

/** The length of the runs of a study; undefined where a preset says it by name. @param {import('../../bellhop.js').Catalog} catalog @param {import('../../bellhop.js').EnvEntry} entry @param {{ algo: string, options: Record<string, any> }} plan */
function timestepsOf(catalog, entry, { algo, options }) {
  if (options.totalTimesteps !== undefined) return options.totalTimesteps;
  if (typeof options.preset === 'string') return undefined;
  const preset = options.preset === false ? undefined : entry.presets.find((row) => row.algo === algo && row.name === 'total_timesteps')?.value;
  return Number(preset ?? catalog.run.find(({ key }) => key === 'totalTimesteps')?.default);
}
