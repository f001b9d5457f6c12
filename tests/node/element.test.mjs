// SPDX-License-Identifier: MIT
// The element without a browser: its class can be imported in Node and registers nothing; what docs/element.md and the
// custom-elements manifest say of it is so.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

const read = (/** @type {string} */ file) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
const [{ declarations: [element] }] = JSON.parse(read('web/lab/custom-elements.json')).modules;
const docs = read('docs/element.md');
const lab = ['bellhop-lab.mjs', 'lab-view.mjs', 'still.mjs', 'styles.mjs', 'tokens.mjs', ...readdirSync(new URL('../../web/lab/panels', import.meta.url)).map((file) => `panels/${file}`)].map((file) => read(`web/lab/${file}`)).join('\n');
const names = (/** @type {{ name: string }[]} */ list) => list.map(({ name }) => name).sort();
const all = (/** @type {RegExp} */ pattern, text = lab) => [...new Set([...text.matchAll(pattern)].map(([, name]) => name))].sort();

test('importing it in Node has no effect, twice neither', async () => {
  const { BellhopLab } = await import('../../web/lab/bellhop-lab.mjs');
  await import('../../web/lab/define.mjs');
  assert.equal(typeof BellhopLab, 'function');
  assert.equal(/** @type {any} */ (globalThis).customElements?.get('bellhop-lab'), undefined);
});

test('the manifest has the attributes of the class, the events it fires, its parts and its custom properties', async () => {
  const { BellhopLab } = await import('../../web/lab/bellhop-lab.mjs');
  const attributes = Object.entries(BellhopLab.properties).filter(([, given]) => /** @type {any} */ (given).attribute !== false)
    .map(([name, given]) => /** @type {any} */ (given).attribute ?? name).sort();
  assert.deepEqual(names(element.attributes), attributes);
  for (const { fieldName } of element.attributes) assert.ok(fieldName in BellhopLab.properties, fieldName);
  assert.deepEqual(names(element.events), all(/emit\([\w.#]+, '(\w+)'/g).map((name) => `bellhop-${name}`));
  assert.deepEqual(names(element.cssParts), all(/ part="([\w-]+)"/g));
  assert.deepEqual(names(element.cssProperties), all(/(--bellhop-[\w-]+)\b/g));
  for (const { name, kind } of element.members) {
    const descriptor = Object.getOwnPropertyDescriptor(BellhopLab.prototype, name);
    assert.ok(kind === 'method' ? typeof descriptor?.value === 'function' : descriptor?.get, name);
  }
});

test('docs/element.md names each of them', () => {
  for (const { name } of [...element.attributes, ...element.members, ...element.events, ...element.cssParts, ...element.cssProperties]) {
    assert.match(docs, new RegExp(`\`(\\w+\\.)?${name}[\`(]`), name);
  }
});

test('every environment of the lab has its picture in both themes', async () => {
  const [{ STILLS }, { WORLDS }] = await Promise.all([import('../../web/lab/still.mjs'), import('../../web/lab/world-table.mjs')]);
  assert.deepEqual(STILLS, WORLDS.map(({ id }) => id));
  const files = STILLS.flatMap((id) => ['light', 'dark'].map((theme) => `${id}-${theme}.webp`)).sort();
  assert.deepEqual(readdirSync(new URL('../../web/lab/stills', import.meta.url)).sort(), files);
});
