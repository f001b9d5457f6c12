// SPDX-License-Identifier: MIT
// What the package's entries add to a trainer, and the page's lab does without: lines of help in its catalogue (workers have none, the lab has its
// own, by language), and the check of what does not go to the worker.
import { RUN_STEPS, readLearnOptions } from '../lib/learn-options.mjs';
import { readOptions } from '../lib/given.mjs';
import { LOOK_MAX, RATIO_MAX } from '../lib/own-picture.mjs';
import { readCatalog, withHelp } from '../lib/options.mjs';

/** @typedef {import('./trainer.mjs').Trainer} Trainer */

/** @type {import('../lib/rules.mjs').Rule} */
const THEME = [(value) => typeof value === 'object' && value !== null, 'an object of colours'];
/** @param {number} most @returns {import('../lib/rules.mjs').Rule} */
const size = (most) => [(value) => typeof value === 'number' && value > 0 && value <= most, `a number above 0 and at most ${most}`];
const LOOK = Object.freeze({ width: size(LOOK_MAX), height: size(LOOK_MAX), pixelRatio: size(RATIO_MAX), theme: THEME });

/** @type {import('./trainer.mjs').Read} */
const read = (method, options) => (method === 'learn' ? readLearnOptions(options, RUN_STEPS) : options && readOptions(method, options, LOOK));

/** @param {Promise<Trainer>} connecting @param {Promise<Record<string, string> | undefined>} lines @returns {Promise<Trainer>} */
export async function helped(connecting, lines) {
  const [trainer, help = {}] = await Promise.all([connecting, lines]);
  trainer.read = read;
  trainer.catalog = readCatalog(trainer.catalog, help);
  trainer.pretrainingOptions = withHelp('pretraining', trainer.pretrainingOptions, help);
  return trainer;
}
