// SPDX-License-Identifier: MIT
// An experiment from the parameters of a link or the attributes of an element, which are the same: which kind it is, a worker for
// it, its setup checked against the catalogue.
import { BOARD_IDS, BOX_IDS, LATE_ALGOS, isBoard, isBox } from './late-kinds.mjs';
import { Superseded } from './experiment.mjs';
import { RunExperiment } from './run-experiment.mjs';
import { fromQuery } from './run-setup.mjs';
import { TEXT_IDS, isOldLink, isTextTask } from './text-kind.mjs';
import { WORLDS, loadWorld } from './world-table.mjs';

/** @typedef {import('./experiment.mjs').Experiment} Experiment */
/** @typedef {'run' | 'box' | 'board' | 'text' | 'language'} Kind */
/**
 * What creation gives: every kind of experiment has these.
 * @typedef {Experiment & { start: (setup?: any) => Promise<void>, plain?: () => any, query: string, kept: { step: number, history?: unknown }, ownText?: string, restoreText?: (own: string) => void }} Startable
 */
/** What of the parameters was left out is `ignored`. @typedef {{ experiment: Startable, ignored: import('./fields.mjs').Unfit[] }} Created */

/** The environment where none is named. */
export const FIRST_ENV = WORLDS[0].id;

/** Which kind of experiment parameters mean. @param {URLSearchParams} query @returns {Kind} */
export function kindOf(query) {
  if (query.get('view') === 'language') return 'language';
  const env = query.get('env') ?? '';
  return isOldLink(query) || isTextTask(env) ? 'text' : isBox(env) ? 'box' : isBoard(env) ? 'board' : 'run';
}

/**
 * An experiment that is not started yet: call start(). What of the parameters did not fit is left out and named.
 * @param {import('../worker/trainer-pool.mjs').TrainerPool} trainers @param {URLSearchParams} query
 * @param {'en' | 'zh'} [language]  of the reader, for the corpus of a language model
 * @returns {Promise<Created>}
 */
export async function createExperiment(trainers, query, language = 'en') {
  const kind = kindOf(query);
  const world = WORLDS.find(({ id }) => id === (query.get('env') ?? FIRST_ENV));
  if (world) loadWorld(world).catch(() => {}); // beside the worker; whoever draws with it asks again
  const lease = await trainers.acquire({ text: kind !== 'run' || LATE_ALGOS.includes(query.get('algo') ?? '') });
  try {
    if (kind === 'run') {
      const { setup, ignored } = fromQuery(/** @type {any} */ (lease.trainer.catalog), query, FIRST_ENV, (env) => WORLDS.some(({ id }) => id === env), [...BOX_IDS, ...BOARD_IDS, ...TEXT_IDS]);
      return { experiment: new RunExperiment(lease, setup), ignored };
    }
    if (kind === 'board') return (await import('./board-experiment.mjs')).createBoardExperiment(lease, query);
    if (kind === 'box') return (await import('./create-box-experiment.mjs')).createBoxExperiment(lease, query);
    const { createTextExperiment, createLanguageExperiment } = await import('./create-text-experiment.mjs');
    return kind === 'text' ? createTextExperiment(lease, query) : createLanguageExperiment(lease, query, language);
  } catch (error) {
    lease.release();
    throw error;
  }
}

/** Starts it. Settings the library refuses (a bad map) are left out. @param {Startable} experiment @returns {Promise<unknown>} why they were refused */
export async function startWithoutRefused(experiment) {
  try {
    await experiment.start();
    return undefined;
  } catch (error) {
    if (error instanceof Superseded || !experiment.plain) throw error;
    await experiment.start(experiment.plain());
    return error;
  }
}
