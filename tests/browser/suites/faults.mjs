// SPDX-License-Identifier: MIT
// Faults that the page once had, each of which was seen twice: links that were another run, changes that were not seen where they were
// made, claims that were not so, English on the Chinese page, states that were lost.
import assert from 'node:assert/strict';
import { axe, frames, holds, link, number, pause, phase, reach, says, setSpeed, share, test, text } from '../harness.mjs';

/** @typedef {import('playwright-core').Page} Page */

/** @param {Page} page */
const experiment = (page) => page.evaluate(() => {
  const { setup, phase, print, query } = /** @type {any} */ (document.querySelector('bellhop-lab')).experiment;
  return { setup, phase, print, query };
});

/** Waits until the shown run has come to its end, and gives its fingerprint. @param {Page} page */
async function fingerprintAtEnd(page) {
  await holds(page, () => {
    const { phase, print, agentFrame } = /** @type {any} */ (document.querySelector('bellhop-lab')).experiment;
    return phase === 'finished' && print?.step === agentFrame.timesteps;
  });
  return (await experiment(page)).print;
}

/** @param {() => import('../harness.mjs').Lab} lab */
export default function faults(lab) {
  test('1: a learning rate that was changed in the middle of a run is in its link, which gives the same run', async () => {
    const { page, close } = await lab().open('#env=GridWorld-v0&algo=dqn&seed=5&totalTimesteps=2500');
    await page.click('#settings summary');
    await setSpeed(page, 3);
    await page.click('#play');
    await reach(page, 'count-steps', 300);
    await pause(page);
    const at = await number(page, 'count-steps');
    await page.fill('#set-options-learningRate', '0.5');
    await page.press('#set-options-learningRate', 'Enter');
    await holds(page, (step) => location.hash.includes(`learningRate=0.5@${step}`), at);
    assert.match(await text(page, 'settings-note'), /Learning rate 0\.5 from step/);
    await setSpeed(page, 5);
    await page.click('#play');
    const print = await fingerprintAtEnd(page);
    const { url, said } = await share(page);
    assert.ok(said.includes(print.hash), said);
    assert.match(said, /1 change made while it ran/);
    await close();
    const other = await lab().open(new URL(url).hash);
    await setSpeed(other.page, 5);
    await other.page.click('#play');
    assert.deepEqual(await fingerprintAtEnd(other.page), print);
    await other.close();
  });

  test('2: a seed that waits for the reset is seen to wait where it was typed', async () => {
    const { page, close } = await lab().open('#env=GridWorld-v0');
    await page.click('#play');
    await reach(page, 'count-steps', 3);
    await page.fill('#seed', '7');
    await page.press('#seed', 'Enter');
    await page.waitForSelector('#seed-staged');
    assert.match(await text(page, 'seed-staged'), /after reset: 7/);
    assert.match(page.url(), /seed=0/);
    assert.equal(await page.inputValue('#seed'), '7');
    await page.click('#reset');
    await holds(page, () => location.hash.includes('seed=7'));
    assert.equal(await page.locator('#seed-staged').count(), 0);
    await close();
  });

  test('3: another environment keeps the algorithm and changed settings; what does not apply is announced', async () => {
    const { page, close } = await lab().open('#env=GridWorld-v0&algo=dqn&seed=3&learningRate=0.002&env.slip=0.1');
    await page.selectOption('#env', 'FrozenLake-v1');
    await holds(page, () => location.hash.includes('FrozenLake'));
    assert.equal((await experiment(page)).query, 'env=FrozenLake-v1&algo=dqn&seed=3&learningRate=0.002');
    assert.match(await text(page, 'notice-text'), /Slip probability.*Kept: Learning rate/);
    await page.selectOption('#algo', 'value-iteration');
    await holds(page, () => location.hash.includes('value-iteration'));
    assert.match(await text(page, 'notice-text'), /dropped: Learning rate/);
    await close();
  });

  test('4: policy evaluation says what was evaluated and claims nothing solved; solved names its criterion', async () => {
    const { page, close } = await lab().open('#env=GridWorld-v0&algo=policy-evaluation&totalTimesteps=300');
    await setSpeed(page, 5);
    await page.click('#play');
    await holds(page, () => /^Policy evaluation of/.test(/** @type {any} */ (window).$('notice-text')?.textContent ?? ''));
    assert.match(await text(page, 'notice-text'), /uniform random policy.* scores −?0\.\d\d ±/);
    assert.doesNotMatch(await text(page, 'solved'), /★|Solved/);
    await close();
    const other = await lab().open('#env=GridWorld-v0&algo=value-iteration&totalTimesteps=300');
    await setSpeed(other.page, 5);
    await other.page.click('#play');
    await holds(other.page, () => /★/.test(/** @type {any} */ (window).$('solved').textContent));
    assert.match(await text(other.page, 'solved'), /greedy test episodes average ≥ 1/);
    await other.close();
  });

  test('5: what one plays on a map is the last transition', async () => {
    const { page, close } = await lab().open('#env=GridWorld-v0');
    assert.match(await text(page, 'transition-note'), /^No transition yet/);
    await page.click('#you');
    await page.waitForSelector('#pad');
    await page.keyboard.press('ArrowDown');
    await says(page, 'transition-body', /cell 1 .*down ● by you.*cell 4/s);
    await close();
  });

  test('6: nothing is cut off or scrolls sideways from 320 px on; the sticky controls are there', async () => {
    for (const [width, height, hash] of /** @type {const} */ ([[320, 640, '#env=CartPole-v1'], [320, 640, '#env=TextGen-v0&lang=zh'], [390, 844, '#env=TextGen-v0'], [680, 520, '#env=CartPole-v1'], [720, 520, '#env=CartPole-v1']])) {
      const { page, close } = await lab().open(hash, { viewport: { width, height }, hasTouch: width < 500 });
      await page.click('#step');
      await reach(page, 'count-steps', 1);
      const [wide, inner] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
      assert.ok(wide <= inner, `${hash}: ${wide} px wide on ${inner}`);
      await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight / 2));
      const box = await page.locator('#step').boundingBox();
      if (width < 640) assert.ok(box && box.y >= 0 && box.y + box.height <= height, 'Step stays on the screen');
      await close();
    }
  });

  for (const lang of ['en', 'zh']) {
    test(`6: the header’s buttons stand beside its name at every width, in a line, and the tabs beside them or below: ${lang}`, async () => {
      const { page, close } = await lab().open(`#env=GridWorld-v0&lang=${lang}`);
      for (const width of [1600, 1440, 1361, 1360, 1280, 1241, 1240, 1101, 1100, 1024, 1001, 1000, 900, 768, 721, 720, 521, 520, 441, 401, 400, 390, 375, 361, 360, 320]) {
        await page.setViewportSize({ width, height: 600 });
        const { brand, name, tabs, tools, lines, inner, wide } = await page.evaluate(() => {
          const box = (/** @type {string} */ selector) => /** @type {Element} */ (document.querySelector(selector)).getBoundingClientRect();
          const lines = new Set([...document.querySelectorAll('.tools button')].filter((each) => each.checkVisibility()).map((each) => Math.round(each.getBoundingClientRect().top)));
          return { brand: box('.brand').toJSON(), name: box(getComputedStyle(/** @type {Element} */ (document.querySelector('h1'))).position === 'absolute' ? '.logo' : 'h1').toJSON(), tabs: box('.tabs').toJSON(), tools: box('.tools').toJSON(), lines: lines.size, inner: innerWidth, wide: document.documentElement.scrollWidth };
        });
        assert.equal(lines, 1, `${width}: the buttons are in ${lines} lines`);
        assert.ok(tools.left >= name.right && tools.left >= brand.right && tools.top < brand.bottom && brand.top < tools.bottom, `${width}: the buttons are beside the name`);
        assert.ok(width > 1100 ? tabs.left >= name.right && tabs.right <= tools.left && tabs.top < brand.bottom : tabs.top >= tools.bottom, `${width}: the tabs`);
        assert.ok(tools.right <= inner && wide <= inner, `${width}: ${wide} px wide`);
      }
      await close();
    });
  }

  test('7: on the Chinese page errors are Chinese, beside their field', async () => {
    const { page, close } = await lab().open('#env=GridWorld-v0&lang=zh');
    await page.click('#settings summary');
    await page.fill('#set-options-learningRate', '-1');
    await page.press('#set-options-learningRate', 'Enter');
    await says(page, 'set-options-learningRate-problem', /学习率.*−1.*0.*10/);
    assert.doesNotMatch(await text(page, 'set-options-learningRate-problem'), /[a-z]{3}/i);
    assert.equal(await page.inputValue('#set-options-learningRate'), '-1');
    await page.click('#edit');
    for (const map of ['S...', 'S..G/..', 'SxG', 'S.S.G', '']) {
      await page.fill('#map-text', map);
      await page.press('#map-text', 'Enter');
      await page.waitForSelector('#map-error');
      assert.doesNotMatch(await text(page, 'map-error'), /[a-z]{3}/i, map);
      await page.fill('#map-text', 'S..G');
      await page.press('#map-text', 'Enter');
      await page.waitForSelector('#map-error', { state: 'detached' });
    }
    await page.fill('#seed', '1.5');
    await page.press('#seed', 'Enter');
    assert.doesNotMatch(await text(page, 'seed-problem'), /[a-z]{3}/i);
    const words = await page.locator('bellhop-lab').evaluate((each) => /** @type {HTMLElement} */ (/** @type {ShadowRoot} */ (each.shadowRoot).querySelector('.lab')).innerText);
    assert.ok(!words.includes('Ε'), 'a small epsilon, not a Greek capital');
    await close();
  });

  test('where the words of errors cannot be had, errors are told all the same', async () => {
    const { page, trouble, close } = await lab().window();
    await page.route(/\/(en-errors|error-words)-\w+\.js$/, (route) => route.abort());
    await page.goto(`${lab().url}#env=GridWorld-v0&gamma=7&wings=2&env.map=S..`);
    await says(page, 'notice-text', /^Parts of the link .* gamma cannot be “7”\. wings cannot be “2”\. .*has no goal; mark a cell .*\.$/);
    const [refusal, explained] = await page.evaluate(async () => {
      const element = /** @type {any} */ (document.querySelector('bellhop-lab'));
      return [await element.set({ learningRate: -1, fins: 2 }).catch((/** @type {Error} */ { message }) => message), await element.explain(new Error('out of memory: 9 bytes'))];
    });
    assert.equal(refusal, 'learningRate cannot be “−1”. fins cannot be “2”.');
    assert.equal(explained, 'Out of memory: 9 bytes.');
    await page.click('#settings summary');
    await page.fill('#set-options-learningRate', '-1');
    await page.press('#set-options-learningRate', 'Enter');
    await says(page, 'set-options-learningRate-problem', /^Learning rate cannot be “−1”\.$/);
    await page.click('#edit');
    await page.fill('#map-text', 'S..');
    await page.press('#map-text', 'Enter');
    await says(page, 'map-error', /has no goal; mark a cell/);
    for (const error of trouble.errors.splice(0)) assert.match(error, /ERR_FAILED/, 'of the browser, about these files');
    await close();
  });

  test('8: without a connection what was not fetched yet says so in a sentence, and can be tried again', async () => {
    const { page, context, trouble, close } = await lab().open('#env=GridWorld-v0');
    await context.setOffline(true);
    await page.click('#tab-control');
    await page.waitForSelector('#overlay');
    assert.match(await text(page, 'overlay-text'), /could not be (loaded|fetched).*connection/i);
    await page.click('#lang-zh');
    await page.waitForSelector('#notice-text');
    assert.match(await text(page, 'notice-text'), /could not be fetched. Check your connection/);
    await context.setOffline(false);
    await page.click('#overlay-action');
    await holds(page, () => location.hash.includes('CartPole') && /** @type {any} */ (window).$('play')?.disabled === false);
    await page.waitForSelector('#overlay', { state: 'detached' });
    for (const error of trouble.errors.splice(0)) assert.match(error, /ERR_INTERNET_DISCONNECTED/, 'of the browser, about the connection');
    await close();
  });

  test('8: what was fetched while nothing happened is there without a connection: tabs, views, settings, the other language', async () => {
    const { page, context, trouble, close } = await lab().open('#env=GridWorld-v0', { saveData: false });
    await holds(page, () => performance.getEntriesByType('resource').some(({ name, responseEnd }) => /corpus_zh/.test(name) && /** @type {any} */ (responseEnd) > 0));
    await context.setOffline(true);
    for (const [selector, hash] of [['#tab-control', 'CartPole'], ['#tab-pixels', 'Catch'], ['#tab-text', 'view=language'], ['[data-view=decisions]', 'TextGen-v1'], ['[data-view=sentence]', 'TextGen-v0'], ['#tab-grid', 'GridWorld']]) {
      await page.click(selector);
      await holds(page, (piece) => location.hash.includes(piece) && /** @type {any} */ (window).$('play')?.disabled === false, hash);
      assert.equal(await page.locator('#overlay').count(), 0, selector);
      if (hash === 'view=language') await holds(page, () => /** @type {any} */ (window).$('lm-text')?.value.length > 10_000);
    }
    assert.ok(await page.evaluate(() => /** @type {any} */ (document.querySelector('bellhop-lab')).save().then(({ length }) => length)) > 100, 'the worker has its parts');
    await page.click('#lang-zh');
    await holds(page, () => /** @type {any} */ (window).$('play-text')?.textContent === '播放');
    await page.click('#settings summary');
    await page.waitForSelector('.setting');
    await context.setOffline(false);
    for (const error of trouble.errors.splice(0)) assert.match(error, /ERR_INTERNET_DISCONNECTED/, 'of the browser: it asks for the icon with every address');
    await close();
  });

  test('9: tabs are entries of the history; after a reload what was left is offered, with its history', async () => {
    const { page, close } = await lab().open('#env=GridWorld-v0&seed=4');
    await setSpeed(page, 4);
    await page.click('#play');
    await reach(page, 'count-steps', 200);
    await pause(page);
    const steps = await text(page, 'count-steps');
    await page.click('#tab-control');
    await page.goBack();
    await holds(page, () => location.hash.includes('GridWorld'));
    await holds(page, (before) => /** @type {any} */ (window).$('count-steps')?.textContent === before, steps);
    assert.equal(await page.getAttribute('#tab-grid', 'aria-selected'), 'true');
    await page.goForward();
    await holds(page, () => location.hash.includes('CartPole') && /** @type {any} */ (document.querySelector('bellhop-lab')).experiment?.setup?.env === 'CartPole-v1');
    // The address is written all the time while the reader steps back.
    await page.evaluate(() => {
      const { experiment } = /** @type {any} */ (document.querySelector('bellhop-lab'));
      const writing = setInterval(() => experiment.emit('setup'), 0);
      addEventListener('hashchange', () => clearInterval(writing), { once: true });
      history.back();
    });
    await holds(page, (before) => /** @type {any} */ (window).$('count-steps')?.textContent === before, steps);
    await page.click('#lang-zh'); // the language in the link makes it no other experiment
    await link(page, 'lang=zh');
    await page.goForward();
    await link(page, 'CartPole');
    await page.goBack();
    await holds(page, (before) => /** @type {any} */ (window).$('count-steps')?.textContent === before, steps);
    await page.click('#lang-en');
    await link(page, 'lang=en');
    await page.reload();
    await page.waitForSelector('#notice-action');
    assert.ok((await text(page, 'notice-text')).includes(steps));
    await page.click('#notice-action');
    await holds(page, (before) => /** @type {any} */ (window).$('count-steps')?.textContent === before, steps);
    await holds(page, () => /** @type {any} */ (document.querySelector('bellhop-lab')).experiment.history.episodes > 0); // the curve goes on, too: what reads it is fetched late
    assert.match(page.url(), /env=GridWorld-v0&algo=dqn&seed=4/);
    await close();
  });

  test('9: of links and languages that come one after the other the last one counts', async () => {
    const { page, close } = await lab().open('', { locale: 'en-US' });
    let release = () => {};
    const held = new Promise((done) => (release = () => done(undefined)));
    await page.route('**/zh-*.js', async (route) => {
      await held;
      await route.continue();
    });
    await page.click('#lang-zh');
    await page.click('#lang-en');
    await page.evaluate(() => (location.hash = '#env=GridWorld-v0&seed=4&lang=zh'));
    await frames(page, 5);
    await page.evaluate(() => (location.hash = '#env=CartPole-v1&seed=9&lang=en'));
    await frames(page, 5);
    release();
    await phase(page, 'ready');
    await frames(page, 30);
    assert.match(page.url(), /#env=CartPole-v1&algo=dqn&seed=9&lang=en$/);
    assert.deepEqual(await page.evaluate(() => [document.documentElement.lang, /** @type {any} */ (document.querySelector('bellhop-lab')).experiment.setup.seed]), ['en-US', 9]);
    await close();
  });

  test('9: what was kept by another version, or is no text, is left alone', async () => {
    const { page, close } = await lab().open('#env=GridWorld-v0&seed=4');
    await page.evaluate(() => new Promise((done) => {
      const opening = indexedDB.open('keyval-store');
      opening.onupgradeneeded = () => opening.result.createObjectStore('keyval');
      opening.onsuccess = () => {
        const writing = opening.result.transaction('keyval', 'readwrite');
        writing.objectStore('keyval').put({ query: 'env=GridWorld-v0&algo=dqn&seed=4', step: 77, history: { format: 99 } }, 'bellhop.view.grid');
        writing.objectStore('keyval').put(5, 'bellhop.text');
        writing.oncomplete = () => done(opening.result.close());
      };
    }));
    await page.reload();
    await page.click('#notice-action');
    await phase(page, 'ready');
    await page.click('#tab-text');
    await page.waitForSelector('.corpus');
    await close();
  });

  test('15: many things that do not apply are told in a line that can be closed', async () => {
    const { page, close } = await lab().open(`#env=GridWorld-v0&learningRate=0.5@3000000000&${Array.from({ length: 400 }, (_, i) => `x${i}=${'y'.repeat(i)}`).join('&')}`);
    assert.match(await text(page, 'notice-text'), /learningRate is 0\.5@3000000000, but must be .*“x0” here.* And 395 more/);
    assert.ok(await page.locator('#notice').evaluate((notice) => notice.getBoundingClientRect().height < innerHeight / 2));
    await page.click('#notice-close');
    await page.waitForSelector('#notice', { state: 'detached' });
    await close();
  });

  test('10: SARSA, expected SARSA and policy evaluation show their target; SARSA says what it is compared with', async () => {
    for (const algo of ['sarsa', 'expected-sarsa', 'policy-evaluation', 'q-learning']) {
      const { page, close } = await lab().open(`#env=GridWorld-v0&algo=${algo}`);
      await page.click('#step');
      await reach(page, 'count-steps', 1);
      await page.waitForSelector('#formula math');
      assert.match(await text(page, 'formula'), algo === 'q-learning' ? /max/ : algo === 'sarsa' ? /^y=r\+γQ/ : /∑/);
      assert.match(await text(page, 'transition-note'), /[Tt]arget/);
      assert.equal(await page.locator('#truth').innerText().then((words) => words.includes('SARSA')), algo.includes('sarsa'));
      await close();
    }
  });

  test('11: a loss below the lowest mark and a diverged run keep their labels; what is untrained looks untrained; colours keep their range', async () => {
    const { page, close } = await lab().open('#env=CliffWalking-v1&algo=q-learning');
    await holds(page, () => /** @type {any} */ (document.querySelector('bellhop-lab')).experiment.truth);
    const legend = await text(page, 'legend');
    assert.match(legend, /^−1\d/);
    assert.equal(await page.locator('#bars[data-untrained]').count(), 1);
    await setSpeed(page, 5);
    await page.click('#play');
    await reach(page, 'count-steps', 3000);
    await pause(page);
    assert.equal(await text(page, 'legend'), legend);
    assert.equal(await page.locator('#bars[data-untrained]').count(), 0);
    await close();
    const other = await lab().open('#env=GridWorld-v0&algo=dqn&optimizer=sgd&learningRate=10&gamma=1&maxGradNorm=0&loss=mse&learningStarts=20');
    await setSpeed(other.page, 5);
    await other.page.click('#play');
    await holds(other.page, () => /** @type {any} */ (window).$('phase')?.dataset.phase === 'diverged');
    await says(other.page, 'transition-note', /no finite target/i);
    await other.close();
  });

  test('11: the labels of a chart are those of its values, also before its steps need a longer axis', async () => {
    const { page, close } = await lab().open('#env=GridWorld-v0');
    await page.evaluate(() => {
      const written = new WeakMap();
      const { fillText, clearRect } = CanvasRenderingContext2D.prototype;
      CanvasRenderingContext2D.prototype.clearRect = function (...where) {
        written.set(this.canvas, []);
        return clearRect.apply(this, where);
      };
      CanvasRenderingContext2D.prototype.fillText = function (...what) {
        written.get(this.canvas)?.push(what[0]);
        return fillText.apply(this, what);
      };
      Object.assign(globalThis, { labels: (/** @type {string} */ id) => written.get(/** @type {any} */ (globalThis).$(id)?.querySelector('canvas')) ?? [] });
    });
    const shows = (/** @type {string[]} */ ...texts) => holds(page, (wanted) => wanted.every((each) => /** @type {any} */ (globalThis).labels('chart-returns').includes(each)), texts);
    await page.click('#step');
    await shows('threshold 1', '0', '1.0');
    await setSpeed(page, 4);
    await page.evaluate(() => (/** @type {any} */ (document.querySelector('bellhop-lab')).experiment.stopAt = 80)); // the axis of steps is still the first one
    await page.click('#play');
    await shows('−1.0', '0');
    await phase(page, 'paused');
    assert.ok(await number(page, 'count-steps') < 100);
    await page.click('#tab-control');
    await shows('threshold 475', '500');
    await page.click('#lang-zh');
    await shows('达标线 475');
    await close();
  });

  const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };
  for (const [name, options] of /** @type {const} */ ([['light', {}], ['forced colours', { forcedColors: 'active' }], ['dark', { colorScheme: 'dark' }], ['a phone', PHONE], ['a dark phone in Chinese', { ...PHONE, colorScheme: 'dark' }]])) {
    test(`12: axe finds nothing, with best practices, on any tab, ready, running, paused, with all that can be opened: ${name}`, async () => {
      const { page, close } = await lab().open(name.endsWith('Chinese') ? '#env=GridWorld-v0&lang=zh' : '#env=GridWorld-v0', options);
      for (const tab of ['grid', 'control', 'pixels', 'text']) {
        await page.click(`#tab-${tab}`);
        await holds(page, () => /** @type {any} */ (window).$('play')?.disabled === false);
        assert.deepEqual(await axe(page), [], `${tab}, ready`);
        if (tab === 'text') continue; // its views have a suite of their own
        await page.click('#play');
        await reach(page, 'count-steps', 2);
        assert.deepEqual(await axe(page), [], `${tab}, running`);
        await pause(page);
        await page.click('#settings summary');
        await page.waitForSelector('.setting');
        await page.click('.values summary');
        if (tab === 'grid') await page.click('#edit');
        await page.click('#you');
        await page.waitForSelector('#pad');
        assert.deepEqual(await axe(page), [], `${tab}, all open`);
        await page.click('#settings summary');
      }
      await close();
    });
  }

  test('12: forced colours leave bars and marks; keys reach the shown lab only', async () => {
    const { page, close } = await lab().open('#env=GridWorld-v0', { forcedColors: 'active' });
    for (const selector of ['#controls .mark', '#bars .fill']) assert.equal(await page.locator(selector).first().evaluate((each) => getComputedStyle(each).forcedColorAdjust), 'none');
    await page.click('#tab-text');
    await holds(page, () => /** @type {any} */ (document.querySelector('bellhop-lab')).experiment.kind === 'language' && /** @type {any} */ (window).$('play')?.disabled === false);
    await page.focus('#tab-text');
    await page.keyboard.press('Space');
    await page.keyboard.press('s');
    await page.click('#tab-grid');
    await holds(page, () => /** @type {any} */ (document.querySelector('bellhop-lab')).experiment.kind === 'run' && /** @type {any} */ (window).$('phase')?.dataset.phase === 'ready');
    assert.equal(await text(page, 'count-steps'), '0');
    await close();
  });

  test('14: at 1280 × 800 the last transition is on the first screen with Step, and the first speed is slow enough to see a step', async () => {
    for (const hash of ['#env=GridWorld-v0', '#env=CartPole-v1', '#env=Catch-v0']) {
      const { page, close } = await lab().open(hash);
      const rate = await page.evaluate(() => /** @type {any} */ (document.querySelector('bellhop-lab')).experiment.stepsPerSecond);
      assert.ok(rate <= 60, `${hash}: ${rate} steps a second`);
      await page.click('#step');
      await reach(page, 'count-steps', 1);
      for (const id of ['step', 'transition-title', 'formula']) {
        const box = await page.locator(`#${id}`).boundingBox();
        assert.ok(box && box.y >= 0 && box.y + box.height <= 800, `${hash}: #${id} ends at ${box && box.y + box.height}`);
      }
      await close();
    }
  });
}
