// SPDX-License-Identifier: MIT
// Play on each tab: steps go up, returns rise, charts and Q-values change; the main thread stays free at full speed;
// nothing is asked of any other host.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { number, picture, reach, setSpeed, text } from '../harness.mjs';

/** @typedef {import('../harness.mjs').Page} Page */

const LONG_TASK_MS = 50;
const MEASURED_MS = 2500;
/** Where no frame is painted for so long the next one of the worker is taken all the same, see trainer.mjs. */
const HIDDEN_MS = 250;

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

  test('the main thread is left alone while it trains at full speed: no WebAssembly, a frame at a time, no task over 50 ms', async (t) => {
    for (const env of ['GridWorld-v0', 'CartPole-v1', 'TextGen-v0']) {
      const { page, close } = await lab().open(`#env=${env}&totalTimesteps=1000000`);
      await setSpeed(page, 5);
      await page.click('#play');
      await page.waitForTimeout(500);
      const { instances, frames, paints, ms } = await arrivals(page);
      assert.equal(instances, 0, 'what is compiled in the page runs in the worker');
      assert.ok(frames > 5 && frames <= paints + ms / HIDDEN_MS + 2, `${env}: ${frames} frames of the worker for ${paints} of the page`);
      const longest = await longestTask(lab().browser, page);
      t.diagnostic(`${env}: ${await text(page, 'count-updates')} updates/s, ${await number(page, 'count-steps')} steps, longest task ${longest.toFixed(1)} ms of processor time, `
        + `over ${LONG_TASK_MS} ms on the clock: ${await page.evaluate(() => (/** @type {any} */ (window).watched.long.length))}`);
      assert.ok(longest <= LONG_TASK_MS, `${env}: a task of the main thread took ${longest} ms of processor time`);
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

/** What reached the main thread in a while. @param {Page} page */
async function arrivals(page) {
  const counted = () => page.evaluate(() => {
    const { instances, frames, paints } = /** @type {any} */ (window).watched;
    return { instances, frames, paints, now: performance.now() };
  });
  const before = await counted();
  await page.waitForTimeout(MEASURED_MS);
  const after = await counted();
  return { instances: after.instances, frames: after.frames - before.frames, paints: after.paints - before.paints, ms: after.now - before.now };
}

/**
 * Processor time of the main thread's longest task, in ms: the time on the clock also counts what else runs on the machine, and
 * that is not the page's doing. The best of up to three stretches, as garbage is not collected in every one.
 * @param {import('playwright-core').Browser} browser @param {Page} page @returns {Promise<number>}
 */
async function longestTask(browser, page) {
  let best = Infinity;
  for (let i = 0; i < 3 && best > LONG_TASK_MS; i++) {
    await browser.startTracing(page, { categories: ['toplevel', '__metadata'] });
    await page.waitForTimeout(MEASURED_MS);
    /** @type {{ traceEvents: { name: string, pid: number, tid: number, tdur?: number, args: any }[] }} */
    const { traceEvents } = JSON.parse(String(await browser.stopTracing()));
    const main = traceEvents.find(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain');
    const tasks = traceEvents.filter(({ name, pid, tid, tdur }) => name.endsWith('RunTask') && pid === main?.pid && tid === main?.tid && tdur !== undefined);
    assert.ok(tasks.length > 50, 'the trace has the tasks of the main thread');
    best = Math.min(best, Math.max(...tasks.map(({ tdur }) => Number(tdur) / 1000)));
  }
  return best;
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
