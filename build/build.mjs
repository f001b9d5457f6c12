// SPDX-License-Identifier: MIT
// `npm run build`: the two WebAssembly modules, then the page as a plain static folder, build/out/site/. Everything in
// it lies flat and is found by relative URLs, so it works on any static host under any path.
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { buildPreset } from './cmake.mjs';
import { filesBelow } from './files.mjs';
import { FOR_BUILD, setup } from './setup.mjs';
import { Failure, OUT, ROOT, isEntry, main, say, seconds } from './run.mjs';

export const SITE = join(OUT, 'site');
const WEB = join(ROOT, 'web');

/** The WebAssembly modules: which preset makes which file of the site. */
export const MODULES = { 'wasm-simd': 'bellhop-simd.wasm', 'wasm-scalar': 'bellhop-scalar.wasm' };

/**
 * What esbuild makes for the site. The page's two scripts are for browsers only; the library stays readable, as
 * tutorials link to it.
 * @type {{ from: string, to: string, options: import('esbuild').BuildOptions }[]}
 */
const BUNDLES = [
  { from: 'page.mjs', to: 'page.js', options: { minify: true, sourcemap: 'linked' } },
  { from: 'worker.mjs', to: 'worker.js', options: { minify: true, sourcemap: 'linked' } },
  { from: 'bellhop.mjs', to: 'bellhop.mjs', options: {} },
  // The worker again, under the name it has beside the library, in the package and on a CDN.
  { from: 'worker.mjs', to: 'worker.mjs', options: {} },
  { from: 'style.css', to: 'style.css', options: {} },
];

/** Files of web/ that are source of a bundle, or for Node only; every other one is copied as it is. */
const NOT_COPIED = /(\.mjs|\.css|\.md|\.wasm|\.tsbuildinfo)$/;

/** Both modules and the site. */
export async function build() {
  await buildModules();
  await buildSite();
}

export async function buildModules() {
  for (const preset of Object.keys(MODULES)) await buildPreset(preset);
}

/** The static folder, from web/ and the modules. */
export async function buildSite() {
  mkdirSync(SITE, { recursive: true });
  const made = new Set([...await bundle(), ...copyStatic(), ...copyModules()]);
  for (const file of filesBelow(SITE)) {
    if (!made.has(file)) rmSync(join(SITE, file));
  }
}

/** @returns {Promise<string[]>} the files written, relative to the site */
async function bundle() {
  const esbuild = await import('esbuild');
  const results = await Promise.all(BUNDLES.map(({ from, to, options }) => esbuild.build({
    entryPoints: [join(WEB, from)], outfile: join(SITE, to), bundle: true, format: 'esm', target: 'es2022',
    charset: 'utf8', logLevel: 'warning', metafile: true, absWorkingDir: ROOT, ...options,
  }).catch((error) => {
    throw new Failure(`web/${from} could not be bundled: ${error.message}`);
  })));
  return results.flatMap(({ metafile }) => Object.keys(metafile?.outputs ?? {}))
    .map((file) => relative(SITE, join(ROOT, file)));
}

function copyStatic() {
  const files = filesBelow(WEB).filter((file) => !NOT_COPIED.test(file));
  for (const file of files) copy(join(WEB, file), file);
  return files;
}

function copyModules() {
  for (const [preset, file] of Object.entries(MODULES)) copy(join(OUT, preset, 'bellhop.wasm'), file);
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
