// SPDX-License-Identifier: MIT
// --resume DIR: what is killed and gone on with has the bytes of what was never killed.
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Claim } from '../../web/cli/claim.mjs';
import { metadataOf } from '../../web/lib/checkpoint.mjs';
import { buildFaults, faultsReason, timeless, withFault } from '../bench/faulty.mjs';
import { cli } from './cli-process.mjs';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'bellhop-resume-')));
after(() => rmSync(folder, { recursive: true }));
const { bellhop, done, refused, endedWhen } = cli(folder);

const at = (/** @type {string[]} */ ...names) => join(folder, ...names);
const held = (/** @type {string} */ name) => readdirSync(at(name)).sort();
const RUN = ['best_model.safetensors', 'config.json', 'metrics.csv', 'model.safetensors'];
const SCORED = ['--eval-freq', '1000', '--n-eval-episodes', '2', '--final-eval-episodes', '2'];
const OFTEN = ['--checkpoint-interval', '0.05'];
const DQN = ['train', 'CartPole-v1', '--total-timesteps', '6000', ...SCORED];
const ENDLESS = ['--total-timesteps', '2000000000'];

/** Steps that the full checkpoint of a run has; 0 where there is none. @param {string} run */
function stepsIn(run) {
  const file = at(run, 'checkpoint.safetensors');
  return existsSync(file) ? Number(metadataOf(readFileSync(file))?.timesteps) : 0;
}

/** @param {string} name @param {string} whole @param {readonly string[]} [files] */
function checkSame(name, whole, files = RUN) {
  for (const file of files) assert.ok(readFileSync(at(name, file)).equals(readFileSync(at(whole, file))), `${name}/${file} is not that of ${whole}`);
}

/** A run that was never killed, made once. @type {Set<string>} */
const made = new Set();

/** @param {string} name @param {string[]} args */
function whole(name, args) {
  if (!made.has(name)) done(...args, '--out', name);
  made.add(name);
  return name;
}

/** A folder with a run that was killed, made once, in a copy of its own. @type {string | undefined} */
let template;

/** @param {string} name */
async function killed(name) {
  if (template === undefined) {
    await endedWhen([...DQN, '--out', 'template', ...OFTEN], () => stepsIn('template') > 2000);
    template = 'template';
  }
  cpSync(at(template), at(name), { recursive: true });
  return name;
}

// ---- the same bytes ----

test('a run that is killed, and killed again when it is gone on with', async () => {
  whole('dqn', DQN);
  await endedWhen([...DQN, '--out', 'one', ...OFTEN], () => stepsIn('one') > 0);
  const first = stepsIn('one');
  await endedWhen(['train', '--resume', 'one'], () => stepsIn('one') > first);
  const second = stepsIn('one');
  const { stdout } = done('train', 'CartPole-v1', '--resume', 'one');
  assert.match(stdout, new RegExp(`^resumed +at step ${second.toLocaleString('en')}$`, 'm'));
  assert.deepEqual(held('one'), RUN);
  checkSame('one', 'dqn');
});

test('over an old run, which stays until the other is done', async () => {
  const seed = [...DQN, '--seed', '1'];
  whole('dqn', DQN);
  whole('dqn-1', seed);
  cpSync(at('dqn'), at('over'), { recursive: true });
  await endedWhen([...seed, '--out', 'over', '--overwrite', ...OFTEN], () => stepsIn('over/unfinished') > 0);
  checkSame('over', 'dqn');
  await endedWhen(['train', '--resume', 'over'], () => stepsIn('over/unfinished') > 3000);
  checkSame('over', 'dqn');
  done('train', '--resume', 'over');
  assert.deepEqual(held('over'), RUN);
  checkSame('over', 'dqn-1');
});

test('--seeds: those that are done are not repeated', async () => {
  const seeds = [...DQN, '--seeds', '0-2', '--jobs', '1'];
  whole('dqn-1', [...DQN, '--seed', '1']);
  whole('seeds', seeds);
  await endedWhen([...seeds, '--out', 'three', ...OFTEN], () => stepsIn('three/seed-1') > 0);
  const first = () => ['model.safetensors', 'metrics.csv'].map((name) => statSync(at('three/seed-0', name)).ino);
  const before = first();
  const lines = done('train', '--resume', 'three', '--json').json();
  assert.deepEqual(lines.map(({ type, seed, resumed_at_timestep: from }) => [seed ?? type, from > 0]), [[0, false], [1, true], [2, false], ['aggregate', false]]);
  assert.equal(done('train', '--resume', 'three').stdout, 'three has a set of 3 runs of dqn in CartPole-v1, which is complete\n');
  assert.deepEqual(first(), before);
  assert.deepEqual(held('three'), ['seed-0', 'seed-1', 'seed-2', 'summary.csv', 'summary.json']);
  for (const seed of [0, 1, 2]) {
    assert.deepEqual(held(`three/seed-${seed}`), RUN);
    checkSame(`three/seed-${seed}`, `seeds/seed-${seed}`);
  }
  checkSame('three/seed-1', 'dqn-1');
  assert.equal(timeless('summary.csv', readFileSync(at('three/summary.csv'))), timeless('summary.csv', readFileSync(at('seeds/summary.csv'))));
});

test('compare: those that are done are not repeated, and the tables are the same', async () => {
  const compare = ['compare', 'CartPole-v1', '--total-timesteps', '4000', ...SCORED, '--vary', 'gamma=0.9,0.99', '--seeds', '0-1', '--jobs', '1'];
  whole('compared', compare);
  await endedWhen([...compare, '--out', 'again', ...OFTEN], () => stepsIn('again/2-gamma=0.99/seed-0') > 0);
  const inode = () => statSync(at('again/1-gamma=0.9/seed-1/model.safetensors')).ino;
  const before = inode();
  done('compare', '--resume', 'again');
  assert.equal(done('compare', '--resume', 'again').stdout, 'again has a comparison of 2 settings in CartPole-v1, which is complete\n');
  assert.equal(inode(), before);
  for (const table of ['compare.csv', 'runs.csv']) assert.equal(timeless(table, readFileSync(at('again', table))), timeless(table, readFileSync(at('compared', table))));
  for (const variant of ['1-gamma=0.9', '2-gamma=0.99']) checkSame(`again/${variant}/seed-0`, `compared/${variant}/seed-0`);
  assert.deepEqual(held('again'), held('compared'));
  refused(['compare', '--resume', 'again', '--vary', 'gamma=0.9,0.8'], 2, /^bellhop: --resume goes on with the command that was begun in again, and --vary is for a new one\n/);
});

/** A corridor of one's own whose actions slip. @param {string} id @param {string} state */
const corridor = (id, state) => `export default class Corridor {
  static id = '${id}';
  static observationSpace = { type: 'Discrete', n: 20 };
  static actionSpace = { type: 'Discrete', n: 2 };
  static maxEpisodeSteps = 100;
  reset({ seed } = {}) { if (seed !== undefined) this.random = Number(seed) % 65537 + 1; this.at = 0; return [0, {}]; }
  step(action) {
    if (this.at === 19) throw new Error('reset first');
    this.random = this.random * 75 % 65537;
    this.at = Math.max(0, this.at + (action === 1 && this.random % 5 > 0 ? 1 : -1));
    return [this.at, this.at === 19 ? 1 : 0, this.at === 19, false, {}];
  }
  ${state}
}\n`;

test('an environment of one\'s own goes on to the bit with getState() and setState(), and begins a new episode without them', async () => {
  writeFileSync(at('kept.mjs'), corridor('Kept-v0', 'getState() { return { at: this.at, random: this.random }; }\n  setState(state) { Object.assign(this, state); }'));
  writeFileSync(at('lost.mjs'), corridor('Lost-v0', ''));
  const run = (/** @type {string} */ file) => ['train', file, '--algo', 'q-learning', '--total-timesteps', '60000', '--eval-freq', '20000', '--n-eval-episodes', '2', '--final-eval-episodes', '2'];
  whole('kept-whole', run('kept.mjs'));
  await endedWhen([...run('kept.mjs'), '--out', 'kept', ...OFTEN], () => stepsIn('kept') > 0);
  assert.equal(done('train', '--resume', 'kept').stderr, '');
  checkSame('kept', 'kept-whole');
  await endedWhen([...run('lost.mjs'), '--out', 'lost', ...OFTEN], () => stepsIn('lost') > 0);
  const { stderr, json } = done('train', '--resume', 'lost', '--json');
  assert.match(stderr, /^bellhop: Lost-v0 begins new episodes, as it was not saved with getState\(\), or has no setState\(\): docs\/checkpoints\.md\n$/);
  assert.equal(json().at(-1).total_timesteps, 60000);
});

test('an error in the middle of a step: what is gone on with, once that is mended, is the run without it', () => {
  writeFileSync(at('breaks.mjs'), `import { existsSync } from 'node:fs';\nlet n = 0;\n${corridor('Breaks-v0', 'getState() { return { at: this.at, random: this.random }; }\n  setState(state) { Object.assign(this, state); }')
    .replace('step(action) {', "step(action) {\n    if (++n === 50000 && !existsSync('mended')) throw new Error('broken');")}`);
  const run = ['train', 'breaks.mjs', '--algo', 'q-learning', '--total-timesteps', '60000', '--eval-freq', '0', '--final-eval-episodes', '2'];
  const { status, stderr } = bellhop(...run, '--out', 'broken', ...OFTEN);
  assert.equal(status, 1);
  assert.match(stderr, /^bellhop: seed 0: Breaks-v0: step\([01]\) threw Error: broken; to go on: --resume broken\n$/);
  writeFileSync(at('mended'), '');
  done('train', '--resume', 'broken');
  checkSame('broken', whole('unbroken', run));
});

test('--demonstrations, --init-from: their files are not needed any more; --tensorboard: one more event file', async () => {
  whole('dqn', DQN);
  done('record', 'CartPole-v1', '--policy', 'teacher', '--episodes', '5', '--out', 'shown.jsonl');
  cpSync(at('dqn'), at('source'), { recursive: true });
  const run = [...DQN, '--demonstrations', 'shown.jsonl', '--init-from', 'source', '--tensorboard'];
  whole('begun', [...run, 'board-whole']);
  await endedWhen([...run, 'board', '--out', 'begun-again', ...OFTEN], () => stepsIn('begun-again') > 0);
  rmSync(at('shown.jsonl'));
  rmSync(at('source'), { recursive: true });
  done('train', '--resume', 'begun-again');
  checkSame('begun-again', 'begun');
  assert.equal(held('board').filter((name) => name.includes('tfevents')).length, 2);
});

test('killed before the first full checkpoint: begins again from what was typed', async () => {
  whole('dqn', DQN);
  const metrics = at('anew/metrics.csv');
  await endedWhen([...DQN, '--out', 'anew', '--checkpoint-interval', '0'], () => existsSync(metrics) && readFileSync(metrics, 'utf8').split('\n').length > 20);
  assert.ok(!existsSync(at('anew/checkpoint.safetensors')));
  done('train', '--resume', 'anew');
  assert.deepEqual(held('anew'), RUN);
  checkSame('anew', 'dqn');
});

test('after Ctrl-C; what has come to its end is not gone on with', async () => {
  whole('dqn', DQN);
  const { code, stderr } = await endedWhen([...DQN, '--out', 'stopped', '--checkpoint-interval', '0'], () => existsSync(at('stopped/best_model.safetensors')), 'SIGINT');
  assert.deepEqual([code, stderr], [130, 'bellhop: stopped; to go on: --resume stopped\n']);
  const steps = stepsIn('stopped');
  assert.ok(steps > 0);
  refused([...DQN, '--out', 'stopped'], 1, /^bellhop: stopped already has a run of dqn in CartPole-v1; give another --out, or --overwrite to replace it, or go on with it: --resume stopped\n/);
  assert.equal(done('train', '--resume', 'stopped', '--json').json().at(-1).resumed_at_timestep, steps);
  checkSame('stopped', 'dqn');
  assert.equal(done('train', '--resume', 'stopped').stdout, 'stopped has a run of dqn in CartPole-v1, which is complete\n');
});

test('hyperparameters that are live may be others from now on, also after one more kill', async () => {
  const run = await killed('changed');
  await endedWhen(['train', '--resume', run, ...ENDLESS, '--learning-rate', '0.0001'], () => stepsIn(run) > 7000);
  const more = stepsIn(run) + 2000;
  const [summary] = done('train', '--resume', run, '--total-timesteps', String(more), '--json').json().slice(-1);
  assert.equal(summary.total_timesteps, more);
  const { options } = JSON.parse(readFileSync(at(run, 'config.json'), 'utf8'));
  assert.deepEqual([options.total_timesteps, options.learning_rate], [more, 0.0001]);
  const early = await killed('early');
  const [ended] = done('train', '--resume', early, '--total-timesteps', '100', '--json').json().slice(-1);
  assert.equal(ended.total_timesteps, ended.resumed_at_timestep);
  assert.deepEqual(held(early), RUN);
});

// ---- what is refused, and loses nothing ----

/** What a folder holds, by its bytes. @param {string} name */
const bytesIn = (name) => new Map(held(name).filter((file) => file !== 'bellhop.lock').map((file) => [file, readFileSync(at(name, file), 'latin1')]));

test('flags of a new run, other commands and other folders are refused', async () => {
  const run = await killed('asked');
  const before = bytesIn(run);
  for (const [flag, value] of [['--out', 'x'], ['--algo', 'dqn'], ['--seed', '1'], ['--preset', 'false'], ['--config', 'c.json'], ['--init-from', 'dqn'], ['--seeds', '0-1']]) {
    refused(['train', '--resume', run, flag, value], 2, new RegExp(`^bellhop: --resume goes on with the command that was begun in asked, and ${flag} is for a new one\n`));
  }
  refused(['train', '--resume', run, '--overwrite'], 2, /and --overwrite is for a new one/);
  refused(['train', '--resume', run, '--net-arch', '8'], 2, /^bellhop: --net-arch is settled when a run begins; with --resume those can change that bellhop options CartPole-v1 marks \*\n/);
  refused(['train', '--resume', run, '--learning-rate', '-1'], 2, /^bellhop: .*--learning-rate/);
  refused(['train', '--resume', run, '--gama', '0.5'], 2, /unknown flag --gama/);
  refused(['train', 'GridWorld-v0', '--resume', run], 2, /^bellhop: --resume goes on with the command that was begun in asked, and GridWorld-v0 is not what it trains in; leave it out\n/);
  refused(['compare', '--resume', run], 2, /^bellhop: asked was begun by bellhop train: bellhop train --resume asked\n/);
  mkdirSync(at('elsewhere'));
  const { status, stderr } = cli(at('elsewhere')).bellhop('train', '--resume', at(run));
  assert.deepEqual([status, stderr], [2, `bellhop: ${at(run)} was begun in ${folder}, and files are named from there: cd ${folder} first\n`]);
  refused(['train', '--resume', 'elsewhere'], 1, /^bellhop: there is nothing to resume in elsewhere: no command with --out elsewhere has begun there and not come to its end\n/);
  refused(['train', '--resume', 'nowhere'], 1, /there is nothing to resume in nowhere/);
  assert.ok(!existsSync(at('nowhere')));
  assert.deepEqual(bytesIn(run), before);
});

test('one process at a time', async () => {
  const run = await killed('busy');
  await endedWhen(['train', '--resume', run, ...ENDLESS], () => {
    if (stepsIn(run) <= 7000) return false;
    refused(['train', '--resume', run], 1, /^bellhop: busy is in use by another bellhop \(process \d+\); wait until it ends, or give another folder\n/);
    return true;
  });
  done('train', '--resume', run, '--total-timesteps', '100');
  // Another one has read the journal before, and takes the folder now.
  const before = bytesIn(run);
  assert.throws(() => new Claim('out', at(run), { resume: true, command: {} }), /busy has come to its end meanwhile, by another bellhop$/);
  assert.deepEqual(bytesIn(run), before);
  assert.deepEqual(held(run), RUN);
});

test('checkpoints that are damaged, plain, or of another run are refused with their name, and nothing else is changed', async () => {
  whole('dqn-1', [...DQN, '--seed', '1']);
  const run = await killed('damaged');
  const file = at(run, 'checkpoint.safetensors');
  const good = readFileSync(file);
  const flipped = Buffer.from(good);
  flipped[good.length >> 1] ^= 1;
  await endedWhen([...DQN, '--seed', '1', '--out', 'other', ...OFTEN], () => stepsIn('other') > 0);
  await endedWhen(['train', 'GridWorld-v0', '--algo', 'q-learning', ...ENDLESS, '--out', 'grid', ...OFTEN], () => stepsIn('grid') > 0);
  /** @type {[bytes: Buffer, why: string][]} */
  const cases = [
    [flipped, '.*'], [good.subarray(0, 1000), '.*'], [good.subarray(0, good.length - 1), '.*'], [Buffer.alloc(0), '.*'], [Buffer.from('text, not a checkpoint'), '.*'],
    [readFileSync(at('dqn-1/model.safetensors')), 'it is no full checkpoint'],
    [readFileSync(at('other/checkpoint.safetensors')), 'it is of another run, whose --seed is 1 and not 0'],
    [readFileSync(at('grid/checkpoint.safetensors')), 'it is of q-learning in GridWorld-v0, and the run of dqn in CartPole-v1'],
  ];
  for (const [bytes, why] of cases) {
    writeFileSync(file, bytes);
    const before = bytesIn(run);
    refused(['train', '--resume', run], 1, new RegExp(`^bellhop: damaged/checkpoint\\.safetensors: ${why}; move it elsewhere, and --resume begins the run again\n$`));
    assert.deepEqual(bytesIn(run), before);
  }
  rmSync(file);
  done('train', '--resume', run);
  checkSame(run, whole('dqn', DQN));
});

test('a journal that is not what was written is refused; one of several runs whose files are gone is run again', async () => {
  const run = await killed('edited');
  const journal = at(run, 'journal.jsonl');
  for (const text of ['', '{}\n', '{"bellhop":"train"}\n', '{"bellhop":"train","cwd":1,"flags":[]}\n', '[1]\n', 'null\n', `${readFileSync(journal, 'utf8')}{"job":"x"}\n`]) {
    writeFileSync(journal, text);
    refused(['train', '--resume', run], 1, /^bellhop: edited\/journal\.jsonl is not what bellhop writes; remove it, and begin again with --overwrite\n/);
  }
  const seeds = [...DQN, '--total-timesteps', '3000', '--seeds', '0-1', '--jobs', '1'];
  await endedWhen([...seeds, '--out', 'two', ...OFTEN], () => stepsIn('two/seed-1') > 0);
  const lines = readFileSync(at('two/journal.jsonl'), 'utf8').split('\n');
  writeFileSync(at('two/journal.jsonl'), `${[...lines.slice(0, 2), lines[1].replace('"job":0', '"job":7')].join('\n')}\n{"job":1,"su`);
  rmSync(at('two/seed-0'), { recursive: true });
  done('train', '--resume', 'two');
  for (const seed of [0, 1]) checkSame(`two/seed-${seed}`, whole(`short-${seed}`, [...DQN, '--total-timesteps', '3000', '--seed', String(seed)]));
});

test('a table that somebody has shortened, removed, or replaced by a link', async () => {
  const run = await killed('table');
  const rows = Number(metadataOf(readFileSync(at(run, 'checkpoint.safetensors')))?.records);
  const whole6000 = readFileSync(at(whole('dqn', DQN), 'metrics.csv'), 'utf8').split('\n');
  const lines = readFileSync(at(run, 'metrics.csv'), 'utf8').split('\n');
  writeFileSync(at(run, 'metrics.csv'), `${lines.slice(0, 11).join('\n')}\n`);
  assert.equal(done('train', '--resume', run).stderr.split('\n').at(-2), `bellhop: table/metrics.csv has lost ${rows - 10} of the ${rows} rows that were written; the others follow`);
  assert.deepEqual(readFileSync(at(run, 'metrics.csv'), 'utf8').split('\n'), [...whole6000.slice(0, 11), ...whole6000.slice(1 + rows)]);
  checkSame(run, 'dqn', ['model.safetensors', 'best_model.safetensors']);
  const linked = await killed('linked');
  writeFileSync(at('precious.csv'), 'mine');
  rmSync(at(linked, 'metrics.csv'));
  symlinkSync(at('precious.csv'), at(linked, 'metrics.csv'));
  refused(['train', '--resume', linked], 1, /^bellhop: linked holds metrics\.csv, which bellhop did not write; move it elsewhere\n/);
  assert.equal(readFileSync(at('precious.csv'), 'utf8'), 'mine');
  rmSync(at(linked, 'metrics.csv'));
  symlinkSync(at(run, 'metrics.csv'), at(linked, 'metrics.csv')); // a table of bellhop's: the link is replaced, and what it leads to stays
  const elsewhere = readFileSync(at(run, 'metrics.csv'));
  assert.match(done('train', '--resume', linked).stderr, new RegExp(`linked/metrics\\.csv has lost ${rows} of the ${rows} rows`));
  assert.deepEqual(readFileSync(at(run, 'metrics.csv')), elsewhere);
  assert.equal(readFileSync(at(linked, 'metrics.csv'), 'utf8').split('\n')[0], whole6000[0]);
  const foreign = await killed('foreign');
  writeFileSync(at(foreign, 'metrics.csv'), 'my own table\n');
  refused(['train', '--resume', foreign], 1, /^bellhop: foreign holds metrics\.csv, which bellhop did not write; move it elsewhere\n/);
  assert.equal(readFileSync(at(foreign, 'metrics.csv'), 'utf8'), 'my own table\n');
});

// ---- at definite calls of the file system ----

const reason = faultsReason();
const GRID = ['train', 'GridWorld-v0', '--algo', 'q-learning', '--total-timesteps', '2000', '--eval-freq', '500', '--n-eval-episodes', '1', '--final-eval-episodes', '1'];

test('killed after the last step, and while the old run is being replaced', (t) => {
  if (reason !== undefined) return t.skip(reason);
  const library = buildFaults(folder);
  whole('grid-whole', GRID);
  whole('grid-old', [...GRID, '--seed', '1']);
  const points = [
    /^rename .*\/unfinished\/model\.safetensors$/, /^write .*\/unfinished\/best_model\.safetensors\.\d+\.tmp$/, /^rename .*\/complete\.json$/, /^rename .*\/run\/model\.safetensors$/,
    /^rename .*\/run\/metrics\.csv$/, /^unlink .*\/unfinished\/journal\.jsonl$/, /^unlink .*\/complete\.json$/, /^rmdir /,
  ];
  const run = at('run');
  const command = [...GRID, '--out', run, '--overwrite', '--checkpoint-interval', '1e9']; // at which call a full checkpoint is due is a matter of time
  const how = { below: run, log: at('log'), cwd: folder };
  const begin = () => {
    rmSync(run, { recursive: true, force: true });
    cpSync(at('grid-old'), run, { recursive: true });
  };
  begin();
  const { calls } = withFault(library, command, { ...how, at: 0, error: 0 });
  for (const point of points) {
    const call = calls.findLastIndex((line) => point.test(line)) + 1;
    assert.ok(call > 0, `there is no call ${point} among\n${calls.join('\n')}`);
    begin();
    assert.equal(withFault(library, command, { ...how, at: call, error: 'kill' }).signal, 'SIGKILL');
    const { status, stderr } = bellhop('train', '--resume', run);
    assert.equal(status, 0, `${point}: ${stderr}`);
    assert.deepEqual(held('run'), RUN, String(point));
    checkSame('run', 'grid-whole');
  }
});

test('a disk that is full while a run is gone on with', async (t) => {
  if (reason !== undefined) return t.skip(reason);
  const library = buildFaults(folder);
  const run = await killed('full');
  const resume = ['train', '--resume', at(run), '--checkpoint-interval', '1e9']; // as above
  const how = { below: at(run), log: at('log'), cwd: folder };
  const before = readFileSync(at(run, 'checkpoint.safetensors'));
  const begin = () => {
    rmSync(at(run), { recursive: true });
    cpSync(at('template'), at(run), { recursive: true });
  };
  const { calls } = withFault(library, resume, { ...how, at: 0, error: 0 });
  const points = [/^open .*\/bellhop\.lock$/, /^write .*\/journal\.jsonl\.\d+\.tmp$/, /^write .*\/config\.json\.\d+\.tmp$/, /^write .*\/metrics\.csv$/, /^write .*\/model\.safetensors\.\d+\.tmp$/];
  for (const point of points) {
    const call = calls.findIndex((line) => point.test(line)) + 1;
    assert.ok(call > 0, `there is no call ${point} among\n${calls.join('\n')}`);
    begin();
    const { status, stderr } = withFault(library, resume, { ...how, at: call, error: constants.errno.ENOSPC });
    assert.equal(status, 1, String(point));
    assert.match(stderr, /^bellhop: (seed 0: )?--out \S+full cannot be written to: [^\n]*the disk is full[^\n]*\n$/);
    assert.ok(readFileSync(at(run, 'checkpoint.safetensors')).equals(before), String(point));
    done('train', '--resume', run);
    assert.deepEqual(held(run), RUN);
    checkSame(run, whole('dqn', DQN));
  }
});
