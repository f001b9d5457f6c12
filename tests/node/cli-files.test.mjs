// SPDX-License-Identifier: MIT
// The files of the command line: folders that have a run already, runs that an error ends, models and folders that are read.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { after, test } from 'node:test';
import { parseDemonstrations } from '../../web/node/node.mjs';
import { cli } from './cli-process.mjs';

const folder = mkdtempSync(join(tmpdir(), 'bellhop-cli-files-'));
after(() => rmSync(folder, { recursive: true }));
const { CLI, bellhop, done, refused } = cli(folder);

const at = (/** @type {string} */ name) => join(folder, name);
const held = (/** @type {string} */ name) => readdirSync(at(name)).sort();
const RUN = ['best_model.safetensors', 'config.json', 'metrics.csv', 'model.safetensors'];
/** Of a run that was ended before it was done: alone, and as one of several. */
const SEED_ENDED = ['best_model.safetensors', 'checkpoint.safetensors', 'config.json', 'metrics.csv', 'model.safetensors'];
const ENDED = [...SEED_ENDED, 'journal.jsonl'].sort();
const QUICK = ['--total-timesteps', '300', '--eval-freq', '0', '--final-eval-episodes', '1'];

/** A corridor whose step ends badly, after so many of them in all. @param {string} id @param {number} steps @param {string} how */
const leaking = (id, steps, how) => `let n = 0;
export default class Corridor {
  static id = '${id}';
  static observationSpace = { type: 'Discrete', n: 40 };
  static actionSpace = { type: 'Discrete', n: 2 };
  static maxEpisodeSteps = 200;
  reset() { this.at = 0; this.ended = false; return [0, {}]; }
  step(action) {
    if (this.ended) throw new Error('reset first');
    if (++n > ${steps}) { ${how} }
    this.at += action;
    this.ended = this.at === 39;
    return [this.at, this.ended ? 1 : 0, this.ended, false, {}];
  }
}\n`;
writeFileSync(at('leak.mjs'), leaking('Leak-v0', 150_000, "throw new Error('a leak');"));
writeFileSync(at('once.mjs'), leaking('Once-v0', 150_000, 'if (!globalThis.leaked) { globalThis.leaked = true; return [this.at, NaN, false, false, {}]; }'));
writeFileSync(at('tank.mjs'), leaking('Tank-v0', 1e9, ''));
const LONG = ['--algo', 'q-learning', '--total-timesteps', '2000000', '--eval-freq', '20000', '--n-eval-episodes', '2'];

// ---- runs that an error ends ----

test('an error of step ends a run with its files; scores are missing where the environment stays broken', () => {
  const { status, stderr, json } = bellhop('train', 'leak.mjs', ...LONG, '--out', 'leak', '--json');
  assert.equal(status, 1);
  assert.match(stderr, /^bellhop: seed 0: Leak-v0: step\(\d\) threw Error: a leak; to go on: --resume leak\n$/);
  const summary = json().at(-1);
  assert.deepEqual([summary.type, summary['eval/mean_reward'], summary['final/mean_reward']], ['summary', null, null]);
  assert.match(summary.error, /a leak/);
  assert.ok(summary.total_timesteps > 1000 && summary.total_timesteps < 150_000, `${summary.total_timesteps}`);
  assert.deepEqual(held('leak'), ENDED);
  assert.ok(readFileSync(at('leak/metrics.csv'), 'utf8').split('\n').length > 10);
  assert.match(bellhop('train', 'leak.mjs', ...LONG).stdout, /best +not scored\nfinal +not scored\n/);
});

test('an error of step ends a run; scored where the environment plays again', () => {
  const { status, stderr, json } = bellhop('train', 'once.mjs', ...LONG, '--out', 'once', '--json');
  assert.equal(status, 1);
  assert.match(stderr, /^bellhop: seed 0: Once-v0: .*NaN[^\n]*\n$/);
  assert.equal(json().at(-1)['eval/mean_reward'], 1);
  const [score] = done('eval', 'once', '--env', 'once.mjs', '--json').json();
  assert.equal(score['eval/mean_reward'], 1);
});

test('an error of step with --seeds: each seed keeps its files, the summary is written', () => {
  const { status, stderr, json } = bellhop('train', 'once.mjs', ...LONG, '--seeds', '0-4', '--jobs', '2', '--out', 'seeds', '--json');
  assert.equal(status, 1);
  assert.match(stderr, /^bellhop: seed 0: Once-v0: .*NaN.*; also failed: seed 1, seed 2, seed 3, seed 4; to go on: --resume seeds\n$/);
  const runs = json().filter(({ type }) => type === 'summary');
  assert.deepEqual(runs.map(({ seed, error }) => [seed, /NaN/.test(error)]), [0, 1, 2, 3, 4].map((seed) => [seed, true]));
  assert.deepEqual(held('seeds'), ['journal.jsonl', ...runs.map(({ seed }) => `seed-${seed}`), 'summary.csv', 'summary.json']);
  runs.forEach(({ seed }) => assert.deepEqual(held(`seeds/seed-${seed}`), SEED_ENDED));
  assert.equal(JSON.parse(readFileSync(at('seeds/summary.json'), 'utf8')).runs.length, runs.length);
});

test('an error of step in a comparison: every variant keeps what there is, and all are named', () => {
  writeFileSync(at('drop.mjs'), leaking('Drop-v0', 20_000, "throw new Error('a drop');"));
  const { status, stderr, stdout } = bellhop('compare', 'drop.mjs', ...LONG, '--vary', 'gamma=0.9,0.5', '--seeds', '0-1', '--jobs', '2', '--out', 'compared');
  assert.equal(status, 1);
  assert.match(stderr, /^bellhop: gamma=0\.9 seed 0: Drop-v0: step\(\d\) threw Error: a drop; also failed: gamma=0\.9 seed 1, gamma=0\.5 seed 0, gamma=0\.5 seed 1; to go on: --resume compared\n$/);
  assert.match(stdout, /^variant .*\ngamma=0\.9 +- [^]*\ngamma=0\.5 +- /);
  assert.deepEqual(held('compared/1-gamma=0.9/seed-0'), SEED_ENDED);
});

// ---- folders that have a run ----

test('--out: a folder with a run is refused, --overwrite replaces its files and no others', () => {
  const train = ['train', 'CartPole-v1', ...QUICK, '--out', 'dqn'];
  done(...train);
  const before = readFileSync(at('dqn/model.safetensors'));
  refused([...train, '--seed', '1'], 1, /^bellhop: dqn already has a run of dqn in CartPole-v1; give another --out, or --overwrite to replace it/);
  assert.deepEqual(readFileSync(at('dqn/model.safetensors')), before);
  refused([...train, '--tensorboard', 'board'], 1, /already has a run/);
  assert.ok(!existsSync(at('board')), 'nothing is made for a run that cannot be');
  writeFileSync(at('dqn/notes.txt'), 'mine');
  writeFileSync(at('dqn/training.csv'), 'step,loss,learning_rate,grad_norm,eval_loss,eval_perplexity\n');
  writeFileSync(at('dqn/summary.csv'), 'mine, too\n');
  done(...train, '--seed', '1', '--overwrite');
  assert.deepEqual(held('dqn'), [...RUN, 'notes.txt', 'summary.csv']);
  assert.notDeepEqual(readFileSync(at('dqn/model.safetensors')), before);
  refused(['train', 'CartPole-v1', ...QUICK, '--out', 'dqn'], 1, /^bellhop: dqn already has a run of dqn/);
  const config = readFileSync(at('dqn/config.json'));
  rmSync(at('dqn/config.json'));
  for (const more of [[], ['--overwrite']]) refused([...train, ...more], 1, /^bellhop: dqn holds [\w.]+, but no config\.json that says of which run it is; move it elsewhere, or give another --out\n/);
  writeFileSync(at('dqn/config.json'), config);
  done(...train, '--overwrite');
  refused(['train', 'CartPole-v1', '--overwrite'], 2, /--overwrite is for --out DIR/);
  assert.match(bellhop('train', '--help').stdout, /--overwrite/);
});

test('--out: distill, clone and pretrain refuse a folder with a run too', () => {
  done('record', 'CartPole-v1', '--policy', 'teacher', '--episodes', '1', '--out', 'cart.jsonl');
  refused(['clone', '--demonstrations', 'cart.jsonl', '--out', 'dqn'], 1, /dqn already has a run of dqn in CartPole-v1/);
  refused(['distill', 'dqn', '--out', 'dqn'], 1, /dqn already has a run of dqn in CartPole-v1/);
  writeFileSync(at('cats.txt'), 'the cat sat on the mat.\n'.repeat(30));
  const pretrain = ['pretrain', 'cats.txt', '--d-model', '8', '--n-heads', '2', '--n-layers', '1', '--context', '8', '--max-steps', '2', '--out'];
  refused([...pretrain, 'dqn'], 1, /dqn already has a run of dqn in CartPole-v1/);
  done(...pretrain, 'lm');
  refused([...pretrain, 'lm'], 1, /lm already has a language model of cats\.txt; give another --out, or --overwrite/);
  done(...pretrain, 'lm', '--overwrite');
  done('clone', '--demonstrations', 'cart.jsonl', ...QUICK, '--out', 'lm', '--overwrite');
  assert.deepEqual(held('lm'), RUN);
  done('distill', 'dqn', '--episodes', '1', ...QUICK, '--out', 'lm', '--overwrite');
});

test('--overwrite with --seeds and compare: runs go, a folder with anything else is refused as it is', () => {
  const train = ['train', 'GridWorld-v0', '--algo', 'value-iteration', ...QUICK, '--out', 'many'];
  done(...train, '--seeds', '0-2');
  refused([...train, '--seeds', '0-1'], 1, /holds seed-0 already; several runs need a new or empty folder, or --overwrite/);
  refused([...train, '--overwrite'], 1, /many already has several runs \(summary\.csv\); give another --out/);
  writeFileSync(at('many/seed-2/notes.txt'), 'mine');
  refused([...train, '--seeds', '0-1', '--overwrite'], 1, /many holds seed-2\/notes\.txt already; several runs need a new or empty folder\n/);
  assert.deepEqual(held('many/seed-2'), [...RUN, 'notes.txt'].sort());
  rmSync(at('many/seed-2/notes.txt'));
  done(...train, '--seeds', '0-1', '--overwrite');
  assert.deepEqual(held('many'), ['seed-0', 'seed-1', 'summary.csv', 'summary.json']);
  const compare = ['compare', 'GridWorld-v0', '--algo', 'value-iteration', '--vary', 'gamma=0.9,0.5', '--seeds', '0', ...QUICK, '--out', 'many', '--overwrite'];
  done(...compare);
  done(...compare);
  assert.deepEqual(held('many'), ['1-gamma=0.9', '2-gamma=0.5', 'compare.csv', 'compare.json', 'runs.csv']);
});

test('files of somebody else with the names of a run\'s: neither a run, nor replaced, nor removed', () => {
  const train = ['train', 'GridWorld-v0', '--algo', 'value-iteration', ...QUICK, '--out'];
  const refuses = (/** @type {string} */ name, /** @type {string | Uint8Array} */ content) => {
    mkdirSync(at('theirs'));
    writeFileSync(at(`theirs/${name}`), content);
    for (const more of [[], ['--overwrite']]) {
      refused([...train, 'theirs', ...more], 1, new RegExp(`^bellhop: theirs holds ${name.replace('.', '\\.')}, which bellhop did not write; move it elsewhere, or give another --out\n`));
      refused([...train, 'theirs', '--seeds', '0-1', ...more], 1, new RegExp(`^bellhop: --out theirs holds ${name.replace('.', '\\.')} already; several runs need a new or empty folder`));
    }
    assert.deepEqual([held('theirs'), readFileSync(at(`theirs/${name}`))], [[name], Buffer.from(content)]);
    rmSync(at('theirs'), { recursive: true });
  };
  const header = '{"__metadata__":{"format":"pt"},"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
  const model = Buffer.concat([Buffer.of(header.length, 0, 0, 0, 0, 0, 0, 0), Buffer.from(header), Buffer.alloc(4)]);
  for (const text of ['{"model_type":"bert"}', '{"env":"production","options":{}}', '', '[', 'null']) refuses('config.json', text);
  for (const bytes of [model, model.subarray(0, 5), Buffer.alloc(8, 255), '']) refuses('model.safetensors', bytes);
  refuses('metrics.csv', 'time,cpu\n1,2\n');

  mkdirSync(at('beside'));
  const theirs = ['compare.csv', 'compare.json', 'runs.csv', 'summary.csv', 'summary.json', 'training.csv'];
  theirs.forEach((name) => writeFileSync(at(`beside/${name}`), name.endsWith('.json') ? '{"runs":3}' : 'variant,price\n'));
  mkdirSync(at('beside/seed-7'));
  writeFileSync(at('beside/seed-7/wheat.txt'), 'mine');
  done(...train, 'beside');
  done(...train, 'beside', '--overwrite');
  assert.deepEqual(held('beside'), [...RUN, 'seed-7', ...theirs].sort());
  assert.deepEqual(held('beside/seed-7'), ['wheat.txt']);
  writeFileSync(at('beside/config.json'), '{"mine":true}');
  refused([...train, 'beside', '--overwrite'], 1, /^bellhop: beside holds config\.json, which bellhop did not write/);
});

test('a run and several do not mix, also where those were killed before they had a table', () => {
  const train = ['train', 'GridWorld-v0', '--algo', 'value-iteration', ...QUICK, '--out'];
  done(...train, 'killed', '--seeds', '0-1');
  rmSync(at('killed/summary.csv'));
  rmSync(at('killed/summary.json'));
  for (const more of [[], ['--overwrite']]) refused([...train, 'killed', ...more], 1, /^bellhop: killed already has several runs \(seed-0\); give another --out\n/);
  ['best_model.safetensors', 'model.safetensors'].forEach((name) => rmSync(at(`killed/seed-0/${name}`)));
  writeFileSync(at('killed/seed-0/metrics.csv'), 'type,time/to');
  rmSync(at('killed/seed-1'), { recursive: true });
  refused([...train, 'killed'], 1, /^bellhop: killed already has several runs \(seed-0\)/);
  done(...train, 'single');
  refused([...train, 'single', '--seeds', '0-1'], 1, /^bellhop: --out single holds best_model\.safetensors already; several runs need a new or empty folder, or --overwrite to replace the runs that are there\n/);
  done(...train, 'single', '--seeds', '0-1', '--overwrite');
  assert.deepEqual(held('single'), ['seed-0', 'seed-1', 'summary.csv', 'summary.json']);
  const compare = ['compare', 'GridWorld-v0', '--algo', 'value-iteration', '--vary', 'gamma=0.9,0.5', '--seeds', '0', ...QUICK, '--out', 'compared-cut'];
  done(...compare);
  ['compare.csv', 'compare.json', 'runs.csv'].forEach((name) => rmSync(at(`compared-cut/${name}`)));
  refused([...train, 'compared-cut'], 1, /^bellhop: compared-cut already has several runs \(1-gamma=0\.9\)/);
});

test('--out where no folder can be made ends with an error', { skip: !existsSync('/proc/self') }, () => {
  refused(['train', 'CartPole-v1', ...QUICK, '--out', '/proc/x/y'], 1, /--out \/proc\/x\/y cannot be written to/);
  refused(['train', 'CartPole-v1', ...QUICK, '--tensorboard', '/proc/x'], 1, /--tensorboard \/proc\/x cannot be written to/);
});

// ---- what is read ----

test('a folder stands for its best model', () => {
  const sha = (/** @type {string} */ path) => done('eval', path, '--episodes', '1', '--json').json()[0].params_sha256;
  assert.equal(sha('dqn'), sha('dqn/best_model.safetensors'));
  mkdirSync(at('final'));
  writeFileSync(at('final/model.safetensors'), readFileSync(at('dqn/model.safetensors')));
  assert.equal(sha('final'), sha('dqn/model.safetensors'));
  done('record', 'CartPole-v1', '--policy', 'dqn', '--episodes', '1', '--out', 'x.jsonl');
  assert.equal(done('train', 'CartPole-v1', ...QUICK, '--init-from', 'dqn', '--json').json().at(-1).init_from_tensors, 6);
  mkdirSync(at('bare'));
  const none = /^bellhop: bare is a folder without a model: there is neither best_model\.safetensors nor model\.safetensors in it/;
  refused(['eval', 'bare'], 1, none);
  refused(['distill', 'bare'], 1, none);
  refused(['record', 'CartPole-v1', '--policy', 'bare', '--out', 'x.jsonl'], 1, none);
  refused(['train', 'CartPole-v1', '--init-from', 'bare'], 1, none);
});

test('files that cannot be read, in plain words', () => {
  refused(['train', 'CartPole-v1', '--algo', 'clone', '--demonstrations', 'bare'], 1, /bare is a folder, but --demonstrations takes a file that bellhop record wrote/);
  refused(['train', 'CartPole-v1', '--config', 'bare'], 2, /bare is a folder, but must be a file/);
  writeFileSync(at('gamma.json'), '{"env":"CartPole-v1","options":{"gamma":"x"}}');
  refused(['train', '--config', 'gamma.json'], 2, /^bellhop: gamma\.json: DQN: --gamma is 'x', but must be a number between 0 and 1\n/);
  refused(['train', '--config', 'gamma.json', '--gamma', 'y'], 2, /^bellhop: DQN: --gamma is 'y'/);
  refused(['eval', 'cart.jsonl/x'], 1, /cart\.jsonl\/x does not exist: a part of its path is a file/);
});

test('record: a model of another environment', () => {
  refused(['record', 'FrozenLake-v1', '--policy', 'dqn/best_model.safetensors', '--out', 'x.jsonl'], 1,
    /^bellhop: dqn\/best_model\.safetensors was trained in CartPole-v1, but ENV is FrozenLake-v1\n/);
});

test('a model or a config of an environment of one\'s own: which flag has its file', () => {
  done('train', 'tank.mjs', '--algo', 'q-learning', ...QUICK, '--out', 'tank');
  const flag = /^bellhop: tank\/best_model\.safetensors was trained in 'Tank-v0', which bellhop envs does not list; give --env FILE\.mjs/;
  refused(['eval', 'tank'], 1, flag);
  refused(['distill', 'tank'], 1, flag);
  refused(['record', 'CartPole-v1', '--policy', 'tank', '--out', 'x.jsonl'], 1, /was trained in Tank-v0, but ENV is CartPole-v1; if that is your own environment, ENV must be its FILE\.mjs/);
  refused(['train', '--config', 'tank/config.json'], 2, /tank\/config\.json is for 'Tank-v0', .*give its file before --config: bellhop train FILE\.mjs --config tank\/config\.json/);
  done('record', 'tank.mjs', '--policy', 'tank', '--episodes', '1', '--out', 'x.jsonl');
  done('train', 'tank.mjs', '--config', 'tank/config.json');
});

test('options takes FILE.mjs', () => {
  const { stdout } = done('options', './tank.mjs');
  assert.match(stdout, /^Tank-v0 has no preset: these are the algorithms' defaults\.\n[^]*--learning-rate[^]*every run/);
  refused(['options', 'none.mjs'], 1, /none\.mjs does not exist/);
});

test('--config of one algorithm, --algo another', () => {
  refused(['train', 'CartPole-v1', '--algo', 'ppo', '--config', 'dqn/config.json'], 2, /^bellhop: dqn\/config\.json is for dqn, but --algo is ppo\n/);
  done('train', '--algo', 'dqn', '--config', 'dqn/config.json');
  writeFileSync(at('short.json'), '{"env":"CartPole-v1","options":{"clip_range":0.1}}');
  assert.equal(done('train', '--algo', 'ppo', '--config', 'short.json', ...QUICK, '--json').json().at(-1).algo, 'ppo');
});

// ---- Ctrl-C ----

/** @param {string[]} args @param {() => boolean} begun */
async function interrupted(args, begun) {
  const child = spawn(process.execPath, [CLI, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  for (const name of /** @type {const} */ (['stdout', 'stderr'])) {
    child[name].setEncoding('utf8').on('data', (text) => {
      output[name] += text;
    });
  }
  const closed = new Promise((resolve) => {
    child.on('close', resolve);
  });
  while (!begun()) {
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
  child.kill('SIGINT');
  return { code: await closed, ...output };
}

test('record: Ctrl-C writes the episodes that are complete', async () => {
  const slow = leaking('Slow-v0', 3000, "if (n === 3001) writeFileSync('begun', '');");
  writeFileSync(at('slow.mjs'), `import { writeFileSync } from 'node:fs';\n${slow}`);
  const { code, stdout, stderr } = await interrupted(['record', 'slow.mjs', '--policy', 'random', '--episodes', '1000000', '--out', 'cut.jsonl'], () => existsSync(at('begun')));
  assert.equal(code, 130);
  const { episodes } = parseDemonstrations(readFileSync(at('cut.jsonl')));
  assert.ok(episodes.length > 10 && episodes.every(({ terminated, truncated }) => terminated || truncated));
  const count = episodes.length.toLocaleString('en-US');
  assert.equal(stderr, `bellhop: stopped; the ${count} of 1,000,000 episodes that were complete are written\n`);
  assert.match(stdout, new RegExp(`Slow-v0 · random · ${count} episodes`));
});

test('record: an error of step writes the episodes that are complete', () => {
  writeFileSync(at('drip.mjs'), leaking('Drip-v0', 4000, "throw new Error('a drip');"));
  const { status, stderr, stdout } = bellhop('record', 'drip.mjs', '--policy', 'random', '--episodes', '1000', '--out', 'drip.jsonl');
  assert.equal(status, 1);
  const { episodes } = parseDemonstrations(readFileSync(at('drip.jsonl')));
  assert.ok(episodes.length > 3 && episodes.length < 60, `${episodes.length}`);
  assert.match(stderr, new RegExp(`^bellhop: seed 0: Drip-v0: step\\(\\d\\) threw Error: a drip; the ${episodes.length} of 1,000 episodes that were complete are written\n$`));
  assert.match(stdout, new RegExp(`Drip-v0 · random · ${episodes.length} episodes`));
});
