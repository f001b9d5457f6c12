// SPDX-License-Identifier: MIT
// The chapters: figures begin by themselves and wait out of view, a pressed claim makes the run it was read off, axe finds nothing,
// nothing moves, by keyboard, on a phone, in print.
import assert from 'node:assert/strict';
import { PAGES } from '../../../web/site/chapters/pages.mjs';
import { axe, frames, holds, test } from '../harness.mjs';

const LIVE = PAGES.filter((slug) => !['index', 'glossary'].includes(slug));
/** Nothing is fetched before a lab is near. */
const PHONE = { width: 320, height: 800 };

/** @param {() => import('../harness.mjs').Lab} lab */
export default function chapters(lab) {
  /** @param {string} path @param {import('../harness.mjs').PageOptions} [options] */
  async function open(path, options) {
    const window = await lab().window(options);
    await window.page.goto(`${lab().url}chapters/${path}`);
    return window;
  }

  /** The step a figure is at; NaN before there is one. @param {import('playwright-core').Page} page @param {string} id */
  const stepOf = (page, id) => page.evaluate((of) => /** @type {any} */ (document.getElementById(of)).experiment?.frame?.timesteps ?? NaN, id);
  /** @param {import('playwright-core').Page} page @param {string} id @param {string[]} phases */
  const rests = (page, id, ...phases) => holds(page, ([of, wanted]) => wanted.includes(/** @type {any} */ (document.getElementById(of)).phase), /** @type {const} */ ([id, phases]), 90_000);

  for (const slug of PAGES) {
    for (const [language, colorScheme] of /** @type {const} */ ([['en', 'light'], ['zh', 'dark']])) {
      test(`${slug}, ${language}, ${colorScheme}: axe finds nothing, on a phone nothing is wider than the page, the other language is a link away`, async () => {
        const { page, close } = await open(`${language}/${slug}.html`, { colorScheme, viewport: PHONE });
        if (LIVE.includes(slug)) await rests(page, await page.locator('bellhop-lab').first().getAttribute('id') ?? '', 'loading', 'ready', 'running', 'paused');
        assert.deepEqual(await axe(page), []);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'it scrolls sideways');
        await page.click('.language');
        await page.waitForURL(`**/${language === 'en' ? 'zh' : 'en'}/${slug}.html`);
        await close();
      });
    }
  }

  test('a figure begins when it is seen, the others have not; it waits out of view', async () => {
    const { page, close } = await open(`en/${LIVE[0]}.html`);
    const ids = await page.locator('bellhop-lab').evaluateAll((labs) => labs.map(({ id }) => id));
    await page.locator(`#${ids[0]}`).scrollIntoViewIfNeeded();
    await holds(page, (id) => /** @type {any} */ (document.getElementById(id)).experiment?.frame?.timesteps > 2, ids[0]);
    assert.ok(Number.isNaN(await stepOf(page, ids[ids.length - 1])), 'the last one is not near');
    await page.locator('footer').scrollIntoViewIfNeeded();
    await holds(page, (id) => /** @type {any} */ (document.getElementById(id)).experiment?.isSuspended, ids[0]);
    await frames(page, 4);
    const at = await stepOf(page, ids[0]);
    await frames(page, 30);
    assert.equal(await stepOf(page, ids[0]), at);
    await close();
  });

  test('a page does not move while its figures come: text and figures stay where they are', async () => {
    const { page, close } = await open(`en/${LIVE[0]}.html`);
    const places = () => page.evaluate(() => [...document.querySelectorAll('article > *, figcaption')].map((element) => Math.round(element.getBoundingClientRect().top + scrollY)));
    await page.evaluate(() => document.fonts.ready);
    const before = await places();
    await page.evaluate(() => {
      Object.assign(globalThis, { moved: 0 });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) /** @type {any} */ (globalThis).moved += /** @type {any} */ (entry).value;
      }).observe({ type: 'layout-shift' });
    });
    for (const id of await page.locator('bellhop-lab').evaluateAll((labs) => labs.map((lab) => lab.id))) {
      await page.locator(`#${id}`).scrollIntoViewIfNeeded();
      await holds(page, (of) => /** @type {any} */ (document.getElementById(of)).phase !== 'loading', id);
      await frames(page, 10);
    }
    assert.deepEqual(await places(), before);
    const moved = await page.evaluate(() => /** @type {any} */ (globalThis).moved);
    assert.ok(moved < 0.001, `layout shift, also inside the labs: ${moved}`);
    await close();
  });

  test('a pressed claim, by keyboard too, makes its run in the figure, to its step; the fingerprint is that of the text', async () => {
    const { page, close } = await open('en/proofs.html');
    const claims = page.locator('button.claim');
    const print = claims.filter({ hasText: /^[0-9a-f]{12}$/ }).first();
    const { figure = '', stop = '' } = await print.evaluate((button) => ({ .../** @type {HTMLElement} */ (button).dataset }));
    await print.focus();
    await page.keyboard.press('Enter');
    await holds(page, ([id, step]) => /** @type {any} */ (document.getElementById(id)).experiment?.frame?.timesteps === Number(step), /** @type {const} */ ([figure, stop]), 90_000);
    await rests(page, figure, 'paused', 'finished');
    const hashOf = () => page.evaluate((id) => /** @type {any} */ (document.getElementById(id)).sha256(), figure);
    assert.equal((await hashOf()).slice(0, 12), await print.textContent());
    // Whatever the reader has changed meanwhile, and pressed once more, it is that run.
    await page.evaluate((id) => /** @type {any} */ (document.getElementById(id)).set({ learningRate: 0.123 }), figure);
    await print.click();
    await holds(page, ([id, step]) => {
      const { experiment } = /** @type {any} */ (document.getElementById(id));
      return experiment?.setup.changes.length === 0 && experiment.frame?.timesteps === Number(step);
    }, /** @type {const} */ ([figure, stop]), 90_000);
    await rests(page, figure, 'paused', 'finished');
    assert.equal((await hashOf()).slice(0, 12), await print.textContent());
    await close();
  });

  test('a claim about a variant shows that variant; the next one, the figure’s own run again', async () => {
    const { page, close } = await open(`en/${LIVE[0]}.html`);
    const data = await page.locator('button.claim').evaluateAll((buttons) => buttons.map((button) => ({ .../** @type {HTMLElement} */ (button).dataset })));
    const own = data.findIndex(({ lab: given = '{}', stop }) => JSON.parse(given).settings === '' && stop);
    const variant = data.findIndex(({ figure, lab: given = '{}', stop }) => figure === data[own].figure && given !== data[own].lab && stop);
    assert.ok(own >= 0 && variant >= 0, 'a figure with claims about it and about a variant');
    await page.evaluate(() => document.querySelectorAll('details').forEach((details) => (details.open = true))); // claims stand in answers, too
    for (const i of [variant, own]) {
      const { figure = '', lab: given = '{}', stop } = data[i], { env, seed, settings } = JSON.parse(given);
      await page.locator('button.claim').nth(i).click();
      await holds(page, ([id, step]) => /** @type {any} */ (document.getElementById(id)).experiment?.frame?.timesteps === Number(step), /** @type {const} */ ([figure, stop]), 90_000);
      const setup = await page.evaluate((id) => /** @type {any} */ (document.getElementById(id)).setup, figure);
      assert.deepEqual([setup.env, setup.seed], [env, Number(seed)]);
      assert.equal(Object.keys({ ...setup.options, ...setup.envOptions }).length, Object.keys(settings === '' ? {} : JSON.parse(settings)).length);
    }
    await close();
  });

  test('below a figure stands whose run it shows; from there the reader comes back to the text, and to the figure as it was', async () => {
    const { page, close } = await open(`zh/${LIVE[0]}.html`);
    await page.evaluate(() => document.querySelectorAll('details').forEach((details) => (details.open = true))); // claims stand in answers, too
    const claim = page.locator('button.claim[data-seeds]').first();
    const { figure = '', seeds } = await claim.evaluate((button) => ({ .../** @type {HTMLElement} */ (button).dataset }));
    const before = await page.evaluate((id) => /** @type {any} */ (document.getElementById(id)).settings, figure);
    await claim.click();
    const line = page.locator(`#${figure} + .of-claim`);
    assert.match(await line.textContent() ?? '', new RegExp(`取自 ${seeds} 次运行`));
    await line.locator('button').first().click();
    assert.ok(await claim.evaluate((button) => button === document.activeElement));
    await line.locator('button').nth(1).click();
    await line.waitFor({ state: 'detached' });
    assert.deepEqual(await page.evaluate((id) => JSON.stringify(/** @type {any} */ (document.getElementById(id)).settings), figure), JSON.stringify(JSON.parse(before || '{}')));
    await rests(page, figure, 'running', 'paused', 'finished');
    await close();
  });

  test('a question opens by keyboard; the list of chapters leads to the next; the theme is kept', async () => {
    const { page, close } = await open(`en/${LIVE[0]}.html`);
    const question = page.locator('details.question').first();
    await question.locator('summary').focus();
    await page.keyboard.press('Enter');
    await question.locator('div').first().waitFor({ state: 'visible' });
    await page.click('#theme');
    await page.click('a[rel=next]');
    await page.waitForURL(`**/en/${LIVE[1]}.html`);
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
    await page.click('.all summary');
    await page.click('.all [href="glossary.html"]');
    await page.waitForURL('**/glossary.html');
    await close();
  });

  test('in print there are the text with its answers and the figures as they stand, as high as they are, and no buttons or fields around them', async () => {
    const { page, close } = await open(`en/${LIVE[0]}.html`);
    const id = await page.locator('bellhop-lab').first().getAttribute('id') ?? '';
    await page.locator(`#${id}`).scrollIntoViewIfNeeded();
    await holds(page, (of) => /** @type {any} */ (document.getElementById(of)).experiment?.frame?.timesteps > 0, id);
    await page.emulateMedia({ media: 'print' });
    for (const hidden of ['.tools', '.turn', '.contents', '.open']) assert.ok(await page.locator(hidden).first().isHidden(), hidden);
    assert.ok(await page.locator('.question div').first().isVisible(), 'the answers');
    const lab = page.locator(`#${id}`);
    assert.deepEqual(await lab.evaluate((of) => {
      Object.assign(/** @type {HTMLElement} */ (of).style, { height: '100px', overflow: 'auto' });
      const { height, overflow } = getComputedStyle(of);
      return [parseFloat(height) > 200, overflow];
    }), [true, 'visible'], 'whatever height its host gave it');
    for (const field of await lab.locator('select, input[type=text]').all()) assert.equal(await field.evaluate((of) => getComputedStyle(of).borderTopWidth), '0px');
    assert.ok(await lab.locator('#play').isHidden());
    await page.emulateMedia({ media: 'screen' });
    await close();
  });

  test('the page leads to the chapters in the reader’s language', async () => {
    const { page, close } = await lab().open('#lang=zh');
    await page.click('#chapters');
    await page.waitForURL('**/chapters/zh/index.html');
    await close();
  });
}
