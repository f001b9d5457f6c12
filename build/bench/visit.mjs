// SPDX-License-Identifier: MIT
// Visits to the built page in headless Chromium, each with a fresh profile: what the browser fetches, and how long it
// takes until Play can be pressed and until the agent has been updated for the first time. What is fetched is counted in a
// visit in which nothing is pressed and that wants nothing fetched for later. In the others Play is pressed in the page the moment it can be. The page keeps the times itself (web/site/marks.mjs),
// in milliseconds since the navigation began.
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { SITE } from '../build.mjs';
import { Failure } from '../run.mjs';
import { serve } from '../serve.mjs';
import { chromePath } from '../setup.mjs';
import { ChromiumPipe } from './chromium-pipe.mjs';
import { median } from './measure.mjs';

/** @typedef {{ visits: number, slow: number }} VisitEffort  visits at full speed; at the speed the page begins with */
/** @typedef {{ median: number, spread: [least: number, most: number] }} Milliseconds */
/**
 * @typedef {object} Visits
 * @property {Milliseconds} page_ready_ms      until Play can be pressed
 * @property {Milliseconds} first_update_ms    until the first update, at full speed
 * @property {Milliseconds} first_update_at_first_speed_ms  the same at the speed the page begins with
 * @property {string[]} files                  what was fetched with nothing pressed, charts included, relative to the site
 */

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];
/** A new window is busy with itself first, in processes of its own: a reader's is open when the link is followed. */
const WINDOW_OPENS_MS = 2000;
/** How long somebody only looks. */
const LOOKS_MS = 3000;
/** What asks the page takes time from it: not while it starts. */
const ASKED_AFTER_MS = 1000, ASKED_EVERY_MS = 500, ASKED_MOST = 60;

/**
 * @param {VisitEffort} effort
 * @returns {Promise<Visits | null>} null where there is no browser
 */
export async function measureVisits({ visits, slow }) {
  const executablePath = chromePath();
  if (executablePath === null) return null;
  const server = await serve({ root: SITE, port: 0 });
  const timed = new ChromiumPipe(executablePath);
  try {
    const files = await look(executablePath, server.url);
    await visit(timed, server.url, true); // the browser's own first page: how long it takes is not measured
    const fast = [], asItIs = [];
    for (let i = 0; i < visits; i++) fast.push(await visit(timed, server.url, true));
    for (let i = 0; i < slow; i++) asItIs.push(await visit(timed, server.url, false));
    return {
      page_ready_ms: summary([...fast, ...asItIs].map(({ ready }) => ready)), first_update_ms: summary(fast.map(updateOf)),
      first_update_at_first_speed_ms: summary(asItIs.map(updateOf)),
      files,
    };
  } finally {
    await timed.close();
    await server.close();
  }
}

/** @param {Record<string, number>} moments */
const updateOf = (moments) => moments['first-update'];

/** @param {number[]} values @returns {Milliseconds} */
export function summary(values) {
  return { median: median(values), spread: [Math.min(...values), Math.max(...values)] };
}

const READER = { viewport: { width: 1280, height: 800 }, locale: 'en-US' };

/** What is fetched by somebody who only looks, by the workers too: Playwright sees those. @param {string} executablePath @param {string} url */
async function look(executablePath, url) {
  const browser = await chromium.launch({ executablePath, args: FLAGS });
  try {
    const context = await browser.newContext(READER), page = await context.newPage();
    /** @type {Set<string>} */
    const files = new Set();
    context.on('request', (request) => files.add(request.url().slice(url.length) || 'index.html'));
    await page.addInitScript(saveData);
    await page.goto(url);
    await page.waitForFunction(() => performance.getEntriesByName('bellhop:ready').length > 0, null, { polling: 500 });
    await page.waitForTimeout(LOOKS_MS);
    return [...files].sort();
  } finally {
    await browser.close();
  }
}

/**
 * A visit in which Play is pressed as soon as it can be.
 * @param {ChromiumPipe} browser @param {string} url @param {boolean} isFastest  else at the speed the page begins with
 * @param {() => Promise<unknown>} [begin]  called when the window has opened @returns {Promise<Record<string, number>>} the page's moments, in milliseconds since the navigation began
 */
export async function visit(browser, url, isFastest, begin = async () => {}) {
  const page = await browser.open(`(${playAtOnce})(${isFastest})`);
  try {
    await sleep(WINDOW_OPENS_MS);
    await begin();
    await page.goto(url);
    await sleep(ASKED_AFTER_MS); // the question itself takes time from the page
    for (let tries = 0; !await page.evaluate(HAS_ALL); tries++) {
      if (tries > ASKED_MOST) throw new Failure(`${url} was not updated, or its charts did not come, within ${ASKED_MOST * ASKED_EVERY_MS / 1000} s`);
      await sleep(ASKED_EVERY_MS);
    }
    return await page.evaluate(MOMENTS);
  } finally {
    await page.close();
  }
}

/** Runs in the page: whether the agent was updated, and the charts are there. */
const HAS_ALL = `performance.getEntriesByName('bellhop:first-update').length > 0 && document.querySelector('bellhop-lab')?.shadowRoot?.querySelectorAll('.uplot').length === 4`;
/** Runs in the page. */
const MOMENTS = `Object.fromEntries([...performance.getEntriesByType('mark'), ...performance.getEntriesByType('paint')].map(({ name, startTime }) => [name.replace('bellhop:', ''), startTime]))`;

/** Runs in the page before its scripts: a reader who wants nothing fetched for later. */
function saveData() {
  Object.defineProperty(navigator, 'connection', { value: { saveData: true } });
}

/** Runs in the page before its scripts: presses Play when it is no longer disabled. @param {boolean} isFastest */
function playAtOnce(isFastest) {
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function attachShadow(options) {
    const root = attach.call(this, options);
    const observer = new MutationObserver(() => {
      const play = /** @type {HTMLButtonElement | null} */ (root.getElementById('play'));
      if (!play || play.disabled) return;
      observer.disconnect();
      const slider = /** @type {HTMLInputElement} */ (root.getElementById('speed'));
      if (isFastest) slider.value = slider.max;
      slider.dispatchEvent(new Event('input'));
      performance.mark('pressed');
      play.click();
    });
    observer.observe(root, { subtree: true, childList: true, attributeFilter: ['disabled'] });
    return root;
  };
}
