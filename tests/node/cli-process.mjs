// SPDX-License-Identifier: MIT
// The command line in processes of its own, for tests.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../web/cli/cli.mjs', import.meta.url));

/** The line that a single object gets, as the beginning of a pattern: evaluations are played on it. */
export const ONE_OBJECT = 'bellhop: \\S+: warning: \\S+: it is one object, so each evaluation [^\\n]*\\n';

/** Commands that run in a folder. @param {string} folder @param {string} [unseen]  pattern of a line on stderr that a file of tests is not about */
export function cli(folder, unseen) {
  /** @param {...string} args */
  function bellhop(...args) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], { encoding: 'utf8', cwd: folder });
    return { status, stdout, stderr: unseen === undefined ? stderr : stderr.replace(new RegExp(`^${unseen}`, 'm'), ''), json: () => stdout.trim().split('\n').map((line) => JSON.parse(line)) };
  }

  /** One that comes to its end. @param {...string} args */
  function done(...args) {
    const result = bellhop(...args);
    assert.equal(result.status, 0, result.stderr);
    return result;
  }

  /** One line on stderr, nothing on stdout. @param {string[]} args @param {number} status @param {RegExp} message */
  function refused(args, status, message) {
    const result = bellhop(...args);
    assert.equal(result.status, status, result.stderr);
    assert.match(result.stderr, message);
    assert.match(result.stderr, /^bellhop: [^\n]+\n$/, 'one line');
    assert.equal(result.stdout, '');
  }

  /** Reads a piece of what a command prints, and no more. @param {...string} args @returns {Promise<{ status: number | null, stderr: string }>} */
  function readOnce(...args) {
    const child = spawn(process.execPath, [CLI, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });
    child.stdout.once('data', () => child.stdout.destroy());
    return new Promise((done) => child.on('close', (status) => done({ status, stderr })));
  }

  /**
   * Begins a command and ends it as soon as something is the case.
   * @param {string[]} args @param {() => boolean} when @param {NodeJS.Signals} [signal] @returns {Promise<{ code: number | null, stderr: string }>}
   */
  async function endedWhen(args, when, signal = 'SIGKILL') {
    const child = spawn(process.execPath, [CLI, ...args], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });
    const ended = new Promise((resolve) => {
      child.on('close', (code) => resolve({ code, stderr }));
    });
    while (!when()) {
      assert.ok(child.exitCode === null, `it was to be ended, but ended itself: ${stderr}`);
      await new Promise((resolve) => {
        setTimeout(resolve, 5);
      });
    }
    child.kill(signal);
    return ended;
  }

  return { CLI, bellhop, done, refused, readOnce, endedWhen };
}
