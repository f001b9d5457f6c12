// SPDX-License-Identifier: MIT
// node tests/fuzz/short.mjs TARGET: what `npm test` runs of a target in C, from CTest: the same few thousand inputs each time.
import process from 'node:process';
import { Failure } from '../../build/run.mjs';
import { fuzz } from './fuzz.mjs';

const [target] = process.argv.slice(2);
/** A checkpoint that is taken is a run that goes on. @type {Record<string, number>} */
const COUNTS = { checkpoint: 1000, config: 1500, exports: 1000, tokenizer: 3000 };
try {
  const { inputs } = await fuzz(target, { count: COUNTS[target], seed: 1 });
  console.log(`${inputs} inputs, none failed`);
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
