// SPDX-License-Identifier: MIT
// Commands whose files are watched while their process is killed or their file system fails (faults.c): what faults.mjs, kill.mjs and the
// tests of both share. A folder is judged by its bytes: the same seed writes the same files.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

export const CLI = fileURLToPath(new URL('../../web/cli/cli.mjs', import.meta.url));
const SOURCE = fileURLToPath(new URL('./faults.c', import.meta.url));

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

/** A checkpoint that is all there: its header names how many bytes follow. @param {Buffer} bytes */
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
 * the table may end after any line, a best model may be an earlier one, and what sums up several runs may be of fewer.
 * @param {string} path @param {Files} old @param {Files} fresh @returns {string[]}
 */
export function problemsIn(path, old, fresh) {
  const found = filesIn(path);
  const problems = [...found].flatMap(([name, bytes]) => {
    if (/\.tmp$|(^|\/)bellhop\.lock$|^unfinished\/complete\.json$/.test(name)) return [];
    const inner = name.replace(/^unfinished\//, '');
    const now = fresh.get(inner);
    const same = (/** @type {Buffer | undefined} */ other) => other !== undefined && timeless(inner, other) === timeless(inner, bytes);
    if (same(now) || (inner === name && same(old.get(name)))) return [];
    if (OF_SEVERAL.test(inner) && inner !== name && isWholeTable(inner, bytes)) return [];
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
 * A command in whose folder call number `at` fails with `error`; 0: none.
 * @param {string} library @param {string[]} args @param {{ below: string, at: number, error: number | 'kill', log: string, cwd: string }} how
 */
export function withFault(library, args, { below, at, error, log, cwd }) {
  rmSync(log, { force: true });
  const { status, signal, stderr, stdout } = spawnSync(process.execPath, [CLI, ...args], {
    encoding: 'utf8', cwd,
    env: { ...process.env, TMPDIR: cwd, LD_PRELOAD: library, FAULTS_BELOW: below, FAULTS_LOG: log, FAULTS_AT: String(at), FAULTS_ERROR: String(error) },
  });
  const calls = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
  return { status, signal, stderr, stdout, calls, fault: calls.find((line) => line.startsWith('fault '))?.slice('fault '.length).replace(below, '') };
}

/** Commands that write, each with what its folder holds before. @type {{ name: string, old?: string[], args: string[] }[]} */
const QUICK = ['--algo', 'q-learning', '--total-timesteps', '2000', '--eval-freq', '500', '--n-eval-episodes', '2', '--final-eval-episodes', '1'];
const TRAIN = ['train', 'GridWorld-v0', ...QUICK, '--out', 'run'];
const LM = ['--d-model', '8', '--n-heads', '2', '--n-layers', '1', '--context', '8', '--max-steps', '4', '--eval-freq', '2'];
const PRETRAIN = ['pretrain', 'cats.txt', ...LM, '--out', 'run'];
export const SCENARIOS = [
  { name: 'train', args: TRAIN },
  { name: 'train over a run', old: TRAIN, args: [...TRAIN, '--seed', '1', '--overwrite'] },
  { name: 'train over a language model', old: PRETRAIN, args: [...TRAIN, '--overwrite'] },
  { name: 'pretrain over a run', old: TRAIN, args: [...PRETRAIN, '--overwrite'] },
  { name: 'train --seeds over runs', old: [...TRAIN, '--seeds', '0-2', '--jobs', '1'], args: [...TRAIN, '--seeds', '1-2', '--jobs', '1', '--overwrite'] },
  {
    name: 'compare over runs', old: [...TRAIN, '--seeds', '0', '--jobs', '1'],
    args: ['compare', 'GridWorld-v0', ...QUICK, '--vary', 'gamma=0.9,0.5', '--seeds', '0', '--jobs', '1', '--out', 'run', '--overwrite'],
  },
];

/** What the folder `run` of a scenario holds before and after. @param {string} cwd @param {{ old?: string[], args: string[] }} scenario */
export function outcomesOf(cwd, { old, args }) {
  writeFileSync(join(cwd, 'cats.txt'), 'the cat sat on the mat.\n'.repeat(30));
  const run = join(cwd, 'run');
  const filesAfter = (/** @type {string[]} */ command) => {
    const { status, stderr } = spawnSync(process.execPath, [CLI, ...command], { encoding: 'utf8', cwd });
    if (status !== 0) throw new Error(stderr);
    return filesIn(run);
  };
  rmSync(run, { recursive: true, force: true });
  const before = old === undefined ? new Map() : filesAfter(old);
  return { run, before, fresh: filesAfter(args) };
}
