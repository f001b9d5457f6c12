// SPDX-License-Identifier: MIT
// The package in a page, bundled by esbuild, which copies no files: module and worker come from chunks of the package. Other bundlers
// are tried by `npm run test:hosts`.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { packed } from '../../../build/pack.mjs';
import { load } from '../../../web/node/node.mjs';
import { page as html, writeScript } from '../../hosts/project.mjs';
import { GridWorld } from '../../node/js-envs.mjs';
import { holds, hosted, test } from '../harness.mjs';

/** @param {() => import('../harness.mjs').Lab} lab */
export default function bundled(lab) {
  test('bundled without its files the package has them inside, and gives Node’s run', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bellhop-bundled-'));
    try {
      await bundle(folder);
      const server = await hosted({ root: join(folder, 'dist') });
      const { page, trouble, close } = await lab().window();
      await page.goto(server.url);
      await holds(page, () => 'results' in globalThis);
      const hash = await hashOfNode();
      assert.deepEqual(await page.evaluate(() => /** @type {any} */ (globalThis).results), { load: hash, connect: hash });
      await holds(page, () => 'own' in globalThis);
      assert.equal(await page.evaluate(() => /** @type {any} */ (globalThis).own), await ownHashOfNode());
      assert.deepEqual(trouble.requests.filter((url) => !url.startsWith(server.url) && !/^(data|blob):/.test(url)), []);
      for (const error of trouble.errors.splice(0)) assert.match(error, /404/, 'of the browser, for the files beside');
      await close();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}

/** The script of a host's page, with the package, in chunks. @param {string} folder */
async function bundle(folder) {
  const installed = join(folder, 'node_modules/bellhop');
  mkdirSync(installed, { recursive: true });
  await promisify(execFile)('tar', ['-xzf', await packed(), '-C', installed, '--strip-components=1']);
  writeScript({ folder, version: '' }, 'bellhop');
  writeFileSync(join(folder, 'src/own.js'), OWN_PAGE);
  writeFileSync(join(folder, 'src/own-worker.js'), OWN_WORKER);
  await build({ entryPoints: [join(folder, 'src/own-worker.js')], outdir: join(folder, 'dist'), bundle: true, logLevel: 'warning' });
  await build({ entryPoints: [join(folder, 'src/index.js'), join(folder, 'src/own.js')], outdir: join(folder, 'dist'), bundle: true, format: 'esm', splitting: true, logLevel: 'warning' });
  writeFileSync(join(folder, 'dist/index.html'), html('./index.js').replace('</body>', '<script type="module" src="./own.js"></script></body>'));
}

/** A worker's script with an environment of one's own. */
const OWN_WORKER = `import { serve } from 'bellhop/serve';
import { GridWorld } from ${JSON.stringify(fileURLToPath(new URL('../../node/js-envs.mjs', import.meta.url)))};
serve({ envs: [GridWorld] });
`;

const OWN_PAGE = `import { connect } from 'bellhop';
const trainer = await connect({ worker: new Worker(new URL('./own-worker.js', import.meta.url)) });
const session = await trainer.create({ env: 'JsGridWorld-v0', algo: 'q-learning', options: { seed: 5 } });
await session.learn({ totalTimesteps: 500 });
globalThis.own = await session.sha256();
trainer.terminate();
`;

async function ownHashOfNode() {
  const bh = await load({ text: false });
  const model = new bh.QLearning(GridWorld, { seed: 5 });
  await model.learn({ totalTimesteps: 500 });
  return model.sha256();
}

/** The same run here, see tests/hosts/project.mjs. */
async function hashOfNode() {
  const bh = await load({ text: false });
  const model = new bh.DQN(bh.make('GridWorld-v0'), { seed: 3 });
  await model.learn({ totalTimesteps: 1200 });
  return model.sha256();
}
