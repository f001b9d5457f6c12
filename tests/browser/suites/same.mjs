// SPDX-License-Identifier: MIT
// The same seed gives the same bits: the golden runs in Chromium, with and without SIMD, those of language models too,
// and the page's own runs on two loads, at whatever speed they were played.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { withoutOptions } from '../../golden/golden.mjs';
import { anotherPage, frames, phase, says, setSpeed, test, text } from '../harness.mjs';

const golden = JSON.parse(readFileSync(new URL('../../golden/runs.json', import.meta.url), 'utf8'));

/** @param {() => import('../harness.mjs').Lab} lab */
export default function same(lab) {
  for (const [simd, kind] of /** @type {const} */ ([[true, 'wasm-simd128'], [false, 'scalar']])) {
    const of = simd ? golden : { sha256: withoutOptions(golden.sha256), text_sha256: withoutOptions(golden.text_sha256) };
    test(`golden runs in Chromium, ${kind}`, async () => {
      const runs = await inPage(lab(), `const bh = await load({ simd: ${simd}, text: false });
        if (bh.simd !== '${kind}') throw new Error(bh.simd);
        return goldenRuns(bh, ${JSON.stringify(Object.keys(of.sha256))});`);
      const found = Object.fromEntries(Object.entries(/** @type {Record<string, { sha256: string }>} */ (runs)).map(([id, run]) => [id, run.sha256]));
      assert.deepEqual(found, of.sha256);
    });

    test(`golden runs of language models and tasks of text in Chromium, ${kind}`, async () => {
      const found = await inPage(lab(), `const bh = await load({ simd: ${simd}, text: true });
        if (bh.simd !== '${kind}') throw new Error(bh.simd);
        const readCorpus = async (file) => new Uint8Array(await (await fetch(new URL('static/' + file, location))).arrayBuffer());
        return goldenTexts(bh, ${JSON.stringify(Object.keys(of.text_sha256))}, readCorpus);`);
      assert.deepEqual(found, of.text_sha256);
    });
  }

  test('the same link gives the same run, at any speed', async () => {
    const hash = '#env=GridWorld-v0&algo=dqn&seed=7&totalTimesteps=600';
    const fast = await finish(lab(), hash, 5), slower = await finish(lab(), hash, 4), other = await finish(lab(), hash.replace('seed=7', 'seed=8'), 5);
    assert.deepEqual(fast, slower);
    assert.notDeepEqual(other.bars, fast.bars, 'another seed is another run');
    assert.notEqual(other.fingerprint, fast.fingerprint);
  });

  for (const [hash, end] of /** @type {const} */ ([
    ['#env=GridWorld-v0&algo=dqn&seed=7&totalTimesteps=900', 900], ['#env=CartPole-v1&algo=ppo&seed=2&totalTimesteps=6000', 6000],
    ['#view=language&corpus=stories-en&dModel=16&nLayers=1&nHeads=2&context=16&maxSteps=1000&seed=3', 1000],
    ['#env=TextGen-v1&start=scratch&algo=dqn&seed=4&totalTimesteps=800&learningStarts=100&evalFreq=400', 800],
  ])) {
    test(`what a killed tab left goes on to the bits of a run that was never left: ${hash}`, async () => {
      const unbroken = await lab().open(hash);
      const whole = await playedOut(unbroken.page, hash);
      await unbroken.close();
      const { context, page } = await lab().open(hash);
      await leave(page, hash, end);
      const left = await keptRun(page);
      const devtools = await context.newCDPSession(page);
      const crashed = new Promise((done) => page.once('crash', () => done(undefined)));
      devtools.send('Page.crash').catch(() => {}); // as when the system ends a tab: it is told nothing, and never answers
      await crashed;
      const again = await anotherPage(context);
      await again.goto(`${lab().url}${hash}`);
      await again.waitForSelector('#notice-action');
      assert.match(await text(again, 'notice-text'), new RegExp(left.toLocaleString('en-US')));
      await again.click('#notice-action');
      await again.waitForFunction((step) => /** @type {any} */ (document.querySelector('bellhop-lab')).experiment?.kept.step === step, left);
      await phase(again, 'paused');
      assert.equal(await playedOut(again, hash), whole);
    });
  }
}

/** @param {string} hash */
const isLanguage = (hash) => hash.includes('view=language');

/**
 * Takes the first part of a run, which then stands still. The page presses Pause itself: it may be over before it is told to.
 * @param {import('../harness.mjs').Page} page @param {string} hash @param {number} end
 */
async function leave(page, hash, end) {
  if (!isLanguage(hash)) await setSpeed(page, 4);
  await page.evaluate((least) => {
    const { $ } = /** @type {any} */ (window), { experiment } = /** @type {any} */ (document.querySelector('bellhop-lab'));
    const leaveAt = () => {
      if (experiment.kept.step < least) return;
      experiment.removeEventListener('frame', leaveAt);
      $('play').click();
    };
    experiment.addEventListener('frame', leaveAt);
    $('play').click();
  }, end / 4);
  await phase(page, 'paused');
}

/** Plays to the end, as fast as it goes. @param {import('../harness.mjs').Page} page @param {string} hash @returns {Promise<string>} the fingerprint there */
async function playedOut(page, hash) {
  if (!isLanguage(hash)) await setSpeed(page, 5);
  await page.click('#play');
  await phase(page, 'finished');
  return page.evaluate(async () => {
    const bytes = await /** @type {any} */ (document.querySelector('bellhop-lab')).experiment.save(); // of the parameters alone
    return [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  });
}

/** The step of the run that the page keeps, once that is where it stands. @param {import('../harness.mjs').Page} page @returns {Promise<number>} */
async function keptRun(page) {
  const isKept = async () => (await indexedDB.databases()).length === 0 ? 0 : new Promise((/** @type {(step: number) => void} */ done) => {
    const { step } = /** @type {any} */ (document.querySelector('bellhop-lab')).experiment.kept;
    const opening = indexedDB.open('keyval-store');
    opening.onsuccess = () => {
      const reading = opening.result.transaction('keyval').objectStore('keyval').getAll(IDBKeyRange.bound('bellhop.run.', 'bellhop.run/')); // of one view, in a new browser
      reading.onsuccess = () => {
        opening.result.close();
        done(reading.result[0]?.step === step ? step : 0);
      };
    };
  });
  for (;;) {
    const step = await page.evaluate(isKept);
    if (step > 0) return step;
    await frames(page, 2);
  }
}

/** What a function body returns in a page that has the library and tests/golden/golden.mjs. @param {import('../harness.mjs').Lab} lab @param {string} body */
async function inPage(lab, body) {
  const { page, close } = await lab.window();
  const [html, runs] = ['golden.html', 'golden.mjs'].map((file) => new URL(file, lab.url).href);
  const policy = String((await fetch(lab.url)).headers.get('content-security-policy'));
  await page.route(html, (route) => route.fulfill({ body: '<!doctype html>', contentType: 'text/html', headers: { 'Content-Security-Policy': policy } }));
  await page.route(runs, (route) => route.fulfill({ path: fileURLToPath(new URL('../../golden/golden.mjs', import.meta.url)), contentType: 'text/javascript' }));
  await page.goto(html);
  const result = await page.evaluate(`(async () => {
    const { load } = await import(${JSON.stringify(new URL('bellhop.mjs', lab.url).href)});
    const { goldenRuns, goldenTexts } = await import(${JSON.stringify(runs)});
    ${body}
  })()`);
  await close();
  return result;
}

/** A run to its end, and what the page says of it. @param {import('../harness.mjs').Lab} lab @param {string} hash @param {number} speed */
async function finish(lab, hash, speed) {
  const { page, close } = await lab.open(hash);
  await setSpeed(page, speed);
  await page.click('#play');
  await phase(page, 'finished');
  await says(page, 'truth-start', /\d, optimal/);
  await says(page, 'fingerprint', /600/);
  const told = { steps: await text(page, 'count-steps') };
  for (const id of ['count-episodes', 'count-mean', 'bars', 'truth', 'state-text', 'fingerprint']) Object.assign(told, { [id]: await text(page, id) });
  await close();
  assert.equal(told.steps, '600');
  return /** @type {Record<string, string>} */ (told);
}
