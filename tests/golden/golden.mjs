// SPDX-License-Identifier: MIT
// The runs whose parameters must have the same bits everywhere: every environment with its default preset, seed 0 and
// so many steps. runs.json has their fingerprints. By hand: bellhop train ENV --total-timesteps 2000 --json.

export const TIMESTEPS = 2000;

/**
 * Runs them in a loaded library.
 * @param {import('../../web/bellhop.js').Bellhop} bh
 * @returns {Promise<Record<string, { sha256: string, updates: number }>>} by environment
 */
export async function goldenRuns(bh) {
  /** @type {Record<string, { sha256: string, updates: number }>} */
  const runs = {};
  for (const { id, presets } of bh.catalog.envs) {
    const env = bh.make(id);
    const model = new bh.models[presets[0].algo](env, { seed: 0 });
    let updates = 0;
    await model.learn({
      totalTimesteps: TIMESTEPS,
      onProgress(progress) {
        updates = progress['train/n_updates'] ?? 0;
      },
    });
    runs[id] = { sha256: model.sha256(), updates };
    model.dispose();
    env.dispose();
  }
  return runs;
}
