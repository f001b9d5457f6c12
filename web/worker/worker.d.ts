// SPDX-License-Identifier: MIT
// The worker's script: imported for what it does, by `new Worker(new URL('bellhop/worker', import.meta.url), { type: 'module' })`.
export {};
