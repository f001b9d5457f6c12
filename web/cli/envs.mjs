// SPDX-License-Identifier: MIT
// `bellhop envs`: the environments there are.
import { load } from '../node/node.mjs';
import { UsageError, readArguments } from './args.mjs';
import { constant, print, printJson, printTable } from './output.mjs';

export const summary = 'List the environments';
export const help = `Usage: bellhop envs [--json]

Lists the environments with their spaces, the mean return that counts as solved and the time limit.

  --json   one JSON object per line: id, observation_space, action_space, reward_threshold, max_episode_steps
`;

/** @param {string[]} argv */
export async function run(argv) {
  const { flags, positionals } = readArguments(argv, new Map([['json', 'boolean']]));
  if (positionals.length > 0) throw new UsageError(`envs takes no argument, but got '${positionals[0]}'`);
  const { catalog } = await load();
  if (flags.has('json')) catalog.envs.forEach((env) => printJson(asJson(env)));
  else asTable(catalog.envs);
  return 0;
}

/** @param {import('../bellhop.js').EnvEntry} env */
function asJson({ id, observation_space, action_space, reward_threshold, max_episode_steps }) {
  return { id, observation_space: finite(observation_space), action_space, reward_threshold, max_episode_steps };
}

/** JSON has no infinities; "Infinity" is what Number() and Python's float() read back. @param {import('../bellhop.js').SpaceEntry} space */
function finite(space) {
  if (space.type === 'Discrete') return space;
  const bound = (/** @type {number} */ value) => Number.isFinite(value) ? value : String(value);
  const bounds = (/** @type {number | readonly number[]} */ given) => typeof given === 'number' ? bound(given) : given.map(bound);
  return { ...space, low: bounds(space.low), high: bounds(space.high) };
}

/** @param {readonly import('../bellhop.js').EnvEntry[]} envs */
function asTable(envs) {
  const shape = (/** @type {import('../bellhop.js').SpaceEntry} */ space) =>
    space.type === 'Discrete' ? `Discrete(${space.n})` : `Box(${space.shape.join(', ')})`;
  printTable([
    ['environment', 'observations', 'actions', 'solved at', 'limit', 'what it is'],
    ...envs.map((env) => [
      env.id, shape(env.observation_space), shape(env.action_space), env.reward_threshold === null ? '-' : constant(env.reward_threshold),
      String(env.max_episode_steps ?? '-'), env.summary,
    ]),
  ]);
  print('\nTrain one: bellhop train CartPole-v1. Their options: bellhop options ENV.');
}
