// SPDX-License-Identifier: MIT
// Pages and oEmbed answers for hosts that turn an address into a frame: every environment has them, they name each other by the address
// that was given, and what they link is there.
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { SITE } from '../../build/build.mjs';
import { HEADERS, headersFile } from '../../build/headers.mjs';
import { readUrl, writeSharePages } from '../../build/share-pages.mjs';

const URL_OF_SITE = 'https://example.org/bellhop/';

test('the address is absolute, and ends with a slash', () => {
  assert.equal(readUrl([]), null);
  assert.equal(readUrl(['--url', 'https://example.org/bellhop']), URL_OF_SITE);
  assert.equal(readUrl(['--url', 'http://localhost:8080']), 'http://localhost:8080/');
  for (const wrong of ['bellhop/', 'ftp://example.org/', 'https://example.org/?a=b', 'https://example.org/#a', 'https://example.org/?', 'https://me:secret@example.org/']) assert.throws(() => readUrl(['--url', wrong]), /--url is .*must be the address/);
  assert.throws(() => readUrl(['--address', URL_OF_SITE]), /Usage/);
});

test('every environment has a page with its oEmbed link and its picture, and an answer whose frame is that of the site', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bellhop-share-'));
  try {
    for (const name of ['embed.html', 'embed.js', 'embed.css', 'stills', 'static']) cpSync(join(SITE, name), join(folder, name), { recursive: true });
    writeSharePages(folder, 'https://example.org/$&/a&b/');
    assert.match(readFileSync(join(folder, 'env/CartPole-v1.html'), 'utf8'), /og:url" content="https:\/\/example\.org\/\$&amp;\/a&amp;b\/env\/CartPole-v1\.html"/);
    const written = writeSharePages(folder, URL_OF_SITE);
    assert.equal(written.length, 36);
    const here = (/** @type {string} */ url) => join(folder, url.replace(URL_OF_SITE, '').replace(/\?.*/, ''));
    for (const file of written.filter((name) => name.endsWith('.html'))) {
      const page = readFileSync(join(folder, file), 'utf8'), env = /** @type {string} */ (/env\/(.*)\.html/.exec(file)?.[1]);
      const [, answer] = /** @type {RegExpExecArray} */ (/type="application\/json\+oembed" href="([^"]+)"/.exec(page));
      const { version, type, html, width, height } = JSON.parse(readFileSync(here(answer), 'utf8'));
      assert.deepEqual([version, type, width > 0, height > 0], ['1.0', 'rich', true, true]);
      assert.match(html, new RegExp(`^<iframe src="${URL_OF_SITE}embed\\.html\\?env=${env}" title="[^"]+" `));
      assert.match(page, new RegExp(`<html lang="en" data-env="${env}">`));
      for (const [, picture] of page.matchAll(/og:image" content="([^"]+)"/g)) assert.ok(existsSync(here(picture)), picture);
      for (const [, linked] of page.matchAll(/(?:src|href)="(\.[^"]+)"/g)) assert.ok(existsSync(join(folder, 'env', linked)), linked);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('what docs/bundlers.md has nginx send is what we send, and what _headers says', () => {
  const docs = readFileSync(new URL('../../docs/bundlers.md', import.meta.url), 'utf8');
  const nginx = [...docs.matchAll(/^add_header (\S+) "?([^";]+)"?;$/gm)].map(([, name, value]) => [name, value]);
  assert.deepEqual(Object.fromEntries(nginx), HEADERS);
  const lines = headersFile().trimEnd().split('\n');
  assert.equal(lines[0], '/*');
  assert.deepEqual(Object.fromEntries(lines.slice(1).map((line) => line.trim().split(': '))), HEADERS);
});
