// SPDX-License-Identifier: MIT
// node tests/bench/mutations.mjs: full checkpoints whose numbers, names, shapes, places or options were changed at random, with the right checksum, are
// read by the C library under AddressSanitizer and UndefinedBehaviorSanitizer: of every agent in every environment as many, and of pre-training a
// tenth of that besides. Each must be refused with a sentence, or give a run that goes on within its memory; what was to take the parameters must be
// as it was where they are refused. Builds the preset `sanitize`, prints the count, and exits with 1 where something was wrong.
//
//     node tests/bench/mutations.mjs                      200,000
//     node tests/bench/mutations.mjs --count 5000 --seed 7
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildPreset } from '../../build/cmake.mjs';
import { OUT, run } from '../../build/run.mjs';

const { values: args } = parseArgs({ options: { count: { type: 'string', default: '200000' }, seed: { type: 'string', default: '0' } } });
const count = Number(args.count);
if (!Number.isInteger(count) || count < 10) throw new Error(`--count is '${args.count}', but must be a whole number from 10 on`);

await buildPreset('sanitize');
const tests = join(OUT, 'sanitize', 'bellhop_tests');
const since = performance.now();
await run([tests, 'test_pretraining_resume', '--mutations', String(count / 10 | 0), args.seed]);
await run([tests, 'test_resume', '--mutations', String(count), args.seed]);
console.log(`${(count + (count / 10 | 0)).toLocaleString('en')} mutations in ${Math.round((performance.now() - since) / 1000)} s: nothing crashed, and what refused one was as before`);
