// SPDX-License-Identifier: MIT
// Environments of one's own under their ids: of load() and of a worker that serves them.
import { OwnEnv } from './custom-env.mjs';
import { taken } from './setup.mjs';

/**
 * Under its id, from now on; whatever was registered under it before stays with those who use it.
 * @param {import('./setup.mjs').Library} library @param {unknown} given
 */
export function register(library, given) {
  const own = new OwnEnv(given);
  const { id, entry } = own;
  const { catalog, registered } = library;
  if (!registered.has(id) && catalog.envs.some((each) => each.id === id)) throw taken(id);
  registered.set(id, own);
  library.catalog = Object.freeze({ ...catalog, envs: Object.freeze([...catalog.envs.filter((each) => each.id !== id), entry]) });
  return entry;
}
