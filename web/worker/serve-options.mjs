// SPDX-License-Identifier: MIT
// Options of serve(), the same for browsers and for Node.
import { onlyKeys, shown } from '../lib/options.mjs';
import { BellhopError } from '../lib/wasm.mjs';

/** @param {import('../bellhop.js').ServeOptions} options */
export function checkServeOptions(options) {
  if (typeof /** @type {any} */ (options)?.postMessage === 'function') throw new BellhopError('BH_ERR_ARGUMENT', 'serve takes { port, envs }, but got a port');
  onlyKeys('serve', options, ['port', 'envs']);
  const { port, envs } = options;
  if (port !== undefined && typeof port?.postMessage !== 'function') throw new BellhopError('BH_ERR_ARGUMENT', `port is ${shown(port)}, but must be a MessagePort`);
  if (envs !== undefined && !Array.isArray(envs)) throw new BellhopError('BH_ERR_ARGUMENT', `envs is ${shown(envs)}, but must be an array of environments`);
}
