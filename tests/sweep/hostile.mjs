// SPDX-License-Identifier: MIT
// Hostile jobs in the queue: whoever reaches its Redis can put anything there. So many by chance, of every kind there is a kind for: texts that are no
// JSON, jobs with a field of another type, another environment, options that pass no table, code in them, ids that are others', records of BullMQ
// that are damaged. An agent must refuse each in a sentence, run none of them, stay as it is, and then do the honest ones that come after.
// Prints the figures; exits with 1 where something was done or an agent ended. Needs the module: npm run build.
//
//     node tests/sweep/hostile.mjs                     20,000 jobs
//     node tests/sweep/hostile.mjs --jobs 300          what tests/node/queue.test.mjs runs
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { setup } from '../../build/setup.mjs';
import { connectQueue } from '../../web/cli/queue-redis.mjs';
import { QueueExecutor } from '../../web/cli/study-queue.mjs';
import { createRng } from '../../web/lib/random.mjs';
import { makeJob } from '../../web/lib/study/study-job.mjs';
import { load } from '../../web/node/node.mjs';
import { Command, doneBy, until } from './farm.mjs';
import { RedisServer } from './redis-server.mjs';

const { values: args } = parseArgs({ options: { jobs: { type: 'string', default: '20000' }, seed: { type: 'string', default: '0' } } });
const JOBS = Number(args.jobs);
const HONEST = 5;
const random = createRng(Number(args.seed));
const below = (/** @type {number} */ n) => Math.floor(random() * n);
const pick = (/** @type {readonly any[]} */ of) => of[below(of.length)];
const digits = (/** @type {number} */ count) => Array.from({ length: count }, () => below(16).toString(16)).join('');

const folder = mkdtempSync(join(tmpdir(), 'bellhop-hostile-'));
/** What code in a job would make. */
const trace = join(folder, 'code-was-run');
const CODE = `(async () => (await import('node:fs')).writeFileSync(${JSON.stringify(trace)}, ''))()`;

await setup(['redis']);
const bh = await load();
const plan = (/** @type {number} */ trial) => /** @type {any} */ (makeJob(/** @type {any} */ ({ version: bh.version, env: 'GridWorld-v0', envOptions: {}, algo: 'q-learning', metric: { name: 'eval/mean_reward' }, options: { totalTimesteps: 200, evalFreq: 100 } }), { trial, params: { learningRate: 0.1 }, seed: trial }));

/** Values of every type, some of them nasty. */
const VALUES = [null, true, -1, 0.5, 1e308, 2 ** 53, '', 'x'.repeat(3000), CODE, `file://${trace}`, '../../../etc/passwd', '\u0000', '__proto__', [], [[]], {}, { a: {} }, { length: 1e9 }, Array(2000).fill(1e9)];
const deep = (/** @type {number} */ depth) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

/** A job that is not quite one. @param {number} i @returns {{ id: string, data: string }} */
function hostileJob(i) {
  const job = { ...plan(1e5 + i) };
  const order = /** @type {any} */ ({ version: bh.version, job });
  const kind = below(12);
  if (kind === 0) return { id: digits(64), data: pick(['', '{', 'null', '[]', CODE, deep(20_000), `{"a":${deep(20_000)}}`, '\u0000', 'x'.repeat(70_000), JSON.stringify(digits(1e5))]) };
  if (kind === 1) order[pick(['version', 'job', 'fresh', 'notBy', 'model', 'code', 'constructor'])] = pick(VALUES);
  if (kind === 2) job[pick(Object.keys(job))] = pick(VALUES);
  if (kind === 3) job.options = { ...job.options, [pick(['seed', 'totalTimesteps', 'learningRate', 'evalFreq', 'netArch', 'initFrom', 'demonstrations', 'toString', '__proto__'])]: pick(VALUES) };
  if (kind === 4) job.envOptions = { ...job.envOptions, [pick(['map', 'size', 'rows', 'render', 'constructor'])]: pick(VALUES) };
  if (kind === 5) Object.assign(job, { env: pick(['Own-v0', 'CartPole-v1.mjs', trace, 'GridWorld-v0\n']), envFile: trace, envSha256: pick([digits(64), undefined, CODE]) });
  if (kind === 6) job.seed = below(1e9); // its id is another's then
  if (kind === 7) job.id = pick([digits(64), digits(63), plan(0).id.toUpperCase(), 5]);
  if (kind === 8) order.job.metric = pick(VALUES);
  if (kind === 9) Object.assign(job, { until: pick(VALUES), stopBelow: pick([...VALUES, [[1, 2, 3]], [[1, null]], Array(5000).fill([1, 1])]) });
  if (kind === 10) Object.assign(job, { algo: pick(['q-learnin', 'eval', CODE, 'constructor', '__proto__', 7]) });
  const id = typeof job.id === 'string' && job.id !== '' && kind !== 11 ? job.id : digits(64);
  const text = JSON.stringify(order);
  return { id, data: kind === 3 ? text.replace('"toString"', '"__proto__"') : text };
}

/** Whether it is an honest job after all: nothing that counts was changed. @param {{ id: string, data: string }} sent @param {number} i */
function isHonest({ id, data }, i) {
  const job = plan(1e5 + i);
  let order;
  try {
    order = JSON.parse(data);
  } catch {
    return false;
  }
  const { notBy = '', model = false, ...rest } = typeof order === 'object' && order !== null ? order : {};
  const isFlagged = typeof model === 'boolean' && typeof notBy === 'string' && notBy.length <= 200 && !/\p{Cc}/u.test(notBy);
  return isFlagged && id === job.id && JSON.stringify(rest) === JSON.stringify({ version: bh.version, job });
}

/** Records of BullMQ that no queue of its own would write. @param {import('../../web/cli/queue-redis.mjs').QueueConnection} connection @param {number} i */
async function damagedRecord({ redis, jobKey }, i) {
  const id = pick([digits(64), `x${i}`, 'a b', '0', 'é'.repeat(20)]) + (i % 97), key = jobKey(id);
  const good = { name: 'run', data: JSON.stringify({ version: bh.version, job: plan(2e5 + i) }), opts: '{"attempts":3}', timestamp: '1', delay: '0', priority: '0' };
  const bad = pick([
    { ...good, opts: '{' }, { ...good, opts: 'null' }, { ...good, opts: '{"repeat":{"every":1},"parent":{"id":"1","queue":"x"}}' }, { ...good, data: '{' }, { ...good, rjk: 'a:b:c:d:1000', opts: '{"repeat":{"every":1}}' },
    { ...good, stacktrace: '{', atm: 'x', stc: '-1', ats: 'NaN' }, { ...good, parentKey: 'bull:x:1', parent: '{"id":1}' }, { ...good, name: CODE, delay: '-1', timestamp: 'x', priority: '9e9' }, { ...good, df: CODE }, { ...good, deid: CODE },
  ]);
  await redis.del(key); // an earlier one may have had the same id, and be of the other type
  if (i % 5 === 0) await redis.set(key, 'no record'); // a hash is expected
  else if (i % 5 > 1) await redis.hset(key, bad); // and in the other case there is none
  await redis.lpush(jobKey('wait'), id);
  await redis.zadd(jobKey('marker'), 0, '0');
}

const redis = await RedisServer.start();
const connection = await connectQueue(redis.url);
const queue = connection.queue(() => {});
const since = performance.now();
const agent = new Command(['agent', redis.url, '--jobs', '2', '--work', join(folder, 'work'), '--name', 'guard', '--stalled-after', '2']);
await agent.says(/agent guard: /, 120);
/** @type {string[]} */
const problems = [];

let sent = 0, honestAfterAll = 0, lastRss = 0;
const rssOf = async () => Number(await import('node:fs').then(({ readFileSync }) => /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${agent.child.pid}/status`, 'utf8'))?.[1])) / 1024;
const damaged = Math.max(20, Math.round(JOBS / 50));
for (let i = 0; i < JOBS && !agent.isOver; i += 200) {
  const some = Array.from({ length: Math.min(200, JOBS - i) }, (_, j) => hostileJob(i + j));
  await Promise.all(some.map(({ id, data }) => connection.redis.multi()
    .hset(connection.jobKey(id), { name: 'run', data, opts: '{}', timestamp: String(Date.now()), delay: '0', priority: '0' })
    .lpush(connection.jobKey('wait'), id).zadd(connection.jobKey('marker'), 0, '0').exec()));
  sent += some.length;
  honestAfterAll += some.filter((each, j) => isHonest(each, i + j)).length;
  await until(async () => agent.isOver || await queue.getJobCountByTypes('waiting', 'active', 'prioritized') < 400, 'the agent keeps up', 120);
  if (i === Math.floor(JOBS / 10 / 200) * 200 && existsSync(`/proc/${agent.child.pid}/status`)) lastRss = await rssOf();
}
await until(async () => agent.isOver || await queue.getJobCountByTypes('waiting', 'active', 'prioritized', 'delayed') === 0, 'hostile jobs are refused', 300);
const rss = existsSync(`/proc/${agent.child.pid}/status`) && !agent.isOver ? await rssOf() : 0;
for (let i = 0; i < damaged && !agent.isOver; i++) await damagedRecord(connection, i);
await until(async () => agent.isOver || await connection.redis.llen(connection.jobKey('wait')) === 0, 'damaged records are taken', 120);

const early = doneBy(agent);
const executor = await QueueExecutor.open(redis.url, { version: bh.version });
const results = agent.isOver ? [] : await Promise.all(Array.from({ length: HONEST }, (_, i) => executor.run(plan(i))));
const seconds = ((performance.now() - since) / 1000).toFixed(1);
await executor.end();
if (agent.isOver) problems.push(`the agent ended: ${agent.stderr.slice(-2000)}`);
else if (await agent.kill('SIGTERM') !== 143) problems.push(`the agent ended otherwise than by SIGTERM: ${agent.stderr.slice(-2000)}`);
await connection.close();
await redis.end();

const honest = results.filter((result) => result?.outcome === 'finished').length;
const lines = agent.stderr.trim().split('\n');
if (early !== honestAfterAll) problems.push(`${early} jobs were run, and ${honestAfterAll} were honest`);
if (honest !== HONEST) problems.push(`${honest} of ${HONEST} honest jobs were done`);
if (existsSync(trace)) problems.push('code that came in a job was run');
for (const line of lines) if (!/^bellhop: /.test(line)) problems.push(`this is no sentence: ${line.slice(0, 300)}`);
if (/ at .*\.m?js:\d+/.test(agent.stderr)) problems.push('a stack was printed');
console.log(`${sent.toLocaleString('en')} hostile jobs and ${damaged} damaged records in ${seconds} s: ${early} of them were run, as what they say is harmless; ${lines.length} sentences; the agent's memory ${lastRss.toFixed(0)} MB after a tenth, ${rss.toFixed(0)} MB after all`);
console.log(`${honest} of ${HONEST} honest jobs that came after them were done`);
problems.slice(0, 20).forEach((problem) => console.log(problem));
if (problems.length === 0) console.log('the agent is as it was');
rmSync(folder, { recursive: true, force: true });
process.exitCode = problems.length === 0 ? 0 : 1;
