// SPDX-License-Identifier: MIT
// The language models on the tab Text: one is trained, writes, and takes no text it cannot learn from; an agent starts from
// one, its run is compared, and the weights of its reward change while it runs. All with the second worker, from this origin.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { number, pause, picture, reach, text } from '../harness.mjs';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** What a key of the catalogue looks like where its words are missing. */
const KEY = /\b(lm|rl|lr|text|part|env|field)\.[a-z][\w/.-]*\w/;

const NO_MODEL = { name: 'no.safetensors', mimeType: 'application/octet-stream', buffer: Buffer.from('nothing') };

/** @typedef {import('playwright-core').Page} Page */

/** The perplexity that is read out. @param {Page} page */
const perplexity = async (page) => Number(/[\d.,]+/.exec(await text(page, 'lm-readout'))?.[0].replaceAll(',', '') ?? NaN);

/** @param {string} counter  "1,200 / 4,000" */
const stepsIn = (counter) => Number(counter.split('/')[0].replaceAll(',', ''));

/** A tiny model: the tests share two cores. @param {Page} page */
async function small(page) {
  for (const [id, value] of [['dModel', '16'], ['nLayers', '1'], ['nHeads', '2'], ['context', '32'], ['maxSteps', '4000']]) await page.selectOption(`#lm-${id}`, value);
}

/** @param {() => import('../harness.mjs').Lab} lab */
export default function language(lab) {
  test('nothing of it is in the first load', async () => {
    const { page, trouble, close } = await lab().open();
    await page.waitForTimeout(300);
    assert.deepEqual(trouble.requests.filter((url) => /text|corpus|section/.test(url)), []);
    await page.click('#tab-text');
    await page.locator('#language-part h2').scrollIntoViewIfNeeded();
    await page.waitForFunction(() => (/** @type {HTMLTextAreaElement} */ (document.getElementById('lm-text'))).value.length > 10_000);
    assert.ok(!trouble.requests.some((url) => url.includes('bellhop-text')), 'the module comes when it is needed');
    await page.click('#tab-grid');
    await page.waitForSelector('#language-part', { state: 'hidden' });
    await close();
  });

  test('a language model is trained and writes; a text that will not do gives its sentence and loses nothing', async () => {
    const { page, trouble, close } = await lab().open('#env=TextGen-v0');
    await page.waitForSelector('#language-part');
    await small(page);
    await page.click('#lm-train');
    await page.waitForFunction(() => document.getElementById('lm-readout')?.textContent !== '');
    const before = await perplexity(page);
    await page.waitForFunction(() => (document.getElementById('lm-sample')?.textContent ?? '').length > 50);
    const sample = await text(page, 'lm-sample');
    await page.waitForFunction((old) => document.getElementById('lm-sample')?.textContent?.trim() !== old, sample);
    await page.waitForFunction(() => Number(document.getElementById('lm-steps')?.textContent?.split('/')[0].replaceAll(',', '')) >= 400);
    await pause(page, 'lm-');
    const after = await perplexity(page);
    assert.ok(after < before * 0.6, `${before} to ${after}`);
    assert.equal(await page.locator('#lm-next li').count(), 8);
    assert.match(await text(page, 'lm-phase'), /paused/);

    await page.setInputFiles('#lm-file', NO_MODEL);
    await page.waitForFunction(() => (document.getElementById('lm-error')?.textContent ?? '').length > 10);
    assert.match(await text(page, 'lm-phase'), /paused/);
    const stood = await text(page, 'lm-steps');
    await page.click('#lm-train');
    await page.waitForFunction((old) => document.getElementById('lm-steps')?.textContent !== old, stood);
    assert.equal(await text(page, 'lm-error'), '');
    await pause(page, 'lm-');
    assert.ok(stepsIn(await text(page, 'lm-steps')) > stepsIn(stood), 'it went on');

    const steps = await text(page, 'lm-steps');
    await page.fill('#lm-text', 'too little');
    await page.click('#lm-train'); // what was just typed counts
    await page.waitForFunction(() => /more text|smaller context/.test(document.getElementById('lm-error')?.textContent ?? ''));
    assert.equal(await text(page, 'lm-steps'), steps);
    await page.selectOption('#lm-corpus', 'stories-en');
    await page.waitForSelector('#lm-corpus-kept:not([hidden])');
    await page.locator('#lm-text').press('x');
    assert.ok((await page.inputValue('#lm-text')).length > 10_000);
    await page.selectOption('#lm-corpus', 'own');
    await page.waitForSelector('#lm-corpus-kept', { state: 'hidden' });
    assert.equal(await page.inputValue('#lm-text'), 'too little');
    assert.match(await text(page, 'lm-note'), /still shown/);
    await page.fill('#lm-text', '  ');
    await page.click('#lm-train');
    await page.waitForFunction(() => /no text yet/.test(document.getElementById('lm-error')?.textContent ?? ''));
    await page.fill('#lm-prompt', 'The dog');
    await page.waitForFunction(() => document.querySelector('#lm-sample b')?.textContent === 'The dog');
    await page.check('#lm-greedy');
    await page.waitForFunction(() => document.querySelector('#lm-next .number')?.textContent === '100.0%');
    assert.deepEqual([...new Set(trouble.requests.map((url) => new URL(url).origin))].filter((origin) => origin !== 'null'), [lab().origin]);

    const [file] = await Promise.all([page.waitForEvent('download'), page.click('#lm-save')]);
    await page.setInputFiles('#lm-file', /** @type {string} */ (await file.path()));
    await page.waitForFunction(() => /opened/.test(document.getElementById('lm-phase')?.textContent ?? ''));
    await page.waitForFunction(() => (document.getElementById('lm-sample')?.textContent ?? '').length > 50);
    const note = await text(page, 'lm-note');
    await page.setInputFiles('#lm-file', NO_MODEL);
    await page.waitForFunction(() => (document.getElementById('lm-error')?.textContent ?? '').length > 10);
    assert.match(await text(page, 'lm-phase'), /opened/);
    assert.equal(await text(page, 'lm-note'), note);
    await close();
  });

  test('a tab that is left while a model is prepared trains none; words of a task stand apart from the prompt', async () => {
    const { page, close } = await lab().open('#env=TextGen-v0');
    await page.waitForSelector('#language-part');
    await small(page);
    await page.evaluate(() => ['lm-train', 'tab-grid'].forEach((id) => document.getElementById(id)?.click()));
    await page.waitForFunction(() => document.getElementById('lm-phase')?.dataset.phase === 'paused');
    await page.waitForTimeout(200);
    assert.deepEqual([await text(page, 'lm-phase'), await text(page, 'lm-steps')], ['paused', '0']);
    await page.click('#tab-text');
    await page.selectOption('#lm-corpus', 'task');
    await page.fill('#lm-prompt', 'the dog');
    await page.click('#lm-train');
    await page.waitForFunction(() => /^the dog \S/.test(document.getElementById('lm-sample')?.textContent ?? ''));
    await close();
  });

  test('an agent starts from a language model, has its curve, and its reward changes while it runs', async () => {
    const { page, close } = await lab().open('#env=TextGen-v0');
    await page.waitForSelector('#decisions-part');
    await page.click('#rl-play');
    await page.waitForFunction(() => /step \d+ of/.test(document.getElementById('rl-phase')?.textContent ?? ''));
    await reach(page, 'rl-steps', 520);
    const rows = await page.locator('#rl-curves tbody th').allInnerTexts();
    assert.deepEqual(rows.map((row) => row.trim()), ['DQN + LM', 'language model alone', 'random']);
    const [start, lm, random] = (await page.locator('#rl-curves tbody td:nth-child(2)').allInnerTexts()).map(Number);
    assert.ok(start > random + 0.2 && lm > random + 0.2, `${start} ${lm} ${random}`);
    await page.waitForSelector('#rl-choices [data-taken]');
    assert.equal(await page.locator('#rl-choices li').count(), 8);

    await page.click('[aria-label="Only this: length"]');
    await page.waitForFunction(() => /other weights from step/.test(document.getElementById('rl-curves')?.textContent ?? ''), null, { timeout: 10_000 });
    assert.deepEqual(await page.locator('#rl-parts input[type=text]').evaluateAll((fields) => fields.map((field) => /** @type {HTMLInputElement} */ (field).value)), ['0', '0', '1', '0', '0']);
    await pause(page, 'rl-');
    const before = await picture(page, '#rl-canvas');
    const at = await number(page, 'rl-steps');
    await page.click('#rl-step');
    await reach(page, 'rl-steps', at + 1);
    await page.waitForFunction((old) => /** @type {HTMLCanvasElement} */ (document.getElementById('rl-canvas')).toDataURL() !== old, before);
    assert.match(await text(page, 'rl-rated'), /^of the /);
    await page.evaluate(axeSource);
    const found = await page.evaluate(async () => {
      const { violations } = await /** @type {any} */ (window).axe.run(document, { resultTypes: ['violations'] });
      return violations.map((/** @type {any} */ { impact, id, nodes }) => `${impact} ${id}: ${nodes.map((/** @type {any} */ node) => node.html).join(' ')}`);
    });
    assert.deepEqual(found.filter((/** @type {string} */ line) => /^(serious|critical)|-(part|rl|lm)/.test(line)), []);

    const names = async () => (await page.locator('#rl-curves tbody th').allInnerTexts()).map((row) => row.trim().split(',')[0]).filter((row) => row.startsWith('DQN'));
    for (const expected of [['DQN + LM', 'DQN + LM 2'], ['DQN + LM 2', 'DQN + LM 3']]) {
      await page.click('#rl-new');
      await page.waitForFunction((n) => document.querySelectorAll('#rl-curves tbody tr').length === n, 4);
      await reach(page, 'rl-steps', 1);
      await pause(page, 'rl-');
      assert.deepEqual(await names(), expected);
      if (expected[0] === 'DQN + LM') await page.click('#rl-clear');
    }
    await page.click('#rl-play');
    await page.evaluate(() => ['rl-new', 'tab-grid'].forEach((id) => document.getElementById(id)?.click()));
    await page.waitForSelector('#decisions-part', { state: 'hidden' });
    await page.waitForFunction(() => /^(ready|paused)$/.test(document.getElementById('rl-phase')?.textContent ?? ''));
    await page.waitForTimeout(300);
    assert.match(await text(page, 'rl-phase'), /ready|paused/, 'nothing runs behind another tab');
    await page.click('#tab-text');
    await page.click('#rl-step');
    await page.waitForSelector('#rl-choices [data-taken]');
    await page.waitForFunction(() => document.getElementById('rl-phase')?.textContent === 'paused');
    await page.selectOption('#rl-algo', 'ppo');
    await page.waitForFunction(() => document.getElementById('rl-phase')?.textContent === 'ready');
    for (const id of ['rl-took', 'rl-choices', 'rl-texts', 'rl-rated']) assert.equal(await text(page, id), '', id);
    assert.deepEqual([await text(page, 'rl-reward'), await text(page, 'rl-best'), await text(page, 'rl-aside')], ['–', 'none yet', 'Press Play: the agent writes here.']);
    await close();
  });

  test('a link has the task, where the agent starts from, what it learns by, and the weights', async () => {
    const { page, close } = await lab().open('#env=TextGen-v0&text.task=Translate-v0&text.start=scratch&text.algo=ppo&text.weights=1,0,0.5&text.algo=sarsa');
    const shown = () => page.evaluate(() => ['rl-task', 'rl-start', 'rl-algo'].map((id) => /** @type {HTMLSelectElement} */ (document.getElementById(id)).value));
    const weights = () => page.locator('#rl-parts input[type=text]').evaluateAll((fields) => fields.map((field) => /** @type {HTMLInputElement} */ (field).value));
    await page.waitForSelector('#rl-default:not([hidden])');
    assert.deepEqual([...await shown(), ...await weights()], ['Translate-v0', 'scratch', 'ppo', '1', '0', '0.5']);
    assert.match(await text(page, 'rl-ignored'), /text\.algo=sarsa$/);
    assert.ok(await page.locator('#decisions-part').evaluate((part) => part.getBoundingClientRect().top < innerHeight), 'it is what one sees');
    const field = page.locator('#rl-parts input[type=text]').first();
    for (const typed of ['5', 'abc', '-1', '']) {
      await field.fill(typed);
      await field.press('Tab');
      assert.equal(await field.inputValue(), '5', typed);
    }
    await page.click('#rl-default');
    await page.waitForFunction(() => !location.hash.includes('weights'));
    await page.selectOption('#rl-task', 'CodeGen-v0');
    await page.waitForFunction(() => location.hash.includes('&text.task=CodeGen-v0&text.start=scratch&text.algo=ppo'));
    await page.click('#tab-grid');
    await page.waitForFunction(() => !location.hash.includes('text.'));
    await page.click('#tab-text');
    await page.waitForFunction(() => location.hash.includes('&text.task=CodeGen-v0'));
    for (const bad of ['1,99,1', '1,2']) {
      await page.evaluate((list) => (location.hash = `#env=TextGen-v0&text.task=Dialogue-v0&text.weights=${list}`), bad);
      await page.waitForFunction((list) => document.getElementById('rl-ignored')?.textContent?.endsWith(`text.weights=${list}`), bad);
      await page.waitForFunction(() => location.hash.endsWith('&text.task=Dialogue-v0')); // a link that comes while the page writes its own is lost
    }
    assert.deepEqual(await shown(), ['Dialogue-v0', 'lm', 'dqn']);
    assert.ok(await page.isVisible('#rl-ignored'));
    await page.selectOption('#rl-task', 'CodeGen-v0');
    await page.waitForSelector('#rl-ignored', { state: 'hidden' });
    await close();
  });

  test('every task is shown in both languages, on a phone too', async () => {
    const { page, close } = await lab().open('#env=TextGen-v0&lang=zh', { viewport: { width: 390, height: 800 }, colorScheme: 'dark' });
    await page.waitForSelector('#decisions-part');
    await page.selectOption('#rl-start', 'scratch');
    await page.selectOption('#rl-algo', 'ppo');
    for (const task of await page.locator('#rl-task option').evaluateAll((options) => options.map((option) => /** @type {HTMLOptionElement} */ (option).value))) {
      await page.selectOption('#rl-task', task);
      await page.waitForFunction(() => document.querySelectorAll('#rl-curves tbody tr').length > 0);
      await page.click('#rl-step');
      await reach(page, 'rl-steps', 1);
      for (const lang of ['en', 'zh']) {
        await page.click(`#lang-${lang}`);
        await page.waitForFunction((wanted) => document.documentElement.lang.startsWith(wanted), lang);
        for (const id of ['language-part', 'decisions-part']) assert.equal(KEY.exec(await page.locator(`#${id}`).innerText()), null, `${task}, ${lang}`);
      }
    }
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    await page.selectOption('#rl-task', 'Summarize-v0');
    await page.waitForSelector('.part.fixed');
    const [name, track, amount] = await page.locator('.part.fixed').first().locator('> *').evaluateAll((pieces) => pieces.map((piece) => piece.getBoundingClientRect().toJSON()));
    assert.ok(track.width > 100 && [track, amount].every(({ top, bottom }) => top < name.bottom && bottom > name.top), 'a row of a part');
    await page.click('#rl-step');
    await page.waitForFunction(() => (document.getElementById('rl-canvas')?.clientHeight ?? 0) > 220); // the whole document
    await close();
  });
}
