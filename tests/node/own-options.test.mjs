// SPDX-License-Identifier: MIT
// Options of environments of one's own: declared in a table, checked as those of shipped environments, given to what makes the
// environment, saved, and set on the command line.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { checkEnv, load } from '../../web/node/node.mjs';
import { cli } from './cli-process.mjs';
import { fails } from './fails.mjs';

const bh = await load();
const folder = mkdtempSync(join(tmpdir(), 'bellhop-own-options-'));
after(() => rmSync(folder, { recursive: true }));
const { done, refused } = cli(folder);

/** A corridor whose length and rewards can be set. What each was made with is in `made`. */
const SOURCE = `class Corridor {
  static id = 'Corridor-v0';
  static observationSpace = { type: 'Discrete', n: 50 };
  static actionSpace = { type: 'Discrete', n: 2 };
  static maxEpisodeSteps = 60;
  static options = [
    { name: 'goalAt', type: 'int', default: 4, min: 1, max: 49, help: 'Cell of the goal' },
    { name: 'step_reward', type: 'real', default: -0.1, min: -1, max: 1 },
    { name: 'walls', type: 'choice', choices: ['stop', 'wrap'], default: 'stop' },
    { name: 'loud', type: 'bool', default: false },
    { name: 'start', type: 'seed', default: 0, max: 9007199254740991 },
    { name: 'stones', type: 'sizes', default: [], max: 49 },
    { name: 'title', type: 'text', default: 'a corridor', max: 40 },
  ];

  constructor(options) {
    Corridor.made?.push(options);
    this.options = options;
    this.at = 0;
  }

  reset() {
    return [this.at = 0, {}];
  }

  step(action) {
    if (this.at === this.options.goalAt) throw new Error('reset first');
    this.at = Math.max(0, this.at + (action === 1 ? 1 : -1));
    const isOver = this.at === this.options.goalAt;
    return [this.at, isOver ? 1 : this.options.stepReward, isOver, false, {}];
  }
}`;
const Corridor = (await import(`data:text/javascript,${encodeURIComponent(`export default ${SOURCE}`)}`)).default;
const DEFAULTS = { goalAt: 4, stepReward: -0.1, walls: 'stop', loud: false, start: 0, stones: [], title: 'a corridor' };
const OTHERS = { goalAt: 2, stepReward: 0.25, walls: 'wrap', loud: true, start: 2 ** 53 - 1, stones: [3, 49], title: 'ein Gang, 走廊' };

test('defaults and values arrive at what makes the environment, each time in an object of its own', () => {
  Corridor.made = [];
  const env = bh.make(Corridor);
  const other = bh.make(Corridor, OTHERS);
  const envs = bh.makeVec(Corridor, { goalAt: 7, numEnvs: 2 });
  const READ = DEFAULTS; // each time one to read the spaces
  assert.deepEqual(Corridor.made, [READ, DEFAULTS, READ, OTHERS, READ, { ...DEFAULTS, goalAt: 7 }, { ...DEFAULTS, goalAt: 7 }]);
  assert.notEqual(Corridor.made.at(-1), Corridor.made.at(-2));
  assert.deepEqual([env.options, other.options, envs.options], [DEFAULTS, OTHERS, { ...DEFAULTS, goalAt: 7 }]);
  [env, other, envs].forEach((each) => each.dispose());
  delete Corridor.made;
  assert.equal(bh.liveBytes(), 0);
});

test('functions and objects with create get them too; what has none is called as ever', () => {
  /** @type {any[][]} */
  const calls = [];
  const { id, observationSpace, actionSpace, options } = Corridor;
  const make = (/** @type {any[]} */ ...args) => {
    calls.push(args);
    return { reset: () => [0, {}], step: () => [0, 0, true, false, {}] };
  };
  for (const source of [Object.assign((/** @type {any[]} */ ...args) => make(...args), { id, observationSpace, actionSpace, options }), { id, observationSpace, actionSpace, options, create: make }]) {
    bh.make(source, { loud: true }).dispose();
    assert.deepEqual(calls.splice(0), [[DEFAULTS], [{ ...DEFAULTS, loud: true }]]);
  }
  bh.make({ id, observationSpace, actionSpace, create: make }).dispose();
  assert.deepEqual(calls, [[], []]);
});

test('values are checked as those of shipped environments', () => {
  for (const [options, message] of /** @type {[any, RegExp][]} */ ([
    [{ goalAt: 50 }, /^Corridor-v0: goalAt is 50, but must be between 1 and 49$/],
    [{ goalAt: 1.5 }, /Corridor-v0: goalAt is .*1\.5.*, but must be/],
    [{ goalAt: 'far' }, /^Corridor-v0: goalAt is 'far', but must be a whole number between 1 and 49$/],
    [{ stepReward: -1.5 }, /Corridor-v0: stepReward is -1\.5, but must be between -1 and 1/],
    [{ walls: 'bounce' }, /Corridor-v0: walls is 'bounce', but must be one of stop, wrap/],
    [{ loud: 1 }, /Corridor-v0: loud is 1, but must be true or false/],
    [{ stones: [50] }, /Corridor-v0: stones.*50.*49/],
    [{ title: 'x'.repeat(41) }, /Corridor-v0: title .*40/],
    [{ goal: 3 }, /^Corridor-v0 has no option 'goal'; did you mean 'goalAt'\?$/],
  ])) fails(() => bh.make(Corridor, options), 'BH_ERR_CONFIG', message);
  assert.equal(bh.liveBytes(), 0);
});

test('a model, its checkpoint and a registered one have them', async () => {
  const env = bh.make(Corridor, { goalAt: 3, title: 'short' });
  const model = new bh.QLearning(env, { seed: 1, totalTimesteps: 800, evalFreq: 200 });
  await model.learn();
  assert.deepEqual(model.env, { id: 'Corridor-v0', options: { ...DEFAULTS, goalAt: 3, title: 'short' } });
  assert.equal(model.evaluate({ episodes: 1 }).meanLength, 3);
  const again = bh.QLearning.load(model.save({ full: true }), Corridor);
  assert.equal(again.env.options.goalAt, 3);
  assert.deepEqual(bh.register(Corridor).options[0], { name: 'goal_at', key: 'goalAt', type: 'int', default: '4', min: 1, max: 49, live: false, help: 'Cell of the goal' });
  const known = bh.loadModel(model.save());
  assert.deepEqual([known.env.options.title, known.evaluate({ episodes: 1 }).meanLength], ['short', 3]);
  fails(() => known.set(/** @type {any} */ ({ goalAt: 2 })), 'BH_ERR_CONFIG', /goalAt/);
  assert.deepEqual(checkEnv(Corridor).errors, []);
  [env, model, again, known].forEach((each) => each.dispose());
  assert.equal(bh.liveBytes(), 0);
});

test('what is wrong with a table is said, all at once', () => {
  const table = (/** @type {any} */ ...options) => class extends Corridor {
    static options = options;
  };
  const { errors } = checkEnv(table({ name: 'a-b', type: 'int', default: 0 }, { name: 'size', type: 'integer', default: 0 }, { name: 'far', type: 'real', default: 3, max: 2 },
    { name: 'kind', type: 'choice', choices: ['x'], default: 'y' }, { name: 'odd', type: 'bool', default: 1 }, { name: 'none', type: 'int' }, { name: 'odd', type: 'bool', default: true, hlp: '' },
    { name: 'maxEpisodeSteps', type: 'int', default: 1 }, { name: 'now', type: 'int', default: 0, live: true }), { throws: false });
  for (const message of [
    /options\[0\] \(a-b\): name is 'a-b', but must be a word/, /options\[1\] \(size\): type is 'integer', but must be one of bool, int/, /far is 3, but must be between -1e\+30 and 2/,
    /kind is 'y', but must be one of x/, /odd is 1, but must be true or false/, /none is undefined, but must have one/, /there is no 'hlp'; did you mean 'help'/, /there are two named 'odd'/,
    /name is 'maxEpisodeSteps', but must be .* that make\(\) does not have itself/, /live is true, but options .* are settled/,
  ]) assert.equal(errors.filter((error) => message.test(error)).length, 1, `${message}\n${errors.join('\n')}`);
  assert.equal(errors.length, 10);
  assert.match(checkEnv(Object.assign(new Corridor(DEFAULTS), Corridor, { options: [] }), { throws: false }).errors.join(), /options are of a class, a function or an object with create/);
  fails(() => bh.make(table({})), 'BH_ERR_CONFIG', /Corridor-v0: options\[0\]: /);
});

test('the command line: --env-NAME, bellhop options, compare, record', () => {
  writeFileSync(join(folder, 'corridor.mjs'), `export default ${SOURCE}`);
  const train = ['train', 'corridor.mjs', '--algo', 'q-learning', '--total-timesteps', '800', '--eval-freq', '400'];
  const run = done(...train, '--env-goal-at', '2', '--env-loud', '--env-walls=wrap', '--env-stones', '3,4', '--out', 'run', '--json').json().at(-1);
  assert.ok(Math.abs(run['final/mean_reward'] - 0.9) < 1e-9);
  assert.deepEqual(JSON.parse(readFileSync(join(folder, 'run/config.json'), 'utf8')).env_options, { goal_at: 2, step_reward: -0.1, walls: 'wrap', loud: true, start: 0, stones: [3, 4], title: 'a corridor' });
  assert.equal(done(...train, '--config', 'run/config.json', '--seeds', '0-1', '--jobs', '2', '--json').json()[0].params_sha256, run.params_sha256);
  assert.equal(done('eval', 'run/model.safetensors', '--env', 'corridor.mjs', '--episodes', '1', '--json').json()[0]['eval/mean_reward'].toFixed(6), '0.900000');
  const compared = done('compare', ...train.slice(1), '--vary', 'env-goal-at=2,3', '--seeds', '0', '--json').json().filter(({ type }) => type === 'summary');
  assert.deepEqual(compared.map((each) => Number(each['final/mean_reward'].toFixed(6))), [0.9, 0.8]);
  done('record', 'corridor.mjs', '--policy', 'random', '--episodes', '2', '--env-goal-at', '2', '--out', 'two.jsonl');
  assert.match(readFileSync(join(folder, 'two.jsonl'), 'utf8'), /"goal_at":2/);
  const { stdout } = done('options', 'corridor.mjs');
  assert.match(stdout, /--env-goal-at +4 +1 to 49 +Cell of the goal/);
  assert.match(stdout, /--env-walls +stop +stop, wrap/);
  refused([...train, '--env-goal-at', '60'], 2, /--env-goal-at is 60, but must be between 1 and 49/);
  refused([...train, '--env-goal', '6'], 2, /Corridor-v0 has no option --env-goal/);
  refused(['record', 'corridor.mjs', '--policy', 'random', '--env-goal', '6', '--out', 'no.jsonl'], 2, /Corridor-v0 has no option --env-goal/);
});
