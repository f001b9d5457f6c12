// SPDX-License-Identifier: MIT
// A run with several seeds, one after the other, in sessions of their own: whatever is shown goes on meanwhile.
import { History } from './history.mjs';

/** @typedef {import('../worker/trainer.mjs').Trainer} Trainer */
/** @typedef {import('../worker/trainer.mjs').Session} Session */
/** What one seed came to; `score` is the mean return of its best parameters. @typedef {{ seed: number, score: number, solvedAt: number | null, history: History }} SeedRun */
/**
 * @typedef {object} SeedPlan
 * @property {readonly { seed: number, recipe: any }[]} recipes
 * @property {number} steps            environment steps of each, at most as many as its setup says
 * @property {number} window           episodes of the moving mean
 * @property {import('../bellhop.js').EvaluateOptions | null} evaluation  of the best parameters; null where nothing improves: then the moving mean is the score
 * @property {(progress: { seed: number, done: number, step: number }) => void} tell
 * @property {AbortSignal} signal
 */

/** Rejects with the signal's reason when it is aborted. @param {Trainer} trainer @param {SeedPlan} plan @returns {Promise<SeedRun[]>} */
export async function runSeeds(trainer, plan) {
  /** @type {SeedRun[]} */
  const runs = [];
  for (const { seed, recipe } of plan.recipes) {
    plan.signal.throwIfAborted();
    const session = await trainer.create(recipe);
    try {
      runs.push({ seed, ...await runOne(trainer, session, { ...plan, tell: (progress) => plan.tell({ ...progress, seed, done: runs.length }) }) });
    } finally {
      session.dispose().catch(() => {}); // of a worker that is gone
    }
  }
  return runs;
}

/** @param {Trainer} trainer @param {Session} session @param {SeedPlan} plan */
async function runOne(trainer, session, { steps, window, evaluation, tell, signal }) {
  const history = new History(window, /** @type {any} */ (trainer.catalog.records));
  const last = await played(trainer, session, steps, signal, (frame) => {
    history.add(frame.records, frame.recordWidth, null, frame.diverged);
    tell({ seed: 0, done: 0, step: frame.timesteps });
  });
  const score = evaluation && !last.diverged ? (await session.evaluate(evaluation)).mean : history.meanReturn;
  return { score, solvedAt: last.solvedAt ?? null, history };
}

/** The last frame. @param {Trainer} trainer @param {Session} session @param {number} until @param {AbortSignal} signal @param {(frame: import('../bellhop.js').Frame) => void} take @returns {Promise<import('../bellhop.js').Frame>} */
function played(trainer, session, until, signal, take) {
  return new Promise((resolve, reject) => {
    session.onFrame = (frame) => {
      take(frame);
      if (frame.failure) reject(new Error(frame.failure.message));
      else if (!frame.running) resolve(frame);
    };
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    void trainer.gone.then(reject);
    session.play({ until }).catch(reject);
  });
}
