// SPDX-License-Identifier: MIT
// Agents and sweeps in processes of their own, for tests of the queue.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../web/cli/cli.mjs', import.meta.url));

/** @param {number} ms @returns {Promise<void>} */
export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** Waits until something is so, or fails after so many seconds. @param {() => unknown} isSo @param {string} what @param {number} [seconds] */
export async function until(isSo, what, seconds = 120) {
  for (const since = performance.now(); !await isSo(); await sleep(20)) {
    if (performance.now() - since > 1000 * seconds) throw new Error(`${what}: not within ${seconds} s`);
  }
}

/** A command that runs, with what it has printed. */
export class Command {
  stdout = '';
  stderr = '';
  /** @type {Promise<number | NodeJS.Signals | null>} */
  ended;
  isOver = false;
  child;

  /** @param {readonly string[]} args @param {{ cwd?: string, env?: Record<string, string> }} [how] */
  constructor(args, { cwd, env } = {}) {
    this.child = spawn(process.execPath, [CLI, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    this.child.stdout.setEncoding('utf8').on('data', (text) => {
      this.stdout += text;
    });
    this.child.stderr.setEncoding('utf8').on('data', (text) => {
      this.stderr += text;
    });
    const leave = () => this.child.kill('SIGKILL'); // a test that fails leaves nothing that runs
    process.once('exit', leave);
    this.ended = new Promise((done) => {
      this.child.on('close', (code, signal) => {
        process.off('exit', leave);
        this.isOver = true;
        done(signal ?? code);
      });
    });
  }

  /** @param {NodeJS.Signals} [signal] */
  async kill(signal = 'SIGKILL') {
    this.child.kill(signal);
    return this.ended;
  }

  /** @param {RegExp} pattern @param {number} [seconds] */
  async says(pattern, seconds) {
    await until(() => pattern.test(this.stdout + this.stderr) || this.isOver, String(pattern), seconds);
    if (!pattern.test(this.stdout + this.stderr)) throw new Error(`it ended without ${pattern}: ${this.stdout}${this.stderr}`);
  }
}

/** Lines of a file of JSON, as far as they are whole. @param {string} file @returns {any[]} */
export function jsonLines(file) {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8').split('\n').slice(0, -1).map((line) => JSON.parse(line));
}

/** The jobs that an agent has done, by its lines. @param {Command} agent */
export const doneBy = (agent) => agent.stdout.split('\n').filter((line) => /^[0-9a-f]{12} {2}.+ {2}(finished|pruned|diverged|failed) {2}/.test(line)).length;

/** Those it has taken over from another. @param {Command} agent */
export const resumedBy = (agent) => agent.stdout.split('\n').filter((line) => / resumed at step /.test(line)).length;
