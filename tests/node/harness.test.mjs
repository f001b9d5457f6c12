// SPDX-License-Identifier: MIT
// What the browser tests stand on: what a test has opened ends with it, also where it fails.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hosted, owning } from '../browser/harness.mjs';

test('a server ends with its test, also where that fails; closed before, it is not closed again', async () => {
  /** @type {import('../browser/harness.mjs').Host[]} */
  let hosts = [];
  await assert.rejects(owning(async () => {
    hosts = [await hosted({ root: null, files: { 'a.html': 'here' } }), await hosted({ root: null, files: { 'a.html': 'there' } })];
    for (const [i, said] of ['here', 'there'].entries()) assert.equal(await (await fetch(`${hosts[i].url}a.html`)).text(), said);
    await hosts[0].close();
    throw new Error('it fails');
  }), /^Error: it fails$/);
  for (const { url } of hosts) await assert.rejects(fetch(url), TypeError);
});
