// SPDX-License-Identifier: MIT
// Links: what a setup is written as and read from, old links included; whatever does not fit is left out and named.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { fromQuery, toQuery } from '../../web/lab/run-setup.mjs';
import { loadWords } from '../../web/lab/words.mjs';
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
  for (const [query, ignored] of cases) assert.deepEqual([query, ...read(query).ignored.map(({ name, value }) => `${name}=${value}`)], [query, ...ignored]);
});

test('why, in the author’s names, in both languages', async () => {
  /** @type {[query: string, why: RegExp, chinese: RegExp][]} */
  const cases = [
    ['algo=dqnn', /^algo cannot be “dqnn”; did you mean “dqn”\? Possible: dqn, q-learning, .*ppo/, /“algo”不能设为“dqnn”，是不是“dqn”？可选：dqn, /], ['preset=rainbo', /^preset cannot be “rainbo”; did you mean “rainbow”\? Possible: rainbow\.$/, /可选：rainbow/],
    ['algo=ppo&preset=rainbow', /^There is no setting “preset” here\.$/, /没有名为“preset”的设置/], ['learningRat=1', /“learningRat” here; did you mean “learningRate”\?$/, /是不是“learningRate”/],
    ['learning_rte=1', /did you mean “learningRate”/, /./], ['slip=0.1', /did you mean “env\.slip”/, /./], ['env.gamma=0.1', /did you mean “gamma”/, /./], ['nothing=1', /^There is no setting “nothing” here\.$/, /./],
    ['speed=4', /^speed is an attribute of <bellhop-lab>, not a setting\.$/, /^“speed”是 <bellhop-lab> 的属性/], ['stopAt=4', /^stopAt is an attribute/, /属性/],
    ['learningRate=-1', /^learningRate is -1, but must be from 0 to 10\.$/, /“learningRate”为 -1，应在 0 到 10 之间。/], ['learning_rate=x', /^learning_rate is “x”, but must be a number/, /应为数字/],
    ['seed=1.5', /^seed is 1\.5, but must be a whole number/, /应为整数/], ['netArch=a', /^netArch is “a”, but must be a number/, /./], ['doubleQ=yes', /^doubleQ cannot be “yes”; possible: true, false\.$/, /./],
    ['optimizer=lion', /^optimizer cannot be “lion”; possible: .*adam/, /./], ['env.slip=7', /^env\.slip is 7, but must be from 0 to 1\.$/, /./], ['learningRate=0.1@3000000000', /^learningRate is 0\.1@3000000000, but must be /, /./],
    [`algo=${'x'.repeat(100)}`, /cannot be “x{40}…”/, /./],
  ];
  const [en, zh] = [await loadWords('en', ['errors']), await loadWords('zh', ['errors'])];
  for (const [query, english, chinese] of cases) {
    const { ignored } = read(`env=GridWorld-v0&${query}`);
    assert.match(en.unfit(ignored, true), english, query);
    assert.match(zh.unfit(ignored, true), chinese, query);
  }
  const many = read(`env=GridWorld-v0&${Array.from({ length: 9 }, (_, i) => `x${i}=1`).join('&')}`).ignored;
  assert.match(en.unfit(many, true), /“x5” here\. And 3 more\.$/);
  assert.match(en.unfit(many), /“x5” here\. .*“x8” here\.$/);
  assert.equal(en.unfit(read(`env=GridWorld-v0&algo=${'x'.repeat(100)}`).ignored).includes('x'.repeat(100)), true, 'what is long is cut for the picture alone');
});

test('an environment that there is none of: the one that was meant, and those there are, of every kind of experiment', () => {
  const { ignored } = fromQuery(catalog, new URLSearchParams('env=Cartpole-v1'), 'GridWorld-v0', (env) => /^(Grid|Cart)/.test(env), ['Translate-v0']);
  assert.deepEqual(ignored, [{ name: 'env', value: 'Cartpole-v1', why: { key: 'error.choice.near', values: { list: 'GridWorld-v0, CartPole-v1, Translate-v0', near: 'CartPole-v1' } } }]);
});
