// SPDX-License-Identifier: MIT
// Commands whose files are watched while their process is killed or their file system fails (faults.c): what faults.mjs, kill.mjs and the
// tests of both share. A folder is judged by its bytes: the same seed writes the same files.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { OutputFolder, PretrainingFolder } from '../../web/cli/folder.mjs';
import { metadataOf } from '../../web/lib/checkpoint.mjs';
import { load } from '../../web/node/node.mjs';

export const CLI = fileURLToPath(new URL('../../web/cli/cli.mjs', import.meta.url));
const SOURCE = fileURLToPath(new URL('./faults.c', import.meta.url));

const bellhop = await load();

/** Tables of several runs. */
const OF_SEVERAL = /(^|\/)(summary\.(csv|json)|compare\.(csv|json)|runs\.csv)$/;

/** @typedef {Map<string, Buffer>} Files  by their path in the folder */

/** @param {string} path @param {string} [under] @returns {Files} */
export function filesIn(path, under = '') {
  if (!existsSync(path)) return new Map();
  return new Map(readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const [at, name] = [join(path, entry.name), join(under, entry.name)];
    return entry.isDirectory() ? [...filesIn(at, name)] : [[name, readFileSync(at)]];
  }));
}

/** Makes a folder hold these files and no others. @param {string} path @param {Files} files */
export function restore(path, files) {
  rmSync(path, { recursive: true, force: true });
  for (const [name, bytes] of files) {
    mkdirSync(join(path, name, '..'), { recursive: true });
    writeFileSync(join(path, name), bytes);
  }
}

/** A journal: lines of JSON, the last of which may have been cut off. @param {Buffer} bytes */
function isWholeJournal(bytes) {
  try {
    const lines = bytes.toString().split('\n').slice(0, -1).map((line) => JSON.parse(line));
    return lines.length > 0 && lines[0].bellhop !== undefined && lines.slice(1).every(({ job, summary }) => Number.isInteger(job) && summary.type === 'summary');
  } catch {
    return false;
  }
}

/** A full checkpoint that loads: the library checks every byte. @param {Buffer} bytes */
function isWholeCheckpoint(bytes) {
  const metadata = metadataOf(bytes);
  try {
    (metadata?.format === 'bellhop-lm-1' ? bellhop.LanguageModel.load(bytes) : bellhop.loadModel(bytes)).dispose();
    return metadata?.state_entries !== undefined;
  } catch {
    return false;
  }
}

/** A model that is all there: its header names how many bytes follow. @param {Buffer} bytes */
function isWholeModel(bytes) {
  try {
    const header = 8 + Number(bytes.readBigUInt64LE(0));
    const ends = Object.values(JSON.parse(bytes.toString('utf8', 8, header))).map(({ data_offsets }) => data_offsets?.[1] ?? 0);
    return bytes.length === header + Math.max(...ends);
  } catch {
    return false;
  }
}

/** A table of several runs that is all there: what one of them comes to may be missing. @param {string} name @param {Buffer} bytes */
function isWholeTable(name, bytes) {
  try {
    if (name.endsWith('.json')) return JSON.parse(bytes.toString()) !== null;
    const rows = bytes.toString().split('\n');
    return rows.pop() === '' && rows.every((row) => row.split(',').length === rows[0].split(',').length);
  } catch {
    return false;
  }
}

/** A file's text without what differs from run to run: the seconds of tables. @param {string} name @param {Buffer} bytes */
export function timeless(name, bytes) {
  if (!OF_SEVERAL.test(name) || !isWholeTable(name, bytes)) return bytes.toString('latin1');
  const isTime = (/** @type {string} */ column) => column.startsWith('time/');
  if (name.endsWith('.json')) return JSON.stringify(JSON.parse(bytes.toString(), (key, value) => isTime(key) ? undefined : value));
  const [heading, ...rows] = bytes.toString().split('\n').map((row) => row.split(','));
  return JSON.stringify(rows.map((row) => row.filter((_, i) => !isTime(heading[i]))));
}

/**
 * What is wrong with a folder in which a run was to replace another: every file must be the old one or the new one, whole; in `unfinished`
 * the table may end after any line, a best model may be an earlier one, and what sums up several runs may be of fewer. Of a run that is not
 * done there may be a journal and full checkpoints, which must load.
 * @param {string} path @param {Files} old @param {Files} fresh @returns {string[]}
 */
export function problemsIn(path, old, fresh) {
  const found = filesIn(path);
  const problems = [...found].flatMap(([name, bytes]) => {
    if (/\.tmp$|(^|\/)bellhop\.lock$|^unfinished\/complete\.json$/.test(name)) return [];
    const inner = name.replace(/^unfinished\//, '');
    if (/(^|\/)journal\.jsonl$/.test(name)) return isWholeJournal(bytes) ? [] : [`${name} is no journal`];
    if (/(^|\/)checkpoint\.safetensors$/.test(name)) return isWholeCheckpoint(bytes) ? [] : [`${name} is no full checkpoint`];
    const now = fresh.get(inner);
    const same = (/** @type {Buffer | undefined} */ other) => other !== undefined && timeless(inner, other) === timeless(inner, bytes);
    if (same(now) || (inner === name && same(old.get(name)))) return [];
    if (OF_SEVERAL.test(inner) && (inner !== name || old.size === 0) && isWholeTable(inner, bytes)) return [];
    if (inner.endsWith('model.safetensors') && (inner !== name || old.size === 0) && isWholeModel(bytes)) return [];
    const isBegun = now !== undefined && /(metrics|training)\.csv$/.test(inner) && (bytes.length === 0 || bytes.at(-1) === 0x0a);
    return isBegun && (inner !== name || old.size === 0) && now.subarray(0, bytes.length).equals(bytes) ? [] : [`${name} is neither the old one nor a whole new one`];
  });
  const models = [...old.keys()].filter((name) => name.endsWith('model.safetensors'));
  const lost = models.filter((name) => !found.has(name) && !(found.has('unfinished/complete.json') && fresh.size > 0) && !isReplaced(found, fresh));
  return [...problems, ...lost.map((name) => `${name} is gone`)];
}

/** @param {Files} found @param {Files} fresh */
const isReplaced = (found, fresh) => [...fresh.keys()].filter((name) => name.endsWith('.safetensors')).every((name) => found.has(name));

/** Why there can be no failing file system here; undefined if there can. */
export function faultsReason() {
  if (process.platform !== 'linux') return 'preloading is written for Linux';
  return spawnSync('cc', ['--version']).status === 0 ? undefined : 'there is no C compiler';
}

/** Builds the library to preload. @param {string} folder @returns {string} */
export function buildFaults(folder) {
  const library = join(folder, 'faults.so');
  execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, SOURCE, '-ldl']);
  return library;
}

/**
 * A command in whose folder call number `at` fails with `error`; 0: none. `only`: a pattern of the calls that are counted, as faults.c has it.
 * @param {string} library @param {string[]} args @param {{ below: string, at: number, error: number | 'kill', log: string, cwd: string, only?: string }} how
 */
export function withFault(library, args, { below, at, error, log, cwd, only }) {
  rmSync(log, { force: true });
  const { status, signal, stderr, stdout } = spawnSync(process.execPath, [CLI, ...args], {
    encoding: 'utf8', cwd,
    env: { ...process.env, TMPDIR: cwd, LD_PRELOAD: library, FAULTS_BELOW: below, FAULTS_LOG: log, FAULTS_AT: String(at), FAULTS_ERROR: String(error), ...only !== undefined && { FAULTS_ONLY: only } },
  });
  const calls = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
  return { status, signal, stderr, stdout, calls, fault: calls.find((line) => line.startsWith('fault '))?.slice('fault '.length).replace(below, '') };
}

const QUICK = ['--algo', 'q-learning', '--total-timesteps', '2000', '--eval-freq', '500', '--n-eval-episodes', '2', '--final-eval-episodes', '1'];
const TRAIN = ['train', 'GridWorld-v0', ...QUICK, '--out', 'run'];
const SEEDS = [...TRAIN, '--jobs', '1', '--seeds'];
const LM = ['--d-model', '8', '--n-heads', '2', '--n-layers', '1', '--context', '8', '--max-steps', '4', '--eval-freq', '2', '--log-freq', '1'];
const PRETRAIN = ['pretrain', 'cats.txt', ...LM, '--out', 'run'];
const COMPARE = ['compare', 'GridWorld-v0', ...QUICK, '--vary', 'gamma=0.9,0.5', '--seeds', '0', '--jobs', '1', '--out', 'run'];
/**
 * Commands that write, each with what its folder holds before. `whole`: what the command goes on with, were it never ended; it was ended in place of
 * the call `until`, or, without one, in the middle by a signal.
 * @type {{ name: string, old?: string[], args: string[], whole?: string[], until?: RegExp }[]}
 */
export const SCENARIOS = [
  { name: 'train', args: TRAIN },
  { name: 'train over a run', old: TRAIN, args: [...TRAIN, '--seed', '1', '--overwrite'] },
  { name: 'train over a language model', old: PRETRAIN, args: [...TRAIN, '--overwrite'] },
  { name: 'pretrain over a run', old: TRAIN, args: [...PRETRAIN, '--overwrite'] },
  { name: 'train --seeds over runs', old: [...SEEDS, '0-2'], args: [...SEEDS, '1-2', '--overwrite'] },
  { name: 'compare over runs', old: [...SEEDS, '0'], args: [...COMPARE, '--overwrite'] },
  { name: 'train --resume', whole: TRAIN, args: ['train', '--resume', 'run'] },
  { name: 'pretrain --resume', whole: PRETRAIN, args: ['pretrain', '--resume', 'run'] },
  { name: 'pretrain --resume over a run', old: TRAIN, whole: [...PRETRAIN, '--overwrite'], until: /^rename .*\/unfinished\/model\.safetensors$/, args: ['pretrain', '--resume', 'run'] },
  { name: 'train --resume over a run', old: TRAIN, whole: [...TRAIN, '--seed', '1', '--overwrite'], until: /^rename .*\/unfinished\/model\.safetensors$/, args: ['train', '--resume', 'run'] },
  { name: 'train --resume of seeds', whole: [...SEEDS, '1-2'], until: /^rename .*\/seed-2\/model\.safetensors$/, args: ['train', '--resume', 'run', '--jobs', '1'] },
  { name: 'compare --resume', whole: COMPARE, until: /^rename .*\/2-gamma=0\.5\/seed-0\/best_model\.safetensors$/, args: ['compare', '--resume', 'run', '--jobs', '1'] },
];

/** The flags of a command. @param {string[]} command @returns {[string, string][]} */
const flagsOf = (command) => command.slice(2).flatMap((word, i, words) => i % 2 === 0 ? [/** @type {[string, string]} */ ([word.slice(2), words[i + 1]])] : []);

/** What TRAIN has written when a signal ends it after 1,000 steps. @param {string} run */
async function stopHalfway(run) {
  const env = bellhop.make('GridWorld-v0');
  const model = new bellhop.models['q-learning'](env, { totalTimesteps: 2000, evalFreq: 500, nEvalEpisodes: 2, finalEvalEpisodes: 1 });
  const metrics = bellhop.catalog.algos.find(({ name }) => name === model.algo)?.metrics;
  const folder = new OutputFolder(run, { interval: 0, metrics, command: { bellhop: 'train', cwd: join(run, '..'), env: model.env.id, flags: flagsOf(TRAIN) } });
  folder.begin(model);
  await model.learn({ steps: 1000, onProgress: ({ records }) => folder.writeRecords(records, model) });
  folder.end(model, { isComplete: false });
  folder.close();
  [model, env].forEach((each) => each.dispose());
}

/** What PRETRAIN has written when a signal ends it after 2 steps. @param {string} run */
async function stopTrainingHalfway(run) {
  const cwd = join(run, '..');
  const training = new bellhop.Pretraining(readFileSync(join(cwd, 'cats.txt')), { dModel: 8, nHeads: 2, nLayers: 1, context: 8, maxSteps: 4, evalFreq: 2, logFreq: 1 });
  const folder = new PretrainingFolder(run, { interval: 0, command: { bellhop: 'pretrain', cwd, texts: ['cats.txt'], flags: flagsOf(PRETRAIN) } });
  folder.begin(training, { corpus: ['cats.txt'], options: Object.fromEntries(bellhop.pretrainingOptions.map(({ name, key }) => [name, training.options[key]])) });
  await training.learn({ steps: 2, onProgress: ({ records }) => folder.writeRecords(records, training) });
  folder.end(training, { isComplete: false });
  folder.close();
  training.dispose();
}

/** Ends the command that a scenario resumes. @param {string} cwd @param {string} run @param {typeof SCENARIOS[number]} scenario */
async function endInTheMiddle(cwd, run, { name, whole = [], until }) {
  if (until === undefined) return whole === PRETRAIN ? stopTrainingHalfway(run) : stopHalfway(run);
  const start = filesIn(run);
  const library = buildFaults(cwd);
  const how = { below: run, log: join(cwd, 'log'), cwd, error: /** @type {const} */ ('kill') };
  const { calls } = withFault(library, whole, { ...how, below: 'run', at: 0 });
  const place = calls.findIndex((line) => until.test(line)) + 1;
  restore(run, start);
  const { signal } = withFault(library, whole, { ...how, below: 'run', at: place });
  if (place === 0 || signal !== 'SIGKILL') throw new Error(`${name}: there is no call ${until} among\n${calls.join('\n')}`);
}

/** What the folder `run` of a scenario holds before and after. @param {string} cwd @param {typeof SCENARIOS[number]} scenario */
export async function outcomesOf(cwd, scenario) {
  const { old, args, whole } = scenario;
  writeFileSync(join(cwd, 'cats.txt'), 'the cat sat on the mat.\n'.repeat(30));
  const run = join(cwd, 'run');
  const filesAfter = (/** @type {string[]} */ command) => {
    const { status, stderr } = spawnSync(process.execPath, [CLI, ...command], { encoding: 'utf8', cwd });
    if (status !== 0) throw new Error(stderr);
    return filesIn(run);
  };
  rmSync(run, { recursive: true, force: true });
  const before = old === undefined ? new Map() : filesAfter(old);
  const fresh = filesAfter(whole ?? args);
  if (whole === undefined) return { run, before, begun: before, fresh };
  restore(run, before);
  await endInTheMiddle(cwd, run, scenario);
  return { run, before, begun: filesIn(run), fresh };
}

/** What tells a folder from one that holds these files and no others; the seconds of tables do not count. @param {string} path @param {Files} files @returns {string[]} */
export function differencesFrom(path, files) {
  const found = filesIn(path);
  const names = [...new Set([...found.keys(), ...files.keys()])];
  return names.flatMap((name) => {
    const [now, then] = [found.get(name), files.get(name)];
    if (now === undefined || then === undefined) return [`${name} is ${now === undefined ? 'not there' : 'left'}`];
    return timeless(name, now) === timeless(name, then) ? [] : [`${name} is another`];
  });
}

/** Whether there is something in a folder that --resume goes on with, or a replacement that was cut off. @param {Files} files */
export function canResume(files) {
  return ['journal.jsonl', 'unfinished/journal.jsonl', 'unfinished/complete.json'].some((name) => files.has(name));
}
