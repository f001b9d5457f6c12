// SPDX-License-Identifier: MIT
// `npm test`: get what is missing, then every check there is, each as soon as what it needs is done, so that no processor is idle;
// shown in the order of the table GROUPS, stopping at the first that fails. `npm test -- --only lint,c,node,browser` runs a part;
// the last line is always "N passed, N failed".
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs, stripVTControlCharacters } from 'node:util';
import { build } from './build.mjs';
import { buildPreset } from './cmake.mjs';
import { filesIn } from './files.mjs';
import { packed } from './pack.mjs';
import { FOR_BROWSER_TESTS, FOR_BUILD, FOR_C_TESTS, FOR_NODE_TESTS, chromePath, setup } from './setup.mjs';
import { Failure, ROOT, endHeld, held, main, runToEnd, say, seconds } from './run.mjs';

/** @typedef {{ passed: number, failed: number }} Counts */
/**
 * @typedef {object} Group
 * @property {string} title
 * @property {string[]} kinds     names for --only
 * @property {string[]} needs     keys of the table in setup.mjs
 * @property {string[]} after     titles of those that must have passed before it begins, where they are run
 * @property {number} niceness    the higher, the more it leaves the processors to others
 * @property {() => Promise<Counts>} run
 */
/** @typedef {Counts & { time: string }} Result */

/** Tests of one folder take a few minutes; what does not end by then never will. */
const MINUTES = 40;
const LOCAL_BIN = join(ROOT, 'node_modules/.bin');

const BUILD = 'WebAssembly, the page, the package';
/** One after the other, as some link objects of those before them; Node's tests run what the first three build. */
const PRESETS = ['debug', 'o2', 'scalar', 'sanitize', 'gradcheck'];
const ofPreset = (/** @type {string} */ preset) => `C, preset ${preset}`;
/** What a browser shows depends on the processors it has; nothing that C does depends on time. */
const NICENESS = { c: 10, lint: 10, node: 5 };

/** @type {Group[]} */
const GROUPS = [
  check('Layer rules', ['layers', 'lint'], [process.execPath, 'build/check-layers.mjs']),
  check('ESLint', ['lint'], [join(LOCAL_BIN, 'eslint'), '.']),
  check('Types', ['lint'], [join(LOCAL_BIN, 'tsc'), '--noEmit', '-p', 'tsconfig.json']),
  ...PRESETS.map(native),
  { title: BUILD, kinds: ['node', 'browser'], needs: FOR_BUILD, after: [], niceness: 0, run: buildAll },
  { ...node('Node', 'node', FOR_NODE_TESTS), after: [BUILD, ...PRESETS.slice(0, 3).map(ofPreset)], niceness: NICENESS.node },
  { ...node('Browser', 'browser', FOR_BROWSER_TESTS), after: [BUILD] },
];

/** A command that is one check: it passes if it exits with 0. @param {string} title @param {string[]} kinds @param {string[]} command @returns {Group} */
function check(title, kinds, command) {
  return { title, kinds, needs: [], after: [], niceness: NICENESS.lint, run: async () => asCounts((await runToEnd(command)).code === 0) };
}

/** The C library and its tests in one preset. @param {string} preset @param {number} i  in PRESETS @returns {Group} */
function native(preset, i) {
  return { title: ofPreset(preset), kinds: ['c', preset], needs: FOR_C_TESTS, after: PRESETS.slice(0, i).map(ofPreset), niceness: NICENESS.c, run: () => runCTest(preset) };
}

/** The tests of tests/<kind>/. @param {string} title @param {string} kind @param {string[]} needs @returns {Group} */
function node(title, kind, needs) {
  return { title: `${title}, tests/${kind}`, kinds: [kind], needs, after: [], niceness: 0, run: () => runNodeTests(kind) };
}

/** @param {string} preset @returns {Promise<Counts>} */
async function runCTest(preset) {
  await buildPreset(preset);
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
  const isSince = (/** @type {string} */ version) => process.versions.node.localeCompare(version, 'en', { numeric: true }) >= 0;
  return [
    ...isSince('20.10') ? [`--test-concurrency=${kind === 'browser' ? 1 : availableParallelism() + 1}`] : [],
    ...isSince('20.14') ? ['--test-force-exit'] : [],
  ];
}

async function buildAll() {
  await build();
  await packed();
  return asCounts(true);
}

/** @param {boolean} passed @returns {Counts} */
function asCounts(passed) {
  return { passed: Number(passed), failed: Number(!passed) };
}

/** @returns {Group[]} */
function chosenGroups() {
  const known = [...new Set(GROUPS.flatMap(({ kinds }) => kinds))];
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
  return only.length === 0 ? GROUPS : GROUPS.filter(({ kinds }) => kinds.some((kind) => only.includes(kind)));
}

/** Run one group; what goes wrong with it is printed and counts as one failure. @param {Group} group @returns {Promise<Result>} */
async function runGroup(group) {
  const since = performance.now();
  say(`\n=== ${group.title}`);
  try {
    return { ...await group.run(), time: seconds(since) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    say(error.message);
    return { ...asCounts(false), time: seconds(since) };
  }
}

/** Begins each group when those that it comes after have passed, and shows them in the table's order, until one has failed: then the others are ended. @param {Group[]} groups */
async function runAll(groups) {
  /** Of those that came to an end of their own. @type {Map<Group, Result>} */
  const results = new Map();
  /** @type {{ first?: Group }} */
  const failed = {};
  /** @type {Map<string, ReturnType<typeof held<void>>>} */
  const runs = new Map();
  for (const group of groups) {
    runs.set(group.title, held(async () => {
      await Promise.all(group.after.map((title) => runs.get(title)?.running));
      if (failed.first) return;
      const result = await runGroup(group);
      if (failed.first) return say('Ended, as another part has failed.');
      results.set(group, result);
      if (result.failed === 0) return;
      failed.first = group;
      endHeld();
    }, group.niceness));
  }
  for (const { title } of groups) {
    await runs.get(title)?.show();
    if (failed.first?.title === title) break;
  }
  return results;
}

await main(async () => {
  const since = performance.now();
  const groups = chosenGroups();
  await setup(groups.flatMap(({ needs }) => needs));
  const results = await runAll(groups);
  report(groups, results);
  say(`in ${seconds(since)}`);
  const sum = (/** @type {'passed' | 'failed'} */ key) => [...results.values()].reduce((total, result) => total + result[key], 0);
  say(`\n${sum('passed')} passed, ${sum('failed')} failed`);
  process.exitCode = sum('failed') === 0 ? 0 : 1;
});

/** @param {Group[]} groups @param {Map<Group, Result>} results */
function report(groups, results) {
  const width = Math.max(...groups.map(({ title }) => title.length));
  say('\n=== Summary');
  groups.forEach((group) => {
    const result = results.get(group);
    const counts = result ? `${String(result.passed).padStart(5)} passed ${String(result.failed).padStart(3)} failed ${result.time.padStart(9)}` : '    not run';
    say(`${group.title.padEnd(width)} ${counts}`);
  });
}
