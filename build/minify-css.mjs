// SPDX-License-Identifier: MIT
// Style sheets that stand in templates, css`…`, made as small as esbuild makes files of CSS: it leaves templates as they are.
import { readFileSync } from 'node:fs';

/** A whole sheet in a template, without places or escapes. */
const SHEET = /\bcss`([^`$\\]*)`/g;

/** @type {import('esbuild').Plugin} */
export const minifyCss = {
  name: 'minify-css',
  setup(build) {
    build.onLoad({ filter: /[\\/]web[\\/].*\.mjs$/ }, async ({ path }) => {
      const text = readFileSync(path, 'utf8'), contents = await withSmallSheets(build.esbuild, text);
      return contents === text ? undefined : { contents, loader: 'js' };
    });
  },
};

/** @param {import('esbuild').PluginBuild['esbuild']} esbuild @param {string} text  of a module @returns {Promise<string>} */
export async function withSmallSheets(esbuild, text) {
  const small = await Promise.all([...text.matchAll(SHEET)].map(async ([whole, sheet]) => {
    const { code } = await esbuild.transform(sheet, { loader: 'css', minify: true, charset: 'utf8' });
    return /[`$\\]/.test(code) ? whole : `css\`${code.trim()}\``;
  }));
  let i = 0;
  return text.replace(SHEET, () => small[i++]);
}
