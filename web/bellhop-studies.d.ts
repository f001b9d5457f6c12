// SPDX-License-Identifier: MIT
/**
 * Studies: which settings are tried, in which runs, and what they come to. `bellhop sweep` runs them; here they are asked and told by yourself.
 * @module bellhop/studies
 */
import type { Bellhop, Job, Study, StudyDefinition } from './bellhop.js';

/**
 * A study, checked against the options there are. It runs nothing: `ask()` gives jobs and `tell()` takes their results.
 *
 * ```js
 * import { load } from 'bellhop';
 * import { createStudy } from 'bellhop/studies';
 *
 * const bh = await load();
 * const study = createStudy(bh, {
 *   env: 'CartPole-v1', method: 'tpe', run_cap: 20, parallel: 1, options: { totalTimesteps: 10_000 },
 *   parameters: { learningRate: { min: 1e-5, max: 1e-2, distribution: 'log_uniform' } },
 * });
 * for (let job = study.ask(); job; job = study.ask()) {
 *   const env = bh.make(job.env, job.envOptions), model = new bh.models[job.algo](env, { ...job.options, seed: job.seed });
 *   await model.learn();
 *   study.tell({ id: job.id, outcome: 'finished', score: model.evaluate({ which: 'best' }).mean, timesteps: model.timesteps, fingerprint: model.sha256() });
 *   model.dispose();
 *   env.dispose();
 * }
 * console.log(study.best()?.params, study.importance());
 * ```
 */
export function createStudy(bh: Bellhop, definition: StudyDefinition): Study;

/**
 * Whether a run ends as pruned after the last of its evaluations: each threshold counts once, at the first evaluation at or after its timesteps, and is
 * compared with the best mean reward until then.
 */
export function fallsBelow(stopBelow: Job['stopBelow'], evaluations: readonly (readonly [timesteps: number, meanReward: number])[]): boolean;

/** The id of a job, from what is in it: whoever is handed one checks it so. */
export function jobId(version: string, job: Omit<Job, 'id' | 'trial' | 'envFile'>): string;
