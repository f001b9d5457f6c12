// SPDX-License-Identifier: MIT
// The package as npm packs it: what is in it, what publint and attw say of it, the types of every export.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { packed } from '../../build/pack.mjs';
import { filesBelow } from '../../build/files.mjs';

const exec = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const WITHOUT_TYPES = ['package.json', 'bellhop-simd.wasm', 'bellhop-scalar.wasm', 'bellhop-text-simd.wasm', 'bellhop-text-scalar.wasm'];

let folder = '';
let tarball = '';
/** Where it is installed. */
let installed = '';

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bellhop-package-'));
  tarball = await packed();
  installed = join(folder, 'node_modules/bellhop');
  mkdirSync(installed, { recursive: true });
  await exec('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1']);
});
after(() => rmSync(folder, { recursive: true }));

/** A program of the checkout's packages; its output is the error when it fails. @param {string} name @param {string[]} args */
async function runTool(name, ...args) {
  await exec(process.execPath, [join(ROOT, 'node_modules', name), ...args], { cwd: folder }).catch(({ stdout, stderr }) => assert.fail(`${stdout}${stderr}`));
}

test('it has the library, its modules as files and as text, what other pages link; not the page', () => {
  const files = filesBelow(installed);
  const folders = [...new Set(files.map((file) => file.split('/').slice(0, -1).join('/')))].filter((name) => !name.startsWith('docs'));
  assert.deepEqual(folders.sort(), ['', 'dist', 'dist/inline', 'dist/lab', 'dist/static', 'dist/stills', 'web', 'web/cli', 'web/inline', 'web/lab', 'web/lib', 'web/lib/study', 'web/node', 'web/worker']);
  assert.deepEqual(files.filter((file) => file.startsWith('web/lab/')), ['web/lab/custom-elements.json']);
  for (const name of ['bellhop-simd', 'bellhop-scalar', 'bellhop-text-simd', 'bellhop-text-scalar']) {
    const bytes = readFileSync(join(installed, `web/lib/${name}.wasm`));
    assert.ok(readFileSync(join(installed, `web/inline/${name}.mjs`), 'utf8').includes(bytes.toString('base64')), name);
  }
  for (const name of ['docs/bundlers.md', 'docs/notebook.md', 'docs/notebook/bellhop_lab.py']) assert.ok(files.includes(name), name);
  for (const name of ['bellhop-lab.js', 'bellhop-lab.classic.js', 'bellhop-lab-all.js', 'bellhop-lab-all.classic.js', 'bellhop-widget.js', 'embed.html', 'embed.js', 'lab.js', 'worker.js', 'plain-worker.js', 'bellhop.js', 'inline/worker-source.js']) assert.ok(files.includes(`dist/${name}`), name);
  assert.deepEqual(files.filter((file) => !file.startsWith('docs/examples/') && /\.map$|(^|\/)(index\.html|site|start|bellhop\.html)/.test(file)), []);
});

test('what other pages link names no file that is not there, and what has everything inside none', () => {
  const files = filesBelow(installed).filter((file) => /^dist\/.*\.js$/.test(file));
  const named = files.flatMap((file) => [...readFileSync(join(installed, file), 'utf8').matchAll(/new URL\("(\.\/[^"]+)",import\.meta\.url\)/g)].map(([, url]) => join(dirname(file), url)));
  assert.ok(named.includes('dist/bellhop-simd.wasm') && named.includes('dist/worker.js') && named.includes('dist/plain-worker.js'));
  assert.deepEqual(named.filter((file) => !existsSync(join(installed, file))), []);
  for (const file of ['bellhop-lab-all.js', 'bellhop-lab-all.classic.js']) assert.doesNotMatch(readFileSync(join(installed, 'dist', file), 'utf8'), /"[^"]+\.wasm"/, file);
});

test('the worker as text is one script: it imports nothing and asks for no file', async () => {
  const { default: source } = await import(join(installed, 'web/inline/worker-source.mjs'));
  assert.doesNotMatch(source, /\bimport\b|\bfetch\(|\.wasm\b.*new URL/);
});

test('a worker\'s script of one\'s own is one file too, whatever bundles it', async () => {
  writeFileSync(join(folder, 'own-worker.mjs'), "import { serve } from 'bellhop/serve';\nserve({ envs: [] });\n");
  const { outputFiles } = await build({ entryPoints: [join(folder, 'own-worker.mjs')], bundle: true, minify: true, format: 'iife', write: false, logLevel: 'warning' });
  assert.equal(outputFiles.length, 1);
  assert.doesNotMatch(outputFiles[0].text, /\bimport\s*\(|import\.meta|\.wasm\b.*new URL/);
});

test('publint finds nothing', () => runTool('publint/src/cli.js', 'run', tarball, '--strict'));

test('attw finds nothing', () => runTool('@arethetypeswrong/cli/dist/index.js', tarball, '--profile', 'esm-only', '--no-definitely-typed', '--exclude-entrypoints', ...WITHOUT_TYPES));

for (const lib of [['es2022'], ['es2022', 'dom']]) {
  test(`the types of every export stand alone, with ${lib.join(' and ')}`, async () => {
    const { exports } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
    const typed = Object.keys(exports).filter((name) => exports[name].types);
    assert.deepEqual(typed, ['.', './inline', './lab', './studies', './worker', './serve']);
    const imports = typed.map((name, i) => `import * as m${i} from '${name.replace('.', 'bellhop')}';\n`).join('');
    writeFileSync(join(folder, 'use.mts'), `${imports}
const trainer: m0.Trainer = await m1.connect({ simd: true });
trainer.terminate();
const bh: m0.Bellhop = await m1.load();
export const hash: string = new bh.DQN(bh.make('GridWorld-v0'), { seed: 3 }).sha256();
export type Same = typeof m4;
export const study: m0.Study = m3.createStudy(bh, { env: 'GridWorld-v0', method: 'grid', parameters: { learningRate: { values: [0.1] } } });
export const listen = (lab: m2.BellhopLab) => lab.addEventListener('bellhop-solved', ({ detail }) => detail.step.toFixed());
export const tag = (page: Document): m2.BellhopLab | null => page.querySelector('bellhop-lab');
m5.serve({ envs: [{ id: 'Own-v0', reset: () => [0, {}], step: () => [0, 0, true, false, {}] }] });
m0.serve();
`);
    const options = { noEmit: true, strict: true, skipLibCheck: false, target: 'es2022', lib, module: 'nodenext', types: [] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['use.mts'] }));
    await runTool('@typescript/native/bin/tsc', '-p', folder);
  });
}

test('Node gives the same fingerprint by every entry, from an ES module and from CommonJS', async () => {
  const train = `.then(async (bh) => {
    const model = new bh.DQN(bh.make('GridWorld-v0'), { seed: 3 });
    await model.learn({ totalTimesteps: 200 });
    console.log(model.sha256());
  });`;
  writeFileSync(join(folder, 'main.mjs'), `import { load } from 'bellhop';\nload()${train}`);
  writeFileSync(join(folder, 'inline.mjs'), `import { load } from 'bellhop/inline';\nload()${train}`);
  writeFileSync(join(folder, 'main.cjs'), `import('bellhop').then(({ load }) => load())${train}`);
  const hashes = await Promise.all(['main.mjs', 'inline.mjs', 'main.cjs'].map(async (file) => (await exec(process.execPath, [join(folder, file)])).stdout.trim()));
  assert.match(hashes[0], /^[0-9a-f]{64}$/);
  assert.deepEqual(hashes, Array(3).fill(hashes[0]));
});

test('the element can be imported where pages are rendered first: nothing is registered in Node', async () => {
  writeFileSync(join(folder, 'lab.mjs'), "import { BellhopLab } from 'bellhop/lab';\nconsole.log(typeof BellhopLab, customElements.get('bellhop-lab'), typeof document);");
  const { stdout } = await exec(process.execPath, [join(folder, 'lab.mjs')]);
  assert.equal(stdout.trim(), 'function undefined undefined');
});

test('what its pages link is in it', () => {
  const pages = filesBelow(installed).filter((file) => /\.md$/.test(file));
  const links = pages.flatMap((page) => [...readFileSync(join(installed, page), 'utf8').replace(/^```[^]*?^```/gm, '').matchAll(/(?:\]\(|srcset="|src=")([\w./-]+\.(?:md|png|py))[#)"]/g)].map(([, link]) => ({ page, link })));
  assert.ok(links.length > 50);
  assert.deepEqual(links.filter(({ page, link }) => !existsSync(join(installed, dirname(page), link))), []);
});
