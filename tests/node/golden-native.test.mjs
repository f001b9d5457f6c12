// SPDX-License-Identifier: MIT
// The same seed gives the same bits: every native build that is there, against tests/golden/runs.json. Beside
// golden.test.mjs, which has WebAssembly: the two run at the same time.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const { sha256, text_sha256: ofText } = JSON.parse(readFileSync(new URL('../golden/runs.json', import.meta.url), 'utf8'));
const golden = { ...sha256, ...ofText };

/** Presets, and the kernels of each: where nothing is asked for, the widest the processor has. @type {[preset: string, kernels?: string][]} */
const BUILDS = [['debug', 'sse2'], ['o2'], ['scalar'], ['release']];

for (const [preset, kernels] of BUILDS) {
  const program = fileURLToPath(new URL(`../../build/out/${preset}/bellhop_golden_run`, import.meta.url));
  test(`native, ${preset}${kernels === undefined ? '' : `, ${kernels}`}`, { skip: existsSync(program) ? false : 'not built' }, () => {
    const env = { ...process.env, ...kernels !== undefined && process.arch === 'x64' && { BH_SIMD: kernels } };
    const lines = execFileSync(program, Object.keys(golden), { encoding: 'utf8', env }).trim().split('\n').map((line) => line.split('\t'));
    assert.deepEqual(Object.fromEntries(lines), golden);
  });
}
