// SPDX-License-Identifier: MIT
// Links to decisions on text from before those were experiments of their own: they open the same run, or say what is gone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from '../../web/node/node.mjs';
import { plainSetup, toQuery } from '../../web/lab/run-setup.mjs';
import { isOldLink } from '../../web/lab/text-kind.mjs';
import { fromOldLink } from '../../web/lab/text-link.mjs';
import { textCatalog } from '../../web/lab/text-tasks.mjs';

const { catalog: given } = await load();
const catalog = /** @type {import('../../web/lab/fields.mjs').Catalog} */ (/** @type {unknown} */ (given));

/** @param {string} link */
const parse = (link) => fromOldLink(catalog, new URLSearchParams(link));
const FIRST = { ...plainSetup(textCatalog(catalog), 'TextGen-v1', 'dqn'), start: 'lm' };

test('which links are old', () => {
  assert.ok(isOldLink(new URLSearchParams('env=TextGen-v0&algo=dqn&seed=0&text.algo=ppo')));
  assert.ok(!isOldLink(new URLSearchParams('env=TextGen-v0&context.task=1')));
});

test('the task, where the agent starts from, what it learns by, the weights', () => {
  const { setup, ignored } = parse('env=TextGen-v0&algo=dqn&seed=5&text.task=Translate-v0&text.start=scratch&text.algo=ppo&text.weights=1,0,0.3');
  assert.deepEqual(ignored, []);
  const envOptions = { wordsWeight: 1, orderWeight: 0 };
  assert.deepEqual(setup, { env: 'Translate-v0', algo: 'ppo', preset: '', seed: 0, start: 'scratch', options: {}, envOptions, changes: [] },
    'the seed was that of another run; a weight that is the task\'s own is not a change');
  assert.equal(toQuery(textCatalog(catalog, 'scratch'), setup), 'env=Translate-v0&algo=ppo&seed=0&start=scratch&env.wordsWeight=1&env.orderWeight=0');
  assert.deepEqual(parse('text.start=lm&text.algo=dqn'), { setup: FIRST, ignored: [] });
  assert.deepEqual(parse('text.task=Dialogue-v0&text.weights=1,0.05,10').setup.envOptions, { turnCost: 0.05, wrongCost: 10 });
  assert.equal(parse('text.task=LearningRate-v0&text.algo=ppo').setup.algo, 'dqn');
  assert.equal(parse('text.algo=ppo&text.algo=dqn').setup.algo, 'dqn', 'the last one holds');
});

/** @param {import('../../web/lab/fields.mjs').Unfit} unfit */
const written = ({ name, value }) => `${name}=${value}`;

test('what does not fit is left out and named', () => {
  for (const part of ['text.task=Poem-v0', 'text.task=constructor', 'text.start=', 'text.algo=rainbow', 'text.__proto__=1', 'text.seed=1',
    'text.weights=1,,2', 'text.weights=NaN', 'text.weights=', 'text.weights=1,2', 'text.weights=1,99,1,1,1']) {
    const { setup, ignored } = parse(`env=TextGen-v0&seed=3&${part}`);
    assert.deepEqual([setup, ...ignored.map(written)], [FIRST, part]);
  }
  assert.deepEqual(parse('text.task=CodeGen-v0&text.weights=1').ignored.map(written), ['text.weights=1'], 'its reward is fixed');
});
