// SPDX-License-Identifier: MIT
// The hosts of `npm run test:hosts`, one row each: what to install, how to build or serve. A project has index.html, which loads
// src/index.js, and that imports the package; see run.mjs.

/**
 * @typedef {object} Host
 * @property {string} name
 * @property {string[]} packages     what is installed beside Bellhop; the first one's version stands in the table
 * @property {string} [build]        a command that makes dist/
 * @property {boolean} [classic]     what it makes is a classic script
 * @property {boolean} [bare]        it makes no page: dist/index.html is written, which loads dist/index.js
 * @property {boolean} [inlineScript]  the page has a script in itself, which a strict policy refuses
 * @property {string} [dev]          a command that serves the project at 127.0.0.1:PORT, built or not
 * @property {'files' | 'origin' | 'site'} [plain] instead: no bundler; the files of the package lie beside the page or at another origin, or the site does
 * @property {Record<string, string>} [files]  more files of the project
 * @property {number} [config]       lines among them that are configuration
 * @property {('bellhop' | 'bellhop/inline')[]} [entries]  what it can import; default: both
 */

const PARCEL = 'parcel build index.html --public-url ./ --no-cache';
const BOTH = /** @type {Host['entries']} */ (['bellhop', 'bellhop/inline']);

/** @param {number} version @returns {Host[]} */
const vite = (version) => [
  { name: 'Vite, build', packages: [`vite@${version}`], build: 'vite build --base ./' },
  { name: 'Vite, development server', packages: [`vite@${version}`], dev: 'vite --host 127.0.0.1 --strictPort --port PORT' },
];

/** A page of Next: the library is imported on the server too, where it does nothing. */
const APP = {
  'app/layout.js': 'export default function Layout({ children }) {\n  return <html lang="en"><body>{children}</body></html>;\n}\n',
  'app/page.js': "'use client';\nimport '../src/index.js';\nexport default function Page() {\n  return <p>Bellhop</p>;\n}\n",
};
const NEXT = { packages: ['next', 'react', 'react-dom'], files: APP };

/** @type {Host[]} */
export const HOSTS = [
  ...[5, 6, 7, 8].flatMap(vite),
  {
    name: 'Vite, development server, package not optimized', packages: ['vite@8'], dev: 'vite --host 127.0.0.1 --strictPort --port PORT',
    config: 1, files: { 'vite.config.js': "export default { optimizeDeps: { exclude: ['bellhop', 'bellhop/inline'] } };\n" },
  },
  { name: 'webpack', packages: ['webpack@5', 'webpack-cli'], build: 'webpack --mode production --entry ./src/index.js --output-path dist --output-filename index.js', bare: true },
  { name: 'Next, build', ...NEXT, build: 'next build', dev: 'next start --hostname 127.0.0.1 --port PORT' },
  { name: 'Next, build with webpack', ...NEXT, build: 'next build --webpack', dev: 'next start --hostname 127.0.0.1 --port PORT' },
  { name: 'Next, development server', ...NEXT, dev: 'next dev --hostname 127.0.0.1 --port PORT' },
  { name: 'esbuild, chunks', packages: ['esbuild'], build: 'esbuild src/index.js --bundle --minify --format=esm --splitting --outdir=dist', bare: true },
  { name: 'esbuild, one classic script', packages: ['esbuild'], build: 'esbuild src/index.js --bundle --minify --outfile=dist/index.js', bare: true, classic: true },
  { name: 'Rollup, chunks', packages: ['rollup', '@rollup/plugin-node-resolve'], build: 'rollup src/index.js -p node-resolve -f es -d dist', bare: true },
  {
    name: 'Rollup, one classic script', packages: ['rollup', '@rollup/plugin-node-resolve'], build: 'rollup src/index.js -p node-resolve -f iife -o dist/index.js', bare: true, classic: true,
    entries: ['bellhop/inline'],
  },
  { name: 'Parcel', packages: ['parcel'], build: PARCEL, inlineScript: true, entries: ['bellhop'] },
  {
    // It reads `exports` only if it is told to.
    name: 'Parcel, `exports` read', packages: ['parcel'], build: PARCEL, inlineScript: true,
    config: 1, files: { 'package.json': '{ "private": true, "type": "module",\n"@parcel/resolver-default": { "packageExports": true } }' },
  },
  { name: 'no build, files beside the page', packages: [], plain: 'files' },
  { name: 'no build, files at another origin', packages: [], plain: 'origin' },
  { name: 'no build, the built site at another origin', packages: [], plain: 'site', entries: ['bellhop'] },
].map((host) => ({ entries: BOTH, ...host }));
