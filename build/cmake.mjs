// SPDX-License-Identifier: MIT
// Configuring and building the presets of CMakePresets.json, each in build/out/<preset>/, doing only what is needed:
// a preset is configured again when a file it was configured from, the compiler or the place of the checkout changed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { OUT, ROOT, run } from './run.mjs';

/**
 * Configure (if needed) and build one preset.
 * @param {string} preset @param {string} [target]  that alone
 */
export async function buildPreset(preset, target) {
  await configure(preset);
  await run(['cmake', '--build', '--preset', preset, '-j', String(availableParallelism()), ...target === undefined ? [] : ['--target', target]]);
}

/** A preset after those whose objects it links. @param {string} preset */
async function configure(preset) {
  for (const other of linkedPresets(preset)) await configure(other);
  const folder = join(OUT, preset);
  const stamp = join(folder, 'configured.txt');
  const current = fingerprint();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === current) return;
  rmSync(join(folder, 'CMakeCache.txt'), { force: true });
  rmSync(join(folder, 'CMakeFiles'), { force: true, recursive: true });
  await run(['cmake', '--preset', preset]);
  mkdirSync(folder, { recursive: true });
  writeFileSync(stamp, current);
}

/** The presets that a preset links objects of. @param {string} preset @returns {string[]} */
function linkedPresets(preset) {
  const { configurePresets } = JSON.parse(readFileSync(join(ROOT, 'CMakePresets.json'), 'utf8'));
  const { BH_TESTS_OF, BH_OBJECTS_OF } = configurePresets.find((/** @type {{ name: string }} */ { name }) => name === preset)?.cacheVariables ?? {};
  return [BH_TESTS_OF, BH_OBJECTS_OF].filter(Boolean);
}

/** What a configured folder depends on and does not itself notice; CMakeLists.txt it does. */
function fingerprint() {
  const hash = createHash('sha256');
  for (const file of ['CMakePresets.json', 'emscripten.cmake']) hash.update(readFileSync(join(ROOT, file)));
  const { CC, CFLAGS, PATH, EMSDK, EM_CACHE, CI } = process.env;
  hash.update(JSON.stringify([ROOT, CC, CFLAGS, compilersOn(PATH), EMSDK, EM_CACHE, CI !== undefined]));
  return hash.digest('hex');
}

/** Where cc and emcc are: all of PATH would be too much, as npm and shells add to it. @param {string} [path] */
function compilersOn(path = '') {
  return ['cc', 'emcc'].map((name) => path.split(':').find((folder) => existsSync(join(folder, name))));
}
