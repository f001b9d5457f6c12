// SPDX-License-Identifier: MIT
// <bellhop-lab> given what nobody should give it: every method and every property and attribute of docs/element.md, each argument any hostile value
// (tests/node/attack/hostile-values.mjs), and methods of another `this`. What it refuses rejects with a sentence, or is shown; nothing is uncaught, and the
// lab plays afterwards, to the same bits. Here a part of all tries is made; BELLHOP_ATTACK=all makes all.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { hosted, test } from '../harness.mjs';

/** @typedef {import('playwright-core').Page} Page */

const ALL = process.env.BELLHOP_ATTACK === 'all';
/** Of so many tries one is made. */
const EVERY = ALL ? 1 : 61;
const TIMEOUT_MS = ALL ? 3_600_000 : 180_000;
const VALUES = readFileSync(new URL('../../node/attack/hostile-values.mjs', import.meta.url), 'utf8');
const DOCS = readFileSync(new URL('../../../docs/element.md', import.meta.url), 'utf8');
/** What is read only. */
const READ = ['setup', 'query', 'phase'];

/** The first column of a table below a heading. @param {string} heading @returns {string[]} */
function column(heading) {
  const below = DOCS.slice(DOCS.indexOf(`\n## ${heading}\n`) + 4), section = below.slice(0, below.indexOf('\n## '));
  return [...section.matchAll(/^\| (`.*?) \|/gm)].map(([, cell]) => cell);
}
const METHODS = column('Methods').flatMap((cell) => [...cell.matchAll(/`(\w+)\(/g)].map(([, name]) => name));
const NAMES = column('Attributes and properties').flatMap((cell) => [...cell.matchAll(/`([\w-]+)`/g)].map(([, name]) => name)).filter((name) => !READ.includes(name));

/** A page with a lab, in which what is tried is said before it is. @param {import('../harness.mjs').Lab} lab */
async function attacked(lab) {
  const server = await hosted({ headers: { 'Content-Security-Policy': '' }, files: {
    'hostile-values.mjs': VALUES,
    'page.html': `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Attack</title><link rel="icon" href="static/icon.svg"></head>
      <body><main><h1>Attack</h1><bellhop-lab env="GridWorld-v0" seed="3"></bellhop-lab></main><script type="module" src="bellhop-lab.js"></script></body></html>`,
  } });
  const { page, trouble, close } = await lab.window();
  let trying = '';
  page.on('console', (message) => {
    if (message.type() === 'debug') trying = message.text();
  });
  await page.goto(`${server.url}page.html`);
  await page.evaluate(prepare, EVERY);
  return { page, trouble, async close() {
    await close().catch((error) => {
      throw new Error(`the last that was tried: ${trying}`, { cause: error });
    });
    await server.close();
  } };
}

/** Runs in the page: what tries, and what judges an answer. @param {number} every */
async function prepare(every) {
  const { HOSTILE, Hostile } = await import(new URL('hostile-values.mjs', location.href).href);
  const lab = /** @type {any} */ (document.querySelector('bellhop-lab'));
  await lab.reset();
  const ENGINE = /is not a function|is not iterable|Cannot read|undefined is not|Maximum call stack|Cannot convert|private|Illegal invocation|unreachable/;
  const found = /** @type {string[]} */ ([]);
  let tries = 0, made = 0;
  const begin = (/** @type {string} */ name) => {
    if (tries++ % every !== 0) return false;
    made++;
    console.debug(name);
    return true;
  };
  /** @param {string} name @param {() => unknown} call @param {(error: any) => boolean} [isRight]  of what it may throw besides */
  const answered = async (name, call, isRight = () => false) => {
    const late = new Promise((done) => setTimeout(done, 20_000, 'late'));
    try {
      const answer = await Promise.race([call(), late]);
      if (answer === 'late') found.push(`${name}: it did not answer`);
    } catch (error) {
      const { message } = /** @type {any} */ (error);
      if (isRight(error)) return;
      if (!(error instanceof Error) || error instanceof Hostile || typeof message !== 'string' || message.length < 8 || ENGINE.test(message.replace(/cannot be sent to a worker: .*/s, ''))) found.push(`${name}: ${error}`);
    }
  };
  Object.assign(window, { attack: { HOSTILE, Hostile, lab, begin, answered, result: () => ({ tries, made, found: found.splice(0) }) } });
}

/** Fails with what was found; the lab plays as ever. @param {import('node:test').TestContext} context @param {Page} page */
async function survived(context, page) {
  const { tries, made, found } = await page.evaluate(() => /** @type {any} */ (window).attack.result());
  context.diagnostic(`${made} of ${tries} tries made`);
  assert.deepEqual(found, []);
  const plays = await page.evaluate(async () => {
    const { lab } = /** @type {any} */ (window).attack;
    for (const name of lab.getAttributeNames()) lab.removeAttribute(name);
    Object.assign(lab, { algo: '', preset: '', settings: '', worker: '', show: '', controls: '', speed: '', theme: '', lang: '', autoplay: false, background: true, keepAlive: false, stopAt: '40', env: 'GridWorld-v0', seed: '4' });
    await lab.updateComplete;
    await lab.reset();
    lab.speed = 'max';
    await lab.updateComplete;
    await lab.play();
    while (lab.phase === 'running') await new Promise((done) => setTimeout(done, 20));
    const hash = await lab.sha256();
    const other = /** @type {any} */ (document.createElement('bellhop-lab'));
    Object.assign(other, { env: 'GridWorld-v0', seed: '4', speed: 'max', stopAt: '40', background: true });
    document.querySelector('main')?.append(other);
    await other.play();
    while (other.phase === 'running') await new Promise((done) => setTimeout(done, 20));
    const plays = { step: lab.experiment.agentFrame.timesteps, isSame: hash === await other.sha256(), phase: lab.phase };
    other.remove();
    return plays;
  });
  assert.deepEqual(plays, { step: 40, isSame: true, phase: 'paused' });
}

/** @param {() => import('../harness.mjs').Lab} lab */
export default function elementAttack(lab) {
  test('every method of a lab, with hostile values, and of another this: it rejects with a sentence or does it, and plays afterwards', async (t) => {
    assert.deepEqual(METHODS, ['play', 'pause', 'step', 'reset', 'set', 'save', 'load', 'sha256', 'notice']);
    const { page, trouble, close } = await attacked(lab());
    for (const name of METHODS) await page.evaluate(async (method) => {
      const { HOSTILE, lab, begin, answered } = /** @type {any} */ (window).attack;
      for (const [what, make] of HOSTILE) {
        for (let i = 0; i < 3; i++) {
          const given = [{}, 'good', { label: 'x', run: () => {} }];
          if (begin(`${method}(argument ${i + 1}: ${what})`)) await answered(`${method}(argument ${i + 1}: ${what})`, () => lab[method](...given.with(i, make({}))));
        }
        if (begin(`${method} of this: ${what}`)) await answered(`${method} of this: ${what}`, () => lab[method].call(make({})), (error) => error instanceof TypeError);
        if (method === 'set' && begin(`set({ learningRate: ${what} })`)) await answered(`set({ learningRate: ${what} })`, () => lab.set({ learningRate: make({}) }));
        if (method === 'set' && begin(`set({ seed: ${what} })`)) await answered(`set({ seed: ${what} })`, () => lab.set({ seed: make({}) }));
        if (method === 'set' && begin(`set({ env.map: ${what} })`)) await answered(`set({ env.map: ${what} })`, () => lab.set({ 'env.map': make({}) }));
      }
    }, name);
    await survived(t, page);
    assert.deepEqual(trouble.errors, []);
    await close();
  }, TIMEOUT_MS);

  test('every property and attribute of a lab, of hostile values: what does not fit is told, nothing is uncaught, and it plays afterwards', async (t) => {
    assert.ok(NAMES.length >= 16, NAMES.join());
    const { page, trouble, close } = await attacked(lab());
    for (const name of NAMES) await page.evaluate(async (key) => {
      const { HOSTILE, Hostile, lab, begin, answered } = /** @type {any} */ (window).attack;
      const settled = async () => {
        await lab.updateComplete;
        await new Promise((done) => setTimeout(done, 60));
      };
      for (const [what, make] of HOSTILE) {
        if (!key.includes('-') && begin(`${key} = ${what}`)) await answered(`${key} = ${what}`, () => {
          lab[key] = make({});
          return settled();
        }, (error) => key === 'experiment' && error instanceof Hostile);
        const text = (() => {
          try {
            return String(make({})).slice(0, 1e6);
          } catch {
            return null;
          }
        })();
        if (text !== null && begin(`the attribute ${key}: ${what}`)) await answered(`the attribute ${key}: ${what}`, () => {
          lab.setAttribute(key, text);
          return settled();
        });
      }
      if (key === 'experiment') lab.experiment = null;
      else lab[key] = key === 'env' ? 'GridWorld-v0' : '';
      lab.removeAttribute(key);
    }, name);
    await survived(t, page);
    assert.deepEqual(trouble.errors, []);
    await close();
  }, TIMEOUT_MS);
}
