// SPDX-License-Identifier: MIT
// The runs whose parameters must have the same bits everywhere, seed 0 and so many steps each. runs.json has their
// fingerprints by name: "ENV" is the environment's default preset, "ENV ALGO name=value …" another algorithm and options
// ("preset=rainbow": a named preset). Those whose updates take long have fewer steps, by total_timesteps in the name, not smaller
// networks: what differs between kernels, tiles and their remainders, is in every update. By hand:
// bellhop train ENV --algo ALGO --name value --total-timesteps 2000 --json.
// It imports nothing, as tests/browser/suites/same.mjs has a page import it.

export const TIMESTEPS = 2000;

/**
 * The scalar module needs three times as long and is the same in every browser: what Node runs in it, tests/node/golden.test.mjs,
 * is all of it. In browsers what has no options in its name but how long it is: the environments' own presets, algorithms,
 * tokenizers, tasks of text.
 * @param {Record<string, string>} runs @returns {Record<string, string>}
 */
export const withoutOptions = (runs) => Object.fromEntries(Object.entries(runs).filter(([name]) => !name.replace(/ (learning_starts|total_timesteps)=/g, '').includes('=')));

const SMALL = { dModel: 16, nHeads: 2, nLayers: 1, seed: 0 };

/**
 * What language models and the tasks of text end with, as tests/c/golden_run.c has it: "pretraining FILE TOKENIZER", 10 steps on
 * a corpus of envs/data; "sampling FILE TOKENIZER", 100 tokens of that model; "text ENV", 200 steps of DQN from a language
 * model of the task's examples; other names as goldenRuns has them.
 * @param {import('../../web/bellhop.js').Bellhop} bh
 * @param {readonly string[]} names
 * @param {(file: string) => Promise<Uint8Array>} readCorpus by its name there: corpus_en.txt
 * @returns {Promise<Record<string, string>>} SHA-256 by name
 */
export async function goldenTexts(bh, names, readCorpus) {
  /** @type {Record<string, string>} */
  const runs = {};
  for (const name of names) {
    const [kind, what, tokenizer] = name.split(' ');
    if (kind === 'text') runs[name] = await goldenTask(bh, what);
    else if (kind === 'pretraining' || kind === 'sampling') runs[name] = await goldenCorpus(bh, kind, await readCorpus(`${what}.txt`), tokenizer);
    else runs[name] = (await goldenRuns(bh, [name]))[name].sha256;
  }
  return runs;
}

/** @param {import('../../web/bellhop.js').Bellhop} bh @param {string} kind @param {Uint8Array} text @param {any} tokenizer */
async function goldenCorpus(bh, kind, text, tokenizer) {
  const training = new bh.Pretraining(text, { seed: 0, batchSize: 4, maxSteps: 10, tokenizer });
  training.step(10);
  const sampled = () => training.model.sample({ length: 100, seed: 7, temperature: 0.8, topP: 0.95 }).ids;
  const hash = kind === 'pretraining' ? training.model.sha256() : hex(await crypto.subtle.digest('SHA-256', sampled()));
  training.dispose();
  return hash;
}

/** @param {ArrayBuffer} bytes */
const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** @param {import('../../web/bellhop.js').Bellhop} bh @param {any} id */
async function goldenTask(bh, id) {
  const env = bh.make(id);
  const training = new bh.Pretraining(env, { ...SMALL, batchSize: 8, maxSteps: 10, nTexts: 200, validation: 0.1 });
  training.step(10);
  const model = new bh.DQN(env, { ...SMALL, batchSize: 16, learningStarts: 50, totalTimesteps: 200 });
  model.startFrom(training.model);
  await model.learn({ totalTimesteps: 200 });
  const hash = model.sha256();
  [model, training, env].forEach((each) => each.dispose());
  return hash;
}

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
      totalTimesteps: options.totalTimesteps ?? TIMESTEPS,
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
