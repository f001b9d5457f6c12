// SPDX-License-Identifier: MIT
// What the reader downloads, in bytes: the SIMD module, and the page's first load as a host sends it.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { SITE } from '../build.mjs';

/** Files the scripts ask for; index.html names the others. */
const BY_SCRIPTS = ['worker.js', 'bellhop-simd.wasm'];

export function sizes() {
  const html = readFileSync(join(SITE, 'index.html'), 'utf8');
  const named = [...html.matchAll(/(?:src|href)="\.\/([^"#]+)"/g)].map(([, file]) => file).filter((file) => existsSync(join(SITE, file)));
  return { ...total(['bellhop-simd.wasm']), first_load: total(['index.html', ...new Set(named), ...BY_SCRIPTS]) };
}

/** @param {string[]} files each compressed by itself */
function total(files) {
  const contents = files.map((file) => readFileSync(join(SITE, file)));
  const sum = (/** @type {(content: Buffer) => number} */ size) => contents.reduce((n, content) => n + size(content), 0);
  return {
    raw: sum((content) => content.length), gzip: sum((content) => gzipSync(content, { level: 9 }).length),
    brotli: sum((content) => brotliCompressSync(content).length),
  };
}
