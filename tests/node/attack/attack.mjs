// SPDX-License-Identifier: MIT
// Runs an attack in a thread of its own. A try that does not come back in time is a failure, and so is one that ends the thread; the rest
// is tried by another thread.
import { Worker } from 'node:worker_threads';

/** Longer than anything tried takes on a machine that is busy. */
const DEADLINE_MS = 60_000;
const FAILURES_MAX = 200;
const THREAD = new URL('attack-thread.mjs', import.meta.url);

/**
 * @typedef {object} Attack  what a topic's run() gets
 * @property {(name: string) => boolean} begin  says what is tried next; false: do not
 * @property {(failure: string) => void} fail
 * @property {any} options
 */

/**
 * @param {string} topic  a file beside this one, whose run() makes the tries, the same ones in the same order each time
 * @param {{ every: number, deadline?: number } & Record<string, any>} options  every: of so many tries one is made
 * @param {string[]} [failures]  where they go
 * @returns {Promise<{ tries: number, made: number, failures: string[] }>}
 */
export async function attack(topic, options, failures = []) {
  for (let skip = 0, made = 0; ;) {
    const thread = await oneThread(topic, options, skip, failures);
    made += thread.made;
    if (thread.tries !== undefined) return { tries: thread.tries, made, failures };
    failures.push(thread.why);
    if (failures.length > FAILURES_MAX || thread.stuckAt <= skip) return { tries: thread.stuckAt, made, failures };
    skip = thread.stuckAt;
  }
}

/** @param {string} topic @param {{ every: number, deadline?: number }} options @param {number} skip @param {string[]} failures @returns {Promise<{ tries?: number, made: number, stuckAt: number, why: string }>} */
function oneThread(topic, options, skip, failures) {
  const { deadline = DEADLINE_MS } = options;
  const beat = new SharedArrayBuffer(12), said = new SharedArrayBuffer(400), counter = new Int32Array(beat);
  const name = () => new TextDecoder().decode(new Uint8Array(said).slice()).replace(/\0+$/, '');
  return new Promise((resolve) => {
    const worker = new Worker(THREAD, { workerData: { topic, skip, beat, said, options } });
    let last = 0, since = performance.now();
    /** @param {{ tries?: number, why?: string }} how */
    const end = ({ tries, why = '' }) => {
      clearInterval(watch);
      void worker.terminate();
      resolve({ tries, made: counter[2], stuckAt: counter[1], why });
    };
    const watch = setInterval(() => {
      const now = Atomics.load(counter, 0);
      if (now !== last) [last, since] = [now, performance.now()];
      else if (performance.now() - since > deadline) end({ why: `${name()}: it did not come back within ${deadline / 1000} s` });
    }, 100);
    worker.on('message', ({ failure, done }) => {
      if (failure) failures.push(failure);
      if (done) end({ tries: done });
    });
    worker.on('error', (error) => end({ why: `${name()}: it ended the thread: ${error}` }));
    worker.on('exit', (code) => end({ why: `${name()}: the thread exited with ${code}` }));
  });
}
