// SPDX-License-Identifier: MIT
// The library's error. It stands alone: whoever only tells of errors does not need the module.

/**
 * An error with the library's status: `error.status` is 'BH_ERR_CONFIG', 'BH_ERR_ARGUMENT' and so on, or
 * 'BH_ERR_LOAD' when the module itself could not be had.
 */
export class BellhopError extends Error {
  /** @param {import('../bellhop.js').Status} status @param {string} message @param {ErrorOptions} [options] */
  constructor(status, message, options) {
    super(message, options);
    this.name = 'BellhopError';
    this.status = status;
  }
}
