// SPDX-License-Identifier: MIT
// `node build/figure-heights.mjs [CHAPTER …]`: measures how high the figures of the chapters are, in every width a page gives them, the greater of both languages,
// and writes web/site/chapters/heights.json, from which the style sheet reserves their place: nothing moves when a lab comes.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { PAGES } from '../web/site/chapters/pages.mjs';
import { SITE, buildSite } from './build.mjs';
import { HEIGHTS, WIDTHS } from './chapters/heights.mjs';
import { serve } from './serve.mjs';
import { FOR_BROWSER_TESTS, chromePath, setup } from './setup.mjs';
import { isEntry, main, say } from './run.mjs';

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--lang=en-US'];
/** What is added, for lines that get longer while a run goes on, and for a notice below the settings; and to what it is rounded. */
const ROOM = 48, GRID = 8;
const SHOWN_MS = 240_000;

/** The heights of the figures of a page, each in all widths. @param {import('playwright-core').Page} page @returns {Promise<Record<string, number[]>>} by id */
async function measure(page) {
  /** @type {Record<string, number[]>} */
  const heights = {};
  for (const id of await page.locator('bellhop-lab').evaluateAll((labs) => labs.map((lab) => lab.id))) {
    const lab = page.locator(`#${id}`);
    await page.setViewportSize({ width: WIDTHS[0].width, height: 1000 });
    await lab.scrollIntoViewIfNeeded();
    await page.waitForFunction((element) => !['loading', 'preparing'].includes(/** @type {any} */ (element).phase), await lab.elementHandle(), { timeout: SHOWN_MS });
    await page.waitForTimeout(1000); // until its charts and sentences are there
    heights[id] = [];
    for (const { width } of WIDTHS) {
      await page.setViewportSize({ width, height: 1000 });
      await page.waitForTimeout(200);
      heights[id].push(Math.ceil((await lab.evaluate(heightOf) + ROOM) / GRID) * GRID);
    }
    await lab.evaluate((element) => element.remove()); // it trains no longer
  }
  return heights;
}

/** @param {Element} element */
function heightOf(element) {
  const lab = /** @type {HTMLElement} */ (element);
  lab.style.minHeight = '0';
  lab.style.setProperty('--lab-room', '0');
  return lab.offsetHeight;
}

/** @param {string[]} chapters */
async function measureAll(chapters) {
  await setup(FOR_BROWSER_TESTS);
  await buildSite();
  /** @type {Record<string, number[]>} */
  const known = existsSync(HEIGHTS) ? JSON.parse(readFileSync(HEIGHTS, 'utf8')) : {};
  const server = await serve({ root: SITE, port: 0 });
  const browser = await chromium.launch({ executablePath: chromePath() ?? undefined, args: FLAGS });
  try {
    for (const slug of chapters) {
      const [en, zh] = await Promise.all(['en', 'zh'].map(async (language) => {
        const page = await browser.newPage();
        await page.goto(`${server.url}chapters/${language}/${slug}.html`);
        const heights = await measure(page);
        await page.close();
        return heights;
      }));
      const found = Object.fromEntries(Object.entries(en).map(([id, heights]) => [id, heights.map((height, i) => Math.max(height, zh[id]?.[i] ?? 0))]));
      Object.assign(known, found);
      say(`${slug}: ${Object.entries(found).map(([id, heights]) => `${id} ${heights.join('/')}`).join(', ')}`);
    }
  } finally {
    await browser.close();
    await server.close();
  }
  writeFileSync(HEIGHTS, `${JSON.stringify(Object.fromEntries(Object.entries(known).sort(([a], [b]) => (a < b ? -1 : 1))), null, 2)}\n`);
}

if (isEntry(import.meta.url)) await main(() => measureAll(process.argv.length > 2 ? process.argv.slice(2) : [...PAGES]));
