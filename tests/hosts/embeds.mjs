// SPDX-License-Identifier: MIT
// `npm run test:embeds`: makes a fresh site for each host that lessons are written for (lessons.mjs), builds it with the host's own
// tool, serves it below a path, reads the lesson in Chromium (reader.mjs), and compares the fingerprint of the run
// with Node's. With no arguments it writes the table of docs/embedding.md; words choose hosts: `npm run test:embeds -- sphinx astro`.
import { cpSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { HEADERS } from '../../build/headers.mjs';
import { Failure, main, say, seconds } from '../../build/run.mjs';
import { serve } from '../../build/serve.mjs';
import { setup } from '../../build/setup.mjs';
import { GOOD, chosenBy, lastRow, readTable, withPackage, writeTable } from './command.mjs';
import { withNode } from './engines.mjs';
import { BASE, LESSONS, OTHER } from './lessons.mjs';
import { PROGRAMS, programVersion } from './programs.mjs';
import { install, runIn, versionIn, writeFiles } from './project.mjs';
import { read } from './reader.mjs';

/** @typedef {import('./lessons.mjs').Lesson} Lesson */
/** @typedef {import('./reader.mjs').Reading} Reading */
/** @typedef {{ lesson: Lesson, version: string, fingerprint: string, shift: string, workers: string }} Row */

const DOC = 'docs/embedding.md';
const HEADINGS = ['host', 'version', 'form', 'trains as in Node', 'layout shift', 'workers begun, ended'];
/** How much of a fingerprint a lab shows. */
const SHOWN = 12;
/** The run of every lesson, in Node: it plays to the bound, as a lab with `stop-at` does. */
const IN_NODE = withNode('bound.mjs', `import { Worker, isMainThread } from 'node:worker_threads';
import { connect, serve } from 'bellhop';

if (isMainThread) {
  const trainer = await connect({ worker: new Worker(new URL(import.meta.url)) });
  const session = await trainer.create({ env: 'GridWorld-v0', algo: 'dqn', options: { seed: 3 } });
  await new Promise((done) => {
    session.onFrame = ({ timesteps, running }) => timesteps === 1200 && !running && done();
    session.play({ stepsPerSecond: Infinity, until: 1200 });
  });
  console.log(await session.sha256());
  trainer.terminate();
} else {
  serve();
}
`);
/** A host that sends nothing. */
const NONE = Object.fromEntries(Object.keys(HEADERS).concat('Content-Security-Policy').map((name) => [name, '']));

/** Makes the site of a lesson. @param {Lesson} lesson @param {string} tarball @param {string} folder @param {string} other where Bellhop's files are served, an URL */
async function makeSite({ packages, program, files, assets, build, output = '.' }, tarball, folder, other) {
  await install(folder, [tarball, ...packages]);
  writeFiles(folder, Object.fromEntries(Object.entries(files).map(([file, text]) => [file, text.replaceAll(OTHER, other)])));
  if (assets) cpSync(join(folder, 'node_modules/bellhop/dist'), join(folder, assets), { recursive: true });
  if (build) await runIn({ folder }, build);
  return { output: join(folder, output), version: program ? programVersion(program) : versionIn(folder, packages) };
}

/** Serves what was built below a path. @param {string} output @param {string} folder an empty one @param {string} [policy] */
function serveSite(output, folder, policy = '') {
  cpSync(output, join(folder, BASE), { recursive: true });
  return serve({ root: folder, port: 0, headers: { ...NONE, 'Content-Security-Policy': policy } });
}

/** @param {import('./command.mjs').Package} given @param {string} dist the package's, unpacked @param {string} expected @returns {(lesson: Lesson) => Promise<Row>} */
const rowOf = ({ folder, tarball, browser }, dist, expected) => async (lesson) => {
  const other = await serve({ root: dist, port: 0, headers: lesson.cors === false ? NONE : { ...NONE, 'Access-Control-Allow-Origin': '*' } });
  const place = mkdtempSync(join(folder, 'site-'));
  try {
    const { output, version } = await makeSite(lesson, tarball, place, other.url);
    const own = await serveSite(output, mkdtempSync(join(folder, 'served-')), lesson.policy?.replaceAll(new URL(OTHER).origin, new URL(other.url).origin));
    const reading = await read(browser, new URL(BASE + (lesson.page ?? ''), own.url).href, lesson).finally(own.close);
    return { lesson, version, ...cellsOfReading(reading, expected, lesson) };
  } catch (error) {
    return { lesson, version: '', fingerprint: /** @type {Error} */ (error).message, shift: '–', workers: '–' };
  } finally {
    await other.close();
  }
};

/** @param {Reading} reading @param {string} expected @param {Lesson} lesson */
function cellsOfReading({ hash, shift, begun, ended, trouble }, expected, { visits }) {
  const said = hash === expected ? GOOD : `another fingerprint, ${hash}`;
  return { fingerprint: trouble.length === 0 ? said : trouble.join('; '), shift: shift.toFixed(3).replace(/\.?0+$/, ''), workers: visits ? `${begun}, ${ended}` : '–' };
}

/** @param {Row} row */
const cellsOf = ({ lesson: { name, form }, version, fingerprint, shift, workers }) => [name, version, form, fingerprint, shift, workers];

/** Puts a row into the table, in the place of that of the same lesson; the table has the order of the lessons. @param {Row} row */
function writeRow(row) {
  const keyOf = (/** @type {unknown[]} */ [name, , form]) => `${name}: ${form}`;
  const all = new Map([...readTable(DOC, HEADINGS[0]), cellsOf(row)].map((cells) => [keyOf(cells), cells]));
  writeTable(DOC, HEADINGS, LESSONS.flatMap(({ name, form }) => [all.get(keyOf([name, '', form])) ?? []]).filter(({ length }) => length > 0));
}

/** @param {Lesson[]} lessons @returns {Promise<Row[]>} */
const run = (lessons) => withPackage(async (given) => {
  const expected = (await IN_NODE(given.node)).slice(0, SHOWN);
  const make = rowOf(given, join(given.node, 'node_modules/bellhop/dist'), expected);
  /** @type {Row[]} */
  const rows = [];
  for (const lesson of lessons) {
    const since = performance.now();
    rows.push(await make(lesson));
    writeRow(rows[rows.length - 1]);
    say(`${lastRow(rows.map(cellsOf))} ${seconds(since)}`);
  }
  return rows;
});

await main(async () => {
  const words = process.argv.slice(2);
  const lessons = chosenBy(words, LESSONS);
  await setup(lessons.flatMap(({ program }) => program ?? []), PROGRAMS);
  const rows = await run(lessons);
  const bad = rows.filter(({ fingerprint }) => fingerprint !== GOOD);
  say(`\n${rows.length - bad.length} passed, ${bad.length} failed`);
  if (bad.length > 0) throw new Failure(`${bad.map(({ lesson: { name, form } }) => `${name}, ${form}`).join('; ')}: the lesson did not work.`);
});
