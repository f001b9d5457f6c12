// SPDX-License-Identifier: MIT
/**
 * The worker's script, which exports nothing: `new Worker(new URL('bellhop/worker', import.meta.url), { type: 'module' })` makes a
 * worker for {@link bellhop!ConnectOptions.worker}.
 * @module bellhop/worker
 */
export {};
