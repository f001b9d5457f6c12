// SPDX-License-Identifier: MIT
// The short form of `npm run test:fuzz` for the targets in JavaScript, the same inputs each time; those in C are in CTest, under the sanitizers. And
// that an input which fails is found and kept.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { TARGETS, fuzz } from '../fuzz/fuzz.mjs';

const CORPUS = fileURLToPath(new URL('../fuzz/corpus', import.meta.url));
const COUNTS = { links: 300, files: 150, protocol: 60 };

for (const [target, count] of Object.entries(COUNTS)) {
  test(`${count} inputs at random into ${target}`, async (t) => {
    const { inputs } = await fuzz(target, { count, seed: 1 });
    assert.ok(inputs >= count);
    t.diagnostic(`${inputs} inputs`);
  });
}

test('every target has a short form, and a small corpus', () => {
  const cmake = readFileSync(new URL('../../CMakeLists.txt', import.meta.url), 'utf8');
  const inC = /foreach\(target IN ITEMS ([\w ]+)\)/.exec(cmake)?.[1].split(' ') ?? [];
  assert.deepEqual([...inC, ...Object.keys(COUNTS)].sort(), Object.keys(TARGETS).sort());
  assert.deepEqual(readdirSync(CORPUS).sort(), Object.keys(TARGETS).sort());
  const bytes = readdirSync(CORPUS).flatMap((target) => readdirSync(join(CORPUS, target)).map((name) => statSync(join(CORPUS, target, name)).size));
  assert.ok(Math.max(...bytes) < 12_000 && bytes.reduce((sum, size) => sum + size) < 150_000);
});

test('an input that ends the program is found and kept, so is an error of a target', async () => {
  const kept = async (/** @type {string} */ script) => {
    const error = await fuzz('links', { count: 200, seed: 1, command: [process.execPath, '--input-type=module', '--eval', script] }).then(() => assert.fail('it was not found'), ({ message }) => message);
    const [, file] = /--input (\S+)/.exec(error) ?? assert.fail(error);
    const bytes = readFileSync(file);
    assert.ok(existsSync(file));
    rmSync(file);
    return bytes;
  };
  const feed = (/** @type {string} */ use) => `let all = Buffer.alloc(0), n = 0;
    for await (const chunk of process.stdin) {
      all = Buffer.concat([all, chunk]);
      while (all.length >= 4 && all.length >= 4 + all.readUInt32LE(0)) { const input = all.subarray(4, 4 + all.readUInt32LE(0)); ${use}; process.stdout.write('.'); all = all.subarray(4 + input.length); }
    }`;
  const first = readdirSync(join(CORPUS, 'links')).sort();
  assert.deepEqual(await kept(feed('if (++n === 3) process.kill(process.pid, "SIGSEGV")')), readFileSync(join(CORPUS, 'links', first[2])));
  assert.ok((await kept(feed('if (++n === 50) throw new Error("found")'))).length > 0);
});
