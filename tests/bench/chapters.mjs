// SPDX-License-Identifier: MIT
// `node tests/bench/chapters.mjs [CHAPTER …]`: how a reader meets the figures of the chapters, in headless Chromium on localhost: milliseconds from
// when the first figure is scrolled into view until it has taken a step; how many parts of the text have moved when all figures have come, and Chromium's
// layout shift, which counts what moves inside the labs; tasks of the main thread of over 50 ms within five seconds while three figures train in view.
import { chromium } from 'playwright-core';
import { SITE } from '../../build/build.mjs';
import { serve } from '../../build/serve.mjs';
import { chromePath } from '../../build/setup.mjs';
import { main, say } from '../../build/run.mjs';
import { PAGES } from '../../web/site/chapters/pages.mjs';

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const WITHOUT_FIGURES = ['index', 'glossary'];
const TRAIN_MS = 5000, VISITS = 3;

/** Runs in the page before its scripts. */
function watch() {
  const watched = { long: /** @type {number[]} */ ([]), shift: 0 };
  Object.assign(globalThis, { watched });
  new PerformanceObserver((list) => void watched.long.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) watched.shift += /** @type {any} */ (entry).value;
  }).observe({ type: 'layout-shift', buffered: true });
}

/** @param {import('playwright-core').Browser} browser @param {string} url @param {{ width: number, height: number }} viewport */
async function open(browser, url, viewport) {
  const context = await browser.newContext({ viewport });
  const page = await context.newPage();
  await page.addInitScript(watch);
  await page.goto(url);
  return page;
}

/** Milliseconds from sight to the first step of the first figure. @param {import('playwright-core').Page} page */
const toFirstStep = (page) => page.evaluate(async () => {
  const lab = /** @type {any} */ (document.querySelector('bellhop-lab'));
  const since = performance.now();
  lab.scrollIntoView({ block: 'center' });
  while (!(lab.experiment?.frame?.timesteps > 0)) await new Promise((done) => setTimeout(done, 5));
  return performance.now() - since;
});

/** @param {import('playwright-core').Page} page */
async function shiftOf(page) {
  const figures = await page.locator('bellhop-lab').all();
  const places = () => page.evaluate(() => [...document.querySelectorAll('article > *, figcaption')].map((element) => Math.round(element.getBoundingClientRect().top + scrollY)));
  const before = await places();
  for (const figure of figures) {
    await figure.scrollIntoViewIfNeeded();
    await page.waitForFunction((lab) => /** @type {any} */ (lab).phase !== 'loading', await figure.elementHandle());
    await page.waitForTimeout(700);
  }
  const after = await places();
  const inLabs = await page.evaluate(() => /** @type {any} */ (globalThis).watched.shift);
  return { moved: after.filter((place, i) => place !== before[i]).length, of: after.length, inLabs };
}

/** @param {import('playwright-core').Page} page  with at least three figures in view */
async function longTasks(page) {
  const seen = await page.evaluate(async () => {
    const [first, second, third, ...others] = [...document.querySelectorAll('bellhop-lab')].map((lab) => /** @type {any} */ (lab));
    const labs = [first, second, third];
    others.forEach((lab) => lab.remove());
    labs[0].scrollIntoView();
    for (const lab of labs) Object.assign(lab, { background: true, stopAt: '' });
    await Promise.all(labs.map((lab) => lab.play()));
    return labs.length;
  });
  await page.waitForTimeout(2000); // charts and sentences have come
  await page.evaluate(() => (/** @type {any} */ (globalThis).watched.long.length = 0));
  await page.waitForTimeout(TRAIN_MS);
  const running = await page.evaluate(() => [...document.querySelectorAll('bellhop-lab')].filter((lab) => /** @type {any} */ (lab).phase === 'running').length);
  return { seen, running, long: await page.evaluate(() => /** @type {any} */ (globalThis).watched.long.map(Math.round)) };
}

await main(async () => {
  const chapters = process.argv.length > 2 ? process.argv.slice(2) : PAGES.filter((slug) => !WITHOUT_FIGURES.includes(slug));
  const server = await serve({ root: SITE, port: 0 });
  const browser = await chromium.launch({ executablePath: chromePath() ?? undefined, args: FLAGS });
  try {
    for (const slug of chapters) {
      const url = `${server.url}chapters/en/${slug}.html`;
      const times = [];
      for (let i = 0; i < VISITS; i++) {
        const page = await open(browser, url, { width: 1280, height: 800 });
        times.push(Math.round(await toFirstStep(page)));
        await page.context().close();
      }
      const shifted = await open(browser, url, { width: 1280, height: 800 });
      const shift = await shiftOf(shifted);
      await shifted.context().close();
      const tall = await open(browser, url, { width: 1280, height: 6000 });
      const { seen, running, long } = await longTasks(tall);
      await tall.context().close();
      say(`${slug}: first step after ${times.join(', ')} ms in view; ${shift.moved} of ${shift.of} parts of the text moved, layout shift with what moves inside the labs ${shift.inLabs.toFixed(4)}; with ${running} of ${seen} figures training, tasks over 50 ms in ${TRAIN_MS / 1000} s: ${long.length === 0 ? 'none' : `${long.join(', ')} ms`}`);
    }
  } finally {
    await browser.close();
    await server.close();
  }
});
