// SPDX-License-Identifier: MIT
// Files that survive: an old run stays until the new one is complete, the best model is written when it is found, signals, locks, links, disks
// that are full and folders that vanish.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { after, test } from 'node:test';
import { Claim } from '../../web/cli/claim.mjs';
import { lock } from '../../web/cli/lock.mjs';
import { filesIn, restore } from '../bench/faulty.mjs';
import { cli } from './cli-process.mjs';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'bellhop-durable-')));
after(() => rmSync(folder, { recursive: true }));
const { CLI, bellhop, done, refused } = cli(folder);

const at = (/** @type {string} */ ...names) => join(folder, ...names);
const held = (/** @type {string} */ name) => readdirSync(at(name)).sort();
const RUN = ['best_model.safetensors', 'config.json', 'metrics.csv', 'model.safetensors'];
/** Of a run that was ended before it was done. */
const ENDED = [...RUN, 'checkpoint.safetensors', 'journal.jsonl'].sort();
const QUICK = ['--algo', 'q-learning', '--total-timesteps', '500', '--eval-freq', '100', '--n-eval-episodes', '1', '--final-eval-episodes', '1'];
const train = (/** @type {string} */ out, /** @type {string[]} */ ...more) => ['train', 'GridWorld-v0', ...QUICK, '--out', out, ...more];
const ENDLESS = ['--total-timesteps', '2000000000'];

/** A command under way. @param {string[]} args */
function begin(args) {
  const child = spawn(process.execPath, [CLI, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  for (const name of /** @type {const} */ (['stdout', 'stderr'])) {
    child[name].setEncoding('utf8').on('data', (text) => {
      output[name] += text;
    });
  }
  const ended = new Promise((resolve) => {
    child.on('close', (code) => resolve({ code, ...output }));
  });
  return { child, ended };
}

/** @param {() => boolean} is */
async function until(is) {
  while (!is()) {
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
}

test('one module changes files, the others of the command line read', () => {
  const writes = /\b(append|close|copy|cp|create|fsync|ftruncate|link|mk|open(?!dir)|rename|rm|symlink|truncate|unlink|utimes|write)\w*/g;
  const changing = readdirSync(new URL('../../web/cli/', import.meta.url)).filter((name) => name.endsWith('.mjs')).flatMap((name) => {
    const [, names] = /import \{([^}]*)\} from 'node:fs(?:\/promises)?'/.exec(readFileSync(new URL(`../../web/cli/${name}`, import.meta.url), 'utf8')) ?? [];
    return names?.match(writes) ? [name] : [];
  });
  assert.deepEqual(changing, ['durable.mjs']);
});

// ---- an old run and a new one ----

test('the old run stays until the new one is complete; the best model is there as soon as it is found; signals', async () => {
  done(...train('kept'));
  const old = filesIn(at('kept'));
  for (const [signal, exit] of /** @type {[NodeJS.Signals, number][]} */ ([['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]])) {
    const { child, ended } = begin(train('kept', ...ENDLESS, '--seed', '1', '--overwrite'));
    await until(() => existsSync(at('kept/unfinished/best_model.safetensors')));
    assert.deepEqual(held('kept'), [...RUN, 'bellhop.lock', 'unfinished'].sort());
    child.kill(signal);
    const { code, stderr } = await ended;
    assert.equal(code, exit);
    assert.equal(stderr, 'bellhop: stopped; what was reached is in kept/unfinished, and kept keeps the run it had; to go on: --resume kept\n');
    assert.deepEqual(held('kept/unfinished'), ENDED);
    rmSync(at('now'), { recursive: true, force: true });
    renameSync(at('kept/unfinished'), at('now'));
    assert.deepEqual(filesIn(at('kept')), old);
  }
  assert.equal(done('eval', 'now', '--json').json()[0].env, 'GridWorld-v0');
  done(...train('kept', '--seed', '1', '--overwrite'));
  assert.deepEqual(held('kept'), RUN);
  assert.notDeepEqual(readFileSync(at('kept/config.json')), old.get('config.json'));
});

test('a new folder has the best model as soon as it is found, too; SIGTERM writes the rest', async () => {
  const { child, ended } = begin(train('fresh', ...ENDLESS));
  await until(() => existsSync(at('fresh/best_model.safetensors')));
  child.kill('SIGTERM');
  const { code, stdout, stderr } = await ended;
  assert.deepEqual([code, stderr], [143, 'bellhop: stopped; to go on: --resume fresh\n']);
  assert.match(stdout, /^written +metrics\.csv, config\.json, model\.safetensors, best_model\.safetensors in fresh$/m);
  assert.deepEqual(held('fresh'), ENDED);
});

test('a second signal does not wait for the scores, and no lock stays', async () => {
  writeFileSync(at('slow.mjs'), `const pause = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
let n = 0;
export default {
  id: 'Slow-v0', observationSpace: { type: 'Discrete', n: 2 }, actionSpace: { type: 'Discrete', n: 1 }, maxEpisodeSteps: 20, t: 0,
  reset() { return [this.t = 0, {}]; },
  step() { if (++n > 3000) pause(); if (this.t++ > 9) throw new Error('reset first'); return [1, 1, this.t > 9, false, {}]; },
};\n`);
  const { child, ended } = begin(['train', 'slow.mjs', '--algo', 'q-learning', ...ENDLESS, '--eval-freq', '0', '--final-eval-episodes', '100000', '--out', 'slow']);
  await until(() => existsSync(at('slow/metrics.csv')));
  child.kill('SIGINT');
  await until(() => existsSync(at('slow/best_model.safetensors')) && !existsSync(at('slow/bellhop.lock')));
  child.kill('SIGINT');
  const { code, stderr } = await ended;
  assert.deepEqual([code, child.signalCode, stderr], [null, 'SIGINT', '']);
  assert.deepEqual(held('slow'), ENDED);
});

test('output that cannot be written is told once, and the run is written', { skip: !existsSync('/dev/full') }, () => {
  for (const [name, ...more] of [['full'], ['full-json', '--json']]) {
    const { status, stderr } = spawnSync('sh', ['-c', '"$0" "$@" > /dev/full', process.execPath, CLI, ...train(name, ...more)], { encoding: 'utf8', cwd: folder });
    assert.deepEqual([status, stderr], [1, 'bellhop: the output could not be written: the disk is full\n']);
    assert.ok([RUN, ENDED].map(String).includes(String(held(name))), `${held(name)}`); // its 500 steps may be done before it hears of that
  }
});

test('--seeds: the old runs stay until the new ones are complete', async () => {
  const several = ['train', 'GridWorld-v0', ...QUICK, '--jobs', '2', '--out', 'several'];
  done(...several, '--seeds', '0-2');
  const old = filesIn(at('several'));
  const { child, ended } = begin([...several, ...ENDLESS, '--seeds', '3-4', '--overwrite']);
  await until(() => [3, 4].every((seed) => existsSync(at(`several/unfinished/seed-${seed}/best_model.safetensors`))));
  child.kill('SIGTERM');
  const { code, stderr } = await ended;
  assert.equal(code, 143);
  assert.match(stderr, /^bellhop: stopped; 2 of 2 runs were begun.*; what was reached is in several\/unfinished, and several keeps the run it had; to go on: --resume several\n$/);
  assert.deepEqual(held('several/unfinished'), ['journal.jsonl', 'seed-3', 'seed-4', 'summary.csv', 'summary.json']);
  rmSync(at('several/unfinished'), { recursive: true });
  assert.deepEqual(filesIn(at('several')), old);
});

test('pretrain: the old model stays until the new one is complete', async () => {
  writeFileSync(at('cats.txt'), 'the cat sat on the mat.\n'.repeat(30));
  const pretrain = ['pretrain', 'cats.txt', '--d-model', '8', '--n-heads', '2', '--n-layers', '1', '--context', '8', '--eval-freq', '5', '--out', 'lm'];
  done(...pretrain, '--max-steps', '10');
  const old = filesIn(at('lm'));
  const { child, ended } = begin([...pretrain, '--max-steps', '1000000', '--overwrite']);
  await until(() => existsSync(at('lm/unfinished/model.safetensors')));
  child.kill('SIGINT');
  assert.equal((await ended).code, 130);
  assert.deepEqual(held('lm/unfinished'), ['checkpoint.safetensors', 'config.json', 'journal.jsonl', 'model.safetensors', 'training.csv']);
  assert.ok(done('sample', 'lm/unfinished', '--length', '5').stdout.length > 0);
  rmSync(at('lm/unfinished'), { recursive: true });
  assert.deepEqual(filesIn(at('lm')), old);
});

test('a replacement that was cut off is done by the next command with that --out', () => {
  done(...train('half'));
  const old = filesIn(at('half'));
  done(...train('other', '--seed', '7'));
  const fresh = filesIn(at('other'));
  // Two files are in place, two are not; of the old run there is one file too many.
  const cutOff = () => {
    restore(at('half'), new Map([...old, ['config.json', fresh.get('config.json')], ['metrics.csv', fresh.get('metrics.csv')], ['training.csv', Buffer.from('step,loss,learning_rate,grad_norm,eval_loss,eval_perplexity\n')]]));
    restore(at('half/unfinished'), new Map(['model.safetensors', 'best_model.safetensors'].map((name) => [name, fresh.get(name)])));
    writeFileSync(at('half/unfinished/complete.json'), JSON.stringify({ entries: [...RUN, '../notes.txt'] }));
  };
  cutOff();
  refused(train('half'), 1, /^bellhop: half already has a run of q-learning in GridWorld-v0; give another --out/);
  assert.deepEqual(new Map([...filesIn(at('half'))].sort()), new Map([...fresh].sort()));
  cutOff();
  const claim = new Claim('out', at('half'), { overwrite: true });
  assert.equal(claim.at, at('half/unfinished'), 'now it is a run like any other');
  assert.deepEqual(new Map([...filesIn(at('half'))].filter(([name]) => name !== 'bellhop.lock').sort()), new Map([...fresh].sort()));
  claim.release();
  restore(at('half'), old);
  restore(at('half/unfinished'), new Map([['complete.json', Buffer.from('{')]]));
  refused(train('half', '--overwrite'), 1, /^bellhop: half\/unfinished\/complete\.json is not what bellhop writes; remove it\n/);
});

test('what somebody put in the place of a file meanwhile is not replaced; the new run waits beside it', () => {
  done(...train('edited'));
  const fresh = filesIn(at('edited'));
  const claim = new Claim('out', at('edited'), { overwrite: true });
  restore(claim.at, fresh);
  writeFileSync(at('edited/config.json'), 'mine');
  assert.throws(() => claim.complete(), /edited holds config\.json, which bellhop did not write; move it elsewhere, or give another --out; the new run is complete in \S+unfinished; the next command/);
  claim.release();
  refused(train('edited', '--overwrite'), 1, /^bellhop: edited holds config\.json, which bellhop did not write/);
  assert.equal(readFileSync(at('edited/config.json'), 'utf8'), 'mine');
  rmSync(at('edited/config.json'));
  refused(train('edited'), 1, /^bellhop: edited already has a run of q-learning in GridWorld-v0/);
  assert.deepEqual(filesIn(at('edited')), fresh);
});

// ---- one command at a time ----

test('a folder in use is refused, the lock of a process that has ended is not', async () => {
  const { child, ended } = begin(train('used', ...ENDLESS));
  await until(() => existsSync(at('used/best_model.safetensors')));
  const inUse = new RegExp(`^bellhop: used is in use by another bellhop \\(process ${child.pid}\\); wait until it ends, or give another folder\n`);
  refused(train('used'), 1, inUse);
  refused(train('used', '--overwrite'), 1, inUse);
  refused(['train', 'GridWorld-v0', ...QUICK, '--seeds', '0-1', '--out', 'used', '--overwrite'], 1, inUse);
  child.kill('SIGKILL');
  await ended;
  assert.ok(existsSync(at('used/bellhop.lock')));
  refused(train('used'), 1, /used already has a run of q-learning in GridWorld-v0/);
  done(...train('used', '--overwrite'));
  assert.deepEqual(held('used'), RUN);
});

test('locks: another process of that number, another computer, no lock at all', () => {
  mkdirSync(at('locked'));
  const file = at('locked/bellhop.lock');
  const mine = lock(at('locked'));
  const holder = JSON.parse(readFileSync(file, 'utf8'));
  assert.deepEqual([holder.pid, holder.host], [process.pid, hostname()]);
  assert.throws(() => lock(at('locked')), new RegExp(`in use by another bellhop \\(process ${process.pid}\\)`));
  if (process.platform === 'linux') {
    writeFileSync(file, JSON.stringify({ ...holder, started: 'long ago' }));
    lock(at('locked')).release();
    assert.ok(!existsSync(file), 'this process is alive, but that one was another');
  }
  for (const text of ['', 'nothing', '{}', JSON.stringify({ ...holder, pid: 2 ** 22 + 1 })]) {
    writeFileSync(file, text);
    lock(at('locked')).release();
    assert.deepEqual(held('locked'), [], text);
  }
  writeFileSync(file, JSON.stringify({ ...holder, host: 'elsewhere' }));
  assert.throws(() => lock(at('locked')), /in use by process \d+ of the computer elsewhere; if that has ended, remove .*bellhop\.lock/);
  mine.release();
  assert.ok(existsSync(file), 'a lock of somebody else is not removed');
  rmSync(file);
  symlinkSync(at('nowhere'), file);
  assert.throws(() => lock(at('locked')), /bellhop\.lock can be neither made nor read; remove it/);
  rmSync(file);
  if (spawnSync('mkfifo', [file]).status === 0) {
    refused(train('locked'), 1, /bellhop\.lock can be neither made nor read; remove it\n/);
    rmSync(file);
  }
  mkdirSync(file);
  refused(train('locked'), 1, /^bellhop: --out locked cannot be written to: bellhop\.lock: it is a folder\n/);
});

// ---- links ----

test('no symbolic link is followed', () => {
  mkdirSync(at('precious/seed-0'), { recursive: true });
  writeFileSync(at('precious/model.safetensors'), 'precious');
  writeFileSync(at('precious/seed-0/model.safetensors'), 'precious');
  const precious = filesIn(at('precious'));
  done(...train('linked'));
  const link = (/** @type {(name: string) => string} */ to) => RUN.forEach((name) => {
    rmSync(at('linked', name));
    symlinkSync(to(name), at('linked', name));
  });
  link(() => at('precious/model.safetensors')); // as in a cache of models, whose files are links
  refused(train('linked', '--overwrite'), 1, /^bellhop: linked holds [\w.]+, which bellhop did not write; move it elsewhere, or give another --out\n/);
  done(...train('elsewhere'));
  const elsewhere = filesIn(at('elsewhere'));
  link((name) => at('elsewhere', name));
  done(...train('linked', '--seed', '1', '--overwrite'));
  assert.deepEqual(readdirSync(at('linked'), { withFileTypes: true }).filter((entry) => entry.isSymbolicLink()), []);
  assert.deepEqual(filesIn(at('elsewhere')), elsewhere);
  mkdirSync(at('dangling'));
  symlinkSync(at('precious/new.csv'), at('dangling/metrics.csv'));
  refused(train('dangling'), 1, /^bellhop: dangling holds metrics\.csv, which bellhop did not write/);
  done('train', 'GridWorld-v0', ...QUICK, '--seeds', '0-1', '--out', 'links');
  rmSync(at('links/seed-0'), { recursive: true });
  symlinkSync(at('precious/seed-0'), at('links/seed-0'));
  refused(['train', 'GridWorld-v0', ...QUICK, '--seeds', '0-1', '--out', 'links', '--overwrite'], 1, /--out links holds seed-0 already/);
  symlinkSync(at('precious'), at('linked/unfinished'));
  refused(train('linked', '--overwrite'), 1, /linked\/unfinished is not a folder of bellhop's; remove it, or give another --out/);
  symlinkSync(at('precious/model.safetensors'), at('link.jsonl'));
  refused(['record', 'GridWorld-v0', '--policy', 'random', '--out', 'link.jsonl'], 1, /--out link\.jsonl is a symbolic link, which is not followed/);
  assert.deepEqual(filesIn(at('precious')), precious);
  symlinkSync(at('absent'), at('to-nothing'));
  refused(train('to-nothing/x'), 1, /^bellhop: \S+to-nothing is a symbolic link to a folder that does not exist; make that folder, or remove the link\n/);
  symlinkSync(at('linked'), at('alias'));
  rmSync(at('linked/unfinished'));
  done(...train('alias', '--overwrite'));
  assert.equal(readlinkSync(at('alias')), at('linked'), 'the folder itself may be one');
});

// ---- disks and folders ----

/** Where a sentence says that a run was saved. @param {string} stderr */
function rescued(stderr) {
  const [, path] = /what was reached is in (\S+) instead \(model\.safetensors and best_model\.safetensors\)/.exec(stderr) ?? assert.fail(stderr);
  const files = filesIn(path);
  assert.equal(done('eval', path, '--json').json()[0].env, 'GridWorld-v0');
  rmSync(path, { recursive: true });
  return [...files.keys()].sort();
}

test('a folder that vanishes: what was reached is saved elsewhere', async () => {
  const { child, ended } = begin(train('vanishing', ...ENDLESS));
  await until(() => existsSync(at('vanishing/best_model.safetensors')));
  rmSync(at('vanishing'), { recursive: true });
  child.kill('SIGINT');
  const { code, stderr, stdout } = await ended;
  assert.equal(code, 1);
  assert.match(stdout, /^parameters +sha256/m);
  assert.doesNotMatch(stdout, /^written/m);
  assert.match(stderr, /^bellhop: seed 0: --out vanishing cannot be written to: model\.safetensors: its folder does not exist, or not any more; [^\n]*\n$/);
  assert.deepEqual(rescued(stderr), ['best_model.safetensors', 'model.safetensors']);
});

test('a folder that a file has taken the place of: what was reached is saved elsewhere', async () => {
  const { child, ended } = begin(train('replaced', ...ENDLESS));
  await until(() => existsSync(at('replaced/best_model.safetensors')));
  rmSync(at('replaced'), { recursive: true });
  writeFileSync(at('replaced'), 'mine');
  child.kill('SIGINT');
  const { code, stderr } = await ended;
  assert.equal(code, 1);
  assert.match(stderr, /^bellhop: seed 0: --out replaced cannot be written to: model\.safetensors: a part of its path is a file, not a folder; [^\n]*\n$/);
  assert.deepEqual(rescued(stderr), ['best_model.safetensors', 'model.safetensors']);
  assert.equal(readFileSync(at('replaced'), 'utf8'), 'mine');
});

test('a disk that is full', (t) => {
  mkdirSync(at('small'));
  if (process.platform !== 'linux' || spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', at('small')]).status !== 0) return t.skip('no small disk can be made here');
  try {
    done(...train('small/run'));
    const old = filesIn(at('small/run'));
    const filler = at('small/filler');
    spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=4096', 'count=16']);
    const { status, stderr } = bellhop(...train('small/run', '--seed', '1', '--overwrite'));
    assert.equal(status, 1);
    assert.match(stderr, /^bellhop: --out small\/run cannot be written to: [\w./]+: the disk is full\n$/);
    spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=4096', 'count=7']);
    const later = bellhop('train', 'GridWorld-v0', ...QUICK, '--total-timesteps', '100000', '--checkpoint-interval', '0', '--out', 'small/run', '--overwrite');
    assert.equal(later.status, 1);
    assert.match(later.stderr, /^bellhop: seed 0: --out small\/run cannot be written to: [\w./]+: the disk is full[^\n]*; what was reached is in small\/run\/unfinished, and small\/run keeps the run it had; to go on: --resume small\/run\n$/);
    assert.deepEqual(new Map([...filesIn(at('small/run'))].filter(([name]) => !name.startsWith('unfinished'))), old);
    rmSync(filler);
    done(...train('small/run', '--seed', '1', '--overwrite'));
    assert.deepEqual(held('small/run'), RUN);
  } finally {
    spawnSync('umount', [at('small')]);
  }
});

test('folders without permission, folders that are files', (t) => {
  writeFileSync(at('plain'), '');
  refused(train('plain'), 1, /^bellhop: --out plain cannot be written to: a part of its path is a file, not a folder\n/);
  refused(train('plain/x'), 1, /^bellhop: --out plain\/x cannot be written to: a part of its path is a file, not a folder\n/);
  refused(['train', 'GridWorld-v0', ...QUICK, '--seeds', '0-1', '--out', 'plain', '--overwrite'], 1, /a part of its path is a file/);
  const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  chmodSync(folder, 0o755);
  mkdirSync(at('closed'), { mode: 0o555 });
  const { status, stderr } = spawnSync(process.execPath, [CLI, ...train(at('closed'))], { encoding: 'utf8', cwd: '/', ...nobody });
  if (/Cannot find module|EACCES.*cli\.mjs/.test(stderr)) return t.skip('the checkout is closed to others');
  assert.equal(status, 1);
  assert.match(stderr, /^bellhop: --out \S+closed cannot be written to: you have no permission to\n$/);
});

test('record: a name that cannot be written to is refused before anything is played; a pipe takes it', () => {
  const record = ['record', 'GridWorld-v0', '--policy', 'random', '--episodes', '2', '--out'];
  refused([...record, 'none/x.jsonl'], 1, /^bellhop: --out none\/x\.jsonl cannot be written to: its folder does not exist, or not any more\n/);
  refused([...record, dirname(at('x'))], 1, /cannot be written to: it is a folder\n/);
  writeFileSync(at('x.jsonl'), 'old');
  done(...record, 'x.jsonl');
  assert.match(readFileSync(at('x.jsonl'), 'utf8'), /^\{"format"/);
  assert.deepEqual(readdirSync(folder).filter((name) => name.endsWith('.tmp')), []);
  if (process.platform !== 'linux') return;
  const { stdout } = spawnSync('sh', ['-c', '"$0" "$@" | cat', process.execPath, CLI, ...record, '/dev/stdout'], { encoding: 'utf8', cwd: folder });
  assert.match(stdout, /^\{"format"/);
  const long = ['record', 'GridWorld-v0', '--policy', 'random', '--episodes', '2000', '--out', '/dev/stdout'];
  const first = spawnSync('sh', ['-c', '"$0" "$@" | head -c 9', process.execPath, CLI, ...long], { encoding: 'utf8', cwd: folder });
  assert.deepEqual([first.stdout, first.stderr], ['{"format"', '']);
});
