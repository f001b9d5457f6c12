// SPDX-License-Identifier: MIT
// Lines of help in a trainer's catalogue. Workers have none, and the page's lab has its own, by language: so the package's entries add them.
import { readCatalog, withHelp } from '../lib/options.mjs';

/** @typedef {import('./trainer.mjs').Trainer} Trainer */

/** @param {Promise<Trainer>} connecting @param {Promise<Record<string, string> | undefined>} lines @returns {Promise<Trainer>} */
export async function helped(connecting, lines) {
  const [trainer, help = {}] = await Promise.all([connecting, lines]);
  trainer.catalog = readCatalog(trainer.catalog, help);
  trainer.pretrainingOptions = withHelp('pretraining', trainer.pretrainingOptions, help);
  return trainer;
}
