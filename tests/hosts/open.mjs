// SPDX-License-Identifier: MIT
// What a host has made, served as it will be and opened in Chromium: what load() and connect() give there.
import { spawn } from 'node:child_process';
import { cpSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { SITE, buildSite } from '../../build/build.mjs';
import { serve } from '../../build/serve.mjs';
import { env, page, runIn, writeScript } from './project.mjs';

/** @typedef {import('./table.mjs').Host} Host */
/** @typedef {import('./project.mjs').Project} Project */
/** @typedef {{ load: string, connect: string }} Results  fingerprints, or what went wrong */

const SECONDS = 60;

/** @param {import('playwright-core').Browser} browser @param {Project} project @param {Host} host @param {string} entry @returns {Promise<Results>} */
export async function openHost(browser, project, host, entry) {
  const { url, close } = await (host.dev ? serveDev(project, host, host.dev, entry) : host.plain ? servePlain(project, host.plain, entry) : serveBuilt(project, host, entry));
  try {
    return await results(browser, url);
  } finally {
    await close();
  }
}

/** @param {import('playwright-core').Browser} browser @param {string} url @returns {Promise<Results>} */
async function results(browser, url) {
  const context = await browser.newContext();
  try {
    const tab = await context.newPage();
    /** @type {string[]} */
    const said = [];
    tab.on('console', (message) => said.push(message.text()));
    tab.on('pageerror', (error) => said.push(error.message));
    if (process.env.HOSTS_VERBOSE) tab.on('response', (response) => console.log(response.status(), response.url(), response.headers()['content-type']));
    await tab.goto(url);
    try {
      const found = await tab.waitForFunction(() => /** @type {any} */ (globalThis).results, undefined, { timeout: SECONDS * 1000, polling: 50 });
      return /** @type {Results} */ (await found.jsonValue());
    } catch {
      throw new Error(`nothing after ${SECONDS} s: ${said.join('; ')}`);
    } finally {
      if (process.env.HOSTS_VERBOSE) console.log(said.join('\n'));
    }
  } finally {
    await context.close();
  }
}

/** The policy of build/serve.mjs, strict: no inline scripts, no eval, nothing of other origins. @param {Project} project @param {Host} host @param {string} entry */
async function serveBuilt(project, { build = '', bare, classic, inlineScript }, entry) {
  const dist = join(project.folder, 'dist');
  writeScript(project, entry);
  rmSync(dist, { recursive: true, force: true });
  await runIn(project, build);
  if (bare) writeFileSync(join(dist, 'index.html'), page('./index.js', classic));
  return serve({ root: dist, port: 0, headers: inlineScript ? policy("'self' 'unsafe-inline'", "'self'", "'self' blob:") : {} });
}

/** A policy that differs from the server's own. @param {string} scripts @param {string} connections @param {string} workers */
const policy = (scripts, connections, workers) => ({
  'Content-Security-Policy': `default-src 'none'; script-src ${scripts} 'wasm-unsafe-eval'; connect-src ${connections}; img-src data:; worker-src ${workers}`,
});

/** @param {Project} project @param {'files' | 'origin' | 'site'} plain @param {string} entry */
async function servePlain(project, plain, entry) {
  const file = entry === 'bellhop' ? 'web/bellhop.mjs' : 'web/inline.mjs';
  const library = join(project.folder, 'node_modules/bellhop');
  if (plain === 'files') {
    cpSync(library, join(project.folder, 'bellhop'), { recursive: true });
    writeScript(project, `../bellhop/${file}`);
    return serve({ root: project.folder, port: 0 });
  }
  if (plain === 'site' && !existsSync(join(SITE, 'site.js'))) await buildSite(); // the package was packed by now, so that its modules are there
  const other = await serve({ root: plain === 'site' ? SITE : library, port: 0, headers: { 'Access-Control-Allow-Origin': '*' } });
  writeScript(project, other.url + (plain === 'site' ? 'bellhop.mjs' : file));
  const { origin } = new URL(other.url);
  const own = await serve({ root: project.folder, port: 0, headers: policy(`'self' ${origin}`, origin, 'blob:') });
  return { url: own.url, close: async () => void await Promise.all([own.close(), other.close()]) };
}

/** A server of the host's own, and all that it starts. @param {Project} project @param {Host} host @param {string} command @param {string} entry */
async function serveDev(project, { build }, command, entry) {
  writeScript(project, entry);
  if (build) await runIn(project, build);
  const port = await freePort();
  const [name, ...args] = command.replace('PORT', String(port)).split(' ');
  const child = spawn(join(project.folder, 'node_modules/.bin', name), args, { cwd: project.folder, env, stdio: 'ignore', detached: true });
  const ended = new Promise((done) => child.once('exit', done));
  const url = `http://127.0.0.1:${port}/`;
  const close = async () => {
    if (child.pid) process.kill(-child.pid);
    await ended;
  };
  for (let tries = 0; tries < SECONDS * 5; tries++) {
    if (await fetch(url).then(({ ok }) => ok, () => false)) return { url, close };
    await wait(200);
  }
  await close();
  throw new Error(`${command} did not answer within ${SECONDS} s`);
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      server.close(() => done(port));
    });
  });
}
