// SPDX-License-Identifier: MIT
// Environments of one's own may have any space; the module knows Discrete from 0 on and Box of float32 or of bytes. This says what the others
// are there, and translates elements on their way in and out: observations by flattening, actions as one number.
import { BellhopError } from './bellhop-error.mjs';
import { flatdim, isList, product, shapeOf } from './space-definition.mjs';
import { actionAt, entriesOf, innerOf, read, readObservation } from './space-values.mjs';
import { shown } from './messages.mjs';

/** @typedef {import('../bellhop.js').Space} Space */
/** @typedef {import('../bellhop.js').ModuleSpace} ModuleSpace */
/** @typedef {import('./space-values.mjs').Entries} Entries */

const ACTIONS_MAX = 10_000;
const NUMBERS_MAX = 1_000;

/** Whether the module knows a space as it is. @param {Space} space */
function isNative(space) {
  if (space.type === 'Discrete') return space.start === undefined;
  return space.type === 'Box' && (space.dtype === 'float32' || space.dtype === 'uint8');
}

/** What an environment's spaces need; null where the module knows both as they are. @param {Space} observationSpace @param {Space} actionSpace */
export const codingOf = (observationSpace, actionSpace) => (isNative(observationSpace) && isNative(actionSpace) ? null : new Coding(observationSpace, actionSpace));

export class Coding {
  /** How many values each entry of an action has, and its least. @type {Entries | null} */
  #entries;

  /** @param {Space} observationSpace @param {Space} actionSpace */
  constructor(observationSpace, actionSpace) {
    /** As their author declared them. */
    this.spaces = Object.freeze({ observationSpace, actionSpace });
    /** Whether observations, and actions, are otherwise in the module. */
    this.observes = !isNative(observationSpace);
    this.acts = !isNative(actionSpace);
    this.#entries = entriesOf(actionSpace);
    /** As the module has them. */
    this.core = Object.freeze({ observationSpace: coreObservations(observationSpace), actionSpace: coreActions(actionSpace) });
    /** Says which spaces a checkpoint is of; bounds of numbers do not count. */
    this.signature = JSON.stringify([described(observationSpace), described(actionSpace)]);
  }

  /** The numbers of an observation. @param {string} what  messages call it so @param {unknown} value @returns {ArrayLike<number>} */
  encodeObs(what, value) {
    const { flat, problem } = readObservation(this.spaces.observationSpace, value);
    if (problem !== undefined) throw new BellhopError('BH_ERR_ARGUMENT', `${what} ${problem}`);
    return flat;
  }

  /** @param {ArrayLike<number>} floats of one observation @returns {any} */
  decodeObs(floats) {
    const { observationSpace: space } = this.spaces;
    return space.type === 'Discrete' ? floats[0] + (space.start ?? 0) : read(space, floats, { at: 0 });
  }

  /** Of several, row after row: one array of their numbers where they are Discrete or a Box, else an array of them. @param {Float32Array} floats @param {number} n @returns {any} */
  decodeRows(floats, n) {
    const { observationSpace: space } = this.spaces;
    if (space.type === 'Discrete') return floats.map((x) => x + (space.start ?? 0));
    if (space.type === 'Box') return read({ ...space, shape: [floats.length] }, floats, { at: 0 });
    const size = floats.length / n;
    return Array.from({ length: n }, (_, i) => this.decodeObs(floats.subarray(i * size, (i + 1) * size)));
  }

  /**
   * One observation or several, as users give them, flat.
   * @param {any} given @returns {{ flat: ArrayLike<number>, single: boolean }}
   */
  flatten(given) {
    const { observationSpace: space } = this.spaces;
    const { flat, problem } = readObservation(space, given);
    if (problem === undefined) return { flat, single: true };
    const rows = isList(given) && given.length > 0 ? Array.from(this.#rowsOf(given)) : [];
    const isSeveral = rows.length > 0 && (space.type === 'Discrete' || rows.every((row) => typeof row === 'object' && row !== null));
    if (!isSeveral) throw new BellhopError('BH_ERR_ARGUMENT', `the observation ${problem}`);
    return { flat: rows.flatMap((row, i) => Array.from(this.encodeObs(`observation ${i}`, row))), single: false };
  }

  /** Of a Box also all numbers in one array, as vectors of environments give them. @param {ArrayLike<any>} given @returns {ArrayLike<any>} */
  #rowsOf(given) {
    const { observationSpace: space } = this.spaces;
    const n = flatdim(space);
    if (space.type !== 'Box' || typeof given[0] !== 'number' || given.length % n !== 0) return given;
    return Array.from({ length: given.length / n }, (_, i) => Array.prototype.slice.call(given, i * n, (i + 1) * n));
  }

  /** The module's number of an action. @param {string} what  messages call it so @param {any} action @returns {number} */
  encodeAction(what, action) {
    const { actionSpace: space } = this.spaces, { nvec, start } = /** @type {Entries} */ (this.#entries);
    const { flat, problem } = readObservation(space, action);
    if (problem !== undefined) throw new BellhopError('BH_ERR_ARGUMENT', `${what} ${problem}`);
    const values = space.type === 'MultiBinary' ? flat : space.type === 'Discrete' ? [action] : action;
    return nvec.reduce((index, n, i) => index * n + values[i] - start[i], 0);
  }

  /** The action that a number of the module's is. @param {number} index @returns {any} */
  decodeAction(index) {
    return actionAt(this.spaces.actionSpace, index);
  }

  /** What a drawing needs, with the names of the actions. @param {any} layout  the module's */
  layout(layout) {
    if (!this.acts) return layout;
    return { ...layout, actions: layout.actions.map((/** @type {string} */ _, /** @type {number} */ i) => String(this.decodeAction(i))) };
  }

  /** The numbers of several actions. @param {string} owner @param {any} actions @param {number} n */
  encodeActions(owner, actions, n) {
    if (isList(actions) && actions.length === n) return Array.from(actions, (action, i) => this.encodeAction(`${owner}: action of environment ${i}`, action));
    throw new BellhopError('BH_ERR_ARGUMENT', `${owner}: actions must be an array of ${n}, one per environment, but got ${isList(actions) ? `${actions.length} of them` : shown(actions)}`);
  }
}

/** @param {Space} space @returns {ModuleSpace} */
function coreActions(space) {
  const entries = entriesOf(space);
  return entries && !isNative(space) ? Object.freeze({ type: 'Discrete', n: product(entries.nvec) }) : /** @type {ModuleSpace} */ (space);
}

/** @param {Space} space @returns {ModuleSpace} */
function coreObservations(space) {
  if (isNative(space)) return /** @type {ModuleSpace} */ (space);
  if (space.type === 'Discrete') return Object.freeze({ type: 'Discrete', n: space.n });
  const shape = space.type === 'Box' ? space.shape : Object.freeze([flatdim(space)]);
  return Object.freeze({ type: 'Box', shape, low: Float32Array.from(bounds(space, 'low')), high: Float32Array.from(bounds(space, 'high')), dtype: 'float32' });
}

/** Of every number that a network gets. @param {Space} space @param {'low' | 'high'} which @returns {number[]} */
function bounds(space, which) {
  if (space.type === 'Box') return Array.from(space[which]);
  if (space.type === 'Dict' || space.type === 'Tuple') return innerOf(space).flatMap(([, inner]) => bounds(inner, which));
  return new Array(flatdim(space)).fill(which === 'low' ? 0 : 1);
}

/** A space without the bounds of its numbers; a Dict's in the order of flattening. @param {Space} space @returns {any} */
function described(space) {
  if (space.type === 'Dict' || space.type === 'Tuple') return [space.type, innerOf(space).map(([key, inner]) => [key, described(inner)])];
  if (space.type === 'Box') return ['Box', space.shape, space.dtype];
  return space.type === 'MultiBinary' ? ['MultiBinary', shapeOf(space)] : [space.type, space.type === 'Discrete' ? space.n : space.nvec, space.start ?? 0];
}

/** What of a space does not do for actions. @param {Space} space @returns {string | undefined} */
export function problemOfActions(space) {
  if (space.type === 'Dict' || space.type === 'Tuple') {
    return `actionSpace.type is '${space.type}', but must be 'Discrete', 'MultiDiscrete', 'MultiBinary' or 'Box': declare a MultiDiscrete with one entry for each part of the action, or a Box of its numbers`;
  }
  if (space.type !== 'Box') return problemOfNumber(space);
  const { low, high, dtype } = space;
  if (dtype !== 'float32') return `actionSpace.dtype is '${dtype}', but must be 'float32'; whole numbers are a MultiDiscrete, and float64 is no finer than the float32 a network gives`;
  if (low.length > NUMBERS_MAX) return `actionSpace has ${low.length} numbers, but must have at most ${NUMBERS_MAX}`;
  const i = low.findIndex((bound, at) => !Number.isFinite(bound) || !Number.isFinite(high[at]) || bound >= high[at]);
  return i < 0 ? undefined : `actionSpace has the bounds ${low[i]} and ${high[i]} at [${i}], but must have finite ones there, the first below the second`;
}

/** @param {import('../bellhop.js').DiscreteSpace | import('../bellhop.js').MultiDiscreteSpace | import('../bellhop.js').MultiBinarySpace} space */
function problemOfNumber(space) {
  const { nvec } = /** @type {Entries} */ (entriesOf(space));
  const n = product(nvec);
  if (n <= ACTIONS_MAX) return undefined;
  if (space.type === 'Discrete') return `actionSpace.n is ${n}, but must be at most ${ACTIONS_MAX}`;
  const many = Number.isFinite(n) ? String(n) : 'too many';
  return `actionSpace has ${many} actions (the product of its entries), but must have at most ${ACTIONS_MAX}: declare coarser or fewer entries, take them one after the other in steps of their own, or declare a Box`;
}
