// SPDX-License-Identifier: MIT
// A worker that is given to connect(), or the port to one, has one trainer: what answers there would answer two.
import { BellhopError } from '../lib/bellhop-error.mjs';

/** @type {WeakSet<object>} */
const taken = new WeakSet();

/** Throws where it has a trainer already. @param {object | undefined} worker */
export function take(worker) {
  if (!worker) return;
  if (taken.has(worker)) throw new BellhopError('BH_ERR_STATE', 'this worker has a trainer already: use that one, which makes any number of sessions, or start another worker');
  taken.add(worker);
}
