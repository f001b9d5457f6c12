// SPDX-License-Identifier: MIT
// For everybody: axe finds nothing in light and dark, all is done by keyboard, both languages, a phone's
// width, a resting page.
import assert from 'node:assert/strict';
import english from '../../../web/lab/strings/en.mjs';
import enSite from '../../../web/lab/strings/en-site.mjs';
import enText from '../../../web/lab/strings/en-text.mjs';
import chinese from '../../../web/lab/strings/zh.mjs';
import zhSite from '../../../web/lab/strings/zh-site.mjs';
import { allText, axe, holds, link, number, pause, phase, reach, says, setSpeed, test, text } from '../harness.mjs';

const [en, zh] = [{ ...english, ...enSite }, { ...chinese, ...zhSite }];

/** Worlds that no other suite shows to axe (faults.mjs: the first of every tab; text.mjs: the views of Text), by their colours. */
const VIEWS = /** @type {const} */ ([['light', 'env=Bandit-v0'], ['dark', 'env=MountainCar-v0'], ['light', 'env=DeepSea-v0'], ['dark', 'env=Bandit-v0'], ['light', 'env=Breakout-MinAtar']]);

/** @param {() => import('../harness.mjs').Lab} lab */
export default function access(lab) {
  for (const [colorScheme, view] of VIEWS) {
    test(`axe, ${colorScheme}, ${view}`, async () => {
      const { page, close } = await lab().open(`#${view}`, { colorScheme });
      await page.click('#settings summary');
      await page.waitForSelector('.setting');
      await page.click('#step');
      await reach(page, 'count-steps', 1);
      await page.waitForSelector('.uplot');
      assert.deepEqual(await axe(page), []);
      await close();
    });
  }

  test('by keyboard: Space plays and pauses, S steps, R resets, arrows choose a tab and move the charts’ cursor', async () => {
    const { page, close } = await lab().open();
    await setSpeed(page, 2);
    await page.locator('#speed').blur();
    await page.keyboard.press('s');
    await reach(page, 'count-steps', 1);
    await says(page, 'live', /step 1, /);
    await page.keyboard.press('s');
    await says(page, 'live', /step 2, /); // each step of a run that stands still is told
    await page.keyboard.press('Space');
    await says(page, 'play-text', /^Pause$/);
    await reach(page, 'count-steps', 40);
    await page.keyboard.press('Space');
    await phase(page, 'paused');
    await page.focus('#charts');
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowLeft');
    await says(page, 'live', /^At step \d/);
    await page.keyboard.press('r');
    await says(page, 'count-steps', /^0$/);
    await page.focus('#tab-grid');
    await page.keyboard.press('ArrowRight');
    await link(page, 'CartPole');
    assert.equal(await page.getAttribute('#tab-control', 'aria-selected'), 'true');
    await phase(page, 'ready');
    await page.focus('#seed');
    await page.keyboard.type('5');
    assert.equal(await number(page, 'count-steps'), 0, 'keys in a field are the field’s');
    await close();
  });

  test('the tour by keyboard: each part is framed and named, back and on, Escape ends it and the focus is back; it is offered once', async () => {
    const { page, close } = await lab().open('#env=GridWorld-v0', { viewport: { width: 390, height: 844 } });
    await page.focus('#tour');
    await page.keyboard.press('Enter');
    const titles = [];
    for (let i = 0; i < 7; i++) {
      await holds(page, (n) => document.querySelector('.tour-count')?.textContent?.startsWith(`${n} `), i + 1);
      titles.push(await page.locator('#tour-title').textContent());
      assert.ok(await page.evaluate(() => document.activeElement?.id === 'tour-title'));
      assert.ok(await page.locator('.tour-frame').isVisible(), titles[i] ?? '');
      if (i === 1) assert.deepEqual(await axe(page), []);
      if (i === 6) break;
      await page.focus('#tour-next');
      await page.keyboard.press('Enter');
    }
    assert.equal(new Set(titles).size, 7);
    await page.click('#tour-back');
    await holds(page, () => document.querySelector('.tour-count')?.textContent?.startsWith('6 '));
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('.tour').count(), 0);
    assert.ok(await page.evaluate(() => document.activeElement?.id === 'tour'));
    assert.equal(await page.evaluate(() => localStorage.getItem('bellhop.tour')), 'seen');
    await close();
  });

  test('the offer of the tour goes when the reader plays instead, and does not come again', async () => {
    const { page, close } = await lab().open('', { saveData: false });
    await page.waitForSelector('.tour-offer', { timeout: 60_000 });
    await page.click('#play');
    await holds(page, () => document.querySelectorAll('.tour').length === 0);
    assert.equal(await page.evaluate(() => localStorage.getItem('bellhop.tour')), 'seen');
    await close();
  });

  test('on a first visit the tour is offered when the page has nothing to do, and refused it is not offered again', async () => {
    const { page, close } = await lab().open('', { saveData: false });
    const places = await page.waitForSelector('.tour-offer', { timeout: 60_000 }).then((card) => card.evaluate((element) => {
      const { top, bottom, height } = element.getBoundingClientRect();
      return { height, below: innerHeight - bottom, half: top > innerHeight / 2 };
    }));
    assert.ok(places.half && places.height < 64 && places.below >= 0, `one line at the foot of the window: ${JSON.stringify(places)}`);
    await page.click('#tour-no');
    assert.equal(await page.locator('.tour').count(), 0);
    assert.equal(await page.evaluate(() => localStorage.getItem('bellhop.tour')), 'seen');
    await close();
  });

  test('languages: everything changes, and back', async () => {
    const { page, close } = await lab().open();
    await page.click('#lang-zh');
    await holds(page, () => document.documentElement.lang === 'zh-CN');
    await says(page, 'play-text', new RegExp(`^${zh.play}$`));
    assert.equal(await page.title(), zh.title);
    assert.match(await text(page, 'state-text'), /第 1 格/);
    await page.click('#settings summary');
    await page.waitForSelector('.setting');
    const words = await allText(page);
    for (const sentence of [en['truth.caption'], en['q.title'], en.settings]) assert.ok(!words.includes(sentence), sentence);
    for (const sentence of [zh['truth.caption'], zh['q.title'], zh.settings]) assert.ok(words.includes(sentence), sentence);
    await page.click('#lang-en');
    await holds(page, () => document.documentElement.lang === 'en-US');
    await says(page, 'play-text', new RegExp(`^${en.play}$`));
    await close();
  });

  test('a Chinese browser begins in Chinese', async () => {
    const { page, close } = await lab().open('', { locale: 'zh-CN' });
    assert.equal(await text(page, 'play-text'), zh.play);
    await close();
  });

  test('the words of index.html are the English ones', async () => {
    const html = await (await fetch(lab().url)).text();
    const words = { ...en, ...enText };
    let n = 0;
    for (const [, key, shown] of html.matchAll(/data-t="([^"]+)"[^>]*>([^<]*)</g)) {
      if (shown.trim() === '') continue;
      assert.equal(shown, words[/** @type {keyof typeof words} */ (key)], key);
      n++;
    }
    for (const [, shown, key] of html.matchAll(/aria-label="([^"]+)"[^>]*data-t-label="([^"]+)"/g)) {
      assert.equal(shown, words[/** @type {keyof typeof words} */ (key)], key);
      n++;
    }
    assert.ok(n > 15, 'there are words in it');
  });

  for (const lang of ['en', 'zh']) {
    test(`a phone: 390 px, nothing sticks out, ${lang}`, async () => {
      const { page, close } = await lab().open(`#lang=${lang}`, { viewport: { width: 390, height: 844 }, hasTouch: true });
      const fits = async (/** @type {string} */ what) => {
        const [width, inner] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
        assert.ok(width <= inner, `${what}: ${width} px wide on ${inner}`);
      };
      await page.click('#settings summary');
      await page.waitForSelector('.setting');
      for (const tab of ['grid', 'control', 'pixels', 'text']) {
        await page.click(`#tab-${tab}`);
        if (tab === 'text') {
          for (const view of ['language', 'decisions', 'sentence']) {
            await page.click(`[data-view=${view}]`);
            await page.waitForSelector({ language: '#lm-plot .uplot', decisions: '#rl-plot .uplot', sentence: '#sentences' }[view] ?? '');
            await fits(view);
          }
        }
        await setSpeed(page, 4); // at full speed the first run may end before it is paused, and Play goes on
        await page.click('#play');
        await reach(page, 'count-steps', 20);
        await pause(page);
        await fits(tab);
      }
      await close();
    });
  }

  test('dark and light by the switch, remembered', async () => {
    const { page, close } = await lab().open('', { colorScheme: 'light' });
    const ground = () => page.locator('.lab').evaluate((lab) => getComputedStyle(lab).backgroundColor);
    const light = await ground();
    await page.click('#theme');
    assert.equal(await page.getAttribute('html', 'data-theme'), 'dark');
    const dark = await ground();
    assert.notEqual(dark, light, 'the lab follows the page');
    await page.reload();
    await holds(page, () => document.documentElement.dataset.theme === 'dark');
    assert.equal(await page.getAttribute('#theme', 'aria-pressed'), 'true');
    await page.waitForSelector('.lab');
    assert.equal(await ground(), dark);
    await close();
  });
}
