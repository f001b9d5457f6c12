// SPDX-License-Identifier: MIT
// `bellhop compare` as people use it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { cli } from './cli-process.mjs';

const folder = mkdtempSync(join(tmpdir(), 'bellhop-compare-'));
after(() => rmSync(folder, { recursive: true }));
const { CLI, bellhop, refused } = cli(folder);
const QUICK = ['--total-timesteps', '1000', '--seeds', '0-1'];

test('every combination with every seed, the runs as train runs them; folders and tables', () => {
  const { status, stderr, json } = bellhop('compare', 'GridWorld-v0', '--vary', 'algo=q-learning,value-iteration', '--vary', 'env-slip=0,0.2',
    ...QUICK, '--out', 'all', '--tensorboard', 'logs', '--json');
  assert.equal(status, 0, stderr);
  const lines = json();
  const labels = ['q-learning', 'value-iteration'].flatMap((algo) => ['0', '0.2'].map((slip) => `algo=${algo} env-slip=${slip}`));
  assert.deepEqual(lines.map(({ variant, seed, type }) => [variant, seed ?? type]),
    labels.flatMap((label) => [[label, 0], [label, 1], [label, 'aggregate']]));
  assert.ok(lines.every(({ algo, variant }) => variant.includes(`algo=${algo}`)));
  const [alone] = bellhop('train', 'GridWorld-v0', '--algo', 'q-learning', '--env-slip', '0.2', '--total-timesteps', '1000', '--seed', '1', '--json').json().slice(-1);
  assert.equal(lines[4].params_sha256, alone.params_sha256);

  const names = ['1-algo=q-learning,env-slip=0', '2-algo=q-learning,env-slip=0.2', '3-algo=value-iteration,env-slip=0', '4-algo=value-iteration,env-slip=0.2'];
  assert.deepEqual(readdirSync(join(folder, 'all')).sort(), [...names, 'compare.csv', 'compare.json', 'runs.csv']);
  assert.deepEqual(readdirSync(join(folder, 'logs')).sort(), names);
  assert.deepEqual(readdirSync(join(folder, 'all', names[1])), ['seed-0', 'seed-1']);
  const csv = (/** @type {string} */ name) => readFileSync(join(folder, 'all', name), 'utf8').trim().split('\n').map((line) => line.split(','));
  const [heading, ...rows] = csv('compare.csv');
  assert.deepEqual(heading.slice(0, 5), ['variant', 'algo', 'env-slip', 'runs', 'eval/mean_reward/iqm']);
  assert.deepEqual(rows.map((row) => row.slice(0, 4)), labels.map((label) => [label, ...label.split(' ').map((part) => part.split('=')[1]), '2']));
  assert.equal(Number(rows[1][4]), lines[5]['eval/mean_reward'].iqm);
  assert.equal(csv('runs.csv').length, 9);
  const saved = JSON.parse(readFileSync(join(folder, 'all/compare.json'), 'utf8'));
  assert.deepEqual(saved.map((/** @type {any} */ each) => [each.variant, each.runs.length]), labels.map((label) => [label, 2]));
  refused(['compare', 'GridWorld-v0', '--vary', 'gamma=0.5,0.9', ...QUICK, '--out', 'all'], 1, /--out all holds .* already/);
});

test('values with commas, and a table cell with one', () => {
  const { status, stderr, stdout } = bellhop('compare', 'GridWorld-v0', '--algo', 'dqn', '--vary', 'net-arch=8,8;16', ...QUICK, '--out', 'nets');
  assert.equal(status, 0, stderr);
  assert.match(stdout, /^variant +best: IQM \(95 % interval\) +final: .* +solved +median step +seconds\nnet-arch=8,8 +.* to .*\nnet-arch=16 .*\n\nwritten/);
  const config = JSON.parse(readFileSync(join(folder, 'nets/1-net-arch=8,8/seed-1/config.json'), 'utf8'));
  assert.deepEqual([config.options.net_arch, config.options.seed], [[8, 8], 1]);
  assert.match(readFileSync(join(folder, 'nets/compare.csv'), 'utf8'), /^"net-arch=8,8","8,8",2,/m);
});

test('presets can vary', () => {
  const { status, stderr, json } = bellhop('compare', 'CartPole-v1', '--vary', 'preset=true,rainbow', '--total-timesteps', '400', '--eval-freq', '0',
    '--final-eval-episodes', '1', '--seeds', '3', '--json');
  assert.equal(status, 0, stderr);
  const [usual, , rainbow] = json();
  const alone = (/** @type {string[]} */ ...more) => bellhop('train', 'CartPole-v1', '--total-timesteps', '400', '--eval-freq', '0',
    '--final-eval-episodes', '1', '--seed', '3', '--json', ...more).json().at(-1).params_sha256;
  assert.deepEqual([usual.params_sha256, rainbow.params_sha256], [alone(), alone('--preset', 'rainbow')]);
  refused(['compare', 'CartPole-v1', '--vary', 'preset=rainbow,rainbo'], 2, /unknown preset 'rainbo' of dqn; known: rainbow/);
});

test('--markdown: the table alone; where nothing counts as solved, a dash', () => {
  const { status, stdout } = bellhop('compare', 'CliffWalking-v1', '--vary', 'algo=value-iteration', '--seeds', '0', '--markdown');
  assert.equal(status, 0);
  assert.match(stdout, /^\| variant \| best.*\|\n\| --- \|( --- \|)+\n\| algo=value-iteration \| -13 \(-13 to -13\) \| -13 \(-13 to -13\) \| - \| - \| [\d.]+ \|\n$/);
});

test('typed wrongly', () => {
  const compare = ['compare', 'GridWorld-v0'];
  refused(['compare', '--vary', 'gamma=1'], 2, /compare needs an environment/);
  refused(['compare', 'GridWorl-v0', '--vary', 'gamma=1'], 2, /did you mean 'GridWorld-v0'/);
  refused(compare, 2, /needs something to vary/);
  refused([...compare, '--vary', 'gama=1,2'], 2, /unknown option 'gama'; did you mean 'gamma'/);
  refused([...compare, '--vary', 'out=1,2'], 2, /unknown option 'out'/);
  refused([...compare, '--vary', 'gamma'], 2, /must be NAME=VALUE,VALUE/);
  refused([...compare, '--vary', 'gamma=0.5,'], 2, /a value is missing/);
  refused([...compare, '--vary', 'gamma=0.5,0.5'], 2, /has the value '0.5' twice/);
  refused([...compare, '--vary', 'gamma=0.5', '--vary', 'gamma=0.6'], 2, /--vary gamma is there twice/);
  refused([...compare, '--vary', 'gamma=0.5', '--gamma', '0.6'], 2, /--gamma is set and varied/);
  refused([...compare, '--vary', 'gamma=0.5,7'], 2, /--gamma is 7, but must be between 0 and 1/);
  refused([...compare, '--vary', 'algo=dqn,dqm'], 2, /did you mean 'dqn'/);
  refused([...compare, '--vary', 'algo=dqn,q-learning', '--batch-size', '8'], 2, /q-learning has no option --batch-size/);
  refused([...compare, '--vary', 'seed=1,2'], 2, /the seeds are --seeds/);
  refused([...compare, '--vary', 'gamma=1', '--seed', '3'], 2, /compare takes several seeds/);
  refused([...compare, '--vary', 'gamma=1', '--seeds', 'a'], 2, /--seeds is 'a'/);
  refused([...compare, '--vary', 'gamma=1,0.9', '--seeds', '0-9999'], 2, /20,000 runs, and at most 10,000/);
  refused([...compare, '--vary', 'gamma=1', '--json', '--markdown'], 2, /exclude each other/);
});

test('Ctrl-C: what there is, as far as it came, with its aggregate; then 130', async () => {
  const child = spawn(process.execPath, [CLI, 'compare', 'GridWorld-v0', '--algo', 'value-iteration', '--vary', 'total-timesteps=500,2000000000',
    '--seeds', '0-3', '--jobs', '1', '--json'], { cwd: folder });
  let [output, errors] = ['', ''];
  child.stderr.setEncoding('utf8').on('data', (text) => {
    errors += text;
  });
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
    // The first variant is through, and the next run never ends. Once: a second signal would not wait.
    if (text.includes('"aggregate"') && !child.killed) child.kill('SIGINT');
  });
  const code = await new Promise((done) => {
    child.on('close', done);
  });
  assert.equal(code, 130);
  const lines = output.trim().split('\n').map((line) => JSON.parse(line));
  assert.deepEqual(lines.map(({ variant, seed, type, runs }) => [variant.slice(-3), seed ?? type, runs]).slice(0, 5),
    [['500', 0, undefined], ['500', 1, undefined], ['500', 2, undefined], ['500', 3, undefined], ['500', 'aggregate', 4]]);
  assert.ok(lines.length === 5 || (lines.length === 7 && lines[6].type === 'aggregate' && lines[6].runs === 1));
  assert.match(errors, /^bellhop: stopped; [45] of 8 runs were begun, those under way count as far as they came\n$/);
});
