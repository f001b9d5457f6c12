// SPDX-License-Identifier: MIT
// The pool of workers that labs share, over threads of Node: how many there are, who shares them, when they end.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TrainerPool } from '../../web/worker/trainer-pool.mjs';
import { startTrainer } from './experiments.mjs';

/** A pool whose workers are threads; how many were started and have ended. @param {number} size */
function poolOf(size) {
  const count = { started: 0, ended: 0 };
  const pool = new TrainerPool({ size, start: async ({ text }) => {
    const { trainer, end } = await startTrainer({ text });
    count.started++;
    const terminate = trainer.terminate.bind(trainer);
    trainer.terminate = () => {
      trainer.terminate = terminate;
      void end().then(() => count.ended++);
    };
    return trainer;
  } });
  return { pool, count };
}

test('two share two workers, a third one shares with the first; the last to leave ends its worker', async () => {
  const { pool, count } = poolOf(2);
  assert.equal(pool.workers, 0);
  const [a, b, c] = await Promise.all([pool.acquire(), pool.acquire(), pool.acquire()]);
  assert.deepEqual([count.started, pool.workers], [2, 2]);
  assert.notEqual(a.trainer, b.trainer);
  assert.ok(c.trainer === a.trainer || c.trainer === b.trainer);
  const session = await a.trainer.create({ env: 'GridWorld-v0', options: { seed: 1 } });
  await session.step(3);
  await session.dispose();
  a.release();
  a.release(); // twice is once
  b.release();
  assert.equal(pool.workers, 1);
  c.release();
  assert.equal(pool.workers, 0);
  await assert.rejects(a.trainer.liveBytes(), /terminated/);
  const d = await pool.acquire();
  assert.deepEqual([count.started, pool.workers], [3, 1]);
  d.release();
});

test('there is one worker with language models, whoever asks', async () => {
  const { pool, count } = poolOf(4);
  const [a, b] = await Promise.all([pool.acquire({ text: true }), pool.acquire({ text: true })]);
  assert.equal(a.trainer, b.trainer);
  assert.ok(a.trainer.pretrainingOptions.length > 0);
  assert.equal(count.started, 1);
  a.release();
  b.release();
  assert.equal(pool.workers, 0);
});

test('a worker that cannot be started is tried again by the next who asks', async () => {
  let works = false;
  const { pool } = poolOf(1);
  const failing = new TrainerPool({ size: 1, start: async () => {
    if (!works) throw new Error('no worker here');
    return (await pool.acquire()).trainer;
  } });
  await assert.rejects(failing.acquire(), /no worker here/);
  assert.equal(failing.workers, 0);
  works = true;
  const lease = await failing.acquire();
  assert.equal(failing.workers, 1);
  lease.release();
});

test('where no further worker can be started, those that are there serve all', async () => {
  let works = true;
  const { pool } = poolOf(1);
  const lonely = new TrainerPool({ size: 3, start: async () => {
    if (!works) throw new Error('no connection');
    return (await pool.acquire()).trainer;
  } });
  const first = await lonely.acquire();
  works = false;
  const [second, third] = await Promise.all([lonely.acquire(), lonely.acquire()]);
  assert.ok(second.trainer === first.trainer && third.trainer === first.trainer);
  assert.equal(lonely.workers, 1);
  await assert.rejects(lonely.acquire({ text: true }), /no connection/);
  for (const lease of [first, second, third]) lease.release();
  assert.equal(lonely.workers, 0);
});

test('a worker that is gone is handed out to nobody', async () => {
  const { pool, count } = poolOf(1);
  const a = await pool.acquire();
  assert.equal(a.trainer.isGone, false);
  a.trainer.terminate();
  const b = await pool.acquire();
  assert.notEqual(b.trainer, a.trainer);
  assert.deepEqual([count.started, pool.workers], [2, 1]);
  a.release();
  assert.equal(pool.workers, 1);
  b.release();
  assert.equal(pool.workers, 0);
});

test('renewed, a lease has another worker; the one before ends when the last has left it, and nobody gets it any more', async () => {
  const { pool, count } = poolOf(1);
  const [a, b] = await Promise.all([pool.acquire(), pool.acquire()]);
  assert.equal(a.trainer, b.trainer);
  const fresh = await a.renew();
  assert.notEqual(fresh.trainer, b.trainer);
  assert.equal(b.trainer.isGone, false, 'another lab is in it');
  const next = await pool.acquire();
  assert.equal(next.trainer, fresh.trainer);
  b.release();
  await b.trainer.gone;
  assert.deepEqual([count.started, pool.workers], [2, 1]);
  for (const lease of [a, fresh, next]) lease.release();
  assert.equal(pool.workers, 0);
});

test('a lease gives one of a worker with the larger module besides, which has PQN; each ends by itself', async () => {
  const { pool } = poolOf(1);
  const plain = await pool.acquire(), larger = await plain.larger();
  const has = (/** @type {import('../../web/worker/trainer-pool.mjs').Lease} */ { trainer }) => trainer.catalog.algos.some(({ name }) => name === 'pqn');
  assert.deepEqual([has(plain), has(larger), pool.workers], [false, true, 2]);
  plain.release();
  assert.equal(pool.workers, 1);
  larger.release();
  assert.equal(pool.workers, 0);
});
