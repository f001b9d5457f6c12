// SPDX-License-Identifier: MIT
// Everything `npm run bench` measures by running it, in Node or in a page: the cases, then the module that ships.
import { measure } from './measure.mjs';
import { openModule } from './module.mjs';
import { loadTime, solveTime } from './product.mjs';

/** @typedef {{ simd: Uint8Array, scalar: Uint8Array, product: Uint8Array }} Binaries */
/** @typedef {import('./measure.mjs').Effort & { seeds: number }} AllEffort */

/**
 * @param {Binaries} binaries @param {AllEffort} effort
 * @param {import('./measure.mjs').Subject} [native] @param {(what: string) => void} [log]
 * @returns {Promise<Awaited<ReturnType<typeof measure>> & { load_ms: number, solve?: Awaited<ReturnType<typeof solveTime>> }>}
 */
export async function measureAll(binaries, effort, native, log = () => {}) {
  const [simd, scalar] = await Promise.all([binaries.simd, binaries.scalar]
    .map((bytes) => openModule(/** @type {BufferSource} */ (bytes))));
  const figures = await measure({ simd, scalar, native }, effort, log);
  log('loading');
  const load_ms = await loadTime(binaries.product);
  if (effort.seeds === 0) return { ...figures, load_ms };
  log(`solving CartPole-v1 with ${effort.seeds} seeds`);
  return { ...figures, load_ms, solve: await solveTime(binaries.product, effort.seeds) };
}
