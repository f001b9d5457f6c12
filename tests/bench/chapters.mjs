// SPDX-License-Identifier: MIT
// `node tests/bench/chapters.mjs [CHAPTER …]`: how a reader meets the figures of the chapters, in headless Chromium on localhost: milliseconds from
// when the first figure is scrolled into view until it has taken a step; how many parts of the text have moved when all figures have come, and Chromium's
// layout shift, which counts what moves inside the labs; tasks of the main thread of over 50 ms within five seconds while three figures train in view:
// as the clock has them, which counts what else the machine does, and by the thread's own time, which does not.
import { chromium } from 'playwright-core';
import { SITE } from '../../build/build.mjs';
import { serve } from '../../build/serve.mjs';
import { chromePath } from '../../build/setup.mjs';
import { Failure, main, say } from '../../build/run.mjs';
import { PAGES } from '../../web/site/chapters/pages.mjs';

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const WITHOUT_FIGURES = ['index', 'glossary'];
const TRAIN_MS = 5000, PREPARE_MS = 120_000, VISITS = 3;
/** Algorithms that come to an end by themselves, and a number of steps that none of the others comes to meanwhile. */
const PLANNERS = ['policy-evaluation', 'policy-iteration', 'value-iteration'], ENDLESS = 1e9;

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

/** Three figures of a page train, without an end; what else there is goes. Planners are none: they come to an end. @param {import('playwright-core').Page} page @returns {Promise<string[]>} their ids */
const trainThree = (page) => page.evaluate(async ({ planners, steps }) => {
  const all = [...document.querySelectorAll('bellhop-lab')].map((lab) => /** @type {any} */ (lab));
  const three = all.filter(({ algo }) => !planners.includes(algo)).slice(0, 3);
  all.filter((lab) => !three.includes(lab)).forEach((lab) => lab.remove());
  three[0].scrollIntoView();
  for (const lab of three) {
    const settings = { ...typeof lab.settings === 'string' && lab.settings !== '' ? JSON.parse(lab.settings) : {}, totalTimesteps: steps };
    Object.assign(lab, { background: true, stopAt: '', settings });
    await lab.updateComplete;
  }
  await Promise.all(three.map((lab) => lab.play()));
  return three.map(({ id }) => id);
}, { planners: PLANNERS, steps: ENDLESS });

/** Steps of each figure, and whether it trains. @param {import('playwright-core').Page} page */
const stateOf = (page) => page.evaluate(() => [...document.querySelectorAll('bellhop-lab')].map((lab) => {
  const { phase, experiment } = /** @type {any} */ (lab);
  return { phase, steps: experiment?.agentFrame?.timesteps ?? 0 };
}));

/** Milliseconds of the main thread's own time that its tasks took, the longest first. @param {Buffer} trace */
function ownTimes(trace) {
  /** @type {{ name: string, ph: string, pid: number, tid: number, tdur?: number, args: any }[]} */
  const events = JSON.parse(trace.toString()).traceEvents;
  const mains = new Set(events.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain').map(({ pid, tid }) => `${pid} ${tid}`));
  const tasks = events.filter(({ name, ph, pid, tid }) => ph === 'X' && name === 'ThreadControllerImpl::RunTask' && mains.has(`${pid} ${tid}`));
  return tasks.map(({ tdur = 0 }) => Math.round(tdur / 1000)).sort((a, b) => b - a);
}

/** @param {import('playwright-core').Browser} browser @param {import('playwright-core').Page} page  with at least three figures in view */
async function longTasks(browser, page) {
  const ids = await trainThree(page);
  // Language models of examples are trained before the first step.
  await page.waitForFunction(() => [...document.querySelectorAll('bellhop-lab')].every((lab) => /** @type {any} */ (lab).phase === 'running'), undefined, { timeout: PREPARE_MS });
  await page.waitForTimeout(2000); // charts and sentences have come
  const before = await stateOf(page);
  await browser.startTracing(page, { categories: ['toplevel', '__metadata', '-*'] });
  await page.evaluate(() => (/** @type {any} */ (globalThis).watched.long.length = 0));
  await page.waitForTimeout(TRAIN_MS);
  const long = await page.evaluate(() => /** @type {any} */ (globalThis).watched.long.map(Math.round));
  const own = ownTimes(await browser.stopTracing());
  const after = await stateOf(page), rates = after.map(({ steps }, i) => (steps - before[i].steps) / (TRAIN_MS / 1000));
  const resting = ids.filter((_, i) => after[i].phase !== 'running' || rates[i] <= 0);
  if (ids.length < 3 || resting.length > 0) throw new Failure(`Three figures were to train all the time; of ${ids.join(', ')} did not: ${resting.join(', ') || 'there are no more'}.`);
  return { figures: ids.map((id, i) => `${id} ${Math.round(rates[i]).toLocaleString('en-US')} steps/s`), long, own };
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
      const { figures, long, own } = await longTasks(browser, tall);
      await tall.context().close();
      say(`${slug}: first step after ${times.join(', ')} ms in view; ${shift.moved} of ${shift.of} parts of the text moved, layout shift with what moves inside the labs ${shift.inLabs.toFixed(4)}; with ${figures.join(', ')}, tasks over 50 ms in ${TRAIN_MS / 1000} s: ${long.length === 0 ? 'none' : `${long.join(', ')} ms`}; by its own time ${own.filter((ms) => ms > 50).length} of ${own.length}, the longest ${own.slice(0, 5).join(', ')} ms`);
    }
  } finally {
    await browser.close();
    await server.close();
  }
});
