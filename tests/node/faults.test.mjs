// SPDX-License-Identifier: MIT
// A sample of tests/bench/faults.mjs, which lets every call fail: a file system that fails once, and kill -9 in the place of a call, while a run
// replaces another. The old files or the new ones are there, whole; a failure is a sentence; given again, the command gets its files.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { SCENARIOS, buildFaults, faultsReason, filesIn, outcomesOf, problemsIn, restore, withFault } from '../bench/faulty.mjs';

const reason = faultsReason();
const folder = mkdtempSync(join(tmpdir(), 'bellhop-faults-'));
after(() => rmSync(folder, { recursive: true }));

const { ENOSPC, EIO } = constants.errno;
/** Calls that fail, and calls in whose place the process is killed: the first of each pattern (faults.c), as how many there are before depends on the time. @type {[call: string, error: number | 'kill'][]} */
const FAULTS = [
  ['open */run/bellhop.lock', EIO], ['mkdir */unfinished', ENOSPC], ['write */config.json.*.tmp', ENOSPC], ['fsync */best_model.safetensors.*.tmp', EIO],
  ['rename */unfinished/model.safetensors', EIO], ['fsync */metrics.csv', EIO], ['rename */run/config.json', EIO], ['unlink */unfinished/journal.jsonl', EIO],
  ['write */best_model.safetensors.*.tmp', 'kill'], ['rename */complete.json', 'kill'], ['rename */run/config.json', 'kill'], ['rename */run/metrics.csv', 'kill'],
  ['unlink */unfinished/complete.json', 'kill'], ['rmdir *', 'kill'],
];

test('a run replaces another on a file system that fails, or until it is killed', async (t) => {
  if (reason !== undefined) return t.skip(reason);
  const library = buildFaults(folder);
  const scenario = SCENARIOS.find(({ name }) => name === 'train over a run') ?? assert.fail();
  const { run, before, fresh } = await outcomesOf(folder, scenario);
  const command = scenario.args.map((word) => word === 'run' ? run : word);
  const how = { below: run, log: join(folder, 'log'), cwd: folder };
  for (const [only, error] of FAULTS) {
    restore(run, before);
    const { status, signal, stderr, fault } = withFault(library, command, { ...how, only, at: 1, error });
    assert.ok(fault, `there is no call ${only}`);
    if (error === 'kill') assert.equal(signal, 'SIGKILL', String(fault));
    else assert.ok(status === 1 && /^bellhop: [^\n]+\n$/.test(stderr), `${fault}: ${status} ${stderr}`);
    assert.deepEqual(problemsIn(run, before, fresh), [], String(fault));
  }
  const again = withFault(library, command, { ...how, at: 0, error: 0 });
  assert.equal(again.status, 0, again.stderr);
  assert.deepEqual(filesIn(run), fresh);
  t.diagnostic(`${FAULTS.length} faults`);
});

test('a folder that has lost something is told from one that has not', () => {
  const model = Buffer.from(`${String.fromCharCode(2, 0, 0, 0, 0, 0, 0, 0)}{}`);
  const old = new Map([['model.safetensors', model], ['metrics.csv', Buffer.from('a\n1\n')]]);
  const fresh = new Map([['model.safetensors', Buffer.concat([model, Buffer.of(1)])], ['metrics.csv', Buffer.from('a\n2\n3\n')]]);
  const path = join(folder, 'judged');
  const judged = (/** @type {[string, string | Buffer][]} */ ...files) => {
    restore(path, new Map(/** @type {[string, Buffer][]} */ (files.map(([name, content]) => [name, Buffer.from(content)]))));
    return problemsIn(path, old, fresh);
  };
  assert.deepEqual(judged(...old), []);
  assert.deepEqual(judged(...old, ['unfinished/metrics.csv', 'a\n2\n']), []);
  assert.deepEqual(judged(...old, ['unfinished/metrics.csv', 'a\n2']), ['unfinished/metrics.csv is neither the old one nor a whole new one']);
  assert.deepEqual(judged(...old, ['unfinished/model.safetensors', model.subarray(0, 9)]).length, 1);
  assert.deepEqual(judged(...old, ['unfinished/summary.csv', 'a,b\n1,2\n'], ['unfinished/summary.json', '{}']), []);
  assert.equal(judged(...old, ['unfinished/summary.csv', 'a,b\n1\n'], ['unfinished/summary.json', '{']).length, 2);
  assert.deepEqual(judged(...old, ['unfinished/journal.jsonl', '{"bellhop":"train"}\n{"job":0,"su']), []);
  assert.deepEqual(judged(...old, ['unfinished/journal.jsonl', '{"bellhop":"tr']), ['unfinished/journal.jsonl is no journal']);
  assert.deepEqual(judged(...old, ['unfinished/checkpoint.safetensors', model]), ['unfinished/checkpoint.safetensors is no full checkpoint']);
  assert.deepEqual(judged(['metrics.csv', 'a\n1\n']), ['model.safetensors is gone']);
  assert.deepEqual(judged(['model.safetensors', model], ['metrics.csv', 'a\n2\n']), ['metrics.csv is neither the old one nor a whole new one']);
});
