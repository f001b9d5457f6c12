// SPDX-License-Identifier: MIT
// `npm run build`: the WebAssembly modules, then the page as a plain static folder, build/out/site/. Everything in
// it lies flat and is found by relative URLs, so it works on any static host under any path.
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { DIST_BUNDLES, EMBEDS_COPIED, KINDS, MODULES, SHARED, SITE_BUNDLES, SITE_COPIED, WEB } from './bundles.mjs';
import { buildPreset } from './cmake.mjs';
import { filesBelow } from './files.mjs';
import { headersFile } from './headers.mjs';
import { INLINE, inside, writeCorpora, writeInside, writeWorker } from './inside.mjs';
import { writeOnePage } from './one-page.mjs';
import { FOR_BUILD, setup } from './setup.mjs';
import { Failure, OUT, ROOT, isEntry, main, say, seconds } from './run.mjs';

export const SITE = join(OUT, 'site');
const STILLS = 'web/lab/stills';

/** Both modules and the site. */
export async function build() {
  await buildModules();
  await buildSite();
}

export async function buildModules() {
  for (const preset of Object.keys(KINDS)) await buildPreset(preset);
}

/** The static folder, from web/ and the modules. */
export async function buildSite() {
  await writeInside(INLINE);
  writeCorpora(INLINE);
  const made = [...await bundle(SITE_BUNDLES, SITE), ...copyInto(SITE, SITE_COPIED), `inline/${await writeWorker(join(SITE, 'inline'))}`, await writeOnePage(SITE), writeHeaders(SITE)];
  for (const file of filesBelow(SITE)) {
    if (!made.includes(file)) rmSync(join(SITE, file));
  }
}

/** What the package has for other people's pages. @param {string} folder */
export async function buildDist(folder) {
  await writeInside(INLINE);
  await bundle(DIST_BUNDLES, folder);
  copyInto(folder, EMBEDS_COPIED);
}

/** @param {import('./bundles.mjs').Bundle[]} bundles @param {string} folder @returns {Promise<string[]>} what was written, relative to it */
async function bundle(bundles, folder) {
  const esbuild = await import('esbuild');
  const results = await Promise.all(bundles.map(({ entries, extension, replaced, options }) => esbuild.build({
    entryPoints: Object.entries(entries).map(([out, from]) => ({ in: join(WEB, from), out })), outdir: folder, outExtension: extension ? { '.js': extension } : {},
    ...SHARED, metafile: true, ...options, plugins: [...options.plugins ?? [], ...replaced ? [inside(replaced)] : []],
  }).catch((error) => {
    throw new Failure(`${Object.values(entries).join(', ')} could not be bundled: ${error.message}`);
  })));
  return results.flatMap(({ metafile }) => Object.keys(metafile?.outputs ?? {})).map((file) => relative(folder, join(ROOT, file)));
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
    const since = performance.now();
    await setup(FOR_BUILD);
    await build();
    say(`Built in ${seconds(since)}: ${relative(ROOT, SITE)}/ is the page, ready for any static host.`);
  });
}
