// SPDX-License-Identifier: MIT
// What the microscope says of an update, for every algorithm that has one, against the numbers of the core.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { reportOf, spreadOf } from '../../web/lab/update-report.mjs';
import { load } from '../../web/node/node.mjs';

const bh = await load();
/** @type {{ dispose(): void }[]} */
const made = [];
after(() => made.reverse().forEach((each) => each.dispose()));

const SMALL = { batchSize: 8, netArch: [8], learningStarts: 50, evalFreq: 0 };

/** Reports of the updates of a run, step by step. @param {string} algo @param {any} options @param {any} id @param {number} steps */
async function reports(algo, options, id, steps) {
  const env = bh.make(id);
  const model = new bh.models[/** @type {import('../../web/bellhop.js').AlgoName} */ (algo)](env, { seed: 2, ...options });
  made.push(env, model);
  model.watch();
  const found = [];
  for (let i = 0; i < steps; i++) {
    const before = model.lastUpdate();
    await model.learn({ steps: 1 });
    const update = model.lastUpdate();
    if (update && JSON.stringify(update) !== JSON.stringify(before)) found.push({ update, report: /** @type {any} */ (reportOf(update)) });
  }
  assert.ok(found.length > 0, algo);
  return found;
}

test('tables: the target and the step make the new value, to the bit', async () => {
  for (const [algo, how, options] of /** @type {const} */ ([
    ['q-learning', 'max', {}], ['sarsa', 'taken', {}], ['expected-sarsa', 'mean', {}], ['double-q-learning', 'other', {}],
  ])) {
    const all = await reports(algo, options, 'GridWorld-v0', 120);
    assert.ok(all.some(({ report }) => report.how === how), `${algo} ${how}`);
    for (const { report: { kind, old, alpha, td, now, y, r, discount, next } } of all) {
      assert.equal(kind, 'table');
      assert.equal(now, old + alpha * td);
      assert.equal(y, r + discount * next);
      assert.ok(Math.abs(y - old - td) < 1e-12);
    }
  }
  const bonus = await reports('q-learning', { exploration: 'ucb', explorationBonusInTarget: true }, 'GridWorld-v0', 60);
  assert.ok(bonus.some(({ report }) => report.bonus > 0));
});

test('planning: what a sweep or an improvement changed', async () => {
  const all = await reports('policy-iteration', {}, 'GridWorld-v0', 100);
  const sweeps = all.filter(({ report }) => report.most !== null), improvements = all.filter(({ report }) => report.most === null);
  assert.ok(sweeps.length > 0 && improvements.length > 0);
  for (const { update, report } of improvements) assert.equal(report.changed, update.changed.data[0]);
  for (const { report } of sweeps) assert.ok(report.changed <= report.states && (report.most === 0) === (report.changed === 0));
});

test('batches: rows, errors, gradient', async () => {
  const [{ update, report }] = (await reports('dqn', { ...SMALL, prioritized: true }, 'CartPole-v1', 70)).slice(-1);
  assert.deepEqual([report.kind, report.of, report.rows.length], ['batch', 'td', 8]);
  for (const [b, { action, old, y, error, weight }] of report.rows.entries()) {
    assert.equal(old, update.q_tm1.data[b * 2 + action]);
    assert.equal(y, old + error);
    assert.equal(weight, update.importance.data[b]);
  }
  assert.deepEqual(report.errors, spreadOf(update.td.data));
  assert.deepEqual(spreadOf([1, -3]), { mean: -1, std: 2, most: 3 });
  assert.deepEqual([report.gradient.norm, report.gradient.scale], [update.grad_norm.data[0], update.clip_scale.data[0]]);
  assert.equal(report.ratios, null);

  const distributed = (await reports('dqn', { ...SMALL, distribution: 'quantile', nAtoms: 5 }, 'CartPole-v1', 70)).at(-1)?.report;
  assert.deepEqual([distributed.of, distributed.rows[0].old, distributed.rows[0].y], ['loss', null, null]);
});

test('policies: before anything has changed all ratios are 1', async () => {
  const [{ report }] = await reports('ppo', { nEnvs: 1, nSteps: 32, batchSize: 32, nEpochs: 1, netArch: [8], evalFreq: 0 }, 'CartPole-v1', 40);
  assert.deepEqual([report.of, report.rows.length], ['advantage', 32]);
  assert.ok(Math.abs(report.ratios.mean - 1) < 1e-6 && report.ratios.std < 1e-6);
  const [{ report: reinforce }] = await reports('reinforce', { netArch: [8], evalFreq: 0 }, 'CartPole-v1', 200);
  assert.deepEqual([reinforce.of, reinforce.ratios], ['advantage', null]);
  assert.ok(reinforce.rows.every((/** @type {any} */ { old }) => old < 0));
});

test('what was too large to be kept is not needed', () => {
  const array = (/** @type {number[]} */ shape) => ({ shape, data: new Float64Array(shape[0] * shape[1]) });
  const report = /** @type {any} */ (reportOf({ a_tm1: array([1, 3]), logits: array([3, 2]), grad_norm: array([1, 1]), clip_scale: array([1, 1]), learning_rate: array([1, 1]) }));
  assert.deepEqual([report.of, report.rows.length, report.rows[0].old], ['advantage', 3, -Math.log(2)]);
  assert.equal(reportOf({}), null);
});

test('critics of continuous actions', async () => {
  for (const algo of ['ddpg', 'td3', 'sac']) {
    const { update, report } = /** @type {any} */ ((await reports(algo, SMALL, 'Pendulum-v1', 60)).at(-1));
    assert.equal(report.of, 'td');
    assert.equal(report.rows[0].y, update.target.data[0]);
    assert.equal(report.rows[0].error, update.target.data[0] - update.q1_tm1.data[0]);
  }
});
