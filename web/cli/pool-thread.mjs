// SPDX-License-Identifier: MIT
// A thread of the pool: one run after the other, in a module of its own.
import { format } from 'node:util';
import { parentPort } from 'node:worker_threads';
import { load } from '../node/node.mjs';
import { listen } from './ending.mjs';
import { registerFile } from './env-file.mjs';
import { trainJob } from './training.mjs';

const PROGRESS_MS = 100;
const port = /** @type {import('node:worker_threads').MessagePort} */ (parentPort);
listen();
console.warn = (...words) => void port.postMessage({ warning: format(...words) }); // each run of many would say the same
const library = load();
library.catch(() => {}); // the job says so
let stop = new AbortController();

/** What a job with an environment of the caller's has, is a thread of its own (pool.mjs). @param {import('./plan.mjs').Plan} plan */
async function ready({ envFile }) {
  const bh = await library;
  if (envFile !== undefined) await registerFile(bh, envFile);
  return bh;
}

/** @param {any} job  a run's, or a study's */
async function run(job) {
  stop = new AbortController();
  const { signal } = stop;
  let posted = -Infinity;
  try {
    const bh = await ready(job.plan);
    const result = await (job.study === undefined ? trainJob : (await import('./study-run.mjs')).runStudyJob)(bh, job, {
      signal,
      onProgress({ timesteps, totalTimesteps }) {
        if (performance.now() - posted < PROGRESS_MS) return;
        posted = performance.now();
        port.postMessage({ progress: { timesteps, totalTimesteps } });
      },
    });
    port.postMessage({ result });
  } catch (error) {
    const { status, message, summary } = /** @type {any} */ (error);
    port.postMessage({ error: { status, message, summary } });
  }
}

port.on('message', ({ job }) => {
  if (job) void run(job);
  else stop.abort();
});
