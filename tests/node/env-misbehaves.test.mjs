// SPDX-License-Identifier: MIT
// Environments of one's own that call process.exit, throw where nobody catches it, or cannot be imported by one thread: a sentence that names
// seed and environment, exit code 1, and what was reached is written.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseDemonstrations } from '../../web/node/node.mjs';
import { cli } from './cli-process.mjs';

const folder = mkdtempSync(join(tmpdir(), 'bellhop-misbehaves-'));
after(() => rmSync(folder, { recursive: true }));
const { bellhop, refused, readOnce } = cli(folder);

const held = (/** @type {string} */ name) => readdirSync(join(folder, name)).sort();
const RUN = ['best_model.safetensors', 'config.json', 'metrics.csv', 'model.safetensors'];
const LONG = ['--algo', 'q-learning', '--total-timesteps', '100000000', '--eval-freq', '1000', '--n-eval-episodes', '1', '--final-eval-episodes', '1'];

/** A corridor that does something after so many steps. @param {string} id @param {string} what @param {{ head?: string, exports?: string, steps?: number }} [how] */
const corridor = (id, what, { head = '', exports = 'export default', steps = 5000 } = {}) => `${head}
let n = 0;
${exports} {
  id: '${id}', observationSpace: { type: 'Discrete', n: 5 }, actionSpace: { type: 'Discrete', n: 2 }, maxEpisodeSteps: 20, at: 0,
  reset() { return [this.at = 0, {}]; },
  step(action) {
    if (this.at === 4) throw new Error('reset first');
    this.at = Math.max(0, this.at + (action === 1 ? 1 : -1));
    if (++n === ${steps}) { ${what} }
    return [this.at, this.at === 4 ? 1 : 0, this.at === 4, false, {}];
  },
};\n`;
const write = (/** @type {string} */ name, /** @type {string} */ text) => writeFileSync(join(folder, name), text);

/** What each does, and the end of its sentence. @type {[name: string, what: string, says: string, head?: string][]} */
const CASES = [
  ['Exit-v0', 'process.exit(0);', 'step\\([01]\\) threw Error: process\\.exit\\(0\\) was called, but an environment returns or throws'],
  ['ExitImported-v0', 'exit(3);', 'step\\([01]\\) threw Error: process\\.exit\\(3\\) was called, but an environment returns or throws', "import { exit } from 'node:process';"],
  ['LateExit-v0', 'setTimeout(() => process.exit(0));', 'nobody caught Error: process\\.exit\\(0\\) was called, but an environment returns or throws'],
  ['Late-v0', "setTimeout(() => { throw new TypeError('too late'); });", 'nobody caught TypeError: too late'],
  ['Rejects-v0', "Promise.reject(new Error('no water'));", 'a promise was rejected, and nobody caught Error: no water'],
  ['ThrowsText-v0', "setTimeout(() => { throw 'text'; });", "nobody caught 'text'"],
];

for (const [id, what, says, head] of CASES) {
  test(`${id} in the main process and in a seed's thread`, () => {
    write(`${id}.mjs`, corridor(id, what, { head }));
    const one = bellhop('train', `${id}.mjs`, ...LONG, '--seed', '3', '--out', `${id}-one`, '--json');
    assert.equal(one.status, 1);
    assert.match(one.stderr, new RegExp(`^bellhop: seed 3: ${id}: ${says}\\n$`));
    assert.deepEqual(held(`${id}-one`), RUN);
    const last = one.json().at(-1);
    assert.deepEqual([last.type, last['eval/mean_reward']], ['summary', 1]);
    assert.match(last.error, new RegExp(says));
    const two = bellhop('train', `${id}.mjs`, ...LONG, '--seeds', '4-5', '--jobs', '2', '--out', `${id}-two`, '--json');
    assert.equal(two.status, 1);
    assert.match(two.stderr, new RegExp(`^bellhop: seed 4: ${id}: ${says}; also failed: seed 5\\n$`));
    assert.deepEqual(held(`${id}-two`), ['seed-4', 'seed-5', 'summary.csv', 'summary.json']);
    for (const seed of [4, 5]) assert.deepEqual(held(`${id}-two/seed-${seed}`), RUN);
  });
}

test('record keeps the episodes that were complete', () => {
  const { status, stderr } = bellhop('record', 'Late-v0.mjs', '--policy', 'random', '--seed', '2', '--episodes', '1000000', '--out', 'late.jsonl');
  assert.equal(status, 1);
  assert.match(stderr, /^bellhop: seed 2: Late-v0: nobody caught TypeError: too late; the [\d,]+ of 1,000,000 episodes that were complete are written\n$/);
  assert.ok(parseDemonstrations(readFileSync(join(folder, 'late.jsonl'))).episodes.length > 100);
});

test('a run over an old one that such an error ends leaves the old one', () => {
  const before = readFileSync(join(folder, 'Late-v0-one/model.safetensors'));
  const { status, stderr } = bellhop('train', 'Late-v0.mjs', ...LONG, '--out', 'Late-v0-one', '--overwrite');
  assert.equal(status, 1);
  assert.match(stderr, /^bellhop: seed 0: Late-v0: nobody caught .*; what was reached is in Late-v0-one\/unfinished, and Late-v0-one keeps the run it had\n$/);
  assert.deepEqual(readFileSync(join(folder, 'Late-v0-one/model.safetensors')), before);
  assert.deepEqual(held('Late-v0-one/unfinished'), RUN);
});

test('while a file is imported', () => {
  write('exits.mjs', 'process.exit(0);');
  write('strays.mjs', "Promise.reject(new Error('early'));\nawait new Promise((done) => setTimeout(done, 50));\n");
  refused(['train', 'exits.mjs'], 1, /^bellhop: exits\.mjs could not be imported: Error: process\.exit\(0\) was called/);
  refused(['train', 'strays.mjs'], 1, /^bellhop: strays\.mjs: a promise was rejected, and nobody caught Error: early\n/);
});

test('timers that are left do not keep the command', () => {
  write('timer.mjs', corridor('Timer-v0', 'setInterval(() => {}, 1000);', { steps: 10 }));
  const { status, stderr } = bellhop('train', 'timer.mjs', '--algo', 'q-learning', '--total-timesteps', '500');
  assert.deepEqual([status, stderr], [0, '']);
});

test('a file that one seed cannot import does not lose the others', () => {
  // The main process is thread 0, each seed has one of its own.
  write('one.mjs', corridor('One-v0', '', { head: "import { threadId } from 'node:worker_threads';\nif (threadId === 2) throw new Error('no licence');" }));
  const train = ['train', 'one.mjs', '--algo', 'q-learning', '--total-timesteps', '1000', '--seeds', '0-3', '--jobs', '1'];
  const { status, stderr, json } = bellhop(...train, '--out', 'one', '--json');
  assert.equal(status, 1);
  assert.match(stderr, /^bellhop: seed 1: .*one\.mjs could not be imported: Error: no licence\n$/);
  assert.deepEqual(json().map(({ type, seed, seeds }) => [type, seed ?? seeds]), [['summary', 0], ['summary', 2], ['summary', 3], ['aggregate', [0, 2, 3]]]);
  assert.deepEqual(held('one'), ['seed-0', 'seed-2', 'seed-3', 'summary.csv', 'summary.json']);
});

test('a thread that ends without a word loses its line, not its files, nor the other seeds', () => {
  write('ends.mjs', corridor('Ends-v0', '', { head: "import { parentPort, threadId } from 'node:worker_threads';\nif (threadId === 1) parentPort.close();" }));
  const train = ['train', 'ends.mjs', '--algo', 'q-learning', '--total-timesteps', '2000', '--final-eval-episodes', '1', '--jobs', '1', '--out', 'ends', '--json'];
  const { status, stderr, json } = bellhop(...train, '--seeds', '0-1');
  assert.equal(status, 1);
  assert.match(stderr, /^bellhop: seed 0: Ends-v0: its thread ended without a result, with code 0\n$/);
  assert.deepEqual(json().map(({ type, seed }) => seed ?? type), [1, 'aggregate']);
  assert.deepEqual(held('ends'), ['seed-0', 'seed-1', 'summary.csv', 'summary.json']);
  assert.deepEqual(held('ends/seed-0'), RUN);
});

test('.cjs works, also as compilers write it; .ts says what to do', () => {
  write('plain.cjs', corridor('Plain-v0', '', { exports: 'module.exports =' }));
  write('compiled.cjs', corridor('Compiled-v0', '', { exports: "Object.defineProperty(exports, '__esModule', { value: true });\nexports.default =" }));
  for (const [file, id] of [['plain.cjs', 'Plain-v0'], ['compiled.cjs', 'Compiled-v0'], ['plain.cjs#Plain-v0', 'Plain-v0']]) {
    const { status, stderr, json } = bellhop('train', file, '--algo', 'q-learning', '--total-timesteps', '500', '--json');
    assert.equal(status, 0, stderr);
    assert.equal(json().at(-1).env, id);
  }
  refused(['train', 'plain.cjs', '--env-mapp', 'S'], 2, /^bellhop: unknown flag --env-mapp\n/);
  write('tank.ts', 'export default {};');
  write('tank.cts', 'export = {};');
  refused(['train', 'tank.ts'], 2, /^bellhop: tank\.ts is TypeScript, which is to be compiled first: npx esbuild tank\.ts --bundle --platform=node --format=esm --outfile=tank\.mjs; then give tank\.mjs\n/);
  refused(['train', 'tank.cts'], 2, /--format=cjs --outfile=tank\.cjs; then give tank\.cjs\n/);
  refused(['train', 'none.ts'], 1, /none\.ts does not exist/);
});

test('a reader that has had enough: the run is written, and nothing is said', async () => {
  const { status, stderr } = await readOnce('train', 'GridWorld-v0', '--total-timesteps', '2000000000', '--eval-freq', '500', '--json', '--out', 'piped');
  assert.deepEqual([status, stderr, held('piped')], [0, '', RUN]);
});
