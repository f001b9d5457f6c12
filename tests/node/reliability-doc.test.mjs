// SPDX-License-Identifier: MIT
// docs/reliability.md names a test for each sentence: each of them is there, and its tables have figures that a command has written.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (/** @type {string} */ file) => readFileSync(join(ROOT, file), 'utf8');
const document = read('docs/reliability.md');

/** Rows "promise | held by", with the files and the titles that they name: `FILE`: title; title; `FILE`: title. */
const held = [...document.matchAll(/^\| (?:promise|limit) \| held by \|\n\|[- |]+\|\n((?:\|.*\n)+)/gm)].flatMap(([, rows]) => rows.trim().split('\n')).map((row) => {
  const [, promise, tests] = row.split(/(?<!\\) ?\| ?/);
  return { promise, tests: [...tests.matchAll(/`(tests\/[^`]+)`: ([^`]+?)(?=; `tests|$)/g)].map(([, file, titles]) => ({ file, titles })) };
});

test('every promise names a test, and every test is there', () => {
  assert.ok(held.length > 30);
  for (const { promise, tests } of held) {
    assert.ok(tests.length > 0, promise);
    for (const { file, titles } of tests) {
      assert.ok(existsSync(join(ROOT, file)), file);
      const text = read(file).replaceAll("\\'", "'");
      const parts = file.endsWith('.c') ? titles.split(', ') : [titles];
      const isThere = (/** @type {string} */ title) => text.includes(title) || title.split('; ').every((part) => text.includes(part));
      parts.forEach((title) => assert.ok(isThere(title), `${file} has no test '${title}'`));
    }
  }
});

test('all rows of the golden runs that were tried have the same digest', () => {
  const rows = /^\| golden runs by \|.*\n\|[- |]+\|\n((?:\|.*\n)+)/m.exec(document)?.[1].trim().split('\n').map((row) => row.split('|').slice(1, -1).map((cell) => cell.trim())) ?? [];
  const { sha256, text_sha256: ofText } = JSON.parse(read('tests/golden/runs.json'));
  const runs = Object.keys({ ...sha256, ...ofText }).length;
  const tried = rows.filter(([, , , same]) => !same.startsWith('not tried'));
  assert.ok(tried.length > 5);
  tried.forEach((row) => assert.equal(row[3], `${runs} of ${runs}`, row[0]));
  assert.equal(new Set(tried.map((row) => row[4])).size, 1);
});
