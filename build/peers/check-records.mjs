// SPDX-License-Identifier: MIT
// Does PyTorch learn what Bellhop's networks over images, PPO and language model learn? The module that is measured makes updates
// and gives its parameters from before and what each update learned from; a peer repeats them. Then the parameters must be the
// same, in the mean: a weight whose gradient is nearly 0 may take a step of Adam of either sign. What a language model writes must
// be the same tokens.
import { Failure } from '../run.mjs';
/** @import { Subject } from '../bench/measure.mjs' */
/** @import { Records } from '../bench/module.mjs' */
/** @import { Peer } from './open.mjs' */

/** @typedef {{ kind: string, sizes: number[], updates: number, tolerance: number }} Check  tolerance: of the mean difference of parameters */

/** Updates move parameters by the learning rate and more in the mean: 1e-4 of DQN, 3e-4 of PPO, 1e-3 of a language model, times updates. @type {Check[]} */
export const CHECKS = [
  { kind: 'nature', sizes: [32], updates: 3, tolerance: 1e-8 },
  { kind: 'minatar', sizes: [32], updates: 10, tolerance: 1e-8 },
  { kind: 'ppo', sizes: [64, 64, 2], updates: 1, tolerance: 1e-7 },
  { kind: 'lm', sizes: [64, 16], updates: 10, tolerance: 1e-6 },
  { kind: 'decode', sizes: [64], updates: 1, tolerance: 0 },
];

/** Of float32 numbers, in base64: a batch of images is 7 MB. @param {Float32Array} values */
const encode = (values) => Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');
/** @param {string} text */
const decode = (text) => new Float32Array(new Uint8Array(Buffer.from(text, 'base64')).buffer);

/** @param {Float32Array} a @param {Float32Array} b */
function meanDifference(a, b) {
  let sum = a.length === b.length ? 0 : NaN;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i] - b[i]);
  return sum / a.length;
}

/** Bellhop's updates as an order, what they gave, and how far they moved. @param {Subject & Records} bellhop @param {Check} check */
export async function recordUpdates(bellhop, { kind, sizes, updates }) {
  const handle = await bellhop.open(kind, ...sizes);
  const before = bellhop.values(handle);
  const records = Array.from({ length: updates }, () => bellhop.record(handle));
  const wanted = kind === 'decode' ? records[0] : bellhop.values(handle);
  await bellhop.close(handle);
  const order = { order: 'repeat', kind, sizes, parameters: encode(before), records: kind === 'decode' ? [] : records.map(encode) };
  return { order, wanted, moved: kind === 'decode' ? NaN : meanDifference(before, wanted) };
}

/**
 * The largest mean difference of each kind that these peers have; a Failure when one does not agree.
 * @param {Subject & Records} bellhop @param {Peer[]} peers @param {string[]} kinds @returns {Promise<Record<string, number>>}
 */
export async function checkRecords(bellhop, peers, kinds) {
  /** @type {Record<string, number>} */
  const differences = {};
  for (const check of peers.length > 0 ? CHECKS.filter(({ kind }) => kinds.includes(kind)) : []) {
    const { order, wanted } = await recordUpdates(bellhop, check);
    for (const { label, ask } of peers) {
      const off = meanDifference(decode(await ask(order)), wanted);
      if (!(off <= check.tolerance)) {
        throw new Failure(`${label}'s ${check.kind} does not learn what Bellhop learns: it is ${off} off on average, ${check.tolerance} is allowed.`);
      }
      differences[check.kind] = Math.max(off, differences[check.kind] ?? 0);
    }
  }
  return differences;
}
