// SPDX-License-Identifier: MIT
// What a study costs beside its training: node --expose-gc tests/bench/sweep.mjs [runs | books]. Processor time (user and system, of all threads),
// which other programs change little, per run; then what the books of a large study take. docs/studies.md has the figures.
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { StudyFolder, evaluationsOf, tellResults } from '../../web/cli/study-folder.mjs';
import { LocalExecutor, sha256OfFile } from '../../web/cli/study-local.mjs';
import { viewOf } from '../../web/cli/study-view.mjs';
import { createStudy } from '../../web/lib/study/create-study.mjs';
import { load } from '../../web/node/node.mjs';

const bh = await load();
const parameters = { learningRate: { min: 1e-4, max: 1e-3, distribution: /** @type {const} */ ('log_uniform') } };
const base = /** @type {const} */ ({ method: 'random', seeds: [0], parameters });

/** Milliseconds of the processor that `use` takes, and of the clock. @param {() => Promise<void>} use */
async function measured(use) {
  const [cpu, since] = [process.cpuUsage(), performance.now()];
  await use();
  const { user, system } = process.cpuUsage(cpu);
  return { cpu: (user + system) / 1000, clock: performance.now() - since };
}

/** @param {number} value */
const ms = (value) => value < 100 ? value.toFixed(1) : value.toFixed(0);

/** The same runs in a sweep and by the library alone. @param {string} env @param {string} algo @param {number} totalTimesteps @param {number} runs @param {object} [own]  the file of the environment */
async function costOf(env, algo, totalTimesteps, runs, own = {}) {
  const study = createStudy(bh, /** @type {any} */ ({ ...base, ...own, env, algo, run_cap: runs + 1, options: { totalTimesteps } }));
  const executor = new LocalExecutor({ threads: 1 });
  await executor.run(/** @type {any} */ (study.ask())); // the thread starts, and the engine has compiled what it runs
  const jobs = Array.from({ length: runs }, () => /** @type {any} */ (study.ask()));
  const train = async (/** @type {any} */ job) => {
    const model = new bh.models[/** @type {'dqn'} */ (algo)](bh.make(env, job.envOptions), { ...job.options, seed: job.seed });
    await model.learn({ sliceMilliseconds: 50 });
    await model.evaluateAsync({ which: 'best' });
    model.sha256();
    model.dispose();
  };
  await train(jobs[0]);
  /** @type {number[]} */
  const outside = [];
  let [inSweep, alone] = [0, 0];
  for (const job of jobs) { // in turns: a machine has better and worse minutes
    const swept = await measured(async () => {
      const since = performance.now();
      const result = await executor.run(job);
      outside.push(performance.now() - since - 1000 * Number(result?.seconds));
    });
    inSweep += swept.cpu;
    alone += (await measured(() => train(job))).cpu;
  }
  await executor.end();
  const median = outside.sort((a, b) => a - b)[outside.length >> 1];
  console.log(`${env} ${algo} ${totalTimesteps} steps: ${ms(inSweep / runs)} ms of a processor per run; the library alone ${ms(alone / runs)}; between two runs ${ms(median)} ms of the clock`);
}

/** An environment of the caller's: each run has a thread of its own, with a library of its own. @param {number} totalTimesteps @param {number} runs */
async function costOfOwn(totalTimesteps, runs) {
  const path = mkdtempSync(join(tmpdir(), 'bellhop-own-')), envFile = join(path, 'line.mjs');
  writeFileSync(envFile, `export default class Line {
    static id = 'Line-v0';
    static observationSpace = { type: 'Box', shape: [1], low: 0, high: 8 };
    static actionSpace = { type: 'Discrete', n: 2 };
    reset() { this.at = 0; this.time = 0; return [[0], {}]; }
    step(action) { this.at = Math.max(0, this.at + (action === 1 ? 1 : -1)); this.time++; return [[this.at], this.at === 8 ? 1 : 0, this.at === 8, this.time === 40, {}]; }
  }`);
  bh.register((await import(pathToFileURL(envFile).href)).default);
  await costOf('Line-v0', 'dqn', totalTimesteps, runs, { envFile, envSha256: sha256OfFile(envFile) });
  rmSync(path, { recursive: true });
}

/** What a part of a study does before its first run: it goes through all of them. @param {number} runs */
async function listOf(runs) {
  globalThis.gc?.();
  const before = process.memoryUsage();
  const study = createStudy(bh, /** @type {any} */ ({ ...base, env: 'CartPole-v1', algo: 'dqn', run_cap: runs }));
  const asked = await measured(async () => {
    while (study.ask() !== null);
  });
  globalThis.gc?.();
  console.log(`${study.size} jobs asked for: ${ms(asked.cpu / runs * 1000)} µs of a processor and ${((process.memoryUsage().heapUsed - before.heapUsed) / runs / 1024).toFixed(2)} KB of memory each`);
}

/** Asking, telling, writing and reading so many results that nobody trained. @param {number} runs @param {string} seeds @param {number} nSeeds */
async function booksOf(runs, seeds, nSeeds) {
  const path = mkdtempSync(join(tmpdir(), 'bellhop-books-'));
  const definition = /** @type {any} */ ({ ...base, name: 'books', env: 'CartPole-v1', algo: 'dqn', run_cap: runs / nSeeds, seeds });
  const evaluations = Array.from({ length: 20 }, (_, i) => [1000 * (i + 1), 10 + i / 3]);
  globalThis.gc?.();
  const before = process.memoryUsage();
  const study = createStudy(bh, definition);
  const folder = new StudyFolder(join(path, 'books'), { version: bh.version, definition }, 'books.yaml');
  const told = await measured(async () => {
    for (let job = study.ask(); job !== null; job = study.ask()) {
      const result = { id: job.id, outcome: /** @type {const} */ ('finished'), score: 100 * Math.sin(job.trial + job.seed), timesteps: 20_000, evaluations: /** @type {any} */ (evaluations), fingerprint: job.id, seconds: 1, agent: 'nobody' };
      study.tell(result);
      folder.add(result);
    }
  });
  globalThis.gc?.();
  const after = process.memoryUsage();
  const view = () => viewOf(study, 'books', (ids) => evaluationsOf([join(path, 'books')], ids));
  const written = await measured(async () => folder.write(view()));
  folder.close();
  const size = (/** @type {string} */ name) => statSync(join(path, 'books', name)).size / runs;
  const again = await measured(async () => tellResults(createStudy(bh, definition), [join(path, 'books')], { failed: true }));
  console.log(`${runs} results of ${nSeeds} seeds: asked, told and written ${ms(told.cpu / runs * 1000)} µs of a processor each; tables ${ms(written.cpu / runs * 1000)} µs; read again ${ms(again.cpu / runs * 1000)} µs; `
    + `${((after.heapUsed - before.heapUsed) / runs / 1024).toFixed(2)} KB of memory, ${size('results.jsonl').toFixed(0)} bytes of results.jsonl, ${(size('trials.csv') + size('jobs.csv')).toFixed(0)} of tables each`);
  rmSync(path, { recursive: true });
}

const [which] = process.argv.slice(2);
if (which !== 'books') {
  await costOf('GridWorld-v0', 'q-learning', 5_000, 40);
  await costOf('CartPole-v1', 'dqn', 20_000, 3);
  await costOf('Acrobot-v1', 'dqn', 20_000, 3);
  await costOfOwn(200, 12);
}
if (which !== 'runs') {
  await listOf(50_000);
  await booksOf(20_000, '0', 1);
  await booksOf(20_000, '0-9', 10);
}
process.exit(0);
