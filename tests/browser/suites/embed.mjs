// SPDX-License-Identifier: MIT
// <bellhop-lab> in other people's pages: several in one document, each right; those out of view rest; what is removed leaves nothing
// behind; nothing around them moves; a strict Content-Security-Policy holds.
import assert from 'node:assert/strict';
import { load } from '../../../web/node/node.mjs';
import { test } from '../harness.mjs';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('../harness.mjs').Lab} Lab */
/** What tests use of the element. @typedef {HTMLElement & { phase: string, experiment: any, setup: any, play(): Promise<void>, pause(): Promise<void>, reset(): Promise<void>, set(s: object): Promise<void> }} Element */

const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; connect-src 'self'; worker-src 'self' blob:";
const STYLE = 'body { margin: 0 auto; max-width: 960px; font: 18px/1.6 serif } bellhop-lab { display: block; height: 640px; overflow: auto } .space { height: 2000px }';

/**
 * A page of somebody's with these elements, under a strict policy.
 * @param {Lab} lab @param {string} body @param {import('playwright-core').BrowserContextOptions} [options]
 */
async function article(lab, body, options = {}) {
  const { page, trouble, close } = await lab.window({ viewport: { width: 1000, height: 900 }, ...options });
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Article</title><link rel="icon" href="static/icon.svg"><meta http-equiv="Content-Security-Policy" content="${POLICY}">
    <link rel="stylesheet" href="article.css"><script type="module" src="bellhop-lab.js"></script></head><body><main><h1>Article</h1>${body}</main></body></html>`;
  await page.route('**/article.html', (route) => route.fulfill({ contentType: 'text/html', body: html }));
  await page.route('**/article.css', (route) => route.fulfill({ contentType: 'text/css', body: STYLE }));
  await page.goto(`${lab.url}article.html`);
  // Labs by id, or all of them; and animation frames that pass.
  await page.evaluate(() => void Object.assign(window, {
    lab: (/** @type {string} */ id) => document.getElementById(id), labs: () => [...document.querySelectorAll('bellhop-lab')],
    frames: async (/** @type {number} */ n) => {
      for (let i = 0; i < n; i++) await new Promise(requestAnimationFrame);
    },
  }));
  return { page, trouble, errors: trouble.errors, close };
}

/** Waits for a condition over `labs()`, `lab(id)`; asked from outside, as the page's policy forbids it to evaluate text. @param {Page} page @param {string} condition */
async function holds(page, condition) {
  const end = Date.now() + 30_000;
  while (!await page.evaluate(`Boolean(${condition})`)) {
    if (Date.now() > end) throw new assert.AssertionError({ message: `it never came to hold: ${condition}` });
    await page.evaluate(() => /** @type {any} */ (window).frames(2));
  }
}

/** @type {ReturnType<typeof load> | null} */
let library = null;

/** The fingerprint of a run of the library in Node. @param {string} env @param {object} options */
async function inNode(env, options) {
  library ??= load();
  const bh = await library;
  const model = new bh.DQN(bh.make(env), /** @type {any} */ (options));
  await model.learn({ totalTimesteps: /** @type {any} */ (options).totalTimesteps });
  const hash = model.sha256().slice(0, 12);
  model.dispose();
  return hash;
}

/** @param {() => Lab} lab */
export default function embed(lab) {
  test('three labs train at once, each in its language and theme, and each gives the run that Node gives', async () => {
    const { page, close } = await article(lab(), `
      <bellhop-lab id="a" env="GridWorld-v0" seed="3" speed="max" settings='{"totalTimesteps": 1200}'></bellhop-lab>
      <bellhop-lab id="b" env="CartPole-v1" seed="4" speed="max" lang="zh" theme="dark" settings='{"totalTimesteps": 900}'></bellhop-lab>
      <bellhop-lab id="c" env="TextGen-v0" seed="5" speed="max" background settings='{"totalTimesteps": 900}'></bellhop-lab>`, { viewport: { width: 1000, height: 2100 } });
    await holds(page, "labs().every((each) => each.phase === 'ready')");
    await page.evaluate(() => /** @type {any} */ (window).labs().forEach((/** @type {Element} */ each) => each.play()));
    await holds(page, "labs().every((each) => each.phase === 'finished' && each.experiment.print)");
    const found = await page.evaluate(() => /** @type {any} */ (window).labs().map((/** @type {Element} */ each) => each.experiment.print));
    assert.deepEqual(found, [
      { step: 1200, hash: await inNode('GridWorld-v0', { seed: 3, totalTimesteps: 1200 }) },
      { step: 900, hash: await inNode('CartPole-v1', { seed: 4, totalTimesteps: 900 }) },
      { step: 900, hash: await inNode('TextGen-v0', { seed: 5, totalTimesteps: 900 }) },
    ]);
    const text = (/** @type {string} */ id) => page.locator(`#${id} #play-text`).textContent();
    assert.deepEqual([await text('a'), await text('b'), await text('c')], ['Resume', '继续', 'Resume']);
    const ground = await page.evaluate(() => ['a', 'b'].map((id) => getComputedStyle(/** @type {any} */ (window).lab(id).shadowRoot.querySelector('.lab')).backgroundColor));
    assert.deepEqual(ground, ['rgb(255, 255, 255)', 'rgb(21, 23, 26)']);
    const { workers, shift } = await page.evaluate(() => /** @type {any} */ (window).watched);
    assert.ok(workers <= 4);
    assert.ok(shift < 0.02, `nothing jumps while they run: ${shift}`);
    await close();
  });

  test('of twelve labs in a long article only those in view train, and none moves the text', async () => {
    const body = Array.from({ length: 12 }, (_, i) => `<p>Section ${i}</p><div class="space"></div><bellhop-lab id="l${i}" env="GridWorld-v0" seed="${i}" autoplay speed="max"></bellhop-lab>`).join('');
    const { page, close } = await article(lab(), body);
    const steps = () => page.evaluate(() => /** @type {any} */ (window).labs().map((/** @type {Element} */ each) => each.experiment?.agentFrame?.timesteps ?? 0));
    await page.evaluate(() => /** @type {any} */ (window).frames(30));
    const places = () => page.evaluate(() => [...document.querySelectorAll('p, .space, bellhop-lab')].map((each) => each.getBoundingClientRect().top + scrollY));
    const first = await places();
    assert.deepEqual(await steps(), new Array(12).fill(0), 'none is in view yet');
    for (const i of [0, 7]) {
      await page.locator(`#l${i}`).scrollIntoViewIfNeeded();
      await holds(page, `lab('l${i}').experiment?.agentFrame?.timesteps > 100`);
    }
    await page.evaluate(() => /** @type {any} */ (window).frames(30)); // the last frame of what was left is here
    const before = await steps();
    await page.evaluate(() => /** @type {any} */ (window).frames(60));
    const after = await steps();
    assert.deepEqual(after.map((/** @type {number} */ n, /** @type {number} */ i) => i !== 7 && n > before[i]), new Array(12).fill(false));
    assert.ok(after[7] >= before[7]);
    assert.deepEqual(after.map((/** @type {number} */ n) => n > 0).filter(Boolean).length, 2);
    assert.deepEqual(await places(), first, 'nothing of the article moves');
    const shift = await page.evaluate(() => /** @type {any} */ (window).watched.shift);
    assert.ok(shift < 0.02, `and next to nothing does inside the labs: ${shift}`);
    await close();
  });

  test('a lab that is not near is a picture: nothing heavy is fetched, nothing moves when it comes', async () => {
    const { page, trouble, close } = await article(lab(), '<div class="space"></div><bellhop-lab id="a" env="CartPole-v1" theme="dark"></bellhop-lab><bellhop-lab id="b" env="Translate-v0"></bellhop-lab>');
    const picture = () => page.evaluate(() => /** @type {any} */ (window).lab('a').shadowRoot.querySelector('.still img')?.src ?? '');
    await page.waitForLoadState('networkidle');
    assert.match(await picture(), /\/stills\/CartPole-v1-dark\.webp$/);
    assert.equal(await page.locator('#b .still img').count(), 0, 'a task of text has none');
    const names = () => trouble.requests.map((url) => /** @type {string} */ (url.split('/').pop()).replace(/-[A-Z0-9]{8}(?=\.js$)/, '')).filter((name) => !/^(chunk\.js|icon\.svg|article\.\w+)$/.test(name));
    assert.deepEqual(names(), ['bellhop-lab.js', 'CartPole-v1-dark.webp']);
    assert.equal(await page.evaluate(() => /** @type {any} */ (window).watched.workers), 0);
    await page.locator('#a').scrollIntoViewIfNeeded();
    await holds(page, "lab('a').phase === 'ready'");
    await holds(page, "!lab('a').shadowRoot.querySelector('.still')");
    assert.ok(names().includes('lab-view.js'));
    assert.ok(await page.evaluate(() => /** @type {any} */ (window).watched.shift) < 0.02);
    await close();
  });

  test('a lab that cannot be loaded says so in both languages, tells its methods’ callers, and can be tried again', async () => {
    const { page, errors, close } = await article(lab(), '<div class="space"></div><bellhop-lab id="a" env="GridWorld-v0"></bellhop-lab>');
    await page.route('**/lab-view-*.js', (route) => route.abort());
    const refused = await page.evaluate(async () => {
      const a = /** @type {any} */ (window).lab('a');
      const told = new Promise((resolve) => a.addEventListener('bellhop-error', (/** @type {CustomEvent} */ { detail }) => resolve(detail.message), { once: true }));
      return [await a.play().then(() => '', (/** @type {Error} */ { message }) => message), await told, a.phase];
    });
    assert.match(refused[0], /import/);
    assert.match(refused[1], /could not be loaded.*加载失败/);
    assert.equal(refused[2], 'failed');
    assert.match(String(await page.locator('#a #overlay-text').textContent()), /could not be loaded.*加载失败/);
    await page.unroute('**/lab-view-*.js');
    await page.locator('#a').scrollIntoViewIfNeeded();
    await page.locator('#a #overlay-action').click();
    await holds(page, "lab('a').phase === 'ready' && !lab('a').shadowRoot.querySelector('.still')");
    for (const error of errors.splice(0)) assert.match(error, /ERR_FAILED/);
    await close();
  });

  test('fifty labs that come and go leave nothing behind: no workers, listeners, nodes, bytes', async () => {
    const { page, close } = await article(lab(), '<bellhop-lab id="first" env="GridWorld-v0"></bellhop-lab><div id="place"></div>');
    await page.evaluate(() => /** @type {any} */ (window).lab('first').step());
    await holds(page, "lab('first').experiment.truth && lab('first').shadowRoot.querySelector('.uplot')");
    const client = await page.context().newCDPSession(page);
    await client.send('Performance.enable');
    const count = async () => {
      for (let i = 0; i < 3; i++) await client.send('HeapProfiler.collectGarbage');
      const { metrics } = await client.send('Performance.getMetrics');
      const of = (/** @type {string} */ name) => metrics.find((each) => each.name === name)?.value ?? NaN;
      const bytes = await page.evaluate(() => /** @type {any} */ (window).lab('first').experiment.trainer.liveBytes());
      return { bytes, workers: await page.evaluate(() => /** @type {any} */ (window).watched.workers), listeners: of('JSEventListeners'), nodes: of('Nodes') };
    };
    const comeAndGo = async (/** @type {number} */ n) => {
      for (let i = 0; i < n; i++) {
        await page.evaluate((env) => {
          const made = Object.assign(document.createElement('bellhop-lab'), { env, id: 'guest', show: 'all', controls: 'all' });
          /** @type {any} */ (window).lab('place').append(made);
          made.scrollIntoView();
        }, i % 2 === 0 ? 'GridWorld-v0' : 'CartPole-v1');
        await holds(page, "lab('guest').phase === 'ready'");
        await page.evaluate(async (steps) => {
          const { lab, frames } = /** @type {any} */ (window);
          const guest = lab('guest');
          if (steps) await guest.step();
          guest.remove();
          await frames(2);
        }, i % 3 === 0);
      }
      await page.locator('#first').scrollIntoViewIfNeeded();
      await page.evaluate(() => /** @type {any} */ (window).frames(20));
    };
    await comeAndGo(4); // what is made once is there now
    const before = await settled(count);
    await comeAndGo(50);
    const after = await settled(count);
    assert.equal(after.bytes, before.bytes);
    assert.equal(after.workers, before.workers);
    assert.ok(after.listeners <= before.listeners + 2, `${before.listeners} listeners became ${after.listeners}`);
    assert.ok(after.nodes <= before.nodes * 1.1 + 50, `${before.nodes} nodes became ${after.nodes}`);
    await page.evaluate(() => /** @type {any} */ (window).lab('first').remove());
    await holds(page, 'watched.workers === 0');
    await close();
  });

  test('a page that swaps its content twenty times ends every worker it has begun, and keeps no listener', async () => {
    const { page, close } = await article(lab(), '');
    const client = await page.context().newCDPSession(page);
    await client.send('Performance.enable');
    const listeners = async () => {
      for (let i = 0; i < 3; i++) await client.send('HeapProfiler.collectGarbage');
      const { metrics } = await client.send('Performance.getMetrics');
      return metrics.find(({ name }) => name === 'JSEventListeners')?.value ?? NaN;
    };
    const swap = (/** @type {string} */ html) => page.evaluate((text) => void (/** @type {any} */ (document.querySelector('main')).innerHTML = text), html);
    const visit = async (/** @type {number} */ i) => {
      await swap(`<h1>Lesson</h1><div class="space"></div><bellhop-lab id="a" env="GridWorld-v0" seed="${i}" autoplay speed="max"></bellhop-lab>`);
      await page.locator('#a').scrollIntoViewIfNeeded();
      const begun = await page.evaluate(() => /** @type {any} */ (window).watched.begun);
      // It is left when its charts are drawn, while it trains, or as soon as its worker is begun.
      const drawn = "lab('a').shadowRoot.querySelector('.uplot')", trains = "lab('a').experiment?.agentFrame?.timesteps > 100";
      await holds(page, i === 0 ? drawn : i % 2 === 0 ? trains : `watched.begun > ${begun} || lab('a').phase !== 'loading'`);
      await swap('<h1>Another page</h1>');
      await holds(page, 'watched.workers === 0');
    };
    // What is made once is there now; the engine keeps the first chart there was, as the shape of its accessors.
    for (let i = 0; i < 4; i++) await visit(i);
    const before = await settled(listeners);
    for (let i = 4; i < 20; i++) await visit(i);
    assert.equal(await page.evaluate(() => /** @type {any} */ (window).watched.begun), 20);
    const after = await settled(listeners);
    assert.ok(after <= before + 2, `${before} listeners became ${after}`);
    await close();
  });

  test('speed and stop-at act on the run there is; methods wait for the first run; what does not fit is told', async () => {
    const { page, close } = await article(lab(), '<div class="space"></div><bellhop-lab id="a" env="GridWorld-v0" show="world bogus"></bellhop-lab>');
    await page.evaluate(() => {
      const { lab: byId } = /** @type {any} */ (window);
      Object.assign(window, { told: [] });
      byId('a').addEventListener('bellhop-error', (/** @type {CustomEvent} */ { detail }) => /** @type {any} */ (window).told.push(detail.message));
    });
    const step = () => page.evaluate(() => /** @type {any} */ (window).lab('a').experiment.agentFrame.timesteps);
    await page.evaluate(() => /** @type {any} */ (window).lab('a').step()); // far out of view, and not there yet
    await holds(page, "lab('a').experiment.agentFrame.timesteps === 1");
    await page.locator('#a').scrollIntoViewIfNeeded();
    await page.evaluate(() => {
      const a = /** @type {any} */ (window).lab('a');
      a.setAttribute('speed', 'max');
      a.setAttribute('stop-at', '777');
      a.theme = 'pink';
      return a.updateComplete;
    });
    await page.evaluate(() => /** @type {any} */ (window).lab('a').play());
    await holds(page, "lab('a').phase === 'paused'");
    assert.equal(await step(), 777);
    const refused = (/** @type {object | null} */ settings) => page.evaluate((given) => /** @type {any} */ (window).lab('a').set(given).then(() => '', (/** @type {Error} */ error) => error.message), settings);
    assert.match(await refused({ learningRate: 0.5, 'env.slip': 7 }), /^env\.slip is 7, but must be from 0 to 1\.$/);
    assert.match(await refused({ seed: -1 }), /^seed is −1, but must be /);
    assert.match(await refused({ learning_rate: -1 }), /^learning_rate is −1, but must be /);
    assert.match(await refused({ learningRat: 1 }), /^There is no setting “learningRat” here; did you mean “learningRate”\?$/);
    assert.match(await refused({ slip: 0 }), /did you mean “env\.slip”\?$/);
    assert.equal(await refused({ speed: 4, gamma: 2, gama: 1, seed: 3 }), 'speed is an attribute of <bellhop-lab>, not a setting. gamma is 2, but must be from 0 to 1. There is no setting “gama” here; did you mean “gamma”?');
    const many = await refused(Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`x${i}`, i])));
    assert.equal(many.match(/There is no setting/g)?.length, 9);
    assert.match(await refused({ 'env.map': { toString: 1 } }), /^env\.map cannot be “an object”\.$/);
    assert.match(await refused(null), /takes an object/);
    assert.equal(await page.evaluate(() => /** @type {any} */ (window).lab('a').experiment.query), 'env=GridWorld-v0&algo=dqn&seed=0', 'nothing of it was changed');
    await page.evaluate(() => /** @type {any} */ (window).lab('a').reset());
    await holds(page, "lab('a').phase === 'ready'");
    const told = await page.evaluate(() => /** @type {any} */ (window).told.map((/** @type {string} */ text) => text.replace(/^Some attributes do not apply here and were left out\. /, '')));
    assert.deepEqual([told[0].replace(/q, .*, all/, '…'), told[1]], ['show cannot be “bogus”; possible: world, ….', 'theme cannot be “pink”; possible: light, dark.']);
    const after = await page.evaluate(async () => {
      const a = /** @type {any} */ (window).lab('a');
      await Promise.all([a.reset(), a.reset()]); // the second overtakes the first: no failure
      for (const name of ['speed', 'stop-at', 'seed', 'theme', 'show']) a.removeAttribute(name);
      a.settings = null;
      await a.updateComplete;
      await a.step();
      return [a.phase, a.experiment.stopAt];
    });
    assert.deepEqual(after, ['paused', Infinity]);
    assert.equal(await page.evaluate(() => /** @type {any} */ (window).told.length), 2, 'what is not there is the default');
    await close();
  });

  test('an environment that does not exist gives a sentence, settings that cannot be read a notice; words follow the language around', async () => {
    const { page, close } = await article(lab(), '<bellhop-lab id="a" env="Nope-v0"></bellhop-lab><div id="around" lang="zh-TW"><bellhop-lab id="b" env="GridWorld-v0" settings="{bad"></bellhop-lab></div>');
    await holds(page, "lab('a').phase === 'failed' && lab('b').phase === 'ready'");
    assert.match(String(await page.locator('#a #overlay-text').textContent()), /^env cannot be “Nope-v0”; possible: GridWorld-v0, .*CartPole-v1.*TextGen-v1, Translate-v0/);
    await page.evaluate(() => void /** @type {any} */ (window).lab('a').setAttribute('env', 'Cartpole-v1'));
    await holds(page, "/^env cannot be “Cartpole-v1”; did you mean “CartPole-v1”\\? Possible: /.test(lab('a').shadowRoot.getElementById('overlay-text')?.textContent)");
    assert.equal(await page.locator('#a #overlay-action').count(), 0, 'trying again would not help');
    await holds(page, "lab('b').shadowRoot.getElementById('notice-text')?.textContent.includes('“{bad”')");
    assert.equal(await page.locator('#b #play-text').textContent(), '播放');
    await page.evaluate(() => (/** @type {any} */ (window).lab('around').lang = 'en'));
    await holds(page, "lab('b').shadowRoot.getElementById('play-text').textContent === 'Play'");
    await close();
  });

  test('moved in the document a lab goes on with its run; removed it ends it', async () => {
    const { page, close } = await article(lab(), '<div id="one"><bellhop-lab id="a" env="CartPole-v1" seed="6" speed="max" settings=\'{"totalTimesteps": 3000}\'></bellhop-lab></div><div id="two"></div>');
    await holds(page, "lab('a').phase === 'ready'");
    await page.evaluate(() => /** @type {any} */ (window).lab('a').play());
    await holds(page, "lab('a').experiment.agentFrame?.timesteps > 50");
    const same = await page.evaluate(async () => {
      const { lab, frames } = /** @type {any} */ (window);
      const { session } = lab('a').experiment;
      for (const place of ['two', 'one', 'two']) {
        lab(place).append(lab('a'));
        await frames(2);
      }
      return session === lab('a').experiment.session;
    });
    assert.ok(same);
    await holds(page, "lab('a').phase === 'finished' && lab('a').experiment.print");
    assert.equal(await page.evaluate(() => /** @type {any} */ (window).lab('a').experiment.print.hash), await inNode('CartPole-v1', { seed: 6, totalTimesteps: 3000 }));
    assert.ok(await page.locator('#a .uplot').count() > 0, 'its charts are there again');
    await page.evaluate(() => {
      const { lab } = /** @type {any} */ (window);
      Object.assign(window, { gone: lab('a') });
      lab('a').remove();
    });
    await holds(page, 'gone.experiment === null && watched.workers === 0');
    await close();
  });

  test('in another document, as of a frame, a lab keeps its looks and its run; one that is given an experiment follows it', async () => {
    const { page, close } = await article(lab(), '<bellhop-lab id="a" env="GridWorld-v0"></bellhop-lab><bellhop-lab id="b"></bellhop-lab>');
    await holds(page, "lab('a').phase === 'ready'");
    const looks = () => page.evaluate(() => {
      const { a } = /** @type {any} */ (window);
      return [a.shadowRoot.adoptedStyleSheets.length, a.ownerDocument.defaultView.getComputedStyle(a.shadowRoot.querySelector('.lab')).backgroundColor];
    });
    await page.evaluate(() => {
      const { lab: byId } = /** @type {any} */ (window);
      Object.assign(window, { a: byId('a'), b: byId('b') });
    });
    const before = await looks();
    assert.deepEqual(before[1], 'rgb(255, 255, 255)');
    await page.evaluate(async () => {
      const { a, frames } = /** @type {any} */ (window);
      const frame = Object.assign(document.createElement('iframe'), { width: 800, height: 400 });
      document.body.prepend(frame);
      const made = Object.assign(document.createElement('bellhop-lab'), { env: 'GridWorld-v0' });
      /** @type {Document} */ (frame.contentDocument).body.append(a, made);
      Object.assign(window, { made });
      await frames(2);
    });
    assert.deepEqual(await looks(), before);
    await page.evaluate(() => /** @type {any} */ (window).made.step());
    await holds(page, "made.phase === 'paused' && made.shadowRoot.adoptedStyleSheets.length > 2");
    await page.evaluate(async () => {
      const { a, b, frames } = /** @type {any} */ (window);
      b.notice('here'); // its view is there
      await frames(5);
      b.remove();
      b.experiment = a.experiment;
      document.body.prepend(b);
      await frames(2);
      Object.assign(window, { heard: 0 });
      b.addEventListener('bellhop-frame', () => /** @type {any} */ (window).heard++);
      await a.step();
    });
    await holds(page, 'heard > 0');
    await close();
  });

  test('keys act on the lab that has the focus, and on no other', async () => {
    const { page, close } = await article(lab(), '<bellhop-lab id="a" env="GridWorld-v0"></bellhop-lab><bellhop-lab id="b" env="GridWorld-v0"></bellhop-lab>', { viewport: { width: 1000, height: 1500 } });
    await holds(page, "labs().every((each) => each.phase === 'ready')");
    await page.keyboard.press('s');
    await page.keyboard.press('Space');
    await page.evaluate(() => /** @type {any} */ (window).frames(10));
    assert.deepEqual(await page.evaluate(() => /** @type {any} */ (window).labs().map((/** @type {Element} */ each) => each.phase)), ['ready', 'ready']);
    await page.locator('#b #state-text').click();
    await page.keyboard.press('s');
    await holds(page, "lab('b').experiment.agentFrame.timesteps === 1");
    await page.keyboard.press('Space');
    await holds(page, "lab('b').phase === 'running'");
    assert.equal(await page.evaluate(() => /** @type {any} */ (window).lab('a').phase), 'ready');
    await close();
  });

  test('attributes are checked, properties and methods work, events tell; stop-at is exact', async () => {
    const { page, close } = await article(lab(), '<bellhop-lab id="a" env="GridWorld-v0" algo="dqnn" seed="1" stop-at="333" speed="max" settings=\'{"learningRate": -1, "env.slip": 0.1}\'></bellhop-lab>');
    await page.evaluate(() => {
      const told = /** @type {any[]} */ ([]);
      Object.assign(window, { told });
      for (const name of ['ready', 'frame', 'episode', 'phase', 'error', 'solved']) document.addEventListener(`bellhop-${name}`, (event) => told.push([name, /** @type {CustomEvent} */ (event).detail]));
    });
    await holds(page, "lab('a').phase === 'ready' && lab('a').shadowRoot.getElementById('notice-text')");
    assert.match(await page.locator('#a #notice-text').textContent() ?? '', /algo cannot be “dqnn”; did you mean “dqn”\? Possible: dqn, .*\. learningRate is -1, but must be from 0 to 10\.$/);
    assert.deepEqual(await page.evaluate(() => /** @type {any} */ (window).lab('a').setup.envOptions), { slip: 0.1 });
    await page.evaluate(() => /** @type {any} */ (window).lab('a').play());
    await holds(page, "lab('a').phase === 'paused'");
    assert.equal(await page.evaluate(() => /** @type {any} */ (window).lab('a').experiment.agentFrame.timesteps), 333);
    const told = await page.evaluate(() => /** @type {any} */ (window).told.map((/** @type {any[]} */ [name, detail]) => [name, detail.timesteps ?? detail.phase ?? detail.episode ?? detail.message ?? null]));
    for (const [name, value] of [['phase', 'running'], ['phase', 'paused'], ['frame', 333]]) assert.ok(told.some((/** @type {any[]} */ each) => each[0] === name && each[1] === value), `${name} ${value}`);
    assert.ok(told.some((/** @type {any[]} */ [name, episode]) => name === 'episode' && episode > 0));
    await page.evaluate(() => /** @type {any} */ (window).lab('a').set({ learningRate: 0.002, seed: 9 }));
    assert.deepEqual(await page.evaluate(() => /** @type {any} */ (window).lab('a').setup.changes.map((/** @type {any} */ { at, key, value }) => [at, key, value])), [[333, 'learningRate', 0.002]]);
    assert.equal(await page.evaluate(() => /** @type {any} */ (window).lab('a').query), 'env=GridWorld-v0&algo=dqn&seed=1&env.slip=0.1&learningRate=0.002@333');
    await assert.rejects(page.evaluate(() => /** @type {any} */ (window).lab('a').set({ learningRat: 1 })), /learningRat/);
    await page.evaluate(() => /** @type {any} */ (window).lab('a').reset());
    assert.equal(await page.evaluate(() => /** @type {any} */ (window).lab('a').setup.seed), 9);
    await page.evaluate(() => /** @type {any} */ (window).lab('a').setAttribute('env', 'CartPole-v1'));
    await holds(page, "lab('a').phase === 'ready' && lab('a').setup.env === 'CartPole-v1'");
    await close();
  });

  test('of many attributes that do not apply the lab shows the first, and the event tells all', async () => {
    const settings = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`x${i}`, 'y'.repeat(60)]));
    const { page, close } = await article(lab(), '<bellhop-lab id="a" env="GridWorld-v0"></bellhop-lab>');
    await page.evaluate((given) => {
      const a = /** @type {any} */ (window).lab('a');
      a.addEventListener('bellhop-error', (/** @type {CustomEvent} */ { detail }) => Object.assign(window, { told: [detail.message, detail.error.message] }));
      a.settings = { ...given, gamma: 'z'.repeat(60) };
    }, settings);
    await holds(page, 'window.told');
    const [told, thrown] = /** @type {string[]} */ (await page.evaluate(() => /** @type {any} */ (window).told));
    assert.equal(told, thrown);
    for (const piece of [...Object.keys(settings).map((name) => `“${name}” here.`), `“${'z'.repeat(60)}”`]) assert.ok(told.includes(piece), `${piece}: ${told}`);
    await holds(page, "/“x5” here\\. And 4 more\\.$/.test(lab('a').shadowRoot.getElementById('notice-text')?.textContent)");
    await close();
  });

  test('settings that are no JSON are told and left out; those that follow are taken', async () => {
    const { page, close } = await article(lab(), '<bellhop-lab id="a" env="GridWorld-v0" seed="6" settings="fast"></bellhop-lab>');
    await holds(page, "lab('a').phase === 'ready' && lab('a').setup.seed === 6");
    await holds(page, "/settings is “fast”/.test(lab('a').shadowRoot.getElementById('notice-text')?.textContent)");
    await page.evaluate(() => /** @type {any} */ (window).lab('a').setAttribute('settings', '{"gamma": 0.5}'));
    await holds(page, "lab('a').phase === 'ready' && lab('a').setup.options.gamma === 0.5");
    await close();
  });

  test('a setting the library refuses, and properties of nonsense types, are told and left out; the lab trains', async () => {
    const { page, close } = await article(lab(), '<bellhop-lab id="a" env="GridWorld-v0" algo="q-learning" seed="7" settings=\'{"env.map": "...", "learningRate": {"toString": 1}}\'></bellhop-lab>');
    await holds(page, "lab('a').phase === 'ready' && lab('a').shadowRoot.getElementById('notice-text')");
    assert.match(await page.locator('#a #notice-text').textContent() ?? '', /left out\. learningRate cannot be “an object”\. The map has no start/);
    assert.deepEqual(await page.evaluate(() => /** @type {any} */ (window).lab('a').setup), { env: 'GridWorld-v0', algo: 'q-learning', preset: '', seed: 7, options: {}, envOptions: {}, changes: [] });
    const after = await page.evaluate(async () => {
      const a = /** @type {any} */ (window).lab('a');
      Object.assign(a, { show: 5, controls: {}, lang: 5, speed: {}, stopAt: [], settings: { gamma: () => {} }, seed: 8 });
      await a.updateComplete;
      await a.step();
      return [a.phase, a.setup.seed, a.experiment.agentFrame.timesteps];
    });
    assert.deepEqual(after, ['paused', 8, 1]);
    await close();
  });

  test('whoever waits for a lab that is taken out of the document is told; put back, it answers again', async () => {
    const { page, close } = await article(lab(), '<div class="space"></div><bellhop-lab id="a"></bellhop-lab><bellhop-lab id="b" env="GridWorld-v0"></bellhop-lab>');
    const told = await page.evaluate(async () => {
      const { lab: byId } = /** @type {any} */ (window);
      const calls = ['play', 'pause', 'step', 'reset', 'save', 'sha256', 'set', 'load'];
      const all = ['a', 'b'].flatMap((id) => calls.map((name) => byId(id)[name]({}).then(() => 'done', (/** @type {Error} */ { message }) => message)));
      for (const id of ['a', 'b']) byId(id).remove();
      return [...new Set(await Promise.all(all))];
    });
    assert.deepEqual(told, ['the lab was taken out of the document']);
    const [late, again] = await page.evaluate(async () => {
      const found = /** @type {any} */ (document.createElement('bellhop-lab'));
      found.env = 'GridWorld-v0';
      const waits = found.step(); // not there yet: it waits
      document.querySelector('main')?.append(found);
      await waits;
      found.remove();
      await new Promise((done) => setTimeout(done, 100));
      const late = await found.step().then(() => '', (/** @type {Error} */ { message }) => message);
      document.querySelector('main')?.append(found);
      await found.step();
      return [late, found.experiment.agentFrame.timesteps];
    });
    assert.deepEqual([late, again], ['the lab was taken out of the document', 1]);
    await close();
  });

  test('every call of a lab that has a run rejects alike, made before it is removed, in the same moment or later; one that only moves answers', async () => {
    const { page, close } = await article(lab(), '<bellhop-lab id="a" env="GridWorld-v0"></bellhop-lab><bellhop-lab id="b" env="GridWorld-v0"></bellhop-lab><div id="place"></div>', { viewport: { width: 1000, height: 1500 } });
    await holds(page, "labs().every((each) => each.phase === 'ready')");
    const { told, moved, kept } = await page.evaluate(async () => {
      const { lab: byId } = /** @type {any} */ (window);
      const a = byId('a'), b = byId('b'), calls = ['play', 'pause', 'step', 'reset', 'save', 'sha256', 'set', 'load'];
      const outcome = (/** @type {Promise<unknown>} */ call) => call.then(() => 'done', (/** @type {Error} */ { message }) => message);
      const all = () => calls.map((name) => outcome(a[name](name === 'set' ? { gamma: 0.5 } : {})));
      const wait = (/** @type {number} */ ms) => new Promise((done) => setTimeout(done, ms));
      b.remove();
      const moving = outcome(b.step());
      byId('place').append(b);
      const moved = [await moving, b.experiment.agentFrame.timesteps];
      b.keepAlive = true;
      b.remove();
      const kept = [await outcome(b.step()), b.experiment.agentFrame.timesteps];
      a.remove();
      const told = all();
      await wait(20);
      told.push(...all());
      await Promise.all(told);
      told.push(...all());
      return { told: [...new Set(await Promise.all(told))], moved, kept };
    });
    assert.deepEqual(told, ['the lab was taken out of the document']);
    assert.deepEqual([moved, kept], [['done', 1], ['done', 2]]);
    await page.evaluate(() => void document.querySelector('#place')?.append(Object.assign(document.createElement('bellhop-lab'), { id: 'c', env: 'GridWorld-v0' })));
    await holds(page, "lab('c').phase === 'ready'");
    const midway = await page.evaluate(async () => {
      const c = /** @type {any} */ (window).lab('c');
      await c.set({ totalTimesteps: 1_000_000 });
      const calls = [c.set({ seed: 5 }), c.reset(), c.sha256()].map((call) => call.then(() => 'done', (/** @type {Error} */ { message }) => message));
      c.keepAlive = true;
      await c.updateComplete;
      c.remove();
      c.keepAlive = false; // ends it as soon as the element is updated, before the worker can answer
      return [...new Set(await Promise.all(calls))];
    });
    assert.deepEqual(midway, ['the lab was taken out of the document']);
    await close();
  });

  test('it follows its host: language, colour scheme, colours of its own', async () => {
    const { page, close } = await article(lab(), '<bellhop-lab id="a" env="GridWorld-v0"></bellhop-lab>');
    await holds(page, "lab('a').phase === 'ready'");
    const picture = () => page.locator('#a #canvas').evaluate((canvas) => /** @type {HTMLCanvasElement} */ (canvas).toDataURL());
    const light = await picture();
    await page.evaluate(() => document.documentElement.style.setProperty('color-scheme', 'dark'));
    await page.waitForFunction((before) => /** @type {any} */ (window).lab('a').shadowRoot.getElementById('canvas').toDataURL() !== before, light);
    await page.evaluate(() => (document.documentElement.lang = 'zh-CN'));
    await holds(page, "lab('a').shadowRoot.getElementById('play-text').textContent === '播放'");
    await page.evaluate(() => /** @type {any} */ (window).lab('a').style.setProperty('--bellhop-panel', 'rgb(1, 2, 3)'));
    assert.equal(await page.evaluate(() => getComputedStyle(/** @type {any} */ (window).lab('a').shadowRoot.querySelector('.lab')).backgroundColor), 'rgb(1, 2, 3)');
    const inside = await page.evaluate(() => {
      document.documentElement.dir = 'rtl'; // both languages of a lab are written from left to right
      const a = /** @type {any} */ (window).lab('a');
      a.style.float = 'left';
      return [getComputedStyle(a.shadowRoot.querySelector('.lab')).direction, a.clientWidth];
    });
    assert.deepEqual(inside, ['ltr', 640], 'where its content is to decide, it has a width all the same');
    await close();
  });

  test('defined twice it is there once', async () => {
    const { page, errors, close } = await article(lab(), '<bellhop-lab id="a" env="GridWorld-v0"></bellhop-lab>');
    await holds(page, "lab('a').phase === 'ready'");
    await page.evaluate((url) => import(url), `${lab().url}bellhop-lab.js`);
    assert.deepEqual(errors, []);
    const before = await page.evaluate(() => customElements.get('bellhop-lab') === /** @type {any} */ (window).lab('a').constructor);
    assert.ok(before);
    await close();
  });
}

/** A count that is the same twice. @template T @param {() => Promise<T>} count @returns {Promise<T>} */
async function settled(count) {
  let last = await count();
  for (let i = 0; i < 20; i++) {
    const next = await count();
    if (JSON.stringify(next) === JSON.stringify(last)) return next;
    last = next;
  }
  return last;
}
