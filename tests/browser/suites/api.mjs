// SPDX-License-Identifier: MIT
// The API reference as the site has it: under its policy, wide and narrow, light and dark, with its search.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { API, writeApi } from '../../../build/api.mjs';
import { axe, holds, hosted, test } from '../harness.mjs';

/** What axe finds in colours, which are ours; the rest of the page is TypeDoc’s. */
const OURS = /color-contrast/;
/** Pages by the window they are opened in; axe looks at the last of each. */
const WINDOWS = [
  { options: { colorScheme: /** @type {const} */ ('dark') }, paths: ['', 'bellhop/Model.html', 'bellhop/lab/BellhopLab.html', 'bellhop/Score.html'] },
  { options: { viewport: { width: 390, height: 800 } }, paths: ['bellhop.html', 'bellhop/DQNHyperparameters.html', ''] },
];

/** @param {() => import('../harness.mjs').Lab} lab */
export default function reference(lab) {
  test('the page links the reference, in both languages; the page in one file, which has none beside it, does not', async () => {
    for (const [hash, words] of [['', 'API reference'], ['#env=GridWorld-v0&lang=zh', 'API 参考']]) {
      const { page, close } = await lab().open(hash);
      const link = page.locator('footer a');
      await holds(page, words === 'API reference' ? () => document.querySelector('footer a')?.textContent === 'API reference' : () => document.querySelector('footer a')?.textContent === 'API 参考');
      assert.equal(await link.evaluate((a) => /** @type {HTMLAnchorElement} */ (a).href), `${lab().url}api/`);
      await close();
    }
    const one = readFileSync(new URL('../../../build/out/site/bellhop.html', import.meta.url), 'utf8');
    assert.ok(one.includes('<footer') && !one.includes('href="api/"'));
  });

  test('the API reference holds the policy, fits a phone, finds what is searched', async () => {
    await writeApi();
    const server = await hosted({ root: API });
    for (const { options, paths } of WINDOWS) {
      const { page, trouble, close } = await lab().window(options);
      for (const path of paths) {
        await page.goto(server.url + path);
        await holds(page, () => document.body.style.display !== 'none' && document.querySelector('#tsd-nav-container details'));
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0, path);
      }
      assert.deepEqual((await axe(page)).filter((found) => OURS.test(found)), []);
      await page.click('#tsd-search-trigger');
      await page.fill('#tsd-search-input', 'evaluate');
      await holds(page, () => document.querySelector('#tsd-search-results')?.textContent?.includes('Model.evaluate'));
      await page.locator('#tsd-search-results a', { hasText: 'Model.evaluate' }).first().click();
      await page.waitForURL(/Model\.html#evaluate/);
      assert.deepEqual(trouble.requests.filter((url) => !url.startsWith(server.url)), []);
      await close();
    }
  });
}
