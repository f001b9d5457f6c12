// SPDX-License-Identifier: MIT
// Action masks of one's own environments: info.action_mask of reset and step, as in Gymnasium, or a method actionMasks(), as
// sb3-contrib asks for. 1 or true where an action is legal now.
import { copied } from './given.mjs';
import { shown } from './messages.mjs';

/** @typedef {import('../bellhop.js').Space} Space */

/** What is wrong with the entries of a mask, as "has 2 at [1], but …". @param {ArrayLike<any>} mask */
export function problemOfMask(mask) {
  const at = Array.prototype.findIndex.call(mask, (each) => each !== 0 && each !== 1 && each !== true && each !== false);
  return at < 0 ? undefined : `has ${shown(mask[at])} at [${at}], but must have 1 where an action is legal and 0 where not`;
}

/**
 * Whether an environment gives masks. Where it neither says so nor has a method for them, its first reset tells.
 * @param {any} env @param {Space} actionSpace
 */
export function givesMasks(env, actionSpace) {
  if (actionSpace.type === 'Box') return false;
  if (typeof env.hasActionMask === 'boolean') return env.hasActionMask;
  if (typeof env.actionMasks === 'function') return true;
  if (env.reset?.constructor.name === 'AsyncFunction') return false; // it answers later, and is not asked twice
  try {
    const result = env.reset({ seed: 0 });
    if (typeof result?.then === 'function') result.then(() => {}, () => {}); // it is told where it is stepped
    return Array.isArray(result) && result[1]?.action_mask !== undefined && result[1].action_mask !== null;
  } catch {
    return false; // as above
  }
}

/**
 * The mask after a reset or step, as numbers, or what is wrong with it. Where the episode has terminated, none is needed.
 * @param {any} env @param {any} info @param {number} n  actions @param {boolean} isOver
 * @returns {{ mask: ArrayLike<number | boolean>, problem?: undefined } | { mask?: undefined, problem: string }}
 */
export function readMask(env, info, n, isOver) {
  const hasMethod = typeof env.actionMasks === 'function', name = hasMethod ? 'actionMasks()' : 'info.action_mask';
  const mask = copied(name, hasMethod ? env.actionMasks() : info?.action_mask);
  if (isOver && (mask === undefined || mask === null)) return { mask: new Uint8Array(n) };
  if (typeof mask !== 'object' || mask === null || !(mask.length >= 0)) return { problem: `gave ${name} as ${shown(mask)}, but it must be an array of ${n}, 1 where an action is legal` };
  if (mask.length !== n) return { problem: `gave ${name} with ${mask.length} entries, but there are ${n} actions` };
  const problem = problemOfMask(mask);
  if (problem !== undefined) return { problem: `gave an ${name} that ${problem}` };
  if (!isOver && !Array.prototype.some.call(mask, Boolean)) return { problem: `gave an ${name} without a legal action; an episode in which nothing can be done has terminated` };
  return { mask };
}
