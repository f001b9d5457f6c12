// SPDX-License-Identifier: MIT
// The measurements in headless Chromium: a folder with these scripts and the modules, served on this machine, opened once.
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { chromium } from 'playwright-core';
import { Failure, ROOT } from '../run.mjs';
import { serve } from '../serve.mjs';
import { chromePath } from '../setup.mjs';

const SCRIPTS = ['page', 'all', 'flops', 'measure', 'module', 'product'].map((name) => `build/bench/${name}.mjs`);
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];

/**
 * @param {import('./all.mjs').Binaries} binaries @param {import('./all.mjs').AllEffort} effort
 * @param {(what: string) => void} log
 * @returns {Promise<{ runtime: string, figures: Awaited<ReturnType<typeof import('./all.mjs').measureAll>> }>}
 */
export async function measureInBrowser(binaries, effort, log) {
  const executablePath = chromePath();
  if (executablePath === null) throw new Failure('No Chromium is here: node build/setup.mjs chromium');
  const root = mkdtempSync(join(tmpdir(), 'bellhop-bench-'));
  const server = await serve({ root, port: 0 });
  const browser = await chromium.launch({ executablePath, args: FLAGS });
  try {
    fillFolder(root, binaries);
    const page = await browser.newPage();
    page.on('console', (message) => log(message.text()));
    await page.goto(`${server.url}build/bench/`);
    await page.waitForFunction(() => 'bench' in globalThis);
    const figures = await page.evaluate((wanted) => /** @type {any} */ (globalThis).bench(wanted), effort);
    return { runtime: `Chromium ${browser.version()}`, figures };
  } finally {
    await browser.close();
    await server.close();
    rmSync(root, { recursive: true });
  }
}

/** @param {string} root @param {import('./all.mjs').Binaries} binaries */
function fillFolder(root, binaries) {
  for (const file of [...SCRIPTS, 'web/lib/wasm.mjs']) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    cpSync(join(ROOT, file), join(root, file));
  }
  for (const [name, bytes] of Object.entries(binaries)) writeFileSync(join(root, `${name}.wasm`), bytes);
  writeFileSync(join(root, 'build/bench/index.html'), '<!doctype html><script type="module" src="page.mjs"></script>');
}
