// SPDX-License-Identifier: MIT
// The static server of `npm start`: types and headers, what it refuses, that it stays inside its folder, busy ports.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { serve } from '../../build/serve.mjs';

/** @type {string} */
let folder;
/** @type {Awaited<ReturnType<typeof serve>>} */
let server;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bellhop-serve-'));
  mkdirSync(join(folder, 'site/sub'), { recursive: true });
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  writeFileSync(join(folder, 'site/index.html'), '<!doctype html>');
  writeFileSync(join(folder, 'site/sub/index.html'), 'sub');
  writeFileSync(join(folder, 'site/page.js'), '');
  writeFileSync(join(folder, 'site/bellhop-simd.wasm'), '\0asm');
  symlinkSync(join(folder, 'secret.txt'), join(folder, 'site/link.txt'));
  mkdirSync(join(folder, 'site/.git'));
  for (const name of ['.env', '.git/config', 'sub/.htpasswd']) writeFileSync(join(folder, 'site', name), 'secret');
  symlinkSync(join(folder, 'site/.env'), join(folder, 'site/plain.txt'));
  server = await serve({ root: join(folder, 'site'), port: 0 });
});

after(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

/**
 * One request with the path exactly as given: fetch() would tidy it up first.
 * @param {string} path @param {import('node:http').RequestOptions} [options]
 * @returns {Promise<{ status: number | undefined, headers: import('node:http').IncomingHttpHeaders, body: string }>}
 */
function ask(path, options = {}) {
  return new Promise((done, fail) => {
    request({ host: '127.0.0.1', port: server.port, path, ...options }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text) => { body += text; })
        .on('end', () => done({ status: response.statusCode, headers: response.headers, body }));
    }).on('error', fail).end();
  });
}

test('types: a module can be run and WebAssembly can be compiled while it streams', async () => {
  assert.equal((await ask('/')).headers['content-type'], 'text/html; charset=utf-8');
  assert.equal((await ask('/page.js')).headers['content-type'], 'text/javascript; charset=utf-8');
  assert.equal((await ask('/bellhop-simd.wasm')).headers['content-type'], 'application/wasm');
  assert.equal((await ask('/sub/?a=b')).body, 'sub');
});

test('the policy allows compiling WebAssembly and no eval', async () => {
  const { headers } = await ask('/');
  assert.match(String(headers['content-security-policy']), /script-src 'self' 'wasm-unsafe-eval';/);
  assert.doesNotMatch(String(headers['content-security-policy']), /'unsafe-/);
  assert.equal(headers['x-content-type-options'], 'nosniff');
});

test('what has not changed is not sent again', async () => {
  const first = await ask('/page.js');
  assert.equal(first.headers['cache-control'], 'no-cache');
  const again = await ask('/page.js', { headers: { 'If-None-Match': first.headers.etag } });
  assert.equal(again.status, 304);
});

test('HEAD has the headers and no body', async () => {
  const { status, headers, body } = await ask('/', { method: 'HEAD' });
  assert.deepEqual([status, headers['content-length'], body], [200, '15', '']);
});

test('other methods are refused', async () => {
  const { status, headers } = await ask('/', { method: 'POST' });
  assert.deepEqual([status, headers.allow], [405, 'GET, HEAD']);
});

for (const path of ['/none', '/sub', '/../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt', '/sub/../../secret.txt',
  '/link.txt', '//etc/passwd', '/%', '/%00', '*', '/..', '/../', '/%2e%2e%2f%2e%2e%2fetc/passwd', '/..%5csecret.txt', '/....//secret.txt', '/%252e%252e/secret.txt',
  '/sub/%2e%2e/%2e%2e/secret.txt', '/.env', '/.git/config', '/%2egit/config', '/sub/.htpasswd', '/sub/%2ehtpasswd', '/.git/', '/plain.txt']) {
  test(`${path} is not found`, async () => {
    const { status, body } = await ask(path);
    assert.deepEqual([status, body], [404, '404\n']);
  });
}

test('Host: the names of this machine, no other (DNS rebinding)', async () => {
  const asked = async (/** @type {string} */ host) => (await ask('/', { headers: { Host: host } })).status;
  for (const host of ['localhost', `localhost:${server.port}`, 'LOCALHOST', 'a.localhost:80', '127.0.0.1', `127.0.0.1:${server.port}`, '[::1]', `[::1]:${server.port}`]) assert.equal(await asked(host), 200, host);
  for (const host of ['evil.example', `evil.example:${server.port}`, 'localhost.evil.example', 'localhostile', '127.0.0.1.evil.example', '127.0.0.2', '0.0.0.0', '192.168.0.1', 'localhost@evil.example', 'localhost:80:80', '[::]']) {
    const { status, body } = await ask('/', { headers: { Host: host } });
    assert.deepEqual([status, body], [421, '421\n'], host);
  }
});

test('a port in use: the next one, or an error if it was asked for', async () => {
  const second = await serve({ root: folder, port: server.port });
  try {
    assert.ok(second.port > server.port);
    assert.equal(second.url, `http://localhost:${second.port}/`);
    await assert.rejects(serve({ root: folder, port: server.port, exact: true }), /in use.*--port/);
  } finally {
    await second.close();
  }
});

test('localhost reaches it', async () => {
  assert.equal((await fetch(server.url)).status, 200);
});
