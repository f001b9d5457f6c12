// SPDX-License-Identifier: MIT
// `npm run build`: the WebAssembly modules, then the page as a plain static folder, build/out/site/. Everything in
// it lies flat and is found by relative URLs, so it works on any static host under any path.
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { BUNDLES, COPIED, KINDS, MODULES, SHARED, WEB } from './bundles.mjs';
import { buildPreset } from './cmake.mjs';
import { filesBelow } from './files.mjs';
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
  mkdirSync(SITE, { recursive: true });
  await writeInside(INLINE);
  writeCorpora(INLINE);
  const made = new Set([...await bundle(), ...copyFiles(), ...copyModules(), `inline/${await writeWorker(join(SITE, 'inline'))}`, await writeOnePage(SITE)]);
  for (const file of filesBelow(SITE)) {
    if (!made.has(file)) rmSync(join(SITE, file));
  }
}

/** @returns {Promise<string[]>} what was written, relative to the site */
async function bundle() {
  const esbuild = await import('esbuild');
  const results = await Promise.all(BUNDLES.map(({ entries, extension, replaced, options }) => esbuild.build({
    entryPoints: Object.entries(entries).map(([out, from]) => ({ in: join(WEB, from), out })), outdir: SITE, outExtension: extension ? { '.js': extension } : {},
    ...SHARED, metafile: true, plugins: replaced ? [inside(replaced)] : [], ...options,
  }).catch((error) => {
    throw new Failure(`${Object.values(entries).join(', ')} could not be bundled: ${error.message}`);
  })));
  return results.flatMap(({ metafile }) => Object.keys(metafile?.outputs ?? {})).map((file) => relative(SITE, join(ROOT, file)));
}

function copyFiles() {
  const copied = [...COPIED, ...filesBelow(join(ROOT, STILLS)).map((file) => [join(STILLS, file), join('stills', file)])];
  for (const [from, to] of copied) copy(join(ROOT, from), to);
  return copied.map(([, to]) => to);
}

function copyModules() {
  for (const [made, file] of Object.entries(MODULES)) copy(join(OUT, made), file);
  return Object.values(MODULES);
}

/** @param {string} from @param {string} to relative to the site */
function copy(from, to) {
  mkdirSync(dirname(join(SITE, to)), { recursive: true });
  cpSync(from, join(SITE, to), { preserveTimestamps: true });
}

if (isEntry(import.meta.url)) {
  await main(async () => {
    const since = performance.now();
    await setup(FOR_BUILD);
    await build();
    say(`Built in ${seconds(since)}: ${relative(ROOT, SITE)}/ is the page, ready for any static host.`);
  });
}
