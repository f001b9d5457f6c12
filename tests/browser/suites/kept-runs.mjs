// SPDX-License-Identifier: MIT
// Runs that were left are there again when the page is: names, what is hidden and pinned, curves, records, what differs, bands of seeds. What is deleted is
// deleted in the browser's storage, and what this version cannot read stays there.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { allText, axe, frames, holds, link, reach, says, test } from '../harness.mjs';
import { KEY, SMALL, another, finish } from '../run-list.mjs';

/** @typedef {import('playwright-core').Page} Page */


/** What is stored of a view's list. @param {Page} page @param {string} view @returns {Promise<any[]>} */
const stored = (page, view) => page.evaluate((of) => new Promise((done) => {
  const opening = indexedDB.open('keyval-store');
  opening.onsuccess = () => {
    const reading = opening.result.transaction('keyval').objectStore('keyval').get(`bellhop.runs.1.${of}`);
    reading.onsuccess = () => {
      opening.result.close();
      done((reading.result ?? []).map((/** @type {any} */ run) => run && { ...run, history: null, log: null }));
    };
  };
}), view);

/** Adds to what is stored. @param {Page} page @param {string} view @param {unknown} run */
const put = (page, view, run) => page.evaluate(([of, value]) => new Promise((done) => {
  const opening = indexedDB.open('keyval-store');
  opening.onsuccess = () => {
    const store = opening.result.transaction('keyval', 'readwrite').objectStore('keyval'), reading = store.get(`bellhop.runs.1.${of}`);
    reading.onsuccess = () => (store.put([...reading.result, value], `bellhop.runs.1.${of}`).onsuccess = () => done(opening.result.close()));
  };
}), /** @type {const} */ ([view, run]));

/** Waits until so many are stored. @param {Page} page @param {string} view @param {(runs: any[]) => boolean} isRight */
async function storedAs(page, view, isRight) {
  for (let i = 0; i < 200; i++) {
    if (isRight(await stored(page, view))) return;
    await frames(page, 2);
  }
  assert.fail(JSON.stringify(await stored(page, view)));
}

/** The bytes of the CSV of a run of the list. @param {Page} page @param {number} n */
async function csv(page, n) {
  await page.selectOption('#bench-of', String(n));
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('#bench-csv')]);
  return readFileSync(await download.path(), 'utf8');
}

/** What is drawn of the runs in the chart of returns. @param {Page} page */
const curves = (page) => page.evaluate(() => {
  const { experiment } = /** @type {any} */ (document.getElementById('lab'));
  return experiment.runs.items.map((/** @type {any} */ { n, name, isHidden = false, isPinned = false, step, solvedAt, history: { returns, train } }) => ({ n, name, isHidden, isPinned, step, solvedAt, returns, train }));
});

/** @param {() => import('../harness.mjs').Lab} lab */
export default function keptRuns(lab) {
  test('kept runs: a reload brings the list back, with its curves, names, pins and records; what is deleted is gone for good', async () => {
    const { page, close } = await lab().open(`${SMALL}&seed=3`);
    await finish(page);
    await another(page, 7);
    await finish(page);
    await another(page, 9);
    await page.click('#runs-open');
    await page.fill('#bench-run-1 .bench-name', 'three');
    await page.keyboard.press('Tab');
    await page.click('#bench-run-1 .bench-pin');
    await page.uncheck('#bench-run-2 input[type=checkbox]');
    const before = await curves(page), records = await csv(page, 1);
    assert.ok(records.split('\n').length > 20);
    await storedAs(page, 'grid', (runs) => runs.length === 2 && runs[0].isPinned && runs[0].name === 'three' && runs[1].isHidden);

    await page.reload();
    await holds(page, () => /** @type {any} */ (document.getElementById('lab')).experiment?.runs.items.length === 2);
    assert.deepEqual(await curves(page), before);
    await page.click('#step');
    await holds(page, () => document.querySelector('bellhop-lab')?.shadowRoot?.querySelector('#chart-returns canvas'));
    await page.click('#runs-open');
    await says(page, 'bench-run-1', /Differs: seed 3 · 300 steps · mean return/);
    await says(page, 'bench-none', /Your browser keeps its settings, its curves and its latest records, so it is still here when you come back/);
    assert.equal(await csv(page, 1), records);
    assert.deepEqual(await axe(page), []);
    await page.focus('#bench-run-1 .bench-delete');
    await page.keyboard.press('Enter');
    await storedAs(page, 'grid', (runs) => runs.length === 1 && runs[0].n === 2);
    await page.reload();
    await holds(page, () => /** @type {any} */ (document.getElementById('lab')).experiment?.runs.items.length === 1);

    await page.click('#runs-open');
    await page.click('#bench-run-2 .bench-open');
    await link(page, 'seed=7');
    await page.click('#tab-control');
    await reach(page, 'count-steps', 0);
    assert.equal(await page.evaluate(() => /** @type {any} */ (document.getElementById('lab')).experiment.runs.items.length), 0, 'each view has its own');
    await close();
  });

  test('kept runs: one that this version cannot read is not shown, and stays as it is; numbers go on; the words in Chinese', async () => {
    const { page, close } = await lab().open(`${SMALL}&seed=3&lang=zh`);
    await finish(page);
    await another(page, 7);
    await storedAs(page, 'grid', (runs) => runs.length === 1);
    const later = { n: 7, id: 'x', step: 5, solvedAt: null, setup: { env: 'GridWorld-v0', algo: 'q-learning', preset: '', seed: 1, options: { learningRate: 0.1, thinking: 3 }, envOptions: {}, changes: [] } };
    const others = [later, { ...later, setup: { ...later.setup, options: { learningRate: 1e9 } } }, { ...later, setup: { ...later.setup, env: 'Nowhere-v9' } }, {}, null];
    for (const each of others) await put(page, 'grid', each);
    await page.reload();
    await holds(page, () => /** @type {any} */ (document.getElementById('lab')).experiment?.runs.items.length === 1);
    await page.click('#notice-close');
    await finish(page);
    await another(page, 11);
    await page.click('#runs-open');
    await says(page, 'bench-run-2', /不同之处：.*种子/);
    await says(page, 'bench-none', /下次打开本页时它仍在/);
    assert.equal(KEY.exec(await allText(page)), null);
    await page.click('#bench-run-1 .bench-delete');
    await storedAs(page, 'grid', (runs) => runs.length === 6 && runs[5].setup.seed === 7);
    assert.deepEqual((await stored(page, 'grid')).slice(0, 5), others.map((each) => each && { ...each, history: null, log: null }));
    await close();
  });

  test('kept runs: a band of five seeds, and at most twelve runs', async () => {
    const { page, close } = await lab().open(`${SMALL}&seed=3`);
    await page.click('#runs-open');
    await page.click('#bench-seeds-start');
    await says(page, 'bench-run-1', /Seeds 3 to 7, 300 steps each/);
    for (let seed = 20; seed < 33; seed++) {
      await finish(page);
      await another(page, seed);
    }
    await storedAs(page, 'grid', (runs) => runs.length === 12);
    await page.click('#bench-seeds-start');
    await page.waitForSelector('#bench-run-15');
    const text = await page.locator('#bench-run-15').innerText();
    await storedAs(page, 'grid', (runs) => runs.at(-1)?.n === 15);
    await page.reload();
    await holds(page, () => /** @type {any} */ (document.getElementById('lab')).experiment?.runs.items.length === 12);
    await page.click('#runs-open');
    await page.waitForSelector('#bench-run-15');
    assert.match(text, /Seeds 32 to 36/);
    await says(page, 'bench-run-15', /Seeds 32 to 36, 300 steps each: interquartile mean/);
    assert.equal(await page.evaluate(() => /** @type {any} */ (document.getElementById('lab')).experiment.runs.more({ theme: {}, experiment: /** @type {any} */ (document.getElementById('lab')).experiment }).length), 2);
    await close();
  });
}
