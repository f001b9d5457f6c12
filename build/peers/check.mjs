// SPDX-License-Identifier: MIT
// Do the peers of `npm run bench:peers` learn the same? All are given the parameters and the transitions of
// tests/golden/mlp_dqn.bin and make UPDATES updates; after each, their Q-values of the batch must be those of plain.mjs, which
// tests/node/peers.test.mjs holds to PyTorch's numbers (as tests/c holds Bellhop). The norm is clipped at a value that is
// passed in every other update: a peer that does not clip, or clips each tensor by itself, is found out.
import { readFileSync } from 'node:fs';
import { Failure, ROOT } from '../run.mjs';
import { simple } from './loops.mjs';
import { PlainLearner } from './plain.mjs';
/** @import { Batch, LearnerOptions } from './cases.mjs' */

const UPDATES = 10;
const TOLERANCE = 1e-4;
const GAMMA = Math.fround(0.99);
const GOLDEN = `${ROOT}/tests/golden/mlp_dqn`;

/** What the reference needs of mlp_dqn.bin; offsets are those of mlp_dqn.h. */
export function readGolden() {
  const header = readFileSync(`${GOLDEN}.h`, 'utf8'), bytes = readFileSync(`${GOLDEN}.bin`);
  const at = (/** @type {string} */ name) => Number(header.match(new RegExp(`GOLDEN_${name} = (\\d+)`))?.[1]);
  const copy = (/** @type {string} */ name, /** @type {number} */ n) => bytes.buffer.slice(bytes.byteOffset + at(name), bytes.byteOffset + at(name) + n);
  const [P, B] = [at('MLP_PARAMS'), at('MLP_BATCH')];
  const floats = (/** @type {string} */ name, /** @type {number} */ n) => new Float32Array(copy(name, 4 * n));
  const doubles = (/** @type {string} */ name, /** @type {number} */ n) => new Float64Array(copy(name, 8 * n));
  const dones = new Uint8Array(copy('DONES', B));
  /** @type {Batch} */
  const batch = {
    x_tm1: floats('STATES', 4 * B), a_tm1: Int32Array.from(new Uint8Array(copy('ACTIONS', B))), r_t: floats('REWARDS', B),
    discount_t: Float32Array.from(dones, (done) => (done ? 0 : GAMMA)), x_t: floats('NEXT_STATES', 4 * B),
  };
  return { batch, doubles, n_params: P, sizes: [4, 64, 64, 2], online: floats('ONLINE', P), target: floats('TARGET', P) };
}

/** The updates' batches: the golden one with its rewards scaled in turns. @param {Batch} batch @param {number[]} scales */
function batchesOf(batch, scales) {
  return Array.from({ length: UPDATES }, (_, k) => ({ ...batch, r_t: batch.r_t.map((r) => r * scales[k % scales.length]) }));
}

/** @typedef {{ options: LearnerOptions, batches: Batch[], wanted: number[] }} Task */

/** Adam and clipping: rewards as they are, then a quarter of them. */
function sameTask() {
  const { batch, sizes, online, target } = readGolden();
  const batches = batchesOf(batch, [1, 0.25]);
  const learn = (/** @type {number} */ maxNorm) => {
    const options = { sizes, batch: batch.a_tm1.length, learningRate: 1e-3, maxNorm }, norms = [];
    const learner = new PlainLearner(options, simple);
    learner.setParameters(online, target);
    const wanted = [];
    for (const one of batches) {
      learner.update(one);
      norms.push(Math.hypot(...learner.grads.all));
      wanted.push(...learner.qValues(one.x_tm1));
    }
    return { options, batches, wanted, norms };
  };
  const { norms, wanted: unclipped } = learn(Infinity);
  const task = learn((Math.min(...norms) + Math.max(...norms)) / 2);
  if (worst(task.wanted, unclipped) < 3 * TOLERANCE) throw new Error('the check of the peers could not see clipping');
  return task;
}

/** ConvNetJS: momentum; rewards so small that Huber's loss is half the square, as its loss is, and no clipping. @returns {Task} */
function momentumTask() {
  const { batch, sizes, online, target } = readGolden();
  const options = { sizes, batch: batch.a_tm1.length, learningRate: 0.05, maxNorm: Infinity };
  const batches = batchesOf(batch, [0.1]), learner = new PlainLearner(options, simple);
  learner.setParameters(online, target);
  const speed = new Float64Array(learner.online.all.length), wanted = [];
  for (const one of batches) {
    learner.gradient(one);
    if (Math.max(...learner.dacts[2].map(Math.abs)) >= 1 / options.batch) throw new Error('the check of ConvNetJS has errors above 1');
    speed.forEach((v, i) => { speed[i] = 0.9 * v - options.learningRate * learner.grads.all[i]; });
    learner.online.all.forEach((p, i, all) => { all[i] = p + speed[i]; });
    wanted.push(...learner.qValues(one.x_tm1));
  }
  return { options, batches, wanted };
}

/** The largest difference. @param {ArrayLike<number>} a @param {ArrayLike<number>} b */
export function worst(a, b) {
  let most = a.length === b.length ? 0 : NaN;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i] - b[i])); // NaN stays NaN
  return most;
}

/**
 * The largest difference of each peer; a Failure when one does not agree.
 * @param {import('./open.mjs').Peer[]} peers
 */
export async function checkPeers(peers) {
  const tasks = { same: sameTask(), momentum: momentumTask() };
  const { online, target } = readGolden();
  /** @type {Record<string, number>} */
  const differences = {};
  for (const { name, label, rule, ask } of peers) {
    const { options, batches, wanted } = tasks[rule];
    // JSON has no Infinity.
    const order = { order: 'learn', options: { ...options, maxNorm: Math.min(options.maxNorm, 1e9) }, online: [...online], target: [...target],
      batches: batches.map((batch) => Object.fromEntries(Object.entries(batch).map(([key, values]) => [key, [...values]]))) };
    differences[name] = worst(await ask(order), wanted);
    if (!(differences[name] <= TOLERANCE)) {
      throw new Failure(`${label} does not learn what the others learn: its Q-values are up to ${differences[name]} off, ${TOLERANCE} is allowed.`);
    }
  }
  return differences;
}
