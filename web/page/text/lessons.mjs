// SPDX-License-Identifier: MIT
// What is there before an agent learns: the language model of each task's examples, trained once when it is first wanted,
// and the mean returns of random actions and of that model alone, measured in the worker.
import { Superseded } from '../lab.mjs';
import { idleOptions, lessonOptions } from './tasks.mjs';
import { textWorker } from './worker.mjs';

/** @typedef {import('./tasks.mjs').Task} Task */
/** @typedef {import('./worker.mjs').Language} Language */
/** @typedef {{ steps: number, of: number, perplexity: number }} Progress */

/** Rounds of a measurement, each the mean of at most its last hundred episodes: random actions cost little. */
const ROUNDS = { random: 10, lm: 4 };
/** Steps of a round: for a hundred episodes and a few more, or thirty where a step is ten updates of a language model. @type {Record<string, number>} */
const ROUND_STEPS = { 'TextGen-v1': 1200, 'Translate-v0': 1400, 'Dialogue-v0': 900, 'Summarize-v0': 420, 'CodeGen-v0': 800, 'LearningRate-v0': 600 };

/** @type {Map<string, Language>} */
const lessons = new Map();
/** @type {Set<string>} */
const done = new Set();

/** The trained model of a task, if there is one. @param {Task} task */
export const lessonOf = ({ id }) => (done.has(id) ? lessons.get(id) : undefined);

/**
 * Trains the model of a task's examples to its end; aborted, it stays where it is and goes on the next time.
 * @param {Task} task @param {(progress: Progress) => void} tell @param {AbortSignal} signal @returns {Promise<Language>}
 */
export async function teach(task, tell, signal) {
  const known = lessonOf(task);
  if (known) return known;
  let lesson = lessons.get(task.id);
  if (!lesson) {
    lesson = await (await textWorker()).createLanguageModel({ env: task.id, options: lessonOptions(task) });
    lessons.set(task.id, lesson);
  }
  const taught = lesson;
  let perplexity = taught.about.start?.perplexity ?? NaN;
  if (signal.aborted) throw new Superseded();
  await new Promise((finished, stopped) => {
    signal.addEventListener('abort', () => {
      taught.pause().catch(() => {});
      stopped(new Superseded());
    });
    taught.onFrame = (/** @type {any} */ frame) => {
      const loss = frame.records.at(-1)?.loss;
      if (loss !== undefined) perplexity = Math.exp(loss);
      tell({ steps: frame.steps, of: frame.maxSteps, perplexity });
      if (frame.finished) finished(null);
    };
    taught.play().catch(stopped);
  });
  done.add(task.id);
  return taught;
}

/**
 * The mean return of an agent that draws actions at random, uniformly or, with a lesson, as that model says.
 * @param {Task} task @param {Record<string, number>} weights @param {Language} [lesson]
 */
export async function measure(task, weights, lesson) {
  const trainer = await textWorker();
  const session = await trainer.create(/** @type {any} */ ({
    env: task.id, algo: 'dqn', envOptions: weights, options: { ...idleOptions(lesson !== undefined), seed: 12_345 }, ...lesson && { startFrom: lesson.key },
  }));
  try {
    let sum = 0;
    const rounds = task.kind === 'training' ? 1 : lesson ? ROUNDS.lm : ROUNDS.random;
    for (let i = 0; i < rounds; i++) sum += (await session.learn({ totalTimesteps: ROUND_STEPS[task.id] ?? 1000 }))['rollout/ep_rew_mean'];
    return { mean: sum / rounds, info: session.info };
  } finally {
    await session.dispose();
  }
}

/** @type {Map<string, ReturnType<typeof measure>>} */
const baselines = new Map();

/** What random actions get under the weights of the start: measured when it is first asked for. @param {Task} task */
export function baseline(task) {
  const known = baselines.get(task.id);
  if (known) return known;
  const measured = measure(task, {});
  measured.catch(() => baselines.delete(task.id));
  baselines.set(task.id, measured);
  return measured;
}
