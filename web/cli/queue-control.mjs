// SPDX-License-Identifier: MIT
// What is said about a queue as a whole: which version of Bellhop it is of, which agents there are, that its jobs are cancelled.
import { UsageError } from './args.mjs';
import { plainLine } from './queue-job.mjs';

/** @typedef {import('./queue-redis.mjs').QueueConnection} QueueConnection */
/** @typedef {{ name: string, version: string, places: number, running: number, done: number, since: number }} AgentState  since: milliseconds of the clock */

/** Seconds after which an agent that says nothing is not listed any more. */
const AGENT_SECONDS = 20;
const AGENTS_MAX = 10_000;
/** States of jobs that somebody waits for. */
export const LEFT = /** @type {const} */ (['waiting', 'prioritized', 'delayed', 'active']);

/** @param {QueueConnection} connection @returns {Promise<string | null>} */
export async function versionOf({ redis, key }) {
  const version = await redis.get(key('version'));
  return version === null ? null : plainLine(version, 40);
}

/**
 * Says of which version the jobs are that will come; refuses while jobs of another version are there.
 * @param {QueueConnection} connection @param {import('bullmq').Queue} queue @param {string} version
 */
export async function claimVersion(connection, queue, version) {
  const { redis, address } = connection;
  const key = connection.key('version');
  const found = await redis.set(key, version, 'NX') === 'OK' ? version : await versionOf(connection);
  if (found === version) return;
  const left = await queue.getJobCountByTypes(...LEFT);
  if (left > 0) throw new UsageError(`the queue at ${address.shown} has ${left} jobs of bellhop ${found}, and this is bellhop ${version}; wait until they are done, cancel them (bellhop queue ${address.shown} cancel), or take another prefix (?prefix=NAME)`);
  await redis.set(key, version);
}

/** @param {QueueConnection} connection @param {string} agent @param {string} version  of the agent */
export async function checkVersion(connection, agent, version) {
  const found = await versionOf(connection);
  if (found !== null && found !== version) throw new UsageError(`agent ${agent} is bellhop ${version}, and the queue at ${connection.address.shown} has jobs of bellhop ${found}, whose bits may be others; install that version there: npm install bellhop@${found}`);
}

/** How often jobs were cancelled: whoever waits or works notices that the number has changed. @param {QueueConnection} connection @returns {Promise<number>} */
export async function cancellations({ redis, key }) {
  return Number(await redis.get(key('cancelled'))) || 0;
}

/** Nobody waits for these jobs any more: those that wait are removed, those that run are ended by their agents. @param {QueueConnection} connection @param {import('bullmq').Queue} queue @returns {Promise<number>} how many there were */
export async function cancelAll(connection, queue) {
  const left = await queue.getJobCountByTypes(...LEFT);
  await connection.redis.incr(connection.key('cancelled'));
  await queue.drain(true);
  return left;
}

/** An agent is there. @param {QueueConnection} connection @param {AgentState} state */
export async function announce({ redis, key }, state) {
  await redis.multi().set(key('agent', state.name), JSON.stringify(state), 'EX', AGENT_SECONDS).sadd(key('agents'), state.name).exec();
}

/** @param {QueueConnection} connection @param {string} name */
export async function leave({ redis, key }, name) {
  await redis.multi().del(key('agent', name)).srem(key('agents'), name).exec();
}

/** @param {QueueConnection} connection @returns {Promise<AgentState[]>} */
export async function agentsOf({ redis, key }) {
  /** @type {string[]} */
  const names = [];
  for (let cursor = '0', isOver = false; !isOver && names.length < AGENTS_MAX; isOver = cursor === '0') {
    const [next, some] = await redis.sscan(key('agents'), cursor, 'COUNT', 1000);
    names.push(...some);
    cursor = next;
  }
  const texts = names.length === 0 ? [] : await redis.mget(names.map((name) => key('agent', name)));
  const gone = names.filter((_, i) => texts[i] === null);
  if (gone.length > 0) await redis.srem(key('agents'), ...gone);
  return texts.flatMap((text) => (text === null ? [] : stateFrom(text))).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** @param {string} text @returns {AgentState[]} none where it is not one */
function stateFrom(text) {
  try {
    const { name, version, places, running, done, since } = JSON.parse(text);
    return [{ name: plainLine(name, 200), version: plainLine(version, 40), places: Number(places) || 0, running: Number(running) || 0, done: Number(done) || 0, since: Number(since) || 0 }];
  } catch {
    return [];
  }
}
