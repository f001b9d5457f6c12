// SPDX-License-Identifier: MIT
// Headless Chromium over its pipe (DevTools protocol), for what is timed: Playwright and Puppeteer attach themselves to every worker of a
// page, which waits for them before its script runs, 10 to 20 ms in which nothing happens that a reader would wait for. Here nothing is attached but the page.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '../run.mjs';

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--lang=en-US'];
const WINDOW = { width: 1280, height: 800 };
/** Messages end with it. */
const END = 0;

/** A browser with a profile of its own, which goes with it. */
export class ChromiumPipe {
  #process;
  #profile = mkdtempSync(join(tmpdir(), 'bellhop-chromium-'));
  /** @type {Promise<void>} */
  #ended;
  #count = 0;
  /** @type {Map<number, { resolve: (result: any) => void, reject: (error: Error) => void }>} */
  #pending = new Map();
  /** @type {Map<string, (params: any) => void>} */
  #listeners = new Map();
  /** @type {Buffer[]} of a message that has not ended */
  #parts = [];

  /** @param {string} path  of Chromium */
  constructor(path) {
    const env = { ...process.env, LANG: 'en_US.UTF-8', LC_ALL: 'en_US.UTF-8' };
    this.#process = spawn(path, [...FLAGS, `--user-data-dir=${this.#profile}`, '--remote-debugging-pipe'], { env, stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
    this.#ended = new Promise((done) => this.#process.on('exit', (code) => {
      for (const { reject } of this.#pending.values()) reject(new Failure(`Chromium ended (${code})`));
      this.#pending.clear();
      done();
    }));
    this.#process.stdio[3]?.on('error', () => {}); // what is sent to one that has ended; what waits for it is told above
    /** @type {import('node:stream').Readable} */ (this.#process.stdio[4]).on('data', (bytes) => this.#read(bytes));
  }

  /** @param {Buffer} bytes */
  #read(bytes) {
    for (let from = 0, end; from < bytes.length; from = end + 1) {
      end = bytes.indexOf(END, from);
      this.#parts.push(bytes.subarray(from, end < 0 ? bytes.length : end));
      if (end < 0) return;
      this.#receive(JSON.parse(Buffer.concat(this.#parts).toString()));
      this.#parts = [];
    }
  }

  /** @param {any} message */
  #receive({ id, method, params, result, error }) {
    if (method) this.#listeners.get(method)?.(params);
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (error) pending?.reject(new Failure(`Chromium: ${error.message}`));
    else pending?.resolve(result);
  }

  /** @param {string} method @param {object} [params] @param {string} [sessionId]  of a page; else of the browser @returns {Promise<any>} */
  send(method, params = {}, sessionId) {
    return new Promise((resolve, reject) => {
      const id = ++this.#count;
      this.#pending.set(id, { resolve, reject });
      /** @type {import('node:stream').Writable} */ (this.#process.stdio[3]).write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  }

  /** @param {string} method  of an event; it has one listener @param {(params: any) => void} listener */
  on(method, listener) {
    this.#listeners.set(method, listener);
  }

  /** An empty window with a profile of its own. @param {string} source  runs in the page before its scripts */
  async open(source) {
    const { browserContextId } = await this.send('Target.createBrowserContext');
    const { targetId } = await this.send('Target.createTarget', { url: 'about:blank', browserContextId, ...WINDOW });
    const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true });
    await this.send('Page.enable', {}, sessionId);
    await this.send('Page.addScriptToEvaluateOnNewDocument', { source }, sessionId);
    return new PipePage(this, sessionId, browserContextId);
  }

  async close() {
    this.send('Browser.close').catch(() => {}); // it may end before it answers
    await this.#ended;
    rmSync(this.#profile, { recursive: true, maxRetries: 3 });
  }
}

export class PipePage {
  #browser;
  #session;
  #context;

  /** @param {ChromiumPipe} browser @param {string} session @param {string} context */
  constructor(browser, session, context) {
    this.#browser = browser;
    this.#session = session;
    this.#context = context;
  }

  /** Resolves when it is on its way. @param {string} url */
  async goto(url) {
    await this.#browser.send('Page.navigate', { url }, this.#session);
  }

  /** The value of an expression. @param {string} expression @returns {Promise<any>} */
  async evaluate(expression) {
    const { result, exceptionDetails } = await this.#browser.send('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true }, this.#session);
    if (exceptionDetails) throw new Failure(`in the page: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
    return result.value;
  }

  async close() {
    await this.#browser.send('Target.disposeBrowserContext', { browserContextId: this.#context });
  }
}
