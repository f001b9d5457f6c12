// SPDX-License-Identifier: MIT
// Models whose environment somebody else steps, such as a game or a robot: of it the model has the spaces alone. It chooses an action
// (act), is told what came of it (observe), and does the learning that is due (learn): the three parts of a step of learn().
import { REWARD_MAX } from './custom-env.mjs';
import { shown } from './messages.mjs';
import { BellhopError } from './bellhop-error.mjs';

/** @typedef {import('./run.mjs').Run} Run */

/** @param {Run} run @param {string} name */
function needOutside(run, name) {
  if (run.own?.isOutside) return;
  throw new BellhopError('BH_ERR_STATE', `${name} is for an environment that you step, of which the model gets the spaces alone: { id, observationSpace, actionSpace }; ${run.env.id} is stepped by learn()`);
}

/** One observation, as numbers. @param {Run} run @param {unknown} obs */
function observationOf(run, obs) {
  const { flat } = run.flatten(obs);
  if (flat.length !== run.nObs) throw new BellhopError('BH_ERR_ARGUMENT', `there are ${flat.length / run.nObs} observations, but there must be one`);
  return flat;
}

/** Chooses an action, exploring. @param {Run} run @param {unknown} obs @returns {any} */
export function act(run, obs) {
  needOutside(run, 'act');
  const flat = observationOf(run, obs);
  run.use((wasm, address) => wasm.scratch((scratch) => wasm.check(wasm.call.bhx_run_act(address, scratch.floats(flat)))));
  const { action, box } = run.lastStep();
  return box ?? action;
}

/** Takes in what came of it, as step returns it. @param {Run} run @param {any} result */
export function observe(run, result) {
  needOutside(run, 'observe');
  if (!Array.isArray(result) || result.length < 4) {
    throw new BellhopError('BH_ERR_ARGUMENT', `observe takes what step returns, [observation, reward, terminated, truncated], but got ${Array.isArray(result) ? `an array of ${result.length}` : shown(result)}`);
  }
  const [obs, reward, terminated, truncated] = result;
  if (typeof reward !== 'number' || !(Math.abs(reward) <= REWARD_MAX)) throw new BellhopError('BH_ERR_ARGUMENT', `reward is ${shown(reward)}, but must be a finite number between -1e30 and 1e30`);
  for (const [name, value] of Object.entries({ terminated, truncated })) {
    if (typeof value !== 'boolean') throw new BellhopError('BH_ERR_ARGUMENT', `${name} is ${shown(value)}, but must be true or false`);
  }
  const flat = observationOf(run, obs);
  run.use((wasm, address) => wasm.scratch((scratch) =>
    wasm.check(wasm.call.bhx_run_observe(address, scratch.floats(flat), reward, Number(terminated), Number(truncated)))));
}

/** Does the learning that is due. @param {Run} run @param {unknown} options  of learn: there are none here */
export function learnOutside(run, options) {
  if (options !== undefined) throw new BellhopError('BH_ERR_ARGUMENT', `learn takes no options where you step ${run.env.id}: it does what is due after observe()`);
  run.use((wasm, address) => wasm.call.bhx_run_learn(address));
}
