// SPDX-License-Identifier: MIT
// The examples that Node runs: the commands of their READMEs print what stands there. The others: tests/browser/suites/examples.mjs and
// tests/hosts/examples.test.mjs.
import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { filesBelow } from '../../build/files.mjs';
import { ROOT } from '../../build/run.mjs';
import { load } from '../../web/node/node.mjs';
import { copyExample, runCommands, unpack } from '../hosts/example.mjs';

/** @type {Awaited<ReturnType<typeof unpack>>} */
let unpacked;
before(async () => {
  unpacked = await unpack();
});
after(() => rmSync(unpacked.folder, { recursive: true }));

/** Copies a project, runs its commands but the installation, and compares. @param {string} name */
async function follow(name) {
  const example = copyExample(unpacked, name);
  const [install, ...commands] = example.commands;
  assert.equal(install, 'npm install');
  assert.equal(await runCommands(example, commands), example.printed);
  return example.folder;
}

test('the package has every file of every example, and the list names them', () => {
  const shipped = filesBelow(join(unpacked.installed, 'docs/examples'));
  const tracked = filesBelow(join(ROOT, 'docs/examples')).filter((file) => !file.endsWith('.gitignore') && !/\/(node_modules|bellhop|build|dist|runs)\/|package-lock|\.safetensors$/.test(file));
  assert.deepEqual(shipped, tracked);
  const projects = [...new Set(tracked.map((file) => file.split('/')[0]))].filter((name) => name !== 'README.md');
  const listed = [...readFileSync(join(ROOT, 'docs/examples/README.md'), 'utf8').matchAll(/^\| \[([\w-]+)\]\(\1\/README\.md\)/gm)].map(([, name]) => name);
  assert.deepEqual([...listed].sort(), projects);
});

test('own-environment: what its README says is printed', async () => {
  await follow('own-environment');
});

test('game-loop: what its README says is printed', async () => {
  await follow('game-loop');
});

test('train-and-evaluate: what its README says is printed, and the tables hold it', async () => {
  const folder = await follow('train-and-evaluate');
  const [header, ...rows] = readFileSync(join(folder, 'runs/scores.csv'), 'utf8').trim().split('\n').map((line) => line.split(','));
  assert.deepEqual(header, ['algo', 'seed', 'total_timesteps', 'mean', 'std', 'min', 'sha256']);
  const bh = await load();
  for (const [algo, seed, , mean, , , sha256] of rows) {
    const model = bh.loadModel(readFileSync(join(folder, `runs/${algo}-${seed}.safetensors`)));
    assert.equal(model.sha256(), sha256);
    assert.equal(model.evaluate({ episodes: 100, seed: 1000 + Number(seed) }).mean, Number(mean));
  }
  assert.equal(rows.length, 4);
});
