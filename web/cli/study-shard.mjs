// SPDX-License-Identifier: MIT
// Parts of a study for a farm without a server: the runs are dealt out by their place in the study, so each part has as many, give or take one, and
// no part needs to know of another.
import { UsageError } from './args.mjs';

/** @typedef {{ index: number, count: number }} Shard  index: from 1 */

const COUNT_MAX = 1_000_000;

/** "3/7" @param {string} text @returns {Shard} */
export function readShard(text) {
  const [, index, count] = /^(\d{1,9})\/(\d{1,9})$/.exec(text) ?? [];
  if (index === undefined) throw new UsageError(`--shard is '${text}', but must be a part and how many there are, such as 3/7`);
  const shard = { index: Number(index), count: Number(count) };
  if (shard.count < 1 || shard.count > COUNT_MAX) throw new UsageError(`--shard is '${text}', but there can be 1 to ${COUNT_MAX} parts`);
  if (shard.index < 1 || shard.index > shard.count) throw new UsageError(`--shard is '${text}', but parts are counted from 1 to ${shard.count}; in Slurm: --array=1-${shard.count}`);
  return shard;
}

/** Refuses a part of what cannot be parted. @param {Shard} shard @param {import('../bellhop.js').Study} study @param {string} file @returns {Shard} */
export function shardOf(shard, { definition: { method, early_terminate: pruner } }, file) {
  const why = pruner !== undefined ? `early_terminate: ${pruner.type}` : method === 'tpe' ? 'method: tpe' : undefined;
  if (why === undefined) return shard;
  throw new UsageError(`--shard is for runs that do not wait for each other, and ${file} has ${why}, which makes runs of the results of others; take --queue, or method: grid or random without early_terminate`);
}

/** Whether a job is of a part. @param {Shard | undefined} shard @param {import('../bellhop.js').Study} study @returns {(job: import('../bellhop.js').Job) => boolean} */
export function isOfShard(shard, { seeds }) {
  if (shard === undefined) return () => true;
  const places = new Map(seeds.map((seed, i) => [seed, i]));
  return ({ trial, seed }) => (trial * seeds.length + Number(places.get(seed))) % shard.count === shard.index - 1;
}
