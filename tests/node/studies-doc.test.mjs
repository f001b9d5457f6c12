// SPDX-License-Identifier: MIT
// The study and the Slurm script of docs/studies.md are run as they stand; its table of keys is complete.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { cli } from './cli-process.mjs';

const page = readFileSync(fileURLToPath(new URL('../../docs/studies.md', import.meta.url)), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'bellhop-studies-'));
after(() => rmSync(folder, { recursive: true }));
const { CLI, done } = cli(folder);
const block = (/** @type {string} */ language) => new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'm').exec(page)?.[1] ?? '';
const read = (/** @type {string[]} */ ...path) => readFileSync(join(folder, ...path), 'utf8');

test('the study runs as it stands, in 40 lines', () => {
  const text = block('yaml');
  assert.equal(text.trimEnd().split('\n').length, 40);
  writeFileSync(join(folder, 'cartpole.yaml'), text);
  assert.match(done('sweep', 'cartpole.yaml').stdout, /\nwritten {5}trials\.csv, jobs\.csv, report\.html in cartpole\n$/);
  const { trials, complete, pruned, finished, importance } = done('study', 'cartpole', '--json').json()[0];
  assert.deepEqual([trials, complete + pruned, finished], [8, 8, true]);
  assert.deepEqual(Object.keys(importance).sort(), ['batchSize', 'gamma', 'learningRate', 'netArch']);
  const keys = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, key]) => key);
  for (const key of text.matchAll(/^(\w+):/gm)) if (!['name', 'env', 'algo', 'options', 'seed'].includes(key[1])) assert.ok(keys.includes(key[1]), key[1]);
});

test('the JavaScript is the example of the declarations, which another test runs', () => {
  const declarations = readFileSync(fileURLToPath(new URL('../../web/bellhop-studies.d.ts', import.meta.url)), 'utf8');
  assert.equal(block('js'), /^ \* ```js\n([^]*?)^ \* ```$/m.exec(declarations)?.[1].replace(/^ \* ?/gm, ''));
});

test('the Slurm script: each task runs its part, what they wrote is merged', () => {
  const [runs, tasks] = [4, 2];
  writeFileSync(join(folder, 'study.yaml'), 'env: GridWorld-v0\nalgo: q-learning\nmethod: grid\noptions: { totalTimesteps: 200, evalFreq: 0, finalEvalEpisodes: 2 }\nseeds: 0-1\nparameters: { gamma: { values: [0.9, 0.99] } }\n');
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin', 'npx'), `#!/bin/sh\nshift\nexec '${process.execPath}' '${CLI}' "$@"\n`);
  chmodSync(join(folder, 'bin', 'npx'), 0o755);
  writeFileSync(join(folder, 'study.sh'), block('bash').replaceAll('/40', `/${tasks}`));
  for (let task = 1; task <= tasks; task++) {
    execFileSync('bash', ['study.sh'], { cwd: folder, env: { ...process.env, PATH: `${join(folder, 'bin')}:${process.env.PATH}`, SLURM_ARRAY_TASK_ID: String(task) } });
    assert.equal(read('parts', String(task), 'results.jsonl').trim().split('\n').length, runs / tasks);
  }
  done('study', 'merge', 'parts/1', 'parts/2', '--out', 'study');
  done('sweep', 'study.yaml', '--out', 'alone');
  for (const table of ['trials.csv', 'jobs.csv', 'report.html']) assert.equal(read('study', table), read('alone', table), table);
});
