// SPDX-License-Identifier: MIT
// Studies over a real Redis: agents that are killed or stopped in the middle of a job, another version, pause and cancel, own environments, and what
// is said where something is wrong with the queue. The long forms of the first two are npm run test:sweep.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { redisServer } from '../../build/setup.mjs';
import { readOrder, readResult } from '../../web/cli/queue-job.mjs';
import { connectQueue, readAddress } from '../../web/cli/queue-redis.mjs';
import { packed, unpacked } from '../../web/cli/queue-store.mjs';
import { LocalExecutor, runKey, sha256OfFile } from '../../web/cli/study-local.mjs';
import { CancelledError, QueueExecutor } from '../../web/cli/study-queue.mjs';
import { makeJob } from '../../web/lib/study/study-job.mjs';
import { load } from '../../web/node/node.mjs';
import { Command, jsonLines, sleep, until } from '../sweep/farm.mjs';
import { RedisServer, freePort } from '../sweep/redis-server.mjs';

const SWEEP = (/** @type {string} */ name) => fileURLToPath(new URL(`../sweep/${name}.mjs`, import.meta.url));
const skip = redisServer() === null && 'redis-server is not here; node build/setup.mjs redis installs it';

const bh = await load();
const folder = mkdtempSync(join(tmpdir(), 'bellhop-queue-'));
/** @type {RedisServer} */
let redis;
let count = 0;

before(async () => {
  if (!skip) redis = await RedisServer.start();
});
after(async () => {
  if (!skip) await redis.end();
  rmSync(folder, { recursive: true, force: true });
});

/** A queue that no other test has. */
const newQueue = () => `${redis.url}/?prefix=test${count++}`;

/** @param {any} options @param {Record<string, unknown>} [more] @returns {any} */
function jobOf(options, { trial = 0, seed = 0, ...more } = {}) {
  return makeJob(/** @type {any} */ ({ version: bh.version, env: 'GridWorld-v0', envOptions: {}, algo: 'q-learning', metric: { name: 'eval/mean_reward' }, options, ...more }), { trial: Number(trial), params: {}, seed: Number(seed) });
}
const SHORT = { totalTimesteps: 500, evalFreq: 250 };
/** Ten checkpoints and more, however fast the machine is. */
const LONG = { totalTimesteps: 1_200_000, evalFreq: 300_000 };

/** @param {string} url @param {readonly string[]} [more] */
function agentAt(url, more = []) {
  const name = `agent-${count++}`;
  const agent = new Command(['agent', url, '--jobs', '1', '--name', name, '--work', join(folder, name), '--stalled-after', '2', '--checkpoint-interval', '0.1', ...more]);
  return Object.assign(agent, { agentName: name });
}

/** @param {string} url @param {object} [how] */
const executorAt = (url, how = {}) => QueueExecutor.open(url, { version: bh.version, ...how });

/** The result of a job on this machine. @param {any} job */
async function alone(job) {
  const executor = new LocalExecutor({ threads: 1 });
  try {
    return await executor.run(job);
  } finally {
    await executor.end();
  }
}

/** Runs a script of tests/sweep. @param {import('node:test').TestContext} t @param {string} name @param {string[]} args @returns {Promise<string>} */
async function script(t, name, args) {
  const child = spawn(process.execPath, [SWEEP(name), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  }
  const status = await new Promise((done) => child.on('close', done));
  assert.equal(status, 0, output);
  output.trim().split('\n').forEach((line) => t.diagnostic(line));
  return output;
}

test('a sweep over three agents, of which two are killed, and a Redis that goes down, comes to the table of one machine', { skip }, async (t) => {
  assert.match(await script(t, 'sweep', ['--trials', '6', '--seeds', '4', '--steps', '600']), /^24 of 24 done, 24 with the fingerprint of this machine alone, 0 twice in the table;[^]*^the sweep is whole$/m);
});

test('hostile jobs are refused in a sentence each, and honest ones after them are done', { skip }, async (t) => {
  assert.match(await script(t, 'hostile', ['--jobs', '300']), /^300 hostile jobs and 20 damaged records [^]*^5 of 5 honest jobs [^]*^the agent is as it was$/m);
});

test('a job goes on from the last checkpoint of an agent that was killed, then of one that was stopped, to the same bits', { skip }, async () => {
  const url = newQueue(), job = jobOf(LONG);
  const connection = await connectQueue(url);
  const executor = await executorAt(url);
  const first = agentAt(url);
  const result = executor.run(job);
  const isUploaded = () => connection.redis.exists(connection.key('checkpoint', runKey(job)));
  await until(isUploaded, 'a checkpoint in the queue');
  await first.kill('SIGKILL');
  const second = agentAt(url);
  await second.says(new RegExp(`${job.id.slice(0, 12)}  q-learning in GridWorld-v0  trial 0 seed 0  resumed at step [\\d,]+`));
  assert.equal(await second.kill('SIGTERM'), 143);
  assert.match(second.stderr, /^bellhop: stopped; 0 jobs done, 1 given back to the queue with its checkpoint\n$/);
  const third = agentAt(url);
  const [from] = await result.then(() => /resumed at step ([\d,]+)/.exec(third.stdout)?.slice(1) ?? []);
  const expected = await alone(job);
  const { fingerprint, score, evaluations, timesteps, agent } = /** @type {any} */ (await result);
  assert.deepEqual({ fingerprint, score, evaluations, timesteps, agent }, { fingerprint: expected?.fingerprint, score: expected?.score, evaluations: expected?.evaluations, timesteps: LONG.totalTimesteps, agent: third.agentName });
  assert.ok(Number(from.replaceAll(',', '')) > 0, third.stdout);
  assert.equal(await isUploaded(), 0, 'its checkpoint is gone');
  await third.kill('SIGTERM');
  await executor.end();
  await connection.close();
});

test('checkpoints go through a folder, too', { skip }, async () => {
  const url = newQueue(), job = jobOf(LONG, { seed: 1 }), shared = join(folder, 'shared');
  const executor = await executorAt(url, { shared });
  const first = agentAt(url, ['--shared', shared]);
  const result = executor.run(job);
  await until(() => readdirSync(shared).includes(`${runKey(job)}.checkpoint`), 'a checkpoint in the folder');
  await first.kill('SIGKILL');
  const second = agentAt(url, ['--shared', shared]);
  assert.equal((await result)?.fingerprint, (await alone(job))?.fingerprint);
  assert.match(second.stdout, /resumed at step [\d,]+/);
  assert.deepEqual(readdirSync(shared), []);
  await second.kill('SIGTERM');
  await executor.end();
});

test('a queue is paused, resumed and cancelled; a sweep that comes again finds what was done', { skip }, async () => {
  const url = newQueue();
  const queue = (/** @type {string[]} */ ...words) => {
    const command = new Command(['queue', url, ...words, '--json']);
    return command.ended.then((code) => {
      assert.equal(code, 0, command.stderr);
      return JSON.parse(command.stdout);
    });
  };
  const agent = agentAt(url);
  await agent.says(/agent agent-/);
  assert.equal((await queue('pause')).paused, true);
  const executor = await executorAt(url);
  const results = [0, 1, 2].map((seed) => executor.run(jobOf(SHORT, { seed })));
  await sleep(1500);
  const paused = await queue();
  assert.deepEqual(paused.jobs, { waiting: 3, running: 0, done: 0, failed: 0 });
  assert.deepEqual(paused.agents.map((/** @type {any} */ { name, version, running, done }) => ({ name, version, running, done })), [{ name: agent.agentName, version: bh.version, running: 0, done: 0 }]);
  assert.equal((await queue('resume')).paused, false);
  assert.deepEqual((await Promise.all(results)).map((result) => result?.outcome), ['finished', 'finished', 'finished']);

  const again = await executorAt(url);
  await agent.kill('SIGTERM');
  assert.equal((await again.run(jobOf(SHORT, { seed: 1 })))?.agent, agent.agentName, 'the result that is there is taken');
  await again.end();

  const other = agentAt(url);
  const [long, waiting] = [jobOf({ ...LONG, totalTimesteps: 400_000_000 }), jobOf(SHORT, { seed: 7 })].map((job) => assert.rejects(executor.run(job), CancelledError));
  await until(async () => (await queue()).jobs.running === 1, 'the long job runs');
  await queue('cancel');
  await Promise.all([long, waiting]);
  await until(async () => (await queue()).jobs.running === 0, 'the long job ends');
  await other.kill('SIGTERM');
  await executor.end();
});

test('another version is refused by name', { skip }, async () => {
  const url = newQueue();
  const connection = await connectQueue(url);
  const newer = await executorAt(url, { version: '99.1.0' });
  const waiting = newer.run(jobOf(SHORT));
  const agent = agentAt(url);
  assert.equal(await agent.ended, 2);
  assert.match(agent.stderr, new RegExp(`^bellhop: agent ${agent.agentName} is bellhop ${bh.version}, and the queue at redis://\\S+ has jobs of bellhop 99\\.1\\.0, whose bits may be others; install that version there: npm install bellhop@99\\.1\\.0\n$`));
  await until(async () => await connection.queue(() => {}).getJobCountByTypes('prioritized') === 1, 'its job waits');
  await assert.rejects(executorAt(url), /the queue at \S+ has 1 jobs of bellhop 99\.1\.0, and this is bellhop /);
  await newer.end();
  assert.equal(await waiting, null);
  await connection.close();
});

test('an environment of one\'s own runs where its file is, by its hash; code never comes with a job', { skip }, async () => {
  const url = newQueue(), file = join(folder, 'coin.mjs');
  writeFileSync(file, `class Coin {
  static id = 'Coin-v0';
  static observationSpace = { type: 'Box', shape: [1], low: [0], high: [1] };
  static actionSpace = { type: 'Discrete', n: 2 };
  #n = 0;
  reset() { this.#n = 0; return [[0.5], {}]; }
  step(action) { return [[0.5], action, ++this.#n > 5, false, {}]; }
}
class Broken extends Coin {
  static id = 'Broken-v0';
  step() { throw new Error('a wheel is off'); }
}
export default [Coin, Broken];\n`);
  const job = jobOf({ totalTimesteps: 200, evalFreq: 100, netArch: [8] }, { env: 'Coin-v0', algo: 'dqn', envFile: file, envSha256: sha256OfFile(file) });
  const executor = await executorAt(url);
  const without = agentAt(url);
  const result = executor.run(job);
  await without.says(/refuses job [0-9a-f]{12}…: its env 'Coin-v0' is in a file whose SHA-256 is [0-9a-f]{12}…, which this agent does not have; start it with --env FILE/);
  const having = agentAt(url, ['--env', file]);
  await having.says(/agent agent-/);
  const { outcome, fingerprint, agent, message } = /** @type {any} */ (await result);
  assert.deepEqual({ outcome, fingerprint, agent, message }, { outcome: 'finished', fingerprint: (await alone(job))?.fingerprint, agent: having.agentName, message: undefined });

  // What fails may be the machine's fault: it is tried three times, and again when it is asked for again.
  await without.kill('SIGTERM');
  const broken = jobOf({ totalTimesteps: 200 }, { env: 'Broken-v0', algo: 'dqn', envFile: file, envSha256: sha256OfFile(file) });
  const connection = await connectQueue(url);
  const times = [];
  for (let i = 0; i < 2; i++) {
    const failed = await executor.run(broken);
    assert.equal(failed?.outcome, 'failed');
    assert.match(String(failed?.message), /a wheel is off/);
    const kept = await connection.queue(() => {}).getJob(broken.id);
    assert.equal(kept?.attemptsStarted, 3);
    times.push(kept?.timestamp);
  }
  assert.ok(Number(times[1]) > Number(times[0]));
  await connection.close();
  await having.kill('SIGTERM');
  await executor.end();
});

test('bellhop sweep --queue keeps the models and verifies runs on another agent; what differs names both', { skip }, async () => {
  const url = newQueue(), study = join(folder, 'study.yaml'), out = join(folder, 'verified');
  writeFileSync(study, 'env: GridWorld-v0\nalgo: q-learning\nmethod: grid\noptions: { totalTimesteps: 500 }\nparameters: { learningRate: { values: [0.1, 0.2] } }\nseeds: 0-1\n');
  const agents = [agentAt(url), agentAt(url)];
  await Promise.all(agents.map((agent) => agent.says(/agent agent-/)));
  const sweep = new Command(['sweep', study, '--out', out, '--queue', url, '--models', '--verify', '1']);
  assert.equal(await sweep.ended, 0, sweep.stderr);
  assert.match(sweep.stdout, /^verified {4}4 runs repeated, all with the same bits$/m);
  for (const check of jsonLines(join(out, 'verified.jsonl'))) assert.notEqual(check.first, check.agent);
  const results = jsonLines(join(out, 'results.jsonl')).filter(({ id }) => id !== undefined);
  assert.equal(results.length, 4);
  const models = readdirSync(join(out, 'models'));
  assert.deepEqual(models.sort(), ['trial-0-seed-0.safetensors', 'trial-0-seed-1.safetensors', 'trial-1-seed-0.safetensors', 'trial-1-seed-1.safetensors']);
  for (const name of models) bh.loadModel(readFileSync(join(out, 'models', name))).dispose();
  for (const agent of agents) await agent.kill('SIGTERM');
});

test('two studies of the same runs, by two metrics and with models or without, share a queue', { skip }, async () => {
  const url = newQueue(), agent = agentAt(url);
  const [plain, keeping] = [await executorAt(url), await executorAt(url, { onModel: (/** @type {any} */ job, /** @type {Uint8Array} */ bytes) => models.set(job.metric, bytes.length) })];
  const models = new Map();
  const jobs = ['eval/mean_reward', 'solved_at_timestep'].map((name) => jobOf(SHORT, { metric: { name } }));
  const results = await Promise.all(jobs.map((job) => plain.run(job)));
  for (const [i, job] of jobs.entries()) assert.deepEqual([results[i]?.score, results[i]?.fingerprint], await alone(job).then((result) => [result?.score, result?.fingerprint]));
  assert.notEqual(results[0]?.score, results[1]?.score);
  assert.equal((await keeping.run(jobs[0]))?.fingerprint, results[0]?.fingerprint);
  assert.ok(models.get('eval/mean_reward') > 0, 'a result without the model is not taken for one with it');
  await agent.kill('SIGTERM');
  for (const executor of [plain, keeping]) await executor.end();
});

test('a sweep says why nobody takes its jobs', { skip }, async () => {
  const url = newQueue(), study = join(folder, 'alone.yaml');
  writeFileSync(study, 'env: GridWorld-v0\nalgo: q-learning\nmethod: grid\noptions: { totalTimesteps: 500 }\nparameters: { learningRate: { values: [0.1] } }\n');
  const sweep = new Command(['sweep', study, '--out', join(folder, 'alone'), '--queue', url]);
  await sweep.says(/the queue has no agents; start one: bellhop agent redis:/);
  const agent = agentAt(url);
  assert.equal(await sweep.ended, 0, sweep.stderr);
  assert.match(agent.stdout, /^[0-9a-f]{12} {2}q-learning in GridWorld-v0 {2}trial 0 seed 0 {2}finished {2}eval\/mean_reward -?[\d.]+ {2}500 steps {2}[\d.]+ s$/m);
  await agent.kill('SIGTERM');
});

// ---- what is wrong with a queue ----

/** A command that fails with one sentence. @param {string[]} args @param {number} code @param {RegExp} sentence @param {Record<string, string>} [env] */
async function refused(args, code, sentence, env) {
  const command = new Command(args, { env });
  assert.equal(await command.ended, code, command.stderr);
  assert.match(command.stderr, sentence);
  assert.match(command.stderr, /^bellhop: [^\n]+\n$/, 'one line');
}

test('what is typed wrongly is said in a sentence', async () => {
  await refused(['agent'], 2, /agent needs the address of a queue/);
  await refused(['agent', 'localhost:6379'], 2, /must be an address such as redis:\/\/HOST:6379/);
  await refused(['agent', 'redis://h', '--jobs', '0'], 2, /--jobs is '0', but must be a whole number between 1 and 1024/);
  await refused(['agent', 'redis://h', '--name', 'a b'], 2, /--name is 'a b', but must be/);
  await refused(['agent', 'redis://h', '--env', 'GridWorld-v0'], 2, /--env is 'GridWorld-v0', but must be the file of an environment/);
  await refused(['queue', 'redis://h', 'paus'], 2, /queue cannot 'paus'; did you mean 'pause'\?/);
  await refused(['queue', 'redis://:geheim@h/1?prefx=a'], 2, /^bellhop: the queue redis:\/\/h\/1\?prefx=a has the unknown option 'prefx'; did you mean 'prefix'\?\n$/);
});

test('an address has a user, a password, TLS, a database and a prefix; no message shows the password', () => {
  assert.deepEqual(readAddress('rediss://anna:p%40ss@farm.example:6380/3?prefix=class-3', {}), { host: 'farm.example', port: 6380, username: 'anna', password: 'p@ss', db: 3, isTls: true, prefix: 'class-3', shown: 'rediss://farm.example:6380/3?prefix=class-3' });
  assert.deepEqual(readAddress('redis://[::1]', { REDISCLI_AUTH: 'secret' }), { host: '::1', port: 6379, password: 'secret', db: 0, isTls: false, prefix: 'bellhop', shown: 'redis://[::1]' });
  for (const bad of ['redis://h/x', 'redis://h?prefix=a:b', 'http://h', 'redis:///var/run/redis.sock', '', 'redis://:pass@h/1e3']) assert.throws(() => readAddress(bad, {}), /^Error: the (queue|prefix)(?!.*pass@)/, bad);
});

test('a Redis that is not there, or is something else, or too old, is refused', async () => {
  await refused(['queue', `redis://127.0.0.1:${await freePort()}`], 1, /nothing answers there; is redis-server running/);
  /** @param {(text: string) => string} answer */
  const serving = async (answer) => {
    const server = createServer((socket) => socket.on('error', () => {}).on('data', (bytes) => socket.write(answer(String(bytes)))));
    await new Promise((done) => server.listen(0, '127.0.0.1', () => done(undefined)));
    return { server, url: `redis://127.0.0.1:${/** @type {any} */ (server.address()).port}` };
  };
  const info = '# Server\r\nredis_version:4.0.9\r\n';
  const old = await serving((text) => [...text.matchAll(/\*\d+\r\n\$\d+\r\n(\w+)/g)].map(([, command]) => command.toLowerCase() === 'info' ? `$${info.length}\r\n${info}\r\n` : '+OK\r\n').join(''));
  const web = await serving(() => 'HTTP/1.1 400 Bad Request\r\n\r\n');
  await refused(['queue', old.url], 2, /it is Redis 4\.0\.9, and 5\.0\.0 or later is needed/);
  await refused(['queue', web.url], 1, /what answers there is no Redis/);
  for (const { server } of [old, web]) server.close();
});

test('a password that is missing or wrong, a database that is not there; a Redis that throws keys away is warned of', { skip }, async () => {
  const locked = await RedisServer.start(['--requirepass', 'secret', '--maxmemory-policy', 'allkeys-lru']);
  const { url } = locked;
  await refused(['queue', url], 1, /it wants a password: redis:\/\/:PASSWORD@HOST:PORT, or REDISCLI_AUTH=PASSWORD/);
  await refused(['queue', url.replace('//', '//:wrong@')], 1, /^bellhop: the queue at redis:\/\/127\.0\.0\.1:\d+ cannot be used: it does not take this user and password/);
  await refused(['agent', `${url}/99`], 1, /it has no database of that number/, { REDISCLI_AUTH: 'secret' });
  const command = new Command(['queue', url], { env: { REDISCLI_AUTH: 'secret' } });
  assert.equal(await command.ended, 0);
  assert.match(command.stderr, /^bellhop: the Redis at \S+ throws keys away when its memory is full \(maxmemory-policy allkeys-lru\), and jobs with them; set maxmemory-policy noeviction\n$/);
  await locked.end();
});

test('TLS, with a certificate that is named', { skip: skip || spawnSync('openssl', ['version']).status !== 0 && 'openssl is not here, which makes the certificate' }, async () => {
  const at = (/** @type {string} */ name) => join(folder, name);
  assert.equal(spawnSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', at('key.pem'), '-out', at('cert.pem')]).status, 0);
  const port = await freePort();
  const server = await RedisServer.start(['--tls-port', String(port), '--tls-cert-file', at('cert.pem'), '--tls-key-file', at('key.pem'), '--tls-ca-cert-file', at('cert.pem'), '--tls-auth-clients', 'no']);
  await refused(['queue', `rediss://localhost:${port}`], 1, /its certificate is not trusted here; NODE_EXTRA_CA_CERTS=FILE names/);
  const command = new Command(['queue', `rediss://localhost:${port}`], { env: { NODE_EXTRA_CA_CERTS: at('cert.pem') } });
  assert.equal(await command.ended, 0, command.stderr);
  assert.match(command.stdout, /^jobs: 0 waiting/m);
  await server.end();
});

test('without the packages of the queue a sentence says how to get them', async () => {
  const copy = join(folder, 'copy');
  const root = fileURLToPath(new URL('../..', import.meta.url));
  mkdirSync(copy);
  spawnSync('cp', ['-r', join(root, 'web'), join(root, 'package.json'), copy]);
  const script = `import('${copy}/web/cli/queue.mjs').then(({ run }) => run(['redis://h'])).catch(({ message }) => console.log(message))`;
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8', cwd: copy });
  assert.match(stdout, /^a queue needs the packages bullmq and ioredis, which cannot be loaded here \(Cannot find package '\w+'.*\); install them: npm install bullmq@6 ioredis@6\n$/, stderr);
});

// ---- what comes over the wire ----

test('orders and results are checked field by field', () => {
  const job = jobOf(SHORT), order = { version: bh.version, job };
  const own = new Map();
  assert.deepEqual(readOrder(bh, JSON.stringify(order), job.id, own), order);
  /** @type {[object, RegExp][]} */
  const bad = [
    [{ ...order, version: '0.0.0' }, /its version is '0\.0\.0', but must be /], [{ ...order, code: 'x' }, /its order has an unknown field 'code'/],
    [{ ...order, job: { ...job, seed: 1 } }, /its id is '[0-9a-f]+…?', but must be the SHA-256 of its settings/], [{ ...order, job: { ...job, envFile: '/x.mjs' } }, /its job has an unknown field 'envFile'/],
    [{ ...order, job: { ...job, options: { nSteps: 5 } } }, /its options has an unknown field 'nSteps'/], [{ ...order, job: { ...job, options: { learningRate: 5e9 } } }, /options\.learningRate is 5000000000, but must be a number between/],
    [{ ...order, job: { ...job, metric: 'loss' } }, /its metric is 'loss', but must be one of eval\/mean_reward, /], [{ ...order, job: { ...job, metric: 'constructor' } }, /its metric is 'constructor'/],
    [{ ...order, job: { ...job, env: 'GridWorld' } }, /unknown environment 'GridWorld'; did you mean 'GridWorld-v0'\?/],
  ];
  for (const [given, sentence] of bad) assert.throws(() => readOrder(bh, JSON.stringify(given), job.id, own), sentence);
  assert.throws(() => readOrder(bh, JSON.stringify(order), 'f'.repeat(64), own), /its id is/);

  const result = { id: job.id, outcome: /** @type {const} */ ('finished'), score: 1, timesteps: 500, evaluations: /** @type {[number, number][]} */ ([[250, 1]]), fingerprint: 'a'.repeat(64), seconds: 1 };
  assert.deepEqual(readResult({ ...result, agent: 'a\n\u001b[31mb', extra: 1 }, job), { ...result, agent: 'a [31mb' });
  for (const wrong of [null, 5, {}, { ...result, id: 'x' }, { ...result, outcome: 'fine' }, { ...result, score: 'NaN' }, { ...result, evaluations: [[1]] }, { ...result, fingerprint: '' }, { ...result, timesteps: -1 }]) assert.throws(() => readResult(wrong, job), /^Error: its /);
});

test('a checkpoint and its evaluations are one piece', () => {
  const [checkpoint, evaluations] = [Uint8Array.of(1, 2, 3), new TextEncoder().encode('[[1,2]]')];
  assert.deepEqual(unpacked(packed(checkpoint, evaluations)), { checkpoint: Buffer.from(checkpoint), evaluations: Buffer.from(evaluations) });
  for (const bad of [new Uint8Array(), Uint8Array.of(1, 2), Uint8Array.of(255, 255, 255, 255, 0)]) assert.equal(unpacked(bad), null);
});
