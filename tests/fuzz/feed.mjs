// SPDX-License-Identifier: MIT
// node tests/fuzz/feed.mjs TARGET: a target in JavaScript, fed as fuzz_main.c is: on stdin inputs, each behind its length (4 bytes, little-endian);
// on stdout a byte for each that is done. A target is a module with open(), which resolves to a function that throws where an input has failed.
import process from 'node:process';

const { open } = await import(`./fuzz-${process.argv[2]}.mjs`);
/** @type {(input: Uint8Array) => unknown} */
const use = await open();
let left = Buffer.alloc(0);
for await (const chunk of process.stdin) {
  left = Buffer.concat([left, chunk]);
  while (left.length >= 4 && left.length >= 4 + left.readUInt32LE(0)) {
    const end = 4 + left.readUInt32LE(0);
    await use(new Uint8Array(left.subarray(4, end)));
    process.stdout.write('.');
    left = left.subarray(end);
  }
}
