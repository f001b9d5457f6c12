// SPDX-License-Identifier: MIT
// What the browser tests stand on: the built site served under a sub-path (so that nothing may rely on lying at the
// root), one Chromium, and pages that remember everything that should not have happened in them.
import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as nodeTest } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { serve } from '../../build/serve.mjs';

const SITE = fileURLToPath(new URL('../../build/out/site', import.meta.url));
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--lang=en-US'];
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SUB_PATH = 'some/course/lab/';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {{ errors: string[], violations: string[], requests: string[] }} Trouble */
/** @typedef {Awaited<ReturnType<typeof start>>} Lab */
/** @typedef {{ key: string, context: import('playwright-core').BrowserContext, page: Page, devtools: import('playwright-core').CDPSession, script: string, trouble: Trouble }} OpenWindow */
/** @typedef {import('playwright-core').BrowserContextOptions & { saveData?: boolean }} PageOptions  saveData: nothing is fetched for later; true unless a test is about that */

/** The windows that the present test has open, and its servers. @type {AsyncLocalStorage<{ windows: Set<OpenWindow>, hosts: Set<Host> }>} */
const opened = new AsyncLocalStorage();

/** A test. @param {string} name @param {(t: import('node:test').TestContext) => Promise<void>} run @param {number} [timeout] ms */
export function test(name, run, timeout = 180_000) {
  nodeTest(name, { timeout }, (t) => owning(() => run(t)));
}

/** Whatever comes of it, the pages it has opened do not go on, and its servers end with it. @param {() => Promise<void>} run */
export function owning(run) {
  /** @type {{ windows: Set<OpenWindow>, hosts: Set<Host> }} */
  const own = { windows: new Set(), hosts: new Set() };
  return opened.run(own, async () => {
    try {
      await run();
    } finally {
      for (const { context } of own.windows) await context.close();
      for (const { close } of own.hosts) await close();
    }
  });
}

/** A server of the present test, which ends with it at the latest. @typedef {{ url: string, origin: string, close: () => Promise<void> }} Host */

/**
 * Serves a folder, the site by default, or with `files` a copy of it with these beside, or nothing but these.
 * @param {{ root?: string | null, files?: Record<string, string>, headers?: Record<string, string> }} [options]  root: null for none
 * @returns {Promise<Host>}
 */
export async function hosted({ root = SITE, files, headers = {} } = {}) {
  const { hosts } = /** @type {{ hosts: Set<Host> }} */ (opened.getStore());
  const made = files && mkdtempSync(join(tmpdir(), 'bellhop-hosted-'));
  if (made && root) cpSync(root, made, { recursive: true, filter: (file) => !file.endsWith('.map') });
  for (const [name, content] of Object.entries(files ?? {})) writeFileSync(join(/** @type {string} */ (made), name), content);
  const server = await serve({ root: made ?? /** @type {string} */ (root), port: 0, headers });
  /** @type {Host} */
  const host = { url: server.url, origin: new URL(server.url).origin, async close() {
    if (!hosts.delete(host)) return;
    await server.close();
    if (made) rmSync(made, { recursive: true });
  } };
  hosts.add(host);
  return host;
}

/** Chromium, which may hang as it starts: then another one is started. @param {number} [tries] @returns {Promise<import('playwright-core').Browser>} */
async function launched(tries = 3) {
  try {
    return await chromium.launch({
      executablePath: process.env.CHROME_PATH || '/usr/bin/chromium', args: FLAGS, timeout: 60_000,
      env: { ...process.env, LANG: 'en_US.UTF-8', LC_ALL: 'en_US.UTF-8' },
    });
  } catch (error) {
    if (tries === 1) throw error;
    return launched(tries - 1);
  }
}

/** Serves the site and starts the browser. */
export async function start() {
  assert.ok(existsSync(join(SITE, 'site.js')), 'build/out/site is missing: npm run build');
  const root = mkdtempSync(join(tmpdir(), 'bellhop-site-'));
  mkdirSync(join(root, SUB_PATH), { recursive: true });
  cpSync(SITE, join(root, SUB_PATH), { recursive: true });
  const server = await serve({ root, port: 0 });
  const browser = await launched();
  const url = server.url + SUB_PATH;
  const windows = new Windows(browser, new URL(url).origin);
  return {
    url, origin: new URL(url).origin, browser,
    /** @param {string} hash @param {PageOptions} [options] */
    open: (hash = '', options = {}) => openPage(windows, url + hash, options),
    /** An empty window, for what is no plain page. @param {PageOptions} [options] */
    window: (options = {}) => openWindow(windows, options),
    async close() {
      await browser.close();
      await server.close();
      rmSync(root, { recursive: true });
    },
  };
}

/**
 * Windows that are used one after the other: a new process for the page costs three times as much as the page. Each is empty again
 * before it is used again: nothing is stored, no route, no permission.
 */
class Windows {
  #browser;
  #origin;
  /** Those that are free, by what they were made for. @type {Map<string, OpenWindow[]>} */
  #free = new Map();

  /** @param {import('playwright-core').Browser} browser @param {string} origin */
  constructor(browser, origin) {
    this.#browser = browser;
    this.#origin = origin;
  }

  /** @param {PageOptions} options @returns {Promise<OpenWindow>} */
  async take({ viewport, colorScheme = 'light', forcedColors = 'none', reducedMotion = 'no-preference', hasTouch = false, saveData = true, ...others }) {
    const key = JSON.stringify(others);
    const window = this.#free.get(key)?.pop() ?? await this.#make(key, others);
    opened.getStore()?.windows.add(window);
    const { page, devtools } = window;
    await page.setViewportSize(viewport ?? { width: 1280, height: 800 });
    await page.emulateMedia({ colorScheme, forcedColors, reducedMotion });
    await devtools.send('Emulation.setTouchEmulationEnabled', { enabled: hasTouch });
    const source = saveData ? 'Object.defineProperty(navigator, "connection", { value: { saveData: true } })' : '';
    window.script = (await devtools.send('Page.addScriptToEvaluateOnNewDocument', { source })).identifier;
    return window;
  }

  /** @param {string} key @param {import('playwright-core').BrowserContextOptions} options @returns {Promise<OpenWindow>} */
  async #make(key, options) {
    const context = await this.#browser.newContext({ locale: 'en-US', ...options });
    const page = await context.newPage();
    const window = { key, context, page, devtools: await context.newCDPSession(page), script: '', trouble: noTrouble() };
    await window.devtools.send('Page.enable');
    page.on('pageerror', (error) => window.trouble.errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') window.trouble.errors.push(message.text());
    });
    context.on('request', (request) => window.trouble.requests.push(request.url()));
    await page.addInitScript(watch);
    return window;
  }

  /** @param {OpenWindow} window */
  async giveBack(window) {
    const { key, page, context, devtools, script } = window;
    window.trouble = noTrouble();
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await context.clearPermissions();
    await devtools.send('Page.removeScriptToEvaluateOnNewDocument', { identifier: script });
    await page.goto('about:blank');
    await devtools.send('Storage.clearDataForOrigin', { origin: this.#origin, storageTypes: 'all' });
    window.trouble = noTrouble();
    opened.getStore()?.windows.delete(window);
    this.#free.set(key, [...this.#free.get(key) ?? [], window]);
  }
}

/** Another page of a window's, with what is stored there; it ends with the test. @param {import('playwright-core').BrowserContext} context @returns {Promise<Page>} */
export async function anotherPage(context) {
  const page = await context.newPage();
  await page.addInitScript(watch);
  return page;
}

/** @returns {Trouble} */
const noTrouble = () => ({ errors: [], violations: [], requests: [] });

/** @param {Windows} windows @param {PageOptions} options */
async function openWindow(windows, options) {
  const window = await windows.take(options);
  const { page, context, trouble } = window;
  const close = async () => {
    trouble.violations.push(...await page.evaluate(() => /** @type {any} */ (globalThis).watched.violations));
    await windows.giveBack(window);
    assert.deepEqual({ errors: trouble.errors, violations: trouble.violations }, { errors: [], violations: [] });
  };
  return { page, context, trouble, close };
}

/** A page with nothing stored, ready to play. @param {Windows} windows @param {string} url @param {PageOptions} options */
async function openPage(windows, url, options) {
  const window = await openWindow(windows, options);
  await window.page.goto(url);
  await holds(window.page, () => /** @type {any} */ (globalThis).$('play')?.disabled === false);
  return window;
}

/** Runs in the page before its scripts. */
function watch() {
  // An element of the page, or of the first lab's shadow root: pages' functions have no locators.
  Object.assign(window, { $: (/** @type {string} */ id) => document.querySelector('bellhop-lab')?.shadowRoot?.getElementById(id) ?? document.getElementById(id) });
  Object.assign(window, { numberIn: (/** @type {string} */ id) => {
    const [, sign, digits, unit] = /^([−-]?)([\d,.]+)(K?)/.exec(/** @type {any} */ (window).$(id)?.textContent.trim() ?? '') ?? [];
    return digits === undefined ? NaN : Number(digits.replaceAll(',', '')) * (sign ? -1 : 1) * (unit ? 1000 : 1);
  } });
  const watched = { violations: /** @type {string[]} */ ([]), long: /** @type {number[]} */ ([]), instances: 0, frames: 0, begun: 0, workers: 0, shift: 0 };
  Object.assign(window, { watched });
  document.addEventListener('securitypolicyviolation', (event) => {
    watched.violations.push(`${event.violatedDirective} ${event.blockedURI}`);
  });
  new PerformanceObserver((list) => {
    watched.long.push(...list.getEntries().map(({ duration }) => duration));
  }).observe({ type: 'longtask' });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) watched.shift += /** @type {any} */ (entry).value;
  }).observe({ type: 'layout-shift', buffered: true });
  for (const name of /** @type {const} */ (['instantiate', 'instantiateStreaming'])) {
    const made = /** @type {any} */ (WebAssembly)[name];
    /** @type {any} */ (WebAssembly)[name] = (/** @type {any[]} */ ...args) => {
      watched.instances++;
      return made(...args);
    };
  }
  const { terminate } = Worker.prototype, made = /** @type {Worker[]} */ ([]);
  Object.assign(watched, { kill: () => made.splice(0).forEach((worker) => terminate.call(worker)) }); // as the browser does: nobody is told
  window.Worker = class extends Worker {
    /** @param {string | URL} url @param {WorkerOptions} [options] */
    constructor(url, options) {
      super(url, options);
      made.push(this);
      watched.begun++;
      watched.workers++;
      this.addEventListener('message', ({ data }) => (watched.frames += data?.frame ? 1 : 0));
    }

    terminate() {
      if (made.includes(this)) made.splice(made.indexOf(this), 1); // else it was killed
      watched.workers--;
      super.terminate();
    }
  };
}

/**
 * Waits until a function of the page returns something true. It is asked twenty times a second: every frame would cost more than the page.
 * @template A @param {Page} page @param {string | ((argument: A) => unknown)} isTrue @param {A} [argument] @param {number} [timeout] ms
 */
export function holds(page, isTrue, argument, timeout = 30_000) {
  return page.waitForFunction(/** @type {any} */ (isTrue), argument, { polling: 50, timeout });
}

/** Opens the settings, those that are not essential too. @param {Page} page */
export async function openSettings(page) {
  await page.click('#settings > summary');
  await page.click('#settings-all > summary');
  await page.waitForSelector('#settings-all .setting');
}

/** The text of an element. @param {Page} page @param {string} id */
export async function text(page, id) {
  return (await page.locator(`#${id}`).textContent() ?? '').trim();
}

/** Everything that can be read of the lab and of what stands above it; innerText does not look into shadow roots. @param {Page} page */
export async function allText(page) {
  return `${await page.locator('main').innerText()}\n${await page.locator('bellhop-lab .lab').innerText()}`;
}

/** A counter as a number. @param {Page} page @param {string} id */
export async function number(page, id) {
  return page.evaluate((of) => /** @type {any} */ (window).numberIn(of), id);
}

/** @param {Page} page @param {number} index of the speeds from the natural one on, 5 is as fast as possible */
export async function setSpeed(page, index) {
  const most = Number(await page.getAttribute('#speed', 'max')), natural = most === 6 ? 1 : 0; // a run has slow motion before it
  await page.locator('#speed').fill(String(Math.min(most, index + natural)));
}

/** Blocks a page's worker, which answers nobody from then on; it is blocked when this resolves. @param {Page} page */
export async function block(page) {
  await page.evaluate(() => void Object.assign(globalThis, { blocked: new Promise((done) => (new BroadcastChannel('blocked').onmessage = done)).then(() => {}) }));
  page.workers()[0].evaluate(() => {
    new BroadcastChannel('blocked').postMessage(0);
    for (;;);
  }).catch(() => {});
  await page.evaluate(() => /** @type {any} */ (globalThis).blocked);
}

/** Waits until the text of an element is right; of one that is not there it is ''. @param {Page} page @param {string} id @param {RegExp} words @param {number} [timeout] ms */
export async function says(page, id, words, timeout) {
  const isRight = ([of, source, flags]) => new RegExp(source, flags).test(/** @type {any} */ (window).$(of)?.textContent.trim() ?? '');
  try {
    await holds(page, isRight, [id, words.source, words.flags], timeout);
  } catch (error) {
    throw new assert.AssertionError({ message: `#${id} was to say ${words}, but says ${await page.evaluate((of) => /** @type {any} */ (window).$(of)?.textContent, id)}: ${error}` });
  }
}

/** Waits until an experiment is in one of these phases. @param {Page} page @param {string[]} phases */
export async function phase(page, ...phases) {
  await holds(page, (wanted) => wanted.includes(/** @type {any} */ (globalThis).$('phase')?.dataset.phase), phases);
}

/** Waits until the address has a piece of text in it. @param {Page} page @param {string} piece */
export async function link(page, piece) {
  await holds(page, (wanted) => decodeURIComponent(location.hash).includes(wanted), piece);
}

/** Waits until a counter reaches a value. @param {Page} page @param {string} id @param {number} least @param {number} [timeout] ms */
export async function reach(page, id, least, timeout = 30_000) {
  try {
    const found = await holds(page, ([of, wanted]) => {
      const n = /** @type {any} */ (globalThis).numberIn(of);
      return n >= wanted && { n };
    }, /** @type {const} */ ([id, least]), timeout);
    return (await found.evaluate((value) => /** @type {{ n: number }} */ (value))).n;
  } catch (error) {
    throw new assert.AssertionError({ message: `#${id} was to reach ${least}, but is ${await number(page, id)}: ${error}` });
  }
}

/** Waits while the page paints so many frames: whatever was to happen by then has happened. @param {Page} page @param {number} n */
export async function frames(page, n) {
  await page.evaluate((count) => new Promise((done) => {
    const tick = () => (count-- > 0 ? requestAnimationFrame(tick) : done(undefined));
    tick();
  }), n);
}

/**
 * Acts until that has an effect: what is refused for a moment is tried again with each frame.
 * @param {Page} page @param {() => Promise<unknown>} act @param {() => Promise<boolean>} isDone
 */
export async function until(page, act, isDone) {
  for (let i = 0; i < 300; i++) {
    await act();
    await frames(page, 2);
    if (await isDone()) return;
  }
  throw new assert.AssertionError({ message: `${act} has no effect` });
}

/**
 * Pauses what runs by its button, unless it has come to its end by itself (the page looks and clicks in one go, so that it cannot
 * end in between and be continued), and waits until it says that it stands still.
 * @param {Page} page
 */
export async function pause(page) {
  await page.evaluate(() => {
    const { $ } = /** @type {any} */ (window);
    if (['running', 'preparing'].includes($('phase')?.dataset.phase)) $('play')?.click();
  });
  await holds(page, () => !['running', 'preparing'].includes(/** @type {any} */ (globalThis).$('phase')?.dataset.phase));
}

/** What axe finds, best practices too. @param {Page} page @returns {Promise<string[]>} */
export async function axe(page) {
  if (!await page.evaluate(() => 'axe' in globalThis)) await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { violations } = await /** @type {any} */ (globalThis).axe.run(document, { resultTypes: ['violations'], preload: false }); // there are no media to fetch
    return violations.map((/** @type {any} */ v) => `${v.impact} ${v.id}: ${v.nodes.map((/** @type {any} */ n) => n.target.join(' ')).slice(0, 4).join(', ')}`);
  });
}

/** What a canvas shows, to be compared. @param {Page} page @param {string} selector */
export function picture(page, selector) {
  return page.locator(selector).first().evaluate((canvas) => /** @type {HTMLCanvasElement} */ (canvas).toDataURL());
}

/** Copies the link; not into the clipboard, of which all pages have the same one. @param {Page} page @returns {Promise<{ url: string, said: string }>} */
export async function share(page) {
  await page.evaluate(() => void Object.defineProperty(navigator.clipboard, 'writeText', {
    configurable: true, value: async (/** @type {string} */ url) => void Object.assign(globalThis, { copied: url }),
  }));
  await page.evaluate(() => void Object.assign(globalThis, { copied: '' }));
  await page.click('#share');
  await holds(page, () => /** @type {any} */ (globalThis).copied);
  await says(page, 'notice-text', /clipboard/);
  return { url: await page.evaluate(() => /** @type {any} */ (globalThis).copied), said: await text(page, 'notice-text') };
}
