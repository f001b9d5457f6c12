// SPDX-License-Identifier: MIT
// node tests/bench/pendulum-chromium.mjs: seconds in which DDPG, TD3 and SAC learn Pendulum-v1 in headless Chromium, evaluations included:
// each algorithm's preset unchanged, 20,000 steps with one update after each. Needs the page: npm run build.
//
//     node tests/bench/pendulum-chromium.mjs              seeds 0 to 2
//     node tests/bench/pendulum-chromium.mjs --seeds 5
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { OUT } from '../../build/run.mjs';
import { serve } from '../../build/serve.mjs';
import { chromePath } from '../../build/setup.mjs';

const { values: args } = parseArgs({ options: { seeds: { type: 'string', default: '3' } } });
const { url, close } = await serve({ root: join(OUT, 'site'), port: 0 });
const browser = await chromium.launch({ executablePath: chromePath() ?? undefined, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
const page = await browser.newPage();
const blank = new URL('blank.html', url).href;
await page.route(blank, (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Pendulum</title>' })); // without the page's policy
await page.goto(blank);

/** Runs in the page. @param {[string, number]} what @returns {Promise<{ seconds: number, sha256: string }>} */
async function learn([algo, seed]) {
  const library = new URL('bellhop.mjs', location.href).href;
  const { load } = await import(library);
  const bh = await load({ text: true });
  const env = bh.make('Pendulum-v1'), model = new bh.models[algo](env, { seed });
  const since = performance.now();
  await model.learn();
  const seconds = (performance.now() - since) / 1000, sha256 = model.sha256();
  [model, env].forEach((each) => each.dispose());
  return { seconds, sha256 };
}

try {
  for (let seed = 0; seed < Number(args.seeds); seed++) {
    for (const algo of ['ddpg', 'td3', 'sac']) {
      const { seconds, sha256 } = await page.evaluate(learn, /** @type {[string, number]} */ ([algo, seed]));
      console.log(`${algo}  seed ${seed}  ${seconds.toFixed(1)} s  ${sha256.slice(0, 16)}`);
    }
  }
} finally {
  await browser.close();
  await close();
}
