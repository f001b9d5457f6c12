// SPDX-License-Identifier: MIT
// The thread that attacks: it says what it tries before it does, so that whoever waits knows what never came back.
import { parentPort, workerData } from 'node:worker_threads';

const { topic, skip, beat, said, options } = workerData;
const counter = new Int32Array(beat), text = new Uint8Array(said), encoder = new TextEncoder();
console.warn = () => {};
process.on('unhandledRejection', () => {}); // of calls made by environments: they are counted where they are made
const alive = setInterval(() => {}, 1000); // ports that are waited for keep no thread alive

let tries = 0;
/** A try begins; false where it is skipped: another thread has made it, or it is not among those that are made. @param {string} name */
function begin(name) {
  tries++;
  if (tries <= skip || tries % options.every !== 1 % options.every) return false;
  text.fill(0);
  encoder.encodeInto(name, text);
  Atomics.store(counter, 1, tries);
  Atomics.add(counter, 2, 1);
  Atomics.add(counter, 0, 1);
  return true;
}

const { run } = await import(new URL(topic, import.meta.url).href);
await run({ begin, fail: (/** @type {string} */ failure) => parentPort?.postMessage({ failure }), options });
parentPort?.postMessage({ done: tries });
clearInterval(alive);
setTimeout(() => process.exit(), 50);
