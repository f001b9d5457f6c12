// SPDX-License-Identifier: MIT
// `npm test`: get what is missing, then every check there is, in the order of the table GROUPS, stopping at the first
// that fails; what would leave a processor idle begins early, and is shown in its turn. `npm test -- --only lint,c,node,browser`
// runs a part; the last line is always "N passed, N failed".
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs, stripVTControlCharacters } from 'node:util';
import { build } from './build.mjs';
import { buildPreset } from './cmake.mjs';
import { filesIn } from './files.mjs';
import { packed } from './pack.mjs';
import { FOR_BROWSER_TESTS, FOR_BUILD, FOR_C_TESTS, FOR_NODE_TESTS, chromePath, setup } from './setup.mjs';
import { Failure, ROOT, held, main, runToEnd, say, seconds } from './run.mjs';

/** @typedef {{ passed: number, failed: number }} Counts */
/**
 * @typedef {object} Group
 * @property {string} title
 * @property {string[]} kinds     names for --only
 * @property {string[]} needs     keys of the table in setup.mjs
 * @property {boolean} [early]  it begins with the first, as it needs nothing of those before it
 * @property {() => Promise<Counts>} run
 */
/** @typedef {Counts & { time: string }} Result */

/** Tests of one folder take a few minutes; what does not end by then never will. */
const MINUTES = 40;
const LOCAL_BIN = join(ROOT, 'node_modules/.bin');

/** @type {Group[]} */
const GROUPS = [
  check('Layer rules', ['layers', 'lint'], [process.execPath, 'build/check-layers.mjs']),
  { ...check('ESLint', ['lint'], [join(LOCAL_BIN, 'eslint'), '.']), early: true },
  { ...check('Types', ['lint'], [join(LOCAL_BIN, 'tsc'), '--noEmit', '-p', 'tsconfig.json']), early: true },
  native('debug'),
  native('o2'),
  native('scalar'),
  native('sanitize'),
  native('gradcheck'),
  { title: 'WebAssembly, the page, the package', kinds: ['node', 'browser'], needs: FOR_BUILD, early: true, run: buildAll },
  node('Node', 'node', FOR_NODE_TESTS),
  node('Browser', 'browser', FOR_BROWSER_TESTS),
];

/** A command that is one check: it passes if it exits with 0. @param {string} title @param {string[]} kinds @param {string[]} command @returns {Group} */
function check(title, kinds, command) {
  return { title, kinds, needs: [], run: async () => asCounts((await runToEnd(command)).code === 0) };
}

/** The C library and its tests in one preset. @param {string} preset @returns {Group} */
function native(preset) {
  return { title: `C, preset ${preset}`, kinds: ['c', preset], needs: FOR_C_TESTS, run: () => runCTest(preset) };
}

/** The tests of tests/<kind>/. @param {string} title @param {string} kind @param {string[]} needs @returns {Group} */
function node(title, kind, needs) {
  return { title: `${title}, tests/${kind}`, kinds: [kind], needs, run: () => runNodeTests(kind) };
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

await main(async () => {
  const since = performance.now();
  const groups = chosenGroups();
  await setup(groups.flatMap(({ needs }) => needs));
  const runs = groups.map((group, i) => (group.early && i > 0 ? held(() => runGroup(group)) : () => runGroup(group)));
  /** @type {Result[]} */
  const results = [];
  for (const run of runs) {
    results.push(await run());
    if (results.some(({ failed }) => failed > 0)) break;
  }
  report(groups, results);
  say(`in ${seconds(since)}`);
  const sum = (/** @type {'passed' | 'failed'} */ key) => results.reduce((total, result) => total + result[key], 0);
  say(`\n${sum('passed')} passed, ${sum('failed')} failed`);
  process.exitCode = sum('failed') === 0 ? 0 : 1;
});

/** @param {Group[]} groups @param {Result[]} results */
function report(groups, results) {
  const width = Math.max(...groups.map(({ title }) => title.length));
  say('\n=== Summary');
  groups.forEach(({ title }, i) => {
    const result = results[i];
    const counts = result ? `${String(result.passed).padStart(5)} passed ${String(result.failed).padStart(3)} failed ${result.time.padStart(9)}` : '    not run';
    say(`${title.padEnd(width)} ${counts}`);
  });
}
