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
      const text = readFileSync(path, 'utf8');
      const sheets = [...text.matchAll(SHEET)];
      if (sheets.length === 0) return undefined;
      const small = await Promise.all(sheets.map(async ([whole, sheet]) => {
        const { code } = await build.esbuild.transform(sheet, { loader: 'css', minify: true, charset: 'utf8' });
        return /[`$\\]/.test(code) ? whole : `css\`${code.trim()}\``;
      }));
      let i = 0;
      return { contents: text.replace(SHEET, () => small[i++]), loader: 'js' };
    });
  },
};
