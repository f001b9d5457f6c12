// SPDX-License-Identifier: MIT
// journal.jsonl, in the folder of --out while its command is not done: what was typed, and of several runs those that are done, a line each. From
// it and the full checkpoints of the runs, --resume DIR goes on where the command was ended. It goes when the command has come to its end.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { UsageError, numberFlag } from './args.mjs';
import { finishEnd, finishReplacing } from './claim.mjs';
import { JOURNAL, UNFINISHED, runIn } from './contents.mjs';
import { GrowingFile, entryAt, writeFile, writing } from './durable.mjs';
import { print } from './output.mjs';

/** @typedef {import('./training.mjs').Summary} Summary */
/**
 * A command as it was typed. `env` is ENV, or what stood for it; `usual` what the environment's options were without it.
 * @typedef {object} Command
 * @property {string} bellhop  its name
 * @property {string} cwd      which paths are relative to
 * @property {string} [env]
 * @property {string[]} [texts]  files that were named instead
 * @property {{ env: string, envOptions: Record<string, unknown> }} [usual]
 * @property {[name: string, value: string | true][]} flags
 * @property {[name: string, values: string[]][]} [lists]
 */
/** @typedef {{ command: Command, done: Map<number, Summary> }} Content */

/** What may be typed beside --resume, besides hyperparameters: it is about this process, not about the run. */
const BESIDE = ['resume', 'json', 'markdown', 'jobs', 'tensorboard', 'checkpoint-interval', 'native'];

/** Seconds between full checkpoints. */
const CHECKPOINT_INTERVAL = 30;

/** Those of --checkpoint-interval. @param {ReadonlyMap<string, string | true>} flags @returns {number} */
export function checkpointInterval(flags) {
  return numberFlag('checkpoint-interval', flags.get('checkpoint-interval'), 0, 1e9) ?? CHECKPOINT_INTERVAL;
}

/** A full checkpoint that nothing can go on from. @param {string} file @param {string} why */
export function unusable(file, why) {
  return new Error(`${file}: ${why}; move it elsewhere, and --resume begins the run again`);
}

/** What a command says of itself. @param {string} name @param {Omit<Command, 'bellhop' | 'cwd' | 'flags'> & { flags: ReadonlyMap<string, string | true> }} typed @returns {Command} */
export function commandOf(name, { flags, ...typed }) {
  return { bellhop: name, cwd: process.cwd(), ...typed, flags: [...flags].filter(([flag]) => !['resume', 'overwrite', 'json', 'markdown', 'native'].includes(flag)) };
}

/** What a folder's journal says; undefined where there is none. @param {string} folder @returns {Content | undefined} */
function read(folder) {
  const file = join(folder, JOURNAL);
  if (entryAt(file)?.isFile() !== true) return undefined;
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1); // what comes after the last line end was cut off
  try {
    const [command, ...done] = lines.map((line) => JSON.parse(line, withNumbers));
    if (!isCommand(command) || !done.every(isDone)) throw new TypeError();
    return { command, done: new Map(done.map(({ job, summary }) => [job, summary])) };
  } catch (cause) {
    throw new Error(`${file} is not what bellhop writes; remove it, and begin again with --overwrite`, { cause });
  }
}

/** A figure that JSON has no number for. @param {string} key @param {unknown} value */
function withNumbers(key, value) {
  return value === null && key.includes('/') ? NaN : value;
}

/** @param {any} line */
function isCommand({ bellhop, cwd, env, texts = [], flags, lists = [] }) {
  const isPairs = (/** @type {any} */ pairs) => Array.isArray(pairs) && pairs.every((pair) => Array.isArray(pair) && typeof pair[0] === 'string');
  return Array.isArray(texts) && [bellhop, cwd, env ?? '', ...texts].every((text) => typeof text === 'string') && isPairs(flags) && isPairs(lists);
}

/** @param {any} line */
function isDone({ job, summary }) {
  return Number.isInteger(job) && summary?.type === 'summary';
}

/** Of several runs, those that are done; a line each is added. */
export class Journal {
  #file;
  #flag;
  /** Those of before, by their numbers. @type {ReadonlyMap<number, Summary>} */
  done;

  /** @param {string} flag @param {string} path  what the flag says @param {string} folder  where it is, or will be @param {Command} command */
  constructor(flag, path, folder, command) {
    this.#flag = /** @type {const} */ ([flag, path]);
    this.done = read(folder)?.done ?? new Map();
    const lines = [command, ...[...this.done].map(([job, summary]) => ({ job, summary }))].map((line) => `${JSON.stringify(line)}\n`);
    this.#file = writing(...this.#flag, () => {
      writeFile(join(folder, JOURNAL), lines.join(''));
      return GrowingFile.goOn(join(folder, JOURNAL), lines.length);
    });
  }

  /** @param {number} job @param {Summary} summary */
  add(job, summary) {
    writing(...this.#flag, () => this.#file.append(`${JSON.stringify({ job, summary })}\n`));
  }

  close() {
    writing(...this.#flag, () => this.#file.close());
  }
}

/**
 * What `--resume DIR` stands for: the command that was begun there, with what was typed now over it.
 * @param {string} name  of the command
 * @param {{ flags: ReadonlyMap<string, string | true>, lists: ReadonlyMap<string, string[]>, positionals: readonly string[], refused: readonly string[] }} typed
 *   refused: flags of a new run
 * @returns {{ env?: string, texts: string[], usual?: Command['usual'], flags: Map<string, string | true>, lists: Map<string, string[]>, changed: Map<string, string | true> } | null}
 *   changed: hyperparameters that are to be others from now on; null: the command has come to its end, which is said
 */
export function resumed(name, { flags, lists, positionals, refused }) {
  const path = String(flags.get('resume'));
  const stray = [...flags.keys(), ...lists.keys()].find((flag) => refused.includes(flag) && !BESIDE.includes(flag));
  if (stray !== undefined) throw new UsageError(`--resume goes on with the command that was begun in ${path}, and --${stray} is for a new one`);
  writing('resume', path, () => finishReplacing(path));
  const content = read(join(path, UNFINISHED)) ?? read(path);
  if (content === undefined) return tellNothing(path);
  const { command } = content;
  if (command.bellhop !== name) throw new UsageError(`${path} was begun by bellhop ${command.bellhop}: bellhop ${command.bellhop} --resume ${path}`);
  if (command.cwd !== process.cwd()) throw new UsageError(`${path} was begun in ${command.cwd}, and files are named from there: cd ${command.cwd} first`);
  const { env, texts } = command;
  const other = positionals.find((word, i) => word !== (texts ?? [env])[i]);
  if (other !== undefined) throw new UsageError(`--resume goes on with the command that was begun in ${path}, and ${other} is not what it ${texts === undefined ? 'trains in' : 'learns from'}; leave it out`);
  const changed = new Map([...flags].filter(([flag]) => !BESIDE.includes(flag)));
  return {
    env, texts: texts ?? [], usual: command.usual, lists: new Map(command.lists ?? []), changed,
    flags: new Map([...command.flags, ...flags, ['out', path]]),
  };
}

/** @param {string} path @returns {null} */
function tellNothing(path) {
  const run = runIn(path);
  if (run === undefined) throw new Error(`there is nothing to resume in ${path}: no command with --out ${path} has begun there and not come to its end`);
  writing('resume', path, () => finishEnd(path));
  print(`${path} has ${run}, which is complete`);
  return null;
}
