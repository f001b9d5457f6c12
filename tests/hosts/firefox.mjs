// SPDX-License-Identifier: MIT
// `npm run test:firefox`: the built site in Firefox, which puppeteer drives by WebDriver BiDi (playwright needs a Firefox of its own
// making). The page, the element in a page of another origin, load() and connect() from there, and the golden runs: the same bits.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import puppeteer from 'puppeteer-core';
import { SITE } from '../../build/build.mjs';
import { serve } from '../../build/serve.mjs';
import { FOR_FIREFOX_TESTS, firefoxPath, setup } from '../../build/setup.mjs';
import { ROOT } from '../../build/run.mjs';
import { load } from '../../web/node/node.mjs';
import { withoutOptions } from '../golden/golden.mjs';
import { page as html, writeScript } from './project.mjs';

/** @typedef {import('puppeteer-core').Page} Page */
/** @typedef {{ page: Page, close: () => Promise<void> }} Window */

const GOLDEN = JSON.parse(readFileSync(join(ROOT, 'tests/golden/runs.json'), 'utf8'));
/** Each of the four tabs. */
const TABS = ['grid', 'control', 'pixels', 'text'];
/** A machine may be busy: what takes longer than this will never come. */
const SECONDS = 200;
/** Steps a tab takes before it is left. */
const STEPS = 300;

/** @type {import('puppeteer-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */
let site;
/** @type {Awaited<ReturnType<typeof serve>>} Somebody's pages, of another origin. */
let other;
const folder = mkdtempSync(join(tmpdir(), 'bellhop-firefox-'));

before(async () => {
  await setup(FOR_FIREFOX_TESTS);
  assert.ok(existsSync(join(SITE, 'site.js')), 'build/out/site is missing: npm run build');
  site = await serve({ root: SITE, port: 0, headers: { 'Access-Control-Allow-Origin': '*' } });
  const { origin } = new URL(site.url);
  const policy = `default-src 'none'; script-src 'self' ${origin} 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' ${origin} data:; connect-src ${origin}; worker-src blob:; frame-src ${origin}`;
  other = await serve({ root: folder, port: 0, headers: { 'Content-Security-Policy': policy } });
  browser = await puppeteer.launch({ browser: 'firefox', executablePath: firefoxPath() ?? undefined, headless: true });
});
after(async () => {
  await browser?.close();
  await Promise.all([site?.close(), other?.close()]);
  rmSync(folder, { recursive: true });
});

/** A window whose errors, warnings and violations are what its `close()` fails on. @param {string} url @param {RegExp} [expected] what the browser says of itself @returns {Promise<Window>} */
async function open(url, expected = /(?!)/) {
  const page = await browser.newPage();
  /** @type {string[]} */
  const trouble = [];
  page.on('pageerror', (error) => trouble.push(/** @type {Error} */ (error).message));
  page.on('console', (message) => {
    if (['error', 'warn', 'warning'].includes(message.type())) trouble.push(message.text());
  });
  await page.evaluateOnNewDocument(() => {
    /** @type {any} */ (globalThis).violations = [];
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => /** @type {any} */ (globalThis).violations.push(`${violatedDirective} ${blockedURI}`));
  });
  await page.goto(url);
  const close = async () => {
    trouble.push(...await page.evaluate(() => /** @type {any} */ (globalThis).violations));
    await page.close();
    assert.deepEqual(trouble.filter((line) => !expected.test(line)), []);
  };
  return { page, close };
}

/** Waits until a function of the page returns something true, and resolves to that. @template T @param {Page} page @param {(...values: any[]) => T} look @param {...unknown} values @returns {Promise<T>} */
async function holds(page, look, ...values) {
  for (const end = Date.now() + SECONDS * 1000; Date.now() < end; await wait(50)) {
    const found = await page.evaluate(look, ...values);
    if (found) return /** @type {T} */ (found);
  }
  throw new assert.AssertionError({ message: `it never came to hold: ${look} ${values}` });
}

/** What a script of another origin's page puts into `results`. @param {string} name @param {string} script @returns {Promise<any>} */
async function resultsOf(name, script) {
  writeFileSync(join(folder, `${name}.html`), html(`./${name}.js`));
  writeFileSync(join(folder, `${name}.js`), script);
  return results(`${name}.html`);
}

/** @param {string} file @param {RegExp} [expected] */
async function results(file, expected) {
  const { page, close } = await open(other.url + file, expected);
  const found = await holds(page, () => /** @type {any} */ (globalThis).results);
  await close();
  return found;
}

/** The fingerprint of the same run in Node. @param {string} env @param {number} seed @param {number} totalTimesteps */
async function inNode(env, seed, totalTimesteps) {
  const bh = await load({ text: false });
  const model = new bh.DQN(bh.make(/** @type {any} */ (env)), { seed });
  await model.learn({ totalTimesteps });
  return model.sha256();
}

for (const tab of TABS) {
  test(`the page: the tab ${tab} opens and Play trains`, async () => {
    const { page, close } = await open(site.url);
    const inLab = (/** @type {string} */ id) => document.getElementById(id) ?? document.querySelector('bellhop-lab')?.shadowRoot?.getElementById(id);
    await page.evaluate(`globalThis.inLab = ${inLab}`);
    await holds(page, () => /** @type {any} */ (globalThis).inLab('play')?.disabled === false);
    await page.evaluate((id) => document.getElementById(id)?.click(), `tab-${tab}`);
    await holds(page, () => /** @type {any} */ (globalThis).inLab('play')?.disabled === false);
    await page.evaluate(() => {
      const { inLab: get } = /** @type {any} */ (globalThis), speed = get('speed');
      speed.value = speed.max;
      speed.dispatchEvent(new Event('input', { bubbles: true }));
      get('play').click();
    });
    await holds(page, (least) => /** @type {any} */ (document.querySelector('bellhop-lab')).experiment?.frame?.timesteps > least, STEPS);
    await holds(page, () => Boolean(document.querySelector('bellhop-lab')?.shadowRoot?.querySelector('.uplot canvas')));
    await close();
  });
}

const LAB = `<bellhop-lab env="CartPole-v1" seed="6" speed="max" autoplay background settings='{"totalTimesteps": 900}'></bellhop-lab>`;

/** A page of another origin with a lab, once that has finished. @param {string} script  of the site */
async function article(script) {
  const name = script.replace('.js', '.html');
  writeFileSync(join(folder, name), html(site.url + script, script.includes('classic')).replace('<body>', `<body>${LAB}`));
  const opened = await open(other.url + name);
  const print = await holds(opened.page, () => {
    const { phase, experiment } = /** @type {any} */ (document.querySelector('bellhop-lab'));
    return phase === 'finished' && experiment.print && { ...experiment.print, isOffThread: experiment.trainer.isOffThread };
  });
  assert.deepEqual(print, { step: 900, hash: (await inNode('CartPole-v1', 6, 900)).slice(0, 12), isOffThread: true });
  return opened;
}

for (const script of ['bellhop-lab-all.js', 'bellhop-lab-all.classic.js']) {
  test(`the element in a page of another origin gives the run that Node gives: ${script}`, async () => {
    await (await article(script)).close();
  });
}

for (const sandbox of ['', 'sandbox="allow-scripts"']) {
  test(`a frame in a page of another origin trains and tells its parent: ${sandbox || 'no sandbox'}`, async () => {
    const frame = `<iframe width="800" height="700" ${sandbox} src="${site.url}embed.html?env=CartPole-v1&seed=6&speed=max&autoplay&background&totalTimesteps=900"></iframe>`;
    writeFileSync(join(folder, 'frame.html'), html('./frame.js').replace('<script', `${frame}<script`));
    writeFileSync(join(folder, 'frame.js'), 'globalThis.phases = [];\naddEventListener("message", ({ data }) => data.type === "phase" && phases.push(data.phase));\n');
    const { page, close } = await open(`${other.url}frame.html`);
    await holds(page, () => /** @type {any} */ (globalThis).phases?.includes('finished'));
    await close();
  });
}

test('the page in one file, from the disk, trains', async () => {
  const { page, close } = await open(pathToFileURL(join(SITE, 'bellhop.html')).href);
  await holds(page, () => /** @type {any} */ (document.querySelector('bellhop-lab'))?.phase === 'ready');
  await page.evaluate(() => /** @type {any} */ (document.querySelector('bellhop-lab')).play());
  await holds(page, (least) => /** @type {any} */ (document.querySelector('bellhop-lab')).experiment.frame.timesteps > least, 20);
  await close();
});

test('the element in a page of another origin, its files beside it, gives the run that Node gives, and follows theme and language', async () => {
  const { page, close } = await article('bellhop-lab.js');
  const drawn = () => page.evaluate(() => {
    const canvas = document.querySelector('bellhop-lab')?.shadowRoot?.querySelector('canvas');
    return canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data.reduce((sum, value) => sum + value, 0);
  });
  const [light, ground] = [await drawn(), await groundOf(page)];
  assert.ok(light, 'its world is drawn');
  await page.evaluate(() => void Object.assign(/** @type {any} */ (document.querySelector('bellhop-lab')), { theme: 'dark', lang: 'zh' }));
  await holds(page, () => document.querySelector('bellhop-lab')?.shadowRoot?.getElementById('play-text')?.textContent === '继续');
  assert.deepEqual([ground, await groundOf(page)], ['rgb(255, 255, 255)', 'rgb(21, 23, 26)']);
  assert.notEqual(await drawn(), light, 'and follows the theme');
  await close();
});

/** The colour beneath a lab. @param {Page} page */
const groundOf = (page) => page.evaluate(() => getComputedStyle(/** @type {Element} */ (document.querySelector('bellhop-lab')?.shadowRoot?.querySelector('.lab'))).backgroundColor);

test('the notebook widget, from its URL, with a model of its host', async () => {
  const traits = { env: 'CartPole-v1', seed: 6, speed: 'max', autoplay: true, background: true, settings: { total_timesteps: 900 } };
  const { fingerprint, error, timesteps } = await resultsOf('widget', `import widget from '${site.url}bellhop-widget.js';
    const state = ${JSON.stringify(traits)};
    const model = { get: (name) => state[name], set: (name, value) => (state[name] = value), on() {}, off() {}, save_changes: () => state.fingerprint && state.phase === 'finished' && (globalThis.results = { ...state }) };
    const { initialize, render } = await widget();
    await initialize({ model });
    render({ model, el: document.body });`);
  assert.deepEqual({ fingerprint, error, timesteps }, { fingerprint: await inNode('CartPole-v1', 6, 900), error: undefined, timesteps: 900 });
});

test('load() and connect() from another origin give the run that Node gives', async () => {
  writeFileSync(join(folder, 'index.html'), html('./src/index.js'));
  writeScript({ folder, version: '' }, `${site.url}bellhop.mjs`);
  const hash = await inNode('GridWorld-v0', 3, 1200);
  const noWorkerThere = /may not load data from .*\/worker\.mjs/; // it is tried first; then the one inside
  assert.deepEqual(await results('index.html', noWorkerThere), { load: hash, connect: hash });
});

for (const [simd, kind] of /** @type {const} */ ([[true, 'wasm-simd128'], [false, 'scalar']])) {
  test(`golden runs, ${kind}`, async () => {
    const [ofRuns, ofText] = [GOLDEN.sha256, GOLDEN.text_sha256].map((runs) => (simd ? runs : withoutOptions(runs)));
    await cp(join(ROOT, 'tests/golden/golden.mjs'), join(folder, 'golden.mjs'));
    const found = await resultsOf(`golden-${kind}`, `import { load } from '${site.url}bellhop.mjs';
      import { goldenRuns, goldenTexts } from './golden.mjs';
      const bh = await load({ simd: ${simd}, text: true });
      const runs = await goldenRuns(bh, ${JSON.stringify(Object.keys(ofRuns))});
      const readCorpus = async (file) => new Uint8Array(await (await fetch('${site.url}static/' + file)).arrayBuffer());
      const text = await goldenTexts(bh, ${JSON.stringify(Object.keys(ofText))}, readCorpus);
      globalThis.results = { kind: bh.simd, runs: Object.fromEntries(Object.entries(runs).map(([name, { sha256 }]) => [name, sha256])), text };`);
    assert.deepEqual(found, { kind, runs: ofRuns, text: ofText });
  });
}
