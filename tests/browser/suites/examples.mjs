// SPDX-License-Identifier: MIT
// The examples that are pages: copied out of the packed package, served under the policy their READMEs name, compared with Node's run.
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after } from 'node:test';
import { load } from '../../../web/node/node.mjs';
import { copyExample, runCommands, unpack } from '../../hosts/example.mjs';
import { holds, hosted, says, test } from '../harness.mjs';

/** @param {() => import('../harness.mjs').Lab} lab */
export default function examples(lab) {
  /** @type {ReturnType<typeof unpack> | undefined} */
  let unpacked;
  after(async () => rmSync((await unpacked)?.folder ?? '', { recursive: true, force: true }));

  /** Follows the README up to the server. @param {string} name  of the project, and its page unless that is index.html @param {string} policy @param {(page: import('playwright-core').Page) => Promise<void>} use */
  async function open(name, policy, use) {
    const example = copyExample(await (unpacked ??= unpack()), name.split('/')[0]);
    assert.deepEqual(example.commands, ['npm install', 'npm run copy', 'npx serve']);
    await runCommands(example, ['npm run copy']);
    const server = await hosted({ root: example.folder, headers: { 'Content-Security-Policy': `default-src 'none'; img-src 'self' data:; ${policy}` } });
    const { page, trouble, close } = await lab().window();
    await page.goto(server.url + (name.split('/')[1] ?? ''));
    await use(page);
    assert.deepEqual(trouble.requests.filter((url) => !url.startsWith(server.url) && !/^(data|blob):/.test(url)), []);
    await close();
  }

  test('plain-page shows the greedy policy that Node has', async () => {
    const bh = await load({ text: false });
    const env = bh.make('FrozenLake-v1', { isSlippery: false });
    const model = new bh.QLearning(env, { seed: 1, initialQ: 1 });
    await model.learn({ totalTimesteps: 5000 });
    const cells = env.layout.rows.flatMap((/** @type {string} */ row, /** @type {number} */ y) => [...row].map((letter, x) => ('TG'.includes(letter) ? letter : '←↓→↑'[model.predict(y * row.length + x)])));
    await open('plain-page', `script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'`, async (page) => {
      await holds(page, () => document.querySelectorAll('td').length === 16);
      assert.equal((await page.locator('td').allTextContents()).join(''), env.layout.rows.join(''));
      await page.click('#train');
      await says(page, 'state', /^5000 steps: 100 of 100 episodes reach the goal$/);
      assert.deepEqual(await page.locator('td').allTextContents(), cells);
    });
  });

  test('plain-page’s element learns what Node learns', async () => {
    const bh = await load({ text: false });
    const model = new bh.QLearning(bh.make('FrozenLake-v1', { isSlippery: false }), { seed: 1, initialQ: 1 });
    await model.learn({ totalTimesteps: 5000 });
    await open('plain-page/lab.html', `script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; worker-src 'self' blob:`, async (page) => {
      await page.evaluate(() => {
        const lab = /** @type {HTMLElement} */ (document.querySelector('bellhop-lab'));
        lab.addEventListener('bellhop-frame', ({ detail }) => Object.assign(globalThis, { last: { timesteps: detail.timesteps, episodes: detail.episodes, table: Array.from(detail.frame.table ?? []) } }));
        lab.setAttribute('speed', 'max');
      });
      await holds(page, () => /** @type {any} */ (document.querySelector('bellhop-lab')).phase === 'ready');
      await page.locator('bellhop-lab #play').click();
      await holds(page, () => /** @type {any} */ (document.querySelector('bellhop-lab')).phase === 'finished');
      await holds(page, () => /** @type {any} */ (globalThis).last?.timesteps === 5000);
      const { episodes, table } = await page.evaluate(() => /** @type {any} */ (globalThis).last);
      assert.equal(episodes, model.episodes);
      assert.deepEqual(table, Array.from({ length: 16 }, (_, state) => [...model.qValues(state)]).flat());
    });
  });

  test('worker-curve draws every episode, also after a pause, and ends with Node’s score', async () => {
    const bh = await load({ text: false });
    const model = new bh.DQN(bh.make('CartPole-v1'), { seed: 7, totalTimesteps: 8000 });
    await model.learn();
    await open('worker-curve', `script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; worker-src 'self'`, async (page) => {
      await says(page, 'state', /^ready$/);
      await page.click('#play');
      await says(page, 'play', /^Pause$/);
      await page.click('#play');
      await says(page, 'play', /^Play$/);
      await page.click('#play');
      await says(page, 'state', /mean return/, 60_000);
      const { mean } = model.evaluate({ episodes: 20, which: 'best' });
      await says(page, 'state', new RegExp(`^step 8000, ${model.episodes} episodes; 20 greedy ones: mean return ${mean}$`));
      assert.equal(await page.locator('#episodes path').count(), model.episodes);
      assert.equal(await page.locator('#mean').evaluate((line) => /** @type {SVGPolylineElement} */ (line).points.length), model.episodes);
    });
  });
}
