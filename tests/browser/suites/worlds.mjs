// SPDX-License-Identifier: MIT
// Every environment of the catalogue: it is found in a tab, drawn, and learned in, with words for all that is shown; every
// algorithm that fits can be chosen; the settings are those that apply.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from '../../../web/node/node.mjs';
import { envsOf, worldOf } from '../../../web/page/tabs.mjs';
import { number, pause, picture, reach, setSpeed, text } from '../harness.mjs';

/** What a key of the catalogues looks like where its words are missing. */
const KEY = /\b(draw|state|field|map2d|beliefs|policy|cells|env|algo|chart|note|input|group|world)\.[\w/.-]*\w/;
const TABS = /** @type {const} */ (['grid', 'control', 'pixels', 'text']);

/** @param {() => import('../harness.mjs').Lab} lab */
export default function worlds(lab) {
  test('all environments are drawn and learned in, in both languages', async () => {
    const { catalog } = await load({ text: false });
    assert.deepEqual(TABS.flatMap(envsOf).sort(), catalog.envs.map(({ id }) => id).sort());
    for (const lang of ['en', 'zh']) {
      const { page, close } = await lab().open(`#lang=${lang}`);
      for (const tab of TABS) {
        await page.click(`#tab-${tab}`);
        for (const env of envsOf(tab)) {
          if (envsOf(tab).length > 1) await page.selectOption('#env', env);
          await page.waitForFunction((id) => location.hash.includes(`env=${id}&`), env);
          assert.equal(await page.getAttribute('#stage', 'data-part'), worldOf(env).part);
          const before = await picture(page, '#canvas');
          await page.click('#step');
          await reach(page, 'count-steps', 1);
          if (lang === 'en') {
            await setSpeed(page, 5);
            await page.click('#play');
            await reach(page, 'count-steps', 40);
            await page.waitForFunction((old) => /** @type {HTMLCanvasElement} */ (document.getElementById('canvas')).toDataURL() !== old, before);
          }
          assert.equal(KEY.exec(await page.locator('main').innerText()), null, `${env}, ${lang}`);
          await pause(page);
        }
      }
      await close();
    }
  });

  test('every algorithm that fits can be chosen, and no other', async () => {
    const { page, close } = await lab().open();
    const offered = () => page.locator('#algo option').evaluateAll((options) => options.map((option) => /** @type {HTMLOptionElement} */ (option).value));
    const all = await offered();
    assert.ok(all.includes('dqn/rainbow') && all.includes('policy-iteration') && all.includes('double-q-learning'), String(all));
    for (const choice of all) {
      await page.selectOption('#algo', choice);
      await page.waitForFunction((algo) => location.hash.includes(`algo=${algo}&`), choice.split('/')[0]);
      await page.click('#step');
      await reach(page, 'count-steps', 1);
      assert.equal(KEY.exec(await page.locator('main').innerText()), null, choice);
    }
    await page.click('#tab-control');
    await page.waitForFunction(() => location.hash.includes('CartPole'));
    const { catalog } = await load({ text: false });
    const networks = catalog.algos.filter(({ options }) => options.some(({ name }) => name === 'net_arch') && options.some(({ name }) => name === 'gamma')).map(({ name }) => name);
    assert.deepEqual((await offered()).filter((choice) => !choice.includes('/')), networks);
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
    assert.match(await text(page, 'beliefs-caption'), /^π/);
    assert.equal(await page.isVisible('#chart-epsilon'), false);
    await close();
  });

  test('Rainbow is in the link and comes back from it', async () => {
    const { page, close } = await lab().open('#env=Catch-v0');
    await page.selectOption('#algo', 'dqn/rainbow');
    await page.waitForFunction(() => location.hash.includes('preset=rainbow'));
    const { hash } = new URL(page.url());
    await close();
    const again = await lab().open(hash);
    assert.equal(await again.page.inputValue('#algo'), 'dqn/rainbow');
    await again.page.click('#settings summary');
    assert.equal(await again.page.inputValue('#set-options-distribution'), 'categorical');
    assert.equal(await again.page.isChecked('#set-options-noisy'), true);
    await again.close();
  });

  test('only settings that apply are shown, also while a change waits', async () => {
    const { page, close } = await lab().open('#env=CartPole-v1');
    await page.click('#settings summary');
    await page.waitForSelector('.setting');
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
    await page.waitForSelector('#staged:not([hidden])');
    assert.deepEqual(await shown(...rates, 'nAtoms', 'nQuantiles', 'priorityAlpha', 'momentum', 'beta1'), {
      explorationFinalEps: false, explorationFinalTemperature: true, explorationBonus: false,
      nAtoms: false, nQuantiles: true, priorityAlpha: true, momentum: true, beta1: false,
    });
    await page.click('#staged-reset');
    await page.waitForFunction(() => location.hash.includes('boltzmann'));
    assert.equal(await text(page, 'rate-title'), 'Exploration: temperature');
    await close();
  });

  test('a solved run of DeepSea says so, and has the true values', async () => {
    const { page, close } = await lab().open('#env=DeepSea-v0');
    await setSpeed(page, 5);
    await page.click('#play');
    await page.waitForFunction(() => document.getElementById('solved')?.textContent?.startsWith('★'));
    await page.waitForFunction(() => document.getElementById('phase')?.dataset.phase === 'finished');
    assert.match(await text(page, 'truth-policy'), /^55 of 55$/);
    assert.equal(await number(page, 'count-steps'), 20_000);
    await close();
  });

  test('old links open what they did', async () => {
    for (const [link, env, algo] of [
      ['#env=CartPole-v1&algo=dqn&seed=3', 'CartPole-v1', 'dqn'], ['#env=TextGen-v0&algo=dqn&seed=0&lang=en', 'TextGen-v0', 'dqn'],
      ['#env=FrozenLake8x8-v1&algo=value-iteration&seed=1', 'FrozenLake8x8-v1', 'value-iteration'],
    ]) {
      const { page, close } = await lab().open(link);
      assert.equal(await page.inputValue('#env'), env);
      assert.equal(await page.inputValue('#algo'), algo);
      assert.equal(await page.isVisible('#notice'), false);
      await close();
    }
  });
}
