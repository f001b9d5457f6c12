// SPDX-License-Identifier: MIT
// A static server for this machine only: one folder, GET and HEAD, the headers the page is meant to be served with.
// It is a development server; the built folder needs nothing from it that other static hosts do not do. It answers to the names
// of this machine alone: a page elsewhere whose name was made to mean 127.0.0.1 (DNS rebinding) is refused by its Host header.
// Nothing whose name begins with a dot is served.
import { createServer } from 'node:http';
import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { HEADERS } from './headers.mjs';
import { Failure } from './run.mjs';

/** @type {Record<string, string>} */
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.ts': 'text/plain; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
};

/** The page needs no `unsafe-eval`: compiling WebAssembly is all it asks for. Anyone may embed it. */
const POLICY = [
  'default-src \'none\'', 'script-src \'self\' \'wasm-unsafe-eval\'', 'style-src \'self\'', 'img-src \'self\' data:',
  'connect-src \'self\'', 'worker-src \'self\' blob:', 'base-uri \'none\'', 'form-action \'none\'', 'frame-ancestors *',
].join('; ');

const OURS = {
  ...HEADERS,
  'Content-Security-Policy': POLICY,
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-cache',
};

/** What the Host header may say, with or without a port: browsers resolve *.localhost to this machine by themselves. */
const OUR_HOST = /^(([\w-]+\.)*localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

/** How many ports after the wanted one are tried. */
const PORTS_TRIED = 50;

/**
 * Serve a folder on this machine, on 127.0.0.1 and, where there is IPv6, ::1, so that both of `localhost`'s meanings
 * reach it.
 * @param {object} options
 * @param {string} options.root
 * @param {number} [options.port]  0 for any free one
 * @param {boolean} [options.exact] fail if the port is taken, instead of trying the next ones
 * @param {Record<string, string>} [options.headers] more headers, or others
 * @returns {Promise<{ url: string, port: number, close: () => Promise<void> }>}
 */
export async function serve({ root, port = 8080, exact = false, headers = {} }) {
  const folder = await realpath(root);
  const last = exact || port === 0 ? port : Math.min(port + PORTS_TRIED, 65535);
  for (let candidate = port; candidate <= last; candidate++) {
    const servers = await listenOn(folder, candidate, { ...OURS, ...headers });
    if (!servers) continue;
    const { port: bound } = /** @type {import('node:net').AddressInfo} */ (servers[0].address());
    return { url: `http://localhost:${bound}/`, port: bound, close: () => closeAll(servers) };
  }
  throw new Failure(exact ? `Port ${port} is in use; choose another with --port N.`
    : `Ports ${port} to ${last} are in use; choose another with --port N.`);
}

/**
 * @param {string} folder @param {number} port @param {Record<string, string>} headers
 * @returns {Promise<import('node:http').Server[] | null>} null if taken
 */
async function listenOn(folder, port, headers) {
  const servers = [];
  for (const host of ['127.0.0.1', '::1']) {
    const server = createServer((request, response) => {
      answer(folder, headers, request, response).catch(() => refuse(response, 500, headers));
    });
    const wanted = port || /** @type {import('node:net').AddressInfo} */ (servers[0]?.address())?.port || 0;
    const error = await listening(server, wanted, host);
    if (error === null) servers.push(server);
    // Without IPv6 the first address is enough; anything else is somebody else's port.
    else if (servers.length === 0 || error.code === 'EADDRINUSE') {
      await closeAll(servers);
      if (error.code === 'EADDRINUSE') return null;
      throw new Failure(`Cannot listen on port ${port}: ${error.message}`);
    }
  }
  return servers;
}

/**
 * @param {import('node:http').Server} server @param {number} port @param {string} host
 * @returns {Promise<NodeJS.ErrnoException | null>}
 */
function listening(server, port, host) {
  return new Promise((done) => {
    server.once('error', done);
    server.listen({ port, host }, () => done(null));
  });
}

/** @param {import('node:http').Server[]} servers */
async function closeAll(servers) {
  await Promise.all(servers.map((server) => new Promise((done) => {
    server.close(done);
    server.closeAllConnections();
  })));
}

/**
 * @param {string} folder @param {Record<string, string>} common  headers
 * @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response
 */
async function answer(folder, common, request, response) {
  if (!OUR_HOST.test(request.headers.host ?? '')) {
    refuse(response, 421, common); // Misdirected Request
    return;
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    refuse(response, 405, { ...common, Allow: 'GET, HEAD' });
    return;
  }
  const file = await fileFor(folder, request.url ?? '/');
  if (!file) {
    refuse(response, 404, common);
    return;
  }
  const { size, mtimeMs } = await stat(file);
  const tag = `"${size.toString(16)}-${Math.trunc(mtimeMs * 1000).toString(16)}"`;
  const headers = { ...common, 'ETag': tag, 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream' };
  if (request.headers['if-none-match'] === tag) {
    response.writeHead(304, headers).end();
    return;
  }
  response.writeHead(200, { ...headers, 'Content-Length': size });
  if (request.method === 'HEAD') response.end();
  else createReadStream(file).on('error', () => response.destroy()).pipe(response);
}

/**
 * The file a request means, or null. It has to lie in the folder with every link followed, and no part of its path may begin with a dot.
 * @param {string} folder @param {string} url
 */
async function fileFor(folder, url) {
  try {
    const path = decodeURIComponent(url.split('?', 1)[0]);
    const file = await realpath(join(folder, path.endsWith('/') ? `${path}index.html` : path));
    return file.startsWith(folder + sep) && !`${path}/${relative(folder, file)}`.split(/[\\/]/).some((part) => part.startsWith('.')) && (await stat(file)).isFile() ? file : null;
  } catch {
    return null;
  }
}

/** @param {import('node:http').ServerResponse} response @param {number} status @param {Record<string, string>} headers */
function refuse(response, status, headers) {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(status, { ...headers, 'Content-Type': TYPES['.txt'] });
  response.end(`${status}\n`);
}
