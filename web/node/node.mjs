// SPDX-License-Identifier: MIT
// Bellhop for Node: the same as bellhop.mjs, with the module read from the disk. In the published package it lies in
// web/lib; in a checkout, where `npm run build` puts it.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parentPort } from 'node:worker_threads';
import { createLibrary } from '../lib/library.mjs';
import { checkConnectOptions, checkLoadOptions } from '../lib/load-options.mjs';
import { compileUrl, loadWasm } from '../lib/load.mjs';
import help from '../lib/help.mjs';
import { connect as connectAnywhere } from '../bellhop.mjs';
import { readServeOptions } from '../worker/serve-options.mjs';
import { serve as serveOver } from '../worker/service.mjs';
import { textSessions } from '../worker/text-sessions.mjs';
import { take } from '../worker/take.mjs';
import { BellhopError } from '../lib/wasm.mjs';

export * from '../lib/public.mjs';

/** What to do about a file that is missing. */
const IN_CHECKOUT = 'in a checkout, run "npm run build"', GIVEN = 'wasmUrl must be the path or the URL of bellhop-simd.wasm or one of its twins';
const NO_WORKERS = 'Node has no web workers: start a thread of node:worker_threads whose script calls serve(), and connect({ worker: thread }); or use load()';

/**
 * Loads the module and resolves to the library. `wasmUrl` may also be a path.
 * @param {import('../bellhop.js').LoadOptions} [options]
 * @returns {Promise<import('../bellhop.js').Bellhop>}
 */
export async function load(options = {}) {
  checkLoadOptions(options);
  return createLibrary(await instantiate(options), help);
}

/** @param {import('../bellhop.js').LoadOptions} options */
function instantiate({ wasmUrl, text = true, ...options }) {
  return loadWasm({ wasmUrl: wasmUrl === undefined ? undefined : urlOf(wasmUrl), text, ...options }, { named: (name) => compileFile(find(name), IN_CHECKOUT), at: (url, signal) => (url.protocol === 'file:' ? compileFile(url, GIVEN) : compileUrl(url, signal)) });
}

/** A path, as "C:\models\bellhop-simd.wasm" of Windows, has no scheme, or one of a single letter. @param {string | URL} given */
function urlOf(given) {
  const text = String(given);
  return URL.canParse(text) && !/^[a-z]:/i.test(text) ? new URL(text) : pathToFileURL(text);
}

/** The other end of connect(), in a thread. @param {import('../bellhop.js').ServeOptions} [options] */
export function serve(options = {}) {
  const { port = parentPort, prepare } = readServeOptions(options);
  if (!port) throw new BellhopError('BH_ERR_STATE', 'serve() is for the script of a worker_threads Worker; elsewhere give it a port: serve({ port })');
  serveOver(/** @type {any} */ (port), instantiate, { prepare, text: textSessions });
}

/**
 * Starts a worker, or takes the one of `worker`, which may be a worker_threads Worker whose script calls serve().
 * @param {import('../bellhop.js').ConnectOptions} [options]
 */
export async function connect(options = {}) {
  checkConnectOptions(options);
  const { worker, ...given } = options;
  const thread = /** @type {import('node:worker_threads').Worker} */ (worker);
  if (!worker && !given.port && typeof Worker === 'undefined') throw new BellhopError('BH_ERR_LOAD', NO_WORKERS);
  const rest = given.wasmUrl === undefined ? given : { ...given, wasmUrl: urlOf(given.wasmUrl) };
  if (typeof thread?.on !== 'function') return connectAnywhere({ ...rest, worker });
  take(thread);
  return Promise.race([failureOf(thread), connectAnywhere({ ...rest, port: portOf(thread) })]);
}

/** Rejects with what a thread did not catch. @param {import('node:worker_threads').Worker} thread @returns {Promise<never>} */
function failureOf(thread) {
  const failure = /** @type {Promise<never>} */ (new Promise((_, reject) => {
    thread.on('error', (cause) => reject(new BellhopError('BH_ERR_LOAD', `the worker failed: ${cause.message}`, { cause })));
  }));
  failure.catch(() => {}); // later on calls are rejected, as the port is closed
  return failure;
}

/** A thread as a port that closes when it ends, and ends it when it is closed. @param {import('node:worker_threads').Worker} thread */
function portOf(thread) {
  return {
    postMessage: (/** @type {any} */ message, /** @type {any} */ transfer) => thread.postMessage(message, transfer),
    close: () => void thread.terminate(),
    addEventListener: (/** @type {string} */ type, /** @type {() => void} */ use) => void thread.on(type === 'close' ? 'exit' : type, use),
    set onmessage(/** @type {(event: { data: any }) => void} */ use) {
      thread.on('message', (data) => use({ data }));
    },
  };
}

/** @param {import('../lib/load.mjs').ModuleName} name */
function find(name) {
  const [, stem, kind] = /** @type {RegExpExecArray} */ (/^(.*)-(simd|scalar)$/.exec(name));
  const places = [`../lib/${name}.wasm`, `../../build/out/wasm-${kind}/${stem}.wasm`, `../../build/out/site/${name}.wasm`].map((place) => new URL(place, import.meta.url));
  return places.find((place) => existsSync(place)) ?? places[0];
}

/** @param {URL} url @param {string} hint  what to do where it is missing */
async function compileFile(url, hint) {
  const bytes = await readFile(url).catch((cause) => {
    const why = cause.code === 'ENOENT' ? `is missing; ${hint}` : `could not be read: ${cause.message}`;
    throw new BellhopError('BH_ERR_LOAD', `${fileURLToPath(url)} ${why}`, { cause });
  });
  return WebAssembly.compile(bytes);
}
