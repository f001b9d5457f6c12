// SPDX-License-Identifier: MIT
// Play on each tab: steps go up, returns rise, charts and Q-values change; nothing is asked of any other host.
import assert from 'node:assert/strict';
import { load } from '../../../web/node/node.mjs';
import { holds, link, number, phase, picture, reach, says, setSpeed, test, text } from '../harness.mjs';

/** @typedef {import('../harness.mjs').Page} Page */

/** @param {() => import('../harness.mjs').Lab} lab */
export default function learning(lab) {
  test('GridWorld is solved, and the values become the true ones', async () => {
    const { page, close } = await lab().open();
    const before = await shown(page);
    await setSpeed(page, 5);
    await page.click('#play');
    await says(page, 'solved', /^★/);
    await phase(page, 'finished');
    await page.waitForSelector('#notice[data-kind=good]');
    assert.ok(await number(page, 'count-episodes') > 50);
    await changes(page, before);
    assert.match(await text(page, 'notice'), /1\.00 ± 0\.00 over 100 test episodes/);
    assert.match(await text(page, 'truth-start'), /^0\.(7|8)\d+, optimal 0\.810$/);
    await close();
  });

  test('CartPole: the mean of the episodes rises', async () => {
    const { page, close } = await lab().open('#env=CartPole-v1');
    const before = { ...await shown(page), slice: await picture(page, '#slice') };
    await setSpeed(page, 4);
    await page.click('#play');
    await reach(page, 'count-steps', 800);
    const early = await number(page, 'count-mean');
    await setSpeed(page, 5);
    await reach(page, 'count-mean', early + 60, 60_000);
    await changes(page, before);
    await close();
  });

  test('PQN, which only the larger module has: chosen in the page another worker takes over, its link opens it, and the bits are those of the library', async () => {
    const bh = await load(), env = bh.make('Catch-v0'), model = new bh.PQN(env, { totalTimesteps: 1000, seed: 2 });
    await model.learn();
    const hash = model.sha256();
    model.dispose();
    env.dispose();
    const { page, close } = await lab().open('#env=Catch-v0&totalTimesteps=1000&seed=2');
    const ends = async () => {
      await setSpeed(page, 6);
      await page.click('#play');
      await phase(page, 'finished');
      assert.equal(await page.evaluate(() => /** @type {any} */ (document.querySelector('bellhop-lab')).experiment.sha256()), hash);
    };
    await page.selectOption('#algo', 'pqn');
    await link(page, 'algo=pqn');
    await phase(page, 'ready');
    await ends();
    await says(page, 'transition-note', /λ-returns/); // and nothing of planning
    await page.reload();
    await holds(page, () => /** @type {any} */ (globalThis).$('play')?.disabled === false && document.querySelector('bellhop-lab')?.shadowRoot?.querySelector('#algo option:checked')?.textContent?.trim() === 'PQN');
    await ends();
    await close();
  });

  test('Text generation: the mean reward rises, sentences are listed', async () => {
    const { page, close } = await lab().open('#env=TextGen-v0');
    const before = await shown(page);
    await setSpeed(page, 4); // at full speed few of the frames end with a sentence
    await page.click('#play');
    await holds(page, () => /** @type {any} */ (globalThis).$('sentence-list').childElementCount > 2);
    await setSpeed(page, 5);
    await reach(page, 'count-steps', 1500);
    const early = await number(page, 'count-mean');
    await reach(page, 'count-mean', early + 0.12, 60_000);
    await changes(page, before);
    await close();
  });

  test('nothing leaves the origin', async () => {
    const { page, trouble, close } = await lab().open();
    for (const tab of ['control', 'pixels', 'text', 'grid']) {
      await page.click(`#tab-${tab}`);
      if (tab === 'text') {
        for (const view of ['decisions', 'sentence']) {
          await page.click(`[data-view=${view}]`);
          await phase(page, 'ready');
        }
      }
      await page.click('#step');
      await reach(page, 'count-steps', 1);
    }
    const foreign = trouble.requests.filter((url) => new URL(url).origin !== lab().origin && !/^(data|blob):/.test(url));
    assert.deepEqual(foreign, []);
    assert.ok(trouble.requests.some((url) => url.endsWith('.wasm')));
    await close();
  });

  test('the policy is strict: no eval, no inline script or style', async () => {
    const response = await fetch(lab().url);
    const header = String(response.headers.get('content-security-policy'));
    const meta = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(await response.text())?.[1] ?? '';
    for (const policy of [header, meta]) {
      assert.match(policy, /default-src 'none'/);
      assert.match(policy, /script-src 'self' 'wasm-unsafe-eval'/);
      assert.doesNotMatch(policy, /'unsafe-(eval|inline)'/);
    }
  });
}

/** What of a run is to be seen. @param {Page} page @returns {Promise<Record<string, string>>} */
async function shown(page) {
  await page.click('#step'); // charts come with data
  await page.waitForFunction(() => document.querySelector('bellhop-lab')?.shadowRoot?.querySelectorAll('.uplot').length === 4);
  return {
    world: await picture(page, '#canvas'), returns: await picture(page, '#chart-returns canvas'), loss: await picture(page, '#chart-loss canvas'),
    q: await picture(page, '#chart-q canvas'), epsilon: await picture(page, '#chart-epsilon canvas'), bars: await text(page, 'bars'),
    transition: await text(page, 'transition'),
  };
}

/** @type {Readonly<Record<string, string>>} */
const CANVASES = { world: '#canvas', slice: '#slice', returns: '#chart-returns canvas', loss: '#chart-loss canvas', q: '#chart-q canvas', epsilon: '#chart-epsilon canvas' };

/** Each part becomes another one; charts are drawn a moment later. @param {Page} page @param {Record<string, string>} before */
async function changes(page, before) {
  for (const [part, old] of Object.entries(before)) {
    await holds(page, ([selector, id, was]) => {
      const { $ } = /** @type {any} */ (globalThis);
      const canvas = selector && document.querySelector('bellhop-lab')?.shadowRoot?.querySelector(selector);
      return (canvas ? canvas.toDataURL() : $(id).textContent.trim()) !== was;
    }, [CANVASES[part] ?? '', part, old]).catch((error) => assert.fail(`${part} does not change: ${error}`));
  }
}
