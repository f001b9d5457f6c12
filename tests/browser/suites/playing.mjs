// SPDX-License-Identifier: MIT
// A person at the keyboard: what they play is shown in the agent's place and recorded, can be saved and loaded again, and is
// learned from; the agent's own run is not touched by it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { formatDemonstrations, load, parseDemonstrations } from '../../../web/node/node.mjs';
import { number, pause, reach, setSpeed, text } from '../harness.mjs';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

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

/** @param {Page} page @param {RegExp} words */
async function says(page, words) {
  await page.waitForFunction((source) => new RegExp(source).test(document.getElementById('you-say')?.textContent ?? ''), words.source);
}

/** What a click downloads. @param {Page} page @param {string} selector */
async function download(page, selector) {
  const [file] = await Promise.all([page.waitForEvent('download'), page.click(selector)]);
  return { name: file.suggestedFilename(), text: readFileSync(await file.path(), 'utf8') };
}

/** @param {() => import('../harness.mjs').Lab} lab */
export default function playing(lab) {
  test('step by step by keys alone: recorded, saved, discarded, and the run goes on where it was', async () => {
    const { page, trouble, close } = await lab().open('#env=GridWorld-v0');
    await page.click('#play');
    await reach(page, 'count-steps', 10);
    await pause(page);
    const [steps, state] = [await number(page, 'count-steps'), await text(page, 'state-text')];
    assert.ok(!trouble.requests.some((url) => url.includes('demonstrate-')), 'nobody has asked for it');
    await page.focus('#you');
    await press(page, 'Enter');
    await page.waitForSelector('#you-say');
    assert.equal(await page.isDisabled('#you-learn'), true);
    await press(page, 'ArrowDown', 's', 'ArrowRight');
    await says(page, /^Over at step 3, return 1\.00/);
    assert.match(await text(page, 'you-count'), /^Episodes recorded: 1, steps: 3\. Returns: 1\.00$/);
    assert.match(await text(page, 'state-text'), /cell 8 .*the goal/);
    assert.match(await text(page, 'took'), /^● You took right\.$/);
    assert.match(await text(page, 'happened-body'), /right ● by you/);
    assert.equal(await number(page, 'count-steps'), steps);
    const { name, text: written } = await download(page, '#you-save');
    assert.equal(name, 'GridWorld-v0.jsonl');
    const { env, episodes: [first] } = parseDemonstrations(written);
    assert.deepEqual({ env, ...first }, { env: 'GridWorld-v0', obs: [0, 3, 6, 7], actions: [2, 2, 1], rewards: [0, 0, 1], terminated: true, truncated: false });
    await page.waitForTimeout(450); // a key held at the end does not begin the next episode
    await page.focus('#stage');
    await press(page, 'ArrowLeft');
    await says(page, /begin\.$/);
    await press(page, '4');
    await says(page, /^Step 1/);
    await page.click('#you-end');
    assert.match(await text(page, 'you-count'), /^Episodes recorded: 2, steps: 4/);
    await page.click('#you-discard');
    assert.match(await text(page, 'you-count'), /^Episodes recorded: 1, steps: 3/);
    await page.click('#you');
    await page.waitForSelector('#pad', { state: 'hidden' });
    await page.waitForFunction((before) => document.getElementById('state-text')?.textContent === before, state);
    await page.click('#step');
    await reach(page, 'count-steps', steps + 1);
    await close();
  });

  test('at its own pace, by a held button; what was played is cloned', async () => {
    const { page, close } = await lab().open('#env=CartPole-v1');
    await play(page);
    for (let episode = 1; episode <= 2; episode++) {
      const box = await page.locator('.actions button').first().boundingBox();
      if (!box) throw new Error('there is no button');
      await page.mouse.move(box.x + 8, box.y + 8);
      await page.mouse.down();
      await says(page, /^Over at step \d+/);
      await page.mouse.up();
      await page.waitForTimeout(450);
    }
    assert.match(await text(page, 'you-count'), /^Episodes recorded: 2/);
    await page.selectOption('#you-pace', '0.25');
    await page.click('#you-learn');
    await page.waitForFunction(() => location.hash.includes('algo=clone'));
    await setSpeed(page, 5);
    await reach(page, 'count-steps', 500);
    await pause(page);
    assert.equal(await page.inputValue('#algo'), 'clone');
    assert.equal(await page.isVisible('#pad'), false);
    assert.match(await text(page, 'prefers'), /^It takes left with probability/);
    await page.click('#reset');
    await page.waitForFunction(() => document.getElementById('count-steps')?.textContent === '0');
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
    for (const [body, why] of [[right.replaceAll('GridWorld-v0', 'CartPole-v1'), /CartPole-v1/], [right.replace('[2,2,1]', '[2,9,1]'), /action 9/], ['no', /line 1/]]) {
      await give(String(body));
      await page.waitForFunction((source) => new RegExp(source).test(document.getElementById('notice-text')?.textContent ?? ''), /** @type {RegExp} */ (why).source);
      assert.match(await text(page, 'you-count'), /^Nothing/);
    }
    const elsewhere = formatDemonstrations({ env: 'GridWorld-v0', envOptions: { map: 'S...G/.....', slip: 0 }, episodes: [{ obs: [0, 1, 2, 3, 4], actions: [1, 1, 1, 1], rewards: [0, 0, 0, 1], terminated: true, truncated: false }] });
    await give(elsewhere.replace('4]', '9]'));
    await page.waitForFunction(() => /observation 9.* to 8/.test(document.getElementById('notice-text')?.textContent ?? ''));
    await give(elsewhere);
    await page.waitForFunction(() => /Episodes loaded: 1.*other settings.*: map=S\.\.\.G\/\.\.\.\.\.\.$/.test(document.getElementById('notice-text')?.textContent ?? ''));
    await page.click('#you-discard');
    await give(right);
    await page.waitForFunction(() => document.getElementById('you-count')?.textContent?.startsWith('Episodes recorded: 1'));
    await page.selectOption('#you-algo', 'dqn');
    await page.click('#you-learn');
    await page.waitForFunction(() => document.getElementById('settings-note')?.textContent?.includes('1,000'));
    await page.click('#settings summary');
    await page.waitForSelector('#set-options-demoRatio');
    assert.equal(await page.inputValue('#set-options-demoUpdates'), '1000');
    assert.ok(!page.url().includes('demo'), 'a link has no demonstrations, and no settings for them');
    await close();
  });

  test('what the page writes, the library learns from', async () => {
    const { page, close } = await lab().open('#env=CartPole-v1');
    await play(page);
    await page.selectOption('#you-pace', '0');
    for (let i = 0; i < 40 && !(await text(page, 'you-say')).startsWith('Over'); i++) await press(page, 'a');
    const demonstrations = parseDemonstrations((await download(page, '#you-save')).text);
    const bh = await load();
    const model = new bh.Clone(bh.make('CartPole-v1'), { demonstrations });
    await model.learn({ totalTimesteps: 300 });
    assert.equal(model.predict([0, 0, 0, 0]), 0);
    model.dispose();
    await close();
  });

  test('axe finds nothing, in both languages and on a phone; another tab ends it', async () => {
    for (const [hash, colorScheme] of /** @type {const} */ ([['#env=CartPole-v1&lang=en', 'light'], ['#env=TextGen-v0&lang=zh', 'dark']])) {
      const { page, close } = await lab().open(hash, { colorScheme, viewport: { width: 390, height: 844 }, hasTouch: true });
      await play(page);
      await page.evaluate(axeSource);
      const found = await page.evaluate(async () => {
        const { violations } = await /** @type {any} */ (window).axe.run(document, { resultTypes: ['violations'] });
        return violations.map((/** @type {any} */ v) => `${v.impact} ${v.id}: ${v.nodes.map((/** @type {any} */ n) => n.target.join(' ')).join(', ')}`);
      });
      assert.deepEqual(found.filter((/** @type {string} */ line) => /^(serious|critical)/.test(line)), []);
      const [width, inner] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
      assert.ok(width <= inner, `${width} px wide on ${inner}`);
      assert.doesNotMatch(await page.locator('#pad').innerText(), /you\.|\{/);
      await page.click('#tab-pixels');
      await page.waitForFunction(() => document.getElementById('pad')?.hidden);
      await close();
    }
  });
}
