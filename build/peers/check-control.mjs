// SPDX-License-Identifier: MIT
// Does PyTorch learn what Bellhop's DDPG, TD3 and SAC learn? The module that is measured makes UPDATES updates and gives its
// parameters from before, each batch and the noise it drew; a peer repeats them. Then the parameters of actor, critics and
// targets, and SAC's entropy coefficient, must be the same, in the mean: a weight whose gradient is nearly 0 may take a step
// of Adam of either sign.
import { Failure } from '../run.mjs';
/** @import { Subject } from '../bench/measure.mjs' */
/** @import { Records } from '../bench/module.mjs' */
/** @import { Peer } from './open.mjs' */

export const ALGORITHMS = /** @type {const} */ (['ddpg', 'td3', 'sac']);
const UPDATES = 10;
const HIDDEN = 64;
const BATCH = 100;
/** Reals of a transition in a record. */
const ROW = 9;
/** Ten updates move parameters by 2e-3 to 5e-3 in the mean, targets by a hundredth of that. */
const TOLERANCE = 1e-6;

/** @typedef {{ parameters: ArrayLike<number>, target: ArrayLike<number>, log_alpha: number }} Learned  all parameters: actor, then critics */

/** @param {Float32Array} record */
function batchOf(record) {
  const noise = ROW * BATCH;
  return { rows: [...record.subarray(0, noise)], eps_1: [...record.subarray(noise, noise + BATCH)], eps_2: [...record.subarray(noise + BATCH)] };
}

/** Bellhop's updates as an order, and what they gave. @param {Subject & Records} bellhop @param {string} algo */
export async function recordUpdates(bellhop, algo) {
  const handle = await bellhop.open(algo, HIDDEN, BATCH);
  const parameters = [...bellhop.values(handle, 'parameters')];
  const batches = Array.from({ length: UPDATES }, () => batchOf(bellhop.record(handle)));
  const wanted = { parameters: bellhop.values(handle, 'parameters'), target: bellhop.values(handle, 'target'), log_alpha: bellhop.values(handle, 'log_alpha')[0] ?? 0 };
  await bellhop.close(handle);
  return { order: { order: 'learn', algo, hidden: HIDDEN, parameters, batches }, wanted };
}

/** @param {ArrayLike<number>} a @param {ArrayLike<number>} b */
function meanDifference(a, b) {
  let sum = a.length === b.length ? 0 : NaN;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i] - b[i]);
  return sum / a.length;
}

/** Of SAC a peer gives the critics' targets only: its actor's are used by nobody. @param {Learned} peer @param {Learned} wanted */
export function difference(peer, wanted) {
  const target = Array.from(wanted.target).slice(-peer.target.length);
  return Math.max(meanDifference(peer.parameters, wanted.parameters), meanDifference(peer.target, target), Math.abs(peer.log_alpha - wanted.log_alpha));
}

/**
 * The largest difference in each algorithm; a Failure when a peer does not agree.
 * @param {Subject & Records} bellhop @param {Peer[]} peers
 */
export async function checkControl(bellhop, peers) {
  /** @type {Record<string, number>} */
  const differences = {};
  for (const algo of ALGORITHMS) {
    const { order, wanted } = await recordUpdates(bellhop, algo);
    for (const { label, ask } of peers) {
      const off = difference(await ask(order), wanted);
      if (!(off <= TOLERANCE)) throw new Failure(`${label}'s ${algo} does not learn what Bellhop learns: parameters are ${off} off on average, ${TOLERANCE} is allowed.`);
      differences[algo] = Math.max(off, differences[algo] ?? 0);
    }
  }
  return differences;
}
