// SPDX-License-Identifier: MIT
// The same seed gives the same bits: the golden runs in Chromium, with and without SIMD, and the page's own runs on two
// loads, at whatever speed they were played.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { TIMESTEPS, goldenRuns } from '../../golden/golden.mjs';
import { reach, setSpeed, text } from '../harness.mjs';

const golden = JSON.parse(readFileSync(new URL('../../golden/runs.json', import.meta.url), 'utf8')).sha256;

/** @param {() => import('../harness.mjs').Lab} lab */
export default function same(lab) {
  for (const simd of [true, false]) {
    test(`golden runs in Chromium, ${simd ? 'SIMD' : 'scalar'}`, async () => {
      const { page, close } = await lab().open();
      const runs = await page.evaluate(`(async () => {
        const TIMESTEPS = ${TIMESTEPS};
        const { load } = await import(${JSON.stringify(new URL('bellhop.mjs', lab().url).href)});
        const bh = await load({ simd: ${simd} });
        return (${goldenRuns.toString()})(bh, ${JSON.stringify(Object.keys(golden))});
      })()`);
      const found = Object.fromEntries(Object.entries(/** @type {Record<string, { sha256: string }>} */ (runs)).map(([id, run]) => [id, run.sha256]));
      assert.deepEqual(found, golden);
      await close();
    });
  }

  test('the same link gives the same run, at any speed', async () => {
    const hash = '#env=GridWorld-v0&algo=dqn&seed=7&totalTimesteps=600';
    const [fast, slower] = [await finish(lab(), hash, 5), await finish(lab(), hash, 4)];
    assert.deepEqual(fast, slower);
    const other = await finish(lab(), hash.replace('seed=7', 'seed=8'), 5);
    assert.notDeepEqual(other.bars, fast.bars, 'another seed is another run');
  });
}

/** A run to its end, and what the page says of it. @param {import('../harness.mjs').Lab} lab @param {string} hash @param {number} speed */
async function finish(lab, hash, speed) {
  const { page, close } = await lab.open(hash);
  await setSpeed(page, speed);
  await page.click('#play');
  await reach(page, 'count-steps', 600);
  await page.waitForFunction(() => document.getElementById('phase')?.dataset.phase === 'finished');
  await page.waitForTimeout(300);
  const told = { steps: await text(page, 'count-steps') };
  for (const id of ['count-episodes', 'count-mean', 'bars', 'truth', 'state-text']) Object.assign(told, { [id]: await text(page, id) });
  await close();
  return /** @type {Record<string, string>} */ (told);
}
