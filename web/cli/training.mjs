// SPDX-License-Identifier: MIT
// A run from its model to its summary: in the process of `bellhop train`, and in each thread of a pool.
import process from 'node:process';
import { OutputFolder, TensorBoardFolder } from './folder.mjs';
import { checkStop, makeModel } from './plan.mjs';

/** @typedef {import('../bellhop.js').Model} Model */
/** @typedef {{ plan: import('./plan.mjs').Plan, out?: string, tensorboard?: string }} Job */
/** @typedef {ReturnType<typeof summarize>} Summary */

/**
 * @param {import('../bellhop.js').Bellhop} bh
 * @param {Job} job
 * @param {{ signal?: AbortSignal, onProgress?: import('../bellhop.js').LearnOptions['onProgress'] }} [how]
 */
export async function trainJob(bh, { plan, out, tensorboard }, { signal, onProgress } = {}) {
  const { model, nLoaded } = makeModel(bh, plan);
  /** @type {OutputFolder | undefined} */
  let folder;
  /** @type {TensorBoardFolder | undefined} */
  let board;
  try {
    checkStop(bh, model);
    board = tensorboard === undefined ? undefined : new TensorBoardFolder(tensorboard);
    folder = out === undefined ? undefined : new OutputFolder(out, bh.catalog.algos.find(({ name }) => name === model.algo)?.metrics);
    folder?.writeConfig(model, plan.options.preset);
    const since = performance.now();
    await model.learn({
      signal,
      sliceMilliseconds: 50,
      onProgress(now) {
        folder?.writeRecords(now.records);
        board?.writeRecords(now.records);
        onProgress?.(now);
      },
    });
    const seconds = (performance.now() - since) / 1000;
    folder?.writeModels(model);
    return summarize(model, seconds, nLoaded);
  } finally {
    folder?.close();
    board?.close();
    model.dispose();
  }
}

/** @param {Model} model @param {number} seconds @param {number} [nLoaded]  tensors it began with */
function summarize(model, seconds, nLoaded) {
  const best = model.evaluate({ which: 'best' });
  const final = model.evaluate({ which: 'current' });
  return {
    type: 'summary', env: model.env.id, algo: model.algo, seed: Number(model.options.seed),
    total_timesteps: model.timesteps, episodes: model.episodes, solved_at_timestep: model.solvedAt,
    'eval/mean_reward': best.mean, 'eval/std_reward': best.std,
    'final/mean_reward': final.mean, 'final/std_reward': final.std, final_eval_episodes: final.episodes,
    ...nLoaded !== undefined && { init_from_tensors: nLoaded },
    'time/seconds': seconds, 'time/fps': model.timesteps / seconds,
    params_sha256: model.sha256(),
  };
}

/**
 * Calls `use` with a signal that Ctrl-C and SIGTERM abort; a second one does not wait.
 * @template T
 * @param {(signal: AbortSignal) => Promise<T>} use
 * @returns {Promise<T>}
 */
export async function interruptible(use) {
  const stop = new AbortController();
  const onSignal = () => {
    if (stop.signal.aborted) process.exit(130);
    stop.abort();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    return await use(stop.signal);
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}
