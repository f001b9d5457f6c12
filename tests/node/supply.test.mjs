// SPDX-License-Identifier: MIT
// What npm fetches for this repository: pinned by hash, and no script of it is run.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (/** @type {string} */ file) => readFileSync(join(ROOT, file), 'utf8');
const LOCKED = ['.', 'build/chromium', 'tests/hosts/nodes'];

test('no script of a package runs, and every package that is fetched has its hash', () => {
  assert.match(read('.npmrc'), /^ignore-scripts=true$/m);
  for (const folder of LOCKED) {
    const { packages } = JSON.parse(read(join(folder, 'package-lock.json')));
    const names = Object.keys(packages).filter((name) => name !== '');
    assert.ok(names.length > 0);
    assert.deepEqual(names.filter((name) => !/^sha512-/.test(packages[name].integrity ?? '') && !packages[name].link), [], folder);
    const declared = JSON.parse(read(join(folder, 'package.json')));
    for (const kind of ['dependencies', 'optionalDependencies', 'devDependencies']) {
      for (const [name, version] of Object.entries(declared[kind] ?? {})) {
        assert.match(String(version), /^(npm:(@[\w-]+\/)?[\w-]+@)?\d+\.\d+\.\d+$/, name);
        assert.equal(packages[''][kind][name], version, `${folder}: ${name}`);
      }
    }
  }
});

test('what is fetched beside node_modules comes by its lock file, without scripts', () => {
  for (const file of ['build/chromium.mjs', 'tests/hosts/differential.mjs']) {
    const calls = [...read(file).matchAll(/runNpm\(\[([^\]]*)\]/g)].map(([, words]) => words);
    assert.ok(calls.length > 0 && calls.every((words) => words.startsWith("'ci'") && words.includes("'--ignore-scripts'")), file);
  }
});

test('git has no file that a package or a build has made', () => {
  if (!existsSync(join(ROOT, '.git'))) return;
  const files = execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' }).split('\n');
  assert.deepEqual(files.filter((name) => /\.(wasm|tgz|so|a|o|exe|dll|node)$|(^|\/)node_modules\//.test(name)), []);
});
