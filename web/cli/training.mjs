// SPDX-License-Identifier: MIT
// A run from its model to its summary: in the process of `bellhop train`, and in each thread of a pool.
import { shown } from '../lib/messages.mjs';
import { metadataOf } from '../lib/checkpoint.mjs';
import { isUnderWay } from '../lib/model.mjs';
import { findAlgo, findEnv } from '../lib/setup.mjs';
import { BellhopError } from '../node/node.mjs';
import { flagOf, inFlags } from './args.mjs';
import { checkFolder } from './claim.mjs';
import { toTheEnd } from './ending.mjs';
import { OutputFolder, TensorBoardFolder } from './folder.mjs';
import { unusable } from './journal.mjs';
import { NativeModel } from './native-model.mjs';
import { LostError, NativeProcess } from './native-process.mjs';
import { checkStop, makeModel, orDispose } from './plan.mjs';
import { guarded } from './stray.mjs';

/** @typedef {import('../bellhop.js').Model} Model */
/**
 * A run. `resume`: it goes on with what is in `out`, as far as there is something, with the live options of its plan from then on. `native`:
 * the program that takes its steps.
 * @typedef {import('./folder.mjs').Beginning & { plan: import('./plan.mjs').Plan, out?: string, tensorboard?: string, native?: string }} Job
 */
/** @typedef {Awaited<ReturnType<typeof summarize>>} Summary  means and deviations are NaN where the environment failed */
/** @typedef {import('../bellhop.js').LearnProgress & { records: import('../bellhop.js').RunRecord[], exploration?: unknown, from?: number }} Now  exploration: which; from: timesteps it went on from */

/** How long the scores of a run that was told to end may take. */
const SCORE_MS = 500;

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
async function runJob(bh, job, how) {
  if (job.native === undefined) return runIn(bh, job, how);
  const child = await NativeProcess.start(job.native, bh.catalog.version); // before anything is written
  try {
    return await runIn(bh, job, how, child);
  } finally {
    await child.end();
  }
}

/** @param {import('../bellhop.js').Bellhop} bh @param {Job} job @param {Listening} how @param {NativeProcess} [child]  which takes the steps @returns {Promise<Summary>} */
async function runIn(bh, job, { signal, onProgress }, child) {
  const { model: made, nLoaded, folder, board } = begin(bh, job);
  /** @type {Model | NativeModel} */
  let model = made;
  try {
    folder?.begin(made, job.plan.options.preset);
    const from = model.timesteps;
    const { exploration } = model.options;
    const since = performance.now();
    if (child) model = await NativeModel.takeOver(bh, made, child);
    const { failure, isComplete } = await learn(model, folder, {
      signal,
      onProgress(now) {
        board?.writeRecords(now.records);
        onProgress?.({ ...now, exploration, from });
      },
    });
    const seconds = (performance.now() - since) / 1000;
    folder?.close(); // before the scores, which a second signal does not wait for
    if (model instanceof NativeModel && model.isLost) throw new LostError(failure);
    const summary = await summarize(model, { seconds, from, nLoaded, failure, isComplete, signal });
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
 * The model of a job and its folder: a run that begins has the model first, so that nothing is made where that is refused.
 * @param {import('../bellhop.js').Bellhop} bh @param {Job} job @returns {{ model: Model, nLoaded?: number, folder?: OutputFolder, board?: TensorBoardFolder }}
 */
function begin(bh, job) {
  const { plan, out, overwrite, resume, command, interval, tensorboard } = job;
  const how = { overwrite, resume, command, interval, metrics: bh.catalog.algos.find(({ name }) => name === plan.algo)?.metrics };
  let folder = out !== undefined && resume ? new OutputFolder(out, how) : undefined;
  /** @type {Model | undefined} */
  let model;
  /** @type {TensorBoardFolder | undefined} */
  let board;
  try {
    const made = folder?.checkpoint === undefined ? makeModel(bh, plan) : { model: continued(bh, plan, folder.checkpointFile, folder.checkpoint) };
    model = made.model;
    checkStop(bh, model);
    if (out !== undefined && folder === undefined) checkFolder(out, { overwrite });
    board = tensorboard === undefined ? undefined : new TensorBoardFolder(tensorboard, { resume, from: model.timesteps });
    if (out !== undefined) folder ??= new OutputFolder(out, how);
    return { ...made, folder, board };
  } catch (error) {
    folder?.close();
    board?.close();
    model?.dispose();
    throw error;
  }
}

/**
 * The model of a full checkpoint, which must be of this run; live options are those of the plan from here on.
 * @param {import('../bellhop.js').Bellhop} bh @param {import('./plan.mjs').Plan} plan @param {string} file @param {Uint8Array} bytes @returns {Model}
 */
function continued(bh, plan, file, bytes) {
  const model = opened(bh, plan, file, bytes);
  return orDispose(model, () => {
    const [run, env] = [[...bh.catalog.run, ...findAlgo(bh.catalog, plan.algo).options], findEnv(bh.catalog, plan.env).options];
    const changes = { ...changed(env, 'env-', plan.envOptions, model.env.options, file), ...changed(run, '', { seed: 0, ...plan.options }, model.options, file) };
    if (Object.keys(changes).length > 0) inFlags(run, '', () => inFlags(env, 'env-', () => model.set(changes)));
    return model;
  });
}

/** @param {import('../bellhop.js').Bellhop} bh @param {import('./plan.mjs').Plan} plan @param {string} file @param {Uint8Array} bytes @returns {Model} */
function opened(bh, { env, algo }, file, bytes) {
  const metadata = metadataOf(bytes);
  if (metadata?.state_entries !== undefined && (metadata.env !== env || metadata.algo !== algo)) throw unusable(file, `it is of ${metadata.algo} in ${metadata.env}, and the run of ${algo} in ${env}`);
  if (metadata !== undefined && metadata.state_entries === undefined) throw unusable(file, 'it is no full checkpoint');
  try {
    return bh.loadModel(bytes);
  } catch (error) {
    throw error instanceof BellhopError ? unusable(file, error.message) : error;
  }
}

/**
 * What is typed otherwise than it was saved, if it may be.
 * @param {readonly import('../bellhop.js').Field[]} fields @param {string} prefix @param {Record<string, unknown>} typed @param {Record<string, unknown>} saved
 * @param {string} file
 */
function changed(fields, prefix, typed, saved, file) {
  const others = fields.filter(({ key }) => typed[key] !== undefined && !isSame(typed[key], saved[key]));
  const settled = others.find(({ live }) => !live);
  if (settled) throw unusable(file, `it is of another run, whose --${flagOf(settled, prefix)} is ${shown(saved[settled.key])} and not ${shown(typed[settled.key])}`);
  return Object.fromEntries(others.map(({ key }) => [key, typed[key]]));
}

/** A number may have been rounded where it was saved. @param {unknown} a @param {unknown} b */
function isSame(a, b) {
  return typeof a === 'number' && typeof b === 'number' ? Math.fround(a) === Math.fround(b) : JSON.stringify(a) === JSON.stringify(b);
}

/**
 * Learns, and writes what there is as it comes and in the end, whatever ends it.
 * @param {Model | NativeModel} model @param {OutputFolder | undefined} folder
 * @param {{ signal?: AbortSignal, onProgress: NonNullable<import('../bellhop.js').LearnOptions['onProgress']> }} how
 * @returns {Promise<{ failure: string | undefined, isComplete: boolean }>} failure: what went wrong
 */
export async function learn(model, folder, { signal, onProgress }) {
  let isComplete = false;
  const failure = await toTheEnd(() => guarded(model.env.id, signal, async (stop) => {
    try {
      return await takeSteps(model, folder, stop, onProgress);
    } finally {
      if (model instanceof NativeModel) await model.fetchLast();
    }
  }), (isOver, hasFailed) => {
    isComplete = isOver;
    folder?.end(model, { isComplete, hasFailed });
  });
  return { failure, isComplete };
}

/**
 * @param {Model | NativeModel} model @param {OutputFolder | undefined} folder @param {AbortSignal} signal
 * @param {NonNullable<import('../bellhop.js').LearnOptions['onProgress']>} tell
 * @returns {Promise<boolean>} whether the run has come to its end
 */
async function takeSteps(model, folder, signal, tell) {
  const isOver = () => model instanceof NativeModel ? model.isOver : model.timesteps >= Number(model.options.totalTimesteps) && !isUnderWay(/** @type {any} */ (model));
  if (model.finished || isOver()) return true; // it was ended after its last step
  const { finished } = await model.learn({
    signal,
    sliceMilliseconds: 50,
    onProgress(now) {
      folder?.writeRecords(now.records, model);
      const saved = now.error === undefined ? folder?.saveInTime(model) : undefined;
      tell(now);
      return saved;
    },
  });
  return finished || isOver();
}

/**
 * @param {Model | NativeModel} model
 * @param {{ seconds: number, from: number, nLoaded?: number, failure?: string, isComplete: boolean, signal?: AbortSignal }} run  from: timesteps it went on from;
 *   nLoaded: tensors it began with; failure: what ended it; signal: says that it is to end, and then scores are not waited for
 */
async function summarize(model, { seconds, from, nLoaded, failure, isComplete, signal }) {
  let error = failure;
  const hurry = soonAfter(signal);
  const score = async (/** @type {import('../bellhop.js').Which} */ which) => {
    try {
      return await model.evaluateAsync({ which, signal: hurry });
    } catch (cause) {
      if (!hurry.aborted) error ??= /** @type {Error} */ (cause).message;
      return { mean: NaN, std: NaN, episodes: 0 };
    }
  };
  const [best, final] = [await score('best'), await score('current')];
  return {
    type: 'summary', env: model.env.id, algo: model.algo, seed: Number(model.options.seed),
    total_timesteps: model.timesteps, episodes: model.episodes, solved_at_timestep: model.solvedAt,
    'eval/mean_reward': best.mean, 'eval/std_reward': best.std,
    'final/mean_reward': final.mean, 'final/std_reward': final.std, final_eval_episodes: Math.max(best.episodes, final.episodes),
    ...nLoaded !== undefined && { init_from_tensors: nLoaded },
    ...from > 0 && { resumed_at_timestep: from },
    'time/seconds': seconds, 'time/fps': (model.timesteps - from) / seconds,
    params_sha256: model.sha256(),
    ...model.diverged && { diverged: true },
    ...!isComplete && { stopped: true },
    ...error !== undefined && { error },
  };
}

/** A signal that aborts a moment after another one. @param {AbortSignal | undefined} signal */
function soonAfter(signal) {
  const stop = new AbortController();
  const begin = () => setTimeout(() => stop.abort(), SCORE_MS).unref();
  if (signal?.aborted) begin();
  else signal?.addEventListener('abort', begin, { once: true });
  return stop.signal;
}
