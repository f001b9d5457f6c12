// SPDX-License-Identifier: MIT
// Pages whose Content-Security-Policy forbids something: load() and connect() say what to add; where workers alone are refused,
// training goes on on the page's thread, with the same bits. Frames without an origin have their worker.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SITE } from '../../../build/build.mjs';
import { load } from '../../../web/node/node.mjs';
import { block, holds as isSo, hosted, number, phase, reach, says, setSpeed, test } from '../harness.mjs';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('../harness.mjs').Lab} Lab */

const STRICT = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self' blob:; img-src 'self'; style-src 'self'";
const RUN = Object.freeze({ env: 'GridWorld-v0', algo: 'dqn', seed: 3, steps: 1200 });

const REQUIRED = "require-trusted-types-for 'script'", TRUSTED = `${STRICT}; ${REQUIRED}`;

/** A directive of the policy replaced, or left out. @param {string} name @param {string} [sources] */
const strictBut = (name, sources) => STRICT.split('; ').map((each) => (each.startsWith(`${name} `) ? sources && `${name} ${sources}` : each)).filter(Boolean).join('; ');

/** The site with a page of somebody's in it, served with these headers. @param {string} body @param {Record<string, string>} headers */
const host = (body, headers) => hosted({ headers, files: { 'page.html': `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Page</title>
    <link rel="icon" href="static/icon.svg"></head><body><main><h1>Page</h1>${body}</main></body></html>` } });

/** The site at an origin of its own, for whoever asks. */
const elsewhere = (body = '') => host(body, { 'Content-Security-Policy': '', 'Access-Control-Allow-Origin': '*' });

/**
 * A page under a policy. Not by a route of the browser's: what a worker imports from elsewhere would not be fetched.
 * @param {Lab} lab @param {string} policy @param {{ body?: string, header?: string }} [options]
 */
async function pageUnder(lab, policy, { body = '', header = 'Content-Security-Policy' } = {}) {
  const server = await host(body, { 'Content-Security-Policy': '', [header]: policy });
  const { page, trouble, close } = await lab.window();
  await page.goto(`${server.url}page.html`);
  return { page, trouble, async close() {
    trouble.errors.length = 0; // what the browser says of a violation
    await page.evaluate(() => void (/** @type {any} */ (globalThis).watched.violations.length = 0));
    await close();
    await server.close();
  } };
}

/** What load() or connect() rejects with there; '' where it resolves. @param {Page} page @param {'load' | 'connect'} name @param {object} [options] @returns {Promise<{ status: string, message: string }>} */
function refusal(page, name, options = {}) {
  return page.evaluate(async ([call, given]) => {
    const library = await import(new URL('bellhop.mjs', location.href).href);
    try {
      const made = await library[call](given);
      made.terminate?.();
      return { status: '', message: '' };
    } catch (error) {
      return { status: error.status, message: error.message };
    }
  }, /** @type {const} */ ([name, options]));
}

/** @type {Promise<string> | null} */
let known = null;

/** The fingerprint of the run in Node. */
function hashOfNode() {
  known ??= load({ text: false }).then(async (bh) => {
    const model = new bh.DQN(bh.make(RUN.env), { seed: RUN.seed });
    await model.learn({ totalTimesteps: RUN.steps });
    return model.sha256();
  });
  return known;
}

/** Waits for a condition in the page; asked from outside, as the page's policy forbids it to evaluate text. @param {import('playwright-core').Frame | Page} page @param {() => unknown} isSo */
async function holds(page, isSo) {
  for (const end = Date.now() + 30_000; !await page.evaluate(isSo);) {
    assert.ok(Date.now() < end, `it never came to hold: ${isSo}`);
    await page.evaluate(() => new Promise((done) => setTimeout(done, 50)));
  }
}

/** @param {() => Lab} lab */
export default function csp(lab) {
  test('each directive that is missing is named, with the source to add', async () => {
    const other = await elsewhere();
    const workerUrl = `${other.url}worker.mjs`, wasmUrl = `${other.url}bellhop-simd.wasm`;
    /** @type {[policy: string, calls: ('load' | 'connect')[], options: object, message: RegExp][]} */
    const cases = [
      [strictBut('script-src', "'self'"), ['load', 'connect'], {}, /forbids WebAssembly: add 'wasm-unsafe-eval' to script-src$/],
      ["default-src 'self'", ['load', 'connect'], {}, /forbids WebAssembly: add the directive "script-src 'self' 'wasm-unsafe-eval'"$/],
      [strictBut('connect-src', "'none'"), ['load', 'connect'], {}, /forbids fetching http\S+\/bellhop-simd\.wasm: add 'self' to connect-src$/],
      [strictBut('connect-src'), ['load'], {}, /forbids fetching \S+: add the directive "connect-src 'self'"$/],
      [STRICT, ['load', 'connect'], { wasmUrl }, new RegExp(`forbids fetching ${wasmUrl}: add ${other.origin} to connect-src$`)],
      [strictBut('worker-src', "'none'"), ['connect'], { fallback: false }, /forbids the worker: add 'self' to worker-src$/],
      [strictBut('worker-src', "'self'"), ['connect'], { fallback: false, workerUrl }, /forbids the worker: add blob: to worker-src$/],
      [strictBut('worker-src'), ['connect'], { fallback: false, workerUrl }, /forbids the worker: add the directive "worker-src 'self' blob:"$/],
      [STRICT, ['connect'], { fallback: false, workerUrl }, new RegExp(`forbids the worker's script ${workerUrl}: add ${other.origin} to script-src$`)],
      [TRUSTED, ['load'], {}, /^$/],
      [TRUSTED, ['connect'], { fallback: false }, /^$/],
      [`${TRUSTED}; trusted-types lit-html bellhop`, ['connect'], { fallback: false }, /^$/],
      [`${TRUSTED}; trusted-types lit-html`, ['connect'], { fallback: false }, /forbids the worker: add bellhop to trusted-types$/],
      [`${strictBut('worker-src', "'self'")}; ${REQUIRED}`, ['connect'], { fallback: false }, /forbids the worker: add blob: to worker-src$/],
    ];
    for (const [policy, calls, options, message] of cases) {
      const { page, close } = await pageUnder(lab(), policy);
      for (const call of calls) {
        const found = await refusal(page, call, options);
        assert.match(found.message, message, `${call} under ${policy}`);
        assert.equal(found.status, found.message && 'BH_ERR_LOAD');
      }
      await close();
    }
  });

  test('a wasmUrl that is none, or where something else lies, is told with the option, its value and what it must be', async () => {
    const { page, close } = await pageUnder(lab(), STRICT);
    const base = page.url().replace('page.html', ''), must = 'wasmUrl must be the URL of bellhop-simd.wasm or one of its twins';
    for (const call of /** @type {const} */ (['load', 'connect'])) {
      for (const [wasmUrl, message] of [
        ['page.html', `${base}page.html could not be fetched: what the server sends is no WebAssembly module (text/html; charset=utf-8); ${must}`],
        ['static/corpus_en.txt', `${base}static/corpus_en.txt could not be fetched: what the server sends is no WebAssembly module (text/plain; charset=utf-8); ${must}`],
        ['none.wasm', `${base}none.wasm could not be fetched: status 404; ${must}`],
      ]) assert.deepEqual(await refusal(page, call, { wasmUrl }), { status: 'BH_ERR_LOAD', message });
      for (const [wasmUrl, value] of [[5, '5'], ['', "''"], ['http://', "'http://'"], [null, 'null']]) {
        assert.deepEqual(await refusal(page, call, { wasmUrl }), { status: 'BH_ERR_ARGUMENT', message: `wasmUrl is ${value}, but must be a URL of bellhop-simd.wasm or one of its twins` });
      }
      assert.deepEqual(await refusal(page, call, { wasmUrl: 'bellhop-scalar.wasm' }), { status: '', message: '' });
    }
    assert.match((await refusal(page, 'connect', { workerUrl: 5 })).message, /^workerUrl is 5, but must be a URL of the worker's script$/);
    await close();
  });

  test('a policy that is only reported refuses nothing; a worker elsewhere starts where the policy allows it', async () => {
    const other = await elsewhere();
    const reported = await pageUnder(lab(), strictBut('worker-src', "'none'"), { header: 'Content-Security-Policy-Report-Only' });
    assert.equal((await refusal(reported.page, 'connect', { fallback: false })).message, '');
    await reported.close();
    const open = await pageUnder(lab(), strictBut('script-src', `'self' 'wasm-unsafe-eval' ${other.origin}`));
    assert.equal((await refusal(open.page, 'connect', { fallback: false, workerUrl: `${other.url}worker.mjs` })).message, '');
    assert.match((await refusal(open.page, 'connect', { workerUrl: `${other.url}none.mjs` })).message, /could not be loaded from \S+none\.mjs.*workerUrl/);
    await open.close();
  });

  test('where workers are refused, connect() trains on the page’s thread, gives Node’s run, and the page goes on between slices', async () => {
    const { page, trouble, close } = await pageUnder(lab(), strictBut('worker-src', "'none'"));
    const found = await page.evaluate(async ({ env, algo, seed, steps }) => {
      const { connect } = await import(new URL('bellhop.mjs', location.href).href);
      const trainer = await connect();
      const session = await trainer.create({ env, algo, options: { seed } });
      let turns = 0, isOver = false;
      const tick = () => {
        turns++;
        if (!isOver) setTimeout(tick, 0); // not animation frames: a busy machine draws few
      };
      setTimeout(tick, 0);
      await session.learn({ totalTimesteps: steps });
      isOver = true;
      const hash = await session.sha256();
      session.play();
      trainer.terminate();
      const refused = await session.step().catch((/** @type {Error} */ error) => error.message);
      return { hash, turns, isOffThread: trainer.isOffThread, refused, reason: (await trainer.gone).message };
    }, RUN);
    const warnings = trouble.errors.filter((each) => each.startsWith('Bellhop: '));
    assert.equal(found.hash, await hashOfNode());
    assert.equal(found.isOffThread, false);
    assert.ok(found.turns > 3, `the page had ${found.turns} turns meanwhile`);
    assert.deepEqual([found.refused, found.reason], ['the trainer was terminated', 'the trainer was terminated']);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0], /forbids the worker: add 'self' to worker-src\. .*page's thread/);
    await close();
  });

  test('a lab trains under worker-src \'none\', where Trusted Types are required, and in a frame without an origin in a worker', async () => {
    const element = `<script type="module" src="bellhop-lab.js"></script><bellhop-lab env="${RUN.env}" seed="${RUN.seed}" speed="max" settings='{"totalTimesteps": ${RUN.steps}}' autoplay></bellhop-lab>`;
    const isDone = () => /** @type {any} */ (document.querySelector('bellhop-lab'))?.experiment?.print?.step === 1200;
    const hash = () => /** @type {any} */ (document.querySelector('bellhop-lab')).experiment.print.hash;
    const refused = await pageUnder(lab(), strictBut('worker-src', "'none'"), { body: element });
    await holds(refused.page, isDone);
    assert.equal(await refused.page.evaluate(hash), (await hashOfNode()).slice(0, 12));
    assert.equal(await refused.page.evaluate(() => /** @type {any} */ (document.querySelector('bellhop-lab')).experiment.trainer.isOffThread), false);
    await refused.close();

    const typed = await pageUnder(lab(), `${TRUSTED}; trusted-types bellhop lit-html`, { body: element });
    await holds(typed.page, isDone);
    assert.equal(await typed.page.evaluate(hash), (await hashOfNode()).slice(0, 12));
    assert.equal(await typed.page.evaluate(() => /** @type {any} */ (document.querySelector('bellhop-lab')).experiment.trainer.isOffThread), true);
    assert.deepEqual(await typed.page.evaluate(() => /** @type {any} */ (globalThis).watched.violations), [], 'nothing of it was refused');
    await typed.close();

    const site = await elsewhere(element);
    const framed = await pageUnder(lab(), `default-src 'none'; frame-src ${site.origin}; img-src 'self'`, {
      body: `<iframe title="Lab" width="900" height="700" sandbox="allow-scripts" src="${site.url}page.html"></iframe>`,
    });
    const frame = /** @type {import('playwright-core').Frame} */ (await (await framed.page.waitForSelector('iframe')).contentFrame());
    await frame.waitForLoadState();
    await holds(frame, isDone);
    assert.equal(await frame.evaluate(hash), (await hashOfNode()).slice(0, 12));
    assert.deepEqual(await frame.evaluate(() => [origin, /** @type {any} */ (document.querySelector('bellhop-lab')).experiment.trainer.isOffThread]), ['null', true]);
    await framed.close();
  });

  test('a lab whose templates a page with Trusted Types refuses says what its author must add, in both languages and to whoever calls it', async () => {
    const withLab = (/** @type {string} */ script) => `<script ${script.endsWith('classic.js') ? '' : 'type="module"'} src="${script}"></script><bellhop-lab env="${RUN.env}"></bellhop-lab>`;
    const told = (/** @type {Page} */ page) => page.evaluate(async () => {
      const lab = /** @type {any} */ (document.querySelector('bellhop-lab'));
      return [lab.phase, lab.shadowRoot.getElementById('overlay-text').textContent, await lab.play().then(() => '', (/** @type {Error} */ { message }) => message)];
    });
    const isTold = () => document.querySelector('bellhop-lab')?.shadowRoot?.getElementById('overlay-text');
    for (const [script, names, added] of [['bellhop-lab.js', 'bellhop', 'lit-html'], ['bellhop-lab-all.classic.js', "'none'", 'lit-html'], ['bellhop-lab.js', 'bellhop lit-html', "'allow-duplicates'"]]) {
      const { page, close } = await pageUnder(lab(), `${TRUSTED}; trusted-types ${names}`, { body: added === 'lit-html' ? withLab(script) : '' });
      if (added !== 'lit-html') { // as another copy of Lit does
        await page.evaluate(() => void /** @type {any} */ (globalThis).trustedTypes.createPolicy('lit-html', {}));
        await page.evaluate((src) => import(new URL(src, location.href).href), script);
        await page.evaluate((env) => document.body.append(Object.assign(document.createElement('bellhop-lab'), { env })), RUN.env);
      }
      await holds(page, isTold);
      const [phase, text, message] = await told(page);
      assert.equal(phase, 'failed');
      assert.equal(text, `This page’s Content-Security-Policy forbids the lab. Its author must add ${added} to trusted-types. 此页面的内容安全策略（CSP）不允许实验室运行，请页面作者添加：${added} to trusted-types。`);
      assert.equal(message, `the page's Content-Security-Policy forbids the templates of a lab: add ${added} to trusted-types`);
      await close();
    }
    const twice = await pageUnder(lab(), `${TRUSTED}; trusted-types bellhop`);
    await twice.page.evaluate(() => void /** @type {any} */ (globalThis).trustedTypes.createPolicy('bellhop', {}));
    assert.match((await refusal(twice.page, 'connect', { fallback: false })).message, /forbids the worker: add 'allow-duplicates' to trusted-types$/);
    await twice.close();
  });

  test('a worker that ends by itself: another one takes the run to the step that was shown; one that ends again at once is told, in the reader’s language, and tried again', async () => {
    const { page, trouble, close } = await lab().open('#env=GridWorld-v0&seed=3&lang=zh');
    const experiment = () => page.evaluate(() => {
      const { phase, isBusy } = /** @type {any} */ (document.querySelector('bellhop-lab')).experiment;
      return { phase, isBusy, workers: /** @type {any} */ (globalThis).watched.workers };
    });
    const hash = () => page.evaluate(() => /** @type {any} */ (document.querySelector('bellhop-lab')).experiment.sha256());
    for (let i = 1; i <= 3; i++) {
      await page.click('#step');
      await reach(page, 'count-steps', i);
    }
    const before = await hash();
    await page.workers()[0].evaluate(() => globalThis.close());
    await says(page, 'notice-text', /^浏览器终止了后台线程。/);
    await reach(page, 'count-steps', 3);
    await phase(page, 'paused');
    assert.equal(await hash(), before);
    assert.deepEqual(await experiment(), { phase: 'paused', isBusy: false, workers: 1 });
    await page.workers()[0].evaluate(() => globalThis.close());
    await phase(page, 'failed');
    await says(page, 'overlay-text', /^负责训练的后台线程已终止。$/);
    await page.click('#overlay-action');
    await phase(page, 'ready');
    assert.deepEqual(await experiment(), { phase: 'ready', isBusy: false, workers: 1 });
    await page.click('#step');
    await reach(page, 'count-steps', 1);
    assert.deepEqual(trouble.errors, []);
    await close();
  });

  test('a worker that ends while it plays: the run plays on', async () => {
    const { page, close } = await lab().open('#env=GridWorld-v0&seed=3');
    await page.click('#play');
    await reach(page, 'count-episodes', 2);
    await page.evaluate(() => { // what the run comes to may be told soon after
      const { $ } = /** @type {any} */ (window), told = new Set();
      setInterval(() => told.add($('notice-text')?.textContent), 20);
      Object.assign(globalThis, { told });
    });
    await page.workers()[0].evaluate(() => globalThis.close());
    await isSo(page, () => [.../** @type {any} */ (globalThis).told].some((text) => /^The browser stopped the worker\. The run continues/.test(text)));
    await phase(page, 'running');
    await reach(page, 'count-episodes', 4);
    await close();
  });

  // What is pressed while another worker catches up counts, also in the moment in which it has.
  for (const [what, how] of /** @type {const} */ ([['Pause', 'pause'], ['Step', 'step'], ['Reset', 'reset']])) {
    test(`a worker that ends while it plays: ${what} that is pressed while the other one catches up is not undone by its end`, async () => {
      const { page, close } = await lab().open('#env=CartPole-v1&seed=3&learningStarts=1&gradientSteps=8&trainFreq=1');
      await setSpeed(page, 4);
      await page.click('#play');
      await reach(page, 'count-steps', 400);
      const after = await page.evaluate(async (method) => {
        const { experiment } = /** @type {any} */ (document.querySelector('bellhop-lab'));
        experiment.lastState = null; // all of it is caught up with
        const gone = experiment.trainer, { speed } = experiment;
        /** @type {any} */ (globalThis).watched.kill();
        while (experiment.trainer === gone || experiment.catchesUpTo === null || !(experiment.agentFrame?.timesteps > 0)) await new Promise((done) => setTimeout(done, 1));
        await experiment[method]();
        const steps = () => experiment.agentFrame.timesteps, at = steps();
        await new Promise((done) => setTimeout(done, 1000));
        return { phase: experiment.phase, moved: steps() - at, pausing: experiment.isPausing, isSameSpeed: experiment.speed === speed };
      }, how);
      assert.deepEqual(after, { phase: how === 'reset' ? 'ready' : 'paused', moved: 0, pausing: false, isSameSpeed: true });
      await close();
    });
  }

  test('a worker that does not answer Pause: the page says so within 3 seconds, ends it, and stands where the run was kept; one that is busy is left by Reset', async () => {
    const { page, close } = await lab().open('#env=GridWorld-v0&seed=3');
    await page.click('#play');
    await reach(page, 'count-episodes', 2);
    await isSo(page, () => /** @type {any} */ (document.querySelector('bellhop-lab')).experiment.lastState?.step > 0);
    await block(page);
    const answer = await page.evaluate(async () => {
      const { $ } = /** @type {any} */ (globalThis);
      $('play').click();
      await /** @type {any} */ (document.querySelector('bellhop-lab')).updateComplete;
      return $('phase-text').textContent;
    });
    assert.match(answer, /^(Pausing…|Busy; Reset starts over)$/, 'at once, whatever the worker does');
    await says(page, 'notice-text', /^Pausing: the worker is finishing its current update/);
    await says(page, 'notice-text', /^The worker did not answer Pause for 3 seconds and was stopped\. The run continues from step [\d,]+;/);
    await phase(page, 'paused');
    assert.equal(await page.evaluate(() => /** @type {any} */ (globalThis).watched.workers), 1);
    assert.ok(await number(page, 'count-steps') > 0, 'from the kept state');
    const episodes = await number(page, 'count-episodes');
    await page.click('#play');
    await reach(page, 'count-episodes', episodes + 2);
    await close();

    const busy = await lab().open('#env=GridWorld-v0&seed=3');
    await busy.page.click('#play');
    await reach(busy.page, 'count-steps', 1);
    await block(busy.page);
    await says(busy.page, 'phase', /^Busy; Reset/);
    await busy.page.evaluate(() => void Object.assign(globalThis, { old: /** @type {any} */ (document.querySelector('bellhop-lab')).experiment.trainer }));
    await busy.page.click('#reset');
    await phase(busy.page, 'ready');
    const left = await busy.page.evaluate(() => {
      const { old, watched } = /** @type {any} */ (globalThis);
      return [old.isGone, old !== /** @type {any} */ (document.querySelector('bellhop-lab')).experiment.trainer, watched.workers];
    });
    assert.deepEqual(left, [true, true, 1]);
    await busy.close();
  });

  test('the heaviest link: Pause is answered, or says what it waits for', async () => {
    const { page, close } = await lab().open('#env=CartPole-v1&seed=3&batchSize=4096&netArch=1024,1024&gradientSteps=64&learningStarts=1');
    await page.click('#play');
    await isSo(page, () => /** @type {any} */ (document.querySelector('bellhop-lab')).experiment.agentFrame?.nUpdates > 0, undefined, 60_000);
    const how = await page.evaluate(() => new Promise((done) => {
      const { $ } = /** @type {any} */ (window);
      const ask = () => {
        const how = $('phase')?.dataset.phase === 'paused' ? 'paused' : $('notice-text')?.textContent;
        if (how) done(how);
        else setTimeout(ask, 10);
      };
      $('play').click();
      ask();
    }));
    assert.match(how, /^(paused$|Pausing: )/); // the update would take a minute
    await isSo(page, () => ['paused', 'ready'].includes(/** @type {any} */ (document.querySelector('bellhop-lab')).experiment.phase), undefined, 60_000);
    await close();
  });

  test('a module that arrived damaged is told in the reader’s language, with the engine’s words after it', async () => {
    const { page, trouble, close } = await lab().window();
    const whole = readFileSync(join(SITE, 'bellhop-simd.wasm'));
    await page.route('**/*.wasm', (route) => route.fulfill({ contentType: 'application/wasm', body: whole.subarray(0, whole.length / 2) }));
    await page.goto(`${lab().url}#env=GridWorld-v0&lang=zh`);
    await says(page, 'overlay-text', /^WebAssembly 模块在此浏览器中无法运行，或下载不完整：WebAssembly/);
    await page.unrouteAll();
    await page.click('#overlay-action');
    await phase(page, 'ready');
    trouble.errors.length = 0;
    await close();
  });
}
