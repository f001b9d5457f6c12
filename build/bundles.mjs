// SPDX-License-Identifier: MIT
// What esbuild makes of web/: tables of scripts, of the site and of the package, and the settings all share.
import { join } from 'node:path';
import { chunkAsScript, coreChunk } from './core-chunk.mjs';
import { namedJs } from './named-js.mjs';
import { ROOT } from './run.mjs';

export const WEB = join(ROOT, 'web');

/** The presets of WebAssembly, and the modules each makes: NAME.wasm there is NAME-KIND.wasm in the site. */
export const KINDS = { 'wasm-simd': 'simd', 'wasm-scalar': 'scalar' };
const NAMES = ['bellhop', 'bellhop-text'];

/** The WebAssembly modules: where each is made, below build/out/, and which file of the site it is. */
export const MODULES = Object.fromEntries(Object.entries(KINDS).flatMap(([preset, kind]) =>
  NAMES.map((name) => [`${preset}/${name}.wasm`, `${name}-${kind}.wasm`])));

/** @type {import('esbuild').BuildOptions} */
export const SHARED = { bundle: true, format: 'esm', target: 'es2022', charset: 'utf8', legalComments: 'none', logLevel: 'warning', absWorkingDir: ROOT };

const MINIFIED = /** @type {const} */ ({ minify: true, sourcemap: 'linked' });
/** A classic script has no import.meta: what asks for it is not reached there. */
const CLASSIC = /** @type {const} */ ({ minify: true, format: 'iife', logOverride: { 'empty-import-meta': 'silent' } });

/** Scripts that share chunks. */
const SHARING = { splitting: true, chunkNames: '[name]-[hash]', plugins: [coreChunk(WEB)] };

/**
 * `replaced` are files of web/ in place of which others are taken, with everything inside, see build/inside.mjs.
 * @typedef {{ entries: Record<string, string>, extension?: string, replaced?: string[], options: import('esbuild').BuildOptions }} Bundle
 */

/** What stands for files, in place of which their content is taken. */
export const ALL_INSIDE = ['trainers.mjs', 'beside.mjs'];

/** What other people's pages link besides bellhop-lab.js. @type {Bundle[]} */
const EMBEDS = [
  { entries: { worker: 'worker/worker.mjs' }, options: MINIFIED },
  { entries: { 'bellhop-lab.classic': 'embed/classic.mjs', 'embed': 'embed/embed.mjs' }, options: CLASSIC },
  { entries: { 'bellhop-lab-all': 'embed/one-file.mjs' }, replaced: ALL_INSIDE, options: { minify: true } },
  { entries: { 'bellhop-lab-all.classic': 'embed/one-file.mjs' }, replaced: ALL_INSIDE, options: CLASSIC },
  { entries: { 'bellhop-widget': 'embed/widget.mjs' }, replaced: ALL_INSIDE, options: { minify: true } },
  { entries: { embed: 'embed/embed.css' }, options: { minify: true } },
];

/**
 * The site's. The page's scripts share their chunks, so that what start.js has begun site.js finds; the library stays readable, as tutorials
 * link to it.
 * @type {Bundle[]}
 */
export const SITE_BUNDLES = [
  { entries: { 'start': 'site/start.mjs', 'site': 'site/site.mjs', 'bellhop-lab': 'lab/define.mjs' }, options: { ...MINIFIED, ...SHARING } },
  { entries: { chapter: 'site/chapters/chapter.mjs' }, options: MINIFIED },
  // Its modules lie beside it: no text of them is needed, see web/inside.mjs.
  { entries: { bellhop: 'bellhop.mjs' }, options: { plugins: [namedJs()] } },
  { entries: { bellhop: 'bellhop.mjs' }, extension: '.mjs', options: { external: ['./inline/*'] } },
  { entries: { worker: 'worker/worker.mjs' }, extension: '.mjs', options: MINIFIED },
  { entries: { site: 'site/site.css', chapter: 'site/chapters/chapter.css' }, options: { minify: true } },
  // What the page asks of it later is a chunk.
  { entries: { 'plain-worker': 'worker/plain-worker.mjs' }, options: { ...MINIFIED, splitting: true, chunkNames: '[name]-[hash]', plugins: chunkAsScript('plain-worker', WEB, /worker\/session-calls/, 'worker/plain-worker.mjs') } },
  ...EMBEDS,
];

/**
 * The package's, dist/. Its entry `bellhop/lab` has everything inside, in chunks, so that no bundler has to copy files; it is for Node too, where
 * pages are rendered first: there Lit brings what it needs of a document.
 * @type {Bundle[]}
 */
export const DIST_BUNDLES = [
  { entries: { bellhop: 'bellhop.mjs' }, options: { minify: true, plugins: [namedJs()] } },
  { entries: { 'bellhop-lab': 'lab/define.mjs' }, options: { minify: true, ...SHARING } },
  { entries: { lab: 'embed/one-file.mjs' }, replaced: ALL_INSIDE, options: { ...SHARING, minify: true, chunkNames: 'lab/[name]-[hash]', platform: 'neutral', mainFields: ['module'], conditions: ['node'] } },
  { entries: { 'plain-worker': 'worker/plain-worker.mjs' }, options: { minify: true } },
  ...EMBEDS.map(({ options, ...bundle }) => ({ ...bundle, options: { ...options, sourcemap: false } })),
];

/** What pages of others need of the files that are copied. @type {[from: string, to: string][]} */
export const EMBEDS_COPIED = [['web/embed/embed.html', 'embed.html'], ['web/site/static/icon.svg', 'static/icon.svg']];

/** Files that are copied into the site as they are, and from where. @type {[from: string, to: string][]} */
export const SITE_COPIED = [
  ['web/bellhop.d.ts', 'bellhop.d.ts'], ['web/options.d.ts', 'options.d.ts'],
  ['envs/data/corpus_en.txt', 'static/corpus_en.txt'], ['envs/data/corpus_zh.txt', 'static/corpus_zh.txt'], ...EMBEDS_COPIED,
];
