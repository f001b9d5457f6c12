// SPDX-License-Identifier: MIT
// Runs that were left: how many are kept and which, what a reader does to the list, and in what words two runs differ.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { differences } from '../../web/lab/run-differences.mjs';
import { isShown, remove, rename, show, togglePin, toggleSolo } from '../../web/lab/run-list-edits.mjs';
import { RunList } from '../../web/lab/run-list.mjs';
import { plainSetup } from '../../web/lab/run-setup.mjs';
import { textCatalog } from '../../web/lab/text-tasks.mjs';
import { Words } from '../../web/lab/words.mjs';
import { differsText } from '../../web/site/run-words.mjs';
import { runName } from '../../web/lab/panels/returns-chart.mjs';
import en from '../../web/lab/strings/en.mjs';
import enFields from '../../web/lab/strings/en-fields.mjs';
import enText from '../../web/lab/strings/en-text.mjs';
import enWorkbench from '../../web/lab/strings/en-workbench.mjs';
import zh from '../../web/lab/strings/zh.mjs';
import zhFields from '../../web/lab/strings/zh-fields.mjs';
import zhText from '../../web/lab/strings/zh-text.mjs';
import zhWorkbench from '../../web/lab/strings/zh-workbench.mjs';
import { load } from '../../web/node/node.mjs';

const catalog = /** @type {import('../../web/lab/fields.mjs').Catalog} */ (/** @type {unknown} */ ((await load()).catalog));
const english = new Words({ ...en, ...enFields, ...enText, ...enWorkbench }, 'en'), chinese = new Words({ ...zh, ...zhFields, ...zhText, ...zhWorkbench }, 'zh');

/** @param {number} seed @param {number} [step] @param {string} [env] */
const run = (seed, step = 100, env = 'GridWorld-v0') => ({ id: `env=${env}&seed=${seed}`, setup: { ...plainSetup(catalog, env), seed }, step, solvedAt: null });
/** A list as the page has it. */
const twelve = () => Object.assign(new RunList(), { most: 12 });
const GRID = { env: 'GridWorld-v0' };
/** @param {RunList} list */
const seeds = (list) => list.items.map(({ setup }) => setup.seed);

test('twelve runs are kept; the oldest goes that is not pinned; numbers go on', () => {
  const list = twelve();
  for (let seed = 1; seed <= 12; seed++) list.add(run(seed));
  togglePin(list, list.items[0]);
  list.add(run(13));
  list.add(run(14));
  assert.deepEqual(seeds(list), [1, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
  assert.deepEqual([list.items[0].n, list.items.at(-1)?.n], [1, 14]);
  for (const each of list.items) each.isPinned = true;
  list.add(run(15));
  assert.deepEqual(seeds(list).length, 12, 'all are pinned: there is no room');
  assert.ok(!seeds(list).includes(15));
});

test('where there is no list, the last run is kept', () => {
  const list = new RunList();
  for (const seed of [1, 2, 3]) list.add(run(seed));
  assert.deepEqual(list.items.map(({ n, setup }) => [n, setup.seed]), [[3, 3]]);
});

test('the same run is kept once, with the longer curve, its name and its pin', () => {
  const list = twelve();
  list.add(run(1, 100));
  rename(list, list.items[0], '  my   run ');
  togglePin(list, list.items[0]);
  list.add(run(1, 50));
  assert.equal(list.items[0].step, 100);
  list.add({ ...run(1, 900), solvedAt: 700 });
  assert.deepEqual(list.items.map(({ n, name, step, solvedAt, isPinned }) => ({ n, name, step, solvedAt, isPinned })), [{ n: 1, name: 'my run', step: 900, solvedAt: 700, isPinned: true }]);
  const demonstrations = /** @type {any} */ ({ env: 'GridWorld-v0', episodes: [] });
  list.add({ ...run(1, 20), setup: { ...run(1).setup, demonstrations } });
  assert.equal(list.items.length, 2, 'a link says nothing of demonstrations');
});

test('hide, show, alone, delete, and names', () => {
  const list = twelve();
  for (const seed of [1, 2, 3]) list.add(run(seed));
  list.add(run(4, 100, 'CliffWalking-v1'));
  const [one, two, three] = list.items;
  const drawn = () => list.drawn(GRID).map(({ n }) => n);
  assert.deepEqual(drawn(), [1, 2, 3]);
  const { version } = list;
  show(list, two, false);
  assert.ok(list.version > version);
  assert.deepEqual([drawn(), isShown(list, two)], [[1, 3], false]);
  toggleSolo(list, two);
  assert.deepEqual([drawn(), isShown(list, one)], [[2], false]);
  toggleSolo(list, two);
  assert.deepEqual(drawn(), [1, 3], 'as before');
  toggleSolo(list, two);
  show(list, three, true);
  assert.deepEqual([drawn(), list.solo], [[2, 3], undefined], 'what was drawn, and the one that was shown');
  toggleSolo(list, two);
  remove(list, two);
  assert.deepEqual([drawn(), list.solo, list.items.length], [[3], undefined, 3]);
  rename(list, three, 'slow');
  assert.equal(runName(english, three), 'slow');
  rename(list, three, '  ');
  assert.deepEqual([runName(english, three), runName(chinese, three)], ['Run 3', '训练 3']);
});

test('what differs, in words', () => {
  const present = { ...plainSetup(catalog, 'CartPole-v1', 'dqn'), seed: 1 };
  const says = (/** @type {object} */ setup, words = english, of = present, from = catalog) => differsText(words, /** @type {any} */ ({ catalog: from, setup: of }), /** @type {any} */ ({ setup }));
  assert.equal(says(present), 'nothing: it is the same run');
  assert.equal(says({ ...present, seed: 3, options: { learningRate: 0.5 } }), 'learning rate 0.5, seed 3');
  assert.equal(says({ ...present, seed: 3, options: { learningRate: 0.5 } }, chinese), '学习率 0.5、种子 3');
  const [preset] = differences(catalog, present, { ...present, options: { learningRate: 0.5 } });
  assert.ok(preset.kind === 'setting' && preset.name === 'learning_rate' && Number(preset.value) > 0, 'the value of the preset');
  assert.match(says({ ...plainSetup(catalog, 'CartPole-v1', 'ppo'), seed: 1 }), /^PPO$/, 'of another algorithm, only what was changed');
  assert.match(says({ ...plainSetup(catalog, 'CartPole-v1', 'ppo'), seed: 2, options: { gamma: 0.5 } }), /^PPO, .*0\.5, seed 2$/);
  assert.match(says({ ...present, preset: 'rainbow' }), /^Rainbow$/);
  const change = { at: 1710, scope: /** @type {const} */ ('options'), key: 'learningRate', value: 0.5 };
  assert.equal(says({ ...present, changes: [change] }), 'learning rate 0.5 from step 1,710');
  assert.equal(says(present, english, { ...present, changes: [change] }), 'no changes while it ran');
  assert.equal(says({ ...present, demonstrations: {} }), 'with demonstrations');
  const grid = { ...plainSetup(catalog, 'GridWorld-v0'), envOptions: { slip: 0.2 } };
  assert.match(says(grid, english, plainSetup(catalog, 'GridWorld-v0')), / 0\.2$/);
  const text = textCatalog(catalog, 'lm'), task = { ...plainSetup(text, 'TextGen-v1', 'dqn'), start: /** @type {const} */ ('lm') };
  assert.equal(says({ ...task, start: 'scratch' }, english, task, text), 'scratch');
});
