// SPDX-License-Identifier: MIT
/**
 * The other end of connect() alone, for a worker's script of one's own: {@link bellhop!serve}.
 * @module bellhop/serve
 */
export { serve, type ServeOptions } from '../bellhop.js';
