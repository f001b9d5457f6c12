// SPDX-License-Identifier: MIT
// Hyperparameters: presets, defaults, types and ranges, for every field of every table.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { nearest } from '../../web/lib/messages.mjs';
import { HELP_FILE, helpText } from '../../build/help.mjs';
import { OPTION_TYPES_FILE, optionTables, optionTypes } from '../../build/option-types.mjs';
import { BellhopError, load } from '../../web/node/node.mjs';

const bh = await load();
const SCALAR = new URL('../../build/out/wasm-scalar/bellhop-text.wasm', import.meta.url);

/** @param {() => unknown} use @param {RegExp} message */
function refused(use, message) {
  assert.throws(use, (/** @type {any} */ error) => {
    assert.ok(error instanceof BellhopError, String(error));
    assert.equal(error.status, 'BH_ERR_CONFIG');
    assert.match(error.message, message);
    return true;
  });
}

/** @param {import('../../web/bellhop.js').Field} field @returns {unknown[]} values that must be refused */
function badValues({ type, min = 0, max = 0 }) {
  const common = [null, {}, () => 1];
  switch (type) {
    case 'bool': return [...common, 'true', 1, 'yes'];
    case 'choice': return [...common, 'nothing', 0, true];
    case 'sizes': return [...common, '64', 64, [0.5], [NaN], [min - 1], [max + 1], ['64'], Array(9).fill(8)];
    case 'real': return [...common, NaN, '1', true, [1], min - 1, max * 2 + 1, Infinity, -Infinity];
    case 'int': case 'seed': return [...common, NaN, '1', true, 0.5, min - 1, max + 2, Infinity];
    default: return common;
  }
}

test('every field refuses bad values by name, and everything stays usable', () => {
  const env = bh.make('GridWorld-v0');
  const before = bh.liveBytes();
  let count = 0;
  for (const algo of bh.catalog.algos) {
    for (const field of [...algo.options, ...bh.catalog.run]) {
      for (const value of badValues(field)) {
        refused(() => new bh.models[algo.name](env, /** @type {any} */ ({ [field.key]: value })), new RegExp(`\\b${field.key} is .*must be`));
        count++;
      }
    }
  }
  assert.ok(count > 200);
  assert.equal(bh.liveBytes(), before);
  const model = new bh.QLearning(env);
  assert.equal(model.qValues(0).length, 4);
  model.dispose();
  env.dispose();
});

test('undefined stands for the default, everywhere', () => {
  const env = bh.make('GridWorld-v0');
  const nothing = { learningRate: undefined, preset: undefined, seed: undefined, nEnvs: undefined };
  const [plain, same] = [new bh.DQN(env), new bh.DQN(env, nothing)];
  assert.deepEqual(same.options, plain.options);
  same.set({ learningRate: undefined, gamma: 0.5 });
  assert.deepEqual([same.options.learningRate, same.options.gamma], [plain.options.learningRate, 0.5]);
  assert.deepEqual(same.evaluate({ episodes: undefined, seed: undefined, which: undefined }), plain.evaluate());
  assert.equal(same.sha256({ which: undefined }), same.sha256());
  const lake = bh.make('FrozenLake-v1', { isSlippery: undefined });
  assert.equal(lake.options.isSlippery, true);
  lake.reset({ seed: undefined });
  const lakes = bh.makeVec('FrozenLake-v1', { numEnvs: undefined, isSlippery: undefined });
  assert.deepEqual([lakes.numEnvs, lakes.options.isSlippery], [1, true]);
  const episode = { obs: [0, 1], actions: [0], rewards: [0], terminated: true, truncated: false };
  const clone = new bh.Clone(env, { demonstrations: [episode], demoCapacity: undefined });
  assert.equal(clone.options.demoCapacity, 1);
  refused(() => new bh.DQN(env, /** @type {any} */ ({ lerningRate: undefined })), /did you mean 'learningRate'/);
  [plain, same, lake, lakes, clone, env].forEach((each) => each.dispose());
});

test('unknown names get a suggestion in the spelling of JavaScript', () => {
  const env = bh.make('GridWorld-v0');
  const tries = /** @type {[string, RegExp][]} */ ([
    ['learning_rate', /DQN has no option 'learning_rate'; did you mean 'learningRate'/],
    ['netarch', /did you mean 'netArch'/], ['totalTimestep', /did you mean 'totalTimesteps'/],
    ['learningRat', /did you mean 'learningRate'/], ['zzz', /DQN has no option 'zzz'$/],
  ]);
  for (const [key, message] of tries) refused(() => new bh.DQN(env, /** @type {any} */ ({ [key]: 1 })), message);
  refused(() => new bh.DQN(env, /** @type {any} */ (7)), /options are 7, but must be an object/);
  refused(() => new bh.DQN(env, /** @type {any} */ (null)), /options are null/);
  env.dispose();
});

test('options go over the preset; preset: false over the tables\' defaults', () => {
  const env = bh.make('GridWorld-v0');
  const rows = bh.catalog.envs.find(({ id }) => id === 'GridWorld-v0')?.presets.filter(({ algo }) => algo === 'dqn') ?? [];
  const fields = [...bh.catalog.algos[0].options, ...bh.catalog.run];
  const text = (/** @type {unknown} */ value) => String(value);
  const shipped = new bh.DQN(env, { batchSize: 8 });
  const plain = new bh.DQN(env, { preset: false, batchSize: 8 });
  for (const field of fields) {
    const row = rows.find(({ name }) => name === field.name);
    const expected = field.name === 'batch_size' ? '8' : row?.value ?? field.default;
    assert.equal(text(shipped.options[field.key]), expected, field.key);
    assert.equal(text(plain.options[field.key]), field.name === 'batch_size' ? '8' : field.default, field.key);
  }
  assert.deepEqual(plain.options.netArch, [64, 64]);
  assert.equal(plain.options.doubleQ, false);
  refused(() => new bh.DQN(env, /** @type {any} */ ({ preset: 1 })), /preset is 1, but must be true, false or the name of one/);
  [shipped, plain, env].forEach((each) => each.dispose());
});

test('every table has a type with its options and no others', () => {
  const types = readFileSync(OPTION_TYPES_FILE, 'utf8');
  const tables = optionTables(bh.catalog, bh.pretrainingOptions);
  assert.deepEqual(tables.map(({ owner }) => owner), ['run', ...bh.catalog.algos.map(({ name }) => name), 'pretraining',
    ...bh.catalog.envs.filter(({ options }) => options.length > 0).map(({ id }) => id)]);
  for (const { name, fields } of tables) {
    const [, body] = new RegExp(`^export interface ${name} \\{\\n([^]*?)^\\}`, 'm').exec(types) ?? [];
    assert.ok(body !== undefined, name);
    assert.deepEqual([...body.matchAll(/^ {2}(\w+)\?: /gm)].map(([, key]) => key), fields.map(({ key }) => key), name);
  }
});

test('the types of options are in a file, as C has them', async (t) => {
  if (!existsSync(SCALAR)) return t.skip('the scalar module is not built');
  assert.equal(readFileSync(OPTION_TYPES_FILE, 'utf8'), await optionTypes(), 'node build/option-types.mjs writes it anew');
});

test('the module\'s lines of help and summaries are in a file, as C has them', async (t) => {
  if (!existsSync(SCALAR)) return t.skip('the scalar module is not built');
  assert.equal(readFileSync(HELP_FILE, 'utf8'), await helpText(), 'node build/help.mjs writes it anew');
  for (const { summary, options } of [...bh.catalog.algos, ...bh.catalog.envs]) {
    assert.ok(summary.length > 10 && options.every(({ help }) => help.length > 0), summary);
  }
});

test('algorithms say which environments they are for', () => {
  const env = bh.make('CartPole-v1');
  refused(() => new bh.QLearning(env), /Discrete/);
  refused(() => new bh.ValueIteration(env), /CartPole-v1/);
  env.dispose();
});

test('absurd sizes are an error, not a crash, and leave nothing behind', () => {
  const env = bh.make('CartPole-v1');
  const before = bh.liveBytes();
  const absurd = [{ netArch: Array(8).fill(4096), batchSize: 65_536 }, { netArch: [4096, 4096, 4096, 4096, 4096, 4096], bufferSize: 10_000_000 }];
  for (const options of absurd) {
    assert.throws(() => new bh.DQN(env, options), (/** @type {any} */ error) => ['BH_ERR_CONFIG', 'BH_ERR_MEMORY'].includes(error.status));
    assert.equal(bh.liveBytes(), before);
  }
  new bh.DQN(env).dispose();
  env.dispose();
});

test('a word is near with one edit for three letters, two letters that are swapped among them; case, hyphens and underscores do not count', () => {
  const near = (/** @type {string} */ word, /** @type {string[]} */ ...words) => nearest(word, words);
  for (const [word, meant] of [['sead', 'seed'], ['sede', 'seed'], ['gama', 'gamma'], ['agmma', 'gamma'], ['nEnvs', 'numEnvs'], ['lerningRate', 'learningRate'], ['learning_rate', 'learningRate'], ['cartpole-v1', 'CartPole-v1']]) {
    assert.equal(near(word, 'tau', meant, 'batchSize'), meant);
  }
  for (const [word, other] of [['3', '1'], ['lr', 'tau'], ['alpha', 'gamma'], ['show', 'slip'], ['bogus', 'loss'], ['Maze-v0', 'Catch-v0'], ['', 'a']]) assert.equal(near(word, other), undefined, word);
});
