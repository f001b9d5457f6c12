// SPDX-License-Identifier: MIT
// `bellhop record`: episodes of a policy, as demonstrations.
import { formatDemonstrations, load } from '../node/node.mjs';
import { findEnv } from '../lib/setup.mjs';
import { countTransitions, returnsOf } from '../lib/demonstrations.mjs';
import { mean } from '../lib/statistics.mjs';
import { UsageError, flagOf, hyperparameterFlags, inFlags, numberFlag, optionsFrom, ownEnvFlags, readArguments, wholeNumberFlag } from './args.mjs';
import { checkNamedFile, rescue, writeNamedFile } from './durable.mjs';
import { interruptible, noteStop } from './ending.mjs';
import { isEnvFile, openEnv } from './env-file.mjs';
import { number, print, printJson } from './output.mjs';
import { createRng } from '../lib/random.mjs';
import { makePlayer, recordUntil } from './play.mjs';
import { TEACHERS } from './teachers.mjs';

export const summary = 'Record episodes, to learn from them';
export const help = `Usage: bellhop record ENV --policy MODEL.safetensors|teacher|random --out FILE.jsonl
                      [--episodes N] [--seed N] [--epsilon E] [--json] [--env-OPTION VALUE ...]

Plays episodes of ENV (an id, or a FILE.mjs as bellhop train takes it) and writes them down as demonstrations (docs/demonstrations.md), for bellhop clone and for
bellhop train --algo dqn --demonstrations FILE.

  --policy WHO   a saved model (a folder: its best parameters), which plays greedily and whose values of all actions are recorded too; teacher, a policy
                 written by hand, for ${Object.keys(TEACHERS).join(' and ')}; random
  --out FILE     where to write
  --episodes N   how many (default 20)
  --seed N       of the episodes (default 0)
  --epsilon E    how many of the actions are random instead, 0 to 1 (default 0)
  --json         one JSON object

  bellhop record CartPole-v1 --policy teacher --episodes 20 --out cartpole.jsonl

Ctrl-C stops, writes the episodes that are complete and exits with 130. So does an error of your own environment, with 1.
`;

const OWN = ['policy', 'out', 'episodes', 'seed', 'epsilon', 'json'];

/** @param {string[]} argv */
export async function run(argv) {
  const bh = await load();
  const envFlags = [...hyperparameterFlags(bh.catalog)].filter(([name]) => name.startsWith('env-') || name === 'max-episode-steps');
  const own = OWN.map((name) => /** @type {[string, 'boolean' | 'string']} */ ([name, name === 'json' ? 'boolean' : 'string']));
  const { flags, positionals } = readArguments(argv, new Map([...ownEnvFlags(argv, isEnvFile), ...envFlags, ...own]), bh.catalog);
  if (positionals.length !== 1) throw new UsageError('record takes one environment: bellhop record ENV --policy WHO --out FILE');
  const { id } = await openEnv(bh, positionals[0], { evalFreq: 0 });
  const { options } = findEnv(bh.catalog, id);
  const stray = [...flags.keys()].find((flag) => flag.startsWith('env-') && !options.some((field) => flagOf(field, 'env-') === flag));
  if (stray !== undefined) throw new UsageError(`${id} has no option --${stray}; see bellhop options ${positionals[0]}`);
  const [policy, out] = ['policy', 'out'].map((name) => {
    const value = flags.get(name);
    if (value === undefined) throw new UsageError(`record needs --${name}; bellhop record --help says what it takes`);
    return String(value);
  });
  const episodes = wholeNumberFlag('episodes', flags.get('episodes'), 1, 1_000_000) ?? 20;
  const seed = wholeNumberFlag('seed', flags.get('seed'), 0, Number.MAX_SAFE_INTEGER) ?? 0;
  const epsilon = numberFlag('epsilon', flags.get('epsilon'), 0, 1) ?? 0;
  checkNamedFile('out', out);
  const limit = bh.catalog.run.filter(({ key }) => key === 'maxEpisodeSteps');
  const made = { ...optionsFrom(flags, options, 'env-'), ...optionsFrom(flags, limit) };
  const env = inFlags(limit, '', () => inFlags(options, 'env-', () => bh.make(id, made)));
  try {
    const random = createRng(seed);
    const player = makePlayer(bh, env, policy, random);
    return await interruptible(async (signal) => {
      const { demonstrations, error } = await recordUntil(env, player, { episodes, seed, epsilon, random }, signal);
      player.dispose();
      const complete = demonstrations.episodes.length;
      if (complete > 0) {
        write(out, formatDemonstrations(demonstrations));
        report(demonstrations, { out, seed, json: flags.has('json') });
      }
      if (error !== undefined) throw new Error(`seed ${seed}: ${error}; ${whatIsWritten(complete, episodes)}`);
      if (complete < episodes) noteStop(signal, whatIsWritten(complete, episodes));
      return 0;
    });
  } finally {
    env.dispose();
  }
}

/** Where it cannot be written, it is saved elsewhere, and the error says where. @param {string} out @param {string} text */
function write(out, text) {
  try {
    writeNamedFile('out', out, text);
  } catch (error) {
    throw new Error(`${/** @type {Error} */ (error).message}; ${rescue([[out, text]])}`, { cause: error });
  }
}

/** @param {number} complete @param {number} episodes */
function whatIsWritten(complete, episodes) {
  return complete === 0 ? 'no episode was complete, and nothing is written' : `the ${number(complete)} of ${number(episodes)} episodes that were complete are written`;
}

/** @param {import('../bellhop.js').Demonstrations} demonstrations @param {{ out: string, seed: number, json: boolean }} how */
function report({ env, policy, episodes }, { out, seed, json }) {
  const returns = returnsOf(episodes);
  const transitions = countTransitions(episodes);
  const [low, high] = [Math.min(...returns), Math.max(...returns)];
  if (json) {
    printJson({ type: 'demonstrations', env, policy, episodes: episodes.length, transitions, seed, mean_return: mean(returns), min_return: low, max_return: high });
    return;
  }
  print(`${env} · ${policy} · ${number(episodes.length)} episodes, seed ${seed}`);
  print(`return      mean ${number(mean(returns))}  min ${number(low)}  max ${number(high)}`);
  print(`written     ${number(transitions)} transitions in ${out}`);
}
