// SPDX-License-Identifier: MIT
// esbuild makes a chunk of every set of files that the same entries reach: what a lab always has would come in twenty small ones, which
// are more requests, and 5 KB more when each is compressed by itself. A file that is fetched later needs others to be there by then, so here it
// says so, and what the page begins with is five scripts.
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { withSmallSheets } from './minify-css.mjs';
import { ROOT } from './run.mjs';

/** Files that are fetched later, and what is there by then. @type {[late: RegExp, there: string[]][]} */
const THERE = [
  [/site\/(embed-dialog|keeping|open-file|tour|workbench|prefetched)/, ['site/start.mjs', 'lab/lab-view.mjs']],
  [/lab\/(worlds\/[\w-]+|panels\/(map-editor|human-play|settings-form|text-panels|box-panels|run-comparison|value-map|target|microscope|cell-view|point-view|progress-words|sentences)|charts\/chart)/, ['lab/lab-view.mjs']],
  [/lab\/(create-(text|box)-experiment|board-experiment|error-words|history-json|switch-notice)/, ['lab/lab-view.mjs']],
  [/lab\/lab-view/, ['lab/trainers.mjs', 'lab/define.mjs', 'lab/canvas/captions.mjs', 'lab/canvas/map-values.mjs']],
  [/lab\/trainers/, ['lab/words.mjs', 'lib/messages.mjs']],
  // Not what draws a lab: that may be what could not be loaded.
  [/lab\/why-unloaded|worker\/page-thread/, ['lab/trainers.mjs']],
];
const NAME = 'bellhop:';

/**
 * Has files that are fetched later import what is there by then.
 * @param {string} web  the folder web/ @param {[late: RegExp, there: string[]][]} [table] @returns {import('esbuild').Plugin}
 */
export function coreChunk(web, table = THERE) {
  const named = table.map(([late, there]) => ({ late: new RegExp(`/web/(${late.source})\\.mjs$`), there }));
  const imports = (/** @type {string} */ path) => named.filter(({ late }) => late.test(path)).flatMap(({ there }) => there).map((file) => `import '${NAME}${file}';\n`);
  return { name: 'core-chunk', setup(build) {
    build.initialOptions.logOverride = { 'ignored-bare-import': 'silent' }; // it counts as reached all the same
    build.onResolve({ filter: new RegExp(`^${NAME}`) }, ({ path, kind }) => build.resolve(`./${path.slice(NAME.length)}`, { resolveDir: web, kind }));
    build.onLoad({ filter: new RegExp(named.map(({ late }) => late.source).join('|')) }, async ({ path }) => ({
      contents: [await withSmallSheets(build.esbuild, await readFile(path, 'utf8')), ...imports(path)].join('\n'), loader: 'js',
    }));
  } };
}

/**
 * A script whose parts import it: all of it is a chunk, which the script imports, a request after the first. The chunk has the script's name
 * instead. Only for scripts that no other one than their parts imports, which are of the same build: its name has no hash.
 * @param {string} name  of the script, without .js @param {string} web @param {RegExp} parts @param {string} script  its source, below web/ @returns {import('esbuild').Plugin[]}
 */
export const chunkAsScript = (name, web, parts, script) => [coreChunk(web, [[parts, [script]]]), { name: 'chunk-as-script', setup(build) {
  build.onEnd(async ({ metafile }) => {
    const outputs = metafile?.outputs ?? {}, files = Object.keys(outputs);
    const stub = files.find((file) => basename(file) === `${name}.js`), chunk = files.find((file) => !outputs[file].entryPoint && Object.keys(outputs[file].inputs).some((input) => input.endsWith(script)));
    if (!stub || !chunk) return; // the build failed, or needs no chunk
    for (const file of files.filter((each) => each !== stub && each.endsWith('.js'))) {
      const path = join(ROOT, file), text = await readFile(path, 'utf8');
      await writeFile(file === chunk ? join(ROOT, stub) : path, text.replaceAll(basename(chunk), basename(stub)));
    }
    await rename(join(ROOT, `${chunk}.map`), join(ROOT, `${stub}.map`));
    await rm(join(ROOT, chunk));
    for (const file of [chunk, `${chunk}.map`]) delete outputs[file];
  });
} }];
