// SPDX-License-Identifier: MIT
// Experiments in environments of an author's own, which live in a worker of the author's (bellhop/serve); fetched when a lab names
// such a worker. Each lab has a worker of its own.
import { BoxExperiment } from './box-experiment.mjs';
import { RunExperiment } from './run-experiment.mjs';
import { isLate } from './late-kinds.mjs';
import { fromQuery } from './run-setup.mjs';
import { ownWorld } from './worlds/own.mjs';
import { BellhopError } from '../lib/bellhop-error.mjs';

/** @typedef {import('../worker/trainer-pool.mjs').Lease} Lease */
/** @typedef {import('../worker/trainer-pool.mjs').TrainerPool} TrainerPool */
/** Where the worker's script is, or what starts the worker. @typedef {string | URL | (() => Worker)} WorkerSource */

/** What world-table.mjs has of the others. */
const ROW = { tab: 'own', world: 'own', pace: 10, speed: 1, window: 100, digits: 2, logFreq: 100 };

/** Whether an environment of the catalogue is the author's: shipped ones have presets. @param {import('../bellhop.js').EnvEntry} entry */
const isOwn = ({ presets, n_view: numbers }) => presets.length === 0 && numbers === 0;

/** @param {Lease} lease */
const idsOf = ({ trainer }) => trainer.catalog.envs.filter(isOwn).map(({ id }) => id);

/** @param {TrainerPool} trainers @param {WorkerSource} source @param {boolean} text  the module with everything @returns {Promise<Lease>} */
async function leaseOf(trainers, source, text) {
  const where = typeof source === 'function' ? { worker: source() } : { workerUrl: source };
  const trainer = await trainers.connect({ ...where, text, fallback: false });
  const release = () => trainer.terminate();
  return { trainer, release, larger: () => leaseOf(trainers, source, true), renew: () => {
    release();
    return leaseOf(trainers, source, text);
  } };
}

/**
 * A run in an environment of the author's.
 * @template {new (...args: any[]) => RunExperiment} T @param {T} Base @param {readonly string[]} ids
 */
const ownExperiment = (Base, ids) => class extends Base {
  #module = ownWorld(this);

  get envs() {
    return ids;
  }

  /** @param {string} id @returns {any} */
  rowOf(id) {
    return { id, ...ROW };
  }

  /** @returns {Promise<any>} */
  async loadWorld() {
    return this.#module;
  }
};

/**
 * @param {TrainerPool} trainers @param {WorkerSource} source @param {URLSearchParams} query
 * @returns {Promise<import('./create-experiment.mjs').Created>}
 */
export async function createOwnExperiment(trainers, source, query) {
  let lease = await leaseOf(trainers, source, false);
  try {
    const ids = idsOf(lease);
    const isBoxId = (/** @type {string | null} */ id) => lease.trainer.catalog.envs.some((env) => env.id === id && env.action_space.type === 'Box');
    const isBox = isBoxId(ids.find((id) => id === query.get('env')) ?? ids[0]);
    if (isBox || isLate(lease.trainer.catalog, query.get('algo') ?? '')) {
      lease.release();
      lease = await leaseOf(trainers, source, true); // only the larger module has these algorithms
    }
    const { catalog } = lease.trainer;
    if (ids.length === 0) throw new BellhopError('BH_ERR_CONFIG', 'worker: its script serves no environments of its own; give serve() some: serve({ envs: [Tank] })');
    const { setup, ignored } = fromQuery(/** @type {any} */ (catalog), query, ids[0], (env) => ids.includes(env));
    const Experiment = ownExperiment(isBox ? BoxExperiment : RunExperiment, ids.filter((id) => isBoxId(id) === isBox));
    return { experiment: /** @type {any} */ (new Experiment(lease, setup)), ignored };
  } catch (error) {
    lease.release();
    throw error;
  }
}
