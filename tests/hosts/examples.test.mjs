// SPDX-License-Identifier: MIT
// `npm run test:examples`: the examples that fetch or compile what `npm test` does not, by the commands of their READMEs.
import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { ROOT } from '../../build/run.mjs';
import { serve } from '../../build/serve.mjs';
import { chromePath } from '../../build/setup.mjs';
import { load } from '../../web/node/node.mjs';
import { copyExample, runCommands, unpack } from './example.mjs';

/** @type {Awaited<ReturnType<typeof unpack>>} */
let unpacked;
before(async () => {
  unpacked = await unpack();
});
after(() => rmSync(unpacked.folder, { recursive: true }));

test('vite: installed, trained and built, the page plays as Node does', async () => {
  const example = copyExample(unpacked, 'vite', { install: false });
  assert.deepEqual(example.commands, ['npm install', 'npm run train', 'npm run build', 'npm run preview']);
  await runCommands(example, [`npm install --no-audit --no-fund --prefer-offline ${unpacked.tarball}`, ...example.commands.slice(1, 3)]);
  const bh = await load();
  const env = bh.make('CartPole-v1');
  const model = bh.loadModel(readFileSync(join(example.folder, 'runs/best_model.safetensors')), env);
  let [obs] = env.reset({ seed: 0 });
  let steps = 0;
  for (let isOver = false; !isOver; steps++) {
    const [next, , terminated, truncated] = env.step(model.predict(obs));
    [obs, isOver] = [next, terminated || truncated];
  }
  assert.ok(steps >= 475, `${steps} steps`);
  assert.equal(await stateOf(join(example.folder, 'dist')), `episode 0: ${steps} steps, over`);
});

/** What a page says when it has played, under the policy of build/serve.mjs. @param {string} root */
async function stateOf(root) {
  const server = await serve({ root, port: 0 });
  const browser = await chromium.launch({ executablePath: chromePath() ?? undefined, args: ['--headless', '--no-sandbox', '--disable-gpu'] });
  try {
    const page = await browser.newPage();
    await page.goto(server.url);
    await page.waitForFunction(() => /** @type {any} */ (globalThis).document.getElementById('state')?.textContent.endsWith('over'), undefined, { timeout: 120_000 });
    return await page.locator('#state').textContent();
  } finally {
    await browser.close();
    await server.close();
  }
}

test('c-program: prints what its README says, and its parameters are those of JavaScript', async () => {
  const example = copyExample(unpacked, 'c-program', { install: false });
  const [configure, ...rest] = example.commands;
  assert.equal(configure, 'cmake -S . -B build');
  const printed = await runCommands(example, [`${configure} -DBELLHOP_DIR=${ROOT}`, ...rest]);
  assert.ok(printed.endsWith(`\n${example.printed}`), printed);
  const bh = await load();
  const model = new bh.DQN(bh.make('CartPole-v1'), { seed: 7, totalTimesteps: 10_000 });
  await model.learn();
  const saved = bh.loadModel(readFileSync(join(example.folder, 'cartpole.safetensors')));
  assert.equal(saved.sha256(), model.sha256({ which: 'best' }));
  assert.ok(example.printed.includes(saved.sha256().slice(0, 16)));
});
