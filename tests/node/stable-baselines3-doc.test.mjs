// SPDX-License-Identifier: MIT
// docs/from-stable-baselines3.md: its right column is run as one program, its tables are compared with the catalogue.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { ROOT } from '../../build/run.mjs';
import { load } from '../../web/node/node.mjs';

const page = readFileSync(join(ROOT, 'docs/from-stable-baselines3.md'), 'utf8');

test('the right column is a program that runs, and frees everything', async () => {
  const snippets = [...page.matchAll(/^```js\n([^]*?)^```$/gm)].map(([, code]) => code);
  assert.equal(snippets.length, [...page.matchAll(/^```python$/gm)].length, 'one for each of the left');
  mkdirSync(join(ROOT, 'build/out'), { recursive: true });
  const folder = mkdtempSync(join(ROOT, 'build/out/sb3-'));
  try {
    writeFileSync(join(folder, 'page.mjs'), `${snippets.join('\n')}
const kept = bh.loadModel(best);
console.log(JSON.stringify({
  shape: env.observationSpace.shape, n: env.actionSpace.n, limit: env.spec.maxEpisodeSteps, obs: obs.length, reward, terminated, truncated, info,
  mean, std, action, q: q.length, best: kept.sha256() === solver.sha256({ which: 'best' }), solver: solver.timesteps, again: again.predict(obs) === action,
  ppo: ppo.timesteps, rows: rows.length, rewards: [...rewards], ends: [...terminations, ...truncations], final: infos.finalObs.length, events: readFileSync(file).length,
  options: [model.options.bufferSize, model.options.netArch, four.options.nEnvs], walk: walk.reset()[0],
}));
[env, model, kept, ppo, solver, again, one, two, four, vec, walk, table].forEach((each) => each.dispose());
console.log(bh.liveBytes());
`);
    const { stdout } = await promisify(execFile)(process.execPath, ['page.mjs'], { cwd: folder });
    const lines = stdout.trim().split('\n');
    assert.equal(lines.pop(), '0', 'bytes that are left');
    const found = JSON.parse(/** @type {string} */ (lines.pop()));
    assert.equal(lines.pop(), 'true', 'two runs with one seed are one');
    assert.ok(lines.length >= 1 && lines.every((line) => Number(line) > 0), 'mean returns of evaluations');
    const { mean, std, action, solver, events, ...others } = found;
    assert.ok(mean > 5 && std >= 0 && (action === 0 || action === 1));
    assert.ok(solver >= 1000 && solver < 10_000, `stopped at ${solver}`);
    assert.ok(events > 1000, `${events} bytes of events`);
    assert.deepEqual(others, {
      shape: [4], n: 2, limit: 500, obs: 4, reward: 1, terminated: false, truncated: false, info: {}, q: 2, best: true, again: true,
      ppo: 5000, rows: 16, rewards: [1, 1, 1, 1], ends: Array(8).fill(0), final: 16, options: [50_000, [64, 64], 4], walk: 3,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('the tables have the defaults of the catalogue, under Stable-Baselines3’s names', async () => {
  const { catalog } = await load();
  for (const algo of ['dqn', 'ppo', 'td3', 'sac']) {
    const options = catalog.algos.find(({ name }) => name === algo)?.options ?? [];
    const [, table] = new RegExp(`^\\*\\*${algo.toUpperCase()}\\*\\*\\n\\n([^]*?)\\n\\n`, 'm').exec(page) ?? [];
    const rows = table.split('\n').slice(2).map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')));
    assert.ok(rows.length > 15);
    for (const [, theirs, , key, value] of rows) {
      assert.equal(options.find((option) => option.key === key)?.default, value, `${algo} ${key}`);
      if (/^[a-z_]+$/.test(theirs)) assert.equal(theirs.replace(/_(.)/g, (_, letter) => letter.toUpperCase()), key);
    }
  }
  const run = Object.fromEntries(catalog.run.map(({ key, default: value }) => [key, value]));
  const [, wrappers] = /^\*\*VecNormalize.*\*\*\n\n([^]*?)\n\n/m.exec(page) ?? [];
  for (const [, key, value] of wrappers.split('\n').slice(2).map((line) => line.split('|').slice(1).map((cell) => cell.trim().replaceAll('`', '')))) {
    assert.equal(run[key], value, key);
  }
  assert.deepEqual([run.evalFreq, run.nEvalEpisodes, run.seed], ['1000', '20', '0'], 'what the page says of every run');
});

test('what it says is refused is refused', async () => {
  const bh = await load({ text: false });
  const env = bh.make('CartPole-v1');
  assert.throws(() => new bh.PPO(env, { preset: false, nSteps: 32, batchSize: 64 }), /batch_?[sS]ize/);
  assert.throws(() => new bh.DQN(env, { gradientSteps: -1 }), /gradient_?[sS]teps/);
  assert.throws(() => new bh.DQN(env, /** @type {any} */ ({ trainFreq: [1, 'episode'] })), /train_?[fF]req/);
});
