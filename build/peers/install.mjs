// SPDX-License-Identifier: MIT
// Getting the npm packages of `npm run bench:peers`: into build/out/peers/, only when that command runs. None of them is a
// dependency of this package.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OUT } from '../run.mjs';

export const FOLDER = join(OUT, 'peers');

/** What is measured, to the version: figures are about these. */
const PACKAGES = {
  '@tensorflow/tfjs': '4.22.0',
  '@tensorflow/tfjs-backend-wasm': '4.22.0',
  'convnetjs': '0.3.0',
};

/** @typedef {keyof typeof PACKAGES} Package */

/** @param {string} name */
function installedVersion(name) {
  const file = join(FOLDER, 'node_modules', name, 'package.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).version : null;
}

/** npm, the one this script was started by where there is one. @param {string} spec @returns {string | null} what went wrong */
function fetchPackage(spec) {
  const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm'];
  const [file, ...args] = [...npm, 'install', spec, '--save-exact', '--ignore-scripts', '--no-audit', '--no-fund', '--no-update-notifier', '--fetch-retries=1', '--loglevel=error'];
  const { status, stderr, error } = spawnSync(file, args, { cwd: FOLDER, encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] });
  if (status === 0) return null;
  const lines = (stderr ?? '').split('\n').filter((line) => /^npm (error|ERR!)/.test(line)).map((line) => line.replace(/^npm (error|ERR!) /, ''));
  return lines.find((line) => /request to|\b40\d\b|No matching/.test(line)) ?? lines[0] ?? error?.message ?? `npm ended with ${status}`;
}

/**
 * Which packages are not there, and why; with `skip` nothing is fetched.
 * @param {{ skip: boolean, log: (what: string) => void }} options @returns {Map<string, string>}
 */
export function installPeers({ skip, log }) {
  mkdirSync(FOLDER, { recursive: true });
  const own = join(FOLDER, 'package.json');
  if (!existsSync(own)) writeFileSync(own, '{ "private": true }\n');
  /** @type {Map<string, string>} */
  const missing = new Map();
  for (const [name, version] of Object.entries(PACKAGES)) {
    if (installedVersion(name) === version) continue;
    if (skip) {
      missing.set(name, `${name}@${version} is not installed (--skip-install)`);
      continue;
    }
    log(`fetching ${name}@${version} into build/out/peers`);
    const problem = fetchPackage(`${name}@${version}`);
    if (problem !== null) missing.set(name, `${name}@${version} could not be fetched: ${problem}`);
  }
  return missing;
}
