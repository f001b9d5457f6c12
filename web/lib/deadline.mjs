// SPDX-License-Identifier: MIT
// How long loading may take: a server or a worker that never answers must not be waited for without end.
import { BellhopError } from './bellhop-error.mjs';

/** Unless told otherwise: a slow connection fetches every module within it. */
export const TIMEOUT_MS = 60_000;

/**
 * Calls `use`, whose signal is aborted with the error that this rejects with when the time is up.
 * @template T
 * @param {number} timeout    milliseconds, Infinity for no bound
 * @param {() => string} late what has not happened then
 * @param {(signal: AbortSignal) => Promise<T>} use
 * @returns {Promise<T>}
 */
export async function within(timeout, late, use) {
  const controller = new AbortController();
  if (timeout === Infinity) return use(controller.signal);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const end = new Promise((_, reject) => {
    timer = setTimeout(() => {
      const error = new BellhopError('BH_ERR_LOAD', `${late()} within ${timeout / 1000} s; the option timeout gives more, in milliseconds`);
      controller.abort(error);
      reject(error);
    }, timeout);
  });
  try {
    return await Promise.race([use(controller.signal), /** @type {Promise<never>} */ (end)]);
  } finally {
    clearTimeout(timer);
  }
}
