// SPDX-License-Identifier: MIT
// What `npm run test:hosts` and `npm run test:embeds` share: the packed package, a browser, rows chosen by words, a table
// in a document.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { packed } from '../../build/pack.mjs';
import { ROOT } from '../../build/run.mjs';
import { chromePath } from '../../build/setup.mjs';
import { install } from './project.mjs';

/** `node` is a project with the package in it. @typedef {{ folder: string, tarball: string, node: string, browser: import('playwright-core').Browser }} Package */

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
/** What a cell says where the fingerprint is Node's. */
export const GOOD = 'yes';

/** Packs the package and installs it. The folder is removed afterwards. @template T @param {(given: Package) => Promise<T>} use */
export async function withPackage(use) {
  const folder = mkdtempSync(join(tmpdir(), 'bellhop-hosts-'));
  const browser = await chromium.launch({ executablePath: chromePath() ?? undefined, args: FLAGS, env: { ...process.env, LANG: 'en_US.UTF-8', LC_ALL: 'en_US.UTF-8' } });
  try {
    const tarball = await packed();
    const node = await install(mkdtempSync(join(folder, 'node-')), [tarball]);
    return await use({ folder, tarball, node, browser });
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Rows whose name or packages have one of these words in them; all for none. @template {{ name: string, packages: string[] }} T @param {string[]} words @param {T[]} rows */
export const chosenBy = (words, rows) =>
  rows.filter(({ name, packages }) => words.length === 0 || words.some((word) => `${name} ${packages}`.toLowerCase().includes(word.toLowerCase())));

/** @param {unknown[]} cells */
const line = (cells) => `| ${cells.join(' | ')} |`;

/** @param {unknown[][]} rows */
export const lastRow = (rows) => line(rows[rows.length - 1]);

/** @param {string} heading */
const tableThatBegins = (heading) => new RegExp(`^\\| ${heading} \\|[^]*?(?=\\n(?!\\|))`, 'm');

/** Puts a table in the place of the one that begins with the same heading. @param {string} document of the checkout @param {string[]} headings @param {unknown[][]} rows */
export function writeTable(document, headings, rows) {
  const file = join(ROOT, document);
  const table = [headings, headings.map(() => '---'), ...rows].map(line).join('\n');
  writeFileSync(file, readFileSync(file, 'utf8').replace(tableThatBegins(headings[0]), () => table));
}

/** The cells of a table that stands there. @param {string} document @param {string} heading  the first one @returns {string[][]} */
export function readTable(document, heading) {
  const [table] = tableThatBegins(heading).exec(readFileSync(join(ROOT, document), 'utf8')) ?? [''];
  return table.split('\n').slice(2).map((row) => row.split('|').slice(1, -1).map((cell) => cell.trim()));
}
