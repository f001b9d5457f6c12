// SPDX-License-Identifier: MIT
// What is hard for a page: no room to store anything, a slow processor, many tabs that train at once, and a worker that the browser ends on top of it. Whatever
// happens is told, and nothing that was shown is lost. How long it takes is measured by tests/bench/page-stress.mjs.
import assert from 'node:assert/strict';
import { anotherPage, holds, link, pause, phase, reach, says, setSpeed, test } from '../harness.mjs';

/** @typedef {import('playwright-core').Page} Page */

const TABS = 12;

/** What a reader sees of a run. @param {Page} page */
const seen = (page) => page.evaluate(() => {
  const { phase, agentFrame, history, setup } = /** @type {any} */ (document.querySelector('bellhop-lab')).experiment;
  return { phase, steps: agentFrame?.timesteps, episodes: history.episodes, seed: setup.seed };
});

/** Plays until something has been learned, and pauses. @param {Page} page @param {number} [steps] */
async function playAndPause(page, steps = 300) {
  await page.click('#play');
  await reach(page, 'count-steps', steps, 90_000);
  await pause(page);
}

/** Another worker takes over at the step that was shown, or comes to it. @param {Page} page */
async function survivesItsWorker(page) {
  await phase(page, 'paused');
  const before = await seen(page), hash = await page.evaluate(() => /** @type {any} */ (document.querySelector('bellhop-lab')).sha256());
  await page.evaluate(() => void /** @type {any} */ (globalThis).watched.kill());
  await says(page, 'notice-text', /^The browser stopped the worker\. The run continues in another one from step/);
  await holds(page, (step) => {
    const { phase, agentFrame } = /** @type {any} */ (document.querySelector('bellhop-lab')).experiment;
    return phase === 'paused' && agentFrame?.timesteps === step;
  }, before.steps, 60_000);
  assert.deepEqual(await seen(page), before);
  assert.equal(await page.evaluate(() => /** @type {any} */ (document.querySelector('bellhop-lab')).sha256()), hash);
}

/** @param {() => import('../harness.mjs').Lab} lab */
export default function hardship(lab) {
  test('storage that is full: the page says that the run cannot be kept, loses nothing that is shown, and goes on when its worker ends, too', async () => {
    const { page, trouble, close } = await lab().open('#env=GridWorld-v0&seed=3&totalTimesteps=10000000');
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Storage.overrideQuotaForOrigin', { origin: lab().origin, quotaSize: 1 });
    await page.evaluate(() => {
      for (let size = 2 ** 20; size >= 1; size /= 2) {
        try {
          for (let i = 0; ; i++) localStorage.setItem(`fill ${size} ${i}`, 'x'.repeat(size));
        } catch {
          // smaller ones may fit
        }
      }
    });
    await setSpeed(page, 5);
    await playAndPause(page);
    await says(page, 'notice-text', /^The browser has no room left to keep this run/);
    await survivesItsWorker(page);
    await page.click('#lang-zh'); // what the page remembers of its reader has no room either
    await link(page, 'lang=zh');
    await page.click('#tab-control');
    await link(page, 'CartPole');
    await page.goBack();
    await link(page, 'GridWorld');
    await phase(page, 'paused');
    assert.ok((await seen(page)).episodes > 0);
    await devtools.send('Storage.overrideQuotaForOrigin', { origin: lab().origin });
    assert.deepEqual(trouble.errors, []);
    await close();
  });

  test('a processor throttled to a sixth: it pauses where it says, and comes back to that when its worker ends', async () => {
    const { page, trouble, close } = await lab().open('#env=CartPole-v1&seed=3');
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: 6 });
    await setSpeed(page, 5);
    await playAndPause(page);
    await survivesItsWorker(page);
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: 1 });
    assert.deepEqual(trouble.errors, []);
    await close();
  });

  test(`${TABS} tabs that train at once: each pauses, and keeps its own run`, async () => {
    const { page, context, trouble, close } = await lab().open('#env=GridWorld-v0&seed=0');
    const pages = [page];
    while (pages.length < TABS) {
      const next = await anotherPage(context);
      await next.goto(`${lab().url}#env=GridWorld-v0&seed=${pages.length}`);
      await holds(next, () => /** @type {any} */ (globalThis).$('play')?.disabled === false, undefined, 60_000);
      pages.push(next);
    }
    for (const each of pages) {
      await setSpeed(each, 4);
      await each.click('#play');
    }
    for (const each of pages) await reach(each, 'count-episodes', 2, 90_000);
    for (const each of pages) await pause(each);
    for (const [seed, each] of pages.entries()) {
      const { phase: now, ...rest } = await seen(each);
      assert.ok(['paused', 'finished'].includes(now) && rest.episodes >= 2 && rest.seed === seed, JSON.stringify({ now, ...rest }));
    }
    for (const each of pages.slice(1)) await each.close();
    assert.deepEqual(trouble.errors, []);
    await close();
  });
}
