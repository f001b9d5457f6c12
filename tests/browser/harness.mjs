// SPDX-License-Identifier: MIT
// What the browser tests stand on: the built site served under a sub-path (so that nothing may rely on lying at the
// root), one Chromium, and pages that remember everything that should not have happened in them.
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { serve } from '../../build/serve.mjs';

const SITE = fileURLToPath(new URL('../../build/out/site', import.meta.url));
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--lang=en-US'];
const SUB_PATH = 'some/course/lab/';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {{ errors: string[], violations: string[], requests: string[] }} Trouble */
/** @typedef {Awaited<ReturnType<typeof start>>} Lab */

/** Serves the site and starts the browser. */
export async function start() {
  assert.ok(existsSync(join(SITE, 'start.js')), 'build/out/site is missing: npm run build');
  const root = mkdtempSync(join(tmpdir(), 'bellhop-site-'));
  mkdirSync(join(root, SUB_PATH), { recursive: true });
  cpSync(SITE, join(root, SUB_PATH), { recursive: true });
  const server = await serve({ root, port: 0 });
  const browser = await chromium.launch({
    executablePath: process.env.CHROME_PATH || '/usr/bin/chromium', args: FLAGS,
    env: { ...process.env, LANG: 'en_US.UTF-8', LC_ALL: 'en_US.UTF-8' },
  });
  const url = server.url + SUB_PATH;
  return {
    url, origin: new URL(url).origin, browser,
    /** @param {string} hash @param {import('playwright-core').BrowserContextOptions} [options] */
    open: (hash = '', options = {}) => openPage(browser, url + hash, options),
    async close() {
      await browser.close();
      await server.close();
      rmSync(root, { recursive: true });
    },
  };
}

/**
 * A page in a fresh profile, ready to play.
 * @param {import('playwright-core').Browser} browser @param {string} url @param {import('playwright-core').BrowserContextOptions} options
 */
async function openPage(browser, url, options) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-US', ...options });
  const page = await context.newPage();
  /** @type {Trouble} */
  const trouble = { errors: [], violations: [], requests: [] };
  page.on('pageerror', (error) => trouble.errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') trouble.errors.push(message.text());
  });
  context.on('request', (request) => trouble.requests.push(request.url()));
  await page.addInitScript(watch);
  await page.goto(url);
  await page.waitForFunction(() => !(/** @type {HTMLButtonElement} */ (document.getElementById('play')).disabled));
  const close = async () => {
    trouble.violations.push(...await page.evaluate(() => /** @type {any} */ (window).watched.violations));
    await context.close();
    assert.deepEqual({ errors: trouble.errors, violations: trouble.violations }, { errors: [], violations: [] });
  };
  return { page, context, trouble, close };
}

/** Runs in the page before its scripts. */
function watch() {
  const watched = { violations: /** @type {string[]} */ ([]), long: /** @type {number[]} */ ([]), instances: 0, frames: 0, paints: 0 };
  Object.assign(window, { watched });
  document.addEventListener('securitypolicyviolation', (event) => {
    watched.violations.push(`${event.violatedDirective} ${event.blockedURI}`);
  });
  new PerformanceObserver((list) => {
    watched.long.push(...list.getEntries().map(({ duration }) => duration));
  }).observe({ type: 'longtask' });
  for (const name of /** @type {const} */ (['instantiate', 'instantiateStreaming'])) {
    const made = /** @type {any} */ (WebAssembly)[name];
    /** @type {any} */ (WebAssembly)[name] = (/** @type {any[]} */ ...args) => {
      watched.instances++;
      return made(...args);
    };
  }
  window.Worker = class extends Worker {
    /** @param {string | URL} url @param {WorkerOptions} [options] */
    constructor(url, options) {
      super(url, options);
      this.addEventListener('message', ({ data }) => (watched.frames += data?.frame ? 1 : 0));
    }
  };
  const paint = () => {
    watched.paints++;
    requestAnimationFrame(paint);
  };
  requestAnimationFrame(paint);
}

/** The text of an element. @param {Page} page @param {string} id */
export async function text(page, id) {
  return (await page.locator(`#${id}`).textContent() ?? '').trim();
}

/** A counter as a number. @param {Page} page @param {string} id */
export async function number(page, id) {
  return Number((await text(page, id)).replaceAll(',', '').replace('−', '-').replace('K', 'e3'));
}

/** @param {Page} page @param {number} index of the speeds, 5 is as fast as possible */
export async function setSpeed(page, index) {
  await page.locator('#speed').fill(String(index));
}

/** Waits until a counter reaches a value. @param {Page} page @param {string} id @param {number} least @param {number} [timeout] ms */
export async function reach(page, id, least, timeout = 20_000) {
  const end = Date.now() + timeout;
  let now = NaN;
  while (Date.now() < end) {
    now = await number(page, id);
    if (now >= least) return now;
    await page.waitForTimeout(100);
  }
  throw new assert.AssertionError({ message: `#${id} was to reach ${least}, but is ${now}` });
}

/**
 * Pauses what runs by its button, unless it has come to its end by itself (the page looks and clicks in one go, so that it cannot
 * end in between and be continued), and waits until it says that it stands still.
 * @param {Page} page @param {'' | 'lm-' | 'rl-'} [part]
 */
export async function pause(page, part = '') {
  const ids = [`${part}phase`, part === 'lm-' ? 'lm-train' : `${part}play`];
  await page.evaluate(([phase, button]) => {
    if (document.getElementById(phase)?.dataset.phase === 'running') document.getElementById(button)?.click();
  }, ids);
  await page.waitForFunction(([phase]) => document.getElementById(phase)?.dataset.phase !== 'running', ids);
}

/** What a canvas shows, to be compared. @param {Page} page @param {string} selector */
export function picture(page, selector) {
  return page.locator(selector).first().evaluate((canvas) => /** @type {HTMLCanvasElement} */ (canvas).toDataURL());
}
