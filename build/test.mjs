// SPDX-License-Identifier: MIT
// `npm test`: get what is missing, then every check there is, each as soon as what it needs is done, so that no processor is idle;
// shown in the order of the table PARTS, stopping at the first that fails. `npm test -- --only lint,c,node,browser` runs a part;
// the last line is always "N passed, N failed".
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs, stripVTControlCharacters } from 'node:util';
import { build } from './build.mjs';
import { buildPreset } from './cmake.mjs';
import { filesIn } from './files.mjs';
import { packed } from './pack.mjs';
import { FOR_BROWSER_TESTS, FOR_BUILD, FOR_C_TESTS, FOR_NODE_TESTS, chromePath, setup } from './setup.mjs';
import { Failure, ROOT, main, runToEnd, say, seconds } from './run.mjs';
import { asCounts, printTable, runTasks } from './tasks.mjs';

/** @typedef {import('./tasks.mjs').Counts} Counts */
/** @typedef {import('./tasks.mjs').Task & { kinds: string[], needs: string[] }} Part  kinds: names for --only; needs: keys of the table in setup.mjs */

/** Tests of one folder take a few minutes; what does not end by then never will. */
const MINUTES = 40;
const LOCAL_BIN = join(ROOT, 'node_modules/.bin');

const BUILD = 'WebAssembly, the page, the package', BROWSER = 'Browser, tests/browser';
/** Built one after the other, as some link objects of those before them. */
const PRESETS = ['debug', 'o2', 'scalar', 'gradcheck', 'sanitize'];
/** Tested one after the other, those that take longest first. */
const PRESETS_TESTED = ['sanitize', 'o2', 'gradcheck', 'debug', 'scalar'];
/** Node's tests run programs of these, and configure one of them; the last builds in the others' folders too. */
const PRESETS_OF_NODE = ['debug', 'o2', 'scalar', 'gradcheck'];
const buildOf = (/** @type {string} */ preset) => `C build, preset ${preset}`;
const testsOf = (/** @type {string} */ preset) => `C tests, preset ${preset}`;
/**
 * What a browser shows depends on the processors it has, and a page that waits draws meanwhile: only C is built and tested beside it, and Node
 * comes after it. Nothing that C does depends on time, so that its tests take what the others leave.
 */
const NICENESS = { lint: 10, build: 10, node: 5, c: 15 };

/** @type {Part[]} */
const PARTS = [
  check('Layer rules', ['layers', 'lint'], [process.execPath, 'build/check-layers.mjs']),
  check('ESLint', ['lint'], [join(LOCAL_BIN, 'eslint'), '.']),
  check('Types', ['lint'], [join(LOCAL_BIN, 'tsc'), '--noEmit', '-p', 'tsconfig.json']),
  { title: BUILD, kinds: ['node', 'browser'], needs: FOR_BUILD, after: [], niceness: 0, run: buildAll },
  ...PRESETS.map(nativeBuild),
  ...PRESETS_TESTED.map(nativeTests),
  { ...node(BROWSER, 'browser', FOR_BROWSER_TESTS), after: [BUILD] },
  { ...node('Node, tests/node', 'node', FOR_NODE_TESTS), after: [BUILD, BROWSER, ...PRESETS_OF_NODE.map(buildOf)], niceness: NICENESS.node },
];

/** A command that is one check: it passes if it exits with 0. @param {string} title @param {string[]} kinds @param {string[]} command @returns {Part} */
function check(title, kinds, command) {
  return { title, kinds, needs: [], after: [], niceness: NICENESS.lint, run: async () => asCounts((await runToEnd(command)).code === 0) };
}

/** The C library and the programs that test it in one preset. @param {string} preset @param {number} i  in PRESETS @returns {Part} */
function nativeBuild(preset, i) {
  const run = async () => {
    await buildPreset(preset);
    return asCounts(true);
  };
  return { title: buildOf(preset), kinds: ['c', preset], needs: FOR_C_TESTS, after: PRESETS.slice(0, i).map(buildOf), niceness: NICENESS.build, run };
}

/** @param {string} preset @param {number} i  in PRESETS_TESTED @returns {Part} */
function nativeTests(preset, i) {
  const after = [buildOf(preset), ...PRESETS_TESTED.slice(0, i).map(testsOf)];
  return { title: testsOf(preset), kinds: ['c', preset], needs: FOR_C_TESTS, after, niceness: NICENESS.c, run: () => runCTest(preset) };
}

/** The tests of tests/<kind>/. @param {string} title @param {string} kind @param {string[]} needs @returns {Part} */
function node(title, kind, needs) {
  return { title, kinds: [kind], needs, after: [], niceness: 0, run: () => runNodeTests(kind) };
}

/** @param {string} preset @returns {Promise<Counts>} */
async function runCTest(preset) {
  const { code, output } = await runToEnd(['ctest', '--preset', preset], { capture: true });
  const [, failed, total] = output.match(/tests passed, (\d+) tests? failed out of (\d+)/)?.map(Number) ?? [];
  return total === undefined ? asCounts(code === 0) : { passed: total - failed, failed };
}

/** @param {string} kind @returns {Promise<Counts>} */
async function runNodeTests(kind) {
  const files = filesIn(ROOT, [`tests/${kind}`], /\.test\.mjs$/);
  if (files.length === 0) throw new Failure(`tests/${kind} has no *.test.mjs.`);
  // Certificates of one's own are read by each process of Node as it starts, and no test asks another machine. A browser started
  // in the locale C may call its language en-US@posix, which Intl refuses.
  const env = { NODE_EXTRA_CA_CERTS: undefined, ...kind === 'browser' && { CHROME_PATH: chromePath() ?? '', LANG: 'en_US.UTF-8', LC_ALL: undefined } };
  const { code, output } = await runToEnd([process.execPath, '--test', '--test-reporter=spec', ...options(kind), ...files], { capture: true, env, minutes: MINUTES });
  const counts = Object.fromEntries([...stripVTControlCharacters(output).matchAll(/^ℹ (pass|fail|cancelled) (\d+)$/gm)]
    .map(([, name, count]) => [name, Number(count)]));
  if (counts.pass === undefined) return asCounts(code === 0);
  const failed = counts.fail + counts.cancelled;
  return { passed: counts.pass, failed: code === 0 ? failed : Math.max(1, failed) };
}

/**
 * A file more at a time than there are processors, as some wait for what they have started: Node's own choice leaves one out, which of two
 * is half. What a browser shows depends on the processors it has, so its files run one after the other. Whatever a test that failed has
 * left open, the run ends. @param {string} kind
 */
function options(kind) {
  const hasConcurrency = process.versions.node.localeCompare('20.10', 'en', { numeric: true }) >= 0;
  return ['--import', pathToFileURL(join(ROOT, 'tests/ends.mjs')).href, ...hasConcurrency ? [`--test-concurrency=${kind === 'browser' ? 1 : availableParallelism() + 1}`] : []];
}

async function buildAll() {
  await build();
  await packed();
  return asCounts(true);
}

/** @returns {Part[]} */
function chosenParts() {
  const known = [...new Set(PARTS.flatMap(({ kinds }) => kinds))];
  const usage = `Usage: npm test [-- --only A,B]  with any of ${known.join(', ')}`;
  /** @type {string[]} */
  let only;
  try {
    const { values } = parseArgs({ options: { only: { type: 'string', multiple: true } } });
    only = (values.only ?? []).flatMap((value) => value.split(','));
  } catch (error) {
    throw new Failure(`${/** @type {Error} */ (error).message}\n${usage}`);
  }
  const unknown = only.filter((kind) => !known.includes(kind));
  if (unknown.length > 0) throw new Failure(`--only does not know ${unknown.join(', ')}.\n${usage}`);
  return only.length === 0 ? PARTS : PARTS.filter(({ kinds }) => kinds.some((kind) => only.includes(kind)));
}

await main(async () => {
  const since = performance.now();
  const parts = chosenParts();
  await setup(parts.flatMap(({ needs }) => needs));
  const results = await runTasks(parts);
  printTable(parts, results);
  say(`in ${seconds(since)}`);
  const sum = (/** @type {'passed' | 'failed'} */ key) => [...results.values()].reduce((total, result) => total + result[key], 0);
  say(`\n${sum('passed')} passed, ${sum('failed')} failed`);
  process.exitCode = sum('failed') === 0 ? 0 : 1;
});
