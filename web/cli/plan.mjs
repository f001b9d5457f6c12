// SPDX-License-Identifier: MIT
// What is to be run, from file and flags, and the model for it.
import { findAlgo, findEnv } from '../setup.mjs';
import { UsageError, flagOf, inFlags, optionsFrom } from './args.mjs';
import { readConfig } from './config.mjs';

/** @typedef {import('../bellhop.js').Bellhop} Bellhop */
/** @typedef {import('../bellhop.js').Model} Model */
/** @typedef {{ env: string, algo: string, options: Record<string, unknown>, envOptions: Record<string, unknown> }} Plan */

/**
 * @param {Bellhop} bh @param {string | undefined} name  of the environment; may be left out with --config
 * @param {ReadonlyMap<string, string | true>} flags  algo, config, hyperparameters, and those of the command
 * @param {readonly string[]} own                    what else the command takes
 * @param {string} [command]
 * @returns {Plan}
 */
export function makePlan({ catalog }, name, flags, own, command = 'train') {
  const file = flags.get('config');
  const config = file === undefined ? null : readConfig(catalog, String(file));
  if (config && name !== undefined && name !== config.env) {
    throw new UsageError(`the environment is '${name}', but ${file} is for '${config.env}'`);
  }
  const id = name ?? config?.env;
  if (id === undefined) throw new UsageError(`${command} needs an environment: bellhop ${command} ENV; bellhop envs lists them`);
  const env = findEnv(catalog, id);
  const algo = findAlgo(catalog, flags.get('algo') ?? config?.algo ?? env.presets[0]?.algo ?? catalog.algos[0].name);
  const fields = [...catalog.run, ...algo.options];
  const mine = new Set([...fields.map((field) => flagOf(field)), ...env.options.map((field) => flagOf(field, 'env-'))]);
  for (const flag of flags.keys()) {
    if (['algo', 'config', ...own].includes(flag) || mine.has(flag)) continue;
    throw new UsageError(`${flag.startsWith('env-') ? env.id : algo.name} has no option --${flag}; see bellhop options ${flag.startsWith('env-') ? env.id : algo.name}`);
  }
  return {
    env: env.id, algo: algo.name,
    options: { ...config?.options, ...optionsFrom(flags, fields) },
    envOptions: { ...config?.envOptions, ...optionsFrom(flags, env.options, 'env-') },
  };
}

/** @param {Bellhop} bh @param {Plan} plan @returns {Model} */
export function makeModel(bh, { env: id, algo, options, envOptions }) {
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
  const model = makeModel(bh, plan);
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
