// SPDX-License-Identifier: MIT
// A lab in a frame (embed.html), in one file (bellhop-lab-all.js), by classic scripts, and the page in one file from a disk: they give
// Node's run wherever a host puts them, and speak with their parent alone.
import assert from 'node:assert/strict';
import { pathToFileURL } from 'node:url';
import { SITE } from '../../../build/build.mjs';
import { load } from '../../../web/node/node.mjs';
import { holds, hosted, test } from '../harness.mjs';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('../harness.mjs').Lab} Lab */

const STEPS = 600;
const QUERY = `env=CartPole-v1&seed=3&totalTimesteps=${STEPS}&speed=max`;
const FRAME = `title="A lab" width="900" height="700"`;
const ALONE = "default-src 'none'; script-src http: 'wasm-unsafe-eval'; img-src data:; worker-src blob:";

/** The same run in Node. */
async function hashOfNode() {
  const bh = await load();
  const model = new bh.DQN(bh.make('CartPole-v1'), { seed: 3, totalTimesteps: STEPS });
  await model.learn({ totalTimesteps: STEPS });
  const hash = model.sha256().slice(0, 12);
  model.dispose();
  return hash;
}

/**
 * A page of another origin than the labs in it. `told` are the messages its window gets.
 * @param {Lab} lab @param {(url: string) => string} body  url: where the labs are @param {{ headers?: Record<string, string>, policy?: string }} [options]
 *   headers: of both hosts; policy: of the page
 */
async function host(lab, body, { headers = {}, policy = '' } = {}) {
  const server = await hosted({ headers });
  const index = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Host</title><link rel="icon" href="data:,"></head><body>${body(server.url)}</body></html>`;
  const hosting = await hosted({ root: null, files: { 'index.html': index }, headers: { ...headers, 'Content-Security-Policy': policy } });
  const { page, trouble, close } = await lab.window({ viewport: { width: 1000, height: 800 } });
  await page.addInitScript(() => {
    const told = /** @type {any[]} */ ([]);
    Object.assign(window, { told });
    addEventListener('message', ({ data }) => told.push(data));
  });
  await page.goto(hosting.url);
  return {
    page, trouble,
    /** The frames with labs. */
    frames: () => page.frames().filter((frame) => frame.url().startsWith(server.url)),
    close,
  };
}

/** Trains the lab of a frame or page to its end. @param {import('playwright-core').Frame | Page} where @returns {Promise<string>} its fingerprint */
async function train(where) {
  await holds(/** @type {Page} */ (where), () => /** @type {any} */ (document.querySelector('bellhop-lab'))?.phase === 'ready', undefined, 60_000);
  await where.evaluate(() => /** @type {any} */ (document.querySelector('bellhop-lab')).play());
  await holds(/** @type {Page} */ (where), () => /** @type {any} */ (document.querySelector('bellhop-lab')).experiment.print, undefined, 60_000);
  return where.evaluate(() => /** @type {any} */ (document.querySelector('bellhop-lab')).experiment.print.hash);
}

/** Frames by the attributes hosts give them, and the headers their host sends. @type {[name: string, attributes: string, headers: Record<string, string>][]} */
const FRAMES = [
  ['as it is', '', {}],
  ['sandboxed, its host sends CORS headers', 'sandbox="allow-scripts"', {}],
  ['sandboxed, its host sends none', 'sandbox="allow-scripts"', { 'Access-Control-Allow-Origin': 'https://nobody.example' }],
  ['as WordPress embeds it', 'sandbox="allow-scripts" security="restricted" marginwidth="0" marginheight="0" scrolling="no" class="wp-embedded-content" data-secret="Abc123"', {}],
];

/** @param {() => Lab} lab */
export default function frames(lab) {
  for (const [name, attributes, headers] of FRAMES) {
    test(`a frame ${name} gives Node’s run`, async () => {
      const { page, frames, close } = await host(lab(), (url) => `<iframe src="${url}embed.html?${QUERY}#?secret=Abc123" ${FRAME} ${attributes}></iframe>`, { headers });
      await holds(page, () => /** @type {any} */ (window).told.some((/** @type {any} */ { source, type }) => source === 'bellhop' && type === 'ready'));
      assert.equal(await train(frames()[0]), await hashOfNode());
      const told = await page.evaluate(() => /** @type {any} */ (window).told);
      const heights = told.filter((/** @type {any} */ { type }) => type === 'resize').map((/** @type {any} */ { height }) => height);
      assert.ok(heights.length > 0 && heights.every((/** @type {number} */ height) => height > 300), String(heights));
      assert.deepEqual(told.filter((/** @type {any} */ { subject }) => subject === 'lti.frameResize').map((/** @type {any} */ { height }) => height), heights);
      assert.deepEqual(told.filter((/** @type {any} */ { message, secret }) => message === 'height' && secret === 'Abc123').map((/** @type {any} */ { value }) => value), [700, ...heights], 'first the height it has');
      await close();
    });
  }

  test('a frame that WordPress hides until it hears of a height speaks before it is seen, and again when it is asked', async () => {
    const { page, frames, close } = await host(lab(), (url) => `<iframe src="${url}embed.html?${QUERY}&show=world#?secret=Abc123" ${FRAME} sandbox="allow-scripts" style="position: absolute; visibility: hidden"></iframe>`);
    // Those with the height that the frame has: a browser without windows draws hidden frames, too, whose lab tells its own then.
    const greetings = (/** @type {number} */ n) => /** @type {any} */ (window).told.filter((/** @type {any} */ { message, value }) => message === 'height' && value === 700).length === n;
    await holds(page, greetings, 1);
    const ask = (/** @type {string} */ secret) => page.evaluate((given) => document.querySelector('iframe')?.contentWindow?.postMessage({ message: 'ready', secret: given }, '*'), secret);
    await ask('Other1');
    await page.evaluate(() => new Promise((done) => setTimeout(done, 50)));
    assert.ok(await page.evaluate(greetings, 1), 'another secret is not its own');
    await ask('Abc123');
    await holds(page, greetings, 2);
    await page.evaluate(() => document.querySelector('iframe')?.removeAttribute('style'));
    assert.equal(await train(frames()[0]), await hashOfNode());
    await close();
  });

  test('in a page with COEP, a frame and an element from another origin give Node’s run', async () => {
    const headers = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };
    const { page, frames, close } = await host(lab(), (url) => `<iframe src="${url}embed.html?${QUERY}" ${FRAME}></iframe>
      <script type="module" src="${url}bellhop-lab.js"></script><bellhop-lab env="CartPole-v1" seed="3" speed="max" settings='{"totalTimesteps": ${STEPS}}'></bellhop-lab>`, { headers });
    assert.ok(await page.evaluate(() => crossOriginIsolated));
    const hash = await hashOfNode();
    assert.equal(await train(frames()[0]), hash);
    assert.equal(await train(page), hash);
    await close();
  });

  test('a frame that is not displayed fetches nothing heavy until it is; resized it tells its height', async () => {
    const { page, trouble, frames, close } = await host(lab(), (url) => `<div id="tab" style="display: none"><iframe src="${url}embed.html?${QUERY}" ${FRAME} id="f"></iframe></div>`);
    await page.waitForLoadState('networkidle');
    assert.deepEqual(trouble.requests.filter((request) => /lab-view|worker\.js|\.wasm/.test(request)), []);
    assert.deepEqual(await page.evaluate(() => /** @type {any} */ (window).told.length), 0);
    await page.evaluate(() => /** @type {any} */ (window).document.getElementById('tab').removeAttribute('style'));
    await holds(page, () => /** @type {any} */ (window).told.some((/** @type {any} */ { type }) => type === 'ready'), undefined, 60_000);
    await holds(page, () => /** @type {any} */ (window).told.some((/** @type {any} */ { type }) => type === 'resize'));
    const before = await page.evaluate(() => /** @type {any} */ (window).told.findLast((/** @type {any} */ { type }) => type === 'resize').height);
    await page.evaluate(() => /** @type {any} */ (document.getElementById('f')).setAttribute('width', '360'));
    await holds(page, (height) => /** @type {any} */ (window).told.findLast((/** @type {any} */ { type }) => type === 'resize').height > height + 300, before);
    assert.equal(await train(frames()[0]), await hashOfNode());
    await close();
  });

  test('the parent asks and is answered; nobody else is, and nonsense does nothing', async () => {
    const { page, frames, close } = await host(lab(), (url) => `<iframe src="${url}embed.html?${QUERY}&learningRat=7&autoplay=0&lang=zh&theme=dark" ${FRAME} id="f" sandbox="allow-scripts"></iframe><iframe srcdoc="" id="other"></iframe>`);
    await holds(page, () => /** @type {any} */ (window).told.some((/** @type {any} */ { type }) => type === 'ready'), undefined, 60_000);
    const ask = (/** @type {object} */ request) => page.evaluate((message) => {
      const { contentWindow } = /** @type {HTMLIFrameElement} */ (document.getElementById('f'));
      return new Promise((resolve) => {
        addEventListener('message', ({ data }) => data.type === 'reply' && data.id === message.id && resolve(data));
        contentWindow?.postMessage(message, '*');
      });
    }, /** @type {any} */ ({ target: 'bellhop', ...request }));
    const reply = { source: 'bellhop', type: 'reply' };
    assert.deepEqual(await ask({ id: 1, method: 'step' }), { ...reply, id: 1, result: null });
    assert.deepEqual(await ask({ id: 2, method: 'state' }), { ...reply, id: 2, result: { phase: 'paused', env: 'CartPole-v1', algo: 'dqn', seed: 3, timesteps: 1, episodes: 0, meanReturn: null } });
    assert.match(/** @type {any} */ (await ask({ id: 'three', method: 'set', settings: { learningRate: -1 } })).error, /^“learningRate”为 −1，应在 0 到 10 之间。$/);
    assert.match(/** @type {any} */ (await ask({ id: 4, method: 'set' })).error, /takes an object/);
    assert.equal(await frames()[0].evaluate(() => document.documentElement.lang), 'zh');
    await holds(/** @type {any} */ (frames()[0]), () => /learningRat(?!e)/.test(/** @type {any} */ (document.querySelector('bellhop-lab'))?.shadowRoot?.getElementById('notice-text')?.textContent));
    const before = await page.evaluate(() => /** @type {any} */ (window).told.length);
    await page.evaluate(() => {
      const lab = /** @type {HTMLIFrameElement} */ (document.getElementById('f')), other = /** @type {HTMLIFrameElement} */ (document.getElementById('other'));
      const script = other.contentDocument?.createElement('script') ?? new HTMLScriptElement();
      script.textContent = "told = []; addEventListener('message', ({ data }) => told.push(data)); parent.frames[0].postMessage({ target: 'bellhop', id: 5, method: 'play' }, '*');";
      other.contentDocument?.body.append(script);
      const nonsense = [null, 0, '', 'play', [], {}, { target: 'bellhop' }, { target: 'bellhop', method: 'constructor' }, { target: 'bellhop', method: '__proto__' }, { target: 'bellhop', method: ['play'] },
        { target: 'bellhop', method: 'play', id: {} }, { target: 'other', method: 'play' }, { target: 'bellhop', method: 'dispose' }, new Uint8Array(9), new Date(), new Map([['target', 'bellhop']])];
      for (const message of nonsense) lab.contentWindow?.postMessage(message, '*');
    });
    assert.deepEqual(/** @type {any} */ (await ask({ id: 6, method: 'state' })).result.timesteps, 1, 'it is still where it was');
    const after = await page.evaluate(() => /** @type {any} */ (window).told);
    assert.deepEqual(after.slice(before).map((/** @type {any} */ { id }) => id), [6]);
    assert.deepEqual(await page.evaluate(() => /** @type {any} */ (document.getElementById('other')).contentWindow.told), []);
    await close();
  });

  test('twelve frames on a page are all there, with the titles they were given', async () => {
    const { page, frames, close } = await host(lab(), (url) => Array.from({ length: 12 }, (_, i) => `<iframe src="${url}embed.html?env=GridWorld-v0&seed=${i}&show=world&title=${encodeURIComponent('<b>Lesson</b> ')}${i}" title="Lab ${i}" width="400" height="500"></iframe>`).join(''));
    assert.equal(frames().length, 12);
    for (const frame of frames()) {
      await (await frame.frameElement()).scrollIntoViewIfNeeded();
      await holds(/** @type {any} */ (frame), () => /** @type {any} */ (document.querySelector('bellhop-lab'))?.phase === 'ready', undefined, 60_000);
    }
    assert.deepEqual(await Promise.all(frames().map((frame) => frame.evaluate(() => /** @type {any} */ (document.querySelector('bellhop-lab')).setup.seed))), Array.from({ length: 12 }, (_, i) => i));
    assert.deepEqual(await Promise.all(frames().map((frame) => frame.title())), Array.from({ length: 12 }, (_, i) => `<b>Lesson</b> ${i}`));
    assert.equal(await page.evaluate(() => /** @type {any} */ (window).told.filter((/** @type {any} */ { type }) => type === 'error').length), 0);
    await close();
  });

  for (const tag of ['<script type="module" src="URLbellhop-lab.js"></script>', '<script src="URLbellhop-lab.classic.js"></script>', '<script type="module" src="URLbellhop-lab-all.js"></script>', '<script src="URLbellhop-lab-all.classic.js"></script>']) {
    test(`${tag.replace('URL', '…/')} is one line in a page of another origin`, async () => {
      const { page, trouble, close } = await host(lab(), (url) => `${tag.replace('URL', url)}<bellhop-lab env="CartPole-v1" seed="3" speed="max" settings='{"totalTimesteps": ${STEPS}}'></bellhop-lab>`);
      assert.equal(await train(page), await hashOfNode());
      if (tag.includes('-all')) assert.deepEqual(trouble.requests.filter((request) => !/:\d+\/$|-all(\.classic)?\.js$|^(data|blob):/.test(request)), [], 'one file is all that is fetched');
      await close();
    });
  }

  test('one file needs three directives of a policy, beside its style', async () => {
    const { page, close } = await host(lab(), (url) => `<script type="module" src="${url}bellhop-lab-all.js"></script><bellhop-lab env="CartPole-v1" seed="3" speed="max" settings='{"totalTimesteps": ${STEPS}}'></bellhop-lab>`, { policy: ALONE });
    assert.equal(await train(page), await hashOfNode());
    await close();
  });

  test('the page in one file opens from a disk without a network: every tab trains', async () => {
    const { page, context, trouble, close } = await lab().window();
    await context.setOffline(true);
    const open = async (/** @type {string} */ hash) => {
      await page.goto('about:blank');
      await page.goto(`${pathToFileURL(`${SITE}/bellhop.html`)}${hash}`);
      await holds(page, () => /** @type {any} */ (globalThis).$('play')?.disabled === false, undefined, 60_000);
    };
    await open(`#env=CartPole-v1&seed=3&totalTimesteps=${STEPS}`);
    assert.equal(await train(page), await hashOfNode());
    for (const hash of ['#env=GridWorld-v0', '#env=Breakout-MinAtar', '#env=TextGen-v0', '#env=TextGen-v1', '#env=Translate-v0&start=scratch', '#view=language']) {
      await open(hash);
      await page.evaluate(() => /** @type {any} */ (document.querySelector('bellhop-lab')).step());
      await holds(page, () => ['paused', 'finished'].includes(/** @type {any} */ (document.querySelector('bellhop-lab')).phase), undefined, 60_000);
    }
    assert.deepEqual(trouble.requests.filter((request) => !/^(file|data|blob|about):/.test(request)), []);
    await context.setOffline(false);
    await close();
  });
}
