// SPDX-License-Identifier: MIT
// `bellhop train`: a run from its flags to its summary.
import process from 'node:process';
import { load } from '../node.mjs';
import { findAlgo, findEnv } from '../setup.mjs';
import { named } from '../metrics.mjs';
import { UsageError, flagOf, hyperparameterFlags, inFlags, optionsFrom, readArguments } from './args.mjs';
import { readConfig } from './config.mjs';
import { OutputFolder } from './folder.mjs';
import { Progress, number, print, printJson } from './output.mjs';

/** @typedef {import('../bellhop.js').Bellhop} Bellhop */
/** @typedef {import('../bellhop.js').Model} Model */
/** @typedef {{ env: string, algo: string, options: object, envOptions: object }} Plan */

export const summary = 'Train a model';
export const help = `Usage: bellhop train ENV [--algo dqn|q-learning|value-iteration] [--seed N] [--total-timesteps N]
                     [--out DIR] [--config FILE] [--json] [--HYPERPARAMETER VALUE ...] [--env-OPTION VALUE ...]

Trains with the environment's preset, changed by FILE, changed by flags; bellhop options ENV lists them. Then scores the
best and the final parameters on greedy episodes whose seed (the run's + 2^40) no evaluation during the run had.

  --out DIR      write metrics.csv, config.json, model.safetensors (final) and best_model.safetensors there
  --config FILE  options from a config.json that --out wrote; ENV may then be left out
  --json         one JSON object per line: "type" is episode, train or eval; the last one is the summary

  bellhop train CartPole-v1 --seed 3 --out runs/cartpole
  bellhop train FrozenLake-v1 --env-is-slippery false --learning-rate 0.5
  bellhop train GridWorld-v0 --algo value-iteration --env-map S..T/..#./...G

Ctrl-C stops the run, writes what there is and exits with 130.
`;

/** @param {string[]} argv */
export async function run(argv) {
  const bh = await load();
  const own = /** @type {const} */ ([['algo', 'string'], ['out', 'string'], ['config', 'string'], ['json', 'boolean']]);
  const { flags, positionals } = readArguments(argv, new Map([...hyperparameterFlags(bh.catalog), ...own]));
  if (positionals.length > 1) throw new UsageError(`train takes one environment, but got '${positionals.join(' ')}'`);
  const plan = makePlan(bh, positionals[0], flags);
  const model = makeModel(bh, plan);
  const out = flags.get('out');
  const folder = out === undefined ? null : new OutputFolder(String(out));
  try {
    return await train(model, folder, flags.has('json'), findEnv(bh.catalog, plan.env).reward_threshold);
  } finally {
    folder?.close();
    model.dispose();
  }
}

/**
 * What is to be run, from file and flags.
 * @param {Bellhop} bh @param {string | undefined} name @param {Map<string, string | true>} flags
 * @returns {Plan}
 */
function makePlan({ catalog }, name, flags) {
  const file = flags.get('config');
  const config = file === undefined ? null : readConfig(catalog, String(file));
  if (config && name !== undefined && name !== config.env) {
    throw new UsageError(`the environment is '${name}', but ${file} is for '${config.env}'`);
  }
  const id = name ?? config?.env;
  if (id === undefined) throw new UsageError('train needs an environment: bellhop train ENV; bellhop envs lists them');
  const env = findEnv(catalog, id);
  const algo = findAlgo(catalog, flags.get('algo') ?? config?.algo ?? env.presets[0]?.algo ?? catalog.algos[0].name);
  const fields = [...catalog.run, ...algo.options];
  const mine = new Set([...fields.map((field) => flagOf(field)), ...env.options.map((field) => flagOf(field, 'env-'))]);
  for (const flag of flags.keys()) {
    if (['algo', 'out', 'config', 'json'].includes(flag) || mine.has(flag)) continue;
    throw new UsageError(`${flag.startsWith('env-') ? env.id : algo.name} has no option --${flag}; see bellhop options ${flag.startsWith('env-') ? env.id : algo.name}`);
  }
  return {
    env: env.id, algo: algo.name,
    options: { ...config?.options, ...optionsFrom(flags, fields) },
    envOptions: { ...config?.envOptions, ...optionsFrom(flags, env.options, 'env-') },
  };
}

/** @param {Bellhop} bh @param {Plan} plan @returns {Model} */
function makeModel(bh, { env: id, algo, options, envOptions }) {
  const { catalog } = bh;
  const classes = { 'dqn': bh.DQN, 'q-learning': bh.QLearning, 'value-iteration': bh.ValueIteration };
  const env = inFlags(findEnv(catalog, id).options, 'env-', () => bh.make(id, envOptions));
  try {
    const Class = classes[/** @type {keyof typeof classes} */ (algo)];
    return inFlags([...catalog.run, ...findAlgo(catalog, algo).options], '', () => new Class(env, options));
  } finally {
    env.dispose();
  }
}

/**
 * @param {Model} model @param {OutputFolder | null} folder @param {boolean} json
 * @param {number | null} threshold
 * @returns {Promise<number>} exit code
 */
async function train(model, folder, json, threshold) {
  folder?.writeConfig(model);
  const stop = new AbortController();
  const onSignal = () => {
    // A second Ctrl-C does not wait.
    if (stop.signal.aborted) process.exit(130);
    stop.abort();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  const since = performance.now();
  const progress = json ? null : new Progress();
  await model.learn({
    signal: stop.signal,
    sliceMilliseconds: 50,
    onProgress(now) {
      folder?.writeRecords(now.records);
      if (json) now.records.forEach((record) => printJson({ type: record.type, ...named(record) }));
      progress?.show(now);
    },
  });
  const seconds = (performance.now() - since) / 1000;
  progress?.end();
  folder?.writeModels(model);
  const result = summarize(model, seconds);
  if (json) printJson(result);
  else printSummary(result, model, folder, threshold);
  process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  return stop.signal.aborted ? 130 : 0;
}

/** @param {Model} model @param {number} seconds */
function summarize(model, seconds) {
  const best = model.evaluate({ which: 'best' });
  const final = model.evaluate({ which: 'current' });
  return {
    type: 'summary', env: model.env.id, algo: model.algo, seed: model.options.seed,
    total_timesteps: model.timesteps, episodes: model.episodes, solved_at_timestep: model.solvedAt,
    'eval/mean_reward': best.mean, 'eval/std_reward': best.std,
    'final/mean_reward': final.mean, 'final/std_reward': final.std,
    'time/seconds': seconds, 'time/fps': model.timesteps / seconds,
    params_sha256: model.sha256(),
  };
}

/**
 * @param {ReturnType<typeof summarize>} result @param {Model} model @param {OutputFolder | null} folder
 * @param {number | null} threshold
 */
function printSummary(result, model, folder, threshold) {
  const episodes = number(Number(model.options.finalEvalEpisodes));
  const solved = result.solved_at_timestep === null ? 'not by any evaluation' : `first after ${number(result.solved_at_timestep)} steps`;
  print(`${result.env} · ${result.algo} · seed ${result.seed} · ${number(result.total_timesteps)} steps in `
    + `${number(result['time/seconds'])} s (${number(result['time/fps'], 0)} steps/s)`);
  if (threshold !== null) print(`solved      ${solved} (a mean of ${threshold} or more)`);
  print(`best        ${number(result['eval/mean_reward'])} ± ${number(result['eval/std_reward'])} over ${episodes} greedy episodes`);
  print(`final       ${number(result['final/mean_reward'])} ± ${number(result['final/std_reward'])}`);
  print(`parameters  sha256 ${result.params_sha256}`);
  if (folder) print(`written     ${folder.files.join(', ')} in ${folder.path}`);
}
