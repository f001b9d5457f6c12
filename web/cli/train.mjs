// SPDX-License-Identifier: MIT
// `bellhop train`: a run, or one for each of several seeds, from flags to summary.
import { join } from 'node:path';
import { load } from '../node/node.mjs';
import { findAlgo, findEnv } from '../lib/setup.mjs';
import { named } from '../lib/metrics.mjs';
import { UsageError, flagOf, hyperparameterFlags, ownEnvFlags, readArguments } from './args.mjs';
import { filesIn, keptText, makeEmptyFolder, whereIn } from './claim.mjs';
import { writing } from './durable.mjs';
import { DivergedError, errorOf, interruptible, noteStop } from './ending.mjs';
import { evaluating, isEnvFile, openEnv } from './env-file.mjs';
import { writeCsv, writeJson } from './folder.mjs';
import { checkpointInterval, commandOf, resumed } from './journal.mjs';
import { LostError, nativeFor } from './native-process.mjs';
import { Progress, constant, number, print, printJson, scoreText } from './output.mjs';
import { aboutConfig, checkPlan, makePlan } from './plan.mjs';
import { collect } from './pool.mjs';
import { SeveralRuns } from './several-runs.mjs';
import { Together, aggregateOf, conclude, inOrder, iqmText, parseSeeds, runRows, threadsOf } from './runs.mjs';
import { settled, trainJob } from './training.mjs';

/** @typedef {import('../bellhop.js').Bellhop} Bellhop */
/** @typedef {import('./plan.mjs').Plan} Plan */
/** @typedef {import('./training.mjs').Summary} Summary */
/** @typedef {ReadonlyMap<string, string | true>} Flags */

export const summary = 'Train a model';
export const help = `Usage: bellhop train ENV [--algo NAME] [--preset NAME] [--seed N] [--total-timesteps N]
                     [--seeds LIST [--jobs N]] [--stop-at-threshold] [--out DIR [--overwrite]] [--tensorboard DIR] [--config FILE]
                     [--checkpoint-interval SECONDS] [--native]
                     [--demonstrations FILE] [--init-from FILE] [--language-model MODEL] [--json] [--HYPERPARAMETER VALUE ...] [--env-OPTION VALUE ...]
       bellhop train --resume DIR [--total-timesteps N] [--json] [--native] [--HYPERPARAMETER VALUE ...]

Trains in ENV with its preset, changed by FILE, changed by flags; bellhop options ENV lists them, and the names of
algorithms with them. Then scores the
best and the final parameters on greedy episodes whose seed (the run's + 2^40) no evaluation during the run had.

  ENV                  an id that bellhop envs lists, or FILE.mjs: a module whose default export is an environment of your
                       own (docs/environments.md), checked first, or an array of them, of which FILE.mjs#ID is one
  --preset NAME        one of the algorithm's own presets on top of the environment's, such as rainbow of dqn; false: the
                       defaults alone, without the environment's
  --out DIR            write metrics.csv, config.json, model.safetensors (final) and best_model.safetensors there
  --overwrite          replace the run, or the runs of --seeds, that --out has, once the new one is complete (docs/files.md)
  --checkpoint-interval SECONDS  between full checkpoints in --out (default: 30), which --resume goes on from; 0: one where the run is ended
  --resume DIR         go on with the command that has written to DIR and was ended, as if it had not been: the same bits (docs/files.md).
                       Seeds that are done are not repeated. Hyperparameters that bellhop options marks * may be given anew
  --tensorboard DIR    write an event file for TensorBoard there, with Stable-Baselines3's names
  --config FILE        options from a config.json that --out wrote; ENV may then be left out, but not FILE.mjs
  --json               one JSON object per line: "type" is episode, train or eval; the last one is the summary
  --native             take the steps in bellhop-run, a program of this machine's own code, with the same bits: npm run build:native makes it
                       (docs/native.md). Not with FILE.mjs
  --stop-at-threshold  end at the first evaluation at or above the environment's threshold

  --demonstrations FILE  learn from a file that bellhop record wrote: dqn beside what it tries itself, clone alone
  --init-from FILE     start from a saved model's parameters (a folder: its best ones), those that have the same names here, whatever environment or
                       options it was trained with (transfer); a clone's policy starts ppo
  --language-model MODEL  start dqn, ppo or reinforce in an environment of text from a language model of its vocabulary, a file
                       or the folder that bellhop pretrain --env wrote. The network is a transformer of its sizes then. Without
                       hidden layers (--net-arch ,) the policy starts as what the model says; --prior (dqn) and --kl-coef
                       (ppo, reinforce) keep to it

  --seeds LIST         a run for each seed, such as 0-9 or 0-4,7, each the same as alone. Then the mean, and the
                       interquartile mean with its 95 % bootstrap interval (2,000 resamples; Agarwal et al. 2021).
                       --out and --tensorboard get a folder seed-N for each run, --out also summary.csv and
                       summary.json; --json prints each run's summary and at last one of type aggregate
  --jobs N             runs at a time (default: as many as there are processors)

  bellhop train CartPole-v1 --seed 3 --out runs/cartpole
  bellhop train CartPole-v1 --seeds 0-9 --out runs/ten --tensorboard runs/logs
  bellhop train CartPole-v1 --preset rainbow --n-steps 5
  bellhop train FrozenLake-v1 --env-is-slippery false --learning-rate 0.5
  bellhop train ./tank.mjs --learning-rate 1e-3 --seeds 0-4
  bellhop train GridWorld-v0 --algo value-iteration --env-map S..T/..#./...G
  bellhop train --resume runs/cartpole

Ctrl-C stops the run, or all of them, writes what there is and exits with 130, SIGTERM with 143, SIGHUP with 129. An error of your own
environment ends its run alike; it is told at the end, the exit code is 1, and other seeds go on. A run whose loss or parameters are no finite
numbers any more comes to its end; then the exit code is 3. best_model.safetensors is written whenever an evaluation finds a better one
(docs/files.md).
`;

const OWN = ['out', 'overwrite', 'tensorboard', 'json', 'seeds', 'jobs', 'demonstrations', 'init-from', 'language-model', 'checkpoint-interval', 'resume', 'native'];
/** What is settled when a run begins. */
const OF_A_NEW_RUN = ['algo', 'preset', 'config', 'seed', ...OWN];

/** @param {string[]} argv */
export function run(argv) {
  return runWith(argv);
}

/**
 * The same, with an environment to fall back on, and its options.
 * @param {string[]} argv @param {{ env: string, envOptions: Record<string, unknown> }} [usual]
 * @returns {Promise<number>} exit code
 */
export async function runWith(argv, usual) {
  const bh = await load();
  const own = /** @type {const} */ ([
    ['algo', 'string'], ['preset', 'string'], ['out', 'string'], ['overwrite', 'boolean'], ['tensorboard', 'string'], ['config', 'string'], ['json', 'boolean'],
    ['seeds', 'string'], ['jobs', 'string'], ['demonstrations', 'string'], ['init-from', 'string'], ['language-model', 'string'],
    ['checkpoint-interval', 'string'], ['resume', 'string'], ['native', 'boolean'],
  ]);
  const { flags, lists, positionals } = readArguments(argv, new Map([...ownEnvFlags(argv, isEnvFile), ...hyperparameterFlags(bh.catalog), ...own]), bh.catalog);
  if (positionals.length > 1) throw new UsageError(`train takes one environment, but got '${positionals.join(' ')}'`);
  if (!flags.has('resume')) return begin(bh, { env: positionals[0], usual, flags });
  const typed = resumed('train', { flags, lists, positionals, refused: OF_A_NEW_RUN });
  return typed === null ? 0 : begin(bh, typed);
}

/**
 * @param {Bellhop} bh
 * @param {{ env?: string, usual?: { env: string, envOptions: Record<string, unknown> }, flags: Flags, changed?: Flags }} typed  changed: of a run that is resumed
 * @returns {Promise<number>} exit code
 */
async function begin(bh, { env: typed, usual, flags, changed }) {
  const { id, file } = await openEnv(bh, typed ?? (flags.has('config') ? undefined : usual?.env), evaluating(flags));
  const plan = makePlan(bh, id, flags, OWN);
  plan.envFile = file;
  if (changed !== undefined) checkChanges(bh, plan, changed);
  if (plan.env === usual?.env) plan.envOptions = { ...usual.envOptions, ...plan.envOptions };
  plan.demonstrations = text(flags, 'demonstrations');
  plan.initFrom = text(flags, 'init-from');
  plan.languageModel = text(flags, 'language-model');
  if (plan.initFrom !== undefined && plan.languageModel !== undefined) throw new UsageError('--init-from and --language-model exclude each other: both say what parameters a run begins with');
  checkGuided(plan, flags);
  if (flags.has('overwrite') && !flags.has('out')) throw new UsageError('--overwrite is for --out DIR');
  const how = { command: commandOf('train', { env: typed, usual, flags }), interval: checkpointInterval(flags), resume: flags.has('resume'), native: nativeFor(flags, plan) };
  if (flags.has('checkpoint-interval') && !flags.has('out')) throw new UsageError('--checkpoint-interval is for --out DIR');
  if (flags.has('jobs') && !flags.has('seeds')) throw new UsageError('--jobs is for several runs: --seeds 0-9');
  return aboutConfig(flags, () => (flags.has('seeds') ? trainSeeds : trainOne)(bh, plan, flags, how));
}

/** Refuses what a run that is resumed cannot have otherwise. @param {Bellhop} bh @param {Plan} plan @param {Flags} changed */
function checkChanges({ catalog }, { env, algo }, changed) {
  const settled = [...catalog.run, ...findAlgo(catalog, algo).options].filter(({ live }) => !live).map((field) => flagOf(field));
  const settledEnv = findEnv(catalog, env).options.filter(({ live }) => !live).map((field) => flagOf(field, 'env-'));
  const flag = [...settled, ...settledEnv].find((name) => changed.has(name));
  if (flag !== undefined) throw new UsageError(`--${flag} is settled when a run begins; with --resume those can change that bellhop options ${env} marks *`);
}

/** Refuses what was asked of a language model where there is none. @param {import('./plan.mjs').Plan} plan @param {ReadonlyMap<string, string | true>} flags */
function checkGuided({ languageModel, initFrom }, flags) {
  if (languageModel !== undefined || initFrom !== undefined) return; // a checkpoint may have one
  const idle = new Map([['prior', 'false'], ['random-actions', 'uniform'], ['prior-beta', '0'], ['prior-top-k', '']]);
  const flag = [...idle.keys()].find((name) => flags.has(name) && flags.get(name) !== idle.get(name));
  if (flag !== undefined) throw new UsageError(`--${flag} does nothing without a language model: give --language-model MODEL; bellhop pretrain --env ENV makes one`);
}

/** @param {Flags} flags @param {string} name */
function text(flags, name) {
  const value = flags.get(name);
  return value === undefined ? undefined : String(value);
}

// ---- one run ----

/** @typedef {Pick<import('./training.mjs').Job, 'interval' | 'resume' | 'native'> & { command: import('./journal.mjs').Command }} Beginning */

/** @param {Bellhop} bh @param {Plan} plan @param {Flags} flags @param {Beginning} how @returns {Promise<number>} exit code */
function trainOne(bh, plan, flags, how) {
  const json = flags.has('json');
  const progress = json ? null : new Progress();
  const job = { plan, out: text(flags, 'out'), overwrite: flags.has('overwrite'), tensorboard: text(flags, 'tensorboard'), ...how };
  return interruptible(async (signal) => {
    const { summary: result, error } = await settled(trainJob(bh, job, {
      signal,
      onProgress(now) {
        if (json) now.records.forEach((record) => printJson({ type: record.type, ...named(record) }));
        progress?.show(now);
      },
    }));
    progress?.end();
    const kept = job.out === undefined ? '' : keptText(job.out);
    if (result === null) throw error instanceof LostError && kept !== '' ? new Error(`${error.message}; ${kept}`) : error;
    if (json) printJson(result);
    else printSummary(result, findEnv(bh.catalog, plan.env).reward_threshold, job);
    if (error !== undefined) throw new Error([`seed ${result.seed}: ${/** @type {Error} */ (error).message}`, kept].filter((part) => part !== '').join('; '));
    if (result.diverged && !signal.aborted) throw new DivergedError(`seed ${result.seed}`);
    if (kept !== '') noteStop(signal, kept);
    return 0;
  });
}

/** @param {Summary} result @param {number | null} threshold @param {import('./training.mjs').Job} job */
function printSummary(result, threshold, { plan, out, tensorboard }) {
  const solved = result.solved_at_timestep === null ? 'not by any evaluation' : `first after ${number(result.solved_at_timestep)} steps`;
  print(`${result.env} · ${result.algo} · seed ${result.seed} · ${number(result.total_timesteps)} steps in `
    + `${number(result['time/seconds'])} s (${number(result['time/fps'], 0)} steps/s)`);
  if (result.init_from_tensors !== undefined) print(`begun       with ${result.init_from_tensors} tensors of ${plan.initFrom}`);
  if (result.resumed_at_timestep !== undefined) print(`resumed     at step ${number(result.resumed_at_timestep)}`);
  if (plan.languageModel !== undefined) print(`begun       as the language model of ${plan.languageModel}`);
  if (threshold !== null) print(`solved      ${solved} (a mean of ${constant(threshold)} or more)`);
  const episodes = Number.isNaN(result['eval/mean_reward']) ? '' : ` over ${number(result.final_eval_episodes)} greedy episodes`;
  print(`best        ${scoreText(result['eval/mean_reward'], result['eval/std_reward'])}${episodes}`);
  print(`final       ${scoreText(result['final/mean_reward'], result['final/std_reward'])}`);
  print(`parameters  sha256 ${result.params_sha256}`);
  if (result.diverged) print('diverged    a loss or a parameter is not a finite number');
  const written = out === undefined ? [] : filesIn(whereIn(out));
  if (written.length > 0) print(`written     ${written.join(', ')} in ${whereIn(String(out))}`);
  if (tensorboard !== undefined) print(`written     an event file in ${tensorboard}; see it with: tensorboard --logdir ${tensorboard}`);
}

// ---- several seeds ----

/** @param {Bellhop} bh @param {Plan} plan @param {Flags} flags @param {Beginning} how @returns {Promise<number>} exit code */
async function trainSeeds(bh, plan, flags, { command, ...how }) {
  if (flags.has('seed')) throw new UsageError('--seed and --seeds exclude each other');
  const list = String(flags.get('seeds'));
  const seeds = parseSeeds(list);
  const threads = threadsOf(flags);
  const steps = checkPlan(bh, { ...plan, options: { ...plan.options, seed: seeds[0] } });
  const [out, tensorboard] = [text(flags, 'out'), text(flags, 'tensorboard')];
  const claim = out === undefined ? undefined : new SeveralRuns(out, { overwrite: flags.has('overwrite'), resume: how.resume, command });
  try {
    if (tensorboard !== undefined && !how.resume) makeEmptyFolder('tensorboard', tensorboard);
    const jobs = seeds.map((seed) => ({
      ...how, plan: { ...plan, options: { ...plan.options, seed } },
      out: claim && join(claim.at, `seed-${seed}`), tensorboard: tensorboard && join(tensorboard, `seed-${seed}`),
    }));
    return await runSeeds(jobs, { plan, steps, seeds, list, threads, threshold: findEnv(bh.catalog, plan.env).reward_threshold, json: flags.has('json'), out, tensorboard, claim });
  } finally {
    claim?.release();
  }
}

/**
 * @param {import('./training.mjs').Job[]} jobs
 * @param {{ plan: Plan, steps: number, seeds: number[], list: string, threads: number, threshold: number | null, json: boolean, out?: string, tensorboard?: string, claim?: SeveralRuns }} how
 * @returns {Promise<number>} exit code
 */
function runSeeds(jobs, { plan, steps, seeds, list, threads, threshold, json, out, tensorboard, claim }) {
  const since = performance.now();
  return interruptible(async (signal) => {
    const { results, failures } = await runAll(jobs, steps, { threads, signal, json, threshold, claim });
    const runs = results.filter((result) => result !== null);
    const all = aggregateOf(runs, threshold);
    const unwritten = await errorOf(() => {
      if (claim !== undefined && runs.length > 0) writing('out', String(out), () => writeSummaries(claim.at, plan, runs, all));
      if (failures.length === 0 && !signal.aborted) claim?.complete();
    });
    if (all !== null) {
      if (json) printJson(all);
      else printAggregate(all, { list, threads: Math.min(threads, seeds.length), seconds: (performance.now() - since) / 1000, threshold, of: seeds.length, out: unwritten === undefined && out !== undefined ? whereIn(out) : undefined, tensorboard });
    }
    conclude(signal, { results, failures, nameOf: (job) => `seed ${seeds[job]}`, unwritten, kept: out === undefined ? '' : keptText(out) });
    return 0;
  });
}

/**
 * @param {import('./training.mjs').Job[]} jobs @param {number} steps  of each
 * @param {{ threads: number, signal: AbortSignal, json: boolean, threshold: number | null, claim?: SeveralRuns }} how
 */
async function runAll(jobs, steps, { threads, signal, json, threshold, claim }) {
  const together = new Together(jobs.map(() => steps));
  const progress = json ? null : new Progress();
  const tell = inOrder((/** @type {Summary | null} */ result) => {
    progress?.end();
    if (result === null) return;
    if (json) printJson(result);
    else print(runLine(result, threshold));
  });
  const outcome = await collect(jobs, {
    threads,
    signal,
    done: claim?.doneOf(jobs),
    onProgress(job, now) {
      together.at(job, now);
      progress?.show(together.progress());
    },
    onResult(job, result) {
      claim?.keep(jobs[job], job, result);
      together.finish(job, result);
      tell(job, result);
    },
  });
  progress?.end();
  return outcome;
}

/** @param {Summary} result @param {number | null} threshold */
function runLine(result, threshold) {
  const score = (/** @type {'eval' | 'final'} */ which) => scoreText(result[`${which}/mean_reward`], result[`${which}/std_reward`]);
  const solved = result.solved_at_timestep === null ? 'not solved' : `solved after ${number(result.solved_at_timestep)}`;
  return [
    `seed ${result.seed}`, `best ${score('eval')}`, `final ${score('final')}`, ...threshold === null ? [] : [solved],
    `${number(result.total_timesteps)} steps in ${number(result['time/seconds'])} s`, ...result.error === undefined ? [] : ['ended by an error'],
    ...result.diverged ? ['diverged'] : [],
  ].join('  ');
}

/** @param {string} out @param {Plan} plan @param {Summary[]} runs @param {import('./runs.mjs').Aggregate | null} all */
function writeSummaries(out, plan, runs, all) {
  writeCsv(join(out, 'summary.csv'), runRows(runs));
  writeJson(join(out, 'summary.json'), { ...plan, aggregate: all, runs });
}

/**
 * @param {import('./runs.mjs').Aggregate} all
 * @param {{ list: string, threads: number, seconds: number, threshold: number | null, of: number, out?: string, tensorboard?: string }} about
 */
function printAggregate(all, { list, threads, seconds, threshold, of, out, tensorboard }) {
  const begun = all.runs < of ? ` (${all.runs} of ${of})` : '';
  print(`\n${all.env} · ${all.algo} · seeds ${list}${begun} · ${threads} at a time · ${number(seconds)} s`);
  if (threshold !== null) {
    const half = all.median_solved_at_timestep === null ? '' : `, half of them within ${number(all.median_solved_at_timestep)} steps`;
    print(`solved      ${all.solved} of ${all.runs}${half} (a mean of ${constant(threshold)} or more)`);
  }
  for (const [label, score] of /** @type {const} */ ([['best', all['eval/mean_reward']], ['final', all['final/mean_reward']]])) {
    print(`${label.padEnd(12)}interquartile mean ${iqmText(score)}  mean ${number(score.mean)} ± ${number(score.std)}  min ${number(score.min)}`);
  }
  if (out !== undefined) print(`written     summary.csv, summary.json and a folder for each seed in ${out}`);
  if (tensorboard !== undefined) print(`written     an event file for each seed; see them with: tensorboard --logdir ${tensorboard}`);
}
