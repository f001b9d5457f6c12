// SPDX-License-Identifier: MIT
// What is to be run, from file and flags, and the model for it.
import { findAlgo, findEnv } from '../lib/setup.mjs';
import { BellhopError } from '../lib/bellhop-error.mjs';
import { UsageError, flagOf, inFlags, optionsFrom } from './args.mjs';
import { readConfig } from './config.mjs';
import { about, modelFile, openLanguageModel, readBytes, readDemonstrations } from './files.mjs';

/** @typedef {import('../bellhop.js').Bellhop} Bellhop */
/** @typedef {import('../bellhop.js').Model} Model */
/**
 * @typedef {object} Plan
 * @property {string} env
 * @property {string} [envFile]         where it is registered from, if it is one of the caller's
 * @property {string} algo
 * @property {Record<string, unknown>} options
 * @property {Record<string, unknown>} envOptions
 * @property {string} [demonstrations]  a file
 * @property {string} [initFrom]        a file, or the folder of one
 * @property {string} [languageModel]   a file, or the folder of one
 */

/**
 * @param {Bellhop} bh @param {string | undefined} name  of the environment; may be left out with --config
 * @param {ReadonlyMap<string, string | true>} flags  algo, config, preset, hyperparameters, and those of the command
 * @param {readonly string[]} own                    what else the command takes
 * @param {string} [command]
 * @returns {Plan}
 */
export function makePlan({ catalog }, name, flags, own, command = 'train') {
  const file = flags.get('config');
  const config = file === undefined ? null : readConfig(catalog, String(file), { algo: flags.get('algo'), command });
  if (config && name !== undefined && name !== config.env) {
    throw new UsageError(`the environment is '${name}', but ${file} is for '${config.env}'`);
  }
  const id = name ?? config?.env;
  if (id === undefined) throw new UsageError(`${command} needs an environment: bellhop ${command} ENV; bellhop envs lists them`);
  const env = findEnv(catalog, id);
  const algo = findAlgo(catalog, flags.get('algo') ?? config?.algo ?? env.presets[0]?.algo ?? catalog.algos[0].name);
  const fields = [...catalog.run, ...algo.options];
  const mine = new Set([...fields.map((field) => flagOf(field)), ...env.options.map((field) => flagOf(field, 'env-'))]);
  const preset = presetFrom(flags);
  if (config && preset !== undefined) throw new UsageError(`--preset and --config exclude each other: what ${file} says counts, and a preset can stand in it`);
  for (const flag of flags.keys()) {
    if (['algo', 'config', 'preset', ...own].includes(flag) || mine.has(flag)) continue;
    throw new UsageError(`${flag.startsWith('env-') ? env.id : algo.name} has no option --${flag}; see bellhop options ${flag.startsWith('env-') ? env.id : algo.name}`);
  }
  return {
    env: env.id, algo: algo.name,
    options: { ...preset !== undefined && { preset }, ...config?.options, ...optionsFrom(flags, fields) },
    envOptions: { ...config?.envOptions, ...optionsFrom(flags, env.options, 'env-') },
  };
}

/**
 * Calls `use`; what it refuses of an option that nobody typed is an error about the file of --config.
 * @template T @param {ReadonlyMap<string, string | true>} flags @param {() => Promise<T>} use
 */
export async function aboutConfig(flags, use) {
  try {
    return await use();
  } catch (error) {
    const named = error instanceof BellhopError && error.status === 'BH_ERR_CONFIG' ? /--([a-z][\w-]*)/.exec(error.message)?.[1] : undefined;
    if (named === undefined || flags.has(named) || !flags.has('config')) throw error;
    throw new BellhopError('BH_ERR_CONFIG', `${flags.get('config')}: ${/** @type {Error} */ (error).message}`);
  }
}

/** As the library's option of that name: true, false or a name. @param {ReadonlyMap<string, string | true>} flags */
function presetFrom(flags) {
  const text = flags.get('preset');
  return text === 'true' || text === 'false' ? text === 'true' : text;
}

/** @param {Bellhop} bh @param {Plan} plan @returns {{ model: Model, nLoaded?: number }} nLoaded: tensors of initFrom */
export function makeModel(bh, plan) {
  const { initFrom, languageModel } = plan;
  if (languageModel !== undefined) return { model: withLanguageModel(bh, plan, languageModel) };
  const model = withDemonstrations(bh, plan);
  if (initFrom === undefined) return { model };
  return orDispose(model, () => {
    const file = modelFile(initFrom);
    const bytes = readBytes(file);
    return { model, nLoaded: about(file, () => model.loadParameters(bytes)) };
  });
}

/** @template T @param {Model} model @param {() => T} use @returns {T} */
export function orDispose(model, use) {
  try {
    return use();
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/** @param {Bellhop} bh @param {Plan} plan @param {string} path @returns {Model} */
function withLanguageModel(bh, plan, path) {
  const fields = findAlgo(bh.catalog, plan.algo).options;
  const language = openLanguageModel(bh, path);
  try {
    const fitting = isOfText(bh, plan) ? sizesOf(language, fields) : {};
    const model = withDemonstrations(bh, { ...plan, options: { ...fitting, ...plan.options } });
    return orDispose(model, () => {
      about(path, () => inFlags(fields, '', () => model.startFrom(language)), 'BH_ERR_CONFIG');
      return model;
    });
  } finally {
    language.dispose();
  }
}

/** @param {Bellhop} bh @param {Plan} plan */
function isOfText(bh, { env: id, envOptions }) {
  const env = inFlags(findEnv(bh.catalog, id).options, 'env-', () => bh.make(id, envOptions));
  const { action_tokens: tokens } = env.layout;
  env.dispose();
  return tokens !== undefined;
}

/** The options of a network that the language model fits, as far as an algorithm has them. @param {import('../bellhop.js').LanguageModel} model @param {readonly import('../bellhop.js').Field[]} fields */
function sizesOf({ info: { architecture, dModel, nHeads, nLayers } }, fields) {
  const sizes = { featuresExtractor: architecture === 'encoder-decoder' ? architecture : 'transformer', dModel, nHeads, nLayers };
  return fields.some(({ key }) => key === 'dModel') ? sizes : {};
}

/** @param {Bellhop} bh @param {Plan} plan @returns {Model} */
function withDemonstrations(bh, plan) {
  const { demonstrations: file } = plan;
  if (file !== undefined) {
    const demonstrations = readDemonstrations(file);
    return about(file, () => createModel(bh, { ...plan, options: { ...plan.options, demonstrations } }), 'BH_ERR_CONFIG');
  }
  if (plan.algo === 'clone') throw new UsageError('clone needs --demonstrations FILE; bellhop record makes one');
  if (Number(plan.options.demoCapacity ?? 0) > 0) throw new UsageError('there is room for demonstrations, but there are none: give --demonstrations FILE, or --demo-capacity 0');
  return createModel(bh, plan);
}

/** @param {Bellhop} bh @param {Plan} plan @returns {Model} */
function createModel(bh, { env: id, algo, options, envOptions }) {
  const { catalog } = bh;
  const env = inFlags(findEnv(catalog, id).options, 'env-', () => bh.make(id, envOptions));
  try {
    const Class = bh.models[algo];
    return inFlags([...catalog.run, ...findAlgo(catalog, algo).options], '', () => new Class(env, options));
  } finally {
    env.dispose();
  }
}

/**
 * Makes the model and takes it away again: what is wrong with a plan shows before anything runs.
 * @param {Bellhop} bh @param {Plan} plan
 * @returns {number} the steps it will take
 */
export function checkPlan(bh, plan) {
  const { model } = makeModel(bh, plan);
  try {
    checkStop(bh, model);
    return Number(model.options.totalTimesteps);
  } finally {
    model.dispose();
  }
}

/** Whoever asks to stop at the threshold wants it to be possible. @param {Bellhop} bh @param {Model} model */
export function checkStop({ catalog }, model) {
  if (model.options.stopAtThreshold !== true) return;
  const { id, reward_threshold } = findEnv(catalog, model.env.id);
  if (reward_threshold === null) throw new UsageError(`${id} has no threshold that --stop-at-threshold could stop at`);
  if (model.options.evalFreq === 0) throw new UsageError('--stop-at-threshold needs evaluations, but --eval-freq is 0');
}
