// SPDX-License-Identifier: MIT
// Fresh projects for `npm run test:hosts`: the packed package, a host's packages from npm, a page and a script.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** @typedef {{ folder: string, version: string }} Project */

const exec = promisify(execFile);
/** Hosts are to ask nobody for anything. */
export const env = { ...process.env, ASTRO_TELEMETRY_DISABLED: '1', NEXT_TELEMETRY_DISABLED: '1', PARCEL_DISABLE_TELEMETRY: '1' };

/** How both ways train, in every host: the same run. */
export const TRAIN = `
const options = { seed: 3 };
const totalTimesteps = 1200;
async function byLoad() {
  const bh = await load();
  const model = new bh.DQN(bh.make('GridWorld-v0'), options);
  await model.learn({ totalTimesteps });
  return model.sha256();
}
async function byConnect(given) {
  const trainer = await connect(given);
  const session = await trainer.create({ env: 'GridWorld-v0', algo: 'dqn', options });
  await session.learn({ totalTimesteps });
  const hash = await session.sha256();
  trainer.terminate();
  return hash;
}
`;

/** The script of a page. @param {string} entry */
const script = (entry) => `import { connect, load } from '${entry}';
${TRAIN}
const said = (promise) => promise.catch((error) => String(error));
async function both() {
  const [load, connect] = await Promise.all([said(byLoad()), said(byConnect())]);
  Object.assign(globalThis, { results: { load, connect } });
}
if (globalThis.document) both();
`;

/** @param {string} src @param {boolean} [classic] */
export const page = (src, classic) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Bellhop</title><link rel="icon" href="data:,"></head>
<body><script ${classic ? 'defer' : 'type="module"'} src="${src}"></script></body></html>
`;

/** @param {string} folder @param {string[]} packages @returns {Promise<string>} the folder */
export async function install(folder, packages) {
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  await exec('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline', ...packages], { cwd: folder });
  return folder;
}

/** @param {string} folder @param {import('./table.mjs').Host} host @param {string} tarball @returns {Promise<Project>} */
export async function makeProject(folder, host, tarball) {
  await install(folder, [tarball, ...host.packages]);
  writeFileSync(join(folder, 'index.html'), page('./src/index.js'));
  writeFiles(folder, host.files ?? {});
  return { folder, version: versionIn(folder, host.packages) };
}

/** The version of the first of these packages, '' of none. @param {string} folder @param {string[]} packages */
export function versionIn(folder, [first]) {
  const name = first?.replace(/(.)@.*$/, '$1');
  return name ? JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')).version : '';
}

/** @param {string} folder @param {Record<string, string>} files */
export function writeFiles(folder, files) {
  for (const [file, text] of Object.entries(files)) write(join(folder, file), text);
}

/** @param {Project} project @param {string} entry */
export function writeScript({ folder }, entry) {
  write(join(folder, 'src/index.js'), script(entry));
}

/** @param {string} file @param {string} text */
function write(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** Runs a command of the project's own packages, or of the machine. @param {{ folder: string }} project @param {string} command */
export async function runIn({ folder }, command) {
  const [name, ...args] = command.split(' ');
  const own = join(folder, 'node_modules/.bin', name);
  await exec(existsSync(own) ? own : name, args, { cwd: folder, env }).catch(({ stdout, stderr }) => {
    throw new Error(`${name}: ${`${stderr}${stdout}`.replace(/\s+/g, ' ').slice(0, 400)}`);
  });
}
