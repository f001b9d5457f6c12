// SPDX-License-Identifier: MIT
// PPO and REINFORCE as classes: learning, log-probabilities, figures under Stable-Baselines3's names, checkpoints, errors.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { load } from '../../web/node/node.mjs';
import { trainJob } from '../../web/cli/training.mjs';
import { fails } from './fails.mjs';

const bh = await load();
const env = bh.make('GridWorld-v0');
const cart = bh.make('CartPole-v1');
after(() => [env, cart].forEach((each) => each.dispose()));

for (const algo of /** @type {const} */ (['PPO', 'REINFORCE'])) {
  test(`${algo} learns the gridworld; its values are log-probabilities`, async () => {
    const model = new bh[algo](env, { seed: 1, totalTimesteps: 5000, klCoef: 1e-6 });
    /** @type {any} */
    let last;
    await model.learn({
      onProgress(progress) {
        last = progress;
      },
    });
    const entry = bh.catalog.algos.find(({ name }) => name === model.algo);
    assert.ok(entry?.gives_log_probs);
    for (const name of ['train/loss', 'train/grad_norm', 'train/mean_q', 'train/n_updates', ...entry.metrics]) {
      assert.ok(Number.isFinite(last[name]), `${name}: ${last[name]}`);
    }
    assert.ok(last['train/entropy_loss'] <= 0 && last['train/entropy_loss'] >= -Math.log(4));
    assert.ok(!('rollout/exploration_rate' in last));
    const logProbs = model.qValues(0);
    assert.ok(Math.abs(logProbs.reduce((sum, value) => sum + Math.exp(value), 0) - 1) < 1e-6);
    assert.equal(model.predict(0), logProbs.indexOf(Math.max(...logProbs)));
    const score = model.evaluate({ which: 'best', episodes: 5, seed: 1 });
    assert.deepEqual([score.mean, score.meanLength], [1, 3]);

    const copy = bh.loadModel(model.save());
    assert.ok(copy instanceof bh[algo]);
    assert.equal(copy.sha256(), model.sha256());
    assert.deepEqual(copy.qValues(4), model.qValues(4));
    assert.deepEqual(Object.entries(model.parameters()).map(([name, { shape }]) => `${name} ${shape}`), [
      'mlp_extractor.policy_net.0.weight 24,9', 'mlp_extractor.policy_net.0.bias 24',
      'mlp_extractor.policy_net.2.weight 24,24', 'mlp_extractor.policy_net.2.bias 24',
      'action_net.weight 4,24', 'action_net.bias 4',
      'mlp_extractor.value_net.0.weight 24,9', 'mlp_extractor.value_net.0.bias 24',
      'mlp_extractor.value_net.2.weight 24,24', 'mlp_extractor.value_net.2.bias 24',
      'value_net.weight 1,24', 'value_net.bias 1',
    ]);
    copy.dispose();
    model.dispose();
  });
}

test("PPO's defaults are Stable-Baselines3's", () => {
  const model = new bh.PPO(cart, { preset: false });
  const expected = {
    learningRate: 3e-4, nSteps: 2048, batchSize: 64, nEpochs: 10, gamma: 0.99, gaeLambda: 0.95, clipRange: 0.2, clipRangeVf: 0,
    normalizeAdvantage: true, entCoef: 0, vfCoef: 0.5, maxGradNorm: 0.5, targetKl: 0, netArch: [64, 64], activation: 'tanh',
    orthoInit: true, optimizer: 'adam', optimizerEps: 1e-5,
  };
  for (const [key, value] of Object.entries(expected)) assert.deepEqual(model.options[key], value, key);
  model.dispose();
});

test('what does not fit is refused in the caller\'s words; what is live changes while it runs', async () => {
  fails(() => new bh.PPO(cart, { nSteps: 8, nEnvs: 2, batchSize: 17 }), 'BH_ERR_CONFIG', /batchSize is 17, but must be at most nSteps times nEnvs, which is 8 times 2/);
  fails(() => new bh.PPO(cart, /** @type {any} */ ({ bufferSize: 10 })), 'BH_ERR_CONFIG', /bufferSize/);
  const model = new bh.PPO(cart, { seed: 1 });
  model.set({ clipRange: 0.1, entCoef: 0.01, nEpochs: 2 });
  assert.deepEqual([model.options.clipRange, model.options.entCoef, model.options.nEpochs], [0.1, 0.01, 2]);
  fails(() => model.set({ nSteps: 16 }), 'BH_ERR_CONFIG', /n_?steps/i);
  await model.learn({ totalTimesteps: 512 });
  model.dispose();
});

test('metrics.csv has a column for each figure of the algorithm', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bellhop-policy-'));
  after(() => rmSync(folder, { recursive: true }));
  const plan = { env: 'GridWorld-v0', algo: 'ppo', options: { totalTimesteps: 600, logFreq: 200 }, envOptions: {} };
  await trainJob(bh, { plan, out: folder });
  const [heading, ...rows] = readFileSync(join(folder, 'metrics.csv'), 'utf8').trim().split('\n').map((line) => line.split(','));
  const at = heading.indexOf('train/approx_kl');
  assert.ok(at > 0 && heading.includes('train/value_loss') && heading.includes('eval/mean_reward'));
  const values = rows.filter(([type]) => type === 'train').map((row) => row[at]);
  assert.deepEqual(values.map((value) => value !== '' && Number(value) >= 0), [true, true, true]);
});

test('kl_coef that was set anew is where an adaptive penalty goes on from', async () => {
  const model = new bh.PPO(bh.make('TextGen-v1'), { klCoef: 0.1, klTarget: 0.3, nSteps: 64, batchSize: 64, nEnvs: 1, logFreq: 64, evalFreq: 0, totalTimesteps: 640 });
  /** @type {number[]} */
  const seen = [];
  const go = () => model.learn({ totalTimesteps: 256, onProgress: ({ records }) => {
    for (const record of records) if (record.type === 'train') seen.push(Number(record.extra?.['train/kl_coef']));
  } });
  await go();
  model.set({ klCoef: 5 });
  await go();
  const [first, then] = [seen.filter((coef) => coef <= 0.1), seen.filter((coef) => coef > 1)];
  assert.ok(first.length > 1 && then.length > 1, String(seen));
  assert.ok(then[0] === 5 && then[1] < 5, 'and it adapts from there');
  model.dispose();
});
