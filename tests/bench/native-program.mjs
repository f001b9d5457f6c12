// SPDX-License-Identifier: MIT
// bellhop-run for tests: that of a preset that is configured here, brought up to date, which takes seconds where the preset's library is built.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { OUT, probe } from '../../build/run.mjs';

/** Those with assertions first. */
const PRESETS = ['o2', 'debug', 'release', 'native'];

/** The program of the first of these presets that is configured; undefined where none is. @param {readonly string[]} [presets] @returns {string | undefined} */
export function nativeProgram(presets = PRESETS) {
  const preset = presets.find((name) => existsSync(join(OUT, name, 'CMakeCache.txt')));
  if (preset === undefined) return undefined;
  const folder = join(OUT, preset);
  probe(['cmake', folder], '', { timeout: 60_000 }); // a tree that was configured before the target was there knows it then
  if (probe(['cmake', '--build', folder, '--target', 'bellhop_run'], '', { timeout: 600_000 }) === null) throw new Error(`cmake --build ${folder} --target bellhop_run fails`);
  return join(folder, 'bellhop-run');
}

/** What --native starts is that one, here and in what this process starts. @param {readonly string[]} [presets] */
export function useProgram(presets) {
  const program = nativeProgram(presets);
  if (program !== undefined) process.env.BELLHOP_RUN = program;
  return program;
}
