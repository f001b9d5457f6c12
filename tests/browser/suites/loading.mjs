// SPDX-License-Identifier: MIT
// What the first load fetches and in which order things happen: nothing twice, nothing that is only needed later, the
// worker and the run before all that. Says nothing about how long it takes.
import assert from 'node:assert/strict';
import { chartFiles, firstLoadFiles, keepingFiles, stillFiles } from '../../../build/bench/sizes.mjs';
import { frames, holds, setSpeed, test, text } from '../harness.mjs';

const MOMENTS = ['script', 'library', 'ready', 'first-update'];

/** @param {() => import('../harness.mjs').Lab} lab */
export default function loading(lab) {
  /** The files that were asked for, as often as they were; the browser asks for its icon when it likes. @param {import('../harness.mjs').Trouble} trouble */
  const files = ({ requests }) => requests.map((url) => url.split('#')[0].slice(lab().url.length) || 'index.html').filter((file) => !file.endsWith('icon.svg'));
  /** The page has all it needs for now. @param {import('../harness.mjs').Page} page */
  const charts = async (page) => {
    await page.click('#step');
    await holds(page, () => document.querySelector('bellhop-lab')?.shadowRoot?.querySelectorAll('.uplot').length === 4);
  };

  test('the first load, the charts and what keeps runs are what `npm run bench` counts, each file once', async () => {
    const { page, trouble, close } = await lab().open('', { saveData: true }); // so that nothing is fetched for later
    await frames(page, 120);
    assert.deepEqual(files(trouble).sort(), firstLoadFiles().filter((file) => !file.endsWith('icon.svg')).sort(), 'until something is pressed');
    await charts(page);
    while (!stillFiles().every((file) => files(trouble).includes(file))) await frames(page, 1); // the run is saved when its first frame is drawn
    await holds(page, (n) => performance.getEntriesByType('resource').filter(({ name }) => name.includes('keeping-')).length === n, 1);
    await frames(page, 20);
    assert.deepEqual(files(trouble).sort(), [...new Set([...firstLoadFiles(), ...chartFiles(), ...stillFiles(), ...keepingFiles()])].filter((file) => !file.endsWith('icon.svg')).sort());
    await close();
  });

  test('one language is fetched, and the other one when it is asked for', async () => {
    const { page, trouble, close } = await lab().open('', { locale: 'zh-CN', saveData: true });
    await charts(page);
    const catalogues = () => files(trouble).filter((file) => /^(en|zh|help)/.test(file)).map((file) => file.split('-').slice(0, -1).join('-'));
    assert.deepEqual(catalogues().sort(), ['zh', 'zh-site']);
    await page.click('#lang-en');
    await holds(page, () => document.documentElement.lang === 'en-US');
    await page.click('#lang-zh');
    await holds(page, () => document.documentElement.lang === 'zh-CN');
    await page.click('#settings summary');
    await page.waitForSelector('.setting');
    await holds(page, () => /\p{Script=Han}/u.test(/** @type {any} */ (globalThis).$('set-options-learningRate-help')?.textContent.split(' ')[0] ?? ''));
    assert.deepEqual(catalogues().sort(), ['en', 'en-site', 'zh', 'zh-fields', 'zh-help', 'zh-settings', 'zh-site']);
    await close();
  });

  test('the language asked for last is the one that comes', async () => {
    const { page, close } = await lab().open();
    await page.evaluate(() => ['zh', 'en', 'zh'].forEach((language) => document.getElementById(`lang-${language}`)?.click()));
    await holds(page, () => document.documentElement.lang === 'zh-CN');
    await page.evaluate(() => ['en', 'zh', 'en'].forEach((language) => document.getElementById(`lang-${language}`)?.click()));
    await holds(page, () => document.documentElement.lang === 'en-US');
    assert.equal(await page.getAttribute('#lang-en', 'aria-pressed'), 'true');
    await holds(page, () => /** @type {any} */ (globalThis).$('play-text')?.textContent === 'Play');
    await close();
  });

  test('the moments of the start are marked, in their order', async () => {
    const { page, close } = await lab().open();
    await holds(page, () => performance.getEntriesByName('bellhop:ready').length > 0);
    assert.deepEqual(await marks(page), MOMENTS.slice(0, 3), 'nothing has learned before Play');
    await setSpeed(page, 5);
    await page.click('#play');
    await holds(page, () => performance.getEntriesByName('bellhop:first-update').length > 0);
    assert.deepEqual(await marks(page), MOMENTS);
    await close();
  });

  test('nothing moves while the page starts, whatever its size', async () => {
    for (const viewport of [{ width: 390, height: 844 }, { width: 768, height: 1024 }, { width: 1920, height: 1080 }]) {
      const { page, close } = await lab().open('', { viewport });
      await holds(page, () => performance.getEntriesByName('bellhop:ready').length > 0);
      await frames(page, 10);
      assert.equal(await page.evaluate(() => /** @type {any} */ (window).watched.shift), 0, `${viewport.width} by ${viewport.height}`);
      await close();
    }
  });

  test('the foot of the page is there before its script', async () => {
    const { page, close } = await openWith(lab(), '**/site.js', { status: 200, contentType: 'text/javascript', body: '' });
    assert.ok(await page.locator('footer').isVisible());
    await close();
  });

  test('where the SIMD binary does not compile, the scalar one is fetched', async () => {
    const { page, trouble, close } = await openWith(lab(), '**/bellhop-simd.wasm', { status: 200, contentType: 'application/wasm', body: '\0asm\x01\0\0\0?' });
    await page.waitForSelector('#play:enabled');
    assert.ok(trouble.requests.some((url) => url.endsWith('bellhop-scalar.wasm')));
    await close();
  });

  test('without words the page says so once; one click has the whole page, and is offered again while there is no connection', async () => {
    const { page, context, trouble, close } = await openWith(lab(), '**/en-*.js', { status: 404 });
    await page.waitForSelector('#overlay');
    assert.match(await text(page, 'overlay-text'), /could not be loaded/);
    assert.match(await text(page, 'overlay-action'), /Try again/);
    const stays = await page.evaluate(() => (/** @type {any} */ (globalThis).stays = Math.random()));
    await context.setOffline(true);
    await page.click('#overlay-action');
    await frames(page, 10);
    await holds(page, () => /** @type {any} */ (globalThis).$('overlay-action'));
    assert.equal(await page.evaluate(() => /** @type {any} */ (globalThis).stays), stays, 'the page has not gone');
    await context.setOffline(false);
    await page.unroute('**/en-*.js');
    await page.click('#overlay-action');
    await holds(page, () => /** @type {any} */ (globalThis).$('play')?.disabled === false);
    assert.equal(await page.locator('#overlay').count(), 0);
    for (const error of trouble.errors.splice(0)) assert.match(error, /404|ERR_INTERNET_DISCONNECTED/, 'of the browser');
    await close();
  });
}

/** @param {import('../harness.mjs').Page} page @returns {Promise<string[]>} names in the order of their times */
function marks(page) {
  return page.evaluate(() => performance.getEntriesByType('mark').filter(({ name }) => name.startsWith('bellhop:'))
    .sort((a, b) => a.startTime - b.startTime).map(({ name }) => name.replace('bellhop:', '')));
}

/** A page for which some files are others. @param {import('../harness.mjs').Lab} lab @param {string} pattern @param {object} answer */
async function openWith(lab, pattern, answer) {
  const window = await lab.window();
  await window.page.route(pattern, (route) => route.fulfill(answer));
  await window.page.goto(lab.url);
  return window;
}
