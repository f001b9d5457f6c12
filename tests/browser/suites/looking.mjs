// SPDX-License-Identifier: MIT
// Looking at a place, by pointer, by touch and by keyboard: a point of a value map, a cell that is held, a point of a chart. What is shown is what the worker
// and the records say of that very place.
import assert from 'node:assert/strict';
import { load } from '../../../web/node/node.mjs';
import { allText, axe, holds, link, pause, phase, reach, says, setSpeed, share, test, text } from '../harness.mjs';

/** @typedef {import('playwright-core').Page} Page */

const KEY = /\b(look|episode|cell|hand|reward)\.[a-z][\w.]*/;
/** As the page writes it. @param {number} n @param {number} digits */
const shown = (n, digits) => n.toFixed(digits).replace('-', '−');

/** Learns so many steps. @param {Page} page @param {number} steps */
async function learned(page, steps) {
  await setSpeed(page, 5);
  await page.click('#play');
  await reach(page, 'count-steps', steps);
  await pause(page);
}

/** A place on a canvas, in the window. @param {Page} page @param {string} canvas @param {number} x  part of its width @param {number} y */
async function placeOn(page, canvas, x, y) {
  await page.locator(canvas).scrollIntoViewIfNeeded();
  const box = /** @type {{ x: number, y: number, width: number, height: number }} */ (await page.locator(canvas).boundingBox());
  return /** @type {const} */ ([box.x + box.width * x, box.y + box.height * y]);
}

/** @param {Page} page @param {readonly [number, number]} place */
async function tap(page, [x, y]) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x, y }] });
  await devtools.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await devtools.detach();
}

/** @param {Page} page @param {string} id */
const gone = (page, id) => holds(page, (of) => !document.querySelector('bellhop-lab')?.shadowRoot?.getElementById(of), id);

/** @param {() => import('../harness.mjs').Lab} lab */
export default function looking(lab) {
  test('looking: a point of a value map, by pointer and keyboard: the state there, its values, the greedy action', async () => {
    const { page, close } = await lab().open('#env=MountainCar-v0&algo=dqn&seed=1&learningStarts=100&netArch=16');
    await learned(page, 2000);
    await holds(page, () => /** @type {any} */ (globalThis).$('slice-high')?.textContent !== '–');
    await page.mouse.move(...await placeOn(page, '#slice', 12.5 / 48, 8.5 / 32));
    await says(page, 'point-look', /^car at −0\.7\d, .* to the right.*push left.*no push.*push right.*Greedy: /s);
    const { obs, values } = await page.evaluate(async () => {
      const { worldModule: { slice }, layout, session } = /** @type {any} */ (document.getElementById('lab')).experiment;
      const [[left, right], [bottom, top]] = [slice.across(layout), slice.up(layout)];
      const there = slice.observation(left + (right - left) * 12.5 / 48, top - (top - bottom) * 8.5 / 32);
      return { obs: there, values: [...await session.qValues(there)] };
    });
    assert.deepEqual(await page.locator('#point-look tbody td').allTextContents(), values.map((value) => shown(value, 3)));
    const greedy = ['push left', 'no push', 'push right'][values.indexOf(Math.max(...values))];
    assert.ok((await text(page, 'point-look')).includes(`Greedy: ${greedy}`));
    assert.ok((await text(page, 'point-look')).includes(shown(obs[1], 3)), `${obs}`);
    await page.mouse.move(2, 2);
    await gone(page, 'point-look');

    await page.focus('#slice-box');
    await page.keyboard.press('ArrowRight');
    const first = await text(page, 'point-look');
    await page.keyboard.press('ArrowUp');
    await holds(page, (before) => /** @type {any} */ (globalThis).$('point-look')?.textContent.trim() !== before, first);
    assert.deepEqual(await axe(page), []);
    await page.keyboard.press('Enter');
    await holds(page, () => document.querySelector('bellhop-lab')?.shadowRoot?.activeElement?.closest('#point-look'));
    assert.deepEqual(await axe(page), []);
    await page.keyboard.press('Escape');
    await gone(page, 'point-look');
    assert.equal(await page.evaluate(() => document.querySelector('bellhop-lab')?.shadowRoot?.activeElement?.id), 'slice-box', 'the focus is where it was');
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    await close();
  });

  test('looking: a tap on a value map and on a cell holds the look, the same again lets it go; in Chinese', async () => {
    const { page, close } = await lab().open('#env=CartPole-v1&algo=dqn&seed=1&learningStarts=100&netArch=16&lang=zh', { hasTouch: true, viewport: { width: 390, height: 844 } });
    await learned(page, 300);
    await holds(page, () => /** @type {any} */ (globalThis).$('slice-high')?.textContent !== '–');
    await tap(page, await placeOn(page, '#slice', 0.3, 0.3));
    await says(page, 'point-look', /贪心动作：/);
    assert.equal(KEY.exec(await allText(page)), null);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing sticks out');
    assert.deepEqual(await axe(page), []);
    await tap(page, await placeOn(page, '#slice', 0.3, 0.3));
    await gone(page, 'point-look');
    await page.click('#tab-grid');
    await reach(page, 'count-steps', 0);
    await tap(page, await placeOn(page, '#canvas', 0.5, 0.5));
    await says(page, 'cell-look', /关闭/);
    await tap(page, await placeOn(page, '#canvas', 0.5, 0.5));
    await gone(page, 'cell-look');
    await close();
  });

  test('looking: a point of the maps of an agent whose actions are numbers: what the policy does there, and its value', async () => {
    const { page, close } = await lab().open('#env=Pendulum-v1&algo=ddpg&seed=1&learningStarts=100&netArch=16');
    await learned(page, 300);
    await holds(page, () => document.querySelector('bellhop-lab')?.shadowRoot?.querySelectorAll('.box-map .legend span').length === 4);
    for (const id of ['actions-map', 'values-map']) {
      await page.focus(`#${id}-box`);
      await page.keyboard.press('ArrowLeft');
      await says(page, `${id}-look`, /Greedy torque−?[\d.]+Value of the state−?[\d.]+/);
      await page.keyboard.press('Escape');
      await gone(page, `${id}-look`);
    }
    await page.mouse.move(...await placeOn(page, '#values-map', 10.5 / 40, 7.5 / 28));
    await page.waitForSelector('#values-map-look td');
    const { action, value } = await page.evaluate(async () => {
      const { worldModule: { slice }, layout, session } = /** @type {any} */ (document.getElementById('lab')).experiment;
      const [[left, right], [bottom, top]] = [slice.across(layout), slice.up(layout)];
      const there = [slice.observation(left + (right - left) * 10.5 / 40, top - (top - bottom) * 7.5 / 28)];
      return { action: (await session.predict(there))[0][0], value: (await session.predictValues(there))[0] };
    });
    assert.deepEqual(await page.locator('#values-map-look td').allTextContents(), [shown(action, 2), shown(value, 2)]);
    assert.deepEqual(await axe(page), []);
    await close();
  });

  test('looking: a point of a chart says which episode ended there, its return and its length', async () => {
    const { page, close } = await lab().open('#env=CartPole-v1&algo=dqn&seed=2&learningStarts=100&netArch=16');
    await learned(page, 600);
    await holds(page, () => document.querySelector('bellhop-lab')?.shadowRoot?.querySelector('#chart-returns canvas'));
    await page.focus('#charts');
    await page.keyboard.press('Home');
    for (let i = 0; i < 20; i++) await page.keyboard.press('ArrowRight');
    await says(page, 'axis-caption', /step [\d,]+ · episode \d+: return \d+\.\d, \d+ steps, ended at step [\d,]+$/);
    const [, x, n, value, length, step] = (/** @type {RegExpExecArray} */ (/step ([\d,]+) · episode (\d+): return ([\d.]+), (\d+) steps, ended at step ([\d,]+)/.exec(await text(page, 'axis-caption')))).map((part) => Number(part.replace(',', '')));
    const episodes = await page.evaluate(() => {
      const { history, trainer: { catalog: { records } } } = /** @type {any} */ (document.getElementById('lab')).experiment;
      return history.log.flatMap((/** @type {Float64Array} */ rows) => Array.from({ length: rows.length / records.width }, (_, i) => [...rows.subarray(i * records.width, i * records.width + 4)])).filter((/** @type {number[]} */ [kind]) => kind === records.episode);
    });
    assert.deepEqual(episodes[n - 1].slice(1), [step, value, length]);
    const nearest = Math.min(...episodes.map((/** @type {number[]} */ [, at]) => Math.abs(at - x)));
    assert.ok(Math.abs(step - x) <= nearest + 1, `${step} is not the nearest to ${x}`);
    await page.click('#lang-zh');
    await page.focus('#charts');
    await page.keyboard.press('ArrowRight');
    await says(page, 'axis-caption', /第 [\d,]+ 回合：回报 [\d.]+，共 \d+ 步，在第 [\d,]+ 步结束$/);
    await close();
  });

  test('hand: the agent is put into a cell by keyboard: it is there, the page says so, the link does not claim the run, Reset undoes it', async () => {
    const { page, close } = await lab().open('#env=GridWorld-v0&algo=q-learning&seed=3&totalTimesteps=400&evalFreq=100');
    const plain = await page.evaluate(async () => {
      const { experiment } = /** @type {any} */ (document.getElementById('lab'));
      await experiment.step('episode');
      return experiment.agentFrame.timesteps;
    });
    await page.focus('#stage');
    await page.keyboard.press('ArrowDown');
    await says(page, 'cell-look', /^cell 1 /);
    for (const key of ['ArrowDown', 'ArrowDown', 'Enter']) await page.keyboard.press(key);
    await says(page, 'cell-look', /^cell 7 .*Put the agent here/s);
    await holds(page, () => document.querySelector('bellhop-lab')?.shadowRoot?.activeElement?.classList.contains('look-place'));
    assert.deepEqual(await axe(page), []);
    await page.keyboard.press('Enter');
    await says(page, 'state-text', /^cell 7/);
    await says(page, 'solved', new RegExp(`⇄ The agent was moved by hand at step ${plain}; a link cannot hold that\\. Reset undoes it\\.`));
    assert.equal(await page.evaluate(() => document.querySelector('bellhop-lab')?.shadowRoot?.activeElement?.id), 'stage');
    await page.keyboard.press('s');
    await reach(page, 'count-steps', plain + 1);
    assert.equal(await page.evaluate(() => /** @type {any} */ (document.getElementById('lab')).experiment.agentFrame.obsTm1[0]), 6);
    assert.match((await share(page)).said, /not this run: it was changed by hand or comes from a file/);
    await page.click('#runs-open');
    await says(page, 'bench-present', new RegExp(`⇄ moved by hand at step ${plain}`));
    await says(page, 'workbench', /The command leaves out what was done by hand and what came from a file/);
    await page.click('#reset');
    await phase(page, 'ready');
    await says(page, 'bench-run-1', new RegExp(`Differs: nothing: it is the same run · .*⇄ moved by hand at step ${plain}`));
    await holds(page, () => !/⇄/.test(/** @type {any} */ (globalThis).$('solved').textContent));
    await setSpeed(page, 5);
    await page.click('#play');
    await phase(page, 'finished');
    const hash = await page.evaluate(() => /** @type {any} */ (document.getElementById('lab')).sha256());
    await page.click('#reset');
    await phase(page, 'ready');
    await says(page, 'bench-run-2', /Differs: nothing: it is the same run · 400 steps/);
    await page.click('#play');
    await phase(page, 'finished');
    assert.equal(await page.evaluate(() => /** @type {any} */ (document.getElementById('lab')).sha256()), hash, 'what its link says again');
    await close();
  });

  test('hand: by touch, in Chinese; a cell where an episode ends has no button; the car is put where the value map is pressed', async () => {
    const { page, close } = await lab().open('#env=GridWorld-v0&algo=q-learning&seed=3&lang=zh', { hasTouch: true, viewport: { width: 390, height: 844 } });
    await tap(page, await placeOn(page, '#canvas', 0.5, 5 / 6));
    await says(page, 'cell-look', /终点/);
    assert.equal(await page.locator('.look-place').count(), 0);
    await tap(page, await placeOn(page, '#canvas', 0.5, 5 / 6));
    await gone(page, 'cell-look');
    await tap(page, await placeOn(page, '#canvas', 0.5, 0.5));
    await page.click('.look-place');
    await says(page, 'state-text', /第 5 格/);
    await says(page, 'solved', /⇄ 智能体在第 0 步被手动移动/);
    assert.equal(KEY.exec(await allText(page)), null);
    assert.deepEqual(await axe(page), []);
    await page.evaluate(() => (location.hash = '#env=MountainCar-v0&algo=dqn&seed=1&learningStarts=100&netArch=16&lang=en'));
    await holds(page, () => /** @type {any} */ (document.getElementById('lab')).experiment?.setup.env === 'MountainCar-v0' && /** @type {any} */ (globalThis).$('slice-high')?.textContent !== '–');
    await page.focus('#slice-box');
    await page.keyboard.press('ArrowUp');
    await page.waitForSelector('#point-look');
    for (const key of ['ArrowUp', 'ArrowUp', 'ArrowUp', 'p']) await page.keyboard.press(key);
    await says(page, 'solved', /⇄ The agent was moved by hand at step 0/);
    const { obs, view } = await page.evaluate(() => {
      const { agentFrame } = /** @type {any} */ (document.getElementById('lab')).experiment;
      return { obs: [...agentFrame.obs], view: [...agentFrame.view].slice(0, 2) };
    });
    assert.deepEqual(obs, view);
    assert.ok(obs[1] > 0, `it moves to the right: ${obs}`);
    await tap(page, await placeOn(page, '#slice', 0.98, 0.4));
    await page.click('.look-place');
    await says(page, 'notice-text', /cannot be put there: an episode ends there/);
    await close();
  });

  test('reward: what a cell pays and what it is are changed where it is looked at; the optimal values follow at once', async () => {
    const { page, close } = await lab().open('#env=GridWorld-v0&algo=value-iteration&seed=3');
    const optimal = () => page.evaluate(() => [.../** @type {any} */ (document.getElementById('lab')).experiment.truth ?? []].map((value) => Math.round(value * 1e6) / 1e6));
    await holds(page, () => /** @type {any} */ (document.getElementById('lab')).experiment.truth);
    assert.equal((await optimal())[18], 1, 'down from cell 5 into the goal');
    await page.focus('#stage');
    await page.keyboard.press('ArrowDown');
    await says(page, 'cell-look', /^cell 1 /);
    for (const key of ['ArrowRight', 'ArrowDown', 'ArrowDown', 'Enter']) await page.keyboard.press(key);
    await says(page, 'cell-look', /the goal.*This cell.*Entering a goal pays/s);
    assert.deepEqual(await axe(page), []);
    await page.fill('#cell-reward', '5');
    await page.keyboard.press('Enter');
    await link(page, 'env.goalReward=5');
    await holds(page, () => /** @type {any} */ (document.getElementById('lab')).experiment.truth?.[18] === 5);
    await page.fill('#cell-reward', 'lots');
    await page.keyboard.press('Tab');
    await says(page, 'cell-reward-error', /Goal reward is “lots”, but must be a number/);
    assert.match(page.url(), /env\.goalReward=5/);
    await page.fill('#cell-reward', '-2000');
    await page.keyboard.press('Enter');
    await says(page, 'cell-reward-error', /must be from −?-?1,?000 to 1,?000/);
    await page.keyboard.press('Escape');
    await gone(page, 'cell-look');

    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await says(page, 'cell-look', /Any other move pays/);
    await page.selectOption('#cell-kind', '#');
    await says(page, 'notice-text', /The map has no start/);
    assert.equal(await page.inputValue('#cell-kind'), 'S', 'what was refused is not shown');
    await page.click('.look-close');
    await page.mouse.click(...await placeOn(page, '#canvas', 0.5, 0.5));
    await says(page, 'cell-look', /^cell 5/);
    await page.selectOption('#cell-kind', 'T');
    await link(page, 'env.map=S../.TT/.G.');
    await says(page, 'cell-look', /a trap.*Entering a trap pays/s);
    await holds(page, () => Math.abs(/** @type {any} */ (document.getElementById('lab')).experiment.truth?.[6] + 1) < 1e-9);
    await close();
  });

  test('reward: FrozenLake has no option for what a cell pays, but cells can be another kind; CliffWalking has neither; in Chinese, dark', async () => {
    const { page, close } = await lab().open('#env=FrozenLake-v1&algo=q-learning&env.isSlippery=false&lang=zh', { colorScheme: 'dark', viewport: { width: 390, height: 844 } });
    await page.mouse.click(...await placeOn(page, '#canvas', 3 / 8, 1 / 8));
    await says(page, 'cell-look', /这一格.*改动会开始新的训练/s);
    assert.equal(await page.locator('#cell-reward').count(), 0);
    assert.equal(KEY.exec(await allText(page)), null);
    assert.deepEqual(await axe(page), []);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing sticks out');
    await page.selectOption('#cell-kind', 'G');
    await link(page, 'env.desc=SGFF/FHFH/FFFH/HFFG');
    await holds(page, () => Math.abs(/** @type {any} */ (document.getElementById('lab')).experiment.truth?.[2] - 1) < 1e-9);
    await page.evaluate(() => (location.hash = '#env=CliffWalking-v1&algo=q-learning&lang=en'));
    await holds(page, () => /** @type {any} */ (document.getElementById('lab')).experiment?.setup.env === 'CliffWalking-v1' && /** @type {any} */ (document.getElementById('lab')).experiment.session);
    await page.mouse.click(...await placeOn(page, '#canvas', 0.5, 0.2));
    await says(page, 'cell-look', /Put the agent here/);
    assert.equal(await page.locator('.cell-edit').count(), 0);
    await close();
  });

  test('looking: how often the agent acted in a cell, and how, by keyboard and in both languages: as often as the library counts in the same run', async () => {
    const bh = await load();
    for (const lang of ['en', 'zh']) {
      const { page, close } = await lab().open(`#env=GridWorld-v0&algo=q-learning&seed=3&lang=${lang}`, { viewport: { width: 390, height: 800 } });
      await learned(page, 200);
      const steps = await page.evaluate(() => /** @type {any} */ (document.querySelector('bellhop-lab')).experiment.agentFrame.timesteps);
      const model = new bh.QLearning('GridWorld-v0', { seed: 3 });
      await model.learn({ steps });
      await page.focus('#stage');
      for (const [key, cell] of /** @type {const} */ ([['ArrowDown', 0], ['ArrowRight', 1], ['ArrowDown', 4]])) {
        await page.keyboard.press(key);
        const { visits, counted } = model.inspect(cell), n = (visits?.reduce((sum, each) => sum + each, 0) ?? 0).toLocaleString('en');
        assert.equal(counted, steps);
        await says(page, 'cell-look', lang === 'en' ? new RegExp(`The agent acted here in ${n} of ${steps.toLocaleString('en')} training steps\\.`) : new RegExp(`训练的 ${steps.toLocaleString('en')} 步中，有 ${n} 步在此行动。`));
        assert.deepEqual(await page.locator('#cell-look tbody td:last-child').allTextContents(), [...visits ?? []].map((each) => each.toLocaleString('en')));
      }
      assert.deepEqual(await axe(page), []);
      assert.equal(KEY.exec(await allText(page)), null);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'it sticks out');
      model.dispose();
      await page.click('#reset');
      await page.focus('#stage');
      await says(page, 'cell-look', lang === 'en' ? /The agent acted here in 0 of 0 training steps/ : /训练的 0 步中，有 0 步/);
      await close();
    }
  });
}
