// SPDX-License-Identifier: MIT
// `npm run results`: every preset has its row or a reason, kept runs are known by what their bits follow from, the tables add up.
import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { besideEachOther, overview, ownScores, reached, startsTable, unfinished } from '../../build/results/document.mjs';
import { COMMON_STARTS, FAMILIES, LEFT_OUT, SEED_BY_SEED, barOf, leftOut, presetsOf, sectionsOf } from '../../build/results/experiments.mjs';
import { Kept, keyOf, parseRows } from '../../build/results/kept.mjs';
import { makeModel, makePlan } from '../../web/cli/plan.mjs';
import { load } from '../../web/node/node.mjs';

/** @import { Row } from '../../build/results/kept.mjs' */

const folder = mkdtempSync(join(tmpdir(), 'bellhop-results-'));
after(() => rmSync(folder, { recursive: true }));
const bh = await load();
const { catalog } = bh;
const sections = sectionsOf(catalog);
const nameOf = (/** @type {{ env: string, name: string }} */ { env, name }) => `${env} ${name}`;

/** @param {number} seed @param {number} best @param {number} final @param {Partial<Row>} [more] @returns {Row} */
const rowOf = (seed, best, final, more = {}) => ({
  key: String(seed), machine: 'M', native: true, processor: 2, ...more,
  summary: /** @type {any} */ ({ seed, 'env': 'CartPole-v1', 'algo': 'dqn', 'total_timesteps': 50_000, 'solved_at_timestep': 8000, 'eval/mean_reward': best, 'final/mean_reward': final, 'time/seconds': 1, 'params_sha256': `${seed}123456789abcdef` }),
});
const experiment = { env: 'CartPole-v1', algo: 'dqn', name: 'dqn' };

test('every preset of the catalogue has one row or a reason, and nothing is listed that is not there', () => {
  const measured = sections[0].groups.flatMap(({ experiments }) => experiments).map(nameOf), omitted = [...leftOut(catalog).values()].flat().map(nameOf);
  for (const name of catalog.envs.flatMap(({ id }) => presetsOf(catalog, id)).map(nameOf)) {
    assert.equal([...measured, ...omitted].filter((other) => other === name).length, 1, name);
  }
  assert.equal(new Set(measured).size, measured.length);
  const ids = new Set(catalog.envs.map(({ id }) => /** @type {string} */ (id)));
  assert.deepEqual([...Object.values(FAMILIES).flat(), COMMON_STARTS.env, ...SEED_BY_SEED.map(([env]) => env)].filter((env) => !ids.has(env)), []);
  assert.deepEqual(new Set(LEFT_OUT.map(({ why }) => why)), new Set(leftOut(catalog).keys()));
});

test('bars are the thresholds, but for those of their own', () => {
  assert.equal(barOf(catalog, experiment), 475);
  assert.equal(barOf(catalog, { env: 'Pendulum-v1', algo: 'sac', name: 'sac' }), -155);
  assert.equal(barOf(catalog, { env: 'Pendulum-v1', algo: 'ppo', name: 'ppo' }), -172);
  assert.equal(barOf(catalog, { env: 'CliffWalking-v1', algo: 'sarsa', name: 'sarsa' }), null);
});

test('what is trained can be made, and no two rows are the same run', () => {
  const keys = sections.map(({ groups }) => groups.flatMap(({ experiments }) => experiments).map(({ env, algo, flags = {} }) => {
    const { model } = makeModel(bh, makePlan(bh, env, new Map(Object.entries({ algo, ...flags })), []));
    const key = keyOf('', model, 0);
    model.dispose();
    return key;
  }));
  for (const each of keys) assert.equal(new Set(each).size, each.length);
});

test('a run is known by environment, options, seed and golden hashes, however they were given', () => {
  const key = (/** @type {Record<string, string>} */ flags, seed = 0, golden = 'g') => {
    const { model } = makeModel(bh, makePlan(bh, 'CartPole-v1', new Map(Object.entries({ algo: 'dqn', ...flags })), []));
    const made = keyOf(golden, model, seed);
    model.dispose();
    return made;
  };
  assert.equal(key({}), key({ 'total-timesteps': '50000' }));
  assert.equal(key({ seed: '3' }, 7), key({}, 7));
  const all = [key({}), key({}, 1), key({}, 0, 'h'), key({ gamma: '0.98' }), key({ preset: 'rainbow' })];
  assert.equal(new Set(all).size, all.length);
});

test('rows are kept from one run to the next; a line that was cut off is not one', () => {
  const kept = new Kept(folder);
  assert.equal(kept.get('0'), undefined);
  kept.add(rowOf(0, 1, 2));
  kept.add(rowOf(0, 3, 4));
  appendFileSync(join(folder, 'rows.jsonl'), '{"key":"1","summ');
  const again = new Kept(folder);
  assert.deepEqual([again.get('0'), again.get('1')], [rowOf(0, 3, 4), undefined]);
  again.add(rowOf(1, 5, 6));
  assert.deepEqual(new Kept(folder).get('1'), rowOf(1, 5, 6));
  assert.deepEqual([...parseRows('')], []);
});

test('a row of the overview has means, shares and the fingerprint of seed 0; the environment stands once', () => {
  const rows = [rowOf(0, 500, 480), rowOf(1, 470, 400), rowOf(2, 490, 500)];
  const result = { experiment, bar: 475, threshold: 475, rows };
  const lines = overview([result, { ...result, experiment: { ...experiment, name: 'dqn, other' } }]).split('\n').map((line) => line.split('|').map((cell) => cell.trim()).slice(1, -1));
  assert.deepEqual(lines[2].filter((_, i) => i !== 4 && i !== 7), ['CartPole-v1 (475)', 'dqn', '50,000', '486.667', '2/3', '460', '2/3', '8,000', '2.0', '`0123456789ab`']);
  assert.deepEqual(lines[3].slice(0, 2), ['', 'dqn, other']);
  assert.deepEqual(lines.map(({ length }) => length), lines.map(() => 12));
  assert.equal(reached([1, 2], null), '–');
  assert.deepEqual(unfinished([result], 3), []);
  assert.deepEqual(unfinished([result], 10), ['CartPole-v1 dqn (3 of 10)']);
});

test('what the starts take of a score is the difference to the best known policy on the same ones', () => {
  const rows = [rowOf(0, -160, -150, { common: { best: -152, final: -151 } }), rowOf(1, -140, -142, { common: { best: -156, final: -153 } })];
  const results = [{ experiment, bar: -155, threshold: null, rows }];
  const text = startsTable(results, { name: 'p', common: -150, own: new Map([[0, -158], [1, -139]]) });
  assert.match(text, /\| dqn \| best \| -155 \| −150\.0 \(−160\.0\) \| 1\/2 \| 1\.5 \(2\.0\) \| −154\.0 \(−156\.0\) \| 1\/2 \|/);
  assert.match(text, /\| dqn \| final \| -155 \| −146\.0 \(−150\.0\) \| 2\/2 \| −2\.5 \(3\.0\) \| −152\.0 \(−153\.0\) \| 2\/2 \|/);
  const beside = besideEachOther([...results, { experiment: { ...experiment, name: 'other' }, bar: null, threshold: null, rows: rows.slice(1) }], ownScores, ['first', (seed) => seed]);
  assert.deepEqual(beside.split('\n').slice(2), ['| 0 | 0.0 | −160.0 | −150.0 | – | – |', '| 1 | 1.0 | −140.0 | −142.0 | −140.0 | −142.0 |']);
});

test('docs/results.md names every environment that is measured, and ends with the text tasks', () => {
  const text = readFileSync(new URL('../../docs/results.md', import.meta.url), 'utf8');
  for (const env of Object.values(FAMILIES).flat()) assert.ok(text.includes(env), env);
  assert.match(text, /\n<!-- npm run results:text -->\n## Text tasks\n/);
});
