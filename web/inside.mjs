// SPDX-License-Identifier: MIT
// Modules and worker as JavaScript, for hosts that copy no files: fetched only where the files beside the library are not
// found. web/inline/ is written by build/pack.mjs, for the package alone. Each import is one literal expression, of which every
// bundler makes a chunk.
import { compileBase64 } from './lib/load.mjs';
import { startSource } from './worker/connect.mjs';

/** @typedef {import('./lib/load.mjs').ModuleName} ModuleName */

/** @type {Record<ModuleName, () => Promise<{ default: string }>>} */
const MODULES = {
  // @ts-ignore: made by build/pack.mjs
  'bellhop-simd': () => import('./inline/bellhop-simd.mjs'),
  // @ts-ignore: as above
  'bellhop-scalar': () => import('./inline/bellhop-scalar.mjs'),
  // @ts-ignore: as above
  'bellhop-text-simd': () => import('./inline/bellhop-text-simd.mjs'),
  // @ts-ignore: as above
  'bellhop-text-scalar': () => import('./inline/bellhop-text-scalar.mjs'),
};

/** @param {ModuleName} name */
export async function compileInside(name) {
  return compileBase64((await MODULES[name]()).default);
}

export async function workerInside() {
  // @ts-ignore: as above
  return startSource((await import('./inline/worker-source.mjs')).default);
}
