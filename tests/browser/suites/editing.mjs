// SPDX-License-Identifier: MIT
// The map editor, the settings and links: what is refused says why and leaves everything usable.
import assert from 'node:assert/strict';
import { axe, holds, link, number, pause, phase, reach, says, setSpeed, test, text } from '../harness.mjs';

/** @param {() => import('../harness.mjs').Lab} lab */
export default function editing(lab) {
  test('a bad map gives the library’s sentence; the run goes on; a good one mends it', async () => {
    const { page, close } = await lab().open();
    await page.click('#edit');
    await page.fill('#map-text', 'S../...');
    await page.press('#map-text', 'Enter');
    await says(page, 'map-error', /map.*no goal.*G/);
    await page.click('#step');
    await reach(page, 'count-steps', 1);
    await page.fill('#map-text', 'S../..G');
    await page.press('#map-text', 'Enter');
    await page.waitForSelector('#map-error', { state: 'hidden' });
    await link(page, 'env.map=S../..G');
    assert.equal(await page.locator('#editor [role=gridcell]').count(), 6);
    assert.equal(await number(page, 'count-steps'), 0);
    assert.match(page.url(), /env\.map=S\.\.\/\.\.G/);
    await close();
  });

  test('cells change by click and by key', async () => {
    const { page, close } = await lab().open();
    await page.click('#edit');
    const cell = (/** @type {number} */ i) => page.locator('#editor [role=gridcell]').nth(i);
    await cell(4).click();
    await link(page, 'env.map=S../.#');
    assert.match(String(await cell(4).getAttribute('aria-label')), /wall/);
    await cell(4).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('.');
    await says(page, 'map-error', /goal/); // that was the only goal
    await page.keyboard.press('g');
    await page.waitForSelector('#map-error', { state: 'hidden' });
    assert.match(String(await cell(7).getAttribute('aria-label')), /goal/);
    assert.equal(await page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.getAttribute('role')), 'gridcell', 'the focus stays in the map');
    await close();
  });

  test('quick changes of the map build on each other', async () => {
    const { page, close } = await lab().open();
    await page.click('#edit');
    await page.locator('#editor').evaluate((editor) => [1, 2, 4].forEach((i) => editor.querySelectorAll('button')[i].click()));
    await link(page, 'env.map=S##');
    await link(page, '/.#');
    assert.match(decodeURIComponent(page.url()), /env\.map=S##\/.#/);
    await phase(page, 'ready');
    await close();
  });

  test('another discount has other true values, and the formula says it at once', async () => {
    const { page, close } = await lab().open('#env=GridWorld-v0&algo=q-learning');
    await setSpeed(page, 5);
    await page.click('#play');
    await says(page, 'truth-start', /optimal 0\.810/);
    await reach(page, 'count-steps', 200);
    await pause(page);
    await page.click('#settings summary');
    await page.fill('#set-options-gamma', '0.5');
    await page.press('#set-options-gamma', 'Enter');
    await says(page, 'truth-start', /optimal 0\.250/);
    assert.doesNotMatch(await text(page, 'formula'), /0\.9×/);
    await close();
  });

  test('a link restores environment, algorithm, seed, settings and language', async () => {
    const { page, close } = await lab().open('#env=FrozenLake-v1&algo=q-learning&seed=42&learningRate=0.2&env.isSlippery=false&lang=zh');
    assert.equal(await page.inputValue('#env'), 'FrozenLake-v1');
    assert.equal(await page.inputValue('#algo'), 'q-learning');
    assert.equal(await page.inputValue('#seed'), '42');
    assert.equal(await page.getAttribute('html', 'lang'), 'zh-CN');
    await page.click('#settings summary');
    assert.equal(await page.inputValue('#set-options-learningRate'), '0.2');
    assert.equal(await page.isChecked('#set-envOptions-isSlippery'), false);
    await close();
  });

  test('a link with nonsense in it opens what makes sense and names the rest', async () => {
    const { page, close } = await lab().open('#env=CartPole-v1&algo=dqn&seed=3&gamma=7&learningRate=abc&wings=2');
    assert.equal(await page.inputValue('#seed'), '3');
    await says(page, 'notice', /gamma is 7, but must be from 0 to 1\. learningRate is “abc”, but must be a number\. There is no setting “wings”/);
    await page.evaluate(() => (location.hash = '#env=CartPole-v1&algo=dqn&seed=4&fins=3'));
    await says(page, 'notice-text', /There is no setting “fins”/);
    await page.click('#step');
    await reach(page, 'count-steps', 1);
    await close();
  });

  test('a link with a map that is none says so and shows the preset', async () => {
    const { page, close } = await lab().open('#env=GridWorld-v0&env.map=S../...');
    await says(page, 'notice', /no goal/);
    await page.click('#step');
    await reach(page, 'count-steps', 1);
    await close();
  });

  test('a live setting changes at once and is in the link with its step, another one waits for the reset it asks for', async () => {
    const { page, close } = await lab().open('#env=CartPole-v1&learningRate=0.07&batchSize=500');
    await page.click('#step');
    await reach(page, 'count-steps', 1);
    await page.click('#settings summary');
    await page.locator('[data-id="options.learningRate"] .stepper button').last().click();
    await link(page, 'learningRate=0.07&batchSize=500&learningRate=0.1@1');
    assert.equal(await page.inputValue('#set-options-learningRate'), '0.1');
    assert.equal(await number(page, 'count-steps'), 1);
    await page.locator('[data-id="options.batchSize"] .stepper button').last().click();
    await page.waitForSelector('#staged');
    await page.waitForSelector('[data-id="options.batchSize"][data-staged]');
    assert.match(page.url(), /batchSize=500/);
    await page.click('#staged-reset');
    await link(page, 'batchSize=512');
    assert.equal(await number(page, 'count-steps'), 0);
    assert.match(page.url(), /learningRate=0\.1(&|$)/, 'a run with the settings as they are now');
    await close();
  });

  test('a value out of range gives the library’s sentence beside its field and keeps the old one', async () => {
    const { page, close } = await lab().open('#env=CartPole-v1');
    await page.click('#settings summary');
    await page.fill('#set-options-gamma', '1.5');
    await page.press('#set-options-gamma', 'Enter');
    await says(page, 'set-options-gamma-problem', /γ.*1\.5.*0.*1/);
    assert.equal(await page.getAttribute('#set-options-gamma', 'aria-invalid'), 'true');
    assert.doesNotMatch(page.url(), /gamma/);
    await page.click('#step');
    await reach(page, 'count-steps', 1);
    await says(page, 'formula', /0\.99×/);
    await page.fill('#set-options-gamma', '0.99');
    await page.press('#set-options-gamma', 'Enter');
    await page.waitForSelector('#set-options-gamma-problem', { state: 'hidden' });
    await close();
  });

  test('settings in two levels: six essentials, all others in a fold, found by a word of their name or help, back to the preset one by one or all', async () => {
    const { page, close } = await lab().open('#env=CartPole-v1&gamma=0.9&bufferSize=5000');
    await page.click('#settings summary');
    await page.waitForSelector('.setting');
    assert.deepEqual(await page.locator('.setting').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-id')?.replace('options.', ''))), ['learningRate', 'gamma', 'exploration', 'netArch', 'targetUpdateInterval', 'batchSize']);
    await page.click('#settings-all > summary');
    await page.waitForSelector('#set-options-bufferSize');
    assert.ok(await page.locator('.setting').count() > 20);
    await page.fill('#settings-search', 'transitions buffer');
    await says(page, 'settings-found', /^\d+ settings? found$/);
    assert.equal(await page.inputValue('#set-options-bufferSize'), '5000');
    await page.fill('#settings-search', 'buffer_size');
    await says(page, 'settings-found', /^1 setting found$/);
    await page.fill('#settings-search', 'no such thing');
    await says(page, 'settings-found', /^No setting/);
    assert.equal(await page.locator('.setting').count(), 0);
    await page.fill('#settings-search', '');
    await page.click('[data-id="options.gamma"] .help button');
    await holds(page, () => !location.hash.includes('gamma') && location.hash.includes('bufferSize=5000'));
    await page.click('#settings-preset');
    await holds(page, () => !location.hash.includes('bufferSize'));
    assert.ok(await page.isDisabled('#settings-preset'));
    assert.deepEqual(await axe(page), []);
    await close();
  });

  test('a look into a cell, with the pointer and by arrow keys: the values stored there, the optimal ones, where an episode ends; nothing moves', async () => {
    const { page, close } = await lab().open('#env=GridWorld-v0&algo=q-learning&seed=3');
    await setSpeed(page, 5);
    await page.click('#play');
    await reach(page, 'count-steps', 400);
    await pause(page);
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    const box = /** @type {{ x: number, y: number, width: number, height: number }} */ (await page.locator('#canvas').boundingBox());
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await says(page, 'cell-look', /^cell 5 \(row 2, column 2\).*optimal.*down1\.0001\.000/s);
    const stored = await page.evaluate(() => [.../** @type {any} */ (document.querySelector('bellhop-lab')).experiment.agentFrame.table.subarray(16, 20)].map((value) => value.toFixed(3).replace('-', '−')));
    assert.deepEqual(await page.locator('#cell-look tbody tr td:nth-of-type(1)').allTextContents(), stored);
    await page.mouse.move(box.x + box.width / 2, box.y + box.height * 5 / 6);
    await says(page, 'cell-look', /goal.*An episode ends here/s);
    await page.mouse.move(2, 2);
    await holds(page, () => !document.querySelector('bellhop-lab')?.shadowRoot?.querySelector('#cell-look'));
    await page.focus('#stage');
    await page.keyboard.press('ArrowDown');
    await says(page, 'cell-look', /^cell 1 .*start/s);
    await page.keyboard.press('ArrowRight');
    await says(page, 'cell-look', /^cell 2 /);
    assert.deepEqual(await axe(page), []);
    assert.equal(await page.evaluate(() => document.documentElement.scrollHeight), height);
    await page.setViewportSize({ width: 320, height: 800 });
    for (const key of ['ArrowRight', 'ArrowLeft', 'ArrowLeft']) {
      await page.keyboard.press(key);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${key}: it sticks out`);
    }
    await page.keyboard.press('Escape');
    await holds(page, () => !document.querySelector('bellhop-lab')?.shadowRoot?.querySelector('#cell-look'));
    await close();
  });

  test('a run that diverges says so and can be reset', async () => {
    const { page, close } = await lab().open('#env=CartPole-v1&learningRate=10&optimizer=sgd&loss=mse&maxGradNorm=0&learningStarts=100');
    await setSpeed(page, 5);
    await page.click('#play');
    await page.waitForSelector('#overlay', { timeout: 30_000 });
    assert.match(await text(page, 'overlay-text'), /learning rate/);
    await page.click('#overlay-action');
    await page.waitForSelector('#overlay', { state: 'hidden' });
    assert.equal(await number(page, 'count-steps'), 0);
    await close();
  });
}
