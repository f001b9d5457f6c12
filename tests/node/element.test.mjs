// SPDX-License-Identifier: MIT
// The element without a browser: its class can be imported in Node and registers nothing; what docs/element.md and the
// custom-elements manifest say of it is so.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { queryOf, setPace, unknownWords } from '../../web/lab/attributes.mjs';
import { loadWords } from '../../web/lab/words.mjs';

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

/** The attributes of a lab, as properties. @param {Record<string, any>} given @returns {any} */
const attributes = (given) => ({ env: 'GridWorld-v0', settings: '', ...given });
/** Values that nobody should give, of every type. */
const NONSENSE = [5, true, null, undefined, {}, [], [{}], { toString: 1 }, Object.create(null), Symbol('s'), 1n, () => {}];

test('settings that are none are told and left out, whatever their type; the others are taken', async () => {
  const words = await loadWords('en', ['errors']);
  const settings = { learningRate: { toString: 1 }, batchSize: {}, gamma: null, env: 'x', netArch: [8, 8], 'env.map': ['S.', '.G'], seed: 3, doubleQ: true };
  for (const given of [settings, JSON.stringify(settings)]) {
    const { query, unread } = queryOf(attributes({ settings: given }));
    assert.equal(query.toString(), new URLSearchParams({ env: 'GridWorld-v0', netArch: '8\n8', 'env.map': 'S.\n.G', seed: '3', doubleQ: 'true' }).toString());
    assert.equal(words.unfit(unread), 'learningRate cannot be “an object”. batchSize cannot be “an object”. gamma cannot be “null”. env is an attribute of <bellhop-lab>, not a setting.');
  }
  assert.equal(words.unfit(queryOf(attributes({ settings: { view: 'x', lang: 'en' } })).unread), 'There is no setting “view” here. lang is an attribute of <bellhop-lab>, not a setting.');
  assert.equal(words.unfit(queryOf(attributes({ settings: '{bad' })).unread), 'settings is “{bad”, but must be a JSON object.');
  for (const value of NONSENSE) {
    assert.ok(queryOf(attributes({ settings: { learningRate: value, 'env.map': value } })).query.has('env'));
    queryOf(attributes({ settings: value, algo: value, preset: value, seed: value }));
  }
});

test('pace and words that are none are told with those there are, whatever their type', async () => {
  const words = await loadWords('en', ['errors']);
  const experiment = /** @type {any} */ ({ speeds: [1, 4, Infinity], speed: 1, setSpeed(/** @type {number} */ index) { this.speed = index; } });
  const paced = (/** @type {object} */ given) => words.unfit(setPace(attributes(given), experiment));
  assert.equal(paced({ speed: '3', stopAt: '0' }), 'stop-at is 0, but must be at least 1. speed cannot be “3”; possible: 1, 4, max.');
  assert.deepEqual([experiment.speed, experiment.stopAt], [1, Infinity]);
  assert.equal(paced({ stopAt: '1.5' }), 'stop-at is 1.5, but must be a whole number.');
  assert.equal(paced({ speed: 'max', stopAt: 7 }), '');
  assert.deepEqual([experiment.speed, experiment.stopAt], [2, 7]);
  assert.equal(words.unfit(unknownWords(attributes({ show: 'world, qq', theme: 'pink' }))), 'show cannot be “qq”; possible: world, q, transition, value-map, truth, return, loss, value, exploration, all. theme cannot be “pink”; possible: light, dark.');
  assert.match(words.unfit(unknownWords(attributes({ controls: 'rest', theme: 'Dark' }))), /^controls cannot be “rest”; did you mean “reset”\? Possible: .* theme cannot be “Dark”; did you mean “dark”\? Possible: light, dark\.$/);
  assert.match(words.unfit(unknownWords(attributes({ show: 5 }))), /^show cannot be “5”/);
  for (const value of NONSENSE) {
    paced({ speed: value, stopAt: value });
    unknownWords(attributes({ show: value, controls: value, theme: value }));
  }
});
