// SPDX-License-Identifier: MIT
// `node build/stills.mjs`: the pictures that stand in a lab's place until it is near (web/lab/still.mjs). Each environment's first run, with
// its first preset and seed 0, as it is drawn after STEPS steps: written to web/lab/stills/, in both themes, and committed.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { WORLDS } from '../web/lab/world-table.mjs';
import { SITE, buildSite } from './build.mjs';
import { serve } from './serve.mjs';
import { FOR_BROWSER_TESTS, chromePath, setup } from './setup.mjs';
import { ROOT, isEntry, main, say } from './run.mjs';

const STILLS = join(ROOT, 'web/lab/stills');
const THEMES = /** @type {const} */ (['light', 'dark']);

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--lang=en-US'];
const STEPS = 4000, WIDTH = 480, QUALITY = 0.7;

/** @param {import('playwright-core').Page} page @param {string} env @param {'light' | 'dark'} theme @returns {Promise<Buffer>} */
async function record(page, env, theme) {
  const url = await page.evaluate(async ([env, theme, steps, quality]) => {
    const lab = /** @type {any} */ (document.createElement('bellhop-lab'));
    Object.assign(lab, { env, theme, stopAt: String(steps), speed: 'max', show: 'world', controls: 'play' });
    document.body.replaceChildren(lab);
    await lab.play();
    while (!['paused', 'finished'].includes(lab.phase)) await new Promise((resolve) => lab.addEventListener('bellhop-phase', resolve, { once: true }));
    await new Promise((resolve) => setTimeout(resolve, 500)); // the last move has ended
    return lab.shadowRoot.getElementById('canvas').toDataURL('image/webp', quality);
  }, /** @type {const} */ ([env, theme, STEPS, QUALITY]));
  return Buffer.from(url.replace(/^.*,/, ''), 'base64');
}

async function stills() {
  await setup(FOR_BROWSER_TESTS);
  await buildSite();
  const server = await serve({ root: SITE, port: 0 });
  const browser = await chromium.launch({ executablePath: chromePath() ?? undefined, args: FLAGS });
  try {
    const page = await browser.newPage({ viewport: { width: WIDTH, height: 900 } });
    await page.route('**/stills.html', (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><body style="margin: 0"><script type="module" src="bellhop-lab.js"></script>' }));
    await page.goto(`${server.url}stills.html`);
    await page.evaluate(() => customElements.whenDefined('bellhop-lab'));
    mkdirSync(STILLS, { recursive: true });
    for (const { id } of WORLDS) {
      for (const theme of THEMES) {
        const picture = await record(page, id, theme);
        writeFileSync(join(STILLS, `${id}-${theme}.webp`), picture);
        say(`${id}-${theme}.webp: ${picture.length} bytes`);
      }
    }
  } finally {
    await browser.close();
    await server.close();
  }
}

if (isEntry(import.meta.url)) await main(stills);
