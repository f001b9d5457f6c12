// SPDX-License-Identifier: MIT
// Running other programs from the build scripts: where the repository is, `run` for commands whose output the reader
// should see, `held` for what runs beside others and is shown in its turn, `probe` for quiet questions, `main` for scripts' entry points.
// Only node: built-ins, because `npm start` and `npm test` begin before node_modules exists.
import { AsyncLocalStorage } from 'node:async_hooks';
import { spawn, spawnSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
/** Everything a build makes lives below this folder. */
export const OUT = resolve(ROOT, 'build/out');

/** For so long the output of a command that has ended is read. */
const OUTPUT_MS = 5000;

/** A body of `held`: what it has said, until it is shown. @typedef {{ said: string[] | null, niceness: number }} Holding */
/** @type {AsyncLocalStorage<Holding>} */
const holding = new AsyncLocalStorage();
/** Commands of such bodies that are under way, each with what it starts a process group of its own. @type {Set<number>} */
const groups = new Set();
/** They were ended, and begin no others. */
let hasEnded = false;

/** An expected failure: `main` prints its message and no stack. */
export class Failure extends Error {}

/** @typedef {{ cwd?: string, env?: Record<string, string | undefined>, capture?: boolean, minutes?: number }} RunOptions  minutes: it is ended then, as failed */

/**
 * Run a command with its output on this terminal; rejects with a Failure naming it unless it exits with 0.
 * With `capture` the output is also returned (and reaches the command as a pipe).
 * @param {string[]} command
 * @param {RunOptions} [options]
 * @returns {Promise<string>} what it wrote to stdout, when captured
 */
export async function run(command, options) {
  const { code, output } = await runToEnd(command, options);
  if (code !== 0) throw new Failure(`\`${command.join(' ')}\` failed (${code}).`);
  return output;
}

/**
 * Run npm itself: the one this script was started by, where there is one.
 * @param {string[]} args
 */
export async function runNpm(args) {
  const npm = process.env.npm_execpath;
  const quiet = ['--no-audit', '--no-fund', '--no-update-notifier'];
  // `npm pack --dry-run` hands its dry run down to the npm below it.
  await run([...(npm ? [process.execPath, npm] : ['npm']), ...args, ...quiet], { env: { npm_config_dry_run: 'false' } });
}

/**
 * As `run`, but a failing command is an answer, not an error. Once it has ended nobody is waited for who was started by it and
 * still holds its output.
 * @param {string[]} command
 * @param {RunOptions} [options]
 * @returns {Promise<{ code: number | string, output: string }>}
 */
export function runToEnd([file, ...args], { cwd = ROOT, env = {}, capture = false, minutes } = {}) {
  return new Promise((done, fail) => {
    const held = holding.getStore(), isHeld = held !== undefined;
    if (isHeld && hasEnded) return done({ code: 'SIGTERM', output: '' });
    const [program, ...words] = [...held && held.niceness > 0 ? ['nice', '-n', String(held.niceness)] : [], file, ...args];
    const child = spawn(program, words, {
      cwd, env: { ...process.env, ...env }, stdio: [isHeld ? 'ignore' : 'inherit', capture || isHeld ? 'pipe' : 'inherit', isHeld ? 'pipe' : 'inherit'],
      detached: isHeld, ...minutes && { timeout: minutes * 60_000, killSignal: 'SIGKILL' },
    });
    const { pid } = child;
    if (held && pid !== undefined) {
      groups.add(pid);
      child.on('exit', () => groups.delete(pid));
    }
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', (text) => {
      output += text;
      write(text);
    });
    child.stderr?.setEncoding('utf8').on('data', write);
    child.on('error', (error) => fail(new Failure(`\`${program}\` could not be started: ${error.message}`)));
    child.on('exit', () => setTimeout(() => [child.stdout, child.stderr].forEach((stream) => stream?.destroy()), OUTPUT_MS).unref());
    child.on('close', (code, signal) => done({ code: code ?? signal ?? 1, output }));
  });
}

/**
 * Ask a program something quietly.
 * @param {string[]} command
 * @param {string} [input] for its standard input
 * @param {{ timeout?: number, argv0?: string }} [how] milliseconds; the name it is called by
 * @returns {string | null} its output, or null if it is not there or says no
 */
export function probe([file, ...args], input = '', { timeout = 30_000, argv0 = file } = {}) {
  const { status, stdout, stderr } = spawnSync(file, args, { input, encoding: 'utf8', timeout, argv0 });
  return status === 0 ? stdout + stderr : null;
}

/** @param {number} since from performance.now() */
export function seconds(since) {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

/** @param {string} text */
export function say(text) {
  write(`${text}\n`);
}

/** @param {string} text */
function write(text) {
  const { said } = holding.getStore() ?? {};
  if (said) said.push(text);
  else process.stdout.write(text);
}

/**
 * Runs a body beside what else runs. What it and its commands say is kept until it is to be shown.
 * @template T @param {() => Promise<T>} body @param {number} [niceness]  of its commands: the higher, the more they leave the processors to others
 * @returns {{ running: Promise<T>, show: () => Promise<T> }} show: what it has said, then what it says, until it ends
 */
export function held(body, niceness = 0) {
  /** @type {Holding} */
  const held = { said: [], niceness };
  endHeldAtEnd();
  const running = holding.run(held, body);
  return {
    running,
    show() {
      process.stdout.write(held.said?.join('') ?? '');
      held.said = null;
      return running;
    },
  };
}

/** Ends the commands of all bodies of `held`, with what they have started; others end as they would begin. */
export function endHeld() {
  hasEnded = true;
  for (const pid of groups) {
    try {
      process.kill(-pid, 'SIGTERM');
    } catch {
      // It has just ended.
    }
  }
  groups.clear();
}

/** Whatever ends this process ends them: a terminal does not reach process groups of their own. */
function endHeldAtEnd() {
  if (process.listeners('exit').includes(endHeld)) return;
  process.once('exit', endHeld);
  for (const [signal, code] of /** @type {const} */ ([['SIGHUP', 129], ['SIGTERM', 143]])) process.once(signal, () => process.exit(code));
}

/** Is this the script node was started with? @param {string} url its import.meta.url */
export function isEntry(url) {
  return process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(url);
}

/**
 * Run a script's body: a Failure becomes its message and exit code 1, Ctrl-C one line and 130.
 * @param {() => Promise<unknown>} body
 */
export async function main(body) {
  process.once('SIGINT', () => {
    console.error('\nInterrupted. Running the same command again goes on from here.');
    process.exit(130);
  });
  try {
    await body();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    console.error(`\n${error.message}`);
    process.exitCode = 1;
  }
}
