// SPDX-License-Identifier: MIT
// The worker of the package, in one expression: that is how bundlers know it. Only the package's entry imports this: elsewhere
// the worker's script is a file beside the caller's, see trainer-pool.mjs.
import { attempt } from './connect.mjs';

export function ownWorker() {
  return attempt(() => new Worker(new URL('./worker.mjs', import.meta.url), { type: 'module', name: 'bellhop' }));
}
