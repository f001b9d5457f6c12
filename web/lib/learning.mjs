// SPDX-License-Identifier: MIT
// learn() of models and of the worker's sessions: a plan of steps, taken slice by slice, with progress told in between. Apart from
// learner.mjs: a page plays, and needs this only when somebody calls it.
import { readLearnOptions } from './learn-options.mjs';
import { areFinite } from './checkpoint.mjs';
import { Slice, breathe, turn, unlessAborted } from './loop.mjs';
import { Metrics } from './metrics.mjs';
import { FLAG } from './given.mjs';
import { whole } from './rules.mjs';
import { LABELS } from './setup.mjs';
import { BellhopError } from './bellhop-error.mjs';

/** @typedef {import('./learner.mjs').Learner} Learner */
/** @typedef {import('../bellhop.js').LearnOptions} LearnOptions */
/** @typedef {import('../bellhop.js').LearnResult} LearnResult */
/**
 * What a session of a worker does otherwise than a model: it takes its steps by itself, shows a frame after each slice, and tells its progress
 * after some of them; after the last one in any case.
 * @typedef {{ take?: (n: number) => number, afterSlice?: () => void, isDue?: () => boolean }} Host
 */

const SLICE_MS = 12;

const REPLAY = ['learningStarts', 'trainFreq'];
/** What the first update waits for. @type {Record<string, string[]>} */
const WAITS_FOR = { dqn: REPLAY, ddpg: REPLAY, td3: REPLAY, sac: REPLAY, ppo: ['nSteps', 'nEnvs'], pqn: ['nSteps', 'nEnvs'], reinforce: ['episodesPerUpdate'], clone: ['demonstrations'] };

/** `learningStarts` of a run that shall not learn: the largest there is. */
const NEVER = 1e9;

/** Nobody takes steps. @param {import('./run.mjs').Run} run */
function rest(run) {
  run.isDriven = false;
  run.settle();
}

/** Whether its last step was taken, to its end. @param {Learner} learner */
const isAtEnd = ({ run, end }) => run.timesteps >= end && !run.isUnderWay;

/** Whether an environment gave up because it was told to: it may have the signal, too. @param {any} error */
const isAbort = (error) => error.cause?.name === 'AbortError';

/** Whether a loss was, or a parameter is, not finite. @param {Learner} learner */
export const hasDiverged = (learner) => learner.hasBadLoss || !areFinite(learner.run);

/** An aborted signal ends it as a callback that returns false does: it resolves, to where it stopped. @param {Learner} learner @param {LearnOptions} [options] @param {Host} [host] @returns {Promise<LearnResult>} */
export async function learn(learner, options = {}, { take = (n) => learner.steps(n), afterSlice = () => {}, isDue = () => true } = {}) {
  const { run } = learner, { plan, onProgress, signal, slice } = readPlan(learner, options);
  run.check();
  if (learner.records) throw new BellhopError('BH_ERR_STATE', 'learn was called while this model is learning');
  begin(learner, plan);
  learner.records = [];
  run.isDriven = true;
  try {
    await learnUntilEnd(learner, slice, signal, { take, afterSlice, isDue, onProgress });
  } finally {
    learner.records = null;
    rest(run);
  }
  if (run.timesteps >= Math.max(learner.end, Number(run.setup.options.totalTimesteps))) warnWithoutUpdate(learner);
  return { ...progressOf(learner), diverged: hasDiverged(learner), finished: run.finished, solvedAt: run.solvedAt };
}

/** @param {Learner} learner @param {Slice} slice @param {AbortSignal | undefined} signal @param {Required<Host> & { onProgress: LearnOptions['onProgress'] }} host */
async function learnUntilEnd(learner, slice, signal, { take, afterSlice, isDue, onProgress }) {
  const { run } = learner;
  const tell = async (/** @type {{ error: unknown } | undefined} */ failure) => {
    rest(run); // the callback may wait for what is done between two steps
    const answer = await unlessAborted(onProgress?.({ ...progressOf(learner), records: learner.records?.splice(0) ?? [], ...failure }), signal);
    run.isDriven = true;
    return answer !== false;
  };
  while ((run.timesteps < learner.end || run.isUnderWay) && !signal?.aborted) {
    /** @type {{ error: unknown } | undefined} */
    let failure;
    await turn(run, slice.milliseconds, (isOver) => {
      failure = takeSlice(learner, slice, take, isOver);
    });
    afterSlice();
    const isOver = failure !== undefined || run.finished || isAtEnd(learner);
    const goesOn = !(isOver || isDue()) || await tell(failure);
    if (failure && !(signal?.aborted && isAbort(failure.error))) throw failure.error;
    if (!goesOn || run.finished) return;
    await breathe();
  }
  if (learner.records?.length) await tell(undefined); // it was aborted between two of them
}

/** Options of learn with their defaults; throws where learn would refuse them. @param {Learner} learner @param {LearnOptions} options */
export function readPlan({ run }, options) {
  const rules = { steps: whole(0, run.timestepsMax), totalTimesteps: whole(1, run.timestepsMax), resetNumTimesteps: FLAG };
  const { steps, totalTimesteps, resetNumTimesteps, onProgress, signal, sliceMilliseconds = SLICE_MS } = readLearnOptions(options, rules);
  if (steps !== undefined && (totalTimesteps ?? resetNumTimesteps) !== undefined) {
    const other = totalTimesteps === undefined ? 'resetNumTimesteps' : 'totalTimesteps';
    throw new BellhopError('BH_ERR_ARGUMENT', `steps is the next part of the run, and ${other} makes another plan: give one of them`);
  }
  return { plan: { steps, totalTimesteps, resetNumTimesteps }, onProgress, signal, slice: new Slice(sliceMilliseconds) };
}

/**
 * Says where this call ends, and where the run does: the schedules' horizon. A part of the run leaves that alone, unless it goes beyond.
 * @param {Learner} learner @param {{ steps?: number, totalTimesteps?: number, resetNumTimesteps?: boolean }} plan
 */
function begin(learner, { steps, totalTimesteps, resetNumTimesteps = false }) {
  const { run } = learner;
  if (resetNumTimesteps) {
    run.resetTimesteps();
    learner.metrics = new Metrics();
    learner.end = 0;
  }
  const { timesteps, setup } = run;
  const { totalTimesteps: planned, nEnvs, frameSkip = 1 } = /** @type {Record<string, number>} */ (setup.options);
  const isDone = (timesteps >= planned && !run.isUnderWay) || resetNumTimesteps;
  // Steps of several environments end past the number that was asked for: parts are counted from that number.
  const isRounded = timesteps >= learner.end && timesteps - learner.end < nEnvs * frameSkip;
  if (steps !== undefined) learner.end = (isRounded ? learner.end : timesteps) + steps;
  else learner.end = totalTimesteps === undefined && !isDone ? planned : timesteps + (totalTimesteps ?? learner.budget);
  if (steps === undefined || learner.end > planned) run.set({ totalTimesteps: learner.end });
}

/**
 * What an environment's failure ends has records too: the failure is returned, so that they are told first.
 * @param {Learner} learner @param {Slice} slice @param {(n: number) => number} take @param {() => boolean} isOver
 * @returns {{ error: unknown } | undefined}
 */
function takeSlice(learner, slice, take, isOver) {
  const { run, end } = learner;
  /** @type {{ error: unknown } | undefined} */
  let failure;
  slice.run(Math.max(1, end - run.timesteps), (n) => { // the last evaluation may wait after the last step
    try {
      return take(n);
    } catch (error) {
      failure = { error };
      return 0;
    }
  }, () => failure !== undefined || run.finished || isAtEnd(learner) || isOver());
  return failure;
}

/** What a step outside has come to: its records, with the progress. @param {Learner} learner @returns {LearnResult & { records: import('../bellhop.js').RunRecord[] }} */
export function progressOutside(learner) {
  const { run } = learner;
  learner.records = [];
  learner.take();
  const { records } = learner;
  learner.records = null;
  return { ...progressOf(learner), totalTimesteps: Number(run.setup.options.totalTimesteps), records, diverged: learner.hasBadLoss, finished: false, solvedAt: null };
}

/** @param {Pick<Learner, 'end' | 'metrics'> & { run: Pick<import('./run.mjs').Run, 'timesteps' | 'episodes' | 'updates'> }} learner */
export function progressOf({ run: { timesteps, episodes, updates: nUpdates }, end, metrics }) {
  return { timesteps, totalTimesteps: end, episodes, nUpdates, ...metrics.summary(timesteps) };
}

/** Says so, once, where all steps were taken and nothing was learned from them. @param {Learner} learner */
export function warnWithoutUpdate(learner) {
  const { algo, timesteps, updates, setup } = learner.run;
  if (updates > 0 || learner.hasWarned || setup.options.learningStarts === NEVER) return;
  learner.hasWarned = true;
  const why = WAITS_FOR[algo.name]?.map((key) => key in setup.options ? `${key} (${setup.options[key]})` : key).join(' and ');
  console.warn(`bellhop: ${LABELS[algo.name] ?? algo.name} has made no update after ${timesteps} steps${why ? `: the first one waits for ${why}` : ''}`);
}
