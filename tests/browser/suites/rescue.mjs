// SPDX-License-Identifier: MIT
// Labs of text whose worker the browser ends, or that does not answer Pause: what is shown stays, and another worker goes on where that is possible;
// where it is not, the page says what is lost. Runs of the other labs: csp.mjs.
import assert from 'node:assert/strict';
import { block, holds, pause, phase, reach, says, setSpeed, test } from '../harness.mjs';

/** @typedef {import('playwright-core').Page} Page */

/** Ends the worker, as the browser does. @param {Page} page */
const end = (page) => page.evaluate(() => void /** @type {any} */ (globalThis).watched.kill());

/** What is told, from now on, in the order in which it was. @param {Page} page */
const listen = (page) => page.evaluate(() => {
  const { $ } = /** @type {any} */ (window), told = /** @type {string[]} */ ([]);
  setInterval(() => {
    const now = $('notice-text')?.textContent ?? '';
    if (now !== (told.at(-1) ?? '')) told.push(now);
  }, 10);
  Object.assign(globalThis, { told });
});

/** Waits until something was told. @param {Page} page @param {string} source */
const wasTold = (page, source) => holds(page, (of) => /** @type {any} */ (globalThis).told.some((/** @type {string} */ each) => new RegExp(of).test(each)), source, 60_000);

/** What a reader sees of a model. @param {Page} page */
const model = (page) => page.evaluate(() => {
  const { phase, frame, curve, written, about, setup, isStale, isOpened } = /** @type {any} */ (document.querySelector('bellhop-lab')).experiment;
  return { phase, steps: frame?.steps ?? 0, curve: structuredClone(curve), written: structuredClone(written), parameters: about?.model.parameters, seed: setup.seed, isStale, isOpened };
});

/** Its bytes, which say whether it is the same to the bit. @param {Page} page */
const bytes = (page) => page.evaluate(async () => Array.from(await /** @type {any} */ (document.querySelector('bellhop-lab')).experiment.save()).join());

/** Its state is kept as it stands: no other one comes after that. */
const KEPT = () => {
  const { lastState, agentFrame } = /** @type {any} */ (document.querySelector('bellhop-lab')).experiment;
  return lastState?.step === agentFrame.timesteps;
};

/** @param {() => import('../harness.mjs').Lab} lab */
export default function rescue(lab) {
  const LANGUAGE = '#view=language&corpus=stories-en&dModel=16&nLayers=1&nHeads=2&context=16&seed=5';

  test('a language model whose worker ends while it stands still comes back to the step and the bits that were shown, with its curve and what it wrote', async () => {
    for (const kept of [false, true]) {
      const { page, trouble, close } = await lab().open(LANGUAGE);
      await page.click('#play');
      await reach(page, 'count-steps', 40);
      await pause(page);
      if (!kept) await page.evaluate(() => void (/** @type {any} */ (document.querySelector('bellhop-lab')).experiment.lastState = null)); // as in a page that keeps none
      else await holds(page, () => /** @type {any} */ (document.querySelector('bellhop-lab')).experiment.lastState?.step > 0);
      await holds(page, () => /** @type {any} */ (document.querySelector('bellhop-lab')).experiment.written);
      const before = await model(page), print = await bytes(page);
      await listen(page);
      await end(page);
      await wasTold(page, '^The browser stopped the worker\\. The run continues in another one from step');
      await phase(page, 'paused');
      const after = await model(page);
      assert.deepEqual({ ...after, curve: null, written: null }, { ...before, curve: null, written: null });
      assert.ok(after.written, 'what it wrote');
      assert.deepEqual(after.curve.held.xs, before.curve.held.xs);
      assert.equal(await bytes(page), print);
      await page.click('#play');
      await reach(page, 'count-steps', before.steps + 5);
      assert.deepEqual(trouble.errors, []);
      await close();
    }
  });

  test('a language model whose worker ends while it is trained is trained on; ended again at once that is told, and can be tried again', async () => {
    const { page, trouble, close } = await lab().open(`${LANGUAGE}&maxSteps=16000&lang=zh`);
    await page.click('#play');
    await reach(page, 'count-steps', 40);
    await listen(page);
    await end(page);
    await wasTold(page, '^浏览器终止了后台线程。运行在新的线程中从第 \\d+ 步继续');
    await phase(page, 'running');
    await reach(page, 'count-steps', 80);
    await end(page);
    await phase(page, 'failed');
    await says(page, 'lm-corpus-problem', /^负责训练的后台线程已终止。/);
    await page.click('#lm-corpus-retry');
    await phase(page, 'ready');
    await page.click('#play');
    await reach(page, 'count-steps', 2);
    assert.deepEqual(trouble.errors, []);
    await close();
  });

  test('a model that was opened is opened again; a form that was changed stays so', async () => {
    const { page, close } = await lab().open(LANGUAGE);
    await page.click('#step');
    await reach(page, 'count-steps', 1);
    await page.fill('#seed', '6');
    await page.press('#seed', 'Enter');
    await holds(page, () => /** @type {any} */ (document.querySelector('bellhop-lab')).experiment.isStale);
    const before = await model(page), print = await bytes(page);
    await listen(page);
    await end(page);
    await wasTold(page, '^The browser stopped the worker\\. The run continues');
    await phase(page, 'paused');
    const after = await model(page);
    assert.deepEqual([after.steps, after.seed, after.isStale, await bytes(page)], [before.steps, 6, true, print]);
    await close();

    const opened = await lab().open(LANGUAGE);
    await opened.page.click('#step');
    await reach(opened.page, 'count-steps', 1);
    await opened.page.evaluate(async () => {
      const { experiment } = /** @type {any} */ (document.querySelector('bellhop-lab'));
      await experiment.open(await experiment.save());
    });
    const whole = await bytes(opened.page);
    await listen(opened.page);
    await end(opened.page);
    await wasTold(opened.page, '^The browser stopped the worker\\. The model was reopened in another one\\.$');
    await phase(opened.page, 'finished');
    assert.equal(await bytes(opened.page), whole);
    assert.equal((await model(opened.page)).isOpened, true);
    await opened.close();
  });

  test('a worker that ends while it makes a language model: the page says that there is none, and Play makes it', async () => {
    const { page, trouble, close } = await lab().open(`${LANGUAGE}&tokenizer=bpe`);
    await holds(page, () => /** @type {any} */ (globalThis).$('lm-text')?.value.length > 10_000);
    await listen(page);
    await page.evaluate(() => {
      const { $, watched } = /** @type {any} */ (window), { experiment } = /** @type {any} */ (document.querySelector('bellhop-lab'));
      experiment.addEventListener('phase', () => experiment.phase === 'preparing' && setTimeout(watched.kill), { once: true });
      $('play').click();
    });
    await wasTold(page, '^The worker stopped while it was preparing this, and was replaced\\. Press Play to prepare it again\\.$');
    await phase(page, 'ready');
    await page.click('#play');
    await reach(page, 'count-steps', 1);
    assert.deepEqual(trouble.errors, []);
    await close();
  });

  test('a language model that does not answer Pause: the page says so, ends the worker, and stands where the training was kept', async () => {
    const { page, close } = await lab().open(`${LANGUAGE}&maxSteps=16000`);
    await page.click('#play');
    await reach(page, 'count-steps', 10);
    await holds(page, () => /** @type {any} */ (document.querySelector('bellhop-lab')).experiment.lastState?.step > 0);
    await listen(page);
    await block(page);
    await page.click('#play');
    await wasTold(page, '^Pausing: the worker is finishing its current update');
    await wasTold(page, '^The worker did not answer Pause for 3 seconds and was stopped\\. The run continues from step [\\d,]*[1-9]');
    await phase(page, 'paused');
    const { steps, curve } = await model(page);
    assert.ok(steps > 0 && curve.held.xs.length > 0, 'from the kept state');
    await page.click('#play');
    await reach(page, 'count-steps', steps + 5);
    await close();
  });

  /** What a reader sees of a run of text. @param {Page} page */
  const run = (page) => page.evaluate(async () => {
    const { experiment } = /** @type {any} */ (document.querySelector('bellhop-lab'));
    const { phase, agentFrame, curves, runs, history } = experiment;
    return { phase, steps: agentFrame?.timesteps, episodes: history.episodes, curves: structuredClone(curves), runs: runs.items.length, best: agentFrame?.shown?.best?.reward, hash: await experiment.fingerprint() };
  });

  test('a run of text whose worker ends comes back to the step, the bits, the curve and the best text that were shown; while it plays it plays on', async () => {
    const { page, trouble, close } = await lab().open('#env=TextGen-v1&start=scratch&algo=dqn&seed=4&learningStarts=100&evalFreq=100&totalTimesteps=20000');
    await setSpeed(page, 5);
    await page.click('#play');
    await reach(page, 'count-steps', 300);
    await pause(page);
    await holds(page, KEPT);
    const before = await run(page);
    assert.ok(before.best !== undefined && before.curves.length === 1 && before.curves[0].xs.length > 2);
    await listen(page);
    await end(page);
    await wasTold(page, '^The browser stopped the worker\\. The run continues in another one from step');
    await phase(page, 'paused');
    await holds(page, () => /** @type {any} */ (document.querySelector('bellhop-lab')).experiment.agentFrame);
    assert.deepEqual(await run(page), before);
    await page.click('#play');
    await reach(page, 'count-steps', Number(before.steps) + 100);
    await page.evaluate(() => void (/** @type {any} */ (document.querySelector('bellhop-lab')).experiment.lastState = null)); // as in a page that keeps none
    await pause(page);
    assert.deepEqual(trouble.errors, []);
    await close();
  });

  test('a run of text without a kept state comes again from its beginning to the step and the bits that were shown', async () => {
    const { page, trouble, close } = await lab().open('#env=TextGen-v1&start=scratch&algo=dqn&seed=4&learningStarts=100&evalFreq=100&totalTimesteps=20000');
    await setSpeed(page, 5);
    await page.click('#play');
    await reach(page, 'count-steps', 200);
    await pause(page);
    await holds(page, KEPT);
    const before = await run(page);
    await page.evaluate(() => void (/** @type {any} */ (document.querySelector('bellhop-lab')).experiment.lastState = null));
    await listen(page);
    await end(page);
    await wasTold(page, '^The browser stopped the worker\\. The run continues in another one from step 0;');
    await holds(page, (step) => {
      const { phase, agentFrame } = /** @type {any} */ (document.querySelector('bellhop-lab')).experiment;
      return phase === 'paused' && agentFrame?.timesteps === step;
    }, before.steps);
    const after = await run(page);
    assert.deepEqual([after.steps, after.hash, after.episodes], [before.steps, before.hash, before.episodes]);
    assert.ok(after.best >= before.best, `the best text had ${before.best}, and has ${after.best}`);
    assert.ok(after.curves.length >= 1);
    assert.deepEqual(trouble.errors, []);
    await close();
  });

  test('a worker that ends while it trains the language model of a task’s examples: the page says so, and Play begins it again', async () => {
    const { page, trouble, close } = await lab().open('#env=TextGen-v1&algo=dqn&seed=4');
    await listen(page);
    await page.click('#play');
    await says(page, 'phase', /^Training the language model: step [1-9]/);
    await end(page);
    await wasTold(page, '^The worker stopped while it was preparing this, and was replaced\\. Press Play to prepare it again\\.$');
    await phase(page, 'ready');
    await page.click('#play');
    await says(page, 'phase', /^Training the language model: step [1-9]/);
    await pause(page);
    assert.deepEqual(trouble.errors, []);
    await close();
  });
}
