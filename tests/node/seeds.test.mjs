// SPDX-License-Identifier: MIT
// `bellhop train` with several seeds, with --stop-at-threshold and with --tensorboard, as people use it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { rescue } from '../../web/cli/durable.mjs';
import { failureText, inOrder, parseSeeds } from '../../web/cli/runs.mjs';
import { collect, runJobs } from '../../web/cli/pool.mjs';
import { iqm, mean } from '../../web/lib/statistics.mjs';
import { cli } from './cli-process.mjs';

const folder = mkdtempSync(join(tmpdir(), 'bellhop-seeds-'));
after(() => rmSync(folder, { recursive: true }));
const { CLI, bellhop, refused } = cli(folder);
const QUICK = ['--algo', 'q-learning', '--total-timesteps', '3000'];

test('lists of seeds', () => {
  assert.deepEqual(parseSeeds('3'), [3]);
  assert.deepEqual(parseSeeds('0-4,7'), [0, 1, 2, 3, 4, 7]);
  assert.deepEqual(parseSeeds('9, 0-1'), [9, 0, 1]);
  assert.deepEqual(parseSeeds('5-5'), [5]);
  assert.equal(parseSeeds('0-9999').length, 10_000);
  assert.deepEqual(parseSeeds('9007199254740990-9007199254740991'), [9007199254740990, 9007199254740991]);
  for (const [text, message] of /** @type {[string, RegExp][]} */ ([
    ['a', /--seeds is 'a', but must be seeds such as 0-9/], ['', /must be seeds/], ['-1', /must be seeds/], ['1.5', /must be seeds/],
    ['0,', /must be seeds/], ['0--3', /must be seeds/], ['0-3-5', /must be seeds/], ['0x3', /must be seeds/], ['9-0', /9-0 runs backwards; 0-9\?/],
    ['0-9999999', /that is 10,000,000 seeds, and at most 10,000/], ['0-10000', /10,001 seeds/], ['1,0-3', /1 is in it twice/],
    ['9007199254740992', /at most 9007199254740991/],
  ])) assert.throws(() => parseSeeds(text), message);
});

test('what comes in any order is given on in its own', () => {
  const given = /** @type {string[]} */ ([]);
  const tell = inOrder((/** @type {string} */ value, index) => given.push(`${index}${value}`));
  tell(2, 'c');
  tell(1, 'b');
  assert.deepEqual(given, []);
  tell(0, 'a');
  tell(3, 'd');
  assert.deepEqual(given, ['0a', '1b', '2c', '3d']);
});

test('--seeds: each run is the same as alone, whatever runs beside it; folders, tables, event files', () => {
  const many = bellhop('train', 'FrozenLake-v1', ...QUICK, '--seeds', '0-2,7', '--jobs', '2', '--out', 'many', '--tensorboard', 'logs', '--json');
  assert.equal(many.status, 0, many.stderr);
  const lines = many.json();
  assert.deepEqual(lines.map(({ type, seed }) => seed ?? type), [0, 1, 2, 7, 'aggregate']);
  const runs = lines.slice(0, 4);
  const all = lines[4];
  assert.ok(new Set(runs.map((run) => run.params_sha256)).size === 4);
  const alone = bellhop('train', 'FrozenLake-v1', ...QUICK, '--seed', '7', '--out', 'alone', '--json').json().at(-1);
  const timeless = (/** @type {object} */ result) => ({ ...result, 'time/seconds': 0, 'time/fps': 0 });
  assert.deepEqual(timeless(runs[3]), timeless(alone));
  for (const file of ['metrics.csv', 'config.json', 'model.safetensors', 'best_model.safetensors']) {
    assert.deepEqual(readFileSync(join(folder, 'many/seed-7', file)), readFileSync(join(folder, 'alone', file)), file);
  }

  const best = runs.map((run) => run['eval/mean_reward']);
  assert.deepEqual([all.runs, all.seeds, all['eval/mean_reward'].mean, all['eval/mean_reward'].iqm], [4, [0, 1, 2, 7], mean(best), iqm(best)]);
  const [low, high] = all['final/mean_reward'].iqm_ci95;
  assert.ok(low <= all['final/mean_reward'].iqm && all['final/mean_reward'].iqm <= high);
  assert.equal(all.solved, runs.filter((run) => run.solved_at_timestep !== null).length);

  assert.deepEqual(readdirSync(join(folder, 'many')).sort(), ['seed-0', 'seed-1', 'seed-2', 'seed-7', 'summary.csv', 'summary.json']);
  const [heading, ...rows] = readFileSync(join(folder, 'many/summary.csv'), 'utf8').trim().split('\n').map((line) => line.split(','));
  assert.deepEqual(rows.map((row) => row[heading.indexOf('params_sha256')]), runs.map((run) => run.params_sha256));
  assert.deepEqual(rows.map((row) => Number(row[0])), [0, 1, 2, 7]);
  const saved = JSON.parse(readFileSync(join(folder, 'many/summary.json'), 'utf8'));
  assert.deepEqual([saved.aggregate, saved.runs, saved.env], [all, runs, 'FrozenLake-v1']);
  assert.deepEqual(readdirSync(join(folder, 'logs')).sort(), ['seed-0', 'seed-1', 'seed-2', 'seed-7']);
  for (const seed of readdirSync(join(folder, 'logs'))) {
    const [file, ...rest] = readdirSync(join(folder, 'logs', seed));
    assert.deepEqual([/^events\.out\.tfevents\.\d{10}\..+\.\d+$/.test(file), rest], [true, []]);
    assert.equal(readFileSync(join(folder, 'logs', seed, file)).subarray(0, 12).toString('hex'), '1800000000000000a37f4b22');
  }
  refused(['train', 'FrozenLake-v1', ...QUICK, '--seeds', '0-1', '--out', 'many'], 1, /--out many holds seed-0 already; several runs need a new or empty folder/);
});

test('--tensorboard: one run to a folder', () => {
  const train = ['train', 'GridWorld-v0', '--algo', 'value-iteration', '--tensorboard', 'one'];
  const { status, stdout } = bellhop(...train);
  assert.equal(status, 0);
  assert.match(stdout, /written +an event file in one; see it with: tensorboard --logdir one/);
  assert.equal(readdirSync(join(folder, 'one')).length, 1);
  refused(train, 1, /--tensorboard one holds a run already \(events\.out\.tfevents\..*choose another folder/);
});

test('--seeds for people: a line for each, then all together', () => {
  const { status, stdout } = bellhop('train', 'GridWorld-v0', ...QUICK, '--seeds', '0-2');
  assert.equal(status, 0);
  assert.match(stdout, /^seed 0 {2}best 1 ± 0 {2}final 1 ± 0 {2}solved after [\d,]+ {2}3,000 steps in .*\nseed 1 .*\nseed 2 /m);
  assert.match(stdout, /GridWorld-v0 · q-learning · seeds 0-2 · \d at a time/);
  assert.match(stdout, /solved +3 of 3, half of them within [\d,]+ steps \(a mean of 1 or more\)/);
  assert.match(stdout, /best +interquartile mean 1 \(1 to 1\) {2}mean 1 ± 0/);
});

test('--seeds typed wrongly, folders that cannot be written to', () => {
  writeFileSync(join(folder, 'file'), '');
  const train = ['train', 'GridWorld-v0'];
  refused([...train, '--seeds', '9-0'], 2, /runs backwards/);
  refused([...train, '--seeds', '0-9', '--seed', '1'], 2, /--seed and --seeds exclude each other/);
  refused([...train, '--seeds', '0-9', '--jobs', '0'], 2, /--jobs is '0', but must be a whole number between 1 and 1024/);
  refused([...train, '--seeds', '0-9', '--jobs', 'all'], 2, /--jobs is 'all'/);
  refused([...train, '--jobs', '2'], 2, /--jobs is for several runs/);
  refused([...train, '--seeds', '0-9', '--gamma', '7', '--out', 'not-made'], 2, /--gamma is 7/);
  refused([...train, '--seeds', '0-9', '--out', 'file'], 1, /--out file cannot be written to/);
  refused([...train, '--seeds', '0-9', '--tensorboard', 'file/x'], 1, /--tensorboard file\/x cannot be written to/);
  refused([...train, '--tensorboard', 'file'], 1, /--tensorboard file cannot be written to/);
  assert.ok(!readdirSync(folder).includes('not-made'), 'nothing is made for a run that cannot be');
});

test('a run that fails ends alone', async () => {
  const plan = { env: 'GridWorld-v0', algo: 'q-learning', options: { totalTimesteps: 2000 }, envOptions: {} };
  mkdirSync(join(folder, 'taken'));
  writeFileSync(join(folder, 'taken/seed-1'), '');
  const jobs = [0, 1, 2].map((seed) => ({ plan: { ...plan, options: { ...plan.options, seed } }, out: join(folder, `taken/seed-${seed}`) }));
  const heard = /** @type {number[]} */ ([]);
  const { results, failures } = await collect(jobs, { threads: 1, onResult: (job) => heard.push(job) });
  assert.deepEqual(results.map((result) => result?.seed), [0, undefined, 2]);
  assert.deepEqual([heard, failures.map(({ job }) => job)], [[0, 1, 2], [1]]);
  assert.match(failureText(failures, (job) => `seed ${job}`), /^seed 1: --out .*seed-1 cannot be written to: /);
  const many = [4, 5, 6, 7, 8, 9, 10, 11].map((job) => ({ job, error: new Error('no') }));
  assert.equal(failureText(many, (job) => `seed ${job}`), 'seed 4: no; also failed: seed 5, seed 6, seed 7, seed 8, seed 9 and 2 more');
  const saved = rescue([[join(folder, 'taken/model.safetensors'), 'numbers']]);
  const [, path] = /^what was reached is in (\S+) instead/.exec(saved) ?? assert.fail(saved);
  assert.equal(failureText([many[0], many[1], { job: 6, error: new Error(`no; ${saved}`) }], (job) => `seed ${job}`), `seed 4: no; also failed: seed 5, seed 6; of seed 6 ${saved}`);
  rmSync(path, { recursive: true });
  await assert.rejects(runJobs(jobs.slice(1, 2)), /seed-1 cannot be written to/);
  await assert.rejects(runJobs([{ plan: { ...plan, env: 'GridWorld-v9' } }]), (/** @type {any} */ error) => error.status === 'BH_ERR_UNKNOWN');
});

test('Ctrl-C stops all, writes what there is, begins no more and exits with 130', async () => {
  const child = spawn(process.execPath, [CLI, 'train', 'GridWorld-v0', '--total-timesteps', '2000000000', '--eval-freq', '0', '--final-eval-episodes', '1',
    '--seeds', '0-4', '--jobs', '2', '--out', 'stopped', '--json'], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  const metrics = ['0', '1'].map((seed) => join(folder, `stopped/seed-${seed}/metrics.csv`));
  const begun = () => metrics.every((file) => {
    try {
      return readFileSync(file).length > 1000;
    } catch {
      return false;
    }
  });
  while (!begun()) {
    await new Promise((done) => {
      setTimeout(done, 20);
    });
  }
  child.kill('SIGINT');
  const code = await new Promise((done) => {
    child.on('close', done);
  });
  assert.equal(code, 130);
  const lines = output.trim().split('\n').map((line) => JSON.parse(line));
  assert.deepEqual(lines.map(({ type, seed }) => seed ?? type), [0, 1, 'aggregate']);
  assert.ok(lines.slice(0, 2).every(({ total_timesteps }) => total_timesteps > 0 && total_timesteps < 2e9));
  assert.deepEqual(readdirSync(join(folder, 'stopped')).sort(), ['journal.jsonl', 'seed-0', 'seed-1', 'summary.csv', 'summary.json']);
  assert.ok(readdirSync(join(folder, 'stopped/seed-1')).includes('model.safetensors'));
});

test('--stop-at-threshold ends right at the evaluation', () => {
  const full = bellhop('train', 'GridWorld-v0', '--seed', '3', '--json').json();
  const solved = full.at(-1).solved_at_timestep;
  const { status, json } = bellhop('train', 'GridWorld-v0', '--seed', '3', '--stop-at-threshold', '--json');
  assert.equal(status, 0);
  const lines = json();
  assert.deepEqual([lines.at(-1).total_timesteps, lines.at(-1).solved_at_timestep], [solved, solved]);
  assert.ok(solved < full.at(-1).total_timesteps);
  // The same lines as of the whole run until there, loss by loss.
  assert.deepEqual(lines.slice(0, -1), full.slice(0, lines.length - 1));
  assert.equal(lines.at(-2).type, 'eval');
  refused(['train', 'CliffWalking-v1', '--stop-at-threshold'], 2, /CliffWalking-v1 has no threshold/);
  refused(['train', 'GridWorld-v0', '--stop-at-threshold', '--eval-freq', '0'], 2, /--stop-at-threshold needs evaluations, but --eval-freq is 0/);
  refused(['train', 'GridWorld-v0', '--stop-at-threshold', '--eval-freq', '0', '--seeds', '0-3'], 2, /needs evaluations/);
});
