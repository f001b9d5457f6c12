// SPDX-License-Identifier: MIT
// Models whose environment somebody else steps, such as a game or a robot: of it the model has the spaces alone. It chooses an action
// (act), is told what came of it (observe), and does the learning that is due (learn): the three parts of a step of learn().
import { rewardProblem } from './definition.mjs';
import { FLAG, reading } from './given.mjs';
import { shown } from './messages.mjs';
import { checked } from './rules.mjs';
import { flattenObs } from './run-values.mjs';
import { BellhopError } from './bellhop-error.mjs';

/** @typedef {import('./run.mjs').Run} Run */

/** @param {Run} run @param {string} name */
function needOutside(run, name) {
  if (run.use((wasm) => wasm.call.bhx_run_act === undefined)) throw new BellhopError('BH_ERR_UNKNOWN', `${name} is not in this module, but in the larger one: load({ text: true })`);
  if (run.own?.isOutside) return;
  throw new BellhopError('BH_ERR_STATE', `${name} is for an environment that you step, of which the model gets the spaces alone: { id, observationSpace, actionSpace }; ${run.env.id} is stepped by learn()`);
}

/** One observation, as numbers, with its mask where the environment has actionMasks(). @param {Run} run @param {unknown} obs @param {boolean} [isOver] */
function observationOf(run, obs, isOver = false) {
  const masks = run.nMask > 0 && !isOver ? /** @type {any} */ (run.own).make().actionMasks() : undefined;
  const { flat } = flattenObs(run, obs, masks), n = run.count(flat);
  if (n !== 1) throw new BellhopError('BH_ERR_ARGUMENT', `there are ${n} observations, but there must be one`);
  return flat;
}

/** Chooses an action, exploring. @param {Run} run @param {unknown} obs @returns {any} */
export function act(run, obs) {
  needOutside(run, 'act');
  const { frameSkip } = run.setup.options;
  if (frameSkip !== 1) throw new BellhopError('BH_ERR_CONFIG', `frameSkip is ${frameSkip}, but an environment that you step takes as many steps of an action as you let it; leave it 1`);
  const flat = observationOf(run, obs);
  run.use((wasm, address) => wasm.scratch((scratch) => wasm.check(wasm.call.bhx_run_act(address, scratch.floats(flat)))));
  const { action, box } = run.lastStep();
  return box ?? (run.coding?.acts ? run.coding.decodeAction(action) : action);
}

/** Takes in what came of it, as step returns it. @param {Run} run @param {any} result */
export function observe(run, result) {
  needOutside(run, 'observe');
  const [obs, reward, terminated, truncated] = reading('what observe takes', () => {
    if (Array.isArray(result) && result.length >= 4) return [0, 1, 2, 3].map((i) => result[i]);
    throw new BellhopError('BH_ERR_ARGUMENT', `observe takes what step returns, [observation, reward, terminated, truncated], but got ${Array.isArray(result) ? `an array of ${shown(result.length)}` : shown(result)}`);
  });
  if (rewardProblem(reward) !== undefined) throw new BellhopError('BH_ERR_ARGUMENT', `reward is ${shown(reward)}, but must be a finite number between -1e30 and 1e30`);
  for (const [name, value] of Object.entries({ terminated, truncated })) checked(name, value, FLAG);
  const flat = observationOf(run, obs, terminated);
  run.use((wasm, address) => wasm.scratch((scratch) =>
    wasm.check(wasm.call.bhx_run_observe(address, scratch.floats(flat), reward, Number(terminated), Number(truncated)))));
}

/** Does the learning that is due. @param {Run} run @param {unknown} options  of learn: there are none here */
export function learnOutside(run, options) {
  needOutside(run, 'learn');
  if (options !== undefined) throw new BellhopError('BH_ERR_ARGUMENT', `learn takes no options where you step ${run.env.id}: it does what is due after observe()`);
  run.use((wasm, address) => wasm.call.bhx_run_learn(address));
}
