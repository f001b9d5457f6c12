// SPDX-License-Identifier: MIT
// The script of the page that `npm run bench -- --browser` opens: all it does is to offer the measurements to browser.mjs.
import { measureAll } from './all.mjs';

/** @param {string} file */
async function fetchBytes(file) {
  return new Uint8Array(await (await fetch(`../../${file}`)).arrayBuffer());
}

/** @param {import('./all.mjs').AllEffort} effort */
async function bench(effort) {
  const [simd, scalar, product] = await Promise.all(['simd.wasm', 'scalar.wasm', 'product.wasm'].map(fetchBytes));
  return measureAll({ simd, scalar, product }, effort, undefined, (what) => console.log(what));
}

Object.assign(globalThis, { bench });
