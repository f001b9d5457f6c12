// SPDX-License-Identifier: MIT
// What a wrong call must be answered with.
import assert from 'node:assert/strict';
import { BellhopError } from '../../web/node/node.mjs';

/** The call throws a BellhopError of that status, with such a message. @param {() => unknown} use @param {string} status @param {RegExp} message */
export function fails(use, status, message) {
  assert.throws(use, (/** @type {any} */ error) => {
    assert.ok(error instanceof BellhopError, String(error));
    assert.equal(error.status, status);
    assert.match(error.message, message);
    return true;
  });
}
