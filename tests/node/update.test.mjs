// SPDX-License-Identifier: MIT
// The numbers of the last update, in a model, in a worker, and as docs/updates.md tells of them.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { load } from '../../web/node/node.mjs';
import { startTrainer } from './experiments.mjs';
import { fails } from './fails.mjs';

const bh = await load();
const context = await startTrainer();
after(() => context.end());

/** Options of an algorithm that learns something within 300 steps. @type {Record<string, any>} */
const QUICK = {
  'dqn': { learningStarts: 50, batchSize: 8, netArch: [8] }, 'pqn': { nEnvs: 2, nSteps: 8, batchSize: 8, netArch: [8] },
  'ppo': { nEnvs: 1, nSteps: 32, batchSize: 32, netArch: [8] }, 'reinforce': { netArch: [8] },
  'ddpg': { learningStarts: 50, batchSize: 8, netArch: [8] }, 'td3': { learningStarts: 50, batchSize: 8, netArch: [8] }, 'sac': { learningStarts: 50, batchSize: 8, netArch: [8] },
};

/** @param {string} algo @param {any} [options] @param {any} [id] */
async function updateOf(algo, options = QUICK[algo], id = ['ddpg', 'td3', 'sac'].includes(algo) ? 'Pendulum-v1' : 'GridWorld-v0') {
  const env = bh.make(id);
  const model = new bh.models[/** @type {import('../../web/bellhop.js').AlgoName} */ (algo)](env, { seed: 1, evalFreq: 0, ...options });
  assert.equal(model.lastUpdate(), null);
  model.watch();
  await model.learn({ steps: 300 });
  const update = model.lastUpdate();
  model.watch(false);
  assert.equal(model.lastUpdate(), null);
  fails(() => model.watch(/** @type {any} */ (1)), 'BH_ERR_ARGUMENT', /isWatched is 1, but must be true or false/);
  model.dispose();
  env.dispose();
  return /** @type {import('../../web/bellhop.js').UpdateNumbers} */ (update);
}

test('a table: what was, the error and the step make what is, to the bit', async () => {
  const { q_tm1: before, q_t: next, a_tm1: a, r_t: r, discount_t: discount, td, q_new: now, learning_rate: alpha } = await updateOf('q-learning');
  const old = before.data[a.data[0]];
  assert.equal(td.data[0], r.data[0] + discount.data[0] * Math.max(...next.data) - old);
  assert.equal(now.data[0], old + alpha.data[0] * td.data[0]);
  assert.deepEqual([before.shape, td.shape], [[1, 4], [1, 1]]);
});

test('every algorithm has the entries that docs/updates.md lists, and no others', async () => {
  const doc = readFileSync(new URL('../../docs/updates.md', import.meta.url), 'utf8');
  const rows = [...doc.matchAll(/^\| (.+?) \| (.+?) \|$/gm)].map(([, who, what]) => ({ who, names: [...what.matchAll(/`(\w+)`/g)].map(([, name]) => name) }));
  const listed = (/** @type {string} */ algo) => {
    const at = rows.findIndex(({ who }) => who.includes(`\`${algo}\``));
    assert.ok(at >= 0, `docs/updates.md says nothing of ${algo}`);
    return [...rows[at].names, ...rows[at + 1]?.who.startsWith('…') ? rows[at + 1].names : []];
  };
  for (const { name } of bh.catalog.algos.filter(({ name: algo }) => algo !== 'clone')) {
    const found = Object.keys(await updateOf(name));
    assert.ok(found.length > 2, name);
    assert.deepEqual(found.filter((entry) => !listed(name).includes(entry)), [], `${name} shows what docs/updates.md does not list`);
  }
  const all = (await Promise.all([
    updateOf('dqn', { ...QUICK.dqn, doubleQ: true, prioritized: true }), updateOf('dqn', { ...QUICK.dqn, doubleQ: true, distribution: 'quantile', nAtoms: 5 }),
    updateOf('dqn', { ...QUICK.dqn, exploration: 'ucb', explorationBonusInTarget: true }),
  ])).flatMap(Object.keys);
  assert.deepEqual(listed('dqn').filter((entry) => !all.includes(entry)), ['bias_t']); // of text
});

test('the program of docs/updates.md prints an equation that holds', async () => {
  const [, program] = /** @type {RegExpMatchArray} */ (/```js\n([\s\S]*?)```/.exec(readFileSync(new URL('../../docs/updates.md', import.meta.url), 'utf8')));
  const body = program.replace(/^import .*$/m, '').replace('console.log(', 'return (').replace(/(return \([\s\S]*?\);)\nmodel/, 'const line = (() => { $1 })();\nmodel').concat('\nreturn line;');
  const AsyncFunction = /** @type {any} */ (async () => {}).constructor;
  const line = await new AsyncFunction('load', body)(load);
  const [, old, alpha, td, now] = /^(\S+) \+ (\S+) × (\S+) = (\S+)$/.exec(line)?.map(Number) ?? [];
  assert.equal(old + alpha * td, now);
});

test('a session steps to the next update, and to the end of an episode', async () => {
  const session = await context.trainer.create({ env: 'CartPole-v1', algo: 'dqn', options: { seed: 3, ...QUICK.dqn, trainFreq: 4 } });
  /** @type {any} */
  let frame;
  session.onFrame = (one) => (frame = one);
  const step = async (/** @type {number | undefined} */ n, /** @type {any} */ until) => {
    await session.step(n, until);
    await session.pause();
    return [frame.timesteps, frame.nUpdates];
  };
  assert.deepEqual(await step(20, 'update'), [20, 0]);
  assert.deepEqual(await step(1000, 'update'), [52, 1], 'the first multiple of trainFreq past learningStarts');
  assert.deepEqual(await step(1000, 'update'), [56, 2]);
  const { episodes } = frame;
  await step(1000, 'episode');
  assert.ok(frame.episodes === episodes + 1 && (frame.last.terminated || frame.last.truncated));
  for (const until of ['sunset', 'steps', 'toString', '__proto__', null, 3]) await assert.rejects(session.step(1, /** @type {any} */ (until)), /^BellhopError: step: until is .*, but must be 'update' or 'episode'$/);
  await session.dispose();

  const settled = await context.trainer.create({ env: 'GridWorld-v0', algo: 'value-iteration', options: { totalTimesteps: 50 } });
  settled.onFrame = (one) => (frame = one);
  frame = { timesteps: 0 };
  for (const timesteps of [50, 150]) { // nothing changes any more: to the end of the run, and past it as far as it was told
    for (let i = 0; i < 10 && frame.timesteps < timesteps; i++) {
      await settled.step(100, 'update');
      await settled.pause();
    }
    assert.equal(frame.timesteps, timesteps);
  }
  await settled.dispose();
});

test('a session that is watched has them in its frames, and computes the same', async () => {
  const hashes = [];
  for (const isWatched of [false, true]) {
    const session = await context.trainer.create({ env: 'CartPole-v1', algo: 'dqn', options: { seed: 3, ...QUICK.dqn } });
    /** @type {(import('../../web/bellhop.js').UpdateNumbers | null)[]} */
    const updates = [];
    session.onFrame = ({ update }) => updates.push(update);
    if (isWatched) await session.watch();
    await session.step(200);
    await session.pause();
    hashes.push(await session.sha256());
    assert.deepEqual(updates.at(-1) && Object.keys(updates.at(-1) ?? {}).includes('td'), isWatched ? true : null);
    await session.dispose();
  }
  assert.equal(hashes[0], hashes[1]);
});
