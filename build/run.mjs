// SPDX-License-Identifier: MIT
// Running other programs from the build scripts: where the repository is, `run` for commands whose output the reader
// should see, `held` for what is shown later, `probe` for quiet questions, `main` for scripts' entry points. Only node: built-ins,
// because `npm start` and `npm test` begin before node_modules exists.
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

/** What is said in the body of `held`. @type {AsyncLocalStorage<string[]>} */
const holding = new AsyncLocalStorage();

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
    const isHeld = holding.getStore() !== undefined;
    const child = spawn(file, args, {
      cwd, env: { ...process.env, ...env }, stdio: ['inherit', capture || isHeld ? 'pipe' : 'inherit', isHeld ? 'pipe' : 'inherit'],
      ...minutes && { timeout: minutes * 60_000, killSignal: 'SIGKILL' },
    });
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', (text) => {
      output += text;
      write(text);
    });
    child.stderr?.setEncoding('utf8').on('data', write);
    child.on('error', (error) => fail(new Failure(`\`${file}\` could not be started: ${error.message}`)));
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
  const held = holding.getStore();
  if (held) held.push(text);
  else process.stdout.write(text);
}

/**
 * Runs a body beside what else runs. What it and its commands say is kept until it is asked for.
 * @template T @param {() => Promise<T>} body
 * @returns {() => Promise<T>} waits for its end, then shows what it said
 */
export function held(body) {
  /** @type {string[]} */
  const said = [];
  const running = holding.run(said, body);
  return async () => {
    const result = await running;
    write(said.join(''));
    return result;
  };
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
