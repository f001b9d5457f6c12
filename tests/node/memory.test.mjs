// SPDX-License-Identifier: MIT
// The library's memory: everything is given back, and nothing is allocated while it runs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { load } from '../../web/node/node.mjs';

test('live bytes are zero after everything is disposed', async () => {
  const bh = await load();
  assert.equal(bh.liveBytes(), 0);
  for (const { id, presets } of bh.catalog.envs) {
    const env = bh.make(id);
    env.reset();
    env.step(env.actionSpace.type === 'Box' ? [0] : 0);
    env.view();
    const held = [env];
    for (const [name, Class] of Object.entries(bh.models)) {
      if (!presets.some(({ algo }) => algo === name)) continue;
      const model = new Class(env, { totalTimesteps: 50 });
      await model.learn();
      held.push(/** @type {any} */ (model), /** @type {any} */ (bh.loadModel(model.save())));
      model.evaluate({ episodes: 1 });
      model.parameters();
    }
    assert.ok(bh.liveBytes() > 0);
    held.forEach((each) => each.dispose());
    assert.equal(bh.liveBytes(), 0, id);
  }
});

test('live bytes do not move across 1,000 steps of acting and learning', async () => {
  const bh = await load();
  const env = bh.make('CartPole-v1');
  const model = new bh.DQN(env, { learningStarts: 10, bufferSize: 500, trainFreq: 1, totalTimesteps: 2000, evalFreq: 200 });
  await model.learn({ totalTimesteps: 100 });
  const before = bh.liveBytes();
  let [obs] = env.reset({ seed: 0 });
  for (let i = 0; i < 1000; i++) {
    const [next, , terminated, truncated] = env.step(model.predict(obs));
    [obs] = terminated || truncated ? env.reset() : [next];
    await model.learn({ totalTimesteps: 1 });
    assert.equal(bh.liveBytes(), before, `step ${i}`);
  }
  assert.equal(model.timesteps, 1100);
  env.dispose();
  model.dispose();
  assert.equal(bh.liveBytes(), 0);
});

test('what nobody disposed is given back when it is collected', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  const bh = await load();
  const lose = () => {
    bh.make('CartPole-v1');
  };
  lose();
  for (let i = 0; i < 20 && bh.liveBytes() > 0; i++) {
    collect();
    await new Promise((done) => setTimeout(done, 1));
  }
  assert.equal(bh.liveBytes(), 0);
});
