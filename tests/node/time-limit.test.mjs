// SPDX-License-Identifier: MIT
// maxEpisodeSteps: of make, makeVec, models, checkpoints, a worker's sessions and the command line, as max_episode_steps of
// gymnasium.make has it.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { load } from '../../web/node/node.mjs';
import { cli } from './cli-process.mjs';
import { fails } from './fails.mjs';
import { CartPole, GridWorld } from './js-envs.mjs';

const bh = await load();
const folder = mkdtempSync(join(tmpdir(), 'bellhop-limit-'));
after(() => rmSync(folder, { recursive: true }));
const { done, refused } = cli(folder);

/** Steps of an episode, always with action 0; 0 where it is not truncated in 700. @param {any} env */
function length(env) {
  env.reset({ seed: 1 });
  for (let t = 1; t <= 700; t++) {
    const [, , terminated, truncated] = env.step(0);
    assert.equal(terminated, false);
    if (truncated) return t;
  }
  return 0;
}

test('make: another limit, none, and the environment\'s own', () => {
  for (const [options, steps, limit] of /** @type {const} */ ([
    [{}, 200, 200], [{ maxEpisodeSteps: 12 }, 12, 12], [{ maxEpisodeSteps: 350 }, 350, 350], [{ maxEpisodeSteps: -1 }, 0, null], [{ maxEpisodeSteps: null }, 200, 200], [{ maxEpisodeSteps: 0 }, 200, 200],
  ])) {
    const env = bh.make('MountainCar-v0', options);
    assert.deepEqual([length(env), env.spec.maxEpisodeSteps], [steps, limit]);
    assert.deepEqual(env.options.maxEpisodeSteps, options.maxEpisodeSteps || undefined);
    env.dispose();
  }
  fails(() => bh.make('MountainCar-v0', { maxEpisodeSteps: -2 }), 'BH_ERR_CONFIG', /maxEpisodeSteps is -2, but must be between -1 and 2000000000/);
  fails(() => bh.make('MountainCar-v0', /** @type {any} */ ({ maxEpisodeSteps: '9' })), 'BH_ERR_CONFIG', /MountainCar-v0: maxEpisodeSteps is '9', but must be a whole number/);
  fails(() => bh.make('MountainCar-v0', /** @type {any} */ ({ maxEpisodeStep: 9 })), 'BH_ERR_CONFIG', /did you mean 'maxEpisodeSteps'/);
  assert.equal(bh.liveBytes(), 0);
});

test('makeVec, and environments of one\'s own', () => {
  const envs = bh.makeVec('MountainCar-v0', { numEnvs: 3, maxEpisodeSteps: 5 });
  assert.equal(envs.spec.maxEpisodeSteps, 5);
  envs.reset({ seed: 0 });
  for (let t = 1; t <= 10; t++) assert.deepEqual([...envs.step([0, 1, 2])[3]], Array(3).fill(Number(t % 5 === 0)));
  envs.dispose();
  const own = bh.make(GridWorld, { maxEpisodeSteps: 4 });
  assert.deepEqual([length(own), own.spec.maxEpisodeSteps], [4, 4]);
  own.dispose();
  assert.equal(bh.liveBytes(), 0);
});

test('models: of the environment they are made from, or by the option; checkpoints have it', async () => {
  const small = { seed: 1, totalTimesteps: 300, evalFreq: 0, learningStarts: 1000 };
  const env = bh.make('MountainCar-v0', { maxEpisodeSteps: 30 });
  const models = [new bh.DQN(env, small), new bh.DQN('MountainCar-v0', { ...small, maxEpisodeSteps: 30 }), new bh.DQN(env, { ...small, maxEpisodeSteps: 50 })];
  for (const [i, steps] of [30, 30, 50].entries()) {
    assert.equal(models[i].options.maxEpisodeSteps, steps);
    const lengths = new Set();
    await models[i].learn({ onProgress: ({ records }) => records.forEach((record) => record.type === 'episode' && lengths.add(record.length)) });
    assert.deepEqual([...lengths], [steps]);
    assert.equal(models[i].evaluate({ episodes: 2 }).meanLength, steps);
  }
  const again = bh.loadModel(models[0].save({ full: true }));
  assert.equal(again.evaluate({ episodes: 2 }).meanLength, 30);
  const other = bh.loadModel(models[0].save(), undefined, { maxEpisodeSteps: 9 });
  assert.equal(other.evaluate({ episodes: 2 }).meanLength, 9);
  const own = new bh.DQN(CartPole, { ...small, maxEpisodeSteps: -1 });
  assert.equal(own.options.maxEpisodeSteps, -1);
  [env, ...models, again, other, own].forEach((each) => each.dispose());
  assert.equal(bh.liveBytes(), 0);
});

test('the command line: train, config.json, eval, record', () => {
  const run = done('train', 'MountainCar-v0', '--total-timesteps', '200', '--max-episode-steps', '25', '--eval-freq', '0', '--final-eval-episodes', '2', '--out', 'run', '--json').json().at(-1);
  assert.equal(run['final/mean_reward'], -25);
  assert.equal(JSON.parse(readFileSync(join(folder, 'run/config.json'), 'utf8')).options.max_episode_steps, 25);
  assert.equal(done('eval', 'run/model.safetensors', '--episodes', '2', '--json').json()[0]['eval/mean_reward'], -25);
  assert.equal(done('train', '--config', 'run/config.json', '--json').json().at(-1).params_sha256, run.params_sha256);
  done('record', 'MountainCar-v0', '--policy', 'random', '--episodes', '3', '--max-episode-steps', '8', '--out', 'short.jsonl');
  assert.match(readFileSync(join(folder, 'short.jsonl'), 'utf8'), /"max_episode_steps":8/);
  refused(['train', 'MountainCar-v0', '--max-episode-steps', '-7'], 2, /--max-episode-steps is -7, but must be between -1 and/);
  refused(['record', 'MountainCar-v0', '--policy', 'random', '--max-episode-steps', '-7', '--out', 'no.jsonl'], 2, /--max-episode-steps is -7, but must be between -1 and/);
});
