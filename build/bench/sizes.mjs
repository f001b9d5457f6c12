// SPDX-License-Identifier: MIT
// What the reader downloads, in bytes: the SIMD module; the page's first load, all that Play needs, as a host sends it; a lab alone,
// as another page embeds it, and what of it is there before somebody is about to see it; the library of charts, which both fetch with the first data; and by name what the page
// fetches later, if the reader asks for it or when it has nothing to do.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { SITE } from '../build.mjs';
import { filesBelow } from '../files.mjs';

/** @typedef {{ raw: number, gzip: number, brotli: number }} Size */

/** What the scripts of a lab ask for by themselves: an English reader's words, the world GridWorld-v0 is drawn by. */
const BY_SCRIPTS = /^(plain-worker\.js|bellhop-simd\.wasm|(en|grid-map)-\w+\.js)$/;
/** What the page's ask for besides. */
const BY_THE_PAGE = /^en-site-\w+\.js$/;
/** What a lab fetches when it is about to be seen. */
const WHEN_NEAR = /^(lab-view|trainers)-\w+\.js$/;
/** What draws the charts, and the formula below the last transition: both come with the first data. */
const WITH_DATA = /^(chart|target)-\w+\.js$/;
/** What the worker fetches when it is asked for more than steps: the page saves a run that stands still. */
const WHEN_STILL = /^session-calls-\w+\.js$/;
/** What the page may fetch at all; the rest of the site is the library, for others, and its reference. */
const OF_THE_PAGE = /^(?!bellhop-lab[.-]|bellhop-widget\.|bellhop\.js|chapter\.|embed\.)[\w.-]+\.js$|^bellhop-[\w-]+\.wasm$/;

/** Files with all that they import statically, sorted. @param {string[]} files */
function withImports(files) {
  const found = new Set(files);
  for (const file of found) {
    if (!file.endsWith('.js')) continue;
    const imports = readFileSync(join(SITE, file), 'utf8').matchAll(/\b(?:import|from)"\.\/([\w.-]+\.js)"/g);
    for (const [, imported] of imports) found.add(imported);
  }
  return [...found].sort();
}

/** @param {RegExp} name */
const filesNamed = (name) => filesBelow(SITE).filter((file) => name.test(file));
const byScripts = () => filesNamed(BY_SCRIPTS);

/** What an English reader's first load is made of, without a browser to tell; the browser tests compare it with one. */
export function firstLoadFiles() {
  const html = readFileSync(join(SITE, 'index.html'), 'utf8');
  const named = [...html.matchAll(/(?:src|href)="\.\/([^"#]+)"/g)].map(([, file]) => file).filter((file) => existsSync(join(SITE, file)));
  return withImports(['index.html', ...named, ...byScripts(), ...filesNamed(BY_THE_PAGE)]);
}

/** What a page fetches for its labs while none is near. */
export const elementFiles = () => withImports(['bellhop-lab.js']);

/** What a page fetches that only has a lab in it, which is seen. */
export const labFiles = () => withImports(['bellhop-lab.js', ...filesNamed(WHEN_NEAR), ...byScripts()]);

/** What both fetch for their charts. */
export function chartFiles() {
  const first = firstLoadFiles();
  return withImports(filesNamed(WITH_DATA)).filter((file) => !first.includes(file));
}

/** What the page fetches with the first run that stands still. */
export function stillFiles() {
  const first = firstLoadFiles();
  return withImports(filesNamed(WHEN_STILL)).filter((file) => !first.includes(file));
}

/** What the page fetches when there is a run to keep. */
export function keepingFiles() {
  const first = firstLoadFiles();
  return withImports(filesNamed(/^keeping-\w+\.js$/)).filter((file) => !first.includes(file));
}

/** @param {string[]} [files] as a browser fetched them, charts included */
export function sizes(files) {
  const afterwards = [...chartFiles(), ...stillFiles(), ...keepingFiles()];
  const first = files?.filter((file) => !afterwards.includes(file)) ?? firstLoadFiles();
  const later = filesBelow(SITE).filter((file) => OF_THE_PAGE.test(file) && !first.includes(file));
  return {
    ...total(['bellhop-simd.wasm']),
    first_load: { ...total(first), measured: files !== undefined, files: bySize(first) },
    element: total(elementFiles()),
    lab: total(labFiles()),
    charts: total(chartFiles()),
    later: bySize(later),
  };
}

/** @param {string[]} files @returns {(Size & { file: string })[]} the largest first */
function bySize(files) {
  return files.map((file) => ({ file, ...total([file]) })).sort((a, b) => b.gzip - a.gzip);
}

/** What was compressed once, by file and when it was written: the module alone is in four of the sums. @type {Map<string, Size>} */
const known = new Map();

/** @param {string} file @returns {Size} */
function sizeOf(file) {
  const path = join(SITE, file), key = `${file} ${statSync(path).mtimeMs}`;
  const found = known.get(key);
  if (found) return found;
  const content = readFileSync(path);
  const size = { raw: content.length, gzip: gzipSync(content, { level: 9 }).length, brotli: brotliCompressSync(content).length };
  known.set(key, size);
  return size;
}

/** @param {string[]} files each compressed by itself @returns {Size} */
function total(files) {
  const all = files.map(sizeOf);
  const sum = (/** @type {keyof Size} */ key) => all.reduce((n, size) => n + size[key], 0);
  return { raw: sum('raw'), gzip: sum('gzip'), brotli: sum('brotli') };
}
