// SPDX-License-Identifier: MIT
// The first thing the page runs: starts the worker. A plain script, not a module, because a module would run only after
// what else is waiting by then, the first layout included, and a worker takes as long to start as that takes. start.mjs
// takes it over.
if (typeof Worker === 'function') {
  const worker = new Worker('./worker.js', { type: 'module', name: 'bellhop' });
  Object.assign(globalThis, { earlyWorker: worker });
  worker.onerror = () => Object.assign(globalThis, { earlyWorker: undefined }); // start.mjs starts another, and hears why not
}
