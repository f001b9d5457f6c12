// SPDX-License-Identifier: MIT
// Experiments of language models, from the parameters of a link; fetched when the first of them is wanted.
import { LanguageExperiment } from './language-experiment.mjs';
import { languageFromQuery } from './language-setup.mjs';
import { fromQuery } from './run-setup.mjs';
import { TextExperiment, textSetup } from './text-experiment.mjs';
import { fromOldLink } from './text-link.mjs';
import { isOldLink, isTextTask } from './text-kind.mjs';
import { TASKS, textCatalog } from './text-tasks.mjs';

/** @typedef {import('../worker/trainer-pool.mjs').Lease} Lease */
/** @typedef {import('./create-experiment.mjs').Created} Created */

/** @param {Lease} lease @param {URLSearchParams} query @returns {Created} */
export function createTextExperiment(lease, query) {
  const catalog = /** @type {import('./fields.mjs').Catalog} */ (/** @type {unknown} */ (lease.trainer.catalog));
  const start = query.get('start') === 'scratch' ? 'scratch' : 'lm';
  const { setup, ignored } = isOldLink(query) ? fromOldLink(catalog, query) : fromQuery(textCatalog(catalog, start), query, TASKS[0].id, isTextTask);
  return { experiment: new TextExperiment(lease, textSetup(catalog, setup)), ignored };
}

/** @param {Lease} lease @param {URLSearchParams} query @param {'en' | 'zh'} language of the reader @returns {Created} */
export function createLanguageExperiment(lease, query, language) {
  const { setup, ignored } = languageFromQuery(/** @type {any} */ (lease.trainer.pretrainingOptions), query, language);
  return { experiment: new LanguageExperiment(lease, setup), ignored };
}
