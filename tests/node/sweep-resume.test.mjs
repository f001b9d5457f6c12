// SPDX-License-Identifier: MIT
// Studies that are ended in the middle: by kill -9, by a signal, in a thread. What goes on comes to the bits of what was never ended.
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { LocalExecutor, jobFolder } from '../../web/cli/study-local.mjs';
import { createStudy } from '../../web/lib/study/create-study.mjs';
import { load } from '../../web/node/node.mjs';
import { cli } from './cli-process.mjs';

const folder = mkdtempSync(join(tmpdir(), 'bellhop-sweep-resume-'));
after(() => rmSync(folder, { recursive: true }));
const { done, endedWhen } = cli(folder);
const read = (/** @type {string[]} */ ...path) => readFileSync(join(folder, ...path), 'utf8');

/** Runs that take seconds. */
const LONG = {
  env: 'CartPole-v1', algo: 'dqn', method: 'grid', seeds: [0], options: { totalTimesteps: 4000, evalFreq: 1000, nEvalEpisodes: 2, finalEvalEpisodes: 5, learningStarts: 200, netArch: [128, 128] },
  parameters: { learningRate: { values: [0.001, 0.003, 0.01] } },
};
const writeLong = (/** @type {string} */ name, changes = {}) => writeFileSync(join(folder, `${name}.json`), JSON.stringify({ ...LONG, ...changes }));
/** Lines of results so far. @param {string} out */
const nResults = (out) => existsSync(join(folder, out, 'results.jsonl')) ? read(out, 'results.jsonl').split('\n').length - 1 : 0;
/** Checkpoints there are. @param {string} out */
const checkpoints = (out) => existsSync(join(folder, out, 'jobs')) ? readdirSync(join(folder, out, 'jobs')).filter((name) => existsSync(join(folder, out, 'jobs', name, 'checkpoint.safetensors'))) : [];

/** @type {{ trials: string, jobs: string }} */
let whole;
const tables = (/** @type {string} */ out) => ({ trials: read(out, 'trials.csv'), jobs: read(out, 'jobs.csv') });
before(() => {
  writeLong('long');
  done('sweep', 'long.json', '--out', 'whole', '--jobs', '2');
  whole = tables('whole');
});

test('kill -9 in the middle: done runs are not repeated, those under way go on, the table is the same', async () => {
  const args = ['sweep', 'long.json', '--out', 'killed', '--jobs', '1', '--checkpoint-interval', '0.05'];
  await endedWhen(args, () => nResults('killed') >= 1 && checkpoints('killed').length > 0);
  const before = read('killed', 'results.jsonl').split('\n')[0];
  assert.ok(existsSync(join(folder, 'killed', 'bellhop.lock')) && !existsSync(join(folder, 'killed', 'trials.csv')));
  truncateSync(join(folder, 'killed', 'results.jsonl'), before.length + 1); // as after a machine that went down
  await endedWhen(args, () => nResults('killed') >= 2);
  const lines = () => read('killed', 'results.jsonl').split('\n').slice(0, -1);
  writeFileSync(join(folder, 'killed', 'results.jsonl'), `${lines().join('\n')}\n{"id":"0123`); // cut off in the middle of a line
  done(...args);
  assert.equal(lines().length, 3);
  assert.equal(lines()[0], before);
  assert.deepEqual(tables('killed'), whole);
  assert.deepEqual(checkpoints('killed'), []);
});

for (const [signal, code] of /** @type {const} */ ([['SIGINT', 130], ['SIGTERM', 143]])) {
  test(`${signal} ends it with ${code} and a checkpoint of each run; the same command goes on`, async () => {
    const out = signal.toLowerCase();
    const ended = await endedWhen(['sweep', 'long.json', '--out', out, '--jobs', '2'], () => nResults(out) >= 1, signal);
    assert.equal(ended.code, code, ended.stderr);
    assert.match(ended.stderr, new RegExp(`^bellhop: stopped; \\d of \\d+ runs are done and saved in ${out}; the same command continues\n$`));
    assert.ok(checkpoints(out).length >= 1);
    assert.ok(existsSync(join(folder, out, 'trials.csv')) && existsSync(join(folder, out, 'report.html')) && !existsSync(join(folder, out, 'bellhop.lock')));
    assert.notDeepEqual(tables(out), whole);
    done('sweep', 'long.json', '--out', out);
    assert.deepEqual(tables(out), whole);
  });
}

/** @typedef {import('../../web/bellhop.js').Job} Job */

/** Where a run began, and what it came to. @param {LocalExecutor} executor @param {Job} job @param {object} [how] */
async function runFrom(executor, job, how = {}) {
  /** @type {number | undefined} */
  let first;
  const result = await executor.run(job, { ...how, onProgress: ({ timesteps }) => (first ??= timesteps) });
  return { first: Number(first), result };
}

test('a thread that is told to stop leaves what the next one goes on from; a fresh run does not look at it', async () => {
  const bh = await load();
  const job = /** @type {Job} */ (createStudy(bh, /** @type {any} */ ({ ...LONG, parameters: { learningRate: { values: [0.002] } } })).ask());
  const out = join(folder, 'thread');
  const executor = new LocalExecutor({ out, threads: 1 });
  const stop = new AbortController();
  const stopped = await executor.run(job, { signal: stop.signal, onProgress: ({ timesteps }) => timesteps > 1500 && stop.abort() });
  assert.equal(stopped, null);
  assert.deepEqual(readdirSync(jobFolder(out, job)).sort(), ['checkpoint.safetensors', 'evaluations.json']);
  const evaluated = JSON.parse(readFileSync(join(jobFolder(out, job), 'evaluations.json'), 'utf8')).map(([step]) => step);
  assert.deepEqual(evaluated, [1000, 2000, 3000].slice(0, evaluated.length)); // it goes on until the thread hears of it
  assert.ok(evaluated.length > 0);

  const fresh = await runFrom(executor, job, { fresh: true });
  const again = await runFrom(executor, job);
  assert.ok(again.first > 1500 && fresh.first < 1500, `it went on at ${again.first}, and fresh at ${fresh.first}`);
  const { seconds: a, ...first } = /** @type {any} */ (fresh.result), { seconds: b, ...second } = /** @type {any} */ (again.result);
  assert.ok(a > 0 && b > 0);
  assert.deepEqual(first, second);
  assert.deepEqual(first.evaluations.map(([step]) => step), [1000, 2000, 3000, 4000]);
  assert.equal(existsSync(jobFolder(out, job)), false, 'nobody goes on from it any more');

  const rung = { ...job, until: 2000 };
  assert.equal((await executor.run(rung))?.timesteps, 2000);
  const rest = await runFrom(executor, job);
  assert.ok(rest.first > 2000, 'the next rung begins where the one before it ended');
  assert.equal(rest.result?.fingerprint, first.fingerprint);
  await executor.end();
});

test('a thread that is told to stop in an evaluation: the next one ends that, and takes no step more', async (t) => {
  const bh = await load();
  const options = { totalTimesteps: 2000, evalFreq: 1000, nEvalEpisodes: 10_000, finalEvalEpisodes: 5, learningStarts: 200, netArch: [64, 64] };
  const whole = /** @type {Job} */ (createStudy(bh, /** @type {any} */ ({ ...LONG, env: 'MountainCar-v0', options, parameters: { learningRate: { values: [0.002] } } })).ask());
  for (const [name, job, end] of /** @type {[string, Job, number][]} */ ([['rung', { ...whole, until: 1000 }, 1000], ['pruned', { ...whole, stopBelow: [[1000, 0]] }, 1000], ['whole', whole, 2000]])) {
    const executor = new LocalExecutor({ out: join(folder, name), threads: 1 }), stop = new AbortController();
    t.after(() => executor.end());
    assert.equal(await executor.run(job, { signal: stop.signal, onProgress: ({ timesteps }) => timesteps >= end && stop.abort() }), null);
    const { seconds: a, ...again } = /** @type {any} */ (await executor.run(job)), { seconds: b, ...fresh } = /** @type {any} */ (await executor.run(job, { fresh: true }));
    assert.ok(a > 0 && b > 0);
    assert.deepEqual(again, fresh);
    assert.equal(fresh.timesteps, end);
  }
});

test('a checkpoint that is damaged, or of another run, is not gone on from', async () => {
  const bh = await load();
  const job = /** @type {Job} */ (createStudy(bh, /** @type {any} */ ({ ...LONG, options: { ...LONG.options, totalTimesteps: 1000 }, metric: { name: 'final/mean_reward' } })).ask());
  const out = join(folder, 'damaged');
  const executor = new LocalExecutor({ out, threads: 1 });
  const right = await executor.run({ ...job, until: 500 });
  const file = join(jobFolder(out, job), 'checkpoint.safetensors');
  const bytes = readFileSync(file);
  const whole = await executor.run(job, { fresh: true });
  for (const wrong of [bytes.subarray(0, bytes.length - 100), bytes.map((byte, i) => i === bytes.length - 1 ? byte ^ 1 : byte), Buffer.from('nothing')]) {
    writeFileSync(file, wrong);
    writeFileSync(join(jobFolder(out, job), 'evaluations.json'), '[]');
    assert.equal((await executor.run({ ...job, until: 500 }))?.fingerprint, right?.fingerprint);
  }
  writeFileSync(file, bytes);
  assert.equal((await executor.run({ ...job, seed: 1 }, { fresh: true }))?.outcome, 'finished');
  assert.equal((await executor.run(job))?.fingerprint, whole?.fingerprint);
  await executor.end();
});
