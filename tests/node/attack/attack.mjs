// SPDX-License-Identifier: MIT
// Runs an attack in a thread of its own. A try that does not come back in time is a failure, and so is one that ends the thread; the rest
// is tried by another thread.
import { Worker } from 'node:worker_threads';

/** Longer than anything tried takes on a machine that is busy. */
const DEADLINE_MS = Number(process.env.ATTACK_DEADLINE_MS ?? 30_000);
const THREAD = new URL('attack-thread.mjs', import.meta.url);

/**
 * @typedef {object} Attack  what a topic's run() gets
 * @property {(name: string) => boolean} begin  says what is tried next; false: do not
 * @property {(failure: string) => void} fail
 * @property {any} options
 */

/**
 * @param {string} topic  a file beside this one, whose run() makes the tries, the same ones in the same order each time
 * @param {object} [options]
 * @returns {Promise<{ tries: number, failures: string[] }>}
 */
export async function attack(topic, options = {}, failures = /** @type {string[]} */ ([])) {
  for (let skip = 0; ;) {
    const { tries, stuckAt, why } = await oneThread(topic, options, skip, failures);
    if (tries !== undefined) return { tries, failures };
    failures.push(why);
    if (failures.length > 2000 || stuckAt <= skip) return { tries: stuckAt, failures };
    skip = stuckAt;
  }
}

/** @param {string} topic @param {object} options @param {number} skip @param {string[]} failures @returns {Promise<{ tries?: number, stuckAt: number, why: string }>} */
function oneThread(topic, options, skip, failures) {
  const beat = new SharedArrayBuffer(8), said = new SharedArrayBuffer(400), counter = new Int32Array(beat);
  const name = () => new TextDecoder().decode(new Uint8Array(said).slice()).replace(/\0+$/, '');
  return new Promise((resolve) => {
    const worker = new Worker(THREAD, { workerData: { topic, skip, beat, said, options } });
    let last = -1, since = performance.now();
    /** @param {{ tries?: number, why?: string }} how */
    const end = ({ tries, why = '' }) => {
      clearInterval(watch);
      void worker.terminate();
      resolve({ tries, stuckAt: counter[1], why });
    };
    const watch = setInterval(() => {
      const now = Atomics.load(counter, 0);
      if (now !== last) [last, since] = [now, performance.now()];
      else if (performance.now() - since > DEADLINE_MS) end({ why: `${name()}: it did not come back within ${DEADLINE_MS / 1000} s` });
    }, 100);
    worker.on('message', ({ failure, done }) => {
      if (failure) failures.push(failure);
      if (done) end({ tries: done });
    });
    worker.on('error', (error) => end({ why: `${name()}: it ended the thread: ${error}` }));
    worker.on('exit', (code) => end({ why: `${name()}: the thread exited with ${code}` }));
  });
}
