// SPDX-License-Identifier: MIT
// Environments of one's own that call process.exit or its kin, go to another folder, throw where nobody catches it, or cannot be imported by one thread: a sentence that
// names seed and environment, exit code 1, and what was reached is written.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseDemonstrations } from '../../web/node/node.mjs';
import { ONE_OBJECT, cli } from './cli-process.mjs';

const folder = mkdtempSync(join(tmpdir(), 'bellhop-misbehaves-'));
after(() => rmSync(folder, { recursive: true }));
const { bellhop, refused, readOnce } = cli(folder, ONE_OBJECT);

const held = (/** @type {string} */ name) => readdirSync(join(folder, name)).sort();
const RUN = ['best_model.safetensors', 'config.json', 'metrics.csv', 'model.safetensors'];
/** Of a run that was ended before it was done: alone, and as one of several. */
const SEED_ENDED = ['best_model.safetensors', 'checkpoint.safetensors', 'config.json', 'metrics.csv', 'model.safetensors'];
const ENDED = [...SEED_ENDED, 'journal.jsonl'].sort();
const LONG = ['--algo', 'q-learning', '--total-timesteps', '100000000', '--eval-freq', '1000', '--n-eval-episodes', '1', '--final-eval-episodes', '1'];

/**
 * A corridor that does something after so many steps, when it is closed, or as it is imported.
 * @param {string} id @param {string} what @param {{ head?: string, exports?: string, steps?: number, close?: string }} [how]
 */
const corridor = (id, what, { head = '', exports = 'export default', steps = 5000, close = '' } = {}) => `${head}
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
  close() { ${close} },
};\n`;
/** The same as a function that makes them: a single one is never closed. @param {string} id @param {string} close */
const closing = (id, close) => `${corridor(id, '', { exports: 'const env =', close })}export default Object.assign(() => ({ ...env }), env);\n`;
const write = (/** @type {string} */ name, /** @type {string} */ text) => writeFileSync(join(folder, name), text);

/** What each does, and the end of its sentence. @type {[name: string, what: string, says: string, head?: string][]} */
const CASES = [
  ['Exit-v0', 'process.exit(0);', 'step\\([01]\\) threw Error: process\\.exit\\(0\\) was called, but an environment returns or throws'],
  ['ExitImported-v0', 'exit(3);', 'step\\([01]\\) threw Error: process\\.exit\\(3\\) was called, but an environment returns or throws', "import { exit } from 'node:process';"],
  ['LateExit-v0', 'setTimeout(() => process.exit(0));', 'process\\.exit\\(0\\) was called, but an environment returns or throws'],
  ['CatchesExit-v0', 'try { process.exit(0); } catch {}', 'process\\.exit\\(0\\) was called, but an environment returns or throws'],
  ['ReallyExit-v0', 'process.reallyExit();', 'step\\([01]\\) threw Error: process\\.reallyExit\\(\\) was called, but an environment returns or throws'],
  ['Abort-v0', 'process.abort();', 'step\\([01]\\) threw Error: process\\.abort\\(\\) was called, but an environment returns or throws'],
  ['Kill-v0', "kill(pid, 0) && kill(pid, 'SIGKILL');", "step\\([01]\\) threw Error: process\\.kill\\(\\d+, 'SIGKILL'\\) was called, but an environment returns or throws", "import { kill, pid } from 'node:process';"],
  ['Chdir-v0', "process.chdir('/');", "step\\([01]\\) threw Error: process\\.chdir\\('/'\\) was called, but the files of the command are in the folder where it began; paths may start from import\\.meta\\.url"],
  ['Late-v0', "setTimeout(() => { throw new TypeError('too late'); });", 'nobody caught TypeError: too late'],
  ['Rejects-v0', "Promise.reject(new Error('no water'));", 'a promise was rejected, and nobody caught Error: no water'],
  ['ThrowsText-v0', "setTimeout(() => { throw 'text'; });", "nobody caught 'text'"],
];

for (const [id, what, says, head] of CASES) {
  test(`${id} in the main process and in a seed's thread`, () => {
    write(`${id}.mjs`, corridor(id, what, { head }));
    const one = bellhop('train', `${id}.mjs`, ...LONG, '--seed', '3', '--out', `${id}-one`, '--json');
    assert.equal(one.status, 1);
    assert.match(one.stderr, new RegExp(`^bellhop: seed 3: ${id}: ${says}; to go on: --resume ${id}-one\\n$`));
    assert.deepEqual(held(`${id}-one`), ENDED);
    const last = one.json().at(-1);
    assert.deepEqual([last.type, last['eval/mean_reward']], ['summary', 1]);
    assert.match(last.error, new RegExp(says));
    const two = bellhop('train', `${id}.mjs`, ...LONG, '--seeds', '4-5', '--jobs', '2', '--out', `${id}-two`, '--json');
    assert.equal(two.status, 1);
    assert.match(two.stderr, new RegExp(`^bellhop: seed 4: ${id}: ${says}; also failed: seed 5; to go on: --resume ${id}-two\\n$`));
    assert.deepEqual(held(`${id}-two`), ['journal.jsonl', 'seed-4', 'seed-5', 'summary.csv', 'summary.json']);
    for (const seed of [4, 5]) assert.deepEqual(held(`${id}-two/seed-${seed}`), SEED_ENDED);
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
  assert.match(stderr, /^bellhop: seed 0: Late-v0: nobody caught .*; what was reached is in Late-v0-one\/unfinished, and Late-v0-one keeps the run it had; to go on: --resume Late-v0-one\n$/);
  assert.deepEqual(readFileSync(join(folder, 'Late-v0-one/model.safetensors')), before);
  assert.deepEqual(held('Late-v0-one/unfinished'), ENDED);
});

test('while a file is imported', () => {
  write('exits.mjs', 'process.exit(0);');
  write('strays.mjs', "Promise.reject(new Error('early'));\nawait new Promise((done) => setTimeout(done, 50));\n");
  write('rejects.mjs', corridor('Early-v0', '', { head: "Promise.reject(new Error('early'));" }));
  write('waits.mjs', 'await new Promise(() => {});');
  write('throws-waiting.mjs', "setInterval(() => {}, 1000);\nsetTimeout(() => { throw new Error('early'); });\nawait new Promise(() => {});");
  for (const more of [['--out', 'not-made'], ['--out', 'not-made', '--seeds', '0-1']]) {
    refused(['train', 'exits.mjs', ...more], 1, /^bellhop: exits\.mjs: process\.exit\(0\) was called, but an environment returns or throws\n/);
    refused(['train', 'strays.mjs', ...more], 1, /^bellhop: strays\.mjs: a promise was rejected, and nobody caught Error: early\n/);
    refused(['train', 'rejects.mjs', ...more], 1, /^bellhop: rejects\.mjs: a promise was rejected, and nobody caught Error: early\n/);
    refused(['train', 'waits.mjs', ...more], 1, /^bellhop: waits\.mjs: awaits a promise that is never settled\n/);
    refused(['train', 'throws-waiting.mjs', ...more], 1, /^bellhop: throws-waiting\.mjs: nobody caught Error: early\n/);
  }
  assert.ok(!existsSync(join(folder, 'not-made')));
});

test('what the main process alone is told of does not end the seeds', () => {
  // Thrown when the first seed has begun, which it says by its folder.
  const late = "import { existsSync } from 'node:fs';\nimport { isMainThread } from 'node:worker_threads';\n"
    + "if (isMainThread) { const t = setInterval(() => { if (existsSync('main/seed-0')) { clearInterval(t); throw new Error('too late'); } }, 1); }";
  write('main.mjs', corridor('Main-v0', '', { head: late }));
  const { status, stderr, json } = bellhop('train', 'main.mjs', '--algo', 'q-learning', '--total-timesteps', '3000', '--seeds', '0-2', '--jobs', '1', '--out', 'main', '--json');
  assert.deepEqual([status, stderr], [1, 'bellhop: main.mjs: nobody caught Error: too late\n']);
  assert.deepEqual(json().map(({ type, seed, error }) => [seed ?? type, error]), [[0, undefined], [1, undefined], [2, undefined], ['aggregate', undefined]]);
  assert.deepEqual(held('main'), ['seed-0', 'seed-1', 'seed-2', 'summary.csv', 'summary.json']);
});

test('process.exit in close() is told: at once, or at the end of the run', () => {
  write('closes.mjs', closing('Closes-v0', 'process.exit(0);'));
  refused(['train', 'closes.mjs', '--out', 'not-made'], 1, /^bellhop: closes\.mjs: process\.exit\(0\) was called, but an environment returns or throws\n/);
  write('closes-late.mjs', closing('ClosesLate-v0', 'if (n > 2500) process.exit(0);'));
  const train = ['train', 'closes-late.mjs', '--algo', 'q-learning', '--total-timesteps', '3000', '--json', '--out'];
  const one = bellhop(...train, 'closed', '--seed', '2');
  const says = 'ClosesLate-v0: process.exit(0) was called, but an environment returns or throws';
  assert.deepEqual([one.status, one.stderr, one.json().at(-1).error], [1, `bellhop: seed 2: ${says}\n`, says]);
  assert.deepEqual(held('closed'), RUN);
  const two = bellhop(...train, 'closed-two', '--seeds', '2-3');
  assert.deepEqual([two.status, two.stderr], [1, `bellhop: seed 2: ${says}; also failed: seed 3; to go on: --resume closed-two\n`]);
  assert.deepEqual(held('closed-two/seed-3'), SEED_ENDED);
  write('closes-played.mjs', closing('ClosesLate-v0', 'if (n > 10) process.exit(0);'));
  const scored = bellhop('eval', 'closed', '--env', 'closes-played.mjs', '--json');
  assert.deepEqual([scored.status, scored.stderr], [1, 'bellhop: closes-played.mjs: process.exit(0) was called, but an environment returns or throws\n']);
  assert.equal(scored.json()[0]['eval/mean_reward'], 1);
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
  assert.match(stderr, /^bellhop: seed 1: .*one\.mjs could not be imported: Error: no licence; to go on: --resume one\n$/);
  assert.deepEqual(json().map(({ type, seed, seeds }) => [type, seed ?? seeds]), [['summary', 0], ['summary', 2], ['summary', 3], ['aggregate', [0, 2, 3]]]);
  assert.deepEqual(held('one'), ['journal.jsonl', 'seed-0', 'seed-2', 'seed-3', 'summary.csv', 'summary.json']);
});

test('a thread that ends without a word loses its line, not its files, nor the other seeds', () => {
  write('ends.mjs', corridor('Ends-v0', '', { head: "import { parentPort, threadId } from 'node:worker_threads';\nif (threadId === 1) parentPort.close();" }));
  const train = ['train', 'ends.mjs', '--algo', 'q-learning', '--total-timesteps', '2000', '--final-eval-episodes', '1', '--jobs', '1', '--out', 'ends', '--json'];
  const { status, stderr, json } = bellhop(...train, '--seeds', '0-1');
  assert.equal(status, 1);
  assert.match(stderr, /^bellhop: seed 0: Ends-v0: its thread ended without a result, with code 0; to go on: --resume ends\n$/);
  assert.deepEqual(json().map(({ type, seed }) => seed ?? type), [1, 'aggregate']);
  assert.deepEqual(held('ends'), ['journal.jsonl', 'seed-0', 'seed-1', 'summary.csv', 'summary.json']);
  assert.deepEqual(held('ends/seed-0'), SEED_ENDED);
});

test('.cjs works, also as compilers write it; .ts says what to do', () => {
  write('plain.cjs', corridor('Plain-v0', '', { exports: 'module.exports =' }));
  write('compiled.cjs', corridor('Compiled-v0', '', { exports: "Object.defineProperty(exports, '__esModule', { value: true });\nexports.default =" }));
  for (const [file, id] of [['plain.cjs', 'Plain-v0'], ['compiled.cjs', 'Compiled-v0'], ['plain.cjs#Plain-v0', 'Plain-v0']]) {
    const { status, stderr, json } = bellhop('train', file, '--algo', 'q-learning', '--total-timesteps', '500', '--json');
    assert.equal(status, 0, stderr);
    assert.equal(json().at(-1).env, id);
  }
  refused(['train', 'plain.cjs', '--env-mapp', 'S'], 2, /^bellhop: Plain-v0 has no option --env-mapp; see bellhop options Plain-v0\n/);
  write('tank.ts', 'export default {};');
  write('tank.cts', 'export = {};');
  refused(['train', 'tank.ts'], 2, /^bellhop: tank\.ts is TypeScript, which is to be compiled first: npx esbuild tank\.ts --bundle --platform=node --format=esm --outfile=tank\.mjs; then give tank\.mjs\n/);
  refused(['train', 'tank.cts'], 2, /--format=cjs --outfile=tank\.cjs; then give tank\.cjs\n/);
  refused(['train', 'none.ts'], 1, /none\.ts does not exist/);
});

test('a reader that has had enough: the run is written, and nothing is said', async () => {
  const { status, stderr } = await readOnce('train', 'GridWorld-v0', '--total-timesteps', '2000000000', '--eval-freq', '500', '--json', '--out', 'piped');
  assert.deepEqual([status, stderr, held('piped')], [141, '', ENDED]);
});
