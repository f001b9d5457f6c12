// SPDX-License-Identifier: MIT
// Visits to the built page in headless Chromium, each with a fresh profile: what the browser fetches, and how long it
// takes until Play can be pressed and until the agent has been updated for the first time. What is fetched is counted in a
// visit in which nothing is pressed and that wants nothing fetched for later. In the others Play is pressed in the page the moment it can be. The page keeps the times itself (web/site/marks.mjs),
// in milliseconds since the navigation began.
import { chromium } from 'playwright-core';
import { SITE } from '../build.mjs';
import { serve } from '../serve.mjs';
import { chromePath } from '../setup.mjs';
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

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--lang=en-US'];
/** A new window is busy with itself first, in processes of its own: a reader's is open when the link is followed. */
const WINDOW_OPENS_MS = 2000;
/** How long somebody only looks. */
const LOOKS_MS = 3000;

/**
 * @param {VisitEffort} effort
 * @returns {Promise<Visits | null>} null where there is no browser
 */
export async function measureVisits({ visits, slow }) {
  const executablePath = chromePath();
  if (executablePath === null) return null;
  const server = await serve({ root: SITE, port: 0 });
  const browser = await chromium.launch({ executablePath, args: FLAGS, env: { ...process.env, LANG: 'en_US.UTF-8', LC_ALL: 'en_US.UTF-8' } });
  try {
    const files = await look(browser, server.url); // the browser's own first page: how long it takes is not measured
    const fast = [], asItIs = [];
    for (let i = 0; i < visits; i++) fast.push(await visit(browser, server.url, true));
    for (let i = 0; i < slow; i++) asItIs.push(await visit(browser, server.url, false));
    return {
      page_ready_ms: summary([...fast, ...asItIs].map(({ ready }) => ready)), first_update_ms: summary(fast.map(({ update }) => update)),
      first_update_at_first_speed_ms: summary(asItIs.map(({ update }) => update)),
      files,
    };
  } finally {
    await browser.close();
    await server.close();
  }
}

/** @param {number[]} values @returns {Milliseconds} */
function summary(values) {
  return { median: median(values), spread: [Math.min(...values), Math.max(...values)] };
}

const READER = { viewport: { width: 1280, height: 800 }, locale: 'en-US' };

/** What is fetched by somebody who only looks. @param {import('playwright-core').Browser} browser @param {string} url */
async function look(browser, url) {
  const context = await browser.newContext(READER);
  try {
    const page = await context.newPage();
    /** @type {Set<string>} */
    const files = new Set();
    context.on('request', (request) => files.add(request.url().slice(url.length) || 'index.html'));
    await page.addInitScript(saveData);
    await page.goto(url);
    await page.waitForFunction(() => performance.getEntriesByName('bellhop:ready').length > 0, null, { polling: 500 });
    await page.waitForTimeout(LOOKS_MS);
    return [...files].sort();
  } finally {
    await context.close();
  }
}

/** @param {import('playwright-core').Browser} browser @param {string} url @param {boolean} isFastest  else at the speed the page begins with */
async function visit(browser, url, isFastest) {
  const context = await browser.newContext(READER);
  try {
    const page = await context.newPage();
    await page.addInitScript(playAtOnce, isFastest);
    await page.waitForTimeout(WINDOW_OPENS_MS);
    await page.goto(url);
    // Asked seldom: the question itself takes time from the page.
    await page.waitForFunction(() => performance.getEntriesByName('bellhop:first-update').length > 0, null, { polling: 500 });
    await page.waitForFunction(hasCharts, null, { polling: 500 });
    const at = (/** @type {string} */ name) => page.evaluate((mark) => performance.getEntriesByName(mark)[0].startTime, `bellhop:${name}`);
    return { ready: await at('ready'), update: await at('first-update') };
  } finally {
    await context.close();
  }
}

/** Runs in the page. */
const hasCharts = () => document.querySelector('bellhop-lab')?.shadowRoot?.querySelectorAll('.uplot').length === 4;

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
      play.click();
    });
    observer.observe(root, { subtree: true, childList: true, attributeFilter: ['disabled'] });
    return root;
  };
}
