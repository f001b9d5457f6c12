// SPDX-License-Identifier: MIT
// The two catalogues of words: the same keys, the same {places}, nothing empty, nothing used that is not there, and a
// Chinese line of help for every option of the library.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import enFirst from '../../web/strings/en.mjs';
import enLater from '../../web/strings/en-later.mjs';
import enText from '../../web/strings/en-text.mjs';
import zhFirst from '../../web/strings/zh.mjs';
import zhLater from '../../web/strings/zh-later.mjs';
import zhText from '../../web/strings/zh-text.mjs';
import help from '../../web/strings/zh-help.mjs';
import { load } from '../../web/node/node.mjs';

const en = { ...enFirst, ...enLater, ...enText };
const zh = { ...zhFirst, ...zhLater, ...zhText };

const WEB = fileURLToPath(new URL('../../web/', import.meta.url));
const read = (/** @type {string} */ file) => readFileSync(WEB + file, 'utf8');
const places = (/** @type {string} */ text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

test('both have the same keys, each at one place', () => {
  assert.deepEqual(Object.keys(zhFirst).sort(), Object.keys(enFirst).sort());
  assert.deepEqual(Object.keys(zhLater).sort(), Object.keys(enLater).sort());
  assert.deepEqual(Object.keys(zhText).sort(), Object.keys(enText).sort());
  const all = [enFirst, enLater, enText].flatMap((words) => Object.keys(words));
  assert.deepEqual(all.filter((key, i) => all.indexOf(key) !== i), []);
});

test('both fill in the same places, and nothing is empty', () => {
  for (const key of /** @type {(keyof typeof en)[]} */ (Object.keys(en))) {
    assert.deepEqual(places(zh[key]), places(en[key]), key);
    assert.ok(en[key] !== '' && zh[key] !== '', key);
  }
});

test('every key that is used is there', () => {
  const sources = [...['page', 'page/text'].flatMap((folder) => readdirSync(WEB + folder).filter((file) => file.endsWith('.mjs')).map((file) => `${folder}/${file}`)), 'page.mjs'].map(read);
  const used = sources.flatMap((source) => [...source.matchAll(/\b(?:t|labelled|named|button)\('([\w.]+)'|\b(?:say|counter)\('(?:\w+', ')?([\w.]+\.[\w.]+)'/g)].map(([, key, other]) => key ?? other));
  used.push(...[...read('index.html').matchAll(/data-t(?:-label)?="([^"]+)"/g)].map(([, key]) => key));
  assert.ok(used.length > 100);
  assert.deepEqual([...new Set(used)].filter((key) => !Object.hasOwn(en, key)), []);
});

test('every option has a name in both languages and help in Chinese', async () => {
  const { catalog } = await load();
  const fields = [...catalog.algos.flatMap(({ options }) => options), ...catalog.envs.flatMap(({ options }) => options), ...catalog.run];
  const shown = [...new Set(fields.map(({ name }) => name))].filter((name) => !['seed', 'map', 'final_eval_episodes', 'log_freq', 'demo_capacity'].includes(name));
  assert.deepEqual(shown.filter((name) => !Object.hasOwn(en, `field.${name}`)), []);
  assert.deepEqual(shown.filter((name) => !Object.hasOwn(help, name)), []);
});
