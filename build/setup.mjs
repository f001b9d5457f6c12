// SPDX-License-Identifier: MIT
// What a command needs from the machine, and getting what is missing: one table (NEEDS) of what, how to see whether it
// is there, and in which packages it comes. What is there is used as it is; what is not is announced, then installed
// with apt-get as root, or with sudo after asking; where neither is possible the exact commands are printed.
// Only node: built-ins: this runs before node_modules exists.
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { join } from 'node:path';
import { Failure, OUT, ROOT, isEntry, main, probe, runNpm, runToEnd, say } from './run.mjs';
import * as ownChromium from './chromium.mjs';

/** @typedef {'apt' | 'dnf' | 'pacman' | 'brew'} Manager */
/**
 * @typedef {object} Need
 * @property {string} what              for a person
 * @property {() => boolean} found    is it there?
 * @property {Partial<Record<Manager, string[]>>} packages  where it is known
 * @property {() => Promise<void>} [fetch]  gets the rest after the packages
 * @property {string} [fetches]         what `fetch` gets, for a person
 */

/** Debian's Chromium without windows, as the packages for Ubuntu and Fedora are: a page costs two thirds, as none has a browser drawn around it. */
const HEADLESS = 'chromium-headless-shell';

/** @type {Record<string, Need>} */
const NEEDS = {
  cmake: {
    what: 'CMake 3.22 or later',
    found: () => atLeast(probe(['cmake', '--version']), '3.22.0'),
    packages: { apt: ['cmake'], dnf: ['cmake'], pacman: ['cmake'], brew: ['cmake'] },
  },
  make: {
    what: 'make',
    found: () => probe(['make', '--version']) !== null,
    packages: { apt: ['make'], dnf: ['make'], pacman: ['make'], brew: ['make'] },
  },
  emcc: {
    what: 'Emscripten 3.1.6 or later (emcc on PATH or in $EMSDK)',
    found: () => emccCandidates().some((emcc) => atLeast(probe([emcc, '--version']), '3.1.6')),
    packages: { apt: ['emscripten'], dnf: ['emscripten'], pacman: ['emscripten'], brew: ['emscripten'] },
  },
  cc: {
    what: 'a C compiler with the C library\'s headers',
    found: () => probe([process.env.CC || 'cc', '-x', 'c', '-fsyntax-only', '-'], '#include <stdio.h>\n') !== null,
    packages: { apt: ['gcc', 'libc6-dev'], dnf: ['gcc', 'libasan', 'libubsan'], pacman: ['gcc'], brew: ['gcc'] },
  },
  chromium: {
    what: 'Chromium or Chrome (on PATH or in $CHROME_PATH)',
    found: () => chromePath() !== null,
    packages: { apt: [isRelease('debian') ? HEADLESS : 'chromium'], dnf: ['chromium-headless'], pacman: ['chromium'], brew: ['--cask', 'chromium'] },
    ...(isRelease('ubuntu') && ownChromium.need),
  },
  firefox: {
    what: 'Firefox 114 or later (on PATH or in $FIREFOX_PATH)',
    found: () => firefoxPath() !== null,
    packages: { apt: ['firefox-esr'], dnf: ['firefox'], pacman: ['firefox'], brew: ['--cask', 'firefox'] },
  },
  redis: {
    what: 'redis-server 6.2 or later (on PATH)',
    found: () => redisServer() !== null,
    // Debian's redis-server package is a link to this program, and a system service, which no test wants.
    packages: { apt: ['redis-tools'], dnf: ['redis'], pacman: ['redis'], brew: ['redis'] },
  },
  nbconvert: {
    what: 'Jupyter\'s nbconvert',
    found: () => probe(['jupyter-nbconvert', '--version']) !== null,
    packages: { apt: ['jupyter-nbconvert'], dnf: ['python3-nbconvert'], pacman: ['jupyter-nbconvert'], brew: ['jupyterlab'] },
  },
};

/** What `npm start` needs, and what `npm test` does. */
export const FOR_BUILD = ['cmake', 'make', 'emcc'];
export const FOR_C_TESTS = ['cmake', 'make', 'cc'];
export const FOR_BROWSER_TESTS = ['chromium'];
export const FOR_NODE_TESTS = ['redis'];
export const FOR_FIREFOX_TESTS = ['firefox'];
export const FOR_NOTEBOOK_TESTS = ['chromium', 'nbconvert'];

/**
 * Make sure of npm's packages and the named needs, installing what is missing. A Failure says what to do by hand.
 * @param {string[]} names keys of the table
 * @param {Record<string, Need>} [table]
 */
export async function setup(names, table = NEEDS) {
  await setupNpm();
  const missing = missingOf(names, table);
  if (missing.length === 0) return;
  say(`Missing on this machine: ${missing.map((need) => need.what).join('; ')}.`);
  await installPackages(missing);
  for (const need of missing) await need.fetch?.();
  const still = missing.filter((need) => !need.found());
  if (still.length > 0) {
    throw new Failure(`Still missing after installing: ${still.map((need) => need.what).join('; ')}.`);
  }
}

/** The Chromium or Chrome the browser tests drive, or null. */
export function chromePath() {
  const mac = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
  const names = [HEADLESS, 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', mac];
  const candidates = process.env.CHROME_PATH ? [process.env.CHROME_PATH] : [...names, ownChromium.PATH];
  // Ubuntu's chromium package is a script that only says where the browser is: --version tells them apart.
  const works = candidates.find((path) => /Chrom/.test(probe([path, '--version']) ?? ''));
  return works && !works.includes('/') ? onPath(works) : (works ?? null);
}

/** The Firefox that `npm run test:firefox` drives, or null. Workers that are modules came with 114. */
export function firefoxPath() {
  const mac = '/Applications/Firefox.app/Contents/MacOS/firefox';
  const candidates = process.env.FIREFOX_PATH ? [process.env.FIREFOX_PATH] : ['firefox-esr', 'firefox', mac];
  const works = candidates.find((path) => atLeast(/Firefox .*/.exec(probe([path, '--version']) ?? '')?.[0] ?? null, '114.0'));
  return works && !works.includes('/') ? onPath(works) : (works ?? null);
}

/** The program that is redis-server where it is called so; its checker of files is the same program. */
export function redisServer() {
  const files = ['redis-server', 'redis-check-rdb'].map((name) => onPath(name)).filter((file) => file !== null);
  const file = files.find((each) => /v=(?:[7-9]|\d\d|6\.[2-9])/.test(probe([each, '--version'], undefined, { argv0: 'redis-server' }) ?? ''));
  return file === undefined ? null : { file };
}

// ------------------------------------------------------------------------------------------------ npm's packages

async function setupNpm() {
  if (npmIsCurrent()) return;
  say('Installing npm\'s packages, as package-lock.json lists them, into node_modules/ (npm ci).');
  await runNpm(['ci', '--include=dev']);
}

/** Does node_modules hold what the lock file lists? npm leaves a copy of the lock file in it: compare the two. */
function npmIsCurrent() {
  const installedFile = join(ROOT, 'node_modules/.package-lock.json');
  if (!existsSync(installedFile)) return false;
  const installed = readLock(installedFile);
  return Object.entries(readLock(join(ROOT, 'package-lock.json')))
    // The entry '' is this package itself; binaries for other systems name theirs.
    .filter(([path, { os, cpu }]) => path !== '' && !os && !cpu)
    .every(([path, { integrity }]) => installed[path]?.integrity === integrity);
}

/** @param {string} file @returns {Record<string, { integrity?: string, os?: string[], cpu?: string[] }>} */
function readLock(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}

// ----------------------------------------------------------------------------------------- the system's packages

/** @type {Record<Manager, { program: string, install: string[][] }>} */
const MANAGERS = {
  apt: {
    program: 'apt-get',
    install: [
      ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q', 'update'],
      ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q', 'install', '-y', '--no-install-recommends'],
    ],
  },
  dnf: { program: 'dnf', install: [['dnf', 'install']] },
  pacman: { program: 'pacman', install: [['pacman', '-S', '--needed']] },
  brew: { program: 'brew', install: [['brew', 'install']] },
};

/** @param {Need[]} needs */
async function installPackages(needs) {
  const manager = Object.keys(MANAGERS).map((key) => /** @type {Manager} */ (key))
    .find((key) => onPath(MANAGERS[key].program));
  if (!manager) {
    throw new Failure('No package manager known to this script is here. Please install what is missing, then run the '
      + 'same command again.');
  }
  const unknown = needs.filter((need) => !need.packages[manager]);
  if (unknown.length > 0) {
    throw new Failure(`Please install ${unknown.map((need) => need.what).join('; ')}, then run the same command again; `
      + `no package of ${MANAGERS[manager].program} is known to this script.`);
  }
  const root = process.getuid?.() === 0;
  const commands = commandsFor(manager, needs, root);
  const shown = commands.map((command) => `  ${command.join(' ')}`).join('\n');
  if (manager !== 'apt' || !(root || await maySudo(shown))) {
    const who = root || onPath('sudo') || manager === 'brew' ? '' : ' as root';
    throw new Failure(`To get what is missing, run${who}\n\n${shown}\n\nand then the same command again.`);
  }
  say(`Installing with apt-get: ${needs.flatMap((need) => need.packages.apt ?? []).join(' ')}`
    + needs.map((need) => need.fetches ? `; then ${need.fetches}` : '').join(''));
  for (const command of commands) {
    const { code } = await runToEnd(command);
    if (code !== 0) {
      throw new Failure(`\`${command.join(' ')}\` failed (${code}). To try by hand, run\n\n${shown}\n\n`
        + 'and then the same command again.');
    }
  }
}

/** @param {Manager} manager @param {Need[]} needs @param {boolean} root */
function commandsFor(manager, needs, root) {
  const packages = needs.flatMap((need) => need.packages[manager] ?? []);
  const install = MANAGERS[manager].install;
  const sudo = root || manager === 'brew' || !onPath('sudo') ? [] : ['sudo'];
  return install.map((command, i) => [...sudo, ...command, ...(i === install.length - 1 ? packages : [])]);
}

/** Ask a person whether sudo may be used; without one to ask, only a sudo that wants no password. @param {string} shown */
async function maySudo(shown) {
  if (!onPath('sudo')) return false;
  if (!process.stdin.isTTY || !process.stdout.isTTY) return probe(['sudo', '-n', 'true']) !== null;
  say(`This needs to run\n\n${shown}\n`);
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  // readline has Ctrl-C to itself while it asks: hand it on.
  terminal.on('SIGINT', () => process.emit('SIGINT'));
  const answer = await terminal.question('Run it now? [y/N] ');
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

// ------------------------------------------------------------------------------------------------------- probing

/** @param {string[]} names @param {Record<string, Need>} table */
function missingOf(names, table) {
  return [...new Set(names)].map((name) => table[name]).filter((need) => !need.found());
}

function emccCandidates() {
  return ['emcc', ...(process.env.EMSDK ? [join(process.env.EMSDK, 'upstream/emscripten/emcc')] : [])];
}

/** Is the first version number in `text` at least `wanted`? @param {string | null} text @param {string} wanted */
function atLeast(text, wanted) {
  const version = text?.match(/\d+\.\d+(\.\d+)?/)?.[0];
  return version !== undefined && version.localeCompare(wanted, 'en', { numeric: true }) >= 0;
}

/** @param {string} program @returns {string | null} its full path */
function onPath(program) {
  const folders = (process.env.PATH ?? '').split(':');
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path)) ?? null;
}

/** Is this that system, and none that is made from it? @param {'debian' | 'ubuntu'} id */
function isRelease(id) {
  return existsSync('/etc/os-release') && readFileSync('/etc/os-release', 'utf8').split('\n').includes(`ID=${id}`);
}

// `node build/setup.mjs [need …]` gets things ready without building anything.
if (isEntry(import.meta.url)) {
  await main(async () => {
    const names = process.argv.slice(2);
    const unknown = names.filter((name) => !(name in NEEDS));
    if (unknown.length > 0) throw new Failure(`Unknown need ${unknown}; there are: ${Object.keys(NEEDS).join(', ')}.`);
    await setup(names.length > 0 ? names : Object.keys(NEEDS));
    say(`Ready. Everything a build makes goes to ${OUT}.`);
  });
}
