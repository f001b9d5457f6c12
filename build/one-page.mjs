// SPDX-License-Identifier: MIT
// bellhop.html: the page in one file, with scripts, styles, modules and texts inside. It opens from a disk, without a network.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ALL_INSIDE, SHARED, WEB } from './bundles.mjs';
import { inside } from './inside.mjs';
import { Failure } from './run.mjs';

const FILE = 'bellhop.html';

/** @param {string} site  with the files of the page @returns {Promise<string>} the file, relative to it */
export async function writeOnePage(site) {
  const script = await bundle();
  const style = readFileSync(join(site, 'site.css'), 'utf8').replace(/\n?\/\*# sourceMappingURL.*$/s, '');
  const icon = `data:image/svg+xml;base64,${readFileSync(join(site, 'static/icon.svg'), 'base64')}`;
  const policy = `default-src 'none'; script-src '${hashOf(script)}' 'wasm-unsafe-eval'; style-src '${hashOf(style)}'; img-src data:; worker-src blob:; base-uri 'none'; form-action 'none'`;
  let page = readFileSync(join(site, 'index.html'), 'utf8');
  for (const [what, by] of /** @type {[RegExp, string][]} */ ([
    [/(?<=<meta http-equiv="Content-Security-Policy" content=")[^"]*/, policy],
    [/<script type="module" src="\.\/start\.js"[^>]*><\/script>\n/, ''],
    [/(?:<link rel="modulepreload"[^>]*>\n)+/, ''],
    [/(?<=<link rel="icon" href=")[^"]*/, icon],
    [/<link rel="stylesheet" href="\.\/site\.css">/, `<style>${style}</style>`],
    [/<link rel="preload"[^>]*>\n/, ''],
    [/ *<a id="chapters"[^>]*>[^<]*<\/a>\n/, ''], // they are not beside this file
    [/ *<p><a href="api\/"[^>]*>[^<]*<\/a><\/p>\n/, ''], // nor is it
    [/<script type="module" src="\.\/site\.js"><\/script>/, `<script type="module">${script}</script>`],
  ])) page = replaceOnce(page, what, by);
  writeFileSync(join(site, FILE), page);
  return FILE;
}

async function bundle() {
  const esbuild = await import('esbuild');
  const { outputFiles: [{ text }] } = await esbuild.build({
    entryPoints: [join(WEB, 'site/site.mjs')], ...SHARED, minify: true, write: false, plugins: [inside([...ALL_INSIDE, 'corpora.mjs'])],
  });
  return text;
}

/** As a policy names an inline script or style. @param {string} text */
const hashOf = (text) => `sha256-${createHash('sha256').update(text).digest('base64')}`;

/** @param {string} text @param {RegExp} what @param {string} by */
function replaceOnce(text, what, by) {
  if (!what.test(text)) throw new Failure(`index.html has nothing like ${what}, which build/one-page.mjs replaces`);
  return text.replace(what, () => by);
}
