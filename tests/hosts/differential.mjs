// SPDX-License-Identifier: MIT
// npm run test:differential: the golden runs (tests/golden/runs.json) by every compiler, level of optimisation, kernel, release of Node and browser that
// can be had here: the same seed must give the same bits. Natively each variant is built in build/out/differential/. Writes the table of
// docs/reliability.md; words choose rows, the others stay as they are: `npm run test:differential -- gcc firefox`. What cannot be had is a row that says so.
// Needs the site (npm run build); for 32 bits Debian's gcc-multilib; for Firefox firefox-esr.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import puppeteer from 'puppeteer-core';
import { SITE } from '../../build/build.mjs';
import { Failure, OUT, ROOT, main, probe, run, runNpm, say, seconds } from '../../build/run.mjs';
import { serve } from '../../build/serve.mjs';
import { chromePath, firefoxPath } from '../../build/setup.mjs';
import { chosenBy, lastRow, readTable, writeTable } from './command.mjs';
import { page } from './project.mjs';

/** @typedef {Map<string, string>} Hashes  by the names of the runs */
/** A row: packages are words it is found by; hashes resolves to why there are none, where that is so. @typedef {{ name: string, kernels: string, packages: string[], version: () => string | null | Promise<string | null>, hashes: () => Promise<Hashes | string> }} Row */

const exec = promisify(execFile);
const FOLDER = join(OUT, 'differential');
const DOCUMENT = 'docs/reliability.md';
const HEADINGS = ['golden runs by', 'version', 'kernels', 'runs of the same bits', 'digest of all hashes'];
const { sha256, text_sha256: ofText } = JSON.parse(readFileSync(join(ROOT, 'tests/golden/runs.json'), 'utf8'));
/** @type {Hashes} */
const GOLDEN = new Map(Object.entries({ ...sha256, ...ofText }));
/** A page may be slow on a machine that is busy. */
const PAGE_MS = 1_500_000;

/** @param {string} lines @returns {Hashes} */
const hashesIn = (lines) => new Map(lines.trim().split('\n').map((line) => /** @type {[string, string]} */ (line.split('\t'))));

/** @param {Hashes} hashes */
const digest = (hashes) => createHash('sha256').update([...hashes].sort().map((pair) => pair.join('\t')).join('\n')).digest('hex').slice(0, 12);

// ---- native ----

/** What a compiler says it is. @param {string} compiler */
const compilerVersion = (compiler) => /\d+\.\d+\.\d+/.exec(probe([compiler, '--version']) ?? '')?.[0] ?? null;

/** @param {string} compiler @param {string} flags @param {boolean} [isScalar] @returns {Row} */
function native(compiler, flags, isScalar = false) {
  const folder = join(FOLDER, `${compiler}${flags.replace(/[ =]/g, '')}${isScalar ? '-scalar' : ''}`);
  return {
    name: `${compiler} \`${flags}\``, kernels: isScalar ? 'scalar' : 'SIMD', packages: ['native'], version: () => compilerVersion(compiler),
    async hashes() {
      if (probe([compiler, ...flags.split(' '), '-x', 'c', '-fsyntax-only', '-'], '#include <stdio.h>\n') === null) return flags.includes('-m32') ? 'needs gcc-multilib' : 'not here';
      await run(['cmake', '-S', ROOT, '-B', folder, `-DCMAKE_C_COMPILER=${compiler}`, '-DCMAKE_BUILD_TYPE=None', `-DCMAKE_C_FLAGS=${flags}`, `-DBH_SCALAR=${isScalar ? 'ON' : 'OFF'}`], { capture: true });
      await run(['cmake', '--build', folder, '--target', 'bellhop_golden_run', '-j', '2'], { capture: true });
      return hashesIn((await exec(join(folder, 'bellhop_golden_run'), [...GOLDEN.keys()])).stdout);
    },
  };
}

/** One library that has the kernels of every width: each is asked for in turn. @param {string} width  BH_SIMD @param {string} kernels @param {boolean} [isEmulated]  AVX-512F in software @returns {Row} */
function ofWidth(width, kernels, isEmulated = false) {
  const folder = join(FOLDER, isEmulated ? 'emulated' : 'widths');
  return {
    name: 'gcc `-O3`, `BH_SIMD`', kernels, packages: ['native', 'widths', ...isEmulated ? ['emulated'] : []], version: () => compilerVersion('gcc'),
    async hashes() {
      if (process.arch !== 'x64') return 'x86-64 alone has several widths';
      if (isEmulated && probe(['gcc', '-x', 'c', '-fsyntax-only', '-'], '#include <simde/x86/avx512.h>\n') === null) return 'needs libsimde-dev';
      await run(['cmake', '-S', ROOT, '-B', folder, '-DCMAKE_C_COMPILER=gcc', '-DCMAKE_BUILD_TYPE=None', '-DCMAKE_C_FLAGS=-O3', `-DBH_EMULATE_AVX512=${isEmulated ? 'ON' : 'OFF'}`], { capture: true });
      await run(['cmake', '--build', folder, '--target', 'bellhop_golden_run', '-j', '2'], { capture: true });
      const program = join(folder, 'bellhop_golden_run'), env = { ...process.env, BH_SIMD: width };
      if (await exec(program, [], { env }).catch(() => null) === null) return 'this processor has no such instructions';
      return hashesIn((await exec(program, [...GOLDEN.keys()], { env })).stdout);
    },
  };
}

/** Another processor, its instructions carried out by Debian's qemu-user. @returns {Row} */
function onArm() {
  const compiler = 'aarch64-linux-gnu-gcc', folder = join(FOLDER, 'aarch64-linux-gnu-gcc-O2-static');
  return {
    name: `${compiler} \`-O2\`, qemu-user`, kernels: 'NEON', packages: ['native', 'aarch64'], version: () => compilerVersion(compiler),
    async hashes() {
      if (probe([compiler, '--version']) === null || probe(['qemu-aarch64-static', '--version']) === null) return 'needs gcc-aarch64-linux-gnu, libc6-dev-arm64-cross and qemu-user-static';
      await run(['cmake', '-S', ROOT, '-B', folder, '-DCMAKE_SYSTEM_NAME=Linux', '-DCMAKE_SYSTEM_PROCESSOR=aarch64', `-DCMAKE_C_COMPILER=${compiler}`, '-DCMAKE_BUILD_TYPE=None', '-DCMAKE_C_FLAGS=-O2 -static'], { capture: true });
      await run(['cmake', '--build', folder, '--target', 'bellhop_golden_run', '-j', '2'], { capture: true });
      return hashesIn((await exec('qemu-aarch64-static', [join(folder, 'bellhop_golden_run'), ...GOLDEN.keys()])).stdout);
    },
  };
}

// ---- Node ----

/** The releases that tests/hosts/nodes names. @param {string} which @returns {Promise<string>} the program */
async function nodeOf(which) {
  const folder = join(FOLDER, 'nodes');
  const program = join(folder, 'node_modules', which, 'bin/node');
  if (existsSync(program)) return program;
  cpSync(join(ROOT, 'tests/hosts/nodes'), folder, { recursive: true });
  await runNpm(['ci', '--prefix', folder, '--ignore-scripts']);
  return program;
}

/** @param {string} which @param {'simd' | 'scalar'} kernels @returns {Row} */
function inNode(which, kernels) {
  const program = async () => (which === 'this' ? process.execPath : process.platform === 'linux' && process.arch === 'x64' ? nodeOf(which) : null);
  return {
    name: which === 'this' ? 'Node' : `Node, the ${which} supported`, kernels: kernels === 'simd' ? 'WebAssembly SIMD' : 'WebAssembly scalar', packages: ['node', which],
    version: async () => /[\d.]+/.exec(probe([await program() ?? '', '--version']) ?? '')?.[0] ?? null,
    async hashes() {
      const node = await program();
      return node === null ? 'not packed for this system' : hashesIn((await exec(node, [join(ROOT, 'tests/hosts/golden-lines.mjs'), kernels])).stdout);
    },
  };
}

// ---- browsers ----

/** @typedef {(url: string, look: () => unknown) => Promise<unknown>} Visit  opens a page and waits until something is the case there */

/** @type {Record<string, { path: () => string | null, visit: (path: string) => Promise<{ visit: Visit, close: () => Promise<void> }> }>} */
const BROWSERS = {
  Chromium: {
    path: chromePath,
    async visit(executablePath) {
      const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
      return {
        visit: async (url, look) => {
          const tab = await browser.newPage();
          await tab.goto(url);
          return (await tab.waitForFunction(look, undefined, { timeout: PAGE_MS })).jsonValue();
        },
        close: () => browser.close(),
      };
    },
  },
  Firefox: {
    path: firefoxPath,
    async visit(executablePath) {
      const browser = await puppeteer.launch({ browser: 'firefox', executablePath, headless: true, protocolTimeout: PAGE_MS });
      return {
        visit: async (url, look) => {
          const tab = await browser.newPage();
          await tab.goto(url);
          return (await tab.waitForFunction(look, { timeout: PAGE_MS, polling: 500 })).jsonValue();
        },
        close: () => browser.close(),
      };
    },
  },
};

/** @param {string} site  its URL @param {boolean} isSimd */
const script = (site, isSimd) => `import { load } from '${site}bellhop.mjs';
import { goldenRuns, goldenTexts } from './golden.mjs';
const { sha256, text_sha256: ofText } = await (await fetch('./runs.json')).json();
const bh = await load({ simd: ${isSimd}, text: true });
const runs = await goldenRuns(bh, Object.keys(sha256));
const texts = await goldenTexts(bh, Object.keys(ofText), async (file) => new Uint8Array(await (await fetch('${site}static/' + file)).arrayBuffer()));
globalThis.results = [...Object.entries(runs).map(([id, run]) => [id, run.sha256]), ...Object.entries(texts)];`;

/** @param {string} path  of the program @param {keyof typeof BROWSERS} name @param {boolean} isSimd @returns {Promise<Hashes>} */
async function hashesInBrowser(path, name, isSimd) {
  if (!existsSync(join(SITE, 'site.js'))) throw new Failure('build/out/site is missing: npm run build');
  const folder = mkdtempSync(join(tmpdir(), 'bellhop-differential-'));
  const site = await serve({ root: SITE, port: 0, headers: { 'Access-Control-Allow-Origin': '*' } });
  const { origin } = new URL(site.url);
  const own = await serve({ root: folder, port: 0, headers: { 'Content-Security-Policy': `default-src 'none'; script-src 'self' ${origin} 'wasm-unsafe-eval'; connect-src 'self' ${origin}; img-src data:` } });
  for (const file of ['golden.mjs', 'runs.json']) cpSync(join(ROOT, 'tests/golden', file), join(folder, file));
  writeFileSync(join(folder, 'main.js'), `import('./runs.js').catch((error) => { globalThis.results = String(error.stack ?? error); });`);
  writeFileSync(join(folder, 'runs.js'), script(site.url, isSimd));
  writeFileSync(join(folder, 'index.html'), page('./main.js'));
  const { visit, close } = await BROWSERS[name].visit(path);
  try {
    const found = await visit(own.url, () => /** @type {any} */ (globalThis).results);
    if (!Array.isArray(found)) throw new Failure(`${name}: ${found}`);
    return new Map(found);
  } finally {
    await close();
    await Promise.all([own.close(), site.close()]);
    rmSync(folder, { recursive: true });
  }
}

/** @param {keyof typeof BROWSERS} name @param {boolean} isSimd @returns {Row} */
function inBrowser(name, isSimd) {
  const path = () => BROWSERS[name].path();
  return {
    name, kernels: isSimd ? 'WebAssembly SIMD' : 'WebAssembly scalar', packages: ['browser'],
    version: () => /\d+\.[\d.]+/.exec(probe([path() ?? '', '--version']) ?? '')?.[0] ?? null,
    hashes: async () => path() === null ? 'not here' : hashesInBrowser(String(path()), name, isSimd),
  };
}

// ---- the table ----

const X86_32 = '-m32 -msse2 -mfpmath=sse'; // without SSE2 gcc computes in the 80 bits of x87
/** @type {Row[]} */
const ROWS = [
  ...['gcc', 'clang'].flatMap((compiler) => [...['-O0', '-O1', '-O2', '-O3'].map((level) => native(compiler, level)), native(compiler, '-O2', true), native(compiler, `-O2 ${X86_32}`), native(compiler, `-O2 ${X86_32}`, true)]),
  ...[['scalar', 'scalar'], ['sse2', 'SSE2'], ['avx2', 'AVX2'], ['avx512', 'AVX-512F']].map(([width, kernels]) => ofWidth(width, kernels)),
  ofWidth('avx512', '16 lanes, AVX-512F emulated by SIMDe', true),
  onArm(),
  ...['oldest', 'this', 'newest'].flatMap((which) => [inNode(which, 'simd'), inNode(which, 'scalar')]),
  ...['Chromium', 'Firefox'].flatMap((name) => [inBrowser(name, true), inBrowser(name, false)]),
];

/** A row is found again by its name and its kernels. @param {readonly unknown[]} cells */
const keyOf = ([name, , kernels]) => `${name} ${kernels}`;

/** @param {Row} row @returns {Promise<{ cells: string[], isGood: boolean }>} */
async function cellsOf(row) {
  const found = await row.hashes();
  const version = await row.version() ?? '–';
  if (typeof found === 'string') return { cells: [row.name, version, row.kernels, `not tried: ${found}`, '–'], isGood: true };
  const same = [...GOLDEN].filter(([name, hash]) => found.get(name) === hash).length;
  return { cells: [row.name, version, row.kernels, `${same} of ${GOLDEN.size}`, `\`${digest(found)}\``], isGood: same === GOLDEN.size };
}

await main(async () => {
  const words = process.argv.slice(2);
  /** @type {string[][]} */
  const rows = [];
  const bad = [];
  for (const row of chosenBy(words, ROWS)) {
    const since = performance.now();
    const { cells, isGood } = await cellsOf(row);
    rows.push(cells);
    if (!isGood) bad.push(row.name);
    say(`${lastRow(rows)} ${seconds(since)}`);
  }
  const all = new Map([...readTable(DOCUMENT, HEADINGS[0]), ...rows].map((cells) => [keyOf(cells), cells]));
  writeTable(DOCUMENT, HEADINGS, ROWS.flatMap(({ name, kernels }) => [all.get(keyOf([name, '', kernels])) ?? []]).filter(({ length }) => length > 0));
  if (bad.length > 0) throw new Failure(`${bad.join(', ')}: other bits than those of tests/golden/runs.json`);
});
