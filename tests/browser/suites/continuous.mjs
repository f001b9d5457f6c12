// SPDX-License-Identifier: MIT
// Environments whose actions are numbers: found under Control, drawn and learned in by every algorithm that fits, with the curve of the
// action values and the fields of policy and value, in both languages; the link is the run.
import assert from 'node:assert/strict';
import { BOX_IDS } from '../../../web/lab/late-kinds.mjs';
import { load } from '../../../web/node/node.mjs';
import { allText, axe, holds, link, pause, phase, picture, reach, says, setSpeed, test } from '../harness.mjs';

/** What a key of the catalogues looks like where its words are missing. */
const KEY = /\b(box|draw|state|sense|field|map2d|env|algo|chart|input|group|world|phase|action)\.[a-zA-Z][\w/.-]*\w/;
/** Small and soon learning. */
const SMALL = 'netArch=8,8&batchSize=8&learningStarts=40&bufferSize=2000&evalFreq=0&totalTimesteps=400';

/** @param {() => import('../harness.mjs').Lab} lab */
export default function continuous(lab) {
  for (const lang of ['en', 'zh']) {
    test(`environments of numbers are found, drawn and learned in, ${lang}`, async () => {
      const { page, close } = await lab().open(`#env=CartPole-v1&lang=${lang}`);
      await page.click('[data-view=continuous]');
      await link(page, `env=${BOX_IDS[0]}&`);
      assert.equal(await page.getAttribute('#tab-control', 'aria-selected'), 'true');
      for (const env of BOX_IDS) {
        if (env !== BOX_IDS[0]) await page.selectOption('#env', env);
        await link(page, `env=${env}&`);
        await page.waitForSelector('#stage[data-ready]');
        for (const id of ['#canvas', '#curve', '#actions-map', '#values-map']) await page.waitForSelector(id);
        const before = await picture(page, '#canvas');
        await page.click('#step');
        await reach(page, 'count-steps', 1);
        await says(page, 'took', /[◆●].* [−\d]/u);
        await holds(page, (old) => /** @type {any} */ (globalThis).$('canvas').toDataURL() !== old, before);
        assert.equal(KEY.exec(await allText(page)), null, `${env}, ${lang}`);
      }
      await close();
    });
  }

  test('the algorithms that fit can be chosen, and learn: curve and fields follow', async () => {
    const { page, close } = await lab().open(`#env=Pendulum-v1&algo=td3&seed=3&${SMALL}`);
    const choices = await page.$$eval('#algo option', (options) => options.map((option) => /** @type {any} */ (option).value));
    const { catalog } = await load();
    assert.deepEqual(choices, catalog.algos.filter(({ action_spaces: spaces }) => spaces.includes('Box')).map(({ name }) => name));
    await setSpeed(page, 5);
    const before = await Promise.all(['#curve', '#actions-map', '#values-map'].map((id) => picture(page, id)));
    await page.click('#play');
    await phase(page, 'finished');
    for (const [i, id] of ['curve', 'actions-map', 'values-map'].entries()) {
      await holds(page, ([name, old]) => /** @type {any} */ (globalThis).$(name).toDataURL() !== old, [id, before[i]]);
    }
    await says(page, 'prefers', /-?[−\d]/);
    await page.selectOption('#algo', 'sac');
    await link(page, 'algo=sac&');
    await page.click('#play');
    await reach(page, 'count-steps', 60);
    await pause(page);
    await close();
  });

  test('a link is the run that the library makes', async () => {
    const { page, close } = await lab().open(`#env=Pendulum-v1&algo=sac&seed=5&${SMALL}`);
    await setSpeed(page, 5);
    await page.click('#play');
    await phase(page, 'finished');
    const bh = await load();
    const model = new bh.SAC('Pendulum-v1', { seed: 5, netArch: [8, 8], batchSize: 8, learningStarts: 40, bufferSize: 2000, evalFreq: 0, totalTimesteps: 400 });
    await model.learn();
    await says(page, 'fingerprint', new RegExp(model.sha256().slice(0, 12)));
    model.dispose();
    await close();
  });

  test('axe finds nothing, on a phone neither', async () => {
    for (const viewport of [{ width: 1280, height: 900 }, { width: 390, height: 844 }]) {
      const { page, close } = await lab().open('#env=Pendulum-v1');
      await page.setViewportSize(viewport);
      await page.waitForSelector('#values-map');
      assert.deepEqual(await axe(page), []);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is wider than the screen');
      await close();
    }
  });
}
