// SPDX-License-Identifier: MIT
// `npm run bench`: how fast the WebAssembly build is, as fractions of what this processor can do, measured in one run.
// docs/performance.md says what each line means.
//
//     npm run bench                    the table, about a minute
//     npm run bench -- --native        also the native build, in turns with the module
//     npm run bench -- --widths        only the native build, with kernels of each width the processor has, in turns
//     npm run bench -- --browser       in headless Chromium instead of Node
//     npm run bench -- --quick         shorter measurements, without solving CartPole
//     npm run -s bench -- --json       one JSON object instead of the table
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measureAll } from './bench/all.mjs';
import { openNative } from './bench/native.mjs';
import { table } from './bench/print.mjs';
import { sizes } from './bench/sizes.mjs';
import { Failure, OUT, main } from './run.mjs';

const USAGE = 'Usage: npm run bench [-- --native --widths --browser --quick --json]';
const PREPARE = fileURLToPath(new URL('bench/prepare.mjs', import.meta.url));

/** @type {Record<'full' | 'quick', import('./bench/all.mjs').AllEffort & import('./bench/visit.mjs').VisitEffort>} */
const EFFORTS = {
  full: { repeats: 9, ms: 60, warmMs: 400, seeds: 5, visits: 7, slow: 3 },
  quick: { repeats: 3, ms: 20, warmMs: 150, seeds: 0, visits: 3, slow: 1 },
};

function readArguments() {
  const flag = /** @type {const} */ ({ type: 'boolean', default: false });
  try {
    const { values } = parseArgs({ options: { native: flag, widths: flag, browser: flag, quick: flag, json: flag } });
    if (!(values.native || values.widths) || !values.browser) return values;
  } catch (error) {
    throw new Failure(`${/** @type {Error} */ (error).message}\n${USAGE}`);
  }
  throw new Failure('--native, --widths and --browser do not go together: a page cannot run programs.');
}

/** Builds; all output goes to the standard error. @param {string[]} args of prepare.mjs */
function prepare(args) {
  const { status } = spawnSync(process.execPath, [PREPARE, ...args], { stdio: ['inherit', 2, 2] });
  if (status !== 0) throw new Failure('What is to be measured could not be built.');
}

/** @returns {import('./bench/all.mjs').Binaries} */
function readBinaries() {
  const read = (/** @type {string} */ preset, /** @type {string} */ file) => new Uint8Array(readFileSync(join(OUT, preset, file)));
  return {
    simd: read('wasm-simd', 'bellhop_bench.wasm'), scalar: read('wasm-scalar', 'bellhop_bench.wasm'),
    product: read('wasm-simd', 'bellhop.wasm'),
  };
}

/** The page, where there is a browser. @param {import('./bench/visit.mjs').VisitEffort} effort @param {(what: string) => void} log */
async function measurePage(effort, log) {
  log('visits to the page');
  // Imported late: its packages may only just have been installed.
  const { measureVisits } = await import('./bench/visit.mjs');
  const visits = await measureVisits(effort);
  if (visits === null) {
    log('no Chromium is here, the page was not visited (node build/setup.mjs chromium)');
    return { page_ready_ms: null, first_update_ms: null, first_update_at_first_speed_ms: null, sizes: sizes() };
  }
  const { files, ...times } = visits;
  return { ...times, sizes: sizes(files) };
}

/** @param {import('./bench/all.mjs').AllEffort} effort @param {(what: string) => void} log */
async function measureNatively(effort, log) {
  const native = openNative();
  try {
    return await measureAll(readBinaries(), effort, native, log);
  } finally {
    native.end();
  }
}

/** @param {keyof typeof EFFORTS} effort @param {boolean} json */
async function compareWidths(effort, json) {
  prepare(['release']);
  const { measureWidths, tableOfWidths } = await import('./bench/widths.mjs');
  const machine = { cpu: cpus()[0].model.trim(), load: loadavg()[0] };
  const report = { ...await measureWidths(EFFORTS[effort], (what) => console.error(`measuring: ${what}`)), machine };
  console.log(json ? JSON.stringify(report) : tableOfWidths(report));
}

await main(async () => {
  const { native, widths, browser, quick, json } = readArguments();
  if (widths) return compareWidths(quick ? 'quick' : 'full', json);
  prepare(['wasm-simd', 'wasm-scalar', ...(native ? ['release'] : []), ...(browser ? ['--browser'] : [])]);
  const load = loadavg()[0];
  const effort = EFFORTS[quick ? 'quick' : 'full'];
  const log = (/** @type {string} */ what) => console.error(`measuring: ${what}`);
  const inNode = async () => ({
    runtime: `Node ${process.version}`,
    figures: native ? await measureNatively(effort, log) : await measureAll(readBinaries(), effort, undefined, log),
  });
  const inBrowser = async () => {
    // Imported late: its packages may only just have been installed.
    const { measureInBrowser } = await import('./bench/browser.mjs');
    return measureInBrowser(readBinaries(), effort, log);
  };
  const { runtime, figures } = browser ? await inBrowser() : await inNode();
  const machine = { cpu: cpus()[0].model.trim(), cores: availableParallelism(), runtime, load };
  const report = { ...figures, ...await measurePage(effort, log), machine };
  console.log(json ? JSON.stringify(report) : table(report));
});
