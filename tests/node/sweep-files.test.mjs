// SPDX-License-Identifier: MIT
// Study files and folders: what is wrong is a sentence with file, field, value and bound; environments of one's own; Optuna's journal.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { after, before, test } from 'node:test';
import { UsageError } from '../../web/cli/args.mjs';
import { openStudy } from '../../web/cli/study-file.mjs';
import { load } from '../../web/node/node.mjs';
import { ONE_OBJECT, cli } from './cli-process.mjs';

const folder = mkdtempSync(join(tmpdir(), 'bellhop-sweep-files-'));
after(() => rmSync(folder, { recursive: true }));
const { bellhop, done, refused } = cli(folder, ONE_OBJECT);
const read = (/** @type {string[]} */ ...path) => readFileSync(join(folder, ...path), 'utf8');
const write = (/** @type {string} */ name, /** @type {string} */ text) => writeFileSync(join(folder, name), text);

const STUDY = `
env: GridWorld-v0
algo: q-learning
method: grid
options: { totalTimesteps: 300, evalFreq: 100, nEvalEpisodes: 2, finalEvalEpisodes: 2 }
seeds: 0-1
parameters:
  learningRate: { values: [0.1, 0.5] }
`;

before(() => {
  write('grid.yaml', STUDY);
  done('sweep', 'grid.yaml');
});

test('a study file that is wrong: the file, the field, the value, what may stand there', async () => {
  const bh = await load();
  const wrong = (/** @type {RegExp} */ message, /** @type {string} */ text, name = 'wrong.yaml') => {
    write(name, text);
    return assert.rejects(openStudy(bh, join(folder, name)), (error) => {
      assert.ok(error instanceof UsageError, String(error));
      assert.match(error.message.replace(`${folder}/`, ''), message);
      return true;
    });
  };
  await wrong(/^wrong\.yaml: line 4 is not valid YAML: Flow sequence/, 'env: GridWorld-v0\nmethod: grid\nparameters: [1, 2\n');
  await wrong(/^wrong\.yaml: line 2 is not valid YAML: Map keys must be unique/, 'env: GridWorld-v0\nenv: CartPole-v1\n');
  await wrong(/^wrong\.json is not valid JSON: /, '{"env": }', 'wrong.json');
  await wrong(/^wrong\.yaml is not a study; it must have env, method and parameters/, '- 1\n');
  await wrong(/^wrong\.yaml is not a study/, '');
  await wrong(/seeds is '0-9999,0-9999,.*, and at most 10000 of them$/, STUDY.replace('0-1', '0-9999,'.repeat(100_000) + '1')); // a billion
  for (const name of ["'/etc/passwd'", '[1]']) await wrong(/envFile is .*, but must be the file of an environment, such as tank\.mjs/, `${STUDY}envFile: ${name}\n`);
  if (existsSync('/dev/zero')) {
    await assert.rejects(openStudy(bh, '/dev/zero'), /\/dev\/zero is too large/);
    symlinkSync('/dev/zero', join(folder, 'endless.mjs'));
    write('endless.yaml', `${STUDY.replace('env: GridWorld-v0', 'env: X-v0')}envFile: endless.mjs\n`);
    await assert.rejects(openStudy(bh, join(folder, 'endless.yaml')), /endless\.mjs is not a file$/);
  }
  await wrong(/metric is 'eval\/mean_reward', but must be an object, such as \{ name: eval\/mean_reward, goal: maximize \}/, `${STUDY}metric: eval/mean_reward\n`);
  await wrong(/early_terminate is 'median', but must be an object, such as \{ type: median \}/, `${STUDY}early_terminate: median\n`);
  await wrong(/parameters\.learningRate is \[0\.1, 0\.5\], but must be \{ values: \[\.\.\.\] \} or a range: \{ min, max \}/, STUDY.replace('{ values: [0.1, 0.5] }', '[0.1, 0.5]'));
  await wrong(/seeds is 5, but must be a range such as '0-4', which is five seeds, or a list/, STUDY.replace('0-1', '5'));
  await wrong(/parameters: CartPole-v1 has no option 'env\.gravity'; /, 'env: CartPole-v1\nmethod: grid\nparameters: { env.gravity: { values: [9] } }\n');
  await wrong(/^wrong\.yaml: env is missing; give the id of an environment, such as CartPole-v1/, 'method: grid\nparameters: { gamma: { values: [0.9] } }\n');
  await wrong(/^wrong\.yaml: .*did you mean 'GridWorld-v0'/, STUDY.replace('GridWorld-v0', 'GridWorl-v0'));
  await wrong(/^wrong\.yaml: .*'methode'.*did you mean 'method'/, STUDY.replace('method', 'methode'));
  await wrong(/^wrong\.yaml: method is 'bayes', but must be one of grid, random, tpe/, STUDY.replace('grid', 'bayes'));
  await wrong(/^wrong\.yaml: parameters: q-learning has no option 'learningRat'; did you mean 'learningRate'/, STUDY.replace('learningRate', 'learningRat'));
  await wrong(/^wrong\.yaml: parameters\.learningRate\.values\[1\] is -0\.5, but must be .*0/, STUDY.replace('0.5', '-0.5'));
  await wrong(/^wrong\.yaml: run_cap is missing; say how many trials random makes/, STUDY.replace('grid', 'random'));
  await wrong(/^wrong\.yaml: seeds is '4-0', but must be such as '0-4'/, STUDY.replace('0-1', '4-0'));
  await wrong(/^wrong\.yaml: name is '\.\.\/x', but it names the folder of the results: leave out slashes/, `name: ../x${STUDY}`);
  await wrong(/^huge\.yaml is too large: a study file has at most 1000000 bytes/, `# ${'x'.repeat(1_000_000)}\n`, 'huge.yaml');
  const aliases = [...'bcdefghij'].map((key, i) => `${key}: &${key} [${`*${'abcdefghi'[i]},`.repeat(9)}]\n`).join('');
  await wrong(/^aliases\.yaml is not valid YAML: Excessive alias count/, `a: &a [1,1,1,1,1,1,1,1,1]\n${aliases}`, 'aliases.yaml');
  refused(['sweep', 'wrong.yaml'], 2, /^bellhop: wrong\.yaml: name is/);
  refused(['sweep', 'nowhere.yaml'], 2, /nowhere\.yaml does not exist/);
  refused(['sweep', '.'], 2, /\. is a folder, but must be a file/);
});

test('flags that are typed wrongly', () => {
  refused(['sweep'], 2, /sweep takes one study file/);
  refused(['sweep', 'grid.yaml', '--jobs', '0'], 2, /--jobs is '0', but must be a whole number between 1 and/);
  refused(['sweep', 'grid.yaml', '--verify', '2'], 2, /--verify is '2', but must be a number between 0 and 1/);
  refused(['sweep', 'grid.yaml', '--shard', '3'], 2, /--shard is '3', but must be a part and how many there are, such as 3\/7/);
  refused(['sweep', 'grid.yaml', '--shard', '8/7'], 2, /parts are counted from 1 to 7/);
  refused(['sweep', 'grid.yaml', '--shard', '1/2', '--queue', 'redis://localhost'], 2, /--queue and --shard exclude each other/);
  refused(['sweep', 'grid.yaml', '--shared', 'x'], 2, /--shared is for --queue/);
  refused(['sweep', 'grid.yaml', '--env', 'GridWorld-v0'], 2, /--env is 'GridWorld-v0', but must be the file of an environment/);
  refused(['sweep', 'grid.yaml', '--overwrite'], 2, /unknown flag --overwrite/);
  refused(['study'], 2, /study takes one folder/);
  refused(['study', 'grid', '--out', 'x'], 2, /--out is for bellhop study merge/);
  refused(['study', 'merge', 'grid'], 2, /study merge needs --out DIR/);
  refused(['study', 'merge', '--out', 'x'], 2, /study merge needs folders/);
  refused(['study', 'nowhere'], 2, /nowhere has no study\.json; give the folder that bellhop sweep wrote/);
});

test('a folder is of one study, of one version, and used by one command', () => {
  write('other.yaml', STUDY.replace('0.5', '0.6'));
  refused(['sweep', 'other.yaml', '--out', 'grid'], 1, /^bellhop: grid has another study: name is 'grid' there, and 'other' in other\.yaml; give another --out/);
  write('changed.yaml', `name: grid${STUDY.replace('0.5', '0.6')}`);
  refused(['sweep', 'changed.yaml'], 1, /^bellhop: grid has another study: parameters\.learningRate\.values is \[0\.1,0\.5\] there, and \[0\.1,0\.6\] in changed\.yaml; give another --out/);
  refused(['study', 'merge', 'grid', 'nowhere', '--out', 'x'], 2, /nowhere has no study\.json/);
  const before = read('grid', 'results.jsonl');

  mkdirSync(join(folder, 'mine'));
  write('mine/thesis.txt', 'mine');
  refused(['sweep', 'grid.yaml', '--out', 'mine'], 1, /--out mine holds thesis\.txt already; a study needs a new or empty folder, or its own/);
  refused(['sweep', 'grid.yaml', '--out', 'grid.yaml'], 1, /--out grid\.yaml cannot be written to: .*file, not a folder/);
  write('mine/study.json', '{}');
  refused(['sweep', 'grid.yaml', '--out', 'mine'], 1, /mine\/study\.json is not what bellhop sweep writes/);

  cpSync(join(folder, 'grid'), join(folder, 'old'), { recursive: true });
  write('old/study.json', read('old', 'study.json').replace(/"version": "[^"]+"/, '"version": "0.0.9"'));
  refused(['sweep', 'grid.yaml', '--out', 'old'], 1, /old has a study of bellhop 0\.0\.9, and this is \d.*: runs of two versions may differ/);
  refused(['study', 'old'], 1, /old has a study of bellhop 0\.0\.9.*npx bellhop@0\.0\.9 study old/);

  write('grid/bellhop.lock', JSON.stringify({ pid: process.pid, host: hostname() }));
  refused(['sweep', 'grid.yaml'], 1, /--out grid|grid is in use by another bellhop \(process \d+\)/);
  rmSync(join(folder, 'grid', 'bellhop.lock'));
  assert.equal(read('grid', 'results.jsonl'), before);

  if (process.platform !== 'win32') {
    mkdirSync(join(folder, 'pipe'));
    cpSync(join(folder, 'grid', 'study.json'), join(folder, 'pipe', 'study.json'));
    execFileSync('mkfifo', [join(folder, 'pipe', 'results.jsonl')]);
    refused(['sweep', 'grid.yaml', '--out', 'pipe'], 1, /pipe\/results\.jsonl is not a file; move it elsewhere/);
  }

  cpSync(join(folder, 'grid'), join(folder, 'foreign'), { recursive: true });
  write('foreign/results.jsonl', `${before}${JSON.stringify({ ...JSON.parse(before.split('\n')[0]), id: 'f'.repeat(64) })}\n`);
  assert.equal(bellhop('study', 'foreign').stderr, 'bellhop: foreign: 1 result is of no job of this study, or of a trial that needs missing results, and not shown\n');

  cpSync(join(folder, 'grid'), join(folder, 'broken'), { recursive: true });
  write('broken/results.jsonl', `${before.split('\n')[0]}\nnot a result\n`);
  refused(['sweep', 'grid.yaml', '--out', 'broken'], 1, /broken\/results\.jsonl: line 2 is not what bellhop sweep writes; remove that line, and its job runs again/);
  refused(['study', 'broken'], 1, /broken\/results\.jsonl: line 2 is not what/);
});

test('tables show what there is of each trial, and a part says when it is complete', () => {
  write('parts.yaml', STUDY);
  const part = done('sweep', 'parts.yaml', '--shard', '1/2').stdout;
  assert.match(part, /^part {8}1 of 2 is complete; when all are: bellhop study merge DIR\.\.\. --out DIR$/m);
  assert.match(part, /^trials {6}0 complete, 2 incomplete of 2; 2 runs, 600 steps$/m);
  assert.match(read('parts-1-of-2', 'trials.csv'), /^0,incomplete,/m);
  done('study', 'merge', 'parts-1-of-2', '--out', 'half');
  assert.equal(read('half', 'trials.csv'), read('parts-1-of-2', 'trials.csv'));
  assert.match(done('study', 'grid', '--top', '1').stdout, /^\.\.\. and 1 more: bellhop study grid --top 2$/m);
});

// ---- environments of one's own ----

const CORRIDOR = (/** @type {string} */ state) => `
export default class Corridor {
  static id = 'Corridor-v0';
  observationSpace = { type: 'Box', shape: [1], low: 0, high: 8 };
  actionSpace = { type: 'Discrete', n: 2 };
  reset() { this.at = 0; this.time = 0; return [[0], {}]; }
  step(action) {
    if (this.at === 8 || this.time === 40) throw new Error('the episode is over: call reset()');
    this.at = Math.max(0, this.at + (action === 1 ? 1 : -1));
    this.time++;
    return [[this.at], this.at === 8 ? 1 : 0, this.at === 8, this.time === 40, {}];
  }
  ${state}
}`;
const OWN = `
envFile: own/corridor.mjs
algo: dqn
method: random
run_cap: 2
options: { totalTimesteps: 600, evalFreq: 300, nEvalEpisodes: 2, finalEvalEpisodes: 2, learningStarts: 50 }
parameters:
  learningRate: { min: 1.0e-4, max: 1.0e-2, distribution: log_uniform }
`;

test('an environment of one\'s own: its file is part of each job, found beside the study, and must stay as it was', () => {
  mkdirSync(join(folder, 'own'));
  write('own/corridor.mjs', CORRIDOR('getState() { return [this.at, this.time]; } setState([at, time]) { this.at = at; this.time = time; }'));
  write('own.yaml', OWN);
  done('sweep', 'own.yaml', '--out', 'corridor');
  const { definition } = JSON.parse(read('corridor', 'study.json'));
  assert.deepEqual([definition.env, definition.envFile, definition.envSha256.length], ['Corridor-v0', join(folder, 'own', 'corridor.mjs'), 64]);
  const jobs = read('corridor', 'jobs.csv');
  const { command } = done('study', 'corridor', '--json').json()[0];
  const [summary] = done(...command.split(' ').slice(1), '--json').json().slice(-1);
  assert.ok(jobs.includes(summary.params_sha256));

  write('elsewhere.yaml', OWN.replace('envFile: own/corridor.mjs', 'name: corridor\nenv: Corridor-v0'));
  write('moved.mjs', read('own', 'corridor.mjs'));
  write('own.yaml', `name: corridor${OWN}`);
  done('sweep', 'own.yaml', '--out', 'named');
  done('sweep', 'elsewhere.yaml', '--env', 'moved.mjs', '--out', 'named');
  assert.equal(read('named', 'jobs.csv'), jobs, 'where the file lies does not matter');

  write('byname.mjs', CORRIDOR('').replace('export default class', 'export class'));
  refused(['sweep', 'own.yaml', '--env', 'byname.mjs', '--out', 'byname'], 1, /byname\.mjs: its default export must be .*; it exports \w+ by name only: add "export default \w+;"/);

  write('own/corridor.mjs', `${read('own', 'corridor.mjs')} // changed`);
  refused(['study', 'corridor'], 1, /corridor\.mjs has changed since corridor\/study\.json was written: its SHA-256 was [0-9a-f]{12}… and is [0-9a-f]{12}…; give the old file with --env FILE/);
  refused(['sweep', 'own.yaml', '--out', 'named'], 1, /named was made with another version of the environment's file: its SHA-256 was [0-9a-f]{12}… and is [0-9a-f]{12}… in own\.yaml; bring the old file back, or give another --out/);
  done('study', 'corridor', '--env', 'moved.mjs');
  refused(['sweep', 'elsewhere.yaml', '--env', 'nowhere.mjs'], 1, /nowhere\.mjs does not exist/);
});

test('an environment that throws: its run failed, the others count, the same command tries it again', () => {
  const broken = CORRIDOR('').replace('this.time++;', 'this.time++; if (!isMainThread && process.env.BREAK && this.time === 3) throw new Error("broken");');
  write('own/corridor.mjs', `import process from 'node:process';\nimport { isMainThread } from 'node:worker_threads';\n${broken}`);
  write('breaks.yaml', OWN);
  process.env.BREAK = '1';
  const { status, stderr, stdout } = bellhop('sweep', 'breaks.yaml');
  delete process.env.BREAK;
  assert.equal(status, 1);
  assert.match(stderr, /^bellhop: 2 of 2 runs failed, the first of them trial 0 seed 0: Corridor-v0: .*broken.*; the same command retries them\n$/);
  assert.match(stdout, /\ntrials {6}0 complete, 2 failed of 2; 2 runs, 0 steps\n/);
  assert.match(read('breaks', 'trials.csv'), /^0,failed,[\d.e-]+,,,,1,0$/m);
  const mended = done('sweep', 'breaks.yaml');
  assert.match(mended.stdout, /2 complete of 2/);
});

// ---- Optuna ----

/**
 * Reads a journal as Optuna's JournalStorage replays it: trials are numbered as they are created, a finished one takes no operation, values stand for
 * what their distribution says.
 * @param {string} text
 */
function replay(text) {
  assert.ok(text.endsWith('\n'));
  /** @type {any} */
  let study;
  /** @type {any[]} */
  const trials = [];
  for (const line of text.trimEnd().split('\n')) {
    const { op_code: op, worker_id: worker, ...log } = JSON.parse(line);
    assert.equal(typeof worker, 'string');
    const trial = log.trial_id === undefined ? undefined : trials[log.trial_id];
    if (log.trial_id !== undefined) assert.ok(trial !== undefined && trial.state === 0, 'it is there and not finished');
    if (log.study_id !== undefined) assert.ok(log.study_id === 0 && study !== undefined);
    const only = (/** @type {object} */ attr) => {
      assert.equal(Object.keys(attr).length, 1);
      return attr;
    };
    switch (op) {
      case 0: study = { name: log.study_name, directions: log.directions, user: {}, system: {} }; break;
      case 2: Object.assign(study.user, only(log.user_attr)); break;
      case 3: Object.assign(study.system, only(log.system_attr)); break;
      case 4: trials.push({ state: 0, params: {}, intermediate: {}, user: {}, start: time(log.datetime_start) }); break;
      case 5: trial.params[log.param_name] = external(JSON.parse(log.distribution), log.param_value_internal); break;
      case 6: Object.assign(trial, { state: log.state, values: log.values, end: time(log.datetime_complete) }); break;
      case 7: assert.ok(Number.isInteger(log.step)); trial.intermediate[log.step] = log.intermediate_value; break;
      case 8: Object.assign(trial.user, only(log.user_attr)); break;
      default: assert.fail(`no operation ${op}`);
    }
  }
  return { study, trials };
}

/** As Python's datetime.fromisoformat: microseconds, no zone. @param {string} text */
function time(text) {
  assert.match(text, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/);
  return Date.parse(text);
}

/** @param {{ name: string, attributes: any }} distribution @param {number} internal */
function external({ name, attributes }, internal) {
  assert.equal(typeof internal, 'number');
  if (name === 'CategoricalDistribution') {
    assert.deepEqual(Object.keys(attributes), ['choices']);
    return attributes.choices[internal];
  }
  assert.deepEqual(Object.keys(attributes).sort(), ['high', 'log', 'low', 'step']);
  const { low, high, log, step } = attributes;
  assert.ok(internal >= low && internal <= high && !(log && step !== null && name === 'FloatDistribution'));
  if (name === 'IntDistribution') assert.ok(Number.isInteger(internal) && Number.isInteger(step) && (internal - low) % step === 0);
  else assert.equal(name, 'FloatDistribution');
  return internal;
}

test('Optuna\'s journal: what a reader of it sees is the table; it is begun anew by the same command, never over another file', () => {
  write('optuna.yaml', `
env: CartPole-v1
algo: dqn
method: random
run_cap: 6
seeds: 0-1
options: { totalTimesteps: 400, evalFreq: 100, nEvalEpisodes: 2, finalEvalEpisodes: 2, learningStarts: 50 }
early_terminate: { type: median, n_startup_trials: 2 }
parallel: 1
parameters:
  learningRate: { min: 1.0e-5, max: 0.1, distribution: log_uniform }
  batchSize: { min: 8, max: 64, q: 8, distribution: q_uniform }
  netArch: { values: [[8], [8, 8]] }
  doubleQ: { values: [true, false] }
`);
  done('sweep', 'optuna.yaml', '--journal', 'optuna.log');
  const { study, trials } = replay(read('optuna.log'));
  assert.deepEqual([study.name, study.directions, study.system], ['optuna', [2], { 'study:metric_names': ['eval/mean_reward'] }]);
  assert.deepEqual([study.user.env, study.user.algo], ['CartPole-v1', 'dqn']);
  const rows = read('optuna', 'trials.csv').trim().split('\n').slice(1).map((line) => line.match(/("[^"]*"|[^,]*)(,|$)/g)?.map((cell) => cell.replace(/,$/, '').replace(/^"|"$/g, '')) ?? []);
  assert.deepEqual(trials.map(({ state, params, values }) => [state, ...Object.values(params).map(String), values?.[0]]),
    rows.map(([, state, rate, batch, arch, double, score]) => [state === 'complete' ? 1 : 2, rate, batch, arch, double, score === '' ? undefined : Number(score)]));
  for (const { state, intermediate, user, start, end } of trials) {
    const steps = Object.keys(intermediate).map(Number);
    assert.ok(state === 1 ? steps.join() === '100,200,300,400' : steps.length > 0);
    assert.ok(end >= start && user.params_sha256.every((/** @type {string} */ digest) => digest.length === 64));
  }
  assert.ok(trials.some(({ state }) => state === 2), 'one of them is pruned');

  done('sweep', 'optuna.yaml', '--journal', 'optuna.log');
  assert.deepEqual(replay(read('optuna.log')).trials.map(({ state, params, values }) => ({ state, params, values })), trials.map(({ state, params, values }) => ({ state, params, values })));
  refused(['sweep', 'grid.yaml', '--journal', 'optuna.log'], 1, /--journal optuna\.log is there already and is not of the study 'grid'/);
  write('notes.txt', 'mine');
  refused(['sweep', 'grid.yaml', '--journal', 'notes.txt'], 1, /--journal notes\.txt is there already/);
  assert.equal(read('notes.txt'), 'mine');
  symlinkSync(join(folder, 'notes.txt'), join(folder, 'link.log'));
  refused(['sweep', 'grid.yaml', '--journal', 'link.log'], 1, /link\.log is a symbolic link/);
  assert.equal(existsSync(join(folder, 'grid', 'bellhop.lock')), false);
});
