// SPDX-License-Identifier: MIT
// `bellhop sweep` and `bellhop study`: the table follows from the study file alone, whatever threads, parts and repetitions it came about by.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { cli } from './cli-process.mjs';

const folder = mkdtempSync(join(tmpdir(), 'bellhop-sweep-'));
after(() => rmSync(folder, { recursive: true }));
const { bellhop, done, refused } = cli(folder);
const read = (/** @type {string[]} */ ...path) => readFileSync(join(folder, ...path), 'utf8');
const TABLES = ['trials.csv', 'jobs.csv', 'report.html'];

/** A study that takes a moment. */
const QUICK = {
  env: 'GridWorld-v0', algo: 'q-learning', method: 'random', run_cap: 5, seeds: '0-2', options: { totalTimesteps: 400, evalFreq: 100, nEvalEpisodes: 2, finalEvalEpisodes: 5 },
  parameters: { learningRate: { min: 0.001, max: 1, distribution: 'log_uniform' }, 'env.slip': { values: [0, 0.2] } },
};

/** @param {string} name @param {object} [changes] */
function write(name, changes = {}) {
  writeFileSync(join(folder, `${name}.json`), JSON.stringify({ ...QUICK, ...changes }));
}

/** The tables of a folder. @param {string} path */
const tablesOf = (path) => TABLES.map((name) => read(path, name));
/** @param {string} path @param {string} name */
const rowsOf = (path, name) => read(path, name).trim().split('\n').map((line) => line.split(','));

before(() => {
  write('quick');
  const { stdout } = done('sweep', 'quick.json', '--jobs', '2', '--journal', 'quick.log', '--models');
  assert.match(stdout, /^trial +eval\/mean_reward: IQM \(95 % interval\) +learningRate +env\.slip +steps +state\n/m);
  assert.match(stdout, /\ntrials {6}5 complete of 5; 15 runs, 6,000 steps\n/);
  assert.match(stdout, /\nwritten {5}trials\.csv, jobs\.csv, report\.html in quick\n$/);
});

test('the folder: the study, a line per run, tables, a model of each; nothing that was for the way', () => {
  assert.deepEqual(readdirSync(join(folder, 'quick')).sort(), ['jobs.csv', 'models', 'report.html', 'results.jsonl', 'study.json', 'trials.csv']);
  assert.equal(read('quick', 'results.jsonl').trim().split('\n').length, 15);
  assert.deepEqual(readdirSync(join(folder, 'quick', 'models')).length, 15);
  const [heading, ...rows] = rowsOf('quick', 'trials.csv');
  assert.deepEqual(heading.slice(0, 5), ['trial', 'state', 'learningRate', 'env.slip', 'eval/mean_reward']);
  assert.deepEqual(rows.map(([trial, state]) => [trial, state]), [0, 1, 2, 3, 4].map((trial) => [String(trial), 'complete']));
  assert.equal(new Set(rowsOf('quick', 'jobs.csv').slice(1).map((row) => row.at(-1))).size, 15);
  done('eval', 'quick/models/trial-0-seed-2.safetensors', '--episodes', '2');
});

test('the command that it prints runs the best trial again, with the same bits', () => {
  const study = bellhop('study', 'quick', '--json').json()[0];
  assert.match(study.command, /^bellhop train GridWorld-v0 --algo q-learning .*--env-slip 0(\.2)? --seeds 0-2$/);
  const words = study.command.split(' ').slice(1);
  const runs = done(...words, '--json').json().filter(({ type }) => type === 'summary');
  const saved = rowsOf('quick', 'jobs.csv').filter(([trial]) => trial === String(study.best.trial));
  assert.deepEqual(runs.map(({ params_sha256 }) => params_sha256), saved.map((row) => row[6]));
  assert.deepEqual(runs.map((run) => run['eval/mean_reward']), saved.map((row) => Number(row[4])));
});

test('typed again nothing is repeated, with any number of threads it is the same table', () => {
  const [tables, results] = [tablesOf('quick'), read('quick', 'results.jsonl')];
  done('sweep', 'quick.json');
  assert.equal(read('quick', 'results.jsonl'), results);
  assert.deepEqual(tablesOf('quick'), tables);
  for (const [out, jobs] of [['one', '1'], ['twelve', '12']]) {
    assert.equal(done('sweep', 'quick.json', '--out', out, '--jobs', jobs).stderr, '');
    assert.deepEqual(tablesOf(out), tables);
  }
});

test('seven parts, merged, are the table of one machine, byte for byte', () => {
  for (let part = 1; part <= 7; part++) done('sweep', 'quick.json', '--shard', `${part}/7`, ...part === 3 ? ['--out', 'third'] : []);
  const parts = [1, 2, 4, 5, 6, 7].map((part) => `quick-${part}-of-7`);
  const runs = ['third', ...parts].map((path) => read(path, 'results.jsonl').trim().split('\n').length);
  assert.deepEqual(runs.sort(), [2, 2, 2, 2, 2, 2, 3]);

  assert.match(done('study', 'merge', ...parts, '--out', 'merged').stdout, /\nmissing {5}runs of 2 trials are in none of the folders; bellhop sweep STUDY --out merged runs them\n$/);
  assert.notDeepEqual(tablesOf('merged'), tablesOf('quick'));
  done('study', 'merge', 'third', ...parts, '--out', 'merged');
  assert.deepEqual(tablesOf('merged'), tablesOf('quick'));
  assert.equal(read('merged', 'results.jsonl').trim().split('\n').length, 15);
  done('study', 'merge', 'third', 'quick-1-of-7', '--out', 'half');
  done('sweep', 'quick.json', '--out', 'half');
  assert.deepEqual(tablesOf('half'), tablesOf('quick'), 'what is missing, a sweep runs');
});

test('results decide about later trials: the same ones on one thread and on three', () => {
  write('learned', { method: 'tpe', run_cap: 14, parallel: 3, seeds: [4], early_terminate: { type: 'median', n_startup_trials: 3 } });
  for (const jobs of ['1', '3']) done('sweep', 'learned.json', '--out', `learned-${jobs}`, '--jobs', jobs);
  assert.deepEqual(tablesOf('learned-1'), tablesOf('learned-3'));
  const jobs = rowsOf('learned-1', 'jobs.csv').slice(1);
  const pruned = jobs.filter((row) => row[3] === 'pruned');
  assert.ok(pruned.length > 0 && pruned.every((row) => Number(row[5]) < 400 && Number(row[5]) % 100 === 0), 'runs end at an evaluation');
  assert.ok(new Set(rowsOf('learned-1', 'trials.csv').map((row) => row[2])).size > 12);
  refused(['sweep', 'learned.json', '--shard', '1/2'], 2, /--shard is for runs that do not wait for each other, and learned\.json has early_terminate: median/);
});

test('races and rungs of seeds have runs of the study without them, the same ones on one thread and on three', () => {
  const all = new Map(rowsOf('quick', 'jobs.csv').slice(1).map((row) => [row.at(-1), row]));
  for (const [name, early_terminate] of /** @type {const} */ ([['race', { type: 'racing' }], ['seeds', { type: 'successive_halving', resource: 'seeds', eta: 2 }]])) {
    write(name, { parallel: 1, early_terminate });
    for (const jobs of ['1', '3']) done('sweep', `${name}.json`, '--out', `${name}-${jobs}`, '--jobs', jobs);
    assert.deepEqual(tablesOf(`${name}-1`), tablesOf(`${name}-3`));
    const jobs = rowsOf(`${name}-1`, 'jobs.csv').slice(1);
    assert.ok(jobs.length < 15, `${jobs.length} runs`);
    for (const row of jobs) assert.deepEqual(row, all.get(row.at(-1)));
    assert.match(read(`${name}-1`, 'trials.csv'), /^\d,pruned,/m);
  }
});

test('rungs: the best go on from where they were, to the bits of an uninterrupted run', () => {
  write('rungs', { run_cap: 8, seeds: [0], early_terminate: { type: 'successive_halving', min_resource: 100, eta: 2 } });
  done('sweep', 'rungs.json', '--jobs', '2');
  const jobs = rowsOf('rungs', 'jobs.csv').slice(1);
  const count = (/** @type {string} */ until) => jobs.filter((row) => row[2] === until).length;
  assert.deepEqual([count('100'), count('200'), count('')], [8, 4, 2]);
  const [trial] = jobs.find((row) => row[2] === '') ?? [];
  const params = rowsOf('rungs', 'trials.csv').find((row) => row[0] === trial) ?? [];
  const alone = done('train', 'GridWorld-v0', '--algo', 'q-learning', '--total-timesteps', '400', '--eval-freq', '100', '--n-eval-episodes', '2', '--final-eval-episodes', '5',
    '--learning-rate', params[2], '--env-slip', params[3], '--json').json().at(-1);
  assert.equal(jobs.find((row) => row[0] === trial && row[2] === '')?.[6], alone.params_sha256);
  assert.equal(readdirSync(join(folder, 'rungs')).includes('jobs'), false, 'no checkpoint is kept when nobody goes on from it');
});

test('verification runs some again, and names both machines where the bits differ', () => {
  cpSync(join(folder, 'quick'), join(folder, 'checked'), { recursive: true });
  const { stdout, stderr: warnings } = done('sweep', 'quick.json', '--out', 'checked', '--verify', '1', '--jobs', '12');
  assert.equal(warnings, '');
  assert.match(stdout, /^verified {4}15 runs repeated, all with the same bits$/m);
  assert.doesNotMatch(done('sweep', 'quick.json', '--out', 'checked', '--verify', '1').stdout, /verified/, 'once is enough');

  mkdirSync(join(folder, 'forged'));
  cpSync(join(folder, 'quick', 'study.json'), join(folder, 'forged', 'study.json'));
  const [first, ...others] = read('quick', 'results.jsonl').trim().split('\n');
  const forged = { ...JSON.parse(first), fingerprint: 'a'.repeat(64), agent: 'the-other-machine' };
  writeFileSync(join(folder, 'forged', 'results.jsonl'), [JSON.stringify(forged), ...others, ''].join('\n'));
  const { status, stderr } = bellhop('sweep', 'quick.json', '--out', 'forged', '--verify', '1');
  assert.equal(status, 1);
  assert.match(stderr, /^bellhop: job [0-9a-f]{12} \(trial \d, seed \d\) came to params_sha256 aaaaaaaaaaaa… on the-other-machine and to [0-9a-f]{12}… on \S+: the same job has the same bits, so one of the two machines errs; run it on a third\n$/);
  const again = bellhop('sweep', 'quick.json', '--out', 'forged', '--verify', '1');
  assert.deepEqual([again.status, again.stderr], [1, stderr], 'what differed is not forgotten');
  refused(['study', 'merge', 'quick', 'forged', '--out', 'both'], 1, /job [0-9a-f]{12} was told as .* the same job always comes to the same bits/);
});

test('--models for a sweep that was done without it says how many are missing', () => {
  write('late', { run_cap: 1, seeds: [0, 1] });
  done('sweep', 'late.json');
  assert.equal(bellhop('sweep', 'late.json', '--models').stderr, 'bellhop: 2 runs have no model in late/models: done without --models, or too large for the queue; a sweep with another --out has them all\n');
});

test('--json: a line per run, then the study', () => {
  const lines = done('sweep', 'quick.json', '--out', 'lines', '--json').json();
  assert.deepEqual(lines.map(({ type }) => type), [...Array.from({ length: 15 }, () => 'result'), 'study']);
  const { best, importance, finished, complete } = lines[15];
  assert.deepEqual([finished, complete], [true, 5]);
  assert.ok(Math.abs(Object.values(importance).reduce((/** @type {any} */ sum, share) => sum + share, 0) - 1) < 1e-9);
  const rows = rowsOf('lines', 'trials.csv').slice(1);
  assert.equal(best.score, Math.max(...rows.map((row) => Number(row[4]))));
});

test('the page needs nothing else: no script, no address; it says all there is', () => {
  const page = read('quick', 'report.html');
  assert.doesNotMatch(page, /<script|https?:|<link|<img|url\(| on\w+=/);
  assert.match(page, /default-src 'none'; style-src 'unsafe-inline'/);
  assert.equal([...page.matchAll(/<svg /g)].length, 5, 'scores, importance, learning, and one of each parameter');
  assert.equal([...page.matchAll(/<tr/g)].length, 6);
  assert.doesNotMatch(page, /NaN|undefined|Infinity/);
  write('odd', { name: '<b>"odd" & name', run_cap: 1, seeds: [0] });
  refused(['sweep', 'odd.json', '--shard', '0/2'], 2, /--shard is '0\/2', but parts are counted from 1 to 2; in Slurm: --array=1-2/);
  done('sweep', 'odd.json', '--out', 'odd');
  assert.match(read('odd', 'report.html'), /<title>&lt;b&gt;&quot;odd&quot; &amp; name<\/title>/);
});
