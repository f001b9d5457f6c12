// SPDX-License-Identifier: MIT
// A run from its model to its summary: in the process of `bellhop train`, and in each thread of a pool.
import { checkFolder } from './claim.mjs';
import { toTheEnd } from './ending.mjs';
import { OutputFolder, TensorBoardFolder } from './folder.mjs';
import { checkStop, makeModel } from './plan.mjs';
import { guarded } from './stray.mjs';

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
 * The summary of a run, as far as there is one, and the error that ended it.
 * @param {Promise<Summary>} run
 * @returns {Promise<{ summary: Summary | null, error?: unknown }>}
 */
export async function settled(run) {
  try {
    return { summary: await run };
  } catch (error) {
    return { summary: error instanceof EndedEarly ? error.summary : null, error };
  }
}

/** @typedef {{ signal?: AbortSignal, onProgress?: (now: Now) => unknown }} Listening */

/**
 * The run of a job; what its environment does before and after learning, as in close(), is heard of too.
 * @param {import('../bellhop.js').Bellhop} bh @param {Job} job @param {Listening} [how]
 * @returns {Promise<Summary>}
 */
export async function trainJob(bh, job, how = {}) {
  /** @type {Summary | undefined} */
  let summary;
  try {
    await guarded(job.plan.env, undefined, async () => {
      summary = await runJob(bh, job, how);
    });
  } catch (error) {
    if (summary === undefined) throw error;
    const { message } = /** @type {Error} */ (error);
    throw new EndedEarly(message, { ...summary, error: message });
  }
  return /** @type {Summary} */ (/** @type {unknown} */ (summary));
}

/** @param {import('../bellhop.js').Bellhop} bh @param {Job} job @param {Listening} how @returns {Promise<Summary>} */
async function runJob(bh, { plan, out, overwrite, tensorboard }, { signal, onProgress }) {
  const { model, nLoaded } = makeModel(bh, plan);
  /** @type {OutputFolder | undefined} */
  let folder;
  /** @type {TensorBoardFolder | undefined} */
  let board;
  try {
    checkStop(bh, model);
    if (out !== undefined) checkFolder(out, { overwrite });
    board = tensorboard === undefined ? undefined : new TensorBoardFolder(tensorboard);
    folder = out === undefined ? undefined : new OutputFolder(out, { metrics: bh.catalog.algos.find(({ name }) => name === model.algo)?.metrics, overwrite });
    folder?.writeConfig(model, plan.options.preset);
    const { exploration } = model.options;
    const since = performance.now();
    const failure = await learn(model, folder, {
      signal,
      onProgress(now) {
        board?.writeRecords(now.records);
        onProgress?.({ ...now, exploration });
      },
    });
    const seconds = (performance.now() - since) / 1000;
    folder?.close(); // before the scores, which a second signal does not wait for
    const summary = summarize(model, { seconds, nLoaded, failure });
    if (summary.error !== undefined) throw new EndedEarly(summary.error, summary);
    return summary;
  } finally {
    try {
      board?.close();
    } finally {
      folder?.close();
      model.dispose();
    }
  }
}

/**
 * Learns, and writes what there is as it comes and in the end, whatever ends it.
 * @param {Model} model @param {OutputFolder | undefined} folder
 * @param {{ signal?: AbortSignal, onProgress: (now: import('../bellhop.js').LearnProgress & { records: import('../bellhop.js').RunRecord[] }) => unknown }} how
 * @returns {Promise<string | undefined>} what went wrong
 */
export function learn(model, folder, { signal, onProgress }) {
  return toTheEnd(() => guarded(model.env.id, signal, async (stop) => {
    const { finished, timesteps, totalTimesteps } = await model.learn({
      signal: stop,
      sliceMilliseconds: 50,
      onProgress(now) {
        folder?.writeRecords(now.records, model);
        onProgress(now);
      },
    });
    return finished || timesteps >= totalTimesteps;
  }), (isComplete) => folder?.end(model, isComplete));
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
