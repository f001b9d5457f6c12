// SPDX-License-Identifier: MIT
// node tests/bench/mutations.mjs: full checkpoints whose numbers, names, shapes, places or options were changed at random, with the right checksum, are
// read by the C library under AddressSanitizer and UndefinedBehaviorSanitizer: of every agent in every environment as many, and of pre-training a
// tenth of that besides. Each must be refused with a sentence, or give a run that goes on within its memory; what was to take the parameters must be
// as it was where they are refused. Builds the preset `sanitize`, prints the count, and exits with 1 where something was wrong.
//
//     node tests/bench/mutations.mjs                      200,000
//     node tests/bench/mutations.mjs --count 5000 --seed 7
//     node tests/bench/mutations.mjs --from ppo           goes on with that agent, where a run was cut off
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildPreset } from '../../build/cmake.mjs';
import { OUT, run } from '../../build/run.mjs';

const text = (/** @type {string} */ value) => /** @type {const} */ ({ type: 'string', default: value });
const { values: args } = parseArgs({ options: { count: text('200000'), seed: text('0'), from: text('') } });
const count = Number(args.count);
if (!Number.isInteger(count) || count < 10) throw new Error(`--count is '${args.count}', but must be a whole number from 10 on`);

await buildPreset('sanitize');
const tests = join(OUT, 'sanitize', 'bellhop_tests');
const since = performance.now();
if (args.from === '') await run([tests, 'test_pretraining_resume', '--mutations', String(count / 10 | 0), args.seed]);
await run([tests, 'test_resume', '--mutations', String(count), args.seed, ...args.from === '' ? [] : [args.from]]);
const what = args.from === '' ? (count + (count / 10 | 0)).toLocaleString('en') : `Those of ${count.toLocaleString('en')} from ${args.from} on:`;
console.log(`${what} mutations in ${Math.round((performance.now() - since) / 1000)} s: nothing crashed, and what refused one was as before`);
