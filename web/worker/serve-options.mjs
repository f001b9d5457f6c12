// SPDX-License-Identifier: MIT
// Options of serve(), the same for browsers and for Node. Apart from service.mjs: the package's own worker has no environments of one's own.
import { onlyKeys, shown } from '../lib/messages.mjs';
import { register } from '../lib/register.mjs';
import { BellhopError } from '../lib/bellhop-error.mjs';

/** @param {import('../bellhop.js').ServeOptions} options */
export function readServeOptions(options) {
  if (typeof /** @type {any} */ (options)?.postMessage === 'function') throw new BellhopError('BH_ERR_ARGUMENT', 'serve takes { port, envs }, but got a port');
  onlyKeys('serve', options, ['port', 'envs']);
  const { port, envs = [] } = options;
  if (port !== undefined && typeof port?.postMessage !== 'function') throw new BellhopError('BH_ERR_ARGUMENT', `port is ${shown(port)}, but must be a MessagePort`);
  if (!Array.isArray(envs)) throw new BellhopError('BH_ERR_ARGUMENT', `envs is ${shown(envs)}, but must be an array of environments`);
  return { port, prepare: (/** @type {import('../lib/setup.mjs').Library} */ library) => envs.forEach((env) => register(library, env)) };
}
