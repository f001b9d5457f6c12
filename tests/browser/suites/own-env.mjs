// SPDX-License-Identifier: MIT
// An author's own environment in a lab: from a worker's script of the author's, under a strict policy; it draws itself, light and
// dark, says what it shows, and its options are among the settings.
import assert from 'node:assert/strict';
import process from 'node:process';
import { axe, hosted, openSettings, pause, reach, says, test, text } from '../harness.mjs';

const TANK = `import { serve } from './bellhop.js';

class Tank {
  static id = 'Tank-v0';
  static observationSpace = { type: 'Box', shape: [1], low: 0, high: 1 };
  static actionSpace = { type: 'Discrete', n: 2 };
  static maxEpisodeSteps = 100;
  static options = [
    { name: 'leak', type: 'real', default: 0.05, min: 0, max: 1, help: 'Outflow of a step, at most' },
    { name: 'pump', type: 'choice', choices: ['steady', 'pulsed'], default: 'steady' },
  ];

  constructor(options) {
    this.options = options;
    this.isOver = true;
    this.state = 0;
  }

  reset({ seed }) {
    if (seed !== undefined) this.state = seed;
    this.level = 0.2 + 0.6 * this.random();
    this.isOver = false;
    return [[this.level], {}];
  }

  step(action) {
    if (this.isOver) throw new Error('reset first');
    this.action = action;
    this.level += (action === 1 ? 0.05 : 0) - this.options.leak * this.random();
    this.isOver = this.level <= 0 || this.level >= 1;
    this.level = Math.min(1, Math.max(0, this.level));
    return [[this.level], this.isOver ? -10 : 1 - 2 * Math.abs(this.level - 0.5), this.isOver, false, {}];
  }

  describe() {
    return \`The tank is \${Math.round(100 * this.level)} % full.\`;
  }

  draw(context, width, height, { run, low, line }) {
    const side = Math.min(width, height) * 0.7, x = (width - side) / 2, y = (height - side) / 2;
    context.fillStyle = run;
    context.fillRect(x, y + side * (1 - this.level), side, side * this.level);
    context.lineWidth = 3;
    context.strokeRect(x, y, side, side);
    context.strokeStyle = line;
    context.setLineDash([6, 6]);
    context.beginPath();
    context.moveTo(x, y + side / 2);
    context.lineTo(x + side, y + side / 2);
    context.stroke();
    context.fillStyle = this.isOver ? low : context.fillStyle;
    context.fillText(\`leak \${this.options.leak}, \${this.options.pump}\`, x, y - 10);
  }

  random() {
    this.state = (1664525 * this.state + 1013904223) % 2 ** 32;
    return this.state / 2 ** 32;
  }
}

class Mute extends Tank {
  static id = 'Mute-v0';
  draw() {
    throw new Error('no brush');
  }
  describe() {
    return 7;
  }
}

serve({ envs: [Tank, Mute] });
`;
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; connect-src 'self'; worker-src 'self'";

/** @param {string} attributes */
const page = (attributes) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Tank</title><link rel="icon" href="still.svg"><link rel="stylesheet" href="own.css">
<script type="module" src="bellhop-lab.js"></script></head><body><main><h1>Tank</h1><bellhop-lab ${attributes} seed="3" worker="tank-worker.mjs" controls="play step reset speed settings algo env"></bellhop-lab></main></body></html>`;
const FILES = {
  'tank-worker.mjs': TANK, 'own.css': 'body { margin: 0; } bellhop-lab { display: block; height: 700px; }', 'light.html': page('env="Tank-v0" theme="light"'), 'dark.html': page('env="Tank-v0" theme="dark"'),
  'mute.html': page('env="Mute-v0"'), 'wrong.html': page('env="Tonk-v0"'), 'none.html': page('env="Tank-v0"').replace('tank-worker.mjs', 'empty-worker.mjs'),
  'still.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>', 'empty-worker.mjs': "import { serve } from './bellhop.js';\nserve({});\n",
};

/** How many pixels of the world's canvas have a colour of the lab. @param {import('playwright-core').Page} page @param {string} name */
const pixelsOf = (page, name) => page.evaluate((of) => {
  const canvas = /** @type {any} */ (globalThis).$('canvas');
  const probe = canvas.ownerDocument.createElement('span');
  canvas.after(probe);
  probe.style.color = `var(--bellhop-${of})`;
  const [r, g, b] = (getComputedStyle(probe).color.match(/\d+/g) ?? []).map(Number);
  probe.remove();
  const copy = Object.assign(canvas.ownerDocument.createElement('canvas'), { width: canvas.width, height: canvas.height }).getContext('2d', { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
  let n = 0;
  for (let i = 0; i < data.length; i += 4) if (data[i] === r && data[i + 1] === g && data[i + 2] === b && data[i + 3] === 255) n++;
  return n / (canvas.width * canvas.height);
}, name);

/** @param {() => import('../harness.mjs').Lab} lab */
export default function ownEnv(lab) {
  /** @param {string} name @param {import('../harness.mjs').PageOptions} [options] */
  const opened = async (name, options) => {
    const server = await hosted({ files: FILES, headers: { 'Content-Security-Policy': POLICY } });
    const window = await lab().window(options);
    await window.page.goto(server.url + name);
    return window;
  };

  for (const [theme, deviceScaleFactor] of /** @type {const} */ ([['light', 1], ['dark', 2]])) {
    test(`an environment of the author's draws itself and trains, ${theme}`, async () => {
      const { page: tab, close } = await opened(`${theme}.html`, { deviceScaleFactor });
      await tab.waitForSelector('#stage[data-ready]');
      await says(tab, 'state-text', /^The tank is \d+ % full\.$/);
      let water = 0;
      for (let i = 0; water === 0 && i < 100; i++) {
        water = await pixelsOf(tab, 'run');
        await tab.evaluate(() => new Promise(requestAnimationFrame));
      }
      const full = Number((await text(tab, 'state-text')).match(/\d+/)?.[0]) / 100;
      const [side, width, height] = await tab.evaluate(() => {
        const { clientWidth: w, clientHeight: h } = /** @type {any} */ (globalThis).$('canvas');
        return [Math.min(w, h) * 0.7, w, h];
      });
      assert.ok(Math.abs(water - full * side * side / (width * height)) < 0.05, `${water} of it is water`);
      assert.ok(await pixelsOf(tab, 'ink') > 0, 'the border has the theme\'s ink');
      if (process.env.SHOTS) await tab.screenshot({ path: `${process.env.SHOTS}/own-${theme}.png` });
      await tab.click('#step');
      await reach(tab, 'count-steps', 1);
      await tab.click('#play');
      await reach(tab, 'count-steps', 30);
      await pause(tab);
      assert.equal(await tab.locator('#you').count(), 0); // nobody knows its keys
      assert.deepEqual(await axe(tab), []);
      await close();
    });
  }

  test('its options are among the settings, and the next run has them', async () => {
    const { page: tab, close } = await opened('light.html');
    await tab.waitForSelector('#stage[data-ready]');
    await openSettings(tab);
    await tab.waitForSelector('[id="set-envOptions.leak"], #settings-all :text("leak")');
    if (process.env.SHOTS) await tab.screenshot({ path: `${process.env.SHOTS}/own-settings.png`, fullPage: true });
    await tab.evaluate(async () => {
      const element = /** @type {any} */ (document.querySelector('bellhop-lab'));
      await element.set({ 'env.leak': 0.25, 'env.pump': 'pulsed' });
      await element.reset();
    });
    assert.deepEqual(await tab.evaluate(() => /** @type {any} */ (document.querySelector('bellhop-lab')).setup.envOptions), { leak: 0.25, pump: 'pulsed' });
    const refusal = await tab.evaluate(() => /** @type {any} */ (document.querySelector('bellhop-lab')).set({ 'env.leak': 2 }).then(() => '', (/** @type {Error} */ error) => error.message));
    assert.match(refusal, /leak.*2.*1/);
    await close();
  });

  test('a drawing that fails is said once, and the run goes on; a worker without environments, and an unknown one, are told', async () => {
    const mute = await opened('mute.html');
    await mute.page.waitForSelector('#stage[data-ready]');
    await says(mute.page, 'state-text', /^Mute-v0$/);
    await mute.page.click('#step');
    await reach(mute.page, 'count-steps', 1);
    await mute.page.click('#step');
    await reach(mute.page, 'count-steps', 2);
    assert.deepEqual(mute.trouble.errors.splice(0), ['bellhop: Mute-v0: draw() threw Error: no brush; it is not called any more']);
    await mute.close();
    const none = await opened('none.html');
    await says(none.page, 'overlay-text', /its script serves no environments of its own/);
    await none.close();
    const wrong = await opened('wrong.html');
    await says(wrong.page, 'overlay-text', /Tonk-v0.*Tank-v0/);
    await wrong.close();
  });
}
