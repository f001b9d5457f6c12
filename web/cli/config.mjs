// SPDX-License-Identifier: MIT
// config.json: { "env", "algo", "options": {…}, "env_options": {…} } with the tables' snake_case names, and among the options
// the "preset" that the others change. What `train --out` writes is complete, so it gives the same run with a later version's
// presets too; there it only says what the run began with.
import { readFileSync } from 'node:fs';
import { findAlgo } from '../lib/setup.mjs';
import { suggestion } from '../lib/messages.mjs';
import { readText } from '../lib/text.mjs';
import { UsageError } from './args.mjs';
import { readProblem } from './files.mjs';

/** @typedef {import('../bellhop.js').Catalog} Catalog */
/** @typedef {import('../bellhop.js').Field} Field */

/** @param {string} file @returns {any} */
function readJson(file) {
  try {
    return JSON.parse(readText(readFileSync(file)).text);
  } catch (error) {
    throw new UsageError(readProblem(file, error), { cause: error });
  }
}

/** Names to camelCase keys. @param {string} file @param {readonly Field[]} fields @param {any} options */
function byKey(file, fields, options = {}) {
  if (typeof options !== 'object' || options === null) throw new UsageError(`${file}: options must be an object`);
  return Object.fromEntries(Object.entries(options).map(([name, value]) => {
    const field = fields.find((each) => each.name === name);
    if (!field) throw new UsageError(`${file}: unknown option '${name}'${suggestion(name, fields.map((each) => each.name))}`);
    return [field.key, value];
  }));
}

/** @param {Catalog} catalog @param {string} file @param {string} id @param {string} command */
function envOf(catalog, file, id, command) {
  const env = catalog.envs.find((each) => each.id === id);
  if (env) return env;
  const hint = suggestion(id, catalog.envs.map((each) => each.id));
  throw new UsageError(`${file} is for '${id}', which bellhop envs does not list${hint || `; if it is your own, give its file before --config: bellhop ${command} FILE.mjs --config ${file}`}`);
}

/**
 * @param {Catalog} catalog @param {string} file
 * @param {{ algo?: string | true, command: string }} typed  algo: where the file names none
 */
export function readConfig(catalog, file, { algo: typed, command }) {
  const config = readJson(file);
  if (typeof config !== 'object' || config === null || typeof config.env !== 'string') {
    throw new UsageError(`${file}: it must be an object with "env", such as the config.json that --out writes`);
  }
  const strange = Object.keys(config).find((key) => !['env', 'algo', 'options', 'env_options'].includes(key));
  if (strange !== undefined) throw new UsageError(`${file}: unknown entry '${strange}'; known: env, algo, options, env_options`);
  const env = envOf(catalog, file, config.env, command);
  const algo = findAlgo(catalog, config.algo ?? typed ?? env.presets[0]?.algo ?? catalog.algos[0].name);
  if (typed !== undefined && typed !== algo.name) throw new UsageError(`${file} is for ${algo.name}, but --algo is ${typed}`);
  const { preset, ...options } = config.options ?? {};
  return {
    env: env.id, algo: algo.name,
    options: { ...preset !== undefined && { preset }, ...byKey(file, [...catalog.run, ...algo.options], options) },
    envOptions: byKey(file, env.options, config.env_options),
  };
}

/** A model's settings as config.json has them. @param {import('../bellhop.js').Model} model @param {unknown} [preset]  it was made with */
export function configOf(model, preset) {
  const snake = (/** @type {object} */ options) => Object.fromEntries(Object.entries(options)
    .map(([key, value]) => [key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value]));
  return { env: model.env.id, algo: model.algo, options: { ...preset !== undefined && { preset }, ...snake(model.options) }, env_options: snake(model.env.options) };
}
