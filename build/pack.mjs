// SPDX-License-Identifier: MIT
// Runs around `npm pack` and `npm publish`: puts the WebAssembly modules beside web/lib/beside.mjs, where the published library
// looks for them, modules and worker as text into web/inline/, what other people's pages link into dist/; with --clean takes them away again. In a checkout they are in
// build/out/ only. Modules that are newer than their sources are not built again. Tests pack a copy of the checkout: packInto().
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildDist, buildModules } from './build.mjs';
import { MODULES } from './bundles.mjs';
import { filesBelow } from './files.mjs';
import { writeInside } from './inside.mjs';
import { FOR_BUILD, setup } from './setup.mjs';
import { OUT, ROOT, isEntry, main } from './run.mjs';

const INLINE = 'web/inline', DIST = 'dist';
/** What modules are made of. */
const SOURCES = ['src', 'envs', 'CMakeLists.txt', 'CMakePresets.json', 'emscripten.cmake'];
/** What of the checkout the package is made of; package.json says which files go into it. */
const PACKED = ['web', 'docs', 'package.json', 'README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'LICENSE'];

/** Whether every module is there, and newer than everything it is made of. */
function areBuilt() {
  const made = Object.keys(MODULES).map((file) => join(OUT, file)).map((file) => (existsSync(file) ? statSync(file).mtimeMs : 0));
  const sources = SOURCES.map((name) => join(ROOT, name)).flatMap((path) => (statSync(path).isFile() ? [path] : filesBelow(path).map((file) => join(path, file))));
  return Math.min(...made) >= Math.max(...sources.map((file) => statSync(file).mtimeMs));
}

/** Adds what is made to a checkout. @param {string} root */
async function fill(root) {
  const built = areBuilt();
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

/** Packs a copy of the checkout, which stays as it is for whoever reads it meanwhile. @param {string} folder @returns {Promise<string>} the tarball */
export async function packInto(folder) {
  const copy = mkdtempSync(join(tmpdir(), 'bellhop-pack-'));
  try {
    for (const name of PACKED) cpSync(join(ROOT, name), join(copy, name), { recursive: true });
    await fill(copy);
    await promisify(execFile)('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], { cwd: copy });
    return join(folder, /** @type {string} */ (readdirSync(folder).find((file) => file.endsWith('.tgz'))));
  } finally {
    rmSync(copy, { recursive: true });
  }
}

if (isEntry(import.meta.url)) await main(async () => (process.argv.includes('--clean') ? clean() : fill(ROOT)));
