// SPDX-License-Identifier: MIT
// The process of one JavaScript peer: node child.mjs NAME FOLDER, FOLDER being where packages are installed. Each peer has a
// process, and so an engine, of its own: none runs code that another one made polymorphic. Takes orders, one JSON object a
// line, and answers each with one, { value } or { error }; those in Python take the same, and some `repeat` (check-records.mjs)
// instead of `learn`.
//
//     { order: 'hello' }                                         { version, note }
//     { order: 'open', kind, sizes }                             a number for the case; sizes as in tests/bench/bench*.c
//     { order: 'time', handle, n }                               seconds of n runs, all their work done, on the processor
//     { order: 'close', handle }                                 0
//     { order: 'learn', options, online, target, batches }       Q-values of each batch's x_tm1 after the updates
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { cpuNow } from '../bench/clock.mjs';
import { openCase, optionsOf, randomParameters } from './cases.mjs';
import { openConvnet } from './convnet.mjs';
import { blocked, simple } from './loops.mjs';
import { PlainLearner } from './plain.mjs';
import { openTfjs } from './tfjs.mjs';
/** @import { Batch, Learner, LearnerOptions, Run } from './cases.mjs' */

/** @typedef {{ version: string, note: string, create: (options: LearnerOptions) => Learner }} Peer */

/** @param {import('./loops.mjs').Loops} loops @param {string} note @returns {Peer} */
function plain(loops, note) {
  return { version: process.version, note, create: (options) => new PlainLearner(options, loops) };
}

/** @type {Record<string, (load: NodeJS.Require) => Peer | Promise<Peer>>} */
const PEERS = {
  'plain': () => plain(simple, 'typed arrays, simple loops'),
  'plain-blocked': () => plain(blocked, 'typed arrays, loops blocked by 4'),
  'tfjs-cpu': (load) => openTfjs(load, 'cpu'),
  'tfjs-wasm': (load) => openTfjs(load, 'wasm'),
  'convnetjs': openConvnet,
};

/** @param {Peer} peer @returns {Record<string, (order: any) => unknown>} */
function ordersOf({ version, note, create }) {
  /** @type {({ learner: Learner, run: Run } | null)[]} */
  const cases = [];
  return {
    hello: () => ({ version, note }),
    open({ kind, sizes: [hidden, batch] }) {
      const options = optionsOf(kind, hidden, batch), learner = create(options);
      const parameters = randomParameters(options.sizes);
      learner.setParameters(parameters, parameters);
      return cases.push({ learner, run: openCase(kind, learner, batch) }) - 1;
    },
    async time({ handle, n }) {
      const { learner, run } = /** @type {NonNullable<typeof cases[0]>} */ (cases[handle]);
      const since = cpuNow();
      run(n);
      await learner.finish();
      return (cpuNow() - since) / 1000;
    },
    close({ handle }) {
      cases[handle] = null;
      return 0;
    },
    learn({ options, online, target, batches }) {
      const learner = create(options);
      learner.setParameters(online, target);
      return batches.map(asBatch).flatMap((/** @type {Batch} */ batch) => {
        learner.update(batch);
        return learner.qValues(batch.x_tm1);
      });
    },
  };
}

/** @param {Record<keyof Batch, number[]>} numbers @returns {Batch} */
function asBatch({ x_tm1, a_tm1, r_t, discount_t, x_t }) {
  const floats = (/** @type {number[]} */ list) => Float32Array.from(list);
  return { x_tm1: floats(x_tm1), a_tm1: Int32Array.from(a_tm1), r_t: floats(r_t), discount_t: floats(discount_t), x_t: floats(x_t) };
}

/** @param {() => unknown} body */
async function answer(body) {
  const reply = await Promise.resolve().then(body).then((value) => ({ value }), (error) => ({ error: String(error?.message ?? error) }));
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}

const [name, folder] = process.argv.slice(2);
const opening = Promise.resolve().then(() => PEERS[name](createRequire(join(folder, 'package.json')))).then(ordersOf);
opening.catch(() => {}); // every order says it
for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line);
  await answer(async () => (await opening)[order.order](order));
}
