// SPDX-License-Identifier: MIT
// `npm run build`: the WebAssembly modules, then the page as a plain static folder, build/out/site/. Everything in
// it lies flat and is found by relative URLs, so it works on any static host under any path.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { buildPreset } from './cmake.mjs';
import { filesBelow } from './files.mjs';
import { FOR_BUILD, setup } from './setup.mjs';
import { slimUPlot } from './uplot.mjs';
import { Failure, OUT, ROOT, isEntry, main, say, seconds } from './run.mjs';

export const SITE = join(OUT, 'site');
const WEB = join(ROOT, 'web');

/** The presets of WebAssembly, and the modules each makes: NAME.wasm there is NAME-KIND.wasm in the site. */
const KINDS = { 'wasm-simd': 'simd', 'wasm-scalar': 'scalar' };
const NAMES = ['bellhop', 'bellhop-text'];

/** The WebAssembly modules: where each is made, below build/out/, and which file of the site it is. */
export const MODULES = Object.fromEntries(Object.entries(KINDS).flatMap(([preset, kind]) =>
  NAMES.map((name) => [`${preset}/${name}.wasm`, `${name}-${kind}.wasm`])));

/** start.mjs is a script of its own, of which there is one: the page imports it, from wherever in the folder it lies. @type {import('esbuild').Plugin} */
const startBeside = {
  name: 'start-beside',
  setup(build) {
    build.onResolve({ filter: /\/start\.mjs$/ }, () => ({ path: './start.js', external: true }));
  },
};

/**
 * What esbuild makes for the site. The page's scripts are for browsers only; the library stays readable, as
 * tutorials link to it.
 * @type {{ from: string, to: string, options: import('esbuild').BuildOptions }[]}
 */
const BUNDLES = [
  { from: 'early.mjs', to: 'early.js', options: { minify: true } },
  { from: 'start.mjs', to: 'start.js', options: { minify: true, sourcemap: 'linked', splitting: true, chunkNames: '[name]-[hash]' } },
  { from: 'page.mjs', to: 'page.js', options: { minify: true, sourcemap: 'linked', splitting: true, chunkNames: '[name]-[hash]', plugins: [startBeside, slimUPlot] } },
  { from: 'worker/worker.mjs', to: 'worker.js', options: { minify: true, sourcemap: 'linked' } },
  { from: 'bellhop.mjs', to: 'bellhop.mjs', options: {} },
  // The worker again, under the name it has beside the library, in the package and on a CDN.
  { from: 'worker/worker.mjs', to: 'worker.mjs', options: {} },
  { from: 'style.css', to: 'style.css', options: { minify: true } },
  { from: 'text.css', to: 'text.css', options: { minify: true } },
];

/** Files of web/ that are source of a bundle, or for Node only; every other one is copied as it is. */
const NOT_COPIED = /(\.mjs|\.css|\.md|\.wasm|\.tsbuildinfo)$/;

/** Both modules and the site. */
export async function build() {
  await buildModules();
  await buildSite();
}

export async function buildModules() {
  for (const preset of Object.keys(KINDS)) await buildPreset(preset);
}

/** Corpora that the page offers to train on, from the environments' data. */
const CORPORA = ['corpus_en.txt', 'corpus_zh.txt'];

/** The static folder, from web/ and the modules. */
export async function buildSite() {
  mkdirSync(SITE, { recursive: true });
  const outputs = await bundle();
  const made = new Set([...Object.keys(outputs).filter((file) => !file.startsWith('page.js')), ...copyStatic(), ...copyCorpora(), ...copyModules()]);
  nameChunk(outputs);
  for (const file of filesBelow(SITE)) {
    if (!made.has(file)) rmSync(join(SITE, file));
  }
}

/** @typedef {Record<string, import('esbuild').Metafile['outputs'][string]>} Outputs  by path relative to the site */

/** @returns {Promise<Outputs>} what was written */
async function bundle() {
  const esbuild = await import('esbuild');
  const results = await Promise.all(BUNDLES.map(({ from, to, options }) => esbuild.build({
    entryPoints: [{ in: join(WEB, from), out: to.replace(/\.\w+$/, '') }], outdir: SITE, outExtension: extensionOf(to), bundle: true,
    format: 'esm', target: 'es2022', charset: 'utf8', legalComments: 'none', logLevel: 'warning', metafile: true, absWorkingDir: ROOT, ...options,
  }).catch((error) => {
    throw new Failure(`web/${from} could not be bundled: ${error.message}`);
  })));
  return Object.fromEntries(results.flatMap(({ metafile }) => Object.entries(metafile?.outputs ?? {}))
    .map(([file, output]) => [inSite(file), output]));
}

/** @param {string} file relative to the checkout */
const inSite = (file) => relative(SITE, join(ROOT, file));

/** @param {string} file @returns {Record<string, string>} */
const extensionOf = (file) => (file.endsWith('.mjs') ? { '.js': '.mjs' } : {});

/**
 * What the page and its parts share is a chunk of its own, all of the page in fact (the parts say so), and page.js only
 * imports it: index.html names the chunk instead, and page.js is left out.
 * @param {Outputs} outputs
 */
function nameChunk({ 'page.js': { imports } }) {
  const [chunk, ...more] = imports.filter(({ kind, external }) => kind === 'import-statement' && !external).map(({ path }) => inSite(path));
  if (!chunk || more.length > 0) throw new Failure('web/page.mjs is to be one chunk: does each part of it, fetched later, import page.mjs?');
  const file = join(SITE, 'index.html');
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll('./page.js', `./${chunk}`));
}

function copyStatic() {
  const files = filesBelow(WEB).filter((file) => !NOT_COPIED.test(file));
  for (const file of files) copy(join(WEB, file), file);
  return files;
}

function copyCorpora() {
  return CORPORA.map((file) => {
    copy(join(ROOT, 'envs', 'data', file), `static/${file}`);
    return `static/${file}`;
  });
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
