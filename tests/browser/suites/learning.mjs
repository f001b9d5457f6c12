// SPDX-License-Identifier: MIT
// Play on each tab: steps go up, returns rise, charts and Q-values change; the main thread stays free at full speed;
// nothing is asked of any other host.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { number, picture, reach, setSpeed, text } from '../harness.mjs';

/** @typedef {import('../harness.mjs').Page} Page */

const LONG_TASK_MS = 50;
const MEASURED_MS = 2500;

/** @param {() => import('../harness.mjs').Lab} lab */
export default function learning(lab) {
  test('GridWorld is solved, and the values become the true ones', async () => {
    const { page, close } = await lab().open();
    const before = await shown(page);
    await setSpeed(page, 5);
    await page.click('#play');
    await page.waitForFunction(() => document.getElementById('solved')?.textContent?.startsWith('★'));
    await page.waitForFunction(() => document.getElementById('phase')?.dataset.phase === 'finished');
    await page.waitForSelector('#notice[data-kind=good]:not([hidden])');
    assert.ok(await number(page, 'count-episodes') > 50);
    assertChanged(before, await shown(page));
    assert.match(await text(page, 'notice'), /1\.00 ± 0\.00 over 100 fresh episodes/);
    assert.match(await text(page, 'truth-start'), /^0\.(7|8)\d+, true 0\.810$/);
    await close();
  });

  test('CartPole: the mean of the episodes rises', async () => {
    const { page, close } = await lab().open('#env=CartPole-v1');
    const before = await shown(page);
    const slice = await picture(page, '#slice');
    await setSpeed(page, 4);
    await page.click('#play');
    await reach(page, 'count-steps', 800);
    const early = await number(page, 'count-mean');
    await setSpeed(page, 5);
    await reach(page, 'count-mean', early + 60, 40_000);
    assertChanged(before, await shown(page));
    assert.notEqual(await picture(page, '#slice'), slice, 'the value map changes');
    await close();
  });

  test('Text generation: the mean reward rises, sentences are listed', async () => {
    const { page, close } = await lab().open('#env=TextGen-v0');
    const before = await shown(page);
    await setSpeed(page, 5);
    await page.click('#play');
    await reach(page, 'count-steps', 1500);
    const early = await number(page, 'count-mean');
    await reach(page, 'count-mean', early + 0.12, 60_000);
    assertChanged(before, await shown(page));
    assert.ok(await page.locator('#sentence-list li').count() > 2);
    await close();
  });

  test('the main thread has no task over 50 ms while it trains at full speed', async (t) => {
    for (const env of ['GridWorld-v0', 'CartPole-v1', 'TextGen-v0']) {
      const { page, close } = await lab().open(`#env=${env}&totalTimesteps=1000000`);
      await setSpeed(page, 5);
      await page.click('#play');
      await page.waitForTimeout(500);
      const long = await quietest(page);
      const rate = await text(page, 'count-updates');
      t.diagnostic(`${env}: ${rate} updates/s, ${await number(page, 'count-steps')} steps, tasks over 50 ms: ${long.length}`);
      assert.deepEqual(long, [], `${env}: tasks over ${LONG_TASK_MS} ms, in ms`);
      await close();
    }
  });

  test('nothing leaves the origin', async () => {
    const { page, trouble, close } = await lab().open();
    for (const tab of ['control', 'pixels', 'text', 'grid']) {
      await page.click(`#tab-${tab}`);
      await page.click('#step');
    }
    const foreign = trouble.requests.filter((url) => new URL(url).origin !== lab().origin && !/^(data|blob):/.test(url));
    assert.deepEqual(foreign, []);
    assert.ok(trouble.requests.some((url) => url.endsWith('.wasm')));
    await close();
  });

  test('the policy is strict: no eval, no inline script or style', async () => {
    const response = await fetch(lab().url);
    const header = String(response.headers.get('content-security-policy'));
    const meta = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(await response.text())?.[1] ?? '';
    for (const policy of [header, meta]) {
      assert.match(policy, /default-src 'none'/);
      assert.match(policy, /script-src 'self' 'wasm-unsafe-eval'/);
      assert.doesNotMatch(policy, /'unsafe-(eval|inline)'/);
    }
  });
}

/**
 * The long tasks of the best of up to three stretches: a machine that is busy elsewhere can stop any thread for a while, and
 * that is not the page's doing; what the page does, it does in every stretch.
 * @param {Page} page @returns {Promise<number[]>}
 */
async function quietest(page) {
  let best = null;
  for (let i = 0; i < 3; i++) {
    await page.evaluate(() => (/** @type {any} */ (window).watched.long.length = 0));
    await page.waitForTimeout(MEASURED_MS);
    const long = await page.evaluate(() => /** @type {number[]} */ (/** @type {any} */ (window).watched.long));
    if (best === null || long.length < best.length) best = long;
    if (long.length === 0) break;
  }
  return (best ?? []).filter((duration) => duration > LONG_TASK_MS);
}

/** What of a run is to be seen. @param {Page} page */
async function shown(page) {
  return {
    world: await picture(page, '#canvas'), returns: await picture(page, '#chart-returns canvas'), loss: await picture(page, '#chart-loss canvas'),
    q: await picture(page, '#chart-q canvas'), epsilon: await picture(page, '#chart-epsilon canvas'), bars: await text(page, 'bars'),
    happened: await text(page, 'happened-body'),
  };
}

/** @param {Record<string, string>} before @param {Record<string, string>} now */
function assertChanged(before, now) {
  for (const part of Object.keys(before)) assert.notEqual(now[part], before[part], `${part} changes`);
}
