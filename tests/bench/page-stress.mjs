// SPDX-License-Identifier: MIT
// node tests/bench/page-stress.mjs: how soon the page answers Pause under what is hard for it: the heaviest links, 12 tabs that all train, a processor
// throttled to a sixth, storage that is full, a worker that the browser ends; each alone, then all together. An answer is that the run stands
// still, or a sentence that says what the page is doing. What was shown before must be shown after, or the sentence names the step the run goes on from and
// its curve stays as that of an earlier run. Exits with 1 where something was lost, or not answered within 3 s. Needs the page: npm run build.
//
//     node tests/bench/page-stress.mjs                          every link under every condition, several times
//     node tests/bench/page-stress.mjs --tries 1 --only heavy   the links whose name has this in it
//     node tests/bench/page-stress.mjs --conditions together --tabs 4 --throttle 2
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { OUT } from '../../build/run.mjs';
import { serve } from '../../build/serve.mjs';
import { chromePath } from '../../build/setup.mjs';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {{ throttle?: boolean, full?: boolean, tabs?: boolean, kill?: boolean }} Condition */
/** `lost`: what was shown and is not any more; '' for nothing. @typedef {{ how: 'stood still' | 'said' | 'nothing', ms: number, stillMs: number, text: string, lost: string }} Answer */

const { values: args } = parseArgs({ options: {
  tries: { type: 'string', default: '3' }, tabs: { type: 'string', default: '12' }, throttle: { type: 'string', default: '6' },
  only: { type: 'string', default: '' }, conditions: { type: 'string', default: '' }, settle: { type: 'string', default: '3000' },
} });
const [TRIES, TABS, THROTTLE, SETTLE_MS] = [args.tries, args.tabs, args.throttle, args.settle].map(Number);
const ANSWER_MS = 1000, SAID_MS = 3000;
/** Longer than any of this takes: from then on it is no answer. */
const PATIENCE_MS = 120_000;

/** @type {Record<string, string>} */
const LINKS = {
  'light: CartPole, as it is': 'env=CartPole-v1&seed=3&totalTimesteps=2000000000',
  'heavy: the update of the issue': 'env=CartPole-v1&seed=3&batchSize=4096&netArch=1024,1024&gradientSteps=64&learningStarts=1',
  'heavy: one gradient step of minutes': 'env=CartPole-v1&seed=3&batchSize=65536&netArch=2048,2048&gradientSteps=1000&learningStarts=1',
  'heavy: PPO, orthogonal': 'env=CartPole-v1&algo=ppo&seed=3&batchSize=65536&netArch=2048,2048&nSteps=65536&nEpochs=1000',
  'heavy: evaluations without end': 'env=GridWorld-v0&seed=3&evalFreq=1&nEvalEpisodes=10000&maxEpisodeSteps=2000000000&env.map=S%23G',
  'heavy: SAC with 8 critics': 'env=Pendulum-v1&algo=sac&seed=3&batchSize=65536&netArch=512,512&nCritics=8&gradientSteps=1000&learningStarts=1',
  'heavy: search of 8 moves': 'env=ConnectFour-v0&seed=3&env.opponent=minimax&env.depth=8&totalTimesteps=1000000',
  'heavy: pixels, 1,024 environments': 'env=Breakout-MinAtar&algo=dqn&seed=3&nEnvs=1024&batchSize=4096&gradientSteps=1000&learningStarts=1',
  'heavy: trainings as steps': 'env=LearningRate-v0&seed=3&env.decisions=32&env.updates=100&evalFreq=1&nEvalEpisodes=10000',
  'heavy: text by PPO': 'env=TextGen-v1&algo=ppo&seed=3&start=scratch&featuresExtractor=transformer&dModel=512&nHeads=16&nLayers=4&nSteps=4096&batchSize=4096',
  'heavy: text, its language model first': 'env=Translate-v0&algo=ppo&seed=3&nSteps=65536&batchSize=65536&nEpochs=1000',
  'heavy: a language model': 'view=language&corpus=stories-en&seed=3&dModel=512&nLayers=4&nHeads=16&context=512&maxSteps=1000000',
};
/** @type {Record<string, Condition>} */
const CONDITIONS = {
  'alone': {}, 'throttled': { throttle: true }, 'storage full': { full: true }, 'worker ended': { kill: true }, 'tabs': { tabs: true },
  'together': { throttle: true, full: true, tabs: true, kill: true },
};

/** Runs in every page before its scripts. */
function watch() {
  const $ = (/** @type {string} */ id) => document.querySelector('bellhop-lab')?.shadowRoot?.getElementById(id);
  const phase = () => $('phase')?.dataset.phase ?? '';
  /** What is told, and is no answer. */
  const OTHER = /no room to keep/;
  let clicked = 0;
  /** @type {Worker[]} */
  const workers = [];
  document.addEventListener('click', ({ timeStamp }) => (clicked = timeStamp), true); // when the browser had it, not when the page's thread took it
  const { Worker: Plain } = window;
  window.Worker = class extends Plain {
    /** @param {string | URL} url @param {WorkerOptions} [options] */
    constructor(url, options) {
      super(url, options);
      workers.push(this);
    }
  };
  const experiment = () => /** @type {any} */ (document.querySelector('bellhop-lab')).experiment;
  /** What a reader sees of a run, as numbers. */
  const seen = () => {
    const of = experiment();
    return {
      phase: phase(), step: of.agentFrame?.timesteps ?? of.frame?.steps ?? 0, episodes: of.history?.episodes ?? of.curve?.train.xs.length ?? 0,
      runs: of.runs?.items.length ?? 0, notice: $('notice-text')?.textContent ?? '',
    };
  };
  const moves = () => ['running', 'preparing'].includes(phase());
  Object.assign(window, { stress: {
    phase, seen, moves,
    fastest: () => experiment().setSpeed(experiment().speeds.length - 1),
    /** Ends the workers as the browser does: nobody is told. */
    kill: () => workers.splice(0).forEach((worker) => Plain.prototype.terminate.call(worker)),
    arm: () => (clicked = 0),
    /** The first answer after a click. @param {number} patience */
    answer: (patience) => new Promise((done) => {
      const said = { ms: 0, text: '' }, since = performance.now(), before = $('notice-text')?.textContent ?? '';
      const look = () => {
        const now = performance.now(), text = $('notice-text')?.textContent ?? '', doing = $('phase-text')?.textContent ?? '';
        if (clicked && !said.ms && moves() && ((text && text !== before && !OTHER.test(text)) || /^(Pausing|Busy)/.test(doing))) Object.assign(said, { ms: now - clicked, text: text || doing });
        if ((clicked && !moves()) || now - since > patience) done({ said, stillMs: moves() ? Infinity : now - clicked, notice: text });
        else setTimeout(look, 10);
      };
      look();
    }),
  } });
}

/** Fills what an origin may store, and makes sure that there is no room. @param {Page} page */
async function fillStorage(page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Storage.overrideQuotaForOrigin', { origin: new URL(page.url()).origin, quotaSize: 1 });
  const refused = await page.evaluate(async () => {
    for (let size = 2 ** 20; size >= 1; size /= 2) {
      try {
        for (let i = 0; ; i++) localStorage.setItem(`fill ${size} ${i}`, 'x'.repeat(size));
      } catch {
        // smaller ones may fit
      }
    }
    return new Promise((done) => {
      const opening = indexedDB.open('keyval-store');
      opening.onerror = () => done(String(opening.error?.name));
      opening.onupgradeneeded = () => opening.result.createObjectStore('keyval');
      opening.onsuccess = () => {
        const writing = opening.result.transaction('keyval', 'readwrite');
        writing.objectStore('keyval').put(new Uint8Array(1000), 'stress');
        writing.onabort = () => done(String(writing.error?.name));
        writing.oncomplete = () => done('it was written');
      };
    });
  });
  if (refused !== 'QuotaExceededError') throw new Error(`the storage is not full: ${refused}`);
}

/** What of before is gone. @param {any} before @param {any} after @param {string} told */
function lostOf(before, after, told) {
  if (after.phase === 'failed') return `the run failed: ${told}`;
  if (after.step >= before.step && after.episodes >= before.episodes) return '';
  const named = /from step [\d,]+|从第 [\d,]+ 步/.test(told), isKept = after.runs > before.runs || before.episodes === 0;
  if (named && isKept) return '';
  return `${before.step} steps and ${before.episodes} points became ${after.step} and ${after.episodes}${named ? '' : ', untold'}`;
}

/** What is seen once another worker, if there is one, has taken over. @param {Page} page */
async function settled(page) {
  await page.waitForTimeout(500);
  await page.waitForFunction(() => /** @type {any} */ (window).stress.phase() !== 'loading', undefined, { polling: 100, timeout: PATIENCE_MS });
  return page.evaluate(() => /** @type {any} */ (window).stress.seen());
}

/** Presses Pause. @param {Page} page @returns {Promise<Answer>} */
async function pressPause(page) {
  const before = await page.evaluate(() => /** @type {any} */ (window).stress.seen());
  if (!await page.evaluate(() => (/** @type {any} */ (window).stress.arm(), /** @type {any} */ (window).stress.moves()))) return { how: 'stood still', ms: 0, stillMs: 0, text: `it was ${before.phase}: ${before.notice}`, lost: '' };
  const answering = page.evaluate((patience) => /** @type {any} */ (window).stress.answer(patience), PATIENCE_MS);
  await page.locator('#play').click({ timeout: PATIENCE_MS });
  const { said, stillMs, notice } = await answering;
  const after = await settled(page);
  const isSaid = said.ms > 0 && said.ms < stillMs;
  const how = isSaid ? 'said' : Number.isFinite(stillMs) ? 'stood still' : 'nothing';
  return { how, ms: isSaid ? said.ms : stillMs, stillMs, text: [said.text, notice, after.notice].filter((each, i, all) => each && all.indexOf(each) === i).join(' → '), lost: lostOf(before, after, `${said.text} ${notice} ${after.notice}`) };
}

/** Ends the worker while it plays. @param {Page} page @returns {Promise<Answer>} */
async function endWorker(page) {
  const before = await page.evaluate(() => /** @type {any} */ (window).stress.seen()), since = performance.now();
  await page.evaluate(() => /** @type {any} */ (window).stress.kill());
  /** @type {Answer} */
  const answer = { how: 'nothing', ms: Infinity, stillMs: Infinity, text: '', lost: '' };
  while (answer.how === 'nothing' && performance.now() - since < 30_000) {
    const { notice } = await page.evaluate(() => /** @type {any} */ (window).stress.seen());
    if (notice && notice !== before.notice) Object.assign(answer, { how: 'said', ms: performance.now() - since, text: notice });
    else await page.waitForTimeout(20);
  }
  const after = await settled(page);
  if (answer.how === 'nothing' && before.phase === 'ready') return { ...answer, how: 'stood still', ms: 0 }; // there was no run yet
  return { ...answer, lost: lostOf(before, after, answer.text) };
}

/** @param {import('playwright-core').Browser} browser @param {string} url @param {string} hash @param {Condition} condition @returns {Promise<Answer[]>} */
async function tryOnce(browser, url, hash, { throttle, full, tabs, kill }) {
  const context = await browser.newContext({ locale: 'en-US', viewport: { width: 1280, height: 800 } });
  /** @type {string[]} */
  const errors = [];
  try {
    await context.addInitScript(watch);
    const pages = await Promise.all(Array.from({ length: tabs ? TABS : 1 }, async () => {
      const page = await context.newPage();
      page.setDefaultTimeout(PATIENCE_MS);
      page.on('pageerror', ({ message }) => errors.push(message));
      await page.goto(`${url}#${hash}`);
      return page;
    }));
    if (full) await fillStorage(pages[0]);
    if (throttle) for (const page of pages) await (await context.newCDPSession(page)).send('Emulation.setCPUThrottlingRate', { rate: THROTTLE });
    for (const page of pages) {
      await page.waitForFunction(() => !['', 'loading'].includes(/** @type {any} */ (window).stress.phase()), undefined, { polling: 100 });
      if (await page.evaluate(() => /** @type {any} */ (window).stress.phase()) === 'failed') continue;
      await page.evaluate(() => /** @type {any} */ (window).stress.fastest());
      await page.locator('#play').click();
    }
    await pages[0].waitForTimeout(SETTLE_MS);
    /** @type {Answer[]} */
    const answers = [];
    if (kill) answers.push(await endWorker(pages[0]));
    for (const page of pages) answers.push(await pressPause(page));
    for (const error of new Set(errors)) answers.push({ how: 'nothing', ms: 0, stillMs: 0, text: '', lost: `an uncaught error: ${error}` });
    return answers;
  } finally {
    await context.close();
  }
}

/** @param {number} ms */
const seconds = (ms) => (Number.isFinite(ms) ? `${(ms / 1000).toFixed(2)} s` : 'never');
const median = (/** @type {number[]} */ list) => list.toSorted((a, b) => a - b)[list.length >> 1];

const { url, close } = await serve({ root: join(OUT, 'site'), port: 0 });
let isBroken = false;
try {
  for (const [name, hash] of Object.entries(LINKS).filter(([each]) => each.includes(args.only))) {
    for (const [what, condition] of Object.entries(CONDITIONS).filter(([each]) => !args.conditions || args.conditions.split(',').includes(each))) {
      /** @type {Answer[]} */
      const answers = [], loads = [];
      for (let i = 0; i < TRIES; i++) {
        const browser = await chromium.launch({ executablePath: chromePath() ?? undefined, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] }); // another one each time: nothing is warm, and nothing left over
        answers.push(...await tryOnce(browser, url, hash, condition).catch((error) => [{ how: /** @type {const} */ ('nothing'), ms: Infinity, stillMs: Infinity, text: '', lost: `the try failed: ${error.message.split('\n')[0]}` }]));
        loads.push(loadavg()[0]);
        await browser.close();
      }
      const times = answers.map(({ ms }) => ms), late = times.filter((ms) => ms > SAID_MS).length, slow = answers.filter(({ how, ms }) => how === 'stood still' && ms > ANSWER_MS).length;
      const lost = new Set(answers.map((each) => each.lost).filter(Boolean)), texts = new Set(answers.map(({ text }) => text).filter(Boolean));
      console.log(`${name} | ${what} | ${answers.length} answers | ${seconds(median(times))}, at most ${seconds(Math.max(...times))} | stood still after at most ${seconds(Math.max(...answers.map(({ stillMs }) => (stillMs === Infinity ? 0 : stillMs))))} | said ${answers.filter(({ how }) => how === 'said').length} | unsaid over 1 s ${slow}, late ${late} | load ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)} of ${availableParallelism()}`);
      for (const text of texts) console.log(`    said: ${text}`);
      for (const each of lost) console.log(`    LOST: ${each}`);
      isBroken ||= late > 0 || lost.size > 0;
    }
  }
} finally {
  await close();
}
process.exitCode = isBroken ? 1 : 0;
