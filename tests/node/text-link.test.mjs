// SPDX-License-Identifier: MIT
// What a link says of the decisions on the tab Text: there and back, and what is left out.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromHash, textIn } from '../../web/page/link.mjs';
import { fromLink, toLink } from '../../web/page/text/link.mjs';
import { load } from '../../web/node/node.mjs';

/** @typedef {import('../../web/page/text/link.mjs').Choice} Choice */

/** @type {Choice} */
const FIRST = { task: 'TextGen-v1', start: 'lm', algo: 'dqn', weights: null };

test('only what differs from how the page begins is said', () => {
  assert.equal(toLink(FIRST), '');
  assert.equal(toLink({ task: 'Translate-v0', start: 'scratch', algo: 'ppo', weights: [1, 0, 0.5] }), '&text.task=Translate-v0&text.start=scratch&text.algo=ppo&text.weights=1,0,0.5');
});

test('there and back', () => {
  for (const choice of /** @type {Choice[]} */ ([FIRST, { ...FIRST, algo: 'ppo' }, { task: 'Dialogue-v0', start: 'scratch', algo: 'dqn', weights: [1, 0.05, 10] }])) {
    assert.deepEqual(fromLink(toLink(choice)), { choice, ignored: [] });
    assert.deepEqual(fromLink(textIn(`#env=TextGen-v0&algo=dqn&seed=0${toLink(choice)}`)), { choice, ignored: [] });
  }
});

test('what does not fit is left out and named', () => {
  for (const part of ['text.task=Poem-v0', 'text.task=constructor', 'text.start=', 'text.algo=rainbow', 'text.weights=1,,2', 'text.weights=NaN',
    'text.weights=', 'text.__proto__=1', 'text.seed=1']) {
    assert.deepEqual(fromLink(`&${part}`), { choice: FIRST, ignored: [part] }, part);
  }
  assert.equal(textIn('#env=TextGen-v0&context.task=1'), '');
});

test('the world above leaves it alone', async () => {
  const { catalog } = await load({ text: false });
  const { ignored } = fromHash(/** @type {any} */ (catalog), '#env=TextGen-v0&text.task=Translate-v0&wings=2', 'GridWorld-v0');
  assert.deepEqual(ignored, ['wings=2']);
});
