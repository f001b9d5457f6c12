// SPDX-License-Identifier: MIT
// docs/architecture.md names the files there are, and no others.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
const [, layers] = /^## The layers\n\n```\n([^]*?)\n\n/m.exec(page) ?? [];

/** What stands beside a folder's name in the list of layers. @param {string} folder */
const lineOf = (folder) => new RegExp(`^${folder}[ /][^]*?(?=^\\S|(?![^]))`, 'm').exec(layers)?.[0] ?? '';

test('every C file stands in its layer', () => {
  for (const layer of readdirSync(join(root, 'src'), { withFileTypes: true }).filter((each) => each.isDirectory())) {
    const words = new Set(lineOf(`src/${layer.name}`).match(/\w+/g));
    const stems = readdirSync(join(root, 'src', layer.name)).map((file) => file.replace(/\.[ch]$/, ''));
    assert.deepEqual(stems.filter((stem) => !words.has(stem)), [], `src/${layer.name}`);
  }
});

test('every module of the library and the worker is named in its layer, and every folder of web/', () => {
  const words = new Set(page.match(/[\w-]+/g));
  for (const folder of ['lib', 'lib/study', 'worker', 'node']) {
    const stems = readdirSync(join(root, 'web', folder)).filter((name) => name.endsWith('.mjs')).map((name) => name.replace('.mjs', ''));
    assert.deepEqual(stems.filter((stem) => !words.has(stem)), [], folder);
  }
  const folders = readdirSync(join(root, 'web'), { withFileTypes: true }).filter((each) => each.isDirectory()).map(({ name }) => `web/${name}/`);
  assert.deepEqual(folders.filter((folder) => !page.includes(folder)), []);
});

test('every file it names is there', () => {
  const named = [...page.matchAll(/`([\w/.-]+\.(?:c|h|mjs|json|d\.ts))`/g)].map(([, file]) => file);
  assert.ok(named.length > 20);
  const folders = ['', 'src/', 'web/', 'web/lib/', 'web/lib/study/', 'web/worker/', 'web/lab/', 'web/lab/strings/', 'envs/'];
  assert.deepEqual(named.filter((file) => !folders.some((folder) => existsSync(join(root, folder, file)))), []);
});
