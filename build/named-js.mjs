// SPDX-License-Identifier: MIT
// Some hosts send .mjs with a type that no browser runs as a script. What pages import by its address has a twin named .js, which names
// the scripts it looks for the same way.
import { readFile } from 'node:fs/promises';

/** @returns {import('esbuild').Plugin} */
export const namedJs = () => ({
  name: 'named-js',
  setup(build) {
    build.onResolve({ filter: /^\.\/inline\// }, ({ path }) => ({ path: path.replace(/mjs$/, 'js'), external: true }));
    build.onLoad({ filter: /\/own-worker\.mjs$/ }, async ({ path }) => ({ contents: (await readFile(path, 'utf8')).replace("'./worker.mjs'", "'./worker.js'") }));
  },
});
