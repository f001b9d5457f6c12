// SPDX-License-Identifier: MIT
// `npm run test:notebook`: the widget in its real host. A notebook with the widget's state is exported by Jupyter's nbconvert; the page loads
// Jupyter's widget manager and anywidget, from npm, and the built bellhop-widget.js by its URL (nbconvert 6.5, which Debian has, escapes < and &
// in the texts of a widget's state). No kernel, and nothing from another origin.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import { SITE } from '../../build/build.mjs';
import { serve } from '../../build/serve.mjs';
import { FOR_NOTEBOOK_TESTS, chromePath, setup } from '../../build/setup.mjs';
import { load } from '../../web/node/node.mjs';
import { install } from './project.mjs';

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
const PACKAGES = ['anywidget@0.11', '@jupyter-widgets/html-manager@1', 'requirejs@2'];
/** Exported pages have scripts and styles in themselves; everything else is as in other people's pages. */
const POLICY = "default-src 'none'; script-src 'self' blob: 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; worker-src blob:";
/** Files of those packages, and what the page calls them. `anywidget` is looked for beside the page first. */
const FILES = Object.entries({ 'require.js': 'requirejs/require.js', 'embed-amd.js': '@jupyter-widgets/html-manager/dist/embed-amd.js', 'anywidget.js': 'anywidget/dist/index.js' });
/** What Jupyter's widget manager says in every page; it looks for an icon and for source maps. */
const OF_JUPYTER = /^strict mode: use allowUnionTypes|favicon\.ico|\.map$/;
const VIEW = 'application/vnd.jupyter.widget-view+json';
const STATE = 'application/vnd.jupyter.widget-state+json';

const folder = mkdtempSync(join(tmpdir(), 'bellhop-notebook-'));
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */
let server;

before(async () => {
  await setup(FOR_NOTEBOOK_TESTS);
  await install(folder, PACKAGES);
  for (const [name, file] of FILES) copyFileSync(join(folder, 'node_modules', file), join(folder, name));
  copyFileSync(join(SITE, 'bellhop-widget.js'), join(folder, 'bellhop-widget.js'));
  server = await serve({ root: folder, port: 0, headers: { 'Content-Security-Policy': POLICY } });
  browser = await chromium.launch({ executablePath: chromePath() ?? undefined, args: FLAGS, env: { ...process.env, LANG: 'en_US.UTF-8', LC_ALL: 'en_US.UTF-8' } });
});
after(async () => {
  await browser?.close();
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A widget's state as a kernel saves it. @param {string} id @param {object} traits */
const stateOf = (id, traits) => ({
  [`${id}-layout`]: { model_name: 'LayoutModel', model_module: '@jupyter-widgets/base', model_module_version: '2.0.0', state: {} },
  [id]: {
    model_name: 'AnyModel', model_module: 'anywidget', model_module_version: '~0.11.*',
    state: {
      _model_name: 'AnyModel', _model_module: 'anywidget', _model_module_version: '~0.11.*', _view_name: 'AnyView', _view_module: 'anywidget', _view_module_version: '~0.11.*',
      _dom_classes: [], _view_count: null, layout: `IPY_MODEL_${id}-layout`, tabbable: null, tooltip: null, _anywidget_id: 'bellhop_lab.BellhopLab',
      _esm: `${server.url}bellhop-widget.js`, ...traits,
    },
  },
});

/** @param {string} id @param {number} n @returns a cell whose output shows a widget */
const cellOf = (id, n) => ({
  cell_type: 'code', execution_count: n, id: `cell-${n}`, metadata: {}, source: [id],
  outputs: [{ output_type: 'execute_result', execution_count: n, metadata: {}, data: { 'text/plain': [`BellhopLab ${id}`], [VIEW]: { version_major: 2, version_minor: 0, model_id: id } } }],
});

/** Writes a notebook and has it exported. @param {string} name @param {string[]} cells  ids of widgets @param {Record<string, object>} models  traits by id */
async function exportNotebook(name, cells, models) {
  const state = Object.assign({}, ...Object.entries(models).map(([id, traits]) => stateOf(id, traits)));
  const notebook = {
    nbformat: 4, nbformat_minor: 5, cells: cells.map((id, i) => cellOf(id, i + 1)),
    metadata: { language_info: { name: 'python' }, widgets: { [STATE]: { version_major: 2, version_minor: 0, state } } },
  };
  writeFileSync(join(folder, `${name}.ipynb`), JSON.stringify(notebook));
  await promisify(execFile)('jupyter-nbconvert', ['--to', 'html', '--HTMLExporter.require_js_url=./require.js', '--HTMLExporter.widget_renderer_url=./embed-amd.js', '--HTMLExporter.mathjax_url=', `${name}.ipynb`],
    { cwd: folder });
  return `${server.url}${name}.html`;
}

/** The fingerprint of the same run in Node. @param {string} env @param {number} seed @param {number} totalTimesteps */
async function inNode(env, seed, totalTimesteps) {
  const bh = await load({ text: false });
  const model = new bh.DQN(bh.make(/** @type {any} */ (env)), { seed });
  await model.learn({ totalTimesteps });
  return model.sha256();
}

test('exported by nbconvert: each widget trains in the reader’s browser to Node’s fingerprint; shown twice it is one run', async () => {
  const common = { speed: 'max', autoplay: true, background: true, settings: { total_timesteps: 900 }, show: 'world return' };
  const url = await exportNotebook('lesson', ['cart', 'grid', 'cart'], { cart: { ...common, env: 'CartPole-v1', seed: 6 }, grid: { ...common, env: 'GridWorld-v0', seed: 3, theme: 'dark', lang: 'zh' } });
  const page = await browser.newPage();
  /** @type {string[]} */
  const trouble = [];
  page.on('pageerror', (error) => trouble.push(error.message));
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && !OF_JUPYTER.test(`${message.text()} ${message.location().url}`) && trouble.push(message.text()));
  page.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(server.url)) trouble.push(request.url());
  });
  await page.goto(url);
  const finished = () => {
    const labs = /** @type {any[]} */ ([...document.querySelectorAll('bellhop-lab')]);
    return labs.length === 3 && labs.every(({ phase }) => phase === 'finished');
  };
  await page.waitForFunction(finished, undefined, { polling: 100, timeout: 120_000 }).catch((error) => assert.fail(`${error}: ${trouble.join('; ')}`));
  const found = await page.evaluate(async () => {
    const labs = /** @type {any[]} */ ([...document.querySelectorAll('bellhop-lab')]);
    return { hashes: await Promise.all(labs.map((lab) => lab.sha256())), same: labs[0].experiment === labs[2].experiment, play: labs.map((lab) => lab.shadowRoot.getElementById('play-text').textContent) };
  });
  const [cart, grid] = [await inNode('CartPole-v1', 6, 900), await inNode('GridWorld-v0', 3, 900)];
  assert.deepEqual(found, { hashes: [cart, grid, cart], same: true, play: ['Resume', '继续', 'Resume'] });
  if (process.env.NOTEBOOK_PICTURE) await page.screenshot({ path: process.env.NOTEBOOK_PICTURE, fullPage: true });
  assert.deepEqual(trouble, []);
  await page.close();
});
