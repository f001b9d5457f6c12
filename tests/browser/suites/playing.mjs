// SPDX-License-Identifier: MIT
// A person at the keyboard: what they play is shown in the agent's place and recorded, can be saved and loaded again, and is
// learned from; the agent's own run is not touched by it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { formatDemonstrations, load, parseDemonstrations } from '../../../web/node/node.mjs';
import { axe, frames, holds, link, number, openSettings, pause, reach, says, setSpeed, test, text, until } from '../harness.mjs';

/** @typedef {import('../harness.mjs').Page} Page */

/** @param {Page} page */
async function play(page) {
  await page.click('#you');
  await page.waitForSelector('#you-say');
}

/** @param {Page} page @param {string[]} keys */
async function press(page, ...keys) {
  for (const key of keys) await page.keyboard.press(key);
}

/** What a click downloads. @param {Page} page @param {string} selector */
async function download(page, selector) {
  const [file] = await Promise.all([page.waitForEvent('download'), page.click(selector)]);
  return { name: file.suggestedFilename(), text: readFileSync(await file.path(), 'utf8') };
}

/** @param {() => import('../harness.mjs').Lab} lab */
export default function playing(lab) {
  test('step by step by keys alone: recorded, saved, discarded, and the run goes on where it was', async () => {
    const { page, close } = await lab().open('#env=GridWorld-v0');
    await setSpeed(page, 2);
    await page.click('#play');
    await reach(page, 'count-steps', 10);
    await pause(page);
    const [steps, state] = [await number(page, 'count-steps'), await text(page, 'state-text')];
    const instances = () => page.evaluate(() => /** @type {any} */ (globalThis).watched.instances);
    assert.equal(await instances(), 0, 'nobody has asked for an environment in the page');
    await page.focus('#you');
    await press(page, 'Enter');
    await page.waitForSelector('#you-say');
    assert.equal(await instances(), 1);
    assert.equal(await page.isDisabled('#you-learn'), true);
    await holds(page, () => document.activeElement?.shadowRoot?.activeElement?.id === 'stage'); // which keys go to
    await press(page, 'ArrowDown', 's', 'ArrowRight');
    await says(page, 'you-say', /^Episode over at step 3, return 1\.00/);
    await says(page, 'you-count', /^1 episode recorded, 3 steps\. Returns: 1\.00$/);
    assert.match(await text(page, 'state-text'), /cell 8 .*the goal/);
    assert.match(await text(page, 'took'), /^● You took right\.$/);
    await says(page, 'transition-body', /right ● by you/);
    assert.equal(await number(page, 'count-steps'), steps);
    const { name, text: written } = await download(page, '#you-save');
    assert.equal(name, 'GridWorld-v0.jsonl');
    const { env, episodes: [first] } = parseDemonstrations(written);
    assert.deepEqual({ env, ...first }, { env: 'GridWorld-v0', obs: [0, 3, 6, 7], actions: [2, 2, 1], rewards: [0, 0, 1], terminated: true, truncated: false });
    await page.focus('#stage');
    const begun = async () => /begin\.$/.test(await text(page, 'you-say'));
    await until(page, () => press(page, 'ArrowLeft'), begun); // a key held at the end does not begin the next episode
    await press(page, '4');
    await says(page, 'you-say', /^Step 1/);
    await page.click('#you-end');
    await says(page, 'you-count', /^2 episodes recorded, 4 steps/);
    await page.click('#you-discard');
    await says(page, 'you-count', /^1 episode recorded, 3 steps/);
    await page.click('#you');
    await page.waitForSelector('#pad', { state: 'hidden' });
    await holds(page, (before) => /** @type {any} */ (globalThis).$('state-text').textContent.trim() === before, state);
    await page.click('#step');
    await reach(page, 'count-steps', steps + 1);
    assert.equal(await number(page, 'count-steps'), steps + 1);
    await close();
  });

  test('at its own pace, by a held button; what was played is cloned', async () => {
    const { page, close } = await lab().open('#env=CartPole-v1');
    await play(page);
    for (let episode = 1; episode <= 2; episode++) {
      const box = await page.locator('.actions button').first().boundingBox();
      if (!box) throw new Error('there is no button');
      await page.mouse.move(box.x + 8, box.y + 8);
      await until(page, async () => {
        await page.mouse.up();
        await page.mouse.down();
      }, async () => /^Step/.test(await text(page, 'you-say')) || (await text(page, 'you-count')).startsWith(`${episode} episode`));
      await says(page, 'you-count', new RegExp(`^${episode} episode`));
      assert.match(await text(page, 'you-say'), /^Episode over at step \d+/);
      await page.mouse.up();
    }
    await page.selectOption('#you-pace', '0.25');
    await page.click('#you-learn');
    await link(page, 'algo=clone');
    await setSpeed(page, 5);
    await reach(page, 'count-steps', 500);
    await pause(page);
    assert.equal(await page.inputValue('#algo'), 'clone');
    assert.equal(await page.isVisible('#pad'), false);
    assert.match(await text(page, 'prefers'), /takes left with probability/);
    await page.click('#reset');
    await says(page, 'count-steps', /^0$/);
    await page.click('#step');
    await reach(page, 'count-steps', 1);
    assert.equal(await page.inputValue('#algo'), 'clone', 'they stay with the run');
    await close();
  });

  test('a file is loaded, DQN learns from it with its own settings; a file that does not fit is refused', async () => {
    const { page, close } = await lab().open('#env=GridWorld-v0');
    await play(page);
    const right = formatDemonstrations({ env: 'GridWorld-v0', episodes: [{ obs: [0, 3, 6, 7], actions: [2, 2, 1], rewards: [0, 0, 1], terminated: true, truncated: false }] });
    const give = (/** @type {string} */ body) => page.setInputFiles('#you-file', { name: 'x.jsonl', mimeType: 'application/jsonl', buffer: Buffer.from(body) });
    for (const [body, why] of [[right.replaceAll('GridWorld-v0', 'CartPole-v1'), /recorded in CartPole.*is GridWorld/], [right.replace('[2,2,1]', '[2,9,1]'), /action 9/], ['no', /line 1 /i]]) {
      await give(String(body));
      await says(page, 'notice-text', /** @type {RegExp} */ (why));
      assert.match(await text(page, 'you-count'), /^Nothing/);
    }
    const elsewhere = formatDemonstrations({ env: 'GridWorld-v0', envOptions: { map: 'S...G/.....', slip: 0 }, episodes: [{ obs: [0, 1, 2, 3, 4], actions: [1, 1, 1, 1], rewards: [0, 0, 0, 1], terminated: true, truncated: false }] });
    await give(elsewhere.replace('4]', '9]'));
    await says(page, 'notice-text', /state 9.* to 8/);
    await give(elsewhere);
    await says(page, 'notice-text', /^1 episode loaded.*other environment settings: map=S\.\.\.G\/\.\.\.\.\./);
    await page.click('#you-discard');
    await give(right);
    await says(page, 'you-count', /^1 episode recorded, 3 steps/);
    await page.selectOption('#you-algo', 'dqn');
    await page.click('#you-learn');
    await says(page, 'settings-note', /1,000/);
    await openSettings(page);
    assert.equal(await page.inputValue('#set-options-demoUpdates'), '1000');
    assert.ok(!page.url().includes('demo'), 'a link has no demonstrations, and no settings for them');
    await close();
  });

  test('what the page writes, the library learns from', async () => {
    const { page, close } = await lab().open('#env=CartPole-v1');
    await play(page);
    await page.selectOption('#you-pace', '0');
    await page.focus('#stage');
    await until(page, () => press(page, 'a'), async () => (await text(page, 'you-say')).startsWith('Episode over'));
    const demonstrations = parseDemonstrations((await download(page, '#you-save')).text);
    const bh = await load();
    const model = new bh.Clone(bh.make('CartPole-v1'), { demonstrations });
    await model.learn({ totalTimesteps: 300 });
    assert.equal(model.predict([0, 0, 0, 0]), 0);
    model.dispose();
    await close();
  });

  for (const [hash, colorScheme] of /** @type {const} */ ([['#env=CartPole-v1&lang=en', 'light'], ['#env=TextGen-v0&lang=zh', 'dark']])) {
    test(`axe finds nothing, on a phone; another tab ends it: ${hash}`, async () => {
      const { page, close } = await lab().open(hash, { colorScheme, viewport: { width: 390, height: 844 }, hasTouch: true });
      await play(page);
      assert.deepEqual(await axe(page), []);
      const [width, inner] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
      assert.ok(width <= inner, `${width} px wide on ${inner}`);
      assert.doesNotMatch(await page.locator('#pad').innerText(), /you\.|\{/);
      await page.click('#tab-pixels');
      await page.waitForSelector('#pad', { state: 'hidden' });
      await frames(page, 2);
      await close();
    });
  }
}
