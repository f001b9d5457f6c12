// SPDX-License-Identifier: MIT
// The keys somebody plays with: every action of every environment has one, as long as there are keys; none has two meanings.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from '../../web/node/node.mjs';
import { bindKeys } from '../../web/lab/action-keys.mjs';

/** What a key sends. @param {string} sign as it is written on a button */
function eventOf(sign) {
  const arrow = { '←': 'ArrowLeft', '→': 'ArrowRight', '↑': 'ArrowUp', '↓': 'ArrowDown' }[sign];
  return arrow ? { code: arrow, key: arrow } : { code: `Digit${sign}`, key: sign };
}

test('the key on each button takes its action, in every environment', async () => {
  const bh = await load();
  for (const { id } of bh.catalog.envs) {
    const env = bh.make(id);
    const names = env.layout.actions;
    const keys = bindKeys(names);
    for (const [action, name] of names.entries()) {
      const sign = keys.keyOf(action);
      if (names.length > 10) assert.equal(sign, '', id);
      else assert.equal(keys.actionOf(eventOf(sign)), action, `${id}: ${name}, ${sign}`);
    }
    assert.equal(keys.actionOf({ code: 'KeyQ', key: 'q' }), -1, id);
    env.dispose();
  }
});

test('directions by arrows and WASD, what does nothing while no key is held', () => {
  const car = bindKeys(['push left', 'no push', 'push right']);
  assert.deepEqual([0, 1, 2].map(car.keyOf), ['←', '↓', '→']);
  assert.deepEqual([car.idle, car.actionOf({ code: 'KeyD', key: 'd' }), car.actionOf({ code: 'Digit2', key: '2' })], [1, 2, 1]);
  assert.equal(bindKeys(['left', 'right']).idle, -1);
  const arms = bindKeys(Array.from({ length: 10 }, (_, i) => String(i + 1)));
  assert.deepEqual([arms.keyOf(0), arms.keyOf(9), arms.actionOf({ code: 'Digit0', key: '0' })], ['1', '0', 9]);
  const sea = bindKeys(['0', '1']);
  assert.deepEqual([sea.keyOf(0), sea.actionOf({ code: 'Digit1', key: '1' }), sea.actionOf({ code: 'Digit2', key: '2' })], ['0', 1, -1]);
});
