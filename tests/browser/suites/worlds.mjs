// SPDX-License-Identifier: MIT
// Every environment of the catalogue: it is found in a tab, drawn, and learned in, with words for all that is shown; every
// algorithm that fits can be chosen; the settings are those that apply.
import assert from 'node:assert/strict';
import { LATE_ALGOS } from '../../../web/lab/late-kinds.mjs';
import { load } from '../../../web/node/node.mjs';
import { WORLDS, envsOf, worldOf } from '../../../web/lab/world-table.mjs';
import { allText, holds, link, number, openSettings, pause, phase, picture, reach, says, setSpeed, test, text } from '../harness.mjs';

/** What a key of the catalogues looks like where its words are missing. */
const KEY = /\b(draw|state|field|map2d|q|policy|cells|env|algo|chart|note|input|group|world|loop|target|taken|truth|phase|action|read)\.[a-zA-Z][\w/.-]*\w/;
const TABS = /** @type {const} */ (['grid', 'control', 'pixels', 'text']);

/** @param {() => import('../harness.mjs').Lab} lab */
export default function worlds(lab) {
  for (const lang of ['en', 'zh']) {
    for (const tab of TABS) {
      test(`environments are drawn and learned in: ${tab}, ${lang}`, async () => {
        const { page, close } = await lab().open(`#env=${envsOf(tab)[0]}&lang=${lang}`);
        for (const env of envsOf(tab)) {
          if (env !== envsOf(tab)[0]) await page.selectOption('#env', env);
          await link(page, `env=${env}&`);
          await page.waitForSelector(`#stage[data-world=${worldOf(env).world}][data-ready]`);
          assert.equal(await page.getAttribute(`#tab-${tab}`, 'aria-selected'), 'true');
          const before = await picture(page, '#canvas');
          await page.click('#step');
          await reach(page, 'count-steps', 1);
          if (lang === 'en') {
            await setSpeed(page, 5);
            await page.click('#play');
            await reach(page, 'count-steps', 40);
            await holds(page, (old) => /** @type {any} */ (globalThis).$('canvas').toDataURL() !== old, before);
          }
          assert.equal(KEY.exec(await allText(page)), null, `${env}, ${lang}`);
          await pause(page);
        }
        await close();
      });
    }
  }

  test('each environment of the catalogue is in a tab', async () => {
    const { catalog } = await load({ text: false });
    assert.deepEqual(TABS.flatMap(envsOf).sort(), catalog.envs.map(({ id }) => id).sort());
    assert.equal(WORLDS.length, catalog.envs.length);
  });

  test('every algorithm that fits can be chosen, and no other', async () => {
    const { page, close } = await lab().open();
    const offered = () => page.locator('#algo option').evaluateAll((options) => options.map((option) => /** @type {HTMLOptionElement} */ (option).value));
    const all = await offered();
    assert.ok(all.includes('dqn/rainbow') && all.includes('policy-iteration') && all.includes('double-q-learning'), String(all));
    for (const choice of all) {
      await page.selectOption('#algo', choice);
      await link(page, `algo=${choice.split('/')[0]}&`);
      await page.click('#step');
      await reach(page, 'count-steps', 1);
      assert.equal(KEY.exec(await allText(page)), null, choice);
    }
    await page.click('#tab-control');
    await link(page, 'CartPole');
    await phase(page, 'ready');
    const { catalog } = await load({ text: false });
    const networks = catalog.algos.filter(({ options }) => options.some(({ name }) => name === 'net_arch') && options.some(({ name }) => name === 'gamma')).map(({ name }) => name);
    assert.deepEqual((await offered()).filter((choice) => !choice.includes('/')), [...networks, ...LATE_ALGOS]);
    await close();
  });

  test('a policy shows probabilities, and has no exploration rate', async () => {
    const { page, close } = await lab().open('#env=CartPole-v1&algo=ppo');
    await setSpeed(page, 5);
    await page.click('#play');
    await reach(page, 'count-steps', 200);
    await pause(page);
    const numbers = await page.locator('#bars .number').allTextContents();
    assert.ok(Math.abs(numbers.map(Number).reduce((a, b) => a + b) - 1) < 0.011, String(numbers));
    assert.match(await text(page, 'q-caption'), /^π/);
    assert.equal(await page.isVisible('#chart-epsilon'), false);
    await close();
  });

  test('Rainbow is in the link and comes back from it', async () => {
    const { page, close } = await lab().open('#env=Catch-v0');
    await page.selectOption('#algo', 'dqn/rainbow');
    await link(page, 'preset=rainbow');
    const { hash } = new URL(page.url());
    await close();
    const again = await lab().open(hash);
    assert.equal(await again.page.inputValue('#algo'), 'dqn/rainbow');
    await openSettings(again.page);
    assert.equal(await again.page.inputValue('#set-options-distribution'), 'categorical');
    assert.equal(await again.page.isChecked('#set-options-noisy'), true);
    await again.close();
  });

  test('only settings that apply are shown, also while a change waits', async () => {
    const { page, close } = await lab().open('#env=CartPole-v1');
    await openSettings(page);
    const seen = (/** @type {string} */ key) => page.isVisible(`[data-id="options.${key}"]`);
    const shown = async (/** @type {string[]} */ ...keys) => Object.fromEntries(await Promise.all(keys.map(async (key) => [key, await seen(key)])));
    const rates = ['explorationFinalEps', 'explorationFinalTemperature', 'explorationBonus'];
    assert.deepEqual(await shown(...rates, 'nAtoms', 'priorityAlpha', 'noisySigma', 'featuresExtractor', 'momentum', 'beta1'), {
      explorationFinalEps: true, explorationFinalTemperature: false, explorationBonus: false,
      nAtoms: false, priorityAlpha: false, noisySigma: false, featuresExtractor: false, momentum: false, beta1: true,
    });
    await page.click('#step');
    await reach(page, 'count-steps', 1);
    await page.selectOption('#set-options-exploration', 'boltzmann');
    await page.selectOption('#set-options-distribution', 'quantile');
    await page.check('#set-options-prioritized');
    await page.selectOption('#set-options-optimizer', 'momentum');
    await page.waitForSelector('#staged');
    assert.deepEqual(await shown(...rates, 'nAtoms', 'nQuantiles', 'priorityAlpha', 'momentum', 'beta1'), {
      explorationFinalEps: false, explorationFinalTemperature: true, explorationBonus: false,
      nAtoms: false, nQuantiles: true, priorityAlpha: true, momentum: true, beta1: false,
    });
    await page.click('#staged-reset');
    await link(page, 'boltzmann');
    await says(page, 'rate-title', /^Exploration temperature$/);
    await close();
  });

  test('a solved run of DeepSea says so, and has the true values', async () => {
    const { page, close } = await lab().open('#env=DeepSea-v0');
    await setSpeed(page, 5);
    await page.click('#play');
    await says(page, 'solved', /^★/);
    await phase(page, 'finished');
    await says(page, 'truth-policy', /^55 of 55$/);
    assert.equal(await number(page, 'count-steps'), 20_000);
    await close();
  });

  for (const [link, env, algo] of [
    ['#env=CartPole-v1&algo=dqn&seed=3', 'CartPole-v1', 'dqn'], ['#env=TextGen-v0&algo=dqn&seed=0&lang=en', 'TextGen-v0', 'dqn'],
    ['#env=FrozenLake8x8-v1&algo=value-iteration&seed=1', 'FrozenLake8x8-v1', 'value-iteration'],
  ]) {
    test(`an old link opens what it did: ${link}`, async () => {
      const { page, close } = await lab().open(link);
      assert.equal(await page.inputValue('#algo'), algo);
      if (envsOf(worldOf(env).tab).length > 1) assert.equal(await page.inputValue('#env'), env);
      assert.equal(await page.getAttribute('#stage', 'data-world'), worldOf(env).world);
      assert.ok(page.url().endsWith(link));
      assert.equal(await page.isVisible('#notice'), false);
      await close();
    });
  }
}
