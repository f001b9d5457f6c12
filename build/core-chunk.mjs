// SPDX-License-Identifier: MIT
// esbuild makes a chunk of every set of files that the same entries reach: what a lab always has would come in twenty small ones, which
// are more requests, and 4 KB more when each is compressed by itself. Parts that are fetched later all need that core to be there
// anyway, so here they say so, and it is one chunk.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withSmallSheets } from './minify-css.mjs';

/** Parts that are fetched when they are asked for. */
const LATE = /\/web\/(site\/(embed-dialog|keeping|open-file|tour|workbench|prefetched)|lab\/(worlds\/[\w-]+|panels\/(map-editor|human-play|settings-form|text-panels|run-comparison|value-map|target|microscope|cell-view|point-view|progress-words|sentences)|charts\/chart|create-text-experiment|error-words|history-json|switch-notice))\.mjs$/;
const CORE = 'bellhop:core';

/** @param {string} web  the folder web/ @returns {import('esbuild').Plugin} */
export const coreChunk = (web) => ({
  name: 'core-chunk',
  setup(build) {
    build.onResolve({ filter: new RegExp(`^${CORE}$`) }, () => ({ path: join(web, 'lab/lab-view.mjs') }));
    build.onLoad({ filter: LATE }, async ({ path }) => ({ contents: `${await withSmallSheets(build.esbuild, await readFile(path, 'utf8'))}\nimport '${CORE}';\n`, loader: 'js' }));
  },
});
