// SPDX-License-Identifier: MIT
// The cases of tests/bench/bench.c in the native program, which takes orders on its standard input and holds the clock
// itself.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { OUT } from '../run.mjs';

/** @returns {import('./measure.mjs').Subject & { end: () => void }} */
export function openNative() {
  const child = spawn(join(OUT, 'release', 'bellhop_bench'), { stdio: ['pipe', 'pipe', 'inherit'] });
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
    time: (handle, n) => ask(`time ${handle} ${n}`),
    close: (handle) => ask(`close ${handle}`),
    end: () => child.stdin.end(),
  };
}
