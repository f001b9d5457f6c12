// SPDX-License-Identifier: MIT
// Links: what a setup is written as and read from, old links included; whatever does not fit is left out and named.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { fromQuery, toQuery } from '../../web/lab/run-setup.mjs';
import { load } from '../../web/node/node.mjs';

/** @type {any} */
let catalog;
before(async () => {
  ({ catalog } = await load());
});

/** @param {string} query */
const read = (query) => fromQuery(catalog, new URLSearchParams(query), 'GridWorld-v0', (env) => env !== 'Pendulum-v1');

test('there and back', () => {
  for (const query of [
    'env=GridWorld-v0&algo=dqn&seed=0', 'env=CartPole-v1&algo=dqn&seed=7&preset=rainbow', 'env=CartPole-v1&algo=ppo&seed=7&learningRate=0.0021&netArch=32,16',
    'env=GridWorld-v0&algo=q-learning&seed=1&env.map=S..G/....&env.slip=0.1', 'env=GridWorld-v0&algo=dqn&seed=5&batchSize=16&learningRate=0.5@1710&gamma=0.5@1800&learningRate=0.1@2000',
  ]) {
    const { setup, ignored } = read(query);
    assert.deepEqual(ignored, []);
    assert.equal(toQuery(catalog, setup), query);
  }
});

test('names may be written in snake_case, and changes stand in any order', () => {
  const { setup, ignored } = read('env=GridWorld-v0&algo=dqn&learning_rate=0.1@20&learning_rate=0.5@10&batch_size=16');
  assert.deepEqual(ignored, []);
  assert.equal(toQuery(catalog, setup), 'env=GridWorld-v0&algo=dqn&seed=0&batchSize=16&learningRate=0.5@10&learningRate=0.1@20');
});

test('the preset’s own value is not written', () => {
  const { preset } = /** @type {any} */ (read('env=GridWorld-v0&algo=dqn&gamma=0.9')).setup.options;
  assert.equal(preset, undefined);
  assert.equal(toQuery(catalog, read('env=GridWorld-v0&algo=dqn&gamma=0.9').setup), 'env=GridWorld-v0&algo=dqn&seed=0');
});

test('what does not fit is named', () => {
  /** @type {[query: string, ignored: string[]][]} */
  const cases = [
    ['env=Maze-v0', ['env=Maze-v0']], ['env=Pendulum-v1', ['env=Pendulum-v1']], ['env=GridWorld-v0&algo=dqnn', ['algo=dqnn']],
    ['env=GridWorld-v0&preset=snow', ['preset=snow']], ['env=GridWorld-v0&learningRate=-1', ['learningRate=-1']], ['env=GridWorld-v0&learningRate=x', ['learningRate=x']],
    ['env=GridWorld-v0&seed=1.5', ['seed=1.5']], ['env=GridWorld-v0&nothing=1', ['nothing=1']], ['env=GridWorld-v0&batchSize=16@100', ['batchSize=16@100']],
    ['env=GridWorld-v0&learningRate=-1@100', ['learningRate=-1@100']], ['env=GridWorld-v0&learningRate=0.1@1e99', ['learningRate=0.1@1e99']], ['env=GridWorld-v0&start=moon', ['start=moon']],
    [`env=GridWorld-v0&env.map=${'x'.repeat(100)}`, []],
  ];
  for (const [query, ignored] of cases) assert.deepEqual([query, ...read(query).ignored], [query, ...ignored]);
  assert.equal(read(`env=GridWorld-v0&${'a'.repeat(200)}=1`).ignored[0].length, 60);
});
