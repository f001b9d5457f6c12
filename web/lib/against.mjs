// SPDX-License-Identifier: MIT
// A saved model as the opponent: self-play. ConnectFour-v0 with `opponent: 'self'` is stepped for both players; the model answers.
import { BellhopError } from './bellhop-error.mjs';
import { Env } from './env.mjs';
import { FLAG, readOptions, reading } from './given.mjs';
import { shown } from './messages.mjs';
import { createRng } from './random.mjs';
import { floatsOf } from './space.mjs';

/** @typedef {import('./setup.mjs').Library} Library */
/** @typedef {{ predict: (obs: any, options: import('../bellhop.js').PredictOptions) => any, env: { id: string } }} Opponent */

const BOARD = 'ConnectFour-v0', COLUMNS = 7, FIRST = ['either', 'agent', 'opponent'];
/** @type {Readonly<Record<string, import('./rules.mjs').Rule>>} */
const OPTIONS = Object.freeze({ first: [(value) => FIRST.includes(value), `one of ${FIRST.join(', ')}`], deterministic: FLAG, id: [(value) => typeof value === 'string', 'a string'] });

/** Whether it sees boards and chooses among their columns. @param {any} model @param {any} board */
const isOfTheBoard = ({ observationSpace, actionSpace }, board) => actionSpace.type === 'Discrete' && actionSpace.n === COLUMNS && observationSpace.type === 'Box' && floatsOf(observationSpace) === floatsOf(board);

/**
 * A class of environments in which a model plays the other side. Its moves are drawn as predict() draws them, from the seed of reset, unless
 * they are to be its best ones.
 * @param {Library} library @param {Opponent} model @param {{ first?: string, deterministic?: boolean, id?: string }} [options]
 */
export function against(library, model, options = {}) {
  const { first = 'either', deterministic = false, id = 'ConnectFourAgainst-v0' } = readOptions('against', options, OPTIONS);
  const isModel = reading('the model', () => typeof model?.predict === 'function' && model.env?.id !== undefined);
  if (!isModel) throw new BellhopError('BH_ERR_ARGUMENT', `against takes a model, but got ${shown(model)}`);
  const probe = new Env(library, BOARD, { opponent: 'self' });
  const { observationSpace, actionSpace } = probe;
  probe.dispose();
  if (!reading('the model', () => isOfTheBoard(model, observationSpace))) throw new BellhopError('BH_ERR_SHAPE', `the model was trained in ${reading('the model', () => String(model.env.id))}, whose observations and actions are not those of ${BOARD}`);
  return class Against {
    static id = id;
    static observationSpace = observationSpace;
    static actionSpace = actionSpace;
    static rewardThreshold = 0.9;
    hasActionMask = true;
    #env = new Env(library, BOARD, { opponent: 'self' });
    #random = createRng(0);

    /** @param {{ seed?: number }} options */
    reset({ seed }) {
      if (seed !== undefined) this.#random = createRng(seed);
      const [obs, info] = this.#env.reset();
      const begins = first === 'opponent' || (first === 'either' && this.#random() < 0.5);
      if (!begins) return [obs, info];
      const [next, , , , after] = this.#answer(obs, info);
      return [next, after];
    }

    /** @param {number} action */
    step(action) {
      const own = this.#env.step(action), [obs, , terminated, , info] = own;
      if (terminated) return own;
      const [next, reward, isOver, truncated, after] = this.#answer(obs, info);
      return [next, -reward, isOver, truncated, after];
    }

    /** @param {any} obs @param {any} info */
    #answer(obs, { action_mask: actionMask }) {
      const drawn = deterministic ? {} : { deterministic: false, seed: Math.floor(this.#random() * 2 ** 32) };
      return this.#env.step(model.predict(obs, { actionMask, ...drawn }));
    }

    describe() {
      return this.#env.describe();
    }

    close() {
      this.#env.dispose();
    }
  };
}
