// SPDX-License-Identifier: MIT
// `bellhop train --native`: bellhop-run takes the steps, and every file has the bytes that WebAssembly gives it. What cannot be is refused with a
// sentence; what ends the command or the program loses nothing that was reached.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { trainJob } from '../../web/cli/training.mjs';
import { metadataOf } from '../../web/lib/checkpoint.mjs';
import { load } from '../../web/node/node.mjs';
import { filesIn, timeless } from '../bench/faulty.mjs';
import { nativeProgram, useProgram } from '../bench/native-program.mjs';
import { cli } from './cli-process.mjs';

const program = useProgram();
const skip = program === undefined ? 'no preset of C is built' : false;
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'bellhop-native-')));
after(() => rmSync(folder, { recursive: true }));
const { CLI, done, refused } = cli(folder);
const bh = await load();

const at = (/** @type {string[]} */ ...names) => join(folder, ...names);
const SCORED = ['--eval-freq', '1000', '--n-eval-episodes', '2', '--final-eval-episodes', '2'];
const DQN = ['train', 'CartPole-v1', '--total-timesteps', '3000', ...SCORED];
/** What lasts a while after its first evaluation. */
const LONG = ['train', 'CartPole-v1', '--total-timesteps', '60000', ...SCORED];
const OWN = `export default class Own {
  static id = 'Own-v0';
  static observationSpace = { type: 'Discrete', n: 2 };
  static actionSpace = { type: 'Discrete', n: 2 };
  static maxEpisodeSteps = 5;
  reset() { return [0, {}]; }
  step() { return [1, 1, false, false, {}]; }
}\n`;
const ENDLESS = ['--total-timesteps', '2000000000'];

/** @typedef {import('../../web/cli/plan.mjs').Plan} Plan */

// ---- the same bytes ----

/** So short that every preset has its turn, and so that each learns and is evaluated. @type {Record<string, unknown>} */
const SHORT = { totalTimesteps: 72, learningStarts: 32, batchSize: 16, episodesPerUpdate: 1, evalFreq: 36, nEvalEpisodes: 1, finalEvalEpisodes: 2, logFreq: 10, maxEpisodeSteps: 40 };
/** Of those that learn from so many steps of so many environments. */
const ON_POLICY = { nSteps: 12, nEnvs: 2, batchSize: 12 };

/** @param {string} env @param {string} row  of the presets: ALGO, or ALGO/PRESET @returns {Plan} */
function shortPlan(env, row) {
  const [algo, preset] = row.split('/');
  const fields = [...bh.catalog.run, ...bh.catalog.algos.find(({ name }) => name === algo)?.options ?? []];
  const short = Object.entries({ ...SHORT, ...['ppo', 'pqn'].includes(algo) && ON_POLICY }).filter(([key]) => fields.some((field) => field.key === key));
  return { env, algo, options: { ...preset !== undefined && { preset }, ...Object.fromEntries(short), seed: 3 }, envOptions: {} };
}

/** What a run comes to, but for its times, and its files. @param {import('../../web/cli/training.mjs').Job} job */
async function outcome(job) {
  /** @type {unknown[]} */
  const told = [];
  const summary = await trainJob(bh, job, { onProgress: ({ records }) => told.push(...records) });
  return { ...summary, 'time/seconds': 0, 'time/fps': 0, told, files: filesIn(String(job.out)) };
}

let runs = 0;

/** The same with the program and without. @param {Plan} plan */
async function checkSame(plan) {
  const [whole, native] = [at(`wasm-${++runs}`), at(`native-${runs}`)];
  const expected = await outcome({ plan, out: whole });
  assert.deepEqual(await outcome({ plan, out: native, native: program }), expected);
  return { ...expected, out: whole };
}

for (const { id, presets } of bh.catalog.envs) {
  test(`${id}: the presets`, { skip }, async () => {
    for (const row of new Set(presets.map(({ algo }) => algo))) {
      const { params_sha256, files, told } = await checkSame(shortPlan(id, row));
      assert.match(params_sha256, /^[0-9a-f]{64}$/);
      assert.deepEqual([...files.keys()].sort(), ['best_model.safetensors', 'config.json', 'metrics.csv', 'model.safetensors']);
      assert.ok(told.length > 0, row);
    }
  });
}

test('demonstrations, other parameters, a language model: the run that is handed over has them', { skip }, async () => {
  done('record', 'CartPole-v1', '--policy', 'teacher', '--episodes', '4', '--out', 'shown.jsonl');
  const cloned = await checkSame({ ...shortPlan('CartPole-v1', 'clone'), demonstrations: at('shown.jsonl') });
  assert.ok(cloned.told.some((record) => /** @type {any} */ (record).nUpdates > 0));
  const dqn = shortPlan('CartPole-v1', 'dqn'), { out } = await checkSame(dqn);
  const { init_from_tensors: n } = await checkSame({ ...dqn, options: { ...dqn.options, seed: 4 }, initFrom: out });
  assert.ok(Number(n) > 0);
  done('pretrain', '--env', 'TextGen-v1', '--n-texts', '20', '--max-steps', '5', '--d-model', '8', '--n-heads', '2', '--n-layers', '1', '--batch-size', '4', '--out', 'lm');
  for (const algo of ['dqn', 'ppo']) {
    const plan = shortPlan('TextGen-v1', algo);
    await checkSame({ ...plan, options: { ...plan.options, ...algo === 'dqn' ? { prior: true } : { klCoef: 0.1 } }, languageModel: at('lm') });
  }
});

test('ends of a run: it diverges, it stops at the threshold', { skip }, async () => {
  const dqn = shortPlan('CartPole-v1', 'dqn');
  const { diverged } = await checkSame({ ...dqn, options: { ...dqn.options, totalTimesteps: 400, optimizer: 'sgd', learningRate: 10, maxGradNorm: 0, trainFreq: 1, gradientSteps: 1, evalFreq: 0 } });
  assert.equal(diverged, true);
  const grid = shortPlan('GridWorld-v0', 'value-iteration');
  const { solved_at_timestep: solved, total_timesteps: steps } = await checkSame({ ...grid, options: { seed: 3, evalFreq: 20, stopAtThreshold: true } });
  assert.deepEqual([solved, steps], [steps, solved]);
  assert.ok(steps < 1000, String(steps));
});

test('what is printed is the same: --json, --seeds, compare', { skip }, () => {
  const timed = (/** @type {string} */ text) => text.replace(/"time\/[\w]+":[^,}]+/g, '');
  const short = [...DQN, '--total-timesteps', '1000'];
  assert.equal(timed(done(...short, '--json', '--native').stdout), timed(done(...short, '--json').stdout));
  const several = [[...short, '--seeds', '0-1'], ['compare', 'GridWorld-v0', '--total-timesteps', '500', '--vary', 'algo=dqn,q-learning', '--seeds', '0-1']];
  for (const [i, command] of several.entries()) {
    done(...command, '--out', `several-${i}`);
    done(...command, '--out', `natively-${i}`, '--native');
    const [wasm, native] = [`several-${i}`, `natively-${i}`].map((name) => [...filesIn(at(name))].map(([file, bytes]) => [file, timeless(file, bytes)]).sort());
    assert.deepEqual(native, wasm);
  }
});

// ---- ends ----

/** A command under way, in a group of its own, as a terminal has it. @param {string[]} args */
function begun(args) {
  const child = spawn(process.execPath, [CLI, ...args], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const ended = new Promise((resolve) => {
    child.on('close', (code) => resolve({ code, stderr }));
  });
  return { pid: Number(child.pid), ended: /** @type {Promise<{ code: number | null, stderr: string }>} */ (ended) };
}

/** @param {() => boolean} when */
async function until(when) {
  for (const end = performance.now() + 60_000; !when();) {
    assert.ok(performance.now() < end, 'it did not come to that');
    await new Promise((resolve) => {
      setTimeout(resolve, 10);
    });
  }
}

/** The files of the run that nothing has ended, made once. */
function whole() {
  if (!existsSync(at('whole'))) done(...LONG, '--out', 'whole');
  return filesIn(at('whole'));
}

/** Steps that the full checkpoint of a run has; 0 where there is none. @param {string} run */
function stepsIn(run) {
  const file = at(run, 'checkpoint.safetensors');
  return existsSync(file) ? Number(metadataOf(readFileSync(file))?.timesteps) : 0;
}

/** The programs that a command has started. @param {number} pid */
const programsOf = (pid) => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
const isThere = (/** @type {number} */ pid) => existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
const onLinux = skip || (process.platform === 'linux' ? false : 'reads /proc');

test('Ctrl-C and SIGTERM, which the program gets too: what was reached is written, and gone on with in either of them', { skip }, async () => {
  for (const [i, signal] of /** @type {const} */ (['SIGINT', 'SIGTERM']).entries()) {
    const { pid, ended } = begun([...LONG, '--out', signal, '--checkpoint-interval', '0', '--native']);
    await until(() => existsSync(at(signal, 'best_model.safetensors')));
    process.kill(-pid, signal);
    const { code, stderr } = await ended;
    assert.deepEqual([code, stderr], [128 + constants.signals[signal], `bellhop: stopped; to go on: --resume ${signal}\n`]);
    const steps = stepsIn(signal);
    assert.ok(steps > 0 && steps < 60_000, String(steps));
    done('train', '--resume', signal, ...i === 0 ? ['--native'] : []);
    assert.deepEqual(filesIn(at(signal)), whole());
  }
});

test('a full checkpoint in time; a process that is killed takes its program with it', { skip: onLinux }, async () => {
  const { pid, ended } = begun([...LONG, '--out', 'killed', '--checkpoint-interval', '0.05', '--native']);
  await until(() => stepsIn('killed') > 0);
  const [child] = programsOf(pid);
  assert.ok(isThere(child));
  process.kill(pid, 'SIGKILL');
  await ended;
  await until(() => !isThere(child));
  done('train', '--resume', 'killed', '--native');
  assert.deepEqual(filesIn(at('killed')), whole());
});

test('a program that is killed: said, and gone on with from the last full checkpoint', { skip: onLinux }, async () => {
  const { pid, ended } = begun([...LONG, '--out', 'lost', '--checkpoint-interval', '0.05', '--native']);
  await until(() => stepsIn('lost') > 0);
  process.kill(programsOf(pid)[0], 'SIGKILL');
  const { code, stderr } = await ended;
  assert.equal(code, 1);
  assert.match(stderr, /^bellhop: \S+bellhop-run has ended \(SIGKILL\); what it had learned since the last checkpoint is lost; to go on: --resume lost\n$/);
  done('train', '--resume', 'lost');
  assert.deepEqual(filesIn(at('lost')), whole());
});

test('a second signal ends the command at once, and the program', { skip: onLinux }, async () => {
  const { pid, ended } = begun(['train', 'CartPole-v1', ...ENDLESS, '--native']);
  await until(() => programsOf(pid).length > 0);
  const [child] = programsOf(pid);
  process.kill(pid, 'SIGINT');
  process.kill(pid, 'SIGTERM');
  process.kill(pid, 'SIGTERM');
  await ended;
  await until(() => !isThere(child));
});

// ---- refusals ----

test('an environment of one\'s own', () => {
  writeFileSync(at('own.mjs'), OWN);
  refused(['train', 'own.mjs', '--native', '--out', 'never'], 2, /^bellhop: --native is for the environments that bellhop has in C, and Own-v0 is JavaScript: leave it out\n$/);
  assert.ok(!existsSync(at('never')));
});

test('without the program: how it is made; one of another version; none at all', () => {
  const package_ = at('package');
  cpSync(fileURLToPath(new URL('../../web', import.meta.url)), join(package_, 'web'), { recursive: true });
  cpSync(fileURLToPath(new URL('../../package.json', import.meta.url)), join(package_, 'package.json'));
  for (const [preset, kind] of [['wasm-simd', 'simd'], ['wasm-scalar', 'scalar']]) {
    for (const name of ['bellhop', 'bellhop-text']) cpSync(fileURLToPath(new URL(`../../build/out/${preset}/${name}.wasm`, import.meta.url)), join(package_, `web/lib/${name}-${kind}.wasm`));
  }
  const run = (/** @type {string | undefined} */ given) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(package_, 'web/cli/cli.mjs'), 'train', 'GridWorld-v0', '--native', '--out', 'none'],
      { cwd: folder, encoding: 'utf8', env: { ...process.env, BELLHOP_RUN: given } });
    assert.equal(stdout, '');
    return [status, stderr];
  };
  assert.deepEqual(run(undefined), [2, 'bellhop: --native needs the program bellhop-run, which is not built here: npm run build:native, in a checkout of Bellhop, makes it where CMake and a C compiler are, and BELLHOP_RUN names one that is elsewhere (docs/native.md); without --native the same run takes longer and comes to the same bits\n']);
  assert.deepEqual(run('/nowhere/bellhop-run'), [2, 'bellhop: --native: BELLHOP_RUN is /nowhere/bellhop-run, which is not there\n']);
  const script = (/** @type {string} */ name, /** @type {string} */ text) => {
    writeFileSync(at(name), text);
    chmodSync(at(name), 0o755);
    return at(name);
  };
  const other = script('other', '#!/bin/sh\nprintf "h\\0\\0\\0\\023\\0\\0\\0bellhop-run 0 0.0.1"\ncat > /dev/null\n');
  assert.deepEqual(run(other), [1, `bellhop: ${other} is of another version (bellhop-run 0 0.0.1): npm run build:native makes it anew\n`]);
  const silent = script('silent', '#!/bin/sh\necho "no library" >&2\nexit 3\n');
  const none = script('text.txt', 'no program');
  assert.match(String(run(none)[1]), /^bellhop: \S+text\.txt (could not be started: spawn|has ended)[^\n]*\n$/);
  assert.deepEqual(run(silent), [1, `bellhop: ${silent} has ended (exit code 3): no library\n`]);
  assert.ok(!existsSync(at('none')), 'nothing was begun');
});

// ---- the program by itself ----

/** What the program answers to these bytes. @param {string} file @param {Uint8Array} input */
function answersTo(file, input) {
  const { status, signal, stdout, stderr } = spawnSync(file, { input, maxBuffer: 1 << 28 });
  assert.deepEqual([status, signal, String(stderr)], [0, null, '']);
  const answers = [];
  for (let from = 0; from < stdout.length; from += 8 + stdout.readUInt32LE(from + 4)) {
    answers.push({ kind: String.fromCharCode(stdout[from]), bytes: stdout.subarray(from + 8, from + 8 + stdout.readUInt32LE(from + 4)) });
  }
  return answers;
}

/** @param {string} kind @param {Uint8Array | number[]} content @param {number} [size]  that it says */
function frame(kind, content, size) {
  const body = content instanceof Uint8Array ? content : new Uint8Array(Float64Array.from(content).buffer);
  const head = Buffer.alloc(8);
  head.writeUInt32LE(kind.charCodeAt(0), 0);
  head.writeUInt32LE(size ?? body.length, 4);
  return Buffer.concat([head, body]);
}

test('it answers whatever comes: checkpoints that are none, damaged ones, unknown questions, ends in the middle', { skip }, () => {
  const file = nativeProgram(['sanitize', 'o2', 'debug', 'release', 'native']) ?? '';
  const model = new bh.DQN('CartPole-v1', { totalTimesteps: 300, learningStarts: 50, batchSize: 8 });
  const full = model.save({ full: true }), plain = model.save();
  model.dispose();
  const damaged = full.slice();
  damaged[damaged.length - 9] ^= 1;
  const input = [
    frame('S', [10, 1000]), frame('R', new Uint8Array(0)), frame('R', new Uint8Array(100)), frame('R', damaged), frame('R', full.subarray(0, 5000)), frame('R', plain),
    frame('R', full), frame('Z', []), frame('S', new Uint8Array(400)), frame('S', [300, 60_000]), frame('F', [0]), frame('C', [0]), frame('C', [1]), frame('C', [2]), frame('E', [0, 1, 5, 60_000]), frame('E', [0, 0, 0, 0]),
    frame('S', [0, 0]), frame('S', [300.5, 60_000]), frame('C', [7]), frame('C', full.subarray(0, 3), 1000),
  ];
  const answers = answersTo(file, Buffer.concat(input)).filter(({ kind }) => kind !== 'r');
  assert.equal(answers.map(({ kind }) => kind).join(''), 'hxxxxxxsxxsfbbbeessb');
  assert.match(answers[0].bytes.toString(), /^bellhop-run 1 /);
  const twin = bh.loadModel(answers[14].bytes);
  assert.equal(`${twin.sha256()}1`, answers[11].bytes.toString());
  assert.equal(twin.timesteps, 300);
  twin.dispose();
});

// ---- studies ----

const STUDY = {
  env: 'CartPole-v1', algo: 'dqn', method: 'random', run_cap: 4, seeds: '0-1', parallel: 2, early_terminate: { type: 'median', n_startup_trials: 1 },
  options: { totalTimesteps: 600, learningStarts: 50, evalFreq: 200, nEvalEpisodes: 2, finalEvalEpisodes: 2 }, parameters: { learningRate: { min: 1e-4, max: 1e-2, distribution: 'log_uniform' } },
};

test('sweep --native: the tables are those of WebAssembly, byte for byte, with runs that end early and models that are kept', { skip }, () => {
  writeFileSync(at('study.json'), JSON.stringify(STUDY));
  done('sweep', 'study.json', '--out', 'study-wasm', '--models');
  done('sweep', 'study.json', '--out', 'study-native', '--models', '--native');
  const read = (/** @type {string} */ study, /** @type {string} */ name) => readFileSync(at(study, name));
  for (const name of ['trials.csv', 'jobs.csv', 'models/trial-0-seed-1.safetensors']) assert.deepEqual(read('study-native', name), read('study-wasm', name), name);
  assert.match(String(read('study-native', 'trials.csv')), /pruned/);
});

test('sweep --native: over a queue it is a flag of the agents; an environment of one’s own is refused', { skip }, () => {
  writeFileSync(at('study.json'), JSON.stringify(STUDY));
  refused(['sweep', 'study.json', '--queue', 'redis://127.0.0.1:1', '--native'], 2, /^bellhop: --native is for runs on this machine; with --queue it is a flag of bellhop agent/);
  writeFileSync(at('own.mjs'), OWN);
  writeFileSync(at('own.json'), JSON.stringify({ ...STUDY, env: 'Own-v0', envFile: 'own.mjs' }));
  refused(['sweep', 'own.json', '--out', 'never', '--native'], 2, /^bellhop: --native is for the environments that bellhop has in C, and .* is JavaScript: leave it out/);
});
