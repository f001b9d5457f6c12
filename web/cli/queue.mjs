// SPDX-License-Identifier: MIT
// `bellhop queue`: what a queue holds, which agents there are; pause, resume, cancel.
import process from 'node:process';
import { suggestion } from '../lib/messages.mjs';
import { UsageError, readArguments } from './args.mjs';
import { number, print, printJson, printTable } from './output.mjs';

export const summary = 'Show, pause, resume or cancel the jobs of a queue';
export const help = `Usage: bellhop queue REDIS [pause | resume | cancel] [--json]

Shows how many jobs wait, run, are done or have failed (cancelled ones included), and the agents. REDIS is as in bellhop agent.

  pause    agents take no more jobs; running jobs finish
  resume   agents take jobs again
  cancel   removes waiting jobs and stops running ones, of all sweeps that use the queue; results are kept
  --json   one JSON object

  bellhop queue redis://farm.example:6379
  bellhop queue redis://farm.example:6379 pause
`;

const VERBS = ['pause', 'resume', 'cancel'];

/** @param {string[]} argv */
export async function run(argv) {
  const { flags, positionals: [address, verb, ...rest] } = readArguments(argv, new Map(/** @type {const} */ ([['json', 'boolean']])));
  if (address === undefined) throw new UsageError('queue needs an address: bellhop queue redis://HOST:6379');
  if (rest.length > 0) throw new UsageError(`queue takes an address and one of ${VERBS.join(', ')}, but got '${rest.join(' ')}', too`);
  if (verb !== undefined && !VERBS.includes(verb)) throw new UsageError(`queue cannot '${verb}'${suggestion(verb, VERBS) || `; it can ${VERBS.join(', ')}`}`);
  const { connectQueue } = await import('./queue-redis.mjs');
  const connection = await connectQueue(address, { warn: (sentence) => process.stderr.write(`bellhop: ${sentence}\n`) });
  try {
    const queue = connection.queue(() => {});
    if (verb !== undefined) await act(connection, queue, verb);
    await show(connection, queue, flags.has('json'));
    return 0;
  } finally {
    await connection.close();
  }
}

/** @param {import('./queue-redis.mjs').QueueConnection} connection @param {import('bullmq').Queue} queue @param {string} verb */
async function act(connection, queue, verb) {
  if (verb === 'pause') return queue.pause();
  if (verb === 'resume') return queue.resume();
  const { cancelAll } = await import('./queue-control.mjs');
  const left = await cancelAll(connection, queue);
  process.stderr.write(`bellhop: ${left} ${left === 1 ? 'job' : 'jobs'} cancelled; those that run stop within seconds\n`);
}

/** @param {import('./queue-redis.mjs').QueueConnection} connection @param {import('bullmq').Queue} queue @param {boolean} isJson */
async function show(connection, queue, isJson) {
  const { agentsOf, versionOf } = await import('./queue-control.mjs');
  const [counts, isPaused, version, agents] = await Promise.all([queue.getJobCounts('waiting', 'prioritized', 'delayed', 'active', 'completed', 'failed'), queue.isPaused(), versionOf(connection), agentsOf(connection)]);
  const jobs = { waiting: counts.waiting + counts.prioritized + counts.delayed, running: counts.active, done: counts.completed, failed: counts.failed };
  if (isJson) return printJson({ type: 'queue', address: connection.address.shown, version, paused: isPaused, jobs, agents });
  print(`${connection.address.shown}${version === null ? '' : `, bellhop ${version}`}${isPaused ? ', paused' : ''}`);
  print(`jobs: ${Object.entries(jobs).map(([name, count]) => `${number(count)} ${name}`).join(', ')}`);
  if (agents.length === 0) return print(`no agents; start one: bellhop agent ${connection.address.shown}`);
  printTable([['agent', 'version', 'runs', 'of', 'done', 'since'], ...agents.map(({ name, version: own, running, places, done, since }) => [name, own, String(running), String(places), String(done), `${new Date(since).toISOString().slice(0, 19)}Z`])]);
}
