// SPDX-License-Identifier: MIT
// Every preset of every shipped environment, whole, by `bellhop train` and by `bellhop train --native` in turns: whether each file has the same
// bytes, and how long each of the two takes. It exits with 1 where a file differs. Needs `npm run build` and `npm run build:native`.
//
//     node tests/bench/native.mjs                                    all of them, some hours
//     node tests/bench/native.mjs CartPole-v1 Breakout-MinAtar/dqn   of an environment, or one
//     node tests/bench/native.mjs --total-timesteps 2000             shorter ones
//     node tests/bench/native.mjs Breakout-MinAtar/dqn --pairs 3     the median of so many
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { load } from '../../web/node/node.mjs';
import { CLI, filesIn } from './faulty.mjs';

/** Ticks of the kernel's accounts, which have been a hundredth of a second for decades. */
const TICKS = 100;

/** @typedef {{ wall: number, cpu: number, steps: number, sha256: string, files: Map<string, Buffer> }} Measured */

/** Seconds that commands which have ended, and what they had started, have computed; NaN where that is not told. */
function childSeconds() {
  if (!existsSync('/proc/self/stat')) return NaN;
  const fields = readFileSync('/proc/self/stat', 'utf8').replace(/^.*\) /, '').split(' ');
  return (Number(fields[13]) + Number(fields[14])) / TICKS;
}

/** @param {string[]} args @returns {Measured} */
function measure(args) {
  const folder = mkdtempSync(join(tmpdir(), 'bellhop-native-'));
  try {
    const [since, before] = [performance.now(), childSeconds()];
    const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, 'train', ...args, '--out', join(folder, 'run'), '--json'], { encoding: 'utf8', maxBuffer: 2 ** 30 });
    if (status !== 0) throw new Error(`bellhop train ${args.join(' ')}: ${stderr}`);
    const [wall, cpu] = [(performance.now() - since) / 1000, childSeconds() - before];
    const summary = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    return { wall, cpu, steps: summary.total_timesteps, sha256: summary.params_sha256, files: filesIn(join(folder, 'run')) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @param {number[]} values */
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** @param {Measured} a @param {Measured} b @returns {string[]} */
const differences = (a, b) => [...a.files].filter(([name, bytes]) => !b.files.get(name)?.equals(bytes)).map(([name]) => name);

const { values: { 'total-timesteps': steps, pairs = '1' }, positionals } = parseArgs({ options: { 'total-timesteps': { type: 'string' }, 'pairs': { type: 'string' } }, allowPositionals: true });
const bh = await load();
const rows = bh.catalog.envs.flatMap(({ id, presets }) => [...new Set(presets.map(({ algo }) => algo))].map((row) => ({ id, row })))
  .filter(({ id, row }) => positionals.length === 0 || positionals.some((word) => word === id || word === `${id}/${row}`));

console.log(`${cpus()[0].model}; wall and processor seconds of the whole command, the median of ${pairs}\n`);
console.log('| environment | algorithm | steps | WebAssembly | native | wall | processor | files |\n| --- | --- | ---: | ---: | ---: | ---: | ---: | --- |');
for (const { id, row } of rows) {
  const [algo, preset] = row.split('/');
  const args = [id, '--algo', algo, ...preset === undefined ? [] : ['--preset', preset], ...steps === undefined ? [] : ['--total-timesteps', steps]];
  const measured = Array.from({ length: Number(pairs) }, () => ({ wasm: measure(args), native: measure([...args, '--native']) }));
  const of = (/** @type {'wasm' | 'native'} */ which, /** @type {'wall' | 'cpu'} */ what) => median(measured.map((pair) => pair[which][what]));
  const ratio = (/** @type {'wall' | 'cpu'} */ what) => `${median(measured.map(({ wasm, native }) => wasm[what] / native[what])).toFixed(2)} x`;
  const bad = [...new Set(measured.flatMap(({ wasm, native }) => [...differences(wasm, native), ...wasm.sha256 === native.sha256 ? [] : ['params_sha256']]))];
  console.log(`| ${id} | ${row} | ${measured[0].wasm.steps} | ${of('wasm', 'wall').toFixed(1)} s, ${of('wasm', 'cpu').toFixed(1)} s | ${of('native', 'wall').toFixed(1)} s, ${of('native', 'cpu').toFixed(1)} s | ${ratio('wall')} | ${ratio('cpu')} | ${bad.length === 0 ? 'the same' : `other: ${bad.join(', ')}`} |`);
  if (bad.length > 0) process.exitCode = 1;
}
