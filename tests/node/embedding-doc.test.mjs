// SPDX-License-Identifier: MIT
// The lines of docs/embedding.md are those of the sites that `npm run test:embeds` builds.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { LESSONS } from '../hosts/lessons.mjs';

const page = readFileSync(fileURLToPath(new URL('../../docs/embedding.md', import.meta.url)), 'utf8');

/** What counts of a text: its lines, wherever they are indented to; in a notebook they are JSON. @param {string} text */
const linesOf = (text) => text.split('\n').map((line) => line.trim()).filter(Boolean).join('\n');

/** @param {Record<string, string>} files */
const textOf = (files) => linesOf(Object.entries(files).map(([name, text]) => (name.endsWith('.ipynb') ? cellsOf(text) : text)).join('\n'));

/** @param {string} notebook */
const cellsOf = (notebook) => JSON.parse(notebook).cells.map((/** @type {{ source: string[] }} */ { source }) => source.join('')).join('\n');

/** The code of a section. @param {string} name */
function codeOf(name) {
  const [, section] = new RegExp(`^## ${name}\\n([^]*?)(?=^## )`, 'm').exec(page) ?? [];
  assert.ok(section, `docs/embedding.md has no section ${name}`);
  return [...section.matchAll(/^```\w+\n([^]*?)^```$/gm)].map(([, code]) => linesOf(code));
}

for (const name of new Set(LESSONS.map((lesson) => lesson.name))) {
  test(`${name}: every line that is documented is in a site that is built`, () => {
    const sites = LESSONS.filter((lesson) => lesson.name === name);
    for (const each of codeOf(name)) assert.ok(sites.some(({ files }) => textOf(files).includes(each)), `no site has\n${each}`);
  });
}

test('every policy that is tried is documented', () => {
  for (const { policy } of LESSONS) {
    if (!policy) continue;
    const ours = policy.replace(/^default-src 'none'; /, '').replace(/style-src 'self'; /, '').replace(/; img-src data:$/, '').replace(/(img-src [^;]+) data:/, '$1'); // data: is for a page's own icon
    assert.ok(page.includes(`\`${ours}\``), ours);
  }
});

test('the table has a row for every site', () => {
  for (const { name, form } of LESSONS) assert.match(page, new RegExp(`^\\| ${name} \\| [\\d.]* ?\\| ${form} \\| yes \\| [\\d.]+ \\| `, 'm'));
});
