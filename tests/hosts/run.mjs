// SPDX-License-Identifier: MIT
// `npm run test:hosts`: packs the package, installs it into a fresh project of each host (table.mjs), builds it there, opens the
// result in Chromium, trains with load() and with connect(), and compares the fingerprint with Node's. With no arguments it writes
// the table of docs/bundlers.md; words choose hosts: `npm run test:hosts -- vite rollup`.
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, main, say, seconds } from '../../build/run.mjs';
import { GOOD, chosenBy, lastRow, withPackage, writeTable } from './command.mjs';
import { ENGINES } from './engines.mjs';
import { install, makeProject } from './project.mjs';
import { openHost } from './open.mjs';
import { HOSTS } from './table.mjs';

/** @typedef {{ name: string, version: string, load: string, connect: string, inline: string, config: number }} Row */

const HEADINGS = ['host', 'version', '`load()`', '`connect()`', '`bellhop/inline`', 'lines of configuration'];

/** @param {string} tarball @param {string} folder @param {import('playwright-core').Browser} browser @param {string} expected @returns {(host: import('./table.mjs').Host) => Promise<Row>} */
const rowOf = (tarball, folder, browser, expected) => async (host) => {
  const project = await makeProject(mkdtempSync(join(folder, 'project-')), host, tarball);
  /** @type {Record<string, string>} */
  const cells = { load: '–', connect: '–', inline: '–' };
  for (const entry of host.entries ?? []) {
    const found = await openHost(browser, project, host, entry).catch((error) => ({ load: error.message, connect: error.message }));
    const said = Object.fromEntries(Object.entries(found).map(([way, hash]) => [way, hash === expected ? GOOD : hash]));
    if (entry === 'bellhop') Object.assign(cells, said);
    else cells.inline = said.load === GOOD ? said.connect : said.load;
  }
  return { name: host.name, version: project.version, load: cells.load, connect: cells.connect, inline: cells.inline, config: host.config ?? 0 };
};

/** @param {Row} row */
const cellsOf = ({ name, version, load, connect, inline, config }) => [name, version, load, connect, inline, config];

/** @param {string[]} words @returns {Promise<Row[]>} */
const run = (words) => withPackage(async ({ folder, tarball, node, browser }) => {
  const expected = await ENGINES[0].fingerprint(node);
  const make = rowOf(tarball, folder, browser, expected);
  /** @type {Row[]} */
  const rows = [];
  for (const host of chosenBy(words, [...HOSTS, ...ENGINES])) {
    const since = performance.now();
    rows.push('fingerprint' in host ? await engineRow(host, folder, tarball, expected) : await make(host));
    say(`${lastRow(rows.map(cellsOf))} ${seconds(since)}`);
  }
  return rows;
});

/** @param {import('./engines.mjs').Engine} engine @param {string} folder @param {string} tarball @param {string} expected @returns {Promise<Row>} */
async function engineRow(engine, folder, tarball, expected) {
  const project = await install(mkdtempSync(join(folder, 'engine-')), [tarball, ...engine.packages]);
  const found = await engine.fingerprint(project).catch((error) => error.message);
  const said = found === expected ? GOOD : found;
  return { name: engine.name, version: await engine.version(project), load: engine.way === 'load' ? said : '–', connect: engine.way === 'connect' ? said : '–', inline: '–', config: 0 };
}

await main(async () => {
  const words = process.argv.slice(2);
  const rows = await run(words);
  if (words.length === 0) writeTable('docs/bundlers.md', HEADINGS, rows.map(cellsOf));
  const bad = rows.filter(({ load, connect, inline }) => [load, connect, inline].some((cell) => ![GOOD, '–'].includes(cell)));
  say(`\n${rows.length - bad.length} passed, ${bad.length} failed`);
  if (bad.length > 0) throw new Failure(`${bad.map(({ name, version }) => `${name} ${version}`).join(', ')} did not give the fingerprint.`);
});
