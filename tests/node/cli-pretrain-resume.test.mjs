// SPDX-License-Identifier: MIT
// bellhop pretrain --resume DIR: what is killed and gone on with has the bytes of what was never killed.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { after, before, test } from 'node:test';
import { metadataOf } from '../../web/lib/checkpoint.mjs';
import { cli } from './cli-process.mjs';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'bellhop-pretrain-resume-')));
after(() => rmSync(folder, { recursive: true }));
const { CLI, done, refused, endedWhen } = cli(folder);

const at = (/** @type {string[]} */ ...names) => join(folder, ...names);
const held = (/** @type {string} */ name) => readdirSync(at(name)).sort();
const FILES = ['config.json', 'model.safetensors', 'training.csv'];
const TEXT = 'the cat sat on the mat. a dog ran to the cat and the mat was flat.\n'.repeat(30);
const TINY = ['--d-model', '8', '--n-heads', '2', '--n-layers', '1', '--batch-size', '4', '--eval-freq', '50'];
const LM = ['pretrain', 'cats.txt', '--context', '16', ...TINY, '--max-steps', '6000'];
const OFTEN = ['--checkpoint-interval', '0.02'];

writeFileSync(at('cats.txt'), TEXT);
before(() => done(...LM, '--out', 'whole'));

/** Steps that the full checkpoint of a folder has; 0 where there is none. @param {string} run */
function stepsIn(run) {
  const file = at(run, 'checkpoint.safetensors');
  return existsSync(file) ? Number(metadataOf(readFileSync(file))?.steps) : 0;
}

/** @param {string} name @param {string} whole */
function checkSame(name, whole) {
  assert.deepEqual(held(name), FILES);
  for (const file of FILES) assert.ok(readFileSync(at(name, file)).equals(readFileSync(at(whole, file))), `${name}/${file} is not that of ${whole}`);
}

/** A folder with a training that was killed, made once, in a copy of its own. @type {string | undefined} */
let template;

/** @param {string} name */
async function killed(name) {
  if (template === undefined) {
    await endedWhen([...LM, '--out', 'template', ...OFTEN], () => stepsIn('template') > 0);
    template = 'template';
  }
  cpSync(at(template), at(name), { recursive: true });
  return name;
}

/** What a folder holds, by its bytes. @param {string} name */
const bytesIn = (name) => new Map(held(name).filter((file) => file !== 'bellhop.lock').map((file) => [file, readFileSync(at(name, file), 'latin1')]));

test('killed, and gone on with: the same files, and it says where it went on', async () => {
  const run = await killed('one');
  const steps = stepsIn(run);
  assert.ok(steps > 0);
  const { stdout } = done('pretrain', 'cats.txt', '--resume', run);
  assert.match(stdout, new RegExp(`^resumed +at step ${steps.toLocaleString('en')}$`, 'm'));
  checkSame(run, 'whole');
  assert.equal(done('pretrain', '--resume', run).stdout, 'one has a language model of cats.txt, which is complete\n');
});

test('over an old model, which stays until the other is done; ended by a signal, which says how to go on', async () => {
  const other = [...LM, '--seed', '1'];
  done(...other, '--out', 'other');
  cpSync(at('whole'), at('over'), { recursive: true });
  const { code, stderr } = await endedWhen([...other, '--out', 'over', '--overwrite', ...OFTEN], () => stepsIn('over/unfinished') > 0, 'SIGTERM');
  assert.deepEqual([code, stderr], [143, 'bellhop: stopped; what was reached is in over/unfinished, and over keeps the run it had; to go on: --resume over\n']);
  for (const file of FILES) assert.ok(readFileSync(at('over', file)).equals(readFileSync(at('whole', file))));
  const [summary] = done('pretrain', '--resume', 'over', '--json').json().slice(-1);
  assert.deepEqual([summary.steps, summary.stopped, summary.resumed_at_step > 0], [6000, undefined, true]);
  checkSame('over', 'other');
});

test('an environment of text; killed before the first full checkpoint it begins again from what was typed', async () => {
  const run = ['pretrain', '--env', 'TextGen-v1', '--n-texts', '300', ...TINY, '--max-steps', '1500'];
  done(...run, '--out', 'texts');
  await endedWhen([...run, '--out', 'texts-again', ...OFTEN], () => stepsIn('texts-again') > 0);
  done('pretrain', '--resume', 'texts-again');
  checkSame('texts-again', 'texts');
  const table = at('anew/training.csv');
  await endedWhen([...LM, '--out', 'anew', '--checkpoint-interval', '0'], () => existsSync(table) && readFileSync(table, 'utf8').split('\n').length > 20);
  assert.ok(!existsSync(at('anew/checkpoint.safetensors')));
  done('pretrain', '--resume', 'anew');
  checkSame('anew', 'whole');
});

test('a text from stdin is given again', async () => {
  const piped = (/** @type {string[]} */ args, /** @type {string} */ input) => spawnSync(process.execPath, [CLI, ...args], { encoding: 'utf8', cwd: folder, input });
  const killedRun = await killed('piped');
  writeFileSync(at(killedRun, 'journal.jsonl'), readFileSync(at(killedRun, 'journal.jsonl'), 'utf8').replace('["cats.txt"]', '["-"]'));
  const { status, stderr } = piped(['pretrain', '--resume', killedRun], `${TEXT}!`);
  assert.deepEqual([status, stderr], [1, 'bellhop: piped/checkpoint.safetensors: the checkpoint is of another text: a training goes on only with the one it began with; '
    + 'move it elsewhere, and --resume begins the run again\n']);
  assert.equal(piped(['pretrain', '--resume', killedRun], TEXT).status, 0);
  assert.ok(readFileSync(at(killedRun, 'model.safetensors')).equals(readFileSync(at('whole/model.safetensors'))));
});

test('hyperparameters marked * may be others from now on, also after one more end; the others are settled', async () => {
  const run = await killed('changed');
  const before = bytesIn(run);
  refused(['pretrain', '--resume', run, '--d-model', '16'], 2, /^bellhop: --d-model is settled when a run begins; with --resume those can change that bellhop pretrain --help marks \*\n/);
  refused(['pretrain', '--resume', run, '--out', 'x'], 2, /^bellhop: --resume goes on with the command that was begun in changed, and --out is for a new one\n/);
  refused(['pretrain', '--resume', run, '--env', 'TextGen-v1'], 2, /and --env is for a new one/);
  refused(['pretrain', 'dogs.txt', '--resume', run], 2, /^bellhop: --resume goes on with the command that was begun in changed, and dogs\.txt is not what it learns from; leave it out\n/);
  refused(['pretrain', '--resume', run, '--learning-rate', '-1'], 2, /^bellhop: .*--learning-rate is -1/);
  refused(['train', '--resume', run], 2, /^bellhop: changed was begun by bellhop pretrain: bellhop pretrain --resume changed\n/);
  refused([...LM, '--out', run], 1, /changed already has a language model of cats\.txt; give another --out, or --overwrite to replace it, or go on with it: --resume changed\n/);
  assert.deepEqual(bytesIn(run), before);
  const { code, stderr } = await endedWhen(['pretrain', '--resume', run, '--max-steps', '10000000', '--learning-rate', '0.0001'], () => existsSync(at(run, 'checkpoint.safetensors')) && stepsIn(run) > 7000, 'SIGINT');
  assert.deepEqual([code, stderr], [130, 'bellhop: stopped; to go on: --resume changed\n']);
  const steps = stepsIn(run) + 100;
  const [summary] = done('pretrain', '--resume', run, '--max-steps', String(steps), '--json').json().slice(-1);
  assert.equal(summary.steps, steps);
  const { options } = JSON.parse(readFileSync(at(run, 'config.json'), 'utf8'));
  assert.deepEqual([options.max_steps, options.learning_rate], [steps, 0.0001]);
});

test('checkpoints that are damaged, plain, or of another training are refused with their name, and nothing else is changed', async () => {
  const run = await killed('damaged');
  const file = at(run, 'checkpoint.safetensors');
  const good = readFileSync(file);
  const flipped = Buffer.from(good);
  flipped[good.length >> 1] ^= 1;
  await endedWhen([...LM, '--seed', '1', '--out', 'of-another', ...OFTEN], () => stepsIn('of-another') > 0);
  /** @type {[bytes: Buffer, why: string][]} */
  const cases = [
    [flipped, '.*'], [good.subarray(0, 1000), '.*'], [Buffer.alloc(0), '.*'],
    [readFileSync(at('whole/model.safetensors')), 'the checkpoint has parameters only, not the training they are of: it can be loaded, but not resumed'],
    [readFileSync(at('of-another/checkpoint.safetensors')), 'the checkpoint\'s seed is \'1\', but here it is \'0\''],
  ];
  for (const [bytes, why] of cases) {
    writeFileSync(file, bytes);
    const before = bytesIn(run);
    refused(['pretrain', '--resume', run], 1, new RegExp(`^bellhop: damaged/checkpoint\\.safetensors: ${why}; move it elsewhere, and --resume begins the run again\n$`));
    assert.deepEqual(bytesIn(run), before);
  }
  writeFileSync(file, good);
  rmSync(at('cats.txt'));
  refused(['pretrain', '--resume', run], 1, /^bellhop: cats\.txt does not exist\n/);
  writeFileSync(at('cats.txt'), `${TEXT}more`);
  refused(['pretrain', '--resume', run], 1, /^bellhop: damaged\/checkpoint\.safetensors: the checkpoint is of another text/);
  writeFileSync(at('cats.txt'), TEXT);
  done('pretrain', '--resume', run);
  checkSame(run, 'whole');
});
