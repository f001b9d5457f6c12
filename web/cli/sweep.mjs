// SPDX-License-Identifier: MIT
// `bellhop sweep`: the runs of a study file, on this machine or over a queue, into a folder that can be gone on with.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { load } from '../node/node.mjs';
import { UsageError, numberFlag, readArguments } from './args.mjs';
import { checkNamedFile, entryAt, makeFolder, writeFile } from './durable.mjs';
import { errorOf, interruptible, noteStop } from './ending.mjs';
import { isEnvFile } from './env-file.mjs';
import { checkpointInterval } from './journal.mjs';
import { OptunaJournal } from './optuna-journal.mjs';
import { checkNative, nativeFor } from './native-process.mjs';
import { number, print, printJson } from './output.mjs';
import { threadsOf } from './runs.mjs';
import { openStudy } from './study-file.mjs';
import { StudyFolder, TABLES, evaluationsOf, tellResults } from './study-folder.mjs';
import { LocalExecutor } from './study-local.mjs';
import { SweepProgress, runSweep } from './study-loop.mjs';
import { readShard, shardOf } from './study-shard.mjs';
import { printStudy, studyJson } from './study-text.mjs';
import { differing, verifyJobs } from './study-verify.mjs';
import { viewOf } from './study-view.mjs';

/** @typedef {import('../bellhop.js').Bellhop} Bellhop */
/** @typedef {import('../bellhop.js').Study} Study */
/** @typedef {ReadonlyMap<string, string | true>} Flags */
/** @typedef {import('./study-loop.mjs').Executor} Executor */

/** Folder of parameters. */
const MODELS = 'models';

export const summary = 'Run a study: many settings, many seeds';
export const help = `Usage: bellhop sweep STUDY.yaml [--out DIR] [--jobs N] [--env FILE.mjs[#ID]] [--shard I/N | --queue redis://...] [--verify SHARE]
                    [--journal FILE] [--models] [--checkpoint-interval SECONDS] [--native] [--json]

Runs the trials of a study file, YAML or JSON (docs/studies.md), and writes the results into a folder: study.json, results.jsonl with a
line per run, trials.csv, jobs.csv, report.html. The same command continues an interrupted sweep: runs that are done are not repeated,
interrupted ones resume from their checkpoints, failed ones are retried. The runs follow from the study file alone, so any number of
threads, machines and interruptions gives the same trials.csv, byte for byte.

  --out DIR      folder of the results (default: the study's name); the folder of another study is refused
  --jobs N       runs at a time (default: as many as there are processors)
  --env FILE     file of an environment of your own (or envFile in the study)
  --shard I/N    run part I of N, from 1: --shard $SLURM_ARRAY_TASK_ID/7. Each part has a folder of its own; bellhop study merge combines
                 them. For grids and random search without early_terminate
  --queue URL    have the runs done by bellhop agents over a Redis, redis://HOST:6379 (docs/studies-queue.md)
  --shared DIR   with --queue: folder for checkpoints and models that sweep and agents share
  --verify S     repeat a share of the finished runs, from 0 to 1, chosen by their hash (with --queue on another agent), and compare
                 the parameters bit by bit: 0.02 is one in fifty
  --journal FILE also write Optuna's journal: optuna-dashboard FILE shows the study while it runs
  --models       keep the parameters of each run, in DIR/models/trial-N-seed-N.safetensors
  --checkpoint-interval S  seconds between full checkpoints of a run (default: 30); 0: only when it is stopped
  --native       as in bellhop train (docs/native.md); with --queue it is a flag of bellhop agent
  --json         one JSON object per line: each run's result, then the study

  bellhop sweep cartpole.yaml
  bellhop sweep cartpole.yaml --jobs 4 --journal cartpole.log --verify 0.02
  bellhop sweep cartpole.yaml --shard 3/7 --out parts/3
  bellhop study cartpole

Ctrl-C stops, writes the tables and exits with 130, SIGTERM with 143, SIGHUP with 129. A run that fails does not end the others.
`;

/** @type {Map<string, import('./args.mjs').Kind>} */
const FLAGS = new Map([
  ['out', 'string'], ['jobs', 'string'], ['env', 'string'], ['shard', 'string'], ['queue', 'string'], ['shared', 'string'], ['verify', 'string'],
  ['journal', 'string'], ['models', 'boolean'], ['checkpoint-interval', 'string'], ['native', 'boolean'], ['json', 'boolean'],
]);

/** @param {string[]} argv @returns {Promise<number>} exit code */
export async function run(argv) {
  const { flags, positionals } = readArguments(argv, FLAGS);
  if (positionals.length !== 1) throw new UsageError('sweep takes one study file: bellhop sweep STUDY.yaml');
  const [file] = positionals;
  const settings = readSettings(flags);
  const bh = await load();
  const opened = await openStudy(bh, file, settings.env);
  const { study, name, definition } = opened;
  const native = nativeFor(flags, definition);
  if (native !== undefined) await checkNative(native, bh.catalog.version);
  const shard = settings.shard && shardOf(settings.shard, study, file);
  const out = settings.out ?? (shard === undefined ? name : `${name}-${shard.index}-of-${shard.count}`);
  const folder = new StudyFolder(out, { version: bh.version, definition }, file);
  try {
    tellResults(study, [out], { failed: false });
    return await interruptible((signal) => sweep(bh, { ...settings, study, name, out, shard, folder, native, signal }));
  } finally {
    folder.close();
  }
}

/** @param {Flags} flags */
function readSettings(flags) {
  const text = (/** @type {string} */ flag) => flags.has(flag) ? String(flags.get(flag)) : undefined;
  const [queue, shard, env, journal] = ['queue', 'shard', 'env', 'journal'].map(text);
  if (queue !== undefined && shard !== undefined) throw new UsageError('--queue and --shard exclude each other: a queue has its own way to share the runs');
  if (queue !== undefined && flags.has('jobs')) throw new UsageError('--jobs is for runs on this machine; with --queue it is a flag of bellhop agent');
  if (queue !== undefined && flags.has('native')) throw new UsageError('--native is for runs on this machine; with --queue it is a flag of bellhop agent');
  if (queue === undefined && flags.has('shared')) throw new UsageError('--shared is for --queue');
  if (env !== undefined && !isEnvFile(env)) throw new UsageError(`--env is '${env}', but must be the file of an environment, such as tank.mjs; the id of one is env in the study`);
  if (journal !== undefined) checkNamedFile('journal', journal);
  return {
    out: text('out'), env, queue, shared: text('shared'), journal, shard: shard === undefined ? undefined : readShard(shard), threads: threadsOf(flags),
    verify: numberFlag('verify', flags.get('verify'), 0, 1) ?? 0, interval: checkpointInterval(flags), models: flags.has('models'), json: flags.has('json'),
  };
}

/** @typedef {ReturnType<typeof readSettings>} Settings */
/** @typedef {Omit<Settings, 'shard' | 'out'> & { study: Study, name: string, out: string, shard?: import('./study-shard.mjs').Shard, folder: StudyFolder, native?: string, signal: AbortSignal }} Sweep */

/** @param {Bellhop} bh @param {Sweep} how @returns {Promise<Executor>} */
async function executorOf(bh, { queue, shared, threads, interval, out, models, native }) {
  const onModel = models ? (/** @type {import('../bellhop.js').Job} */ job, /** @type {Uint8Array} */ bytes) => keepModel(out, job, bytes) : undefined;
  if (queue === undefined) return new LocalExecutor({ out, threads, interval, native, onModel });
  const { QueueExecutor } = await import('./study-queue.mjs');
  return QueueExecutor.open(queue, { version: bh.version, shared, onModel, warn: (sentence) => process.stderr.write(`bellhop: ${sentence}\n`) });
}

/** @param {Pick<import('../bellhop.js').Job, 'trial' | 'seed'>} job */
const modelFile = ({ trial, seed }) => `trial-${trial}-seed-${seed}.safetensors`;

/** @param {string} out @param {import('../bellhop.js').Job} job @param {Uint8Array} bytes */
function keepModel(out, job, bytes) {
  if (job.until !== undefined) return; // the run goes on, or was not among the best
  makeFolder(join(out, MODELS));
  writeFile(join(out, MODELS, modelFile(job)), bytes);
}

/** Says how many runs were done earlier, without --models, and are not repeated. @param {Sweep} how */
function tellMissingModels({ study, out }) {
  const kept = new Set(entryAt(join(out, MODELS)) === undefined ? [] : readdirSync(join(out, MODELS)));
  const hasNone = (/** @type {import('../bellhop.js').Trial} */ { jobs, results }) => jobs.filter((job, i) => job.until === undefined && results[i] && results[i]?.outcome !== 'failed' && !kept.has(modelFile(job)));
  const { length } = study.trials.flatMap(hasNone);
  if (length > 0) process.stderr.write(`bellhop: ${number(length)} ${length === 1 ? 'run has' : 'runs have'} no model in ${join(out, MODELS)}: done without --models, or too large for the queue; a sweep with another --out has them all\n`);
}

/** @param {Bellhop} bh @param {Sweep} how @returns {Promise<number>} exit code */
async function sweep(bh, how) {
  const { study, name, folder, signal, json } = how;
  const journal = how.journal === undefined ? undefined : new OptunaJournal(how.journal, name, bh, study);
  const executor = await executorOf(bh, how);
  const progress = new SweepProgress(study, how.shard, json);
  /** @type {string[]} */
  let wrong = [];
  let failure;
  try {
    failure = await errorOf(() => runSweep({
      study, executor, signal, shard: how.shard, progress,
      onResult(job, result) {
        folder.add(result);
        journal?.add(result);
        if (json) printJson({ type: 'result', trial: job.trial, seed: job.seed, ...result });
      },
    }));
    if (failure === undefined && how.verify > 0 && !signal.aborted) wrong = await verify(executor, how, progress);
  } finally {
    progress.end();
    await executor.end();
    tellFolder(how, journal);
  }
  if (how.models && !signal.aborted) tellMissingModels(how);
  conclude(how, progress, [...failure === undefined ? [] : [failure], ...wrong]);
  return 0;
}

/** Writes tables, page and journal, and shows the study. @param {Sweep} how @param {OptunaJournal | undefined} journal */
function tellFolder({ study, name, out, folder, json }, journal) {
  const view = viewOf(study, name, (ids) => evaluationsOf([out], ids));
  folder.write(view);
  journal?.update();
  journal?.close();
  if (study.finished) folder.clearJobs();
  if (json) return printJson(studyJson(view));
  printStudy(view, { path: out });
  print(`written     ${TABLES.join(', ')} in ${out}`);
}

/** @param {Executor} executor @param {Sweep} how @param {SweepProgress} progress @returns {Promise<string[]>} what differs */
async function verify(executor, { study, folder, verify: share, signal, json }, progress) {
  const checks = await verifyJobs(study, { share, executor, signal, known: folder.verified, onCheck: (check) => {
    folder.addVerified(check);
    if (json) printJson({ type: 'verification', ...check });
  } });
  const wrong = differing(checks);
  progress.end();
  if (!json && checks.length > 0) print(`verified    ${number(checks.length)} ${checks.length === 1 ? 'run' : 'runs'} repeated, ${wrong.length === 0 ? 'all with the same bits' : `${number(wrong.length)} with other bits`}`);
  return wrong;
}

/** Throws what went wrong, or says what a stop has left. @param {Sweep} how @param {SweepProgress} progress @param {string[]} problems */
function conclude({ study, signal, out, shard, json }, progress, problems) {
  const failed = study.trials.flatMap(({ number: trial, jobs, results }) => results.flatMap((result, i) => result?.outcome === 'failed' ? [{ trial, seed: jobs[i].seed, message: result.message }] : []));
  const [first] = failed;
  if (first !== undefined) problems.push(`${number(failed.length)} of ${number(progress.told)} runs failed, the first of them trial ${first.trial} seed ${first.seed}: ${first.message}; the same command retries them`);
  if (problems.length > 0) throw new Error(problems.join('; '));
  if (shard !== undefined && !json && !signal.aborted) print(`part        ${shard.index} of ${number(shard.count)} is complete; when all are: bellhop study merge DIR... --out DIR`);
  noteStop(signal, `${number(progress.told)} of ${study.definition.early_terminate === undefined ? '' : 'up to '}${number(progress.total)} runs are done and saved in ${out}; the same command continues`);
}
