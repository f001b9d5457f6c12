// SPDX-License-Identifier: MIT
// Engines without a page, one row each: the package installed, a script run.
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { TRAIN } from './project.mjs';

/** @typedef {{ name: string, packages: string[], way: 'load' | 'connect', fingerprint: (folder: string) => Promise<string>, version: (folder: string) => Promise<string> }} Engine */

const exec = promisify(execFile);
const nodeVersion = async () => process.versions.node;

/** Runs a script in a project with Node and resolves to its last line. @param {string} file @param {string} text */
export const withNode = (file, text) => async (/** @type {string} */ folder) => {
  writeFileSync(join(folder, file), text);
  return lastLine((await exec(process.execPath, [file], { cwd: folder })).stdout);
};

/** @param {string} output */
const lastLine = (output) => output.trim().split('\n').at(-1) ?? '';

/** Runs a script with a program of the project. @param {string} command @param {string} text */
const withProgram = (command, text) => async (/** @type {string} */ folder) => {
  const [name, ...args] = command.split(' ');
  writeFileSync(join(folder, 'main.mjs'), text);
  return lastLine((await exec(join(folder, 'node_modules/.bin', name), [...args, 'main.mjs'], { cwd: folder, timeout: 60_000 })).stdout);
};

/** @param {string} name */
const versionOf = (name) => async (/** @type {string} */ folder) => JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')).version;

const ESM = `import { load } from 'bellhop';\n${TRAIN}\nbyLoad().then(console.log);\n`;

const WORKER = `import { connect } from 'bellhop';\n${TRAIN}\nbyConnect().then(console.log);\n`;

const THREAD = `import { Worker, isMainThread } from 'node:worker_threads';
import { connect, serve } from 'bellhop';
${TRAIN}
if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url));
  console.log(await byConnect({ worker }));
  await worker.terminate();
} else {
  serve();
}
`;

/** The first one is what the others are compared with. @type {Engine[]} */
export const ENGINES = [
  { name: 'Node, `import`', packages: [], way: 'load', version: nodeVersion, fingerprint: withNode('import.mjs', ESM) },
  { name: 'Node, `require`', packages: [], way: 'load', version: nodeVersion, fingerprint: withNode('require.cjs', `const { load } = require('bellhop');\n${TRAIN}\nbyLoad().then(console.log);\n`) },
  { name: 'Node, `import()` of a CommonJS script', packages: [], way: 'load', version: nodeVersion,
    fingerprint: withNode('dynamic.cjs', `import('bellhop').then(({ load }) => {\n${TRAIN}\nreturn byLoad().then(console.log);\n});\n`) },
  { name: 'Node, `worker_threads`', packages: [], way: 'connect', version: nodeVersion, fingerprint: withNode('thread.mjs', THREAD) },
  { name: 'Bun', packages: ['bun'], way: 'load', version: versionOf('bun'), fingerprint: withProgram('bun', ESM) },
  { name: 'Bun, web worker', packages: ['bun'], way: 'connect', version: versionOf('bun'), fingerprint: withProgram('bun', WORKER) },
  { name: 'Deno', packages: ['deno'], way: 'load', version: versionOf('deno'), fingerprint: withProgram('deno run -A', ESM) },
  { name: 'Deno, web worker', packages: ['deno'], way: 'connect', version: versionOf('deno'), fingerprint: withProgram('deno run -A', WORKER) },
];
