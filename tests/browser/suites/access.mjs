// SPDX-License-Identifier: MIT
// For everybody: axe finds nothing serious in light and dark, all is done by keyboard, both languages, a phone's
// width, a resting page.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import enFirst from '../../../web/strings/en.mjs';
import enLater from '../../../web/strings/en-later.mjs';
import zh from '../../../web/strings/zh.mjs';
import { number, pause, reach, setSpeed, text } from '../harness.mjs';

const en = { ...enFirst, ...enLater };
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** @param {() => import('../harness.mjs').Lab} lab */
export default function access(lab) {
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    test(`axe, ${colorScheme}`, async () => {
      for (const env of ['GridWorld-v0', 'MountainCar-v0', 'Breakout-MinAtar', 'Bandit-v0', 'TextGen-v0']) {
        const { page, close } = await lab().open(`#env=${env}`, { colorScheme });
        await page.click('#settings summary');
        await page.waitForSelector('.setting');
        if (env === 'GridWorld-v0') await page.click('#edit');
        await page.click('#step');
        await reach(page, 'count-steps', 1);
        await page.evaluate(axeSource);
        const found = await page.evaluate(async () => {
          const { violations } = await /** @type {any} */ (window).axe.run(document, { resultTypes: ['violations'] });
          return violations.map((/** @type {any} */ v) => `${v.impact} ${v.id}: ${v.nodes.map((/** @type {any} */ n) => n.target.join(' ')).slice(0, 4).join(', ')}`);
        });
        assert.deepEqual(found.filter((/** @type {string} */ line) => /^(serious|critical)/.test(line)), [], env);
        await close();
      }
    });
  }

  test('by keyboard: Space plays and pauses, S steps, R resets, arrows choose a tab and move the charts’ cursor', async () => {
    const { page, close } = await lab().open();
    await page.keyboard.press('s');
    await reach(page, 'count-steps', 1);
    await page.keyboard.press('Space');
    await page.waitForFunction(() => document.getElementById('play-text')?.textContent === 'Pause');
    await reach(page, 'count-steps', 40);
    await page.keyboard.press('Space');
    await page.waitForFunction(() => document.getElementById('phase')?.dataset.phase === 'paused');
    await page.focus('#charts');
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowLeft');
    assert.match(await text(page, 'live'), /^At step \d/);
    await page.keyboard.press('r');
    await page.waitForFunction(() => document.getElementById('count-steps')?.textContent === '0');
    await page.focus('#tab-grid');
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction(() => location.hash.includes('CartPole'));
    assert.equal(await page.getAttribute('#tab-control', 'aria-selected'), 'true');
    await page.focus('#seed');
    await page.keyboard.type('5');
    assert.equal(await number(page, 'count-steps'), 0, 'keys in a field are the field’s');
    await close();
  });

  test('languages: everything changes, and back', async () => {
    const { page, close } = await lab().open();
    await page.click('#lang-zh');
    await page.waitForFunction(() => document.documentElement.lang === 'zh-CN');
    assert.equal(await text(page, 'play-text'), zh.play);
    assert.equal(await page.title(), zh.title);
    assert.match(await text(page, 'state-text'), /第 1 格/);
    await page.click('#settings summary');
    await page.waitForSelector('.setting');
    const words = await page.locator('main').innerText();
    for (const sentence of [en['truth.caption'], en['beliefs'], en['settings']]) assert.ok(!words.includes(sentence), sentence);
    await page.click('#lang-en');
    await page.waitForFunction(() => document.documentElement.lang === 'en-US');
    assert.equal(await text(page, 'play-text'), en.play);
    await close();
  });

  test('a Chinese browser begins in Chinese', async () => {
    const { page, close } = await lab().open('', { locale: 'zh-CN' });
    assert.equal(await text(page, 'play-text'), zh.play);
    await close();
  });

  test('the words of index.html are the English ones', async () => {
    const html = await (await fetch(lab().url)).text();
    for (const [, key, words] of html.matchAll(/data-t="([^"]+)"[^>]*>([^<]*)</g)) {
      if (words.trim() !== '') assert.equal(words, en[/** @type {keyof typeof en} */ (key)], key);
    }
    for (const [, words, key] of html.matchAll(/aria-label="([^"]+)"[^>]*data-t-label="([^"]+)"/g)) {
      assert.equal(words, en[/** @type {keyof typeof en} */ (key)], key);
    }
  });

  test('a phone: 390 px, nothing sticks out, in both languages', async () => {
    for (const lang of ['en', 'zh']) {
      const { page, close } = await lab().open(`#lang=${lang}`, { viewport: { width: 390, height: 844 }, hasTouch: true });
      await page.click('#settings summary');
      await page.waitForSelector('.setting');
      await setSpeed(page, 4); // at full speed the first run may end before it is paused, and Play goes on
      for (const tab of ['grid', 'control', 'pixels', 'text']) {
        await page.click(`#tab-${tab}`);
        await page.click('#play');
        await reach(page, 'count-steps', 20);
        await pause(page);
        const [width, inner] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
        assert.ok(width <= inner, `${lang}, ${tab}: ${width} px wide on ${inner}`);
      }
      await close();
    }
  });

  test('dark and light by the switch, remembered', async () => {
    const { page, close } = await lab().open('', { colorScheme: 'light' });
    await page.click('#theme');
    assert.equal(await page.getAttribute('html', 'data-theme'), 'dark');
    await page.reload();
    await page.waitForFunction(() => document.documentElement.dataset.theme === 'dark');
    assert.equal(await page.getAttribute('#theme', 'aria-pressed'), 'true');
    await close();
  });
}
