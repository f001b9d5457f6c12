// SPDX-License-Identifier: MIT
// In place of web/lib/beside.mjs where everything is inside one file (build/inside.mjs): one module, that with language models, which can
// do all the others can.
// @ts-ignore: made by build/inside.mjs
import base64 from '../inline/bellhop-text-simd.mjs';
import { compileBase64, compileUrl } from '../lib/load.mjs';
import { BellhopError } from '../lib/bellhop-error.mjs';

/** Made with the first use, for all. @type {Promise<WebAssembly.Module> | undefined} */
let compiled;

/** @param {import('../lib/load.mjs').ModuleName} name */
async function compileInside(name) {
  if (!name.endsWith('-simd')) throw new BellhopError('BH_ERR_LOAD', 'this browser has no WebAssembly with SIMD, and this file has no other module inside; bellhop-lab.js has one beside it');
  return (compiled ??= compileBase64(base64));
}

/** @type {import('../lib/load.mjs').Modules} */
export const BESIDE = { named: compileInside, at: compileUrl };
