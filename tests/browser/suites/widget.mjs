// SPDX-License-Identifier: MIT
// The notebook widget as hosts load it: the text of one file, imported from a blob: URL, under a policy that lets it fetch nothing. The
// host here keeps to the specification of Anywidget Front-End Modules: a model object with state and events, of which `initialize` and
// `render` get a proxy each.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SITE } from '../../../build/build.mjs';
import { load } from '../../../web/node/node.mjs';
import { test } from '../harness.mjs';

/** @typedef {import('playwright-core').Page} Page */

const POLICY = "default-src 'none'; script-src blob: 'wasm-unsafe-eval'; style-src 'self'; img-src data:; worker-src blob:; connect-src 'none'";
const TRAITS = { env: 'CartPole-v1', seed: 6, speed: 'max', settings: { total_timesteps: 900 }, show: 'world', checkpoint: null };

/** A page with a host in it, and models of these traits: `models[0]`, …. @param {import('../harness.mjs').Lab} lab @param {...object} traits */
async function notebook(lab, ...traits) {
  const { page, trouble, close } = await lab.window({ viewport: { width: 900, height: 1600 } });
  const body = '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Notebook</title><link rel="icon" href="data:,"></head><body></body></html>';
  await page.route('**/notebook.html', (route) => route.fulfill({ contentType: 'text/html', body, headers: { 'Content-Security-Policy': POLICY } }));
  await page.goto(`${lab.url}notebook.html`);
  await page.evaluate(installHost, readFileSync(join(SITE, 'bellhop-widget.js'), 'utf8'));
  await page.evaluate((list) => /** @type {any} */ (window).begin(list), traits.map((each) => ({ ...TRAITS, ...each })));
  return { page, trouble, close };
}

/** Runs in the page: `begin()` makes models, `show(i)` renders one once more, `send(i, …)` is a message of the notebook, `change(i, …)` sets its traits. @param {string} text */
function installHost(text) {
  class HostModel {
    /** @type {Map<string, Set<Function>>} */
    listeners = new Map();
    /** @type {Set<string>} */
    unsaved = new Set();
    /** What the notebook has been told. @type {Record<string, any>} */
    told = {};

    /** @param {Record<string, any>} state */
    constructor(state) {
      this.state = state;
    }

    /** @param {string} event @param {...any} values */
    fire(event, ...values) {
      for (const listener of [...this.listeners.get(event) ?? []]) listener(...values);
    }

    /** @param {string} name @param {any} value */
    set(name, value) {
      if (this.state[name] === value) return;
      this.state[name] = value;
      this.fire(`change:${name}`);
    }

    proxy() {
      const on = (/** @type {string} */ event, /** @type {Function} */ listener) => this.listeners.set(event, (this.listeners.get(event) ?? new Set()).add(listener));
      return {
        get: (/** @type {string} */ name) => this.state[name], on,
        set: (/** @type {string} */ name, /** @type {any} */ value) => {
          this.set(name, value);
          this.unsaved.add(name);
        },
        off: (/** @type {string} */ event, /** @type {Function} */ listener) => this.listeners.get(event)?.delete(listener), send() {},
        save_changes: () => {
          // As a host sends it: what is no JSON and no bytes gets lost.
          for (const name of this.unsaved) this.told[name] = ArrayBuffer.isView(this.state[name]) ? this.state[name] : JSON.parse(JSON.stringify(this.state[name]));
          this.unsaved.clear();
        },
      };
    }
  }
  const load = async () => {
    const url = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
    const { default: widget } = await import(url);
    URL.revokeObjectURL(url);
    return typeof widget === 'function' ? widget() : widget;
  };
  /** @type {any[]} */
  const models = [];
  Object.assign(window, {
    models, outputs: [],
    async begin(/** @type {Record<string, any>[]} */ list) {
      for (const traits of list) {
        const model = new HostModel(traits), widget = await load();
        models.push(Object.assign(model, { widget, end: await widget.initialize({ model: model.proxy(), signal: new AbortController().signal, experimental: {} }) }));
      }
    },
    async show(/** @type {number} */ i) {
      const { widget, proxy } = models[i], el = document.createElement('div');
      document.body.append(el);
      const hide = await widget.render({ model: proxy.call(models[i]), el, signal: new AbortController().signal, host: {}, experimental: {} });
      /** @type {any} */ (window).outputs.push({ el, get lab() {
        return el.querySelector('bellhop-lab');
      }, hide: async () => {
        await hide();
        el.remove();
      } });
    },
    send: (/** @type {number} */ i, /** @type {any} */ message) => models[i].fire('msg:custom', message, []),
    change: (/** @type {number} */ i, /** @type {Record<string, any>} */ traits) => Object.entries(traits).forEach(([name, value]) => models[i].set(name, value)),
    frames: async (/** @type {number} */ n) => {
      for (let k = 0; k < n; k++) await new Promise(requestAnimationFrame);
    },
  });
}

/** Waits for a condition over what `installHost` gives. @param {Page} page @param {string} condition */
async function holds(page, condition) {
  const end = Date.now() + 30_000;
  while (!await page.evaluate(`Boolean(${condition})`)) {
    if (Date.now() > end) throw new assert.AssertionError({ message: `it never came to hold: ${condition}; ${await page.evaluate('JSON.stringify(models.map(({ told }) => told))')}` });
    await page.evaluate('frames(2)');
  }
}

/** The fingerprint of a run of DQN in Node. @param {string} env @param {number} seed @param {number} totalTimesteps */
async function inNode(env, seed, totalTimesteps) {
  const bh = await load({ text: false });
  const model = new bh.DQN(bh.make(/** @type {any} */ (env)), { seed });
  await model.learn({ totalTimesteps });
  const hash = model.sha256();
  model.dispose();
  return hash;
}

/** @param {() => import('../harness.mjs').Lab} lab */
export default function widget(lab) {
  test('widget: two outputs show one run; its figures and its fingerprint are told, and are those of Node', async () => {
    const { page, trouble, close } = await notebook(lab(), {});
    await page.evaluate("send(0, { type: 'play' })"); // in the same cell, before it is shown
    await page.evaluate('(async () => { await show(0); await show(0); })()');
    await holds(page, "models[0].told.phase === 'finished' && models[0].told.fingerprint");
    const { told, same, workers } = await page.evaluate(() => {
      const { models, outputs, watched } = /** @type {any} */ (window);
      return { told: models[0].told, same: outputs[0].lab.experiment === outputs[1].lab.experiment && outputs[0].lab !== outputs[1].lab, workers: watched.workers };
    });
    assert.equal(told.fingerprint, await inNode('CartPole-v1', 6, 900));
    assert.equal(told.timesteps, 900);
    assert.ok(told.episodes > 0 && told.mean_return > 1, JSON.stringify(told));
    assert.ok(same);
    assert.equal(workers, 1);
    assert.deepEqual(trouble.requests.filter((url) => !/^(blob|data):|notebook\.html$/.test(url)), [], 'everything is inside');
    await close();
  });

  test('widget: traits act on what is shown, messages on the run; what is refused is told', async () => {
    const { page, close } = await notebook(lab(), { stop_at: 50 });
    await page.evaluate('(async () => { await show(0); await show(0); })()');
    await holds(page, "models[0].told.phase === 'ready'");
    await page.evaluate("change(0, { theme: 'dark', lang: 'zh', height: 444, controls: 'play settings' }); send(0, { type: 'play' })");
    await holds(page, "models[0].told.phase === 'paused' && models[0].told.timesteps === 50");
    await holds(page, "outputs.every(({ lab }) => lab.shadowRoot.getElementById('play-text').textContent === '继续')");
    const looks = await page.evaluate(() => /** @type {any} */ (window).outputs.map((/** @type {any} */ { lab: { theme, style, controls } }) => [theme, style.height, controls]));
    assert.deepEqual(looks, new Array(2).fill(['dark', '444px', 'play settings']));
    await page.evaluate("send(0, { type: 'set', settings: { learning_rate: 0.002 } })");
    await holds(page, "outputs[0].lab.setup.changes.some(({ at, key, value }) => at === 50 && key === 'learningRate' && value === 0.002)");
    const refused = async (/** @type {string} */ act, /** @type {RegExp} */ sentence) => {
      await page.evaluate(act);
      await holds(page, `${sentence}.test(models[0].told.error)`);
    };
    await page.evaluate("change(0, { lang: 'en' })");
    await refused("send(0, { type: 'set', settings: { learning_rate: -1 } })", /^learningRate is −1/);
    await refused("send(0, { type: 'plya' })", /unknown message 'plya'; known: play, pause/i);
    await refused("change(0, { env: 'Nope-v0' })", /Nope-v0.*CartPole-v1/);
    await holds(page, "models[0].told.phase === 'failed' && outputs.every(({ lab }) => lab.phase === 'failed')");
    await page.evaluate("change(0, { env: 'GridWorld-v0', seed: 3, stop_at: null })");
    await holds(page, "models[0].told.phase === 'ready' && outputs.every(({ lab }) => lab.setup?.env === 'GridWorld-v0' && lab.setup.seed === 3)");
    await page.evaluate("send(0, { type: 'step' })");
    await holds(page, 'models[0].told.timesteps === 1');
    await page.evaluate("send(0, { type: 'reset' })");
    await holds(page, "models[0].told.timesteps === 0 && models[0].told.phase === 'ready' && models[0].told.error === ''");
    await close();
  });

  test('widget: a checkpoint comes by message and goes back by the trait', async () => {
    const { page, close } = await notebook(lab(), { stop_at: 600 });
    await page.evaluate("(async () => { await show(0); send(0, { type: 'play' }); })()");
    await holds(page, 'models[0].told.timesteps === 600 && models[0].told.fingerprint');
    const early = await page.evaluate('models[0].told.fingerprint'), late = await inNode('CartPole-v1', 6, 900);
    await page.evaluate("send(0, { type: 'save' })");
    await holds(page, 'models[0].told.checkpoint?.byteLength > 0');
    await page.evaluate("change(0, { stop_at: null }); send(0, { type: 'play' })");
    await holds(page, `models[0].told.fingerprint === '${late}'`);
    await page.evaluate('(() => { const { told } = models[0]; change(0, { checkpoint: new DataView(told.checkpoint.buffer.slice(0)) }); })()'); // a host's echo
    await page.evaluate('frames(20)');
    assert.equal(await page.evaluate('models[0].told.fingerprint'), late, 'what is only handed back is not loaded');
    await page.evaluate('(() => { const { told } = models[0]; change(0, { checkpoint: new DataView(new ArrayBuffer(0)) }); change(0, { checkpoint: new DataView(told.checkpoint.buffer.slice(0)) }); })()');
    await holds(page, `models[0].told.fingerprint === '${early}'`);
    await page.evaluate((traits) => {
      const { begin, models } = /** @type {any} */ (window);
      return begin([{ ...traits, checkpoint: new DataView(models[0].told.checkpoint.buffer.slice(0)) }]);
    }, TRAITS);
    await page.evaluate('show(1)');
    await holds(page, `models[1].told.fingerprint === '${early}'`);
    await page.evaluate('change(0, { checkpoint: new DataView(new Uint8Array([1, 2, 3]).buffer) })');
    await holds(page, 'models[0].told.error');
    await close();
  });

  test('widget: outputs come and go; the run goes on in one that is left, waits while its output is out of the document, and ends with the last', async () => {
    const { page, close } = await notebook(lab(), { settings: {} });
    await page.evaluate('(async () => { await show(0); await show(0); await show(0); })()');
    await holds(page, "outputs.every(({ lab }) => lab.phase === 'ready')");
    await page.evaluate("void Object.assign(window, { first: outputs[0].lab.experiment }); send(0, { type: 'play' })");
    await holds(page, 'first.agentFrame.timesteps > 50');
    await page.evaluate('outputs[2].hide()');
    await page.evaluate('frames(5)');
    assert.equal(await page.evaluate('first.isSuspended'), false, 'two others show it');
    await page.evaluate('outputs[0].hide()');
    await holds(page, "outputs[1].lab.experiment === first && !first.isSuspended && first.phase === 'running'");
    await page.evaluate('outputs[1].el.remove()'); // as JupyterLab does with cells that are scrolled away
    await page.evaluate('frames(30)');
    assert.ok(await page.evaluate('first.isSuspended && first.session !== null'));
    await page.evaluate('document.body.append(outputs[1].el)');
    await holds(page, 'outputs[1].lab.experiment === first && !first.isSuspended');
    await page.evaluate('(async () => { await outputs[1].hide(); await show(0); })()'); // a cell that is run again
    await holds(page, "outputs[3].lab.experiment === first && first.phase === 'running'");
    await page.evaluate('outputs[3].hide()');
    await holds(page, 'watched.workers === 0');
    await page.evaluate('show(0)');
    await holds(page, "outputs[4].lab.phase === 'ready' && outputs[4].lab.experiment !== first && watched.workers === 1");
    await page.evaluate('models[0].end()');
    await holds(page, 'watched.workers === 0 && document.querySelector("bellhop-lab") === null');
    assert.equal(await page.evaluate('[...models[0].listeners.values()].reduce((sum, { size }) => sum + size, 0)'), 0);
    await close();
  });

  test('widget: two models, each with its copy of the file, are of one element and share workers', async () => {
    const { page, close } = await notebook(lab(), { seed: 1 }, { env: 'GridWorld-v0', seed: 2, autoplay: true });
    await page.evaluate("(async () => { await show(0); await show(1); send(0, { type: 'play' }); })()");
    await holds(page, "models.every(({ told }) => told.phase === 'finished' && told.fingerprint)");
    const found = await page.evaluate('models.map(({ told }) => told.fingerprint)');
    assert.deepEqual(found, [await inNode('CartPole-v1', 1, 900), await inNode('GridWorld-v0', 2, 900)]);
    await close();
  });

  test('widget: keys stay in it, but for those of the notebook; it is dark where the text around is light', async () => {
    const { page, close } = await notebook(lab(), { controls: 'all', show: 'world' });
    await page.evaluate("document.body.style.color = 'rgb(230, 230, 230)'; void Object.assign(window, { heard: [] }); document.addEventListener('keydown', ({ key }) => heard.push(key))");
    await page.evaluate('show(0)');
    await holds(page, "models[0].told.phase === 'ready'");
    const ground = () => page.evaluate("getComputedStyle(outputs[0].lab.shadowRoot.querySelector('.lab')).backgroundColor");
    assert.equal(await ground(), 'rgb(21, 23, 26)');
    await page.evaluate("document.body.style.color = 'black'");
    await holds(page, "outputs[0].lab.style.colorScheme === 'light'");
    assert.equal(await ground(), 'rgb(255, 255, 255)');
    await page.evaluate('outputs[0].lab.focusControls()');
    for (const key of ['r', 's', 'Escape', 'Shift+Enter']) await page.keyboard.press(key);
    assert.deepEqual(await page.evaluate('heard'), ['Escape', 'Enter']);
    await close();
  });

  test('widget: traits and messages of any kind do nothing bad', async () => {
    const { page, close } = await notebook(lab(), { env: 7, seed: {}, settings: [1], speed: null, show: 3, height: -1, theme: [], lang: 'x'.repeat(9999), checkpoint: 'bytes' });
    await page.evaluate('show(0)');
    await page.evaluate(async (names) => {
      const { change, send, frames } = /** @type {any} */ (window);
      const odd = [null, undefined, NaN, -1, 1e300, '', '<img src=x onerror=alert(1)>', 'é'.repeat(5000), [], [[]], {}, { toString: 1 }, { type: 'play' }, { type: 'set' }, { type: 'constructor' },
        { type: 'set', settings: null }, { type: 'set', settings: { __proto__: 1, 'env.': 2, 'x': {} } }, true, new DataView(new ArrayBuffer(3)), new Uint8Array(9), JSON.parse('{"__proto__": {"a": 1}}')];
      for (const [i, value] of odd.entries()) {
        for (const [k, name] of names.entries()) change(0, { [name]: odd[(i * 7 + k) % odd.length] });
        send(0, value);
        await frames(2);
      }
      Object.assign(window, { odd: odd.length });
    }, ['env', 'algo', 'preset', 'seed', 'settings', 'speed', 'stop_at', 'autoplay', 'background', 'show', 'controls', 'theme', 'lang', 'height', 'checkpoint']);
    assert.equal(await page.evaluate('window.odd'), 21);
    await page.evaluate((traits) => /** @type {any} */ (window).change(0, traits), { ...TRAITS, algo: '', preset: '', stop_at: null, autoplay: false, background: false, controls: '', theme: '', lang: '', height: '' });
    await holds(page, "outputs[0].lab.setup?.env === 'CartPole-v1' && !['loading', 'failed'].includes(models[0].told.phase)");
    await page.evaluate('outputs[0].lab.pause()'); // messages that had no run to act on act on this one: one of them is Play
    await page.evaluate("send(0, { type: 'reset' })");
    await holds(page, "models[0].told.phase === 'ready' && models[0].told.timesteps === 0 && models[0].told.error === ''");
    await page.evaluate("send(0, { type: 'play' })");
    await holds(page, `models[0].told.fingerprint === '${await inNode('CartPole-v1', 6, 900)}'`);
    assert.deepEqual(await page.evaluate('Object.keys(Object.prototype)'), []);
    await close();
  });
}
