// SPDX-License-Identifier: MIT
// The projects of docs/examples/, as a reader has them: out of the packed package, in a fresh folder.
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packed } from '../../build/pack.mjs';
import { env } from './project.mjs';

/** @typedef {{ folder: string, commands: string[], printed: string }} Example  its copy, and what its README says */

const exec = promisify(execFile);

/** Packs the package and takes it apart. @returns {Promise<{ folder: string, tarball: string, installed: string }>} */
export async function unpack() {
  const folder = mkdtempSync(join(tmpdir(), 'bellhop-examples-'));
  const tarball = await packed();
  const installed = join(folder, 'bellhop');
  mkdirSync(installed);
  await exec('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1']);
  return { folder, tarball, installed };
}

/**
 * A copy of a project, of its own; unless npm is to do it, with the package in its node_modules/.
 * @param {{ folder: string, installed: string }} unpacked @param {string} name @param {{ install?: boolean }} [options] @returns {Example}
 */
export function copyExample({ folder, installed }, name, { install = true } = {}) {
  const copy = join(mkdtempSync(join(folder, 'copy-')), name);
  cpSync(join(installed, 'docs/examples', name), copy, { recursive: true });
  if (install) cpSync(installed, join(copy, 'node_modules/bellhop'), { recursive: true });
  const readme = readFileSync(join(copy, 'README.md'), 'utf8');
  const [, commands = ''] = /^```sh\n([^]*?)^```$/m.exec(readme) ?? [];
  const [, printed = ''] = /^```text\n([^]*?)^```$/m.exec(readme) ?? [];
  return { folder: copy, commands: commands.trim().split('\n'), printed };
}

/** Runs commands in the project and resolves to all they print. @param {Example} example @param {string[]} commands */
export async function runCommands({ folder }, commands) {
  let printed = '';
  for (const command of commands) {
    const [name, ...args] = command.split(' ');
    const { stdout } = await exec(name, args, { cwd: folder, env }).catch(({ stdout: out, stderr }) => {
      throw new Error(`${command}: ${stderr}${out}`);
    });
    printed += stdout;
  }
  return printed;
}
