// SPDX-License-Identifier: MIT
// Sessions of a worker, by their recipe:
//
//     { env, algo, options, envOptions, demonstrations?, changes? }  a run, see session.mjs
//     { checkpoint: bytes, env?, options?, changes? }                the run of a full checkpoint, or a new one with a checkpoint's parameters
//
// and what text-sessions.mjs adds, where the worker's script has that.
import { checked, onlyKeys } from '../lib/rules.mjs';
import { Run } from '../lib/run.mjs';
import { timestepsMax, wholeNumber } from '../lib/setup.mjs';
import { Session } from './session.mjs';
import { BellhopError } from '../lib/bellhop-error.mjs';

/** @typedef {import('../lib/setup.mjs').Library} Library */
/** @typedef {Map<number, any>} Sessions */
/**
 * What makes the sessions of text.
 * @typedef {object} TextSessions
 * @property {(library: Library) => import('../bellhop.js').Field[]} fields  of pre-training; none where the module has no language models
 * @property {(library: Library, recipe: any, post: import('./service.mjs').Post) => any} ofModel
 * @property {(run: Run, parts: TextParts) => Session} ofRun
 */
/** What is in session-calls.mjs. @typedef {typeof import('./session-calls.mjs')} Later */
/** @typedef {{ library: Library, recipe: any, changes: import('./session.mjs').Change[], post: import('./service.mjs').Post, sessions: Sessions }} TextParts */

const RECIPE_KEYS = ['env', 'algo', 'options', 'envOptions', 'demonstrations', 'changes', 'startFrom', 'prior', 'samples', 'checkpoint'];

/**
 * A session for a recipe.
 * @param {Library} library @param {any} recipe @param {import('./service.mjs').Post} post
 * @param {Sessions} sessions  of this worker, by their keys
 * @param {Pick<Later, 'makeRun'> | null} later  there, where the recipe is from a file
 * @param {TextSessions} [text]  where the worker's script has it
 */
export function makeSession(library, recipe, post, sessions, later, text) {
  if ('languageModel' in Object(recipe)) return needed(text).ofModel(library, recipe.languageModel, post);
  onlyKeys('create', recipe, RECIPE_KEYS);
  const changes = checkedChanges(recipe.changes, timestepsMax(library.catalog)); // first: a run that was made would have to go again
  const isText = recipe.startFrom !== undefined || recipe.prior !== undefined || recipe.samples;
  const run = later && isFromFile(recipe) ? later.makeRun(library, recipe) : Run.create(library, recipe);
  try {
    tryChanges(run, changes);
    if (isText) return needed(text).ofRun(run, { library, recipe, changes, post, sessions });
    return new Session(run, post, changes);
  } catch (error) {
    run.dispose();
    throw error;
  }
}

/** Whether a recipe's run is not simply new. @param {any} recipe */
export const isFromFile = (recipe) => (recipe?.checkpoint ?? recipe?.demonstrations) !== undefined;

/** @param {TextSessions | undefined} text */
function needed(text) {
  if (text) return text;
  throw new BellhopError('BH_ERR_STATE', "language models need connect({ text: true }), and the worker's script that is made for them");
}

/** Throws now what would be refused when its step has come. @param {Run} run @param {import('./session.mjs').Change[]} changes */
function tryChanges(run, changes) {
  changes.forEach(({ options }, i) => {
    try {
      run.trySet(options);
    } catch (error) {
      const { status, message } = /** @type {BellhopError} */ (error);
      throw new BellhopError(status, `changes[${i}].options: ${message}`);
    }
  });
}

/** The changes of a recipe, in the order of their steps. @param {any} changes @param {number} most @returns {import('./session.mjs').Change[]} */
function checkedChanges(changes = [], most) {
  let last = 0;
  return Array.from(checked('changes', changes, [(value) => Array.isArray(value) && value.length < 1e6, 'an array of { at, options }']), (change, i) => {
    onlyKeys(`changes[${i}]`, change, ['at', 'options']);
    const { at, options } = /** @type {import('./session.mjs').Change} */ (change), name = `changes[${i}].`;
    wholeNumber(`${name}at`, at, 0, most);
    checked(`${name}options`, options, [(value) => Object(value) === value, 'an object of live options']);
    checked(`${name}at`, at, [(value) => value >= last, `at least ${last}, as the change before it: sort them`]);
    last = at;
    return { at, options };
  });
}
