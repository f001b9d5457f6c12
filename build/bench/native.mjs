// SPDX-License-Identifier: MIT
// The cases of tests/bench/bench*.c in the native program, which takes orders on its standard input and holds the clock
// itself.
import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { OUT } from '../run.mjs';

const PROGRAM = join(OUT, 'release', 'bellhop_bench');

/** The kernels it uses: the widest the processor has, or `wanted` where it has that. @param {string} [wanted] */
export function widthOfNative(wanted) {
  return execFileSync(PROGRAM, { input: 'name\n', encoding: 'utf8', env: { ...process.env, ...wanted !== undefined && { BH_SIMD: wanted } } }).trim();
}

/** @param {string} [width]  of the kernels, else the processor's @param {'time' | 'cpu'} [clock] @returns {import('./measure.mjs').Subject & { end: () => void }} */
export function openNative(width, clock = 'time') {
  const env = { ...process.env, ...width !== undefined && { BH_SIMD: width } };
  const child = spawn(PROGRAM, { stdio: ['pipe', 'pipe', 'inherit'], env });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  /** @param {string} order */
  const ask = async (order) => {
    child.stdin.write(`${order}\n`);
    const { value } = await answers.next();
    if (value === undefined || Number(value) < 0) throw new Error(`bellhop_bench refused: ${order}`);
    return Number(value);
  };
  return {
    open: (kind, a = 0, b = 0, c = 0) => ask(`open ${kind} ${a} ${b} ${c}`),
    time: (handle, n) => ask(`${clock} ${handle} ${n}`),
    close: (handle) => ask(`close ${handle}`),
    end: () => child.stdin.end(),
  };
}
