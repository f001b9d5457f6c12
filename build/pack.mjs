// SPDX-License-Identifier: MIT
// Runs around `npm pack` and `npm publish`: puts the WebAssembly modules beside web/lib/beside.mjs, where the published library
// looks for them, modules and worker as text into web/inline/, what other people's pages link into dist/; with --clean takes them away again. In a checkout they are in
// build/out/ only. Modules that are newer than their sources are not built again. Tests have the package from packed(); `npm run pack` writes it beside
// package.json. As .npmrc has ignore-scripts, `npm pack` and `npm publish` run this only with --ignore-scripts=false.
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildDist, buildModules } from './build.mjs';
import { MODULES } from './bundles.mjs';
import { filesBelow } from './files.mjs';
import { writeInside } from './inside.mjs';
import { FOR_BUILD, setup } from './setup.mjs';
import { OUT, ROOT, isEntry, main, say } from './run.mjs';

const INLINE = 'web/inline', DIST = 'dist';
const TARBALL = join(OUT, 'bellhop.tgz');
/** What modules are made of. */
const SOURCES = ['src', 'envs', 'CMakeLists.txt', 'CMakePresets.json', 'emscripten.cmake'];
/** What of the checkout the package is made of; package.json says which files go into it. */
const PACKED = ['web', 'docs', 'package.json', 'README.md', 'README.zh-CN.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', 'LICENSE'];

/** When files were last written, all below folders too. @param {string[]} names  of the checkout */
const times = (names) => names.map((name) => join(ROOT, name)).flatMap((path) => (statSync(path).isFile() ? [path] : filesBelow(path).map((file) => join(path, file)))).map((file) => statSync(file).mtimeMs);

/** Whether every file is there, and newer than everything it is made of. @param {string[]} made @param {string[]} sources  of the checkout */
const isCurrent = (made, sources) => made.every((file) => existsSync(file)) && Math.min(...made.map((file) => statSync(file).mtimeMs)) >= Math.max(...times(sources));

/** Adds what is made to a checkout. @param {string} root */
async function fill(root) {
  const built = isCurrent(Object.keys(MODULES).map((file) => join(OUT, file)), SOURCES);
  await setup(built ? [] : FOR_BUILD);
  if (!built) await buildModules();
  for (const [made, file] of Object.entries(MODULES)) cpSync(join(OUT, made), join(root, 'web/lib', file));
  await writeInside(join(root, INLINE));
  await buildDist(join(root, DIST));
}

function clean() {
  for (const file of Object.values(MODULES)) rmSync(join(ROOT, 'web/lib', file), { force: true });
  for (const folder of [INLINE, DIST]) rmSync(join(ROOT, folder), { recursive: true, force: true });
}

/**
 * The package of the checkout as it is, packed when anything of it has changed since; others go on reading the checkout meanwhile.
 * @returns {Promise<string>} the tarball, which stays where it is
 */
export async function packed() {
  const scripts = readdirSync(join(ROOT, 'build')).filter((name) => name.endsWith('.mjs')).map((name) => `build/${name}`);
  if (isCurrent([TARBALL], [...SOURCES, ...PACKED, ...scripts, 'package-lock.json'])) return TARBALL;
  const copy = mkdtempSync(join(tmpdir(), 'bellhop-pack-'));
  try {
    for (const name of PACKED) cpSync(join(ROOT, name), join(copy, name), { recursive: true });
    await fill(copy);
    await promisify(execFile)('npm', ['pack', '--silent', '--ignore-scripts'], { cwd: copy });
    const made = /** @type {string} */ (readdirSync(copy).find((file) => file.endsWith('.tgz')));
    cpSync(join(copy, made), `${TARBALL}.${process.pid}`);
    renameSync(`${TARBALL}.${process.pid}`, TARBALL);
    return TARBALL;
  } finally {
    rmSync(copy, { recursive: true });
  }
}

/** Writes the tarball beside package.json, named as `npm pack` names it. */
async function write() {
  const { name, version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const file = `${name}-${version}.tgz`;
  cpSync(await packed(), join(ROOT, file));
  say(file);
}

if (isEntry(import.meta.url)) await main(async () => (process.argv.includes('--write') ? write() : process.argv.includes('--clean') ? clean() : fill(ROOT)));
