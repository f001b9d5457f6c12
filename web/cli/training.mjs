// SPDX-License-Identifier: MIT
// A run from its model to its summary: in the process of `bellhop train`, and in each thread of a pool.
import process from 'node:process';
import { OutputFolder, TensorBoardFolder, checkFolder } from './folder.mjs';
import { checkStop, makeModel } from './plan.mjs';

/** @typedef {import('../bellhop.js').Model} Model */
/** @typedef {{ plan: import('./plan.mjs').Plan, out?: string, overwrite?: boolean, tensorboard?: string }} Job */
/** @typedef {ReturnType<typeof summarize>} Summary  means and deviations are NaN where the environment failed */
/** @typedef {import('../bellhop.js').LearnProgress & { records: import('../bellhop.js').RunRecord[], exploration?: unknown }} Now  exploration: which */

/** An error ended a run; what it had come to is written, and this is its summary. */
export class EndedEarly extends Error {
  /** @param {string} message @param {Summary} summary */
  constructor(message, summary) {
    super(message);
    this.summary = summary;
  }
}

/**
 * The summary of a run in any case, and the error that ended it.
 * @param {Promise<Summary>} run
 * @returns {Promise<{ summary: Summary, error?: EndedEarly }>}
 */
export async function settled(run) {
  try {
    return { summary: await run };
  } catch (error) {
    if (error instanceof EndedEarly) return { summary: error.summary, error };
    throw error;
  }
}

/**
 * @param {import('../bellhop.js').Bellhop} bh
 * @param {Job} job
 * @param {{ signal?: AbortSignal, onProgress?: (now: Now) => unknown }} [how]
 */
export async function trainJob(bh, { plan, out, overwrite, tensorboard }, { signal, onProgress } = {}) {
  const { model, nLoaded } = makeModel(bh, plan);
  /** @type {OutputFolder | undefined} */
  let folder;
  /** @type {TensorBoardFolder | undefined} */
  let board;
  try {
    checkStop(bh, model);
    if (out !== undefined) checkFolder(out, overwrite);
    board = tensorboard === undefined ? undefined : new TensorBoardFolder(tensorboard);
    folder = out === undefined ? undefined : new OutputFolder(out, { metrics: bh.catalog.algos.find(({ name }) => name === model.algo)?.metrics, overwrite });
    folder?.writeConfig(model, plan.options.preset);
    const { exploration } = model.options;
    const since = performance.now();
    const failure = await errorOf(() => model.learn({
      signal,
      sliceMilliseconds: 50,
      onProgress(now) {
        folder?.writeRecords(now.records);
        board?.writeRecords(now.records);
        onProgress?.({ ...now, exploration });
      },
    }));
    const seconds = (performance.now() - since) / 1000;
    folder?.writeModels(model);
    const summary = summarize(model, { seconds, nLoaded, failure });
    if (summary.error !== undefined) throw new EndedEarly(summary.error, summary);
    return summary;
  } finally {
    folder?.close();
    board?.close();
    model.dispose();
  }
}

/** The message of the error that `use` ends with. @param {() => unknown} use @returns {Promise<string | undefined>} */
export async function errorOf(use) {
  try {
    await use();
    return undefined;
  } catch (error) {
    return /** @type {Error} */ (error).message;
  }
}

/**
 * @param {Model} model
 * @param {{ seconds: number, nLoaded?: number, failure?: string }} run  nLoaded: tensors it began with; failure: what ended it
 */
function summarize(model, { seconds, nLoaded, failure }) {
  let error = failure;
  const score = (/** @type {import('../bellhop.js').Which} */ which) => {
    try {
      return model.evaluate({ which });
    } catch (cause) {
      error ??= /** @type {Error} */ (cause).message;
      return { mean: NaN, std: NaN, episodes: 0 };
    }
  };
  const [best, final] = [score('best'), score('current')];
  return {
    type: 'summary', env: model.env.id, algo: model.algo, seed: Number(model.options.seed),
    total_timesteps: model.timesteps, episodes: model.episodes, solved_at_timestep: model.solvedAt,
    'eval/mean_reward': best.mean, 'eval/std_reward': best.std,
    'final/mean_reward': final.mean, 'final/std_reward': final.std, final_eval_episodes: Math.max(best.episodes, final.episodes),
    ...nLoaded !== undefined && { init_from_tensors: nLoaded },
    'time/seconds': seconds, 'time/fps': model.timesteps / seconds,
    params_sha256: model.sha256(),
    ...hasDiverged(model) && { diverged: true },
    ...error !== undefined && { error },
  };
}

/** Whether parameters are no numbers any more. @param {Model} model */
const hasDiverged = (model) => Object.values(model.parameters()).some(({ data }) => !data.every(Number.isFinite));

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
