// SPDX-License-Identifier: MIT
// Any text as a link of the page: it never throws, gives a setup of what there is, names what it has left out in both languages, and the link of that
// setup gives the same one again.
import assert from 'node:assert/strict';
import { languageFromQuery, languageToQuery } from '../../web/lab/language-setup.mjs';
import { problemOf, settingsOf } from '../../web/lab/fields.mjs';
import { fromQuery, toQuery } from '../../web/lab/run-setup.mjs';
import { fromOldLink } from '../../web/lab/text-link.mjs';
import { loadWords } from '../../web/lab/words.mjs';
import { load } from '../../web/node/node.mjs';

const decoder = new TextDecoder();
const FALLBACK = 'GridWorld-v0';
/** A setup as it is told on: to JSON -0 is 0. @param {object} setup */
const told = (setup) => JSON.parse(JSON.stringify(setup));
/** Without braces, which are to be those of a sentence. @param {any} value @returns {any} */
const plain = (value) => (Array.isArray(value) ? value.map(plain) : typeof value === 'string' ? value.replace(/[{}]/g, '') : value);

/** @returns {Promise<(input: Uint8Array) => void>} */
export async function open() {
  const { catalog, pretrainingOptions } = await load();
  const words = await Promise.all(/** @type {const} */ (['en', 'zh']).map((language) => loadWords(language, ['errors', 'text'])));
  const named = (/** @type {import('../../web/lab/fields.mjs').Unfit[]} */ ignored) => ignored.forEach(({ name, value, why }) => {
    const values = Object.fromEntries(Object.entries({ name, field: name, value, ...why.values }).map(([key, given]) => [key, plain(given)]));
    for (const each of words) assert.doesNotMatch(each.t(/** @type {any} */ (why.key), values), /[{}]/, why.key);
  });
  const take = (/** @type {string} */ text) => fromQuery(catalog, new URLSearchParams(text), FALLBACK, () => true);

  return (input) => {
    const text = decoder.decode(input).replace(/^#/, '');
    const { setup, ignored } = take(text);
    named(ignored);
    const settings = settingsOf(catalog, setup);
    for (const scope of /** @type {const} */ (['options', 'envOptions'])) {
      for (const [key, value] of Object.entries(setup[scope])) {
        const setting = settings.find((each) => each.scope === scope && each.key === key);
        assert.equal(setting && problemOf(setting.field, value), null, key);
      }
    }
    const again = take(toQuery(catalog, setup));
    assert.deepEqual(told(again), told({ setup, ignored: [] }));
    const language = languageFromQuery(pretrainingOptions, new URLSearchParams(text), 'zh');
    named(language.ignored);
    assert.deepEqual(languageFromQuery(pretrainingOptions, new URLSearchParams(languageToQuery(language.setup)), 'zh').ignored, []);
    named(fromOldLink(catalog, new URLSearchParams(text)).ignored);
  };
}
