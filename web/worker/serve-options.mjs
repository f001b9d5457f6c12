// SPDX-License-Identifier: MIT
// Options of serve(), the same for browsers and for Node. Apart from service.mjs: the package's own worker has no environments of one's own.
import { readOptions, reading } from '../lib/given.mjs';
import { register } from '../lib/register.mjs';
import { BellhopError } from '../lib/bellhop-error.mjs';

const ENVS_MAX = 10_000;

/** @param {import('../bellhop.js').ServeOptions} options */
export function readServeOptions(options) {
  const isPort = reading('options of serve', () => typeof /** @type {any} */ (options)?.postMessage === 'function');
  if (isPort) throw new BellhopError('BH_ERR_ARGUMENT', 'serve takes { port, envs }, but got a port');
  const { port, envs = [] } = readOptions('serve', options, {
    port: [(value) => typeof value?.postMessage === 'function', 'a MessagePort'], envs: [(value) => Array.isArray(value) && value.length <= ENVS_MAX, `an array of environments, at most ${ENVS_MAX}`],
  });
  const list = reading('envs', () => Array.from({ length: envs.length }, (_, i) => envs[i]));
  return { port, prepare: (/** @type {import('../lib/setup.mjs').Library} */ library) => list.forEach((env) => register(library, env)) };
}
