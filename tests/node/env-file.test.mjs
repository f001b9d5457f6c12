// SPDX-License-Identifier: MIT
// Environments of one's own on the command line: FILE.mjs where ENV stands.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ONE_OBJECT, cli } from './cli-process.mjs';

const folder = mkdtempSync(join(tmpdir(), 'bellhop-env-file-'));
after(() => rmSync(folder, { recursive: true }));
const { bellhop, refused } = cli(folder);

const ENVS = JSON.stringify(new URL('./js-envs.mjs', import.meta.url).href);
const write = (/** @type {string} */ name, /** @type {string} */ text) => writeFileSync(join(folder, name), text);
write('grid.mjs', `export { GridWorld as default } from ${ENVS};`);
write('two.mjs', `import { CartPole, GridWorld } from ${ENVS};\nexport default [CartPole, () => new GridWorld()].map((make, i) => (i === 0 ? make : Object.assign(make, {
  id: GridWorld.id, observationSpace: GridWorld.observationSpace, actionSpace: GridWorld.actionSpace, maxEpisodeSteps: GridWorld.maxEpisodeSteps,
})));`);

/** A corridor of five cells as text; parts of it can be replaced. @param {Record<string, string>} [parts] */
const corridor = ({ id = "'Corridor-v0'", reset = 'return [this.at = 0, {}];', step = '' } = {}) => `export default {
  id: ${id}, observationSpace: { type: 'Discrete', n: 5 }, actionSpace: { type: 'Discrete', n: 2 }, maxEpisodeSteps: 20, at: 0,
  reset() { ${reset} },
  step(action) {
    if (this.at === 4) throw new Error('reset first');
    this.at = Math.max(0, this.at + (action === 1 ? 1 : -1));
    ${step}
    return [this.at, this.at === 4 ? 1 : 0, this.at === 4, false, {}];
  },
};\n`;

const QUICK = ['--algo', 'q-learning', '--total-timesteps', '1500', '--json'];
const last = (/** @type {string[]} */ ...args) => {
  const { status, stderr, json } = bellhop(...args);
  assert.equal(status, 0, stderr);
  return json().at(-1);
};

test('train FILE.mjs: alone and in threads the same; config, eval', () => {
  const alone = last('train', 'grid.mjs', ...QUICK, '--seed', '1', '--out', 'grid');
  assert.deepEqual([alone.env, alone.algo, alone.total_timesteps], ['JsGridWorld-v0', 'q-learning', 1500]);
  const { status, stderr, json } = bellhop('train', './grid.mjs', ...QUICK, '--seeds', '0-2', '--jobs', '2');
  assert.equal(status, 0, stderr);
  const runs = json();
  assert.deepEqual(runs.map(({ env, seed }) => [env, seed]).slice(0, 3), [0, 1, 2].map((seed) => ['JsGridWorld-v0', seed]));
  assert.equal(runs[1].params_sha256, alone.params_sha256);
  assert.equal(JSON.parse(readFileSync(join(folder, 'grid/config.json'), 'utf8')).env, 'JsGridWorld-v0');
  assert.equal(last('train', 'grid.mjs', '--config', 'grid/config.json', '--json').params_sha256, alone.params_sha256);
  const score = last('eval', 'grid/model.safetensors', '--env', 'grid.mjs', '--json');
  assert.deepEqual([score.env, score['eval/mean_reward']], ['JsGridWorld-v0', alone['final/mean_reward']]);
  refused(['eval', 'grid/model.safetensors'], 1, /JsGridWorld-v0/);
});

test('compare, record, clone and distill take one too', () => {
  const [first] = bellhop('compare', 'grid.mjs', ...QUICK, '--vary', 'gamma=0.9,0.5', '--seeds', '1', '--jobs', '1').json();
  assert.equal(first.env, 'JsGridWorld-v0');
  const demonstrations = last('record', 'grid.mjs', '--policy', 'grid/best_model.safetensors', '--episodes', '4', '--out', 'grid.jsonl', '--json');
  assert.deepEqual([demonstrations.env, demonstrations.episodes], ['JsGridWorld-v0', 4]);
  const clone = last('clone', 'grid.mjs', '--demonstrations', 'grid.jsonl', '--total-timesteps', '200', '--json');
  assert.deepEqual([clone.env, clone.algo], ['JsGridWorld-v0', 'clone']);
  const distilled = last('distill', 'grid/best_model.safetensors', '--env', 'grid.mjs', '--episodes', '4', '--total-timesteps', '200', '--json');
  assert.equal(distilled.env, 'JsGridWorld-v0');
});

test('several in one file: FILE.mjs#ID', () => {
  assert.equal(last('train', 'two.mjs#JsGridWorld-v0', ...QUICK).env, 'JsGridWorld-v0');
  assert.equal(last('eval', 'grid/model.safetensors', '--env', 'two.mjs', '--episodes', '1', '--json').episodes, 1);
  refused(['train', 'two.mjs'], 2, /two\.mjs has JsCartPole-v1, JsGridWorld-v0: say which, such as two\.mjs#JsCartPole-v1/);
  refused(['train', 'two.mjs#JsCartPol-v1'], 2, /two\.mjs has no environment 'JsCartPol-v1'; did you mean 'JsCartPole-v1'/);
  refused(['train', 'two.mjs#'], 2, /two\.mjs has no environment ''/);
  refused(['train', 'grid.mjs#Other'], 2, /grid\.mjs has no environment 'Other', but JsGridWorld-v0/);
});

test('a single object; what is likely a mistake is said, and it trains', () => {
  write('corridor.mjs', corridor());
  const { status, stderr, stdout } = bellhop('train', 'corridor.mjs', '--algo', 'q-learning', '--total-timesteps', '2000');
  assert.equal(status, 0, stderr);
  assert.match(stderr, new RegExp(`^${ONE_OBJECT}$`));
  assert.equal(bellhop('train', 'corridor.mjs', ...QUICK, '--eval-freq', '0').stderr, '');
  assert.match(stdout, /^Corridor-v0 · q-learning[^]*best +1 ± 0/m);
  write('careless.mjs', corridor().replace("if (this.at === 4) throw new Error('reset first');", 'if (this.at === 4) this.at = 0;'));
  const careless = bellhop('train', 'careless.mjs', ...QUICK, '--eval-freq', '0');
  assert.equal(careless.status, 0);
  assert.match(careless.stderr, /^bellhop: careless\.mjs: warning: Corridor-v0: step is not refused after the end[^\n]*\n$/);
});

test('everything that is wrong with one is said, before anything is made', () => {
  write('wrong.mjs', corridor({ id: '7' }).replace("actionSpace: { type: 'Discrete', n: 2 }", "actionSpace: { type: 'Discrete', n: 0 }"));
  write('late.mjs', corridor({ step: 'if (action === 1) return [9, NaN, 0, false];' }));
  write('throws.mjs', corridor({ reset: "throw new Error('no water');" }));
  write('shipped.mjs', corridor({ id: "'CartPole-v1'" }));
  write('nothing.mjs', 'export const env = 1;');
  write('empty.mjs', 'export default [];');
  write('syntax.mjs', 'export default {');
  write('loud.mjs', "throw new Error('not today');");
  refused(['train', 'wrong.mjs', '--out', 'not-made'], 1, /wrong\.mjs: .*id is 7, but must be a name.*; .*actionSpace\.n is 0, but must be/);
  refused(['train', 'late.mjs'], 1, /late\.mjs: Corridor-v0: .*9.*; Corridor-v0: .*NaN/);
  refused(['train', 'throws.mjs', '--seeds', '0-3'], 1, /throws\.mjs: Corridor-v0: .*Error: no water/);
  refused(['train', 'shipped.mjs'], 1, /shipped\.mjs: CartPole-v1: there is a shipped environment of that id/);
  refused(['train', 'nothing.mjs'], 1, /nothing\.mjs: its default export must be an environment/);
  refused(['train', 'empty.mjs'], 1, /empty\.mjs: its default export must be/);
  refused(['train', 'syntax.mjs'], 1, /syntax\.mjs could not be imported: SyntaxError/);
  refused(['train', 'loud.mjs'], 1, /loud\.mjs could not be imported: Error: not today/);
  refused(['train', 'none.mjs'], 1, /none\.mjs does not exist/);
  refused(['eval', 'grid/model.safetensors', '--env', 'none.mjs'], 1, /none\.mjs does not exist/);
  refused(['train', 'grid.mjs', '--env-map', 'S'], 2, /JsGridWorld-v0 has no option --env-map/);
});

test('one that fails in the middle of a run ends it with its sentence, in threads too', () => {
  write('fails.mjs', corridor({ step: "if (++this.n > 3000) throw new Error('a leak');" }).replace('at: 0,', 'at: 0, n: 0,'));
  const train = ['train', 'fails.mjs', '--algo', 'q-learning', '--total-timesteps', '9000', '--eval-freq', '0'];
  for (const [more, others] of [[['--seed', '0'], ''], [['--seeds', '0-1', '--jobs', '1'], '; also failed: seed 1']]) {
    const { status, stderr } = bellhop(...train, ...more);
    assert.equal(status, 1);
    assert.match(stderr, new RegExp(`^bellhop: seed 0: Corridor-v0: step\\(\\d\\) threw Error: a leak${others}\\n$`));
  }
});
