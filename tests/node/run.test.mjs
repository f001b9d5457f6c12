// SPDX-License-Identifier: MIT
// Commands that run beside others (build/run.mjs): what they say is shown in their turn, they leave the processors to others, and what ends them ends
// what they have started. Tasks that come after others (build/tasks.mjs): the parts of `npm test`. How its files end (tests/ends.mjs).
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { after, test } from 'node:test';

const RUN = new URL('../../build/run.mjs', import.meta.url).href;
const TASKS = new URL('../../build/tasks.mjs', import.meta.url).href;
const folder = mkdtempSync(join(tmpdir(), 'bellhop-run-'));
after(() => rmSync(folder, { recursive: true }));

/** A script of the build, in a process of its own. @param {string} body */
function script(body) {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', `import { endHeld, held, main, run, runToEnd, say } from '${RUN}';\nawait main(async () => {\n${body}\n});`]);
  const output = { stdout: '', stderr: '' };
  for (const name of /** @type {const} */ (['stdout', 'stderr'])) child[name].setEncoding('utf8').on('data', (text) => (output[name] += text));
  return { child, output, ended: once(child, 'close').then(([code]) => ({ code, ...output })) };
}

/** @param {number} pid */
function isThere(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const gone = async (/** @type {number} */ pid) => {
  while (isThere(pid)) await new Promise((done) => { setTimeout(done, 10); });
};

test('what two bodies say is shown one after the other, that of the one in turn as it comes; a command is as nice as asked', async () => {
  const { code, stdout, stderr } = await script(`
    const first = held(async () => { await run(['sh', '-c', 'echo one; nice; sleep 0.2; echo two >&2']); say('first'); }, 7);
    const second = held(async () => { await run(['echo', 'three']); say('second'); return 2; });
    say('begun');
    await first.show();
    say(String(await second.show()));`).ended;
  assert.deepEqual({ code, stderr, lines: stdout.trim().split('\n') }, { code: 0, stderr: '', lines: ['begun', 'one', String(7 + await niceness()), 'two', 'first', 'three', 'second', '2'] });
});

/** Of this process. */
async function niceness() {
  return Number((await script("await run(['nice']);").ended).stdout);
}

/** Commands that never end, and say the numbers of their processes. */
const ENDLESS = "const { show } = held(() => runToEnd(['sh', '-c', 'sleep 1000 & echo $$ $!; wait']));";

test('what is ended ends with what it has started, and is an answer; nothing begins after that', async () => {
  const { child, output, ended } = script(`${ENDLESS} process.stdin.once('data', endHeld); say('ended by ' + (await show()).code);
    say('not begun: ' + (await held(() => runToEnd(['true'])).running).code); process.stdin.destroy();`);
  while (!output.stdout.includes('\n')) await once(child.stdout, 'data');
  const pids = output.stdout.trim().split(' ').map(Number);
  child.stdin.write('end\n');
  assert.match((await ended).stdout, /\nended by SIGTERM\nnot begun: SIGTERM\n$/);
  await Promise.all(pids.map(gone));
});

for (const [signal, code] of /** @type {const} */ ([['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]])) {
  test(`${signal} ends what runs beside the script too`, async () => {
    const { child, output, ended } = script(`${ENDLESS} await show();`);
    while (!output.stdout.includes('\n')) await once(child.stdout, 'data');
    const pids = output.stdout.trim().split(' ').map(Number);
    child.kill(signal);
    assert.equal((await ended).code, code);
    await Promise.all(pids.map(gone));
  });
}

/** Tasks whose commands are lines of a shell. @param {Record<string, { line: string, after?: string[], niceness?: number }>} lines  by their titles, in the order of the list */
const tasks = (lines) => `
    const { printTable, runTasks } = await import('${TASKS}');
    const tasks = Object.entries(${JSON.stringify(lines)}).map(([title, { line, after = [], niceness = 0 }]) => ({ title, after, niceness, run: async () => {
      await run(['sh', '-c', line]);
      return { passed: 3, failed: 0 };
    } }));
    const results = await runTasks(tasks);
    printTable(tasks, results);`;

/** Without times. @param {string} text */
const linesOf = (text) => text.trim().split('\n').map((line) => line.trim().replace(/ +[\d.]+ s$/, '')).filter((line) => line !== '');

test('a task begins when those it comes after have passed, wherever they stand; they are shown in the order of the list', async () => {
  const [early, late] = ['early', 'late'].map((name) => join(folder, name));
  const { code, stdout } = await script(tasks({
    last: { line: `test -e ${late} && echo it is`, after: ['first', 'one that is not run'] },
    first: { line: `until test -e ${early}; do sleep 0.01; done; touch ${late}`, after: [] },
    beside: { line: `touch ${early}; nice`, niceness: 6 },
  })).ended;
  assert.equal(code, 0);
  assert.deepEqual(linesOf(stdout), [
    '=== last', 'it is', '=== first', '=== beside', String(6 + await niceness()),
    '=== Summary', 'last       3 passed   0 failed', 'first      3 passed   0 failed', 'beside     3 passed   0 failed',
  ]);
});

test('a task that fails ends those that run, and no other begins', async () => {
  const running = join(folder, 'running');
  const { code, stdout } = await script(tasks({
    endless: { line: `touch ${running}; sleep 1000` },
    fails: { line: `until test -e ${running}; do sleep 0.01; done; echo wrong; exit 4` },
    dependent: { line: 'echo never', after: ['fails'] },
  })).ended;
  assert.equal(code, 0);
  assert.deepEqual(linesOf(stdout).map((line) => line.replace(/^`.*`/, 'it')), [
    '=== endless', 'it failed (SIGTERM).', 'Ended, as another part has failed.', '=== fails', 'wrong', 'it failed (4).',
    '=== Summary', 'endless       not run', 'fails         0 passed   1 failed', 'dependent     not run',
  ]);
});

test('a file of tests whose failure leaves something open ends, and nothing it has to tell is lost', async () => {
  const file = join(folder, 'open.test.mjs'), env = { ...process.env, NODE_TEST_CONTEXT: undefined };
  writeFileSync(file, `import { test } from 'node:test';
    for (let i = 0; i < 100; i++) test('passes ' + i, () => {});
    test('leaves a timer', () => { setInterval(() => {}, 1000); throw new Error('it fails'); });`);
  const child = spawn(process.execPath, ['--import', new URL('../ends.mjs', import.meta.url).href, '--test', '--test-reporter=spec', file], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  const [code] = await once(child, 'close');
  assert.equal(code, 1);
  assert.match(stdout, /^ℹ pass 100$/m);
  assert.match(stdout, /^ℹ fail 1$/m);
});
