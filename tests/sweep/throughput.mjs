// SPDX-License-Identifier: MIT
// npm run test:sweep, second part: how much a queue costs. Short jobs with one agent and with four; what a job takes beside its training; and whether
// memory stays flat while thousands of jobs wait. Prints the figures; exits with 1 where one of them is out of bounds. Needs the module:
// npm run build. Machines that are busy with something else say less good figures.
//
//     node tests/sweep/throughput.mjs                                   400 jobs, then 10,000 that wait at a time
//     node tests/sweep/throughput.mjs --jobs 60 --queued 300
import { readFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { mkdtempSync, rmSync } from 'node:fs';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { setup } from '../../build/setup.mjs';
import { LocalExecutor } from '../../web/cli/study-local.mjs';
import { QueueExecutor } from '../../web/cli/study-queue.mjs';
import { makeJob } from '../../web/lib/study/study-job.mjs';
import { load } from '../../web/node/node.mjs';
import { Command } from './farm.mjs';
import { RedisServer } from './redis-server.mjs';

const { values: args } = parseArgs({ options: { jobs: { type: 'string', default: '400' }, queued: { type: 'string', default: '10000' }, overhead: { type: 'string', default: '20' } } });
const [JOBS, QUEUED, OVERHEAD] = [args.jobs, args.queued, args.overhead].map(Number);
/** What Node itself may add between a tenth of the jobs and all of them, in MB: it collects late where there is room. A kilobyte a job would be 9 of it. */
const GROWTH_MAX = 96;

await setup(['redis']);
const bh = await load();
const folder = mkdtempSync(join(tmpdir(), 'bellhop-throughput-'));
const jobOf = (/** @type {any} */ options, /** @type {string} */ env, /** @type {string} */ algo) => (/** @type {number} */ seed) =>
  /** @type {any} */ (makeJob(/** @type {any} */ ({ version: bh.version, env, envOptions: {}, algo, options, metric: { name: 'eval/mean_reward' } }), { trial: Math.floor(seed / 5), params: {}, seed }));
/** Tens of milliseconds of training on one processor. */
const short = jobOf({ totalTimesteps: 5000, evalFreq: 2500 }, 'GridWorld-v0', 'q-learning');
/** As good as none. */
const empty = jobOf({ totalTimesteps: 20, evalFreq: 0 }, 'GridWorld-v0', 'q-learning');

/** @type {string[]} */
const problems = [];
/** @param {boolean} isSo @param {string} what */
const require = (isSo, what) => void (isSo || problems.push(what));
/** Processor time of a process so far, in milliseconds: what others do on the machine is not in it. */
const cpuOf = (/** @type {number | undefined} */ pid) => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return 10 * (Number(fields[11]) + Number(fields[12]));
};
const megabytes = (/** @type {number | undefined} */ pid) => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

/** A queue of its own, and agents that are ready. @param {number} count */
async function farm(count) {
  const redis = await RedisServer.start();
  const agents = Array.from({ length: count }, (_, i) => new Command(['agent', redis.url, '--jobs', '1', '--quiet', '--name', `agent-${i + 1}`, '--work', join(folder, `work-${count}-${i}`)]));
  const executor = await QueueExecutor.open(redis.url, { version: bh.version, ahead: QUEUED });
  // Each has loaded the module, and its thread is there: a job for each, and some more.
  await Promise.all(Array.from({ length: 8 * count }, (_, i) => executor.run(short(1e6 + i))));
  return {
    redis, agents, executor,
    async end() {
      await executor.end();
      for (const agent of agents) require(await agent.kill('SIGTERM') === 143, `an agent ended otherwise: ${agent.stderr}`);
      await redis.end();
    },
  };
}

/** @param {number} count of agents @returns {Promise<{ perSecond: number, overhead: number, training: number }>} overhead: milliseconds for each job */
async function measured(count) {
  const { executor, end } = await farm(count);
  const since = performance.now();
  const results = await Promise.all(Array.from({ length: JOBS }, (_, i) => executor.run(short(i))));
  const wall = performance.now() - since;
  await end();
  require(results.every((result) => result?.outcome === 'finished'), 'a job was not finished');
  const training = 1000 * results.reduce((sum, result) => sum + (result?.seconds ?? 0), 0) / JOBS;
  return { perSecond: 1000 * JOBS / wall, overhead: wall / JOBS - training, training };
}

/** The same jobs in a thread of this process. */
async function alone() {
  const executor = new LocalExecutor({ threads: 1 });
  for (let i = 0; i < 8; i++) await executor.run(short(1e6 + i));
  const since = performance.now();
  let training = 0;
  for (let i = 0; i < JOBS; i++) training += 1000 * ((await executor.run(short(i)))?.seconds ?? 0);
  const wall = performance.now() - since;
  await executor.end();
  return { perSecond: 1000 * JOBS / wall, overhead: (wall - training) / JOBS, training: training / JOBS };
}

const local = await alone();
const [one, four] = [await measured(1), await measured(4)];
const row = (/** @type {string} */ what, /** @type {typeof one} */ { perSecond, overhead, training }, isOne = true) =>
  console.log(`${what.padEnd(28)} ${perSecond.toFixed(1).padStart(7)} jobs a second, ${training.toFixed(1).padStart(6)} ms of training${isOne ? `, ${overhead.toFixed(1).padStart(5)} ms beside it` : ''}`);
console.log(`${JOBS} jobs of 5,000 steps of Q-learning in GridWorld-v0, ${availableParallelism()} processors`);
row('one thread of this process', local);
row('one agent over a queue', one);
row('four agents over a queue', four, false);
console.log(`four agents against one: ${(four.perSecond / one.perSecond).toFixed(2)} times as many jobs a second`);

// ---- memory ----

const { redis, agents: [agent], executor, end } = await farm(1);
const { connectQueue } = await import('../../web/cli/queue-redis.mjs');
const connection = await connectQueue(redis.url);
const used = async () => Number(/^used_memory:(\d+)/m.exec(await connection.redis.info('memory'))?.[1]) / 1e6;
const [emptyRedis, since] = [await used(), performance.now()];
let done = 0;
const cpu = () => [process.pid, agent.child.pid, redis.pid].map(cpuOf);
const before = cpu();
/** @type {{ here: number, there: number }} */
let tenth = { here: 0, there: 0 };
const all = Array.from({ length: QUEUED }, (_, i) => executor.run(empty(i)).then((result) => {
  require(result?.outcome === 'finished', `a job was ${result?.outcome}`);
  done++;
  if (done === Math.ceil(QUEUED / 10)) tenth = { here: megabytes(process.pid), there: megabytes(agent.child.pid) };
}));
const queue = connection.queue(() => {});
while (await queue.getJobCountByTypes('waiting', 'prioritized', 'active', 'completed') < QUEUED) await new Promise((next) => setTimeout(next, 100));
const [fullRedis, waiting] = [await used(), QUEUED - done];
await Promise.all(all);
const seconds = (performance.now() - since) / 1000;
const spent = cpu().map((ms, i) => (ms - before[i]) / QUEUED);
const beside = spent.reduce((a, b) => a + b);
const last = { here: megabytes(process.pid), there: megabytes(agent.child.pid) };
const endRedis = await used();
await connection.close();
await end();
console.log(`${QUEUED.toLocaleString('en')} jobs at a time, ${waiting.toLocaleString('en')} of them waiting when the last was in: ${(QUEUED / seconds).toFixed(0)} a second, ${(1000 * seconds / QUEUED).toFixed(1)} ms each; `
  + `the Redis has ${emptyRedis.toFixed(1)} MB before, ${fullRedis.toFixed(1)} MB then and ${endRedis.toFixed(1)} MB with all results (${(1000 * (endRedis - emptyRedis) / QUEUED).toFixed(1)} kB each)`);
console.log(`processor time of one of them, its model and 20 steps of training in it: ${spent.map((ms) => ms.toFixed(1)).join(' + ')} = ${beside.toFixed(1)} ms here, in the agent, in the Redis`);
// Not the time that passes: on a machine that is busy, that is how long a process waits for its turn.
require(beside < OVERHEAD, `a job takes ${beside.toFixed(1)} ms of processors beside its training, and at most ${OVERHEAD} are allowed`);
console.log(`memory after a tenth of them and after all: the agent ${tenth.there.toFixed(0)} and ${last.there.toFixed(0)} MB, the sweep's side ${tenth.here.toFixed(0)} and ${last.here.toFixed(0)} MB`);
require(last.there - tenth.there < GROWTH_MAX, `the agent grew by ${(last.there - tenth.there).toFixed(0)} MB`);
require(last.here - tenth.here < GROWTH_MAX, `the sweep's side grew by ${(last.here - tenth.here).toFixed(0)} MB`);
problems.slice(0, 20).forEach((problem) => console.log(problem));
console.log(problems.length === 0 ? 'the queue costs what it may' : `${problems.length} problems`);
rmSync(folder, { recursive: true, force: true });
process.exitCode = problems.length === 0 ? 0 : 1;
