// SPDX-License-Identifier: MIT
// `npm run build`: the WebAssembly modules, then the page as a plain static folder, build/out/site/. Everything in
// it lies flat and is found by relative URLs, so it works on any static host under any path.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { writeApi } from './api.mjs';
import { DIST_BUNDLES, EMBEDS_COPIED, KINDS, MODULES, SHARED, SITE_BUNDLES, SITE_COPIED, WEB } from './bundles.mjs';
import { buildPreset } from './cmake.mjs';
import { filesBelow } from './files.mjs';
import { headersFile } from './headers.mjs';
import { INLINE, inside, writeCorpora, writeInside, writeWorker } from './inside.mjs';
import { minifyCss } from './minify-css.mjs';
import { writeOnePage } from './one-page.mjs';
import { FOR_BUILD, setup } from './setup.mjs';
import { readUrl, writeSharePages } from './share-pages.mjs';
import { Failure, OUT, ROOT, isEntry, main, say, seconds } from './run.mjs';

export const SITE = join(OUT, 'site');
const STILLS = 'web/lab/stills';

/** Both modules and the site. @param {string | null} [url] see buildSite */
export async function build(url = null) {
  await buildModules();
  await buildSite(url);
}

export async function buildModules() {
  for (const preset of Object.keys(KINDS)) await buildPreset(preset);
}

/** The static folder, from web/ and the modules. @param {string | null} [url]  the address it will have, for what needs it, see share-pages.mjs */
export async function buildSite(url = null) {
  // Imported late: its packages may only just have been installed.
  const { writeChapters } = await import('./chapters.mjs');
  await writeInside(INLINE);
  writeCorpora(INLINE);
  const outputs = await bundle(SITE_BUNDLES, SITE);
  const made = [...Object.keys(outputs), ...copyInto(SITE, SITE_COPIED), writeIndex(SITE, outputs), ...await writeWorkers(SITE), await writeOnePage(SITE), ...await writeChapters(SITE), writeHeaders(SITE), ...url ? writeSharePages(SITE, url) : []];
  for (const file of filesBelow(SITE)) {
    // The reference is made by a command of its own, see api.mjs.
    if (!made.includes(file) && !file.startsWith('api/')) rmSync(join(SITE, file));
  }
}

/** The worker as text for both twins of the library. @param {string} folder @returns {Promise<string[]>} what was written, relative to it */
const writeWorkers = (folder) => Promise.all(['worker-source.mjs', 'worker-source.js'].map(async (file) => `inline/${await writeWorker(join(folder, 'inline'), file)}`));

/** What the package has for other people's pages. @param {string} folder */
export async function buildDist(folder) {
  await writeInside(INLINE);
  await writeWorker(join(folder, 'inline'), 'worker-source.js');
  await bundle(DIST_BUNDLES, folder);
  copyInto(folder, EMBEDS_COPIED);
}

/** @typedef {Record<string, import('esbuild').Metafile['outputs'][string]>} Outputs  files, relative to their folder */

/** @param {import('./bundles.mjs').Bundle[]} bundles @param {string} folder @returns {Promise<Outputs>} what was written */
async function bundle(bundles, folder) {
  const esbuild = await import('esbuild');
  const results = await Promise.all(bundles.map(({ entries, extension, replaced, options }) => esbuild.build({
    entryPoints: Object.entries(entries).map(([out, from]) => ({ in: join(WEB, from), out })), outdir: folder, outExtension: extension ? { '.js': extension } : {},
    ...SHARED, metafile: true, ...options, plugins: [...options.plugins ?? [], minifyCss, ...replaced ? [inside(replaced)] : []],
  }).catch((error) => {
    throw new Failure(`${Object.values(entries).join(', ')} could not be bundled: ${error.message}`);
  })));
  return Object.fromEntries(results.flatMap(({ metafile }) => Object.entries(metafile?.outputs ?? {})).map(([file, output]) => [relative(folder, join(ROOT, file)), output]));
}

const FIRST_SCRIPT = /<script type="module" src="\.\/start\.js"[^>]*>.*\n/;

/** The page, which names all scripts it begins with, so that none waits until one that imports it is there. @param {string} folder @param {Outputs} outputs @returns {string} the file, relative to it */
function writeIndex(folder, outputs) {
  const scripts = ['start.js', 'site.js'], all = new Set(scripts);
  for (const file of all) {
    for (const { path, kind } of outputs[file].imports) if (kind === 'import-statement') all.add(relative(folder, join(ROOT, path)));
  }
  const links = [...all].filter((file) => !scripts.includes(file)).map((file) => `<link rel="modulepreload" href="./${file}">\n`);
  const page = readFileSync(join(ROOT, 'web/site/index.html'), 'utf8');
  if (!FIRST_SCRIPT.test(page)) throw new Failure(`index.html has nothing like ${FIRST_SCRIPT}, after which build/build.mjs names the scripts that it imports`);
  writeFileSync(join(folder, 'index.html'), page.replace(FIRST_SCRIPT, (line) => line + links.join('')));
  return 'index.html';
}

/** @param {string} folder @returns {string} the file, relative to it */
function writeHeaders(folder) {
  writeFileSync(join(folder, '_headers'), headersFile());
  return '_headers';
}

/** Copies files, the pictures of labs and the modules. @param {string} folder @param {[from: string, to: string][]} files @returns {string[]} what was written, relative to it */
function copyInto(folder, files) {
  const stills = filesBelow(join(ROOT, STILLS)).map((file) => [join(STILLS, file), join('stills', file)]);
  const modules = Object.entries(MODULES).map(([made, file]) => [relative(ROOT, join(OUT, made)), file]);
  const all = [...files, ...stills, ...modules];
  for (const [from, to] of all) {
    mkdirSync(dirname(join(folder, to)), { recursive: true });
    cpSync(join(ROOT, from), join(folder, to), { preserveTimestamps: true });
  }
  return all.map(([, to]) => to);
}

if (isEntry(import.meta.url)) {
  await main(async () => {
    const since = performance.now(), url = readUrl(process.argv.slice(2));
    await setup(FOR_BUILD);
    await build(url);
    await writeApi();
    say(`Built in ${seconds(since)}: ${relative(ROOT, SITE)}/ is the page, ready for any static host.`);
  });
}
