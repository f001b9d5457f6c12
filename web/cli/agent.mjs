// SPDX-License-Identifier: MIT
// `bellhop agent`: this machine runs jobs of a queue.
import { availableParallelism, hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { load } from '../node/node.mjs';
import { UsageError, numberFlag, readArguments, wholeNumberFlag } from './args.mjs';
import { makeFolder, writing } from './durable.mjs';
import { interruptible, noteStop } from './ending.mjs';
import { openEnvFile } from './env-file.mjs';
import { checkNative, nativeProgram } from './native-process.mjs';
import { number, print } from './output.mjs';
import { plainLine } from './queue-job.mjs';
import { sha256OfFile } from './study-local.mjs';

export const summary = 'Run jobs of a queue (bellhop sweep --queue)';
export const help = `Usage: bellhop agent REDIS [--jobs N] [--env FILE ...] [--work DIR] [--shared DIR] [--name NAME]
                     [--checkpoint-interval SECONDS] [--stalled-after SECONDS] [--idle SECONDS] [--native] [--quiet]

Runs the jobs of bellhop sweep STUDY --queue REDIS and returns their results. Start it on as many machines as you like, before the
sweep or after it. REDIS is redis://HOST:6379, or for TLS and a password
rediss://USER:PASSWORD@HOST:6380/0?prefix=NAME; a password may stand in the variable REDISCLI_AUTH instead.

  --jobs N         jobs at a time (default: as many as there are processors)
  --env FILE       file of an environment of your own, which jobs name by its SHA-256; can be repeated. No job brings code
  --work DIR       folder for checkpoints (default: one in ${tmpdir()})
  --shared DIR     folder that all agents and the sweep see: checkpoints and models go through it. Otherwise they go through
                   Redis, checkpoints up to 16 MB and models up to 4 MB each
  --name NAME      its name (default: the machine and the process)
  --checkpoint-interval SECONDS  between checkpoints (default: 30)
  --stalled-after SECONDS        an agent that is silent for so long loses its jobs to others (default: 30)
  --idle SECONDS   exit after so long without a job (default: never)
  --native         as in bellhop train (docs/native.md); environments of your own still run in JavaScript
  --quiet          no line for each job

  bellhop agent redis://farm.example:6379
  bellhop agent 'redis://farm.example:6379?prefix=class-3' --jobs 8 --env corridor.mjs

Ctrl-C and SIGTERM give running jobs back with their checkpoints, for another agent to resume; a second one ends the agent at once.
An agent of another version of Bellhop than the sweep's is refused. Needs the packages bullmq and ioredis.
`;

/** @param {string[]} argv */
export async function run(argv) {
  const known = /** @type {const} */ ([
    ['jobs', 'string'], ['env', 'list'], ['work', 'string'], ['shared', 'string'], ['name', 'string'], ['checkpoint-interval', 'string'], ['stalled-after', 'string'], ['idle', 'string'], ['native', 'boolean'], ['quiet', 'boolean'],
  ]);
  const { flags, lists, positionals } = readArguments(argv, new Map(known));
  if (positionals.length !== 1) throw new UsageError(positionals.length === 0 ? 'agent needs the address of a queue: bellhop agent redis://HOST:6379' : `agent takes one address, but got '${positionals.join(' ')}'`);
  const threads = wholeNumberFlag('jobs', flags.get('jobs'), 1, 1024) ?? availableParallelism();
  const interval = numberFlag('checkpoint-interval', flags.get('checkpoint-interval'), 0.1, 86400) ?? 30;
  const stalledAfter = numberFlag('stalled-after', flags.get('stalled-after'), 1, 3600) ?? 30;
  const idle = numberFlag('idle', flags.get('idle'), 0, 1e9);
  const name = nameFrom(flags.get('name'));
  const bh = await load(), native = flags.has('native') ? nativeProgram() : undefined;
  if (native !== undefined) await checkNative(native, bh.catalog.version);
  const own = await openEnvs(bh, lists.get('env') ?? []);
  const work = String(flags.get('work') ?? join(tmpdir(), `bellhop-agent-${process.pid}`));
  writing('work', work, () => makeFolder(work));
  const shared = flags.get('shared');
  if (shared !== undefined) writing('shared', String(shared), () => makeFolder(String(shared)));
  const isQuiet = flags.has('quiet');
  const options = { name, native, threads, work, own, interval, stalledAfter, ...shared !== undefined && { shared: String(shared) }, warn, onResult: isQuiet ? () => {} : printResult, onResume: isQuiet ? () => {} : printResume };
  return interruptible(async (signal) => {
    const [{ connectQueue }, { Agent }] = await Promise.all([import('./queue-redis.mjs'), import('./queue-agent.mjs')]);
    const connection = await connectQueue(positionals[0], { warn });
    try {
      const agent = new Agent(bh, connection, options);
      if (!isQuiet) print(`agent ${name}: bellhop ${bh.version}, ${threads} ${threads === 1 ? 'job' : 'jobs'} at a time, ${connection.address.shown}`);
      await agent.work(signal, idle);
      noteStop(signal, `${number(agent.done)} ${agent.done === 1 ? 'job' : 'jobs'} done${agent.givenBack === 0 ? '' : `, ${number(agent.givenBack)} given back to the queue with ${agent.givenBack === 1 ? 'its checkpoint' : 'their checkpoints'}`}`);
      return 0;
    } finally {
      await connection.close();
    }
  });
}

/** @param {string} sentence */
function warn(sentence) {
  process.stderr.write(`bellhop: ${sentence.replaceAll('\n', ' ')}\n`);
}

/** @param {string | true | undefined} typed */
function nameFrom(typed) {
  const name = String(typed ?? `${hostname()}-${process.pid}`);
  if (!/^[\w.@-]{1,100}$/.test(name)) throw new UsageError(`--name is '${plainLine(name, 100)}', but must be 1 to 100 letters, digits, '.', '-', '_' or '@'`);
  return name;
}

/** @param {import('../bellhop.js').Bellhop} bh @param {readonly string[]} files @returns {Promise<import('./queue-job.mjs').OwnEnvs>} */
async function openEnvs(bh, files) {
  const own = new Map();
  for (const path of files) {
    const { file, ids } = await openEnvFile(bh, path);
    own.set(sha256OfFile(file), { file, ids });
  }
  return own;
}

/** @param {import('../bellhop.js').Job} job @param {number} timesteps */
function printResume(job, timesteps) {
  print(`${aboutJob(job)}  resumed at step ${number(timesteps)}`);
}

/** @param {import('../bellhop.js').Job} job @param {import('../bellhop.js').JobResult} result */
function printResult(job, { outcome, score, timesteps, seconds = 0, message }) {
  print(`${aboutJob(job)}  ${outcome}  ${job.metric} ${score === null ? '-' : number(score)}  ${number(timesteps)} steps  ${number(seconds)} s${message === undefined ? '' : `  ${plainLine(message, 200)}`}`);
}

/** @param {import('../bellhop.js').Job} job */
const aboutJob = ({ id, env, algo, trial, seed }) => `${id.slice(0, 12)}  ${algo} in ${env}  trial ${trial} seed ${seed}`;
