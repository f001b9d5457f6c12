// SPDX-License-Identifier: MIT
// A thread of its own, with a stack of a size of its own, for stack.test.mjs: nests evaluations until it is refused.
import { parentPort, workerData } from 'node:worker_threads';
import { load } from '../../web/node/node.mjs';
import { nested } from './nested.mjs';

const bh = await load(), live = bh.liveBytes(), catalog = JSON.stringify(bh.catalog);
const deep = nested(bh, workerData.levels);
let message = '';
try {
  deep.evaluate();
} catch (error) {
  message = String(error).slice(-200);
}
const entered = workerData.levels - deep.reached;
deep.dispose();
const leaked = bh.liveBytes() - live;
const few = nested(bh, 3);
parentPort?.postMessage({ entered, message, leaked, isSame: JSON.stringify((await load()).catalog) === catalog, again: few.evaluate().mean });
