// SPDX-License-Identifier: MIT
// What has everything inside one file: modules, worker and texts are written as JavaScript modules (web/inline/, in a checkout
// build/out/inline/), and a plugin has esbuild find them there, and take web/embed/inside-NAME in place of web/lab/NAME where
// that fetches files beside the script.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { MODULES, SHARED, WEB } from './bundles.mjs';
import { OUT, ROOT } from './run.mjs';

export const INLINE = join(OUT, 'inline');
const WORKER = 'worker-source.mjs';

/** Modules and worker as text. @param {string} folder @returns {Promise<void>} */
export async function writeInside(folder) {
  for (const [made, file] of Object.entries(MODULES)) writeText(join(folder, file.replace(/wasm$/, 'mjs')), readFileSync(join(OUT, made), 'base64'));
  await writeWorker(folder);
}

/** The worker's script as text, for pages of other origins and hosts that copy no files. @param {string} folder @param {string} [file] @returns {Promise<string>} the file, relative to the folder */
export async function writeWorker(folder, file = WORKER) {
  const esbuild = await import('esbuild');
  const { outputFiles: [{ text }] } = await esbuild.build({ entryPoints: [join(WEB, 'worker/worker.mjs')], ...SHARED, minify: true, write: false });
  writeText(join(folder, file), text);
  return file;
}

/** The texts of language models, for the page in one file. @param {string} folder */
export function writeCorpora(folder) {
  for (const name of ['corpus_en', 'corpus_zh']) writeText(join(folder, `${name}.mjs`), readFileSync(join(ROOT, `envs/data/${name}.txt`), 'utf8'));
}

/** @param {string[]} replaced  files of web/ @returns {import('esbuild').Plugin} */
export const inside = (replaced) => ({
  name: 'inside',
  setup(build) {
    build.onResolve({ filter: /\/inline\/[\w-]+\.mjs$/ }, ({ path }) => ({ path: join(INLINE, basename(path)) }));
    build.onResolve({ filter: new RegExp(`/(${replaced.join('|').replaceAll('.', '\\.')})$`) }, ({ path }) => ({ path: join(WEB, 'embed', `inside-${basename(path)}`) }));
  },
});

/** A module whose default export is a text. @param {string} file @param {string} text */
function writeText(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `// SPDX-License-Identifier: MIT\nexport default ${JSON.stringify(text)};\n`);
}
