// SPDX-License-Identifier: MIT
// What the library says of settings and files reaches a lab's reader as a sentence of their language, with the names they see.
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { explainError } from '../../web/lab/error-words.mjs';
import { Explained, loadErrorWords, plainly, unlessLate } from '../../web/lab/plain-errors.mjs';
import { loadWords } from '../../web/lab/words.mjs';
import { load } from '../../web/node/node.mjs';

const bh = await load();
const [en, zh] = [await loadErrorWords('en', ['text']), await loadErrorWords('zh', ['text'])];

/** @param {() => unknown} use @returns {unknown} */
function errorOf(use) {
  try {
    use();
  } catch (error) {
    return error;
  }
  throw new assert.AssertionError({ message: 'nothing was thrown' });
}

/** @param {unknown} error @param {import('../../web/lab/words.mjs').Words} words */
const explained = (error, words) => explainError(error, words, (name) => words.tMaybe(`field.${name}`, name));

/** @type {[use: () => unknown, english: RegExp][]} */
const CASES = [
  [() => new bh.DQN('CartPole-v1', { learningRate: -1 }), /^Learning rate is -1, but must be from 0 to 10\.$/],
  [() => new bh.DQN('CartPole-v1', { batchSize: 0 }), /^\D+ is 0, but must be from 1 to /],
  [() => new bh.DQN('CartPole-v1', /** @type {any} */ ({ learningRate: {} })), /^Learning rate is an object, but must be from 0 to 10\.$/],
  [() => new bh.PPO('CartPole-v1', { preset: false, batchSize: 4096, nSteps: 8, nEnvs: 2 }), / is 4096, but one update has only 16 steps/],
  [() => new bh.DQN('CartPole-v1', { preset: false, featuresExtractor: 'nature-cnn' }), /needs images of at least 36 pixels/],
  [() => new bh.PPO('CartPole-v1', { useSde: true }), /needs continuous actions/],
  [() => new bh.DQN('Translate-v0', { preset: false, featuresExtractor: 'transformer', dModel: 20, nHeads: 8 }), /is 20, but must be a multiple of 32/],
  [() => new bh.DQN('CartPole-v1', /** @type {any} */ ({ optimizer: 'lion' })), /cannot be “'?lion'?”; possible: /],
  [() => bh.make('GridWorld-v0', { map: ['..', '.G'] }), /^The map has no start/],
  [() => bh.make('GridWorld-v0', { map: ['S.', '.'] }), /^Row 2 of the map has 1 cell/],
  [() => new bh.models['policy-evaluation']('GridWorld-v0', { policy: 'zz' }), /^The policy has “z” for state 0/],
  [() => bh.loadModel(new Uint8Array(9)), /file/],
];

test('the library’s errors are explained in English and in Chinese', () => {
  for (const [use, english] of CASES) {
    const error = /** @type {Error} */ (errorOf(use));
    assert.match(explained(error, en), english);
    const chinese = explained(error, zh);
    assert.ok(/\p{Script=Han}/u.test(chinese) && !chinese.includes(zh.t('error.other', { why: '' })), `${error.message}: ${chinese}`);
    assert.doesNotMatch(chinese, /\bmust\b|\bbut\b/, chinese);
  }
});

test('without the words of errors the library’s sentence is told, and that a value cannot be', async () => {
  const [plain, chinese] = [await loadWords('en'), await loadWords('zh')];
  const error = errorOf(() => bh.make('GridWorld-v0', { map: ['S.'] }));
  for (const sentence of [explained(error, plain), plainly(error, plain)]) assert.match(sentence, /^[A-Z].* has no goal; mark a cell .*\.$/);
  assert.match(plainly(error, chinese), /^操作未成功：.*has no goal/);
  assert.equal(plainly(new Explained('它的话'), plain), '它的话');
  assert.equal(plainly(new TypeError('Failed to fetch dynamically imported module'), chinese), chinese.t('error.offline'));
  const unfit = { name: 'wings', value: '2', why: /** @type {const} */ ({ key: 'error.unknown', values: {} }) };
  assert.deepEqual([plain.unfit([unfit]), chinese.unfit([unfit]), en.unfit([unfit])], ['wings cannot be “2”.', '“wings”不能设为“2”。', 'There is no setting “wings” here.']);
});

test('an error does not wait for words that never come', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const late = assert.rejects(unlessLate(new Promise(() => {})), /did not arrive/);
    mock.timers.tick(60_000);
    await late;
  } finally {
    mock.timers.reset();
  }
  assert.equal(await unlessLate(Promise.resolve('words')), 'words');
});
