// SPDX-License-Identifier: MIT
// `npm run build`: the WebAssembly modules, then the page as a plain static folder, build/out/site/. Everything in
// it lies flat and is found by relative URLs, so it works on any static host under any path.
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { buildPreset } from './cmake.mjs';
import { filesBelow } from './files.mjs';
import { FOR_BUILD, setup } from './setup.mjs';
import { Failure, OUT, ROOT, isEntry, main, say, seconds } from './run.mjs';

export const SITE = join(OUT, 'site');
const WEB = join(ROOT, 'web');
const STILLS = join(WEB, 'lab/stills');

/** The presets of WebAssembly, and the modules each makes: NAME.wasm there is NAME-KIND.wasm in the site. */
const KINDS = { 'wasm-simd': 'simd', 'wasm-scalar': 'scalar' };
const NAMES = ['bellhop', 'bellhop-text'];

/** The WebAssembly modules: where each is made, below build/out/, and which file of the site it is. */
export const MODULES = Object.fromEntries(Object.entries(KINDS).flatMap(([preset, kind]) =>
  NAMES.map((name) => [`${preset}/${name}.wasm`, `${name}-${kind}.wasm`])));

/**
 * What esbuild makes for the site. The page's scripts share their chunks, so that what start.js has begun site.js finds; the library
 * stays readable, as tutorials link to it.
 * @type {{ entries: Record<string, string>, extension?: string, options: import('esbuild').BuildOptions }[]}
 */
const BUNDLES = [
  {
    entries: { 'start': 'site/start.mjs', 'site': 'site/site.mjs', 'bellhop-lab': 'lab/define.mjs' },
    options: { minify: true, sourcemap: 'linked', splitting: true, chunkNames: '[name]-[hash]' },
  },
  { entries: { worker: 'worker/worker.mjs' }, extension: '.mjs', options: { minify: true, sourcemap: 'linked' } },
  // Its modules lie beside it: no text of them is needed, see web/inside.mjs.
  { entries: { bellhop: 'bellhop.mjs' }, extension: '.mjs', options: { external: ['./inline/*'] } },
  { entries: { site: 'site/site.css' }, options: { minify: true } },
];

/** @type {import('esbuild').BuildOptions} */
const SHARED = { bundle: true, format: 'esm', target: 'es2022', charset: 'utf8', legalComments: 'none', logLevel: 'warning', absWorkingDir: ROOT };

/** Files that are copied as they are, and from where. @type {[from: string, to: string][]} */
const COPIED = [['web/site/index.html', 'index.html'], ['web/bellhop.d.ts', 'bellhop.d.ts'], ['web/options.d.ts', 'options.d.ts'], ['web/site/static/icon.svg', 'static/icon.svg'],
  ['envs/data/corpus_en.txt', 'static/corpus_en.txt'], ['envs/data/corpus_zh.txt', 'static/corpus_zh.txt']];

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
  const made = new Set([...await bundle(), ...copyFiles(), ...copyModules(), await writeWorker(SITE)]);
  for (const file of filesBelow(SITE)) {
    if (!made.has(file)) rmSync(join(SITE, file));
  }
}

/** @returns {Promise<string[]>} what was written, relative to the site */
async function bundle() {
  const esbuild = await import('esbuild');
  const results = await Promise.all(BUNDLES.map(({ entries, extension, options }) => esbuild.build({
    entryPoints: Object.entries(entries).map(([out, from]) => ({ in: join(WEB, from), out })), outdir: SITE, outExtension: extension ? { '.js': extension } : {},
    ...SHARED, metafile: true, ...options,
  }).catch((error) => {
    throw new Failure(`${Object.values(entries).join(', ')} could not be bundled: ${error.message}`);
  })));
  return results.flatMap(({ metafile }) => Object.keys(metafile?.outputs ?? {})).map((file) => relative(SITE, join(ROOT, file)));
}

/**
 * The worker's script as text, for pages of other origins and hosts that copy no files.
 * @param {string} folder  that of bellhop.mjs @returns {Promise<string>} the file, relative to it
 */
export async function writeWorker(folder) {
  const esbuild = await import('esbuild');
  const { outputFiles: [{ text }] } = await esbuild.build({ entryPoints: [join(WEB, 'worker/worker.mjs')], ...SHARED, minify: true, write: false });
  const file = 'inline/worker-source.mjs';
  writeText(join(folder, file), text);
  return file;
}

/** A module whose default export is a text. @param {string} file @param {string} text */
export function writeText(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `// SPDX-License-Identifier: MIT\nexport default ${JSON.stringify(text)};\n`);
}

function copyFiles() {
  const copied = [...COPIED, ...filesBelow(STILLS).map((file) => [join('web/lab/stills', file), join('stills', file)])];
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
