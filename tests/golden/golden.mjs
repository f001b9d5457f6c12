// SPDX-License-Identifier: MIT
// The runs whose parameters must have the same bits everywhere, seed 0 and so many steps each. runs.json has their
// fingerprints by name: "ENV" is the environment's default preset, "ENV ALGO name=value …" another algorithm and options
// ("preset=rainbow": a named preset). By hand: bellhop train ENV --algo ALGO --name value --total-timesteps 2000 --json.

export const TIMESTEPS = 2000;

/**
 * Runs them in a loaded library.
 * @param {import('../../web/bellhop.js').Bellhop} bh
 * @param {readonly string[]} names
 * @returns {Promise<Record<string, { sha256: string, updates: number }>>} by name
 */
export async function goldenRuns(bh, names) {
  /** @type {Record<string, { sha256: string, updates: number }>} */
  const runs = {};
  for (const name of names) {
    const [id, algo = bh.catalog.envs.find((env) => env.id === id)?.presets[0].algo ?? 'dqn', ...settings] = name.split(' ');
    const fields = [...bh.catalog.run, ...bh.catalog.algos.find((entry) => entry.name === algo)?.options ?? []];
    /** @type {Record<string, any>} */
    const options = { seed: 0 };
    for (const setting of settings) {
      const [key, text] = setting.split('=');
      const field = fields.find((entry) => entry.name === key);
      if (field?.type === 'bool') options[field.key] = text === 'true';
      else if (field?.type === 'sizes') options[field.key] = text.split(',').map(Number);
      else options[field?.key ?? key] = field && field.type !== 'choice' ? Number(text) : text;
    }
    const env = bh.make(/** @type {any} */ (id));
    const model = new bh.models[/** @type {import('../../web/bellhop.js').AlgoName} */ (algo)](env, options);
    let updates = 0;
    await model.learn({
      totalTimesteps: TIMESTEPS,
      onProgress(progress) {
        updates = progress['train/n_updates'] ?? 0;
      },
    });
    runs[name] = { sha256: model.sha256(), updates };
    model.dispose();
    env.dispose();
  }
  return runs;
}
