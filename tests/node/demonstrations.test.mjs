// SPDX-License-Identifier: MIT
// Demonstrations: the file, hostile ones too; recording; cloning, DQN with demonstrations, transfer and distillation, in
// the library and on the command line.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Recorder, formatDemonstrations, load, parseDemonstrations } from '../../web/node/node.mjs';
import { cli } from './cli-process.mjs';
import { fails } from './fails.mjs';

const bh = await load();
const grid = bh.make('GridWorld-v0');
const cart = bh.make('CartPole-v1');
const folder = mkdtempSync(join(tmpdir(), 'bellhop-demonstrations-'));
const { bellhop, refused } = cli(folder);
after(() => {
  [grid, cart].forEach((each) => each.dispose());
  assert.equal(bh.liveBytes(), 0);
  rmSync(folder, { recursive: true });
});

const HEADER = '{"format":"bellhop-demonstrations-1","env":"CartPole-v1"}';
const EPISODE = { obs: [[0, 0, 0, 0], [1, 1, 1, 1], [2, 2, 2, 2]], actions: [0, 1], rewards: [1, 1], terminated: true, truncated: false };
/** Down, down, right: the way to the goal of GridWorld. */
const WAY = { obs: [0, 3, 6, 7], actions: [2, 2, 1], rewards: [0, 0, 1], terminated: true, truncated: false };

/** @param {object} change */
const file = (change) => `${HEADER}\n${JSON.stringify({ ...EPISODE, ...change })}\n`;

test('what is written is read back, float for float', () => {
  const recorder = new Recorder({ env: 'CartPole-v1', envOptions: { suttonBartoReward: true }, policy: 'me' });
  for (let i = 0; i < 3; i++) {
    recorder.reset((i === 0 ? cart.reset({ seed: 4 }) : cart.reset())[0]);
    for (let ended = false, t = 0; !ended; t++) {
      const [next, reward, terminated, truncated] = cart.step(t % 2);
      recorder.step(t % 2, next, reward, terminated, truncated, [t, 1 - t / 3]);
      ended = terminated || truncated;
    }
  }
  const given = recorder.demonstrations();
  const text = formatDemonstrations(given);
  assert.match(text.split('\n')[0], /"env_options":\{"sutton_barto_reward":true\}/);
  const read = parseDemonstrations(text);
  assert.deepEqual([read.env, read.envOptions, read.policy, read.episodes.length], ['CartPole-v1', { suttonBartoReward: true }, 'me', 3]);
  const floats = (/** @type {any} */ { obs }) => obs.map((/** @type {number[]} */ row) => [...Float32Array.from(row)]);
  read.episodes.forEach((episode, i) => {
    assert.deepEqual(floats(episode), floats(given.episodes[i]));
    assert.deepEqual({ ...episode, obs: 0 }, { ...given.episodes[i], obs: 0 });
  });
  assert.equal(formatDemonstrations(read), text);
  assert.deepEqual(parseDemonstrations(new TextEncoder().encode(text)), read);
  assert.deepEqual(parseDemonstrations(text.replaceAll('\n', '\r\n\r\n')), read);
});

test('the recorder keeps what ended, cuts what was left, forgets what is discarded', () => {
  const recorder = new Recorder({ env: 'GridWorld-v0' });
  assert.throws(() => recorder.step(0, 0, 0, false, false), /reset before step/);
  recorder.reset(0);
  recorder.reset(0); // nothing happened in between
  recorder.step(2, 3, 0, false, false);
  assert.equal(recorder.episodes.length, 0);
  recorder.reset(0);
  assert.deepEqual(recorder.episodes, [{ obs: [0, 3], actions: [2], rewards: [0], terminated: false, truncated: true }]);
  recorder.step(2, 3, 0, false, false);
  recorder.discard();
  recorder.reset(0);
  recorder.step(1, 1, 0, true, false);
  assert.deepEqual(recorder.episodes.map(({ terminated, truncated }) => [terminated, truncated]), [[false, true], [true, false]]);
});

test('hostile files are refused with their line', () => {
  /** @type {[string | Uint8Array, RegExp][]} */
  const wrong = [
    ['', /line 1: it must be a header/],
    ['\n\n', /line 1: it must be a header/],
    [`\n${HEADER}`, /line 1: it is empty/],
    ['{}', /line 1: it must be a header with "format"/],
    ['null', /line 1: it must be a header/],
    ['[1', /line 1: it is not JSON/],
    ['{"format":"bellhop-demonstrations-2","env":"X"}', /line 1: it must be a header/],
    ['{"format":"bellhop-demonstrations-1"}', /line 1: env is undefined/],
    ['{"format":"bellhop-demonstrations-1","env":"X","env_options":[]}', /line 1: env_options/],
    [HEADER, /line 2: there are no episodes/],
    [`${HEADER}\n\n{"obs"`, /line 3: it is not JSON/],
    [`${HEADER}\nnull`, /line 2: actions is undefined/],
    [`${HEADER}\n[[1]]`, /line 2: /],
    [`${HEADER}\n"text"`, /line 2: /],
    [file({ actions: [] }), /line 2: actions is \[\], but must be an array with at least one/],
    [file({ actions: '01' }), /line 2: actions is '01'/],
    [file({ actions: [0, 1.5] }), /line 2: actions\[1\] is 1.5/],
    [file({ actions: [0, -4294967296] }), /line 2: actions\[1\] is -4294967296/],
    [file({ actions: [0, 4294967296] }), /line 2: actions\[1\] is 4294967296/],
    [file({ obs: EPISODE.obs.slice(1) }), /line 2: obs has 2 entries, but must have 3/],
    [file({ obs: [[0, 0], [0, 0], [0]] }), /line 2: obs\[2\] has 1 entries, but must have 2/],
    [file({ obs: [[], [], []] }), /line 2: obs\[0\]/],
    [file({ obs: [0, 1, [2]] }), /line 2: obs\[2\] is \[2\]/],
    [file({ obs: { length: 3 } }), /line 2: obs is an object/],
    [file({ obs: [[0, 0], [0, 1e39], [0, 0]] }), /line 2: obs\[1\]\[1\] is 1e\+39, but must be a finite number of at most 3.4e38/],
    [file({ obs: [[0, 0], [0, null], [0, 0]] }), /line 2: obs\[1\]\[1\] is null, but must be a finite number/],
    [file({}).replace('[0,0,0,0]', '[0,0,0,1e999]'), /line 2: obs\[0\]\[3\] is Infinity/],
    [file({}).replace('[0,0,0,0]', '[0,0,0,NaN]'), /line 2: it is not JSON/],
    [file({ rewards: [1] }), /line 2: rewards has 1 entries, but must have 2/],
    [file({ rewards: [1, '1'] }), /line 2: rewards\[1\] is '1'/],
    [file({ terminated: 1 }), /line 2: terminated is 1, but must be true or false/],
    [file({ truncated: undefined }), /line 2: truncated is undefined/],
    [file({ action_values: [[1, 2]] }), /line 2: action_values has 1 entries, but must have 2/],
    [file({ action_values: [[1, 2], [1]] }), /line 2: action_values\[1\] has 1 entries/],
    [`${file({})}${JSON.stringify({ ...EPISODE, obs: [[1], [1], [1]] })}`, /line 3: its observations have 1 numbers, but those before have 4/],
    [`${HEADER}\n${'['.repeat(200_000)}`, /line 2: it is not JSON/],
    [Uint8Array.of(0xff, 0xfe, 0), /not a text file in UTF-8/],
  ];
  for (const [data, message] of wrong) fails(() => parseDemonstrations(data), 'BH_ERR_FORMAT', message);
  fails(() => parseDemonstrations(/** @type {any} */ (7)), 'BH_ERR_ARGUMENT', /must be text or its bytes/);
  const polluted = parseDemonstrations(`${HEADER}\n${JSON.stringify(EPISODE).replace('{', '{"__proto__":{"terminated":true},')}`);
  assert.equal(/** @type {any} */ ({}).terminated, undefined);
  assert.equal(polluted.episodes[0].terminated, true);
});

test('what does not fit the environment is refused, and nothing is left behind', () => {
  const live = bh.liveBytes();
  const clone = (/** @type {any} */ demonstrations, options = {}) => () => new bh.Clone(grid, { demonstrations, ...options });
  fails(clone({ env: 'CartPole-v1', episodes: [EPISODE] }), 'BH_ERR_SHAPE', /are of 'CartPole-v1', but the environment here is 'GridWorld-v0'/);
  fails(clone([EPISODE]), 'BH_ERR_SHAPE', /episodes\[0\]: an observation has 4 numbers, but must have 1/);
  fails(clone([{ ...WAY, actions: [2, 2, 9] }]), 'BH_ERR_ARGUMENT', /action of transition 2 is 9/);
  fails(clone([{ ...WAY, obs: [0, 3, 6, 9] }]), 'BH_ERR_ARGUMENT', /transition 2 is 9, but must be a whole number between 0 and 8/);
  fails(clone([{ ...WAY, rewards: [0, 0, 1e200] }]), 'BH_ERR_ARGUMENT', /between -1e30 and 1e30/);
  fails(clone([{ ...WAY, rewards: [0, 0, NaN] }]), 'BH_ERR_FORMAT', /episodes\[0\]: rewards\[2\] is NaN/);
  fails(clone([]), 'BH_ERR_ARGUMENT', /no episodes/);
  fails(clone('demos.jsonl'), 'BH_ERR_ARGUMENT', /must be an array of episodes/);
  fails(clone([WAY], { demoCapacity: 2 }), 'BH_ERR_ARGUMENT', /demoCapacity has room for 2 more transitions, but 3/);
  fails(clone([WAY], { temperature: 1 }), 'BH_ERR_ARGUMENT', /temperature is 1, but the demonstrations have no action values/);
  fails(clone([{ ...WAY, actionValues: [[1], [1], [1]] }]), 'BH_ERR_SHAPE', /action_values has 1 numbers, but must have 4/);
  fails(() => new bh.QLearning(grid, /** @type {any} */ ({ demonstrations: [WAY] })), 'BH_ERR_CONFIG', /Q-learning cannot learn from demonstrations; those that can are dqn, clone/);
  assert.equal(bh.liveBytes(), live);
});

// What tests/golden/runs.json is for the other algorithms; these two need demonstrations.
const GOLDEN = {
  Clone: '9e06c41edcc72f75a4ca16c5d2031eef34ae34f7c2f47e83855c4f7b4d631153',
  DQN: '2c7ae69a6b9a65f1fcd251ad956ab6c63a42187ff25a11cee90fe2cf4edcaa27',
};

for (const simd of [true, false]) {
  test(`what is learned from demonstrations has the same bits everywhere: ${simd ? 'SIMD' : 'scalar'}`, async () => {
    const other = await load({ simd });
    const world = other.make('GridWorld-v0');
    const sha256 = /** @type {Record<string, string>} */ ({});
    for (const [name, options] of /** @type {const} */ ([['Clone', {}], ['DQN', { demoUpdates: 100 }]])) {
      const model = new other[name](world, { demonstrations: [WAY], seed: 0, ...options });
      await model.learn({ totalTimesteps: 500 });
      sha256[name] = model.sha256();
      model.dispose();
    }
    world.dispose();
    assert.deepEqual(sha256, GOLDEN);
  });
}

test('a clone does what was shown; its policy goes elsewhere, and demonstrations end with the first step', async () => {
  const model = new bh.Clone(grid, { demonstrations: [WAY], netArch: [8], learningRate: 0.02, totalTimesteps: 200, evalFreq: 0 });
  assert.equal(model.options.demoCapacity, 3);
  await model.learn();
  assert.deepEqual(model.predict(/** @type {any} */ ([[0], [3], [6]])), [2, 2, 1]);
  assert.equal(model.evaluate({ episodes: 3 }).mean, 1);
  fails(() => model.demonstrate([WAY]), 'BH_ERR_STATE', /before the first step/);
  const bytes = model.save();

  const other = bh.make('GridWorld-v0', { map: ['S..', '...', '.G.'] });
  const next = new bh.Clone(other, { netArch: [8] });
  assert.equal(next.loadParameters(bytes), 4);
  assert.equal(next.sha256(), model.sha256());
  assert.equal(next.evaluate({ episodes: 3 }).mean, 1);
  const small = new bh.Clone(other, { netArch: [4] });
  fails(() => small.loadParameters(bytes), 'BH_ERR_SHAPE', /but here it is/);
  const dqn = new bh.DQN(other);
  fails(() => dqn.loadParameters(bytes), 'BH_ERR_SHAPE', /none of this model's parameters/);
  fails(() => dqn.loadParameters(bytes.subarray(1)), 'BH_ERR_FORMAT', /./);
  [model, next, small, dqn, other].forEach((each) => each.dispose());
});

test('DQN finds what it was shown and chance does not find', async () => {
  const size = 10;
  const sea = bh.make('DeepSea-v0', { size, randomizeActions: false });
  const recorder = new Recorder({ env: 'DeepSea-v0' });
  recorder.reset(sea.reset({ seed: 0 })[0]);
  for (let ended = false; !ended;) {
    const [next, reward, terminated, truncated] = sea.step(1);
    recorder.step(1, next, reward, terminated, truncated);
    ended = terminated || truncated;
  }
  const options = { preset: false, netArch: [16], bufferSize: 500, learningRate: 0.005, evalFreq: 0, totalTimesteps: 600 };
  const shown = new bh.DQN(sea, { ...options, demonstrations: recorder.demonstrations(), demoUpdates: 300 });
  const alone = new bh.DQN(sea, options);
  for (const model of [shown, alone]) await model.learn();
  assert.ok(shown.evaluate({ episodes: 1 }).mean > 0.9);
  assert.ok(alone.evaluate({ episodes: 1 }).mean < 0.1);
  [shown, alone, sea].forEach((each) => each.dispose());
});

test('record, clone, eval; record a model and distil it', () => {
  const recorded = bellhop('record', 'CartPole-v1', '--policy', 'teacher', '--episodes', '3', '--out', 'cart.jsonl', '--json');
  assert.equal(recorded.status, 0, recorded.stderr);
  const [about] = recorded.json();
  assert.deepEqual([about.episodes, about.transitions, about.mean_return, about.seed], [3, 1500, 500, 0]);
  const text = readFileSync(join(folder, 'cart.jsonl'), 'utf8');
  bellhop('record', 'CartPole-v1', '--policy', 'teacher', '--episodes', '3', '--out', 'again.jsonl');
  assert.equal(readFileSync(join(folder, 'again.jsonl'), 'utf8'), text);

  const cloned = bellhop('clone', '--demonstrations', 'cart.jsonl', '--total-timesteps', '800', '--net-arch', '16',
    '--learning-rate', '0.01', '--eval-freq', '0', '--final-eval-episodes', '5', '--out', 'clone', '--json');
  assert.equal(cloned.status, 0, cloned.stderr);
  const summary = cloned.json().at(-1);
  assert.deepEqual([summary.algo, summary.total_timesteps], ['clone', 800]);
  assert.ok(summary['final/mean_reward'] > 100, `${summary['final/mean_reward']}; chance gets about 20`);
  const scored = bellhop('eval', 'clone/model.safetensors', '--json').json()[0];
  assert.equal(scored['eval/mean_reward'], summary['final/mean_reward']);

  const begun = bellhop('train', 'CartPole-v1', '--algo', 'clone', '--demonstrations', 'cart.jsonl', '--init-from', 'clone/model.safetensors',
    '--net-arch', '16', '--total-timesteps', '1', '--eval-freq', '0', '--final-eval-episodes', '1', '--json').json().at(-1);
  assert.equal(begun.init_from_tensors, 4);

  const watched = bellhop('record', 'CartPole-v1', '--policy', 'clone/model.safetensors', '--episodes', '1', '--out', 'model.jsonl', '--epsilon', '0.1', '--json');
  assert.equal(watched.status, 0, watched.stderr);
  assert.equal(parseDemonstrations(readFileSync(join(folder, 'model.jsonl'))).episodes[0].actionValues?.[0].length, 2);

  const distilled = bellhop('distill', 'clone/model.safetensors', '--net-arch', '4', '--episodes', '2', '--total-timesteps', '500',
    '--learning-rate', '0.01', '--eval-freq', '0', '--final-eval-episodes', '5', '--temperature', '1', '--out', 'small', '--json');
  assert.equal(distilled.status, 0, distilled.stderr);
  const [result] = distilled.json();
  assert.deepEqual([result.teacher_parameters, result.student_parameters], [5 * 16 + 17 * 2, 5 * 4 + 5 * 2]);
  assert.equal(result['teacher/mean_reward'], summary['final/mean_reward']);
  assert.ok(result['student/mean_reward'] > 50, `${result['student/mean_reward']}`);
  assert.equal(bellhop('eval', 'small/model.safetensors', '--json').json()[0].params_sha256, result.params_sha256);
});

test('random episodes; what the commands refuse', () => {
  const random = bellhop('record', 'GridWorld-v0', '--policy', 'random', '--episodes', '4', '--out', 'grid.jsonl', '--env-slip', '0.1', '--seed', '3');
  assert.equal(random.status, 0, random.stderr);
  assert.equal(parseDemonstrations(readFileSync(join(folder, 'grid.jsonl'))).envOptions?.slip, 0.1);
  writeFileSync(join(folder, 'broken.jsonl'), `${HEADER}\n{`);
  refused(['record', 'GridWorld-v0', '--policy', 'teacher', '--out', 'x.jsonl'], 2, /no teacher for GridWorld-v0, only for CartPole-v1, MountainCar-v0/);
  refused(['record', 'GridWorld-v0', '--policy', 'random'], 2, /record needs --out/);
  refused(['record', 'GridWorld-v0', '--policy', 'missing.safetensors', '--out', 'x.jsonl'], 1, /missing.safetensors does not exist/);
  refused(['record', 'GridWorld-v0', '--policy', 'grid.jsonl', '--out', 'x.jsonl'], 1, /grid.jsonl: /);
  refused(['record', 'GridWorld-v0', '--policy', 'random', '--out', 'x.jsonl', '--epsilon', '2'], 2, /--epsilon is '2', but must be a number between 0 and 1/);
  refused(['record', 'GridWorld-v0', '--policy', 'random', '--out', 'missing/x.jsonl'], 1, /--out missing\/x.jsonl cannot be written/);
  refused(['clone'], 2, /clone needs --demonstrations FILE/);
  refused(['clone', '--demonstrations'], 2, /needs a value/);
  refused(['clone', '--demonstrations', 'broken.jsonl'], 1, /broken.jsonl: line 2: it is not JSON/);
  refused(['clone', '--demonstrations', 'grid.jsonl', '--algo', 'dqn'], 2, /bellhop train/);
  refused(['clone', 'CartPole-v1', '--demonstrations', 'grid.jsonl'], 1, /are of 'GridWorld-v0', but the environment here is 'CartPole-v1'/);
  refused(['clone', '--demonstrations', 'grid.jsonl', '--batch-size', '0'], 2, /Clone: --batch-size is 0/);
  refused(['train', 'GridWorld-v0', '--algo', 'clone'], 2, /clone needs --demonstrations FILE/);
  refused(['train', 'GridWorld-v0', '--algo', 'dqn', '--demo-capacity', '5'], 2, /there are none: give --demonstrations FILE/);
  refused(['train', 'GridWorld-v0', '--algo', 'q-learning', '--demonstrations', 'grid.jsonl'], 2, /Q-learning cannot learn from demonstrations/);
  refused(['train', 'GridWorld-v0', '--init-from', 'grid.jsonl'], 1, /grid.jsonl: /);
  refused(['distill'], 2, /distill takes one file/);
  refused(['distill', 'missing.safetensors', '--temperature', '0'], 2, /--temperature is 0, but must be above/);
});
