// SPDX-License-Identifier: MIT
// What the text experiments of one trainer share: the language model of each task's examples, trained once when it is first wanted,
// and the mean returns of random actions and of that model alone, measured in the worker. Everything here has fixed seeds, so every
// experiment gets the same model and the same numbers.
import { Superseded } from './experiment.mjs';
import { baselineOptions, pretrainingOptions } from './text-tasks.mjs';

/** @typedef {import('./text-tasks.mjs').Task} Task */
/** @typedef {import('../worker/trainer.mjs').Trainer} Trainer */
/** @typedef {import('../worker/trainer.mjs').LanguageSession} LanguageSession */
/** @typedef {import('../bellhop.js').LanguageFrame} LanguageFrame */
/** @typedef {{ step: number, of: number, perplexity: number }} Progress */
/**
 * `info`: of the environment, known before it is measured.
 * @typedef {{ info: Promise<import('../bellhop.js').SessionInfo>, mean: Promise<number> }} Measurement
 */
/**
 * @typedef {object} Waiter
 * @property {(progress: Progress) => void} onProgress
 * @property {boolean} isHeld
 * @property {(session: LanguageSession) => void} resolve
 * @property {(error: unknown) => void} reject
 */
/**
 * A claim on a model, which is trained while one of its claims is not on hold.
 * @typedef {{ done: Promise<LanguageSession>, hold: () => void, resume: () => void, leave: () => void }} Wait
 */

/** Rounds of a measurement, each the mean of its last hundred episodes: random actions cost little. */
const ROUNDS = { random: 10, model: 4 };
const SEED = 12_345;
const MEASURED_MAX = 64;

/** The lessons of a trainer go when it does. @type {WeakMap<Trainer, Lessons>} */
const OF_TRAINERS = new WeakMap();

/** The lessons of a trainer, the same for all who ask. @param {Trainer} trainer @returns {Lessons} */
export function lessonsOf(trainer) {
  const known = OF_TRAINERS.get(trainer);
  if (known) return known;
  const made = new Lessons(trainer);
  OF_TRAINERS.set(trainer, made);
  return made;
}

export class Lessons {
  #trainer;
  /** @type {Map<string, ExampleModel>} */
  #models = new Map();
  /** @type {Map<string, Measurement>} */
  #measured = new Map();

  /** @param {Trainer} trainer */
  constructor(trainer) {
    this.#trainer = trainer;
  }

  /** The model of a task's examples, if it is trained. @param {Task} task @returns {LanguageSession | null} */
  trained({ id }) {
    return this.#models.get(id)?.trained ?? null;
  }

  /**
   * Trains the model of a task's examples to its end, from where it is.
   * @param {Task} task @param {(progress: Progress) => void} onProgress @returns {Wait}
   */
  pretrain(task, onProgress) {
    const known = this.#models.get(task.id) ?? new ExampleModel(this.#trainer, task);
    this.#models.set(task.id, known);
    known.made.catch(() => {
      if (this.#models.get(task.id) === known) this.#models.delete(task.id); // the next one tries again
    });
    return known.join(onProgress);
  }

  /**
   * The mean return of an agent that draws actions at random, uniformly or as the trained model of the task's examples says.
   * @param {Task} task @param {Record<string, number>} weights  all of them, by option @param {boolean} [byModel] @returns {Measurement}
   */
  measure(task, weights, byModel = false) {
    const key = JSON.stringify([task.id, byModel, weights]);
    const known = this.#measured.get(key);
    if (known) return known;
    const session = this.#idleSession(task, weights, byModel);
    const measured = { info: session.then(({ info }) => info), mean: session.then((idle) => meanOf(idle, task, byModel)) };
    this.#measured.set(key, measured);
    measured.info.catch(() => {}); // `mean` rejects with it
    measured.mean.catch(() => this.#measured.delete(key));
    if (this.#measured.size > MEASURED_MAX) this.#measured.delete(/** @type {string} */ (this.#measured.keys().next().value));
    return measured;
  }

  /** @param {Task} task @param {Record<string, number>} weights @param {boolean} byModel */
  async #idleSession(task, weights, byModel) {
    const model = byModel ? this.trained(task) : null;
    if (byModel && !model) throw new Error(`there is no trained language model of ${task.id} yet`);
    return this.#trainer.create(/** @type {any} */ ({
      env: task.id, algo: 'dqn', envOptions: weights, options: { ...baselineOptions(byModel), seed: SEED }, ...model && { startFrom: model.key },
    }));
  }
}

/** @param {import('../worker/trainer.mjs').Session} session  of idle options; disposed @param {Task} task @param {boolean} byModel */
async function meanOf(session, task, byModel) {
  const rounds = task.kind === 'training' ? 1 : byModel ? ROUNDS.model : ROUNDS.random;
  try {
    let sum = 0;
    for (let i = 0; i < rounds; i++) sum += (await session.learn({ totalTimesteps: task.roundSteps }))['rollout/ep_rew_mean'] ?? NaN;
    return sum / rounds;
  } finally {
    await session.dispose();
  }
}

/** The language model of a task's examples, while it is trained and afterwards. */
class ExampleModel {
  /** @type {LanguageSession | null} */
  #session = null;
  /** @type {LanguageSession | null} */
  trained = null;
  #isPlaying = false;
  #perplexity = NaN;
  /** @type {Set<Waiter>} */
  #waiters = new Set();

  /** @param {Trainer} trainer @param {Task} task */
  constructor(trainer, task) {
    this.made = trainer.createLanguageModel({ env: task.id, options: pretrainingOptions(task) }).then((session) => {
      this.#session = session;
      this.#perplexity = session.about.start?.perplexity ?? NaN;
      session.onFrame = (/** @type {any} */ frame) => this.#receive(session, frame);
      this.#follow();
    });
    this.made.catch((error) => this.#waiters.forEach(({ reject }) => reject(error)));
  }

  /** @param {(progress: Progress) => void} onProgress @returns {Wait} */
  join(onProgress) {
    /** @type {Waiter} */
    const waiter = { onProgress, isHeld: false, resolve: () => {}, reject: () => {} };
    const done = new Promise((resolve, reject) => Object.assign(waiter, { resolve, reject }));
    done.catch(() => {}); // nobody may be left to hear of it
    if (this.trained) waiter.resolve(this.trained);
    else this.#waiters.add(waiter);
    const hold = (/** @type {boolean} */ isHeld) => {
      waiter.isHeld = isHeld;
      this.#follow();
    };
    this.#follow();
    return { done, hold: () => hold(true), resume: () => hold(false), leave: () => {
      this.#waiters.delete(waiter);
      waiter.reject(new Superseded());
      this.#follow();
    } };
  }

  /** Plays while a claim is not on hold. */
  #follow() {
    const session = this.#session;
    const plays = session !== null && !this.trained && [...this.#waiters].some(({ isHeld }) => !isHeld);
    if (!session || plays === this.#isPlaying) return;
    this.#isPlaying = plays;
    const call = plays ? session.play() : session.pause();
    call.catch((error) => this.#waiters.forEach(({ reject }) => reject(error)));
  }

  /** @param {LanguageSession} session @param {LanguageFrame} frame */
  #receive(session, frame) {
    const loss = frame.records.at(-1)?.loss;
    if (loss !== undefined) this.#perplexity = Math.exp(loss);
    for (const { onProgress } of this.#waiters) onProgress({ step: frame.steps, of: frame.maxSteps, perplexity: this.#perplexity });
    if (!frame.finished) return;
    this.trained = session;
    this.#isPlaying = false;
    for (const { resolve } of this.#waiters) resolve(session);
    this.#waiters.clear();
  }
}
