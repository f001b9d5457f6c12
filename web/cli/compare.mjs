// SPDX-License-Identifier: MIT
// `bellhop compare`: one environment, several variants of its settings, the same seeds; a table of how they do.
import { join } from 'node:path';
import process from 'node:process';
import { load } from '../node/node.mjs';
import { findEnv } from '../lib/setup.mjs';
import { UsageError, flagSuggestion, flagsHere, hyperparameterFlags, ownEnvFlags, readArguments } from './args.mjs';
import { keptText, makeEmptyFolder, whereIn } from './claim.mjs';
import { writing } from './durable.mjs';
import { errorOf, interruptible } from './ending.mjs';
import { evaluating, isEnvFile, openEnv } from './env-file.mjs';
import { writeCsv, writeJson } from './folder.mjs';
import { checkpointInterval, commandOf, resumed } from './journal.mjs';
import { nativeFor } from './native-process.mjs';
import { Progress, number, print, printJson, printMarkdownTable, printTable } from './output.mjs';
import { aboutConfig, checkPlan, makePlan } from './plan.mjs';
import { collect } from './pool.mjs';
import { RUNS_MAX, Together, aggregateOf, conclude, inOrder, iqmText, parseSeeds, runRows, threadsOf } from './runs.mjs';
import { SeveralRuns } from './several-runs.mjs';

/** @typedef {import('../bellhop.js').Bellhop} Bellhop */
/** @typedef {import('./training.mjs').Summary} Summary */
/** @typedef {import('./runs.mjs').Aggregate} Aggregate */
/** @typedef {{ name: string, values: string[] }} Varied */
/** @typedef {{ label: string, settings: [name: string, value: string][], plan: import('./plan.mjs').Plan }} Variant */
/** @typedef {Variant & { runs: Summary[], all: Aggregate | null }} Outcome */

export const summary = 'Compare settings on the same seeds';
export const help = `Usage: bellhop compare ENV --vary NAME=VALUE,VALUE[,...] [--vary ...] [--seeds LIST] [--jobs N]
                       [--out DIR [--overwrite]] [--tensorboard DIR] [--markdown | --json] [--algo ALGO] [--preset NAME] [--config FILE]
                       [--checkpoint-interval SECONDS] [--native] [--HYPERPARAMETER VALUE ...] [--env-OPTION VALUE ...]
       bellhop compare --resume DIR [--markdown | --json] [--native]

Trains every variant with every seed and prints a row for each: the interquartile mean of the best and of the final
parameters' mean return with its 95 % bootstrap interval (as bellhop train --seeds), how many runs an evaluation found
solved, the median step at which, and the median seconds of a run. ENV and all other settings are as in bellhop train.

  --vary NAME=VALUES  algo, preset, or a flag of bellhop train without its dashes, and its values with commas between, or with
                      semicolons where values have commas: 'net-arch=64,64;128'. Several: all their combinations
  --seeds LIST        such as 0-9 or 0-4,7 (default: 0-4)
  --jobs N            runs at a time (default: as many as there are processors)
  --out DIR           write compare.csv (a row per variant), runs.csv (a row per run), compare.json, and for each run a
                      folder VARIANT/seed-N as bellhop train --out does
  --overwrite         replace the runs that --out has, once the new ones are complete; no other files
  --resume DIR        go on with the runs in DIR of a command that was ended; those that are done are not repeated
  --checkpoint-interval SECONDS  as in bellhop train
  --tensorboard DIR   write an event file for each run, in VARIANT/seed-N
  --native            as in bellhop train
  --markdown          the table in Markdown
  --json              one JSON object per line: each run's summary, after a variant's runs one of type aggregate

  bellhop compare FrozenLake-v1 --vary algo=dqn,q-learning --env-is-slippery false
  bellhop compare CartPole-v1 --vary preset=true,rainbow
  bellhop compare CartPole-v1 --vary double-q=true,false --vary learning-rate=1e-3,1e-4 --seeds 0-9 --out runs/grid

Ctrl-C stops all runs, shows and writes what there is and exits with 130; SIGTERM does so with 143, SIGHUP with 129.
A run that fails does not end the others.
`;

const OWN = ['out', 'overwrite', 'tensorboard', 'json', 'markdown', 'seeds', 'jobs', 'checkpoint-interval', 'resume', 'native'];

/** @param {string[]} argv */
export async function run(argv) {
  const bh = await load();
  const own = /** @type {const} */ ([
    ['algo', 'string'], ['preset', 'string'], ['out', 'string'], ['overwrite', 'boolean'], ['tensorboard', 'string'], ['config', 'string'], ['json', 'boolean'],
    ['markdown', 'boolean'], ['seeds', 'string'], ['jobs', 'string'], ['vary', 'list'], ['checkpoint-interval', 'string'], ['resume', 'string'], ['native', 'boolean'],
  ]);
  const hyperparameters = hyperparameterFlags(bh.catalog);
  const known = new Map([...ownEnvFlags(argv, isEnvFile), ...hyperparameters, ...own]);
  const { flags, lists, positionals } = readArguments(argv, known, bh.catalog);
  if (positionals.length > 1) throw new UsageError(`compare takes one environment, but got '${positionals.join(' ')}'`);
  if (!flags.has('resume')) return begin(bh, known, { env: positionals[0], flags, lists });
  const typed = resumed('compare', { flags, lists, positionals, refused: [...known.keys()] });
  return typed === null ? 0 : begin(bh, known, typed);
}

/**
 * @param {Bellhop} bh @param {Map<string, import('./args.mjs').Kind>} known
 * @param {{ env?: string, flags: Map<string, string | true>, lists: Map<string, string[]> }} typed
 */
async function begin(bh, known, { env, flags, lists }) {
  if (flags.has('overwrite') && !flags.has('out')) throw new UsageError('--overwrite is for --out DIR');
  if (flags.has('json') && flags.has('markdown')) throw new UsageError('--json and --markdown exclude each other');
  if (flags.has('seed')) throw new UsageError('compare takes several seeds: --seeds 0-9');
  const { id, file } = await openEnv(bh, env, evaluating(flags));
  const hyperparameters = hyperparameterFlags(bh.catalog); // with those of a file
  const positionals = id === undefined ? [] : [id];
  const varied = readVaried(lists.get('vary') ?? [], ['algo', 'preset', ...hyperparameters.keys()], flags, flagsHere({ positionals, flags }, new Map([...known, ...hyperparameters]), bh.catalog));
  const seeds = parseSeeds(String(flags.get('seeds') ?? '0-4'));
  const count = varied.reduce((product, { values }) => product * values.length, seeds.length);
  if (count > RUNS_MAX) throw new UsageError(`that is ${number(count)} runs, and at most ${number(RUNS_MAX)} can be compared`);
  const variants = combinations(varied).map((settings) => ({
    settings, label: settings.map(([name, value]) => `${name}=${value}`).join(' '),
    plan: { ...makePlan(bh, id, new Map([...flags, ...settings]), OWN, 'compare'), envFile: file },
  }));
  const how = { command: commandOf('compare', { env, flags, lists: [...lists] }), interval: checkpointInterval(flags), resume: flags.has('resume'), native: nativeFor(flags, variants[0].plan) };
  return aboutConfig(new Map([...flags, ...variants[0].settings]), () => compare(bh, variants, seeds, flags, how));
}

/**
 * @param {readonly string[]} texts  such as "double-q=true,false" @param {readonly string[]} names
 * @param {ReadonlyMap<string, string | true>} flags @param {readonly string[]} here  the flags there are in this environment
 * @returns {Varied[]}
 */
function readVaried(texts, names, flags, here) {
  if (texts.length === 0) throw new UsageError('compare needs something to vary: --vary NAME=VALUE,VALUE');
  const varied = texts.map((text) => {
    const at = text.indexOf('=');
    if (at < 1) throw new UsageError(`--vary is '${text}', but must be NAME=VALUE,VALUE`);
    const name = text.slice(0, at).replace(/^--/, '');
    const list = text.slice(at + 1);
    if (name === 'seed') throw new UsageError('--vary seed: the seeds are --seeds, and every variant runs with each');
    if (!names.includes(name)) throw new UsageError(`--vary: unknown option '${name}'${flagSuggestion(name, names.filter((each) => here.includes(each))).replace("'--", "'")}`);
    if (flags.has(name)) throw new UsageError(`--${name} is set and varied: leave one of them away`);
    const values = list.split(list.includes(';') ? ';' : ',').map((value) => value.trim());
    if (values.includes('')) throw new UsageError(`--vary is '${text}', but a value is missing`);
    const twice = values.find((value, i) => values.indexOf(value) < i);
    if (twice !== undefined) throw new UsageError(`--vary ${name} has the value '${twice}' twice`);
    return { name, values };
  });
  const twice = varied.find(({ name }, i) => varied.findIndex((other) => other.name === name) < i);
  if (twice) throw new UsageError(`--vary ${twice.name} is there twice; all values go into one`);
  return varied;
}

/** All of them, the last one's values change fastest. @param {Varied[]} varied @returns {[string, string][][]} */
function combinations(varied) {
  return varied.reduce((/** @type {[string, string][][]} */ all, { name, values }) =>
    all.flatMap((settings) => values.map((value) => /** @type {[string, string][]} */ ([...settings, [name, value]]))), [[]]);
}

/**
 * @param {Bellhop} bh @param {Variant[]} variants @param {number[]} seeds @param {ReadonlyMap<string, string | true>} flags
 * @param {{ command: import('./journal.mjs').Command, interval: number, resume: boolean, native?: string }} how
 * @returns {Promise<number>} exit code
 */
async function compare(bh, variants, seeds, flags, { command, interval, resume, native }) {
  const threads = threadsOf(flags);
  const steps = variants.flatMap(({ plan }) => {
    const total = checkPlan(bh, withSeed(plan, seeds[0]));
    return seeds.map(() => total);
  });
  const [out, tensorboard] = ['out', 'tensorboard'].map((name) => flags.has(name) ? String(flags.get(name)) : undefined);
  const claim = out === undefined ? undefined : new SeveralRuns(out, { overwrite: flags.has('overwrite'), resume, command });
  try {
    if (tensorboard !== undefined && !resume) makeEmptyFolder('tensorboard', tensorboard);
    const folders = [['out', claim?.at], ['tensorboard', tensorboard]].flatMap(([name, path]) => path === undefined ? [] : [[String(name), path]]);
    const jobs = variants.flatMap((variant, i) => seeds.map((seed) => ({
      plan: withSeed(variant.plan, seed), interval, resume, native,
      ...Object.fromEntries(folders.map(([name, path]) => [name, join(path, folderOf(variant, i), `seed-${seed}`)])),
    })));
    const { reward_threshold: threshold } = findEnv(bh.catalog, variants[0].plan.env);
    return await runVariants(jobs, { threads, steps, variants, seeds, threshold, json: flags.has('json'), markdown: flags.has('markdown'), out, claim });
  } finally {
    claim?.release();
  }
}

/**
 * @param {import('./training.mjs').Job[]} jobs
 * @param {{ threads: number, steps: number[], variants: Variant[], seeds: number[], threshold: number | null, json: boolean, markdown: boolean, out?: string, claim?: SeveralRuns }} how
 */
function runVariants(jobs, { threads, steps, variants, seeds, threshold, json, markdown, out, claim }) {
  return interruptible(async (signal) => {
    const { results, failures } = await runAll(jobs, steps, { threads, signal, json, variants, seeds, threshold, claim });
    const outcomes = variants.map((variant, i) => {
      const runs = results.slice(i * seeds.length, (i + 1) * seeds.length).filter((result) => result !== null);
      return { ...variant, runs, all: aggregateOf(runs, threshold) };
    });
    if (!json) show(outcomes, markdown);
    const unwritten = await errorOf(() => {
      if (claim !== undefined) writing('out', String(out), () => write(claim.at, outcomes));
      if (failures.length === 0 && !signal.aborted) claim?.complete();
    });
    if (unwritten === undefined && out !== undefined && !json && !markdown) print(`\nwritten  compare.csv, runs.csv, compare.json and a folder for each variant in ${whereIn(out)}`);
    const nameOf = (/** @type {number} */ job) => `${variants[Math.floor(job / seeds.length)].label} seed ${seeds[job % seeds.length]}`;
    conclude(signal, { results, failures, nameOf, unwritten, kept: out === undefined ? '' : keptText(out) });
    return 0;
  });
}

/** @param {Variant['plan']} plan @param {number} seed */
function withSeed(plan, seed) {
  return { ...plan, options: { ...plan.options, seed } };
}

/** A name that every file system takes; the number keeps two of them apart. @param {Variant} variant @param {number} index */
function folderOf({ settings }, index) {
  const words = settings.map(([name, value]) => `${name}=${value}`).join(',');
  return `${index + 1}-${words.replace(/[^\w.,=+-]/g, '_').slice(0, 120)}`;
}

/**
 * @param {import('./training.mjs').Job[]} jobs @param {number[]} steps
 * @param {{ threads: number, signal: AbortSignal, json: boolean, variants: Variant[], seeds: number[], threshold: number | null, claim?: SeveralRuns }} how
 */
async function runAll(jobs, steps, { threads, signal, json, variants, seeds, threshold, claim }) {
  const together = new Together(steps);
  // Under --markdown, too, stdout is for the table alone, unless someone is watching.
  const progress = json || process.stdout.isTTY !== true ? null : new Progress();
  /** @type {Summary[]} */
  let group = [];
  let told = 0;
  const tell = inOrder((/** @type {Summary | null} */ result, index) => {
    const { label } = variants[Math.floor(index / seeds.length)];
    if (result !== null) group.push(result);
    if (json && result !== null) printJson({ variant: label, ...result });
    if (++told % seeds.length === 0) endGroup(label);
  });
  const endGroup = (/** @type {string} */ label) => {
    const all = aggregateOf(group, threshold);
    if (json && all !== null) printJson({ variant: label, ...all });
    group = [];
  };
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
  // Stopped in the middle of a variant: the runs there are are the first ones.
  if (group.length > 0) endGroup(variants[Math.floor(outcome.results.indexOf(group[0]) / seeds.length)].label);
  return outcome;
}

/** @param {Outcome[]} outcomes @param {boolean} markdown */
function show(outcomes, markdown) {
  const rows = [
    ['variant', 'best: IQM (95 % interval)', 'final: IQM (95 % interval)', 'solved', 'median step', 'seconds'],
    ...outcomes.map(({ label, all }) => all === null ? [label, '-', '-', '-', '-', '-'] : [
      label, iqmText(all['eval/mean_reward']), iqmText(all['final/mean_reward']),
      all.solved === null ? '-' : `${all.solved}/${all.runs}`,
      all.median_solved_at_timestep === null ? '-' : number(all.median_solved_at_timestep), number(all['time/median_seconds']),
    ]),
  ];
  if (markdown) printMarkdownTable(rows);
  else printTable(rows);
}

/** @param {string} out @param {Outcome[]} outcomes */
function write(out, outcomes) {
  const names = outcomes[0].settings.map(([name]) => name);
  const scores = /** @type {const} */ (['eval/mean_reward', 'final/mean_reward']);
  const done = outcomes.flatMap(({ all, ...outcome }) => all === null ? [] : [{ ...outcome, all }]);
  writeCsv(join(out, 'compare.csv'), [
    ['variant', ...names, 'runs', ...scores.flatMap((name) => [`${name}/iqm`, `${name}/iqm_ci95_low`, `${name}/iqm_ci95_high`, `${name}/mean`, `${name}/std`]),
      'solved', 'median_solved_at_timestep', 'time/median_seconds'],
    ...done.map(({ label, settings, all }) => [
      label, ...settings.map(([, value]) => value), all.runs,
      ...scores.flatMap((name) => [all[name].iqm, ...all[name].iqm_ci95, all[name].mean, all[name].std]),
      all.solved, all.median_solved_at_timestep, all['time/median_seconds'],
    ]),
  ]);
  const [heading] = runRows([]);
  writeCsv(join(out, 'runs.csv'), [
    ['variant', ...names, ...heading],
    ...done.flatMap(({ label, settings, runs }) => runRows(runs).slice(1).map((row) => [label, ...settings.map(([, value]) => value), ...row])),
  ]);
  const json = done.map(({ label, settings, plan, all, runs }) => ({ variant: label, settings: Object.fromEntries(settings), ...plan, aggregate: all, runs }));
  writeJson(join(out, 'compare.json'), json);
}
