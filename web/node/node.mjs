// SPDX-License-Identifier: MIT
// Bellhop for Node: the same as bellhop.mjs, with the module read from the disk. In the published package it lies in
// web/lib; in a checkout, where `npm run build` puts it.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parentPort } from 'node:worker_threads';
import { createLibrary } from '../lib/library.mjs';
import { readConnectOptions, readLoadOptions } from '../lib/load-options.mjs';
import { givenModules } from '../lib/given-module.mjs';
import { loadWasm } from '../lib/instance.mjs';
import { compileUrl, isModule } from '../lib/load.mjs';
import { shown } from '../lib/messages.mjs';
import help from '../lib/help.mjs';
import { readServeOptions } from '../worker/serve-options.mjs';
import { take } from '../worker/take.mjs';
import { BellhopError } from '../lib/bellhop-error.mjs';

export * from '../lib/public.mjs';

const IN_CHECKOUT = '; in a checkout, run "npm run build"';
/** @type {import('../lib/load-options.mjs').UrlReader} */
const PATHS = { read: urlOf, wanted: 'a path or a URL' };
const at = givenModules((url, signal) => (url.protocol === 'file:' ? compileFile(url) : compileUrl(url, signal)), 'the path or the URL', (url) => (url.protocol === 'file:' ? fileURLToPath(url) : url.href));
const NO_WORKERS = 'Node has no web workers: start a thread of node:worker_threads whose script calls serve(), and connect({ worker: thread }); or use load()';

/**
 * Loads the module and resolves to the library. `wasmUrl` may also be a path.
 * @param {import('../bellhop.js').LoadOptions} [options]
 * @returns {Promise<import('../bellhop.js').Bellhop>}
 */
export async function load(options = {}) {
  return createLibrary(await instantiate(readLoadOptions(options, PATHS)), help);
}

/** @param {import('../bellhop.js').LoadOptions} options */
function instantiate({ wasmUrl, text = true, ...options }) {
  return loadWasm({ wasmUrl: wasmUrl === undefined ? undefined : urlOf(wasmUrl), text, ...options }, { named: (name) => compileFile(find(name), IN_CHECKOUT), at });
}

/** A path, as "C:\models\bellhop-simd.wasm" of Windows, has no scheme, or one of a single letter. @param {string | URL} given */
function urlOf(given) {
  const text = String(given);
  return /^[a-z][\w+.-]+:\/\//i.test(text) || URL.canParse(text) && !/^[a-z]:/i.test(text) ? new URL(text) : pathToFileURL(text);
}

/** The other end of connect(), in a thread. @param {import('../bellhop.js').ServeOptions} [options] */
export function serve(options = {}) {
  const { port = parentPort, prepare } = readServeOptions(options);
  if (!port) throw new BellhopError('BH_ERR_STATE', 'serve() is for the script of a worker_threads Worker; elsewhere give it a port: serve({ port })');
  void answer(/** @type {any} */ (port), prepare);
}

/** Loads what answers: who trains here has no use for it. Calls that come meanwhile wait in the port. @param {import('../worker/service.mjs').Port} port @param {(library: import('../lib/setup.mjs').Library) => void} prepare */
async function answer(port, prepare) {
  const [{ serve: serveOver }, later, { textSessions }] = await Promise.all([import('../worker/service.mjs'), import('../worker/session-calls.mjs'), import('../worker/text-sessions.mjs')]);
  serveOver(port, instantiate, { later, prepare, text: textSessions });
}

/**
 * Starts a worker, or takes the one of `worker`, which may be a worker_threads Worker whose script calls serve().
 * @param {import('../bellhop.js').ConnectOptions} [options]
 */
export async function connect(options = {}) {
  const { worker, ...given } = readConnectOptions(options, PATHS);
  const thread = /** @type {import('node:worker_threads').Worker} */ (worker);
  if (!worker && !given.port && typeof Worker === 'undefined') throw new BellhopError('BH_ERR_LOAD', NO_WORKERS);
  const rest = given.wasmUrl === undefined ? given : { ...given, wasmUrl: urlOf(given.wasmUrl) };
  if (typeof thread?.on !== 'function') return connectAnywhere({ ...rest, worker });
  take(thread);
  return Promise.race([failureOf(thread), connectAnywhere({ ...rest, port: portOf(thread) })]);
}

/** That of browsers, loaded when it is asked for: who trains here has no use for it. @param {import('../bellhop.js').ConnectOptions} options */
async function connectAnywhere(options) {
  return (await import('../bellhop.mjs')).connect(options);
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

/** What is said of a file that cannot be read, by the system's code. @type {Record<string, string>} */
const UNREAD = { ENOENT: 'is missing', EISDIR: 'is a folder' };

/** @param {URL} url @param {string} [hint]  what to do where it is none */
async function compileFile(url, hint = '') {
  const bytes = await readFile(url).catch((cause) => {
    throw new BellhopError('BH_ERR_LOAD', `${fileURLToPath(url)} ${UNREAD[cause.code] ?? `could not be read: ${cause.message}`}${hint}`, { cause });
  });
  if (!isModule(bytes)) throw new BellhopError('BH_ERR_LOAD', `${fileURLToPath(url)} is no WebAssembly module: it begins with ${beginning(bytes)}${hint}`);
  return WebAssembly.compile(bytes);
}

/** The first characters of a file, for messages. @param {Buffer} bytes */
const beginning = (bytes) => (bytes.length === 0 ? 'nothing' : shown(bytes.subarray(0, 16).toString('latin1').replace(/[^ -~]+/g, ' ')));
