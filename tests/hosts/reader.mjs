// SPDX-License-Identifier: MIT
// Reads a lesson as its reader does: opens it in Chromium, scrolls to the lab, presses Play, waits for the bound, goes to another page
// and back. Tells the fingerprint of the run, how far the text moved, which workers were begun and ended, and what went wrong.

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('playwright-core').Frame} Frame */
/** @typedef {import('./lessons.mjs').Lesson} Lesson */
/** @typedef {{ hash: string, shift: number, begun: number, ended: number, trouble: string[] }} Reading */

const TIMEOUT = 90_000;
/** The frame's page. */
export const FRAME = 'embed.html';

/** @param {import('playwright-core').Browser} browser @param {string} url @param {Lesson} lesson @returns {Promise<Reading>} */
export async function read(browser, url, lesson) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  context.setDefaultTimeout(TIMEOUT);
  const page = await context.newPage();
  /** @type {string[]} */
  const trouble = [];
  page.on('console', (message) => void (message.type() === 'error' && !isAboutIcon(message) && trouble.push(message.text())));
  page.on('pageerror', (error) => trouble.push(error.message));
  page.on('requestfailed', (request) => void (!isCancelled(request) && trouble.push(`${request.url()}: ${request.failure()?.errorText}`)));
  await page.addInitScript(watch);
  try {
    await page.goto(url, { waitUntil: 'load' });
    const hash = await train(page, lesson);
    if (lesson.visits) await visit(page, lesson.visits);
    if (lesson.expects && !await page.evaluate(lesson.expects)) trouble.push(`it does not hold that ${lesson.expects}`);
    const { shift, begun, ended } = await page.evaluate(() => /** @type {any} */ (window).watched);
    return { hash, shift, begun, ended, trouble };
  } catch (error) {
    throw new Error(`${/** @type {Error} */ (error).message.split('\n')[0]} ${trouble.join('; ')}`, { cause: error });
  } finally {
    await context.close();
  }
}

/** Hosts that fetch pages in advance cancel that. @param {import('playwright-core').Request} request */
const isCancelled = (request) => request.failure()?.errorText === 'net::ERR_ABORTED';

/** Browsers ask for an icon where the host names none. @param {import('playwright-core').ConsoleMessage} message */
const isAboutIcon = (message) => message.location().url.endsWith('/favicon.ico');

/** Runs in the page, and in its frames, before their scripts. Workers of the host itself are not counted. */
function watch() {
  const watched = { shift: 0, begun: 0, ended: 0 };
  Object.assign(window, { watched });
  const isOfText = (/** @type {{ node: Element | null }} */ { node }) => node && !(node.getRootNode() instanceof ShadowRoot) && node.localName !== 'bellhop-lab';
  new PerformanceObserver((list) => {
    for (const { value, sources } of /** @type {any[]} */ (list.getEntries())) {
      if (sources.some(isOfText)) watched.shift += value;
    }
  }).observe({ type: 'layout-shift', buffered: true });
  window.Worker = class extends Worker {
    /** @param {string | URL} url @param {WorkerOptions} [options] */
    constructor(url, options) {
      super(url, options);
      this.isOurs = options?.name === 'bellhop';
      if (this.isOurs) watched.begun++;
    }

    terminate() {
      if (this.isOurs) watched.ended++;
      super.terminate();
    }
  };
}

/** Scrolls to the lab, trains to its bound. @param {Page} page @param {Lesson} lesson @returns {Promise<string>} the fingerprint */
async function train(page, lesson) {
  const begun = await page.evaluate(() => /** @type {any} */ (window).watched.begun);
  if (begun > 0) throw new Error('a worker was started before the lab was near');
  await page.locator(lesson.frame ? `iframe[src*="${FRAME}"]` : 'bellhop-lab').evaluate((element) => element.scrollIntoView());
  const place = lesson.frame ? await frameOf(page) : page.mainFrame();
  await phase(place, 'ready');
  await place.evaluate(() => void Object.assign(/** @type {any} */ (document.querySelector('bellhop-lab')), { speed: 'max' }));
  await place.locator('bellhop-lab #play').click();
  await phase(place, 'paused');
  const print = await place.waitForFunction(() => /** @type {any} */ (document.querySelector('bellhop-lab')).experiment.print?.hash, undefined, { polling: 50 });
  return print.jsonValue();
}

/** A frame that loads when it is near. @param {Page} page @returns {Promise<Frame>} */
async function frameOf(page) {
  const there = () => page.frames().find((frame) => frame.url().includes(FRAME));
  for (const end = Date.now() + TIMEOUT; Date.now() < end && !there();) await page.waitForTimeout(50);
  return there() ?? page.mainFrame();
}

/** @param {Frame} place @param {string} wanted */
const phase = (place, wanted) => place.waitForFunction((name) => /** @type {any} */ (document.querySelector('bellhop-lab'))?.phase === name, wanted, { polling: 50 });

/**
 * Leaves the lesson for another page that many times, and comes back but for the last time, all without a reload. What a lab has begun must
 * have ended when it is left. @param {Page} page @param {number} times
 */
async function visit(page, times) {
  await page.evaluate(() => void Object.assign(window, { notReloaded: true }));
  for (let i = 0; i < times; i++) {
    if (i > 0) await comeBack(page);
    await page.locator('a', { hasText: 'To the other page' }).first().click();
    await page.waitForFunction(() => !document.querySelector('bellhop-lab') && /** @type {any} */ (window).watched.begun === /** @type {any} */ (window).watched.ended, undefined, { polling: 50 });
  }
  if (!await page.evaluate(() => /** @type {any} */ (window).notReloaded)) throw new Error('the host reloaded the page');
}

/** @param {Page} page */
async function comeBack(page) {
  await page.locator('a', { hasText: 'Back to the lesson' }).first().click();
  await page.waitForSelector('bellhop-lab', { state: 'attached' });
  await page.locator('bellhop-lab').evaluate((element) => element.scrollIntoView());
  await phase(page.mainFrame(), 'ready');
}
