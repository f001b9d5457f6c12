// SPDX-License-Identifier: MIT
// What can be asked of a session beside playing, and runs that do not begin anew. Apart from session.mjs: a lab's worker fetches this
// when it is asked for the first time, see plain-worker.mjs; every other worker has it from the start.
import { actionValues, maskOf } from '../lib/actions.mjs';
import { load, openCheckpoint, save } from '../lib/checkpoint.mjs';
import { createDemonstrated } from '../lib/imitation.mjs';
import { inspect } from '../lib/inspect.mjs';
import { learn, readPlan } from '../lib/learning.mjs';
import { breathe } from '../lib/loop.mjs';
import { evaluateAsync, flattenObs, logProbs, predict, stateValues } from '../lib/run-values.mjs';
import { BellhopError } from '../lib/bellhop-error.mjs';
import { SLICE_MS } from './session.mjs';

/** @typedef {import('./session.mjs').Session} Session */
/** @typedef {import('../lib/setup.mjs').Library} Library */
/**
 * A call of learn. `id` is for proceed; `isFollowed`: there is a callback; `isAborted`: it is stopped already.
 * @typedef {{ id: number, steps?: number, totalTimesteps?: number, resetNumTimesteps?: boolean, isFollowed?: boolean, isAborted?: boolean }} LearnCall
 */

/** Between two progresses of learn: its callback, on the page's side, is waited for. */
const PROGRESS_MS = 100;

/** By name, as service.mjs calls them. @type {Readonly<Record<string, (session: Session, ...values: any[]) => any>>} */
export const calls = Object.freeze({
  place,
  inspect: ({ run }, observation) => inspect(run, observation),
  evaluate: ({ run }, options) => evaluateAsync(run, options),
  // A full checkpoint goes on in the middle of a step; parameters are those of its end.
  save: ({ run }, options) => options?.full === true && !run.owed ? save(run, options) : run.between(() => save(run, options)),
  load: (session, bytes) => session.run.between(() => {
    load(session.run, bytes);
    session.loaded();
  }),
  qValues: ({ run }, observations, actions) => actionValues(run, observations, actions),
  predictValues: ({ run }, observations, options) => stateValues(run, flattenObs(run, observations, maskOf('predictValues', options)).flat),
  logProbs: ({ run }, observations, options) => logProbs(run, flattenObs(run, observations, maskOf('logProbs', options)).flat),
  predict: ({ run }, observation, options) => predict(run, observation, options),
  learn: learnIn,
});

/** The step since which the agent is there; null where it cannot be. @param {Session} session @param {unknown} observation */
function place(session, observation) {
  const { run } = session, { flat } = flattenObs(run, observation);
  if (run.count(flat) !== 1) throw new BellhopError('BH_ERR_ARGUMENT', `place takes one observation, but got ${run.count(flat)}`);
  const isThere = run.use((wasm, address) => wasm.scratch((scratch) => wasm.call.bhx_run_place(address, scratch.floats(flat)) !== 0));
  if (!isThere) return null;
  session.requestFrame();
  return run.timesteps;
}

/**
 * As a model's. `tell` posts a progress to the page, whose callback answers by `proceed`.
 * @param {Session} session @param {unknown} call  a LearnCall @param {(progress: object) => void} tell
 */
async function learnIn(session, call, tell) {
  const { id, isFollowed = false, isAborted = false, ...options } = /** @type {LearnCall} */ (Object(call));
  if (session.learning) throw new BellhopError('BH_ERR_STATE', 'learn was called while this session is learning');
  readPlan(session.learner, options);
  const learning = { id, stop: new AbortController(), answer: (/** @type {boolean} */ _goesOn) => {} };
  const ask = (/** @type {object} */ progress) => new Promise((answer) => {
    learning.answer = answer;
    tell(progress);
  });
  let toldAt = performance.now();
  const isDue = () => {
    const isLate = performance.now() - toldAt > PROGRESS_MS;
    if (isLate) toldAt = performance.now();
    return isLate;
  };
  if (isAborted) learning.stop.abort();
  session.standStill();
  session.learning = learning;
  try {
    await session.run.between(() => {}); // of play
    return await learn(session.learner,
      { sliceMilliseconds: SLICE_MS, ...options, signal: learning.stop.signal, ...isFollowed && { onProgress: ask } },
      { take: (n) => session.portion(n), afterSlice: () => session.afterSlice(), isDue });
  } finally {
    session.learning = null;
    session.rest();
    session.requestFrame();
  }
}

/** Does the updates that follow from demonstrations, while others have their turn. @param {import('../lib/run.mjs').Run} run */
export async function pretrained(run) {
  while (run.isUnderWay && run.timesteps === 0 && !run.owed) {
    await breathe();
    run.steps(0);
  }
}

/** The run of a recipe that names a checkpoint or demonstrations. @param {Library} library @param {any} recipe */
export function makeRun(library, { checkpoint, env, envOptions, demonstrations, startFrom, algo, options }) {
  if (checkpoint === undefined) return createDemonstrated(library, { env, algo, envOptions, demonstrations, options });
  for (const [key, value] of Object.entries({ demonstrations, startFrom })) {
    if (value !== undefined) throw new BellhopError('BH_ERR_CONFIG', `${key} is for a new run, but this one is made from a checkpoint`);
  }
  return openCheckpoint(library, checkpoint, { algo, env: env === undefined ? undefined : { env, options: envOptions }, options });
}
