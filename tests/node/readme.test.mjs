// SPDX-License-Identifier: MIT
// The README is a test: its JavaScript, command line and C are run as they stand, and its lists are complete.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { filesBelow } from '../../build/files.mjs';
import { load } from '../../web/node/node.mjs';
import { LABELS } from '../../web/lib/setup.mjs';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const libraries = ['libbellhop_envs.a', 'libbellhop.a'].map((name) => join(root, 'build/out/o2', name));

/** The fenced blocks of a language. @param {string} language */
const blocks = (language) => [...readme.matchAll(new RegExp('^```' + language + '\\n([^]*?)^```$', 'gm'))].map((m) => m[1]);

test('it and the changelog name every environment and every algorithm, it every command', async () => {
  const { catalog } = await load();
  const names = [...catalog.envs.map(({ id }) => id), ...catalog.algos.map(({ name }) => name === 'clone' ? 'cloning' : LABELS[name])];
  for (const file of ['README.md', 'CHANGELOG.md']) {
    const words = readFileSync(join(root, file), 'utf8').toLowerCase().replace(/\s+/g, ' ');
    assert.deepEqual(names.filter((name) => !words.includes(name.toLowerCase())), [], file);
  }
  const { stdout } = await run(process.execPath, [join(root, 'web/cli/cli.mjs'), '--help']);
  const commands = [...stdout.matchAll(/^ {2}(\w+) {2,}\S/gm)].map(([, name]) => name);
  assert.ok(commands.includes('train') && commands.length >= 8);
  const [, table] = /^\| command \| what \|\n([^]*?)\n\n/m.exec(readme) ?? [];
  assert.deepEqual([...table.matchAll(/^\| ([^|]+) \|/gm)].flatMap(([, cell]) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name)).sort(), [...commands].sort());
});

test('the Chinese one has the same code, but for comments, the same commands, environments and links, and all it links is there', () => {
  const chinese = readFileSync(join(root, 'README.zh-CN.md'), 'utf8');
  const code = (/** @type {string} */ text) => [...text.matchAll(/^```\w*\n([^]*?)^```$/gm)].map(([, block]) => block.replace(/\s*(#|\/\/) .*$/gm, ''));
  assert.deepEqual(code(chinese), code(readme));
  const linked = (/** @type {string} */ text) => [...new Set([...text.matchAll(/\]\((?!#)([^)]+)\)|(?:src|srcset)="(docs\/[^"]+)"/g)].map(([, link, src]) => (link ?? src).replace(/#.*/, '')))].filter((link) => !/^README/.test(link)).sort();
  assert.deepEqual(linked(chinese), linked(readme));
  for (const link of linked(chinese)) if (!/^https:/.test(link)) assert.ok(existsSync(join(root, link)), link);
  const names = (/** @type {string} */ text) => new Set([...text.matchAll(/`([\w-]+-v\d|Breakout-MinAtar)`/g)].map(([, name]) => name));
  assert.deepEqual(names(chinese), names(readme));
});

/** A folder inside the package, so that `import 'bellhop'` finds it. */
let folder = '';
before(() => {
  mkdirSync(join(root, 'build/out'), { recursive: true });
  folder = mkdtempSync(join(root, 'build/out/readme-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

test('its JavaScript runs and learns, and nothing of it stays in memory', async () => {
  const [snippet] = blocks('js');
  writeFileSync(join(folder, 'readme.mjs'), `${snippet}
model.dispose(); again.dispose(); env.dispose();
console.log(JSON.stringify({ bytes: bytes.length, live: bh.liveBytes() }));\n`);
  const { stdout } = await run(process.execPath, [join(folder, 'readme.mjs')]);
  const lines = stdout.trim().split('\n');
  const last = JSON.parse(/** @type {string} */ (lines.at(-1)));
  assert.ok(last.bytes > 10_000, 'a checkpoint');
  assert.equal(last.live, 0);
  const mean = Number(/** @type {string} */ (lines.at(-2)).split(' ').at(-1));
  assert.ok(mean > 100, `greedy episodes last ${mean} steps, random ones 20`);
});

test('its command line runs', async () => {
  const commands = blocks('sh').flatMap((block) => block.split('\n')).filter((line) => line.startsWith('npx bellhop '));
  assert.ok(commands.length >= 4);
  for (const command of commands) {
    const argv = command.replace('npx bellhop ', '').split(' ');
    const { stdout } = await run(process.execPath, [join(root, 'web/cli/cli.mjs'), ...argv], { cwd: folder });
    assert.ok(stdout.length > 0, command);
  }
  assert.ok(existsSync(join(folder, 'runs/cartpole/best_model.safetensors')));
});

test('its C compiles and solves CartPole', { skip: libraries.every((path) => existsSync(path)) ? false : 'the o2 preset is not built' }, async () => {
  const [snippet] = blocks('c');
  const atTheEnd = '__attribute__((destructor)) static void at_the_end(void) { printf("%zu\\n", bh_live_bytes()); }';
  writeFileSync(join(folder, 'readme.c'), `${snippet}\n${atTheEnd}\n`);
  const program = join(folder, 'readme');
  await run(process.env.CC || 'cc', ['-Wall', '-Werror', `-I${join(root, 'src')}`, `-I${root}`, join(folder, 'readme.c'), ...libraries, '-lm', '-o', program]);
  const { stdout } = await run(program);
  const [, mean, live] = stdout.match(/^mean return (\S+)\n(\d+)\n$/) ?? [];
  assert.ok(Number(mean) >= 475, `mean ${mean}`);
  assert.equal(live, '0');
});

test('bellhop.h has every header with a public function', () => {
  /** @type {Set<string>} */
  const found = new Set(['bellhop.h']);
  for (const file of found) {
    for (const [, name] of readFileSync(join(root, 'src', file), 'utf8').matchAll(/^#include "([^"]+)"/gm)) found.add(name);
  }
  const headers = filesBelow(join(root, 'src')).filter((file) => file.endsWith('.h'));
  const missing = headers.filter((file) => !found.has(file) && /^BH_API /m.test(readFileSync(join(root, 'src', file), 'utf8')));
  assert.deepEqual(missing, []);
});
